"""What cover rests on, read in one statement: of the current tables, or of the facts as they were known (rules F1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import month_of
from services.registration.domain.cover import CoverFact, FactKind, KnownOfCover
from services.registration.domain.errors import PersonUnknown
from services.registration.domain.membership import Employed
from services.registration.domain.skbbk import Statement, StatementKind
from services.registration.domain.work import KindOfWork, Work, law_of_work_today, within
from services.registration.storage.keys import Keys
from services.registration.storage.persons import Viewer
from shared.security.national_id import NationalId

KNOWN = text("SELECT cover_facts(:person, :day, CAST(:known_at AS timestamptz))::text")
_BEHIND = text("""
    SELECT (SELECT found FROM unnest(CAST(:indexes AS bytea[])) AS index, cover_behind_national_id(index, :day) AS found
            WHERE found IS NOT NULL LIMIT 1)::text
""")
_KEEP_INQUIRY = text("""
    INSERT INTO cover_inquiry (tenant, person, client, on_day, asked_at) VALUES (:tenant, :person, :client, :day, :at)
""")
_INQUIRIES = text("""
    SELECT tenant, on_day, asked_at FROM cover_inquiry WHERE person = :person ORDER BY id DESC LIMIT :limit
""")
_WHO_SEES = text("SELECT employers_who_see(:person)")
_ATTRIBUTES = ("born_on", "residence", "died_on", "pass_ended_on")
_NOTHING: Mapping[str, Any] = {"attributes": {}, "employed": [], "spells": [], "statements": [], "contributions": []}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asked for somebody's cover, for which day, and when."""

    tenant: str
    day: date
    at: datetime


class CoverRepository:
    """What is known of cover, inside one transaction."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def known(self, person: int, day: date, known_at: datetime | None, viewer: Viewer) -> KnownOfCover:
        """What is known of a person for a day, now or as of an instant; raises PersonUnknown."""
        asked = {"person": person, "day": day, "known_at": known_at}
        found: str | None = (await self._connection.execute(KNOWN, asked)).scalar_one()
        if found is None:
            raise PersonUnknown()
        return known_of(orjson.loads(found), own_only=viewer.employer is not None)

    async def behind(self, national_id: NationalId, day: date) -> KnownOfCover:
        """The same behind a national id, without facts by id; nothing is known of nobody."""
        asked = {"indexes": self._keys.ids.each_of_id(national_id), "day": day}
        found: str | None = (await self._connection.execute(_BEHIND, asked)).scalar_one()
        return known_of(_NOTHING if found is None else orjson.loads(found))

    async def keep_inquiry(self, inquiry: Inquiry, person: int | None, client: str) -> None:
        """Keep that somebody asked; no person where national id and name name none."""
        asked = {"tenant": inquiry.tenant, "day": inquiry.day, "at": inquiry.at}
        await self._connection.execute(_KEEP_INQUIRY, {**asked, "person": person, "client": client})

    async def inquiries(self, person: int, limit: int) -> list[Inquiry]:
        """Who asked about a person, newest first: a person's own."""
        found = await self._connection.execute(_INQUIRIES, {"person": person, "limit": limit})
        return [Inquiry(row.tenant, row.on_day, row.asked_at) for row in found]

    async def employers_who_see(self, person: int) -> list[int]:
        """The employers who may see a person: for the person alone."""
        return list((await self._connection.execute(_WHO_SEES, {"person": person})).scalars())


def known_of(found: Mapping[str, Any], *, own_only: bool = False) -> KnownOfCover:
    """What a statement of ``KNOWN`` found."""
    attributes = found["attributes"]
    born, residence, died, ended = (attributes.get(name) for name in _ATTRIBUTES)
    worked = [
        (Employed(date.fromisoformat(first), _day(last)), _work(*said)) for first, last, *said in found["employed"]
    ]
    return KnownOfCover(
        born_on=None if born is None else date.fromisoformat(born[1]),
        residence=None if residence is None else residence[1],
        employed=tuple(part for days, work in worked for part in _that_act4_has(days, work)),
        statements=tuple(
            Statement(StatementKind(kind), date.fromisoformat(filed_on), datetime.fromisoformat(at), source)
            for _, kind, filed_on, at, source, _ in found["statements"]
        ),
        facts=tuple(_facts(found)),
        own_only=own_only,
        died_on=None if died is None else date.fromisoformat(died[1]),
        worked=tuple(worked),
        pass_ended_on=None if ended is None else date.fromisoformat(ended[1]),
    )


def _that_act4_has(days: Employed, work: Work) -> Iterator[Employed]:
    for span in within(days.first, days.last, law_of_work_today(work).act4):
        yield Employed(span.first or days.first, span.last)


def _work(kind: str | None, spouse: bool, allowance: int | None) -> Work:
    return Work(None if kind is None else KindOfWork(kind), spouse, allowance)


def _facts(found: Mapping[str, Any]) -> Iterator[CoverFact]:
    for kind, name in ((FactKind.BIRTH, "born_on"), (FactKind.RESIDENCE, "residence")):
        if name in found["attributes"]:
            id_, value, at, source = found["attributes"][name]
            yield CoverFact(kind, str(id_), datetime.fromisoformat(at), source, says=value)
    for id_, first, last, at, source, employer, verified, refused, stated_on, _, *work in found["spells"]:
        yield CoverFact(
            FactKind.SPELL,
            str(id_),
            datetime.fromisoformat(at),
            source,
            first=_day(first),
            last=_day(last),
            employer=employer,
            verified=verified,
            refused=refused,
            stated_on=_day(stated_on),
            says=work[0],
            work=_work(*work),
        )
    for id_, kind, filed_on, at, source, is_seen in found["statements"]:
        if is_seen:
            day = _day(filed_on)
            yield CoverFact(FactKind.STATEMENT, str(id_), datetime.fromisoformat(at), source, says=kind, first=day)
    for number, employer, file, at, source in found["contributions"]:
        month = month_of(number)
        recorded, days = datetime.fromisoformat(at), (month.first_day, month.last_day)
        yield CoverFact(FactKind.CONTRIBUTION, file, recorded, source, str(month), *days, employer=employer)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
