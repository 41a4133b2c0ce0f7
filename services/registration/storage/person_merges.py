"""Numbers of one person: what is stated, what two officers decided, and how each number stands."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import MergeUnknown
from services.registration.domain.person_merge import (
    Assigned,
    Contradiction,
    Difference,
    KnownFact,
    MergeReason,
    MergeStatement,
    MergeWhat,
    PersonMerge,
    StatedLine,
    differences,
)
from services.registration.domain.relation import LONGEST_PREGNANCY, PARENTS
from services.registration.storage.keys import Keys
from services.registration.storage.persons import SEALED
from shared.contracts.registration import PersonMergeEvent
from shared.kernel.clock import today
from shared.kernel.officers import Officers
from shared.security.fields import place

_NUMBERS = text("SELECT numbers_of(CAST(:person AS integer))")
_NUMBERS_KNOWN = text("SELECT numbers_known_of(CAST(:person AS integer), CAST(:known_at AS timestamptz))")
_MERGED = text("""
    SELECT person FROM unnest(CAST(:persons AS integer[])) AS asked (person)
    WHERE EXISTS (SELECT FROM person_merge AS known WHERE merged
                  AND (known.person = asked.person OR known.survivor = asked.person))
""")
_COLUMNS = "person, survivor, revision, merged, held_until, changed_at, statement"
# Also of one whom another is to be merged into: nobody is looked at twice at once.
_OF_BOTH = text(f"""
    SELECT {_COLUMNS} FROM person_merge
    WHERE person = ANY(CAST(:persons AS integer[])) OR survivor = ANY(CAST(:persons AS integer[])) ORDER BY person
    FOR UPDATE
""")  # noqa: S608 - a constant
# An event names no statement: the one that made them one, or two, stays known where they stand so still.
_KEEP = text(f"""
    INSERT INTO person_merge ({_COLUMNS})
    VALUES (:person, :survivor, :revision, :merged, :held_until, :changed_at, :statement)
    ON CONFLICT (person) DO UPDATE SET
        (survivor, revision, merged, held_until, changed_at, statement)
        = (excluded.survivor, excluded.revision, excluded.merged, excluded.held_until, excluded.changed_at,
           coalesce(excluded.statement,
                    CASE WHEN person_merge.merged = excluded.merged THEN person_merge.statement END))
    WHERE person_merge.revision < excluded.revision
    RETURNING person
""")  # noqa: S608 - a constant
_STATE = text("""
    INSERT INTO person_merge_statement (statement, person, survivor, what, reason, evidence, assigned, assigned_spells,
                                        assigned_lines, tenant, officer, stated_at, held_until)
    VALUES (:id, :person, :survivor, :what, :reason, :evidence, CAST(:facts AS bigint[]), CAST(:spells AS uuid[]),
            CAST(:lines AS jsonb), :tenant, :officer, :stated_at, :held_until)
""")
_STATED = """
    SELECT said.statement AS id, said.person, said.survivor, said.what, said.reason, said.evidence, said.tenant,
           said.officer, said.stated_at, said.held_until, said.assigned, said.assigned_spells, said.assigned_lines,
           ended.counts
    FROM person_merge_statement AS said LEFT JOIN person_merge_end AS ended USING (statement)
"""
_STATEMENT = text(f"{_STATED} WHERE said.statement = :statement")
_WAITING = text(f"{_STATED} WHERE said.person = :person AND ended.statement IS NULL")
_PAGE = text(f"{_STATED} WHERE said.statement > :after ORDER BY said.statement LIMIT :limit")
_END = text("""
    INSERT INTO person_merge_end (statement, counts, kept, proposed_by, approved_by, ended_at)
    VALUES (:statement, :counts, CAST(:kept AS jsonb), :proposed_by, :approved_by, :at)
""")
# Of a merge that is read back: what is read back of both, in whatever order, was recorded since that began.
_HELD_SINCE = text("SELECT held_since FROM epoch WHERE held IS NOT NULL")
_END_AGAIN = text("""
    INSERT INTO person_merge_end (statement, counts, kept, proposed_by, approved_by, ended_at, recorded_at)
    VALUES (:statement, :counts, CAST(:kept AS jsonb), :proposed_by, :approved_by, :at, :recorded_at)
""")
# Both with all their numbers, the one that survives first: whether they are relatives, and what cannot be of one.
_MAY_BE_ONE = text("""
    WITH said AS (
        SELECT CAST(:persons AS integer[]) AS numbers, CAST(:others AS integer[]) AS others
        UNION ALL SELECT CAST(:others AS integer[]), CAST(:persons AS integer[])
    ), side AS MATERIALIZED (
        SELECT said.numbers, said.others, CAST(fact.plain AS date) AS died_on
        FROM said
        LEFT JOIN person_attribute AS known ON known.person = said.numbers[1] AND known.attribute = 'died_on'
        LEFT JOIN person_fact AS fact ON fact.id = known.fact)
    SELECT EXISTS (SELECT FROM side JOIN relation ON relation.person = ANY(numbers) AND relation.relative = ANY(others)
                   WHERE NOT withdrawn) AS are_relatives,
           (SELECT count(DISTINCT died_on) > 1 FROM side) AS two_deaths,
           EXISTS (SELECT FROM side JOIN spell ON spell.person = ANY(others)
                   WHERE NOT refused AND lower(days) > died_on) AS employed_after_death,
           EXISTS (SELECT FROM side JOIN relation ON relation.person = ANY(others)
                   WHERE NOT withdrawn AND lower(valid) > died_on
                         + CASE WHEN kind = 'child' THEN CAST(:pregnancy AS integer) ELSE 0 END)
           OR EXISTS (SELECT FROM side JOIN relation ON relation.relative = ANY(others)
                      WHERE NOT withdrawn AND lower(valid) > died_on) AS related_after_death,
           (SELECT count(DISTINCT (numbers_of(relation.person))[1]) > :parents FROM side
            JOIN relation ON relation.relative = ANY(numbers)
            WHERE NOT withdrawn AND kind = 'child') AS three_parents
""")
# What a restored database knows from events alone waits for nobody: it is stated once more.
_LOOKED_AT = text("""
    SELECT EXISTS (
        SELECT FROM person_merge_statement AS said
        WHERE (said.person = ANY(CAST(:persons AS integer[])) OR said.survivor = ANY(CAST(:persons AS integer[])))
              AND NOT EXISTS (SELECT FROM person_merge_end AS ended WHERE ended.statement = said.statement))
""")
# By the last of both numbers that two officers decided: what they let count since is another question.
_REFUSED = text("""
    SELECT EXISTS (
        SELECT FROM person_merge_statement AS said JOIN person_merge_end AS ended USING (statement)
        WHERE least(said.person, said.survivor) = least(CAST(:person AS integer), CAST(:survivor AS integer))
          AND greatest(said.person, said.survivor) = greatest(CAST(:person AS integer), CAST(:survivor AS integer))
          AND said.what = :what AND said.officer = :officer AND NOT ended.counts
          AND NOT EXISTS (
              SELECT FROM person_merge_statement AS later JOIN person_merge_end AS decided USING (statement)
              WHERE later.person IN (said.person, said.survivor) AND later.survivor IN (said.person, said.survivor)
                AND decided.counts AND decided.recorded_at > ended.recorded_at))
""")
_SHARE = text("SELECT share_access(:person)")
_PART = text("SELECT part_access(:person, :survivor)")
_KNOWN = text("""
    SELECT fact.attribute, lower(known.valid) AS first, upper(known.valid) - 1 AS last, fact.plain, fact.sealed, fact.id
    FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = :person
    ORDER BY fact.attribute, lower(known.valid) NULLS FIRST
""")
_IDS = text("SELECT nextval('person_fact_id') FROM generate_series(1, :count)")
_ADD = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source, officer, approved_by, reason,
                             evidence, correction, copied_from)
    VALUES (:id, :person, :attribute, daterange(CAST(:first AS date), CAST(:last AS date), '[]'), :plain, :sealed,
            :source, :officer, :approved_by, :reason, :evidence, :statement, CAST(:copied_from AS bigint))
""")
_NAME = text("""
    INSERT INTO person_name_token (token, person, fact)
    SELECT token, :person, :fact FROM unnest(CAST(:tokens AS text[])) AS token ON CONFLICT DO NOTHING
""")
# What a merge kept of one for the other, and what a split says is the other's, holds no more; nor what a later merge
# kept of that for a third number.
_TAKE_BACK = text("""
    WITH RECURSIVE gone (id) AS (
        SELECT id FROM person_fact WHERE correction = CAST(:of AS uuid) AND retracts IS NULL
        UNION SELECT unnest(CAST(:facts AS bigint[]))
        UNION SELECT copy.id FROM gone JOIN person_fact AS copy ON copy.copied_from = gone.id)
    INSERT INTO person_fact (id, person, attribute, valid, source, officer, approved_by, reason, evidence, correction,
                             retracts)
    SELECT nextval('person_fact_id'), person, attribute, 'empty', :source, :officer, :approved_by, :reason, :evidence,
           CAST(:statement AS uuid), id
    FROM person_fact AS stated
    WHERE id IN (SELECT gone.id FROM gone) AND retracts IS NULL
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = stated.id)
    RETURNING person
""")
# A merge that a restore ended says not whose facts it kept: what was published of the survivor, and is what is known of
# the other one, is that.
_KEPT = text("""
    SELECT merge.statement, merge.survivor, fact.id AS read_back, others.id, fact.attribute,
           lower(known.valid) AS first, upper(known.valid) - 1 AS last, others.plain, others.sealed,
           EXISTS (SELECT FROM person_attribute AS stands WHERE stands.fact = fact.id) AS stands
    FROM person_merge AS merge
    JOIN person_merge_statement AS said USING (statement)
    JOIN person_merge_end AS ended USING (statement)
    JOIN person_fact AS fact ON fact.person = merge.survivor
    JOIN person_attribute AS known ON known.person = merge.person AND known.attribute = fact.attribute
                                   AND known.valid @> CAST(:today AS date)
    JOIN person_fact AS others ON others.id = known.fact AND others.plain = fact.plain
    WHERE merge.survivor = :survivor AND merge.merged AND said.what = 'merge' AND ended.proposed_by = 'registration'
      AND fact.source = 'registration' AND fact.correction IS NULL AND fact.retracts IS NULL
      AND fact.recorded_at > said.recorded_at
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = fact.id)
    ORDER BY fact.id
""")
_DERIVE = text("SELECT derive_person_attributes(CAST(:persons AS integer[]))")
# What was stated of both since the merge, and no copy that a merge made; since the number's word, where a restore lost
# the statement.
_SINCE = text("""
    SELECT stated.id, stated.person, stated.attribute, lower(stated.valid) AS first, upper(stated.valid) - 1 AS last,
           stated.plain, stated.sealed
    FROM person_fact AS stated
    WHERE person = ANY(CAST(:persons AS integer[])) AND retracts IS NULL
      AND recorded_at > coalesce(
          (SELECT recorded_at FROM person_merge_end WHERE statement = CAST(:of AS uuid)),
          (SELECT min(changed_at) FROM person_merge
           WHERE merged AND statement IS NULL AND person = ANY(CAST(:persons AS integer[]))))
      AND correction IS DISTINCT FROM CAST(:of AS uuid) AND copied_from IS NULL
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = stated.id)
    ORDER BY id
""")
_PUBLISHED = text(f"SELECT {_COLUMNS} FROM person_merge WHERE person > :after ORDER BY person LIMIT :limit")  # noqa: S608


@dataclass(frozen=True, slots=True)
class StatedSince:
    """A fact that was stated of either number since the merge, under which it stays unless it is assigned."""

    person: int
    known: KnownFact

    @property
    def fact(self) -> int:
        """The fact, by its number."""
        return self.known.fact


class PersonMergeRepository:
    """Who is one with whom, inside one transaction."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def numbers_of(self, person: int, known_at: datetime | None = None) -> list[int]:
        """All numbers of the one person, the surviving one first; as it was known at an instant, where one is given."""
        asked, query = {"person": person, "known_at": known_at}, _NUMBERS if known_at is None else _NUMBERS_KNOWN
        values = {"person": person} if known_at is None else asked
        return list((await self._connection.execute(query, values)).scalar_one())

    async def merged_among(self, persons: Collection[int]) -> frozenset[int]:
        """Those of these numbers that are one person's with another number."""
        return frozenset((await self._connection.execute(_MERGED, {"persons": sorted(persons)})).scalars())

    async def survivors_of(self, persons: Collection[int]) -> dict[int, int]:
        """The number that survives of each of these, which is most often itself."""
        several = await self.merged_among(persons)
        return {person: (await self.numbers_of(person))[0] if person in several else person for person in persons}

    async def lock(self, *persons: int) -> list[PersonMerge]:
        """How these numbers stand and those that are one with them, held until the transaction ends."""
        return [person_merge_of(row) for row in await self._connection.execute(_OF_BOTH, {"persons": list(persons)})]

    async def is_looked_at(self, persons: Collection[int]) -> bool:
        """Whether officers look at one of these numbers: a merge or a split of it waits."""
        return bool((await self._connection.execute(_LOOKED_AT, {"persons": sorted(persons)})).scalar_one())

    async def keep(self, merge: PersonMerge) -> bool:
        """Keep how a number stands; whether that is news: a lower revision is none."""
        return (await self._connection.execute(_KEEP, asdict(merge))).one_or_none() is not None

    async def state(self, said: MergeStatement) -> None:
        """Keep what was stated."""
        values = {name: value for name, value in asdict(said).items() if name not in ("counts", "assigned")}
        assigned = said.assigned
        values |= {"what": said.what.value, "reason": said.reason.value, "facts": sorted(set(assigned.facts))}
        lines = [asdict(each) for each in sorted(set(assigned.lines))]
        values |= {"spells": sorted(set(assigned.spells)), "lines": orjson.dumps(lines).decode()}
        await self._connection.execute(_STATE, values)

    async def statement(self, statement: UUID) -> MergeStatement:
        """What was stated; raises MergeUnknown."""
        row = (await self._connection.execute(_STATEMENT, {"statement": statement})).one_or_none()
        if row is None:
            raise MergeUnknown()
        return merge_statement_of(row)

    async def waiting(self, person: int) -> MergeStatement | None:
        """What is stated of a number and was not decided: a merge of it into another, or a split from that."""
        row = (await self._connection.execute(_WAITING, {"person": person})).one_or_none()
        return None if row is None else merge_statement_of(row)

    async def page(self, after: UUID, limit: int) -> list[MergeStatement]:
        """What was stated, by id, after one."""
        found = await self._connection.execute(_PAGE, {"after": after, "limit": limit})
        return [merge_statement_of(row) for row in found]

    async def end(self, said: MergeStatement, kept: Mapping[str, int], officers: Officers, *, counts: bool) -> None:
        """Keep what two officers decided."""
        values = {"statement": said.id, "counts": counts, "kept": orjson.dumps(kept).decode(), **officers.row}
        await self._connection.execute(_END, values)

    async def end_again(self, said: MergeStatement, officers: Officers, *, counts: bool) -> None:
        """Keep what two officers had decided before a restore: what is read back may be stated since."""
        since = (await self._connection.execute(_HELD_SINCE)).scalar_one_or_none()
        if since is None:
            await self.end(said, {}, officers, counts=counts)
            return
        values = {"statement": said.id, "counts": counts, "kept": "{}", **officers.row, "recorded_at": since}
        await self._connection.execute(_END_AGAIN, values)

    async def is_refused(self, said: MergeStatement) -> bool:
        """Whether two officers refused the same of the officer who states it, in whichever direction, and let nothing
        count of both since."""
        asked = {"person": said.person, "survivor": said.survivor, "what": said.what.value, "officer": said.officer}
        found: bool = (await self._connection.execute(_REFUSED, asked)).scalar_one()
        return found

    async def may_be_one(self, persons: Sequence[int], others: Sequence[int]) -> tuple[bool, list[Contradiction]]:
        """Whether two people, each with all numbers, are each other's relatives; and what cannot be true of one."""
        asked = {"persons": list(persons), "others": list(others)}
        bounds = {"pregnancy": LONGEST_PREGNANCY.days, "parents": PARENTS}
        found = (await self._connection.execute(_MAY_BE_ONE, {**asked, **bounds})).one()._mapping
        return found["are_relatives"], [each for each in Contradiction if found[each.value]]

    async def contradictions(self, said: MergeStatement) -> list[Contradiction]:
        """What cannot be true of one of what is known of both numbers of a statement; of a split there is nothing."""
        if said.what is MergeWhat.SPLIT:
            return []
        both = [await self.numbers_of(number) for number in (said.person, said.survivor)]
        return (await self.may_be_one(*both))[1] if both[0] != both[1] else []

    async def share_access(self, person: int) -> None:
        """Who sees one number of the person sees all."""
        await self._connection.execute(_SHARE, {"person": person})

    async def part_access(self, merge: PersonMerge) -> None:
        """Who saw one number through the other does no more; whoever is still one with another sees that again."""
        await self._connection.execute(_PART, {"person": merge.person, "survivor": merge.survivor})

    async def known(self, person: int) -> list[KnownFact]:
        """What is known of a number by its own facts."""
        return [known_fact_of(row, self._keys) for row in await self._connection.execute(_KNOWN, {"person": person})]

    async def differences(self, said: MergeStatement, day: date) -> list[Difference]:
        """What is known otherwise of both for a day; of a split there is none to decide."""
        if said.what is MergeWhat.SPLIT:
            return []
        of_person, of_survivor = [
            {each.attribute: each.value for each in await self.known(number) if each.holds_on(day)}
            for number in (said.person, said.survivor)
        ]
        return differences(of_person, of_survivor)

    async def add(
        self,
        person: int,
        facts: Sequence[KnownFact],
        said: MergeStatement,
        officers: Officers,
        *,
        are_copies: bool = False,
    ) -> None:
        """State facts of a person on the word of two officers, and derive what is known; of copies, what of."""
        ids = list((await self._connection.execute(_IDS, {"count": len(facts)})).scalars())
        for id_, each in zip(ids, facts, strict=True):
            sealed = self._keys.cipher.encrypt(each.value, _place(id_)) if each.attribute in SEALED else None
            values = {
                "id": id_,
                "person": person,
                "attribute": each.attribute,
                "first": each.first,
                "last": each.last,
                "plain": each.value if sealed is None else None,
                "sealed": sealed,
                "copied_from": each.fact if are_copies else None,
            }
            await self._connection.execute(_ADD, {**values, **_why(said, officers)})
            if each.attribute == "name":
                tokens = list(self._keys.name_tokens.of(each.value))
                await self._connection.execute(_NAME, {"person": person, "fact": id_, "tokens": tokens})
        await self._connection.execute(_DERIVE, {"persons": [person]})

    async def keep_again(self, survivor: int, officers: Callable[[str], Officers]) -> None:
        """What a restore read back of a survivor, and a merge had kept of the other one, is that one's copy."""
        asked = {"survivor": survivor, "today": today()}
        for row in (await self._connection.execute(_KEPT, asked)).all():
            said = await self.statement(row.statement)
            await self.take_back(None, [row.read_back], said, officers(said.tenant))
            if row.stands:
                copy = known_fact_of(row, self._keys)
                await self.add(survivor, [copy], said, officers(said.tenant), are_copies=True)

    async def take_back(
        self, of: UUID | None, facts: Sequence[int], said: MergeStatement, officers: Officers
    ) -> list[int]:
        """Take back what a merge kept of the other, and these facts; whose they were."""
        values = {"of": of, "facts": list(facts), **_why(said, officers)}
        persons = sorted(set((await self._connection.execute(_TAKE_BACK, values)).scalars()))
        await self._connection.execute(_DERIVE, {"persons": persons})
        return persons

    async def stated_since(self, persons: Sequence[int], of: UUID | None) -> list[StatedSince]:
        """The facts that were stated of these numbers since the merge that a statement made."""
        asked = {"persons": list(persons), "of": of}
        found = await self._connection.execute(_SINCE, asked)
        return [StatedSince(row.person, known_fact_of(row, self._keys)) for row in found]

    async def list_published(self, after: int, limit: int) -> list[PersonMerge]:
        """How numbers stand, by number, after one: every one, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [person_merge_of(row) for row in found]

    async def recall(self, event: PersonMergeEvent, statement: UUID | None) -> bool:
        """Know again what was published and forgotten, and by which statement, if it is known; whether it was news."""
        merge = replace(person_merge_of_event(event), statement=statement)
        if not await self.keep(merge):
            return False
        if merge.merged:
            await self.share_access(merge.person)
        else:
            await self.part_access(merge)
        return True


def known_fact_of(row: Row[Any], keys: Keys) -> KnownFact:
    """What is known of an attribute, in a row of ``_KNOWN``."""
    value = row.plain if row.sealed is None else keys.cipher.decrypt(bytes(row.sealed), _place(row.id))
    return KnownFact(row.attribute, row.first, row.last, value, row.id)


def person_merge_of(row: Row[Any]) -> PersonMerge:
    """How a number stands, in a row of the table."""
    return PersonMerge(
        row.person, row.survivor, row.revision, row.merged, row.held_until, row.changed_at, row.statement
    )


def person_merge_of_event(event: PersonMergeEvent) -> PersonMerge:
    """How a number stands, as its event states it."""
    return PersonMerge(event.person, event.survivor, event.revision, event.merged, event.held_until, event.changed_at)


def merge_statement_of(row: Row[Any]) -> MergeStatement:
    """What was stated, in a row of ``_STATED``."""
    return MergeStatement(
        id=row.id,
        person=row.person,
        survivor=row.survivor,
        what=MergeWhat(row.what),
        reason=MergeReason(row.reason),
        evidence=row.evidence,
        tenant=row.tenant,
        officer=row.officer,
        stated_at=row.stated_at,
        held_until=row.held_until,
        assigned=Assigned(
            tuple(row.assigned),
            tuple(row.assigned_spells),
            tuple(StatedLine(**each) for each in row.assigned_lines),
        ),
        counts=row.counts,
    )


def _why(said: MergeStatement, officers: Officers) -> dict[str, Any]:
    return {
        "source": said.tenant,
        "officer": officers.proposed_by,
        "approved_by": officers.approved_by,
        "reason": said.what.value,
        "evidence": said.evidence,
        "statement": said.id,
    }


def _place(fact: int) -> str:
    return place("person_fact", "sealed", fact)
