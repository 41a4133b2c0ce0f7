"""Settling an entitlement against its own books, with plain values."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import CLAIMS, Entitled, EntitlementKey, Source, Term
from services.benefits.domain.ledger import REDUCED, Account, Transfer, TransferReason, fund_changed, transfer
from services.benefits.domain.payments import Payment, PaymentKey, PaymentKind, PaymentState
from services.benefits.domain.setting_off import Due, Keep, OpenDebt, SetOff, by_law, own_by_law
from services.benefits.domain.settlement import (
    Books,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    recovery_law,
    settle,
    waits,
)
from shared.kernel.periods import Days, Month, collapse, joined, less
from shared.law.book import book
from shared.law.decision import Per

CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000001")
CLAIM_OF_CLAIMS = (CLAIMS, Source.CLAIM)
FIRST_DAY = date(2026, 7, 16)
LAST_DAY = date(2026, 8, 11)
AFTER = date(2026, 11, 1)


def period(first: date, last: date | None, rate_sen: int) -> Term:
    return Term(Per.DAY, rate_sen, first, last)


def monthly(first: date, last: date | None, sen: int) -> Term:
    return Term(Per.MONTH, sen, first, last)


def once(day: date, sen: int) -> Term:
    return Term(Per.ONCE, sen, day)


def falls_due(owed: Entitled, day: date) -> date | None:
    """The next day on which more falls due where every month is paid when it has ended."""
    return owed.falls_due(day, owed.reach(day, Reached(), ENDED), ENDED)


def entitled(revision: int, *terms: Term) -> Entitled:
    key = EntitlementKey(CLAIM, "act4", "temporary_disablement", "person:12")
    return Entitled(key, 12, "employment_injury", revision, terms)


# 27 days at RM65.33, 27 at RM68.00, and 18 at RM68.00 (Act 4 s.22: 80 % of 1/30 of the average assumed wage).
FIRST = entitled(1, period(FIRST_DAY, LAST_DAY, 6533))
SECOND = entitled(2, period(FIRST_DAY, LAST_DAY, 6800))
THIRD = entitled(3, period(FIRST_DAY, date(2026, 8, 2), 6800))


# The property tests look no further than this; an open term goes on to it.
_END = date(2031, 12, 31)
_MONTHS = [Month(year, number) for year in range(2025, 2032) for number in range(1, 13)]


@dataclass(frozen=True)
class Calendar:
    """Every month is paid so many days before it ends, or after."""

    before_the_end: int = -1

    def paid_on(self, month: Month) -> date:
        return month.last_day - timedelta(days=self.before_the_end)


ENDED = Calendar()


def worth_sen(term: Term, day: date, days_until: date, paid: Callable[[Month], bool]) -> int:
    """What of a term is earned, or due where days are due only up to an earlier one: counted one by one."""
    if term.per is Per.ONCE:
        return term.sen * (term.first <= day)
    days = [term.first + timedelta(days=number) for number in range(((term.last or _END) - term.first).days + 1)]
    if term.per is Per.DAY:
        return term.sen * sum(each < days_until for each in days)
    return term.sen * sum(paid(month) for month in {Month.of(each) for each in days})


@dataclass
class Desk:
    """Applies postings as the storage does, and lets the bank answer."""

    books: Books = field(default_factory=Books)
    used: list[str] = field(default_factory=list)
    reached: Reached = field(default_factory=Reached)
    calendar: Calendar = ENDED
    # The last month that fell due while something was owed by the month: what fell due stays due.
    fallen: Month | None = None
    others: tuple[Days, ...] = ()
    owed: Entitled = field(default_factory=lambda: entitled(0))
    set_off: int = 0
    ledger: list[Transfer] = field(default_factory=list)
    fund_of: dict[PaymentKey, str] = field(default_factory=dict)
    # How much may be kept, and what came back in each month of each debt; of its own, under its own key.
    plan: int | None = None
    share: Fraction = Fraction(1)
    taken: Counter[tuple[EntitlementKey, Month]] = field(default_factory=Counter)

    def settle(self, entitled: Entitled, day: date = AFTER) -> tuple[Posting, ...]:
        self.reached = entitled.reach(day, self.reached, self.calendar)
        self.owed = entitled.without(self.others)
        self._fall_due(day)
        self._limit(day)
        postings = settle(self.owed, self.books, day, self.reached)
        self.check_limits(postings)
        for posting in postings:
            assert posting.amount_sen > 0
            self._post(posting)
            self._book(posting)
            self._take(posting, day)
        self.ledger += fund_changed(entitled.fund, self.by_fund())
        return postings

    def _limit(self, day: date) -> None:
        """What may be kept against its own debt, and by a plan against each of the others."""
        month = Month.of(day)
        own = Keep(self.share, self.plan, self.taken[self.owed.key, month])
        unopened = max(0, -self.books.recovery_sen)
        others = (
            replace(each, keep=Keep(each.keep.share, self.plan, self.taken[each.key, month]))
            for each in self.books.elsewhere
        )
        self.books = replace(self.books, keep=own, elsewhere=tuple(others), unopened_sen=unopened)

    def _take(self, posting: Posting, day: date) -> None:
        if isinstance(posting, ReduceRecovery | SetOff) and not posting.again:
            key = posting.debt.key if isinstance(posting, SetOff) else self.owed.key
            self.taken[key, Month.of(day)] += posting.amount_sen

    def check_limits(self, postings: tuple[Posting, ...]) -> None:
        """A plan keeps its sum in a month and no more, of days that were not paid; of what falls due for the first time
        half is kept for a half."""
        limited = rest = 0
        for posting in postings:
            match posting:
                case SetOff(again=True) | ReduceRecovery(again=True):
                    continue
                case SetOff(debt=debt, amount_sen=amount):
                    keep = debt.keep
                case ReduceRecovery(amount):
                    keep = self.books.keep
                case Pay(key=key, amount_sen=amount):
                    rest += amount * (key.kind is not PaymentKind.REISSUE)
                    continue
                case _:
                    continue
            assert keep.monthly_sen is None or keep.taken_sen + amount <= keep.monthly_sen
            limited += amount * (keep.share < 1)
            rest += amount * (keep.share == 1)
        assert limited <= rest

    def _fall_due(self, day: date) -> None:
        paid = [month for month in _MONTHS if self.calendar.paid_on(month) <= day]
        stood = [self.fallen] if self.fallen else []
        self.fallen = max([*paid, *stood], default=None) if self.owed.is_monthly else None

    def _book(self, posting: Posting) -> None:
        reasons = {
            Pay: TransferReason.INSTRUCTED,
            Void: TransferReason.VOIDED,
            OpenRecovery: TransferReason.RECOVERY_OPENED,
            SetOff: TransferReason.SET_OFF,
        }
        fund = self.owed.fund
        if isinstance(posting, Pay):
            self.fund_of[posting.key] = fund
        if isinstance(posting, Void):
            fund = self.fund_of[posting.key]
        reason = REDUCED[posting.again] if isinstance(posting, ReduceRecovery) else reasons[type(posting)]
        self.ledger.append(transfer(reason, posting.amount_sen, fund))

    def balance(self, account: Account, fund: str) -> int:
        moved = [(each.debit is account) - (each.credit is account) for each in self.ledger]
        return sum(sign * each.amount_sen for sign, each in zip(moved, self.ledger, strict=True) if each.fund == fund)

    def by_fund(self) -> dict[str, tuple[int, int]]:
        accounts = (Account.BENEFIT_EXPENSE, Account.RECOVERIES_RECEIVABLE)
        return {
            str(each.fund): (self.balance(accounts[0], str(each.fund)), self.balance(accounts[1], str(each.fund)))
            for each in self.ledger
        }

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
            case SetOff(debt, amount):
                left = [replace(each, open_sen=each.open_sen - amount * (each == debt)) for each in books.elsewhere]
                self.set_off += amount
                self.books = replace(
                    books, net_sen=books.net_sen + amount, elsewhere=tuple(each for each in left if each.open_sen)
                )

    def _move(
        self,
        old: PaymentState,
        new: PaymentState,
        chosen: Callable[[Payment], bool],
        reason: TransferReason | None = None,
    ) -> int:
        moved = [payment for payment in self.books.payments if payment.state is old and chosen(payment)]
        if reason is not None:
            self.ledger += [transfer(reason, each.amount_sen, self.fund_of[each.key]) for each in moved]
        payments = tuple(replace(each, state=new) if each in moved else each for each in self.books.payments)
        self.books = replace(self.books, payments=payments)
        return sum(payment.amount_sen for payment in moved)

    def freeze(self) -> None:
        self._move(PaymentState.UNSENT, PaymentState.SENT, lambda _: True)

    def bank_settles(self) -> None:
        self._move(PaymentState.SENT, PaymentState.SETTLED, lambda _: True, TransferReason.SETTLED)

    def bank_returns_the_oldest(self, stands: PaymentState = PaymentState.SENT) -> None:
        """Refused, or, of a settled one, returned later."""
        sent = [payment for payment in self.books.payments if payment.state is stands][:1]
        reason = TransferReason.RETURNED if stands is PaymentState.SENT else TransferReason.REVERSED
        returned = self._move(stands, PaymentState.RETURNED, lambda payment: payment in sent, reason)
        self.books = replace(self.books, net_sen=self.books.net_sen - returned)

    def happens(self, step: str, value: object) -> None:
        """What the bank and the person's other claims do."""
        match step, value:
            case "freeze", _:
                self.freeze()
            case "bank settles", _:
                self.bank_settles()
            case "bank returns", _:
                self.bank_returns_the_oldest()
            case "bank returns what was settled", _:
                self.bank_returns_the_oldest(PaymentState.SETTLED)
            case "another claim takes days", Days() as days:
                self.another_claim_takes(days)
            case "another claim lets go", _:
                self.others = ()
            case "a calendar is entered", int(days):
                self.calendar = Calendar(days)
            case "the database is put back", _:
                self.is_put_back()
            case _:
                self.owes(step, value)

    def owes(self, step: str, value: object) -> None:
        """What is to come back of other claims, and how it does."""
        match step, value:
            case "another claim is overpaid", int(amount):
                self.another_claim_is_overpaid(amount)
            case "a loan is called in", int(amount):
                self.another_claim_is_overpaid(amount, Fraction(1, 2))
            case "instalments are agreed" | "instalments end", plan:
                self.plan = plan if isinstance(plan, int) else None
            case "the law has it set off", Fraction() as share:
                self.share = share
            case "it is repaid", int(amount):
                self.is_repaid(amount)

    def another_claim_takes(self, days: Days) -> None:
        """What this one has, it keeps."""
        # Nobody counts the days of what goes on for ever.
        self.others = joined(left for each in (*self.others, days) for left in less(each, self.owed.days))

    def is_repaid(self, amount: int) -> None:
        """As the storage books it: never more than is open, and nothing that is granted changes."""
        if part := min(amount, max(0, self.books.recovery_sen)):
            self.books = replace(self.books, recovery_sen=self.books.recovery_sen - part)
            self.ledger.append(transfer(TransferReason.REPAID, part, self.owed.fund))

    def is_put_back(self) -> None:
        """What is published alone is known again: payments in bank files, the bank's answers, and what was repaid."""
        answers = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}
        lost = (PaymentState.UNSENT, PaymentState.VOIDED)
        known = tuple(each for each in self.books.payments if each.state not in lost)
        repaid = [each for each in self.ledger if each.reason is TransferReason.REPAID]
        self.another_claim_is_overpaid(self.set_off)
        elsewhere = tuple(each for each in self.books.elsewhere if each.open_sen)
        self.used = [each.key.end_to_end_id for each in known]
        self.reached, self.fallen, self.set_off = Reached(), None, 0
        self.ledger = repaid
        for each in known:
            reasons = (TransferReason.INSTRUCTED, answers.get(each.state))
            self.ledger += [transfer(why, each.amount_sen, self.fund_of[each.key]) for why in reasons if why]
        self.fund_of = {each.key: self.fund_of[each.key] for each in known}
        self.books = Books(payments=known, elsewhere=elsewhere, recovery_sen=-self.repaid())
        net = self.amount(PaymentState.SENT, PaymentState.SETTLED)
        self.books = replace(self.books, net_sen=net)

    def repaid(self, fund: str | None = None) -> int:
        repaid = (each for each in self.ledger if each.reason is TransferReason.REPAID)
        return sum(each.amount_sen for each in repaid if fund in (None, each.fund))

    def another_claim_is_overpaid(self, amount: int, share: Fraction = Fraction(1)) -> None:
        key = EntitlementKey(UUID(int=len(self.books.elsewhere) + 1), "act4", "temporary_disablement", "person:12")
        debt = OpenDebt(key, "employment_injury", 1, amount, keep=Keep(share))
        self.books = replace(self.books, elsewhere=(*self.books.elsewhere, debt))

    def amount(self, *states: PaymentState) -> int:
        return sum(payment.amount_sen for payment in self.books.payments if payment.state in states)

    def check(self, day: date) -> None:
        """What was paid and is on its way, less what came back and is to, is at least what is due and at most what is
        earned; at the end of all days both are the same."""
        on_its_way = self.amount(PaymentState.UNSENT, PaymentState.SENT)
        granted = self.amount(PaymentState.SETTLED) + on_its_way + self.set_off
        net = granted - self.books.recovery_sen - self.repaid()
        fallen = self.fallen or Month(1, 1)
        due = (self.reached.days or date.min, lambda month: month <= fallen)
        earned = (day, lambda month: month <= fallen or month.last_day < day)
        worth = sum(worth_sen(term, day, *earned) for term in self.owed.terms)
        assert sum(worth_sen(term, day, *due) for term in self.owed.terms) <= net <= worth
        assert self.books.recovery_sen >= 0
        unlimited = self.books.keep.is_whole
        assert self.books.recovery_sen == 0 or net == worth or not unlimited, "what is earned is set off first"
        assert len(set(self.used)) == len(self.used)
        self.check_funds()

    def check_funds(self) -> None:
        """What stands is borne by the fund that bears it now; each payment is in the books of the one that made it."""
        stands = {fund: sums for fund, sums in self.by_fund().items() if sums != (0, 0)}
        net = (self.books.net_sen, self.books.recovery_sen)
        assert stands == ({} if net == (0, 0) else {self.owed.fund: net})
        for fund in set(self.fund_of.values()):
            paid = [each for each in self.books.payments if self.fund_of[each.key] == fund]
            on_its_way = sum(each.amount_sen for each in paid if each.state in (PaymentState.UNSENT, PaymentState.SENT))
            settled = sum(each.amount_sen for each in paid if each.state is PaymentState.SETTLED)
            assert self.balance(Account.BENEFITS_PAYABLE, fund) == -on_its_way
            assert self.balance(Account.BANK, fund) == self.repaid(fund) - settled
        between = sum(self.balance(Account.RECOVERIES_SET_OFF, fund) for fund in self.by_fund())
        assert between == -self.set_off, "what one fund owes, another is owed"


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
    assert paid(desk.settle(longer, date(2026, 9, 30))) == [("2026-07-16", "2026-08-31", 20 * 6533)]
    assert paid(desk.settle(longer, date(2026, 10, 1))) == [("2026-09-01", "2026-09-30", 30 * 6533)]


def paid(postings: tuple[Posting, ...]) -> list[tuple[str, str, int]]:
    """First day, last day and amount of what is paid; nothing else was posted."""
    pays = [posting for posting in postings if isinstance(posting, Pay)]
    assert len(pays) == len(postings)
    return [(str(pay.key.period_first), str(pay.key.period_last), pay.amount_sen) for pay in pays]


def test_a_certificate_of_200_days_of_which_137_have_passed_owes_them_now_and_then_month_by_month() -> None:
    """137 x 65.33 = 8,950.21 on 29 November; the rest with each month, at the end with the last day."""
    long = entitled(1, period(date(2026, 7, 15), date(2027, 1, 30), 6533))
    desk = Desk()
    assert paid(desk.settle(long, date(2026, 11, 29))) == [("2026-07-15", "2026-11-28", 895021)]
    assert falls_due(long, date(2026, 11, 29)) == date(2026, 12, 1)
    assert desk.settle(long, date(2026, 11, 30)) == ()
    assert paid(desk.settle(long, date(2026, 12, 1))) == [("2026-11-29", "2026-11-30", 2 * 6533)]
    assert paid(desk.settle(long, date(2027, 1, 1))) == [("2026-12-01", "2026-12-31", 31 * 6533)]
    assert falls_due(long, date(2027, 1, 1)) == date(2027, 1, 31)
    assert paid(desk.settle(long, date(2027, 1, 31))) == [("2027-01-01", "2027-01-30", 30 * 6533)]
    assert falls_due(long, date(2027, 1, 31)) is None


def test_an_extension_takes_back_no_month_that_fell_due() -> None:
    """October is certified and unpaid, for want of an account; extended to 15 December its 2,025.23 stays due."""
    october = entitled(1, period(date(2026, 10, 1), date(2026, 10, 31), 6533))
    first_looked_at = date(2026, 10, 5)
    reached = october.reach(first_looked_at, Reached(), ENDED)
    reached = october.reach(date(2026, 11, 1), reached, ENDED)
    extended = entitled(2, period(date(2026, 10, 1), date(2026, 12, 15), 6533))
    for day in (date(2026, 11, 2), date(2026, 11, 28)):
        reached = extended.reach(day, reached, ENDED)
        assert paid(settle(extended, Books(), day, reached)) == [("2026-10-01", "2026-10-31", 202523)]


def test_an_extension_takes_back_no_period_that_had_passed() -> None:
    """The days to 11 August fell due on the 12th; the certificate goes on, and they stay due."""
    reached = FIRST.reach(date(2026, 8, 12), FIRST.reach(date(2026, 8, 1), Reached(), ENDED), ENDED)
    longer = entitled(2, period(FIRST_DAY, date(2026, 9, 30), 6533))
    day = date(2026, 8, 20)
    reached = longer.reach(day, reached, ENDED)
    assert paid(settle(longer, Books(), day, reached)) == [("2026-07-16", "2026-08-11", 176391)]


def test_rolling_certificates_are_paid_before_a_gap() -> None:
    """Each goes on where the last one ended, and comes before it ends: each month is paid when it has passed."""
    desk, amounts = Desk(), []
    for number, (weeks, day) in enumerate(((2, 14), (4, 28), (6, 42), (8, 56), (10, 70)), start=1):
        last = date(2026, 1, 5) + timedelta(days=7 * weeks - 1)
        today = date(2026, 1, 5) + timedelta(days=day - 8)
        certified = entitled(number, period(date(2026, 1, 5), last, 6533))
        amounts.append(sum(amount for *_, amount in paid(desk.settle(certified, today))))
        desk.freeze()
    assert amounts == [6 * 6533, 0, (27 - 6) * 6533, 0, 28 * 6533]


def test_days_that_are_owed_again_after_a_refusal_are_due_as_far_as_they_have_passed() -> None:
    desk = Desk()
    desk.settle(entitled(1, period(date(2026, 10, 5), date(2026, 12, 31), 6533)), date(2026, 10, 5))
    desk.settle(entitled(2), date(2026, 10, 20))
    again = entitled(3, period(date(2026, 10, 5), date(2026, 12, 31), 6533))
    assert paid(desk.settle(again, date(2026, 11, 29))) == [("2026-10-05", "2026-11-28", 55 * 6533)]


def test_a_day_beyond_all_calendars_stops_no_settling() -> None:
    endless = entitled(1, period(date(2026, 11, 1), date.max, 6533))
    assert paid(Desk().settle(endless, date(2026, 11, 29))) == [("2026-11-01", "2026-11-28", 28 * 6533)]
    assert falls_due(endless, date(2026, 11, 29)) == date(2026, 12, 1)
    assert falls_due(endless, date(9999, 12, 1)) == date.max


def test_days_that_another_claim_has_are_held_and_paid_when_it_lets_go() -> None:
    desk = Desk()
    desk.another_claim_takes(Days(date(2026, 7, 20), date(2026, 7, 22)))
    assert paid(desk.settle(FIRST)) == [
        ("2026-07-16", "2026-07-19", 4 * 6533),
        ("2026-07-23", "2026-08-11", 20 * 6533),
    ]
    assert desk.owed.held == (Days(date(2026, 7, 20), date(2026, 7, 22)),)
    desk.others = ()
    assert paid(desk.settle(FIRST)) == [("2026-07-20", "2026-07-22", 3 * 6533)]
    assert not any(desk.owed.held)


def test_what_is_newly_owed_is_set_off_against_another_claims_recovery() -> None:
    """186.48 is to come back, 386.70 is owed: 200.22 is paid and the recovery is closed (Act 4 s.50(1A))."""
    desk = Desk()
    desk.another_claim_is_overpaid(18648)
    new = entitled(1, period(date(2026, 7, 16), date(2026, 7, 25), 3867))
    set_off, pay = desk.settle(new)
    assert isinstance(set_off, SetOff)
    assert isinstance(pay, Pay)
    assert (set_off.amount_sen, pay.amount_sen, desk.books.elsewhere) == (18648, 20022, ())
    assert desk.settle(new) == ()


def test_older_debts_come_first_and_what_is_left_stays_open() -> None:
    desk = Desk()
    for amount in (10000, 20000, 5000):
        desk.another_claim_is_overpaid(amount)
    set_offs = desk.settle(entitled(1, period(date(2026, 7, 16), date(2026, 7, 20), 4000)))
    assert [(type(each), each.amount_sen) for each in set_offs] == [(SetOff, 10000), (SetOff, 10000)]
    assert [debt.open_sen for debt in desk.books.elsewhere] == [10000, 5000]


@pytest.mark.parametrize(
    ("keep", "due", "open_sen", "kept"),
    [
        (Keep(), Due(1000, 1000), 700, 700),
        (Keep(), Due(1000, 1000), 1700, 1000),
        (Keep(Fraction(1, 2)), Due(1001, 1001), 1700, 500),
        (Keep(Fraction(1, 2)), Due(1000, 600), 1700, 300),
        (Keep(Fraction(1, 2)), Due(700, 1000, kept_sen=300), 1700, 200),
        (Keep(Fraction(1, 2)), Due(400, 1000, kept_sen=600), 1700, 0),
        (Keep(Fraction(0)), Due(1000, 1000), 1700, 0),
        (Keep(monthly_sen=300), Due(1000, 1000), 1700, 300),
        (Keep(monthly_sen=300, taken_sen=250), Due(1000, 1000), 1700, 50),
        (Keep(monthly_sen=300, taken_sen=400), Due(1000, 1000), 1700, 0),
        (Keep(Fraction(1, 2), 300), Due(400, 400), 1700, 200),
    ],
)
def test_what_is_kept_is_never_above_what_is_due_open_or_allowed(
    keep: Keep, due: Due, open_sen: int, kept: int
) -> None:
    assert keep.of(due, open_sen) == kept


def test_a_plan_keeps_its_sum_each_month_and_the_rest_is_paid() -> None:
    """RM1,053.00 too much, RM100.00 a month agreed: RM953.00 of each are paid, and a repayment makes it shorter."""
    pension = monthly(date(2026, 8, 1), None, 105300)
    desk = Desk()
    desk.settle(entitled(1, pension), date(2026, 9, 1))
    desk.freeze()
    desk.plan = 10000
    desk.settle(entitled(2, monthly(date(2026, 9, 1), None, 105300)), date(2026, 9, 2))
    assert desk.books.recovery_sen == 105300
    paid = []
    for month in (10, 11, 12):
        kept, pay = desk.settle(entitled(2, monthly(date(2026, 9, 1), None, 105300)), date(2026, month, 1))
        paid.append((kept, pay.amount_sen))
    assert paid == [(ReduceRecovery(10000), 95300)] * 3
    desk.is_repaid(73300)
    desk.plan = None
    kept, pay = desk.settle(entitled(2, monthly(date(2026, 9, 1), None, 105300)), date(2027, 1, 1))
    assert (kept, pay.amount_sen, desk.books.recovery_sen) == (ReduceRecovery(2000), 103300, 0)


def test_half_of_a_benefit_is_kept_for_a_loan_and_not_again_when_it_comes_back() -> None:
    """Act 789 ss.25-26: RM1,763.91 fall due, RM881.95 are kept; the payment of the rest comes back and is paid."""
    desk = Desk()
    desk.another_claim_is_overpaid(500000, Fraction(1, 2))
    kept, pay = desk.settle(FIRST)
    assert (kept.amount_sen, pay.amount_sen) == (88195, 88196)
    assert desk.settle(FIRST) == ()
    desk.freeze()
    desk.bank_returns_the_oldest()
    (again,) = desk.settle(FIRST)
    assert (type(again), again.amount_sen) == (Pay, 88196)


def test_what_was_repaid_is_paid_again_where_the_debt_was_none() -> None:
    """RM612.00 were to come back and RM300.00 of them came; the first revision was right: nothing is lost of either."""
    desk = Desk()
    desk.settle(SECOND)
    desk.freeze()
    desk.settle(THIRD)
    desk.is_repaid(30000)
    own, pay = desk.settle(replace(SECOND, revision=4))
    assert (own, pay.amount_sen) == (ReduceRecovery(31200), 30000)
    desk.check(AFTER)


def overpaid(plan: int = 10000) -> Desk:
    """RM1,836.00 were paid for 27 days and 18 of them are owed: RM612.00 are to come back, by a plan."""
    desk = Desk()
    desk.settle(SECOND)
    desk.freeze()
    desk.bank_settles()
    desk.settle(THIRD)
    desk.plan = plan
    return desk


def amounts(postings: tuple[Posting, ...]) -> list[tuple[type[Posting], int]]:
    return [(type(posting), posting.amount_sen) for posting in postings]


@pytest.mark.parametrize("share", [Fraction(1), Fraction(0)])
def test_a_plan_or_a_share_pays_no_day_twice(share: Fraction) -> None:
    """24 days were owed after all: RM408.00 less are to come back, and of the six days after them RM100.00 are kept."""
    desk = overpaid()
    desk.share = share
    more = entitled(4, period(FIRST_DAY, date(2026, 8, 8), 6800))
    assert desk.settle(more) == (ReduceRecovery(40800, again=True),)
    assert desk.settle(more) == ()
    later = entitled(5, period(FIRST_DAY, date(2026, 8, 8), 6800), period(date(2026, 8, 12), date(2026, 8, 17), 6800))
    kept = 10000 if share else 0
    expected = [(ReduceRecovery, kept)] * bool(kept) + [(Pay, 40800 - kept)]
    assert amounts(desk.settle(later, date(2026, 12, 1))) == expected
    assert desk.books.recovery_sen == 20400 - kept
    desk.check(date(2026, 12, 1))


def test_a_plan_pays_nothing_again_that_is_owed_once_and_went_with_a_month() -> None:
    """October's RM944.00 and November were paid as one, refused and granted again: no sen of them leaves twice."""
    terms = (once(date(2026, 10, 31), 94400), monthly(date(2026, 11, 1), date(2026, 11, 30), 182900))
    desk = Desk()
    desk.settle(entitled(1, *terms), date(2026, 12, 5))
    desk.freeze()
    desk.bank_settles()
    desk.settle(entitled(2), date(2026, 12, 5))
    desk.plan = 10000
    assert desk.settle(entitled(3, *terms), date(2026, 12, 5)) == (ReduceRecovery(277300, again=True),)


def test_a_payment_that_comes_back_was_never_to_come_back() -> None:
    """The RM1,836.00 come back from the bank: nothing was overpaid, and RM1,224.00 are paid, plan or no plan."""
    desk = overpaid()
    desk.bank_returns_the_oldest(PaymentState.SETTLED)
    assert amounts(desk.settle(THIRD)) == [(ReduceRecovery, 61200), (Pay, 122400)]


def test_what_was_kept_of_a_payment_that_comes_back_stays_kept() -> None:
    """Of RM680.00 RM100.00 were kept and the rest comes back: RM580.00 are paid again, and as much is still open."""
    desk = overpaid()
    more = entitled(4, period(FIRST_DAY, date(2026, 8, 2), 6800), period(date(2026, 8, 12), date(2026, 8, 21), 6800))
    desk.settle(more)
    desk.freeze()
    desk.bank_returns_the_oldest()
    assert amounts(desk.settle(more)) == [(Pay, 58000)]
    assert desk.books.recovery_sen == 51200


def test_days_that_another_benefit_was_paid_for_are_paid_by_no_plan_again() -> None:
    """27 days of a non-employment injury were paid, and the accident was one at work: all is set off but later days."""
    desk = Desk()
    desk.another_claim_is_overpaid(SECOND.terms[0].worth_sen(Days(FIRST_DAY, LAST_DAY)))
    (debt,) = desk.books.elsewhere
    desk.books = replace(desk.books, elsewhere=(replace(debt, paid=(Days(FIRST_DAY, LAST_DAY),)),))
    desk.plan = 10000
    rest = entitled(2, period(FIRST_DAY, date(2026, 8, 8), 6800))
    assert amounts(desk.settle(rest)) == [(SetOff, 24 * 6800)]
    longer = entitled(3, period(FIRST_DAY, date(2026, 8, 8), 6800), period(date(2026, 9, 1), date(2026, 9, 2), 6800))
    assert amounts(desk.settle(longer, date(2026, 12, 1))) == [(SetOff, 10000), (Pay, 3600)]


def test_what_came_back_of_a_debt_that_was_none_is_paid_after_a_restore_too() -> None:
    """RM612.00 came back of what the lost database had opened; 26 of the 27 days are owed: RM544.00 are due again."""
    paid_once = Payment(
        PaymentKey(SECOND.key, PaymentKind.PAYMENT, 2, FIRST_DAY, LAST_DAY), 183600, PaymentState.SETTLED
    )
    books = Books(183600, -61200, (paid_once,), unopened_sen=61200)
    for owed, due in (
        (entitled(4, period(FIRST_DAY, date(2026, 8, 10), 6800)), 54400),
        (entitled(4, *SECOND.terms), 61200),
    ):
        postings = settle(owed, books, AFTER, owed.reach(AFTER, Reached(), ENDED))
        assert amounts(postings) == [(OpenRecovery, 61200), (Pay, due)]
    owed = entitled(4, *THIRD.terms)
    assert settle(owed, books, AFTER, owed.reach(AFTER, Reached(), ENDED)) == (OpenRecovery(61200),)


def test_what_waits_for_an_account_keeps_no_limited_part_twice() -> None:
    """A payment that cannot be made is not posted, and no half of it is kept before it is."""
    books = Books(elsewhere=(OpenDebt(FIRST.key, "invalidity", 1, 90000, keep=Keep(Fraction(1, 2))),))
    half, pay = settle(FIRST, books, AFTER, FIRST.reach(AFTER, Reached(), ENDED))
    assert [waits(each, books) for each in (half, pay)] == [True, True]
    whole = replace(books, elsewhere=(replace(books.elsewhere[0], keep=Keep()),))
    set_off, pay = settle(FIRST, whole, AFTER, FIRST.reach(AFTER, Reached(), ENDED))
    assert [waits(each, whole) for each in (set_off, pay)] == [False, True]
    assert not waits(ReduceRecovery(1), books)
    assert not waits(ReduceRecovery(1, again=True), replace(books, keep=Keep(monthly_sen=100)))
    assert waits(ReduceRecovery(1), replace(books, keep=Keep(monthly_sen=100)))


@pytest.mark.parametrize(
    ("debt", "against", "share"),
    [
        (("act4", "temporary_disablement", *CLAIM_OF_CLAIMS), ("act4", *CLAIM_OF_CLAIMS), 1),
        (("act800", "job_search_allowance", *CLAIM_OF_CLAIMS), ("act800", *CLAIM_OF_CLAIMS), 1),
        (("act4", "temporary_disablement", *CLAIM_OF_CLAIMS), ("act800", *CLAIM_OF_CLAIMS), 0),
        (("act4", "temporary_disablement", *CLAIM_OF_CLAIMS), ("act4", "registration", Source.PAYABLE), 0),
        (("act4", "temporary_disablement", *CLAIM_OF_CLAIMS), ("act4", CLAIMS, Source.PAYABLE), 0),
        (("act4", "allowance", CLAIMS, Source.PAYABLE), ("act4", *CLAIM_OF_CLAIMS), 0),
        (("act4", "contribution_refund", "registration", Source.PAYABLE), ("act4", "registration", Source.PAYABLE), 1),
        (("act789", "education_loan", CLAIMS, Source.PAYABLE), ("act789", *CLAIM_OF_CLAIMS), Fraction(1, 2)),
        (("act4", "education_loan", CLAIMS, Source.PAYABLE), ("act4", *CLAIM_OF_CLAIMS), 0),
        (("act789", "education_loan", "jobs", Source.PAYABLE), ("act789", "jobs", Source.PAYABLE), 0),
    ],
)
def test_the_law_of_its_act_says_how_much_is_set_off_and_across_acts_an_agreement(
    debt: tuple[str, str, str, Source], against: tuple[str, str, Source], share: int | Fraction
) -> None:
    scheme, benefit, owner, source = debt
    key = EntitlementKey(UUID(int=9), scheme, benefit, "person:12")
    owed = replace(FIRST, key=replace(FIRST.key, scheme=against[0]), owner=against[1], source=against[2])
    open_debt = OpenDebt(key, "invalidity", 1, 5000, owner, source, keep=Keep(monthly_sen=100))
    law = book().on(AFTER, AFTER)
    assert by_law(open_debt, owed, law).keep == Keep(Fraction(share), 100)
    assert by_law(replace(open_debt, agreed=True), owed, law).keep == Keep(Fraction(1), 100)


@pytest.mark.parametrize(
    ("scheme", "agreed", "source", "share"),
    [
        ("act4", False, Source.CLAIM, 1),
        ("act872", False, Source.CLAIM, 0),
        ("act872", True, Source.CLAIM, 1),
        ("act872", False, Source.PAYABLE, 1),
    ],
)
def test_its_own_debt_is_set_off_by_its_act_too(scheme: str, agreed: bool, source: Source, share: int) -> None:
    owed = replace(FIRST, key=replace(FIRST.key, scheme=scheme), source=source)
    assert own_by_law(Keep(monthly_sen=7), agreed, owed, book().on(AFTER, AFTER)) == Keep(Fraction(share), 7)


def test_a_debt_comes_back_under_the_law_of_its_act() -> None:
    def law(scheme: str, source: Source = Source.CLAIM, kind: str = "contribution_refund") -> str:
        key = replace(FIRST.key, scheme=scheme, benefit=kind)
        return recovery_law(replace(FIRST, key=key, source=source, law="Act 789 s.25"))

    assert (law("act4"), law("act789")) == ("Act 4 s.50", "Act 789")
    assert law("act4", Source.PAYABLE) == "Act 4", "s.50 is about benefit, and a refund is none"
    assert law("act789", Source.PAYABLE, "education_loan") == "Act 789 s.25", "a loan comes back in any case"
    assert law("act4", kind="education_loan") == "Act 4 s.50", "a benefit of that name is no loan"


_days = st.integers(1, 90).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
_ranges = st.tuples(_days, st.integers(0, 40)).map(lambda each: Days(each[0], each[0] + timedelta(days=each[1])))


@given(_ranges, st.lists(_ranges, max_size=5))
def test_less_leaves_the_days_that_are_not_taken(days: Days, taken: list[Days]) -> None:
    assert tuple(less(days, taken)) == collapse(day for day in days if not any(day in each for each in taken))


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
    assert falls_due(two, date(2026, 7, 31)) == date(2026, 8, 1)
    assert desk.settle(two, date(2026, 7, 16)) == ()
    assert desk.settle(two, date(2026, 7, 31)) == ()
    (first,) = desk.settle(two, date(2026, 8, 1))
    (second,) = desk.settle(two, LAST_DAY + timedelta(days=1))
    keys = [posting.key for posting in (first, second) if isinstance(posting, Pay)]
    assert [(key.period_first, key.period_last) for key in keys] == [(part.first, part.last) for part in parts]
    assert falls_due(two, LAST_DAY + timedelta(days=1)) is None


def test_an_open_term_is_paid_month_by_month_and_never_ends() -> None:
    going_on = entitled(1, period(date(2026, 10, 5), None, 6533))
    desk = Desk()
    assert paid(desk.settle(going_on, date(2026, 11, 10))) == [("2026-10-05", "2026-11-09", 36 * 6533)]
    assert falls_due(going_on, date(2026, 11, 10)) == date(2026, 12, 1)
    assert paid(desk.settle(going_on, date(2026, 12, 1))) == [("2026-11-10", "2026-11-30", 21 * 6533)]
    assert going_on.days == (Days(date(2026, 10, 5), date.max),)
    assert falls_due(going_on, date(9999, 12, 31)) == date.max


def test_an_open_term_without_days_that_another_has_goes_on_after_them() -> None:
    left = entitled(1, period(date(2026, 10, 5), None, 6533)).without([Days(date(2026, 10, 7), date(2026, 10, 9))])
    assert left.terms == (period(date(2026, 10, 5), date(2026, 10, 6), 6533), period(date(2026, 10, 10), None, 6533))
    assert left.held == (Days(date(2026, 10, 7), date(2026, 10, 9)),)


def test_two_long_lists_of_days_are_walked_once() -> None:
    """A payable may have 10,000 terms: each of them beside each day of another took minutes."""
    days = [FIRST_DAY + timedelta(days=4 * number) for number in range(10_000)]
    owed = entitled(1, *(period(day, day + timedelta(days=1), 100) for day in days))
    taken = [Days(day + timedelta(days=1), day + timedelta(days=2)) for day in days]
    began = process_time()
    left = owed.without(taken)
    assert left.days == tuple(Days(day, day) for day in days)
    assert left.held == tuple(Days(each.first, each.first) for each in taken)
    assert not left.lets_go(left.days)
    assert left.lets_go(taken)
    assert process_time() - began < 2


def test_a_month_is_due_when_it_has_ended_and_a_broken_one_on_its_day() -> None:
    """July's last days as one sum, then RM1,053.00 for each month: the whole month, on the first of the next."""
    pension = entitled(1, once(date(2026, 7, 31), 3510), monthly(date(2026, 8, 1), None, 105300))
    desk = Desk()
    assert desk.settle(pension, date(2026, 7, 30)) == ()
    assert falls_due(pension, date(2026, 7, 30)) == date(2026, 7, 31)
    (july,) = desk.settle(pension, date(2026, 7, 31))
    assert isinstance(july, Pay)
    assert (july.key.kind, july.key.period, july.amount_sen) == (
        PaymentKind.ONCE,
        Days(date(2026, 7, 31), date(2026, 7, 31)),
        3510,
    )
    assert falls_due(pension, date(2026, 7, 31)) == date(2026, 9, 1)
    assert desk.settle(pension, date(2026, 8, 31)) == ()
    assert paid(desk.settle(pension, date(2026, 9, 1))) == [("2026-08-01", "2026-08-31", 105300)]
    assert falls_due(pension, date(2026, 9, 1)) == date(2026, 10, 1)
    assert paid(desk.settle(pension, date(2026, 12, 15))) == [("2026-09-01", "2026-11-30", 3 * 105300)]


def test_months_that_end_fall_due_no_more() -> None:
    two = entitled(1, monthly(date(2026, 8, 1), date(2026, 9, 30), 52650))
    assert [falls_due(two, date(2026, *day)) for day in ((7, 1), (8, 1), (9, 1), (9, 30), (10, 1))] == [
        date(2026, 9, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 1), None,
    ]  # fmt: skip
    assert two.earned_sen(date(2026, 9, 30), Reached()) == 52650
    assert two.earned_sen(date(2027, 9, 30), Reached()) == 2 * 52650


def test_months_and_sums_take_no_days() -> None:
    pension = entitled(1, once(date(2026, 7, 31), 3510), monthly(date(2026, 8, 1), None, 105300))
    assert pension.days == ()
    assert pension.without([Days(date(2026, 7, 1), date(2026, 12, 31))]).terms == pension.terms


def test_each_sum_is_paid_under_its_own_day() -> None:
    two, desk = entitled(1, once(date(2026, 7, 31), 3510), once(date(2026, 9, 30), 4000)), Desk()
    posted = [*desk.settle(two, date(2026, 8, 1)), *desk.settle(two, date(2026, 10, 1))]
    keys = [posting.key for posting in posted if isinstance(posting, Pay)]
    assert [key.period for key in keys] == [Days(day, day) for day in (date(2026, 7, 31), date(2026, 9, 30))]


def test_a_share_that_shrinks_is_set_off_against_the_next_month() -> None:
    """RM1,053.00 were paid for August, RM526.50 are owed: September's RM526.50 are kept."""
    desk = Desk()
    desk.settle(entitled(1, monthly(date(2026, 8, 1), None, 105300)), date(2026, 9, 1))
    desk.freeze()
    share = entitled(2, monthly(date(2026, 8, 1), None, 52650))
    assert desk.settle(share, date(2026, 9, 20)) == (OpenRecovery(52650),)
    assert desk.settle(share, date(2026, 10, 1)) == (ReduceRecovery(52650),)
    assert paid(desk.settle(share, date(2026, 11, 1)))[0][2] == 52650


def test_a_sum_that_is_due_pays_no_day_that_is_not() -> None:
    """The days to 14 September are earned on the 15th and due on 1 October, whatever else is owed meanwhile."""
    both = entitled(1, period(date(2026, 8, 1), date(2026, 10, 20), 100), once(date(2026, 9, 15), 7000))
    desk = Desk()
    desk.settle(both, date(2026, 9, 1))
    (sum_,) = desk.settle(both, date(2026, 9, 15))
    assert (type(sum_), sum_.amount_sen) == (Pay, 7000)
    assert paid(desk.settle(both, date(2026, 10, 1))) == [("2026-09-01", "2026-09-30", 30 * 100)]


def test_a_day_is_paid_although_a_sum_was_paid_on_it() -> None:
    """The payment of the sum names its day too; the day itself is earned when it has passed."""
    both = entitled(1, period(FIRST_DAY, FIRST_DAY, 6533), once(FIRST_DAY, 7000))
    desk = Desk()
    (sum_,) = desk.settle(both, FIRST_DAY)
    (day,) = desk.settle(both, FIRST_DAY + timedelta(days=1))
    assert (sum_.amount_sen, day.amount_sen) == (7000, 6533)


def test_a_sum_is_paid_with_the_days_that_are_due_with_it() -> None:
    both = entitled(1, period(FIRST_DAY, LAST_DAY, 6533), once(FIRST_DAY, 7000))
    assert paid(Desk().settle(both, AFTER)) == [("2026-07-16", "2026-08-11", 27 * 6533 + 7000)]


@pytest.mark.parametrize("until", ["unsent", "sent", "settled"])
def test_a_benefit_that_another_fund_bears_is_neither_paid_again_nor_recovered(until: str) -> None:
    """Invalidity paid 1,763.91, the accident is found later: the one fund owes the other what it paid."""
    desk = Desk()
    desk.settle(replace(FIRST, fund="invalidity"))
    if until != "unsent":
        desk.freeze()
    if until == "settled":
        desk.bank_settles()
    found = replace(FIRST, revision=2)
    assert desk.settle(found) == ()
    assert desk.settle(found) == ()
    assert desk.balance(Account.BENEFIT_EXPENSE, "invalidity") == 0
    assert desk.balance(Account.BENEFIT_EXPENSE, "employment_injury") == 176391
    assert desk.balance(Account.RECOVERIES_SET_OFF, "invalidity") == 176391
    assert desk.balance(Account.RECOVERIES_SET_OFF, "employment_injury") == -176391
    desk.check(AFTER)


def test_what_comes_back_after_the_fund_changed_is_paid_again_from_the_new_one() -> None:
    desk = Desk()
    desk.settle(replace(FIRST, fund="invalidity"))
    desk.freeze()
    desk.settle(replace(FIRST, revision=2))
    desk.bank_returns_the_oldest()
    assert [each.amount_sen for each in desk.settle(replace(FIRST, revision=2))] == [176391]
    assert desk.balance(Account.RECOVERIES_SET_OFF, "invalidity") == 0
    assert desk.balance(Account.BENEFITS_PAYABLE, "employment_injury") == -176391
    desk.check(AFTER)


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


@pytest.mark.parametrize("state", [PaymentState.SETTLED, PaymentState.RETURNED])
def test_what_was_set_off_beside_a_payment_is_never_dropped_when_the_database_is_put_back(state: PaymentState) -> None:
    """RM612.00 of RM680.00 were set off, against a debt that is open no more: the payment of RM68.00 names all days."""
    ten = entitled(1, period(date(2026, 8, 1), date(2026, 8, 10), 6800))
    desk = Desk()
    desk.another_claim_is_overpaid(61200)
    desk.settle(ten)
    desk.freeze()
    desk.bank_settles() if state is PaymentState.SETTLED else desk.bank_returns_the_oldest()
    desk.is_put_back()
    desk.books = replace(desk.books, elsewhere=())
    pays = desk.settle(ten)
    paid = [posting.amount_sen for posting in pays if isinstance(posting, Pay)]
    assert paid == ([61200] if state is PaymentState.SETTLED else [6800, 61200])
    desk.check(AFTER)
    desk.freeze()
    for _ in pays:
        desk.bank_returns_the_oldest()
    assert sum(posting.amount_sen for posting in desk.settle(ten) if isinstance(posting, Pay)) == sum(paid)
    desk.check(AFTER)


def test_what_is_owed_again_of_what_no_payment_is_known_of_is_paid() -> None:
    desk = Desk(Books(recovery_sen=-61200), ledger=[transfer(TransferReason.REPAID, 61200, "employment_injury")])
    assert [posting.amount_sen for posting in desk.settle(entitled(2))] == [61200, 61200]
    desk.check(AFTER)


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
    with pytest.raises(ValueError, match="above zero"):
        transfer(TransferReason.SETTLED, amount, "employment_injury")


_MONTH_STARTS = [date(2026, month, 1) for month in range(1, 6)]
# Each in a month of its own; the last of them may be open.
_parts = st.lists(
    st.tuples(
        st.sampled_from(_MONTH_STARTS), st.sampled_from(Per), st.integers(1, 28), st.integers(1, 9000), st.booleans()
    ),
    max_size=4,
    unique_by=lambda part: part[0],
)
_sums = st.lists(st.tuples(st.integers(1, 150), st.integers(1, 9000)), max_size=2)


def _term(first: date, per: Per, days: int, sen: int, last: bool) -> Term:
    ends = {Per.DAY: first + timedelta(days=days - 1), Per.MONTH: Month.of(first).last_day, Per.ONCE: None}
    # A sum on a day within the month.
    begins = first + timedelta(days=days - 1) if per is Per.ONCE else first
    return Term(per, sen, begins, None if last else ends[per])


@st.composite
def _terms(draw: st.DrawFn) -> tuple[Term, ...]:
    """Days and months that do not overlap, in order, and sums on any day."""
    parts = sorted(draw(_parts))
    terms = [_term(*part[:4], part[4] and part is parts[-1]) for part in parts]
    sums = [once(date(2026, 1, 1) + timedelta(days=number), sen) for number, sen in draw(_sums)]
    return (*terms, *sums)


_FUNDS = ("employment_injury", "invalidity", "non_employment_injury")
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("revise"), _terms()),
        st.tuples(st.just("repeat"), st.none()),
        st.tuples(st.just("another fund bears it"), st.sampled_from(_FUNDS)),
        st.tuples(st.just("days pass"), st.integers(1, 60)),
        st.tuples(st.just("freeze"), st.none()),
        st.tuples(st.just("bank settles"), st.none()),
        st.tuples(st.just("bank returns"), st.none()),
        st.tuples(st.just("bank returns what was settled"), st.none()),
        st.tuples(st.just("another claim takes days"), _ranges),
        st.tuples(st.just("another claim lets go"), st.none()),
        st.tuples(st.just("another claim is overpaid"), st.integers(1, 200_000)),
        st.tuples(st.just("a loan is called in"), st.integers(1, 200_000)),
        st.tuples(st.just("instalments are agreed"), st.integers(1, 20_000)),
        st.tuples(st.just("instalments end"), st.none()),
        st.tuples(st.just("the law has it set off"), st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])),
        st.tuples(st.just("it is repaid"), st.integers(1, 100_000)),
        st.tuples(st.just("a calendar is entered"), st.integers(-1, 20)),
        st.tuples(st.just("the database is put back"), st.none()),
    ),
    max_size=25,
)


def play(desk: Desk, steps: list[tuple[str, object]], settle_every: int) -> tuple[Entitled, date]:
    """Let the steps happen, settling after every so many; the entitlement and the day at the end."""
    current, day = entitled(1), date(2026, 1, 10)
    for number, (step, value) in enumerate(steps, start=1):
        match step, value:
            case "revise", tuple(terms):
                current = replace(entitled(current.revision + 1, *terms), fund=current.fund)
            case "another fund bears it", str(fund):
                current = replace(current, revision=current.revision + 1, fund=fund)
            case "days pass", int(days):
                day += timedelta(days=days)
            case _:
                desk.happens(step, value)
        if number % settle_every == 0:
            postings = desk.settle(current, day)
            assert settle_every > 1 or step != "another fund bears it" or postings == ()
            left = any(debt.keep.is_whole for debt in desk.books.elsewhere)
            assert not left or not any(isinstance(each, Pay) for each in postings)
            desk.check(day)
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
    desk.check(day)
