"""Interim assistance of 2018: what it came to; who had it is not in the dossier."""

from shared.law.act800.interim_scheme.rules import assistance
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working


def decide(_: Facts, law: LawOn, steps: Steps) -> None:
    """Multiplies the monthly amount by the months."""
    monthly, months = law.sen("act800.interim_scheme.monthly"), law.months("act800.interim_scheme.months")
    steps.amount("amount", assistance(law), working("{} × {}", months, sen(monthly)))


DETERMINATIONS = (
    Determination(
        name="act800 interim assistance",
        title="Interim assistance of 2018",
        title_ms="Bantuan interim 2018",
        law="Act 800; interim scheme of 2018",
        law_day="loss",
        facts=(Fact("loss", "date", "the day of the loss of employment"),),
        tests=(),
        results=(Result("amount", "amaun", "sen", "the assistance of all its months"),),
        decide=decide,
    ),
)
