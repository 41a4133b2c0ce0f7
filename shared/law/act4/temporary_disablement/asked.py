"""The days of a temporary disablement as a question states them, whatever the contingency (Act 4 s.22)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Days, count_days, days_without
from shared.kernel.periods import joined as merged
from shared.law.act4.daily_rate.working import rate_working
from shared.law.act4.owing.asked import DEATH_FACT, last_day, require_alive
from shared.law.act4.temporary_disablement.certificates import Certificate, CertifiedTime, certified_time
from shared.law.act4.temporary_disablement.rules import (
    certified_days,
    days_before_look,
    days_to_look_at,
    payable_days,
    shared_with,
)
from shared.law.act4.wage_base.asked import WAGE_RESULTS, average_wage
from shared.law.book import LawOn
from shared.law.decision import INSURED, Per
from shared.law.determination import Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import joined, sen, working

CERTIFIED = "certified unfit long enough"
# Why a person looks at days that are kept out, while the rest is owed.
OVER_REVIEW_DAYS, RELAPSE, CONTESTED = "over_review_days", "relapse_to_look_at", "contested_days"
CERTIFIED_TEST = Test(CERTIFIED, "disahkan tidak sihat cukup lama", "Act 4, s.22")
DAY_FACTS = (
    Fact("accident", "date", "the day of the accident"),
    Fact(
        "certified",
        "periods",
        "the days certified unfit for work, first and last; certificates may overlap and need not follow each other, "
        "and days before the accident do not count; absent: those of the certificates",
        default="",
        by_hand_for="certificates",
    ),
    Fact(
        "certificates",
        "records",
        "the certificates one by one, in place of certified and fit from: a final one ends those issued before it",
        default=[],
        of=(
            Fact("issued on", "date", "the day of issue"),
            Fact("certified", "periods", "the days of unfitness; absent in a final certificate", default=""),
            Fact("fit from", "date", "first day of fitness by a final certificate", default=""),
        ),
    ),
    Fact("worked with wages", "dates", "days on which wages were paid", default=[]),
    Fact("fit from", "date", "first day of fitness by a final certificate", default="", by_hand_for="certificates"),
    Fact("days of another claim", "periods", "certified days that another claim of the person has", default=[]),
    Fact(
        "looked at",
        "yes_no",
        "whether a person has looked at the days beyond those after which a claim is looked at again: until then they "
        "are not owed",
        default="yes",
        by_hand_for="looked at until",
    ),
    Fact(
        "looked at until",
        "date",
        "the last of these days at which a person has looked, in place of looked at: those certified after it are not "
        "owed; stated and left blank, nobody has looked at any",
        default="",
    ),
    DEATH_FACT,
)
DAY_RESULTS = (
    *WAGE_RESULTS,
    Result("daily rate", "kadar harian", "sen", "benefit for one payable day, not under the floor"),
    Result("days", "hari", "days", "payable days"),
    Result("amount", "amaun", "sen", "days × daily rate"),
    Result(
        "certified days to look at",
        "hari cuti sakit untuk disemak",
        "days",
        "certified days beyond those after which a claim is looked at again; given only where there are any",
    ),
    Result(
        "days that contradict a final certificate",
        "hari yang bercanggah dengan sijil muktamad",
        "days",
        "certified later, from the first day of fitness on: a person looks at them; given only where there are any",
    ),
    Result(
        "days that another claim has",
        "hari yang dipegang oleh tuntutan lain",
        "days",
        "payable days that are owed for another claim of the person; given only where there are any",
    ),
)


@dataclass(frozen=True, slots=True)
class DaysAsked:
    """The certified days of a question, and which of them are paid, are another claim's, or wait for a person.

    ``stated`` are the days as they were certified: a death ends ``certified`` and the rest.
    """

    stated: tuple[Days, ...]
    certified: CertifiedTime
    paid: tuple[Days, ...]
    elsewhere: tuple[Days, ...]
    beyond: tuple[Days, ...]
    contradicting: tuple[Days, ...]


def days_asked(facts: Facts, law: LawOn) -> DaysAsked:
    """The days by certificates, a death, wages, other claims, and the look after so many days."""
    stated = _certified(facts, law)
    certified = _alive(stated, facts, law)
    within = _without_look(facts, certified.days, law)
    payable = payable_days(within, facts.day("accident"), facts.days("worked with wages"), None, law)
    others = facts.periods("days of another claim")
    if not others:
        beyond = days_without(certified.days, within)
        return DaysAsked(stated.days, certified, payable, (), beyond, certified.contradicting)
    elsewhere = shared_with(payable, others, law)
    # What another claim has is kept for nobody here: two claims never bar each other.
    beyond = days_without(certified.days, (*within, *others))
    contradicting = days_without(certified.contradicting, others)
    return DaysAsked(stated.days, certified, days_without(payable, elsewhere), elsewhere, beyond, contradicting)


def _alive(certified: CertifiedTime, facts: Facts, law: LawOn) -> CertifiedTime:
    """The certified days up to the last one alive."""
    last = last_day(facts, law)
    if last is None:
        return certified
    until = Days(date.min, last)
    days, contradicting = (
        tuple(part for each in ranges if (part := each.intersect(until)) is not None)
        for ranges in (certified.days, certified.contradicting)
    )
    return CertifiedTime(days, (), contradicting)


def _without_look(facts: Facts, certified: Sequence[Days], law: LawOn) -> tuple[Days, ...]:
    """The certified days at which nobody has to look any more."""
    if "looked at until" not in facts.written:
        return tuple(certified) if facts.says("looked at") else days_before_look(certified, law)
    until = facts.day_if_given("looked at until")
    looked_at = () if until is None else [each.intersect(Days(date.min, until)) for each in certified]
    return merged((*days_before_look(certified, law), *(each for each in looked_at if each is not None)))


def _certified(facts: Facts, law: LawOn) -> CertifiedTime:
    issued = facts.people("certificates").values()
    # Stated one by one, none may count so far.
    if issued or "certificates" in facts.written:
        return certified_time([each for one in issued for each in _certificates(one)], facts.day("accident"), law)
    if not facts.has("certified"):
        raise MalformedFact("certified", "missing")
    fit_from = facts.day_if_given("fit from")
    return CertifiedTime(certified_days(facts.periods("certified"), facts.day("accident"), fit_from, law))


def _certificates(one: Facts) -> list[Certificate]:
    issued_on, fit_from = one.day("issued on"), one.day_if_given("fit from")
    certified = one.periods("certified") if one.has("certified") else ()
    final = [Certificate(issued_on, None, fit_from)] if fit_from is not None else []
    return [*(Certificate(issued_on, days) for days in certified), *final]


def is_certified(facts: Facts, asked: DaysAsked, law: LawOn, steps: Steps, minimum_days: str, section: str) -> bool:
    """Test that the days, as they were certified, reach the minimum, a figure; of one who died, that a day was before.

    The minimum is one of the certificate: a death within it ends what is paid, and does not take it away.
    """
    steps.test(CERTIFIED, count_days(asked.stated) >= law.days(minimum_days))
    if facts.has("died on"):
        payable = payable_days(asked.stated, facts.day("accident"), facts.days("worked with wages"), None, law)
        require_alive(payable[0].first if payable else None, facts, law, steps, section)
    return not steps.refused


def pay(
    facts: Facts,
    asked: DaysAsked,
    law: LawOn,
    steps: Steps,
    share: str,
    daily_rate: Callable[[Fraction, LawOn], Sen],
    section: str,
) -> None:
    """Record the payable days, the average, the daily rate by its figure and its rule, the amount and its terms."""
    periods = asked.paid
    days = count_days(periods)
    steps.amount("days", days, joined(", ", *periods) if periods else 0, section)
    average = average_wage(facts, facts.day("accident"), law, steps)
    rate = daily_rate(average.exact, law)
    steps.amount("daily rate", rate, rate_working(average.working, (law.share(share),), rate, law), section)
    steps.amount("amount", days * rate, working("{} × {}", days, sen(rate)), section)
    for each in periods:
        steps.term(INSURED, Per.DAY, rate, each.first, each.last)
    _kept_out(asked, law, steps)


def _kept_out(asked: DaysAsked, law: LawOn, steps: Steps) -> None:
    """Days that no rule lets be owed: another claim has them, or a person looks at them first."""
    certified = count_days(asked.certified.days)
    if over := days_to_look_at(certified, law):
        limit = law.days("act4.temporary_disablement.review_days")
        steps.amount("certified days to look at", over, working("{} - {}", certified, limit))
    if asked.beyond:
        steps.look(OVER_REVIEW_DAYS, asked.beyond, "act4.temporary_disablement.review_days")
    if asked.elsewhere:
        rate_of_shared_day = "act4.temporary_disablement.shared_day_rate"
        days = joined(", ", *asked.elsewhere)
        steps.amount("days that another claim has", count_days(asked.elsewhere), days, rate_of_shared_day)
        steps.look(CONTESTED, (), rate_of_shared_day)
    if contradicting := asked.certified.contradicting:
        days = joined(", ", *contradicting)
        superseded = "act4.temporary_disablement.final_certificate_supersedes"
        steps.amount("days that contradict a final certificate", count_days(contradicting), days, superseded)
        steps.look(RELAPSE, merged(asked.contradicting), superseded)
