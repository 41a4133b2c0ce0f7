"""Take in a Liability Release Notice: a local employee is released from SKBBK, the cover of non-employment injury."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.domain.errors import FiledInFuture, SkbbkStatementOfEmployee
from services.registration.domain.skbbk import (
    StatedBy,
    StatementKind,
    check_release,
    employer_may_release,
)
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class ReleaseFromSkbbk:
    """Whom, the day of filing, and who states it; `employer` where one does, for a new employee."""

    person: int
    filed_on: date
    by: StatedBy
    employer: int | None = None


async def release_from_skbbk(command: ReleaseFromSkbbk, uow: RegistrationUnitOfWork) -> None:
    """Keep the release; raises PersonUnknown, SkbbkStatementOfEmployee, FiledInFuture, or why it has no effect."""
    person, filed_on, day = command.person, command.filed_on, today()
    await uow.persons.lock(person)
    law, standing = book().on(day, day), await uow.skbbk_statements.standing(person)
    if command.employer is not None:
        own = await uow.spells.employed_with(command.employer, person)
        if not employer_may_release(own, standing, filed_on, law):
            raise SkbbkStatementOfEmployee()
    if filed_on > day:
        raise FiledInFuture()
    check_release(standing, filed_on, law)
    await uow.skbbk_statements.add(person, command.by.says(StatementKind.RELEASE, filed_on), command.by)
    await derive_membership(DeriveMembership(person), uow)
