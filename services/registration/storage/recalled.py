"""What registration published and its database forgot, kept for whoever states it again (rules M8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, KINDS, MONTHLY, TakenLine
from services.registration.domain.employer import tenant_of
from services.registration.domain.employer_fact import THE_ONLY_ONE
from services.registration.storage.contribution_lines import taken_line_of
from services.registration.storage.stated_since import REMEMBER_CARRIED
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.registration import (
    EmployerRegisteredV1,
    MembershipChangedV1,
    PersonRegisteredV1,
    SpellConfirmedV1,
    SpellEvent,
)
from shared.kernel.clock import now, today
from shared.kernel.periods import Month

# Numbers may have been told to those who asked for them, and nothing have been sent of it yet. It is more
# than are given while a broker is away for hours.
NUMBERS_LEFT_OUT = {"person_number": 100_000, "employer_number": 10_000, "compound_number_seq": 1_000}
_KIND_NUMBERS = {name: number for number, name in KINDS.items()}

_PERSON = text("""
    WITH gone AS (
        SELECT EXISTS (SELECT FROM erasure WHERE erasure.numbers @> ARRAY[CAST(:person AS integer)]
                       AND state = 'erased') AS is_so
    ), kept_for_a_while AS (
        -- Of whom everything was erased, whatever was published before leads to nobody any more. But for the token
        -- alone, for a while: an opening file that is loaded again names the same person.
        INSERT INTO recalled_erased_id (id_token)
        SELECT token FROM unnest(CAST(:tokens AS text[])) AS token CROSS JOIN gone WHERE is_so
        ON CONFLICT (id_token) DO NOTHING
    )
    INSERT INTO recalled_person AS known (id_token, person, revision, died_on, pass_ended_on, born_on, residence,
                                          residence_since)
    SELECT token, :person, :revision, CAST(:died_on AS date), CAST(:pass_ended_on AS date), CAST(:born_on AS date),
           CAST(:residence AS text), CAST(:since AS date)
    FROM unnest(CAST(:tokens AS text[])) AS token CROSS JOIN gone WHERE NOT is_so
    ON CONFLICT (id_token) DO UPDATE SET person = excluded.person, revision = excluded.revision,
        died_on = excluded.died_on, born_on = excluded.born_on, residence = excluded.residence,
        residence_since = excluded.residence_since,
        pass_ended_on = CASE WHEN CAST(:says_pass AS boolean) THEN excluded.pass_ended_on ELSE known.pass_ended_on END
    WHERE known.revision < excluded.revision
""")
_ERASED_SINCE = text("""
    INSERT INTO recalled_erased_id (id_token) SELECT id_token FROM recalled_person WHERE person = :person
    ON CONFLICT (id_token) DO NOTHING
""")
# An id that was withdrawn is not kept for who bore it.
_REVISION_OF_PERSON = text("SELECT revision FROM person WHERE person = :person AND erased_at IS NULL")
_PERSON_WITHOUT = text("""
    DELETE FROM recalled_person
    WHERE person = :person AND revision < :revision AND id_token <> ALL(CAST(:tokens AS text[]))
""")
# A birth or a residence that was corrected since the backup: what was said, not by whom.
_PERSON_FACTS = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, source)
    SELECT nextval('person_fact_id'), :person, told.attribute, told.valid, told.plain, 'registration'
    FROM person, (VALUES ('born_on', daterange(NULL, NULL), CAST(:born_on AS text)),
                         ('residence', daterange(CAST(:since AS date), NULL), CAST(:residence AS text)))
         AS told (attribute, valid, plain)
    WHERE person.person = :person AND person.revision < :revision AND person.erased_at IS NULL AND NOT EXISTS (
        SELECT FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
        WHERE known.person = :person AND known.attribute = told.attribute AND fact.plain = told.plain
          AND known.valid @> CAST(:today AS date)
          -- An event of before any day was told says nothing of it.
          AND (lower(told.valid) IS NULL OR lower(known.valid) = lower(told.valid)))
""")
# Of a person who is remembered as of before: what was published of a death, of the end of a pass, or that it was none.
# An event of an earlier release says nothing of a pass by saying no end of it.
_STATED_DAY = text("""
    INSERT INTO person_fact (id, person, attribute, valid, plain, source, retracts)
    SELECT nextval('person_fact_id'), person.person, :attribute,
           CASE WHEN CAST(:day AS date) IS NULL THEN 'empty'::daterange ELSE daterange(NULL, NULL) END,
           CAST(:day AS date)::text, 'registration', known.fact
    FROM person LEFT JOIN (SELECT known.person, known.fact, fact.plain
                           FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
                           WHERE known.attribute = :attribute) AS known ON known.person = person.person
    WHERE person.person = :person AND person.revision < :revision AND person.erased_at IS NULL
      AND known.plain IS DISTINCT FROM CAST(:day AS date)::text
""")
_DERIVE = text("SELECT derive_person_attributes(ARRAY[CAST(:person AS integer)])")
_EMPLOYER = text("""
    INSERT INTO recalled_employer AS known (code, employer, revision, state, sector, ended_on)
    VALUES (:code, :employer, :revision, :state, :sector, CAST(:ended_on AS date))
    ON CONFLICT (code) DO UPDATE SET revision = excluded.revision, state = excluded.state, sector = excluded.sector,
                                     ended_on = excluded.ended_on
    WHERE known.revision < excluded.revision
""")
# What was published of an employer that is remembered as of before: where it is, what it does, whether it employs.
_EMPLOYER_FACTS = text("""
    INSERT INTO employer_fact (id, employer, tenant, attribute, item, valid, plain, source, recorded_at)
    SELECT nextval('employer_fact_id'), known.employer, known.tenant, told.attribute, CAST(:only AS uuid), told.valid,
           told.plain, 'registration', CAST(:at AS timestamptz)
    FROM employer AS known CROSS JOIN LATERAL (VALUES
        ('state', daterange(NULL, NULL), CAST(:state AS text), known.state IS DISTINCT FROM CAST(:state AS text)),
        ('sector', daterange(NULL, NULL), CAST(:sector AS text), known.sector IS DISTINCT FROM CAST(:sector AS text)),
        ('activity', daterange(CAST(:ended_on AS date) + 1, NULL),
         CASE WHEN CAST(:ended_on AS date) IS NOT NULL THEN 'ended' END,
         known.ended_on IS DISTINCT FROM CAST(:ended_on AS date)),
        ('activity', daterange(known.ended_on + 1, NULL), CASE WHEN CAST(:ended_on AS date) IS NULL THEN 'employs' END,
         known.ended_on IS NOT NULL)) AS told (attribute, valid, plain, is_news)
    WHERE known.employer = :employer AND known.revision < :revision AND told.is_news AND told.plain IS NOT NULL
""")
_DERIVE_EMPLOYER = text("SELECT derive_employer(:employer, CAST(:today AS date))")
_SPELL = text("""
    INSERT INTO recalled_spell AS known (spell, person, employer, started_on, revision, confirmed_month,
                                         confirmed_wage_sen, stated_on, verified, refused, ended_on, end_stated_on,
                                         end_verified, kind_of_work, spouse_of_employer, allowance_sen,
                                         carried_from, began_on)
    VALUES (:spell, :person, :employer, :started_on, :revision, :month, :wage_sen, :stated_on, :verified, :refused,
            :ended_on, :end_stated_on, :end_verified, :kind_of_work, :spouse_of_employer,
            CAST(:allowance_sen AS bigint), CAST(:carried_from AS uuid),
            CASE WHEN :revision = 1 THEN CAST(:started_on AS date) END)
    ON CONFLICT (spell) DO UPDATE SET
        stated_on = least(known.stated_on, excluded.stated_on),
        verified = CASE WHEN excluded.revision >= known.revision THEN excluded.verified ELSE known.verified END,
        refused = CASE WHEN excluded.revision >= known.revision THEN excluded.refused ELSE known.refused END,
        (ended_on, end_stated_on, end_verified) = (SELECT newest.ended_on, newest.end_stated_on, newest.end_verified
            FROM (VALUES (known.revision, known.ended_on, known.end_stated_on, known.end_verified),
                         (excluded.revision, excluded.ended_on, excluded.end_stated_on, excluded.end_verified))
                 AS newest (revision, ended_on, end_stated_on, end_verified) ORDER BY newest.revision DESC LIMIT 1),
        (started_on, kind_of_work, spouse_of_employer, allowance_sen) = (
            SELECT newest.started_on, newest.kind_of_work, newest.spouse_of_employer, newest.allowance_sen
            FROM (VALUES (known.revision, known.started_on, known.kind_of_work, known.spouse_of_employer,
                          known.allowance_sen),
                         (excluded.revision, excluded.started_on, excluded.kind_of_work, excluded.spouse_of_employer,
                          excluded.allowance_sen))
                 AS newest (revision, started_on, kind_of_work, spouse_of_employer, allowance_sen)
            ORDER BY newest.revision DESC LIMIT 1),
        revision = greatest(known.revision, excluded.revision),
        carried_from = coalesce(known.carried_from, excluded.carried_from),
        began_on = coalesce(known.began_on, excluded.began_on),
        confirmed_month = coalesce(known.confirmed_month, excluded.confirmed_month),
        confirmed_wage_sen = coalesce(known.confirmed_wage_sen, excluded.confirmed_wage_sen)
""")
# Who said it was forgotten with the row; that it was said is in the event, and holds for a spell as old as that.
_LIFT_WORD = text("""
    WITH said AS (
        INSERT INTO spell_verification (spell, tenant, granted, said_at, source)
        SELECT spell, tenant, :verified, :at, 'registration' FROM spell
        WHERE spell = :spell AND revision <= :revision
          AND (verified <> :verified OR refused < CAST(:refused AS boolean))
        RETURNING spell, granted
    )
    UPDATE spell SET verified = said.granted, refused = NOT said.granted FROM said WHERE spell.spell = said.spell
""")
_LIFT_SPELL = text("""
    UPDATE spell SET revision = greatest(revision, :revision),
        stated_on = least(stated_on, CAST(:stated_on AS date)),
        end_verified = end_verified OR (:end_verified AND revision <= :revision AND upper(days) - 1 = :ended_on),
        confirmed_month = coalesce(confirmed_month, CAST(:month AS integer)),
        confirmed_wage_sen = coalesce(confirmed_wage_sen, CAST(:wage_sen AS bigint))
    WHERE spell = :spell
""")
_MEMBERSHIP = text("""
    INSERT INTO recalled_membership AS known (person, scheme, revision) VALUES (:person, :scheme, :revision)
    ON CONFLICT (person, scheme) DO UPDATE SET revision = greatest(known.revision, excluded.revision)
""")
# Who said it was forgotten with the row, but for the kind of party; what was said, and when, is in the event.
_STATEMENTS = text("""
    INSERT INTO skbbk_statement (person, kind, filed_on, tenant, said_at)
    SELECT told.person, told.kind, told.filed_on, coalesce(told.stated_by, 'registration'),
           coalesce(told.stated_at, :at)
    FROM unnest(CAST(:kinds AS text[]), CAST(:days AS date[]), CAST(:stated_at AS timestamptz[]),
                CAST(:stated_by AS text[]), CAST(:persons AS integer[]))
         WITH ORDINALITY AS told (kind, filed_on, stated_at, stated_by, person, place)
    WHERE NOT EXISTS (SELECT FROM skbbk_statement AS known
                      WHERE known.person = told.person AND known.kind = told.kind AND known.filed_on = told.filed_on)
    ORDER BY told.place
""")
_LIFT_MEMBERSHIP = text("""
    UPDATE membership SET revision = :revision
    WHERE person = :person AND scheme = :scheme AND revision < :revision
""")
# What of these lines stands still as it was declared before.
_BEFORE = text(f"""
    SELECT known.month, person, told.revision, told.wage_sen, {", ".join(f"told.{name}" for name in AMOUNTS)},
           {", ".join(f"known.{name} AS old_{name}" for name in AMOUNTS)}
    FROM contribution_line AS known
    JOIN unnest(CAST(:persons AS integer[]), CAST(:revisions AS integer[]), CAST(:wages_sen AS bigint[]),
                {", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)})
         AS told (person, revision, wage_sen, {", ".join(AMOUNTS)}) USING (person)
    WHERE known.employer = :employer AND known.month = :month AND known.kind = :kind AND known.revision < told.revision
    ORDER BY person
""")  # noqa: S608 - constants
# As if they stood in the newest file that is known: an older one that is worked off again changes nothing, a newer one
# wins.
_LINES = text(f"""
    INSERT INTO contribution_line AS known (employer, month, person, kind, revision, receipt, skbbk_receipt, wage_sen,
                                            {", ".join(AMOUNTS)})
    SELECT :employer, :month, person, :kind, revision, newest.receipt, newest.receipt, wage_sen, {", ".join(AMOUNTS)}
    FROM (SELECT coalesce(max(receipt), 0) AS receipt FROM contribution_file) AS newest,
         unnest(CAST(:persons AS integer[]), CAST(:revisions AS integer[]), CAST(:wages_sen AS bigint[]),
                {", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)})
         AS told (person, revision, wage_sen, {", ".join(AMOUNTS)})
    ORDER BY person
    ON CONFLICT (employer, month, person, kind) DO UPDATE SET revision = excluded.revision, receipt = excluded.receipt,
        skbbk_receipt = excluded.skbbk_receipt, wage_sen = excluded.wage_sen,
        {", ".join(f"{name} = excluded.{name}" for name in AMOUNTS)}
    WHERE known.revision < excluded.revision
    RETURNING person, wage_sen
""")  # noqa: S608 - constants
# Where both stand as the split left them: what is newer says more. The receipt is that of the other's line, so that
# what the employer states of the other one from now on has a later one.
_IS_CARRIED = text("""
    SELECT others.receipt
    FROM contribution_line AS own JOIN contribution_line AS others USING (employer, month, kind)
    WHERE (own.employer, own.month, own.kind) = (:employer, :month, :kind)
      AND (own.person, own.revision) = (:person, :revision)
      AND (others.person, others.revision) = (:other, :revision_of_other)
""")
# What an employer stated since of the other one, or was let state of the one: of the lines that were news by it.
_IS_STATED_SINCE = text("""
    DELETE FROM carried_line AS carried
    USING unnest(CAST(:persons AS integer[]), CAST(:wages_sen AS bigint[])) AS line (person, wage_sen)
    WHERE (carried.employer, carried.month) = (:employer, :month)
      AND (carried.other = line.person OR carried.person = line.person AND line.wage_sen > 0)
""")
# What a split assigns of this month, whether it waits in the backup or was not carried by then: what is read back of
# either number since is newer than what the split found.
_ASSIGNED_LINES = text("""
    INSERT INTO recalled_assigned_line AS known (statement, place, told_at)
    SELECT said.statement, line.place,
           CASE WHEN CAST(:carried_to AS integer) IS NULL THEN CAST(:at AS timestamptz) ELSE 'infinity' END
    FROM person_merge_statement AS said
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(said.assigned_lines)
                                  AS (employer integer, month integer, person integer))
        WITH ORDINALITY AS line (employer, month, person, place)
    WHERE said.assigned_lines <> '[]' AND (line.employer, line.month) = (:employer, :month)
      AND CASE WHEN CAST(:carried_to AS integer) IS NULL
               THEN (numbers_of(said.person) || numbers_of(said.survivor)) && CAST(:persons AS integer[])
               ELSE line.person <> :carried_to AND line.person = ANY(CAST(:persons AS integer[])) END
    ON CONFLICT (statement, place) DO UPDATE SET told_at = greatest(known.told_at, excluded.told_at)
""")
_ASSIGNED_SPELLS = text("""
    INSERT INTO recalled_assigned_spell (statement, spell)
    SELECT statement, :spell FROM person_merge_statement WHERE CAST(:spell AS uuid) = ANY(assigned_spells)
    ON CONFLICT (statement, spell) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class ForgottenOfPerson:
    """What a database had forgotten of a person: a birth or a residence, or `anything`: an end too, or that it was
    none."""

    decides_cover: bool
    anything: bool


class RecalledRepository:
    """Keeps what is read back, inside one transaction of the worker."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def person(self, event: PersonRegisteredV1) -> ForgottenOfPerson:
        """The number stays with the national id; no other human being is given it. What was forgotten of it."""
        values: dict[str, Any] = {"person": event.person, "revision": event.revision, "tokens": list(event.id_tokens)}
        ends = {"died_on": event.died_on, "pass_ended_on": event.pass_ended_on}
        says_pass = event.says_pass or event.pass_ended_on is not None
        values |= {**ends, "says_pass": says_pass}
        told: dict[str, Any] = {"born_on": event.born_on.isoformat(), "residence": event.residence.value}
        told |= {"since": event.residence_since, "today": today()}
        await self._connection.execute(_PERSON, {**values, **told, "born_on": event.born_on})
        await self._connection.execute(_PERSON_WITHOUT, values)
        is_news = False
        stated = ends if says_pass else {"died_on": event.died_on}
        for attribute, day in stated.items():
            said = {**values, "attribute": attribute, "day": day}
            is_news = (await self._connection.execute(_STATED_DAY, said)).rowcount > 0 or is_news
        forgotten = (await self._connection.execute(_PERSON_FACTS, {**values, **told})).rowcount > 0
        if forgotten or is_news:
            await self._connection.execute(_DERIVE, {"person": event.person})
        await self._lift("person", "person", event.person, event.revision)
        await self._above("person_number", event.person)
        return ForgottenOfPerson(forgotten, forgotten or is_news)

    async def keep_erased(self, person: int) -> None:
        """What was read back of a person who is erased by what is read next: that its ids are those of such a one."""
        await self._connection.execute(_ERASED_SINCE, {"person": person})

    async def revision_of_person(self, person: int) -> int | None:
        """Of what is known of a person who is known, and of whom something is kept."""
        found = await self._connection.execute(_REVISION_OF_PERSON, {"person": person})
        revision: int | None = found.scalar_one_or_none()
        return revision

    async def employer(self, event: EmployerRegisteredV1) -> bool:
        """The number stays with the employer's code, where the event says it. Whether something was forgotten of it."""
        forgotten = False
        if event.code is not None:
            values = {"code": event.code, "employer": event.employer, "revision": event.revision}
            told = {"state": event.state, "sector": event.sector, "ended_on": event.ended_on}
            await self._connection.execute(_EMPLOYER, values | told)
            asked = {"employer": event.employer, "revision": event.revision, "only": THE_ONLY_ONE, "at": now()}
            forgotten = (await self._connection.execute(_EMPLOYER_FACTS, asked | told)).rowcount > 0
            if forgotten:
                await self._connection.execute(_DERIVE_EMPLOYER, {"employer": event.employer, "today": today()})
        await self._lift("employer", "employer", event.employer, event.revision)
        await self._above("employer_number", event.employer)
        return forgotten

    async def spell(self, event: SpellEvent) -> bool:
        """The spell keeps its id for the employer who states it again, its proof, and the day it was first stated;
        whether an officer's word on it was forgotten."""
        month = Month.of(event.confirmed_month) if isinstance(event, SpellConfirmedV1) else None
        values = {
            "spell": event.spell,
            "revision": event.revision,
            "month": None if month is None else month.year * 100 + month.month,
            "wage_sen": event.wage_sen if isinstance(event, SpellConfirmedV1) else None,
            "stated_on": event.stated_on,
            "verified": event.verified,
            "refused": event.refused,
            "ended_on": event.ended_on,
            "end_stated_on": event.end_stated_on,
            "end_verified": event.end_verified,
            "kind_of_work": event.kind_of_work,
            "spouse_of_employer": event.spouse_of_employer,
            "allowance_sen": event.allowance_sen,
            "carried_from": event.carried_from,
        }
        whose = {"person": event.person, "employer": event.employer, "started_on": event.started_on}
        await self._connection.execute(_SPELL, {**values, **whose})
        if event.carried_to is not None:
            await self._connection.execute(_ASSIGNED_SPELLS, {"spell": event.spell})
        word = await self._connection.execute(_LIFT_WORD, {**values, "at": now()})
        await self._connection.execute(_LIFT_SPELL, values)
        return word.rowcount > 0

    async def membership(self, event: MembershipChangedV1) -> bool:
        """Derived again it comes back above what was published, and by what the person had stated; whether any of that
        was forgotten."""
        values = {"person": event.person, "scheme": event.scheme, "revision": event.revision}
        await self._connection.execute(_MEMBERSHIP, values)
        await self._connection.execute(_LIFT_MEMBERSHIP, values)
        said = {
            "at": now(),
            "kinds": [each.kind for each in event.statements],
            "days": [each.filed_on for each in event.statements],
            "stated_at": [each.stated_at for each in event.statements],
            "stated_by": [each.stated_by for each in event.statements],
            "persons": [each.person or event.person for each in event.statements],
        }
        return bool(event.statements) and (await self._connection.execute(_STATEMENTS, said)).rowcount > 0

    async def lines(self, event: ContributionsReceivedV1) -> list[TakenLine]:
        """The lines as they were published: equal ones that come again make no revision. Those that were changed by it.

        Registration's own events of an employer come in the order in which it stated them.
        """
        month = Month.of(event.month)
        columns: Mapping[str, Sequence[Any]] = {
            name: list(getattr(event, name)) for name in ("persons", "revisions", "wages_sen", *AMOUNTS)
        }
        whose = {"employer": event.employer, "month": month.year * 100 + month.month, "kind": _KIND_NUMBERS[event.kind]}
        before = [taken_line_of(row) for row in await self._connection.execute(_BEFORE, {**whose, **columns})]
        news = (await self._connection.execute(_LINES, {**whose, **columns})).all()
        if whose["kind"] == MONTHLY:
            told = {"carried_to": event.carried_to, "at": event.received_at, "persons": list(event.persons)}
            about = {"employer": whose["employer"], "month": whose["month"]}
            await self._connection.execute(_ASSIGNED_LINES, {**about, **told})
        if event.carried_to is not None:
            await self._carried(event, event.carried_to, whose)
        elif news:
            stated = {"persons": [row.person for row in news], "wages_sen": [row.wage_sen for row in news]}
            await self._connection.execute(_IS_STATED_SINCE, {**whose, **stated})
        return [line for line in before if line.is_changed]

    async def _carried(self, event: ContributionsReceivedV1, other: int, whose: Mapping[str, Any]) -> None:
        """Of a month that a split carried it is known to whom, so that the same month once more is set aside; of one
        number without the other nothing is."""
        revisions = dict(zip(event.persons, event.revisions, strict=True))
        for person in (each for each in event.persons if each != other):
            both: dict[str, int | None] = {"person": person, "revision": revisions[person], "other": other}
            both |= {"revision_of_other": revisions.get(other)}
            receipt = (await self._connection.execute(_IS_CARRIED, {**whose, **both})).scalar_one_or_none()
            if receipt is not None:
                about = {"employer": event.employer, "month": whose["month"], "tenant": tenant_of(event.employer)}
                at = {"person": person, "other": other, "at": receipt}
                await self._connection.execute(REMEMBER_CARRIED, {**about, **at})

    async def _lift(self, table: str, column: str, number: int, revision: int) -> None:
        lifted = f"UPDATE {table} SET revision = :revision WHERE {column} = :number AND revision < :revision"  # noqa: S608
        await self._connection.execute(text(lifted), {"number": number, "revision": revision})

    async def leave_numbers_out(self) -> None:
        """No number that may have been told is given to anybody else, though nothing was published of its bearer."""
        for sequence, count in NUMBERS_LEFT_OUT.items():
            jump = f"SELECT setval('{sequence}', last_value + :count) FROM {sequence}"  # noqa: S608 - constants
            await self._connection.execute(text(jump), {"count": count})

    async def _above(self, sequence: str, number: int) -> None:
        behind = f"SELECT setval('{sequence}', :number) FROM {sequence} WHERE last_value < :number"  # noqa: S608
        await self._connection.execute(text(behind), {"number": number})
