"""Knows again how erasures were followed from what claims published, after its database was put back (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.claims.commands.forget_person import ForgetPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.erasure_followed import ClaimsErasureFollowedV1
from shared.kernel.clock import now


@dataclass(frozen=True)
class RecallErasures:
    """What claims published, and its database does not know."""

    events: Sequence[Event]


async def recall_erasures(command: RecallErasures, uow: ClaimsUnitOfWork) -> None:
    """No revision goes back; who was let go of since the backup is in the database again, and is let go of again."""
    for event in command.events:
        if isinstance(event, ClaimsErasureFollowedV1):
            await uow.erased_persons.recall(event)
            await uow.due.at(ForgetPerson(event.person), now())
