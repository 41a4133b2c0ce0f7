"""Read employers' accounts by month, as the looker may see them, and what waits for officers as it stands now."""

from services.registration.domain import subjects
from services.registration.domain.arrears import Account
from services.registration.domain.contribution import Amounts
from services.registration.domain.errors import InterestOfOneself
from services.registration.queries.employers import find_employer
from services.registration.storage.accounts import Arrears
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def find_account(employer: int, month: Month, looker: Viewer, uow: RegistrationUnitOfWork) -> Account:
    """An employer's month, empty where nothing was declared; raises EmployerUnknown."""
    await find_employer(employer, looker, uow)
    return await uow.accounts.find(employer, month) or Account(employer, month, Amounts())


async def list_arrears(
    kind: Arrears | None,
    employer: int | None,
    after: tuple[int, int],
    limit: int,
    looker: Viewer,
    uow: RegistrationUnitOfWork,
) -> list[Account]:
    """Months in arrears by employer and month, after such a position: an employer's own, all of them for an officer."""
    return await uow.accounts.page(kind, employer, after, limit, today(), looker)


async def find_state_of_interest(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of an employer's month, which is locked: it is changing while a file of the employer is not worked off."""
    employer, month = subjects.month_of_interest(subject)
    account = await uow.accounts.lock(employer, month)
    if account is None or account.stated is None:
        raise TaskUnknown()
    is_changing = await uow.contribution_files.is_any_received(employer)
    return SubjectState(
        account.stated.revision,
        account.facts,
        is_changing,
        stated_by=await uow.accounts.claimants(account),
        of_oneself=InterestOfOneself,
    )
