"""When a disease is an employment injury (Act 4 s.28, Fifth Schedule)."""

from datetime import date

from shared.kernel.periods import months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def within_the_months(left_on: date | None, began_on: date, extended: bool, law: LawOn) -> bool:
    """Whether a disease began in the listed work, or within 60 months after leaving it, or in an extension (s.28)."""
    if left_on is None or began_on <= months_after(left_on, law.months(_MONTHS)):
        return True
    return extended and law.says("act4.occupational_disease.extendable")


@rule("2013-01-01")
def caused_by_accident(specific_accident: bool, law: LawOn) -> bool:
    """Whether a specific accident makes a disease that is not presumed an employment injury (s.28)."""
    return specific_accident and law.says("act4.occupational_disease.accident_suffices")


_MONTHS = "act4.occupational_disease.months_after_leaving"
