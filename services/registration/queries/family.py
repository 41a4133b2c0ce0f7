"""Read a person's family relations, as the looker may see them, and what waits for officers as it stands now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.errors import PersonUnknown
from services.registration.domain.relation import Relation, RelationFact, facts_of
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


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


async def find_state_of_relation_statement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, whose persons are locked: the revision moves on with each fact of either; one of both may have
    been erased."""
    statement = await uow.relations.statement(subjects.statement_of_relation(subject))
    await uow.persons.lock_either(*statement.relation.persons)
    return SubjectState(await uow.relations.revision(statement.relation.persons), facts_of(statement))
