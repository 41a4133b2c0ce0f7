"""Whatever a party states of a claim is kept alike: the claim is assessed again, and so is what else of it is read."""

from dataclasses import dataclass

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.bounds import check_statements
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.loss import woken_by
from services.claims.domain.evidence import Evidence, EvidenceKind
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
    return statement
