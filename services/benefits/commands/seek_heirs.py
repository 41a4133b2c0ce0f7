"""Asks officers who is owed what a payee did not live to receive, and no more once somebody receives it."""

from dataclasses import dataclass

from services.benefits.domain import queues, subjects
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.parties import person_of
from services.benefits.domain.statements import StatementKind
from services.benefits.domain.waiting import WaitingReason
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class SeekHeirs:
    """What is settled of a party that died, and whether it is unpaid since nobody is known who receives it."""

    key: EntitlementKey
    is_unpaid: bool


async def seek_heirs(command: SeekHeirs, uow: BenefitsUnitOfWork) -> None:
    """Open the task of the death, or close it where nothing else waits for it.

    The transaction holds the lock of all that is owed to the party.
    """
    about = subjects.payee_death(command.key.party)
    if command.is_unpaid:
        await ask(queues.PAYEE_DEATH, about, await state_of_payee_death(about, uow), uow)
    elif not await uow.settlements.others_wait(command.key, WaitingReason.PAYEE_DIED):
        await close_task(CloseTask(queues.PAYEE_DEATH, about, "somebody_receives"), uow)


async def state_of_payee_death(subject: Subject, uow: BenefitsUnitOfWork) -> SubjectState:
    """Of a death, whose party is locked: the revision moves on each time that nobody was found."""
    party = subjects.party_of_death(subject)
    await uow.statements.lock(party)
    died_on = (await uow.known_deaths.days_of([party])).get(party)
    sought = await uow.statements.answered(party, StatementKind.HEIRS_SOUGHT)
    facts: dict[str, str | int] = {"person": person_of(party) or 0, "sought": sought}
    if died_on is not None:
        facts["died_on"] = died_on.isoformat()
    return SubjectState(sought + 1, facts, reason=queues.UNPAID_AT_DEATH)
