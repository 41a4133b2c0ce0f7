"""The average of a person in similar work (Fourth Schedule para 4A), over the window of somebody else's accident."""

from datetime import date

import pytest

from shared.kernel.periods import Month
from shared.law.act4.wage_base.employments import Spell, WithEmployer, average_in_similar_work
from shared.law.book import LawOn, book
from shared.law.errors import NoWageMonth

ACCIDENT = date(2026, 7, 15)


def law() -> LawOn:
    return book().on(ACCIDENT, date(2026, 8, 11))


def operator(*wages: int, first: date = date(2025, 1, 1)) -> list[WithEmployer]:
    """Wages in sen from January 2026 on, one month after the other."""
    months = {Month(2026, 1) + number: (wage,) for number, wage in enumerate(wages)}
    return [WithEmployer([Spell(first)], months)]


def test_it_is_the_average_of_the_classes_of_the_window() -> None:
    """Life 4: RM2,290.00 in each of the six months is of the class assumed RM2,250.00."""
    assert average_in_similar_work(operator(*[229_000] * 6), ACCIDENT, law()) == 225_000
    assert average_in_similar_work(operator(*[256_000] * 6), ACCIDENT, law()) == 255_000


def test_part_of_a_sen_is_one_more() -> None:
    """RM40.00 and twice RM2,550.00 are RM5,140.00 in three months: RM1,713.33 and a third."""
    [paid] = operator(5_000, 256_000, 256_000)
    left = [WithEmployer([Spell(date(2026, 1, 1), date(2026, 3, 31))], paid.wages)]
    assert average_in_similar_work(left, ACCIDENT, law()) == 171_334


def test_months_from_that_of_the_accident_on_rate_nothing() -> None:
    with pytest.raises(NoWageMonth):
        average_in_similar_work(operator(*[0] * 6, 107_000, first=date(2026, 7, 1)), ACCIDENT, law())
