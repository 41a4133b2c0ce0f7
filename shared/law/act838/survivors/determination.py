"""Survivors of a housewife, and the funeral benefit (Act 838 ss.22, 29, 36)."""

from fractions import Fraction

from shared.law.act838.cover.asked import COVERAGE_TESTS, HOUSEWIFE_FACTS, invalidity_is_covered
from shared.law.act838.survivors.rules import (
    Relation,
    Survivor,
    base,
    funeral,
    kept,
    monthly_share,
    opens,
    qualifies,
    shares,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import Given, sen, working

SECTION = "Act 838, s.36; Fourth Schedule"
OPENS = "died under the age that ends cover"
SOMEBODY = "somebody shares on the day asked about"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests coverage, age and who shares; then each one's part of the base."""
    died_on = facts.instant("happened at").date()
    facts.in_order("happened at", "asked for")
    invalidity_is_covered(facts, law, steps)
    steps.test(OPENS, opens(facts.day("born"), died_on, law))
    people = {name: _of(person) for name, person in facts.people("survivors").items()}
    day = facts.day_if_given("asked for") or died_on
    found = shares({name: each.relation for name, each in people.items() if qualifies(each, day, law)}, law)
    parts = {name: kept(found.get(name, Fraction(0)), person, law) for name, person in people.items()}
    steps.test(SOMEBODY, any(parts.values()), SECTION)
    if steps.refused:
        return
    allowance = facts.sen_if_given("allowance in payment")
    shared = base(allowance, law)
    steps.amount("base", shared, sen(shared), SECTION)
    total = 0
    for name, person in people.items():
        part = parts[name]
        steps.amount(f"share of {name}", part, person.relation.value, SECTION)
        monthly = monthly_share(shared, part, law)
        steps.amount(f"monthly share of {name}", monthly, working("{} × {}", sen(shared), part), SECTION)
        total += monthly
    steps.amount("monthly total", total, working("Σ"), SECTION)


def _of(person: Facts) -> Survivor:
    person.in_order("born", "married")
    return Survivor(
        Relation(person.text("relation")),
        person.day("born"),
        person.day_if_given("married"),
        person.day_if_given("first degree until"),
        person.says("incapable"),
        person.says("caused the death"),
    )


def decide_funeral(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the age; then the amount, or another payer's cost up to it."""
    facts.in_order("born", "death")
    born, died = facts.day("born"), facts.day("death")
    steps.test(OPENS, opens(born, died, law), "act838.funeral.until_age")
    if not steps.refused:
        heir, cost = facts.says("payee is an heir"), facts.sen("cost")
        amount = law.sen("act838.funeral.amount")
        of_cost: Given = sen(amount) if heir else working("min({}, {})", sen(cost), sen(amount))
        steps.amount("amount", funeral(born, died, heir, cost, law), of_cost)


DETERMINATIONS = (
    Determination(
        name="act838 survivors",
        title="Survivors' benefit of a housewife",
        title_ms="Faedah penakat suri rumah",
        law=SECTION,
        law_day="happened at",
        facts=(
            *HOUSEWIFE_FACTS,
            Fact("allowance in payment", "ringgit", "her monthly morbid allowance", default=""),
            Fact("asked for", "date", "the day whose shares are asked for; absent: the day of the death", default=""),
            Fact(
                "survivors",
                "people",
                "each survivor by a name",
                of=(
                    Fact("relation", "choice", "what the survivor was to her", choices=tuple(Relation)),
                    Fact("born", "date", "date of birth"),
                    Fact("married", "date", "the day of a marriage or remarriage", default=""),
                    Fact("first degree until", "date", "the last day of a child's studies", default=""),
                    Fact("incapable", "yes_no", "whether a child is incapable of earning", default="no"),
                    Fact("caused the death", "yes_no", "by domestic violence or intent (s.22(4))", default="no"),
                ),
            ),
        ),
        tests=(
            *COVERAGE_TESTS,
            Test(OPENS, "meninggal di bawah umur tamat perlindungan", SECTION),
            Test(SOMEBODY, "ada penakat yang layak pada hari itu", SECTION),
        ),
        results=(
            Result("base", "asas", "sen", "what is shared in a month"),
            Result("share of <person>", "bahagian <person>", "fraction", "of the base; 0 if none"),
            Result("monthly share of <person>", "bahagian bulanan <person>", "sen", "rounded once"),
            Result("monthly total", "jumlah bulanan", "sen", "of all monthly shares"),
        ),
        decide=decide,
    ),
    Determination(
        name="act838 funeral benefit",
        title="Funeral benefit of a housewife",
        title_ms="Faedah pengurusan mayat suri rumah",
        law="Act 838, s.29; Sixth Schedule",
        law_day="death",
        facts=(
            Fact("born", "date", "date of birth of the housewife"),
            Fact("death", "date", "the day of the death"),
            Fact("payee is an heir", "yes_no", "widower, eldest son, eldest daughter or parents", default="yes"),
            Fact("cost", "ringgit", "what another payer paid for the funeral", default="0.00"),
        ),
        tests=(Test(OPENS, "meninggal di bawah umur tamat perlindungan", SECTION),),
        results=(Result("amount", "amaun", "sen", "as scheduled, or the cost if that is less"),),
        decide=decide_funeral,
    ),
)
