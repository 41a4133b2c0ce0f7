"""An employer's people as contribution lines are checked: what the law makes depend on the person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import NamedTuple, Self

from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category, category, contributes_as
from shared.law.act800.contributions.rules import insured
from shared.law.book import LawOn
from shared.law.errors import NotYetLaw

FOREIGN = "foreign_worker"
# Days are counted from here, as numpy does.
_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Insured:
    """A person in a wage month; `first_liable_on` is the first day of their first spell with any employer.

    `name` is the registered one; `works_here` and `works_elsewhere` say whether the month has a day of employment with
    the employer of the line, and with another; `released_from_skbbk`, whether the person does not take part in it.
    """

    person: int
    born_on: date
    first_liable_on: date
    residence: str
    name: str = field(repr=False)
    works_here: bool
    works_elsewhere: bool
    released_from_skbbk: bool
    # Whether a spell here with a day in the month is of work that the Act has.
    act4_has_work: bool = True
    act800_has_work: bool = True

    def may_owe_no_skbbk(self, month: Month, law: LawOn) -> bool:
        """Whether a line of who takes part may lawfully bring nothing to the SKBBK: another employer may deduct it."""
        return self.works_elsewhere and law.on(month.first_day).says("act4.skbbk.one_employer_deducts")

    def in_first_category(self, month: Month, law: LawOn) -> bool:
        """Whether Act 4's columns of the first category apply in the month (s.6(2)).

        To a foreign worker only since invalidity is covered, July 2024; raises NotYetLaw before January 2019, when the
        Act was not open to them.
        """
        held = category(self.born_on, self.first_liable_on, month, law)
        return contributes_as(held, self.residence == FOREIGN, law.on(month.first_day)) is Category.FIRST

    def in_act800(self, month: Month, law: LawOn) -> bool:
        """Whether the person is insured under Act 800 in the month; nobody was before 1 January 2018."""
        if not self.act800_has_work:
            return False
        try:
            return insured(self.born_on, self.first_liable_on, self.residence == FOREIGN, month, law)
        except NotYetLaw:
            return False


class Works(NamedTuple):
    """What of a person's work and choices a line is checked by, as `Insured` has it; as one number, a bit for each."""

    works_here: bool
    works_elsewhere: bool
    released_from_skbbk: bool
    act4_has_work: bool
    act800_has_work: bool

    @classmethod
    def of(cls, number: int) -> Self:
        """Those that a number stands for."""
        return cls(*(bool(number >> bit & 1) for bit in range(len(cls._fields))))

    @property
    def number(self) -> int:
        """The number that stands for them."""
        return sum(mark << bit for bit, mark in enumerate(self))


@dataclass(frozen=True, slots=True)
class Matches:
    """Whom the numbers of lines stand for, as columns: a row for each person that the line in this place may mean.

    Days are counted from 1970; `works` are numbers of `Works`.
    """

    places: Sequence[int]
    persons: Sequence[int]
    born_on: Sequence[int]
    first_liable_on: Sequence[int]
    residences: Sequence[str]
    names: Sequence[str] = field(repr=False)
    works: Sequence[int]

    @classmethod
    def of(cls, people: Sequence[tuple[int, Insured]]) -> Self:
        """Of people that are at hand, each with the place of a line."""
        each = [person for _, person in people]
        return cls(
            places=[place for place, _ in people],
            persons=[one.person for one in each],
            born_on=[(one.born_on - _FIRST_DAY).days for one in each],
            first_liable_on=[(one.first_liable_on - _FIRST_DAY).days for one in each],
            residences=[one.residence for one in each],
            names=[one.name for one in each],
            works=[Works(*(getattr(one, name) for name in Works._fields)).number for one in each],
        )

    def each_once(self) -> Self:
        """Without those who stand more than once in a place."""
        pairs = list(zip(self.places, self.persons, strict=True))
        if len(set(pairs)) == len(pairs):
            return self
        rows = sorted({pair: row for row, pair in reversed(list(enumerate(pairs)))}.values())
        return type(self)(*([getattr(self, each.name)[row] for row in rows] for each in fields(self)))

    def each(self) -> Iterator[tuple[int, Insured]]:
        """Place by place."""
        for place, person, born, liable, residence, name, works in zip(
            *(self.places, self.persons, self.born_on, self.first_liable_on, self.residences, self.names, self.works),
            strict=True,
        ):
            days = (_FIRST_DAY + timedelta(born), _FIRST_DAY + timedelta(liable))
            yield place, Insured(person, *days, residence, name, **Works.of(works)._asdict())
