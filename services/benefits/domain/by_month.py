"""What is owed by the month, term by term: whole months, and sums for broken ones with the days that they are of. Pure.

Claims states a broken month as a sum on its last day (`once`). Which days it is of follows from the months beside it:
so what raises, ends or suspends a month reaches the days of a broken one too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from services.benefits.domain.entitled import Entitled, Term
from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month, less, touching
from shared.law.act4.increases.orders import Increase, steps
from shared.law.act4.increases.rules import is_shared, rise_of_days
from shared.law.act4.owing.rules import days_of_part, part_until
from shared.law.book import LawOn
from shared.law.decision import Per

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A term; of one by the month, or of a broken month, with the monthly amount, and of this with its days."""

    term: Term
    monthly: Sen | None = None
    days: Days | None = None

    @property
    def first(self) -> date:
        """The first day for which it is owed."""
        return self.term.first if self.days is None else self.days.first

    @property
    def last(self) -> date:
        """The last one."""
        return self.term.days.last if self.days is None else self.days.last


def parts_of(entitled: Entitled, law: LawOn) -> list[Part]:
    """The terms of a benefit, with what each of them is of."""
    return [_part(term, entitled, law) for term in entitled.terms]


def began_on(entitled: Entitled, law: LawOn) -> date | None:
    """The day on which a benefit by the month began, by whose year orders go: also of a broken month its first day."""
    return min((each.first for each in parts_of(entitled, law)), default=None) if entitled.is_monthly else None


def broken_month(term: Term, entitled: Entitled, law: LawOn) -> Part | None:
    """The month that a sum is a part of, with the days: the one before or after some whole months, of which it is what
    the law gives for these days; or, where the law gave something else, a sum that is smaller than a month.

    A lump sum is larger, and no part of a month; what is paid in the place of one is none.
    """
    found = [each for month in entitled.terms if month.per is Per.MONTH for each in _beside(term, month, entitled, law)]
    exact = (each for each in found if _by_days(each, entitled, law) == term.sen)
    return next(exact, None) or next((each for each in found if each.monthly and term.sen < each.monthly), None)


def until(parts: Iterable[Part], last: date, entitled: Entitled, law: LawOn) -> Iterator[Part]:
    """What is owed until a day: a month that it breaks by its days; what is owed once stays, but for what is of later
    days."""
    for each in parts:
        if each.monthly is None:
            yield from _terms(each, Days(date.min, last)) if each.term.per is Per.DAY else [each]
        elif each.last <= last:
            yield each
        elif each.days is not None:
            yield from _cut(each, each.days, last, entitled, law)
        else:
            yield from _months_until(each, last, entitled, law)


def raised(parts: Iterable[Part], increases: Sequence[Increase], entitled: Entitled, law: LawOn) -> Iterator[Part]:
    """What is owed with increases, which are in the order of their days: each from its first day on."""
    for each in parts:
        if each.monthly is None:
            yield each
        elif each.days is not None:
            yield _broken_with(each, each.days, increases, entitled, law)
        else:
            yield from _months_with(each, increases, entitled, law)


def without(parts: Iterable[Part], taken: Sequence[Days]) -> Iterator[Part]:
    """What is owed by the month without these months, of which none are twice, and without broken ones in them."""
    for each in parts:
        if each.monthly is None:
            yield each
        elif each.days is None:
            for left in less(each.term.days, touching(each.term.days, taken)):
                yield from _terms(each, left)
        elif not touching(each.days, taken):
            yield each


def falling_later(parts: Iterable[Part], months: Sequence[Days], entitled: Entitled) -> Entitled:
    """The benefit of which this is owed by the month, and these months, of which none are twice, fall due later."""
    all_of_it = list(parts)
    terms, due = (tuple(each.term for each in found) for found in (all_of_it, without(all_of_it, months)))
    return replace(entitled, terms=terms, later=tuple(months), due_terms=due if months else ())


def part_of_whole(monthly: Sen, entitled: Entitled, law: LawOn) -> Fraction | None:
    """Which part of a benefit that several share an amount is; all of one that nobody shares; None: nobody says it."""
    if not is_shared(entitled.key.benefit, law):
        return Fraction(1)
    if not entitled.whole_sen:
        return None
    # Shares are simple fractions, and the amount is one of the whole, rounded.
    simple = Fraction(monthly, entitled.whole_sen).limit_denominator(100)
    return simple if half_up(entitled.whole_sen * simple) == monthly else Fraction(monthly, entitled.whole_sen)


def _part(term: Term, entitled: Entitled, law: LawOn) -> Part:
    if term.per is Per.MONTH:
        return Part(term, term.sen)
    found = broken_month(term, entitled, law) if term.per is Per.ONCE else None
    return found or Part(term)


def _beside(term: Term, month: Term, entitled: Entitled, law: LawOn) -> Iterator[Part]:
    """As which broken month beside a term by the month a sum can be read."""
    own = Month.of(term.first)
    if month.last is not None and Month.of(month.last).next == own:
        yield Part(term, month.sen, Days(own.first_day, term.first))
    if own.next == Month.of(month.first):
        # Where the amount changed inside it, it is a part that ended before the month did.
        is_last = term.first == own.last_day
        count = days_of_part(entitled.key.benefit, month.sen, term.sen, own.days, law) if is_last else 1
        yield Part(term, month.sen, Days(term.first - (count - 1) * _DAY, term.first))


def _by_days(part: Part, entitled: Entitled, law: LawOn) -> Sen | None:
    """What the law gives for the days of a broken month."""
    if part.days is None or part.monthly is None:
        return None
    return part_until(entitled.key.benefit, part.monthly, part.days, law)


def _sum_of(part: Part, monthly: Sen, entitled: Entitled, law: LawOn) -> Sen:
    """What a broken month comes to at another monthly amount: by its days, where its own sum is that by law; else the
    same share of it."""
    if _by_days(part, entitled, law) == part.term.sen:
        return _by_days(replace(part, monthly=monthly), entitled, law) or 0
    return half_up(Fraction(part.term.sen * monthly, part.monthly or monthly))


def _cut(part: Part, days: Days, last: date, entitled: Entitled, law: LawOn) -> Iterator[Part]:
    if days.first <= last and part.monthly is not None:
        left = Days(days.first, last)
        yield _broken(part.monthly, left, entitled, law)


def _months_until(part: Part, last: date, entitled: Entitled, law: LawOn) -> Iterator[Part]:
    month = Month.of(last)
    is_whole = last == month.last_day
    yield from _terms(part, Days(date.min, last if is_whole else month.first_day - _DAY))
    if not is_whole and part.term.days.intersect(month.days):
        yield _broken(part.term.sen, Days(month.first_day, last), entitled, law)


def _broken(monthly: Sen, days: Days, entitled: Entitled, law: LawOn) -> Part:
    """A month of which these days are owed, as claims states it."""
    sen = part_until(entitled.key.benefit, monthly, days, law)
    return Part(Term(Per.ONCE, sen, days.last), monthly, days)


def _broken_with(part: Part, days: Days, increases: Sequence[Increase], entitled: Entitled, law: LawOn) -> Part:
    """At what the month comes to when its days begin, with the rise of each later one for the days from that on."""
    monthly, rises = part.monthly or 0, 0
    which = part_of_whole(monthly, entitled, law)
    for step in steps(monthly, increases, law, which):
        first = step.increase.in_force
        if first <= days.first:
            monthly = step.after_sen
        elif first <= days.last:
            rises += rise_of_days(step.after_sen - step.before_sen, Days(first, days.last), law.on(first))
    return replace(part, term=replace(part.term, sen=_sum_of(part, monthly, entitled, law) + rises))


def _months_with(part: Part, increases: Sequence[Increase], entitled: Entitled, law: LawOn) -> Iterator[Part]:
    """A term before the increases, the months in which they take effect, and between and after these."""
    monthly, begins = part.term.sen, date.min
    which = part_of_whole(monthly, entitled, law)
    for month, steps_ in groupby(steps(monthly, increases, law, which), lambda each: Month.of(each.increase.in_force)):
        if begins < month.first_day:
            yield from _terms(_at(part, monthly), Days(begins, month.first_day - _DAY))
        in_month = monthly
        for step in steps_:
            first, rise = step.increase.in_force, step.after_sen - step.before_sen
            days = Days(first, month.last_day)
            in_month += rise if days == month.days else rise_of_days(rise, days, law.on(first))
            monthly, begins = step.after_sen, month.first_day
        if in_month != monthly:
            yield from _terms(_at(part, in_month), month.days)
            begins = month.next.first_day
    yield from _terms(_at(part, monthly), Days(begins, date.max))


def _at(part: Part, sen: Sen) -> Part:
    return Part(replace(part.term, sen=sen), sen)


def _terms(part: Part, days: Days) -> list[Part]:
    """What of a term lies in these days: none, or one."""
    term, shared = part.term, part.term.days.intersect(days)
    if shared is None:
        return []
    left = replace(term, first=shared.first, last=term.last if shared.last == term.days.last else shared.last)
    return [replace(part, term=left)]
