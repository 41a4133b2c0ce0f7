"""Decides temporary disablement benefit for an employment injury (Act 4 ss.5, 6(2), 22; Fourth Schedule)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.claims.domain.facts import Certificate, InjuryFacts, Revisions
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days, Month, count_days
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.act4.temporary_disablement.rules import certified_days, daily_rate, daily_rate_working, payable_days
from shared.law.act4.wage_base.rules import (
    WageBase,
    assumed_wage_of_month,
    average_assumed_monthly_wage,
    wage_base,
    wage_window,
)
from shared.law.book import LawOn
from shared.law.decision import Amounts, DecisionRecord, FactUsed, Tests

KIND = "act4.temporary_disablement"
CONTINGENCY = "employment_injury"
WATERMARK = "watermark"
PUBLISHED = frozenset(("person", "spell", "membership", "wage"))
CONTRACT_OF_SERVICE = "employed under a contract of service on the day of the accident"
COVERED = "covered for employment injury on the day"
CERTIFIED = "certified unfit long enough"
FURTHEST_BACK = 24


@dataclass(frozen=True)
class Assessment:
    """A decision: its record, and what `claim.assessed` states of it. ``periods`` is empty when refused."""

    record: DecisionRecord
    entitled: bool
    daily_rate: Sen
    periods: tuple[Days, ...]
    provisional: bool
    reason: str
    law: str

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


def last_month_before(facts: InjuryFacts, law: LawOn) -> tuple[Month, ...]:
    """The newest month with wages before the rated ones: its class may stand for a month that is missing."""
    first = min(rated_months(facts, law))
    earlier = [each.month for each in facts.wages if each.month < first]
    return (max(earlier),) if earlier else ()


def months_that_would_count(facts: InjuryFacts, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first.

    Between the newest known month before the window and the window, any month would be newer, and its class would stand
    for the missing ones; with none known, `FURTHEST_BACK` months are looked at.
    """
    rated = rated_months(facts, law)
    known = last_month_before(facts, law)
    first = known[0] if known else rated[0] - FURTHEST_BACK
    return tuple(first + step for step in range(rated[-1] - first + 1))


def rated_months(facts: InjuryFacts, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit."""
    return wage_window(facts.happened_on, law)


def assess(facts: InjuryFacts, law: LawOn, decided_on: date) -> Assessment:
    """Decide on what is known; raises NoWageMonth when no month can be rated, which a person must look at."""
    tests, amounts = Tests(law), Amounts(law)
    _test(facts, law, tests)
    if tests.failed:
        failed = tests.failed[0]
        record = _record("refused", facts, law, tests, amounts, decided_on, {"reason": failed.code})
        return Assessment(record, False, 0, (), False, failed.code, ", ".join(failed.law))
    base = _wage_base(facts, law)
    rate = _rate(base, law, amounts)
    periods = payable_days(facts.certified, facts.happened_on, facts.worked_with_wages, facts.fit_from, law)
    _total(periods, rate, amounts)
    # Which months are provisional stands in the working of their amounts: a line that arrives and says what was
    # assumed makes no new revision.
    details = {"periods": list(periods), "provisional": bool(base.provisional)}
    record = _record("entitled", facts, law, tests, amounts, decided_on, details)
    return Assessment(record, True, rate, periods, bool(base.provisional), "", "Act 4, s.22; Fourth Schedule")


def _test(facts: InjuryFacts, law: LawOn, tests: Tests) -> None:
    tests.check(CONTRACT_OF_SERVICE, bool(facts.spells_on_the_day), "Act 4, s.2(5) and s.5")
    category = facts.category
    covered = category is not None and CONTINGENCY in contingencies(Category(category), law)
    tests.check(COVERED, covered, "Act 4, s.6(2)")
    certified = certified_days(facts.certified, facts.happened_on, facts.fit_from, law)
    enough = count_days(certified) >= law.days("act4.temporary_disablement.minimum_days")
    tests.check(CERTIFIED, enough)


def _wage_base(facts: InjuryFacts, law: LawOn) -> WageBase:
    contributed: Mapping[Month, Sen] = {
        month: assumed_wage_of_month(wages, month, law) for month, wages in facts.wages_by_month().items()
    }
    open_spell = [month for month in wage_window(facts.happened_on, law) if _employed(facts, month)]
    return wage_base(facts.happened_on, contributed, open_spell, law)


def _employed(facts: InjuryFacts, month: Month) -> bool:
    return any(spell.touches(month) for spell in facts.spells)


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
    months = set(rated_months(facts, law)) | set(last_month_before(facts, law))
    used = [FactUsed("person", facts.person, facts.person_revision, {"born_on": facts.born_on})]
    used.append(FactUsed("accident", facts.person, 1, _accident(facts)))
    used += [
        FactUsed("spell", str(each.id), each.revision, _range(each.first, each.last) | {"employer": each.employer})
        for each in facts.spells
    ]
    used += [
        FactUsed("membership", each.scheme, each.revision, _range(each.first, each.last) | {"category": each.category})
        for each in facts.memberships
    ]
    used += [
        FactUsed("wage", each.id, each.revision, {"month": each.month, "wage": each.wage})
        for each in facts.wages
        if each.month in months
    ]
    used += [FactUsed("certificate", str(each.id), 1, _certificate(each)) for each in facts.certificates]
    used += [
        FactUsed(WATERMARK, topic, 0, {"complete_until": until}) for topic, until in sorted(facts.watermarks.items())
    ]
    return used


def _accident(facts: InjuryFacts) -> dict[str, object]:
    return {"happened_on": facts.happened_on, "worked_with_wages": list(facts.worked_with_wages)}


def _range(first: date, last: date | None) -> dict[str, object]:
    return {"first": first} if last is None else {"first": first, "last": last}


def _certificate(certificate: Certificate) -> dict[str, object]:
    values: dict[str, object] = {"issued_on": certificate.issued_on}
    if certificate.days is not None:
        values["days"] = certificate.days
    if certificate.fit_from is not None:
        values["fit_from"] = certificate.fit_from
    return values
