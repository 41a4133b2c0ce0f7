"""What the bank received for an employer's month: of which funds it is, held against what was declared."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import FundSums
from shared.kernel.funds import Fund
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen


class Unallocated(StrEnum):
    """Why a receipt is of no fund yet, or never was of one: two officers found it wrong."""

    NOTHING_DECLARED = "nothing_declared"
    BANKED_ALREADY = "banked_already"
    LESS_THAN_DECLARED = "less_than_declared"
    MORE_THAN_DECLARED = "more_than_declared"
    COUNTERED = "countered"


# Money that was not expected: it may be somebody else's, or stated twice. No later declaration makes it the employer's.
UNEXPECTED = frozenset({Unallocated.BANKED_ALREADY, Unallocated.MORE_THAN_DECLARED})


class ReceiptState(StrEnum):
    """Where a receipt stands; what an officer states is to be released by another one before anybody looks at it."""

    TO_BE_RELEASED = "to_be_released"
    RECEIVED = "received"
    ALLOCATED = "allocated"
    UNALLOCATED = "unallocated"
    COUNTERED = "countered"


class ReceiptAct(StrEnum):
    """What two officers do to a receipt: let one's own count, find it the employer's own, or enter that it is wrong."""

    RELEASE = "release"
    ATTRIBUTION = "attribution"
    COUNTER_ENTRY = "counter_entry"


@dataclass(frozen=True, slots=True)
class ReceiptWord:
    """What one officer proposes of a receipt, by which document, and who released it: from then on it holds."""

    evidence: str | None
    proposed_by: str
    proposed_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None


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
    """Of which funds a receipt is, and what of it is interest on late contributions; or why all is of none yet."""

    funds: tuple[FundSums, ...] = ()
    unallocated_for: Unallocated | None = None
    interest_sen: Sen = 0


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it stands, by revision; ``id`` is that of its row. No allocation: nobody has looked at it yet.

    ``words`` are those of officers, for whom may see them.
    """

    id: UUID
    receipt: Receipt
    revision: int = 0
    allocation: Allocation | None = None
    words: Mapping[ReceiptAct, ReceiptWord] = field(default_factory=dict)

    @property
    def state(self) -> ReceiptState:
        """Where it stands."""
        if self.allocation is None:
            return ReceiptState.RECEIVED if self.receipt.officer is None else ReceiptState.TO_BE_RELEASED
        if self.allocation.unallocated_for is Unallocated.COUNTERED:
            return ReceiptState.COUNTERED
        return ReceiptState.UNALLOCATED if self.allocation.unallocated_for else ReceiptState.ALLOCATED

    def is_released(self, act: ReceiptAct) -> bool:
        """Whether two officers have done so."""
        return act in self.words and self.words[act].released_by is not None

    @property
    def is_unexpected(self) -> bool:
        """Whether it was found to be money that was not expected."""
        return self.allocation is not None and self.allocation.unallocated_for in UNEXPECTED

    @property
    def may_be_looked_at(self) -> bool:
        """Whether what is declared may make it some fund's: unexpected money is a person's to look at, and an
        officer's own receipt is not looked at before another one has released it."""
        match self.state:
            case ReceiptState.TO_BE_RELEASED:
                return self.is_released(ReceiptAct.RELEASE)
            case ReceiptState.UNALLOCATED:
                return not self.is_unexpected or self.is_released(ReceiptAct.ATTRIBUTION)
            case state:
                return state is ReceiptState.RECEIVED

    @property
    def is_part(self) -> bool:
        """Whether it was found to be a part of what was declared, and of no fund yet."""
        return self.allocation is not None and self.allocation.unallocated_for is Unallocated.LESS_THAN_DECLARED

    @property
    def is_known(self) -> bool:
        """Whether it is known to be the employer's own of the month, of whichever fund: it was expected, or two
        officers found it so."""
        attributed = self.is_unexpected and self.is_released(ReceiptAct.ATTRIBUTION)
        return self.state is ReceiptState.ALLOCATED or self.is_part or attributed

    def found(self, allocation: Allocation) -> "KeptReceipt":
        """The next revision of it."""
        return replace(self, revision=self.revision + 1, allocation=allocation)


def looked_at(
    kept: KeptReceipt, others: Sequence[KeptReceipt], declared: Sequence[FundSums], interest_sen: Sen = 0
) -> Iterator[KeptReceipt]:
    """The receipts of a month that stand otherwise once one of them is held against what is declared.

    A part stays one, also when a correction has left less than it to come: it was expected. Where new money is all
    that was to come, the parts of which nobody knew the fund are more than was declared; but where all of it had come
    in parts, the new money is: what is known to be paid never becomes less by a receipt. ``interest_sen`` is what is
    left to be paid of the month's interest once the contributions are.
    """
    banked = [each for other in others if other.allocation is not None for each in other.allocation.funds]
    parts_sen = sum(
        other.receipt.amount_sen for other in others if other.is_known and other.state is ReceiptState.UNALLOCATED
    )
    allocation = allocated(kept.receipt.amount_sen, declared, banked, parts_sen, interest_sen)
    if kept.is_part and not allocation.funds:
        return
    beyond = Allocation(unallocated_for=Unallocated.BANKED_ALREADY)
    if allocation.funds and not kept.is_part and kept.receipt.amount_sen <= parts_sen:
        allocation = beyond
    if allocation != kept.allocation:
        yield kept.found(allocation)
    if allocation.funds and not kept.is_part:
        yield from (other.found(beyond) for other in others if other.is_part)


def allocated(
    amount_sen: Sen,
    declared: Sequence[FundSums],
    banked: Sequence[FundSums],
    parts_sen: Sen = 0,
    interest_sen: Sen = 0,
) -> Allocation:
    """What equals all that is declared for the month and not banked is of its funds; anything else is of none.

    A part could be of any of them: what a fund is short of then nobody can say. ``parts_sen`` came in parts already:
    what is more than they have left to come was not expected. What is more than all that is to come by no more than the
    interest that is owed with it pays that: contributions first (assumed).
    """
    to_come = _less(declared, banked)
    to_come_sen, declared_sen = _total(to_come), _total(declared)
    funds = tuple(each for each in to_come if each.employer_sen or each.employee_sen)
    if amount_sen == to_come_sen:
        return Allocation(funds)
    if not parts_sen and 0 < to_come_sen < amount_sen <= to_come_sen + interest_sen:
        return Allocation(funds, interest_sen=amount_sen - to_come_sen)
    if to_come_sen == parts_sen and amount_sen <= interest_sen:
        return Allocation(interest_sen=amount_sen)
    if not declared_sen and not banked:
        return Allocation(unallocated_for=Unallocated.NOTHING_DECLARED)
    left_sen = to_come_sen - parts_sen
    if left_sen <= 0:
        return Allocation(unallocated_for=Unallocated.BANKED_ALREADY)
    is_part = amount_sen <= left_sen
    return Allocation(unallocated_for=Unallocated.LESS_THAN_DECLARED if is_part else Unallocated.MORE_THAN_DECLARED)


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
