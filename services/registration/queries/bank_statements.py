"""Read bank statements and money that is no employer's, as the looker may see them."""

from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.bank_statements import BankStatementState, CreditState, KeptCredit, KeptStatement
from services.registration.domain.errors import BankStatementUnknown
from services.registration.domain.receipts import KeptReceipt, ReceiptState
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_statement(statement: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> KeptStatement:
    """One that the looker stated, or any for an officer; raises BankStatementUnknown."""
    found = await uow.bank_statements.get(statement)
    if not looker.officer and found.tenant != looker.tenant:
        raise BankStatementUnknown()
    return found


async def list_statements(
    state: BankStatementState | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[KeptStatement]:
    """Those that the looker stated, by id, after one; all for an officer."""
    return await uow.bank_statements.page(state, after, limit, looker)


async def list_unallocated(
    after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[KeptCredit | KeptReceipt]:
    """Money that is no employer's, and receipts that are of no fund, by id, after one: each sen of it once."""
    money: list[KeptCredit | KeptReceipt] = [*await uow.bank_statements.open_credits(after, limit, looker)]
    money += await uow.receipts.page(ReceiptState.UNALLOCATED, after, limit, looker)
    return sorted(money, key=lambda each: each.id)[:limit]


async def find_state_of_credit(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of money on the account, which is locked: it is changing once it is not open any more."""
    credit = await uow.bank_statements.lock_credit(subjects.credit_of(subject))
    return SubjectState(credit.revision, credit.facts, credit.state is not CreditState.UNMATCHED)
