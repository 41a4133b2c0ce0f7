"""Topic ``rehab.payable``: what is owed for a bill, stated from what is stored, alike at first and when republished."""

from services.rehab.domain.bill import FUND, KIND, LAW, SCHEME, Bill, Decision
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.payable_stated import RehabPayableStatedV1


def bill_stated(bill: Bill, decision: Decision, revision: int) -> RehabPayableStatedV1:
    """How the payable of a bill stands after a decision that was published as this revision of it."""
    said, owed_sen = bill.statements[decision.of_statement - 1], decision.amount_sen
    return RehabPayableStatedV1(
        payable=bill.id,
        revision=revision,
        kind=KIND,
        person=bill.person,
        party=bill.provider,
        scheme=SCHEME,
        fund=Fund(FUND),
        law=str(LAW),
        arose_on=said.treated_on,
        stated_at=decision.decided_at,
        decision_hash=decision.decision_hash,
        # Owed since the treatment: due at once, and on the same day in every revision.
        terms=() if owed_sen is None else (TermV1(per=Per.ONCE, sen=owed_sen, first=said.treated_on),),
        withdrawn_for=decision.finding.reason,
    )
