"""Lines that speak of one Act alone, or do not say the wage: what they leave as it stands (decision 67)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.registration.domain.contribution import (
    AMOUNTS,
    Amounts,
    LineColumns,
    Part,
    Reading,
    StatedAmount,
    month_of,
)
from shared.kernel.money import Sen
from shared.law.act4.contributions.rules import wage_class
from shared.law.book import book

# By month and person: the wage that stands, and the amounts.
Standing = Mapping[tuple[int, int], tuple[Sen, Amounts]]
_OF_PART = {
    Part.BOTH: AMOUNTS[:4],
    Part.ACT4: AMOUNTS[:2],
    Part.ACT800: AMOUNTS[2:4],
}


def leaves_something(reading: Reading) -> bool:
    """Whether lines that are read so have to be laid over what stands."""
    return reading.is_of_one_part or reading.amount is StatedAmount.TOTAL


def laid_over(lines: LineColumns, standing: Standing, reading: Reading, known_on: date) -> LineColumns:
    """The lines as they are to stand: of the other Act what stood, and a wage that stood where it is of this class."""
    stated = {name: list(getattr(lines, name)) for name in AMOUNTS}
    wages = list(lines.wages_sen)
    others = [name for name in AMOUNTS[:4] if name not in _OF_PART[reading.part]]
    for index, (month, person) in enumerate(zip(lines.months, lines.persons, strict=True)):
        if (month, person) not in standing:
            continue
        wage, amounts = standing[month, person]
        for name in others:
            stated[name][index] = getattr(amounts, name)
        is_withdrawn = not wages[index] and any(stated[name][index] for name in others)
        is_assumed = reading.amount is StatedAmount.TOTAL and wages[index] and wage
        if is_withdrawn or (is_assumed and _assumed(wage, month, known_on) == wages[index]):
            wages[index] = wage
    return replace(lines, wages_sen=wages, **stated)


def _assumed(wage: Sen, month: int, known_on: date) -> Sen:
    return wage_class(wage, book().on(month_of(month).first_day, known_on)).assumed
