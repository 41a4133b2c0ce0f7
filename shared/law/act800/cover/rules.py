"""Whose work is insured under Act 800 (First Schedule)."""

from datetime import date

from shared.kernel.periods import Month, age_on, last_reached
from shared.law.book import LawOn
from shared.law.rule import rule

# What being insured rests on, besides nationality and the first day of liability.
_FIGURES = tuple(
    f"act800.cover.{name}"
    for name in ("minimum_age", "maximum_age", "first_liable_age", "foreigners_insured", "age_on_last_day_of_month")
)


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


def as_first_liable(born_on: date, first_liable_on: date, law: LawOn) -> date:
    """A first day of liability that counts the same and is that of many: no rule, a search.

    `insured` asks of that day whether an age was reached at which a first liability is too late.
    """
    entries = law.book.figures["act800.cover.first_liable_age"].entries
    return last_reached(born_on, first_liable_on, (each.value for each in entries if each.known <= law.known))


def may_change_in(born_on: date, law: LawOn) -> set[Month]:
    """The months in which a person's being insured may begin or end by age or by an amendment: no rule, a search."""
    months: set[Month] = set()
    for name in _FIGURES:
        for entry in law.book.figures[name].entries:
            if entry.known > law.known:
                continue
            months.add(Month.of(entry.in_force))
            if isinstance(entry.value, int) and not isinstance(entry.value, bool):
                # The month of the birthday or the one after it: which day of a month counts is a figure too.
                birthday = Month(born_on.year + entry.value, born_on.month)
                months |= {birthday, birthday + 1}
    return months


def days_on_which_work_may_change(law: LawOn) -> set[date]:
    """The days on which what the Act has of a kind of work may begin or end by an amendment: no rule, a search."""
    figures = ("act800.cover.excluded", "act800.cover.spouse_insured")
    entries = (entry for name in figures for entry in law.book.figures[name].entries)
    return {entry.in_force for entry in entries if entry.known <= law.known}
