"""Settling an entitlement against its own books, with plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.payments import Payment, PaymentKind, PaymentState
from services.benefits.domain.settlement import (
    Books,
    Entitled,
    OpenRecovery,
    Pay,
    Period,
    Posting,
    ReduceRecovery,
    Void,
    settle,
)

CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000001")
FIRST_DAY = date(2026, 7, 16)
LAST_DAY = date(2026, 8, 11)
AFTER = date(2026, 11, 1)


def period(first: date, last: date, rate_sen: int) -> Period:
    days = (last - first).days + 1
    return Period(first, last, days, rate_sen, days * rate_sen)


def entitled(revision: int, *periods: Period) -> Entitled:
    return Entitled(CLAIM, "temporary_disablement", 12, revision, periods)


# 27 days at RM65.33, 27 at RM68.00, and 18 at RM68.00 (Act 4 s.22: 80 % of 1/30 of the average assumed wage).
FIRST = entitled(1, period(FIRST_DAY, LAST_DAY, 6533))
SECOND = entitled(2, period(FIRST_DAY, LAST_DAY, 6800))
THIRD = entitled(3, period(FIRST_DAY, date(2026, 8, 2), 6800))


def _days_before(period: Period, day: date) -> list[Period]:
    days = (period.first + timedelta(days=number) for number in range(period.days))
    return [period for each in days if each < day]


@dataclass
class Desk:
    """Applies postings as the storage does, and lets the bank answer."""

    books: Books = field(default_factory=Books)
    used: list[str] = field(default_factory=list)

    def settle(self, entitled: Entitled, day: date = AFTER) -> tuple[Posting, ...]:
        postings = settle(entitled, self.books, day)
        for posting in postings:
            assert posting.amount_sen > 0
            self._post(posting)
        return postings

    def _post(self, posting: Posting) -> None:
        books = self.books
        match posting:
            case Pay(key, amount):
                assert key.period_first <= key.period_last
                self.used.append(key.end_to_end_id)
                payment = Payment(key, amount, PaymentState.UNSENT)
                self.books = replace(books, net_sen=books.net_sen + amount, payments=(*books.payments, payment))
            case Void(key, amount):
                self._move(PaymentState.UNSENT, PaymentState.VOIDED, lambda payment: payment.key == key)
                self.books = replace(self.books, net_sen=books.net_sen - amount)
            case OpenRecovery(amount):
                self.books = replace(books, net_sen=books.net_sen - amount, recovery_sen=books.recovery_sen + amount)
            case ReduceRecovery(amount):
                self.books = replace(books, net_sen=books.net_sen + amount, recovery_sen=books.recovery_sen - amount)

    def _move(self, old: PaymentState, new: PaymentState, chosen: Callable[[Payment], bool]) -> int:
        moved = [payment for payment in self.books.payments if payment.state is old and chosen(payment)]
        payments = tuple(replace(each, state=new) if each in moved else each for each in self.books.payments)
        self.books = replace(self.books, payments=payments)
        return sum(payment.amount_sen for payment in moved)

    def freeze(self) -> None:
        self._move(PaymentState.UNSENT, PaymentState.SENT, lambda _: True)

    def bank_settles(self) -> None:
        self._move(PaymentState.SENT, PaymentState.SETTLED, lambda _: True)

    def bank_returns_the_oldest(self) -> None:
        sent = [payment for payment in self.books.payments if payment.state is PaymentState.SENT][:1]
        returned = self._move(PaymentState.SENT, PaymentState.RETURNED, lambda payment: payment in sent)
        self.books = replace(self.books, net_sen=self.books.net_sen - returned)

    def amount(self, *states: PaymentState) -> int:
        return sum(payment.amount_sen for payment in self.books.payments if payment.state in states)

    def check(self, entitled: Entitled, day: date) -> None:
        """What was paid and is on its way, less what is to come back, is at least what is due and at most what the days
        that have passed are worth; at the end of all days both are the same."""
        on_its_way = self.amount(PaymentState.UNSENT, PaymentState.SENT)
        net = self.amount(PaymentState.SETTLED) + on_its_way - self.books.recovery_sen
        worth = sum(each.daily_rate_sen for period in entitled.periods for each in _days_before(period, day))
        assert entitled.due_sen(day) <= net <= worth
        assert self.books.recovery_sen >= 0
        assert self.books.recovery_sen == 0 or net == worth, "what days are worth is set off first"
        assert len(set(self.used)) == len(self.used)


def test_the_story_pays_176391_then_7209_and_opens_a_recovery_of_61200() -> None:
    """65.33 × 27, then (68.00 − 65.33) × 27, then 68.00 × (27 − 18) to come back (Act 4 s.22, s.50)."""
    desk = Desk()
    figures = []
    for revision in (FIRST, SECOND, THIRD):
        figures.append([(type(posting), posting.amount_sen) for posting in desk.settle(revision)])
        desk.freeze()
        desk.bank_settles()
    assert figures == [[(Pay, 176391)], [(Pay, 7209)], [(OpenRecovery, 61200)]]


def test_the_same_revision_again_posts_nothing() -> None:
    desk = Desk()
    desk.settle(FIRST)
    assert desk.settle(FIRST) == ()


def test_a_payment_not_yet_sent_is_withdrawn_before_anything_is_recovered() -> None:
    desk = Desk()
    desk.settle(FIRST)
    desk.freeze()
    desk.settle(SECOND)
    voided, recovery = desk.settle(THIRD)
    assert isinstance(voided, Void)
    assert (voided.amount_sen, recovery) == (7209, OpenRecovery(176391 - 122400))


def test_what_is_newly_owed_is_first_set_off_against_the_open_recovery() -> None:
    desk = Desk()
    desk.settle(SECOND)
    desk.freeze()
    desk.settle(THIRD)
    fourth = entitled(4, period(FIRST_DAY, LAST_DAY, 7000))
    set_off, paid = desk.settle(fourth)
    assert set_off == ReduceRecovery(61200)
    assert isinstance(paid, Pay)
    assert paid.amount_sen == 27 * 200


def test_a_continued_sick_leave_takes_nothing_back() -> None:
    """The certificate goes on after its days were paid: one longer period, not passed yet, worth more than was paid."""
    desk = Desk()
    desk.settle(FIRST, date(2026, 8, 12))
    longer = entitled(2, period(FIRST_DAY, date(2026, 9, 30), 6533))
    assert desk.settle(longer, date(2026, 8, 13)) == ()
    desk.freeze()
    assert desk.settle(longer, date(2026, 9, 30)) == ()
    (rest,) = desk.settle(longer, date(2026, 10, 1))
    assert isinstance(rest, Pay)
    assert rest.amount_sen == 77 * 6533 - 176391


def test_a_lower_rate_takes_back_what_the_days_so_far_are_not_worth() -> None:
    """27 days at RM65.33 were paid; 28 days at RM60.00 have passed; later days are set off (Act 4 s.50(1A))."""
    desk = Desk()
    desk.settle(FIRST, date(2026, 8, 12))
    desk.freeze()
    longer = entitled(2, period(FIRST_DAY, date(2026, 9, 30), 6000))
    assert desk.settle(longer, date(2026, 8, 13)) == (OpenRecovery(176391 - 28 * 6000),)
    set_off, rest = desk.settle(longer, date(2026, 10, 1))
    assert set_off == ReduceRecovery(176391 - 28 * 6000)
    assert isinstance(rest, Pay)
    assert rest.amount_sen == 77 * 6000 - 176391


def test_a_refusal_after_a_payment_recovers_all_of_it() -> None:
    desk = Desk()
    desk.settle(FIRST)
    desk.freeze()
    assert desk.settle(entitled(2)) == (OpenRecovery(176391),)


def test_only_periods_whose_days_have_passed_are_paid() -> None:
    parts = (period(date(2026, 7, 16), date(2026, 7, 31), 6533), period(date(2026, 8, 1), LAST_DAY, 6533))
    desk = Desk()
    two = entitled(1, *parts)
    assert two.falls_due(date(2026, 7, 31)) == date(2026, 8, 1)
    assert desk.settle(two, date(2026, 7, 31)) == ()
    (first,) = desk.settle(two, date(2026, 8, 1))
    (second,) = desk.settle(two, LAST_DAY + timedelta(days=1))
    keys = [posting.key for posting in (first, second) if isinstance(posting, Pay)]
    assert [(key.period_first, key.period_last) for key in keys] == [(part.first, part.last) for part in parts]
    assert two.falls_due(LAST_DAY + timedelta(days=1)) is None


def test_money_that_came_back_is_paid_again_under_a_key_that_names_what_it_replaces() -> None:
    desk = Desk()
    (first,) = desk.settle(FIRST)
    desk.freeze()
    desk.bank_returns_the_oldest()
    (again,) = desk.settle(FIRST)
    assert isinstance(first, Pay)
    assert isinstance(again, Pay)
    assert (again.key.kind, again.key.replaces) == (PaymentKind.REISSUE, first.key.end_to_end_id)
    assert again.amount_sen == first.amount_sen
    assert again.key.end_to_end_id != first.key.end_to_end_id


def test_the_end_to_end_id_is_the_hash_of_the_natural_key_and_fits_the_bank() -> None:
    (paid,) = Desk().settle(FIRST)
    assert isinstance(paid, Pay)
    assert len(paid.key.end_to_end_id) == 32
    assert replace(paid.key).end_to_end_id == paid.key.end_to_end_id
    assert replace(paid.key, revision=2).end_to_end_id != paid.key.end_to_end_id


def test_a_key_names_its_cause_whatever_was_paid_or_withdrawn_before() -> None:
    """A counter would give one cause two keys, and the database would refuse neither (rules S3)."""
    (at_once,) = Desk().settle(SECOND)
    desk = Desk()
    desk.settle(FIRST)
    (after_the_first,) = desk.settle(SECOND)
    assert isinstance(at_once, Pay)
    assert isinstance(after_the_first, Pay)
    assert after_the_first.key == at_once.key


@pytest.mark.parametrize("amount", [0, -1])
def test_books_never_hold_an_amount_that_is_not_above_zero(amount: int) -> None:
    from services.benefits.domain.ledger import TransferReason, transfer

    with pytest.raises(ValueError, match="above zero"):
        transfer(TransferReason.SETTLED, amount)


_MONTH_STARTS = [date(2026, month, 1) for month in range(1, 6)]
_periods = st.lists(
    st.tuples(st.sampled_from(_MONTH_STARTS), st.integers(1, 28), st.integers(1, 9000)),
    max_size=4,
    unique_by=lambda part: part[0],
).map(lambda parts: tuple(period(first, first + timedelta(days=days - 1), rate) for first, days, rate in parts))
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("revise"), _periods),
        st.tuples(st.just("repeat"), st.none()),
        st.tuples(st.just("days pass"), st.integers(1, 60)),
        st.tuples(st.just("freeze"), st.none()),
        st.tuples(st.just("bank settles"), st.none()),
        st.tuples(st.just("bank returns"), st.none()),
    ),
    max_size=25,
)


def play(desk: Desk, steps: list[tuple[str, object]], settle_every: int) -> tuple[Entitled, date]:
    """Let the steps happen, settling after every so many; the entitlement and the day at the end."""
    current, day = entitled(1), date(2026, 1, 10)
    for number, (step, value) in enumerate(steps, start=1):
        match step, value:
            case "revise", tuple(periods):
                current = entitled(current.revision + 1, *periods)
            case "days pass", int(days):
                day += timedelta(days=days)
            case "freeze", _:
                desk.freeze()
            case "bank settles", _:
                desk.bank_settles()
            case "bank returns", _:
                desk.bank_returns_the_oldest()
        if number % settle_every == 0:
            desk.settle(current, day)
            desk.check(current, day)
            assert desk.settle(current, day) == ()
    return current, day


@settings(max_examples=400, deadline=None)
@given(_steps)
def test_whatever_happens_in_between_the_books_stay_at_what_is_owed(steps: list[tuple[str, object]]) -> None:
    """For every sequence of revisions, days, bank files, settlements and returns; never two payments with one key."""
    play(Desk(), steps, settle_every=1)


@settings(max_examples=200, deadline=None)
@given(_steps, st.integers(2, 5))
def test_revisions_missed_in_between_do_not_matter(steps: list[tuple[str, object]], settle_every: int) -> None:
    desk = Desk()
    current, day = play(desk, steps, settle_every)
    desk.settle(current, day)
    desk.check(current, day)
