"""What of a loan is called in: what is to be paid back by now, which from then on is a debt like another.

A day is to be paid back when it has passed, a month when it has ended, a term `once` on its day. No calendar of the
organisation's payments has a part in it: a debtor is not asked before the month is over (assumed, decision 48).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.benefits.domain.entitled import Entitled, Term
from services.benefits.domain.setting_off import SetOff
from services.benefits.domain.settlement import Books, OpenRecovery, Pay, Posting, ReduceRecovery, Void
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.decision import Per

_DAY = timedelta(days=1)


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

    No more is called in than stands granted after what is ``posted`` now: what was never paid, or came back, nobody
    pays back; and what was paid beyond the loan is to come back by itself. No more is called off than is open: what was
    paid back early stays so.
    """
    if not entitled.is_loan:
        return None
    granted, open_sen = _after(books, tuple(posted))
    difference = min(repaid_by(entitled.repayment, day), max(0, granted)) - books.called_sen
    if difference > 0:
        return CallIn(difference)
    off = min(-difference, max(0, open_sen))
    return CallOff(off) if off else None


def repaid_by(repayment: Sequence[Term], day: date) -> Sen:
    """What is to be paid back when a day begins."""
    return sum(_due(term, day) for term in repayment)


def next_repayment(repayment: Sequence[Term], day: date) -> date | None:
    """The first day after this one on which more is to be paid back; None where nothing is left."""
    return min((next_ for term in repayment if (next_ := _next(term, day)) is not None), default=None)


def _due(term: Term, day: date) -> Sen:
    if term.per is Per.ONCE:
        return term.sen if term.first <= day else 0
    return term.sen_before(day.replace(day=1) if term.per is Per.MONTH else day)


def _next(term: Term, day: date) -> date | None:
    if term.per is Per.ONCE:
        return term.first if term.first > day else None
    if term.per is Per.DAY:
        running = max(day, term.first)
        return running + _DAY if running <= term.days.last else None
    month = Month.of(max(day, term.first))
    return (month + 1).first_day if month.first_day <= term.days.last else None


def _after(books: Books, posted: Sequence[Posting]) -> tuple[Sen, Sen]:
    """What is granted after the postings, paid or on its way, or set off, and not to come back; and what is open."""
    more = sum(each.amount_sen for each in posted if isinstance(each, Pay | SetOff | ReduceRecovery))
    less = sum(each.amount_sen for each in posted if isinstance(each, Void | OpenRecovery))
    opened = sum(each.amount_sen for each in posted if isinstance(each, OpenRecovery))
    reduced = sum(each.amount_sen for each in posted if isinstance(each, ReduceRecovery))
    return books.net_sen + more - less, books.recovery_sen + opened - reduced
