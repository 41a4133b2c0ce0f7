"""Read a person's family relations, as the looker may see them, and what waits for officers as it stands now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.errors import PersonUnknown
from services.registration.domain.relation import Relation, RelationFact
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


async def list_family(
    person: int,
    days: tuple[date | None, datetime | None],
    page: tuple[UUID | None, int],
    looker: Viewer,
    uow: RegistrationUnitOfWork,
) -> list[RelationFact]:
    """What was known at an instant of the relations with a day: for the person and for officers, for nobody else.

    Each as what the relative is to this person; raises PersonUnknown.
    """
    at, known_at = days
    numbers = await uow.person_merges.numbers_of(person, known_at)
    if not looker.officer and looker.tenant not in {f"person:{number}" for number in numbers}:
        raise PersonUnknown()
    await uow.persons.see(person, looker)
    found = await uow.relations.as_of(numbers, at, known_at or now(), *page)
    return [replace(fact, relation=_seen(fact.relation, numbers)) for fact in found]


def _seen(relation: Relation, numbers: Sequence[int]) -> Relation:
    """The relation from the side of the number of which it was stated."""
    own = next(number for number in numbers if number in relation.persons)
    return relation.seen_by(own)
