"""Topic ``claims.payable``: loans of a claim, and what is owed for providers' bills.

Each is stated whole, alike at first and when republished.
"""

from collections.abc import Iterable
from datetime import datetime

from services.claims.domain.claim import Claim
from services.claims.domain.loans import Instalments, Loan, loan_id
from services.claims.domain.medical_bill import ACT, KIND, LAW, TAKEN_BACK, MedicalBill, payable_id
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.kernel import funds
from shared.kernel.clock import business_day
from shared.kernel.identifiers import party_number


def loans_stated(claim: Claim, stated_at: datetime, loans: Iterable[Loan]) -> list[ClaimsPayableStatedV1]:
    """How the payables of a claim's loans stand by its revision, which is that of each of them too."""
    return [_stated(claim, stated_at, loan) for loan in loans]


def _stated(claim: Claim, stated_at: datetime, loan: Loan) -> ClaimsPayableStatedV1:
    question = loan.question
    return ClaimsPayableStatedV1(
        payable=loan_id(claim.id, question.name, loan.party),
        revision=claim.revision,
        kind=question.name,
        person=party_number(loan.party),
        party=loan.party,
        scheme=question.scheme,
        fund=Fund(question.fund_of(loan.record)),
        law=question.law,
        arose_on=loan.applied_on,
        stated_at=stated_at,
        decision_hash=loan.record.hash,
        terms=(TermV1(per=Per.ONCE, sen=loan.sen, first=loan.applied_on),) if loan.sen else (),
        withdrawn_for=loan.ended_for,
        superseded_by=loan.superseded_by,
        repayment=tuple(map(_monthly, loan.repayment)),
    )


def _monthly(part: Instalments) -> TermV1:
    last = (part.first + (part.number - 1)).last_day
    return TermV1(per=Per.MONTH, sen=part.sen, first=part.first.first_day, last=last)


def bill_stated(bill: MedicalBill, fund: funds.Fund, revision: int, stated_at: datetime) -> ClaimsPayableStatedV1:
    """How what a fund owes of a bill stands; where another fund owes it now, that takes its place."""
    owed = bill.owed()
    owing = next((each for each, sen in owed.items() if sen and each is not fund), None)
    ended = None if owed[fund] or owing is not None else (bill.reason or _refused_for(bill))
    return ClaimsPayableStatedV1(
        payable=payable_id(bill.id, fund),
        revision=revision,
        kind=KIND,
        person=bill.person,
        party=bill.tenant,
        scheme=ACT,
        fund=Fund(fund),
        law=LAW[fund],
        arose_on=business_day(bill.sent_at),
        stated_at=stated_at,
        decision_hash=bill.decided_hash(),
        # Due at once, and on the same day in every revision.
        terms=(TermV1(per=Per.ONCE, sen=owed[fund], first=business_day(bill.sent_at)),) if owed[fund] else (),
        withdrawn_for=ended,
        superseded_by=payable_id(bill.id, owing) if not owed[fund] and owing is not None else None,
    )


def _refused_for(bill: MedicalBill) -> str:
    """Why nothing of a bill is owed any more: by the first line that is refused, or its sender took it back."""
    return next((each.reason for each in bill.settled), TAKEN_BACK)
