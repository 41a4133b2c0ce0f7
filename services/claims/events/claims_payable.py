"""Topic ``claims.payable``: loans of a claim, each stated whole, alike at first and when republished."""

from collections.abc import Iterable
from datetime import datetime

from services.claims.domain.claim import Claim
from services.claims.domain.loans import Instalments, Loan, loan_id
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.payable_stated import ClaimsPayableStatedV1
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
