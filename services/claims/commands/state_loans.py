"""States how the loans of a claim stand by a new revision of it: what of a claim is lent is a payable of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.claims.domain.catalogue import LENDING, questions_of
from services.claims.domain.claim import Claim
from services.claims.domain.loans import loans_of
from services.claims.events.claims_payable import loans_stated
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.law.decision import DecisionRecord


@dataclass(frozen=True)
class StateLoans:
    """A claim with its new revision, when that was decided, and the records that stand by it; none where it joined."""

    claim: Claim
    decided_at: datetime
    standing: Mapping[str, DecisionRecord] = field(default_factory=dict)


async def state_loans(command: StateLoans, uow: ClaimsUnitOfWork) -> None:
    """Publish each loan that was ever lent, as it stands now; of most claims there is none."""
    claim, standing = command.claim, command.standing
    if claim.joined_to is None and LENDING.isdisjoint(standing):
        return
    kept = (await uow.loans.records_of([claim.id], LENDING)).get(claim.id, ())
    loans = loans_of(claim, questions_of(claim.kind), kept, standing)
    for stated in loans_stated(claim, command.decided_at, loans):
        uow.publish(stated)
