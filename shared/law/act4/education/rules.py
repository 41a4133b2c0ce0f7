"""The conditions of an education loan to a dependant child (education benefit)."""

from datetime import date

from shared.kernel.money import Sen
from shared.kernel.periods import Month, age_on, months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def young_enough(born_on: date, applied_on: date, law: LawOn) -> bool:
    """Whether a child is under 21 on the day of the application."""
    return age_on(born_on, applied_on) < law.age("act4.education.child_age")


@rule("2013-01-01")
def course_is_covered(course: str, law: LawOn) -> bool:
    """Whether the course is a first degree, a diploma or one of the skills certificates."""
    return course in law.names("act4.education.courses")


@rule("2013-01-01")
def enough_study_left(applied_on: date, ends_on: date, law: LawOn) -> bool:
    """Whether at least a year of study is left on the day of the application."""
    return months_after(applied_on, law.months("act4.education.remaining_months")) <= ends_on


@rule("2013-01-01")
def tuition_is_covered(tuition: Sen, law: LawOn) -> bool:
    """Whether the tuition is not above the highest one."""
    return tuition <= law.sen("act4.education.highest_tuition")


@rule("2013-01-01")
def lent_is_covered(loan: Sen, tuition: Sen, law: LawOn) -> bool:  # noqa: ARG001  the version is noted in it
    """Whether no more is lent than the tuition of the course (`assumed`: it is what a loan is for)."""
    return loan <= tuition


@rule("2013-01-01")
def repaid_later(applied_on: date, repaid_from: Month, law: LawOn) -> bool:  # noqa: ARG001  the version is noted in it
    """Whether a loan is paid back after it was lent: from a month after that of its application (`assumed`)."""
    return repaid_from > Month.of(applied_on)


@rule("2013-01-01")
def instalments(loan: Sen, instalment: Sen, law: LawOn) -> tuple[int, Sen]:  # noqa: ARG001
    """How many months pay a loan back, and what is left for the last: no interest is in any source (`assumed`)."""
    whole, rest = divmod(loan, instalment)
    return (whole + 1, rest) if rest else (whole, instalment)
