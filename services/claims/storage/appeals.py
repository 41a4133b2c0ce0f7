"""Appeals in the database: what was filed is never changed, what becomes of it is kept and appended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, LateFor, Outcome, Represented
from services.claims.domain.errors import AppealOpen, AppealUnknown, AppealUpheld

_FIELDS = tuple(each.name for each in fields(Appeal))
_COLUMNS = ", ".join(_FIELDS)
_CHANGED = (
    *("state", "changed_at", "number", "answer", "heard_on", "outcome", "ordered_on", "reference", "document"),
    *("ordered", "proposed_by", "approved_by", "ended_at"),
)
# Of one answer there is one appeal before a forum at a time, whoever filed it; of a death each has its own. What a
# forum upheld it does not hear again.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('appeals of/' || CAST(:claim AS text), 0))")
_IN_THE_WAY = text("""
    SELECT ended_at IS NULL AS is_open FROM appeal
    WHERE claim = :claim AND question = :question AND forum = :forum
          AND (bill, line) IS NOT DISTINCT FROM (CAST(:bill AS uuid), CAST(:line AS integer))
          AND (tenant = :tenant OR sees_appeals(:claim)
               OR EXISTS (SELECT FROM claim WHERE claim.id = :claim AND claim.kind <> 'death'))
          AND (ended_at IS NULL
               OR (outcome = 'upheld' AND revision = :revision AND forum <> 'appellate_medical_board'))
    ORDER BY ended_at NULLS FIRST LIMIT 1
""")
_ADD = text(f"""
    INSERT INTO appeal ({_COLUMNS}) VALUES ({", ".join(f":{name}" for name in _FIELDS)})
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - names of columns
_SAVE = text(f"UPDATE appeal SET {', '.join(f'{name} = :{name}' for name in _CHANGED)} WHERE id = :id")  # noqa: S608
_NOTE = text("""
    INSERT INTO appeal_event (appeal, number, state, at, acted_by) VALUES (:id, :number, :state, :changed_at, :by)
""")
_PUBLISH = text("UPDATE appeal SET published = number WHERE id = :id AND published < number RETURNING id")
_RECALL = text(f"""
    INSERT INTO appeal AS known ({_COLUMNS}, published)
    VALUES ({", ".join(f":{name}" for name in _FIELDS)}, :published)
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*_CHANGED, "published"))}
    WHERE known.number < excluded.number
    RETURNING id
""")  # noqa: S608 - names of columns
_IS_KNOWN = text("SELECT EXISTS (SELECT FROM appeal WHERE id = :id)")
_EVERY = text(f"""
    SELECT {_COLUMNS} FROM appeal WHERE CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_FIND = text(f"SELECT {_COLUMNS} FROM appeal WHERE id = :id")  # noqa: S608 - names of columns
# No row is locked: a party that files one may change it by taking it back alone.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('appeal/' || CAST(:id AS text), 0))")
_ANY_OPEN = text("""
    WITH own AS (SELECT unnest(numbers_of(CAST(:person AS bigint))) AS person)
    SELECT EXISTS (SELECT FROM appeal LEFT JOIN claim ON claim.id = appeal.claim
                   WHERE appeal.ended_at IS NULL
                         AND (claim.person IN (SELECT person FROM own)
                              OR appeal.tenant IN (SELECT 'person:' || person FROM own)))
""")
_OF_ONESELF = text("SELECT is_of_oneself(:claim)")
_OF_CASE = text(f"SELECT {_COLUMNS} FROM appeal WHERE board_case = :case")  # noqa: S608 - names of columns
_OF_LINE = text(f"SELECT {_COLUMNS} FROM appeal WHERE bill = :bill AND line = :line")  # noqa: S608 - names of columns
# Of the claim and of all notices of its event.
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM appeal
    WHERE (CAST(:claim AS uuid) IS NULL
           OR claim = CAST(:claim AS uuid)
           OR claim = ANY (CAST((SELECT claims_of_event(CAST(:claim AS uuid))) AS uuid[])))
      AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_APPEALABLE = text("SELECT * FROM appealable(:claim, CAST(:revision AS integer), :question)")
_KEEP_FLIPS = text("""
    INSERT INTO appeal_flips (appeal, found_at, body) VALUES (:appeal, :at, CAST(:body AS jsonb))
    ON CONFLICT (appeal) DO UPDATE SET found_at = excluded.found_at, body = excluded.body
""")
_FLIPS = text("SELECT found_at, body FROM appeal_flips WHERE appeal = :appeal")
# The worker shows them: those that are open.
APPEALS = text("""
    SELECT forum, state, count(*),
           CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(changed_at)) AS double precision)
    FROM appeal WHERE ended_at IS NULL GROUP BY forum, state
""")
_RATES = {
    "forum": "appeal.forum",
    "benefit": "appeal.question",
    "reason": "appeal.reason",
}
_COUNT = """
    SELECT {by} AS name, count(*) AS filed, count(*) FILTER (WHERE state = 'decided') AS decided,
           count(*) FILTER (WHERE outcome IN ('varied', 'set_aside')) AS overturned,
           count(*) FILTER (WHERE ended_at IS NULL) AS open
    FROM appeal WHERE filed_at >= :begin AND filed_at < :end
    GROUP BY 1 ORDER BY 1
"""
_COUNTS = {name: text(_COUNT.format(by=by)) for name, by in _RATES.items()}
# Every benefit that a revision answers is one decision, owed or refused.
_DECIDED = """
    SELECT {by} AS name, count(*) AS decisions
    FROM decision CROSS JOIN LATERAL (SELECT CAST(convert_from(event, 'UTF8') AS jsonb) AS event) AS told
    CROSS JOIN LATERAL jsonb_array_elements((told.event -> 'entitlements') || (told.event -> 'refusals')) AS one
    WHERE (decision.envelope ->> 'decided_at') COLLATE "C" >= :begins
      AND (decision.envelope ->> 'decided_at') COLLATE "C" < :ends
    GROUP BY 1
"""
_DECISIONS = {
    "benefit": text(_DECIDED.format(by="one ->> 'benefit'")),
    "reason": text(_DECIDED.format(by="coalesce(one ->> 'reason', 'entitled')")),
    "forum": text(_DECIDED.format(by="NULL")),
}


@dataclass(frozen=True)
class Appealable:
    """An answer of a claim as its record stands in a revision; ``may_appeal``: whether who asks may appeal it."""

    claim: UUID
    revision: int
    record: str
    outcome: str
    reason: str
    decided_at: datetime
    may_appeal: bool


@dataclass(frozen=True)
class Counted:
    """So many appeals, by what they are told apart by."""

    name: str
    filed: int
    decided: int
    overturned: int
    open: int


class AppealRepository:
    """Reads and writes appeals inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, appeal: Appeal) -> None:
        """Keep what was filed; raises AppealOpen where the same is open, and AppealUpheld where it was upheld."""
        values = {name: getattr(appeal, name) for name in _FIELDS}
        await self._connection.execute(_ONE_AT_A_TIME, {"claim": str(appeal.claim)})
        asked = {name: values[name] for name in ("claim", "question", "forum", "tenant", "revision", "bill", "line")}
        before = (await self._connection.execute(_IN_THE_WAY, asked)).one_or_none()
        if before is not None:
            raise AppealOpen() if before.is_open else AppealUpheld()
        if (await self._connection.execute(_ADD, values)).one_or_none() is None:
            raise AppealOpen()
        await self._note(appeal, appeal.filed_by)

    async def save(self, appeal: Appeal, by: str) -> Appeal:
        """How a locked one stands by now, and who did it."""
        await self._connection.execute(_SAVE, {name: getattr(appeal, name) for name in ("id", *_CHANGED)})
        await self._note(appeal, by)
        return appeal

    async def find(self, id_: UUID) -> Appeal:
        """An appeal that the role may see; raises AppealUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        if row is None:
            raise AppealUnknown()
        return _appeal_of(row)

    async def lock(self, id_: UUID) -> Appeal:
        """The same, and nobody else changes it until the transaction ends; raises AppealUnknown."""
        await self._connection.execute(_LOCK, {"id": str(id_)})
        return await self.find(id_)

    async def publish(self, appeal: UUID) -> bool:
        """Whether how it stands is to be published: it is from now on."""
        return (await self._connection.execute(_PUBLISH, {"id": appeal})).one_or_none() is not None

    async def is_known(self, appeal: UUID) -> bool:
        """Whether there is such an appeal."""
        return bool((await self._connection.execute(_IS_KNOWN, {"id": appeal})).scalar_one())

    async def recall(self, appeal: Appeal, published: int, by: str) -> bool:
        """Keep one of which a revision was published, unless what stands is as new; whether it is kept."""
        values = {name: getattr(appeal, name) for name in _FIELDS}
        if (await self._connection.execute(_RECALL, {**values, "published": published})).one_or_none() is None:
            return False
        await self._note(appeal, by)
        return True

    async def every(self, after: UUID | None, limit: int) -> list[Appeal]:
        """All of them, in the order of their ids, after one."""
        return [_appeal_of(row) for row in await self._connection.execute(_EVERY, {"after": after, "limit": limit})]

    async def is_any_open(self, person: int) -> bool:
        """Whether an appeal of a claim of a person, by any of its numbers, or one that it filed itself, is open."""
        return bool((await self._connection.execute(_ANY_OPEN, {"person": person})).scalar_one())

    async def is_of_oneself(self, claim: UUID) -> bool:
        """Whether a claim is of the caller, by any of its numbers, and of no death."""
        return bool((await self._connection.execute(_OF_ONESELF, {"claim": claim})).scalar_one())

    async def of_case(self, case: UUID) -> Appeal | None:
        """The appeal that a case before the Appellate Medical Board is."""
        row = (await self._connection.execute(_OF_CASE, {"case": case})).one_or_none()
        return None if row is None else _appeal_of(row)

    async def of_line(self, bill: UUID, line: int) -> list[Appeal]:
        """Those of a line of a medical bill that the role may see."""
        rows = await self._connection.execute(_OF_LINE, {"bill": bill, "line": line})
        return [_appeal_of(row) for row in rows]

    async def page(self, claim: UUID | None, state: AppealState | None, after: UUID | None, limit: int) -> list[Appeal]:
        """Those that the role may see, in the order of their ids; of a claim also those of what joined the same."""
        values = {"claim": claim, "state": state, "after": after, "limit": limit}
        return [_appeal_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def appealable(self, claim: UUID, revision: int | None, question: str) -> Appealable | None:
        """The answer to a question by a revision of the claim that stands for an event, else by its newest."""
        values = {"claim": claim, "revision": revision, "question": question}
        row = (await self._connection.execute(_APPEALABLE, values)).one_or_none()
        return None if row is None else Appealable(*row)

    async def keep_flips(self, appeal: UUID, at: datetime, body: Mapping[str, Any]) -> None:
        """What would change the answer, in the place of what was found before."""
        await self._connection.execute(_KEEP_FLIPS, {"appeal": appeal, "at": at, "body": orjson.dumps(body).decode()})

    async def flips(self, appeal: UUID) -> tuple[datetime, Mapping[str, Any]] | None:
        """What would change the answer, and when that was found."""
        row = (await self._connection.execute(_FLIPS, {"appeal": appeal})).one_or_none()
        return None if row is None else (row.found_at, row.body)

    async def counted(self, by: str, begin: datetime, end: datetime) -> list[Counted]:
        """The appeals that were filed from one instant up to another, by forum, benefit or reason."""
        rows = await self._connection.execute(_COUNTS[by], {"begin": begin, "end": end})
        return [Counted(*row) for row in rows]

    async def decisions(self, by: str, begins: str, ends: str) -> Mapping[str | None, int]:
        """How many benefits were decided, by benefit or reason; all of them under None where by neither."""
        rows: Sequence[Row[Any]] = (
            await self._connection.execute(_DECISIONS[by], {"begins": begins, "ends": ends})
        ).all()
        return {row.name: row.decisions for row in rows}

    async def _note(self, appeal: Appeal, by: str) -> None:
        told = {"id": appeal.id, "number": appeal.number, "state": appeal.state, "changed_at": appeal.changed_at}
        await self._connection.execute(_NOTE, {**told, "by": by})


_READ = {
    "forum": Forum,
    "ground": Ground,
    "state": AppealState,
    "represented_by": Represented,
    "late_for": LateFor,
    "outcome": Outcome,
}


def _appeal_of(row: Row[Any]) -> Appeal:
    values = dict(row._mapping)
    read = {name: None if values[name] is None else kind(values[name]) for name, kind in _READ.items()}
    return Appeal(**{**values, **read})
