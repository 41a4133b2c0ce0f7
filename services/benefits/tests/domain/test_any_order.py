"""A party's benefits are settled one by one in any order: what it gets and what it is asked for come to the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term
from services.benefits.domain.payments import Payment, PaymentState
from services.benefits.domain.setting_off import OpenDebt, SetOff
from services.benefits.domain.settlement import (
    Books,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    excess,
    settle,
)
from shared.law.decision import Per

# Two benefits of one claim, such as SKBBK and employment injury, and one of another claim of the person.
SKBBK, INJURY, OTHER = (
    EntitlementKey(UUID(int=claim), "act4", benefit, "person:12")
    for claim, benefit in ((1, "non_employment_injury_permanent"), (1, "permanent_disablement"), (2, "attendance"))
)
KEYS = (SKBBK, INJURY, OTHER)
AFTER = date(2026, 11, 1)
ALL = Reached(days=AFTER)
LOOKING_FIRST, TAKING_BACK = "looking first", "taking back"


def stated(key: EntitlementKey, revision: int, *terms: Term) -> Entitled:
    return Entitled(key, 12, "employment_injury", revision, terms)


def once(sen: int) -> Term:
    return Term(Per.ONCE, sen, date(2026, 9, 14))


@dataclass
class Party:
    """What stands of a party's benefits; settles as the command does, one row of due work after the other.

    That it looks at the others first and takes back what was not sent is what makes the order not matter; a test takes
    each away.
    """

    without: str = ""
    news: dict[EntitlementKey, Entitled] = field(default_factory=dict)
    settled: dict[EntitlementKey, Entitled] = field(default_factory=dict)
    books: dict[EntitlementKey, Books] = field(default_factory=dict)
    asked: dict[EntitlementKey, int] = field(default_factory=dict)
    again: list[EntitlementKey] = field(default_factory=list)

    def told(self, *revisions: Entitled) -> None:
        """They came, and are not settled yet."""
        self.news.update({each.key: each for each in revisions})

    def run(self, key: EntitlementKey) -> None:
        """Run the due work of one, and then what that armed."""
        if self.without != LOOKING_FIRST:
            beyond = {other: excess(self._owed(other), self.books[other], AFTER, ALL) for other in self._overtaken(key)}
            for other in sorted(beyond, key=lambda each: beyond[each], reverse=True):
                if beyond[other]:
                    self._bring_up_to_date(other)
        self._bring_up_to_date(key)
        while self.again:
            self._bring_up_to_date(self.again.pop(0))

    def send(self) -> None:
        """All that is instructed is frozen into a bank file."""
        for key, books in self.books.items():
            sent = (_moved(each, PaymentState.UNSENT, PaymentState.SENT) for each in books.payments)
            self.books[key] = replace(books, payments=tuple(sent))

    def outcome(self) -> tuple[Mapping[EntitlementKey, int], int, int]:
        """What each was granted, what the party gets, and what is to come back of it."""
        standing = (PaymentState.UNSENT, PaymentState.SENT)
        payments = [each for books in self.books.values() for each in books.payments if each.state in standing]
        granted = {key: books.net_sen for key, books in self.books.items() if books.net_sen}
        debts = sum(books.recovery_sen for books in self.books.values())
        return granted, sum(each.amount_sen for each in payments), debts

    def _overtaken(self, key: EntitlementKey) -> list[EntitlementKey]:
        settled = [other for other in self.settled if other != key]
        return [other for other in settled if self.settled[other].revision < self.news[other].revision]

    def _owed(self, key: EntitlementKey) -> Entitled:
        taken = [days for other, each in self.settled.items() if other != key for days in each.days]
        return self.news[key].without(taken)

    def _bring_up_to_date(self, key: EntitlementKey) -> None:
        owed, before = self._owed(key), self.settled.get(key)
        debts = [
            OpenDebt(other, each.fund, each.revision, self.books[other].recovery_sen)
            for other, each in self.settled.items()
            if other != key and self.books[other].recovery_sen
        ]
        books = replace(self.books.get(key, Books()), elsewhere=tuple(debts))
        self.settled[key] = owed
        self.books[key] = books
        for posting in self._postings(owed, books):
            self._post(key, posting)
        if before is not None and owed.lets_go(before.days):
            self.again += [other for other in self.settled if self.settled[other].held]

    def _postings(self, owed: Entitled, books: Books) -> Sequence[Posting]:
        postings = settle(owed, books, AFTER, ALL)
        takes_back = any(isinstance(each, Void) for each in postings) and not excess(owed, books, AFTER, ALL)
        if takes_back and self.without == TAKING_BACK:
            return settle(owed, replace(books, elsewhere=()), AFTER, ALL)
        return postings

    def _post(self, key: EntitlementKey, posting: Posting) -> None:
        books, amount = self.books[key], posting.amount_sen
        match posting:
            case Pay(key=payment):
                assert payment not in [each.key for each in books.payments], "a payment is made once"
                made = Payment(payment, amount, PaymentState.UNSENT)
                self.books[key] = replace(books, net_sen=books.net_sen + amount, payments=(*books.payments, made))
            case Void(key=payment):
                left = [
                    _moved(each, PaymentState.UNSENT, PaymentState.VOIDED) if each.key == payment else each
                    for each in books.payments
                ]
                self.books[key] = replace(books, net_sen=books.net_sen - amount, payments=tuple(left))
            case OpenRecovery():
                self.books[key] = replace(
                    books, net_sen=books.net_sen - amount, recovery_sen=books.recovery_sen + amount
                )
                self.asked[key] = self.asked.get(key, 0) + amount
                self.again += [other for other in self.books if self.books[other].unsent]
            case ReduceRecovery():
                self.books[key] = replace(
                    books, net_sen=books.net_sen + amount, recovery_sen=books.recovery_sen - amount
                )
            case SetOff(debt=debt):
                self.books[key] = replace(books, net_sen=books.net_sen + amount)
                other = self.books[debt.key]
                assert amount <= other.recovery_sen
                self.books[debt.key] = replace(other, recovery_sen=other.recovery_sen - amount)


def _moved(payment: Payment, stood: PaymentState, state: PaymentState) -> Payment:
    return replace(payment, state=state) if payment.state is stood else payment


def night_market(without: str = "") -> Party:
    """A lump sum of RM5,400.00 by SKBBK was sent; it turns into one of RM9,000.00 by employment injury."""
    party = Party(without)
    party.told(stated(SKBBK, 1, once(540_000)))
    party.run(SKBBK)
    party.send()
    return party


@pytest.mark.parametrize("order", [(SKBBK, INJURY), (INJURY, SKBBK), (INJURY,)], ids=["ends", "begins", "other fails"])
def test_a_lump_sum_that_turns_from_one_fund_to_the_other_is_paid_up_whichever_is_settled_first(
    order: Sequence[EntitlementKey],
) -> None:
    party = night_market()
    party.told(stated(SKBBK, 2), stated(INJURY, 2, once(900_000)))
    for key in order:
        party.run(key)
        party.send()
    assert party.outcome() == ({INJURY: 900_000}, 900_000, 0)


def test_without_looking_first_she_is_asked_for_the_lump_sum_of_before() -> None:
    party = night_market(LOOKING_FIRST)
    party.told(stated(SKBBK, 2), stated(INJURY, 2, once(900_000)))
    party.run(INJURY)
    party.send()
    party.run(SKBBK)
    assert party.outcome() == ({INJURY: 900_000}, 1_440_000, 540_000)


def test_a_debt_that_comes_to_light_later_takes_back_what_was_not_sent() -> None:
    """Two claims are told of one after the other: RM9,000.00 wait for the bank file, RM5,400.00 of them were paid."""
    party = night_market()
    party.told(stated(OTHER, 1, once(900_000)))
    party.run(OTHER)
    party.told(stated(SKBBK, 2))
    party.run(SKBBK)
    assert party.outcome() == ({OTHER: 900_000}, 900_000, 0)
    voided, again = (each for each in party.books[OTHER].payments)
    assert (voided.state, again.state, again.amount_sen) == (PaymentState.VOIDED, PaymentState.UNSENT, 360_000)
    assert again.key.replaces == voided.key.end_to_end_id


def test_what_was_sent_meanwhile_is_not_taken_back() -> None:
    party = night_market()
    party.told(stated(OTHER, 1, once(900_000)))
    party.run(OTHER)
    party.send()
    party.told(stated(SKBBK, 2))
    party.run(SKBBK)
    assert party.outcome() == ({OTHER: 900_000}, 1_440_000, 540_000)


@dataclass(frozen=True)
class Loss:
    """Days or a sum that one benefit has, or none does, and another afterwards, at another amount."""

    number: int
    per: Per
    before: EntitlementKey | None
    after: EntitlementKey | None
    sen: tuple[int, int]

    def term(self, revision: int) -> Term:
        """Days of a week, or a sum on its first day; no two losses have a day in common."""
        first = date(2026, 1, 1) + timedelta(weeks=self.number)
        return Term(
            self.per, self.sen[revision - 1], first, None if self.per is Per.ONCE else first + timedelta(days=6)
        )


_keys = st.sampled_from([None, *KEYS])
_sen = st.integers(1, 9_000)


@st.composite
def _losses(draw: st.DrawFn) -> list[Loss]:
    return [
        Loss(number, draw(st.sampled_from([Per.DAY, Per.ONCE])), draw(_keys), draw(_keys), (draw(_sen), draw(_sen)))
        for number in range(draw(st.integers(1, 4)))
    ]


def revisions(losses: Sequence[Loss], revision: int) -> list[Entitled]:
    had = {
        key: [each.term(revision) for each in losses if key == (each.before, each.after)[revision - 1]] for key in KEYS
    }
    return [stated(key, revision, *terms) for key, terms in had.items()]


def play(losses: Sequence[Loss], order: Sequence[Entitled], sent: bool, together: bool, without: str = "") -> Party:
    """Settle the second revision of each in this order.

    All are told before the first is settled, and the bank's file is made after each; or each is told when its own is
    settled, and no file is made meanwhile.
    """
    party = Party(without)
    party.told(*revisions(losses, 1))
    for key in KEYS:
        party.run(key)
    if sent:
        party.send()
    party.told(*(order if together else ()))
    for each in order:
        party.told(each)
        party.run(each.key)
        if together:
            party.send()
    return party


def outcomes(losses: Sequence[Loss], sent: bool, together: bool, without: str = "") -> set[str]:
    orders = permutations(revisions(losses, 2))
    return {repr(play(losses, order, sent, together, without).outcome()) for order in orders}


@settings(max_examples=80, deadline=None)
@given(_losses(), st.booleans())
def test_no_order_of_the_due_work_changes_what_a_party_gets_or_is_asked_for(losses: list[Loss], sent: bool) -> None:
    assert len(outcomes(losses, sent, together=True) | outcomes(losses, sent, together=False)) == 1


@pytest.mark.parametrize(
    ("without", "sent", "together"),
    [(LOOKING_FIRST, True, True), (LOOKING_FIRST, False, True), (TAKING_BACK, True, False)],
)
def test_the_same_is_red_without_each_of_the_two(without: str, sent: bool, together: bool) -> None:
    moved = [Loss(0, Per.ONCE, SKBBK, OTHER, (5_400, 9_000)), Loss(1, Per.ONCE, INJURY, SKBBK, (500, 700))]
    assert len(outcomes(moved, sent, together)) == 1
    assert len(outcomes(moved, sent, together, without)) > 1
