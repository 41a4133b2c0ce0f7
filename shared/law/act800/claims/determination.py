"""Whether a claim under Act 800 is approved, and for how many months; how long a benefit is suspended."""

from shared.kernel.periods import age_on
from shared.law.act800.claims.rules import (
    ContributionMonths,
    claim_window,
    claimed_in_time,
    counted_months,
    is_loss_of_employment,
    months_of_benefit,
    suspended_within_limit,
)
from shared.law.act800.wage_base.questions import LOSS
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import joined, working

IN_TIME = "claimed within the limit"
IS_LOSS = "the end of the employment is a loss of employment"
UNDER_AGE = "under the minimum retirement age on the day of the loss"
ENOUGH = "enough contributions for the claim"
NOT_HELD = "no complaint about the same loss is pending"
NOT_TOO_LONG = "suspended no longer than allowed"
_CLAIM = "Act 800, ss.28-29"
KINDS = (
    "retrenchment",
    "other termination by the employer",
    "mutual termination with terms",
    "voluntary resignation",
    "contract expiry",
    "mutual termination without terms",
    "completion of work",
    "retirement",
    "misconduct dismissal",
    "voluntary separation scheme",
    "constructive dismissal",
    "employer breach",
    "threat",
    "sexual harassment",
    "ordered dangerous work",
    "closure",
    "disaster",
    "unsafe workplace",
)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Makes every test of the claim, in the order of the Act, and counts the contributions of the window."""
    facts.in_order("born", "loss")
    lost_on, number = facts.day("loss"), facts.count("claim number")
    claimed_on = facts.day("claimed")
    steps.amount("days to claim", (claimed_on - lost_on).days, working("{}/{}", lost_on, claimed_on), _CLAIM)
    steps.test(IN_TIME, claimed_in_time(lost_on, claimed_on, law))
    steps.test(IS_LOSS, is_loss_of_employment(facts.text("kind"), law))
    steps.test(UNDER_AGE, age_on(facts.day("born"), lost_on) < law.age("act800.claims.minimum_retirement_age"))
    months = _decide_contributions(facts, law, steps)
    held = law.says("act800.claims.pending_complaint_holds") and facts.says("complaint pending")
    steps.test(NOT_HELD, not held)
    if not steps.refused:
        steps.amount("months of benefit", months, months, "Act 800, s.33; Fourth Schedule")
        waiting = law.days("act800.claims.waiting_period")
        steps.amount("waiting period", waiting, waiting)
    next_number = number if steps.refused else number + 1
    steps.amount("next claim number", next_number, next_number, "Act 800, ss.28-33; Fourth Schedule")


def _decide_contributions(facts: Facts, law: LawOn, steps: Steps) -> int:
    lost_on, number = facts.day("loss"), facts.count("claim number")
    window = claim_window(lost_on, number, law)
    steps.amount("window", len(window), working("{}/{}", window[0], window[-1]))
    months = ContributionMonths(
        facts.months("contributed"), facts.months("temporary disablement months"), facts.months("months used")
    )
    counted = counted_months(lost_on, number, months, law)
    steps.amount("contributions counted", len(counted), joined(", ", *counted))
    benefit = months_of_benefit(number, len(counted), law)
    steps.test(ENOUGH, benefit > 0, "Act 800, s.32")
    return benefit


def decide_suspension(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Counts the days of a suspension."""
    periods = facts.periods("suspended")
    if len(periods) != 1:
        raise MalformedFact("suspended", "one period, its first and its last day")
    steps.test(NOT_TOO_LONG, suspended_within_limit(periods[0], law))
    steps.amount("days", len(periods[0]), periods[0], "Act 800, s.41")


DETERMINATIONS = (
    Determination(
        name="act800 claim conditions",
        title="Conditions of a claim and months of benefit",
        title_ms="Syarat tuntutan dan bulan faedah",
        law="Act 800, ss.27-44; Fourth Schedule",
        law_day="loss",
        facts=(
            LOSS,
            Fact("claimed", "date", "the day of the claim"),
            Fact(
                "kind",
                "choice",
                "how the employment ended; the resignations counted are words of their own",
                choices=KINDS,
            ),
            Fact("born", "date", "date of birth of the claimant"),
            Fact("contributed", "months", "months with a contribution; the month of the loss need not be given"),
            Fact(
                "temporary disablement months",
                "months",
                "months of temporary disablement benefit without wages: counted as contributed",
                default=[],
            ),
            Fact("months used", "months", "months used in earlier approved claims", default=[]),
            Fact("claim number", "count", "1 plus the number of earlier approved claims", default="1"),
            Fact(
                "complaint pending",
                "yes_no",
                "whether reinstatement, termination benefit or a premature-retirement complaint is not resolved",
                default="no",
            ),
        ),
        tests=(
            Test(IN_TIME, "dituntut dalam had masa", "Act 800, ss.28-29"),
            Test(IS_LOSS, "penamatan itu ialah kehilangan pekerjaan", "Act 800, s.30"),
            Test(UNDER_AGE, "di bawah umur persaraan minimum pada hari kehilangan pekerjaan", "Act 800, s.32"),
            Test(ENOUGH, "caruman mencukupi bagi tuntutan itu", "Act 800, s.32; Fourth Schedule"),
            Test(NOT_HELD, "tiada aduan tentang kehilangan yang sama belum selesai", "Act 800, s.43(2)"),
        ),
        results=(
            Result("days to claim", "hari sehingga tuntutan", "days", "days from the loss to the claim"),
            Result("window", "tempoh kiraan", "months", "consecutive months up to and with the month of the loss"),
            Result(
                "contributions counted", "caruman dikira", "months", "months of the window that count as contributed"
            ),
            Result("months of benefit", "bulan faedah", "months", "3 to 6 months of allowance; only if approved"),
            Result("waiting period", "tempoh menunggu", "days", "days from the approval; only if approved"),
            Result(
                "next claim number",
                "nombor tuntutan seterusnya",
                "count",
                "the number of the next claim: one higher if this one is approved, for a rejected one is never made",
            ),
        ),
        decide=decide,
        granted="approved",
    ),
    Determination(
        name="act800 suspension",
        title="Suspension of a benefit with inquiry",
        title_ms="Penggantungan faedah dengan siasatan",
        law="Act 800, s.41",
        law_day="first day of the suspension",
        facts=(
            Fact("first day of the suspension", "date", "the first day of the suspension"),
            Fact("suspended", "periods", "first and last day of the suspension"),
        ),
        tests=(Test(NOT_TOO_LONG, "digantung tidak lebih lama daripada yang dibenarkan", "Act 800, s.41"),),
        results=(Result("days", "hari", "days", "days of the suspension"),),
        decide=decide_suspension,
        granted="allowed",
    ),
)
