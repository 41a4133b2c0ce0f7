"""What benefits posts so that its own books say what a claim's newest revision entitles to (rules S4).

The books of an entitlement are kept as transfers; its net is what was granted so far: payments that are unsent, sent
or settled, and what was set off against other claims, less the recovery that is open. Settling brings the net up to
what is due and down to what is earned, all days that have passed.

Due are the days before an instant that only moves forward: when days are first owed all that have passed, then each
month when it ends and each period when it has passed. A certificate that goes on takes nothing of it back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.benefits.domain.payments import Payment, PaymentKey, PaymentKind, PaymentState
from shared.kernel.errors import LegalBasis
from shared.kernel.money import Sen
from shared.kernel.periods import Days, joined

# Benefit received without entitlement is repaid; setting it off against later benefit is mandatory (s.50(1A)).
RECOVERY_LAW = LegalBasis("Act 4", "s.50")

_ACT = re.compile(r"Act [0-9]+")
_DAY = timedelta(days=1)


def act_of(law: str) -> str:
    """The Act that a citation names: a debt is set off within one Act."""
    named = _ACT.match(law)
    return named[0] if named else law


def recovery_law(law: str) -> str:
    """Under which law what was paid beyond an entitlement is to come back; of another Act no section is known here."""
    return str(RECOVERY_LAW) if act_of(law) == RECOVERY_LAW.act else act_of(law)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Consecutive payable days, the first and the last included, at one daily rate."""

    first: date
    last: date
    days: int
    daily_rate_sen: Sen
    amount_sen: Sen

    def earned_sen(self, day: date) -> Sen:
        """The days before this one, at the daily rate."""
        return self.daily_rate_sen * min(self.days, max(0, (day - self.first).days))

    def without(self, taken: Iterable[Days]) -> "Iterator[Period]":
        """What is left of it without these days, in order."""
        own = Days(self.first, self.last)
        for left in less(own, taken):
            worth = self.daily_rate_sen * len(left)
            yield self if left == own else Period(left.first, left.last, len(left), self.daily_rate_sen, worth)


@dataclass(frozen=True, slots=True)
class Entitled:
    """One benefit of a claim as its newest revision states it; no periods: nothing is owed.

    ``held`` are the days that it states and another claim of the person has: they wait.
    """

    claim: UUID
    benefit: str
    person: int
    revision: int
    periods: tuple[Period, ...] = ()
    scheme: str = "act4"
    law: str = str(RECOVERY_LAW)
    held: tuple[Days, ...] = ()

    @property
    def days(self) -> tuple[Days, ...]:
        """The days that are owed, as the fewest ranges."""
        return joined(Days(period.first, period.last) for period in self.periods)

    def without(self, taken: Sequence[Days]) -> "Entitled":
        """Less the days that are another claim's: those are held, and not owed here."""
        if not taken:
            return self
        owed = tuple(left for period in sorted(self.periods) for left in period.without(taken))
        held = (days.intersect(each) for days in self.days for each in taken)
        return replace(self, periods=owed, held=joined(each for each in held if each is not None))

    def lets_go(self, had: Sequence[Days]) -> bool:
        """Whether one of the days that it had is not among its days."""
        return any(True for days in had for _ in less(days, self.days))

    def due_until(self, day: date, reached: date | None) -> date | None:
        """The day before which all that is owed is due; ``reached`` is where that stood, None where nothing was owed.

        Days that are first owed are due as far as they have passed; then a month when it ends, and a period when it
        has passed.
        """
        if not self.periods:
            return None
        if reached is None:
            return day
        return max(reached, day.replace(day=1), *(_after(period.last) for period in self.periods if period.last < day))

    def due_sen(self, until: date | None) -> Sen:
        """What is owed for the days before one."""
        return 0 if until is None else self.earned_sen(until)

    def earned_sen(self, day: date) -> Sen:
        """What the days that have passed are worth."""
        return sum(period.earned_sen(day) for period in self.periods)

    def falls_due(self, day: date) -> date | None:
        """The first day after this one on which more falls due, None when all has: a month's end or a period's."""
        ahead = [period for period in self.periods if period.last >= day]
        return min((min(_after(each.last), _next_month(max(day, each.first))) for each in ahead), default=None)


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """What is still to come back of another claim of the person under the same Act."""

    claim: UUID
    benefit: str
    revision: int
    open_sen: Sen


@dataclass(frozen=True, slots=True)
class Books:
    """What is posted for an entitlement: the net granted, the recovery that is open, and its payments, oldest first.

    ``elsewhere`` are the open recoveries of the person's other claims, oldest first.
    """

    net_sen: Sen = 0
    recovery_sen: Sen = 0
    payments: tuple[Payment, ...] = ()
    elsewhere: tuple[OpenDebt, ...] = ()

    @property
    def unsent(self) -> tuple[Payment, ...]:
        """Those that are in no bank file yet."""
        return tuple(payment for payment in self.payments if payment.state is PaymentState.UNSENT)

    @property
    def unreplaced(self) -> tuple[Payment, ...]:
        """Those that came back and for which nothing else was sent yet."""
        replaced = {payment.key.replaces for payment in self.payments}
        returned = (payment for payment in self.payments if payment.state is PaymentState.RETURNED)
        return tuple(payment for payment in returned if payment.key.end_to_end_id not in replaced)


@dataclass(frozen=True, slots=True)
class Pay:
    """Instruct a payment."""

    key: PaymentKey
    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class Void:
    """Withdraw a payment that is in no bank file yet."""

    key: PaymentKey
    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class OpenRecovery:
    """Open or enlarge the recovery: more was paid than is owed (Act 4 s.50)."""

    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class ReduceRecovery:
    """Set what is newly owed off against the open recovery (Act 4 s.50(1A))."""

    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class SetOff:
    """Set what is newly owed off against the open recovery of another claim of the person (Act 4 s.50(1A))."""

    debt: OpenDebt
    amount_sen: Sen


Posting = Pay | Void | OpenRecovery | ReduceRecovery | SetOff


def settle(entitled: Entitled, books: Books, day: date, due_until: date | None) -> tuple[Posting, ...]:
    """The postings that bring the books to what is owed on a day, in order; none when they are there.

    What was granted beyond the days that have passed is first taken from payments not yet sent, newest first, and then
    recovered. An open recovery is first set off against days that have passed. What is due beyond that is set off
    against the person's other debts, and the rest is paid: what came back again, and then what is new.
    """
    earned, net = entitled.earned_sen(day), books.net_sen
    voided = tuple(_voided(books.unsent, net - earned))
    net -= sum(posting.amount_sen for posting in voided)
    if net > earned:
        return (*voided, OpenRecovery(net - earned))
    own = min(earned - net, books.recovery_sen)
    reduction = (ReduceRecovery(own),) if own else ()
    due = max(0, entitled.due_sen(due_until) - net - own)
    elsewhere = tuple(_set_off(books.elsewhere, due))
    due -= sum(posting.amount_sen for posting in elsewhere)
    return (*voided, *reduction, *elsewhere, *_paid(entitled, books, due_until, due))


def _voided(unsent: Sequence[Payment], excess: Sen) -> Iterator[Void]:
    for payment in reversed(unsent):
        if excess <= 0:
            return
        excess -= payment.amount_sen
        yield Void(payment.key, payment.amount_sen)


def _set_off(debts: Sequence[OpenDebt], due: Sen) -> Iterator[SetOff]:
    for debt in debts:
        if part := min(due, debt.open_sen):
            yield SetOff(debt, part)
            due -= part


def _paid(entitled: Entitled, books: Books, due_until: date | None, amount: Sen) -> Iterator[Pay]:
    for returned in books.unreplaced:
        if part := min(amount, returned.amount_sen):
            yield Pay(_reissue(entitled, returned.key), part)
            amount -= part
    if amount and due_until is not None:
        yield from _payments(entitled, books, due_until, amount)


def _reissue(entitled: Entitled, returned: PaymentKey) -> PaymentKey:
    days = (returned.period_first, returned.period_last)
    return _key(entitled, PaymentKind.REISSUE, days, returned.end_to_end_id)


def _payments(entitled: Entitled, books: Books, due_until: date, amount: Sen) -> Iterator[Pay]:
    """A payment for the due days that none of this revision names yet.

    No payment reaches over days that are held: when those are free, a payment of their own names them.
    """
    stretches = _unnamed(entitled, books, due_until)
    for stretch in stretches:
        part = amount if stretch is stretches[-1] else min(amount, _worth(entitled, stretch))
        if part:
            yield Pay(_payment(entitled, stretch), part)
            amount -= part


def _unnamed(entitled: Entitled, books: Books, due_until: date) -> list[list[Days]]:
    """The due days that no payment of this revision names, parted where days are held."""
    named = [
        Days(payment.key.period_first, payment.key.period_last)
        for payment in books.payments
        if payment.key.revision == entitled.revision and payment.key.kind is PaymentKind.PAYMENT
    ]
    due = (Days(each.first, min(each.last, due_until - _DAY)) for each in entitled.days if each.first < due_until)
    stretches: list[list[Days]] = []
    for days in (left for each in due for left in less(each, named)):
        before = stretches[-1][-1].last if stretches else days.first
        if not stretches or any(before < each.first < days.first for each in entitled.held):
            stretches.append([])
        stretches[-1].append(days)
    return stretches


def _worth(entitled: Entitled, stretch: Sequence[Days]) -> Sen:
    shared = (
        (period, Days(period.first, period.last).intersect(days)) for period in entitled.periods for days in stretch
    )
    return sum(period.daily_rate_sen * len(days) for period, days in shared if days is not None)


def _payment(entitled: Entitled, stretch: Sequence[Days]) -> PaymentKey:
    """The key of a payment for these days."""
    return _key(entitled, PaymentKind.PAYMENT, (stretch[0].first, stretch[-1].last))


def _key(entitled: Entitled, kind: PaymentKind, days: tuple[date, date], replaces: str = "") -> PaymentKey:
    return PaymentKey(entitled.claim, entitled.benefit, entitled.person, kind, entitled.revision, *days, replaces)


def less(days: Days, taken: Iterable[Days]) -> Iterator[Days]:
    """What is left of consecutive days without others, in order; it counts no day, however many there are."""
    first = days.first
    for each in sorted(taken):
        if each.last < first or each.first > days.last:
            continue
        if each.first > first:
            yield Days(first, each.first - _DAY)
        if each.last >= days.last:
            return
        first = each.last + _DAY
    yield Days(first, days.last)


def _after(day: date) -> date:
    return day + _DAY if day < date.max else day


def _next_month(day: date) -> date:
    """The first day of the next month; the last day that there is has none."""
    return date.max if (day.year, day.month) == (date.max.year, 12) else (day.replace(day=28) + 4 * _DAY).replace(day=1)
