"""A notice waits for the person to be registered, or for what lets its sender speak of this person."""

from dataclasses import dataclass
from datetime import timedelta

from services.claims.commands.ask_identity import AskIdentity, ask_identity
from services.claims.commands.gather_facts import registered_until
from services.claims.commands.identify_claim import IDENTITY_DEADLINE, Identified
from services.claims.domain.collectors.collector import REGISTRATION
from services.claims.domain.queues import OF_IDENTITY
from services.claims.domain.relation import without_relation
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import CLOCK_DIFFERENCE, now
from shared.messaging.consumer_store import freshness

# Nothing is missed in between: the facts wake the claim. This is how long a silence goes unlooked at.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class WaitForRelation:
    """A claim without a relation, and the command that goes on with it."""

    identified: Identified
    goes_on: object


async def wait_for_relation(command: WaitForRelation, uow: ClaimsUnitOfWork) -> None:
    """When all has arrived that was on its way, the notice ends; whatever comes later still wakes it."""
    identified = command.identified
    claim, named = identified.claim, identified.named
    until = await registered_until(claim.person if named is None else named.person, uow)
    is_complete = until is not None and until >= claim.stored_at + CLOCK_DIFFERENCE
    deadline = claim.received_at + IDENTITY_DEADLINE
    is_overdue = named is None and now() >= deadline
    waiting = without_relation(claim, named, is_complete=is_complete, is_overdue=is_overdue)
    if waiting != claim:
        await uow.claims.save(waiting)
    if OF_IDENTITY & {claim.reason, waiting.reason}:
        await ask_identity(AskIdentity(waiting), uow)
    looks_again = [deadline] if named is None and not is_overdue else []
    subjects = identified.listens_to
    if not is_complete and not claim.by_officer:
        subjects |= {freshness(REGISTRATION)}
        looks_again.append(now() + LOOK_AGAIN)
    await uow.due.when(command.goes_on, subjects, min(looks_again, default=None))
