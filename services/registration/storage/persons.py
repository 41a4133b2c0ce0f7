"""Persons: their numbers, their sealed national ids, and their attributes as facts (rules F1)."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Integer, Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import NEEDED
from services.registration.domain.errors import (
    NationalIdOfAnotherKind,
    NationalIdRegistered,
    PersonErased,
    PersonUnknown,
)
from services.registration.domain.insured import Insured, Matches
from services.registration.domain.pass_renewal import ForeignPass, PassRenewal
from services.registration.domain.person import Person, PublicFacts, Published, Registered, StatedEnd
from services.registration.storage.insured import one_person, released, works
from services.registration.storage.keys import Keys
from services.registration.storage.taken_ids import taken_under_any_key, tokens_of_other_kinds
from services.registration.storage.violations import violated
from shared.kernel.identifiers import new_id
from shared.persistence.arrays import array_text
from shared.security.blind_index import HASH_BYTES
from shared.security.fields import place
from shared.security.names import names_agree
from shared.security.national_id import NationalId

P = ParamSpec("P")
T = TypeVar("T")

SEALED = ("name", "address", "email", "telephone")
# What takes longer than a thread does to begin.
_MANY = 500
# A fact is sealed for its id, so that the ids come first.
_NEXT = text("""
    SELECT coalesce(kept.person, nextval('person_number'))::integer, coalesce(kept.revision + 1, 1), kept.died_on,
           kept.pass_ended_on, before.born_on, before.residence, before.residence_since, before.was_erased,
           taken_by_token(:token, CAST(:other_kinds AS text[]), CAST(:shares_digits AS boolean)),
           ARRAY(SELECT nextval('person_fact_id') FROM generate_series(1, :facts))
    FROM (VALUES (CAST(:token AS text))) AS asked (id_token) LEFT JOIN recalled_person AS kept USING (id_token)
    CROSS JOIN published_before(:token) AS before
""")
# After a restore whoever bears the id is given its own number again: that one is taken where it has come back already.
_REGISTERED = ("uq_national_id_blind_index", "uq_national_id_token", "person_pkey")
# What is known at registration is taken to be true of every day, until a later fact says otherwise.
_ADD = text("""
    WITH added AS (
            INSERT INTO person (person, revision, registered_at)
            VALUES (CAST(:person AS integer), CAST(:revision AS integer), CAST(:registered_at AS timestamptz))),
         identified AS (
            INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token,
                                     shares_digits, source, recorded_at)
            VALUES (CAST(:id AS uuid), CAST(:person AS integer), :kind, CAST(:number_sealed AS bytea),
                    CAST(:blind_index AS bytea), CAST(:number_index AS bytea), :id_token,
                    CAST(:shares_digits AS boolean), :source, CAST(:registered_at AS timestamptz))),
         named AS (
            INSERT INTO person_name_token (token, person, fact)
            SELECT token, CAST(:person AS integer), CAST(:name_fact AS bigint)
            FROM unnest(CAST(:name_tokens AS text[])) AS token)
    INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source)
    SELECT id, :person, attribute, daterange(NULL, NULL), plain, sealed, source
    FROM unnest(CAST(:ids AS bigint[]), CAST(:attributes AS text[]), CAST(:plain AS text[]), CAST(:sealed AS bytea[]),
                CAST(:sources AS text[])) AS stated (id, attribute, plain, sealed, source)
""")
# What was published before a restore of who is registered again: it counts, beside what is stated now.
ADD_PUBLISHED = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, source)
    SELECT nextval('person_fact_id'), person, attribute, daterange(first, NULL), plain, 'registration'
    FROM unnest(CAST(:persons AS integer[]), CAST(:attributes AS text[]), CAST(:plain AS text[]),
                CAST(:firsts AS date[])) AS said (person, attribute, plain, first)
""")
# The name and the birth that are stated are compared with those of everybody else.
_DERIVE = text("""
    SELECT is_like_another(CAST(:person AS integer), CAST(:name_tokens AS text[]), CAST(:born_on AS text)),
           derive_person_attributes(ARRAY[CAST(:person AS integer)])
""")
_DERIVE_AGAIN = text("SELECT derive_person_attributes(ARRAY[CAST(:person AS integer)])")
# NO KEY: each of two requests about one person has just written a row that refers to it, and would wait for the other.
# All numbers of each, since what one states is derived for the one that survives: everybody waits in one order.
_LOCK = text("""
    SELECT person, erased_at FROM person
    WHERE person = ANY(ARRAY(SELECT unnest(numbers_of(number)) FROM unnest(CAST(:persons AS integer[])) AS number))
    ORDER BY person FOR NO KEY UPDATE
""")
_ERASED = text("""
    SELECT person FROM person WHERE person = ANY(CAST(:persons AS integer[])) AND erased_at IS NOT NULL
""")
_BEHIND = text("""
    SELECT found.* FROM unnest(CAST(:indexes AS bytea[])) AS index, name_behind_national_id(index, :day) AS found
""")
# What is compared where there is nobody, so that it takes as long.
_NOBODY = "AHMAD BIN ALI"
_BEARS = text("""
    SELECT bool_or(bears_national_id(:person, index)) FROM unnest(CAST(:indexes AS bytea[])) AS index
""")
_SEEN = """(:officer OR EXISTS (SELECT FROM person_access AS access
                                WHERE access.person = person.person AND access.tenant = :tenant))"""
# A person may see itself too, by whichever of its numbers, where it asks for what is kept of it: nobody has access to
# who was erased. Of whom a database that was put back knows nothing but that, it is told as well.
_SEES = text(f"""
    SELECT erased_at IS NOT NULL AS is_erased FROM person
    WHERE person = :person AND ({_SEEN} OR :tenant IN (
        SELECT 'person:' || own.number FROM unnest(numbers_of(person.person)) AS own (number)))
    UNION ALL
    (SELECT true FROM erasure
     WHERE state = 'erased' AND numbers @> ARRAY[CAST(:person AS integer)]
       AND NOT EXISTS (SELECT FROM person WHERE person.person = :person)
       AND (:officer OR :tenant IN (SELECT 'person:' || own.number FROM unnest(numbers) AS own (number)))
     LIMIT 1)
""")  # noqa: S608 - a constant
_NUMBERS = text(f"""
    SELECT person FROM person WHERE {_SEEN} AND person > :after AND erased_at IS NULL ORDER BY person LIMIT :limit
""")  # noqa: S608 - a constant
_SEEN_OR_SELF = f"({_SEEN} OR 'person:' || person.person = :tenant)"
# An employer is told where somebody is reached only if it stated it itself; the person knows.
_MAY_READ = f"""{_SEEN_OR_SELF}
      AND (fact.attribute NOT IN ('address', 'email', 'telephone') OR :officer OR fact.source = :tenant
           OR 'person:' || fact.person = :tenant)"""
_READ = text(f"""
    SELECT person.person, person.revision, person.registered_at, fact.id, fact.attribute, fact.plain, fact.sealed
    FROM person
    JOIN person_attribute AS known ON known.person = person.person AND known.valid @> CAST(:day AS date)
    JOIN person_fact AS fact ON fact.id = known.fact
    WHERE person.person = ANY(CAST(:persons AS integer[])) AND {_MAY_READ}
    ORDER BY person.person
""")  # noqa: S608 - a constant
# What a merge kept of another one, or was stated of this one by mistake, is told to nobody but officers and whoever
# stated it once a split has parted them.
OWN = """(:officer OR {0}.source = :tenant
          OR NOT is_anothers({0}.id, CAST((SELECT numbers_of(:person)) AS integer[])))"""
# As `derive_person_attributes` derives it, of what had been recorded by an instant.
_AS_KNOWN = text(f"""
    WITH said AS (
        SELECT * FROM person_fact AS stated
        WHERE person = :person AND recorded_at <= CAST(:known_at AS timestamptz) AND {OWN.format("stated")}
    )
    SELECT DISTINCT ON (fact.attribute) person.person, person.revision, person.registered_at, fact.id, fact.attribute,
           fact.plain, fact.sealed
    FROM person JOIN said AS fact USING (person)
    WHERE fact.valid @> CAST(:day AS date) AND {_MAY_READ}
      AND NOT EXISTS (SELECT FROM said AS later WHERE later.retracts = fact.id)
    ORDER BY fact.attribute, fact.recorded_at DESC, fact.id DESC
""")  # noqa: S608 - a constant
# What is known of a person, and its spells, are each read once: of half a million lines the look-ups are most of the
# work. The name is that of the number that the file names.
#
# The hashes stand one behind the other, and what is found comes back as columns: a row for each line costs the driver
# as much as PostgreSQL takes to find it (decision 78). People are looked up in the order of their numbers, in which
# they lie, and by indexes whatever a plan believes (OFFSET): a piece of a file reads no table of the nation as a whole.
# ANY: the exclusion of overlapping spells would find them too, for several times as much.
_MATCH = text(f"""
    WITH asked AS (
        SELECT sent.place - 1 AS place, sent.employer, make_date(sent.month / 100, sent.month % 100, 1) AS first_day,
               substring(CAST(:numbers AS bytea) FROM CAST((sent.place - 1) * {HASH_BYTES} + 1 AS integer)
                                                 FOR {HASH_BYTES}) AS number_index
        FROM unnest(CAST(CAST(:employers AS text) AS integer[]), CAST(CAST(:months AS text) AS integer[]))
             WITH ORDINALITY AS sent (employer, month, place)
    ), bearing AS (
        SELECT asked.place, asked.employer, borne.person, asked.first_day,
               CAST(asked.first_day + interval '1 month' AS date) - 1 AS last_day,
               daterange(asked.first_day, CAST(asked.first_day + interval '1 month' AS date)) AS days
        FROM asked
        CROSS JOIN LATERAL (
            SELECT id.person FROM national_id AS id
            WHERE id.number_index = asked.number_index AND id.withdrawn_at IS NULL OFFSET 0) AS borne
        ORDER BY borne.person OFFSET 0
    ), known AS (
        SELECT bearer.place, bearer.person, stands.born_on, works.first_liable_on, stands.residence, stands.name_fact,
               stands.name_sealed,
               CAST(works.here AS integer) + CAST(works.elsewhere AS integer) * 2
                   + CASE WHEN {released("bearer.days")} THEN 4 ELSE 0 END
                   + CAST(works.act4_has_work AS integer) * 8 + CAST(works.act800_has_work AS integer) * 16 AS works
        FROM bearing AS bearer
        CROSS JOIN {one_person("bearer.person")}
        CROSS JOIN {works("bearer.employer", "bearer.person", "bearer.days")}
        CROSS JOIN LATERAL (
            SELECT max(fact.plain) FILTER (WHERE fact.attribute = 'born_on' AND fact.person = one.numbers[1])
                       AS born_on,
                   max(fact.plain) FILTER (WHERE fact.attribute = 'residence' AND fact.person = one.numbers[1])
                       AS residence,
                   max(fact.id) FILTER (WHERE fact.attribute = 'name' AND fact.person = bearer.person) AS name_fact,
                   max(fact.sealed) FILTER (WHERE fact.attribute = 'name' AND fact.person = bearer.person)
                       AS name_sealed
            FROM person_fact AS fact
            WHERE fact.id = ANY(ARRAY(
                SELECT known.fact FROM person_attribute AS known
                WHERE known.person = ANY(ARRAY[bearer.person, one.numbers[1]]) AND known.valid @> bearer.last_day
                  AND known.attribute IN ('born_on', 'residence', 'name')))) AS stands
        WHERE works.knows AND stands.born_on IS NOT NULL AND stands.residence IS NOT NULL
          AND stands.name_fact IS NOT NULL
    )
    SELECT array_agg(place) AS places, array_agg(person) AS persons,
           array_agg(CAST(born_on AS date) - CAST('1970-01-01' AS date)) AS born_on,
           array_agg(first_liable_on - CAST('1970-01-01' AS date)) AS first_liable_on,
           array_agg(residence) AS residences, array_agg(works) AS works, array_agg(name_fact) AS facts,
           array_agg(name_sealed) AS sealed
    FROM known
""")  # noqa: S608 - constants
# By a number of those one may be told from another line of the same person only when the person is known.
_SEVERAL = text("""
    SELECT id.number_index FROM national_id AS id JOIN (
        SELECT own.person FROM (SELECT DISTINCT person FROM spell WHERE employer = :employer) AS own
        JOIN national_id AS borne ON borne.person = own.person AND borne.withdrawn_at IS NULL
        GROUP BY own.person HAVING count(*) > 1
    ) AS bearer USING (person)
    WHERE id.withdrawn_at IS NULL
""")
_PUBLIC = """
    SELECT person.person, person.revision, person.registered_at, id_tokens_of(person.person) AS id_tokens,
           max(fact.plain) FILTER (WHERE fact.attribute = 'born_on') AS born_on,
           max(fact.plain) FILTER (WHERE fact.attribute = 'residence') AS residence,
           max(lower(known.valid)) FILTER (WHERE fact.attribute = 'residence') AS residence_since,
           max(fact.plain) FILTER (WHERE fact.attribute = 'died_on') AS died_on,
           max(fact.plain) FILTER (WHERE fact.attribute = 'pass_ended_on') AS pass_ended_on,
           max(fact.id) FILTER (WHERE fact.attribute = 'name') AS name_fact,
           (array_agg(fact.sealed) FILTER (WHERE fact.attribute = 'name'))[1] AS name_sealed
    FROM person
    JOIN person_attribute AS known ON known.person = person.person AND known.valid @> CAST(:day AS date)
    JOIN person_fact AS fact ON fact.id = known.fact
"""
# Of who was erased nothing is published: a page of them alone would be the last one.
_PUBLISHED = text(f"""
    {_PUBLIC} WHERE person.person > :after AND person.person IN (
        SELECT person FROM person WHERE person > :after AND erased_at IS NULL ORDER BY person LIMIT :limit)
    GROUP BY person.person ORDER BY person.person
""")  # noqa: S608 - a constant
_TOLD = text(f"{_PUBLIC} WHERE person.person = :person GROUP BY person.person")
_REVISION = text("SELECT revision FROM person WHERE person = :person")
_RAISE = text("UPDATE person SET revision = revision + 1 WHERE person = :person")
# Whoever bears such a number, of any kind, with the name that is known for a day.
_WHO_BEARS = text("""
    SELECT DISTINCT id.person, name.id AS name_fact, name.sealed AS name_sealed
    FROM national_id AS id
    JOIN person_attribute AS n ON n.person = id.person AND n.attribute = 'name' AND n.valid @> CAST(:day AS date)
    JOIN person_fact AS name ON name.id = n.fact
    WHERE id.number_index = ANY(CAST(:indexes AS bytea[])) AND id.withdrawn_at IS NULL ORDER BY id.person
""")
# What is stated of a number is the survivor's.
_DIED_ON = text("""
    SELECT fact.plain FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = (numbers_of(CAST(:person AS integer)))[1] AND known.attribute = 'died_on'
""")
# What a register had stated of people of whom an employment comes to be known: of the number that survives.
_STATED_ENDS = text("""
    SELECT asked.person, known.attribute, CAST(fact.plain AS date) AS day, fact.source
    FROM (SELECT person, person AS survivor FROM unnest(CAST(:single AS integer[])) AS said (person)
          UNION ALL
          SELECT person, (numbers_of(person))[1] FROM unnest(CAST(:others AS integer[])) AS said (person)) AS asked
    JOIN person_attribute AS known ON known.person = asked.survivor AND known.attribute IN ('died_on', 'pass_ended_on')
    JOIN person_fact AS fact ON fact.id = known.fact
    ORDER BY asked.person, known.attribute
""")
_HAS_DIED = text("""
    SELECT person FROM person_attribute WHERE person = ANY(CAST(:persons AS integer[])) AND attribute = 'died_on'
    ORDER BY person
""")
# No day takes back what was stated: a fact of no day, which retracts it.
_STATE_DAY = text("""
    WITH added AS (
        INSERT INTO person_fact (id, person, attribute, valid, plain, source, retracts)
        VALUES (nextval('person_fact_id'), :person, :attribute,
                CASE WHEN CAST(:day AS text) IS NULL THEN 'empty'::daterange ELSE daterange(NULL, NULL) END,
                CAST(:day AS text), :source,
                (SELECT fact FROM person_attribute WHERE person = :person AND attribute = :attribute)))
    UPDATE person SET revision = revision + 1 WHERE person = :person
""")
_FOREIGN_PASS = text("""
    SELECT fact.plain AS ended_on,
           (SELECT count(*) FROM person_fact AS said WHERE said.person = :person AND said.attribute = 'pass_ended_on')
               AS revision
    FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = :person AND known.attribute = 'pass_ended_on'
""")
_RENEW = text("""
    INSERT INTO person_fact (id, person, attribute, valid, source, retracts, officer, approved_by, evidence)
    SELECT nextval('person_fact_id'), :person, 'pass_ended_on', 'empty', :source, known.fact, :proposed_by,
           :approved_by, :evidence
    FROM person_attribute AS known WHERE known.person = :person AND known.attribute = 'pass_ended_on'
""")
_RESIDENCE = text("""
    SELECT fact.plain FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
    WHERE known.person = :person AND known.attribute = 'residence' AND known.valid @> CAST(:day AS date)
""")

# An identity number as a file carries it, and the wage month, written 202606.
NumberInMonth = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: officers see everybody, an employer the persons of its spells."""

    tenant: str
    officer: bool

    @property
    def employer(self) -> int | None:
        """The number of the employer who looks, if one does."""
        kind, _, number = self.tenant.partition(":")
        return int(number) if kind == "employer" else None


def published_columns(said: Sequence[tuple[int, str, str, date | None]]) -> dict[str, list[Any]]:
    """What was published of people before a restore, as `ADD_PUBLISHED` takes it."""
    columns = map(list, zip(*said, strict=True))
    return dict(zip(("persons", "attributes", "plain", "firsts"), columns, strict=True))


class PersonRepository:
    """Persons and what is known of them, inside one transaction."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def register(
        self, national_id: NationalId, facts: Mapping[str, str], source: str, at: datetime, *, shares_digits: bool
    ) -> Registered:
        """Add a person under the next number; raises NationalIdRegistered, or NationalIdOfAnotherKind unless another
        person may bear the same digits.

        Nothing is read back that is not its own. A number that was published, and forgotten with the database, is kept
        for whoever bears it.
        """
        identified = {**self._identified(national_id), "shares_digits": shares_digits}
        _refuse(await taken_under_any_key(self._connection, self._keys, [national_id], shares_digits=shares_digits))
        asked = {
            "token": identified["id_token"],
            "other_kinds": tokens_of_other_kinds(self._keys, national_id),
            "shares_digits": shares_digits,
            "facts": len(facts),
        }
        number, revision, *told, was_erased, taken, ids = (await self._connection.execute(_NEXT, asked)).one()
        _refuse(taken)
        person = {"person": number, "revision": revision, "registered_at": at, "source": source}
        known = {attribute: (value, source) for attribute, value in facts.items()}
        named = {"name_fact": ids[0], "name_tokens": list(self._keys.name_tokens.of(facts["name"]))}
        try:
            stated = self._stated(ids, known)
            await self._connection.execute(_ADD, {**person, **identified, **named, **stated})
        except IntegrityError as error:
            _refuse(violated(error))
            raise
        published = Published(*told)
        born_on = date.fromisoformat(facts["born_on"])
        beside = [(number, *each) for each in published.beside(born_on, facts["residence"])]
        if beside:
            await self._connection.execute(ADD_PUBLISHED, published_columns(beside))
        born = (published.born_on or born_on).isoformat()
        compared = {"person": number, "name_tokens": named["name_tokens"], "born_on": born}
        is_like_another = (await self._connection.execute(_DERIVE, compared)).one()[0]
        return Registered(number, revision, is_like_another, published, was_erased)

    async def lock(self, *numbers: int) -> None:
        """Hold persons that the transaction may see until it ends, by all numbers of each; raises PersonUnknown,
        PersonErased."""
        if await self._hold(numbers):
            raise PersonErased()

    async def lock_either(self, *numbers: int) -> None:
        """The same for what stands while one of them is kept; raises PersonUnknown, PersonErased where none is."""
        if await self._hold(numbers) == set(numbers):
            raise PersonErased()

    async def erased(self, numbers: Collection[int]) -> set[int]:
        """Those of these of whom nothing is kept."""
        return set((await self._connection.execute(_ERASED, {"persons": sorted(numbers)})).scalars())

    async def see(self, number: int, viewer: Viewer) -> None:
        """Raises PersonUnknown unless the viewer may see the person, or is it; PersonErased of whom nothing is kept."""
        asked = {"person": number, "tenant": viewer.tenant, "officer": viewer.officer}
        is_erased: bool | None = (await self._connection.execute(_SEES, asked)).scalar_one_or_none()
        if is_erased is None:
            raise PersonUnknown()
        if is_erased:
            raise PersonErased()

    async def prove(self, number: int, national_id: NationalId) -> None:
        """Raises PersonUnknown unless the person bears this national id; one look-up, whether or not there is one."""
        asked = {"person": number, "indexes": self._keys.ids.each_of_id(national_id)}
        if not (await self._connection.execute(_BEARS, asked)).scalar_one():
            raise PersonUnknown()

    async def behind(self, national_id: NationalId, name: str, day: date) -> int:
        """The person who bears this national id and this name; raises PersonUnknown, whichever of them is wrong."""
        asked = {"indexes": self._keys.ids.each_of_id(national_id), "day": day}
        found = (await self._connection.execute(_BEHIND, asked)).one_or_none()
        known = _NOBODY if found is None else self._open(found.fact, found.sealed)
        if not names_agree(self._keys.name_tokens.of(known), self._keys.name_tokens.of(name)) or found is None:
            raise PersonUnknown()
        number: int = found.person
        return number

    async def get(self, number: int, viewer: Viewer, day: date) -> Person:
        """A person as known for a day; raises PersonUnknown."""
        found = await self._read([number], viewer, day)
        if not found:
            await self.see(number, viewer)
            raise PersonUnknown()
        return found[0]

    async def as_known(self, number: int, viewer: Viewer, day: date, known_at: datetime) -> Person:
        """A person as it had been recorded by an instant, for a day; raises PersonUnknown."""
        asked = {"person": number, "day": day, "known_at": known_at}
        rows = (await self._connection.execute(_AS_KNOWN, {**asked, **_asks(viewer)})).all()
        known = {row.attribute: self._value(row) for row in rows}
        if not known.keys() >= {*NEEDED}:
            await self.see(number, viewer)
            raise PersonUnknown()
        return _person(number, rows[0].revision, rows[0].registered_at, known)

    async def told(self, number: int, day: date) -> PublicFacts:
        """What is published of a person that the transaction may read."""
        row = (await self._connection.execute(_TOLD, {"person": number, "day": day})).one()
        return public_facts_of(row, self._open(row.name_fact, row.name_sealed), self._keys)

    async def revision_of(self, number: int) -> int:
        """The revision of what is known of a person that the transaction may see."""
        found: int = (await self._connection.execute(_REVISION, {"person": number})).scalar_one()
        return found

    async def raise_revision(self, number: int) -> None:
        """What is known of a person that the transaction holds has changed."""
        await self._connection.execute(_RAISE, {"person": number})

    async def page(self, after: int, limit: int, viewer: Viewer, day: date) -> list[Person]:
        """The persons that the viewer may see, by number, after one."""
        asked = {"tenant": viewer.tenant, "officer": viewer.officer, "after": after, "limit": limit}
        numbers = (await self._connection.execute(_NUMBERS, asked)).scalars().all()
        return await self._read(numbers, viewer, day)

    async def of_numbers(self, numbers: Sequence[int], viewer: Viewer, day: date) -> list[Person]:
        """These people as far as the viewer may see them, by number."""
        return await self._read(numbers, viewer, day)

    async def who_bears(self, number: str, name: str, day: date) -> tuple[int, list[int]]:
        """How many bear a number, and those of them whose name agrees; for the worker's role."""
        asked = {"indexes": self._keys.numbers.each(number), "day": day}
        rows = (await self._connection.execute(_WHO_BEARS, asked)).all()
        tokens = self._keys.name_tokens.of(name)
        opened = {row.person: self._open(row.name_fact, row.name_sealed) for row in rows}
        return len(opened), [
            who for who, known in opened.items() if names_agree(self._keys.name_tokens.of(known), tokens)
        ]

    async def died_on(self, number: int) -> date | None:
        """The day of the person's death, where one is known, by whichever of the numbers one asks."""
        found = (await self._connection.execute(_DIED_ON, {"person": number})).scalar_one_or_none()
        return None if found is None else date.fromisoformat(found)

    async def stated_ends(self, numbers: Collection[int], single: Collection[int] = ()) -> list[StatedEnd]:
        """The deaths and the ends of passes that are known of these people, by number; `single` are no others' too."""
        asked = {"single": sorted(single), "others": sorted(set(numbers) - set(single))}
        return [StatedEnd(*row) for row in await self._connection.execute(_STATED_ENDS, asked)]

    async def with_a_death(self, numbers: Collection[int]) -> list[int]:
        """Those of these numbers of which a death is known by itself."""
        return list((await self._connection.execute(_HAS_DIED, {"persons": sorted(numbers)})).scalars())

    async def state_day(self, number: int, attribute: str, day: date | None, source: str) -> None:
        """State a day of a person that the transaction holds, in place of what was known; None: there is none."""
        stated = {"person": number, "attribute": attribute, "day": None if day is None else day.isoformat()}
        await self._connection.execute(_STATE_DAY, {**stated, "source": source})
        await self._connection.execute(_DERIVE_AGAIN, {"person": number})

    async def foreign_pass(self, number: int) -> ForeignPass | None:
        """The end of a person's pass, where one is known and no renewal."""
        row = (await self._connection.execute(_FOREIGN_PASS, {"person": number})).one_or_none()
        return None if row is None else ForeignPass(date.fromisoformat(row.ended_on), row.revision)

    async def renew_pass(self, renewal: PassRenewal) -> None:
        """Take back the end of the pass of a person that the transaction holds."""
        await self._connection.execute(_RENEW, asdict(renewal))
        await self._connection.execute(_DERIVE_AGAIN, {"person": renewal.person})

    async def residence(self, number: int, day: date) -> str | None:
        """The residence as known for a day."""
        found: str | None = (
            await self._connection.execute(_RESIDENCE, {"person": number, "day": day})
        ).scalar_one_or_none()
        return found

    async def list_published(self, after: int, limit: int, day: date) -> list[PublicFacts]:
        """What is published of persons, by number, after one: every person's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit, "day": day})
        return [public_facts_of(row, self._open(row.name_fact, row.name_sealed), self._keys) for row in found]

    async def match(self, employer: int, asked: Collection[NumberInMonth]) -> dict[NumberInMonth, list[Insured]]:
        """Who of an employer's people bears each number, found by its blind index, as known for the month's end."""
        keys = list(asked)
        numbers, months = [number for number, _ in keys], [month for _, month in keys]
        found = await self.match_lines([employer] * len(keys), numbers, months)
        matched: dict[NumberInMonth, list[Insured]] = defaultdict(list)
        for at, person in found.each():
            matched[keys[at]].append(person)
        return matched

    async def match_lines(self, employers: Sequence[int], numbers: Sequence[str], months: Sequence[int]) -> Matches:
        """The same of numbers in months, written 202606, by their places, each among the people of an employer; what is
        blank or no month asks for nobody."""
        places = [at for at, (number, month) in enumerate(zip(numbers, months, strict=True)) if number and month > 0]
        hashes = await _made(len(places), self._keys.numbers.each_of, [numbers[at] for at in places])
        sent = {
            "employers": array_text(Integer(), [employers[at] for at in places] * len(hashes)),
            "numbers": b"".join(hashes),
            "months": array_text(Integer(), [months[at] for at in places] * len(hashes)),
        }
        row = (await self._connection.execute(_MATCH, sent)).one()
        return await _made(len(places), self._matches_of, row, places)

    async def indexes_of_several(self, employer: int) -> frozenset[bytes]:
        """The blind indexes of the numbers of an employer's people who have more than one; for the worker's role."""
        found = await self._connection.execute(_SEVERAL, {"employer": employer})
        return frozenset(bytes(each) for each in found.scalars())

    def among(self, indexes: Collection[bytes], numbers: Collection[str]) -> frozenset[str]:
        """Those of these numbers that have one of these indexes."""
        if not indexes:
            return frozenset()
        known, asked = frozenset(indexes), list(numbers)
        return frozenset(
            number
            for hashes in self._keys.numbers.each_of(asked)
            for at, number in enumerate(asked)
            if hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] in known
        )

    def _matches_of(self, row: Row[Any], asked: Sequence[int]) -> Matches:
        found_at, persons, *columns, facts, sealed = (each or [] for each in row)
        opened = self._keys.cipher.decrypt_column("person_fact", "sealed", dict(zip(facts, sealed, strict=True)))
        born_on, first_liable_on, residences, works = columns
        names = [opened[fact] for fact in facts]
        places = [asked[at % len(asked)] for at in found_at]
        found = Matches(places, persons, born_on, first_liable_on, residences, names, works)
        # Who bears a number by two kinds of id, or whose number was hashed under two keys, is found by either.
        return found.each_once()

    def _identified(self, national_id: NationalId) -> dict[str, Any]:
        row = new_id()
        sealed = self._keys.cipher.encrypt(national_id.number, place("national_id", "number_sealed", str(row)))
        return {
            "id": row,
            "kind": national_id.kind.value,
            "number_sealed": sealed,
            "blind_index": self._keys.ids.of_id(national_id),
            "number_index": self._keys.numbers.of(national_id.number),
            "id_token": self._keys.id_tokens.of(national_id),
        }

    def _stated(self, ids: Sequence[int], facts: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
        """Each attribute with its value and its source."""
        stated = [(id_, (attribute, value)) for id_, (attribute, (value, _)) in zip(ids, facts.items(), strict=True)]
        return {
            "ids": list(ids),
            "attributes": list(facts),
            "sources": [source for _, source in facts.values()],
            "plain": [None if attribute in SEALED else value for _, (attribute, value) in stated],
            "sealed": [self._seal(id_, value) if attribute in SEALED else None for id_, (attribute, value) in stated],
        }

    async def _hold(self, numbers: Sequence[int]) -> set[int]:
        """Those of them of whom nothing is kept; raises PersonUnknown."""
        rows = (await self._connection.execute(_LOCK, {"persons": list(numbers)})).all()
        found = {row.person: row.erased_at for row in rows}
        if not found.keys() >= set(numbers):
            raise PersonUnknown()
        return {number for number in numbers if found[number] is not None}

    async def _read(self, numbers: Sequence[int], viewer: Viewer, day: date) -> list[Person]:
        asked = {"persons": list(numbers), "day": day, "tenant": viewer.tenant, "officer": viewer.officer}
        known: dict[int, dict[str, str]] = defaultdict(dict)
        heads: dict[int, tuple[int, datetime]] = {}
        for row in await self._connection.execute(_READ, asked):
            heads[row.person] = (row.revision, row.registered_at)
            known[row.person][row.attribute] = self._value(row)
        return [_person(number, *heads[number], known[number]) for number in heads]

    def _value(self, row: Any) -> str:
        found: str = row.plain if row.sealed is None else self._open(row.id, row.sealed)
        return found

    def _seal(self, fact: int, value: str) -> bytes:
        return self._keys.cipher.encrypt(value, place("person_fact", "sealed", fact))

    def _open(self, fact: int, sealed: bytes) -> str:
        return self._keys.cipher.decrypt(bytes(sealed), place("person_fact", "sealed", fact))


async def _made(count: int, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What is made of so many: of thousands in a thread, since the loop has others to serve meanwhile."""
    return make(*args, **kwargs) if count < _MANY else await asyncio.to_thread(make, *args, **kwargs)


def _refuse(constraint: str | None) -> None:
    if constraint in _REGISTERED:
        raise NationalIdRegistered() from None
    if constraint == "uq_national_id_digits":
        raise NationalIdOfAnotherKind() from None


def public_facts_of(row: Row[Any], name: str, keys: Keys) -> PublicFacts:
    """The public facts in a row of ``_PUBLISHED``, with the name that stands sealed in it."""
    return PublicFacts(
        number=row.person,
        revision=row.revision,
        id_tokens=tuple(row.id_tokens),
        born_on=date.fromisoformat(row.born_on),
        residence=row.residence,
        registered_at=row.registered_at,
        name_tokens=keys.name_tokens.of(name),
        residence_since=row.residence_since,
        died_on=None if row.died_on is None else date.fromisoformat(row.died_on),
        pass_ended_on=None if row.pass_ended_on is None else date.fromisoformat(row.pass_ended_on),
    )


def _asks(viewer: Viewer) -> dict[str, Any]:
    return {"tenant": viewer.tenant, "officer": viewer.officer}


def _person(number: int, revision: int, registered_at: datetime, known: Mapping[str, str]) -> Person:
    return Person(
        number=number,
        revision=revision,
        name=known["name"],
        born_on=date.fromisoformat(known["born_on"]),
        residence=known["residence"],
        address=known.get("address"),
        registered_at=registered_at,
        email=known.get("email"),
        telephone=known.get("telephone"),
    )
