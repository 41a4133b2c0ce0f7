"""Whether an appeal, an application or a review is in time (Act 4 ss.33, 34(3), 83 and 84)."""

from shared.law.act4.boards.rules import (
    first_day_of_aggravation,
    last_day_at_the_appellate_board,
    last_day_of_medical_appeal,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import working

IN_TIME = "lodged in time"
NO_LEAVE = "late enough to need no leave"
MEDICAL, APPELLATE, AGGRAVATION = "appellate medical board", "social security appellate board", "review for aggravation"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Compares the day on which it is lodged with the limit of its kind."""
    decided, lodged, kind = facts.day("decided"), facts.day("lodged"), facts.text("kind")
    facts.in_order("decided", "lodged")
    if kind == AGGRAVATION:
        steps.test(NO_LEAVE, lodged >= first_day_of_aggravation(decided, facts.says("provisional"), law))
    elif kind == MEDICAL:
        steps.test(IN_TIME, lodged <= last_day_of_medical_appeal(decided, law))
    else:
        steps.test(IN_TIME, lodged <= last_day_at_the_appellate_board(decided, law))
    steps.amount("days since", (lodged - decided).days, working("{} → {}", decided, lodged), "Act 4, ss.33-34, 83-84")


DETERMINATIONS = (
    Determination(
        name="act4 appeal",
        title="Whether an appeal, an application or a review is in time",
        title_ms="Sama ada rayuan, permohonan atau semakan dibuat dalam masa",
        law="Act 4, ss.33-34, 83-84",
        law_day="decided",
        facts=(
            Fact("kind", "choice", "what is lodged", choices=(MEDICAL, APPELLATE, AGGRAVATION)),
            Fact("decided", "date", "the day of the medical board, or on which the cause of action arose"),
            Fact("lodged", "date", "the day on which it is lodged"),
            Fact("provisional", "yes_no", "whether the assessment reviewed is provisional", default="no"),
        ),
        tests=(
            Test(IN_TIME, "dibuat dalam masa", "Act 4, ss.33, 83-84"),
            Test(NO_LEAVE, "cukup lewat untuk tidak memerlukan kebenaran", "Act 4, s.34(3)"),
        ),
        results=(Result("days since", "hari sejak", "days", "days from the decision to the day of lodging"),),
        decide=decide,
        granted="in time",
    ),
)
