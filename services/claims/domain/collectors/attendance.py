"""Constant attendance: for how long a board certified the need, and which benefit it is beside (Act 4 s.15)."""

from collections.abc import Callable
from datetime import date, timedelta

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.collectors.collector import Asked, Collected, Collector, Supply, Unsettled, yes_no
from services.claims.domain.facts import Known, Statement
from shared.kernel.subjects import Subject
from shared.law.decision import Source
from shared.law.fact_types import Written

ATTENDANCE = "attendance"


def is_certified(kind: str) -> Callable[[Known], bool]:
    """Whether the last assessment of a kind certifies the need."""
    return lambda known: _certified(kind, known) is not None


def beside_loss(kind: str, question: str) -> tuple[Collector, ...]:
    """The facts beside a permanent disablement: the loss is that for which the question owes a benefit."""
    return (*_of_board(kind), _beside("loss", question, _loss), Collector("invalidity pensioner", _not_this("no")))


def beside_pension(kind: str, question: str) -> tuple[Collector, ...]:
    """The facts beside an invalidity pension."""
    return (*_of_board(kind), Collector("loss", _not_this("0")), _beside("invalidity pensioner", question, _is_owed))


def _of_board(kind: str) -> tuple[Collector, ...]:
    def needed_from(asked: Asked) -> Collected:
        """Not before the event; of what no board certifies any more, its day decides by which law it is refused."""
        found = _certified(kind, asked.known)
        first = asked.day if found is None else max(asked.day, _first(found))
        return Collected(first.isoformat(), _sources(found))

    def needed_until(asked: Asked) -> Collected:
        found = _certified(kind, asked.known)
        last = None if found is None else _last(found, asked.known)
        return Collected("" if last is None else last.isoformat(), _sources(found))

    def certified(asked: Asked) -> Collected:
        found = _certified(kind, asked.known)
        return Collected(yes_no(found is not None), _sources(found))

    return (
        Collector("needed from", needed_from),
        Collector("needed until", needed_until, _death),
        Collector("certified by a board", certified),
    )


def _certified(kind: str, known: Known) -> Statement | None:
    last = known.statements.get(kind, ())[-1:]
    return next((each for each in last if ATTENDANCE in each.stated), None)


def _first(found: Statement) -> date:
    return date.fromisoformat(found.stated[ATTENDANCE]["first"])


def _last(found: Statement, known: Known) -> date | None:
    """The last day that the board states, and none from the day of a death on."""
    written = found.stated[ATTENDANCE].get("last")
    stated = None if written is None else date.fromisoformat(written)
    alive = None if known.died_on is None else known.died_on - timedelta(days=1)
    return min((day for day in (stated, alive) if day is not None), default=None)


def _sources(found: Statement | None) -> tuple[Source, ...]:
    return () if found is None else (found.source,)


def _death(asked: Asked) -> list[Subject]:
    return [subjects.death(asked.known.person)]


def _beside(fact: str, question: str, of: Callable[[Answer], Written]) -> Collector:
    def supply(asked: Asked) -> Collected | Unsettled:
        found = asked.answers[question]
        if not found.is_settled or found.record is None:
            return Unsettled(question)
        return Collected(of(found), (Source("decision", found.record.hash, 0),))

    return Collector(fact, supply)


def _loss(found: Answer) -> Written:
    if found.record is None or found.state is not QuestionState.ENTITLED:
        return "0"
    stated: Written = next(fact["value"] for fact in found.record.body["facts"] if fact["name"] == "loss")
    return stated


def _is_owed(found: Answer) -> Written:
    return yes_no(found.state is QuestionState.ENTITLED)


def _not_this(written: Written) -> Supply:
    """What the claim is not about: the other benefit has a claim of its own."""
    return lambda _: Collected(written)
