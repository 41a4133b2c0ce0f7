"""An officer records whom an investigation has heard; what was said of day, time, employer or wage is a particular."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.commands.ask_of_investigation import AskOfInvestigation, ask_of_investigation
from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.commands.state_particulars import Said, StateParticulars, state_particulars
from services.claims.domain.errors import InterviewNotHeld, InterviewUnknown, InvestigationOver, InvestigationUnknown
from services.claims.domain.investigation import Heard, HeardAt, Interview, Investigation
from services.claims.domain.particulars import SourceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class RecordInterview:
    """Who was heard, when, where, in which document it stands, and what it says; ``replaces`` an earlier record."""

    tenant: str
    by: str
    investigation: UUID
    heard: Heard
    person: int | None
    held_on: date
    held_at: HeardAt
    document: str
    said: Sequence[Said] = ()
    replaces: UUID | None = None


async def record_interview(command: RecordInterview, uow: ClaimsUnitOfWork) -> Interview:
    """Append it, and state the investigation again to whoever ends it.

    Raises InvestigationUnknown, InvestigationOver, InterviewNotHeld, InterviewUnknown, StatementsTooMany.
    """
    if command.held_on > today():
        raise InterviewNotHeld()
    found = await uow.investigations.find(command.investigation)
    if found is None:
        raise InvestigationUnknown()
    # First: whoever compares holds that due work, and waits for nobody who adds something.
    await uow.due.at(CompareParticulars(found.claim), now())
    interview = await _appended(command, await uow.investigations.lock(found.id) or found, uow)
    if command.said:
        source = (SourceKind.INTERVIEW, command.document, command.said, interview.id)
        await state_particulars(StateParticulars(command.tenant, command.by, found.claim, *source), uow)
    await ask_of_investigation(AskOfInvestigation(found.id), uow)
    return interview


async def _appended(command: RecordInterview, found: Investigation, uow: ClaimsUnitOfWork) -> Interview:
    """The interview; of one that it replaces the particulars are taken back."""
    if found.end is not None:
        raise InvestigationOver()
    replaced = {each.replaces for each in found.interviews}
    if command.replaces is not None and (
        command.replaces in replaced or command.replaces not in {each.id for each in found.interviews}
    ):
        raise InterviewUnknown()
    where = (command.held_on, command.held_at, command.document, command.by, now())
    interview = Interview(new_id(), found.id, command.heard, command.person, *where, command.replaces)
    await uow.investigations.add_interview(interview, command.tenant)
    if command.replaces is not None:
        said = [each.id for each in await uow.inconsistencies.of_interview(command.replaces)]
        await uow.inconsistencies.withdraw(said, command.tenant, command.by, now())
    return interview
