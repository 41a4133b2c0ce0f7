"""What becomes of a benefit by the month over the years: raised by order, suspended, held back, ended by a death. Pure.

Claims states what is owed; here it is what falls due of that. Nothing is remembered of what was paid: settling compares
what falls due by now with what was posted, so that arrears, what was held back, and what was paid too long follow from
the books, once, whatever comes first and however often.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.by_month import (
    Part,
    began_on,
    falling_later,
    part_of_whole,
    parts_of,
    raised,
    until,
    without,
)
from services.benefits.domain.calendar import PaymentCalendar, Reached
from services.benefits.domain.certificates_due import held_back
from services.benefits.domain.conditions import NONE, Conditions
from services.benefits.domain.entitled import Entitled
from services.benefits.domain.statements import PartyStatement
from services.benefits.domain.waiting import Waiting, WaitingReason
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined
from shared.law.act4.increases.orders import Increase, Raised, steps, that_raise
from shared.law.act4.increases.rules import is_raised
from shared.law.act4.owing.rules import last_day_alive
from shared.law.act4.suspension.rules import months_are_lost
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Conditioned:
    """What falls due of a benefit, with what raised it and what of it waits."""

    entitled: Entitled
    raised: tuple[Raised, ...] = ()
    waiting: tuple[Waiting, ...] = ()


def conditioned(
    entitled: Entitled, conditions: Conditions, day: date, calendar: PaymentCalendar, law: LawOn
) -> Conditioned:
    """What falls due on a day of what claims states: until the death, raised, without the months that are suspended;
    months that are held back fall due later."""
    if not entitled.is_benefit or conditions == NONE:
        return Conditioned(entitled)
    parts = parts_of(entitled, law)
    if conditions.died_on is not None:
        parts = list(until(parts, last_day_alive(conditions.died_on, law), entitled, law))
    orders = _that_raise(entitled, conditions, law)
    given = _given(parts, orders, entitled, law)
    parts = list(raised(parts, orders, entitled, law)) if given else parts
    held = held_back(_of(parts, entitled), conditions, day, calendar, law)
    lost = joined(each.days for each in conditions.suspensions if _is_lost(each, day, law))
    waiting = [Waiting(WaitingReason.SUSPENDED, each.first_on, each.last_on) for each in conditions.suspensions
               if day in each.days]  # fmt: skip
    missing = [Waiting(WaitingReason.CERTIFICATE_MISSING, each.first) for each in held]
    left = falling_later(without(parts, lost), held, entitled)
    return Conditioned(left, given, (*waiting, *missing))


def first_unpaid(entitled: Entitled, net_sen: Sen, day: date, reached: Reached, law: LawOn) -> date | None:
    """Of the months that fall due later the first day of the first that was not paid; None where none does."""
    if not entitled.later:
        return None
    month, parts = Month.of(entitled.later[0].first), parts_of(entitled, law)
    while month.next.first_day <= (reached.months or date.min):
        later = (Days(month.next.first_day, date.max),)
        if falling_later(parts, later, entitled).due_sen(day, reached) > net_sen:
            break
        month += 1
    return month.first_day


def _that_raise(entitled: Entitled, conditions: Conditions, law: LawOn) -> list[Increase]:
    """The orders that raise a benefit, in the order of their days."""
    if not conditions.increases or not is_raised(entitled.key.benefit, law):
        return []
    began = began_on(entitled, law)
    return [] if began is None else that_raise(conditions.increases, began)


def _given(parts: Sequence[Part], orders: Sequence[Increase], entitled: Entitled, law: LawOn) -> tuple[Raised, ...]:
    """What each order makes of what is owed by the month on its day, or else first after it: of what is over by then
    nothing."""
    found = []
    for number, order in enumerate(orders, start=1):
        monthly = _monthly_on(parts, order.in_force)
        if monthly is not None:
            *_, last = steps(monthly, orders[:number], law, part_of_whole(monthly, entitled, law))
            found.append(last)
    return tuple(found)


def _monthly_on(parts: Sequence[Part], day: date) -> int | None:
    """What is stated by the month on a day, or else first after it, be it for a broken month; None where nothing is."""
    later = [each for each in parts if each.monthly is not None and each.last >= day]
    return min(later, key=lambda each: each.first).monthly if later else None


def _of(parts: Sequence[Part], entitled: Entitled) -> Entitled:
    return replace(entitled, terms=tuple(each.term for each in parts))


def _is_lost(suspension: PartyStatement, day: date, law: LawOn) -> bool:
    """Whether its months are not owed: of one that is over they may come to be (`assumed` that they do not)."""
    return months_are_lost(law) or suspension.last_on is None or suspension.last_on >= day
