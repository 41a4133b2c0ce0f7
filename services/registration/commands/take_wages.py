"""An employer pushes wages that it paid: they go through the pipeline of contribution files, many as one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from services.registration.commands.process_contribution_file import work_off_lines
from services.registration.commands.submit_contribution_statement import (
    SubmitContributionStatement,
    receive_contribution_statement,
)
from services.registration.commands.take_leaving import NOT_STATED, NOT_STATED_MESSAGE
from services.registration.commands.take_lines import CheckedFile, TakeLines
from services.registration.domain import subjects
from services.registration.domain.contribution import LineFault, Reading, month_of, number_of
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import PersonUnknown
from services.registration.domain.insured import Insured
from services.registration.files.contribution_file import FileLine, read, render
from services.registration.files.fixed_width import LONGEST_ID
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import People, amounts_due, check_lines, is_named
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.inbound.event import Outcome, Taken, accepted, parked, refused
from shared.kernel.clock import start_of_day, today
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.security.national_id import IdKind, NationalId

# What was received later stands, and was worked off before.
OVERTAKEN = "later_statement_stands"
FUTURE, PAID_IN_FUTURE = "month_in_future", "paid_in_future"
_SKBBK = "skbbk_employee"
# In the order in which a line has them.
AMOUNTS = ("act4_employer", "act4_employee", "act800_employer", "act800_employee", _SKBBK)
# What sets the SKBBK aside by itself; the rest of the line is taken.
_BY_ITSELF = frozenset({"amount_differs", "skbbk_released"})
_SEVERAL = "More than one of your people has this number and name; ask an officer."
_TOO_LONG = f"A contribution file has {LONGEST_ID} characters for the number; state this person's wages to an officer."


@dataclass(frozen=True, repr=False)
class PaidWage:
    """The wage of a person for a month, and when it was paid, which may be another month; `repr` would show who.

    ``stated`` are amounts that the employer worked out itself: they are held against the table's.
    """

    employer: int
    id_kind: IdKind
    id_number: str
    name: str
    for_month: int
    wage_sen: Sen
    paid_on: date
    stated: Mapping[str, Sen]

    @cached_property
    def national_id(self) -> NationalId:
        """The person's."""
        return NationalId(self.id_kind, self.id_number)

    @property
    def number(self) -> str:
        """As a contribution file carries it."""
        return self.national_id.number


@dataclass(frozen=True, repr=False)
class TakeWages:
    """Wages of one employer by the number of their receipt, which orders them among its files."""

    employer: int
    wages: Mapping[int, PaidWage]


@dataclass(frozen=True, slots=True, repr=False)
class PushedLine:
    """The line that a wage becomes, and whose it is."""

    person: int
    line: FileLine


@dataclass(frozen=True, slots=True, repr=False)
class PushedFile:
    """Lines that are one file, by the number of their receipt, and whom the numbers of their employer's people stand
    for."""

    employer: Employer
    pushed: Mapping[int, PushedLine]
    people: People

    @property
    def each(self) -> list[PushedLine]:
        """In order."""
        return list(self.pushed.values())

    @property
    def lines(self) -> list[FileLine]:
        """The same as they are written."""
        return [each.line for each in self.pushed.values()]


async def take_pushed_wages(events: Sequence[tuple[Taken, PaidWage]], uow: RegistrationUnitOfWork) -> list[Outcome]:
    """What came of each, in order: all are one sender's."""
    wages = {taken.number: wage for taken, wage in events}
    found = await take_wages(TakeWages(events[0][1].employer, wages), uow)
    return [found[taken.number] for taken, _ in events]


async def take_wages(command: TakeWages, uow: RegistrationUnitOfWork) -> dict[int, Outcome]:
    """Park and refuse what cannot be a line, send the rest as files and work them off at once."""
    employer = await uow.employers.get(command.employer)
    asked = {(each.number, each.for_month) for each in command.wages.values()}
    people = await uow.persons.match(command.employer, asked)
    outcomes: dict[int, Outcome] = {}
    fit: dict[int, PaidWage] = {}
    for number, wage in command.wages.items():
        outcome = await _unfit(wage, _bearers(wage, people), uow)
        if outcome is None:
            fit[number] = wage
        else:
            outcomes[number] = outcome
    files = await _in_files(_lines(fit, people, employer), employer, uow)
    for pushed in files:
        outcomes |= await _through_the_file(PushedFile(employer, pushed, people), uow)
    if not files:
        # What waits until all that was sent is worked off is told so by each file.
        await uow.due.wake({subjects.sent(command.employer)})
    return outcomes


def _bearers(wage: PaidWage, people: People) -> Sequence[Insured]:
    return people.get((wage.number, wage.for_month), [])


async def _in_files(
    lines: Mapping[int, PushedLine], employer: Employer, uow: RegistrationUnitOfWork
) -> list[dict[int, PushedLine]]:
    """The lines as files that each have one receipt: nothing else was received between their lines.

    No file has a person's month twice; the later one is in a later file.
    """
    numbers = sorted(lines)
    received = (
        await uow.contribution_files.receipts_between(employer.number, numbers[0], numbers[-1]) if numbers else []
    )
    files: list[dict[int, PushedLine]] = []
    months: set[tuple[int, int]] = set()
    for number in numbers:
        month = _month_of(lines[number])
        is_apart = not files or any(max(files[-1]) < receipt < number for receipt in received)
        if is_apart or month in months:
            files.append({})
            months = set()
        files[-1][number] = lines[number]
        months.add(month)
    return files


async def _unfit(wage: PaidWage, found: Sequence[Insured], uow: RegistrationUnitOfWork) -> Outcome | None:
    """Why a wage is no line, if so: it waits, or is refused."""
    this_month = Month.of(today())
    if wage.paid_on > today():
        return refused(PAID_IN_FUTURE, "The day of the payment has not come yet.")
    if wage.for_month > number_of(this_month.next):
        return refused(FUTURE, "Wages are stated for the next month at the latest.")
    if wage.for_month > number_of(this_month):
        begins = start_of_day(this_month.next.first_day)
        return parked(FUTURE, "The month has not begun yet: it is taken on its first day.", wake_at=begins)
    if len(wage.number) > LONGEST_ID:
        return refused("id_too_long", _TOO_LONG)
    named = [each for each in found if is_named(each.name, wage.name)]
    if len(named) > 1:
        return refused("id_ambiguous", _SEVERAL)
    if found and not named:
        return refused("name_differs", "The name is not that of the registered person with this number: check both.")
    # A month is withdrawn also where nobody worked, as by a line of a file.
    is_employed = bool(named) and (named[0].works_here or wage.wage_sen == 0)
    if not is_employed:
        return parked(NOT_STATED, NOT_STATED_MESSAGE, await _awaited(wage, uow))
    return None


async def _awaited(wage: PaidWage, uow: RegistrationUnitOfWork) -> Subject:
    """The person's registration, or an employment with this employer."""
    try:
        person = await uow.persons.behind(wage.national_id, wage.name, today())
    except PersonUnknown:
        return subjects.registered(uow.keys.waiting.of(wage.number).hex())
    return subjects.employed(wage.employer, person)


def _lines(wages: Mapping[int, PaidWage], people: People, employer: Employer) -> dict[int, PushedLine]:
    """The lines of a file: what is not stated is the table's."""
    named = {number: _named(wage, people) for number, wage in wages.items()}
    asked = [(named[number], month_of(wage.for_month), wage.wage_sen) for number, wage in wages.items()]
    due = amounts_due(asked, today())
    return {
        number: PushedLine(named[number].person, _line(wage, employer, amounts))
        for (number, wage), amounts in zip(wages.items(), due, strict=True)
    }


def _named(wage: PaidWage, people: People) -> Insured:
    (person,) = (each for each in _bearers(wage, people) if is_named(each.name, wage.name))
    return person


def _line(wage: PaidWage, employer: Employer, due: Mapping[str, Sen]) -> FileLine:
    act4, act4_own, act800, act800_own, skbbk = (wage.stated.get(name, due[name]) for name in AMOUNTS)
    head = (employer.code, wage.number, wage.name, month_of(wage.for_month), wage.wage_sen)
    return FileLine(*head, act4, act4_own, act800, act800_own, skbbk)


async def _through_the_file(file: PushedFile, uow: RegistrationUnitOfWork) -> dict[int, Outcome]:
    """What came of each line: the file is kept and worked off as any other, in this very transaction."""
    upload, employer, receipt = read(render(file.lines)), file.employer.number, min(file.pushed)
    # Each wage says its month itself: none of them is a slip of the pen among those of another month.
    reading = Reading(months=tuple(sorted({number_of(line.month) for line in file.lines})))
    # What was received later than the first of them, and is no line of this file, was received later than all.
    statement = SubmitContributionStatement(upload, employer, tenant_of(employer), reading, receipt)
    job = await receive_contribution_statement(statement, uow)
    checked = check_lines(FORMATS[reading.format].columns(upload.content, reading), file.people, job.submitted_on)
    (checked,) = await work_off_lines(TakeLines([CheckedFile(job, checked)]), uow)
    overtaken = await uow.contribution_lines.overtaken(employer, receipt, [_month_of(each) for each in file.each])
    return {
        number: _came_of(
            each.line,
            [fault for fault in checked.faults if fault.line == place],
            str(job.id),
            [OVERTAKEN] if _month_of(each) in overtaken else [],
        )
        for place, (number, each) in enumerate(file.pushed.items(), start=1)
    }


def _month_of(pushed: PushedLine) -> tuple[int, int]:
    return pushed.person, number_of(pushed.line.month)


def _came_of(line: FileLine, faults: Sequence[LineFault], file: str, warnings: Sequence[str]) -> Outcome:
    told = [_told(each) for each in faults]
    bad = [each for each in faults if each.field != _SKBBK or each.code not in _BY_ITSELF]
    if bad:
        return refused(bad[0].code, bad[0].message, file=file, line=told)
    amounts = {name: ringgit(getattr(line, name)) for name in AMOUNTS}
    result: dict[str, Any] = {"file": file, "month": str(line.month), "wage": ringgit(line.wage), "amounts": amounts}
    return accepted(result | {"line": told}, *sorted({each.code for each in faults}), *warnings)


def _told(fault: LineFault) -> dict[str, str]:
    return {"field": fault.field, "code": fault.code, "message": fault.message, "expected": fault.expected}
