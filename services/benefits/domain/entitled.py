"""What a party is entitled to by a claim's newest revision: terms by the day, by the month or once, and their dates.

Days are earned as they pass, a month on its payment day or when it has ended, a term `once` on its day. Benefits dates
and adds terms, and divides nothing: what is owed for a broken month comes as a term `once`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.benefits.domain.calendar import PaymentCalendar, Reached, months_paid_until
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined, less, touching
from shared.law.decision import Per

_DAY = timedelta(days=1)
# The owner of all that is owed under a claim; claims and other services state payables.
CLAIMS = "claims"
# How many months ahead a payment day is waited for; the days of these are compared when the calendar changes.
_WAITED_FOR = 1
# How the kind of a payable ends that the party pays back, as the contract has it (shared/contracts/payable_stated.py).
LOAN = "_loan"
# How claims names a benefit of SKBBK: as that of employment injury, with this before it.
_OF_SKBBK = "non_employment_injury_"


def is_loan(kind: str) -> bool:
    """Whether what is owed under a kind of payable is paid back."""
    return kind.endswith(LOAN)


class Source(StrEnum):
    """Under what a thing is owed: a claim, as a benefit, or a payable that its owner states by itself."""

    CLAIM = "claim"
    PAYABLE = "payable"

    @classmethod
    def told(cls, source: str, owner: str) -> "Source":
        """As an event tells it; one of before tells it by its owner, who stated either the one or the other."""
        if source:
            return cls(source)
        return cls.CLAIM if owner == CLAIMS else cls.PAYABLE


@dataclass(frozen=True, slots=True, order=True)
class EntitlementKey:
    """What names an entitlement: the claim, the benefit under its scheme, and the party that is paid.

    Of a payable: the payable, what it is under its scheme, and the party.
    """

    claim: UUID
    scheme: str
    benefit: str
    party: str


def is_one_benefit(one: EntitlementKey, other: EntitlementKey) -> bool:
    """Whether both are one benefit of one person under one claim, be it of employment injury or of SKBBK (s.44C), whose
    benefits are the same. Of a person who has several numbers it may be owed to each."""
    same = (one.claim, one.scheme, one.benefit.removeprefix(_OF_SKBBK))
    return same == (other.claim, other.scheme, other.benefit.removeprefix(_OF_SKBBK))


@dataclass(frozen=True, slots=True)
class Term:
    """An amount above zero for each day or month from a first to a last day, which may be open, or once on a day."""

    per: Per
    sen: Sen
    first: date
    last: date | None = None

    @property
    def days(self) -> Days:
        """Its days; an open one goes on to the last day that there is, so that they are never counted one by one."""
        return Days(self.first, self.first if self.per is Per.ONCE else self.last or date.max)

    @property
    def whole_sen(self) -> Sen | None:
        """All that it adds up to; None while it is open."""
        if self.per is Per.ONCE:
            return self.sen
        return None if self.last is None else self.worth_sen(Days(self.first, self.last))

    def worth_sen(self, days: Days) -> Sen:
        """What it is worth on these days: each of its days, or each of its months that has one of them; once apart."""
        shared = self.days.intersect(days)
        if shared is None or self.per is Per.ONCE:
            return 0
        if self.per is Per.MONTH:
            return self.sen * (Month.of(shared.last) - Month.of(shared.first) + 1)
        return self.sen * len(shared)

    def before(self, border: date) -> Days | None:
        """Its days before a day; of one by the month its months, which all begin or end before a border of months."""
        return None if self.first >= border else Days(self.first, min(self.days.last, border - _DAY))

    def sen_before(self, border: date) -> Sen:
        """What it is worth before a day, or a border of months; once apart."""
        passed = self.before(border)
        return 0 if passed is None else self.worth_sen(passed)

    def falls_due(self, day: date, months: date, calendar: PaymentCalendar) -> date | None:
        """The first day after this one on which more of it falls due: a month's end or payment day, its own end, or
        its only day; the months that begin before ``months`` are due.

        A month further on than the next is looked at again a month before it: its payment day may be entered till then.
        """
        if self.per is Per.ONCE:
            return self.first if self.first > day else None
        if self.per is Per.MONTH:
            month = Month.of(max(months, self.first))
            if month.first_day > self.days.last:
                return None
            if month - Month.of(day) > _WAITED_FOR:
                return (month - _WAITED_FOR).first_day
            return max(calendar.paid_on(month), _after(day))
        if self.days.last < day:
            return None
        return min(_after(self.days.last), _next_month(max(day, self.first)))

    def without(self, taken: Sequence[Days]) -> "Iterator[Term]":
        """What is left of it without these days, in order, of which none are twice; nothing but days is taken."""
        if self.per is not Per.DAY:
            yield self
            return
        for left in less(self.days, touching(self.days, taken)):
            yield replace(self, first=left.first, last=self.last if left.last == self.days.last else left.last)


@dataclass(frozen=True, slots=True)
class Entitled:
    """One benefit of a claim for one party as its newest revision states it; no terms: nothing is owed.

    ``person`` is the one whom it is about, if it is about one; ``fund`` bears it. ``held`` are the days that it states
    and another benefit of the party has: they wait. ``owner`` is the service that states it, ``source`` under what it
    is owed. ``repayment`` is what the party pays back of a loan, and ``law`` the one that a payable states. ``later``
    are months that are owed and fall due when what they wait for has come, ``due_terms`` what falls due without them:
    what of them was paid stays paid.
    ``whole_sen`` is what all of a benefit comes to by the month that several share, where it is stated.
    """

    key: EntitlementKey
    person: int | None
    fund: str
    revision: int
    terms: tuple[Term, ...] = ()
    held: tuple[Days, ...] = ()
    owner: str = CLAIMS
    source: Source = Source.CLAIM
    repayment: tuple[Term, ...] = ()
    law: str = ""
    later: tuple[Days, ...] = ()
    due_terms: tuple[Term, ...] = ()
    whole_sen: Sen | None = None

    @property
    def is_benefit(self) -> bool:
        """Whether it is a benefit of a claim: what Act 4 says of benefits does not hold for a refund or a bill."""
        return self.source is Source.CLAIM

    @property
    def is_loan(self) -> bool:
        """Whether the party pays it back."""
        return not self.is_benefit and is_loan(self.key.benefit)

    @property
    def days(self) -> tuple[Days, ...]:
        """The days that are owed by the day, as the fewest ranges."""
        return joined(term.days for term in self.terms if term.per is Per.DAY)

    @property
    def is_monthly(self) -> bool:
        """Whether something of it is owed by the month, and so falls due by the payment calendar."""
        return any(term.per is Per.MONTH for term in self.terms)

    def without(self, taken: Sequence[Days]) -> "Entitled":
        """Less the days that are another's: those are held, and not owed here."""
        if not taken:
            return self
        taken = joined(taken)
        owed, due = (
            tuple(left for term in terms for left in term.without(taken)) for terms in (self.terms, self.due_terms)
        )
        held = (days.intersect(each) for days in self.days for each in touching(days, taken))
        return replace(self, terms=owed, due_terms=due, held=joined(each for each in held if each is not None))

    def lets_go(self, had: Sequence[Days]) -> bool:
        """Whether one of the days that it had is not among its days."""
        own = self.days
        return any(True for days in had for _ in less(days, touching(days, own)))

    def reach(self, day: date, before: Reached, calendar: PaymentCalendar) -> Reached:
        """Until when it has fallen due on a day; ``before`` is where that stood.

        Days that are first owed are due as far as they have passed; then a month of them when it ends, and a term when
        it has passed. Months are due on their payment days; a calendar that is entered later takes none of them back.
        """
        return Reached(self._days_until(day, before.days), self._months_until(day, before.months, calendar))

    def _days_until(self, day: date, reached: date | None) -> date | None:
        ends = [term.days.last for term in self.terms if term.per is Per.DAY]
        if not ends:
            return None
        if reached is None:
            return day
        return max(reached, day.replace(day=1), *(_after(last) for last in ends if last < day))

    def _months_until(self, day: date, reached: date | None, calendar: PaymentCalendar) -> date | None:
        return max(reached or date.min, months_paid_until(day, calendar)) if self.is_monthly else None

    def due_sen(self, day: date, reached: Reached) -> Sen:
        """What is due on a day; what is owed once is due when it is earned."""
        if self.later:
            return self.falling_due.due_sen(day, reached)
        return self._worth_before({Per.DAY: reached.days, Per.MONTH: reached.months}) + self._once_sen(day)

    def earned_sen(self, day: date, reached: Reached) -> Sen:
        """What has been earned when this day begins: what has passed, and months that are due before they ended."""
        months = max(reached.months or date.min, day.replace(day=1))
        return self._worth_before({Per.DAY: day, Per.MONTH: months}) + self._once_sen(day)

    def _worth_before(self, borders: Mapping[Per, date | None]) -> Sen:
        parts = ((term, borders.get(term.per)) for term in self.terms)
        return sum(term.sen_before(border) for term, border in parts if border is not None)

    def _once_sen(self, day: date) -> Sen:
        return sum(term.sen for term in self.terms if term.per is Per.ONCE and term.first <= day)

    def due_days(self, reached: Reached) -> tuple[Days, ...]:
        """The days and months that are due, as the fewest ranges."""
        borders = {Per.DAY: reached.days, Per.MONTH: reached.months, Per.ONCE: None}
        terms = self.falling_due.terms
        passed = (term.before(border) for term in terms if (border := borders[term.per]) is not None)
        return joined(each for each in passed if each is not None)

    def due_once(self, day: date) -> tuple[date, ...]:
        """The days of the terms `once` that are due."""
        terms = self.falling_due.terms
        return tuple(sorted({term.first for term in terms if term.per is Per.ONCE and term.first <= day}))

    @property
    def falling_due(self) -> "Entitled":
        """Without the months that fall due later, and without what is owed once for a broken one of them."""
        return replace(self, terms=self.due_terms, due_terms=(), later=()) if self.later else self

    def worth_sen(self, stretch: Sequence[Days]) -> Sen:
        """What days and months are worth."""
        return sum(term.worth_sen(days) for term in self.terms for days in stretch)

    def falls_due(self, day: date, reached: Reached, calendar: PaymentCalendar) -> date | None:
        """The first day after this one on which more falls due, None when all has."""
        months = reached.months or date.min
        return min((due for term in self.terms if (due := term.falls_due(day, months, calendar))), default=None)


def _after(day: date) -> date:
    return day + _DAY if day < date.max else day


def _next_month(day: date) -> date:
    """The first day of the next month; the last day that there is has none."""
    return date.max if (day.year, day.month) == (date.max.year, 12) else (day.replace(day=28) + 4 * _DAY).replace(day=1)
