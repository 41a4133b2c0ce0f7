"""What the bank received for an employer's month: of which funds it is, held against what was declared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import FundSums
from shared.kernel.funds import Fund
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen


class Unallocated(StrEnum):
    """Why a receipt is of no fund yet."""

    NOTHING_DECLARED = "nothing_declared"
    BANKED_ALREADY = "banked_already"
    LESS_THAN_DECLARED = "less_than_declared"
    MORE_THAN_DECLARED = "more_than_declared"


class ReceiptState(StrEnum):
    """Where a receipt stands."""

    RECEIVED = "received"
    ALLOCATED = "allocated"
    UNALLOCATED = "unallocated"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that reached the organisation's account: for whose month (202606), how much, and the bank's value day.

    ``tenant`` stated it, an ``officer`` where it was one; ``reference`` is the bank's own, once for each of them.
    """

    tenant: str
    employer: int
    month: int
    amount_sen: Sen
    banked_on: date
    reference: str
    received_at: datetime
    officer: str | None = None

    @property
    def id(self) -> UUID:
        """The same whenever it is stated, also to a database that has forgotten it."""
        return derived_id("contribution receipt", self.tenant, self.reference)

    def says_the_same(self, other: "Receipt") -> bool:
        """Whether both are of the same money; a receipt that came back after a restore lacks its reference."""
        return self._money == other._money

    @property
    def _money(self) -> tuple[int, int, Sen, date]:
        return (self.employer, self.month, self.amount_sen, self.banked_on)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Of which funds a receipt is, all of it; or why it is of none yet."""

    funds: tuple[FundSums, ...] = ()
    unallocated_for: Unallocated | None = None


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it stands, by revision; ``id`` is that of its row. No allocation: nobody has looked at it yet."""

    id: UUID
    receipt: Receipt
    revision: int = 0
    allocation: Allocation | None = None

    @property
    def state(self) -> ReceiptState:
        """Where it stands."""
        if self.allocation is None:
            return ReceiptState.RECEIVED
        return ReceiptState.UNALLOCATED if self.allocation.unallocated_for else ReceiptState.ALLOCATED


def allocated(amount_sen: Sen, declared: Sequence[FundSums], banked: Sequence[FundSums]) -> Allocation:
    """What equals all that is declared for the month and not banked is of its funds; anything else is of none.

    A part could be of any of them: what a fund is short of then nobody can say.
    """
    to_come = _less(declared, banked)
    to_come_sen, declared_sen = _total(to_come), _total(declared)
    if amount_sen == to_come_sen:
        return Allocation(tuple(each for each in to_come if each.employer_sen or each.employee_sen))
    if not declared_sen and not banked:
        return Allocation(unallocated_for=Unallocated.NOTHING_DECLARED)
    if to_come_sen <= 0:
        return Allocation(unallocated_for=Unallocated.BANKED_ALREADY)
    is_less = amount_sen < to_come_sen
    return Allocation(unallocated_for=Unallocated.LESS_THAN_DECLARED if is_less else Unallocated.MORE_THAN_DECLARED)


def _less(declared: Sequence[FundSums], banked: Sequence[FundSums]) -> list[FundSums]:
    """By fund what is declared and not banked, below zero where a correction took a part of it back."""
    left: dict[Fund, tuple[Sen, Sen]] = defaultdict(lambda: (0, 0))
    for sign, sums in ((1, declared), (-1, banked)):
        for each in sums:
            employer_sen, employee_sen = left[each.fund]
            left[each.fund] = (employer_sen + sign * each.employer_sen, employee_sen + sign * each.employee_sen)
    return [FundSums(fund, *left[fund]) for fund in Fund if fund in left]


def _total(sums: Sequence[FundSums]) -> Sen:
    return sum(each.employer_sen + each.employee_sen for each in sums)
