"""State what is true of a person otherwise than it is known: a fact, a retraction, another id, the end of one."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.apply_correction import ApplyCorrection, apply_correction, check_birth
from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.domain.correction import Attribute, Correction, What, birth_of, check_stated
from services.registration.domain.errors import NameWithoutLetters, PersonMayBeReal
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.security.national_id import NationalId
from shared.security.synthetic import is_synthetic


@dataclass(frozen=True, repr=False)
class StateCorrection:
    """What is stated and by whom, who must see the person; `repr` would show personal data."""

    correction: Correction
    looker: Viewer


async def state_correction(command: StateCorrection, uow: RegistrationUnitOfWork) -> Correction:
    """Keep it; it counts at once, or two officers are asked. Raises PersonUnknown, or what is wrong with it."""
    said = command.correction
    if said.what is What.FACT:
        # Of a number that was merged it is what is known of the one that survives; a split lists it.
        said = replace(said, person=(await uow.person_merges.numbers_of(said.person))[0])
    await uow.persons.see(said.person, command.looker)
    await uow.persons.lock(said.person)
    check_stated(said, today())
    if said.attribute is Attribute.NAME and said.value is not None and not uow.keys.name_tokens.of(said.value):
        raise NameWithoutLetters()
    if said.what is What.NATIONAL_ID and uow.in_sandbox:
        await _check_nobodys(said, uow)
    if said.what is What.WITHDRAWAL:
        await uow.national_ids.check_live(said.person, UUID(said.about or ""))
    if said.what is What.FACT and said.attribute is Attribute.BORN_ON:
        await check_birth(said.person, birth_of(said.value or ""), uow)
    await uow.corrections.add(said)
    if said.counts_at_once:
        return await apply_correction(ApplyCorrection(said), uow)
    # A partner's request sees no tasks: the worker asks.
    await uow.due.at(AskOfCorrection(str(said.id)), now())
    return said


async def _check_nobodys(said: Correction, uow: RegistrationUnitOfWork) -> None:
    born_on = await uow.spells.born_on(said.person, today())
    if not is_synthetic(NationalId.of(*said.id_stated), born_on, today()):
        raise PersonMayBeReal()
