"""Asks officers who is owed what a payee did not live to receive, and no more once nothing waits for that: due work.

By itself, not where it is found: settling holds its due work, which whoever decides about the party leaves once more:
each would wait for the other. Nor does it wait for who decides: it looks again.
"""

from dataclasses import dataclass
from datetime import timedelta

from services.benefits.domain import queues, subjects
from services.benefits.domain.parties import person_of
from services.benefits.domain.statements import StatementKind
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState

# Somebody decides about the party meanwhile.
_BUSY_PAUSE = timedelta(milliseconds=50)


@dataclass(frozen=True)
class SeekHeirs:
    """A party of which something was unpaid since it died."""

    party: str


async def seek_heirs(command: SeekHeirs, uow: BenefitsUnitOfWork) -> None:
    """Open the task of the death, or close it where nothing waits for it."""
    if not await uow.statements.try_lock(command.party):
        await uow.due.at(command, now() + _BUSY_PAUSE)
        return
    about = subjects.payee_death(command.party)
    if await uow.settlements.waits_for_heirs(command.party):
        await ask(queues.PAYEE_DEATH, about, await state_of_payee_death(about, uow), uow)
    else:
        await close_task(CloseTask(queues.PAYEE_DEATH, about, "nothing_waits"), uow)


async def state_of_payee_death(subject: Subject, uow: BenefitsUnitOfWork) -> SubjectState:
    """Of a death, whose party is locked: the revision moves on each time that nobody was found."""
    party = subjects.party_of_death(subject)
    await uow.statements.lock(party)
    days = await uow.known_deaths.days_of(sorted(await uow.known_merges.parties_of([party])))
    died_on = min((day for day in days.values() if day is not None), default=None)
    sought = await uow.statements.answered(party, StatementKind.HEIRS_SOUGHT)
    facts: dict[str, str | int] = {"person": person_of(party) or 0, "sought": sought}
    if died_on is not None:
        facts["died_on"] = died_on.isoformat()
    return SubjectState(sought + 1, facts, reason=queues.UNPAID_AT_DEATH)
