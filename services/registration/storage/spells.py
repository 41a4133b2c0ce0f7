"""Spells of employment: facts that are never changed, and the current spells derived from them (rules F1)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import month_of
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import PersonUnknown, SpellOverlaps, SpellUnknown
from services.registration.domain.membership import Employed
from services.registration.domain.spell import Spell, Word
from services.registration.domain.spell_correction import SpellCorrection
from services.registration.domain.work import NOT_STATED, KindOfWork, Span, Work, law_of_work_today
from services.registration.storage.violations import violated
from shared.kernel.clock import now
from shared.persistence.arrays import array_text

_LET_SEE = text("""
    INSERT INTO person_access (tenant, person) VALUES (:tenant, :person) ON CONFLICT (tenant, person) DO NOTHING
""")
_STATE = text("""
    INSERT INTO spell_fact (spell, tenant, person, employer, days, source, retracts, kind_of_work, spouse_of_employer,
                            allowance_sen, officer, approved_by, reason, evidence)
    SELECT :spell, :tenant, :person, :employer, daterange(:first, CAST(:last AS date), '[]'), :source,
           (SELECT fact FROM spell WHERE spell = :spell), :kind, :spouse, CAST(:allowance AS bigint), :officer,
           :approved_by, :reason, :evidence
""")
# The fact that nothing retracts is what is known now; the database refuses one that overlaps another spell.
_DERIVE = text("""
    INSERT INTO spell AS known (spell, tenant, person, employer, days, fact, kind_of_work, spouse_of_employer,
                                allowance_sen, act4_has, act800_has, revision, stated_on, verified, refused,
                                end_stated_on, end_verified)
    SELECT spell, tenant, person, employer, days, id, kind_of_work, spouse_of_employer, allowance_sen,
           CAST(CAST(:act4_has AS text) AS datemultirange),
           CAST(CAST(:act800_has AS text) AS datemultirange), 1, CAST(:stated_on AS date),
           coalesce(last_word.granted, false), coalesce(NOT last_word.granted, false),
           least(CAST(:end_stated_on AS date), of_end.end_stated_on),
           :end_verified OR coalesce(of_end.end_verified, false)
    FROM spell_fact AS stated LEFT JOIN LATERAL (
        SELECT granted FROM spell_verification AS said WHERE said.spell = stated.spell ORDER BY id DESC LIMIT 1
    ) AS last_word ON true LEFT JOIN LATERAL (
        SELECT end_stated_on, end_verified FROM recalled_spell AS kept
        WHERE kept.spell = stated.spell AND kept.ended_on = upper(stated.days) - 1
    ) AS of_end ON true
    WHERE spell = :spell AND NOT EXISTS (SELECT FROM spell_fact AS later WHERE later.retracts = stated.id)
    ON CONFLICT (spell) DO UPDATE SET days = excluded.days, fact = excluded.fact, revision = known.revision + 1,
                                      kind_of_work = excluded.kind_of_work,
                                      spouse_of_employer = excluded.spouse_of_employer,
                                      allowance_sen = excluded.allowance_sen,
                                      act4_has = excluded.act4_has, act800_has = excluded.act800_has,
                                      verified = excluded.verified, refused = excluded.refused,
                                      end_stated_on = excluded.end_stated_on, end_verified = excluded.end_verified
    RETURNING known.revision, known.end_stated_on, known.end_verified, known.verified, known.refused
""")
_COLUMNS = """spell, person, employer, revision, lower(days) AS started_on, upper(days) - 1 AS ended_on,
             confirmed_month, confirmed_wage_sen, stated_on, verified, refused, end_stated_on, end_verified,
             kind_of_work, spouse_of_employer, allowance_sen"""
_KEPT = text("""
    SELECT spell, started_on, verified, refused, kind_of_work, spouse_of_employer, allowance_sen
    FROM recalled_spell AS kept
    WHERE person = :person AND employer = :employer AND CAST(:started_on AS date) IN (started_on, began_on)
      AND NOT EXISTS (SELECT FROM spell WHERE spell.spell = kept.spell)
    -- It may have been corrected since it was stated so.
    ORDER BY started_on = :started_on DESC, revision DESC LIMIT 1
""")
_FORGOTTEN = text("""
    SELECT spell, person, employer, revision, started_on, ended_on, confirmed_month, confirmed_wage_sen, stated_on,
           verified, refused, end_stated_on, end_verified, kind_of_work, spouse_of_employer, allowance_sen
    FROM recalled_spell AS kept
    WHERE carried_from = :spell AND NOT EXISTS (SELECT FROM spell WHERE spell.spell = kept.spell) ORDER BY started_on
""")
_LIFT = text(f"""
    UPDATE spell SET revision = kept.revision + 1, confirmed_month = kept.confirmed_month,
                     confirmed_wage_sen = kept.confirmed_wage_sen,
                     stated_on = least(spell.stated_on, kept.stated_on)
    FROM (SELECT spell AS id, revision, confirmed_month, confirmed_wage_sen, stated_on FROM recalled_spell
          WHERE spell = :spell) AS kept
    WHERE spell.spell = kept.id RETURNING {", ".join(f"spell.{name}" for name in ("spell", "person", "employer"))},
        spell.revision, lower(days) AS started_on, upper(days) - 1 AS ended_on, spell.confirmed_month,
        spell.confirmed_wage_sen, spell.stated_on, spell.verified, spell.refused, spell.end_stated_on,
        spell.end_verified, spell.kind_of_work, spell.spouse_of_employer, spell.allowance_sen
""")  # noqa: S608 - constants
_HAS_ANY = text("SELECT EXISTS (SELECT FROM spell WHERE employer = :employer AND person = :person)")
_PERSON_OF = text("SELECT person FROM spell WHERE spell = :spell")
_LOCK = text(f"SELECT {_COLUMNS} FROM spell WHERE spell = :spell FOR UPDATE")  # noqa: S608 - a constant
_SAY = text("""
    INSERT INTO spell_verification (spell, tenant, granted, said_at, source, officer)
    VALUES (:spell, :tenant, :granted, :at, :source, :officer)
""")
_HEAR = text(f"""
    UPDATE spell SET verified = said.granted, refused = NOT said.granted,
                     revision = revision + CASE WHEN verified = said.granted AND refused = NOT said.granted
                                                THEN 0 ELSE 1 END
    FROM (SELECT granted FROM spell_verification WHERE spell = :spell ORDER BY id DESC LIMIT 1) AS said
    WHERE spell = :spell RETURNING {_COLUMNS}
""")  # noqa: S608 - a constant
_DAYS_WITH = text("""
    SELECT lower(days) AS first, upper(days) - 1 AS last FROM spell
    WHERE employer = :employer AND person = :person AND NOT refused
""")
_BETWEEN = text(f"""
    SELECT {_COLUMNS} FROM spell WHERE employer = :employer AND person = :person ORDER BY lower(days)
""")  # noqa: S608 - a constant
_BORN_ON = text("""
    SELECT fact.plain FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = :person AND known.attribute = 'born_on' AND known.valid @> CAST(:day AS date)
""")
_OPEN = text(f"""
    SELECT {_COLUMNS} FROM spell WHERE person = :person AND NOT refused AND upper_inf(days) AND lower(days) <= :day
    ORDER BY spell
""")  # noqa: S608 - a constant
_AFTER = text(f"""
    SELECT {_COLUMNS} FROM spell WHERE person = ANY(CAST(:persons AS integer[]))
          AND NOT refused AND days && daterange(:day, NULL, '()')
    ORDER BY spell
""")  # noqa: S608 - a constant
_PUBLISHED = text(f"""
    SELECT {_COLUMNS} FROM spell WHERE spell > CAST(:after AS uuid) ORDER BY spell LIMIT :limit
""")  # noqa: S608 - a constant
_OF_PEOPLE = text(f"""
    SELECT {_COLUMNS} FROM spell WHERE employer = :employer AND person = ANY(CAST(:persons AS integer[]))
""")  # noqa: S608 - a constant
_BEFORE_ALL = UUID(int=0)
# A statement for each question: with conditions that may be absent, a plan for any of them walks the nation's spells.
UNVERIFIED_OF_PERSON, UNVERIFIED_OF_EMPLOYER, UNVERIFIED_OF_BOTH = (
    text(f"""
        SELECT {_COLUMNS} FROM spell WHERE NOT verified AND {whose} AND spell > :after ORDER BY spell LIMIT :limit
    """)  # noqa: S608 - constants
    for whose in ("person = :person", "employer = :employer", "person = :person AND employer = :employer")
)
# Held first: the days that count are those of the locked row, which may have ended while it was waited for.
_CONFIRM = text(f"""
    WITH held AS (
        SELECT spell, person, employer, days FROM spell
        WHERE employer = ANY(CAST(CAST(:employers AS text) AS integer[]))
          AND person = ANY(CAST(CAST(:persons AS text) AS integer[]))
          AND confirmed_month IS NULL AND NOT refused
        ORDER BY spell FOR UPDATE
    ), proof AS (
        SELECT held.spell, line.month, line.wage_sen
        FROM held, LATERAL (
            SELECT month, wage_sen FROM contribution_line,
                   LATERAL (SELECT make_date(month / 100, month % 100, 1) AS first_day) AS of_month
            WHERE person = held.person AND employer = held.employer AND wage_sen > 0
              AND held.days && daterange(first_day, CAST(first_day + interval '1 month' AS date))
            ORDER BY month LIMIT 1) AS line
    )
    UPDATE spell AS known SET confirmed_month = proof.month, confirmed_wage_sen = proof.wage_sen,
                              revision = revision + 1
    FROM proof WHERE known.spell = proof.spell
    RETURNING {", ".join(f"known.{c}" for c in ("spell", "person", "employer", "revision"))},
              lower(known.days) AS started_on, upper(known.days) - 1 AS ended_on, known.confirmed_month,
              known.confirmed_wage_sen, known.stated_on, known.verified, known.refused, known.end_stated_on,
              known.end_verified, known.kind_of_work, known.spouse_of_employer, known.allowance_sen
""")  # noqa: S608 - a constant


class SpellRepository:
    """The spells that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def let_see(self, employer: int, person: int) -> None:
        """Let an employer see a person who works for it; raises PersonUnknown."""
        try:
            await self._connection.execute(_LET_SEE, {"tenant": tenant_of(employer), "person": person})
        except IntegrityError:
            raise PersonUnknown() from None

    async def born_on(self, person: int, day: date) -> date:
        """The day of birth as known for a day."""
        found = await self._connection.execute(_BORN_ON, {"person": person, "day": day})
        return date.fromisoformat(found.scalar_one())

    async def has_any(self, person: int, employer: int) -> bool:
        """Whether the person works or worked for the employer."""
        asked = {"person": person, "employer": employer}
        known: bool = (await self._connection.execute(_HAS_ANY, asked)).scalar_one()
        return known

    async def start(self, spell: Spell, source: str, word: Word | None) -> Spell:
        """Add a spell, with an officer's word on it; raises SpellOverlaps."""
        asked = {"person": spell.person, "employer": spell.employer, "started_on": spell.started_on}
        kept = (await self._connection.execute(_KEPT, asked)).one_or_none()
        if kept is not None:
            spell = replace(spell, id=kept.spell, started_on=kept.started_on)
            spell = replace(spell, work=work_of(kept) if spell.work == NOT_STATED else spell.work)
            is_said = kept.verified or kept.refused
            word = word or (Word(kept.verified, now(), source, officer=None) if is_said else None)
            return await self._start_again(spell, source, word)
        if word is not None:
            await self._say(spell, word)
        return await self._state(spell, source)

    async def forgotten(self, carried: Spell) -> list[Spell]:
        """What was published of what a split had carried of a spell, and forgotten with the database."""
        return [spell_of(row) for row in await self._connection.execute(_FORGOTTEN, {"spell": carried.id})]

    async def start_again(self, forgotten: Spell, source: str) -> Spell:
        """One of these, as it was published last; raises SpellOverlaps."""
        is_said = forgotten.verified or forgotten.refused
        word = Word(forgotten.verified, now(), source, officer=None) if is_said else None
        return await self._start_again(forgotten, source, word)

    async def _start_again(self, spell: Spell, source: str, word: Word | None) -> Spell:
        """It was published, and forgotten with the database: it comes back above what was published, with its proof."""
        if word is not None:
            await self._say(spell, word)
        await self._state(spell, source)
        return spell_of((await self._connection.execute(_LIFT, {"spell": spell.id})).one())

    async def end(self, spell: Spell, source: str) -> Spell:
        """Keep the last day of a locked spell, by a fact that retracts what was known before.

        One that was published, and forgotten with the database, was stated when it was first stated.
        """
        return await self._state(spell, source)

    async def restate(self, spell: Spell, correction: SpellCorrection, word: Word | None) -> Spell:
        """Keep a locked spell as a correction of it leaves it, with the officers' word on its first day."""
        if word is not None:
            await self._say(spell, word)
        return await self._state(spell, correction.by.tenant, correction)

    async def hear(self, spell: Spell, word: Word) -> Spell:
        """Add a word on a locked spell; its revision is higher where that says something new."""
        await self._say(spell, word)
        return spell_of((await self._connection.execute(_HEAR, {"spell": spell.id})).one())

    async def count_again(self, spell: Spell, source: str, word: Word) -> Spell:
        """Add a word on a locked spell, and keep its days as they are given, by a fact that retracts the one before."""
        await self._say(spell, word)
        return await self._state(spell, source)

    async def person_of(self, spell: UUID) -> int:
        """Raises SpellUnknown."""
        person: int | None = (await self._connection.execute(_PERSON_OF, {"spell": spell})).scalar_one_or_none()
        if person is None:
            raise SpellUnknown()
        return person

    async def lock(self, spell: UUID) -> Spell:
        """The spell, held until the transaction ends."""
        return spell_of((await self._connection.execute(_LOCK, {"spell": spell})).one())

    async def employed_with(self, employer: int, person: int) -> list[Employed]:
        """A person's days of employment with an employer."""
        asked = {"employer": employer, "person": person}
        return [Employed(row.first, row.last) for row in await self._connection.execute(_DAYS_WITH, asked)]

    async def between(self, employer: int, person: int) -> list[Spell]:
        """A person's spells with an employer, the earliest first."""
        asked = {"employer": employer, "person": person}
        return [spell_of(row) for row in await self._connection.execute(_BETWEEN, asked)]

    async def of_people(self, employer: int, persons: Collection[int]) -> dict[int, list[Spell]]:
        """The spells of people with an employer, by person."""
        found: dict[int, list[Spell]] = {person: [] for person in persons}
        for row in await self._connection.execute(_OF_PEOPLE, {"employer": employer, "persons": sorted(persons)}):
            found[row.person].append(spell_of(row))
        return found

    async def open_of(self, person: int, day: date) -> list[Spell]:
        """A person's spells that had begun on a day, and of which no last day is known."""
        return [spell_of(row) for row in await self._connection.execute(_OPEN, {"person": person, "day": day})]

    async def after(self, numbers: Sequence[int], day: date) -> list[Spell]:
        """The spells under these numbers with a day after one."""
        asked = {"persons": list(numbers), "day": day}
        return [spell_of(row) for row in await self._connection.execute(_AFTER, asked)]

    async def confirm(self, employers: Sequence[int], persons: Sequence[int]) -> list[Spell]:
        """Confirm these people's unconfirmed spells with these employers that have a day in a stored line's month, by
        the earliest line."""
        if not persons:
            return []
        asked = {name: array_text(Integer(), each) for name, each in (("employers", employers), ("persons", persons))}
        return sorted(map(spell_of, await self._connection.execute(_CONFIRM, asked)), key=lambda spell: spell.id)

    async def unverified_of(self, person: int, after: UUID | None, limit: int) -> list[Spell]:
        """A person's spells that no officer stated or verified, by id, after one."""
        asked = {"person": person, "after": after or _BEFORE_ALL, "limit": limit}
        return [spell_of(row) for row in await self._connection.execute(UNVERIFIED_OF_PERSON, asked)]

    async def unverified_with(self, employer: int, person: int | None, after: UUID | None, limit: int) -> list[Spell]:
        """The same of an employer's spells, with everybody or with one person."""
        asked = {"employer": employer, "after": after or _BEFORE_ALL, "limit": limit}
        if person is None:
            return [spell_of(row) for row in await self._connection.execute(UNVERIFIED_OF_EMPLOYER, asked)]
        asked["person"] = person
        return [spell_of(row) for row in await self._connection.execute(UNVERIFIED_OF_BOTH, asked)]

    async def list_published(self, after: str, limit: int) -> list[Spell]:
        """Spells in the order of their ids, after one: every spell, for the worker's role."""
        return [spell_of(row) for row in await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})]

    async def _say(self, spell: Spell, word: Word) -> None:
        whose = {"spell": spell.id, "tenant": tenant_of(spell.employer)}
        said = {"granted": word.granted, "at": word.at, "source": word.source, "officer": word.officer}
        await self._connection.execute(_SAY, whose | said)

    async def _state(self, spell: Spell, source: str, correction: SpellCorrection | None = None) -> Spell:
        values = {
            **_why(correction),
            "spell": spell.id,
            "tenant": tenant_of(spell.employer),
            "person": spell.person,
            "employer": spell.employer,
            "first": spell.started_on,
            "last": spell.ended_on,
            "source": source,
            "kind": spell.work.kind,
            "spouse": spell.work.spouse,
            "allowance": spell.work.allowance,
        }
        await self._connection.execute(_STATE, values)
        has = law_of_work_today(spell.work)
        known = {
            "act4_has": _ranges(has.act4),
            "act800_has": _ranges(has.act800),
            "spell": spell.id,
            "stated_on": spell.stated_on,
            "end_stated_on": spell.end_stated_on,
            "end_verified": spell.end_verified,
        }
        try:
            derived = (await self._connection.execute(_DERIVE, known)).one()
        except IntegrityError as error:
            if violated(error) == "ex_spell_overlap":
                raise SpellOverlaps() from None
            raise
        stated_on, verified = derived.end_stated_on, derived.end_verified
        said = {"verified": derived.verified, "refused": derived.refused}
        return replace(spell, revision=derived.revision, end_stated_on=stated_on, end_verified=verified, **said)


def spell_of(row: Row[Any]) -> Spell:
    """The spell in a row of ``_COLUMNS``."""
    confirmed = None if row.confirmed_month is None else month_of(row.confirmed_month)
    return Spell(
        id=row.spell,
        person=row.person,
        employer=row.employer,
        revision=row.revision,
        started_on=row.started_on,
        ended_on=row.ended_on,
        confirmed=confirmed,
        confirmed_wage=row.confirmed_wage_sen,
        stated_on=row.stated_on,
        verified=row.verified,
        refused=row.refused,
        end_stated_on=row.end_stated_on,
        end_verified=row.end_verified,
        work=work_of(row),
    )


def work_of(row: Row[Any]) -> Work:
    """The work in a row that has its columns."""
    kind = None if row.kind_of_work is None else KindOfWork(row.kind_of_work)
    return Work(kind, row.spouse_of_employer, row.allowance_sen)


def _ranges(spans: Sequence[Span] | None) -> str | None:
    """Days as PostgreSQL writes them."""
    if spans is None:
        return None
    return "{" + ",".join(f"[{each.first or ''},{each.last or ''}]" for each in spans) + "}"


def _why(correction: SpellCorrection | None) -> dict[str, str | None]:
    """Who let a fact count, and why it is stated otherwise than before."""
    if correction is None:
        return {"officer": None, "approved_by": None, "reason": None, "evidence": None}
    return {
        "officer": correction.proposed_by or correction.by.officer,
        "approved_by": correction.approved_by,
        "reason": correction.reason,
        "evidence": correction.evidence,
    }
