"""Whose work is insured under Act 800 (First Schedule)."""

from datetime import date

from shared.kernel.periods import Month, age_on
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def work_is_insured(kind: str, law: LawOn) -> bool:
    """Whether the First Schedule leaves a kind of work in; domestic servants were left out until 31 May 2021."""
    return kind not in law.names("act800.cover.excluded")


@rule("2018-01-01")
def spouse_is_insured(law: LawOn) -> bool:
    """Whether the employer's spouse is insured (First Schedule)."""
    return law.says("act800.cover.spouse_insured")


@rule("2018-01-01")
def age_in(born_on: date, month: Month, law: LawOn) -> int:
    """The age of which the First Schedule asks in a month: that of its last day (`assumed`), else of its first."""
    of_last_day = law.says("act800.cover.age_on_last_day_of_month")
    return age_on(born_on, month.last_day if of_last_day else month.first_day)
