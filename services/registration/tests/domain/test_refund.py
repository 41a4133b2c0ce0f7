"""What of an employer's month is refunded, without servers: the law, the bound of what was paid, and revisions.

A worker at RM2,600.00 who should have been at RM2,480.00, by the table of 1 October 2024: 44.65 and 12.75 became 42.85
and 12.25, 5.10 and 5.10 became 4.90 and 4.90. Injury has what the employer pays beyond the employee's: 31.90 became
30.60; invalidity 25.50, then 24.50; employment insurance 10.20, then 9.80. In all 67.60, then 64.90.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.registration.domain.refund import (
    FUNDS,
    Figures,
    Refund,
    Share,
    Statement,
    basis,
    figures_of,
    payable_of,
)
from services.registration.events.registration_payable import payable_stated
from shared.kernel.funds import Fund
from shared.kernel.periods import Month
from shared.law.canonical import canonical

INJURY, INVALIDITY, SKBBK, ACT800 = FUNDS
MAY, JUNE, JULY = (Month(2026, month) for month in (5, 6, 7))
DAY, LATER = date(2026, 8, 20), date(2026, 9, 20)
AT = datetime(2026, 8, 20, tzinfo=UTC)
OFFICERS = ("officer-1", "officer-2")
LOWERED = Figures(
    (Share(INJURY, 3190, 3060), Share(INVALIDITY, 2550, 2450), Share(SKBBK, 0, 0), Share(ACT800, 1020, 980))
)
AS_BEFORE = Figures(
    (Share(INJURY, 3190, 3190), Share(INVALIDITY, 2550, 2550), Share(SKBBK, 0, 0), Share(ACT800, 1020, 1020))
)


def amounts(owed: dict[Fund, int]) -> list[int]:
    return [owed[fund] for fund in FUNDS]


@pytest.mark.parametrize(
    ("paid", "owed"),
    [
        (None, [130, 100, 0, 40]),
        (6760, [130, 100, 0, 40]),
        (9999, [130, 100, 0, 40]),
        (6600, [110, 0, 0, 0]),
        (6735, [130, 100, 0, 15]),
        (6490, [0, 0, 0, 0]),
        (0, [0, 0, 0, 0]),
    ],
)
def test_no_more_is_refunded_than_was_paid_beyond_what_is_due(paid: int | None, owed: list[int]) -> None:
    """An employer that still owes something of the month has not paid it too much."""
    assert amounts(LOWERED.refundable(paid)) == owed


@pytest.mark.parametrize(
    ("banked", "found", "owed"), [(6735, 9999, 15), (9999, 6735, 15), (6760, None, 40), (None, 6735, 15)]
)
def test_what_officers_find_never_lifts_what_is_known_as_banked(
    banked: int | None, found: int | None, owed: int
) -> None:
    refund = Refund(7, MAY, 1, replace(LOWERED, banked_sen=banked))
    assert refund.decided(found)[ACT800] == owed


def test_skbbk_of_june_2026_is_not_refunded_and_that_of_july_is() -> None:
    """June 2026 is mandatory and not refunded (dossier act4 §5.2); what is kept counts as due."""
    sums = {fund: (1835, 0) if fund is SKBBK else (0, 0) for fund in FUNDS}
    june, july = (figures_of(sums, 0, None, month, DAY) for month in (JUNE, JULY))
    assert (june.share(SKBBK).over_sen, june.share(SKBBK).after_sen) == (0, 1835)
    assert july.share(SKBBK).over_sen == 1835
    assert figures_of(sums, 0, None, JULY, date(2026, 7, 7)).share(SKBBK).over_sen == 0, "nobody knew it yet"


def test_every_refund_cites_the_law_that_says_what_is_due() -> None:
    practice = "Organisation's practice since July 2026 (instrument not found)"
    cited = {fund: basis(fund, JULY, DAY).law for fund in FUNDS}
    assert cited == {
        INJURY: "Act 4, Third Schedule",
        INVALIDITY: "Act 4, Third Schedule",
        SKBBK: f"Act 4, Third Schedule; {practice}",
        ACT800: "Act 800, Second and Third Schedules",
    }


def test_an_id_belongs_to_an_employer_a_month_and_a_fund_for_ever() -> None:
    assert payable_of(7, MAY, INJURY) == payable_of(7, MAY, INJURY)
    assert len({payable_of(each, month, fund) for each in (7, 8) for month in (MAY, JUNE) for fund in FUNDS}) == 16


def test_what_changed_is_stated_by_the_next_revision_and_nothing_else() -> None:
    """Approved, lowered by the machine, due after all, and approved again: the day on which it is owed stays."""
    refund = Refund(7, MAY, 1, LOWERED)
    first = _stated(refund, refund.decided(6735))
    assert [(s.fund, s.revision, s.amount_sen) for s in first.values()] == [
        (INJURY, 1, 130),
        (INVALIDITY, 1, 100),
        (ACT800, 1, 15),
    ]
    refund = replace(refund, stated=first, paid_sen=6735)
    assert _stated(refund, refund.lowered) == {}, "nothing changed"
    refund = replace(refund, figures=AS_BEFORE)
    ended = _stated(refund, refund.lowered, officers=False)
    assert [(s.revision, s.amount_sen, s.withdrawn_for) for s in ended.values()] == [(2, 0, "due_after_all")] * 3
    refund = replace(refund, figures=LOWERED, stated=ended)
    assert _stated(refund, refund.lowered, officers=False) == {}, "nothing rises without officers"
    assert refund.is_claimable
    again = _stated(refund, refund.decided(6760), day=LATER)
    assert [(s.revision, s.amount_sen, s.owed_on) for s in again.values()] == [
        (3, 130, DAY),
        (3, 100, DAY),
        (3, 40, DAY),
    ]


def test_what_officers_find_not_paid_is_withdrawn_as_such() -> None:
    refund = Refund(7, MAY, 1, LOWERED)
    refund = replace(refund, stated=_stated(refund, refund.decided(6760)))
    assert not refund.may_be_claimed(by_officer=False)
    assert refund.may_be_claimed(by_officer=True), "an officer may look again"
    withdrawn = _stated(refund, refund.decided(0))
    assert {said.withdrawn_for for said in withdrawn.values()} == {"not_paid"}
    assert not replace(refund, stated=withdrawn, figures=AS_BEFORE).may_be_claimed(by_officer=True)


def test_what_officers_found_paid_is_not_undone_by_a_receipt_of_a_part_of_it() -> None:
    """Paid before receipts were held: what comes in later is not all that was banked of the month."""
    refund = Refund(7, MAY, 1, LOWERED, paid_sen=6760)
    refund = replace(refund, stated=_stated(refund, refund.decided(6760)))
    part = replace(refund, figures=replace(LOWERED, banked_sen=270))
    assert _stated(part, part.lowered) == {}
    less = replace(part, paid_sen=6735)
    assert [said.amount_sen for said in _stated(less, less.lowered).values()] == [15]


def test_one_rule_says_what_counts_as_paid_whoever_states_it() -> None:
    """Officers found less than was banked: a late worker's line lowers the refund as they would decide it again."""
    refund = Refund(7, MAY, 1, replace(LOWERED, banked_sen=6760), paid_sen=6735)
    refund = replace(refund, stated=_stated(refund, refund.decided(6735)))
    more_due = replace(refund.figures, shares=(Share(INJURY, 3200, 3070), *refund.figures.shares[1:]))
    later = replace(refund, figures=more_due)
    assert {fund: sen for fund, sen in later.decided(6735).items() if sen} == later.lowered
    assert later.lowered == {INJURY: 130, INVALIDITY: 100, ACT800: 5}


def test_officers_decide_and_employers_claim_beyond_a_receipt_of_a_part_of_what_was_found_paid() -> None:
    refund = Refund(7, MAY, 1, LOWERED, paid_sen=6735)
    refund = replace(refund, stated=_stated(refund, refund.decided(6735)))
    part = replace(refund, figures=replace(LOWERED, banked_sen=270))
    assert _stated(part, part.decided(6735)) == {}
    assert _stated(part, part.decided(9999)) == {}, "and never beyond what is known"
    assert not part.is_claimable
    less_due = (Share(INJURY, 3190, 3050), *part.figures.shares[1:])
    assert replace(part, figures=replace(part.figures, shares=less_due)).is_claimable


def test_after_a_restore_the_machine_lowers_nothing_whose_grounds_are_forgotten() -> None:
    refund = Refund(7, MAY, 1, LOWERED)
    restored = replace(refund, stated=_stated(refund, refund.decided(6760)), figures=AS_BEFORE, recalled=True)
    assert _stated(restored, restored.lowered) == {}
    assert _stated(restored, restored.decided(6760)) == {}
    assert len(_stated(restored, restored.decided(0))) == 3


def test_after_a_restore_officers_are_asked_unasked_where_the_machine_would_have_lowered() -> None:
    refund = Refund(7, MAY, 1, LOWERED)
    restored = replace(refund, stated=_stated(refund, refund.decided(6760)), recalled=True)
    assert restored.asks_officers is None, "what stands is explained"
    due_after_all = replace(restored, figures=AS_BEFORE)
    assert due_after_all.asks_officers == "forgotten_after_restore"
    assert replace(restored, figures=replace(LOWERED, banked_sen=6490)).asks_officers == "forgotten_after_restore"
    assert replace(due_after_all, recalled=False).asks_officers is None, "then the machine lowers it"
    assert replace(restored, claim=1, by_officer=True).asks_officers == "paid_not_due"
    assert {said.withdrawn_for for said in _stated(due_after_all, due_after_all.decided(0)).values()} == {
        "due_after_all"
    }


def test_after_a_restore_officers_decide_by_the_lines_once_these_are_known_again() -> None:
    """A part of it found paid lowers it then, and the machine may lower it again."""
    refund = Refund(7, MAY, 1, LOWERED)
    restored = replace(refund, stated=_stated(refund, refund.decided(6760)), recalled=True)
    assert _stated(restored, restored.lowered) == {}, "nobody knows what officers found"
    assert [said.amount_sen for said in _stated(restored, restored.decided(6735)).values()] == [15]
    assert not restored.is_forgotten(6735)
    assert replace(restored, figures=AS_BEFORE).is_forgotten(6760)
    assert not replace(restored, figures=AS_BEFORE).is_forgotten(0)


def test_a_statement_is_hashed_from_its_record_and_names_both_officers_in_it_alone() -> None:
    refund = Refund(7, MAY, 1, LOWERED, paid_sen=6760)
    (said,) = (each for each in _stated(refund, refund.decided(6760)).values() if each.fund is ACT800)
    assert said.record is not None
    assert said.decision_hash == hashlib.sha256(canonical(said.record)).hexdigest()
    assert (said.proposed_by, said.approved_by) == OFFICERS
    event = payable_stated(said)
    assert (event.party, event.person, event.scheme, event.kind) == (
        "employer:7",
        None,
        "act800",
        "contribution_refund",
    )
    assert (event.arose_on, event.money_sen, event.revision) == (MAY.last_day, 40, 1)
    assert "officer" not in event.model_dump_json()


def _stated(refund: Refund, owed: dict[Fund, int], *, officers: bool = True, day: date = DAY) -> dict[Fund, Statement]:
    return {said.fund: said for said in refund.statements(owed, AT, day, OFFICERS if officers else None)}
