"""What of a loan is called in: what is to be paid back by now, which from then on is a debt like another.

A day is to be paid back when it has passed, a month when it has ended, a term `once` on its day. No calendar of the
organisation's payments has a part in it: a debtor is not asked before the month is over (assumed, decision 48).
Nobody is asked for what has not reached him yet, and the days stay as they are stated: what fell due before is called
in when the bank has paid (assumed).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.benefits.domain.entitled import Entitled, Term
from services.benefits.domain.payments import PaymentState
from services.benefits.domain.setting_off import SetOff
from services.benefits.domain.settlement import Books, OpenRecovery, Pay, Posting, ReduceRecovery, Void
from shared.kernel.money import Sen
from shared.law.decision import Per

_ON_ITS_WAY = (PaymentState.UNSENT, PaymentState.SENT)


@dataclass(frozen=True, slots=True)
class CallIn:
    """Ask for what of a loan is to be paid back by now."""

    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class CallOff:
    """Ask for less: the loan ended and comes back as a whole, came back from the bank, or is paid back later."""

    amount_sen: Sen


def called(entitled: Entitled, books: Books, posted: Iterable[Posting], day: date) -> CallIn | CallOff | None:
    """What brings what is called in to what is to be paid back by a day; None where it is, and of no loan.

    No more is called in than has reached the party, after what is ``posted`` now: what was never paid, is on its way or
    came back, nobody pays back; and what was paid beyond the loan is to come back by itself. No more is called off than
    is open: what was paid back early stays so.
    """
    if not entitled.is_loan:
        return None
    after = _after(books, tuple(posted))
    difference = min(repaid_by(entitled.repayment, day), after.paid_sen) - books.called_sen
    if difference > 0:
        return CallIn(difference)
    off = min(-difference, max(0, after.open_sen))
    return CallOff(off) if off else None


def asks_on(entitled: Entitled, books: Books, posted: Iterable[Posting], day: date) -> date | None:
    """The first day after this one on which more is called in; None until more of it is paid, and of no loan."""
    if not entitled.is_loan:
        return None
    postings = tuple(posted)
    call, paid_sen = called(entitled, books, postings, day), _after(books, postings).paid_sen
    called_sen = books.called_sen + (0 if call is None else call.amount_sen * (1 if isinstance(call, CallIn) else -1))
    if paid_sen <= called_sen:
        return None
    days = range(day.toordinal() + 1, date.max.toordinal() + 1)
    later = bisect_right(days, called_sen, key=lambda each: repaid_by(entitled.repayment, date.fromordinal(each)))
    return date.fromordinal(days[later]) if later < len(days) else None


def repaid_by(repayment: Sequence[Term], day: date) -> Sen:
    """What is to be paid back when a day begins; it never falls from one day to a later one."""
    return sum(_due(term, day) for term in repayment)


def _due(term: Term, day: date) -> Sen:
    if term.per is Per.ONCE:
        return term.sen if term.first <= day else 0
    return term.sen_before(day.replace(day=1) if term.per is Per.MONTH else day)


@dataclass(frozen=True, slots=True)
class _After:
    """What of a loan has reached the party, or was set off, and is not to come back; what is open."""

    paid_sen: Sen
    open_sen: Sen


def _after(books: Books, posted: Sequence[Posting]) -> _After:
    pays, voids = (_sum(posted, kind) for kind in (Pay, Void))
    opened, reduced = (_sum(posted, kind) for kind in (OpenRecovery, ReduceRecovery))
    granted = books.net_sen + pays + _sum(posted, SetOff) + reduced - voids - opened
    on_its_way = sum(each.amount_sen for each in books.payments if each.state in _ON_ITS_WAY) + pays - voids
    return _After(max(0, granted - on_its_way), books.recovery_sen + opened - reduced)


def _sum(posted: Sequence[Posting], kind: type[Posting]) -> Sen:
    return sum(each.amount_sen for each in posted if isinstance(each, kind))
