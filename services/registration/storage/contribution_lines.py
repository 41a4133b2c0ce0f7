"""Contribution lines: one row per employer, month, person and kind; the revision is given under the row's lock (F4)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Integer, Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from services.registration.domain.contribution import (
    AMOUNTS,
    MONTHLY,
    Amounts,
    FileJob,
    LineColumns,
    TakenColumns,
    TakenLine,
    month_of,
)
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.persistence.arrays import array_text

ROWS_AT_ONCE = 10_000
_CONTENT = ("wage_sen", *AMOUNTS)
_NAMES = ", ".join(_CONTENT)
_WHERE_STOOD = "FILTER (WHERE old_revision IS NOT NULL)"


def _columns(names: Sequence[str], stood: str = "") -> str:
    """These as arrays; of what stood before, of the lines alone that there were."""
    return ", ".join(f"array_agg({stood}{name}) {_WHERE_STOOD if stood else ''} AS {stood}{name}" for name in names)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _CONTENT)


def _newer(name: str) -> str:
    receipt = "skbbk_receipt" if name == "skbbk_employee_sen" else "receipt"
    return f"CASE WHEN line.{receipt} < excluded.{receipt} THEN excluded.{name} ELSE line.{name} END"


_NEWER = ", ".join(map(_newer, _CONTENT))
# What is sent of a line, and in what it is written.
_SENT = {
    "employers": "integer",
    "receipts": "bigint",
    "months": "integer",
    "persons": "integer",
    "states_skbbk": "boolean",
    "wages_sen": "bigint",
    **dict.fromkeys(AMOUNTS, "bigint"),
}
_WRITTEN: Mapping[str, TypeEngine[Any]] = {"integer": Integer(), "boolean": Boolean(), "bigint": BigInteger()}
# Equal content makes no revision. What was received later wins, in whatever order two files are worked on: the receipt
# moves on even when the content is equal, so that an older file that comes through late changes nothing. The SKBBK has
# a receipt of its own, zero for a line that states none: it stays as it stood when the rest of the line is taken. What
# came of them comes back as columns; of what stood before, the lines alone that there were. Where nothing stood for any
# of them, as in most files, they stand as they were sent, and none comes back (decision 82).
_TAKE = text(f"""
    WITH taken AS (
        INSERT INTO contribution_line AS line
            (employer, month, person, kind, revision, receipt, skbbk_receipt, {_NAMES})
        SELECT sent.employer, sent.month, sent.person, :kind, 1, sent.receipt,
               CASE WHEN states_skbbk THEN sent.receipt ELSE 0 END,
               {_of("sent")}
        FROM unnest({", ".join(f"CAST(CAST(:{name} AS text) AS {type_}[])" for name, type_ in _SENT.items())})
             AS sent (employer, receipt, month, person, states_skbbk, {_NAMES})
        ORDER BY sent.employer, sent.month, sent.person
        ON CONFLICT (employer, month, person, kind) DO UPDATE SET
            revision = line.revision + CASE WHEN ({_of("line")}) = ({_NEWER}) THEN 0 ELSE 1 END,
            receipt = greatest(line.receipt, excluded.receipt),
            skbbk_receipt = greatest(line.skbbk_receipt, excluded.skbbk_receipt),
            ({_NAMES}) = ROW ({_NEWER})
        WHERE line.receipt < excluded.receipt OR line.skbbk_receipt < excluded.skbbk_receipt
        RETURNING new.employer, new.month, new.person, new.revision, old.revision AS old_revision, {_of("new")},
                  {", ".join(f"old.{name} AS old_{name}" for name in AMOUNTS)}
    )
    SELECT counted.all_are_new, changed.*
    FROM (SELECT count(*) FILTER (WHERE old_revision IS NULL) = CAST(:sent AS bigint) AS all_are_new
          FROM taken) AS counted
    CROSS JOIN LATERAL (
        SELECT array_agg(employer) AS employers, array_agg(month) AS months, array_agg(person) AS persons,
               array_agg(revision) AS revisions, {_columns(_CONTENT)}, array_agg(old_revision IS NOT NULL) AS stood,
               {_columns(AMOUNTS, "old_")}
        FROM taken WHERE revision IS DISTINCT FROM old_revision AND NOT counted.all_are_new) AS changed
""")  # noqa: S608 - constants
# By whoever takes lines, before it holds people: it looks at what was taken over, and who takes months over looks at
# the lines. A statement of its own: what was taken over until it has the lock is seen by the ones after it. No lock of
# the table, which would stop its vacuum, and with it every file.
LINES = "hashtextextended('contribution_line', 0)"
_BESIDE_OTHERS = text(f"SELECT pg_advisory_xact_lock_shared({LINES})")
# What a split carried to another number, of which the employer has stated nothing since: the same wages would be owed
# twice. Where both are one person's again, it is not another's.
_CARRIED = """
    SELECT carried.employer, carried.month, carried.person, carried.other, are_one
    FROM unnest(CAST(:of AS integer[]), CAST(:received AS bigint[])) AS job (employer, receipt)
    JOIN carried_line AS carried USING (employer)
    JOIN contribution_line AS stands ON (stands.employer, stands.month, stands.person, stands.kind)
                                      = (carried.employer, carried.month, carried.other, :kind)
    CROSS JOIN LATERAL (SELECT carried.other = ANY(numbers_of(carried.person)) AS are_one) AS whose
    WHERE stands.wage_sen > 0 AND (stands.receipt <= carried.receipt OR stands.receipt > job.receipt AND NOT are_one)"""
_IS_CARRIED = text(_CARRIED)
# What was taken over of these months stands under the lines that come for them: then what they bring is the difference.
_WRITE_OUT = text(f"""
    WITH written AS (
    INSERT INTO contribution_line (employer, month, person, kind, revision, receipt, skbbk_receipt, {_NAMES})
    SELECT taken.employer, sent.month, taken.person, :kind, 1, 0, 0, {_of("taken")}
    FROM unnest(CAST(CAST(:employers AS text) AS integer[]), CAST(CAST(:months AS text) AS integer[]),
                CAST(CAST(:persons AS text) AS integer[])) AS sent (employer, month, person)
    JOIN opening_month AS taken ON taken.employer = sent.employer AND taken.person = sent.person
                               AND sent.month BETWEEN taken.first_month AND taken.last_month
    ORDER BY sent.employer, sent.month, sent.person
    ON CONFLICT (employer, month, person, kind) DO NOTHING
    ) {_CARRIED}
""")  # noqa: S608 - constants
# What was taken over from an earlier system of the month and person of a line: nobody owes it here.
TAKEN_OVER = """LEFT JOIN opening_month AS taken
      ON taken.employer = line.employer AND taken.person = line.person AND line.kind = 1
     AND line.month BETWEEN taken.first_month AND taken.last_month"""
# Of all numbers of the one person; row-level security leaves an employer its own lines.
_OF_PERSON = text(f"""
    SELECT line.month, line.employer, line.kind, line.revision, line.person, {_of("line")}
    FROM known_line AS line
    WHERE line.person = ANY(CAST((SELECT numbers_of(:person)) AS integer[]))
      AND (:officer OR :tenant = 'employer:' || line.employer
           OR :tenant = ANY(SELECT 'person:' || number FROM unnest(numbers_of(:person)) AS number))
      AND (line.month, line.employer, line.kind, line.person) > (:month, :employer, :kind, :number)
    ORDER BY line.month, line.employer, line.kind, line.person LIMIT :limit
""")  # noqa: S608 - constants
# For the person's own request: row-level security leaves nobody else's.
_NEWEST = text(f"""
    SELECT line.month, line.employer, line.kind, line.revision, line.person, {_of("line")}
    FROM known_line AS line
    WHERE line.person = ANY(CAST((SELECT numbers_of(:person)) AS integer[])) AND line.month IN (
        SELECT DISTINCT month FROM known_line
        WHERE person = ANY(CAST((SELECT numbers_of(:person)) AS integer[])) ORDER BY month DESC LIMIT :months)
    ORDER BY line.month DESC, line.employer, line.kind, line.person
""")  # noqa: S608 - constants
_LAST_MONTH = text("""
    SELECT max(month) FROM known_line WHERE employer = :employer AND person = :person AND wage_sen > 0
""")
# While a file is worked off in pieces its lines stand in part: seen by the same look as the lines.
UNDERWAY = """EXISTS (SELECT FROM contribution_file AS begun
        WHERE begun.employer = :employer AND begun.finished_at IS NULL AND begun.begun_at IS NOT NULL)"""
_IS_IN_PART = text(f"""
    SELECT {UNDERWAY} AND EXISTS (SELECT FROM contribution_line WHERE employer = :employer AND month = :month)
""")  # noqa: S608 - constants
_STANDING = text(f"""
    SELECT line.month, line.person, line.employer, line.kind, line.revision, {_of("line")}
    FROM contribution_line AS line
    JOIN unnest(CAST(:months AS integer[]), CAST(:persons AS integer[])) AS asked (month, person)
      ON line.month = asked.month AND line.person = asked.person
    WHERE line.employer = :employer AND line.kind = :kind
""")  # noqa: S608 - constants
_OVERTAKEN = text("""
    SELECT line.person, line.month FROM contribution_line AS line
    JOIN unnest(CAST(:persons AS integer[]), CAST(:months AS integer[])) AS asked (person, month)
      ON line.month = asked.month AND line.person = asked.person
    WHERE line.employer = :employer AND line.kind = :kind AND line.receipt > :receipt
""")
_MONTHS_WITH_SKBBK = text("""
    SELECT DISTINCT employer, month FROM contribution_line
    WHERE person = ANY(CAST((SELECT numbers_of(:person)) AS integer[])) AND skbbk_employee_sen > 0
    ORDER BY employer, month
""")
_PUBLISHED = text(f"""
    SELECT line.employer, line.month, line.person, line.kind, line.revision, {_of("line")}, file.file, file.received_at
    FROM contribution_line AS line JOIN contribution_file AS file ON file.receipt = line.receipt
    WHERE (line.employer, line.month, line.person, line.kind) > (:employer, :month, :person, :kind)
    ORDER BY line.employer, line.month, line.person, line.kind LIMIT :limit
""")  # noqa: S608 - constants
# The lines to which these were carried, as long as their employer has stated nothing since.
_CARRIED_TO = text(f"""
    SELECT line.employer, line.month, line.person, line.kind, line.revision, {_of("line")}, file.file, file.received_at,
           carried.person AS carried_from
    FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[]), CAST(:persons AS integer[]))
         AS asked (employer, month, person)
    JOIN carried_line AS carried USING (employer, month, person)
    JOIN contribution_line AS line ON (line.employer, line.month, line.person, line.kind)
                                      = (carried.employer, carried.month, carried.other, :kind)
    JOIN contribution_file AS file ON file.receipt = line.receipt
    WHERE line.wage_sen > 0 AND line.receipt <= carried.receipt
""")  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it stands, with the upload that it stands from."""

    file: UUID
    received_at: datetime
    employer: int
    kind: int
    line: TakenLine


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A month's line of a person as it stands."""

    month: int
    employer: int
    kind: int
    revision: int
    wage_sen: Sen
    amounts: Amounts
    person: int


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """A month of a number that a split carried to another one; `are_one`: they were merged again since."""

    month: int
    person: int
    other: int
    are_one: bool


class FileUnderway(Exception):
    """A file of the employer is being worked off in pieces: what stands is some of it."""


class ContributionLineRepository:
    """The lines that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wait_for_loads(self) -> None:
        """Until the months are here that are being taken over, by now; none is until the transaction ends. Whoever
        takes or carries lines asks for it before it holds people."""
        await self._connection.execute(_BESIDE_OTHERS)

    async def write_out(self, files: Sequence[tuple[FileJob, LineColumns]]) -> Mapping[int, list[CarriedLine]]:
        """Write out what was taken over from an earlier system for the people and months of these files' lines; the
        months that were carried to another number, by employer."""
        lines = LineColumns.joined([lines for _, lines in files])
        if not len(lines):
            return {}
        employers = _array("employers", _of_lines([(job.employer, len(of)) for job, of in files]))
        asked = {name: _array(name, getattr(lines, name)) for name in ("months", "persons")}
        jobs = _whose([job for job, _ in files])
        return _carried_of(await self._connection.execute(_WRITE_OUT, {**jobs, "employers": employers, **asked}))

    async def carried(self, jobs: Sequence[FileJob]) -> Mapping[int, list[CarriedLine]]:
        """The months that were carried to another number, as these files find them now, by employer."""
        return _carried_of(await self._connection.execute(_IS_CARRIED, _whose(jobs)))

    async def take(self, files: Sequence[tuple[FileJob, LineColumns]]) -> list[TakenColumns]:
        """Store the lines of files, each given by month and person, one file of an employer, by employer; of each file
        those that are new or changed, with their revisions."""
        lines = LineColumns.joined([lines for _, lines in files])
        employers = _of_lines([(job.employer, len(of)) for job, of in files])
        receipts = _of_lines([(job.receipt, len(of)) for job, of in files])
        taken, whose = TakenColumns.of([]), Counter[int]()
        for first in range(0, len(lines), ROWS_AT_ONCE):
            last = first + ROWS_AT_ONCE
            found_of, found = await self._take(employers[first:last], receipts[first:last], lines.part(first, last))
            taken = taken.then(found) if len(taken) else found
            whose.update(found_of)
        ends = [0, *accumulate(whose[job.employer] for job, _ in files)]
        return [taken.part(first, last) for first, last in pairwise(ends)]

    async def of_person(
        self, person: int, tenant: str, officer: bool, after: Sequence[int], limit: int
    ) -> list[KnownLine]:
        """A person's lines by month, employer and kind, after such a position: an employer's own only."""
        month, employer, kind, number = after
        asked = {"person": person, "tenant": tenant, "officer": officer, "limit": limit}
        position = {"month": month, "employer": employer, "kind": kind, "number": number}
        found = await self._connection.execute(_OF_PERSON, {**asked, **position})
        return [known_line_of(row) for row in found]

    async def newest_of(self, person: int, months: int) -> list[KnownLine]:
        """A person's lines of the newest months, newest first."""
        found = await self._connection.execute(_NEWEST, {"person": person, "months": months})
        return [known_line_of(row) for row in found]

    async def last_month(self, employer: int, person: int) -> Month | None:
        """The last month for which an employer's wages of a person stand."""
        asked = {"employer": employer, "person": person}
        month: int | None = (await self._connection.execute(_LAST_MONTH, asked)).scalar_one()
        return None if month is None else month_of(month)

    async def check_whole(self, employer: int, month: int) -> None:
        """Raises FileUnderway where lines stand for an employer's month, and may be some of a file."""
        if (await self._connection.execute(_IS_IN_PART, {"employer": employer, "month": month})).scalar_one():
            raise FileUnderway

    async def overtaken(self, employer: int, receipt: int, asked: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """The persons and months of these of which something that was received later stands."""
        persons, months = [person for person, _ in asked], [month for _, month in asked]
        values = {"employer": employer, "receipt": receipt, "kind": MONTHLY, "persons": persons, "months": months}
        return {(row.person, row.month) for row in await self._connection.execute(_OVERTAKEN, values)}

    async def standing(self, employer: int, lines: LineColumns) -> dict[tuple[int, int], KnownLine]:
        """What stands of the people and months of these lines, by month and person."""
        asked = {"employer": employer, "kind": MONTHLY, "months": lines.months, "persons": lines.persons}
        rows = (await self._connection.execute(_STANDING, asked)).all()
        return {(row.month, row.person): known_line_of(row) for row in rows}

    async def list_months_with_skbbk(self, person: int) -> list[tuple[int, Month]]:
        """The employers and months of which an SKBBK of a person stands, under any number: of every employer, for the
        worker's role."""
        found = await self._connection.execute(_MONTHS_WITH_SKBBK, {"person": person})
        return [(row.employer, month_of(row.month)) for row in found]

    async def list_published(self, after: Sequence[int], limit: int) -> list[KeptLine]:
        """Lines after an employer, month, person and kind: every employer's, for the worker's role."""
        position = dict(zip(("employer", "month", "person", "kind"), after, strict=True))
        found = await self._connection.execute(_PUBLISHED, {**position, "limit": limit})
        return [kept_line_of(row) for row in found]

    async def carried_to(self, kept: Sequence[KeptLine]) -> Mapping[tuple[int, int, int, int], KeptLine]:
        """The lines to which a split carried these, as long as both stand so, by the employer, month, person and kind
        of what was carried: for the worker's role."""
        empty = [each for each in kept if each.kind == MONTHLY and not each.line.wage_sen]
        if not empty:
            return {}
        asked = {"employers": [each.employer for each in empty], "months": [each.line.month for each in empty]}
        asked |= {"persons": [each.line.person for each in empty]}
        rows = await self._connection.execute(_CARRIED_TO, {**asked, "kind": MONTHLY})
        return {(row.employer, row.month, row.carried_from, row.kind): kept_line_of(row) for row in rows}

    async def _take(
        self, employers: Sequence[int], receipts: Sequence[int], lines: LineColumns
    ) -> tuple[Sequence[int], TakenColumns]:
        whose = {"employers": employers, "receipts": receipts}
        columns = {name: _array(name, whose.get(name) or getattr(lines, name)) for name in _SENT}
        row = (await self._connection.execute(_TAKE, {"kind": MONTHLY, "sent": len(lines), **columns})).one()
        return (employers, _as_sent(lines)) if row.all_are_new else (row.employers or [], taken_columns_of(row))


def _whose(jobs: Sequence[FileJob]) -> dict[str, Any]:
    return {"kind": MONTHLY, "of": [job.employer for job in jobs], "received": [job.receipt for job in jobs]}


def _carried_of(rows: Iterable[Row[Any]]) -> Mapping[int, list[CarriedLine]]:
    """By employer."""
    carried: dict[int, list[CarriedLine]] = defaultdict(list)
    for employer, *line in rows:
        carried[employer].append(CarriedLine(*line))
    return carried


def _of_lines(each: Sequence[tuple[int, int]]) -> list[int]:
    """A number of each file, as often as the file has lines."""
    return [number for number, lines in each for _ in range(lines)]


def _array(name: str, column: Sequence[Any]) -> str:
    return array_text(_WRITTEN[_SENT[name]], column)


def known_line_of(row: Row[Any]) -> KnownLine:
    """The line in a row of ``_OF_PERSON``."""
    return KnownLine(row.month, row.employer, row.kind, row.revision, row.wage_sen, amounts_of(row), row.person)


def kept_line_of(row: Row[Any]) -> KeptLine:
    """The line in a row of ``_PUBLISHED``: it counts whole, as if nothing had stood before it."""
    line = TakenLine(row.month, row.person, row.revision, row.wage_sen, amounts_of(row), Amounts())
    return KeptLine(row.file, row.received_at, row.employer, row.kind, line)


def taken_line_of(row: Row[Any]) -> TakenLine:
    """The line in a row that names what stands and what stood as ``_TAKE`` does."""
    return TakenLine(row.month, row.person, row.revision, row.wage_sen, amounts_of(row), amounts_of(row, "old_"))


def taken_columns_of(row: Row[Any]) -> TakenColumns:
    """The lines in a row of ``_TAKE`` that has a column of each of their columns."""
    _, _, months, persons, revisions, wages, *amounts = (each or [] for each in row)
    new, stood, old = amounts[: len(AMOUNTS)], amounts[len(AMOUNTS)], amounts[len(AMOUNTS) + 1 :]
    before = {name: _where(stood, each) for name, each in zip(AMOUNTS, old, strict=True)} if any(stood) else None
    return TakenColumns(months, persons, revisions, wages, dict(zip(AMOUNTS, new, strict=True)), before)


def _as_sent(lines: LineColumns) -> TakenColumns:
    """Lines for which nothing stood."""
    amounts = {name: getattr(lines, name) for name in AMOUNTS}
    return TakenColumns(lines.months, lines.persons, [1] * len(lines), lines.wages_sen, amounts)


def _where(stood: Sequence[bool], values: Sequence[Sen]) -> list[Sen]:
    """One after the other where a line stood, and nothing elsewhere."""
    known = iter(values)
    return [next(known) if each else 0 for each in stood]


def amounts_of(row: Row[Any], prefix: str = "") -> Amounts:
    """The amounts of a row; zero where there is none."""
    return Amounts(*(getattr(row, prefix + name) or 0 for name in AMOUNTS))
