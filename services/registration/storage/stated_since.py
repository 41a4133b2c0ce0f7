"""What employers stated of a person since two numbers were merged: employments and lines, which a split may assign."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, MONTHLY, Amounts, TakenLine
from services.registration.domain.employer import tenant_of
from services.registration.domain.person_merge import StatedLine
from services.registration.storage.contribution_lines import amounts_of
from shared.persistence.transient import CameMeanwhile

_MOST = 1_000
_CONTENT = ("wage_sen", *AMOUNTS)
_NAMES = ", ".join(_CONTENT)
_NOTHING = ", ".join("0" for _ in _CONTENT)
# Of which of these numbers the employer had stated an employment by the merge: that says whose it may be.
_KNOWN_BEFORE = """
    ARRAY(SELECT DISTINCT person FROM spell_fact AS before
          WHERE before.employer = stated.employer AND before.person = ANY(CAST(:persons AS integer[]))
            AND before.recorded_at <= merged.recorded_at ORDER BY person) AS known_before
"""
# Where a restore lost the statement, since the number's word.
_MERGED = """(
    SELECT recorded_at, ended_at FROM person_merge_end WHERE statement = CAST(:of AS uuid)
    UNION ALL
    SELECT min(changed_at), min(changed_at) FROM person_merge
    WHERE CAST(:of AS uuid) IS NULL AND merged AND statement IS NULL AND person = ANY(CAST(:persons AS integer[]))
    HAVING min(changed_at) IS NOT NULL) AS merged"""
_SPELLS = text(f"""
    SELECT stated.spell, stated.person, stated.employer, {_KNOWN_BEFORE}
    FROM spell AS stated CROSS JOIN {_MERGED}
    WHERE stated.person = ANY(CAST(:persons AS integer[])) AND NOT stated.refused
      AND NOT EXISTS (SELECT FROM spell_fact AS first
                      WHERE first.spell = stated.spell AND first.recorded_at <= merged.recorded_at)
    ORDER BY stated.spell LIMIT {_MOST}
""")  # noqa: S608 - constants
_LINES = text(f"""
    SELECT stated.employer, stated.month, stated.person, {_KNOWN_BEFORE}
    FROM contribution_line AS stated JOIN contribution_file AS sent USING (receipt) CROSS JOIN {_MERGED}
    WHERE stated.person = ANY(CAST(:persons AS integer[])) AND stated.kind = :kind AND stated.wage_sen > 0
      AND sent.received_at > merged.ended_at
    ORDER BY stated.employer, stated.month, stated.person LIMIT {_MOST}
""")  # noqa: S608 - constants
# Held first, in the order in which files take them: a file that had one of them is waited for, and what is carried is
# what stands then, with that file. An update alone would look for the new receipt beside the file of before.
_HOLD = text("""
    SELECT person FROM contribution_line
    WHERE (employer, month, kind) = (:employer, :month, :kind) AND person IN (:person, :other)
    ORDER BY person FOR NO KEY UPDATE
""")
# Nothing is carried where the other one has wages of that employer and month, by a line or taken over from an earlier
# system: both are one line, which is sent again. Nor where the month was taken over of the one: that is its own.
_TAKE_AWAY = text(f"""
    UPDATE contribution_line AS line SET revision = line.revision + 1, ({_NAMES}) = ROW ({_NOTHING})
    FROM contribution_file AS sent
    WHERE line.employer = :employer AND line.month = :month AND line.person = :person AND line.kind = :kind
      AND line.wage_sen > 0 AND sent.receipt = line.receipt
      AND NOT EXISTS (SELECT FROM known_line AS has
                      WHERE has.employer = :employer AND has.month = :month AND has.person = :other
                            AND has.kind = :kind AND has.wage_sen > 0)
      AND NOT EXISTS (SELECT FROM opening_month AS own
                      WHERE own.employer = :employer AND own.person = :person AND own.wage_sen > 0
                            AND :month BETWEEN own.first_month AND own.last_month)
    RETURNING new.revision, old.receipt, old.skbbk_receipt, {", ".join(f"old.{name}" for name in _CONTENT)},
              sent.file, sent.received_at
""")  # noqa: S608 - constants
_GIVE = text(f"""
    INSERT INTO contribution_line AS line (employer, month, person, kind, revision, receipt, skbbk_receipt, {_NAMES})
    VALUES (:employer, :month, :other, :kind, 1, :receipt, :skbbk_receipt, {", ".join(f":{name}" for name in _CONTENT)})
    ON CONFLICT (employer, month, person, kind) DO UPDATE SET
        revision = line.revision + 1, receipt = greatest(line.receipt, excluded.receipt),
        skbbk_receipt = greatest(line.skbbk_receipt, excluded.skbbk_receipt),
        ({_NAMES}) = ROW ({", ".join(f"excluded.{name}" for name in _CONTENT)})
    WHERE line.wage_sen = 0
    RETURNING revision, receipt
""")  # noqa: S608 - constants
# What was carried to the one goes with it; of what is the other's own again nothing is known to be carried.
REMEMBER_CARRIED = text("""
    WITH own AS (
        DELETE FROM carried_line WHERE (employer, month, person) = (:employer, :month, :other)
    ), followed AS (
        UPDATE carried_line SET other = :other, receipt = :at
        WHERE (employer, month, other) = (:employer, :month, :person) AND person <> :other
    )
    INSERT INTO carried_line (employer, month, person, tenant, other, receipt)
    VALUES (:employer, :month, :person, :tenant, :other, :at)
    ON CONFLICT (employer, month, person) DO UPDATE SET (other, receipt) = (excluded.other, excluded.receipt)
""")
# Of the other one, by any of its numbers, unless that is assigned away; or by an employment that is assigned to it too.
_UNEMPLOYED = text("""
    SELECT said.employer, said.month, said.person
    FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[]), CAST(:of_persons AS integer[]))
         AS said (employer, month, person)
    WHERE NOT EXISTS (
        SELECT FROM spell
        WHERE spell.employer = said.employer AND NOT spell.refused AND spell.person = ANY(CAST(:persons AS integer[]))
          AND ((spell.person = ANY(CAST(:leave AS integer[]))) = (said.person = ANY(CAST(:leave AS integer[]))))
              = (spell.spell = ANY(CAST(:spells AS uuid[])))
          AND spell.days && daterange(make_date(said.month / 100, said.month % 100, 1),
                                      CAST(make_date(said.month / 100, said.month % 100, 1) + interval '1 month'
                                           AS date)))
""")
# Read back after a restore, and received since the split counts: that says more of the month than the split found.
_TOLD_SINCE = text("""
    SELECT line.employer, line.month, line.person, told.told_at = 'infinity' AS is_carried
    FROM recalled_assigned_line AS told
    JOIN person_merge_end AS ended USING (statement)
    JOIN person_merge_statement AS said USING (statement)
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(said.assigned_lines)
                                  AS (employer integer, month integer, person integer))
        WITH ORDINALITY AS line (employer, month, person, place)
    WHERE told.statement = :statement AND told.place = line.place AND told.told_at > ended.ended_at
""")
_CARRIED_SPELLS = text("SELECT spell FROM recalled_assigned_spell WHERE statement = :statement")


@dataclass(frozen=True, slots=True)
class SpellSince:
    """An employment that was stated first since the merge; ``known_before`` are the numbers under which its employer
    had stated one by then."""

    spell: UUID
    person: int
    employer: int
    known_before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LineSince:
    """A line that was received since the merge, likewise."""

    line: StatedLine
    known_before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line as it stands under both numbers, with the file, the employer and the instant of its receipt."""

    source: tuple[UUID, int, datetime]
    lines: tuple[TakenLine, ...]


class OtherLineCame(CameMeanwhile):
    """The employer's line of the other one came meanwhile: the same is tried again, and finds it."""


class StatedSinceRepository:
    """What a split may assign, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spells(self, persons: Sequence[int], of: UUID | None) -> list[SpellSince]:
        """Employments that were stated first since the merge that a statement made."""
        found = await self._connection.execute(_SPELLS, {"persons": list(persons), "of": of})
        return [SpellSince(row.spell, row.person, row.employer, tuple(row.known_before)) for row in found]

    async def lines(self, persons: Sequence[int], of: UUID | None) -> list[LineSince]:
        """Lines with wages that were received since then, as they stand."""
        found = await self._connection.execute(_LINES, {"persons": list(persons), "of": of, "kind": MONTHLY})
        return [LineSince(StatedLine(row.employer, row.month, row.person), tuple(row.known_before)) for row in found]

    async def unemployed(
        self, lines: Sequence[StatedLine], persons: Sequence[int], leave: Collection[int], spells: Sequence[UUID]
    ) -> set[StatedLine]:
        """Those of these lines of whose month the other one, who leaves or whom these numbers leave, has no employment,
        nor gets one of these."""
        columns = {"employers": "employer", "months": "month", "of_persons": "person"}
        said = {name: [getattr(each, column) for each in lines] for name, column in columns.items()}
        asked = {**said, "persons": list(persons), "leave": sorted(leave), "spells": list(spells)}
        return {StatedLine(*row) for row in await self._connection.execute(_UNEMPLOYED, asked)}

    async def told_since(self, statement: UUID) -> dict[StatedLine, bool]:
        """What a split assigned and a restore read back since, which stays as that was published; whether that was
        that it is carried."""
        found = await self._connection.execute(_TOLD_SINCE, {"statement": statement})
        return {StatedLine(row.employer, row.month, row.person): row.is_carried for row in found}

    async def carried_since(self, statement: UUID) -> set[UUID]:
        """The spells that a split assigned, and that a restore read back to be carried."""
        return set((await self._connection.execute(_CARRIED_SPELLS, {"statement": statement})).scalars())

    async def move(self, line: StatedLine, other: int) -> MovedLine | None:
        """Carry a line to another number, for the worker's role; None where there is none, or the other one has one."""
        about = {"employer": line.employer, "month": line.month, "kind": MONTHLY, "other": other}
        await self._connection.execute(_HOLD, {**about, "person": line.person})
        taken = (await self._connection.execute(_TAKE_AWAY, {**about, "person": line.person})).one_or_none()
        if taken is None:
            return None
        content = {name: getattr(taken, name) for name in (*_CONTENT, "receipt", "skbbk_receipt")}
        given = (await self._connection.execute(_GIVE, {**about, **content})).one_or_none()
        if given is None:
            raise OtherLineCame()
        whose = {"employer": line.employer, "month": line.month, "tenant": tenant_of(line.employer)}
        at = {"person": line.person, "other": other, "at": given.receipt}
        await self._connection.execute(REMEMBER_CARRIED, {**whose, **at})
        nothing, whole = Amounts(), amounts_of(taken)
        lines = (
            TakenLine(line.month, line.person, taken.revision, 0, nothing, whole),
            TakenLine(line.month, other, given.revision, taken.wage_sen, whole, nothing),
        )
        source = (taken.file, line.employer, taken.received_at)
        return MovedLine(source, tuple(sorted(lines, key=lambda each: each.person)))
