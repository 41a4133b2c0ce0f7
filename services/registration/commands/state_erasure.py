"""State that what is kept of a person is erased: as the person, or as an officer on the person's word."""

from dataclasses import dataclass

from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.domain.erasure import Erasure, ErasureReason
from services.registration.domain.errors import ErasureWaits, PersonUnknown
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class StateErasure:
    """The person, why, by which document, who asks, and the officer where one does."""

    person: int
    reason: ErasureReason
    evidence: str | None
    looker: Viewer
    officer: str | None


async def state_erasure(command: StateErasure, uow: RegistrationUnitOfWork) -> Erasure:
    """Two officers decide; raises PersonUnknown also for an employer of the person, PersonErased, ErasureWaits,
    MergedByMistake."""
    if command.looker.employer is not None:
        raise PersonUnknown()
    # Of a number that was merged it is about the one person.
    numbers = await uow.person_merges.numbers_of(command.person)
    person = numbers[0]
    await uow.persons.see(person, command.looker)
    await uow.persons.lock(person)
    who = (command.looker.tenant, command.officer)
    said = Erasure(new_id(), person, *who, command.reason, command.evidence, stated_at=now(), numbers=numbers)
    said.check_numbers(numbers)
    if await uow.erasures.open_of(numbers):
        raise ErasureWaits()
    await uow.erasures.state(said)
    # A person's request sees no tasks: the worker asks.
    await uow.due.at(AskOfErasure(str(said.id)), now())
    return said
