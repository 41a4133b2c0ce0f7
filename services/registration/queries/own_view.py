"""Read what is known of a person, for that person."""

from dataclasses import dataclass

from services.registration.domain.cover import Cover
from services.registration.queries.cover import find_cover
from services.registration.queries.person_merges import find_survivor
from services.registration.storage.contribution_lines import KnownLine
from services.registration.storage.cover import Inquiry
from services.registration.storage.memberships import KeptMembership
from services.registration.storage.persons import Viewer
from services.registration.storage.skbbk_statements import KeptStatement
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today

MONTHS, INQUIRIES = 24, 100


@dataclass(frozen=True, slots=True)
class OwnView:
    """Cover today, memberships, statements, lines of the newest months, who sees the person, and who asked about it."""

    cover: Cover
    memberships: list[KeptMembership]
    statements: list[KeptStatement]
    contributions: list[KnownLine]
    employers: list[int]
    inquiries: list[Inquiry]


async def find_own_view(person: int, looker: Viewer, uow: RegistrationUnitOfWork) -> OwnView:
    """All that a person may know of itself, by whichever of its numbers it asks; raises PersonUnknown."""
    survivor = await find_survivor(person, None, uow)
    return OwnView(
        await find_cover(person, today(), None, looker, uow),
        await uow.memberships.of_person(survivor),
        await uow.skbbk_statements.of_person(person, looker),
        await uow.contribution_lines.newest_of(person, MONTHS),
        await uow.cover.employers_who_see(person),
        await uow.cover.inquiries(person, INQUIRIES),
    )
