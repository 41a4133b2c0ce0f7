"""Erasures: what was stated and decided, what postpones them, what the law keeps, and the erasing itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.erasure import (
    Basis,
    Erasure,
    ErasureReason,
    ErasureState,
    Follower,
    FollowerState,
    Hold,
    HoldReason,
    law_of_keeping,
)
from services.registration.domain.errors import ErasureUnknown, ErasureWaits
from services.registration.storage.persons import Viewer
from services.registration.storage.traces import WHOSE
from services.registration.storage.violations import violated
from shared.contracts.person_erased import PersonErasedV1
from shared.contracts.topics import CLAIM_ASSESSED
from shared.kernel.clock import CLOCK_DIFFERENCE, business_day, today
from shared.kernel.identifiers import derived_id
from shared.messaging.consumer_store import COMPLETE_UNTIL

_NOTHING = UUID(int=0)
_COLUMNS = (
    "erasure, person, numbers, tenant, officer, reason, evidence, stated_at, revision, state, proposed_by, "
    "approved_by, decided_at, holds, held_until, erased, erased_at, told_revision, kept_until, kept_law, followed_at, "
    "(SELECT coalesce(jsonb_agg(to_jsonb(told)), '[]') FROM erasure_followed AS told "
    "WHERE told.person = ANY (erasure.numbers)) AS told"
)
_STATE = text("""
    INSERT INTO erasure (erasure, person, numbers, tenant, officer, reason, evidence, stated_at, state, decided_at)
    VALUES (:id, :person, CAST(:numbers AS integer[]), :tenant, :officer, :reason, :evidence, :stated_at, :state,
            :decided_at)
""")
_ONE = f"SELECT {_COLUMNS} FROM erasure WHERE erasure = :id"  # noqa: S608 - a constant
# By whichever number of the one person: also by one that was erased with it, and by one that it was merged with since.
_OF_PERSON = "AND (person = ANY (numbers_of(CAST(:person AS integer))) OR numbers @> ARRAY[CAST(:person AS integer)])"
_PAGES = {
    is_one: text(f"""
        SELECT {_COLUMNS} FROM erasure
        WHERE erasure > CAST(:after AS uuid)
          AND (:officer OR person = ANY (CAST((SELECT own_numbers()) AS integer[])))
          {_OF_PERSON if is_one else ""} ORDER BY erasure LIMIT :limit
    """)  # noqa: S608 - constants
    for is_one in (True, False)
}
_DECIDE = text("""
    UPDATE erasure SET state = :state, revision = :revision, proposed_by = :proposed_by, approved_by = :approved_by,
                       decided_at = :decided_at, held_until = NULL
    WHERE erasure = :id
""")
_ASK_AGAIN = text("""
    UPDATE erasure SET state = :state, revision = :revision, numbers = CAST(:numbers AS integer[]), proposed_by = NULL,
                       approved_by = NULL, decided_at = NULL, holds = '[]', held_until = NULL
    WHERE erasure = :id
""")
# From then on the id is that of who is registered.
_REGISTERED_AGAIN = text("""
    DELETE FROM recalled_erased_id AS erased USING national_id AS id
    WHERE id.person = :person AND id.id_token = erased.id_token
      AND NOT EXISTS (SELECT FROM recalled_person AS known WHERE known.id_token = erased.id_token)
      AND NOT EXISTS (SELECT FROM erasure WHERE erasure.person = :person)
""")
# Two officers may have refused since what a backup has as granted and not done: that was published nowhere. Whose time
# is over nobody was asked, and is found again by the timer.
_ASK_AGAIN_OF_GRANTED = text("""
    UPDATE erasure SET state = 'waiting', revision = revision + 1, proposed_by = NULL, approved_by = NULL,
                       decided_at = NULL, holds = '[]', held_until = NULL
    WHERE state IN ('granted', 'held') AND reason <> 'time_over' RETURNING erasure
""")
_OPEN = text("""
    SELECT erasure FROM erasure
    WHERE person = ANY(CAST(:numbers AS integer[])) AND state IN ('waiting', 'granted', 'held') ORDER BY erasure
""")
# Those who state erasures of one person under several numbers ask for the same.
_STATED_BY = text("""
    SELECT officer FROM erasure
    WHERE officer IS NOT NULL AND (erasure = :id OR state IN ('waiting', 'granted', 'held')
                                   AND person = ANY(CAST(:numbers AS integer[])))
""")
# Of the same numbers, since it was stated; whatever erased them, of whom nothing is kept there is nothing to erase.
_IS_DONE = text("""
    SELECT EXISTS (SELECT FROM person WHERE person = ANY(CAST(:numbers AS integer[])) AND erased_at IS NOT NULL)
        OR EXISTS (SELECT FROM erasure AS other
                   WHERE other.erasure <> :id AND other.state = 'partly' AND other.erased_at >= :stated_at
                     AND other.numbers @> CAST(:numbers AS integer[]))
""")
_CLAIMS_ANNOUNCED = """
    EXISTS (SELECT FROM claims_announced
            WHERE known_at IS NOT NULL AND NOT EXISTS (SELECT FROM database_release WHERE released_at > known_at))
"""
_KNOWS_CLAIMS = text(f"SELECT {_CLAIMS_ANNOUNCED}")
# A claim stands under whoever is insured, and names whom else it owes.
_IS_PARKED = """
    EXISTS (SELECT FROM parked CROSS JOIN unnest(CAST(:whose AS text[])) AS named (person)
            WHERE topic = 'claim.assessed'
              AND ((key = named.person AND holds) OR states_key = named.person
                   OR position(convert_to('"' || named.person || '"', 'UTF8') IN payload) > 0))
"""
# By the machine's clock, as topics are; what was asked an hour ago is asked once more.
_ARRIVED_UNTIL = COMPLETE_UNTIL.format(topic="'claim.assessed'")
_CLAIMS = text(f"""
    UPDATE erasure SET claims_asked_at =
        CASE WHEN claims_asked_at > clock_timestamp() - interval '1 hour' THEN claims_asked_at
             ELSE clock_timestamp() END
    WHERE erasure = :id
    RETURNING {_CLAIMS_ANNOUNCED} AND NOT {_IS_PARKED} AS are_known,
              coalesce(({_ARRIVED_UNTIL}) >= claims_asked_at + CAST(:apart AS interval), false) AS have_arrived
""")  # noqa: S608 - constants
_DROP = text("UPDATE erasure SET state = 'refused', revision = revision + 1 WHERE erasure = :id")
_POSTPONE = text("""
    UPDATE erasure SET state = 'held', revision = :revision, holds = CAST(:holds AS jsonb), held_until = :held_until
    WHERE erasure = :id
""")
_END = text("""
    UPDATE erasure SET state = :state, revision = :revision, numbers = CAST(:numbers AS integer[]), holds = '[]',
                       held_until = NULL, erased = CAST(:erased AS jsonb), erased_at = :erased_at,
                       told_revision = :told_revision, kept_until = :kept_until, kept_law = :kept_law
    WHERE erasure = :id
""")
_ERASE_COPIES = text("SELECT erase_copies_of(CAST(:numbers AS integer[]), :is_whole)")
_ERASE = text("SELECT erase_person(CAST(:numbers AS integer[]), :is_whole, CAST(:at AS timestamptz))")
# Revisions are counted over all erasures of any of the numbers.
_TOLD = text("""
    SELECT coalesce(max(told_revision), 0) + 1 FROM erasure WHERE numbers && CAST(:numbers AS integer[])
""")
# Of what its employers sent, what came before it was granted; of an archive that failed for good nothing is worked off.
_HAS_FAILED = """EXISTS (SELECT FROM due_work AS work WHERE work.kind = 'process_contribution_{0}'
                  AND work.payload = '{{"{0}":"' || CAST(contribution_{0}.{0} AS text) || '"}}'
                  AND work.failed IS NOT NULL)"""
_HOLDS = text(f"""
    WITH {WHOSE},
    unfinished AS (
        SELECT employer, receipt, CAST(file AS text) AS file, {_HAS_FAILED.format("file")} AS has_failed
        FROM contribution_file
        WHERE finished_at IS NULL AND employer IN (SELECT employer FROM whose)
          AND (received_at <= :granted OR file IN (
              SELECT member.file FROM contribution_archive AS archive JOIN archive_member AS member USING (archive)
              WHERE archive.received_at <= :granted AND coalesce(archive.finished_at, 'infinity') >= :granted)))
    SELECT 'claim_open' AS reason, CAST(claim AS text) AS about FROM known_claim JOIN own USING (person)
    WHERE is_open OR last_on >= :today
    UNION SELECT 'assessment_open', CAST(stated.assessment AS text)
    FROM assessment_line AS line JOIN own USING (person) JOIN assessment AS stated USING (assessment)
    WHERE stated.state = 'stated'
    UNION SELECT 'merge_waits', CAST(known.person AS text) FROM person_merge AS known
    WHERE held_until IS NOT NULL AND (known.person IN (SELECT person FROM own)
                                      OR known.survivor IN (SELECT person FROM own))
    UNION SELECT 'correction_waits', CAST(said.correction AS text)
    FROM person_correction AS said JOIN own USING (person)
    WHERE NOT EXISTS (SELECT FROM person_correction_end AS ended WHERE ended.correction = said.correction)
    UNION SELECT 'correction_waits', CAST(said.correction AS text)
    FROM spell_correction AS said JOIN own USING (person) WHERE said.counts IS NULL
    UNION SELECT 'relation_waits', CAST(said.id AS text) FROM relation_statement AS said
    WHERE said.answer IS NULL AND (said.person IN (SELECT person FROM own) OR said.relative IN (SELECT person FROM own))
    UNION SELECT 'register_statement_waits', CAST(said.id AS text) FROM register_statement AS said
    WHERE said.persons && CAST(:numbers AS integer[]) AND said.state IN ('received', 'parked')
    UNION SELECT 'cover_payment_waits', CAST(paid.payment AS text)
    FROM cover_payment AS paid JOIN own USING (person) WHERE paid.state IN ('reported_late', 'reversal_stated')
    UNION SELECT * FROM (
        SELECT DISTINCT ON (employer) 'file_waits', file FROM unfinished WHERE NOT has_failed
        ORDER BY employer, receipt DESC) AS sent
    UNION SELECT 'file_failed', file FROM unfinished WHERE has_failed
    UNION SELECT 'file_waits', CAST(archive AS text) FROM contribution_archive
    WHERE finished_at IS NULL AND received_at <= :granted AND NOT {_HAS_FAILED.format("archive")} AND (
        is_of_officer OR tenant IN (SELECT 'employer:' || employer FROM whose
                                    UNION SELECT agent FROM employer_agent_fact JOIN whose USING (employer)))
    UNION SELECT 'assignment_waits', CAST(said.statement AS text)
    FROM due_work AS waits JOIN person_merge_statement AS said
      ON waits.payload = '{{"statement":"' || CAST(said.statement AS text) || '"}}'
    WHERE waits.kind = 'assign_stated' AND (said.person IN (SELECT person FROM own)
                                            OR said.survivor IN (SELECT person FROM own))
    ORDER BY 1, 2
""")  # noqa: S608 - a constant
# What officers may be asked about these numbers: the queue, and the subject behind its kind. A backup may hold more of
# it than what lets an erasure go on.
_QUESTIONS = text("""
    WITH own AS (SELECT unnest(CAST(:numbers AS integer[])) AS person)
    SELECT 'duplicate_person' AS queue, pair.person || '/' || pair.other AS about
    FROM possible_duplicate AS pair
    WHERE pair.person IN (SELECT person FROM own) OR pair.other IN (SELECT person FROM own)
    UNION ALL SELECT 'foreign_pass', CAST(person AS text) FROM own
    UNION ALL SELECT 'person_correction', CAST(said.correction AS text)
    FROM person_correction AS said JOIN own USING (person)
    WHERE NOT EXISTS (SELECT FROM person_correction_end AS ended WHERE ended.correction = said.correction)
    UNION ALL SELECT 'spell_correction', CAST(said.correction AS text)
    FROM spell_correction AS said JOIN own USING (person) WHERE said.counts IS NULL
    UNION ALL SELECT 'spell_statement', CAST(said.statement AS text)
    FROM spell_statement AS said JOIN own USING (person) WHERE said.taken IS NULL
    UNION ALL SELECT 'family_relation', CAST(said.id AS text) FROM relation_statement AS said
    WHERE said.answer IS NULL AND (said.person IN (SELECT person FROM own) OR said.relative IN (SELECT person FROM own))
    UNION ALL SELECT 'register_statement', CAST(said.id AS text) FROM register_statement AS said
    WHERE said.persons && CAST(:numbers AS integer[]) AND said.state IN ('received', 'parked')
    ORDER BY 1, 2
""")
# Of a part of what is kept where somebody is reached goes, with what was stated of it.
_QUESTIONS_OF_A_PART = text("""
    SELECT 'person_correction' AS queue, CAST(said.correction AS text) AS about FROM person_correction AS said
    WHERE said.person = ANY(CAST(:numbers AS integer[])) AND said.attribute IN ('address', 'email', 'telephone')
      AND NOT EXISTS (SELECT FROM person_correction_end AS ended WHERE ended.correction = said.correction)
    ORDER BY 2
""")
_LET_REST = text("SELECT let_questions_rest(CAST(:numbers AS integer[]), CAST(:at AS timestamptz))")
# The last day that anything was entered for, or on which it came; what nobody counts, such as a spell that officers
# refused, is no entry.
_BASIS = text("""
    WITH own AS (SELECT unnest(CAST(:numbers AS integer[])) AS person),
    entered AS (
        SELECT upper(days) - 1 AS day FROM spell JOIN own USING (person) WHERE NOT refused
        UNION ALL SELECT last_day_of(max(month)) FROM contribution_line JOIN own USING (person)
        UNION ALL SELECT CAST(max(sent.received_at) AS date)
                  FROM contribution_line AS line JOIN own USING (person)
                  JOIN contribution_file AS sent ON sent.receipt = line.receipt
        UNION ALL SELECT last_day_of(max(last_month)) FROM opening_month JOIN own USING (person)
        UNION ALL SELECT last_day_of(max(month)) FROM assessment_line JOIN own USING (person)
        UNION ALL SELECT CAST(max(begins_at + make_interval(months => months)) AS date)
                  FROM cover_payment JOIN own USING (person) WHERE state <> 'reversed'
        UNION ALL SELECT max(last_on) FROM known_claim JOIN own USING (person)),
    known AS (
        SELECT fact.attribute, fact.plain FROM person_attribute AS stands JOIN own USING (person)
        JOIN person_fact AS fact ON fact.id = stands.fact WHERE stands.attribute IN ('born_on', 'died_on'))
    SELECT max(day) AS last_entry,
           EXISTS (SELECT FROM spell JOIN own USING (person) WHERE upper(days) IS NULL AND NOT refused) AS is_open,
           CAST((SELECT max(plain) FROM known WHERE attribute = 'born_on') AS date) AS born_on,
           CAST((SELECT max(plain) FROM known WHERE attribute = 'died_on') AS date) AS died_on
    FROM entered
""")
# Family that is a relation today, or was when the other one died: what is insured by the record of the one is owed to
# the other. Of whom nothing is kept any more nothing can be owed.
_RELATIVES = text("""
    WITH own AS (SELECT unnest(CAST(:numbers AS integer[])) AS person),
    family AS (
        SELECT relative AS other, valid FROM relation JOIN own USING (person) WHERE NOT withdrawn
        UNION SELECT known.person, valid FROM relation AS known JOIN own ON known.relative = own.person
        WHERE NOT withdrawn)
    SELECT DISTINCT (numbers_of(other))[1] FROM family JOIN person ON person.person = other
    WHERE person.erased_at IS NULL AND other <> ALL(CAST(:numbers AS integer[]))
      AND (upper(family.valid) IS NULL OR upper(family.valid) > CAST(:today AS date) OR EXISTS (
          SELECT FROM person_attribute AS stands JOIN person_fact AS fact ON fact.id = stands.fact
          WHERE stands.person = (numbers_of(other))[1] AND stands.attribute = 'died_on'
                -- No other fact is a day, whichever of both the database looks at first.
                AND family.valid @> CASE fact.attribute WHEN 'died_on' THEN CAST(fact.plain AS date) END))
    ORDER BY 1
""")
_NUMBERS_OF = text("SELECT numbers_of(CAST(:person AS integer))")
# Of the dead and the very old, whoever has no entry since; each is looked at as a whole before it is erased.
_OVER = text("""
    SELECT fact.person FROM person_fact AS fact JOIN person USING (person)
    WHERE ((fact.attribute = 'died_on' AND fact.plain < :died)
           OR (fact.attribute = 'born_on' AND fact.plain < '1960' AND fact.plain < :born))
      AND person.erased_at IS NULL AND fact.person > :after
      AND EXISTS (SELECT FROM person_attribute AS stands
                  WHERE stands.person = fact.person AND stands.attribute = fact.attribute AND stands.fact = fact.id)
      AND NOT EXISTS (SELECT FROM erasure WHERE erasure.person = fact.person
                      AND state IN ('waiting', 'granted', 'held', 'erased'))
      AND NOT EXISTS (SELECT FROM spell WHERE spell.person = fact.person AND NOT refused
                      AND coalesce(upper(days), 'infinity') > CAST(:since AS date))
      AND NOT EXISTS (SELECT FROM person_merge WHERE person_merge.person = fact.person AND merged)
    GROUP BY 1 ORDER BY 1 LIMIT :limit
""")
# What waits or was postponed of the same is over by it.
_RECALL = text("""
    INSERT INTO erasure AS known (erasure, person, tenant, reason, stated_at, state, decided_at)
    VALUES (:id, :person, 'registration', :reason, :erased_at, 'granted', :erased_at)
    ON CONFLICT (erasure) DO UPDATE SET state = 'granted', decided_at = coalesce(known.decided_at, :erased_at)
    WHERE known.state NOT IN ('partly', 'erased')
""")
# Of what is erased whole nothing is left to erase; of a part what was stated since is another question.
_OTHERS_OVER = text("""
    UPDATE erasure SET state = 'refused', revision = revision + 1
    WHERE person = :person AND erasure <> :id AND state IN ('waiting', 'granted', 'held')
      AND (CAST(:whole AS boolean) OR stated_at <= CAST(:erased_at AS timestamptz)) RETURNING erasure
""")
# Of this number, under whatever id: revisions are counted over all erasures of it, and an announcement has an old one.
_STANDS = text("""
    SELECT EXISTS (SELECT FROM erasure
                   WHERE numbers @> ARRAY[CAST(:person AS integer)] AND told_revision >= CAST(:revision AS integer))
""")
_KNOWN_AS = text("SELECT person FROM erasure WHERE erasure = :id")
_PUBLISHED = text(f"""
    SELECT {_COLUMNS} FROM erasure
    WHERE erasure > CAST(:after AS uuid) AND state IN ('partly', 'erased') ORDER BY erasure LIMIT :limit
""")  # noqa: S608 - a constant


class ErasureRepository:
    """What the transaction may see: officers all of them, a person its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def state(self, said: Erasure) -> None:
        """Keep it; raises ErasureWaits while one of the person is not over."""
        try:
            await self._connection.execute(_STATE, {**asdict(said), "numbers": list(said.numbers)})
        except IntegrityError as error:
            if violated(error) != "uq_erasure_open":
                raise
            raise ErasureWaits() from error

    async def get(self, id_: UUID) -> Erasure:
        """Raises ErasureUnknown."""
        return await self._one(_ONE, id_)

    async def lock(self, id_: UUID) -> Erasure:
        """The same, held until the transaction ends."""
        return await self._one(f"{_ONE} FOR UPDATE", id_)

    async def page(self, person: int | None, after: UUID | None, limit: int, viewer: Viewer) -> list[Erasure]:
        """By id, after one."""
        asked = {"after": after or _NOTHING, "limit": limit, "officer": viewer.officer}
        whose = {} if person is None else {"person": person}
        found = await self._connection.execute(_PAGES[person is not None], {**asked, **whose})
        return [erasure_of(row) for row in found]

    async def decide(self, said: Erasure) -> None:
        """Keep what two officers decided."""
        await self._connection.execute(_DECIDE, asdict(said))

    async def ask_again(self, said: Erasure) -> None:
        """Keep of which numbers it is asked now, and that nobody has decided of these; for the worker."""
        await self._connection.execute(_ASK_AGAIN, {**asdict(said), "numbers": list(said.numbers)})

    async def is_registered_again(self, person: int) -> bool:
        """Whether a restore read back that who bears an id of this one was erased; it is asked once, by the worker."""
        return (await self._connection.execute(_REGISTERED_AGAIN, {"person": person})).rowcount > 0

    async def ask_again_of_granted(self) -> list[UUID]:
        """Take back what was decided before a restore and is not done; which erasures these are, for the worker."""
        return sorted((await self._connection.execute(_ASK_AGAIN_OF_GRANTED)).scalars())

    async def open_of(self, numbers: Sequence[int]) -> list[UUID]:
        """Those of these numbers that are not over."""
        return list((await self._connection.execute(_OPEN, {"numbers": list(numbers)})).scalars())

    async def stated_by(self, said: Erasure, numbers: Sequence[int]) -> set[str]:
        """The officers who stated it, or another open one of these numbers."""
        found = await self._connection.execute(_STATED_BY, {"id": said.id, "numbers": list(numbers)})
        return set(found.scalars())

    async def is_done_by_another(self, said: Erasure, numbers: Sequence[int]) -> bool:
        """Whether another erasure did of these numbers of its person all that there is to do; for the worker."""
        asked = {"id": said.id, "stated_at": said.stated_at, "numbers": list(numbers)}
        return bool((await self._connection.execute(_IS_DONE, asked)).scalar_one())

    async def drop(self, said: Erasure) -> None:
        """Nothing becomes of it; for the worker."""
        await self._connection.execute(_DROP, {"id": said.id})

    async def knows_claims(self) -> bool:
        """Whether claims has stated here all that it decided before; for the worker."""
        known: bool = (await self._connection.execute(_KNOWS_CLAIMS)).scalar_one()
        return known

    async def unknown(self, id_: UUID, numbers: Sequence[int]) -> list[Hold]:
        """What of claims about these numbers is not known here, up to when this erasure was looked at; for the worker.

        Ask before `holds`: what arrives between the two is seen.
        """
        whose = [f"person:{number}" for number in numbers]
        asked = {"id": id_, "apart": CLOCK_DIFFERENCE, "whose": whose}
        row = (await self._connection.execute(_CLAIMS, asked)).one()
        found = {HoldReason.CLAIMS_UNKNOWN: row.are_known, HoldReason.CLAIMS_NOT_ARRIVED: row.have_arrived}
        return [Hold(reason, CLAIM_ASSESSED.name) for reason, is_so in found.items() if not is_so]

    async def holds(self, numbers: Sequence[int], granted_at: datetime) -> list[Hold]:
        """What postpones an erasure of these numbers of one person that was granted then; for the worker."""
        asked = {"numbers": list(numbers), "today": today(), "granted": granted_at}
        found = await self._connection.execute(_HOLDS, asked)
        return [Hold(HoldReason(row.reason), row.about) for row in found]

    async def basis(self, numbers: Sequence[int]) -> Basis:
        """How long their record is needed, as it is known, and that of their family; for the worker."""
        asked = {"numbers": list(numbers), "today": today()}
        relatives = []
        for person in (await self._connection.execute(_RELATIVES, asked)).scalars().all():
            of_relative = (await self._connection.execute(_NUMBERS_OF, {"person": person})).scalar_one()
            relatives.append(await self._basis(of_relative))
        return replace(await self._basis(numbers), relatives=relatives)

    async def postpone(self, said: Erasure) -> None:
        """Keep why it waits."""
        holds = [{"reason": each.reason, "about": each.about} for each in said.holds]
        await self._connection.execute(_POSTPONE, {**asdict(said), "holds": orjson.dumps(holds).decode()})

    async def erase(self, numbers: Sequence[int], at: datetime, *, is_whole: bool) -> dict[str, int]:
        """Erase, in the one way that there is; how many rows, by record class."""
        asked = {"numbers": list(numbers), "is_whole": is_whole}
        # Before what they are copies of: they are found by it.
        copies: dict[str, int] = (await self._connection.execute(_ERASE_COPIES, asked)).scalar_one()
        found: dict[str, int] = (await self._connection.execute(_ERASE, {**asked, "at": at})).scalar_one()
        return added(found, copies)

    async def questions(self, numbers: Sequence[int], *, is_whole: bool) -> list[tuple[str, str]]:
        """What officers may be asked about these numbers that goes with them, or with a part of what is kept of them:
        the queue, and which of its subjects; for the worker."""
        asked = _QUESTIONS if is_whole else _QUESTIONS_OF_A_PART
        found = await self._connection.execute(asked, {"numbers": list(numbers)})
        return [(row.queue, row.about) for row in found]

    async def let_questions_rest(self, numbers: Sequence[int], at: datetime) -> None:
        """What was stated of these numbers, and nobody decided, counts for nothing."""
        await self._connection.execute(_LET_REST, {"numbers": list(numbers), "at": at})

    async def end(self, said: Erasure) -> None:
        """Keep what was erased."""
        erased = orjson.dumps(dict(said.erased)).decode()
        await self._connection.execute(_END, {**asdict(said), "numbers": list(said.numbers), "erased": erased})

    async def next_told(self, numbers: Sequence[int]) -> int:
        """The revision under which the next erasure of these numbers is published."""
        found: int = (await self._connection.execute(_TOLD, {"numbers": list(numbers)})).scalar_one()
        return found

    async def over(self, died_before: date, born_before: date, after: int, limit: int) -> list[int]:
        """Who may be kept no longer, by number, after one."""
        bounds = {"died": died_before.isoformat(), "since": died_before, "born": born_before.isoformat()}
        found = await self._connection.execute(_OVER, {**bounds, "after": after, "limit": limit})
        return list(found.scalars())

    async def stands(self, event: PersonErasedV1) -> bool:
        """Whether it is known that the number was erased, by this or a later word; for the worker."""
        told = {"person": event.person, "revision": event.revision}
        found: bool = (await self._connection.execute(_STANDS, told)).scalar_one()
        return found

    async def recall(self, event: PersonErasedV1, traces: Callable[[], Awaitable[dict[str, int]]]) -> list[UUID]:
        """Know again that it was granted, and erase what stands here all the same; the erasures that are over by it.

        `traces` erases what names the person beside its own rows.

        Of another number of the same person it is an erasure of its own here. What stands is no news.
        """
        if await self.stands(event):
            return []
        known = (await self._connection.execute(_KNOWN_AS, {"id": event.erasure})).scalar_one_or_none()
        is_same = known in (None, event.person)
        id_ = event.erasure if is_same else derived_id("erasure", str(event.erasure), event.person)
        said = {"id": id_, "person": event.person, "reason": event.reason, "erased_at": event.erased_at}
        others = await self._connection.execute(_OTHERS_OVER, {**said, "whole": event.whole})
        over: list[UUID] = list(others.scalars())
        if (await self._connection.execute(_RECALL, said)).rowcount == 0:
            return over
        granted = await self.get(id_)
        found = await traces()
        erased = added(found, await self.erase([event.person], event.erased_at, is_whole=event.whole))
        ended = replace(
            granted,
            state=ErasureState.ERASED if event.whole else ErasureState.PARTLY,
            revision=granted.revision + 1,
            numbers=[event.person],
            erased=erased,
            erased_at=event.erased_at,
            told_revision=event.revision,
            kept_until=event.kept_until,
            kept_law=None if event.whole else law_of_keeping(business_day(event.erased_at)),
        )
        await self.end(ended)
        return [*over, id_]

    async def list_published(self, after: UUID, limit: int) -> list[Erasure]:
        """What was erased, by id, after one; for the worker."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [erasure_of(row) for row in found]

    async def _basis(self, numbers: Sequence[int]) -> Basis:
        row = (await self._connection.execute(_BASIS, {"numbers": list(numbers)})).one()
        return Basis(row.last_entry, row.is_open, row.born_on, row.died_on)

    async def _one(self, query: str, id_: UUID) -> Erasure:
        found = (await self._connection.execute(text(query), {"id": id_})).one_or_none()
        if found is None:
            raise ErasureUnknown()
        return erasure_of(found)


def added(found: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Rows by record class, of both."""
    return {name: found.get(name, 0) + more.get(name, 0) for name in {**found, **more}}


def erasure_of(row: Row[Any]) -> Erasure:
    """The erasure in a row of its table."""
    known = dict(row._mapping)
    holds = [Hold(HoldReason(each["reason"]), each["about"]) for each in known.pop("holds")]
    known |= {"id": known.pop("erasure"), "reason": ErasureReason(row.reason), "state": ErasureState(row.state)}
    told = [_follower(each) for each in known.pop("told")]
    return Erasure(**known, holds=holds, told=told)


def _follower(told: Mapping[str, Any]) -> Follower:
    until = None if told["until"] is None else date.fromisoformat(told["until"])
    since = datetime.fromisoformat(told["since"])
    return Follower(told["service"], FollowerState(told["state"]), told["reason"], told["owner"], until, since)
