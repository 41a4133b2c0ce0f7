"""Of whom registration erased what it kept: a service follows, once nothing of the person is open with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.erasure_followed import ErasureFollowedV1, Following
from shared.kernel.clock import now, today

# How long something may come first before somebody must look (assumed: the sources name no term).
HELD = timedelta(days=90)
# What comes first is looked at again after this long.
LOOK_AGAIN = timedelta(days=1)

# A projection of the topic alone: it may be emptied, and is filled again.
ERASED_PERSON = table("erased_person")

# All of it stays all of it, in whatever order the erasures of a person come.
_KEEP = text("""
    INSERT INTO erased_person AS known (person, erasure, revision, whole, erased_at)
    SELECT DISTINCT ON (person) person, erasure, revision, bool_or(whole) OVER (PARTITION BY person), erased_at
    FROM unnest(CAST(:persons AS bigint[]), CAST(:erasures AS uuid[]), CAST(:revisions AS integer[]),
                CAST(:wholes AS boolean[]), CAST(:instants AS timestamptz[]))
         AS told (person, erasure, revision, whole, erased_at)
    ORDER BY person, revision DESC
    ON CONFLICT (person) DO UPDATE SET whole = known.whole OR excluded.whole,
        (erasure, revision, erased_at) = (SELECT newest.erasure, newest.revision, newest.erased_at
            FROM (VALUES (known.erasure, known.revision, known.erased_at),
                         (excluded.erasure, excluded.revision, excluded.erased_at))
                 AS newest (erasure, revision, erased_at) ORDER BY newest.revision DESC LIMIT 1)
    WHERE known.revision < excluded.revision OR known.whole < excluded.whole
""")
_IS_WHOLE = text("SELECT EXISTS (SELECT FROM erased_person WHERE person = :person AND whole)")
_FORGOTTEN = text("""
    SELECT person FROM followed_erasure
    WHERE person = ANY(CAST(:persons AS bigint[])) AND state = 'forgotten'
""")
_COLUMNS = "person, erasure, revision, state, reason, owner, until, since"
_KNOWN = text(f"""
    SELECT told.erasure AS newest, {", ".join(f"known.{name}" for name in _COLUMNS.split(", "))}
    FROM erased_person AS told LEFT JOIN followed_erasure AS known USING (person) WHERE told.person = :person
""")  # noqa: S608 - a constant
_FOLLOW = text(f"""
    INSERT INTO followed_erasure AS known ({_COLUMNS})
    VALUES (:person, :erasure, :revision, :state, :reason, :owner, :until, :since)
    ON CONFLICT (person) DO UPDATE SET erasure = excluded.erasure, revision = excluded.revision,
        state = excluded.state, reason = excluded.reason, owner = excluded.owner, until = excluded.until,
        since = excluded.since
    WHERE known.revision < excluded.revision
""")  # noqa: S608 - a constant
_PUBLISHED = text(f"""
    SELECT {_COLUMNS} FROM followed_erasure WHERE person > :after ORDER BY person LIMIT :limit
""")  # noqa: S608 - a constant
_PAGE = text("""
    SELECT told.person, told.erasure, told.erased_at, known.state, known.reason, known.owner, known.until, known.since
    FROM erased_person AS told LEFT JOIN followed_erasure AS known USING (person)
    WHERE told.whole AND told.person > :after AND (CAST(:state AS text) IS NULL OR known.state = :state)
      AND (NOT CAST(:awaited AS boolean) OR known.state IS NULL)
    ORDER BY told.person LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Hold:
    """What comes before a person is let go of, who ends it, and the day after which somebody must look.

    Without a day of its own somebody must look 90 days after it began.
    """

    reason: str
    owner: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FollowedErasure:
    """How a service follows the erasure of a person, as it tells it: held with reason, owner and deadline, or over."""

    person: int
    erasure: UUID
    revision: int
    state: Following
    reason: str | None
    owner: str | None
    until: date | None
    since: datetime

    def is_same(self, other: "FollowedErasure") -> bool:
        """Whether nothing else is told by it than by the other one."""
        return (self.state, self.reason, self.until) == (other.state, other.reason, other.until)


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """A person of whom all is erased, and how this service follows; without a state it has not looked yet."""

    person: int
    erasure: UUID
    erased_at: datetime
    state: Following | None
    reason: str | None
    owner: str | None
    until: date | None
    since: datetime | None


def followed(
    known: FollowedErasure | None, person: int, erasure: UUID, hold: Hold | None, at: datetime, on: date
) -> FollowedErasure | None:
    """How it is followed from now on, with the next revision; None: as it is known already."""
    if hold is None:
        told = FollowedErasure(person, erasure, 1, Following.FORGOTTEN, None, None, None, at)
    else:
        is_as_before = known is not None and known.reason == hold.reason
        until = hold.until or (known.until if known is not None and is_as_before else on + HELD)
        told = FollowedErasure(person, erasure, 1, Following.HELD, hold.reason, hold.owner, until, at)
    if known is None:
        return told
    return None if told.is_same(known) else replace(told, revision=known.revision + 1)


class ErasedPersons:
    """The projection of the topic ``person.erased`` and how the service follows it, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, told: Sequence[Mapping[str, Any]]) -> None:
        """Keep what was erased; the higher revision wins."""
        columns = {f"{name}s": [each[name] for each in told] for name in ("person", "erasure", "revision", "whole")}
        await self._connection.execute(_KEEP, {**columns, "instants": [each["erased_at"] for each in told]})

    async def is_whole(self, person: int) -> bool:
        """Whether registration keeps nothing any more that leads to the person."""
        return bool((await self._connection.execute(_IS_WHOLE, {"person": person})).scalar_one())

    async def forgotten(self, persons: Collection[int]) -> set[int]:
        """Those of these people that this service has let go of: what comes again of them is not kept."""
        if not persons:
            return set()
        return set((await self._connection.execute(_FORGOTTEN, {"persons": sorted(set(persons))})).scalars())

    async def follow(self, person: int, hold: Hold | None) -> FollowedErasure | None:
        """This service has let go of the person, or something comes first; None where that is known."""
        row = (await self._connection.execute(_KNOWN, {"person": person})).one()
        known = None if row.revision is None else _followed_of(row)
        told = followed(known, person, row.newest, hold, now(), today())
        if told is not None:
            await self._connection.execute(_FOLLOW, asdict(told))
        return told

    async def recall(self, event: ErasureFollowedV1) -> None:
        """What was told stands again after a restore: no revision goes back below it."""
        await self._connection.execute(_FOLLOW, event.model_dump(include=set(FollowedErasure.__slots__)))

    async def list_published(self, after: int, limit: int) -> list[FollowedErasure]:
        """How erasures are followed, by person, after one."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [_followed_of(row) for row in found]

    async def page(
        self, state: Following | None, after: int, limit: int, *, awaited: bool = False
    ) -> list[ErasedPerson]:
        """Of whom all is erased, by person, after one; those in one state where that is asked for, or at whom nobody
        has looked yet. For officers."""
        asked = {"state": state, "awaited": awaited, "after": after, "limit": limit}
        found = await self._connection.execute(_PAGE, asked)
        return [ErasedPerson(**{**row._mapping, "state": row.state and Following(row.state)}) for row in found]


def _followed_of(row: Row[Any]) -> FollowedErasure:
    values = {name: getattr(row, name) for name in FollowedErasure.__slots__}
    return FollowedErasure(**{**values, "state": Following(row.state)})
