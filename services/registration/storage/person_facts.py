"""Facts of persons as they were stated: their history, what corrections add to them, and what is derived (rules F1)."""

from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import NEEDED, Correction
from services.registration.domain.errors import FactUnknown
from services.registration.domain.person import PersonFact
from services.registration.storage.keys import Keys
from services.registration.storage.persons import OWN, SEALED, Viewer
from shared.kernel.clock import today
from shared.security.fields import place

# An employer sees what it stated, and what stands: of names the one that is borne, and nothing of where somebody is
# reached.
_MAY_READ = """(:officer OR stated.source = :tenant
                OR :tenant = ANY(SELECT 'person:' || number FROM unnest(numbers_of(stated.person)) AS number)
                OR stated.attribute NOT IN ('address', 'email', 'telephone') AND EXISTS (
                    SELECT FROM person_attribute AS known WHERE known.person = stated.person AND known.fact = stated.id
                      AND (known.attribute <> 'name' OR known.valid @> CAST(:today AS date))))"""
_PAGE = text(f"""
    SELECT stated.*, lower(stated.valid) AS first_day, upper(stated.valid) - 1 AS last_day, later.id AS retracted_by
    FROM person_fact AS stated LEFT JOIN person_fact AS later ON later.retracts = stated.id
    WHERE stated.person = ANY(CAST((SELECT numbers_of(:person)) AS integer[])) AND stated.id > :after AND {_MAY_READ}
      AND {OWN.format("stated")}
    ORDER BY stated.id LIMIT :limit
""")  # noqa: S608 - a constant
_NEXT = text("SELECT nextval('person_fact_id')")
_ADD = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source, officer, approved_by, reason,
                             evidence, correction, retracts)
    VALUES (:id, :person, :attribute,
            CASE WHEN CAST(:retracts AS bigint) IS NULL
                 THEN daterange(CAST(:first AS date), CAST(:last AS date), '[]') ELSE 'empty' END,
            :plain, :sealed, :source, :officer, :approved_by, :reason, :evidence, :correction, :retracts)
""")
_NAME = text("""
    INSERT INTO person_name_token (token, person, fact)
    SELECT token, :person, :fact FROM unnest(CAST(:tokens AS text[])) AS token ON CONFLICT DO NOTHING
""")
# What registers state is not corrected by officers alone: the register says otherwise.
_LIVE = text("""
    SELECT attribute FROM person_fact AS stated
    WHERE id = :fact AND person = :person AND retracts IS NULL AND attribute NOT IN ('died_on', 'pass_ended_on')
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = stated.id)
""")
_TAKE_BACK_COPIES = text("""
    WITH RECURSIVE gone (id) AS (
        SELECT id FROM person_fact WHERE copied_from = CAST(:fact AS bigint)
        UNION SELECT copy.id FROM gone JOIN person_fact AS copy ON copy.copied_from = gone.id)
    INSERT INTO person_fact (id, person, attribute, valid, source, officer, approved_by, reason, evidence, correction,
                             retracts)
    SELECT nextval('person_fact_id'), person, attribute, 'empty', :source, :officer, :approved_by, :reason, :evidence,
           :correction, id
    FROM person_fact AS stated
    WHERE id IN (SELECT gone.id FROM gone) AND retracts IS NULL
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = stated.id)
    RETURNING person
""")
_DERIVE = text("SELECT derive_person_attributes(ARRAY[CAST(:person AS integer)])")
_WHOLE = text("""
    SELECT attribute FROM person_attribute WHERE person = :person AND attribute = ANY(CAST(:needed AS text[]))
    GROUP BY attribute HAVING range_agg(valid) = '{(,)}'::datemultirange
""")
_IS_BIRTH_DECIDED = text("""
    SELECT EXISTS (SELECT FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
                   WHERE known.person = :person AND known.attribute = 'born_on' AND fact.approved_by IS NOT NULL)
""")
_FIRST_EMPLOYED = text("SELECT min(lower(days)) FROM days_of_employment(:person) AS days")
_LAST_EMPLOYED = text("SELECT max(lower(days)) FROM days_of_employment(:person) AS days")
# Of before there were tokens of names: those of whom a fact has none.
_UNINDEXED = text("""
    SELECT id, person, sealed FROM person_fact AS stated
    WHERE id > :after AND attribute = 'name' AND sealed IS NOT NULL
      AND NOT EXISTS (SELECT FROM person_name_token AS named WHERE named.fact = stated.id)
    ORDER BY id LIMIT :limit
""")
_INDEX = text("""
    INSERT INTO person_name_token (token, person, fact)
    SELECT * FROM unnest(CAST(:tokens AS text[]), CAST(:persons AS integer[]), CAST(:facts AS bigint[]))
    ON CONFLICT DO NOTHING
""")


class PersonFactRepository:
    """The facts that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def page(self, person: int, after: int, limit: int, viewer: Viewer) -> list[PersonFact]:
        """The history of a person that the viewer may see, in the order in which it was stated."""
        asked = {"person": person, "after": after, "limit": limit, "today": today(), **_asks(viewer)}
        return [person_fact_of(row, self._keys) for row in await self._connection.execute(_PAGE, asked)]

    async def attribute_of(self, person: int, fact: int) -> str:
        """Of which attribute a fact is that nothing takes back yet; raises FactUnknown."""
        found: str | None = (
            await self._connection.execute(_LIVE, {"person": person, "fact": fact})
        ).scalar_one_or_none()
        if found is None:
            raise FactUnknown()
        return found

    async def add(self, said: Correction) -> None:
        """Keep a fact or a retraction that counts, with the tokens of a name, and derive what is known."""
        fact = (await self._connection.execute(_NEXT)).scalar_one()
        is_sealed = said.attribute in SEALED and said.value is not None
        values = {
            **_why(said),
            "id": fact,
            "person": said.person,
            "attribute": said.attribute.value,
            "first": said.days.first,
            "last": said.days.last,
            "plain": None if is_sealed else said.value,
            "sealed": self._keys.cipher.encrypt(said.value or "", _place(fact)) if is_sealed else None,
            "retracts": None if said.about is None else int(said.about),
        }
        await self._connection.execute(_ADD, values)
        if said.attribute == "name" and said.value is not None:
            tokens = list(self._keys.name_tokens.of(said.value))
            await self._connection.execute(_NAME, {"person": said.person, "fact": fact, "tokens": tokens})
        await self._connection.execute(_DERIVE, {"person": said.person})

    async def take_back_copies(self, said: Correction) -> list[int]:
        """Take back what merges kept of a fact that is taken back, and derive what is known; whose they were."""
        values = {**_why(said), "fact": int(said.about or 0)}
        persons = sorted(set((await self._connection.execute(_TAKE_BACK_COPIES, values)).scalars()))
        for person in persons:
            await self._connection.execute(_DERIVE, {"person": person})
        return persons

    async def is_whole(self, person: int) -> bool:
        """Whether name, birth and residence are known of every day."""
        asked = {"person": person, "needed": list(NEEDED)}
        return len((await self._connection.execute(_WHOLE, asked)).all()) == len(NEEDED)

    async def first_employed(self, person: int) -> date | None:
        """The first day of the person's first employment with anybody, or None."""
        found: date | None = (await self._connection.execute(_FIRST_EMPLOYED, {"person": person})).scalar_one_or_none()
        return found

    async def last_employed(self, person: int) -> date | None:
        """The first day of the person's last employment with anybody, or None."""
        found: date | None = (await self._connection.execute(_LAST_EMPLOYED, {"person": person})).scalar_one_or_none()
        return found

    async def is_birth_decided(self, person: int) -> bool:
        """Whether two officers decided the birth that is known, whatever an id says."""
        found: bool = (await self._connection.execute(_IS_BIRTH_DECIDED, {"person": person})).scalar_one()
        return found

    async def index_names(self, after: int, limit: int) -> int | None:
        """Make the tokens of the next names that have none; the last fact looked at, or None where there was none."""
        rows = (await self._connection.execute(_UNINDEXED, {"after": after, "limit": limit})).all()
        if not rows:
            return None
        tokens = [(token, row.person, row.id) for row in rows for token in self._tokens_of(row)]
        values = {name: [each[at] for each in tokens] for at, name in enumerate(("tokens", "persons", "facts"))}
        await self._connection.execute(_INDEX, values)
        last: int = rows[-1].id
        return last

    def _tokens_of(self, row: Row[Any]) -> tuple[str, ...]:
        return self._keys.name_tokens.of(self._keys.cipher.decrypt(bytes(row.sealed), _place(row.id)))


def person_fact_of(row: Row[Any], keys: Keys) -> PersonFact:
    """The fact in a row of ``_PAGE``."""
    value = row.plain if row.sealed is None else keys.cipher.decrypt(bytes(row.sealed), _place(row.id))
    return PersonFact(
        id=row.id,
        attribute=row.attribute,
        first_day=row.first_day,
        last_day=row.last_day,
        value=value,
        source=row.source,
        officer=row.officer,
        approved_by=row.approved_by,
        reason=row.reason,
        evidence=row.evidence,
        recorded_at=row.recorded_at,
        retracts=row.retracts,
        retracted_by=row.retracted_by,
        person=row.person,
    )


def _why(said: Correction) -> dict[str, Any]:
    return {
        "source": said.by.tenant,
        "officer": said.by.officer,
        "approved_by": said.approved_by,
        "reason": said.reason.value,
        "evidence": said.evidence,
        "correction": said.id,
    }


def _asks(viewer: Viewer) -> dict[str, Any]:
    return {"tenant": viewer.tenant, "officer": viewer.officer}


def _place(fact: int) -> str:
    return place("person_fact", "sealed", fact)
