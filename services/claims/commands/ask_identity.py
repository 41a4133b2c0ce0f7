"""Asks people whom a notice is about and whether its sender may speak of that person, until that is known."""

from dataclasses import dataclass

from services.claims.commands.follow_charter import FollowCharter
from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.queues import IDENTITY, OF_IDENTITY, facts_of_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskIdentity:
    """A claim as it stands now; the transaction holds it."""

    claim: Claim


async def ask_identity(command: AskIdentity, uow: ClaimsUnitOfWork) -> None:
    """Open the task of a notice whose reason is a person's to look at, or state it again; else close it."""
    claim, subject = command.claim, subjects.claim(command.claim.id)
    await uow.due.at(FollowCharter(claim.id), now())
    if claim.reason not in OF_IDENTITY or claim.relation is not None:
        await close_task(CloseTask(IDENTITY, subject, "settled"), uow)
        return
    statements = await uow.evidence.count(claim)
    facts = {**facts_of_notice(claim), "statements": statements}
    await open_task(OpenTask(IDENTITY, subject, claim.reason or "", statements, facts), uow)
