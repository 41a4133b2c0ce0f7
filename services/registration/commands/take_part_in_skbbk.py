"""Take part in SKBBK again, after a release."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.domain.errors import FiledInFuture, SkbbkStatementOfEmployee
from services.registration.domain.skbbk import StatedBy, StatementKind, check_return
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class TakePartInSkbbk:
    """Who, the day of filing, and who states it; an employer cannot."""

    person: int
    filed_on: date
    by: StatedBy
    employer: int | None = None


async def take_part_in_skbbk(command: TakePartInSkbbk, uow: RegistrationUnitOfWork) -> None:
    """Keep it; raises PersonUnknown, SkbbkStatementOfEmployee, FiledInFuture, or SkbbkNotReleased."""
    person, filed_on = command.person, command.filed_on
    await uow.persons.lock(person)
    if command.employer is not None:
        raise SkbbkStatementOfEmployee()
    if filed_on > today():
        raise FiledInFuture()
    check_return(await uow.skbbk_statements.standing(person), filed_on)
    await uow.skbbk_statements.add(person, command.by.says(StatementKind.RETURN, filed_on), command.by)
    await derive_membership(DeriveMembership(person), uow)
