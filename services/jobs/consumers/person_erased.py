"""Of whom registration erased what it kept (topic ``person.erased``)."""

from collections.abc import Sequence

from services.jobs.commands.forget_person import ForgetPerson
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now


async def apply(events: Sequence[PersonErasedV1], uow: JobsUnitOfWork) -> None:
    """Keep it, and let go of each person of whom everything was erased; the higher revision wins."""
    await uow.erased_persons.keep([event.model_dump() for event in events])
    for person in sorted({event.person for event in events if event.whole}):
        await uow.due.at(ForgetPerson(person), now())
