"""Rows of an earlier system held against what is known: new, known as they stand, or set aside with a reason."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Self, TypeVar
from uuid import UUID

from services.registration.domain.contribution import Amounts
from services.registration.domain.errors import PersonErased
from services.registration.domain.membership import Employed
from services.registration.domain.opening import MonthsRow, OpeningFault, OpeningRow
from shared.kernel.money import Sen

R = TypeVar("R", bound=OpeningRow)
_EVER = date.max


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows of a piece: those that are new, how many are known, and what is wrong with the others; of people and
    employers also which lines were found here, as they stand."""

    new: Sequence[Any]
    known: int
    faults: Sequence[OpeningFault]
    known_lines: Sequence[int] = ()

    def unless_known(self, lines: Collection[int]) -> Self:
        """Less the new rows of lines that were known when they were checked: whom officers let count as known is not
        registered by that, such as one who was erased meanwhile."""
        return self._without(lines, "line", "known_no_longer")

    def unless_erased(self, lines: Collection[int]) -> Self:
        """Less the new rows of people of whom it is known that nothing is kept any more."""
        return self._without(lines, "id_number", PersonErased.code)

    def _without(self, lines: Collection[int], field: str, code: str) -> Self:
        if not lines:
            return self
        gone = [OpeningFault(row.line, field, code) for row in self.new if row.line in lines]
        new = [row for row in self.new if row.line not in lines]
        return replace(self, new=new, faults=[*self.faults, *gone])


# Tuples, as the rows are.
class Placed(NamedTuple):
    """A row with the numbers of the person and of the employer that it names."""

    row: Any
    person: int
    employer: int


class TakenMonths(NamedTuple):
    """Months of a person with an employer that are known: taken over, or declared here by a line."""

    first_month: int
    last_month: int
    wage_sen: Sen
    amounts: Amounts
    is_declared_here: bool = False

    @classmethod
    def of(cls, row: MonthsRow) -> Self:
        """What a row says."""
        return cls(row.first_month, row.last_month, row.wage_sen, row.amounts)

    def says(self, row: MonthsRow) -> bool:
        """Whether a row says the same."""
        return self[:4] == (row.first_month, row.last_month, row.wage_sen, row.amounts)


@dataclass(frozen=True, slots=True)
class KeptMonths:
    """Months that were taken over, of whom, in which file, and when."""

    file: UUID
    taken_at: datetime
    person: int
    employer: int
    months: TakenMonths


class Sorting:
    """Rows on their way."""

    def __init__(self) -> None:
        self._new: list[Any] = []
        self._known = 0
        self._known_lines: list[int] = []
        self._faults: list[OpeningFault] = []

    def once(self, rows: Sequence[R], key: Callable[[R], Hashable], content: Callable[[R], object]) -> Iterable[R]:
        """The first row of each key; an equal one after it is known, another one is set aside."""
        seen: dict[Hashable, object] = {}
        for row in rows:
            said = content(row)
            if key(row) not in seen:
                seen[key(row)] = said
                yield row
            elif seen[key(row)] == said:
                self._known += 1
            else:
                self.fault(row, "line", "repeated_in_file")

    def put(self, row: OpeningRow, *, is_there: bool, is_same: bool) -> None:
        """A row is new, or known as it stands, or contradicts what is known."""
        if not is_there:
            self.add(row)
        elif is_same:
            self._known += 1
            self._known_lines.append(row.line)
        else:
            self.fault(row, "line", "differs_from_known")

    def add(self, what: object) -> None:
        """A row is new."""
        self._new.append(what)

    def know(self) -> None:
        """A row is known as it stands."""
        self._known += 1

    def fault(self, row: OpeningRow, field: str, code: str) -> None:
        """A row is set aside."""
        self._faults.append(OpeningFault(row.line, field, code))

    def judged(self) -> Judged:
        """What became of all."""
        return Judged(self._new, self._known, self._faults, self._known_lines)


def judge_spells(
    placed: Sequence[Placed], births: Mapping[int, date], known: Mapping[tuple[int, int], Sequence[Employed]]
) -> Judged:
    """Spells beside those that are known: no two of a person with one employer share a day."""
    sorting = Sorting()
    held = {key: [(days.first, days.last or _EVER) for days in spells] for key, spells in known.items()}
    for each in placed:
        row, mine = each.row, held.setdefault((each.person, each.employer), [])
        first, last = said = (row.first, row.last or _EVER)
        if first <= births[each.person]:
            sorting.fault(row, "first_day", "before_birth")
        elif said in mine:
            sorting.know()
        elif any(first <= until and since <= last for since, until in mine):
            sorting.fault(row, "line", "spell_overlaps")
        else:
            mine.append(said)
            sorting.add(each)
    return sorting.judged()


def judge_months(
    placed: Sequence[Placed],
    spells: Mapping[tuple[int, int], Sequence[Employed]],
    known: Mapping[tuple[int, int], Sequence[TakenMonths]],
) -> Judged:
    """Months beside those that are known: each once, the first and the last with a day of employment."""
    sorting = Sorting()
    held = {key: list(months) for key, months in known.items()}
    employed = {key: [_months_of(each) for each in days] for key, days in spells.items()}
    for each in placed:
        row, key = each.row, (each.person, each.employer)
        first, last = row.first_month, row.last_month
        mine = held.setdefault(key, [])
        shared = [other for other in mine if first <= other.last_month and other.first_month <= last]
        if shared:
            _judge_shared(row, shared, sorting)
        elif not (_is_in(first, employed.get(key, ())) and _is_in(last, employed.get(key, ()))):
            sorting.fault(row, "first_month", "months_outside_employment")
        else:
            mine.append(TakenMonths.of(row))
            sorting.add(each)
    return sorting.judged()


def _is_in(month: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= month <= last for first, last in spans)


def _judge_shared(row: MonthsRow, shared: Sequence[TakenMonths], sorting: Sorting) -> None:
    """Months of which something is known: they are known as they stand, or contradict it."""
    if any(other.says(row) and not other.is_declared_here for other in shared):
        sorting.know()
    else:
        declared = any(other.is_declared_here for other in shared)
        sorting.fault(row, "first_month", "months_declared_here" if declared else "months_overlap")


def _months_of(days: Employed) -> tuple[int, int]:
    """The first and the last month with a day of employment, written 202606."""
    last = days.last or _EVER
    return days.first.year * 100 + days.first.month, last.year * 100 + last.month
