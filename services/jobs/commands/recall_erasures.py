"""Knows again how erasures were followed from what jobs published, after its database was put back (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.jobs.commands.forget_person import ForgetPerson
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.erasure_followed import JobsErasureFollowedV1
from shared.kernel.clock import now


@dataclass(frozen=True)
class RecallErasures:
    """What jobs published, and its database does not know."""

    events: Sequence[Event]


async def recall_erasures(command: RecallErasures, uow: JobsUnitOfWork) -> None:
    """No revision goes back; who was let go of since the backup is in the database again, and is let go of again."""
    for event in command.events:
        if isinstance(event, JobsErasureFollowedV1):
            await uow.erased_persons.recall(event)
            await uow.due.at(ForgetPerson(event.person), now())
