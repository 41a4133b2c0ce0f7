"""Survivors' pension, from the contributions of the deceased to each survivor's share (Act 4 ss.17A, 20A)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import partial

from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.act4.dependants.asked import DEATH_FACTS, classes_of, is_born_later, parts_of, stretches
from shared.law.act4.invalidity.asked import CONTRIBUTION_FACTS, PENSION_RESULTS, PENSION_TESTS, pension, qualify
from shared.law.act4.invalidity.rules import part_of_month
from shared.law.act4.owing.asked import FOUND_ALIVE_FACT, NOBODY_FACT, died_test, is_found_alive
from shared.law.act4.survivors.rules import goes_on, monthly_share, opens, survivors_shares
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import sen, working

SCHEDULE = "Act 4, Eighth Schedule"
OPENS = "died before 60 or while an invalidity pensioner"
SOMEBODY = "somebody shares in the pension on the day asked about"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the death, the qualifying period and who shares; then the pension and each one's part."""
    facts.in_order("born", "first liable", "death", "asked for")
    if is_found_alive(facts, steps, "Act 4, s.17A"):
        return
    pensioner = facts.has("pension in payment")
    steps.test(OPENS, opens(facts.day("born"), facts.day("death"), pensioner, law), "Act 4, s.17A")
    monthly = _monthly(facts, law, steps)
    people = facts.people("survivors")
    day = facts.day_if_given("asked for") or facts.day("death")
    parts = parts_of(people, day, survivors_shares, law, classes_of(people, facts.day("death"), survivors_shares, law))
    shared = any(parts.values()) or is_born_later("survivors", facts, survivors_shares, law)
    steps.test(SOMEBODY, shared and not facts.says("nobody left behind"), SCHEDULE)
    if monthly is not None and not steps.refused:
        _each(monthly, parts, people, law, steps)
        _owe(monthly, people, facts.day("death"), law, steps)


def _monthly(facts: Facts, law: LawOn, steps: Steps) -> Sen | None:
    if goes_on(facts.has("pension in payment"), law):
        monthly = facts.sen("pension in payment")
        steps.amount("monthly pension", monthly, sen(monthly), "Act 4, s.20A")
        return monthly
    died_on = facts.day("death")
    found, period = qualify(facts, died_on, law, steps)
    return 0 if steps.refused else pension(facts, died_on, found, period, law, steps)


def _each(monthly: Sen, parts: Mapping[str, Fraction], people: Mapping[str, Facts], law: LawOn, steps: Steps) -> None:
    total = 0
    for name, part in parts.items():
        steps.amount(f"share of {name}", part, people[name].text("relation"), SCHEDULE)
        paid = monthly_share(monthly, part, law)
        steps.amount(f"monthly share of {name}", paid, working("{} × {}", sen(monthly), part), SCHEDULE)
        total += paid
    steps.amount("monthly total", total, working("Σ"), SCHEDULE)


def _owe(monthly: Sen, people: Mapping[str, Facts], died_on: date, law: LawOn, steps: Steps) -> None:
    """Each survivor's terms; a month in which a share begins or ends by the actual days of that month (`assumed`)."""
    for name, amount, first, last in stretches(
        people, died_on, survivors_shares, lambda _, part: monthly_share(monthly, part, law), law
    ):
        owe_by_month(steps, name, amount, partial(_broken, amount, law), first, last)


def _broken(amount: Sen, law: LawOn, days: Days) -> Sen:
    return part_of_month(amount, days, law)


_PEOPLE = next(fact for fact in DEATH_FACTS if fact.name == "dependants")

DETERMINATIONS = with_earlier(
    Determination(
        name="act4 survivors pension",
        title="Survivors' pension",
        title_ms="Pencen penakat",
        law="Act 4, ss.17A and 20A; Eighth Schedule",
        law_day="death",
        facts=(
            Fact("born", "date", "date of birth of the deceased"),
            Fact("death", "date", "the day of the death"),
            FOUND_ALIVE_FACT,
            NOBODY_FACT,
            Fact("pension in payment", "ringgit", "the monthly invalidity pension that the deceased had", default=""),
            Fact("asked for", "date", "the day whose shares are asked for; absent: the day of the death", default=""),
            Fact(
                "survivors",
                "people",
                "each survivor by a name",
                of=tuple(fact for fact in _PEOPLE.of if fact.name != "other benefit a day"),
            ),
            Fact("first liable", "date", "the day on which the deceased first became liable to contribute", default=""),
            *(fact for fact in CONTRIBUTION_FACTS if fact.name != "first liable"),
        ),
        tests=(
            died_test("Act 4, s.17A"),
            Test(OPENS, "meninggal sebelum umur 60 atau semasa menerima pencen ilat", "Act 4, s.17A"),
            *PENSION_TESTS,
            Test(SOMEBODY, "ada penakat yang layak pada hari itu", SCHEDULE),
        ),
        results=(
            *PENSION_RESULTS,
            Result("share of <person>", "bahagian <person>", "fraction", "of the monthly pension; 0 if none"),
            Result("monthly share of <person>", "bahagian bulanan <person>", "sen", "rounded once"),
            Result("monthly total", "jumlah bulanan", "sen", "of all monthly shares"),
        ),
        decide=decide,
        # Since version 2 the pension in payment is what the claim of invalidity decided, and nothing that is stated;
        # since 3 the months of a foreign worker count since invalidity is insured, and those that are payable and not
        # declared; what was contributed before 2013 an officer finds.
        version=3,
    )
)
