"""Read refunds of contributions, as the looker may see them, and what waits for officers as it stands now."""

from services.registration.domain import subjects
from services.registration.domain.errors import RefundOfOneself
from services.registration.domain.refund import Refund
from services.registration.storage.contribution_lines import FileUnderway
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def list_refunds(after: tuple[int, int], limit: int, looker: Viewer, uow: RegistrationUnitOfWork) -> list[Refund]:
    """By employer and month, after such a position: the looker's own, or all of them for an officer."""
    return await uow.refunds.page(after, limit, looker)


async def find_state_of_refund(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of an employer's month, which is locked: it is changing while lines say otherwise than what was kept, or a file
    of the employer is not worked off."""
    employer, month = subjects.month_of_refund(subject)
    refund = await uow.refunds.lock(employer, month)
    if refund is None:
        raise TaskUnknown()
    is_changing = await uow.contribution_files.is_any_received(employer) or await _is_old(refund, uow)
    return SubjectState(
        refund.revision,
        refund.facts,
        is_changing,
        stated_by=await uow.refunds.claimants(refund),
        of_oneself=RefundOfOneself,
    )


async def _is_old(refund: Refund, uow: RegistrationUnitOfWork) -> bool:
    try:
        return refund.figures != await uow.refunds.figures(refund.employer, refund.month, today())
    except FileUnderway:
        return True
