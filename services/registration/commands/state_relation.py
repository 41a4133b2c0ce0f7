"""State that two human beings are relatives; it waits for two officers."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.ask_for_relation import AskForRelation, ask_for_relation
from services.registration.domain.errors import NameWithoutLetters, RelationOverlaps, RelativeIsPerson
from services.registration.domain.relation import (
    Named,
    Relation,
    RelationAct,
    RelationKind,
    RelationStatement,
    canonical,
    check_relation,
)
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True, repr=False)
class StateRelation:
    """Whose relative is what, since and until when, by which document, and who says so; `repr` would show a name."""

    person: int
    kind: RelationKind
    relative: int | None
    named: Named | None
    first: date
    last: date | None
    evidence: str
    source: str
    officer: str


async def state_relation(command: StateRelation, uow: RegistrationUnitOfWork) -> RelationStatement:
    """The statement that waits; raises PersonUnknown, RelationOverlaps, or what the relation cannot be."""
    stated = Relation(
        new_id(), command.person, command.relative, command.kind, command.first, command.last, named=command.named
    )
    relation = canonical(stated)
    if relation.named is not None and not uow.keys.name_tokens.of(relation.named.name or ""):
        raise NameWithoutLetters()
    await uow.persons.lock(*relation.persons)
    check_relation(relation, await born_of(relation, uow), today())
    await _check_is_new(relation, uow)
    statement = RelationStatement(
        new_id(), RelationAct.BEGAN, relation, command.evidence, command.source, command.officer, now()
    )
    await uow.relations.name(relation)
    await uow.relations.state(statement)
    await ask_for_relation(AskForRelation(statement), uow)
    return statement


async def born_of(relation: Relation, uow: RegistrationUnitOfWork) -> dict[int, date]:
    """The days of birth of the registered persons of a relation, as known of each: of who was erased none is; raises
    RelativeIsPerson of two numbers of one."""
    survivors = [(await uow.person_merges.numbers_of(person))[0] for person in relation.persons]
    if len(set(survivors)) < len(survivors):
        raise RelativeIsPerson()
    erased = await uow.persons.erased(relation.persons)
    standing = [person for person in relation.persons if person not in erased]
    return {person: await uow.spells.born_on(person, today()) for person in standing}


async def _check_is_new(relation: Relation, uow: RegistrationUnitOfWork) -> None:
    """Raises RelationOverlaps where the same is known of both on some of these days, or stated and waiting."""
    known = await uow.relations.of_persons(relation.persons)
    stated = [each.relation for each in await uow.relations.waiting(relation.persons)]
    same = [each for each in (*known, *stated) if relation.relative is not None and _is_same(each, relation)]
    if any(each.overlaps(relation) for each in same) or await uow.relations.is_named_already(relation):
        raise RelationOverlaps()


def _is_same(one: Relation, other: Relation) -> bool:
    return (one.person, one.relative, one.kind) == (other.person, other.relative, other.kind)
