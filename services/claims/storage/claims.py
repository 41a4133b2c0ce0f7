"""Claims and decisions in the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, exists, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.buckets import bucket_of
from services.claims.domain.claim import (
    NEVER_DIED,
    RECALLED,
    WITHOUT_NOTICE,
    Capacity,
    Claim,
    ClaimKind,
    ClaimState,
    Relation,
)
from services.claims.domain.facts import OfAnother
from services.claims.domain.relation import as_shown_to_partner
from services.claims.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.periods import Days
from shared.law.decision import DecisionRecord

_CLAIM_COLUMNS = [column for column in t.claim.c if column.name != "known_state"]
_FIELDS = tuple(each.name for each in fields(Claim))
# What a claim is given once, when its notice is kept. Set again, a unique column would take a lock that waits for
# whoever adds evidence meanwhile, who waits for the due work that saves the claim.
_NEVER_CHANGED = (
    "id",
    "notice",
    "tenant",
    "kind",
    "happened_on",
    "caused_by",
    "received_at",
    "stored_at",
    "reported_by",
    "at_time",
    # It has a statement of its own, which takes no lock of the person.
    "acting_ended",
)
_SAVED = [name for name in (*_FIELDS, "bucket", "shown_bucket") if name not in _NEVER_CHANGED]
# It stands there since its bucket is what it is.
SET_CLAIM = f"""
    SET {", ".join(f"{name} = :claim_{name}" for name in _SAVED)},
        stands_since = CASE WHEN bucket = :claim_bucket THEN stands_since ELSE :now END
"""
_SAVE = text(f"UPDATE claim {SET_CLAIM}, known_state = CAST(:known_state AS bytea) WHERE id = :claim")
# Whatever is decided about a person is decided one after the other. Only a try: whoever holds it may be waking this
# very claim, which would wait for it while it is waited for.
_HAS_TURN = """
    CASE WHEN relation IS NULL THEN true ELSE pg_try_advisory_xact_lock(hashtextextended('person/' || person, 0)) END
"""
_COLUMNS = ", ".join(_FIELDS)
_LOCK_CLAIM = text(
    f"SELECT {_COLUMNS}, {_HAS_TURN} AS has_turn FROM claim WHERE id = :claim FOR NO KEY UPDATE"  # noqa: S608
)
# It stands under another number than the one that survives of its source, or joined a claim that is of another person
# by now, or that joined another one itself: what is read of a claim is what joined it, and no further.
_STRAYS = """
    relation IS NOT NULL AND (
        person <> (numbers_of(coalesce(source_person, person)))[1]
        OR (joined_to IS NOT NULL AND EXISTS (
            SELECT FROM claim AS other WHERE other.id = claim.joined_to
                   AND (other.joined_to IS NOT NULL
                        OR (numbers_of(other.source_person))[1] <> (numbers_of(claim.source_person))[1]))))
"""
_LOCK_TO_ASSESS = text(f"""
    SELECT {_COLUMNS}, {_HAS_TURN} AS has_turn, {_STRAYS} AS strays FROM claim WHERE id = :claim FOR NO KEY UPDATE
""")  # noqa: S608 - names of columns
_OF_NUMBERS_ONCE = text("""
    SELECT id FROM claim WHERE source_person = ANY (CAST((SELECT numbers_once_of(CAST(:person AS bigint))) AS bigint[]))
    ORDER BY id
""")
_JOINED_TO = text("""
    SELECT id FROM claim WHERE person = ANY(CAST(:persons AS bigint[])) AND joined_to = :claim ORDER BY id
""")
# They stand in the same bucket as before: they have joined a claim, whichever.
_MOVE_JOINED = text("""
    UPDATE claim SET joined_to = :other, joined_at_revision = greatest(joined_at_revision, :revision)
    WHERE person = CAST(:person AS bigint) AND joined_to = :claim
""")
# As its policies let a person read it.
_SEEN_BY = text("""
    SELECT EXISTS (SELECT FROM claim WHERE id = :claim AND (
        tenant = 'person:' || CAST(:person AS bigint)
        OR (relation IS NOT NULL AND person = ANY (numbers_of(CAST(:person AS bigint))))))
""")
_FIND = text(f"SELECT {_COLUMNS} FROM claim WHERE id = :claim")  # noqa: S608 - names of columns
_NOTICES = text(f"""
    SELECT {_COLUMNS} FROM claim
    WHERE id = :claim OR (joined_to = :claim AND person = CAST(:person AS bigint) AND relation IS NOT NULL)
    ORDER BY id <> :claim, stored_at, id
""")  # noqa: S608 - names of columns
_SEEN = text("SELECT id FROM claim WHERE id = ANY(CAST(:claims AS uuid[]))")
_IS_FORGOTTEN = text("SELECT is_forgotten(:claim)")
_STATE_OF_JOINED = text("SELECT state_of_joined(:claim)")
# What the database stamps is left to it.
_GIVEN = [name for name in (*_FIELDS, "bucket", "shown_bucket") if name != "stored_at"]
ADD_CLAIM = f"""
    INSERT INTO claim ({", ".join(_GIVEN)}, stands_since)
    VALUES ({", ".join(f":claim_{name}" for name in _GIVEN)}, :now)
    RETURNING stored_at
"""  # noqa: S608 - names of columns
_ADD = text(ADD_CLAIM)

# A death wakes the claims of those who left this person behind, and their deaths its own. In one order, up to the first
# that another has: of those who want the same one goes on. Only a try too, for the same reason.
_HAS_TURN_OF_DEATHS = text("""
    WITH RECURSIVE turn (number, is_held) AS (
        SELECT 0, true
        UNION ALL
        SELECT number + 1, pg_try_advisory_xact_lock(hashtextextended('death/' || persons[number + 1], 0))
        FROM turn, (SELECT CAST(:persons AS bigint[]) AS persons) AS wanted
        WHERE is_held AND number < cardinality(persons)
    )
    SELECT bool_and(is_held) FROM turn
""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


# Of a death: two officers found that the person lives. Of a database that was put back the published decision says so.
FOUND_ALIVE = f"""
    (EXISTS (SELECT FROM question WHERE question.claim = death.id AND reason = '{NEVER_DIED}')
     OR EXISTS (SELECT FROM recalled_decision AS told
                WHERE told.claim = death.id AND told.revision = death.revision
                      AND convert_from(told.event, 'UTF8')::jsonb ->> 'death_on' IS NULL))
"""  # noqa: S608  nothing that came from outside


@dataclass(frozen=True)
class Decision:
    """A decision as it is stored: the records that stand by it, by question, and the event that published it."""

    claim: UUID
    revision: int
    hash: str
    records: Mapping[str, DecisionRecord]
    event_type: str
    event: bytes


@dataclass(frozen=True)
class Recalled:
    """A decision of which only the event is known that published it."""

    claim: UUID
    revision: int
    event_type: str
    event: bytes


_DECISIONS = select(
    t.decision,
    # In their order.
    text("""ARRAY (SELECT ROW (question, body)
                   FROM unnest(decision.records) WITH ORDINALITY AS listed (hash, place)
                   JOIN record ON record.claim = decision.claim AND record.hash = listed.hash
                   ORDER BY place) AS standing"""),
)
_OTHERS = text("""
    SELECT id, claim.revision, kind, coalesce(reason = ANY(:without_notice), false) AS is_lost,
           ARRAY (SELECT ROW (question, body)
                  FROM unnest(decision.records) WITH ORDINALITY AS listed (hash, place)
                  JOIN record ON record.claim = decision.claim AND record.hash = listed.hash
                  ORDER BY place) AS standing
    FROM claim LEFT JOIN decision ON decision.claim = claim.id AND decision.revision = claim.revision
    WHERE person = :person AND id <> :claim AND relation IS NOT NULL AND joined_to IS NULL
    ORDER BY id
""")
# A death that never was is joined by nothing; one of another day is another one until officers found which day is true.
# Of an accident that was found to be that of another day the claim of that one stands for it.
_SAME_EVENT = text(f"""
    SELECT coalesce(joined_to, id) FROM claim AS death
    WHERE person = :person AND kind = :kind AND id <> :claim AND relation IS NOT NULL AND happened_on = :happened_on
          AND (joined_to IS NULL OR (:follow AND kind = 'accident' AND joined_to <> :claim))
          AND (kind <> 'death' OR NOT {FOUND_ALIVE})
    ORDER BY joined_to IS NOT NULL, id LIMIT 1
""")  # noqa: S608  nothing that came from outside
# Of the claim and what joined it: whose notices were believed by employments that an officer has all refused since.
_REFUSE_EMPLOYERS = text("""
    UPDATE claim SET relation = 'refused_employer'
    WHERE person = :person AND (id = :claim OR joined_to = :claim) AND relation IN ('employer', 'former_employer')
          AND (SELECT bool_and(refused) FROM known_spell AS spell
               WHERE spell.person = :person AND 'employer:' || spell.employer = claim.tenant
                     AND started_on <= claim.happened_on
                     AND (relation = 'former_employer' OR ended_on IS NULL OR ended_on >= claim.happened_on))
    RETURNING id
""")


_RECALLED_INTO = text("""
    SELECT claim.id FROM claim JOIN recalled_decision AS told ON told.claim = claim.id
    WHERE person = :person AND told.revision = claim.revision AND joined_to IS NULL
          AND convert_from(told.event, 'UTF8')::jsonb ->> 'superseded_by' = :claim
    ORDER BY claim.id
""")
_RECALL_PARTIES = text("""
    INSERT INTO claim_party (claim, person)
    SELECT DISTINCT CAST(:claim AS uuid), CAST(split_part(owed ->> 'party', ':', 2) AS bigint)
    FROM jsonb_array_elements(CAST(convert_from(:event, 'UTF8') AS jsonb) -> 'entitlements') AS owed
    WHERE owed ->> 'party' LIKE 'person:%'
    ON CONFLICT DO NOTHING
""")


# Due by now and not run yet, or tried in vain: what it would have found is not known.
_TO_BE_ASSESSED = text("""
    SELECT EXISTS (SELECT FROM due_work
                   WHERE kind = 'assess_claim' AND payload = :payload AND (due_at <= :now OR attempts > 0))
""")
LISTENS_TO = "SELECT waits_for FROM due_work WHERE kind = 'assess_claim' AND payload = :payload"
_HOLD_ASSESSMENT = text("SELECT id FROM due_work WHERE kind = 'assess_claim' AND payload = :payload FOR UPDATE")


# A notice of which nobody has shown yet whom it is about names the person by an id. Of an id that several bore it is
# whoever bears it still, and of one that nobody bears any more whoever did.
OWN_TOKENS = """
    own AS (SELECT unnest(numbers_of(CAST(:person AS bigint))) AS person),
    borne AS (
        SELECT bore.id_token FROM known_identity AS bore JOIN own USING (person)
        LEFT JOIN known_person AS known USING (person)
        WHERE coalesce(known.id_tokens ? bore.id_token, false) OR NOT EXISTS (
            SELECT FROM known_identity AS same JOIN known_person AS other USING (person)
            WHERE same.id_token = bore.id_token AND same.person NOT IN (SELECT person FROM own)
                  AND other.id_tokens ? same.id_token))
"""
# Of all numbers of the one person: whoever is named by one of them is decided of by what is known of the others.
_ANY_OPEN = text(f"""
    WITH {OWN_TOKENS}
    SELECT EXISTS (SELECT FROM claim
                   WHERE (person IN (SELECT person FROM own)
                          OR (person IS NULL AND id_token IN (SELECT id_token FROM borne)))
                         AND (state IN ('awaiting_identity', 'assessing', 'needs_officer') OR awaits <> '{{}}'))
""")  # noqa: S608 - a constant
_FORGET = text(f"""
    WITH {OWN_TOKENS}
    UPDATE claim SET id_token = NULL, name_tokens = '{{}}'
    WHERE (person = :person OR (person IS NULL AND id_token IN (SELECT id_token FROM borne)))
          AND (id_token IS NOT NULL OR name_tokens <> '{{}}')
""")  # noqa: S608 - a constant


class ClaimRepository:
    """Reads and writes claims inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, claim: Claim) -> Claim:
        """Keep a new claim; its ``stored_at`` becomes the database's instant."""
        stored = await self._connection.execute(_ADD, values_added(claim))
        return replace(claim, stored_at=stored.scalar_one())

    async def lock(self, claim: UUID) -> tuple[Claim, bool]:
        """The claim, locked until the end of the transaction, and whether it is its turn among its person's claims.

        Evidence may be stated of it meanwhile: who states it refers to the claim's row, and wakes what is due of it.
        """
        row = (await self._connection.execute(_LOCK_CLAIM, {"claim": claim})).one()
        return claim_of(row), row.has_turn

    async def lock_to_assess(self, claim: UUID) -> tuple[Claim, bool, bool]:
        """The same, and whether it is to follow its person: its number was merged or split."""
        row = (await self._connection.execute(_LOCK_TO_ASSESS, {"claim": claim})).one()
        return claim_of(row), row.has_turn, row.strays

    async def of_numbers_once(self, person: int) -> list[UUID]:
        """The claims that were stated of the person's numbers, and of those that were one with it once."""
        return list((await self._connection.execute(_OF_NUMBERS_ONCE, {"person": person})).scalars())

    async def find(self, claim: UUID) -> Claim | None:
        """The claim, if there is one that the role may see."""
        found = (await self._connection.execute(_FIND, {"claim": claim})).one_or_none()
        return None if found is None else claim_of(found)

    async def is_seen_by(self, claim: UUID, person: int) -> bool:
        """Whether a person sees the claim: as who sent it, or, by any of its numbers, as whose it is."""
        return bool((await self._connection.execute(_SEEN_BY, {"claim": claim, "person": person})).scalar_one())

    async def seen(self, claims: Sequence[UUID]) -> set[UUID]:
        """Those of these claims that the role may see."""
        return set((await self._connection.execute(_SEEN, {"claims": list(claims)})).scalars())

    async def is_to_be_assessed(self, claim: UUID) -> bool:
        """Whether something has arrived that the claim's last assessment did not know."""
        values = {"payload": payload_of_assessment(claim), "now": now()}
        return bool((await self._connection.execute(_TO_BE_ASSESSED, values)).scalar_one())

    async def hold_assessment(self, claim: UUID) -> None:
        """Have nobody assess the claim until the end of the transaction, before the claim is locked.

        The runner holds the due work when it locks the claim: who locks the claim and then leaves that due work would
        wait for it and be waited for.
        """
        await self._connection.execute(_HOLD_ASSESSMENT, {"payload": payload_of_assessment(claim)})

    async def state_of_joined(self, claim: UUID) -> ClaimState | None:
        """How the claim stands that a claim joined, of which its sender is shown nothing else; None of any other."""
        state = (await self._connection.execute(_STATE_OF_JOINED, {"claim": claim})).scalar_one()
        return None if state is None else ClaimState(state)

    async def find_by_notice(self, notice: UUID) -> Claim | None:
        """The claim that a notice opened."""
        query = select(*_CLAIM_COLUMNS).where(t.claim.c.notice == notice)
        found = (await self._connection.execute(query)).one_or_none()
        return None if found is None else claim_of(found)

    async def page(self, person: int | None, after: UUID | None, limit: int) -> list[Claim]:
        """Claims in the order of their ids, after a position."""
        query = select(*_CLAIM_COLUMNS).order_by(t.claim.c.id).limit(limit)
        if person is not None:
            query = query.where(t.claim.c.person == person)
        if after is not None:
            query = query.where(t.claim.c.id > after)
        return [claim_of(row) for row in await self._connection.execute(query)]

    async def of_event(self, claim: Claim, *, follow: bool = True) -> Claim | None:
        """Another claim that already stands for the same event of the same person.

        ``follow``: or that one of the same day was found to be about.
        """
        values = {"person": claim.person, "kind": claim.kind, "claim": claim.id, "happened_on": claim.happened_on}
        values["follow"] = follow
        found = (await self._connection.execute(_SAME_EVENT, values)).scalar_one_or_none()
        return None if found is None else await self.find(found)

    async def is_joined(self, claim: Claim) -> bool:
        """Whether another notice of the event joined the claim; one that a restore lost says nothing."""
        has_notice = t.claim.c.reported_by != RECALLED
        joined = exists().where(t.claim.c.person == claim.person, t.claim.c.joined_to == claim.id, has_notice)
        return bool((await self._connection.execute(select(joined))).scalar_one())

    async def notices_of(self, claim: Claim) -> list[Claim]:
        """The claims of the notices of an event: the one that stands for it, then those that joined it as they came."""
        rows = await self._connection.execute(_NOTICES, {"claim": claim.id, "person": claim.person})
        return [claim_of(row) for row in rows]

    async def joined_to(self, claim: UUID, persons: Collection[int]) -> list[UUID]:
        """What joined a claim, of these persons: it does so where both stand under one number."""
        values = {"claim": claim, "persons": sorted(persons)}
        return list((await self._connection.execute(_JOINED_TO, values)).scalars())

    async def move_joined(self, claim: Claim, other: Claim) -> None:
        """Have what joined a claim join another one, which it joins itself; the person's lock is held."""
        values = {"claim": claim.id, "person": claim.person, "other": other.id, "revision": other.revision}
        await self._connection.execute(_MOVE_JOINED, values)

    async def save(self, claim: Claim, known_state: bytes | None = None) -> None:
        """Write the claim as it is now; its row is locked.

        ``known_state`` is the fingerprint of what it was assessed on; without one it is assessed when it is due next.
        """
        await self._connection.execute(_SAVE, {**values_saved(claim), "known_state": known_state})

    async def refuse_employers(self, claim: Claim) -> tuple[Claim, bool]:
        """A locked claim, of which nobody speaks as an employer any more by an employment that an officer refused.

        And whether anybody did until now, of it or of what joined it.
        """
        found = await self._connection.execute(_REFUSE_EMPLOYERS, {"claim": claim.id, "person": claim.person})
        refused = set(found.scalars())
        stands = replace(claim, relation=Relation.REFUSED_EMPLOYER) if claim.id in refused else claim
        return stands, bool(refused)

    async def lock_person(self, person: int) -> None:
        """Serialise what is done about one person: two notices of one accident see each other, a day is given once."""
        await self._connection.execute(_LOCK, {"name": f"person/{person}"})

    async def is_any_open(self, person: int) -> bool:
        """Whether anything of a claim of the person is neither owed nor refused yet, or of a notice that names it."""
        return bool((await self._connection.execute(_ANY_OPEN, {"person": person})).scalar_one())

    async def forget_tokens(self, person: int) -> None:
        """Keep nothing of what notices said of who the person is: before it is forgotten by which ids they name it."""
        await self._connection.execute(_FORGET, {"person": person})

    async def is_forgotten(self, claim: UUID) -> bool:
        """Whether a person was erased and let go of whom the claim is about; whoever asks may not see of whom."""
        return bool((await self._connection.execute(_IS_FORGOTTEN, {"claim": claim})).scalar_one())

    async def lock_death(self, person: int) -> None:
        """Wait until nobody tells of the person's death, or of one that may wake what listens to it."""
        await self._connection.execute(_LOCK, {"name": f"death/{person}"})

    async def has_turn_of_deaths(self, persons: Collection[int]) -> bool:
        """Whether the deaths of these persons may be told of until the end of the transaction, by nobody else.

        Those who die together listen to each other: two who tell of it at once would wait for each other's due work.
        """
        if not persons:
            return True
        found = await self._connection.execute(_HAS_TURN_OF_DEATHS, {"persons": sorted(persons)})
        return bool(found.scalar_one())

    async def decision(self, claim: UUID, revision: int) -> Decision | None:
        """One decision of a claim."""
        query = _DECISIONS.where(t.decision.c.claim == claim, t.decision.c.revision == revision)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else decision_of(row)

    async def last_records(self, claim: Claim) -> Mapping[str, DecisionRecord]:
        """The records that stand by the claim's newest decision, by question; none of a format of before."""
        decision = await self.decision(claim.id, claim.revision) if claim.revision else None
        return {} if decision is None else _of_this_format(decision.records)

    async def others_of(self, claim: Claim) -> tuple[OfAnother, ...]:
        """The other claims of the person, with what stands of each; the person's lock is held."""
        rows = await self._connection.execute(
            _OTHERS, {"claim": claim.id, "person": claim.person, "without_notice": list(WITHOUT_NOTICE)}
        )
        return tuple(
            OfAnother(row.id, row.revision, row.kind, _of_this_format(_records(row.standing)), row.is_lost)
            for row in rows
        )

    async def recall_decision(self, claim: UUID, revision: int, event_type: str, event: bytes) -> None:
        """Know again what was published of a claim, and to whom it was owed, while its record is lost; the higher
        revision stays."""
        values = {"claim": claim, "revision": revision, "event_type": event_type, "event": event}
        kept = upsert(t.recalled_decision).values(values)
        newer = t.recalled_decision.c.revision < kept.excluded.revision
        await self._connection.execute(kept.on_conflict_do_update(index_elements=["claim"], set_=values, where=newer))
        await self._connection.execute(_RECALL_PARTIES, {"claim": claim, "event": event})

    async def recalled_into(self, claim: Claim) -> list[UUID]:
        """What was told to have joined a claim, of its person, before that one was known again."""
        values = {"claim": str(claim.id), "person": claim.person}
        return list((await self._connection.execute(_RECALLED_INTO, values)).scalars())

    async def recalled_decisions(self, claims: Sequence[UUID]) -> list[Recalled]:
        """What was published last of these claims before their database was put back, where no decision came after."""
        after = exists().where(
            t.decision.c.claim == t.recalled_decision.c.claim, t.decision.c.revision > t.recalled_decision.c.revision
        )
        query = select(t.recalled_decision).where(t.recalled_decision.c.claim.in_(claims), ~after)
        return [Recalled(*row) for row in await self._connection.execute(query)]

    async def decisions(self, claim: UUID) -> list[Decision]:
        """Every decision of a claim, oldest first."""
        query = _DECISIONS.where(t.decision.c.claim == claim).order_by(t.decision.c.revision)
        return [decision_of(row) for row in await self._connection.execute(query)]

    async def newest_decisions(self, claims: Sequence[UUID]) -> list[Decision]:
        """The newest decision of each of these claims."""
        query = (
            _DECISIONS.where(t.decision.c.claim.in_(claims))
            .distinct(t.decision.c.claim)
            .order_by(t.decision.c.claim, t.decision.c.revision.desc())
        )
        return [decision_of(row) for row in await self._connection.execute(query)]


def payload_of_assessment(claim: UUID) -> str:
    """Of the due work that assesses a claim."""
    return orjson.dumps({"claim": str(claim)}).decode()


def claim_of(row: Row[Any]) -> Claim:
    """The claim in a row of its columns."""
    values = {name: getattr(row, name) for name in _FIELDS}
    read = {
        "state": ClaimState(row.state),
        "kind": ClaimKind(row.kind),
        "capacity": None if row.capacity is None else Capacity(row.capacity),
        "relation": None if row.relation is None else Relation(row.relation),
        "name_tokens": tuple(row.name_tokens),
        "awaits": tuple(row.awaits),
        "decided_days": ranges(row.decided_days),
        "waiting_days": ranges(row.waiting_days),
    }
    return Claim(**{**values, **read})


def ranges(days: Sequence[date]) -> tuple[Days, ...]:
    """Ranges of days that are stored as the first and the last day of each, in turn."""
    return tuple(Days(first, last) for first, last in zip(days[::2], days[1::2], strict=True))


def _flat(days: Sequence[Days]) -> list[date]:
    return [day for each in days for day in (each.first, each.last)]


def _values(claim: Claim) -> dict[str, Any]:
    """The columns of a claim, its ranges of days flat."""
    values = {name: getattr(claim, name) for name in _FIELDS}
    values["name_tokens"], values["awaits"] = list(claim.name_tokens), list(claim.awaits)
    values["bucket"], values["shown_bucket"] = bucket_of(claim).written, bucket_of(as_shown_to_partner(claim)).written
    values["decided_days"] = _flat(claim.decided_days)
    values["waiting_days"] = _flat(claim.waiting_days)
    return values


def values_added(claim: Claim) -> dict[str, Any]:
    """What ``ADD_CLAIM`` takes."""
    values = _values(claim)
    return {"now": now(), **{f"claim_{name}": values[name] for name in _GIVEN}}


def values_saved(claim: Claim) -> dict[str, Any]:
    """What ``SET_CLAIM`` takes."""
    values = _values(claim)
    return {"claim": claim.id, "now": now(), **{f"claim_{name}": values[name] for name in _SAVED}}


def _records(standing: Sequence[tuple[str, bytes]]) -> Mapping[str, DecisionRecord]:
    return {question: DecisionRecord(bytes(body)) for question, body in standing}


def _of_this_format(records: Mapping[str, DecisionRecord]) -> Mapping[str, DecisionRecord]:
    return {question: record for question, record in records.items() if record.is_of_this_format}


def decision_of(row: Row[Any]) -> Decision:
    """The decision in a row of ``_DECISIONS``."""
    records = _records(row.standing)
    return Decision(row.claim, row.revision, row.hash, records, row.event_type, row.event)
