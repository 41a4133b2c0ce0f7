"""Topic ``contribution.received``: what employers declared and paid, line by line and in total.

Lines are commutative: the key is (employer, month, person, kind), registration gives each a revision under the row's
lock, and the higher revision wins. A chunk carries up to 1,000 lines as columns of equal length.
"""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import model_validator

from shared.contracts.envelope import Event
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


class EmployerMonthEvent(Event):
    """What every event about an employer's contributions states."""

    topic = CONTRIBUTION_RECEIVED

    file: UUID
    employer: int
    month: str
    received_at: datetime

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
    persons: tuple[int, ...]
    revisions: tuple[int, ...]
    wages_sen: tuple[int, ...]
    act4_employer_sen: tuple[int, ...]
    act4_employee_sen: tuple[int, ...]
    act800_employer_sen: tuple[int, ...]
    act800_employee_sen: tuple[int, ...]
    skbbk_employee_sen: tuple[int, ...]

    @model_validator(mode="after")
    def _columns_are_equally_long(self) -> Self:
        if len({len(getattr(self, column)) for column in COLUMNS}) != 1:
            raise ValueError("the columns of a chunk are equally long")
        return self

    @property
    def rows(self) -> int:
        return len(self.persons)

    @property
    def money_sen(self) -> int:
        return sum(sum(getattr(self, column)) for column in COLUMNS[3:])


class ContributionTotalsV1(EmployerMonthEvent):
    """What one file changed in the funds for a month, for the ledger of benefits.

    `lines` counts the lines that are new or changed. The sums, in sen, are the difference that they made to what stood
    there before: below zero after a correction downwards, zero where nothing changed. Added up over all files of a
    month, in any order, they give what stands for it; a file states each month once, and the same each time.
    """

    name: ClassVar[str] = "contribution.totals"

    lines: int
    act4_employer_sen: int
    act4_employee_sen: int
    act800_employer_sen: int
    act800_employee_sen: int
    skbbk_employee_sen: int

    @property
    def money_sen(self) -> int:
        return sum(getattr(self, column) for column in COLUMNS[3:])
