"""Contribution files and their lines: states, columns, what is wrong with a line, and sums."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import Literal
from uuid import UUID

from shared.kernel.clock import business_day
from shared.kernel.funds import Fund
from shared.kernel.identifiers import employer_id
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import employer_for_invalidity
from shared.law.book import book

# The kinds of line, by the number that stands in the key of a line.
KINDS = {1: "monthly"}
MONTHLY = 1
LINES_IN_AN_EVENT = 1_000
# What is wrong with a line that a split carried to another number, and that is sent again under the first.
CARRIED = "month_is_anothers"


class FileState(StrEnum):
    """Where a contribution file stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    PARTLY_REJECTED = "partly_rejected"
    REJECTED = "rejected"

    @property
    def is_finished(self) -> bool:
        """Whether the file is through."""
        return self is not FileState.RECEIVED


# Why officers closed a file, why they are asked, and why they need not be any more.
NOT_WORKED_OFF = "not_worked_off"
WORKED_OFF = "worked_off"


class FileFormat(StrEnum):
    """In what form contributions were sent (files/formats.py)."""

    COMBINED_278 = "combined_278"
    LEGACY_223 = "legacy_223"
    CSV = "csv"
    JSON = "json"


class Part(StrEnum):
    """Of which Act a line of the legacy layout speaks: it was sent for each by itself, or for both."""

    BOTH = "both"
    ACT4 = "act4"
    ACT800 = "act800"


class StatedAmount(StrEnum):
    """What the one amount of a line of the legacy layout is."""

    WAGE = "wage"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the bytes of an upload are read, as it stood when they were received.

    `amount` is what the employer's template says, None where a line states each amount. `months` are those for which
    the sender says that the lines are, written 202606; without one the lines themselves decide.
    """

    format: FileFormat = FileFormat.COMBINED_278
    separator: Literal["comma", "semicolon"] = "comma"
    part: Part = Part.BOTH
    amount: StatedAmount | None = None
    months: tuple[int, ...] = ()

    @property
    def is_of_one_part(self) -> bool:
        """Whether it leaves the other Act's contributions as they stand."""
        return self.part is not Part.BOTH

    @property
    def key(self) -> str:
        """What tells the same bytes apart that are read in another way; empty where nothing but the bytes counts."""
        if self == Reading():
            return ""
        amount = "" if self.amount is None else self.amount.value
        return "/".join([self.format, self.separator, self.part, amount, *map(str, self.months)])


@dataclass(frozen=True, slots=True)
class FileJob:
    """An upload and what became of it; `receipt` orders uploads: what was received later wins."""

    id: UUID
    receipt: int
    tenant: str
    employer: int
    state: FileState
    lines: int
    received_at: datetime
    finished_at: datetime | None = None
    accepted_lines: int | None = None
    rejected_lines: int | None = None
    reading: Reading = field(default_factory=Reading)
    # Zero: it is kept whole, and worked off at once.
    pieces: int = 0
    closed_for: str | None = None

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        whose = {"employer": employer_id(self.employer), "format": self.reading.format.value}
        return {**whose, "lines": self.lines, "received_on": str(self.submitted_on)}

    @property
    def submitted_on(self) -> date:
        """The business day of the receipt: layouts and the month are judged by it, whenever the work is done."""
        return business_day(self.received_at)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a file, which its own format reads; numbers and lines are counted from 1, without a header."""

    number: int
    first_line: int
    lines: int
    content: bytes = field(repr=False)

    @property
    def lines_before(self) -> int:
        """How many lines of the file stand before it."""
        return self.first_line - 1

    def holds(self, line: int) -> bool:
        """Whether a line of the file stands in it."""
        return 0 < line - self.lines_before <= self.lines


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """What was uploaded, without a fault of the whole, and is kept in pieces already, under the file's id to be."""

    file: UUID
    employer_code: str
    lines: int
    pieces: int

    def __len__(self) -> int:
        return self.lines


def outcome(accepted_lines: int, is_faultless: bool) -> FileState:
    """The last state of a file of which so many lines were taken, with or without something that was set aside."""
    if is_faultless:
        return FileState.ACCEPTED
    return FileState.PARTLY_REJECTED if accepted_lines else FileState.REJECTED


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault of one line, counted from 1: which field, and a stable code; never the value that was sent.

    `expected_sen` is the amount that is due by the statute book, where an amount is at fault.
    """

    line: int
    field: str
    code: str
    expected_sen: Sen | None = None

    @property
    def expected(self) -> str:
        """The amount that is due, in ringgit; empty where the fault is another one."""
        return "" if self.expected_sen is None else ringgit(self.expected_sen)

    @property
    def message(self) -> str:
        """The fault in words."""
        told = LINE_FAULTS[self.code]
        return told if self.expected_sen is None else f"{told} Due: {self.expected}."


LINE_FAULTS = {
    "amount_too_large": "No amount is larger than RM99,999,999.99.",
    "amount_malformed": "An amount is digits, right-aligned, with blanks or zeros before them; in CSV it is ringgit "
    "with two decimals.",
    "amount_differs": "The amount is not that of the table for the wage, the month and the person.",
    "date_malformed": "A date beside status B, H or M is DDMMYYYY.",
    "date_out_of_range": "A date beside status B, H or M is 1 April 1969 or later; of M today at the latest, of B and "
    "H a year ahead.",
    "duplicate_line": "The file has more than one line of this person and month: send one, with the sum of the wages.",
    "id_ambiguous": "More than one of your people has this number and name; ask an officer.",
    "id_missing": "A line needs an identity number.",
    "layout_not_accepted": "This layout is not accepted for this month on the day of submission.",
    "month_before_law": "The month is before the first one for which the person's contributions are known.",
    "month_in_future": "The month has not begun yet.",
    "month_is_anothers": "Officers found that this month was another of your people's, and it stands there: send it no "
    "more. If both have wages, send that person's month too.",
    "month_not_confirmed": "Most lines of the file are of another month, or you named other months: name each month "
    "that you mean.",
    "month_outside_employment": "The person has no day of employment with you in this month: register the employment "
    "first, or have an officer correct its last day.",
    "month_malformed": "A month is MMYYYY, in CSV YYYY-MM.",
    "name_differs": "The name is not that of the registered person with this number: check both.",
    "name_missing": "A line needs the person's name.",
    "person_unknown": "None of your registered people has this number.",
    "skbbk_released": "The person is released from SKBBK in this month: give back what was deducted, and send 0.00 to "
    "claim what stands for it.",
    "status_unknown": "A status is B, H, M, S, T or blank.",
    "total_fits_no_class": "The total is that of no wage class for the month and the person.",
    "work_not_insured": "The law leaves out the kind of work that is stated for this month: nothing is due. If it is "
    "another kind, correct the spell.",
    # No longer found: files of before have it.
    "wage_zero": "No contribution is due for a month without wages.",
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one line or many bring, in sen."""

    act4_employer_sen: Sen = 0
    act4_employee_sen: Sen = 0
    act800_employer_sen: Sen = 0
    act800_employee_sen: Sen = 0
    skbbk_employee_sen: Sen = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(getattr(self, name) + getattr(other, name) for name in AMOUNTS))

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(getattr(self, name) - getattr(other, name) for name in AMOUNTS))


AMOUNTS = tuple(field.name for field in fields(Amounts))


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Lines that may be taken, as columns of equal length; months are written 202606, money is in sen.

    `states_skbbk` is false for a line that says nothing about the SKBBK, or nothing that may be taken: what stood there
    stays.
    """

    months: list[int]
    persons: list[int]
    wages_sen: list[Sen]
    act4_employer_sen: list[Sen]
    act4_employee_sen: list[Sen]
    act800_employer_sen: list[Sen]
    act800_employee_sen: list[Sen]
    skbbk_employee_sen: list[Sen]
    states_skbbk: list[bool]

    def __len__(self) -> int:
        return len(self.persons)

    @classmethod
    def joined(cls, each: Sequence["LineColumns"]) -> "LineColumns":
        """The lines of one after the other."""
        if len(each) == 1:
            return each[0]
        return cls(*(list(chain.from_iterable(getattr(one, field.name) for one in each)) for field in fields(cls)))

    def part(self, first: int, last: int) -> "LineColumns":
        """The lines from the first up to and without the last."""
        return LineColumns(*(getattr(self, field.name)[first:last] for field in fields(self)))

    def at(self, places: Sequence[int]) -> "LineColumns":
        """The lines in these places."""
        return LineColumns(*([getattr(self, field.name)[each] for each in places] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Bearers:
    """Whom the numbers of the lines of a file stand for, or of a piece of one, each once; and whether each line names
    one of them, by number and name."""

    persons: Sequence[int]
    of_all_lines: bool


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A line as it now stands, with its revision, and what stood there before."""

    month: int
    person: int
    revision: int
    wage_sen: Sen
    amounts: Amounts
    before: Amounts

    @property
    def is_changed(self) -> bool:
        """Whether it declared something else before."""
        return self.before not in (Amounts(), self.amounts)


@dataclass(frozen=True, slots=True)
class TakenColumns:
    """Lines as they now stand, by month and person, as columns of equal length; amounts by their names.

    `before` is what stood there: None where nothing did for any of them.
    """

    months: Sequence[int]
    persons: Sequence[int]
    revisions: Sequence[int]
    wages_sen: Sequence[Sen]
    amounts: Mapping[str, Sequence[Sen]]
    before: Mapping[str, Sequence[Sen]] | None = None

    def __len__(self) -> int:
        return len(self.persons)

    @classmethod
    def of(cls, lines: Sequence[TakenLine]) -> "TakenColumns":
        """Of lines that are at hand."""
        return cls(
            months=[line.month for line in lines],
            persons=[line.person for line in lines],
            revisions=[line.revision for line in lines],
            wages_sen=[line.wage_sen for line in lines],
            amounts={name: [getattr(line.amounts, name) for line in lines] for name in AMOUNTS},
            before={name: [getattr(line.before, name) for line in lines] for name in AMOUNTS},
        )

    def then(self, following: "TakenColumns") -> "TakenColumns":
        """These and those that follow."""
        before = None if self.before is following.before is None else _joined(self._stood, following._stood)
        return TakenColumns(
            [*self.months, *following.months],
            [*self.persons, *following.persons],
            [*self.revisions, *following.revisions],
            [*self.wages_sen, *following.wages_sen],
            _joined(self.amounts, following.amounts),
            before,
        )

    def part(self, first: int, last: int) -> "TakenColumns":
        """The lines from the first up to and without the last."""
        if (first, last) == (0, len(self)):
            return self
        lines = slice(first, last)
        before = self.before and {name: self.before[name][lines] for name in AMOUNTS}
        is_new = before is None or not any(any(before[name]) for name in AMOUNTS)
        return TakenColumns(
            *(self.months[lines], self.persons[lines], self.revisions[lines], self.wages_sen[lines]),
            amounts={name: self.amounts[name][lines] for name in AMOUNTS},
            before=None if is_new else before,
        )

    @property
    def changed(self) -> list[TakenLine]:
        """The lines that declared something else before."""
        if self.before is None:
            return []
        stood = zip(*(self.before[name] for name in AMOUNTS), strict=True)
        return [line for at, was in enumerate(stood) if any(was) and (line := self._line(at, was)).is_changed]

    @property
    def stands_where_nothing_stood(self) -> bool:
        """Whether a line has something now of which nothing was declared by its last revision."""
        if self.before is None:
            return max(self.revisions, default=1) > 1 and any(
                revision > 1 and wage for revision, wage in zip(self.revisions, self.wages_sen, strict=True)
            )
        stood = zip(*(self.before[name] for name in AMOUNTS), strict=True)
        lines = zip(self.revisions, self.wages_sen, stood, strict=True)
        return any(revision > 1 and wage and not any(was) for revision, wage, was in lines)

    @property
    def brought(self) -> list[Sequence[Sen]]:
        """The difference that each made to what stood there before, an amount a column."""
        if self.before is None:
            return [self.amounts[name] for name in AMOUNTS]
        return [[now - was for now, was in zip(self.amounts[name], self.before[name], strict=True)] for name in AMOUNTS]

    @property
    def _stood(self) -> Mapping[str, Sequence[Sen]]:
        return dict.fromkeys(AMOUNTS, [0] * len(self)) if self.before is None else self.before

    def _line(self, at: int, was: Sequence[Sen]) -> TakenLine:
        stands = Amounts(*(self.amounts[name][at] for name in AMOUNTS))
        return TakenLine(
            self.months[at], self.persons[at], self.revisions[at], self.wages_sen[at], stands, Amounts(*was)
        )


def _joined(columns: Mapping[str, Sequence[Sen]], following: Mapping[str, Sequence[Sen]]) -> dict[str, list[Sen]]:
    return {name: [*columns[name], *following[name]] for name in AMOUNTS}


@dataclass(frozen=True, slots=True)
class MonthSums:
    """Sums of lines of one month; `month` is written 202606."""

    month: int
    lines: int
    wages_sen: Sen
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file that was received on a day brought to an employer's account, by month."""

    employer: int
    received_on: date
    sums: Sequence[MonthSums]


@dataclass(frozen=True, slots=True)
class FundSums:
    """What employers and employees pay to one fund, or what changed in it."""

    fund: Fund
    employer_sen: Sen
    employee_sen: Sen


def declared(lines: LineColumns) -> list[MonthSums]:
    """The control totals of a file: the lines accepted, by month."""
    return _sums(lines.months, lines.wages_sen, [getattr(lines, name) for name in AMOUNTS])


def brought(taken: TakenColumns) -> list[MonthSums]:
    """What the lines that changed brought to the funds: the difference to what stood there before, by month."""
    return _sums(taken.months, taken.wages_sen, taken.brought)


def by_fund(sums: MonthSums, received_on: date) -> list[FundSums]:
    """What of a month's contributions each fund gets, by the law of the month as known on the day of the receipt."""
    paid, law = sums.amounts, book().on(month_of(sums.month).first_day, received_on)
    for_invalidity = employer_for_invalidity(paid.act4_employee_sen, law)
    return [
        FundSums(Fund.EMPLOYMENT_INJURY, paid.act4_employer_sen - for_invalidity, 0),
        FundSums(Fund.INVALIDITY, for_invalidity, paid.act4_employee_sen),
        FundSums(Fund.NON_EMPLOYMENT_INJURY, 0, paid.skbbk_employee_sen),
        FundSums(Fund.EMPLOYMENT_INSURANCE, paid.act800_employer_sen, paid.act800_employee_sen),
    ]


def _sums(months: Sequence[int], wages: Sequence[Sen], amounts: Sequence[Sequence[Sen]]) -> list[MonthSums]:
    """Column by column: a sum for each line costs as much as all else that is done with it."""
    places: Mapping[int, list[int]] = defaultdict(list)
    for place, month in enumerate(months):
        places[month].append(place)
    return [
        MonthSums(month, len(of), _sum(wages, of), Amounts(*(_sum(column, of) for column in amounts)))
        for month, of in sorted(places.items())
    ]


def _sum(column: Sequence[Sen], places: Sequence[int]) -> Sen:
    return sum(column) if len(places) == len(column) else sum(column[place] for place in places)


def month_of(number: int) -> Month:
    """The month behind a number such as 202606."""
    return Month(number // 100, number % 100)


def number_of(month: Month) -> int:
    """The number that stands for a month, such as 202606."""
    return month.year * 100 + month.month
