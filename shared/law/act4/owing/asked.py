"""A death, as the questions state it that it ends, and those that it opens (Act 4 ss.17A, 19, 22, 29)."""

from datetime import date

from shared.law.act4.owing.rules import last_day_alive
from shared.law.book import LawOn
from shared.law.determination import Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

ALIVE = "alive on the first day of the benefit"
DIED = "the person has died"
FOUND_ALIVE_FACT = Fact(
    "found alive", "yes_no", "whether the person was found to live, against what was reported", default="no"
)
NOBODY_FACT = Fact("nobody left behind", "yes_no", "whether it was found that nobody is left behind", default="no")
DEATH_FACT = Fact("died on", "date", "the day of the person's death, which ends the benefit; absent: alive", default="")


def alive_test(section: str) -> Test:
    """The test of one who has died, by the section that the benefit is owed under."""
    return Test(ALIVE, "masih hidup pada hari pertama faedah", section)


def last_day(facts: Facts, law: LawOn) -> date | None:
    """The last day of the benefit; None while the person lives."""
    return last_day_alive(facts.day("died on"), law) if facts.has("died on") else None


def require_alive(first: date | None, facts: Facts, law: LawOn, steps: Steps, section: str) -> None:
    """Test, of one who has died, that the benefit began before: nothing is owed of it otherwise."""
    last = last_day(facts, law)
    if first is not None and last is not None:
        steps.test(ALIVE, first <= last, section)


def died_test(section: str) -> Test:
    """The test of a death that was reported and never was, by the section that would be paid under."""
    return Test(DIED, "orang itu telah meninggal dunia", section)


def is_found_alive(facts: Facts, steps: Steps, section: str) -> bool:
    """Whether the person was found to live after all, which refuses all that the death would open."""
    return facts.says("found alive") and not steps.test(DIED, False, section)
