"""A loan is paid out, called in and paid back, in the books that the ledger keeps of it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import LOAN as ENDS
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source, Term
from services.benefits.domain.ledger import Account, Transfer, TransferReason, called_off, granted_on, transfer
from services.benefits.domain.loans import CallIn, CallOff, asks_on, called, repaid_by
from services.benefits.domain.payments import Payment, PaymentState
from services.benefits.domain.settlement import Books, OpenRecovery, Pay, Posting, ReduceRecovery, Void, settle
from shared.contracts.payable_stated import LOAN as ENDS_IN_AN_EVENT
from shared.kernel.periods import Month
from shared.law.decision import Per

LENT_ON = date(2026, 9, 1)
KEY = EntitlementKey(UUID(int=7), "act789", "education_loan", "person:12")
FUND = "invalidity"
_REASONS = {
    Pay: TransferReason.INSTRUCTED,
    Void: TransferReason.VOIDED,
    OpenRecovery: TransferReason.RECOVERY_OPENED,
    ReduceRecovery: TransferReason.RECOVERY_REDUCED,
}


def once(day: date, sen: int) -> Term:
    return Term(Per.ONCE, sen, day)


def instalments(first: Month, number: int, sen: int) -> Term:
    return Term(Per.MONTH, sen, first.first_day, (first + (number - 1)).last_day)


def loan(revision: int, *terms: Term, back: tuple[Term, ...] = ()) -> Entitled:
    return Entitled(KEY, 12, FUND, revision, terms, owner="claims", source=Source.PAYABLE, repayment=back)


class EndOfMonth:
    """Every month is paid when it has ended."""

    def paid_on(self, month: Month) -> date:
        return month.last_day + timedelta(days=1)


@dataclass
class Desk:
    """Books what settling and calling in post, and reads the books as the ledger's statements do."""

    ledger: list[Transfer] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    reached: Reached = field(default_factory=Reached)
    repaid: int = 0

    def books(self) -> Books:
        net = sum(self._moved(each, Account.LOANS_RECEIVABLE) for each in self.ledger if not _is_call(each))
        recovery = self.balance(Account.RECOVERIES_RECEIVABLE)
        called_sen = sum(self._moved(each, Account.RECOVERIES_RECEIVABLE) for each in self.ledger if _is_call(each))
        books = Books(net, recovery, tuple(self.payments), called_sen=called_sen)
        return replace(books, instalments_sen=max(0, recovery - self._overpaid()))

    def run(self, owed: Entitled, day: date) -> list[Posting | CallIn | CallOff]:
        self.reached = owed.reach(day, self.reached, EndOfMonth())
        books = self.books()
        posted: list[Posting | CallIn | CallOff] = []
        for posting in settle(owed, books, day, self.reached):
            self._post(posting)
            posted.append(posting)
        call = called(owed, books, [each for each in posted if not isinstance(each, CallIn | CallOff)], day)
        if isinstance(call, CallIn):
            self.ledger.append(transfer(TransferReason.CALLED_IN, call.amount_sen, FUND))
        elif isinstance(call, CallOff):
            self.ledger.append(called_off(call.amount_sen, FUND))
        return [*posted, *([call] if call else [])]

    def bank(self, state: PaymentState) -> None:
        """Every payment that waits is answered."""
        reason = TransferReason.SETTLED if state is PaymentState.SETTLED else TransferReason.RETURNED
        self._answer(PaymentState.UNSENT, state, reason)

    def reverse(self) -> None:
        """All that had reached the party comes back from its account."""
        self._answer(PaymentState.SETTLED, PaymentState.RETURNED, TransferReason.REVERSED)

    def repay(self, sen: int) -> None:
        sen = min(sen, self.balance(Account.RECOVERIES_RECEIVABLE))
        if sen:
            self._book(TransferReason.REPAID, sen)
            self.repaid += sen

    def balance(self, account: Account) -> int:
        return sum(self._moved(each, account) for each in self.ledger)

    @property
    def out(self) -> int:
        """What the party has, or has on its way."""
        return self.has + self.on_its_way

    @property
    def has(self) -> int:
        return self._paid(PaymentState.SETTLED)

    @property
    def on_its_way(self) -> int:
        return self._paid(PaymentState.UNSENT)

    def _paid(self, state: PaymentState) -> int:
        return sum(each.amount_sen for each in self.payments if each.state is state)

    def _answer(self, stood: PaymentState, state: PaymentState, reason: TransferReason) -> None:
        for place, payment in enumerate(self.payments):
            if payment.state is stood:
                self.payments[place] = replace(payment, state=state)
                self._book(reason, payment.amount_sen)

    def _post(self, posting: Posting) -> None:
        if isinstance(posting, Pay):
            self.payments.append(Payment(posting.key, posting.amount_sen, PaymentState.UNSENT))
        if isinstance(posting, Void):
            place = next(number for number, each in enumerate(self.payments) if each.key == posting.key)
            self.payments[place] = replace(self.payments[place], state=PaymentState.VOIDED)
        self._book(_REASONS[type(posting)], posting.amount_sen)

    def _book(self, reason: TransferReason, sen: int) -> None:
        grants = granted_on(KEY.benefit, is_benefit=False)
        self.ledger.append(transfer(reason, sen, FUND, grants=grants))

    def _overpaid(self) -> int:
        signs = {TransferReason.RECOVERY_OPENED: 1, TransferReason.RECOVERY_REDUCED: -1}
        open_sen = overpaid = 0
        for each in self.ledger:
            open_sen += self._moved(each, Account.RECOVERIES_RECEIVABLE)
            overpaid = overpaid + signs.get(each.reason, 0) * each.amount_sen if open_sen else 0
        return overpaid

    @staticmethod
    def _moved(each: Transfer, account: Account) -> int:
        return each.amount_sen * ((each.debit is account) - (each.credit is account))


def _is_call(each: Transfer) -> bool:
    return each.reason is TransferReason.CALLED_IN


TEN = instalments(Month(2027, 1), 10, 1_000)
LOAN = loan(1, once(LENT_ON, 10_000), back=(TEN,))


def lent(owed: Entitled = LOAN) -> Desk:
    """The loan has reached the party."""
    desk = Desk()
    desk.run(owed, LENT_ON)
    desk.bank(PaymentState.SETTLED)
    return desk


def test_a_loan_is_no_expense_and_is_called_in_when_its_months_have_ended() -> None:
    desk = lent()
    assert desk.balance(Account.LOANS_RECEIVABLE) == 10_000
    assert [(desk.run(LOAN, day)) for day in (date(2027, 1, 1), date(2027, 1, 31))] == [[], []]
    assert desk.run(LOAN, date(2027, 2, 1)) == [CallIn(1_000)]
    assert desk.run(LOAN, date(2027, 2, 1)) == []
    assert desk.run(LOAN, date(2027, 5, 20)) == [CallIn(3_000)]
    assert (desk.balance(Account.LOANS_RECEIVABLE), desk.balance(Account.RECOVERIES_RECEIVABLE)) == (6_000, 4_000)
    desk.repay(4_000)
    assert desk.run(LOAN, date(2028, 1, 1)) == [CallIn(6_000)]
    desk.repay(6_000)
    assert desk.run(LOAN, date(2030, 1, 1)) == []
    assert (desk.balance(Account.LOANS_RECEIVABLE), desk.balance(Account.RECOVERIES_RECEIVABLE)) == (0, 0)
    assert desk.out == desk.repaid == 10_000


def test_an_instalment_eats_nothing_of_the_next_pay_out_of_the_same_loan() -> None:
    """The second semester is paid whole while an instalment of the first is open."""
    back = instalments(Month(2027, 1), 20, 1_000)
    owed = loan(1, once(LENT_ON, 10_000), once(date(2027, 3, 1), 10_000), back=(back,))
    desk = lent(owed)
    assert desk.run(owed, date(2027, 2, 1)) == [CallIn(1_000)]
    (second, called_in) = desk.run(owed, date(2027, 3, 1))
    assert isinstance(second, Pay)
    assert (second.amount_sen, called_in) == (10_000, CallIn(1_000))
    assert desk.balance(Account.RECOVERIES_RECEIVABLE) == 2_000


def test_what_was_paid_beyond_the_loan_is_set_off_against_it_and_instalments_are_not() -> None:
    """RM100 becomes RM80 and then RM95: the RM20 to come back go down by RM15, the instalment of RM10 stays."""
    desk = lent()
    desk.run(LOAN, date(2027, 2, 1))
    less = loan(2, once(LENT_ON, 8_000), back=(instalments(Month(2027, 1), 8, 1_000),))
    assert desk.run(less, date(2027, 2, 2)) == [OpenRecovery(2_000)]
    more = loan(3, once(LENT_ON, 9_500), back=(instalments(Month(2027, 1), 9, 1_000),))
    assert desk.run(more, date(2027, 2, 3)) == [ReduceRecovery(1_500)]
    assert desk.balance(Account.RECOVERIES_RECEIVABLE) == 1_500
    raised = loan(4, once(LENT_ON, 12_000), back=(TEN,))
    reduction, pay = desk.run(raised, date(2027, 2, 4))
    assert isinstance(pay, Pay)
    assert (reduction, pay.amount_sen) == (ReduceRecovery(500), 2_000)
    assert desk.balance(Account.RECOVERIES_RECEIVABLE) == 1_000, "the instalment"


def test_a_loan_that_came_back_as_a_whole_and_is_lent_again_is_not_paid_back_from_itself() -> None:
    desk = lent()
    desk.run(loan(2), date(2027, 1, 2))
    desk.repay(10_000)
    owed = loan(3, once(LENT_ON, 10_000), once(date(2027, 3, 1), 10_000), back=(TEN,))
    desk.run(owed, date(2027, 1, 3))
    desk.bank(PaymentState.SETTLED)
    assert desk.run(owed, date(2027, 2, 1)) == [CallIn(1_000)]
    second, _ = desk.run(owed, date(2027, 3, 1))
    assert isinstance(second, Pay)
    assert second.amount_sen == 10_000


@pytest.mark.parametrize("repaid", [0, 1_000])
def test_a_loan_that_ends_comes_back_once(repaid: int) -> None:
    desk = lent()
    desk.run(LOAN, date(2027, 2, 1))
    desk.repay(repaid)
    assert desk.run(loan(2), date(2027, 2, 2)) == [OpenRecovery(10_000), CallOff(1_000)]
    assert (desk.balance(Account.RECOVERIES_RECEIVABLE), desk.balance(Account.LOANS_RECEIVABLE)) == (10_000 - repaid, 0)
    assert desk.run(loan(2), date(2028, 1, 1)) == []


def test_what_is_on_its_way_or_came_back_nobody_pays_back() -> None:
    """Instalments that fell due before the loan is paid are called in when it has reached the party, and no sooner."""
    desk = Desk()
    late = loan(1, once(date(2027, 6, 1), 10_000), back=(TEN,))
    assert desk.run(late, date(2027, 5, 1)) == []
    for _ in range(2):
        (pay,) = desk.run(late, date(2027, 6, 1))
        assert isinstance(pay, Pay)
        assert desk.run(late, date(2027, 7, 1)) == [], "another month has ended"
        desk.bank(PaymentState.RETURNED)
        assert (desk.balance(Account.LOANS_RECEIVABLE), desk.balance(Account.RECOVERIES_RECEIVABLE)) == (0, 0)
    desk.run(late, date(2027, 6, 2))
    desk.bank(PaymentState.SETTLED)
    assert desk.run(late, date(2027, 6, 2)) == [CallIn(5_000)]
    desk.repay(2_000)
    desk.reverse()
    again, call = desk.run(late, date(2027, 6, 3))
    assert (isinstance(again, Pay), call) == (True, CallOff(3_000)), "until it has reached the party again"
    desk.bank(PaymentState.SETTLED)
    assert desk.run(late, date(2027, 6, 4)) == [CallIn(3_000)]


def test_a_pay_out_on_its_way_is_not_called_in_with_one_that_was_paid() -> None:
    owed = loan(1, once(LENT_ON, 2_000), once(date(2027, 3, 1), 8_000), back=(TEN,))
    desk = lent(owed)
    assert desk.run(owed, date(2027, 2, 1)) == [CallIn(1_000)]
    second, called_in = desk.run(owed, date(2027, 5, 1))
    assert (isinstance(second, Pay), called_in) == (True, CallIn(1_000))
    desk.bank(PaymentState.SETTLED)
    assert desk.run(owed, date(2027, 5, 2)) == [CallIn(2_000)]


@pytest.mark.parametrize("repaid", [1_000, 3_000])
def test_what_was_paid_back_of_a_loan_that_came_back_and_ended_falls_due_to_who_paid_it(repaid: int) -> None:
    """In whichever order the bank and the owner say so; and then nothing is lent and nothing asked for."""
    for is_withdrawn_first in (False, True):
        desk = lent()
        desk.run(LOAN, date(2027, 4, 1))
        desk.repay(repaid)
        if is_withdrawn_first:
            desk.run(loan(2), date(2027, 4, 2))
        desk.reverse()
        posted = desk.run(loan(2), date(2027, 4, 3))
        assert [each.amount_sen for each in posted if isinstance(each, Pay)] == [repaid]
        assert (desk.balance(Account.LOANS_RECEIVABLE), desk.balance(Account.RECOVERIES_RECEIVABLE)) == (0, 0)
        assert desk.out == desk.repaid == repaid
        desk.bank(PaymentState.SETTLED)
        assert desk.run(loan(2), date(2028, 1, 1)) == []


def test_what_was_paid_back_beyond_what_a_loan_becomes_falls_due_too() -> None:
    """Of RM100.00 RM40.00 were paid back; the bank takes the RM100.00 back, and the loan is RM15.00 after all."""
    desk = lent()
    desk.run(LOAN, date(2027, 5, 1))
    desk.repay(4_000)
    desk.reverse()
    desk.run(loan(2, once(LENT_ON, 1_500)), date(2027, 5, 2))
    assert (desk.on_its_way, desk.balance(Account.LOANS_RECEIVABLE)) == (4_000, 0), "the loan is paid back"
    assert desk.balance(Account.RECOVERIES_RECEIVABLE) == 0


def test_what_was_paid_again_meanwhile_is_withdrawn_and_what_was_paid_back_is_paid_in_its_place() -> None:
    desk = lent()
    desk.run(LOAN, date(2027, 2, 1))
    desk.repay(1_000)
    desk.reverse()
    desk.run(LOAN, date(2027, 2, 2))
    assert desk.on_its_way == 10_000
    void, _, pay, _ = desk.run(loan(2), date(2027, 2, 3))
    assert isinstance(void, Void)
    assert isinstance(pay, Pay)
    assert pay.key.replaces == void.key.end_to_end_id
    assert (desk.on_its_way, desk.balance(Account.LOANS_RECEIVABLE)) == (1_000, 0)


def test_what_was_paid_back_early_is_not_asked_for_again() -> None:
    """The months are put off after one was paid back: it counts as the next."""
    desk = lent()
    desk.run(LOAN, date(2027, 2, 1))
    desk.repay(1_000)
    later = loan(2, once(LENT_ON, 10_000), back=(instalments(Month(2028, 1), 10, 1_000),))
    assert desk.run(later, date(2027, 3, 1)) == []
    assert desk.run(later, date(2028, 2, 1)) == []
    assert desk.run(later, date(2028, 3, 1)) == [CallIn(1_000)]


def test_months_that_are_put_off_before_they_are_paid_back_are_asked_for_no_more() -> None:
    desk = lent()
    desk.run(LOAN, date(2027, 2, 1))
    later = loan(2, once(LENT_ON, 10_000), back=(instalments(Month(2028, 1), 10, 1_000),))
    assert desk.run(later, date(2027, 3, 1)) == [CallOff(1_000)]


def test_no_benefit_and_no_other_payable_is_called_in() -> None:
    bill = replace(LOAN, key=replace(KEY, benefit="treatment_bill"))
    benefit = replace(LOAN, source=Source.CLAIM)
    assert [called(each, Books(net_sen=10_000), [], date(2030, 1, 1)) for each in (bill, benefit)] == [None, None]


def test_instalments_by_the_day_the_month_and_once_have_their_days() -> None:
    """A day counts when it has passed, a month when it has ended, a sum on its day; then the next one is waited for."""
    days = Term(Per.DAY, 10, date(2027, 1, 30), date(2027, 2, 1))
    back = (days, instalments(Month(2027, 1), 2, 1_000), once(date(2027, 3, 15), 500))
    expected = {
        date(2020, 1, 1): (0, date(2027, 1, 31)),
        date(2027, 1, 30): (0, date(2027, 1, 31)),
        date(2027, 1, 31): (10, date(2027, 2, 1)),
        date(2027, 2, 1): (1_020, date(2027, 2, 2)),
        date(2027, 2, 2): (1_030, date(2027, 3, 1)),
        date(2027, 3, 1): (2_030, date(2027, 3, 15)),
        date(2027, 3, 15): (2_530, None),
    }
    owed, paid = loan(1, once(LENT_ON, 10_000), back=back), Books(net_sen=10_000)
    assert {day: (repaid_by(back, day), asks_on(owed, paid, [], day)) for day in expected} == expected


def test_a_loan_is_looked_at_again_when_more_of_it_can_be_called_in_and_never_without_an_end() -> None:
    """RM0.10 a day without an end, of RM1.00: ten days, and none while nothing has reached the party."""
    owed = loan(1, once(LENT_ON, 100), back=(Term(Per.DAY, 10, LENT_ON),))
    desk = Desk()
    posted = desk.run(owed, LENT_ON)
    assert asks_on(owed, Books(), [each for each in posted if isinstance(each, Pay)], LENT_ON) is None
    desk.bank(PaymentState.SETTLED)
    day: date | None = LENT_ON
    looked: list[date] = []
    while day is not None and len(looked) < 20:
        looked.append(day)
        desk.run(owed, day)
        day = asks_on(owed, desk.books(), [], day)
    assert looked == [LENT_ON + timedelta(days=number) for number in range(11)]
    early = Books(net_sen=100, called_sen=50)
    assert asks_on(owed, early, [], LENT_ON) == LENT_ON + timedelta(days=6), "half was paid back early"


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("days pass"), st.integers(1, 70)),
        st.tuples(st.just("the bank answers"), st.sampled_from([PaymentState.SETTLED, PaymentState.RETURNED])),
        st.tuples(st.just("the bank takes it back"), st.none()),
        st.tuples(st.just("paid back"), st.integers(1, 3_000)),
        st.tuples(st.just("revised"), st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 15))),
    ),
    max_size=25,
)


@given(_steps)
@settings(max_examples=200, deadline=None)
def test_whatever_happens_each_sen_that_is_out_is_lent_or_asked_for_or_back(steps: list[tuple[str, Any]]) -> None:
    desk, owed, day = Desk(), LOAN, LENT_ON
    for what, how in [*steps, ("days pass", 1)]:
        match what:
            case "days pass":
                day += timedelta(days=how)
            case "the bank answers":
                desk.bank(how)
            case "the bank takes it back":
                desk.reverse()
            case "paid back":
                desk.repay(how)
            case _:
                sen, first, number = how
                terms = (once(LENT_ON, sen * 1_000),) if sen else ()
                back = (instalments(Month(2026, 9) + first, number, 1_000),) if number and sen >= number else ()
                owed = loan(owed.revision + 1, *terms, back=back)
        posted = desk.run(owed, day)
        assert desk.run(owed, day) == [], "settled twice is settled once"
        assert all(each.amount_sen > 0 for each in posted)
        lent_sen, asked_sen = desk.balance(Account.LOANS_RECEIVABLE), desk.balance(Account.RECOVERIES_RECEIVABLE)
        assert desk.out == lent_sen + asked_sen + desk.repaid
        assert asked_sen >= 0
        books = desk.books()
        assert books.net_sen == sum(term.sen for term in owed.terms), "all that is owed is granted, and no more"
        assert lent_sen >= 0, "no more is asked for than is out"
        reached = max(0, books.net_sen - desk.on_its_way)
        assert asked_sen + desk.repaid >= min(repaid_by(owed.repayment, day), reached), "what is due is asked for"
        assert books.called_sen - books.instalments_sen <= books.net_sen, "no more is kept than is lent"
        assert books.instalments_sen <= reached, "nobody pays back what has not reached him"


def test_a_loan_is_told_by_what_the_owners_of_payables_tell_it_by() -> None:
    """The contracts and a domain import nothing of each other's."""
    assert ENDS == ENDS_IN_AN_EVENT
