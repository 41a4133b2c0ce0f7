"""A provider's bill: what is owed by what was stated and decided, and when that is published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.rehab.domain.bill import (
    TAKEN_BACK,
    Bill,
    BillOutcome,
    BillRefusedFor,
    BillState,
    Decision,
    Finding,
    Treatment,
    bill_id,
)
from services.rehab.domain.errors import AmountZero, BillWithdrawn, CapAboveRate, TreatmentInFuture
from services.rehab.events.rehab_payable import bill_stated
from shared.law.desk import DeskEntry, Instrument, lay_over

AT, TODAY, TREATED = datetime(2026, 8, 10, 2, tzinfo=UTC), date(2026, 8, 10), date(2026, 8, 4)
PROVIDER = "hospital:9"
NEW = Bill(bill_id(PROVIDER, "INV-1"), PROVIDER, "INV-1", 12, None, AT)
BACK = Finding(BillOutcome.WITHDRAWN, reason=TAKEN_BACK)
NOT_TREATED = Finding(BillOutcome.REFUSED, "a", "b", reason=BillRefusedFor.NOT_TREATED)


def up_to(cap_sen: int) -> Finding:
    return Finding(BillOutcome.APPROVED, "a", "b", cap_sen, "set rates, a session")


def stated(bill: Bill, sen: int, on: date = TREATED) -> Bill:
    said = bill.stating(Treatment.PHYSIOTHERAPY, on, sen, AT, TODAY)
    return replace(bill, statements=(*bill.statements, said))


def decided(bill: Bill, finding: Finding) -> Bill:
    return replace(bill, decisions=(*bill.decisions, bill.decided(finding, AT)))


def last(bill: Bill) -> Decision:
    return bill.decisions[-1]


@pytest.mark.parametrize(
    ("asked", "cap", "owed"), [(18_500, 17_000, 17_000), (15_000, 17_000, 15_000), (17_000, 17_000, 17_000)]
)
def test_what_is_asked_for_is_owed_up_to_the_cap(asked: int, cap: int, owed: int) -> None:
    bill = decided(stated(NEW, asked), up_to(cap))
    assert (bill.owed_sen, last(bill).payable_revision, bill.state) == (owed, 1, BillState.APPROVED)
    event = bill_stated(bill, last(bill), 1)
    assert (event.money_sen, event.party, event.arose_on, event.key) == (owed, PROVIDER, TREATED, "person:12")


def test_nothing_is_owed_before_officers_have_looked() -> None:
    bill = stated(NEW, 18_500)
    assert (bill.state, bill.owed_sen, bill.published) == (BillState.STATED, 0, None)


def test_what_was_approved_is_owed_while_a_correction_waits() -> None:
    bill = stated(decided(stated(NEW, 18_500), up_to(17_000)), 12_000)
    assert (bill.state, bill.owed_sen, bill.revision) == (BillState.STATED, 17_000, 3)
    bill = decided(bill, up_to(17_000))
    assert (bill.state, bill.owed_sen, last(bill).payable_revision) == (BillState.APPROVED, 12_000, 2)


@pytest.mark.parametrize(
    ("finding", "state", "reason"),
    [(NOT_TREATED, BillState.REFUSED, "not_treated"), (BACK, BillState.WITHDRAWN, TAKEN_BACK)],
)
def test_what_ends_is_published_where_something_was_owed(finding: Finding, state: BillState, reason: str) -> None:
    never = decided(stated(NEW, 18_500), finding)
    assert (never.state, never.owed_sen, last(never).payable_revision) == (state, 0, None)
    bill = decided(decided(stated(NEW, 18_500), up_to(17_000)), finding)
    assert (bill.state, bill.owed_sen, last(bill).payable_revision) == (state, 0, 2)
    event = bill_stated(bill, last(bill), 2)
    assert (event.terms, event.withdrawn_for, event.revision) == ((), reason, 2)


def test_what_was_refused_may_be_approved_after_another_look() -> None:
    bill = decided(decided(decided(stated(NEW, 18_500), up_to(17_000)), NOT_TREATED), up_to(15_000))
    assert (bill.owed_sen, last(bill).payable_revision, last(bill).number) == (15_000, 3, 3)


def test_a_refusal_of_what_is_not_owed_says_nothing_new() -> None:
    bill = decided(decided(decided(stated(NEW, 18_500), up_to(17_000)), NOT_TREATED), NOT_TREATED)
    assert last(bill).payable_revision is None
    assert bill.published is not None
    assert bill.published.payable_revision == 2


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: stated(NEW, 18_500, date(2026, 8, 11)), TreatmentInFuture),
        (lambda: stated(NEW, 0), AmountZero),
        (lambda: decided(stated(NEW, 18_500), up_to(0)), AmountZero),
        (lambda: decided(decided(stated(NEW, 18_500), BACK), up_to(17_000)), BillWithdrawn),
    ],
)
def test_what_cannot_be_is_refused(act: Callable[[], Bill], error: type[Exception]) -> None:
    with pytest.raises(error):
        act()


def test_the_record_behind_an_amount_says_what_it_rests_on() -> None:
    """Its hash is the same each time, and another when what is asked for, the cap or its schedule is."""
    bill = stated(NEW, 18_500)
    hashes = {bill.decided(finding, AT).decision_hash for finding in (up_to(17_000), up_to(17_000))}
    assert len(hashes) == 1
    others = [bill.decided(up_to(16_000), AT), stated(bill, 19_000).decided(up_to(17_000), AT)]
    others.append(bill.decided(replace(up_to(17_000), schedule="another"), AT))
    assert len(hashes | {each.decision_hash for each in others}) == 4


def test_a_bill_of_the_same_number_is_the_same_bill_of_that_provider_only() -> None:
    assert bill_id(PROVIDER, "INV-1") == NEW.id
    assert len({NEW.id, bill_id(PROVIDER, "INV-2"), bill_id("hospital:1", "INV-1")}) == 3


def test_no_more_is_owed_than_the_rate_that_officers_entered_for_the_treatment() -> None:
    bill, figure = stated(NEW, 18_500), "act4.rehabilitation.provider_rates"
    bill.must_fit_rate(up_to(17_000), TODAY)
    instrument, rows = Instrument("P.U.(B) 7/2026", TREATED, "Act 4, s.57"), (("physiotherapy", "150.00"),)
    lay_over([DeskEntry(1, UUID(int=1), figure, date(2026, 1, 1), TODAY, rows, instrument)])
    with pytest.raises(CapAboveRate):
        bill.must_fit_rate(up_to(15_001), TODAY)
    bill.must_fit_rate(up_to(15_000), TODAY)
    bill.must_fit_rate(NOT_TREATED, TODAY)
    bill.must_fit_rate(up_to(17_000), TODAY - timedelta(days=1))
