"""State that a payment for cover was none; it covers as before until two officers have decided."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.ask_of_cover_payment import AskOfCoverPayment
from services.registration.commands.state_scheme_cover import StateSchemeCover, state_scheme_cover
from services.registration.domain.cover_payment import CoverPayment, PaymentAct, ReversalReason
from services.registration.domain.errors import CoverPaymentUnknown
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class StatePaymentReversal:
    """Which, why, by which document, and who says so: the party that stated it, or an officer."""

    payment: UUID
    reason: ReversalReason
    evidence: str
    tenant: str
    officer: str | None


async def state_payment_reversal(command: StatePaymentReversal, uow: RegistrationUnitOfWork) -> CoverPayment:
    """The payment as it stands; raises CoverPaymentUnknown of another party's, CoverPaymentNotSo."""
    paid = await uow.cover_payments.find(command.payment)
    if command.officer is None and paid.tenant != command.tenant:
        raise CoverPaymentUnknown()
    await uow.scheme_registrations.hold([paid.person])
    stated = (await uow.cover_payments.find(paid.id)).reversal_stated()
    by = (command.tenant, command.officer, command.reason.value, command.evidence)
    await uow.cover_payments.change(PaymentAct(stated, now(), *by))
    await state_scheme_cover(StateSchemeCover(stated.person, stated.choice.scheme, stated.choice.activity), uow)
    await uow.due.at(AskOfCoverPayment(str(stated.id)), now())
    return stated
