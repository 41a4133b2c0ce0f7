"""Rows of an earlier system held against what is known, and written set-based: in statements, never row by row."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CursorResult, Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, Amounts, month_of, number_of
from services.registration.domain.employer import TENANT, Employer
from services.registration.domain.employer_fact import THE_ONLY_ONE
from services.registration.domain.errors import CompanyNumberRegistered, NationalIdRegistered
from services.registration.domain.membership import CategoryPeriod, Employed, Residing
from services.registration.domain.opening import (
    OPENING,
    EmployerRow,
    MonthsRow,
    OpeningFault,
    PersonRow,
    SpellRow,
    Who,
)
from services.registration.domain.opening_judging import Judged, KeptMonths, Placed, Sorting, TakenMonths
from services.registration.domain.person import PublicFacts, Published
from services.registration.domain.skbbk import Standing, Statement, StatementKind
from services.registration.domain.spell import Spell
from services.registration.storage.contribution_lines import LINES
from services.registration.storage.employers import employer_of
from services.registration.storage.keys import Keys
from services.registration.storage.memberships import KeptMembership, stated_of
from services.registration.storage.persons import ADD_PUBLISHED, published_columns
from services.registration.storage.taken_ids import taken_under_any_key
from shared.contracts.contribution_received import ContributionsTakenOverV1
from shared.kernel.identifiers import new_id, new_id_text
from shared.kernel.periods import Month
from shared.persistence.arrays import as_arrays, unnested
from shared.security.blind_index import id_text
from shared.security.fields import place
from shared.security.names import names_agree, readings
from shared.security.national_id import NationalId

# The columns of what is written, with their types.
_EMPLOYER = dict.fromkeys(("codes", "names", "companies", "states", "sectors"), "text")
_PERSONS = {"persons": "integer", "revisions": "integer"}
_IDS = {
    "persons": "integer",
    "ids": "uuid",
    "kinds": "text",
    "sealed": "bytea",
    "blind": "bytea",
    "numbers": "bytea",
    "tokens": "text",
}
_FACTS = {
    "persons": "integer",
    "name_facts": "bigint",
    "names": "bytea",
    "birth_facts": "bigint",
    "births": "text",
    "residence_facts": "bigint",
    "residences": "text",
}
_NAMES = {"tokens": "text", "persons": "integer", "facts": "bigint"}
_PAIRS = {"persons": "integer", "employers": "integer"}
_SPELL = {
    "spells": "uuid",
    "persons": "integer",
    "employers": "integer",
    "revisions": "integer",
    "firsts": "date",
    "lasts": "date",
    "stated": "date",
}
_MEMBERSHIPS = {"persons": "integer", "schemes": "text", "periods": "text", "statements": "text"}
_RANGE = {
    "employers": "integer",
    "persons": "integer",
    "first_months": "integer",
    "last_months": "integer",
    **dict.fromkeys(("wages_sen", *AMOUNTS), "bigint"),
}

_EMPLOYERS = text("""
    SELECT employer, revision, code, name, mycoid, registered_at, state, sector, ended_on FROM employer
    WHERE code = ANY(CAST(:codes AS text[]))
""")
_COMPANIES = text("SELECT DISTINCT mycoid FROM employer WHERE mycoid = ANY(CAST(:asked AS text[]))")
# The statements of a piece are planned for the tables as they are (storage/opening_files.py).
_PLAN_ONCE = text("SELECT set_config('plan_cache_mode', 'auto', true)")
_PLAN_EACH_TIME = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
_NUMBERS_OF_EMPLOYERS = text("SELECT code, employer FROM employer WHERE code = ANY(CAST(:codes AS text[]))")
# What is stated of an employer is taken to be true of every day, and stands in what is derived as it was stated; of one
# that was published before a restore what was published then counts, and its last day.
_ADD_EMPLOYERS = text(f"""
    WITH next AS MATERIALIZED (
        SELECT coalesce(kept.employer, nextval('employer_number'))::integer AS employer,
               coalesce(kept.revision + 1, 1) AS revision, asked.code, asked.name, asked.mycoid,
               coalesce(kept.state, asked.state) AS state, coalesce(kept.sector, asked.sector) AS sector,
               kept.ended_on, kept.state <> coalesce(asked.state, '') AS was_moved,
               kept.sector <> coalesce(asked.sector, '') AS has_turned
        FROM {unnested(_EMPLOYER)} AS asked (code, name, mycoid, state, sector)
        LEFT JOIN recalled_employer AS kept USING (code)
    ), added AS (
        INSERT INTO employer (employer, tenant, revision, code, name, mycoid, registered_at, state, sector, ended_on)
        SELECT employer, '{TENANT}' || employer, revision, code, name, mycoid, CAST(:at AS timestamptz), state, sector,
               ended_on
        FROM next ORDER BY code
    ), said AS MATERIALIZED (
        SELECT nextval('employer_fact_id') AS fact, employer, '{TENANT}' || employer AS tenant, attribute, valid, value,
               coalesce(was_published, false) AS was_published
        FROM next CROSS JOIN LATERAL (VALUES
            ('state', daterange(NULL, NULL), state, was_moved), ('sector', daterange(NULL, NULL), sector, has_turned),
            ('activity', daterange(ended_on + 1, NULL), CASE WHEN ended_on IS NOT NULL THEN 'ended' END, true))
            AS stated (attribute, valid, value, was_published)
        WHERE value IS NOT NULL
    ), stated AS (
        INSERT INTO employer_fact (id, employer, tenant, attribute, item, valid, plain, recorded_at, source, evidence)
        SELECT fact, employer, tenant, attribute, '{THE_ONLY_ONE}', valid, value, CAST(:at AS timestamptz),
               CASE WHEN was_published THEN 'registration' ELSE :source END, CASE WHEN NOT was_published THEN :file END
        FROM said
    ), derived AS (
        INSERT INTO employer_attribute (employer, tenant, attribute, item, valid, fact)
        SELECT employer, tenant, attribute, '{THE_ONLY_ONE}', valid, fact FROM said
    )
    SELECT employer, revision, code, name, mycoid, state, sector, ended_on FROM next ORDER BY code
""")  # noqa: S608 - constants
# Whoever bears such digits, of any kind.
_BEARERS = text("""
    SELECT id.number_index, id.person, id.blind_index, born.plain AS born_on, residence.plain AS residence,
           name.id AS name_fact, name.sealed AS name_sealed
    FROM national_id AS id
    CROSS JOIN (SELECT CAST(:day AS date) AS day) AS asked
    LEFT JOIN person_attribute AS b ON b.person = id.person AND b.attribute = 'born_on' AND b.valid @> asked.day
    LEFT JOIN person_fact AS born ON born.id = b.fact
    LEFT JOIN person_attribute AS r ON r.person = id.person AND r.attribute = 'residence' AND r.valid @> asked.day
    LEFT JOIN person_fact AS residence ON residence.id = r.fact
    LEFT JOIN person_attribute AS n ON n.person = id.person AND n.attribute = 'name' AND n.valid @> asked.day
    LEFT JOIN person_fact AS name ON name.id = n.fact
    WHERE id.number_index = ANY(CAST(:numbers AS bytea[])) AND id.withdrawn_at IS NULL
""")
# Read back after a restore: ids of people who were erased, unless somebody was registered under one of them since.
_IS_ANY_ERASED = text("SELECT EXISTS (SELECT FROM recalled_erased_id)")
_ERASED = text("""
    SELECT id_token FROM recalled_erased_id AS erased
    WHERE id_token = ANY(CAST(:tokens AS text[]))
      AND NOT EXISTS (SELECT FROM recalled_person AS known WHERE known.id_token = erased.id_token)
""")
_NUMBERS = text("""
    SELECT coalesce(kept.person, nextval('person_number'))::integer AS person,
           coalesce(kept.revision + 1, 1) AS revision, nextval('person_fact_id') AS name_fact,
           nextval('person_fact_id') AS birth_fact, nextval('person_fact_id') AS residence_fact,
           kept.died_on, kept.pass_ended_on, kept.born_on, kept.residence, kept.residence_since
    FROM unnest(CAST(:tokens AS text[])) WITH ORDINALITY AS asked (id_token, place)
    LEFT JOIN recalled_person AS kept USING (id_token) ORDER BY place
""")
_ADD_PERSONS = text(f"""
    INSERT INTO person (person, revision, registered_at)
    SELECT person, revision, CAST(:at AS timestamptz)
    FROM {unnested(_PERSONS)} AS said (person, revision)
""")  # noqa: S608 - constants
_ADD_IDS = text(f"""
    INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token, shares_digits,
                             source, evidence, recorded_at)
    SELECT id, person, kind, sealed, blind, number, token, false, :source, :file, CAST(:at AS timestamptz)
    FROM {unnested(_IDS)} AS said (person, id, kind, sealed, blind, number, token)
""")  # noqa: S608 - constants
# What is stated is taken to be true of every day, as at a registration: then what is derived is the same rows.
_ADD_FACTS = text(f"""
    WITH said AS MATERIALIZED (
        SELECT person, fact.* FROM {unnested(_FACTS)} AS said (person, name_fact, name, birth_fact, birth,
                                                               residence_fact, residence)
        CROSS JOIN LATERAL (VALUES (name_fact, 'name', NULL, name), (birth_fact, 'born_on', birth, NULL),
                                   (residence_fact, 'residence', residence, NULL))
            AS fact (id, attribute, plain, sealed)
    ), stated AS (
        INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source)
        SELECT id, person, attribute, '(,)', plain, sealed, :source FROM said
    )
    INSERT INTO person_attribute (person, attribute, valid, fact) SELECT person, attribute, '(,)', id FROM said
""")  # noqa: S608 - constants
_DERIVE = text("SELECT derive_person_attributes(CAST(:persons AS integer[]))")
_ADD_NAMES = text(f"""
    INSERT INTO person_name_token (token, person, fact) SELECT * FROM {unnested(_NAMES)} AS said (token, person, fact)
""")  # noqa: S608 - constants
_WHO = text("""
    SELECT blind_index, person FROM national_id
    WHERE blind_index = ANY(CAST(:blind AS bytea[])) AND withdrawn_at IS NULL
""")
_BIRTHS = text("""
    SELECT known.person, born.plain AS born_on
    FROM person_attribute AS known JOIN person_fact AS born ON born.id = known.fact
    WHERE known.person = ANY(CAST(:persons AS integer[])) AND known.attribute = 'born_on'
      AND known.valid @> CAST(:day AS date)
""")
# In the order of their numbers, so that two who hold several do not wait for each other.
_HOLD = text("""
    SELECT person FROM person WHERE person = ANY(CAST(:persons AS integer[])) ORDER BY person FOR NO KEY UPDATE
""")
# Whoever takes lines looks at what was taken over, and who takes months over at the lines: one of both has to come
# first. Takers of lines do not wait for each other; loads do. Before people, as takers of lines do it: who pushes
# events has lines taken and people held in whatever order they came.
_WAIT_FOR_LINES = text(f"SELECT pg_advisory_xact_lock({LINES})")
# Shared by whoever adds a spell, as one by one: an employer that ends waits for it, and sees it.
_HOLD_EMPLOYERS = text("""
    SELECT employer, revision, code, name, mycoid, registered_at, state, sector, ended_on FROM employer
    WHERE employer = ANY(CAST(:employers AS integer[])) ORDER BY employer FOR SHARE
""")
_SPELLS = text(f"""
    SELECT spell.person, spell.employer, lower(days) AS first, upper(days) - 1 AS last
    FROM {unnested(_PAIRS)} AS asked (person, employer)
    JOIN spell ON (spell.employer, spell.person) = (asked.employer, asked.person)
""")  # noqa: S608 - constants
_KEPT_SPELLS = text("""
    SELECT DISTINCT ON (person, employer, started_on) person, employer, started_on, spell, revision, stated_on,
           ended_on, refused, kind_of_work, spouse_of_employer, began_on
    FROM recalled_spell AS kept
    WHERE person = ANY(CAST(:persons AS integer[]))
      AND NOT EXISTS (SELECT FROM spell WHERE spell.spell = kept.spell)
    ORDER BY person, employer, started_on, revision DESC
""")
_ADD_SPELLS = text(f"""
    WITH said AS MATERIALIZED (
        SELECT * FROM {unnested(_SPELL)} AS said (spell, person, employer, revision, first, last, stated_on)
    ), stated AS (
        INSERT INTO spell_fact (spell, tenant, person, employer, days, source)
        SELECT spell, '{TENANT}' || employer, person, employer, daterange(first, last, '[]'), :source FROM said
        RETURNING id, spell, tenant, person, employer, days
    ), verified AS (
        INSERT INTO spell_verification (spell, tenant, granted, said_at, source, officer)
        SELECT spell, tenant, true, CAST(:at AS timestamptz), :source, :officer FROM stated
    ), seen AS (
        INSERT INTO person_access (tenant, person) SELECT DISTINCT tenant, person FROM stated
        ON CONFLICT (tenant, person) DO NOTHING
    )
    INSERT INTO spell (spell, tenant, person, employer, days, fact, revision, confirmed_month, confirmed_wage_sen,
                       stated_on, verified, refused, end_stated_on, end_verified)
    SELECT spell, tenant, stated.person, stated.employer, days, id, said.revision, kept.confirmed_month,
           kept.confirmed_wage_sen, said.stated_on, true, false,
           CASE WHEN NOT upper_inf(days)
                THEN least(CAST(:day AS date), CASE WHEN kept.ended_on = upper(days) - 1 THEN kept.end_stated_on END)
           END, true
    FROM stated JOIN said USING (spell) LEFT JOIN recalled_spell AS kept USING (spell) ORDER BY stated.person
""")  # noqa: S608 - constants
# All that memberships rest on, kind by kind: asked for each person they would be three look-ups more.
_EMPLOYED = text("""
    SELECT person, lower(part.days) AS first, upper(part.days) - 1 AS last, part.of_act4, part.of_act800
    FROM spell CROSS JOIN LATERAL (
        SELECT spell.days, true, true WHERE act4_has IS NULL AND act800_has IS NULL
        UNION ALL
        SELECT unnest(datemultirange(spell.days) * coalesce(act4_has, '{(,)}')), true, false
        WHERE act4_has IS NOT NULL OR act800_has IS NOT NULL
        UNION ALL
        SELECT unnest(datemultirange(spell.days) * coalesce(act800_has, '{(,)}')), false, true
        WHERE act4_has IS NOT NULL OR act800_has IS NOT NULL
    ) AS part (days, of_act4, of_act800)
    WHERE person = ANY(CAST(:persons AS integer[])) AND NOT refused
""")
_RESIDING = text("""
    SELECT known.person, fact.plain, lower(known.valid) AS first, upper(known.valid) - 1 AS last
    FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = ANY(CAST(:persons AS integer[])) AND known.attribute = 'residence'
    ORDER BY lower(known.valid) NULLS FIRST
""")
_SAID_OF_SKBBK = text("""
    SELECT person, kind, filed_on, said_at, split_part(tenant, ':', 1) AS said_by FROM skbbk_statement
    WHERE person = ANY(CAST(:persons AS integer[])) ORDER BY id
""")
# As one is kept (storage/memberships.py): who never was a member is told to nobody.
_KEEP_MEMBERSHIPS = text(f"""
    INSERT INTO membership AS known (person, scheme, revision, periods, statements)
    SELECT person, scheme, coalesce(recalled.revision + 1, 1), CAST(asked.periods AS jsonb),
           CAST(asked.statements AS jsonb)
    FROM {unnested(_MEMBERSHIPS)} AS asked (person, scheme, periods, statements)
    LEFT JOIN recalled_membership AS recalled USING (person, scheme)
    LEFT JOIN membership AS stored USING (person, scheme)
    WHERE asked.periods <> '[]' OR asked.statements <> '[]'
       OR recalled.revision IS NOT NULL OR stored.revision IS NOT NULL
    ORDER BY person, scheme
    ON CONFLICT (person, scheme) DO UPDATE SET revision = known.revision + 1, periods = excluded.periods,
                                               statements = excluded.statements
    WHERE (known.periods, known.statements) IS DISTINCT FROM (excluded.periods, excluded.statements)
    RETURNING known.person, known.scheme, known.revision
""")  # noqa: S608 - constants
_MONTHS = text("""
    SELECT person, employer, first_month, last_month, wage_sen, act4_employer_sen, act4_employee_sen,
           act800_employer_sen, act800_employee_sen, skbbk_employee_sen, false AS is_line FROM opening_month
    WHERE person = ANY(CAST(:persons AS integer[]))
    UNION ALL
    SELECT person, employer, month, month, wage_sen, 0, 0, 0, 0, 0, true FROM contribution_line
    WHERE person = ANY(CAST(:persons AS integer[])) AND receipt > 0
""")
_ADD_MONTHS = text(f"""
    INSERT INTO opening_month (employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)}, file,
                               recorded_at)
    SELECT employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)}, :file, CAST(:at AS timestamptz)
    FROM {unnested(_RANGE)} AS said (employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)})
""")  # noqa: S608 - constants
# What was read back after a restore is what was loaded, whichever of both comes first.
_RECALL_MONTHS = text(_ADD_MONTHS.text + " ON CONFLICT (person, employer, first_month) DO NOTHING")
_DECLARED_SINCE = text("""
    SELECT DISTINCT stands.employer, stands.month
    FROM unnest(CAST(:employers AS integer[]), CAST(:persons AS integer[]), CAST(:first_months AS integer[]),
                CAST(:last_months AS integer[])) AS taken (employer, person, first_month, last_month)
    JOIN (SELECT employer, person, month FROM contribution_line
          UNION ALL SELECT employer, person, month FROM assessed_line) AS stands USING (employer, person)
    WHERE stands.month BETWEEN taken.first_month AND taken.last_month
""")
_PUBLISHED = text(f"""
    SELECT file, employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)}, recorded_at
    FROM opening_month
    WHERE (file, employer, person, first_month) > (CAST(:file AS uuid), :employer, :person, :first_month)
    ORDER BY file, employer, person, first_month LIMIT :limit
""")  # noqa: S608 - constants
# Each name of the file once, however many of the file bear it; the source is written out, as the index has it.
ALIKE = text(f"""
    WITH mine AS MATERIALIZED (
        SELECT DISTINCT person FROM national_id WHERE source = '{OPENING}' AND evidence = :file
    ), borne AS MATERIALIZED (
        SELECT DISTINCT named.token
        FROM mine JOIN person_attribute AS known ON known.person = mine.person AND known.attribute = 'name'
        JOIN person_name_token AS named ON named.fact = known.fact
    ), told AS MATERIALIZED (
        SELECT named.token, fact.plain AS born_on, named.person
        FROM borne JOIN person_name_token AS named ON named.token = borne.token
        JOIN person_attribute AS known ON known.person = named.person AND known.attribute = 'born_on'
        JOIN person_fact AS fact ON fact.id = known.fact
    ), alike AS (
        SELECT DISTINCT unnest(array_agg(person)) AS person FROM told
        GROUP BY token, born_on HAVING count(DISTINCT person) > 1
    )
    SELECT person FROM alike JOIN mine USING (person) ORDER BY 1
""")  # noqa: S608 - a constant


_OF_MONTH = ("wages_sen", *AMOUNTS)
_sens = attrgetter(*AMOUNTS)


class TakenSpell(NamedTuple):
    """A spell that was added, as it is published; its id is a text."""

    id: str
    person: int
    employer: int
    revision: int
    started_on: date
    ended_on: date | None
    stated_on: date


class _KeptSpell(NamedTuple):
    """A spell as it was published before a restore, and as nothing here knows it yet."""

    person: int
    employer: int
    started_on: date
    spell: UUID
    revision: int
    stated_on: date | None
    ended_on: date | None
    refused: bool
    kind_of_work: str | None
    spouse_of_employer: bool
    began_on: date | None

    def is_otherwise(self, row: SpellRow) -> bool:
        """Whether something was decided of it that the row does not say."""
        is_of_other_days = (self.started_on, self.ended_on) != (row.first, row.last)
        return self.refused or is_of_other_days or self.spouse_of_employer or self.kind_of_work is not None


class _Bearer(NamedTuple):
    """Who bears digits, as known: the index of kind and number, and the name as it is sealed in a fact."""

    person: int
    blind_index: bytes
    born_on: str | None
    residence: str | None
    name_fact: int | None
    name_sealed: bytes | None


class _Numbers(NamedTuple):
    """What a new person is given, and what was published of it before the database was put back."""

    person: int
    revision: int
    name_fact: int
    birth_fact: int
    residence_fact: int
    published: Published


class _Borne(NamedTuple):
    """An id as it is kept."""

    id: str
    kind: str
    sealed: bytes
    blind_index: bytes
    number_index: bytes
    token: str


class OpeningRowRepository:
    """What rows mean here, and writing them, in one transaction of the worker."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def judge_employers(self, rows: Sequence[EmployerRow]) -> Judged:
        """Which of them are new, by their codes; of a company one is taken, as at a registration."""
        found = await self._employers(row.code for row in rows)
        companies = await self._companies({row.mycoid for row in rows if row.mycoid is not None})
        sorting = Sorting()
        for row in sorting.once(rows, lambda each: each.code, lambda each: each[1:]):
            there = found.get(row.code)
            if there is not None:
                sorting.put(row, is_there=True, is_same=_says(there, row))
            elif row.mycoid in companies:
                sorting.fault(row, "mycoid", CompanyNumberRegistered.code)
            else:
                sorting.add(row)
                companies |= set() if row.mycoid is None else {row.mycoid}
        return sorting.judged()

    async def add_employers(self, rows: Sequence[EmployerRow], file: UUID, at: datetime) -> list[Employer]:
        """Register them."""
        whose = {"source": OPENING, "file": str(file), "at": at}
        values = as_arrays(_EMPLOYER, (row[1:] for row in rows))
        added = await self._write(_ADD_EMPLOYERS, {**values, **whose})
        return [
            Employer(
                *(row.employer, row.revision, row.code, row.name, row.mycoid, at),
                *(row.state, row.sector, row.ended_on),
            )
            for row in added
        ]

    async def judge_persons(self, rows: Sequence[PersonRow], day: date) -> Judged:
        """Which of them are new, by their national ids; nobody is guessed to be somebody."""
        hashed = self._keys.numbers.each
        numbers = await asyncio.to_thread(lambda: [[hashed(number) for _, number in row.ids] for row in rows])
        asked = {"numbers": [*chain.from_iterable(chain.from_iterable(numbers))], "day": day}
        found: dict[bytes, list[_Bearer]] = defaultdict(list)
        for index, *bearer in await self._connection.execute(_BEARERS, asked):
            found[bytes(index)].append(_Bearer(*bearer))
        judged = await asyncio.to_thread(self._judge_persons, rows, numbers, found)
        return judged.unless_erased(await self._erased(judged.new))

    async def _erased(self, rows: Sequence[PersonRow]) -> set[int]:
        """The lines of those of these people who were erased, as long as that is known after a restore."""
        if not rows or not (await self._connection.execute(_IS_ANY_ERASED)).scalar_one():
            return set()
        tokens = {row.line: [self._keys.id_tokens.of_text(id_text(*who)) for who in row.ids] for row in rows}
        asked = {"tokens": sorted(set(chain.from_iterable(tokens.values())))}
        erased = set((await self._connection.execute(_ERASED, asked)).scalars())
        return {line for line, of_line in tokens.items() if erased.intersection(of_line)}

    async def add_persons(self, rows: Sequence[PersonRow], file: UUID, at: datetime) -> list[PublicFacts]:
        """Register them; what is published of each."""
        borne, names = await asyncio.to_thread(self._borne, rows)
        if await taken_under_any_key(
            self._connection, self._keys, [_id(who) for row in rows for who in row.ids], shares_digits=False
        ):
            # Since they were judged to be new somebody added one under another key: the piece is judged again.
            raise NationalIdRegistered()
        given = await self._connection.execute(_NUMBERS, {"tokens": [ids[0].token for ids in borne]})
        numbers = [_Numbers(each[0], each[1], each[2], each[3], each[4], Published(*each[5:])) for each in given]
        await self._write_persons(rows, numbers, borne, {"source": OPENING, "file": str(file), "at": at})
        tokens = [(token, n.person, n.name_fact) for n, each in zip(numbers, names, strict=True) for token in each]
        await self._connection.execute(_ADD_NAMES, as_arrays(_NAMES, tokens))
        await self._add_published(rows, numbers)
        return [
            number.published.over(
                PublicFacts(
                    *(number.person, number.revision, tuple(each.token for each in ids), row.born_on, row.residence),
                    *(at, named),
                )
            )
            for row, number, ids, named in zip(rows, numbers, borne, names, strict=True)
        ]

    async def place(self, rows: Sequence[SpellRow | MonthsRow]) -> tuple[list[Placed], list[OpeningFault]]:
        """Whom each row names."""
        blind = await asyncio.to_thread(self._blind, rows)
        asked = {"blind": sorted(chain.from_iterable(blind.values()))}
        found = {bytes(index): person for index, person in await self._connection.execute(_WHO, asked)}
        who = {each: next((found[index] for index in by if index in found), None) for each, by in blind.items()}
        codes = {"codes": sorted({row.employer_code for row in rows})}
        numbers = await self._connection.execute(_NUMBERS_OF_EMPLOYERS, codes)
        employers: dict[str, int] = {row.code: row.employer for row in numbers}
        placed, faults = [], []
        for row in rows:
            person, employer = who[row.who], employers.get(row.employer_code)
            if person is None:
                faults.append(OpeningFault(row.line, "id_number", "person_unknown"))
            elif employer is None:
                faults.append(OpeningFault(row.line, "employer_code", "employer_unknown"))
            else:
                placed.append(Placed(row, person, employer))
        return placed, faults

    async def births_of(self, placed: Sequence[Placed], day: date) -> dict[int, date]:
        """The birth of each person, as known for a day."""
        return await self._births({each.person for each in placed}, day)

    async def hold(self, placed: Sequence[Placed]) -> None:
        """Hold people until the transaction ends: what is known of their spells and months stays so."""
        await self._connection.execute(_HOLD, {"persons": sorted({each.person for each in placed})})

    async def wait_for_lines(self) -> None:
        """Until the lines are here that files are taking, by now; none is taken until the transaction ends."""
        await self._connection.execute(_WAIT_FOR_LINES)

    async def spells_of(self, placed: Sequence[Placed]) -> dict[tuple[int, int], list[Employed]]:
        """The days of employment of people with the employers that the rows name, by person and employer."""
        pairs = sorted({(each.person, each.employer) for each in placed})
        found: dict[tuple[int, int], list[Employed]] = defaultdict(list)
        for person, employer, first, last in await self._connection.execute(_SPELLS, as_arrays(_PAIRS, pairs)):
            found[person, employer].append(Employed(first, last))
        return found

    async def hold_employers(self, placed: Sequence[Placed]) -> dict[int, Employer]:
        """The employers that have ended, by number; none ends or begins again until the transaction ends."""
        asked = {"employers": sorted({each.employer for each in placed})}
        held = map(employer_of, await self._connection.execute(_HOLD_EMPLOYERS, asked))
        return {each.number: each for each in held if each.ended_on is not None}

    async def decided_before(self, placed: Sequence[Placed], day: date) -> dict[Placed, Spell]:
        """Those of which something else was published before a restore than the rows say: that the spell was refused,
        of other days, or of a kind of work."""
        kept = await self._kept_spells(placed)
        found = {}
        for each in placed if kept else ():
            was = kept.get((each.person, each.employer, each.row.first))
            if was is not None and was.is_otherwise(each.row):
                found[each] = _decided(each, was, day)
        return found

    async def add_spells(self, placed: Sequence[Placed], officer: str, day: date, at: datetime) -> list[TakenSpell]:
        """Add spells, with an officer's word on each; one that was published before a restore keeps its id."""
        kept = await self._kept_spells(placed)
        spells = [_spell_taken_of(each, kept.get((each.person, each.employer, each.row.first)), day) for each in placed]
        whose = {"source": OPENING, "officer": officer, "day": day, "at": at}
        await self._write(_ADD_SPELLS, {**as_arrays(_SPELL, spells), **whose})
        return spells

    async def standings(self, persons: Collection[int], day: date) -> dict[int, tuple[date, Standing]]:
        """What memberships rest on, by person: the birth, and all else."""
        asked = {"persons": sorted(persons)}
        births = await self._births(persons, day)
        of_act4: dict[int, list[Employed]] = defaultdict(list)
        of_act800: dict[int, list[Employed]] = defaultdict(list)
        for person, first, last, is_of_act4, is_of_act800 in await self._connection.execute(_EMPLOYED, asked):
            days = Employed(first, last)
            if is_of_act4:
                of_act4[person].append(days)
            if is_of_act800:
                of_act800[person].append(days)
        residing: dict[int, list[Residing]] = defaultdict(list)
        for person, *resides in await self._connection.execute(_RESIDING, asked):
            residing[person].append(Residing(*resides))
        said: dict[int, list[Statement]] = defaultdict(list)
        for person, kind, *stated in await self._connection.execute(_SAID_OF_SKBBK, asked):
            said[person].append(Statement(StatementKind(kind), *stated))
        return {
            each: (
                born_on,
                Standing(
                    spells=tuple(of_act4.get(each, ())),
                    residences=tuple(residing.get(each, ())),
                    statements=tuple(said.get(each, ())),
                    of_act800=tuple(of_act800.get(each, ())),
                ),
            )
            for each, born_on in births.items()
        }

    async def keep_memberships(
        self, derived: Sequence[tuple[int, str, Sequence[CategoryPeriod], Sequence[Statement]]]
    ) -> list[KeptMembership]:
        """Store memberships, each whole; those that changed."""
        rows = [(person, scheme, *stated_of(periods, said)) for person, scheme, periods, said in derived]
        by_key = {(person, scheme): (tuple(periods), tuple(said)) for person, scheme, periods, said in derived}
        kept = await self._connection.execute(_KEEP_MEMBERSHIPS, as_arrays(_MEMBERSHIPS, rows))
        return [KeptMembership(person, scheme, revision, *by_key[person, scheme]) for person, scheme, revision in kept]

    async def months_of(self, placed: Sequence[Placed]) -> dict[tuple[int, int], list[TakenMonths]]:
        """What was taken over and declared of people's months, by person and employer."""
        found: dict[tuple[int, int], list[TakenMonths]] = defaultdict(list)
        asked = {"persons": sorted({each.person for each in placed})}
        for person, employer, first, last, wage, *amounts, is_line in await self._connection.execute(_MONTHS, asked):
            found[person, employer].append(TakenMonths(first, last, wage, Amounts(*amounts), is_line))
        return found

    async def add_months(self, placed: Sequence[Placed], file: UUID, at: datetime) -> None:
        """Add months, as ranges."""
        # In the order of the key: entries of an index are written side by side.
        rows = [
            (employer, person, row.first_month, row.last_month, row.wage_sen, *_sens(row.amounts))
            for row, person, employer in sorted(placed, key=_by_person)
        ]
        await self._connection.execute(_ADD_MONTHS, {**as_arrays(_RANGE, rows), "file": file, "at": at})

    async def recall_months(self, event: ContributionsTakenOverV1) -> None:
        """Keep months as they were published, where the database has forgotten them."""
        first, last = (map(_number, months) for months in (event.first_months, event.last_months))
        said = (event.employers, event.persons, first, last, *(getattr(event, name) for name in _OF_MONTH))
        arrays = as_arrays(_RANGE, zip(*said, strict=True))
        await self._connection.execute(_RECALL_MONTHS, {**arrays, "file": event.file, "at": event.taken_at})

    async def declared_since(self, event: ContributionsTakenOverV1) -> list[tuple[int, Month]]:
        """The employers and months of these of which a line stands, or something is assessed."""
        first, last = (list(map(_number, months)) for months in (event.first_months, event.last_months))
        columns = {"employers": list(event.employers), "persons": list(event.persons), "first_months": first}
        found = await self._connection.execute(_DECLARED_SINCE, {**columns, "last_months": last})
        return [(row.employer, month_of(row.month)) for row in found]

    async def list_published(self, after: Sequence[Any], limit: int) -> list[KeptMonths]:
        """Months that were taken over, after a file, employer, person and first month: for the worker's role."""
        position = dict(zip(("file", "employer", "person", "first_month"), after, strict=True))
        found = await self._connection.execute(_PUBLISHED, {**position, "limit": limit})
        return [kept_months_of(row) for row in found]

    async def alike(self, file: UUID) -> list[int]:
        """Those who came with a file and have the name and the day of birth of somebody else."""
        return list((await self._connection.execute(ALIKE, {"file": str(file)})).scalars())

    async def _employers(self, codes: Iterable[str]) -> dict[str, Employer]:
        found = await self._connection.execute(_EMPLOYERS, {"codes": sorted(set(codes))})
        return {row.code: employer_of(row) for row in found}

    async def _kept_spells(self, placed: Sequence[Placed]) -> dict[tuple[int, int, date], _KeptSpell]:
        asked = {"persons": sorted({each.person for each in placed})}
        found = [_KeptSpell(*row) for row in await self._connection.execute(_KEPT_SPELLS, asked)]
        began = {(each.person, each.employer, each.began_on or each.started_on): each for each in found}
        return began | {(each.person, each.employer, each.started_on): each for each in found}

    async def _companies(self, asked: Collection[str]) -> set[str]:
        """Those of these numbers of the companies' register that an employer has."""
        return set((await self._connection.execute(_COMPANIES, {"asked": sorted(asked)})).scalars())

    async def _write(self, statement: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Write rows that refer to others: these are looked for by one plan, which made for each row takes longer."""
        await self._connection.execute(_PLAN_ONCE)
        written = await self._connection.execute(statement, values)
        await self._connection.execute(_PLAN_EACH_TIME)
        return written

    async def _births(self, persons: Collection[int], day: date) -> dict[int, date]:
        found = await self._connection.execute(_BIRTHS, {"persons": sorted(persons), "day": day})
        return {person: date.fromisoformat(born_on) for person, born_on in found}

    async def _write_persons(
        self,
        rows: Sequence[PersonRow],
        numbers: Sequence[_Numbers],
        borne: Sequence[Sequence[_Borne]],
        whose: Mapping[str, Any],
    ) -> None:
        persons = [(number.person, number.revision) for number in numbers]
        await self._connection.execute(_ADD_PERSONS, {**as_arrays(_PERSONS, persons), "at": whose["at"]})
        ids = [(number.person, *each) for number, bears in zip(numbers, borne, strict=True) for each in bears]
        await self._write(_ADD_IDS, {**as_arrays(_IDS, ids), **whose})
        facts = await asyncio.to_thread(self._facts, rows, numbers)
        await self._write(_ADD_FACTS, {**as_arrays(_FACTS, facts), "source": whose["source"]})

    async def _add_published(self, rows: Sequence[PersonRow], numbers: Sequence[_Numbers]) -> None:
        """Of who was published to be otherwise than the rows say before the database was put back."""
        said = [
            (number.person, *each)
            for row, number in zip(rows, numbers, strict=True)
            for each in number.published.beside(row.born_on, row.residence)
        ]
        if said:
            await self._connection.execute(ADD_PUBLISHED, published_columns(said))
            await self._connection.execute(_DERIVE, {"persons": [person for person, *_ in said]})

    def _blind(self, rows: Sequence[SpellRow | MonthsRow]) -> dict[Who, list[bytes]]:
        """The indexes of those whom the rows name: once for each person."""
        return {who: self._keys.ids.each(id_text(*who)) for who in {row.who for row in rows}}

    def _judge_persons(
        self,
        rows: Sequence[PersonRow],
        numbers: Sequence[Sequence[Sequence[bytes]]],
        found: Mapping[bytes, Sequence[_Bearer]],
    ) -> Judged:
        sorting = Sorting()
        index = {row.line: by for row, by in zip(rows, numbers, strict=True)}
        borne: dict[str, int] = {}
        for row in sorting.once(rows, lambda each: each.who[1], _said):
            bearers = [[each for by in indexes for each in found.get(by, ())] for indexes in index[row.line]]
            if not has_letters(row.name):
                sorting.fault(row, "name", "name_without_letters")
            elif any(borne.setdefault(number, row.line) != row.line for _, number in row.ids):
                sorting.fault(row, "line", "repeated_in_file")
            elif any(bearers):
                self._judge_known(row, bearers, sorting)
            else:
                sorting.add(row)
        return sorting.judged()

    def _judge_known(self, row: PersonRow, bearers: Sequence[Sequence[_Bearer]], sorting: Sorting) -> None:
        """A row of whose ids somebody bears one: it is known where the same person bears all of them."""
        same = self._same(row.who, bearers[0])
        if bearers[0] and same is None:
            sorting.fault(row, "id_number", "national_id_of_another")
        elif any(known and not self._bears_too(same, who, known) for who, known in zip(row.ids, bearers, strict=True)):
            sorting.fault(row, "old_ic", "national_id_of_another")
        else:
            sorting.put(row, is_there=True, is_same=all(bearers) and self._is_same(row, same))

    def _bears_too(self, person: _Bearer | None, who: Who, known: Sequence[_Bearer]) -> bool:
        """Whether it is this person who bears an id that somebody bears."""
        same = self._same(who, known)
        return person is not None and same is not None and same.person == person.person

    def _same(self, who: Who, bearers: Sequence[_Bearer]) -> _Bearer | None:
        """Who bears the digits by this kind of id."""
        blind = self._keys.ids.each(id_text(*who)) if bearers else []
        return next((each for each in bearers if bytes(each.blind_index) in blind), None)

    def _is_same(self, row: PersonRow, there: _Bearer | None) -> bool:
        if there is None or (there.born_on, there.residence) != (row.born_on.isoformat(), row.residence):
            return False
        if there.name_sealed is None or there.name_fact is None:
            return False
        known = self._keys.cipher.decrypt(bytes(there.name_sealed), place("person_fact", "sealed", there.name_fact))
        return names_agree(self._keys.name_tokens.of(known), self._keys.name_tokens.of(row.name))

    def _borne(self, rows: Sequence[PersonRow]) -> tuple[list[list[_Borne]], list[tuple[str, ...]]]:
        """The ids of each as they are kept, and the tokens of the names."""
        return [[self._bears(who) for who in row.ids] for row in rows], [
            self._keys.name_tokens.of(row.name) for row in rows
        ]

    def _bears(self, who: Who) -> _Borne:
        id_, text_, (kind, number) = new_id_text(), id_text(*who), who
        sealed = self._keys.cipher.encrypt(number, place("national_id", "number_sealed", id_))
        indexes = (self._keys.ids.of(text_), self._keys.numbers.of(number))
        return _Borne(id_, kind, sealed, *indexes, self._keys.id_tokens.of_text(text_))

    def _facts(self, rows: Sequence[PersonRow], numbers: Sequence[_Numbers]) -> list[tuple[Any, ...]]:
        seal = self._keys.cipher.encrypt
        return [
            (
                *(n.person, n.name_fact, seal(row.name, place("person_fact", "sealed", n.name_fact))),
                *(n.birth_fact, row.born_on.isoformat(), n.residence_fact, row.residence),
            )
            for row, n in zip(rows, numbers, strict=True)
        ]


def _number(month: str) -> int:
    return number_of(Month.of(month))


def kept_months_of(row: Row[Any]) -> KeptMonths:
    amounts = Amounts(*(getattr(row, name) for name in AMOUNTS))
    said = TakenMonths(row.first_month, row.last_month, row.wage_sen, amounts)
    return KeptMonths(row.file, row.recorded_at, row.person, row.employer, said)


def _says(there: Employer, row: EmployerRow) -> bool:
    """Whether a row says nothing but what is known."""
    state, sector = row.state or there.state, row.sector or there.sector
    return (there.name, there.mycoid, there.state, there.sector) == (row.name, row.mycoid, state, sector)


def _id(who: Who) -> NationalId:
    return NationalId.of(*who)


def _said(row: PersonRow) -> object:
    return row[1:]


def _spell_taken_of(each: Placed, kept: _KeptSpell | None, day: date) -> TakenSpell:
    row, person, employer = each
    if kept is None:
        return TakenSpell(new_id_text(), person, employer, 1, row.first, row.last, day)
    stated_on = day if kept.stated_on is None else min(day, kept.stated_on)
    return TakenSpell(str(kept.spell), person, employer, kept.revision + 1, row.first, row.last, stated_on)


def _decided(each: Placed, kept: _KeptSpell, day: date) -> Spell:
    """As it starts again: of the days that were published, with the end as it was stated then."""
    row, person, employer = each
    last = kept.ended_on
    is_of_row = last == row.last
    spell = Spell(new_id(), person, employer, 1, kept.started_on, last, stated_on=day, refused=kept.refused)
    return replace(spell, end_stated_on=day if is_of_row and last else None, end_verified=is_of_row or last is None)


def _by_person(each: Placed) -> tuple[int, int]:
    return each.person, each.employer


def has_letters(name: str) -> bool:
    """Whether a name can be compared; most have a letter of the alphabet, and need no closer look."""
    return any("A" <= letter.upper() <= "Z" for letter in name) or bool(readings(name))
