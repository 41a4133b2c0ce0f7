"""Whatever a party states of a claim is kept alike: the claim is assessed again, and so is what else of it is read."""

from dataclasses import dataclass

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.domain.bounds import check_statements
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.loss import woken_by
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import EVIDENCE, STATED_BY, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class KeepStatement:
    """A statement of a claim; ``of_kind``: what it states, or what that states which it changes."""

    claim: Claim
    statement: Evidence
    of_kind: EvidenceKind


async def keep_statement(command: KeepStatement, uow: ClaimsUnitOfWork) -> Evidence:
    """Append it and have the claim assessed again; raises StatementsTooMany."""
    claim, statement = command.claim, command.statement
    check_statements(await uow.evidence.count_of_party(claim, statement.tenant, statement.stated_by))
    await uow.evidence.add(statement)
    # Of a notice that joined, the claim that it joined: nothing is approved there until it has been assessed.
    await uow.due.at(AssessClaim(claim.joined_to or claim.id), now())
    await uow.due.wake(woken_by(command.of_kind, claim.person))
    await _answer_requests(command, uow)
    return statement


async def _answer_requests(command: KeepStatement, uow: ClaimsUnitOfWork) -> None:
    """End what its party was asked for and states here; of what was late nobody needs to look at it any more."""
    statement, claim = command.statement, command.claim.joined_to or command.claim.id
    items = [item for item, kinds in STATED_BY.items() if statement.kind in kinds]
    waiting = await uow.evidence_requests.waiting_of(claim, statement.tenant, items) if items else []
    await uow.due.all_at([FollowEvidenceRequest(each) for each in waiting], now())
    answered = [(each, RequestState.ANSWERED, EVIDENCE, statement.id) for each in waiting]
    await uow.evidence_requests.close(answered, now())
