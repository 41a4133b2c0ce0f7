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
# All numbers of the one person, and those that were one with it once: what was decided may rest on what they stated.
_NUMBERS = "CAST((SELECT numbers_of(:person)) AS bigint[])"
_ONCE = "CAST((SELECT numbers_once_of(:person)) AS bigint[])"
# All that is known of a person, in the columns of one row: an assessment spends most of its time in round trips.
KNOWN = f"""
    (SELECT ROW (born_on, revision, residence = 'foreign_worker')
     FROM known_person WHERE person = :person) AS person,
    ARRAY (SELECT ROW ({_SPELL}, refused, person = ANY ({_NUMBERS})) FROM known_spell
           WHERE person = ANY ({_ONCE}) ORDER BY started_on, spell) AS spells,
    ARRAY (SELECT ROW (scheme, periods, revision, statements, person = ANY ({_NUMBERS})) FROM known_membership
           WHERE person = ANY ({_ONCE}) ORDER BY scheme, person) AS memberships,
    ARRAY (SELECT ROW (employer, month, wage_sen, revision, person = ANY ({_NUMBERS})) FROM (
               SELECT employer, month, wage_sen, revision, kind, person FROM known_wage WHERE person = ANY ({_ONCE})
               UNION ALL
               SELECT taken.employer, CAST(of_range.first AS date), taken.wage_sen, 1, 'monthly', taken.person
               FROM known_wage_range AS taken
               CROSS JOIN generate_series(taken.first_month, taken.last_month, interval '1 month') AS of_range (first)
               WHERE taken.person = ANY ({_ONCE}) AND NOT EXISTS (
                   SELECT FROM known_wage AS line
                   WHERE line.person = taken.person AND line.month = CAST(of_range.first AS date)
                     AND line.employer = taken.employer AND line.kind = 'monthly')) AS known
           WHERE month <= :until
           ORDER BY month, employer, kind, person) AS wages,
    ARRAY (SELECT ROW (person, revision) FROM known_person WHERE person = ANY ({_ONCE})) AS once,
    numbers_of(:person) AS numbers
"""  # noqa: S608 - a constant
_KNOWN = text(f"SELECT {KNOWN}")

# An id is of whoever bears it by the newest that was published of each. While two do, the word that one of them does
# not any more is on its way: nobody is meant till then.
_NAMED = text(f"""
    WITH meant AS (
        SELECT person FROM known_person WHERE person = CAST(:person AS bigint)
        UNION SELECT known.person FROM known_identity AS bears JOIN known_person AS known USING (person)
              WHERE bears.id_token = :id_token AND known.id_tokens ? :id_token)
    SELECT meant.person, numbers_of(meant.person) AS numbers,
           ARRAY (SELECT DISTINCT token FROM known_person AS own, jsonb_array_elements_text(own.name_tokens) AS token
                  WHERE own.person = ANY (numbers_of(meant.person))) AS name_tokens,
           ARRAY (SELECT ROW ({_SPELL}) FROM known_spell
                  WHERE known_spell.person = ANY (numbers_of(meant.person)) AND NOT refused
                  ORDER BY started_on, spell) AS spells
    FROM meant WHERE (SELECT count(*) FROM meant) = 1
""")  # noqa: S608 - a constant


_SPELLS = text(f"""
    SELECT {_SPELL} FROM known_spell
    WHERE person = ANY ({_NUMBERS}) AND NOT refused ORDER BY started_on, spell
""")  # noqa: S608 - a constant
_TOKENS = text("SELECT id_token FROM known_identity WHERE person = ANY (CAST(:persons AS bigint[]))")
# Spells, memberships and wages stand by number: what was decided rests on them.
_FORGET = text("""
    WITH borne AS (DELETE FROM known_identity WHERE person = :person) DELETE FROM known_person WHERE person = :person
""")
_BESIDE = text("""
    SELECT DISTINCT person FROM known_spell
    WHERE employer = ANY (CAST(:employers AS bigint[])) AND NOT refused AND started_on <= :day
          AND (ended_on IS NULL OR ended_on >= :day) AND person <> ALL (CAST(:numbers AS bigint[]))
    ORDER BY person LIMIT :limit
""")
_IS_KNOWN = text("SELECT EXISTS (SELECT FROM known_person WHERE person = :person)")
_NUMBERS_OF = text("SELECT numbers_of(CAST(:person AS bigint))")


@dataclass(frozen=True)
class PublishedPerson:
    """Whom a notice names: the tokens of the person's name, and the spells, oldest first.

    ``number`` is the one that the notice means, ``numbers`` are all of the same person, ``person`` first: it survives.
    """

    person: int
    name_tokens: tuple[str, ...]
    spells: tuple[Spell, ...]
    number: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class KnownPerson:
    """What registration has published of a person; revision 0 and no birthday: nothing yet.

    Spells, memberships (one for each period of a category), the lines of months, and what the person stated of taking
    part in a scheme, each oldest first; and the revisions of all that was published: also of a membership without
    periods, and of what counts for nothing: spells that an officer refused, months that they alone carry, and what
    another number stated that was one with this person's once. ``numbers`` are all that are this person's now.
    """

    revision: int
    born_on: date | None
    is_foreign: bool
    spells: tuple[Spell, ...]
    memberships: tuple[Membership, ...]
    lines: tuple[WageMonth, ...]
    choices: tuple[StatedChoice, ...]
    revisions: Revisions
    numbers: tuple[int, ...] = ()


_NUMBERS_ONCE_OF = text("SELECT numbers_once_of(CAST(:person AS bigint))")


class PersonProjection:
    """The projection of the topic ``registration``; a spell that an officer refused counts for nothing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list_beside(self, employers: Sequence[int], day: date, numbers: Sequence[int], limit: int) -> list[int]:
        """Others whom these employers employed on a day than who has these numbers, by number."""
        values = {"employers": list(employers), "day": day, "numbers": list(numbers), "limit": limit}
        return list((await self._connection.execute(_BESIDE, values)).scalars())

    async def keep_persons(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep persons; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_person, rows)

    async def keep_identities(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep who ever bore which token; who bears it now says what is known of each person."""
        await keep_first(self._connection, t.known_identity, rows)

    async def keep_spells(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep spells; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_spell, rows)

    async def keep_memberships(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep memberships; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_membership, rows)

    async def keep_merges(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep how numbers of one person stand; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_merge, rows)

    async def forget(self, person: int) -> None:
        """Keep nothing any more by which a notice could mean the person, nor when it was born."""
        await self._connection.execute(_FORGET, {"person": person})

    async def tokens_of(self, persons: Sequence[int]) -> list[str]:
        """The tokens that these persons ever bore."""
        return list((await self._connection.execute(_TOKENS, {"persons": list(persons)})).scalars())

    async def numbers_of(self, person: int) -> list[int]:
        """All numbers of the one person, the one that survives first."""
        return list((await self._connection.execute(_NUMBERS_OF, {"person": person})).scalar_one())

    async def numbers_once_of(self, person: int) -> list[int]:
        """Those, and all that were one with the person once."""
        return list((await self._connection.execute(_NUMBERS_ONCE_OF, {"person": person})).scalar_one())

    async def parties_of(self, party: str) -> set[str]:
        """A party by each of its names: of a person, by all of its numbers."""
        kind, _, number = party.partition(":")
        return {f"person:{each}" for each in await self.numbers_of(int(number))} if kind == "person" else {party}

    async def is_known(self, person: int) -> bool:
        """Whether registration has told of a person, by this number."""
        return bool((await self._connection.execute(_IS_KNOWN, {"person": person})).scalar_one())

    async def named(self, id_token: str | None, person: int | None) -> PublishedPerson | None:
        """Whom a token or a number means, if registration has published the person."""
        row = (await self._connection.execute(_NAMED, {"id_token": id_token, "person": person})).one_or_none()
        if row is None:
            return None
        spells = tuple(Spell(*spell) for spell in row.spells)
        return PublishedPerson(row.numbers[0], tuple(row.name_tokens), spells, row.person, tuple(row.numbers))

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
    known = [(Spell(*spell), refused, counts) for *spell, refused, counts in row.spells]
    spells, refused = (
        tuple(each for each, is_refused, counts in known if counts and is_refused is side) for side in (False, True)
    )
    lines = [(WageMonth(employer, Month.of(month), *wage), counts) for employer, month, *wage, counts in row.wages]
    months = [each for each, counts in lines if counts]
    held = [each[:4] for each in row.memberships if each[4]]
    return KnownPerson(
        person_revision,
        born_on,
        is_foreign,
        spells,
        memberships=tuple(membership for each in held for membership in _memberships(*each[:3])),
        lines=tuple(each for each in months if is_line_of_any(each, spells) or not is_line_of_any(each, refused)),
        choices=tuple(_choice(**stated) for *_, statements in held for stated in statements),
        revisions=_highest(
            (("person", str(person)), person_revision),
            *((("person", str(number)), revision) for number, revision in row.once),
            *((("spell", str(each.id)), each.revision) for each, *_ in known),
            *((("membership", scheme), revision) for scheme, _, revision, *_ in row.memberships),
            *((("wage", each.id), each.revision) for each, _ in lines),
        ),
        numbers=tuple(row.numbers),
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
