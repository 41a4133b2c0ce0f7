"""Follow a complaint: people are asked while it waits, and who filed it is written to once it is answered. How it
stands is published."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.complaint import ComplaintState
from services.claims.domain.errors import ComplaintOfOneself, ComplaintOver
from services.claims.domain.queues import COMPLAINT
from services.claims.events.claims_matter import complaint_stated
from services.claims.files.complaint_answer import complaint_answer
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.messages.owing import OweLetter, owe_letter
from shared.security.fields import FieldCipher
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class FollowComplaint:
    """The complaint."""

    complaint: UUID


def following_complaints(cipher: FieldCipher) -> Callable[[FollowComplaint, ClaimsUnitOfWork], Awaitable[None]]:
    """What runs the command; of which officer it is, and who answered, is published sealed."""

    async def follow_complaint(command: FollowComplaint, uow: ClaimsUnitOfWork) -> None:
        await _ask_or_tell(command, uow)
        if await uow.complaints.publish(command.complaint):
            uow.publish(complaint_stated(await uow.complaints.find(command.complaint), cipher))

    return follow_complaint


async def _ask_or_tell(command: FollowComplaint, uow: ClaimsUnitOfWork) -> None:
    """By how it stands: followed again it says the same. Its days run from when it was filed, also where a restore has
    people asked once more."""
    about = subjects.complaint(command.complaint)
    state = await state_of_complaint(about, uow)
    complaint = await uow.complaints.find(command.complaint)
    if complaint.state is ComplaintState.OPEN:
        reason = complaint.kind.value
        since = complaint.filed_at
        await open_task(OpenTask(COMPLAINT, about, reason, state.revision, state.facts, since=since), uow)
        return
    await close_task(CloseTask(COMPLAINT, about, "settled"), uow)
    if complaint.found is not None:
        await owe_letter(OweLetter(complaint_answer(complaint, complaint.found)), uow)


async def find_state_of_complaint(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """As officers look at it: that it is followed is left before it is locked, since its runner holds both so."""
    await uow.due.at(FollowComplaint(subjects.complaint_of(subject)), now())
    return await state_of_complaint(subject, uow)


async def state_of_complaint(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a complaint, which is locked."""
    complaint = await uow.complaints.lock(subjects.complaint_of(subject))
    return SubjectState(
        1,
        complaint.facts,
        reason=complaint.kind.value,
        stated_by=complaint.not_by,
        of_oneself=ComplaintOfOneself,
        is_decided=complaint.state is not ComplaintState.OPEN,
        over=ComplaintOver,
    )
