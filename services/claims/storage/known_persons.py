"""What claims knows of persons: identities, spells and memberships as registration published them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.facts import Membership, Revisions, Spell, StatedChoice, WageMonth, is_line_of_any
from services.claims.storage import tables as t
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.periods import Month
from shared.persistence.upsert import keep_first, keep_higher_revision

_SPELL = "spell, employer, started_on, ended_on, revision, stated_on, verified, end_stated_on, end_verified"
# All that is known of a person, in the columns of one row: an assessment spends most of its time in round trips.
KNOWN = f"""
    (SELECT ROW (born_on, revision, residence = 'foreign_worker')
     FROM known_person WHERE person = :person) AS person,
    ARRAY (SELECT ROW ({_SPELL}, refused) FROM known_spell
           WHERE person = :person ORDER BY started_on, spell) AS spells,
    ARRAY (SELECT ROW (scheme, periods, revision, statements) FROM known_membership
           WHERE person = :person ORDER BY scheme) AS memberships,
    ARRAY (SELECT ROW (employer, month, wage_sen, revision) FROM (
               SELECT employer, month, wage_sen, revision, kind FROM known_wage WHERE person = :person
               UNION ALL
               SELECT taken.employer, CAST(of_range.first AS date), taken.wage_sen, 1, 'monthly'
               FROM known_wage_range AS taken
               CROSS JOIN generate_series(taken.first_month, taken.last_month, interval '1 month') AS of_range (first)
               WHERE taken.person = :person AND NOT EXISTS (
                   SELECT FROM known_wage AS line
                   WHERE line.person = :person AND line.month = CAST(of_range.first AS date)
                     AND line.employer = taken.employer AND line.kind = 'monthly')) AS known
           WHERE month <= :until
           ORDER BY month, employer, kind) AS wages
"""  # noqa: S608 - a constant
_KNOWN = text(f"SELECT {KNOWN}")

_NAMED = text(f"""
    SELECT person, name_tokens,
           ARRAY (SELECT ROW ({_SPELL}) FROM known_spell
                  WHERE known_spell.person = known_person.person AND NOT refused ORDER BY started_on, spell) AS spells
    FROM known_person
    WHERE person = coalesce((SELECT person FROM known_identity WHERE id_token = :id_token), CAST(:person AS bigint))
""")  # noqa: S608 - a constant


_SPELLS = text(f"""
    SELECT {_SPELL} FROM known_spell
    WHERE person = :person AND NOT refused ORDER BY started_on, spell
""")  # noqa: S608 - a constant


@dataclass(frozen=True)
class PublishedPerson:
    """Whom a notice names: the tokens of the person's name, and the spells, oldest first."""

    person: int
    name_tokens: tuple[str, ...]
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class KnownPerson:
    """What registration has published of a person; revision 0 and no birthday: nothing yet.

    Spells, memberships (one for each period of a category), the lines of months, and what the person stated of taking
    part in a scheme, each oldest first; and the revisions of all that was published: also of a membership without
    periods, and of what counts for nothing: spells that an officer refused, and months that they alone carry.
    """

    revision: int
    born_on: date | None
    is_foreign: bool
    spells: tuple[Spell, ...]
    memberships: tuple[Membership, ...]
    lines: tuple[WageMonth, ...]
    choices: tuple[StatedChoice, ...]
    revisions: Revisions


class PersonProjection:
    """The projection of the topic ``registration``; a spell that an officer refused counts for nothing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_persons(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep persons; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_person, rows)

    async def keep_identities(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep which token means which person; a token never changes its person without a merge."""
        await keep_first(self._connection, t.known_identity, rows)

    async def keep_spells(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep spells; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_spell, rows)

    async def keep_memberships(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep memberships; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_membership, rows)

    async def named(self, id_token: str | None, person: int | None) -> PublishedPerson | None:
        """Whom a token or a number means, if registration has published the person."""
        row = (await self._connection.execute(_NAMED, {"id_token": id_token, "person": person})).one_or_none()
        if row is None:
            return None
        return PublishedPerson(row.person, tuple(row.name_tokens), tuple(Spell(*spell) for spell in row.spells))

    async def spells_of(self, person: int) -> tuple[Spell, ...]:
        """The spells of a person, oldest first; an officer's request may read them, a partner's finds none."""
        return tuple(Spell(*row) for row in await self._connection.execute(_SPELLS, {"person": person}))

    async def of(self, person: int, until: date) -> KnownPerson:
        """What is known of a person at one instant; of the lines those of months that begin by a day."""
        row = (await self._connection.execute(_KNOWN, {"person": person, "until": until})).one()
        return known_person_of(person, row)


def known_person_of(person: int, row: Row[Any]) -> KnownPerson:
    """What is known of a person, in the columns of ``KNOWN``."""
    born_on, person_revision, is_foreign = row.person or (None, 0, False)
    known = [(Spell(*spell), refused) for *spell, refused in row.spells]
    spells, refused = (tuple(each for each, is_refused in known if is_refused is side) for side in (False, True))
    months = [WageMonth(employer, Month.of(month), wage, revision) for employer, month, wage, revision in row.wages]
    return KnownPerson(
        person_revision,
        born_on,
        is_foreign,
        spells,
        memberships=tuple(membership for each in row.memberships for membership in _memberships(*each[:3])),
        lines=tuple(each for each in months if is_line_of_any(each, spells) or not is_line_of_any(each, refused)),
        choices=tuple(_choice(**stated) for *_, statements in row.memberships for stated in statements),
        revisions=_highest(
            (("person", str(person)), person_revision),
            *((("spell", str(each.id)), each.revision) for each, _ in known),
            *((("membership", scheme), revision) for scheme, _, revision, _ in row.memberships),
            *((("wage", each.id), each.revision) for each in months),
        ),
    )


def _choice(kind: str, filed_on: str, stated_at: str | None = None, stated_by: str | None = None) -> StatedChoice:
    filed = date.fromisoformat(filed_on)
    # Of before it was said when: on the day of filing.
    at = datetime.combine(filed, time(), BUSINESS_ZONE) if stated_at is None else datetime.fromisoformat(stated_at)
    return StatedChoice(kind, filed, at, stated_by or "")


def _highest(*revisions: tuple[tuple[str, str], int]) -> Revisions:
    """The highest revision by name, which stands last: lines of one employer and month share theirs."""
    return dict(sorted(revisions))


def _memberships(scheme: str, periods: Sequence[Mapping[str, str]], revision: int) -> list[Membership]:
    return [
        Membership(
            scheme,
            period["category"],
            date.fromisoformat(period["first"]),
            None if period.get("last") is None else date.fromisoformat(period["last"]),
            revision,
        )
        for period in periods
    ]
