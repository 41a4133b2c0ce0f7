"""Read a foreign worker's pass, of which officers are asked."""

from services.registration.domain.pass_renewal import facts_of_pass
from services.registration.domain.subjects import person_of_pass
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def find_state_of_foreign_pass(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a pass, whose person is locked: the revision is how often its end was stated, or taken back."""
    person = person_of_pass(subject)
    await uow.persons.lock(person)
    known, numbers = await uow.persons.foreign_pass(person), await uow.person_merges.numbers_of(person)
    if known is None:
        raise TaskUnknown()
    spells = await uow.spells.after(numbers, known.ended_on)
    return SubjectState(known.revision, facts_of_pass(person, known, len(spells)))
