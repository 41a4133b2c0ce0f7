"""What kind of work a spell is, and on which days the law has such work (Act 4 s.2(5) and First Schedule; Act 800)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.registration.domain.errors import AllowanceNeeded
from shared.kernel.clock import today
from shared.kernel.money import Sen, ringgit
from shared.law.act4.cover import rules as act4
from shared.law.act800.cover import rules as act800
from shared.law.book import LawOn, book

_DAY = timedelta(days=1)


class KindOfWork(StrEnum):
    """How somebody works for an employer, or why the law leaves it out."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    CONTRACT = "contract"
    PART_TIME = "part_time"
    CASUAL = "casual"
    APPRENTICE = "apprentice"
    INTERN = "intern"
    DOMESTIC_WORKER = "domestic_worker"
    CIVIL_SERVANT = "civil_servant"
    SELF_EMPLOYED = "self_employed"
    SOLE_PROPRIETOR = "sole_proprietor"
    PARTNER = "partner"
    PRISONER = "prisoner"


# The names of the book where they are others; a casual worker is taken to work in the employer's trade (assumed).
_OF_ACT4 = {KindOfWork.INTERN: "paid_intern", KindOfWork.DOMESTIC_WORKER: "permanent"}
_OF_ACT800 = {
    KindOfWork.DOMESTIC_WORKER: "domestic_servant",
    KindOfWork.CIVIL_SERVANT: "federal_or_state_public_service",
    KindOfWork.PRISONER: "detainee",
}
# Nobody serves under a contract with himself.
_OWN_MASTERS = frozenset({KindOfWork.SELF_EMPLOYED, KindOfWork.SOLE_PROPRIETOR, KindOfWork.PARTNER})


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive days; None for a first or a last day that is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Work:
    """The kind of a spell's work, None where nobody stated it; whether the person is married to the employer.

    `allowance` is an intern's by month, in sen.
    """

    kind: KindOfWork | None = None
    spouse: bool = False
    allowance: Sen | None = None

    @property
    def is_ordinary(self) -> bool:
        """Whether the law has it on every day, so that nothing need be asked."""
        return not self.spouse and self.kind in _ORDINARY

    def check(self) -> None:
        """Raises AllowanceNeeded where an intern's allowance is missing, or somebody else has one."""
        if (self.kind is KindOfWork.INTERN) != (self.allowance is not None):
            raise AllowanceNeeded()

    def under_act4(self, law: LawOn) -> bool:
        """Whether Act 4 has such work on the day of the law."""
        kind = self.kind or KindOfWork.PERMANENT
        domestic = kind is KindOfWork.DOMESTIC_WORKER
        return act4.work_is_covered(_OF_ACT4.get(kind, kind.value), self.spouse, domestic, self.allowance, law)

    def under_act800(self, law: LawOn) -> bool:
        """Whether Act 800 has such work on the day of the law."""
        kind = self.kind or KindOfWork.PERMANENT
        if kind in _OWN_MASTERS or not act800.work_is_insured(_OF_ACT800.get(kind, "employed"), law):
            return False
        return not self.spouse or act800.spouse_is_insured(law)

    def as_act4_asks(self) -> Mapping[str, str]:
        """The facts of the determination `act4 cover` that the work settles."""
        kind = self.kind or KindOfWork.PERMANENT
        stated = {"kind of work": _OF_ACT4.get(kind, kind.value)}
        if self.allowance is not None:
            stated["allowance"] = ringgit(self.allowance)
        if self.spouse:
            stated["spouse of the employer"] = "yes"
        if kind is KindOfWork.DOMESTIC_WORKER:
            stated["domestic worker"] = "yes"
        return stated

    def as_act800_asks(self) -> Mapping[str, str]:
        """The facts of the determination `act800 cover` that the work settles."""
        kind = self.kind or KindOfWork.PERMANENT
        stated = {"kind of work": _OF_ACT800.get(kind, "employed")}
        if kind in _OWN_MASTERS:
            stated["contract of service"] = "no"
        if self.spouse:
            stated["spouse of the employer"] = "yes"
        return stated


# Of which nothing is stated.
NOT_STATED = Work()
_ORDINARY = frozenset(
    {
        None,
        KindOfWork.PERMANENT,
        KindOfWork.TEMPORARY,
        KindOfWork.CONTRACT,
        KindOfWork.PART_TIME,
        KindOfWork.CASUAL,
        KindOfWork.APPRENTICE,
    }
)


@dataclass(frozen=True, slots=True)
class LawOfWork:
    """The days on which each Act has a kind of work; None: on every day."""

    act4: tuple[Span, ...] | None = None
    act800: tuple[Span, ...] | None = None


def law_of_work(work: Work, law: LawOn) -> LawOfWork:
    """On which days the law has such work; before the book begins as on its first day."""
    if work.is_ordinary:
        return LawOfWork()
    return LawOfWork(
        _spans(work.under_act4, act4.days_on_which_work_may_change(law), law),
        _spans(work.under_act800, act800.days_on_which_work_may_change(law), law),
    )


def law_of_work_today(work: Work) -> LawOfWork:
    """The same by the law as it is known today."""
    return LawOfWork() if work.is_ordinary else law_of_work(work, book().on(today(), today()))


def within(first: date, last: date | None, spans: Iterable[Span] | None) -> list[Span]:
    """The part of these days that lies in some spans; all of them where the spans are None."""
    if spans is None:
        return [Span(first, last)]
    found = []
    for each in spans:
        begins = max(first, each.first or first)
        ends = min((day for day in (last, each.last) if day is not None), default=None)
        if ends is None or begins <= ends:
            found.append(Span(begins, ends))
    return found


def _spans(has: Callable[[LawOn], bool], days: set[date], law: LawOn) -> tuple[Span, ...] | None:
    turns = sorted(days)
    found: list[Span] = []
    for place, day in enumerate(turns):
        if not has(law.on(day)):
            continue
        first = None if place == 0 else day
        last = None if place == len(turns) - 1 else turns[place + 1] - _DAY
        if found and first is not None and found[-1].last == first - _DAY:
            first = found.pop().first
        found.append(Span(first, last))
    return None if found == [Span(None, None)] else tuple(found)
