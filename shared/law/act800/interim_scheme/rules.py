"""Interim assistance of 2018, before benefits under Act 800 were paid."""

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def assistance(law: LawOn) -> Sen:
    """The whole assistance in sen: a fixed amount for each of its months."""
    return law.sen("act800.interim_scheme.monthly") * law.months("act800.interim_scheme.months")
