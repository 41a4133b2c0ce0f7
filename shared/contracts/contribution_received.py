"""Topic ``contribution.received``: what employers declared, line by line and in total, and what was banked of it.

Lines are commutative: the key is (employer, month, person, kind), registration gives each a revision under the row's
lock, and the higher revision wins. A chunk carries up to 1,000 lines as columns of equal length.
"""

from datetime import date, datetime
from operator import attrgetter
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Event, Number, Part, Revision, StatedSen, WageMonth
from shared.contracts.topics import CONTRIBUTION_RECEIVED

COLUMNS = (
    "persons",
    "revisions",
    "wages_sen",
    "act4_employer_sen",
    "act4_employee_sen",
    "act800_employer_sen",
    "act800_employee_sen",
    "skbbk_employee_sen",
)
# Asked of each event, thrice: by name one after the other takes twice as long.
_columns_of, _amounts_of = attrgetter(*COLUMNS), attrgetter(*COLUMNS[3:])


class EmployerMonthEvent(Event):
    """What every event about an employer's contributions states."""

    topic = CONTRIBUTION_RECEIVED

    file: UUID
    """The contribution file from which it comes."""
    employer: Number
    """The employer's number. Over REST it is `E`, nine digits and a check character: 7 is E0000000076."""
    month: WageMonth
    """The wage month, `YYYY-MM`."""
    received_at: datetime
    """When the file was received."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("employer", str(self.employer))

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"


class ContributionsReceivedV1(EmployerMonthEvent):
    """Accepted contribution lines of one employer, wage month and kind, as columns (amounts in sen)."""

    name: ClassVar[str] = "contributions.received"

    kind: str = "monthly"
    """The kind of line: only `monthly` so far."""
    persons: tuple[Number, ...]
    """The person's number of each line; over REST the same person is `P`, nine digits and a check character."""
    revisions: tuple[Revision, ...]
    """The revision of each line: of one employer, month, person and kind the higher one counts."""
    wages_sen: tuple[StatedSen, ...]
    """The wages declared, in sen."""
    act4_employer_sen: tuple[StatedSen, ...]
    """The employer's share under Act 4, in sen."""
    act4_employee_sen: tuple[StatedSen, ...]
    """The employee's share under Act 4, in sen; zero in the second category."""
    act800_employer_sen: tuple[StatedSen, ...]
    """The employer's share under Act 800, in sen."""
    act800_employee_sen: tuple[StatedSen, ...]
    """The employee's share under Act 800, in sen."""
    skbbk_employee_sen: tuple[StatedSen, ...]
    """The employee's contribution to the SKBBK (Act A1788), in sen; zero before June 2026."""
    carried_to: Number | None = None
    """The number to which a split of two numbers carried the month, whose line stands beside that of the number that
    has nothing of it any more; absent from what an employer stated."""

    @model_validator(mode="after")
    def _columns_are_equally_long(self) -> Self:
        if len(set(map(len, _columns_of(self)))) != 1:
            raise ValueError("the columns of a chunk are equally long")
        return self

    @property
    def rows(self) -> int:
        return len(self.persons)

    @property
    def money_sen(self) -> int:
        return sum(map(sum, _amounts_of(self)))


class FundDifferenceV1(Part):
    """What a file changed in one fund, by who pays it."""

    fund: Fund
    """The fund."""
    employer_sen: StatedSen
    """The difference in what employers pay to it, in sen."""
    employee_sen: StatedSen
    """The difference in what employees pay to it, in sen."""


class ContributionTotalsV1(EmployerMonthEvent):
    """What one file changed in the funds for a month, for the ledger of benefits.

    `lines` counts the lines that are new or changed. The sums, in sen, are the difference that they made to what stood
    there before: below zero after a correction downwards, zero where nothing changed. Added up over all files of a
    month, in any order, they give what stands for it; a file states each month once, and the same each time.
    """

    name: ClassVar[str] = "contribution.totals"

    lines: int
    """How many lines are new or changed."""
    act4_employer_sen: StatedSen
    """The difference in the employers' share under Act 4, in sen."""
    act4_employee_sen: StatedSen
    """The difference in the employees' share under Act 4, in sen."""
    act800_employer_sen: StatedSen
    """The difference in the employers' share under Act 800, in sen."""
    act800_employee_sen: StatedSen
    """The difference in the employees' share under Act 800, in sen."""
    skbbk_employee_sen: StatedSen
    """The difference in the contributions to the SKBBK, in sen."""
    funds: tuple[FundDifferenceV1, ...] = ()
    """The same differences by fund, each fund once; absent from events of before they were told apart."""

    @model_validator(mode="after")
    def _funds_add_up(self) -> Self:
        if not self.funds:
            return self
        if len({each.fund for each in self.funds}) != len(self.funds):
            raise ValueError("a fund is stated once")
        employers = self.act4_employer_sen + self.act800_employer_sen
        employees = self.act4_employee_sen + self.act800_employee_sen + self.skbbk_employee_sen
        stated = (sum(each.employer_sen for each in self.funds), sum(each.employee_sen for each in self.funds))
        if stated != (employers, employees):
            raise ValueError("the funds add up to what employers and employees pay")
        return self

    @property
    def money_sen(self) -> int:
        return sum(getattr(self, column) for column in COLUMNS[3:])


class ContributionBankedV1(Event):
    """Money that reached the organisation's account for an employer's month, as a receipt of the bank states it.

    It is whole in every revision, and the higher one counts. What equals what is declared for the month and not banked
    yet is of the funds in which it is declared; the rest is of none yet.
    """

    topic = CONTRIBUTION_RECEIVED
    name: ClassVar[str] = "contribution.banked"

    receipt: UUID
    """The receipt's id, for ever."""
    revision: Revision
    """Of the receipt, from 1: the higher one takes the place of all before."""
    employer: Number
    """The employer's number. Over REST it is `E`, nine digits and a check character: 7 is E0000000076."""
    month: WageMonth
    """The wage month for which it was paid, `YYYY-MM`."""
    amount_sen: StatedSen
    """What was banked, above zero, in sen; the same in every revision."""
    banked_on: date
    """The value day of the bank, the same in every revision."""
    received_at: datetime
    """When the receipt was received."""
    stated_by: str = Field(pattern="^[a-z_]+:[0-9]{1,18}$")
    """Who stated it, as kind and number: `bank:1`."""
    funds: tuple[FundDifferenceV1, ...]
    """What of it is whose, each fund once; none while that is open."""
    unallocated_sen: StatedSen
    """What of it is of no fund yet, in sen: all of it or nothing."""
    unallocated_for: str | None = Field(default=None, pattern="^[a-z][a-z0-9_]*$", max_length=100)
    """Why it is of no fund yet, as a stable code; absent where it is."""
    countered: bool = False
    """Whether it was found wrong: nothing was banked by it after all, and it is no fund's. It stays so."""
    interest_sen: StatedSen = 0
    """What of it pays interest on contributions that were paid late, beside what is of funds, in sen."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.amount_sen <= 0 or self.unallocated_sen < 0 or self.interest_sen < 0:
            raise ValueError("a receipt is of money that came")
        if len({each.fund for each in self.funds}) != len(self.funds):
            raise ValueError("a fund is stated once")
        allocated = sum(each.employer_sen + each.employee_sen for each in self.funds)
        if allocated + self.interest_sen + self.unallocated_sen != (0 if self.countered else self.amount_sen):
            raise ValueError(
                "funds, interest and what is of none add up to the receipt, or to nothing of one that was wrong"
            )
        if bool(self.unallocated_sen) is not bool(self.unallocated_for):
            raise ValueError("what is of no fund yet says why")
        return self

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("receipt", str(self.receipt))

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"

    @property
    def rows(self) -> int:
        return 1 + len(self.funds)

    @property
    def money_sen(self) -> int:
        return self.amount_sen


class ContributionInterestV1(Event):
    """The interest that is charged on an employer's contributions of a month that were paid late, or are not paid yet.

    It is whole in every revision, and the higher one counts. What of it was paid, `contribution.banked` states.
    """

    topic = CONTRIBUTION_RECEIVED
    name: ClassVar[str] = "contribution.interest"

    interest: UUID
    """The id of the month's interest, for ever: it follows from employer and month."""
    revision: Revision
    """Of the interest, from 1: the higher one takes the place of all before."""
    employer: Number
    """The employer's number. Over REST it is `E`, nine digits and a check character: 7 is E0000000076."""
    month: WageMonth
    """The wage month, `YYYY-MM`."""
    amount_sen: StatedSen
    """All that is charged, in sen; zero where nothing is any more."""
    waived_sen: StatedSen
    """What of it two officers waived, in sen."""
    as_of: date
    """The day up to which it is worked out: that of the last payment, or of the run that charged it."""
    law: str
    """Acts and sections."""
    stated_at: datetime
    """When it was stated."""
    decision_hash: str = Field(pattern="^[0-9a-f]{64}$")
    """SHA-256 of the record that it was worked out from."""

    @model_validator(mode="after")
    def _is_no_claim(self) -> Self:
        if self.amount_sen < 0 or self.waived_sen < 0:
            raise ValueError("interest is charged, never paid")
        return self

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("interest", str(self.interest))

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"

    @property
    def money_sen(self) -> int:
        return self.amount_sen


class ContributionsTakenOverV1(Event):
    """Months of people with their employers that were taken over from an earlier system, as columns of ranges.

    Each month of a range has the wage and the amounts that stand beside it, as a line of revision 1 would state them:
    a line of the same employer, month and person takes its place. It is no money that comes in.
    """

    topic = CONTRIBUTION_RECEIVED
    name: ClassVar[str] = "contributions.taken_over"

    file: UUID
    """The opening file from which they come."""
    chunk: int
    """Which part of the file it states: a number that no other event of the file has."""
    taken_at: datetime
    """When they were taken over."""
    employers: tuple[Number, ...]
    """The employer of each range."""
    persons: tuple[Number, ...]
    """The person of each range."""
    first_months: tuple[WageMonth, ...]
    """The first month of each range, `YYYY-MM`."""
    last_months: tuple[WageMonth, ...]
    """The last month of each range, `YYYY-MM`."""
    wages_sen: tuple[StatedSen, ...]
    """The wage of each month of the range, in sen."""
    act4_employer_sen: tuple[StatedSen, ...]
    """The employer's share under Act 4 of each month, in sen."""
    act4_employee_sen: tuple[StatedSen, ...]
    """The employee's share under Act 4 of each month, in sen."""
    act800_employer_sen: tuple[StatedSen, ...]
    """The employer's share under Act 800 of each month, in sen."""
    act800_employee_sen: tuple[StatedSen, ...]
    """The employee's share under Act 800 of each month, in sen."""
    skbbk_employee_sen: tuple[StatedSen, ...]
    """The contribution to the SKBBK of each month, in sen."""

    @model_validator(mode="after")
    def _columns_are_of_one_length(self) -> Self:
        columns = (self.employers, self.first_months, self.last_months, *_columns_taken(self))
        if len(set(map(len, columns))) != 1:
            raise ValueError("the columns of a chunk are equally long")
        if any(last < first for first, last in zip(self.first_months, self.last_months, strict=True)):
            raise ValueError("a range ends in its first month or later")
        return self

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("opening_file", f"{self.file}/{self.chunk}")

    @property
    def key(self) -> str:
        return f"opening:{self.file}/{self.chunk}"

    @property
    def rows(self) -> int:
        return len(self.persons)


_columns_taken = attrgetter("persons", "wages_sen", *COLUMNS[3:])
