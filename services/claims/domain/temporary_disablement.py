"""Decides temporary disablement benefit for an employment injury (Act 4 ss.5, 6(2), 22; Fourth Schedule)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.claims.domain.certified_time import CertifiedTime, certified_time
from services.claims.domain.contested import CONTESTED, set_aside
from services.claims.domain.employments import (
    employments,
    months_that_would_count,
    wages_outside,
    wages_stated_late,
)
from services.claims.domain.facts import Certificate, InjuryFacts, Revisions, Spell
from services.claims.domain.relation import STATED_LATE
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days, count_days, days_without, joined
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.act4.temporary_disablement.rules import (
    daily_rate,
    daily_rate_working,
    days_before_look,
    days_to_look_at,
    payable_days,
)
from shared.law.act4.wage_base.rules import WageBase, average_assumed_monthly_wage, wage_base_of_all
from shared.law.book import LawOn
from shared.law.decision import Amounts, DecisionRecord, FactUsed, Tests

KIND = "act4.temporary_disablement"
CONTINGENCY = "employment_injury"
WATERMARK = "watermark"
HELD = "days of another claim"
PUBLISHED = frozenset(("person", "spell", "membership", "wage"))
CONTRACT_OF_SERVICE = "employed under a contract of service on the day of the accident"
COVERED = "covered for employment injury on the day"
CERTIFIED = "certified unfit long enough"
TO_LOOK_AT = "certified days to look at"
SHARED = "days that another claim has"
OVER_REVIEW_DAYS, RELAPSE, OUTSIDE = "over_review_days", "relapse_to_look_at", "wages_outside_employment"


@dataclass(frozen=True)
class Assessment:
    """A decision: its record, and what `claim.assessed` states of it. ``periods`` is empty when refused.

    ``looks``: why a person looks at something that is kept out of it, while the rest stands. ``waiting``: the certified
    days among what is kept out that no other claim has.
    """

    record: DecisionRecord
    entitled: bool
    daily_rate: Sen
    periods: tuple[Days, ...]
    provisional: bool
    reason: str
    law: str
    looks: tuple[str, ...] = ()
    waiting: tuple[Days, ...] = ()

    @property
    def amount(self) -> Sen:
        """The whole entitlement in sen: payable days × daily rate."""
        return count_days(self.periods) * self.daily_rate


def is_covered(facts: InjuryFacts) -> bool:
    """Whether anything known speaks for cover on the day; a refusal for lack of it waits until nothing is missing."""
    return bool(facts.spells_on_the_day) and facts.category is not None


def knows_less(known: Revisions, last: DecisionRecord | None) -> bool:
    """Whether something of another service that the last decision rested on is not known now.

    Facts never vanish: then a projection is being rebuilt, and deciding on less would undo what was right. What is
    known counts, not what would be asked for: a month may be superseded by a newer one, or corrected to no wages.
    """
    if last is None:
        return False
    rested_on = [fact for fact in last.body["facts"] if fact["kind"] in PUBLISHED]
    return any(known.get((fact["kind"], str(fact["id"])), -1) < fact["revision"] for fact in rested_on)


def assess(facts: InjuryFacts, law: LawOn, decided_on: date) -> Assessment:
    """Decide on what is known; raises NoWageMonth when no month can be rated, which a person must look at."""
    tests, amounts = Tests(law), Amounts(law)
    certified = _test(facts, law, tests)
    if tests.failed:
        failed = tests.failed[0]
        record = _record("refused", facts, law, tests, amounts, decided_on, {"reason": failed.code})
        return Assessment(record, False, 0, (), False, failed.code, ", ".join(failed.law))
    base = wage_base_of_all(facts.happened_on, employments(facts, law), law)
    rate = _rate(base, law, amounts)
    within = days_before_look(certified.days, law)
    payable = payable_days(within, facts.happened_on, facts.worked_with_wages, None, law)
    periods, contested = set_aside(payable, facts.held) if facts.held else (payable, ())
    _kept_out(certified, contested, law, amounts)
    _total(periods, rate, amounts)
    # Which months are provisional stands in the working of their amounts: a line that arrives and says what was
    # assumed makes no new revision.
    details: dict[str, object] = {"periods": list(periods), "provisional": bool(base.provisional)}
    details |= {name: list(days) for name, days in (("contested", contested), ("relapses", certified.relapses)) if days}
    record = _record("entitled", facts, law, tests, amounts, decided_on, details)
    looks = _looks(facts, certified, contested, law)
    law_of_it = "Act 4, s.22; Fourth Schedule"
    waiting = _waiting(facts, certified, within)
    return Assessment(record, True, rate, periods, bool(base.provisional), "", law_of_it, looks, waiting)


def _test(facts: InjuryFacts, law: LawOn, tests: Tests) -> CertifiedTime:
    """Test cover and the days certified; the days."""
    tests.check(CONTRACT_OF_SERVICE, bool(facts.spells_on_the_day), "Act 4, s.2(5) and s.5")
    category = facts.category
    covered = category is not None and CONTINGENCY in contingencies(Category(category), law)
    tests.check(COVERED, covered, "Act 4, s.6(2)")
    certified = certified_time(facts.certificates, facts.happened_on, law)
    enough = count_days(certified.days) >= law.days("act4.temporary_disablement.minimum_days")
    tests.check(CERTIFIED, enough)
    return certified


def _looks(facts: InjuryFacts, certified: CertifiedTime, contested: tuple[Days, ...], law: LawOn) -> tuple[str, ...]:
    asked = {
        CONTESTED: bool(contested),
        OVER_REVIEW_DAYS: days_to_look_at(count_days(certified.days), law) > 0,
        RELAPSE: bool(certified.contradicting),
        OUTSIDE: bool(wages_outside(facts, law)),
        STATED_LATE: bool(wages_stated_late(facts, law)),
    }
    return tuple(reason for reason, is_asked in asked.items() if is_asked)


def _waiting(facts: InjuryFacts, certified: CertifiedTime, within: tuple[Days, ...]) -> tuple[Days, ...]:
    """The days that a person looks at first, without those that another claim has: two claims never bar each other."""
    kept_out = joined((*days_without(certified.days, within), *certified.contradicting))
    return set_aside(kept_out, facts.held)[0]


def _rate(base: WageBase, law: LawOn, amounts: Amounts) -> Sen:
    for month, assumed in base.assumed.items():
        working = "last known class" if month in base.provisional else "class of the wage declared"
        amounts.add(f"assumed wage of {month}", assumed, working, "Act 4, Fourth Schedule")
    average = average_assumed_monthly_wage(base.assumed, law)
    total = ringgit(sum(base.assumed.values()))
    amounts.add("average assumed monthly wage", average, f"{total} / {len(base.assumed)}", "Act 4, Fourth Schedule")
    rate = daily_rate(average, law)
    amounts.add("daily rate", rate, daily_rate_working(base.assumed, law))
    return rate


def _kept_out(certified: CertifiedTime, contested: tuple[Days, ...], law: LawOn, amounts: Amounts) -> None:
    """Days that are not paid by rule: a person looks at them."""
    count = count_days(certified.days)
    beyond = days_to_look_at(count, law)
    if beyond:
        limit = law.days("act4.temporary_disablement.review_days")
        amounts.add(TO_LOOK_AT, beyond, f"{count} - {limit}", unit="days")
    if contested:
        shared = ", ".join(map(str, contested))
        amounts.add(SHARED, count_days(contested), shared, "act4.temporary_disablement.shared_day_rate", unit="days")


def _total(periods: tuple[Days, ...], rate: Sen, amounts: Amounts) -> None:
    days = count_days(periods)
    ranges = ", ".join(str(period) for period in periods)
    amounts.add("payable days", days, ranges or "none", "Act 4, s.22", unit="days")
    amounts.add("temporary disablement benefit", days * rate, f"{days} × {ringgit(rate)}", "Act 4, s.22")


def _record(
    outcome: str,
    facts: InjuryFacts,
    law: LawOn,
    tests: Tests,
    amounts: Amounts,
    decided_on: date,
    details: Mapping[str, object],
) -> DecisionRecord:
    return DecisionRecord.of(
        kind=KIND,
        outcome=outcome,
        facts=facts_used(facts, law),
        tests=tests,
        amounts=amounts,
        law=law,
        decided_on=decided_on,
        facts_known_to=facts.known_to,
        details=details,
    )


def facts_used(facts: InjuryFacts, law: LawOn) -> list[FactUsed]:
    """The facts that the decision read, with ids and revisions, so that a late one finds this decision (rules F2)."""
    months = set(months_that_would_count(facts, law))
    used = [FactUsed("person", facts.person, facts.person_revision, {"born_on": facts.born_on})]
    used.append(FactUsed("accident", facts.person, 1, _accident(facts)))
    used += [FactUsed("spell", str(each.id), each.revision, _spell(each)) for each in facts.spells]
    used += [
        FactUsed("membership", each.scheme, each.revision, _range(each.first, each.last) | {"category": each.category})
        for each in facts.memberships
    ]
    used += [
        FactUsed("wage", each.id, each.revision, {"month": each.month, "wage": each.wage})
        for each in facts.wages
        if each.month in months
    ]
    used += [FactUsed(HELD, str(each.claim), each.revision, {"days": list(each.days)}) for each in facts.held]
    used += [FactUsed("certificate", str(each.id), 1, _certificate(each)) for each in facts.certificates]
    used += [
        FactUsed(WATERMARK, topic, 0, {"complete_until": until}) for topic, until in sorted(facts.watermarks.items())
    ]
    return used


def _accident(facts: InjuryFacts) -> dict[str, object]:
    return {"happened_on": facts.happened_on, "worked_with_wages": list(facts.worked_with_wages)}


def _spell(spell: Spell) -> dict[str, object]:
    values = _range(spell.first, spell.last) | {"employer": spell.employer}
    # Of a verified one the day of its statement decides nothing.
    return values if spell.verified else values | {"stated_on": spell.stated_on}


def _range(first: date, last: date | None) -> dict[str, object]:
    return {"first": first} if last is None else {"first": first, "last": last}


def _certificate(certificate: Certificate) -> dict[str, object]:
    values: dict[str, object] = {"issued_on": certificate.issued_on}
    if certificate.days is not None:
        values["days"] = certificate.days
    if certificate.fit_from is not None:
        values["fit_from"] = certificate.fit_from
    return values
