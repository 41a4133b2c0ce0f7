"""Derive the memberships of many people at once, in the transaction that changed what they rest on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.review_released_lines import ReviewReleasedLines
from services.registration.domain import employment_insurance, skbbk
from services.registration.domain import membership as act4
from services.registration.domain.membership import CategoryPeriod
from services.registration.domain.skbbk import Standing, Statement
from services.registration.storage.memberships import KeptMembership
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.law.act4.skbbk.rules import known_later
from shared.law.book import Book, LawOn, book

Derived = tuple[int, str, Sequence[CategoryPeriod], Sequence[Statement]]


@dataclass(frozen=True)
class DeriveMemberships:
    """The people, whom the transaction holds."""

    persons: frozenset[int]


async def derive_memberships(command: DeriveMemberships, uow: RegistrationUnitOfWork) -> list[KeptMembership]:
    """Store each membership that changed, as `derive_membership` does for one person; whoever asks publishes them."""
    day = today()
    law = book().on(day, day)
    # Of several numbers of one person what one was taken over with is derived with what the others state.
    merged = await uow.person_merges.merged_among(command.persons)
    for person in sorted(merged):
        await uow.due.at(DeriveAgain(person), now())
    standings = await uow.opening_rows.standings(command.persons - merged, day)
    # In a thread: the law of thousands takes a second.
    kept = await uow.opening_rows.keep_memberships(await asyncio.to_thread(_derived, standings, law))
    for person in sorted({each.person for each in kept if each.statements}):
        await uow.due.at(ReviewReleasedLines(person), now())
    later = known_later(law)
    if later is not None:
        for person in sorted(command.persons):
            await uow.due.at(DeriveAgain(person), datetime.combine(later, time(), BUSINESS_ZONE))
    return kept


# Of those whose days since the scheme began are the same the same is worked out once: of nearly everybody.
@lru_cache(maxsize=50_000)
def _taking_part(standing: Standing, day: date, law_book: Book) -> Sequence[CategoryPeriod]:
    return skbbk.skbbk_membership(standing, law_book.on(day, day))


def _derived(standings: Mapping[int, tuple[date, Standing]], law: LawOn) -> list[Derived]:
    found: list[Derived] = []
    for person, (born_on, standing) in standings.items():
        found.append((person, act4.SCHEME, act4.membership(born_on, standing.spells, law, standing.residences), ()))
        part = _taking_part(skbbk.since_it_began(standing, law), law.in_force, law.book)
        found.append((person, skbbk.SCHEME, part, standing.statements))
        insured = employment_insurance.insurance_membership(born_on, standing, law)
        found.append((person, employment_insurance.SCHEME, insured, ()))
    return found
