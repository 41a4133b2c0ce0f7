"""Rows of an earlier system held against what is known, and written set-based: in statements, never row by row."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, Amounts, number_of
from services.registration.domain.employer import TENANT, Employer
from services.registration.domain.errors import NationalIdRegistered
from services.registration.domain.membership import CategoryPeriod, Employed, Residing
from services.registration.domain.opening import (
    OPENING,
    EmployerRow,
    MonthsRow,
    OpeningFault,
    PersonRow,
    SpellRow,
)
from services.registration.domain.opening_judging import Judged, KeptMonths, Placed, Sorting, TakenMonths
from services.registration.domain.person import PublicFacts
from services.registration.domain.skbbk import Standing, Statement, StatementKind
from services.registration.domain.spell import Spell
from services.registration.storage.employers import employer_of
from services.registration.storage.keys import Keys
from services.registration.storage.memberships import KeptMembership, stated_of
from services.registration.storage.spells import spell_of
from services.registration.storage.taken_ids import taken_under_any_key
from shared.contracts.contribution_received import ContributionsTakenOverV1
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month
from shared.security.fields import place
from shared.security.names import names_agree, readings
from shared.security.national_id import IdKind, NationalId

_EMPLOYERS = text("""
    SELECT employer, revision, code, name, mycoid, registered_at, state, sector, ended_on FROM employer
    WHERE code = ANY(CAST(:codes AS text[]))
""")
_ADD_EMPLOYERS = text(f"""
    WITH next AS MATERIALIZED (
        SELECT coalesce(kept.employer, nextval('employer_number'))::integer AS employer,
               coalesce(kept.revision + 1, 1) AS revision, asked.code, asked.name, asked.mycoid
        FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:companies AS text[]))
             AS asked (code, name, mycoid) LEFT JOIN recalled_employer AS kept USING (code))
    INSERT INTO employer (employer, tenant, revision, code, name, mycoid, registered_at)
    SELECT employer, '{TENANT}' || employer, revision, code, name, mycoid, CAST(:at AS timestamptz) FROM next
    ORDER BY code
    RETURNING employer, revision, code, name, mycoid
""")  # noqa: S608 - a constant
# Whoever bears such digits, of any kind.
_BEARERS = text("""
    SELECT id.number_index, id.blind_index, born.plain AS born_on, residence.plain AS residence,
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
_NUMBERS = text("""
    SELECT coalesce(kept.person, nextval('person_number'))::integer AS person,
           coalesce(kept.revision + 1, 1) AS revision, kept.died_on, nextval('person_fact_id') AS name_fact,
           nextval('person_fact_id') AS birth_fact, nextval('person_fact_id') AS residence_fact
    FROM unnest(CAST(:tokens AS text[])) WITH ORDINALITY AS asked (id_token, place)
    LEFT JOIN recalled_person AS kept USING (id_token) ORDER BY place
""")
_ADD_PERSONS = text("""
    INSERT INTO person (person, revision, registered_at)
    SELECT person, revision, CAST(:at AS timestamptz)
    FROM unnest(CAST(:persons AS integer[]), CAST(:revisions AS integer[])) AS said (person, revision)
""")
_ADD_IDS = text("""
    INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token, shares_digits,
                             source, evidence, recorded_at)
    SELECT id, person, kind, sealed, blind, number, token, false, :source, :file, CAST(:at AS timestamptz)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:persons AS integer[]), CAST(:kinds AS text[]), CAST(:sealed AS bytea[]),
                CAST(:blind AS bytea[]), CAST(:numbers AS bytea[]), CAST(:tokens AS text[]))
         AS said (id, person, kind, sealed, blind, number, token)
""")
# What is stated is taken to be true of every day, as at a registration: then what is derived is the same rows.
_ADD_FACTS = text("""
    WITH stated AS (
        INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source)
        SELECT id, person, attribute, daterange(NULL, NULL), plain, sealed, :source
        FROM unnest(CAST(:ids AS bigint[]), CAST(:persons AS integer[]), CAST(:attributes AS text[]),
                    CAST(:plain AS text[]), CAST(:sealed AS bytea[])) AS said (id, person, attribute, plain, sealed)
        RETURNING person, attribute, valid, id
    )
    INSERT INTO person_attribute (person, attribute, valid, fact) SELECT * FROM stated
""")
_ADD_DEATHS = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, source)
    SELECT nextval('person_fact_id'), person, 'died_on', daterange(NULL, NULL), day, 'registration'
    FROM unnest(CAST(:persons AS integer[]), CAST(:days AS text[])) AS said (person, day)
""")
_DERIVE = text("SELECT derive_person_attributes(CAST(:persons AS integer[]))")
_ADD_NAMES = text("""
    INSERT INTO person_name_token (token, person, fact)
    SELECT * FROM unnest(CAST(:tokens AS text[]), CAST(:persons AS integer[]), CAST(:facts AS bigint[]))
""")
_WHO = text("""
    SELECT id.blind_index, id.person, born.plain AS born_on
    FROM national_id AS id
    JOIN person_attribute AS b ON b.person = id.person AND b.attribute = 'born_on' AND b.valid @> CAST(:day AS date)
    JOIN person_fact AS born ON born.id = b.fact
    WHERE id.blind_index = ANY(CAST(:blind AS bytea[])) AND id.withdrawn_at IS NULL
""")
# In the order of their numbers, so that two who hold several do not wait for each other.
_HOLD = text("""
    SELECT person FROM person WHERE person = ANY(CAST(:persons AS integer[])) ORDER BY person FOR NO KEY UPDATE
""")
_SPELLS = text("""
    SELECT person, employer, lower(days) AS first, upper(days) - 1 AS last, refused FROM spell
    WHERE person = ANY(CAST(:persons AS integer[]))
""")
_KEPT_SPELLS = text("""
    SELECT DISTINCT ON (person, employer, started_on) person, employer, started_on, spell FROM recalled_spell AS kept
    WHERE person = ANY(CAST(:persons AS integer[]))
      AND NOT EXISTS (SELECT FROM spell WHERE spell.spell = kept.spell)
    ORDER BY person, employer, started_on, revision DESC
""")
_ADD_SPELLS = text("""
    WITH stated AS (
        INSERT INTO spell_fact (spell, tenant, person, employer, days, source)
        SELECT spell, 'employer:' || employer, person, employer, daterange(first, last, '[]'), :source
        FROM unnest(CAST(:spells AS uuid[]), CAST(:persons AS integer[]), CAST(:employers AS integer[]),
                    CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS said (spell, person, employer, first, last)
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
    SELECT stated.spell, tenant, stated.person, stated.employer, days, id, coalesce(kept.revision + 1, 1),
           kept.confirmed_month, kept.confirmed_wage_sen, least(CAST(:day AS date), kept.stated_on), true, false,
           CASE WHEN NOT upper_inf(days) THEN CAST(:day AS date) END, true
    FROM stated LEFT JOIN recalled_spell AS kept ON kept.spell = stated.spell
    ORDER BY stated.person
    RETURNING spell, person, employer, revision, lower(days) AS started_on, upper(days) - 1 AS ended_on,
              confirmed_month, confirmed_wage_sen, stated_on, verified, refused, end_stated_on, end_verified,
              kind_of_work, spouse_of_employer, allowance_sen
""")
_STANDINGS = text("""
    SELECT asked.person, born.plain AS born_on,
           ARRAY (SELECT ROW (lower(part), upper(part) - 1)
                  FROM spell CROSS JOIN unnest(CASE WHEN act4_has IS NULL THEN datemultirange(days)
                                                    ELSE datemultirange(days) * act4_has END) AS part
                  WHERE spell.person = asked.person AND NOT refused) AS spells,
           ARRAY (SELECT ROW (lower(part), upper(part) - 1)
                  FROM spell CROSS JOIN unnest(CASE WHEN act800_has IS NULL THEN datemultirange(days)
                                                    ELSE datemultirange(days) * act800_has END) AS part
                  WHERE spell.person = asked.person AND NOT refused) AS of_act800,
           ARRAY (SELECT ROW (fact.plain, lower(known.valid), upper(known.valid) - 1)
                  FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
                  WHERE known.person = asked.person AND known.attribute = 'residence'
                  ORDER BY lower(known.valid) NULLS FIRST) AS residences,
           ARRAY (SELECT ROW (kind, filed_on, said_at, split_part(tenant, ':', 1)) FROM skbbk_statement AS said
                  WHERE said.person = asked.person ORDER BY id) AS statements
    FROM unnest(CAST(:persons AS integer[])) AS asked (person)
    JOIN person_attribute AS b ON b.person = asked.person AND b.attribute = 'born_on' AND b.valid @> CAST(:day AS date)
    JOIN person_fact AS born ON born.id = b.fact
    ORDER BY asked.person
""")
# As one is kept (storage/memberships.py): who never was a member is told to nobody.
_KEEP_MEMBERSHIPS = text("""
    INSERT INTO membership AS known (person, scheme, revision, periods, statements)
    SELECT person, scheme, coalesce(recalled.revision + 1, 1), CAST(asked.periods AS jsonb),
           CAST(asked.statements AS jsonb)
    FROM unnest(CAST(:persons AS integer[]), CAST(:schemes AS text[]), CAST(:periods AS text[]),
                CAST(:statements AS text[])) AS asked (person, scheme, periods, statements)
    LEFT JOIN recalled_membership AS recalled USING (person, scheme)
    LEFT JOIN membership AS stored USING (person, scheme)
    WHERE asked.periods <> '[]' OR asked.statements <> '[]'
       OR recalled.revision IS NOT NULL OR stored.revision IS NOT NULL
    ORDER BY person, scheme
    ON CONFLICT (person, scheme) DO UPDATE SET revision = known.revision + 1, periods = excluded.periods,
                                               statements = excluded.statements
    WHERE (known.periods, known.statements) IS DISTINCT FROM (excluded.periods, excluded.statements)
    RETURNING known.person, known.scheme, known.revision
""")
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
    FROM unnest(CAST(:employers AS integer[]), CAST(:persons AS integer[]), CAST(:first_months AS integer[]),
                CAST(:last_months AS integer[]), CAST(:wages_sen AS bigint[]),
                {", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)})
         AS said (employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)})
""")  # noqa: S608 - constants
# What was read back after a restore is what was loaded, whichever of both comes first.
_RECALL_MONTHS = text(_ADD_MONTHS.text + " ON CONFLICT (person, employer, first_month) DO NOTHING")
_PUBLISHED = text(f"""
    SELECT file, employer, person, first_month, last_month, wage_sen, {", ".join(AMOUNTS)}, recorded_at
    FROM opening_month
    WHERE (file, employer, person, first_month) > (CAST(:file AS uuid), :employer, :person, :first_month)
    ORDER BY file, employer, person, first_month LIMIT :limit
""")  # noqa: S608 - constants
# In one pass over the register: of a name that thousands bear each bearer would be looked up for each.
_ALIKE = text("""
    WITH told AS MATERIALIZED (
        SELECT named.token, fact.plain AS born_on, named.person
        FROM person_name_token AS named
        JOIN person_attribute AS known ON known.person = named.person AND known.attribute = 'born_on'
        JOIN person_fact AS fact ON fact.id = known.fact
    ), alike AS (
        SELECT DISTINCT unnest(array_agg(person)) AS person FROM told
        GROUP BY token, born_on HAVING count(DISTINCT person) > 1
    )
    SELECT DISTINCT alike.person FROM alike JOIN national_id AS id USING (person)
    WHERE id.source = :source AND id.evidence = :file ORDER BY 1
""")


class _Bearer(NamedTuple):
    """Who bears digits, as known: the index of kind and number, and the name as it is sealed in a fact."""

    blind_index: bytes
    born_on: str | None
    residence: str | None
    name_fact: int | None
    name_sealed: bytes | None


class _Numbers(NamedTuple):
    """What a new person is given; `died_on` was published of it before the database was put back."""

    person: int
    revision: int
    died_on: date | None
    name_fact: int
    birth_fact: int
    residence_fact: int


class OpeningRowRepository:
    """What rows mean here, and writing them, in one transaction of the worker."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def judge_employers(self, rows: Sequence[EmployerRow]) -> Judged:
        """Which of them are new, by their codes."""
        found = await self._employers(row.code for row in rows)
        sorting = Sorting()
        for row in sorting.once(rows, lambda each: each.code, lambda each: (each.name, each.mycoid)):
            there = found.get(row.code)
            same = there is not None and (there.name, there.mycoid) == (row.name, row.mycoid)
            sorting.put(row, row, is_there=there is not None, is_same=same)
        return sorting.judged()

    async def add_employers(self, rows: Sequence[EmployerRow], at: datetime) -> list[Employer]:
        """Register them."""
        values = {
            "codes": [row.code for row in rows],
            "names": [row.name for row in rows],
            "companies": [row.mycoid for row in rows],
            "at": at,
        }
        added = await self._connection.execute(_ADD_EMPLOYERS, values)
        return [Employer(row.employer, row.revision, row.code, row.name, row.mycoid, at) for row in added]

    async def judge_persons(self, rows: Sequence[PersonRow], day: date) -> Judged:
        """Which of them are new, by their national ids; nobody is guessed to be somebody."""
        numbers = await asyncio.to_thread(lambda: [self._keys.numbers.each(row.id_number) for row in rows])
        found: dict[bytes, list[_Bearer]] = defaultdict(list)
        for index, *bearer in await self._connection.execute(_BEARERS, {"numbers": [*chain(*numbers)], "day": day}):
            found[bytes(index)].append(_Bearer(*bearer))
        return await asyncio.to_thread(self._judge_persons, rows, numbers, found)

    async def add_persons(self, rows: Sequence[PersonRow], file: UUID, at: datetime) -> list[PublicFacts]:
        """Register them; what is published of each."""
        made = await asyncio.to_thread(lambda: [self._made(row) for row in rows])
        if await taken_under_any_key(self._connection, self._keys, [_id(row) for row in rows], shares_digits=False):
            # Since they were judged to be new somebody added one under another key: the piece is judged again.
            raise NationalIdRegistered()
        given = await self._connection.execute(_NUMBERS, {"tokens": [each["token"] for each in made]})
        numbers = [_Numbers(*each) for each in given]
        told = list(zip(rows, numbers, made, strict=True))
        persons = [number.person for number in numbers]
        which = {"persons": persons, "source": OPENING, "file": str(file), "at": at}
        await self._connection.execute(_ADD_PERSONS, {**which, "revisions": [number.revision for number in numbers]})
        await self._connection.execute(
            _ADD_IDS, {**which, **_columns(made, "ids", "kinds", "sealed", "blind", "numbers")}
        )
        facts = await asyncio.to_thread(self._facts, told)
        await self._connection.execute(_ADD_FACTS, {**_transposed(_FACT, facts), "source": OPENING})
        names = [(token, n.person, n.name_fact) for _, n, each in told for token in each["names"]]
        await self._connection.execute(_ADD_NAMES, _transposed(("tokens", "persons", "facts"), names))
        await self._add_deaths(numbers)
        return [_public(row, number, each, at) for row, number, each in told]

    async def place(
        self, rows: Sequence[SpellRow | MonthsRow], day: date
    ) -> tuple[list[Placed], dict[int, date], list[OpeningFault]]:
        """Whom each row names, with the births of them all."""
        blind = await asyncio.to_thread(self._blind, rows)
        found = (await self._connection.execute(_WHO, {"blind": sorted({*chain(*blind)}), "day": day})).all()
        who = {bytes(each.blind_index): each for each in found}
        employers = await self._employers(row.employer_code for row in rows)
        placed, faults = [], []
        for row, index in zip(rows, blind, strict=True):
            person = next((who[each] for each in index if each in who), None)
            employer = employers.get(row.employer_code)
            if person is None:
                faults.append(OpeningFault(row.line, "id_number", "person_unknown"))
            elif employer is None:
                faults.append(OpeningFault(row.line, "employer_code", "employer_unknown"))
            else:
                placed.append(Placed(row, person.person, employer.number))
        return placed, {each.person: date.fromisoformat(each.born_on) for each in found}, faults

    async def hold(self, persons: Collection[int]) -> None:
        """Hold people until the transaction ends: what is known of their spells and months stays so."""
        await self._connection.execute(_HOLD, {"persons": sorted(persons)})

    async def spells_of(self, persons: Collection[int]) -> dict[tuple[int, int], list[Employed]]:
        """The days of employment of people, by person and employer."""
        found: dict[tuple[int, int], list[Employed]] = defaultdict(list)
        for row in await self._connection.execute(_SPELLS, {"persons": sorted(persons)}):
            found[row.person, row.employer].append(Employed(row.first, row.last))
        return found

    async def add_spells(self, placed: Sequence[Placed], officer: str, day: date, at: datetime) -> list[Spell]:
        """Add spells, with an officer's word on each; one that was published before a restore keeps its id."""
        asked = {"persons": sorted({each.person for each in placed})}
        kept = {
            (row.person, row.employer, row.started_on): row.spell
            for row in await self._connection.execute(_KEPT_SPELLS, asked)
        }
        rows = [
            (
                kept.get((each.person, each.employer, each.row.first)) or new_id(),
                each.person,
                each.employer,
                each.row.first,
                each.row.last,
            )
            for each in placed
        ]
        columns = _transposed(("spells", "persons", "employers", "firsts", "lasts"), rows)
        whose = {"source": OPENING, "officer": officer, "day": day, "at": at}
        added = await self._connection.execute(_ADD_SPELLS, {**columns, **whose})
        return [spell_of(row) for row in added]

    async def standings(self, persons: Collection[int], day: date) -> dict[int, tuple[date, Standing]]:
        """What memberships rest on, by person: the birth, and all else."""
        asked = {"persons": sorted(persons), "day": day}
        return {
            row.person: (
                date.fromisoformat(row.born_on),
                Standing(
                    spells=tuple(Employed(*days) for days in row.spells),
                    residences=tuple(Residing(*days) for days in row.residences),
                    statements=tuple(Statement(StatementKind(said[0]), *said[1:]) for said in row.statements),
                    of_act800=tuple(Employed(*days) for days in row.of_act800),
                ),
            )
            for row in await self._connection.execute(_STANDINGS, asked)
        }

    async def keep_memberships(
        self, derived: Sequence[tuple[int, str, Sequence[CategoryPeriod], Sequence[Statement]]]
    ) -> list[KeptMembership]:
        """Store memberships, each whole; those that changed."""
        rows = [(person, scheme, *stated_of(periods, said)) for person, scheme, periods, said in derived]
        columns = _transposed(("persons", "schemes", "periods", "statements"), rows)
        by_key = {(person, scheme): (tuple(periods), tuple(said)) for person, scheme, periods, said in derived}
        kept = await self._connection.execute(_KEEP_MEMBERSHIPS, columns)
        return [KeptMembership(row.person, row.scheme, row.revision, *by_key[row.person, row.scheme]) for row in kept]

    async def months_of(self, persons: Collection[int]) -> dict[tuple[int, int], list[TakenMonths]]:
        """What was taken over and declared of people's months, by person and employer."""
        found: dict[tuple[int, int], list[TakenMonths]] = defaultdict(list)
        for row in await self._connection.execute(_MONTHS, {"persons": sorted(persons)}):
            amounts = Amounts(*(getattr(row, name) for name in AMOUNTS))
            said = TakenMonths(row.first_month, row.last_month, row.wage_sen, amounts, is_declared_here=row.is_line)
            found[row.person, row.employer].append(said)
        return found

    async def add_months(self, placed: Sequence[Placed], file: UUID, at: datetime) -> None:
        """Add months, as ranges."""
        rows = [
            (
                each.employer,
                each.person,
                each.row.first_month,
                each.row.last_month,
                each.row.wage_sen,
                *tuple(getattr(each.row.amounts, name) for name in AMOUNTS),
            )
            for each in placed
        ]
        await self._connection.execute(_ADD_MONTHS, {**_transposed(_RANGE, rows), "file": file, "at": at})

    async def recall_months(self, event: ContributionsTakenOverV1) -> None:
        """Keep months as they were published, where the database has forgotten them."""
        first, last = (list(map(_number, months)) for months in (event.first_months, event.last_months))
        columns = {"employers": list(event.employers), "persons": list(event.persons), "first_months": first}
        more = {"last_months": last, **{name: list(getattr(event, name)) for name in ("wages_sen", *AMOUNTS)}}
        await self._connection.execute(_RECALL_MONTHS, {**columns, **more, "file": event.file, "at": event.taken_at})

    async def list_published(self, after: Sequence[Any], limit: int) -> list[KeptMonths]:
        """Months that were taken over, after a file, employer, person and first month: for the worker's role."""
        position = dict(zip(("file", "employer", "person", "first_month"), after, strict=True))
        found = await self._connection.execute(_PUBLISHED, {**position, "limit": limit})
        return [kept_months_of(row) for row in found]

    async def alike(self, file: UUID) -> list[int]:
        """Those who came with a file and have the name and the day of birth of somebody else."""
        return list((await self._connection.execute(_ALIKE, {"source": OPENING, "file": str(file)})).scalars())

    async def _employers(self, codes: Iterable[str]) -> dict[str, Employer]:
        found = await self._connection.execute(_EMPLOYERS, {"codes": sorted(set(codes))})
        return {row.code: employer_of(row) for row in found}

    async def _add_deaths(self, numbers: Sequence[_Numbers]) -> None:
        """Of who was published to have died before the database was put back."""
        dead = [(row.person, row.died_on.isoformat()) for row in numbers if row.died_on is not None]
        if dead:
            await self._connection.execute(_ADD_DEATHS, _transposed(("persons", "days"), dead))
            await self._connection.execute(_DERIVE, {"persons": [person for person, _ in dead]})

    def _blind(self, rows: Sequence[SpellRow | MonthsRow]) -> list[list[bytes]]:
        """The indexes of whom each row names: once for each person."""
        made: dict[tuple[str, str], list[bytes]] = {}
        for row in rows:
            who = (row.id_kind, row.id_number)
            if who not in made:
                made[who] = self._keys.ids.each_of_id(_id(row))
        return [made[row.id_kind, row.id_number] for row in rows]

    def _judge_persons(
        self, rows: Sequence[PersonRow], numbers: Sequence[Sequence[bytes]], found: Mapping[bytes, Sequence[_Bearer]]
    ) -> Judged:
        sorting = Sorting()
        index = {row.line: number for row, number in zip(rows, numbers, strict=True)}
        for row in sorting.once(rows, lambda each: each.id_number, _said):
            bearers = [bearer for each in index[row.line] for bearer in found.get(each, ())]
            blind = self._keys.ids.each_of_id(_id(row)) if bearers else []
            same = next((each for each in bearers if bytes(each.blind_index) in blind), None)
            if not has_letters(row.name):
                sorting.fault(row, "name", "name_without_letters")
            elif bearers and same is None:
                sorting.fault(row, "id_number", "national_id_of_another")
            else:
                sorting.put(row, row, is_there=same is not None, is_same=self._is_same(row, same))
        return sorting.judged()

    def _is_same(self, row: PersonRow, there: _Bearer | None) -> bool:
        if there is None or (there.born_on, there.residence) != (row.born_on.isoformat(), row.residence):
            return False
        if there.name_sealed is None or there.name_fact is None:
            return False
        known = self._keys.cipher.decrypt(bytes(there.name_sealed), place("person_fact", "sealed", there.name_fact))
        return names_agree(self._keys.name_tokens.of(known), self._keys.name_tokens.of(row.name))

    def _made(self, row: PersonRow) -> dict[str, Any]:
        id_, who = new_id(), _id(row)
        return {
            "ids": id_,
            "kinds": who.kind.value,
            "sealed": self._keys.cipher.encrypt(who.number, place("national_id", "number_sealed", str(id_))),
            "blind": self._keys.ids.of_id(who),
            "numbers": self._keys.numbers.of(who.number),
            "token": self._keys.id_tokens.of(who),
            "names": self._keys.name_tokens.of(row.name),
        }

    def _facts(self, told: Sequence[tuple[PersonRow, _Numbers, Any]]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for row, number, _ in told:
            sealed = self._keys.cipher.encrypt(row.name, place("person_fact", "sealed", number.name_fact))
            found.append((number.name_fact, number.person, "name", None, sealed))
            found.append((number.birth_fact, number.person, "born_on", row.born_on.isoformat(), None))
            found.append((number.residence_fact, number.person, "residence", row.residence, None))
        return found


def _number(month: str) -> int:
    return number_of(Month.of(month))


def kept_months_of(row: Row[Any]) -> KeptMonths:
    amounts = Amounts(*(getattr(row, name) for name in AMOUNTS))
    said = TakenMonths(row.first_month, row.last_month, row.wage_sen, amounts)
    return KeptMonths(row.file, row.recorded_at, row.person, row.employer, said)


_RANGE = ("employers", "persons", "first_months", "last_months", "wages_sen", *AMOUNTS)
_FACT = ("ids", "persons", "attributes", "plain", "sealed")


def _id(row: PersonRow | SpellRow | MonthsRow) -> NationalId:
    return NationalId(IdKind(row.id_kind), row.id_number)


def _said(row: PersonRow) -> object:
    return row.id_kind, row.name, row.born_on, row.residence


def has_letters(name: str) -> bool:
    """Whether a name can be compared; most have a letter of the alphabet, and need no closer look."""
    return any("A" <= letter.upper() <= "Z" for letter in name) or bool(readings(name))


def _columns(made: Sequence[Mapping[str, Any]], *names: str) -> dict[str, list[Any]]:
    return {name: [each[name] for each in made] for name in names} | {"tokens": [each["token"] for each in made]}


def _transposed(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _public(row: PersonRow, number: _Numbers, made: Mapping[str, Any], at: datetime) -> PublicFacts:
    tokens = (made["token"],)
    facts = (tokens, row.born_on, row.residence, at, made["names"])
    return PublicFacts(number.person, number.revision, *facts, died_on=number.died_on)
