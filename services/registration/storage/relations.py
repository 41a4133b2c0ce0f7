"""Family relations: what officers stated, the facts that count, and what is known now (rules F1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import RelationOverlaps, RelationStatementWaits, RelationUnknown
from services.registration.domain.relation import (
    Named,
    Relation,
    RelationAct,
    RelationAnswer,
    RelationFact,
    RelationKind,
    RelationStatement,
)
from services.registration.storage.keys import Keys
from services.registration.storage.violations import violated
from shared.contracts.registration import RelationEvent
from shared.kernel.officers import Officers
from shared.security.fields import place

_BEFORE_ALL = UUID(int=0)
_DAYS = "lower({0}.valid) AS first, upper({0}.valid) - 1 AS last"
_COLUMNS = f"""known.relation, known.person, known.relative, known.kind, {_DAYS.format("known")}, known.withdrawn,
             named.name_sealed, named.born_on"""
_NAME = text("""
    INSERT INTO relation_named (relation, person, name_sealed, name_tokens, born_on)
    VALUES (:relation, :person, CAST(:sealed AS bytea), CAST(:tokens AS text[]), CAST(:born_on AS date))
    ON CONFLICT (relation) DO NOTHING
""")
_STATE = text("""
    INSERT INTO relation_statement (id, relation, act, person, relative, kind, valid, evidence, source, officer,
                                    stated_at)
    VALUES (:id, :relation, :act, :person, CAST(:relative AS integer), :kind,
            daterange(:first, CAST(:last AS date), '[]'), :evidence, :source, :officer, :stated_at)
""")
_STATEMENT = f"""
    SELECT known.id, known.act, known.evidence, known.source, known.officer, known.stated_at, known.answer,
           known.relation, known.person, known.relative, known.kind, {_DAYS.format("known")},
           named.name_sealed, named.born_on,
           coalesce((SELECT revision FROM relation WHERE relation.relation = known.relation), 0) + 1 AS revision
    FROM relation_statement AS known LEFT JOIN relation_named AS named USING (relation)
"""  # noqa: S608 - constants
_STATEMENT_BY_ID = text(f"{_STATEMENT} WHERE known.id = :id")
_WAITING = text(f"""{_STATEMENT}
    WHERE known.answer IS NULL AND (known.person = ANY(CAST(:persons AS integer[]))
                                    OR known.relative = ANY(CAST(:persons AS integer[]))) ORDER BY known.id
""")
_ANSWER = text("""
    UPDATE relation_statement SET answer = :answer, proposed_by = :proposed_by, approved_by = :approved_by,
                                  answered_at = :at WHERE id = :id
""")
_ADD = text("""
    INSERT INTO relation_fact (relation, person, relative, kind, valid, withdrawn, source, evidence, permission,
                               stated_by, proposed_by, approved_by, recorded_at, retracts)
    VALUES (:relation, :person, CAST(:relative AS integer), :kind, daterange(:first, CAST(:last AS date), '[]'),
            :withdrawn, :source, :evidence, :permission, :stated_by, :proposed_by, :approved_by, :recorded_at,
            (SELECT fact FROM relation WHERE relation.relation = :relation))
    RETURNING id
""")
_DERIVE = text("""
    INSERT INTO relation AS known (relation, person, relative, kind, valid, withdrawn, fact, revision)
    SELECT relation, person, relative, kind, valid, withdrawn, id, :revision FROM relation_fact WHERE id = :fact
    ON CONFLICT (relation) DO UPDATE SET valid = excluded.valid, withdrawn = excluded.withdrawn, fact = excluded.fact,
                                         revision = excluded.revision
""")
_CURRENT = f"""
    SELECT {_COLUMNS}, known.revision FROM relation AS known LEFT JOIN relation_named AS named USING (relation)
"""  # noqa: S608 - constants
_FIND = text(f"{_CURRENT} WHERE known.relation = :relation")
_OF_PERSONS = text(f"""{_CURRENT}
    WHERE (known.person = ANY(CAST(:persons AS integer[])) OR known.relative = ANY(CAST(:persons AS integer[])))
      AND NOT known.withdrawn ORDER BY known.relation
""")
_SAME_NAME = text("""
    SELECT EXISTS (
        SELECT FROM relation_named AS named
        LEFT JOIN relation AS known USING (relation)
        LEFT JOIN relation_statement AS waits
            ON waits.relation = named.relation AND waits.answer IS NULL AND known.relation IS NULL
        CROSS JOIN LATERAL (
            SELECT coalesce(known.kind, waits.kind) AS kind, coalesce(known.valid, waits.valid) AS valid) AS said
        WHERE named.person = :person AND named.relation <> :relation
          AND named.name_tokens && CAST(:tokens AS text[])
          AND coalesce(named.born_on = CAST(:born_on AS date), true)
          AND known.withdrawn IS NOT TRUE AND said.kind = :kind
          AND said.valid && daterange(:first, CAST(:last AS date), '[]'))
""")
_COUNT = text("""
    SELECT count(*) FROM relation_fact
    WHERE person = ANY(CAST(:persons AS integer[])) OR relative = ANY(CAST(:persons AS integer[]))
""")
# The newest fact of each relation as of an instant; a later one retracts the earlier.
_AS_OF = text(f"""
    SELECT {_COLUMNS}, known.revision, known.recorded_at, known.source, known.evidence, known.permission,
           known.stated_by, known.proposed_by, known.approved_by
    FROM (SELECT DISTINCT ON (relation) fact.*, current.revision
          FROM relation_fact AS fact JOIN relation AS current USING (relation)
          WHERE (fact.person = ANY (CAST(:persons AS integer[])) OR fact.relative = ANY (CAST(:persons AS integer[])))
            AND fact.recorded_at <= :known_at
            AND fact.relation > :after
          ORDER BY relation, fact.id DESC) AS known
    LEFT JOIN relation_named AS named USING (relation)
    WHERE NOT known.withdrawn AND (CAST(:at AS date) IS NULL OR known.valid @> CAST(:at AS date))
    ORDER BY known.relation LIMIT :limit
""")  # noqa: S608 - constants
_PUBLISHED = text(f"{_CURRENT} WHERE known.relation > :after ORDER BY known.relation LIMIT :limit")
_RECALLED = text("SELECT revision FROM relation WHERE relation = :relation FOR UPDATE")


_IS_ERASED = text("""
    SELECT EXISTS (SELECT FROM erasure WHERE numbers @> ARRAY[CAST(:person AS integer)] AND state = 'erased')
""")


class RelationRepository:
    """The relations that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def state(self, statement: RelationStatement) -> None:
        """Let what an officer said wait; raises RelationStatementWaits."""
        said = {**_days(statement.relation), "id": statement.id, "act": statement.act.value}
        by = {"source": statement.source, "officer": statement.officer, "stated_at": statement.stated_at}
        try:
            await self._connection.execute(_STATE, {**said, **by, "evidence": statement.evidence})
        except IntegrityError as error:
            if violated(error) == "uq_relation_statement_waits":
                raise RelationStatementWaits() from None
            raise

    async def name(self, relation: Relation) -> None:
        """Keep who the relative is that is not registered."""
        named = relation.named
        if named is None:
            return
        sealed = None if named.name is None else self._keys.cipher.encrypt(named.name, _place(relation.id))
        whose = {"relation": relation.id, "person": relation.person, "born_on": named.born_on}
        await self._connection.execute(_NAME, {**whose, "sealed": sealed, "tokens": self._tokens(named)})

    async def statement(self, id_: UUID) -> RelationStatement:
        """Raises RelationUnknown."""
        found = (await self._connection.execute(_STATEMENT_BY_ID, {"id": id_})).one_or_none()
        if found is None:
            raise RelationUnknown()
        return statement_of(found, self._keys)

    async def waiting(self, persons: Sequence[int]) -> list[RelationStatement]:
        """The statements about these persons that wait for officers."""
        found = await self._connection.execute(_WAITING, {"persons": list(persons)})
        return [statement_of(row, self._keys) for row in found]

    async def answer(self, id_: UUID, answer: RelationAnswer, officers: Officers) -> None:
        """Keep what two officers found."""
        await self._connection.execute(_ANSWER, {"id": id_, "answer": answer.value, **officers.row})

    async def add(self, fact: RelationFact) -> None:
        """Let a fact count, in place of what was known of the relation; raises RelationOverlaps."""
        relation = fact.relation
        by = {"stated_by": fact.stated_by, "proposed_by": fact.proposed_by, "approved_by": fact.approved_by}
        shown = {"source": fact.source, "evidence": fact.evidence, "permission": fact.permission}
        said = {**_days(relation), "withdrawn": relation.withdrawn, "recorded_at": fact.recorded_at}
        added = (await self._connection.execute(_ADD, {**said, **by, **shown})).scalar_one()
        try:
            await self._connection.execute(_DERIVE, {"fact": added, "revision": relation.revision})
        except IntegrityError as error:
            if violated(error) == "ex_relation_overlap":
                raise RelationOverlaps() from None
            raise

    async def find(self, relation: UUID) -> Relation:
        """A relation as it is known now; raises RelationUnknown."""
        found = (await self._connection.execute(_FIND, {"relation": relation})).one_or_none()
        if found is None:
            raise RelationUnknown()
        return relation_of(found, self._keys)

    async def of_persons(self, persons: Sequence[int]) -> list[Relation]:
        """All relations of these persons that count."""
        found = await self._connection.execute(_OF_PERSONS, {"persons": list(persons)})
        return [relation_of(row, self._keys) for row in found]

    async def is_named_already(self, relation: Relation) -> bool:
        """Whether the person has such a relative of this name and birth on some of these days, known or stated."""
        if relation.named is None:
            return False
        asked = {**_days(relation), "tokens": self._tokens(relation.named), "born_on": relation.named.born_on}
        known: bool = (await self._connection.execute(_SAME_NAME, asked)).scalar_one()
        return known

    async def revision(self, persons: Sequence[int]) -> int:
        """Of what a statement about these persons is held against: one more than their facts, which grow only."""
        found: int = (await self._connection.execute(_COUNT, {"persons": list(persons)})).scalar_one()
        return found + 1

    async def as_of(
        self, persons: Sequence[int], at: date | None, known_at: datetime, after: UUID | None, limit: int
    ) -> list[RelationFact]:
        """What was known at an instant of the relations of a person's numbers, of those with a day: by relation, after
        one."""
        asked = {
            "persons": list(persons),
            "at": at,
            "known_at": known_at,
            "after": after or _BEFORE_ALL,
            "limit": limit,
        }
        return [fact_of(row, self._keys) for row in await self._connection.execute(_AS_OF, asked)]

    async def list_published(self, after: UUID, limit: int) -> list[Relation]:
        """Relations by id, after one: every one, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [relation_of(row, self._keys) for row in found]

    async def recall(self, event: RelationEvent, at: datetime) -> None:
        """Know again what was published and forgotten: without its officers and documents, and without a name."""
        known = (await self._connection.execute(_RECALLED, {"relation": event.relation})).scalar_one_or_none()
        if known is not None and known >= event.revision:
            return
        relation = relation_of_event(event)
        if (await self._connection.execute(_IS_ERASED, {"person": event.person})).scalar_one():
            # Nothing of who the relative is comes back with the person's own record.
            relation = replace(relation, named=None if relation.named is None else Named(None, None))
        await self.name(relation)
        await self.add(RelationFact(relation, at, "registration", None, None, None, None, None))

    def _tokens(self, named: Named) -> list[str]:
        return [] if named.name is None else list(self._keys.name_tokens.of(named.name))


def relation_of_event(event: RelationEvent) -> Relation:
    """A relation as its event states it."""
    return Relation(
        id=event.relation,
        person=event.person,
        relative=event.relative,
        kind=RelationKind(event.kind),
        first=event.first_on,
        last=event.last_on,
        revision=event.revision,
        withdrawn=event.withdrawn,
        named=Named(None, event.relative_born_on) if event.relative is None else None,
    )


def relation_of(row: Row[Any], keys: Keys) -> Relation:
    """The relation in a row of ``_CURRENT``."""
    return Relation(
        id=row.relation,
        person=row.person,
        relative=row.relative,
        kind=RelationKind(row.kind),
        first=row.first,
        last=row.last,
        revision=row.revision,
        withdrawn=getattr(row, "withdrawn", False),
        named=_named(row, keys),
    )


def statement_of(row: Row[Any], keys: Keys) -> RelationStatement:
    """The statement in a row of ``_STATEMENT``."""
    return RelationStatement(
        id=row.id,
        act=RelationAct(row.act),
        relation=relation_of(row, keys),
        evidence=row.evidence,
        source=row.source,
        officer=row.officer,
        stated_at=row.stated_at,
        answer=None if row.answer is None else RelationAnswer(row.answer),
    )


def fact_of(row: Row[Any], keys: Keys) -> RelationFact:
    """The fact in a row of ``_AS_OF``."""
    return RelationFact(
        relation=relation_of(row, keys),
        recorded_at=row.recorded_at,
        source=row.source,
        evidence=row.evidence,
        permission=row.permission,
        stated_by=row.stated_by,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def _named(row: Any, keys: Keys) -> Named | None:
    if row.relative is not None:
        return None
    sealed = row.name_sealed
    return Named(None if sealed is None else keys.cipher.decrypt(bytes(sealed), _place(row.relation)), row.born_on)


def _place(relation: UUID) -> str:
    return place("relation_named", "name_sealed", str(relation))


def _days(relation: Relation) -> dict[str, Any]:
    return {
        "relation": relation.id,
        "person": relation.person,
        "relative": relation.relative,
        "kind": relation.kind.value,
        "first": relation.first,
        "last": relation.last,
    }
