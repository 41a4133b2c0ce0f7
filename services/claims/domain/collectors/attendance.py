"""Constant attendance: for how long a board certified the need, and which benefit it is beside (Act 4 s.15)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from services.claims.domain.answers import Answer, QuestionState, is_entitled
from services.claims.domain.authority import day_of_board
from services.claims.domain.collectors.collector import (
    Asked,
    Collected,
    Collector,
    Supply,
    Unsettled,
    of_answer,
    of_record,
    revisions_of,
    yes_no,
)
from services.claims.domain.collectors.death import DAY_OF_DEATH
from services.claims.domain.facts import Known, Statement
from services.claims.domain.paid import TermBody
from shared.kernel.clock import business_day
from shared.kernel.periods import Days, joined, less
from shared.law.decision import Source
from shared.law.fact_types import Written

ATTENDANCE = "attendance"
_ALLOWANCES = ("constant_attendance_allowance", "non_employment_injury_constant_attendance_allowance")
# Until a board finds otherwise.
_OPEN = date.max
_DAY = timedelta(days=1)


def is_certified(kind: str) -> Callable[[Known], bool]:
    """Whether there is an assessment of a kind, and boards certified the need beside it for any day."""
    return lambda known: kind in known.statements and bool(_certified(kind, known))


def beside_loss(kind: str, question: str) -> tuple[Collector, ...]:
    """The facts beside a permanent disablement: the loss is that for which the question owes a benefit."""
    return (*_of_board(kind), _beside("loss", question, _loss), Collector("invalidity pensioner", _not_this("no")))


def beside_pension(kind: str, question: str) -> tuple[Collector, ...]:
    """The facts beside an invalidity pension."""
    return (*_of_board(kind), Collector("loss", _not_this("0")), _beside("invalidity pensioner", question, _is_owed))


def _of_board(kind: str) -> tuple[Collector, ...]:
    def needed_from(asked: Asked) -> Collected:
        """Not before the event; of what no board certifies any more, its day decides by which law it is refused."""
        needed = _needed(kind, asked)
        first = max(asked.day, needed[0].first) if needed else asked.day
        return Collected(first.isoformat(), _sources(kind, asked.known))

    def needed_until(asked: Asked) -> Collected:
        needed = _needed(kind, asked)
        last = needed[-1].last if needed else _OPEN
        return Collected("" if last == _OPEN else last.isoformat(), _sources(kind, asked.known))

    def left_out(asked: Asked) -> Collected:
        needed = _needed(kind, asked)
        between: list[Written] = [f"{before.last + _DAY} to {after.first - _DAY}" for before, after in pairwise(needed)]
        return Collected(between, _sources_of_others(kind, asked))

    def certified(asked: Asked) -> Collected:
        return Collected(yes_no(bool(_certified(kind, asked.known))), _sources(kind, asked.known))

    def of_another(asked: Asked) -> Collected:
        all_of_it = bool(_certified(kind, asked.known)) and not _left(kind, asked)
        return Collected(yes_no(all_of_it), _sources_of_others(kind, asked))

    return (
        Collector("needed from", needed_from, revisions_of),
        Collector("needed until", needed_until, revisions_of),
        Collector("left out", left_out, revisions_of),
        Collector("certified by a board", certified),
        Collector("owed by another claim", of_another, revisions_of),
        DAY_OF_DEATH,
    )


def _certified(kind: str, known: Known) -> tuple[Days, ...]:
    """The days for which boards certified the need, in order; each time they end what they certified before."""
    found: list[Days] = []
    for each in _found(kind, known):
        if ATTENDANCE in each.stated:
            days = _stated(each)
            found = [*_before(days.first, found), days]
        else:
            found = _before(_ended_on(each), found)
    return joined(found)


def _found(kind: str, known: Known) -> list[Statement]:
    """The assessments of a kind, and what boards found of the need alone, by the days on which they sat."""
    both = (*known.statements.get(kind, ()), *known.statements.get(ATTENDANCE, ()))
    return sorted(both, key=day_of_board)


def _stated(found: Statement) -> Days:
    stated = found.stated[ATTENDANCE]
    last = stated.get("last")
    return Days(date.fromisoformat(stated["first"]), _OPEN if last is None else date.fromisoformat(last))


def _ended_on(found: Statement) -> date:
    """From when on an assessment without it ends the need: a review from its own first day, of any other the day is
    stated nowhere else (docs/claims.md, assumed).
    """
    if found.stated.get("review") == "yes" and "benefit_from" in found.stated:
        return date.fromisoformat(str(found.stated["benefit_from"]))
    return date.min if found.stated_at is None else business_day(found.stated_at)


def _before(day: date, ranges: Iterable[Days]) -> list[Days]:
    return [Days(each.first, min(each.last, day - _DAY)) for each in ranges if each.first < day]


def _needed(kind: str, asked: Asked) -> tuple[Days, ...]:
    """The days that are left, or those that are certified where another claim has all of them."""
    return _left(kind, asked) or _certified(kind, asked.known)


def _left(kind: str, asked: Asked) -> tuple[Days, ...]:
    """The days that are certified and that no other claim of the person has: one allowance is owed of one day."""
    taken = [days for days, _ in _of_others(asked)]
    return tuple(left for each in _certified(kind, asked.known) for left in less(each, taken))


def _of_others(asked: Asked) -> list[tuple[Days, Source]]:
    """The days for which the allowance is owed by what stands of the person's other claims."""
    records = [each.records.get(name) for each in asked.known.others for name in _ALLOWANCES]
    return [
        (_days(term), of_record(record))
        for record in records
        if record is not None and is_entitled(record)
        for term in record.body["terms"]
    ]


def _days(term: TermBody) -> Days:
    return Days(date.fromisoformat(term["first"]), date.fromisoformat(term.get("last", _OPEN.isoformat())))


def _sources_of_others(kind: str, asked: Asked) -> tuple[Source, ...]:
    certified = _certified(kind, asked.known)
    taken = (source for days, source in _of_others(asked) if any(days.intersect(each) for each in certified))
    return tuple(dict.fromkeys(taken))


def _sources(kind: str, known: Known) -> tuple[Source, ...]:
    """What was found from the first time that certifies the need on."""
    stated = _found(kind, known)
    first = next((place for place, each in enumerate(stated) if ATTENDANCE in each.stated), len(stated))
    return tuple(each.source for each in stated[first:])


def _beside(fact: str, question: str, of: Callable[[Answer], Written]) -> Collector:
    def supply(asked: Asked) -> Collected | Unsettled:
        found = asked.answers[question]
        if not found.is_settled or found.record is None:
            return Unsettled(question)
        return Collected(of(found), of_answer(found))

    return Collector(fact, supply)


def _loss(found: Answer) -> Written:
    """The largest that stood: the need that was certified beside a total loss ends by a review, and not before it."""
    if found.record is None or found.state is not QuestionState.ENTITLED:
        return "0"
    facts = {fact["name"]: fact["value"] for fact in found.record.body["facts"]}
    losses: list[Written] = [facts["loss"], *(each["loss"] for each in facts.get("assessed before", ()))]
    return max(losses, key=lambda each: Fraction(str(each).rstrip("% ")))


def _is_owed(found: Answer) -> Written:
    return yes_no(found.state is QuestionState.ENTITLED)


def _not_this(written: Written) -> Supply:
    """What the claim is not about: the other benefit has a claim of its own."""
    return lambda _: Collected(written)
