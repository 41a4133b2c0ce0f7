"""Two officers decide of a payment for cover: whether it was paid when an agent says, or whether it was none."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.state_scheme_cover import StateSchemeCover, state_scheme_cover
from services.registration.domain.cover_payment import PaymentAct, PaymentFound
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideCoverPayment:
    """The payment, what was found, both officers, and by which document."""

    payment: UUID
    found: PaymentFound
    officers: Officers
    evidence: str | None = None


async def decide_cover_payment(command: DecideCoverPayment, uow: RegistrationUnitOfWork) -> None:
    """Keep and publish it; raises CoverPaymentNotSo where that is no answer to what waits."""
    paid, by = await uow.cover_payments.find(command.payment), command.officers
    found = paid.found(command.found)
    act = PaymentAct(
        found,
        by.at,
        by.tenant,
        reason=command.found.value,
        evidence=command.evidence,
        proposed_by=by.proposed_by,
        approved_by=by.approved_by,
    )
    await uow.cover_payments.change(act)
    choice = found.choice
    await state_scheme_cover(StateSchemeCover(found.person, choice.scheme, choice.activity), uow)
