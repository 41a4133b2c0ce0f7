"""Hold the rows of a piece against what is known: in the dry run, and once more when it is loaded."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.registration.domain.errors import PersonMayBeReal
from services.registration.domain.opening import OpeningFault, OpeningKind, OpeningRow, PersonRow
from services.registration.domain.opening_judging import Judged, judge_months, judge_spells
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.security.national_id import NationalId
from shared.security.synthetic import is_synthetic


@dataclass(frozen=True)
class JudgeOpening:
    """The rows, what they are, and whether the people whom they name are to stay as they are found."""

    kind: OpeningKind
    rows: list[OpeningRow]
    hold: bool


async def judge_opening(command: JudgeOpening, uow: RegistrationUnitOfWork) -> Judged:
    """What is new in them, what is known, and what is wrong."""
    return await _JUDGES[command.kind](command, uow)


async def _employers(command: Any, uow: RegistrationUnitOfWork) -> Judged:
    return await uow.opening_rows.judge_employers(command.rows)


async def _persons(command: Any, uow: RegistrationUnitOfWork) -> Judged:
    faults = _may_be_real(command.rows, today()) if uow.in_sandbox else []
    wrong = {fault.line for fault in faults}
    judged = await uow.opening_rows.judge_persons([row for row in command.rows if row.line not in wrong], today())
    return replace(judged, faults=[*faults, *judged.faults])


def _may_be_real(rows: Iterable[PersonRow], day: date) -> list[OpeningFault]:
    """Rows of which somebody may bear an id in earnest: a sandbox takes none of them."""
    real = {
        row.line: "id_number" if who == row.who else "old_ic"
        for row in rows
        for who in reversed(row.ids)
        if not is_synthetic(NationalId.of(*who), row.born_on, day)
    }
    return [OpeningFault(line, field, PersonMayBeReal.code) for line, field in real.items()]


async def _spells(command: Any, uow: RegistrationUnitOfWork) -> Judged:
    placed, faults = await uow.opening_rows.place(command.rows)
    if command.hold:
        await uow.opening_rows.hold(placed)
    births, known = await uow.opening_rows.births_of(placed, today()), await uow.opening_rows.spells_of(placed)
    judged = judge_spells(placed, births, known)
    return Judged(judged.new, judged.known, [*faults, *judged.faults])


async def _months(command: Any, uow: RegistrationUnitOfWork) -> Judged:
    placed, faults = await uow.opening_rows.place(command.rows)
    if command.hold:
        await uow.opening_rows.wait_for_lines()
        await uow.opening_rows.hold(placed)
    spells, known = await uow.opening_rows.spells_of(placed), await uow.opening_rows.months_of(placed)
    judged = judge_months(placed, spells, known)
    return Judged(judged.new, judged.known, [*faults, *judged.faults])


_JUDGES: Mapping[OpeningKind, Callable[[Any, RegistrationUnitOfWork], Awaitable[Judged]]] = {
    OpeningKind.EMPLOYERS: _employers,
    OpeningKind.PERSONS: _persons,
    OpeningKind.SPELLS: _spells,
    OpeningKind.MONTHS: _months,
}
