"""What benefits posts so that its own books say what a claim's newest revision entitles to (rules S4).

The books of an entitlement are kept as transfers; its net is what was granted so far: payments that are unsent, sent
or settled, less the recovery that is open. Settling brings the net up to what is due, the periods that have passed, and
down to what is earned, all days that have passed. In between it is right: a certificate may be continued after its days
were paid, and the longer period has not passed then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.benefits.domain.payments import Payment, PaymentKey, PaymentKind, PaymentState
from shared.kernel.errors import LegalBasis
from shared.kernel.money import Sen

# Benefit received without entitlement is repaid; setting it off against later benefit is mandatory (s.50(1A)).
RECOVERY_LAW = LegalBasis("Act 4", "s.50")

_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Entitled:
    """One benefit of a claim as its newest revision states it; no periods: nothing is owed."""

    claim: UUID
    benefit: str
    person: int
    revision: int
    periods: tuple[Period, ...] = ()

    def passed(self, day: date) -> "tuple[Period, ...]":
        """The periods whose days have all passed before this day, in order: those are paid."""
        return tuple(sorted(period for period in self.periods if period.last < day))

    def due_sen(self, day: date) -> Sen:
        """What is owed on a day."""
        return sum(period.amount_sen for period in self.passed(day))

    def earned_sen(self, day: date) -> Sen:
        """What the days that have passed are worth: what is owed, and the days so far of a period that goes on."""
        return sum(period.earned_sen(day) for period in self.periods)

    def falls_due(self, day: date) -> date | None:
        """The first day on which another period will have passed, None when all have."""
        return min((period.last + _DAY for period in self.periods if period.last >= day), default=None)


@dataclass(frozen=True, slots=True)
class Books:
    """What is posted for an entitlement: the net granted, the recovery that is open, and its payments, oldest first."""

    net_sen: Sen = 0
    recovery_sen: Sen = 0
    payments: tuple[Payment, ...] = ()

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


Posting = Pay | Void | OpenRecovery | ReduceRecovery


def settle(entitled: Entitled, books: Books, day: date) -> tuple[Posting, ...]:
    """The postings that bring the books to what is owed on a day, in order; none when they are there.

    What was granted beyond the days that have passed is first taken from payments not yet sent, newest first, and then
    recovered. An open recovery is first set off against days that have passed; then what is due is paid: what came
    back again, and then what is new.
    """
    earned, net = entitled.earned_sen(day), books.net_sen
    voided = tuple(_voided(books.unsent, net - earned))
    net -= sum(posting.amount_sen for posting in voided)
    if net > earned:
        return (*voided, OpenRecovery(net - earned))
    set_off = min(earned - net, books.recovery_sen)
    reduction = (ReduceRecovery(set_off),) if set_off else ()
    return (*voided, *reduction, *_paid(entitled, books, day, max(0, entitled.due_sen(day) - net - set_off)))


def _voided(unsent: Sequence[Payment], excess: Sen) -> Iterator[Void]:
    for payment in reversed(unsent):
        if excess <= 0:
            return
        excess -= payment.amount_sen
        yield Void(payment.key, payment.amount_sen)


def _paid(entitled: Entitled, books: Books, day: date, amount: Sen) -> Iterator[Pay]:
    for returned in books.unreplaced:
        if part := min(amount, returned.amount_sen):
            yield Pay(_reissue(entitled, returned.key), part)
            amount -= part
    if amount:
        yield Pay(_payment(entitled, books, day), amount)


def _reissue(entitled: Entitled, returned: PaymentKey) -> PaymentKey:
    days = (returned.period_first, returned.period_last)
    return _key(entitled, PaymentKind.REISSUE, days, returned.end_to_end_id)


def _payment(entitled: Entitled, books: Books, day: date) -> PaymentKey:
    """The key of a payment for the days that no payment of this revision covers yet."""
    passed = entitled.passed(day)
    covered = [
        payment.key.period_last
        for payment in books.payments
        if payment.key.revision == entitled.revision and payment.key.kind is PaymentKind.PAYMENT
    ]
    first = max((last + _DAY for last in covered), default=passed[0].first)
    begins = next((period.first for period in passed if period.last >= first), first)
    return _key(entitled, PaymentKind.PAYMENT, (max(first, begins), passed[-1].last))


def _key(entitled: Entitled, kind: PaymentKind, days: tuple[date, date], replaces: str = "") -> PaymentKey:
    return PaymentKey(entitled.claim, entitled.benefit, entitled.person, kind, entitled.revision, *days, replaces)
