"""What benefits posts so that its own books say what a claim's newest revision entitles a party to (rules S4).

The books of an entitlement are kept as transfers; its net is what was granted so far: payments that are unsent, sent
or settled, and what was set off against other debts, less the recovery that is open. Settling brings the net up to
what is due and down to what is earned.

The benefits of a party are settled one by one, in any order, and set off against what is to come back of the others.
So that is brought up to date before one pays; and for a debt that comes to light afterwards what is in no bank file yet
is withdrawn.

Due are the days before an instant that only moves forward: when days are first owed all that have passed, then each
month when it ends and each term when it has passed. A certificate that goes on takes nothing of it back. What is owed
by the month is due on the month's payment day, which may come before the month has ended, and what is owed once on its
day.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, Term
from services.benefits.domain.payments import GONE, Payment, PaymentKey, PaymentKind, PaymentState
from services.benefits.domain.setting_off import WHOLE, Due, Keep, OpenDebt, SetOff, left_of, parted
from shared.kernel.errors import LegalBasis
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined, less, touching
from shared.law.decision import Per

# Benefit received without entitlement is repaid; setting it off against later benefit is mandatory (s.50(1A)).
RECOVERY_LAW = LegalBasis("Act 4", "s.50")


def recovery_law(entitled: Entitled) -> str:
    """Under which law what was paid beyond it is to come back; of another Act, or no benefit, no section is known.

    A loan is to come back in any case, under the law that it states.
    """
    if entitled.is_loan and entitled.law:
        return entitled.law
    act = f"Act {entitled.key.scheme.removeprefix('act')}"
    return str(RECOVERY_LAW) if entitled.is_benefit and act == RECOVERY_LAW.act else act


@dataclass(frozen=True, slots=True)
class Books:
    """What is posted for an entitlement: the net granted, the recovery that is open, and its payments, oldest first.

    ``elsewhere`` are the open recoveries of the party's other entitlements, oldest first; ``keep`` says how much may be
    kept against its own. Of a loan ``called_sen`` is what was called in, and ``instalments_sen`` what of the open
    recovery that is: a loan is not paid back from itself. ``unopened_sen`` came back of a debt that these books do not
    know, after a restore.
    """

    net_sen: Sen = 0
    recovery_sen: Sen = 0
    payments: tuple[Payment, ...] = ()
    elsewhere: tuple[OpenDebt, ...] = ()
    keep: Keep = WHOLE
    called_sen: Sen = 0
    instalments_sen: Sen = 0
    unopened_sen: Sen = 0

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
    """Set what is newly owed off against the open recovery (Act 4 s.50(1A)).

    ``again``: it is of days that were paid, or came back with their payment, which no limit holds.
    """

    amount_sen: Sen
    again: bool = False


class Excess(IntEnum):
    """What was granted beyond what is earned: nothing, what can still be withdrawn, or also what is to come back."""

    NONE = 0
    UNSENT = 1
    TO_COME_BACK = 2


Posting = Pay | Void | OpenRecovery | ReduceRecovery | SetOff


def settle(entitled: Entitled, books: Books, day: date, reached: Reached) -> tuple[Posting, ...]:
    """The postings that bring the books to what is owed on a day, in order; none when they are there.

    What was granted beyond what is earned is first taken from payments not yet sent, newest first, and then recovered.
    An open recovery is first set off against what is earned, or where something limits what is kept against what is
    due. What is due beyond that is set off against the party's other debts, and the rest is paid: what came back again,
    and then what is new. For a debt that nothing limits and that is left after that payments not yet sent are
    withdrawn, newest first, and what is left of them is paid again. No limit holds for days that were paid already:
    what is owed of them after all was never overpaid. What was paid back of a loan beyond what is lent by now is owed
    to the party again.
    """
    earned, net = entitled.earned_sen(day, reached), books.net_sen
    voided = tuple(_voided(books.unsent, net - earned))
    net -= sum(posting.amount_sen for posting in voided)
    opened = max(0, net - earned, books.unopened_sen, _repaid_beyond(entitled, books, earned))
    opening = (OpenRecovery(opened),) if opened else ()
    net -= opened
    if opened and net == earned:
        return (*voided, *opening)
    due = _due(books, voided, entitled.due_sen(day, reached) - net)
    standing = _standing(books, voided)
    granted = _within(entitled, standing).earned_sen(day, reached)
    # What falls due later is set off against nothing before it does.
    reductions, due = _reduced(books, due, entitled.falling_due.earned_sen(day, reached) - net, granted - net)
    debts = tuple(_with_same_days(debt, entitled, standing, reached, net - granted) for debt in books.elsewhere)
    elsewhere = tuple(parted(debts, due))
    pays = due.sen - sum(posting.amount_sen for posting in elsewhere)
    unsent = books.unsent[: len(books.unsent) - len(voided)]
    exchanged = _exchanged(entitled, unsent, left_of(debts, elsewhere))
    paid = _paid(entitled, books, day, reached, pays)
    return (*voided, *opening, *reductions, *elsewhere, *paid, *exchanged)


def excess(entitled: Entitled, books: Books, day: date, reached: Reached) -> Excess:
    """What was granted beyond what is earned, and how that is brought down."""
    beyond = books.net_sen - entitled.earned_sen(day, reached)
    if beyond <= 0:
        return Excess.NONE
    unsent = sum(payment.amount_sen for payment in books.unsent)
    return Excess.TO_COME_BACK if beyond > unsent else Excess.UNSENT


def pays_more(postings: Sequence[Posting]) -> bool:
    """Whether one of them instructs more than what is left of a payment that is withdrawn with it."""
    withdrawn = {posting.key.end_to_end_id for posting in postings if isinstance(posting, Void)}
    return any(isinstance(posting, Pay) and posting.key.replaces not in withdrawn for posting in postings)


def waits(posting: Posting, books: Books) -> bool:
    """Whether it is done when the party can be paid: a payment, and what a limit lets be kept of it."""
    match posting:
        case Pay():
            return True
        case SetOff(debt=debt, again=again):
            return not (again or debt.keep.is_whole)
        case ReduceRecovery(again=again):
            return not (again or books.keep.is_whole)
        case _:
            return False


def _voided(unsent: Sequence[Payment], excess: Sen) -> Iterator[Void]:
    for payment in reversed(unsent):
        if excess <= 0:
            return
        excess -= payment.amount_sen
        yield Void(payment.key, payment.amount_sen)


def _repaid_beyond(entitled: Entitled, books: Books, earned: Sen) -> Sen:
    """What was paid back of a loan beyond what it lends by now: its payment came back, and then it ended or shrank.

    Calling it off leaves it open no more, and so it is paid out.
    """
    if not entitled.is_loan:
        return 0
    repaid = books.called_sen - books.instalments_sen + max(0, -books.recovery_sen)
    return max(0, repaid - earned)


def _due(books: Books, voided: Sequence[Void], new: Sen) -> Due:
    """What is due now: what came back or is withdrawn with it had its share kept when it was first paid."""
    new = max(0, new)
    withdrawn, returned = (sum(each.amount_sen for each in what) for what in (voided, books.unreplaced))
    return Due(new, max(0, new - withdrawn - returned))


def _reduced(books: Books, due: Due, unpaid: Sen, again: Sen) -> tuple[list[ReduceRecovery], Due]:
    """What its own recovery is reduced by, and what is due after that: of what is ``unpaid`` where nothing limits it;
    else what is owed ``again`` of days that were paid, all of it, and as much as may be kept of the rest."""
    overpaid = max(0, books.recovery_sen - books.instalments_sen)
    if books.keep.is_whole:
        again, kept = 0, max(0, min(unpaid, overpaid))
    else:
        again = max(0, min(again, overpaid))
        due = due.again(again)
        kept = books.keep.of(due, overpaid - again)
    parts = (ReduceRecovery(again, again=True), ReduceRecovery(kept))
    return [part for part in parts if part.amount_sen], due.less(kept)


def _standing(books: Books, voided: Collection[Void]) -> tuple[Days, ...]:
    """The days that payments name which reached the party or are on their way."""
    gone = {each.key for each in voided}
    return joined(each.key.period for each in books.payments if each.state not in GONE and each.key not in gone)


def _with_same_days(
    debt: OpenDebt, entitled: Entitled, standing: Sequence[Days], reached: Reached, unnamed: Sen
) -> OpenDebt:
    """A debt with what is due here of the days that were paid there, beyond what was granted here ``unnamed``."""
    if not debt.paid or debt.keep.is_whole:
        return debt
    days = [left for each in joined(debt.paid) for left in less(each, standing)]
    worth = _within(replace(entitled, terms=_by_day(entitled)), days).due_sen(date.max, reached)
    return replace(debt, again_sen=max(0, worth - max(0, unnamed)))


def _by_day(entitled: Entitled) -> tuple[Term, ...]:
    return tuple(term for term in entitled.terms if term.per is Per.DAY)


def _within(entitled: Entitled, periods: Sequence[Days]) -> Entitled:
    """What is owed of these days, which were paid, alone: the months of which one is among them, and what is owed once
    until the last of them, since it goes with the days and months that are paid after it."""
    return replace(entitled, terms=tuple(part for term in entitled.terms for part in _parts(term, periods)))


def _parts(term: Term, periods: Sequence[Days]) -> Iterator[Term]:
    if term.per is Per.ONCE:
        yield from (term,) if any(term.first <= each.last for each in periods) else ()
        return
    if term.per is Per.MONTH:
        periods = [Days(Month.of(each.first).first_day, Month.of(each.last).last_day) for each in periods]
    for days in joined(periods):
        if (shared := term.days.intersect(days)) is not None:
            yield replace(term, first=shared.first, last=shared.last)


def _exchanged(
    entitled: Entitled, unsent: Sequence[Payment], debts: tuple[OpenDebt, ...]
) -> Iterator[Void | SetOff | Pay]:
    debts = tuple(debt for debt in debts if debt.keep.is_whole)
    for payment in reversed(unsent):
        parts = tuple(parted(debts, Due(payment.amount_sen, payment.amount_sen)))
        if not parts:
            return
        yield Void(payment.key, payment.amount_sen)
        yield from parts
        debts = left_of(debts, parts)
        if rest := payment.amount_sen - sum(part.amount_sen for part in parts):
            yield Pay(_reissue(entitled, payment.key), rest)


def _paid(entitled: Entitled, books: Books, day: date, reached: Reached, amount: Sen) -> Iterator[Pay]:
    for returned in books.unreplaced:
        if part := min(amount, returned.amount_sen):
            yield Pay(_reissue(entitled, returned.key), part)
            amount -= part
    if amount:
        yield from _payments(entitled, books, day, reached, amount)


def _reissue(entitled: Entitled, replaced: PaymentKey) -> PaymentKey:
    days = (replaced.period_first, replaced.period_last)
    return _key(entitled, PaymentKind.REISSUE, days, replaced.end_to_end_id)


def _payments(entitled: Entitled, books: Books, day: date, reached: Reached, amount: Sen) -> Iterator[Pay]:
    """A payment for the due days and months that none of this revision names yet; with them goes what is owed once.

    No payment reaches over days that are held: when those are free, a payment of their own names them.
    """
    named = [payment.key for payment in books.payments if payment.key.revision == entitled.revision]
    stretches = _unnamed(entitled, named, reached)
    for stretch in stretches:
        part = amount if stretch is stretches[-1] else min(amount, entitled.worth_sen(stretch))
        if part:
            yield Pay(_key(entitled, PaymentKind.PAYMENT, (stretch[0].first, stretch[-1].last)), part)
            amount -= part
    once = () if stretches else _unnamed_once(entitled, named, day)
    if once:
        yield Pay(_key(entitled, PaymentKind.ONCE, (once[0], once[-1])), amount)
    elif not stretches:
        yield Pay(_place_of_last(entitled, books, day), amount)


def _place_of_last(entitled: Entitled, books: Books, day: date) -> PaymentKey:
    """The key of what no day of this revision names, so that nothing is dropped: what comes back to who paid it, or was
    set off and is forgotten after a restore.

    It goes in the place of the last payment, also of one that is made now for one that came back; where there is none,
    as owed once.
    """
    again = [_reissue(entitled, each.key) for each in books.unreplaced]
    last = again or [each.key for each in books.payments]
    return _reissue(entitled, last[-1]) if last else _key(entitled, PaymentKind.ONCE, (day, day))


def _unnamed(entitled: Entitled, named: Sequence[PaymentKey], reached: Reached) -> list[list[Days]]:
    """The due days and months that no payment of this revision names, parted where days are held."""
    taken = [key.period for key in named if key.kind is PaymentKind.PAYMENT]
    stretches: list[list[Days]] = []
    for days in (left for each in entitled.due_days(reached) for left in less(each, taken)):
        before = stretches[-1][-1].last if stretches else days.first
        between = touching(Days(before, days.first), entitled.held)
        if not stretches or any(before < each.first < days.first for each in between):
            stretches.append([])
        stretches[-1].append(days)
    return stretches


def _unnamed_once(entitled: Entitled, named: Sequence[PaymentKey], day: date) -> tuple[date, ...]:
    """The days of what is due once that no payment of this revision reaches."""
    periods = [key.period for key in named if key.kind is not PaymentKind.REISSUE]
    return tuple(each for each in entitled.due_once(day) if not any(each in period for period in periods))


def _key(entitled: Entitled, kind: PaymentKind, days: tuple[date, date], replaces: str = "") -> PaymentKey:
    return PaymentKey(entitled.key, kind, entitled.revision, *days, replaces)
