"""Asks people about a claim as a whole, which no question of the statute book answers; no more once it goes on."""

from dataclasses import dataclass

from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.queues import OF_CLAIMS, facts_of_notice, queue_of_claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskAboutClaim:
    """A claim as it stands now; the transaction holds it."""

    claim: Claim


async def ask_about_claim(command: AskAboutClaim, uow: ClaimsUnitOfWork) -> None:
    """Open the task of the queue in which it stands, or state it again; close those in which it does not."""
    claim, subject = command.claim, subjects.claim(command.claim.id)
    stands_in = queue_of_claim(claim)
    for queue in (each for each in OF_CLAIMS if each is not stands_in):
        await close_task(CloseTask(queue, subject, "settled"), uow)
    if stands_in is not None:
        statements = await uow.evidence.count(claim)
        facts = {**facts_of_notice(claim), "statements": statements}
        await open_task(OpenTask(stands_in, subject, claim.reason or "", statements, facts), uow)
