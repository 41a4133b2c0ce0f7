"""The event that tells others how a payment ended; announcing it again makes the same one."""

from services.benefits.domain.payments import PaymentState
from services.benefits.storage.payments import Sent
from shared.contracts.benefit_paid import BenefitReturnedV1, BenefitSettledV1


def answered_event(sent: Sent) -> BenefitSettledV1 | BenefitReturnedV1:
    """The event of a payment that the bank settled or returned."""
    key, amount_sen, answered_at = sent.payment.key, sent.payment.amount_sen, sent.answered_at
    if answered_at is None:
        raise ValueError("a payment that the bank has not answered has no event")
    if sent.payment.state is PaymentState.RETURNED:
        return BenefitReturnedV1(
            person=key.person,
            claim=key.claim,
            benefit=key.benefit,
            amount_sen=amount_sen,
            happened_at=answered_at,
            instruction=sent.id,
            claim_revision=key.revision,
            reason=sent.reason or "",
        )
    return BenefitSettledV1(
        person=key.person,
        claim=key.claim,
        benefit=key.benefit,
        amount_sen=amount_sen,
        happened_at=answered_at,
        instruction=sent.id,
        claim_revision=key.revision,
        period_first=key.period_first,
        period_last=key.period_last,
    )
