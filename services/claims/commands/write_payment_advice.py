"""Tell a person that money was paid: how much, for which days, and under which decision."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.files.payment_advice import PaymentMade, payment_advice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WritePaymentAdvice:
    """A payment that the bank confirmed: under which claim and revision, to whom, how much and for which days."""

    instruction: UUID
    claim: UUID
    revision: int
    benefit: str
    party: str
    amount_sen: int
    first: date
    last: date
    paid_on: date


async def write_payment_advice(command: WritePaymentAdvice, uow: ClaimsUnitOfWork) -> None:
    """Owe the letter, once for the payment."""
    made = PaymentMade(
        command.instruction,
        command.claim,
        command.revision,
        command.benefit,
        command.party,
        command.amount_sen,
        (command.first, command.last),
        command.paid_on,
    )
    await owe_letter(OweLetter(payment_advice(made)), uow)
