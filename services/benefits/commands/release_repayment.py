"""A second officer lets a repayment that one entered count, or withdraws it."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.book_repayment import BookRepayment
from services.benefits.domain.errors import RepaymentUnknown, SecondOfficerNeeded
from services.benefits.domain.recoveries import Recovery, Repayment, Route, Word
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleaseRepayment:
    """The repayment, what is said of it, and the officer; who entered it may withdraw it."""

    repayment: UUID
    word: Word
    officer: str


async def release_repayment(command: ReleaseRepayment, uow: BenefitsUnitOfWork) -> Word:
    """Note the word and leave a released one to be booked; the word that was said first, which holds. What is booked
    was released.

    Raises RepaymentUnknown, also of a line of the bank's, and SecondOfficerNeeded.
    """
    repayment, recovery = await _entered(command.repayment, uow)
    if command.word is Word.RELEASED:
        must_be_another(command.officer, {repayment.entered_by}, SecondOfficerNeeded, repayment=str(repayment.id))
    if await uow.repayments.is_booked(repayment.id):
        # After a restore it is known again without the word that let it count.
        return Word.RELEASED
    word = await uow.repayments.say(repayment.id, command.word, command.officer)
    if word is Word.RELEASED:
        await uow.due.at(BookRepayment(repayment.id, recovery.key.party), now())
    else:
        await uow.repayments.wait_no_longer(repayment.id)
    uow.decided(f"repayment_{word}", repayment=str(repayment.id), amount_sen=repayment.amount_sen)
    return word


async def _entered(id_: UUID, uow: BenefitsUnitOfWork) -> tuple[Repayment, Recovery]:
    """The repayment that an officer entered, and its recovery."""
    repayment = await uow.repayments.find(id_)
    if repayment is not None and repayment.recovery is not None and repayment.route is not Route.BANK_LINE:
        recovery = await uow.recoveries.find(repayment.recovery)
        if recovery is not None:
            return repayment, recovery
    raise RepaymentUnknown(facts={"repayment": str(id_)})
