"""Asks two officers how an investigation ends, and says how it stands to whoever approves that."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.errors import InvestigationOfOneself, InvestigationOver, InvestigationUnknown
from services.claims.domain.investigation import Investigation
from services.claims.domain.queues import INVESTIGATION
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfInvestigation:
    """An investigation, which was opened or heard somebody since."""

    investigation: UUID


async def ask_of_investigation(command: AskOfInvestigation, uow: ClaimsUnitOfWork) -> None:
    """Ask, or state again how it stands."""
    found = await uow.investigations.lock(command.investigation)
    if found is not None:
        said = await uow.inconsistencies.count_of_investigation(found.id)
        await ask(INVESTIGATION, subjects.investigation(found.id), _state_of(found, said), uow)


async def find_state_of_investigation(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of an investigation, which is locked, and its claim before it: an approval leaves that to be assessed."""
    found = await uow.investigations.find(subjects.id_of(subject))
    if found is None:
        raise InvestigationUnknown()
    await uow.claims.hold_assessment(found.claim)
    await uow.claims.lock(found.claim)
    locked = await uow.investigations.lock(found.id)
    return _state_of(locked or found, await uow.inconsistencies.count_of_investigation(found.id))


def _state_of(found: Investigation, particulars: int) -> SubjectState:
    """Of a locked investigation, in which people stated so many particulars: each of them is news."""
    return SubjectState(
        1 + len(found.interviews) + particulars,
        {**found.facts, "particulars": particulars},
        reason=f"doubt_of_{found.reason.value}",
        stated_by=found.officers,
        of_oneself=InvestigationOfOneself,
        is_decided=found.end is not None,
        over=InvestigationOver,
    )
