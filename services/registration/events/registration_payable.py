"""Topic ``registration.payable``: a refund of contributions, stated alike at first and when republished."""

from services.registration.domain.employer import tenant_of
from services.registration.domain.refund import KIND, Statement, scheme_of
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.payable_stated import RegistrationPayableStatedV1


def payable_stated(said: Statement) -> RegistrationPayableStatedV1:
    """What an employer is owed of a month from one fund; about no person, since a month has the lines of several."""
    terms = (TermV1(per=Per.ONCE, sen=said.amount_sen, first=said.owed_on),) if said.amount_sen else ()
    return RegistrationPayableStatedV1(
        payable=said.payable,
        revision=said.revision,
        kind=KIND,
        party=tenant_of(said.employer),
        scheme=scheme_of(said.fund),
        fund=Fund(said.fund),
        law=said.law,
        arose_on=said.month.last_day,
        stated_at=said.stated_at,
        decision_hash=said.decision_hash,
        terms=terms,
        withdrawn_for=said.withdrawn_for,
    )
