"""Topic ``benefit.paid``: how a payment ended, stated from what is stored, alike at first and when republished."""

from dataclasses import asdict
from typing import Any

from services.benefits.domain.payments import PaymentState
from services.benefits.storage.bank_files import Rendered
from services.benefits.storage.payments import Sent, Unsent
from shared.contracts.benefit_paid import BenefitInstructedV1, BenefitReturnedV1, BenefitSettledV1


def payment_instructed(unsent: Unsent, file: Rendered) -> BenefitInstructedV1:
    """The event of a payment that goes into a bank file."""
    key = unsent.key
    return BenefitInstructedV1(
        **asdict(key.entitlement),
        owner=unsent.owner,
        person=unsent.person,
        fund=unsent.fund,
        amount_sen=unsent.amount_sen,
        happened_at=file.made_at,
        instruction=unsent.id,
        claim_revision=key.revision,
        kind=key.kind,
        period_first=key.period_first,
        period_last=key.period_last,
        replaces=key.replaces,
        payee_version=unsent.payee.version,
        bank_file=file.id,
        file_sha256=file.sha256,
        file_transactions=file.transactions,
        file_sum_sen=file.control_sum_sen,
    )


def payment_answered(sent: Sent) -> BenefitSettledV1 | BenefitReturnedV1:
    """The event of a payment that the bank settled or returned."""
    key, stated = sent.payment.key, _stated(sent)
    if sent.payment.state is PaymentState.RETURNED:
        return BenefitReturnedV1(**stated, reason=sent.reason or "", with_file=sent.refused_with_file is not None)
    return BenefitSettledV1(**stated, period_first=key.period_first, period_last=key.period_last)


def _stated(sent: Sent) -> dict[str, Any]:
    """What both events state."""
    key = sent.payment.key
    return {
        **asdict(key.entitlement),
        "owner": sent.owner,
        "person": sent.person,
        "fund": sent.fund,
        "amount_sen": sent.payment.amount_sen,
        "happened_at": sent.answered_at,
        "instruction": sent.id,
        "claim_revision": key.revision,
    }
