"""Read erasures, and the certificate of what was erased and what is kept."""

from uuid import UUID

from services.registration.domain.erasure import Erasure
from services.registration.domain.errors import ErasureDecided, ErasureOfOneself, ErasureUnknown
from services.registration.domain.subjects import erasure_of_subject
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def list_erasures(
    person: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Erasure]:
    """By id, after one: the person's own, or all of them for an officer."""
    return await uow.erasures.page(person, after, limit, looker)


async def find_erasure(id_: UUID, uow: RegistrationUnitOfWork) -> Erasure:
    """One that the looker may see; raises ErasureUnknown."""
    return await uow.erasures.get(id_)


async def find_state_of_erasure(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of an erasure, which is locked, and which changes while it is not asked of all numbers of the person yet; raises
    TaskUnknown."""
    try:
        said = await uow.erasures.lock(erasure_of_subject(subject))
    except ErasureUnknown as error:
        raise TaskUnknown() from error
    numbers = await uow.person_merges.numbers_of(said.person)
    return SubjectState(
        said.revision,
        said.facts,
        is_changing=not said.is_of(numbers),
        stated_by=await uow.erasures.stated_by(said, numbers),
        of_oneself=ErasureOfOneself,
        is_decided=not said.waits_for_officers,
        over=ErasureDecided,
    )
