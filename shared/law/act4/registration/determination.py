"""Time limits of registration and records (Act 4 ss.4, 5; General Regulations 1971)."""

from shared.law.act4.registration.rules import (
    keep_records_to,
    notify_cessation_by,
    register_employee_by,
    register_employer_by,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact
from shared.law.facts import Facts

_LIMITS = (
    ("liable from", "register the employer by", register_employer_by),
    ("employed from", "register the employee by", register_employee_by),
    ("ceased on", "notify the cessation by", notify_cessation_by),
    ("last entry on", "keep the records to", keep_records_to),
)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Gives the last day of each time limit whose first day is known."""
    for fact, result, last_day in _LIMITS:
        if facts.has(fact):
            begins = facts.day(fact)
            steps.amount(result, last_day(begins, law), begins)


DETERMINATIONS = (
    Determination(
        name="act4 registration",
        title="Time limits of registration and records",
        title_ms="Had masa pendaftaran dan rekod",
        law="Act 4, ss.4-5",
        law_day="begins on",
        facts=(
            Fact("begins on", "date", "the day on which the time begins to run"),
            Fact("liable from", "date", "day on which the employer became liable", default=""),
            Fact("employed from", "date", "first day of a new employee", default=""),
            Fact("ceased on", "date", "day on which the employer ceased to be one", default=""),
            Fact("last entry on", "date", "day of the last entry in a record", default=""),
        ),
        tests=(),
        results=(
            Result("register the employer by", "daftar majikan sebelum", "date", "last day"),
            Result("register the employee by", "daftar pekerja sebelum", "date", "last day"),
            Result("notify the cessation by", "maklumkan pemberhentian sebelum", "date", "last day"),
            Result("keep the records to", "simpan rekod hingga", "date", "last day"),
        ),
        decide=decide,
        granted="decided",
    ),
)
