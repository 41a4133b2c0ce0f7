"""Two officers say whose money on the account is, or that it is no contribution."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.pay_compound import PayCompound, pay_compound
from services.registration.commands.take_bank_statement import receive_credit
from services.registration.domain.bank_statements import CreditState, KeptCredit
from services.registration.domain.errors import CreditNotOpen, EnforcementNotOpen
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.officers import Officers
from shared.kernel.periods import Month


@dataclass(frozen=True)
class DecideCredit:
    """The money, both officers, whose month or which compound it is for (neither: it is not to be matched), and by
    which document."""

    credit: UUID
    officers: Officers
    whose: tuple[int, Month] | None = None
    compound: UUID | None = None
    evidence: str | None = None


async def decide_credit(command: DecideCredit, uow: RegistrationUnitOfWork) -> None:
    """What is set aside stays shown as unallocated. Raises CreditNotOpen, EmployerUnknown, EnforcementUnknown,
    EnforcementNotOpen."""
    credit = await uow.bank_statements.lock_credit(command.credit)
    is_matched = command.whose is not None or command.compound is not None
    is_early = credit.credit.is_reversal or credit.credit.banked_on > today()
    if credit.state is not CreditState.UNMATCHED or (is_matched and is_early):
        raise CreditNotOpen(facts={"state": str(credit.state)})
    await uow.bank_statements.decide(credit.id, command.officers, command.evidence)
    if command.compound is not None:
        await _pay(credit, command.compound, uow)
        return
    if command.whose is None:
        await uow.bank_statements.keep([credit.turned(CreditState.SET_ASIDE, credit.unmatched_for)])
        return
    employer, month = command.whose
    matched = credit.matched((await uow.employers.get(employer)).number, month)
    await uow.bank_statements.keep([matched])
    await receive_credit(matched, uow)


async def _pay(credit: KeptCredit, compound: UUID, uow: RegistrationUnitOfWork) -> None:
    known = await uow.enforcement.lock_compound(compound)
    if not known.takes_money:
        raise EnforcementNotOpen(facts={"state": str(known.state)})
    matched = credit.of_compound(known.id)
    await uow.bank_statements.keep([matched])
    await pay_compound(PayCompound(known.id, matched), uow)
