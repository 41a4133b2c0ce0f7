"""Whether an employer's notice of an accident is in time (General Regulations 1971)."""

from shared.law.act4.notices.rules import hours_between, notice_in_time
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import working

IN_TIME = "notice was given within the hours allowed"
REGULATIONS = "Employees' Social Security (General) Regulations 1971"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the hours between learning and notice."""
    learnt, given = facts.instant("learnt"), facts.instant("given")
    if given < learnt:
        raise MalformedFact("given", f"{given:%Y-%m-%d %H:%M} lies before the employer learnt of the accident")
    steps.test(IN_TIME, notice_in_time(learnt, given, law))
    allowed = law.hours("act4.notices.employer_hours")
    steps.amount("hours allowed", allowed, allowed)
    taken = hours_between(learnt, given)
    steps.amount("hours taken", taken, working("{} → {}", learnt, given), REGULATIONS)


DETERMINATIONS = (
    Determination(
        name="act4 notice",
        title="Whether an employer's notice of an accident is in time",
        title_ms="Sama ada notis kemalangan oleh majikan dibuat dalam masa",
        law=REGULATIONS,
        law_day="learnt",
        facts=(
            Fact("learnt", "instant", "when the employer learnt of the accident"),
            Fact("given", "instant", "when notice was given; a late notice takes no benefit from the worker"),
        ),
        tests=(Test(IN_TIME, "notis dibuat dalam tempoh jam yang dibenarkan", REGULATIONS),),
        results=(
            Result("hours allowed", "jam yang dibenarkan", "hours", "from learning of the accident"),
            Result("hours taken", "jam yang diambil", "hours", "from learning to notice; exact, such as 97/2"),
        ),
        decide=decide,
        granted="in time",
    ),
)
