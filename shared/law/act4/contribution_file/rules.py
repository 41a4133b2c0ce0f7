"""Which layouts of the contribution file the organisation accepts."""

from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2022-07-01")
def layouts_accepted(wage_month: Month, law: LawOn) -> tuple[str, ...]:
    """The layouts ("v1", "v2") in which a line of a wage month may be submitted on the day of the law.

    v1 and v2 from 1 June 2026, only v2 from 1 October 2026; v1 always for wage months before June 2026 (`assumed`).
    """
    layouts = set(law.names("act4.contribution_file.layouts"))
    if wage_month.first_day < law.day("act4.contribution_file.v1_before"):
        layouts.add("v1")
    return tuple(sorted(layouts))


@rule("2022-07-01")
def formats_accepted(law: LawOn) -> tuple[str, ...]:
    """The formats in which contributions may be sent on the day of the law (`assumed`)."""
    return law.names("act4.contribution_file.formats")
