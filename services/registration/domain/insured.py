"""One of an employer's people as a contribution line is checked: what the law makes depend on the person."""

from dataclasses import dataclass, field
from datetime import date

from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category, category, contributes_as
from shared.law.act800.contributions.rules import insured
from shared.law.book import LawOn
from shared.law.errors import NotYetLaw

FOREIGN = "foreign_worker"


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
