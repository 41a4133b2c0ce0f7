"""Reduced income allowance: for who held two employments or more and lost some of them (Act 800 s.36)."""

from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act800.job_search.rules import SHARES, monthly_amounts
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def held_enough(held: int, law: LawOn) -> bool:
    """Whether enough employments were held on the day of the loss (s.36)."""
    return held >= law.count("act800.reduced_income.least_employments")


@rule("2018-01-01")
def lost_beside_another(held: int, lost: int, elected: bool, law: LawOn) -> bool:
    """Whether the loss is one for reduced income allowance and not for job search allowance (s.36).

    Who keeps an employment has it for each one lost; who loses all on one day elects job search allowance for one of
    them and has it for the others. Raises `ValueError` for a loss of none, or of more than were held.
    """
    if not 1 <= lost <= held:
        raise ValueError("the employments lost are at least one and not more than those held")
    return lost < held or (law.says("act800.reduced_income.rest_of_all_lost_is_paid") and not elected)


@rule("2018-01-01")
def lump_sum(average: Fraction, months: int, law: LawOn) -> Sen:
    """The allowance in sen, paid at once: the shares of job search allowance for so many months (s.36).

    Rounded half up month by month, as job search allowance is; if the figure says no, once for the whole (`assumed`).
    """
    amounts = monthly_amounts(average, months, law)
    if law.says("act800.reduced_income.sum_of_rounded_months"):
        return sum(amounts)
    table = law.table(SHARES)
    return half_up(average * sum(table.share(table.find(month), "share") for month in range(1, months + 1)))
