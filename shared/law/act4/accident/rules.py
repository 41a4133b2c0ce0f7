"""Whether an accident is an employment injury (Act 4 s.2(6), ss.23 to 25)."""

from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def in_the_course_of_employment(circumstance: str, law: LawOn) -> bool:
    """Whether the Act covers accidents in this circumstance, such as "commuting" (Act 4 s.2(6), ss.23 to 25)."""
    return circumstance in law.names("act4.accident.circumstances")


@rule("2013-01-01")
def is_settled(circumstance: str, law: LawOn) -> bool:
    """Whether the Act itself says of this circumstance if it is covered; of an employer's activity a person does."""
    return circumstance not in law.names("act4.accident.open_circumstances")


@rule("2013-01-01")
def journey_unbroken(circumstance: str, deviated: bool, law: LawOn) -> bool:
    """Whether no interruption or deviation takes a journey out of cover (Act 4 s.24(2))."""
    if circumstance not in law.names("act4.accident.journeys"):
        return True
    return not (deviated and law.says("act4.accident.deviation_breaks"))
