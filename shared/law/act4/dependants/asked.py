"""A death and its dependants as a question states them, whatever the contingency (Act 4, Fourth Schedule)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days
from shared.law.act4.daily_rate.rules import broken_month, monthly_amount
from shared.law.act4.daily_rate.working import rate_working
from shared.law.act4.dependants.rules import (
    YOUNG,
    Dependant,
    Relation,
    beside_another,
    change_days,
    classes_for_good,
    daily_share,
    first_day,
    qualifies,
    shares,
)
from shared.law.act4.owing.asked import FOUND_ALIVE_FACT, NOBODY_FACT
from shared.law.act4.wage_base.asked import WAGE_RESULTS, average_wage
from shared.law.book import LawOn
from shared.law.determination import Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import Working, sen, working

_DAY = timedelta(days=1)
BENEFIT = "Act 4, Fourth Schedule (dependants' benefit)"
DIED = "died of the injury"
SOMEBODY = "somebody shares in the benefit on the day asked about"
DEATH_TESTS = (
    Test(DIED, "meninggal dunia akibat kecederaan itu", BENEFIT),
    Test(SOMEBODY, "ada orang tanggungan yang layak pada hari itu", BENEFIT),
)
DEATH_FACTS = (
    Fact("accident", "date", "the day of the accident"),
    Fact("death", "date", "the day of the death"),
    FOUND_ALIVE_FACT,
    NOBODY_FACT,
    Fact("died of the injury", "yes_no", "whether the injury caused the death", default="yes"),
    Fact("asked for", "date", "the day whose shares are asked for; absent: the day of the death", default=""),
    Fact(
        "dependants",
        "people",
        "each dependant by a name",
        of=(
            Fact("relation", "choice", "what the dependant was to the deceased", choices=tuple(Relation)),
            Fact("born", "date", "date of birth; needed for a child or sibling who is not incapable", default=""),
            Fact("married", "date", "the day on which a child or sibling married", default=""),
            Fact("first degree until", "date", "the last day of a child's studies for a first degree", default=""),
            Fact("incapable", "yes_no", "whether a child is incapable of earning a living", default="no"),
            Fact("remarried", "date", "the day on which a widow or widower married again", default=""),
            Fact("died", "date", "the day on which the dependant died, from which on the others share", default=""),
            Fact(
                "other benefit a day",
                "ringgit",
                "the daily rate of another benefit of the same kind; only the higher of the two is paid",
                default="0.00",
            ),
        ),
    ),
)
DEATH_RESULTS = (
    *WAGE_RESULTS,
    Result("daily rate", "kadar harian", "sen", "the whole daily rate of the death, rounded"),
    Result("share of <person>", "bahagian <person>", "fraction", "of the daily rate, such as 3/5; 0 if none"),
    Result(
        "daily share of <person>", "bahagian harian <person>", "sen", "the share of the unrounded rate, rounded once"
    ),
    Result("monthly share of <person>", "bahagian bulanan <person>", "sen", "the daily share over 30 days"),
    Result("daily total", "jumlah harian", "sen", "of all daily shares that are paid"),
    Result("monthly total", "jumlah bulanan", "sen", "of all monthly shares that are paid"),
)


def pay(facts: Facts, law: LawOn, steps: Steps, share: str, exact_rate: Callable[[Fraction, LawOn], Fraction]) -> None:
    """Test the death and who shares, and record the daily rate and each one's part of it."""
    facts.in_order("accident", "death", "asked for")
    steps.test(DIED, facts.says("died of the injury"), BENEFIT)
    day = facts.day_if_given("asked for") or facts.day("death")
    among = classes_of(facts.people("dependants"), facts.day("death"), shares, law)
    parts = parts_of(facts.people("dependants"), day, shares, law, among)
    shared = any(parts.values()) or is_born_later("dependants", facts, shares, law)
    steps.test(SOMEBODY, shared and not facts.says("nobody left behind"), BENEFIT)
    if steps.refused:
        return
    for name, part in parts.items():
        steps.amount(f"share of {name}", part, facts.people("dependants")[name].text("relation"), BENEFIT)
    average = average_wage(facts, facts.day("accident"), law, steps)
    exact = exact_rate(average.exact, law)
    rate = half_up(exact)
    whole = rate_working(average.working, (law.share(share),), rate, law)
    steps.amount("daily rate", rate, whole)
    people = facts.people("dependants")
    _each(people, parts, exact, whole, law, steps)
    _owe(people, facts.day("death"), exact, law, steps)


def parts_of(
    people: Mapping[str, Facts],
    day: date,
    share_out: Callable[[Mapping[str, Relation], LawOn], Mapping[str, Fraction]],
    law: LawOn,
    among: Collection[Relation] = tuple(Relation),
) -> dict[str, Fraction]:
    """The share of everybody named; zero for one who does not qualify or whom a nearer class excludes.

    ``among`` are the relations that may share at all.
    """
    relations = {
        name: Relation(person.text("relation")) for name, person in people.items() if qualifies(_of(person), day, law)
    }
    found = share_out({name: each for name, each in relations.items() if each in among}, law) if relations else {}
    return {name: found.get(name, Fraction(0)) for name in people}


def classes_of(
    people: Mapping[str, Facts],
    died_on: date,
    share_out: Callable[[Mapping[str, Relation], LawOn], Mapping[str, Fraction]],
    law: LawOn,
) -> Collection[Relation]:
    """The relations that may share, by who is left behind at the death; whoever is born later is one of them."""
    begins = first_day(died_on, law)
    dependants = {name: _of(person) for name, person in people.items()}
    there = {
        name: each.relation
        for name, each in dependants.items()
        if qualifies(each, max(begins, each.born_on or begins), law)
    }
    found = share_out(there, law) if there else {}
    return classes_for_good([there[name] for name, part in found.items() if part], law)


def is_born_later(
    people: str, facts: Facts, share_out: Callable[[Mapping[str, Relation], LawOn], Mapping[str, Fraction]], law: LawOn
) -> bool:
    """Whether somebody has a share from a birth after the death on, where no day is asked about."""
    if facts.has("asked for"):
        return False
    named, died_on = facts.people(people), facts.day("death")
    among = classes_of(named, died_on, share_out, law)
    return any(
        any(parts_of(named, born_on, share_out, law, among).values())
        for person in named.values()
        if (born_on := person.day_if_given("born")) is not None and born_on > died_on
    )


def _owe(people: Mapping[str, Facts], died_on: date, exact: Fraction, law: LawOn, steps: Steps) -> None:
    """Each dependant's terms: months of thirty days, and broken months by their days (`assumed`)."""
    for name, daily, first, last in stretches(
        people, died_on, shares, lambda name, part: _daily(people[name], exact, part, law), law
    ):
        owe_by_month(steps, name, monthly_amount(daily, law), partial(_broken, daily, law), first, last)


def _broken(daily: Sen, law: LawOn, days: Days) -> Sen:
    return broken_month(daily, days, law)


def stretches(
    people: Mapping[str, Facts],
    died_on: date,
    share_out: Callable[[Mapping[str, Relation], LawOn], Mapping[str, Fraction]],
    amount_of: Callable[[str, Fraction], Sen],
    law: LawOn,
) -> Iterator[tuple[str, Sen, date, date | None]]:
    """From when to when each is owed which amount, by what is known: shares change by births, marriages, ages, studies.

    The last stretch of those who qualify for life is open.
    """
    begins = first_day(died_on, law)
    known = {day for person in people.values() for day in change_days(_of(person), law) if day > begins}
    starts = sorted({begins, *known})
    among = classes_of(people, died_on, share_out, law)
    parts = [parts_of(people, day, share_out, law, among) for day in starts]
    for name in people:
        amounts = [amount_of(name, part[name]) if part[name] else 0 for part in parts]
        at = 0
        while at < len(starts):
            after = next((later for later in range(at + 1, len(starts)) if amounts[later] != amounts[at]), None)
            if amounts[at]:
                yield name, amounts[at], starts[at], None if after is None else starts[after] - _DAY
            at = len(starts) if after is None else after


def _daily(person: Facts, exact: Fraction, part: Fraction, law: LawOn) -> Sen:
    return beside_another(daily_share(exact, part, law), person.sen("other benefit a day"), law)


def _of(person: Facts) -> Dependant:
    person.in_order("born", "married")
    person.in_order("born", "died")
    relation = Relation(person.text("relation"))
    needs_age = relation in YOUNG and not (relation is Relation.CHILD and person.says("incapable"))
    return Dependant(
        relation,
        person.day("born") if needs_age or person.has("born") else None,
        person.day_if_given("married"),
        person.day_if_given("first degree until"),
        person.says("incapable"),
        person.day_if_given("remarried"),
        person.day_if_given("died"),
    )


def _each(
    people: Mapping[str, Facts],
    parts: Mapping[str, Fraction],
    exact: Fraction,
    whole: Working,
    law: LawOn,
    steps: Steps,
) -> None:
    daily_total = monthly_total = 0
    for name, part in parts.items():
        other = people[name].sen("other benefit a day")
        daily = _daily(people[name], exact, part, law)
        of_part = working("{} × {}", whole, part)
        if part and not daily:
            of_part = working("{} < {}", of_part, sen(other))
        steps.amount(f"daily share of {name}", daily, of_part, BENEFIT)
        monthly = monthly_amount(daily, law)
        of_month = working("{} × {}", sen(daily), _days(law))
        steps.amount(f"monthly share of {name}", monthly, of_month, BENEFIT)
        daily_total, monthly_total = daily_total + daily, monthly_total + monthly
    steps.amount("daily total", daily_total, working("Σ"), BENEFIT)
    steps.amount("monthly total", monthly_total, working("{} × {}", sen(daily_total), _days(law)), BENEFIT)


def _days(law: LawOn) -> int:
    return law.days("act4.daily_rate.benefit_month")
