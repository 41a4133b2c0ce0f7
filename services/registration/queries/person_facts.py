"""Read the history of what is known of a person, and what waits to be."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.correction import Correction
from services.registration.domain.person import PersonFact
from services.registration.domain.subjects import pair_of
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def list_facts(
    person: int, after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[PersonFact]:
    """In the order in which they were stated, after one; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.person_facts.page(person, after, limit, looker)


async def list_corrections(
    person: int, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[Correction]:
    """By id, after one: the looker's own, or all of them for the person and for officers; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.corrections.page(person, after, limit, looker)


async def find_state_of_possible_duplicate(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of two numbers that may be one person's, which are locked."""
    # Before the pair, as whoever decides about a merge has them.
    await uow.persons.lock(*pair_of(subject))
    pair = await uow.duplicates.lock(*pair_of(subject))
    if pair is None:
        raise TaskUnknown()
    return SubjectState(pair.revision, pair.facts)
