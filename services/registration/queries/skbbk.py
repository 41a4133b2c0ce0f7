"""Read how a person takes part in SKBBK, as the looker may see it."""

from services.registration.domain.skbbk import MonthRun, month_runs, skbbk_membership
from services.registration.storage.persons import Viewer
from services.registration.storage.skbbk_statements import KeptStatement
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


async def find_skbbk(
    person: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> tuple[list[MonthRun], list[KeptStatement]]:
    """Months by status and what was stated, oldest first; raises PersonUnknown.

    All of it for the person and for officers; an employer sees the months of its own spells, and its own statements.
    """
    await uow.persons.see(person, looker)
    day = today()
    law = book().on(day, day)
    standing = await uow.skbbk_statements.standing(person)
    spells = None if looker.employer is None else await uow.spells.employed_with(looker.employer, person)
    runs = month_runs(skbbk_membership(standing, law, spells), standing, law)
    return runs, await uow.skbbk_statements.of_person(person, looker)
