"""Register a person."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.review_identity import ReviewIdentity
from services.registration.domain import subjects
from services.registration.domain.correction import birth_by_id
from services.registration.domain.errors import NameWithoutLetters, PersonMayBeReal
from services.registration.domain.person import PublicFacts, check_birth
from services.registration.events.registration import person_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import Residence
from shared.kernel.clock import now, today
from shared.security.national_id import NationalId
from shared.security.synthetic import is_synthetic


@dataclass(frozen=True, repr=False)
class RegisterPerson:
    """Who, and the party that says so; `repr` would show personal data.

    `another_person` is an officer's word that somebody else bears the same digits under another kind of id.
    """

    name: str
    national_id: NationalId
    born_on: date
    residence: Residence
    address: str | None
    source: str
    another_person: bool = False


async def register_person(command: RegisterPerson, uow: RegistrationUnitOfWork) -> int:
    """The new person's number; raises what is wrong with the name or the day of birth, NationalIdRegistered,
    NationalIdOfAnotherKind, or in a sandbox PersonMayBeReal."""
    names = uow.keys.name_tokens.of(command.name)
    if not names:
        raise NameWithoutLetters()
    check_birth(command.born_on, today())
    if uow.in_sandbox and not is_synthetic(command.national_id, command.born_on, today()):
        raise PersonMayBeReal()
    facts = {"name": command.name, "born_on": command.born_on.isoformat(), "residence": command.residence.value}
    if command.address is not None:
        facts["address"] = command.address
    at = now()
    who, shares = command.national_id, command.another_person
    added = await uow.persons.register(who, facts, command.source, at, shares_digits=shares)
    number = added.number
    tokens = (uow.keys.id_tokens.of(command.national_id),)
    told = PublicFacts(number, added.revision, tokens, command.born_on, command.residence.value, at, names)
    stands = added.published.over(told)
    uow.publish(person_registered(stands))
    if added.was_erased or added.is_like_another or birth_by_id(who.kind, who.number, stands.born_on) is not None:
        # Officers are asked by the worker: whoever registers learns nothing of anybody else.
        await uow.due.at(ReviewIdentity(number), now())
    await uow.due.wake({subjects.registered(uow.keys.waiting.of(who.number).hex())})
    return number
