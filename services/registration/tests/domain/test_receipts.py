"""Of which funds a receipt of the bank is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.registration.domain.contribution import FundSums
from services.registration.domain.receipts import (
    Allocation,
    KeptReceipt,
    Receipt,
    ReceiptAct,
    ReceiptWord,
    Unallocated,
    allocated,
    looked_at,
)
from shared.kernel.funds import Fund

# RM2,480.00 in May 2026: RM42.85 and RM12.25 under Act 4, RM4.90 each under Act 800 (act4 §2.2, other-schemes §4.1).
INJURY = FundSums(Fund.EMPLOYMENT_INJURY, 3_060, 0)
INVALIDITY = FundSums(Fund.INVALIDITY, 1_225, 1_225)
ACT800 = FundSums(Fund.EMPLOYMENT_INSURANCE, 490, 490)
NO_SKBBK = FundSums(Fund.NON_EMPLOYMENT_INJURY, 0, 0)
DECLARED = (INJURY, INVALIDITY, NO_SKBBK, ACT800)


def test_what_equals_the_declared_month_is_of_its_funds_as_declared() -> None:
    assert allocated(6_490, DECLARED, ()) == Allocation((INJURY, INVALIDITY, ACT800))


def test_what_equals_a_correction_upwards_is_of_the_funds_that_it_changed() -> None:
    """RM3,050.00 and not RM2,480.00: RM13.50, RM3.00 under Act 4 and RM2.40 under Act 800 more."""
    higher = (
        FundSums(Fund.EMPLOYMENT_INJURY, 3_810, 0),
        FundSums(Fund.INVALIDITY, 1_525, 1_525),
        FundSums(Fund.EMPLOYMENT_INSURANCE, 610, 610),
    )
    banked = (INJURY, INVALIDITY, ACT800)
    assert allocated(1_590, higher, banked).funds == (
        FundSums(Fund.EMPLOYMENT_INJURY, 750, 0),
        FundSums(Fund.INVALIDITY, 300, 300),
        FundSums(Fund.EMPLOYMENT_INSURANCE, 120, 120),
    )


def test_a_month_that_moves_between_funds_takes_from_the_one_what_it_gives_the_other() -> None:
    moved = (FundSums(Fund.EMPLOYMENT_INJURY, 3_000, 0), FundSums(Fund.INVALIDITY, 1_300, 1_300), ACT800)
    assert allocated(90, moved, (INJURY, INVALIDITY, ACT800)).funds == (
        FundSums(Fund.EMPLOYMENT_INJURY, -60, 0),
        FundSums(Fund.INVALIDITY, 75, 75),
    )


@pytest.mark.parametrize(
    ("amount_sen", "declared", "banked", "reason"),
    [
        (6_490, (), (), Unallocated.NOTHING_DECLARED),
        (6_490, (NO_SKBBK,), (), Unallocated.NOTHING_DECLARED),
        (6_489, DECLARED, (), Unallocated.LESS_THAN_DECLARED),
        (6_491, DECLARED, (), Unallocated.MORE_THAN_DECLARED),
        (6_490, DECLARED, DECLARED, Unallocated.BANKED_ALREADY),
        (6_490, (INJURY,), DECLARED, Unallocated.BANKED_ALREADY),
        (6_490, (), DECLARED, Unallocated.BANKED_ALREADY),
    ],
)
def test_anything_else_is_of_no_fund_and_says_why(
    amount_sen: int, declared: tuple[FundSums, ...], banked: tuple[FundSums, ...], reason: Unallocated
) -> None:
    assert allocated(amount_sen, declared, banked) == Allocation((), reason)


NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)
TWO_OFFICERS = ReceiptWord("KB-1", "officer-1", NOON, "officer-2", NOON)


class Month:
    """The receipts of one month, looked at as they come and as files declare."""

    def __init__(self) -> None:
        self.kept: dict[int, KeptReceipt] = {}
        self.declared_sen = 0

    def came(self, amount_sen: int, officer: str | None = None) -> None:
        """A receipt, which has the number of those before it."""
        stated = Receipt("bank:1", 7, 202605, amount_sen, date(2026, 6, 15), str(len(self.kept)), NOON, officer)
        self.kept[len(self.kept)] = KeptReceipt(UUID(int=len(self.kept)), stated)
        self.look(len(self.kept) - 1)

    def declares(self, sen: int) -> None:
        """A file, which has all of them looked at."""
        self.declared_sen = sen
        for number in sorted(self.kept):
            self.look(number)

    def look(self, number: int) -> None:
        kept = self.kept[number]
        if kept.may_be_looked_at:
            others = [each for each in self.kept.values() if each.id != kept.id]
            for found in looked_at(kept, others, [FundSums(Fund.EMPLOYMENT_INJURY, self.declared_sen, 0)]):
                self.kept[found.id.int] = found

    def released(self, number: int, act: ReceiptAct) -> None:
        """Two officers do so."""
        kept = self.kept[number]
        self.kept[number] = KeptReceipt(kept.id, kept.receipt, kept.revision, kept.allocation, {act: TWO_OFFICERS})
        self.look(number)

    @property
    def standing(self) -> list[str]:
        """Of each the reason why it is of no fund, `allocated`, or its state while nobody has looked."""
        found = []
        for kept in self.kept.values():
            reason = None if kept.allocation is None else kept.allocation.unallocated_for
            found.append(str(reason or kept.state))
        return found

    @property
    def known_sen(self) -> int:
        return sum(kept.receipt.amount_sen for kept in self.kept.values() if kept.is_known)


def month(declared: int, *came: int) -> Month:
    found = Month()
    found.declares(declared)
    for amount_sen in came:
        found.came(amount_sen)
    return found


def test_no_later_declaration_makes_unexpected_money_the_employers_own() -> None:
    """RM15.90 of somebody else, or of this payment under another reference: the employer declares up by just that."""
    doubled = month(6_490, 6_490, 1_590)
    assert (doubled.standing, doubled.known_sen) == (["allocated", "banked_already"], 6_490)
    doubled.declares(8_080)
    doubled.declares(6_490)
    assert (doubled.standing, doubled.known_sen) == (["allocated", "banked_already"], 6_490)
    more = month(6_490, 8_080)
    more.declares(8_080)
    assert (more.standing, more.known_sen) == (["more_than_declared"], 0)


def test_what_two_officers_find_to_be_the_employers_own_is_of_the_funds_of_what_it_equals() -> None:
    found = month(6_490, 6_490, 1_590)
    found.released(1, ReceiptAct.ATTRIBUTION)
    assert (found.standing, found.known_sen) == (["allocated", "banked_already"], 8_080)
    found.declares(8_080)
    assert (found.standing, found.known_sen) == (["allocated", "allocated"], 8_080)


def test_parts_of_what_was_declared_stay_known_when_a_correction_leaves_less_to_come() -> None:
    found = month(10_000, 6_000, 4_000)
    assert found.standing == ["less_than_declared", "less_than_declared"]
    found.declares(6_000)
    assert (found.standing, found.known_sen) == (["allocated", "less_than_declared"], 10_000)


def test_no_receipt_makes_less_known_to_be_paid() -> None:
    """RM100.00 came in parts, of which RM20.00 go back; RM80.00 more take nothing of that back, and are unexpected."""
    found = month(10_000, 6_000, 4_000)
    found.declares(8_000)
    found.came(8_000)
    assert (found.standing[-1], found.known_sen) == ("banked_already", 10_000)
    found.released(2, ReceiptAct.ATTRIBUTION)
    assert found.known_sen == 18_000


@pytest.mark.parametrize(
    ("came", "standing", "known_sen"),
    [
        ((6_000, 4_000, 1_590), ["less_than_declared", "less_than_declared", "banked_already"], 10_000),
        ((6_000, 5_590), ["less_than_declared", "more_than_declared"], 6_000),
        ((1_590, 10_000), ["banked_already", "allocated"], 10_000),
    ],
)
def test_parts_make_no_more_known_than_was_declared(
    came: Sequence[int], standing: Sequence[str], known_sen: int
) -> None:
    found = month(10_000, *came)
    assert (found.standing, found.known_sen) == (standing, known_sen)
    found.declares(11_590)
    found.declares(10_000)
    assert found.known_sen == known_sen


def test_what_one_officer_states_is_nothing_before_another_releases_it() -> None:
    found = month(6_490)
    found.came(6_490, officer="officer-1")
    assert (found.standing, found.known_sen) == (["to_be_released"], 0)
    found.declares(6_490)
    assert found.standing == ["to_be_released"]
    found.released(0, ReceiptAct.RELEASE)
    assert (found.standing, found.known_sen) == (["allocated"], 6_490)
