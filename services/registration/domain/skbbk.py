"""Taking part in SKBBK, the cover of non-employment injury: a membership that rests on spells, residence, and what the
person has said (Act 4 s.6(2), Act A1788; dossier act4 §5.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest

from services.registration.domain.errors import (
    SkbbkInForGood,
    SkbbkMandatory,
    SkbbkNotEmployed,
    SkbbkNotReleased,
    SkbbkReleasedAlready,
    SkbbkWindowClosed,
    SkbbkWindowNotOpen,
)
from services.registration.domain.membership import FOREIGN, CategoryPeriod, Employed, Residing, joined
from shared.kernel.periods import Month
from shared.law.act4.skbbk.rules import (
    Choices,
    first_month,
    last_day_of_new_hire,
    last_day_of_release,
    new_hire_from,
    participation,
    release_in_time,
    settled_from,
)
from shared.law.book import Book, LawOn
from shared.law.errors import NotYetLaw

SCHEME = "skbbk"
_DAY = timedelta(days=1)


class StatementKind(StrEnum):
    """What a person says of taking part: the Liability Release Notice, or that it takes part after all."""

    RELEASE = "release"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said, and the business day on which it was filed; when it was stated, and by what kind of party.

    `person`: of which number, where that is another of the same person.
    """

    kind: StatementKind
    filed_on: date
    stated_at: datetime | None = None
    stated_by: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class StatedBy:
    """Who stated it, when it reached registration: the party, and the officer where one entered a paper notice."""

    tenant: str
    at: datetime
    officer: str | None = None

    @property
    def kind(self) -> str:
        """The kind of the party, which tells nobody who it is."""
        return self.tenant.partition(":")[0]

    def says(self, kind: StatementKind, filed_on: date) -> Statement:
        """What the party states."""
        return Statement(kind, filed_on, self.at, self.kind)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a person's taking part rests on: spells with any employer, residences, statements in their order.

    The days of `spells` are those of work that Act 4 has.
    """

    spells: tuple[Employed, ...]
    residences: tuple[Residing, ...]
    statements: tuple[Statement, ...] = ()
    # The same of work that Act 800 has; None where it has all of it.
    of_act800: tuple[Employed, ...] | None = None

    def is_foreign(self, day: date) -> bool:
        """Whether the person is a foreign worker on a day."""
        return any(
            each.residence == FOREIGN and (each.first or day) <= day <= (each.last or day) for each in self.residences
        )

    @property
    def released_on(self) -> date | None:
        """The day of the release that counts; a second one cannot be filed."""
        return min((each.filed_on for each in self.statements if each.kind is StatementKind.RELEASE), default=None)

    @property
    def came_back_on(self) -> date | None:
        """The day on which the person chose to take part after it."""
        return min((each.filed_on for each in self.statements if each.kind is StatementKind.RETURN), default=None)

    def employed_from(self, released_on: date, law: LawOn) -> date | None:
        """The start of work from which a release of a new employee may be in time."""
        return new_hire_from([(spell.first, spell.last) for spell in self.spells], released_on, law.on(released_on))

    def choices(self, month: Month, law: LawOn) -> Choices:
        """What the law asks of the person for a month; a residence counts that holds at the month's end."""
        released_on = self.released_on
        employed_from = None if released_on is None else self.employed_from(released_on, law)
        return Choices(self.is_foreign(month.last_day), employed_from, released_on, self.came_back_on)


@dataclass(frozen=True, slots=True)
class MonthRun:
    """Months of employment in one status; `last` is None while it goes on. `law`: Acts and sections that decide."""

    status: str
    first: Month
    last: Month | None
    law: tuple[str, ...] = ()

    def goes_on_in(self, month: Month, status: str) -> bool:
        """Whether a month in a status is one of the run or the next after it."""
        return self.last is not None and self.last + 1 >= month and self.status == status


def status_in(month: Month, standing: Standing, law: LawOn) -> str:
    """How a person stands in a month: mandatory, by_default, by_choice or out."""
    return participation(standing.choices(month, law), month, law).name.lower()


def skbbk_membership(
    standing: Standing, law: LawOn, spells: Sequence[Employed] | None = None
) -> tuple[CategoryPeriod, ...]:
    """The days of employment since the scheme began, each in exactly one period: a month has one status.

    Adjoining spells are one; a period ends with them, or with the month before the status changes. `spells` asks for
    those of one employer alone, by what all of them make of the months.
    """
    begins = first_month(law)
    if begins is None:
        return ()
    employed = joined(standing.spells if spells is None else spells, begins.first_day)
    return tuple(period for days in employed for period in _periods(days, standing, law))


def since_it_began(standing: Standing, law: LawOn) -> Standing:
    """A standing of which the same membership follows, and which is that of many: of who stated nothing, the days of
    work since the scheme began, joined."""
    begins = _begins(law.book, law.in_force, law.known)
    if standing.statements or begins is None:
        return standing
    return Standing(tuple(joined(standing.spells, begins.first_day)), standing.residences)


@lru_cache(maxsize=64)
def _begins(law_book: Book, in_force: date, known: date) -> Month | None:
    return first_month(law_book.on(in_force, known))


def month_runs(periods: Sequence[CategoryPeriod], standing: Standing, law: LawOn) -> list[MonthRun]:
    """The same by months, with the law behind each run: days between two spells in one month break no run."""
    found: list[MonthRun] = []
    for period in periods:
        first, last = Month.of(period.first), None if period.last is None else Month.of(period.last)
        before = found[-1] if found else None
        if before is not None and before.goes_on_in(first, period.category):
            found[-1] = MonthRun(before.status, before.first, last, before.law)
            continue
        asked = law.book.on(law.in_force, law.known)
        status_in(first, standing, asked)
        found.append(MonthRun(period.category, first, last, asked.citations))
    return found


def check_release(standing: Standing, filed_on: date, law: LawOn) -> None:
    """Raises why a release that is filed on a day has no effect: by law, or because of what was said before."""
    if standing.is_foreign(filed_on):
        raise SkbbkMandatory()
    if standing.came_back_on is not None:
        raise SkbbkInForGood.since(standing.came_back_on)
    if standing.released_on is not None:
        raise SkbbkReleasedAlready(f"The release was filed on {standing.released_on}.")
    try:
        opens = law.day("act4.skbbk.window_opens")
    except NotYetLaw:
        raise SkbbkWindowNotOpen() from None
    if filed_on < opens:
        raise SkbbkWindowNotOpen(f"A release may be filed from {opens} on.")
    employed_from = standing.employed_from(filed_on, law)
    if employed_from is None:
        raise SkbbkNotEmployed()
    if not release_in_time(filed_on, employed_from, law):
        since = skbbk_membership(standing, law)[0].first
        raise SkbbkWindowClosed.after(last_day_of_release(employed_from, law), Month.of(since))


def check_return(standing: Standing, filed_on: date) -> None:
    """Raises SkbbkNotReleased unless the person is released on the day, and has not come back."""
    released_on = standing.released_on
    if released_on is None or filed_on < released_on or standing.came_back_on is not None:
        raise SkbbkNotReleased()


def employer_may_release(own: Sequence[Employed], standing: Standing, filed_on: date, law: LawOn) -> bool:
    """Whether an employer may file a person's release, by its own spells of that person: of a new employee only.

    The notice is the employee's own; that the employer files a new employee's is in one version of the FAQ (dossier
    act4 §5.2 [S6]). New is who begins with this employer the work from which the time of a release counts: no employer
    speaks for whom another one employed before. Raises SkbbkWindowNotOpen as long as nobody knows of releases.
    """
    try:
        begins = standing.employed_from(filed_on, law)
    except NotYetLaw:
        raise SkbbkWindowNotOpen() from None
    return begins is not None and any(
        spell.first <= begins
        and (spell.last is None or spell.last >= filed_on)
        and filed_on <= last_day_of_new_hire(spell.first, law)
        for spell in own
    )


def _periods(days: Employed, standing: Standing, law: LawOn) -> Iterator[CategoryPeriod]:
    """Consecutive days of employment, cut where the status changes."""
    turns = _turns(days, standing, law)
    for (first, status), following in zip_longest(turns, turns[1:]):
        last = days.last if following is None else following[0].first_day - _DAY
        yield CategoryPeriod(status, max(first.first_day, days.first), last)


def _turns(days: Employed, standing: Standing, law: LawOn) -> list[tuple[Month, str]]:
    """The first month of these days with its status, and each later month in which another status begins."""
    begins, ends = Month.of(days.first), _settled(standing, law)
    if days.last is not None:
        ends = min(ends, Month.of(days.last))
    turns = [(begins, status_in(begins, standing, law))]
    for month in (begins + months for months in range(1, ends - begins + 1)):
        status = status_in(month, standing, law)
        if status != turns[-1][1]:
            turns.append((month, status))
    return turns


def _settled(standing: Standing, law: LawOn) -> Month:
    """A month from which on nothing changes the status any more."""
    begun = (each.first for each in standing.residences)
    ended = (None if each.last is None else each.last + _DAY for each in standing.residences)
    moves = (Month.of(day) for day in (*begun, *ended) if day is not None)
    return max((settled_from(standing.choices(Month.of(law.in_force), law), law), *moves))
