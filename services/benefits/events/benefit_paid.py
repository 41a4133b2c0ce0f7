"""Topic ``benefit.paid``: how a payment ended, stated from what is stored, alike at first and when republished."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any, TypeVar

from services.benefits.domain.certificates_due import form_asked
from services.benefits.domain.conditions import Request
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.increases import IncreaseOrder
from services.benefits.domain.payments import PaymentState
from services.benefits.domain.recoveries import Opened, Repayment, Route
from services.benefits.domain.setting_off import Kept
from services.benefits.domain.statements import PartyStatement
from services.benefits.storage.agreements import Agreed
from services.benefits.storage.bank_files import Rendered
from services.benefits.storage.payments import Sent, Unsent
from services.benefits.storage.repayments import Repaid
from shared.contracts.benefit_paid import (
    BenefitInstructedV1,
    BenefitRecoveredV1,
    BenefitRepaymentCounteredV1,
    BenefitReturnedV1,
    BenefitSettledV1,
    BenefitsIncreasedV1,
    CertificateAskedV1,
    IncreaseFactorV1,
    MoneyUnallocatedV1,
    PartyStatedV1,
    PayableInstructedV1,
    PayableRecoveredV1,
    PayableRepaymentCounteredV1,
    PayableReturnedV1,
    PayableSettledV1,
    PaymentInstructed,
    PaymentRecovered,
    PaymentReturned,
    PaymentSettled,
    RecoveryAgreedV1,
    RecoveryOpenedV1,
    RepaymentCountered,
)
from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Event
from shared.kernel.clock import BUSINESS_ZONE

AboutPerson = TypeVar("AboutPerson", bound=Event)
AboutNobody = TypeVar("AboutNobody", bound=Event)


def payment_instructed(unsent: Unsent, file: Rendered) -> PaymentInstructed:
    """The event of a payment that goes into a bank file."""
    key, payee = unsent.key, unsent.payee
    stated = {
        **asdict(key.entitlement),
        "owner": unsent.owner,
        "source": unsent.source,
        "fund": unsent.fund,
        "amount_sen": unsent.amount_sen,
        "happened_at": file.made_at,
        "instruction": unsent.id,
        "claim_revision": key.revision,
        "kind": key.kind,
        "period_first": key.period_first,
        "period_last": key.period_last,
        "replaces": key.replaces,
        "payee_version": payee.version,
        "bank_file": file.id,
        "file_sha256": file.sha256,
        "file_transactions": file.transactions,
        "file_sum_sen": file.control_sum_sen,
        "holder": payee.holder,
        "capacity": payee.capacity,
        "value_on": unsent.instructed_on,
    }
    return _about(unsent.person, BenefitInstructedV1, PayableInstructedV1, stated)


def payment_answered(sent: Sent, value_on: date) -> PaymentSettled | PaymentReturned:
    """The event of a payment that the bank settled or returned, and the day on which that counts in the books."""
    if sent.payment.state is PaymentState.RETURNED:
        return _returned(sent, value_on)
    return _settled(sent, value_on)


def _returned(sent: Sent, value_on: date) -> PaymentReturned:
    stated = _stated(sent, value_on) | {"reason": sent.reason or "", "with_file": sent.refused_with_file is not None}
    return _about(sent.person, BenefitReturnedV1, PayableReturnedV1, stated)


def _settled(sent: Sent, value_on: date) -> PaymentSettled:
    key = sent.payment.key
    stated = _stated(sent, value_on) | {"period_first": key.period_first, "period_last": key.period_last}
    return _about(sent.person, BenefitSettledV1, PayableSettledV1, stated)


def money_came_back(repaid: Repaid) -> PaymentRecovered:
    """The event of a repayment, of zero where nothing was open any more; it happened on the day on which it came in."""
    return _about(repaid.recovery.person, BenefitRecoveredV1, PayableRecoveredV1, _repaid(repaid))


def repayment_countered(repaid: Repaid) -> RepaymentCountered:
    """The event of a repayment that did not come in after all, which says again all that the first one said."""
    return _about(repaid.recovery.person, BenefitRepaymentCounteredV1, PayableRepaymentCounteredV1, _repaid(repaid))


def money_unallocated(repayment: Repayment, *, countered: bool) -> MoneyUnallocatedV1:
    """The event of money that came in with a reference that no recovery has; or that did not after all."""
    return MoneyUnallocatedV1(
        repayment=repayment.id,
        amount_sen=repayment.amount_sen,
        received_on=repayment.received_on,
        reference=repayment.reference,
        stated_by=repayment.entered_by,
        countered=countered,
    )


def recovery_agreed(agreed: Agreed) -> RecoveryAgreedV1:
    """The event of what is agreed about a recovery and was released."""
    agreement, recovery = agreed.agreement, agreed.recovery
    return RecoveryAgreedV1(
        **asdict(recovery.key),
        recovery=recovery.id,
        person=recovery.person,
        fund=Fund(recovery.fund),
        owner=recovery.owner,
        source=recovery.source,
        claim_revision=recovery.revision,
        law=recovery.law,
        agreement=agreement.id,
        kind=agreement.kind,
        monthly_sen=agreement.monthly_sen,
        against_scheme=agreement.against_scheme,
        against_owner=agreement.against_owner,
        ends=agreement.ends,
        from_on=agreement.from_on,
        evidence=agreement.evidence,
        released_at=agreed.released_at,
    )


def party_stated(said: PartyStatement, at: datetime, written_to: Sequence[str] = ()) -> PartyStatedV1:
    """The event of what counts of a payee by the word of two officers, or by rule."""
    of_benefit = {"claim": said.key and said.key.claim, "scheme": said.key and said.key.scheme}
    return PartyStatedV1(
        statement=said.id,
        party=said.party,
        kind=said.kind,
        says=said.says,
        **of_benefit,
        benefit=said.key and said.key.benefit,
        first_on=said.first_on,
        last_on=said.last_on,
        holder=said.holder,
        evidence=said.evidence,
        replaces=said.replaces,
        withdrawn=said.withdrawn,
        earned_sen=said.earned_sen,
        average_sen=said.average_sen,
        stated_at=said.stated_at,
        counted_at=at,
        written_to=tuple(written_to),
    )


def benefits_increased(order: IncreaseOrder, at: datetime) -> BenefitsIncreasedV1:
    """The event of an order that counts."""
    factors = (
        IncreaseFactorV1(
            benefit=each.benefit,
            began_from=each.began_from,
            began_to=each.began_to,
            percent=each.written,
            least_sen=each.least_sen,
        )
        for each in order.factors
    )
    return BenefitsIncreasedV1(
        order=order.id,
        instrument=order.instrument,
        law=order.law,
        in_force=order.in_force,
        factors=tuple(factors),
        replaces=order.replaces,
        withdrawn=order.withdrawn,
        stated_at=order.stated_at,
        counted_at=at,
    )


def certificate_asked(key: EntitlementKey, request: Request, written_to: Sequence[str] = ()) -> CertificateAskedV1:
    """The event of what a payee is asked for, or reminded of, by the name that the benefit had then."""
    return CertificateAskedV1(
        **asdict(request.key or key),
        request=request.id_of(key),
        certificate=request.certificate,
        form=form_asked(key.benefit, request.certificate, request.asked_on),
        due_on=request.due_on,
        asked_on=request.asked_on,
        reminded_on=request.reminded_on,
        matter=request.matter_of(key.party),
        written_to=tuple(written_to),
    )


def recovery_opened(opened: Opened, why: str, kept: Kept, written_to: Sequence[str]) -> RecoveryOpenedV1:
    """The event of what has come to light to come back, with what is kept of what falls due next."""
    recovery = opened.recovery
    return RecoveryOpenedV1(
        **asdict(recovery.key),
        recovery=recovery.id,
        fund=Fund(recovery.fund),
        owner=recovery.owner,
        source=recovery.source,
        claim_revision=recovery.settled_revision,
        law=recovery.law,
        reference=opened.reference,
        revision=opened.number,
        opened_sen=opened.sen,
        open_sen=max(0, recovery.open_sen),
        reason=why,
        kept_percent=int(kept.share * 100),
        kept_law=kept.law,
        written_to=tuple(written_to),
        opened_on=opened.on,
    )


def _repaid(repaid: Repaid) -> dict[str, Any]:
    repayment, recovery = repaid.repayment, repaid.recovery
    return {
        **asdict(recovery.key),
        "owner": recovery.owner,
        "source": recovery.source,
        "fund": recovery.fund,
        "amount_sen": repaid.amount_sen,
        "happened_at": datetime.combine(repayment.received_on, time.min, BUSINESS_ZONE),
        "recovery": recovery.id,
        "repayment": repayment.id,
        "route": repayment.route,
        "receipt": repayment.reference if repayment.route is Route.COUNTER else "",
        "received_on": repayment.received_on,
        "beyond_sen": repaid.beyond_sen,
        "claim_revision": recovery.revision,
        # Of what was more than open nothing is in the books of the entitlement.
        "settled_revision": recovery.settled_revision if repaid.amount_sen else 0,
        "law": recovery.law,
    }


def _about(
    person: int | None, benefit: type[AboutPerson], payable: type[AboutNobody], stated: Mapping[str, Any]
) -> AboutPerson | AboutNobody:
    """The event of a payment about a person, or of a payable about nobody, which has a class of its own."""
    return payable(**stated) if person is None else benefit(**stated, person=person)


def _stated(sent: Sent, value_on: date) -> dict[str, Any]:
    """What both events state."""
    key = sent.payment.key
    return {
        **asdict(key.entitlement),
        "owner": sent.owner,
        "source": sent.source,
        "fund": sent.fund,
        "amount_sen": sent.payment.amount_sen,
        "happened_at": sent.answered_at,
        "value_on": value_on,
        "instruction": sent.id,
        "claim_revision": key.revision,
    }
