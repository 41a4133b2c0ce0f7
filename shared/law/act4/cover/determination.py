"""Who is covered by Act 4, and in which category (Act 4 s.2(5), s.6(2), First Schedule)."""

from shared.kernel.periods import Month, age_on
from shared.law.act4.cover.rules import category, contributes_as, covered_against, within_first_wage_limit
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import joined, working

KINDS = (
    "permanent", "temporary", "contract", "part_time", "casual", "apprentice", "paid_intern",
    "civil_servant", "self_employed", "sole_proprietor", "partner", "prisoner",
)  # fmt: skip
SERVICE = "works under a contract of service"
KIND = "kind of work is not excluded"
INTERN = "intern is paid more than the limit"
SPOUSE = "employer's spouse can be an employee"
FOREIGN = "foreign workers are covered"
PAPERS = "passport and pass are valid"
DOMESTIC = "domestic workers are covered"
POLICY = "private policy does not exempt"
HOUSEHOLD = "employer may employ a foreign domestic worker"
FIRST_WAGE = "first wage is within the limit or both agreed"
CONTINGENCIES = ("employment injury", "invalidity", "non employment injury")


def decide_cover(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the contract, the kind of work, and what the Act asks of foreigners, domestic workers and spouses."""
    steps.test(SERVICE, facts.says("contract of service"), "Act 4, s.2(5)")
    _test_kind(facts, law, steps)
    if facts.says("spouse of the employer"):
        steps.test(SPOUSE, law.says("act4.cover.spouse_covered"))
    if facts.says("foreign") and steps.test(FOREIGN, law.says("act4.cover.foreign_workers_covered")):
        needed = law.says("act4.cover.foreign_needs_passport_and_pass")
        steps.test(PAPERS, facts.says("passport and pass valid") or not needed)
    if facts.says("domestic worker") and steps.test(DOMESTIC, law.says("act4.cover.domestic_workers_covered")):
        exempt = law.says("act4.cover.private_policy_exempts") and facts.says("private policy")
        steps.test(POLICY, not exempt)
        if facts.says("foreign"):
            steps.test(HOUSEHOLD, facts.text("employer is") in law.names("act4.cover.foreign_domestic_employers"))
    if facts.has("first wage"):
        within = within_first_wage_limit(facts.sen("first wage"), facts.says("both agreed"), law)
        steps.test(FIRST_WAGE, within, "Act 4, First Schedule")


def _test_kind(facts: Facts, law: LawOn, steps: Steps) -> None:
    kind = facts.text("kind of work")
    included, excluded = law.names("act4.cover.employments"), law.names("act4.cover.excluded")
    if kind not in (*included, *excluded):
        raise MalformedFact("kind of work", f"{kind!r} is none of {', '.join((*included, *excluded))}")
    steps.test(KIND, kind not in excluded)
    if kind == "paid_intern":
        steps.test(INTERN, facts.sen("allowance") > law.sen("act4.cover.intern_allowance_over"))


def decide_category(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Finds the category of a month from birth and first liability, and what it covers."""
    month, foreign = Month.of(law.in_force), facts.says("foreign")
    then = law.on(month.first_day)
    if foreign and not steps.test(FOREIGN, then.says("act4.cover.foreign_workers_covered")):
        return
    facts.in_order("born", "first liable")
    born_on, first_liable_on = facts.day("born"), facts.day("first liable")
    found = category(born_on, first_liable_on, month, law)
    steps.amount("category", found.value, working("{}, {}, {}", born_on, first_liable_on, month))
    steps.amount("age", age_on(born_on, month.last_day), working("{}, {}", born_on, month.last_day), "Act 4, s.6(2)")
    steps.amount("age at first liability", age_on(born_on, first_liable_on), first_liable_on, "Act 4, s.6(2)")
    paid_as = contributes_as(found, foreign, then)
    steps.amount("contributes as", paid_as.value, found.value, "Act 4, Third Schedule")
    covered = covered_against(found, foreign, then)
    for contingency in CONTINGENCIES:
        steps.amount(contingency, contingency.replace(" ", "_") in covered, joined(", ", *covered), "Act 4, s.6(2)")


_FOREIGN_TEST = Test(FOREIGN, "pekerja asing dilindungi", "Act 4, s.2(5)")
_COVER = Determination(
    name="act4 cover",
    title="Whether a person's work is covered by Act 4",
    title_ms="Sama ada kerja seseorang dilindungi oleh Akta 4",
    law="Act 4, s.2(5); First Schedule",
    law_day="day",
    facts=(
        Fact("day", "date", "the day of which is asked"),
        Fact(
            "kind of work",
            "choice",
            "how the person is employed, or why not",
            default="permanent",
            choices=KINDS,
        ),
        Fact("contract of service", "yes_no", "whether there is a real contract of service", default="yes"),
        Fact("allowance", "ringgit", "monthly allowance of a paid intern", default=""),
        Fact("spouse of the employer", "yes_no", "whether the person is married to the employer", default="no"),
        Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
        Fact("passport and pass valid", "yes_no", "of a foreign worker", default="yes"),
        Fact("domestic worker", "yes_no", "works in a private household", default="no"),
        Fact("private policy", "yes_no", "a domestic worker insured privately", default="no"),
        Fact(
            "employer is",
            "choice",
            "the employer of a foreign domestic worker",
            default="citizen",
            choices=("citizen", "permanent_resident", "temporary_resident", "other"),
        ),
        Fact("first wage", "ringgit", "monthly wage at first employment ever, where it matters", default=""),
        Fact("both agreed", "yes_no", "employer and employee agreed to contribute all the same", default="no"),
    ),
    tests=(
        Test(SERVICE, "bekerja di bawah kontrak perkhidmatan", "Act 4, s.2(5)"),
        Test(KIND, "jenis kerja tidak dikecualikan", "Act 4, First Schedule"),
        Test(INTERN, "elaun pelatih melebihi had", "Act 4, s.2(5)"),
        Test(SPOUSE, "suami atau isteri majikan boleh menjadi pekerja", "Act 4, First Schedule"),
        _FOREIGN_TEST,
        Test(PAPERS, "pasport dan pas sah", "Act 4, s.2(5)"),
        Test(DOMESTIC, "pekerja domestik dilindungi", "Act 4, s.2(5) (P.U.(A) 247/2021)"),
        Test(POLICY, "polisi swasta tidak mengecualikan", "Act 4, s.2(5) (P.U.(A) 247/2021)"),
        Test(HOUSEHOLD, "majikan boleh menggaji pekerja domestik asing", "Act 4, s.2(5) (P.U.(A) 247/2021)"),
        Test(FIRST_WAGE, "gaji pertama dalam had atau dipersetujui", "Act 4, First Schedule"),
    ),
    results=(),
    decide=decide_cover,
    granted="covered",
)
_CATEGORY = Determination(
    name="act4 category",
    title="The category of a person in a month, and what it covers",
    title_ms="Kategori seseorang dalam sebulan, dan perlindungannya",
    law="Act 4, s.6(2)",
    law_day="day of the month",
    facts=(
        Fact("day of the month", "date", "a day of the month"),
        Fact("born", "date", "day of birth"),
        Fact("first liable", "date", "first day on which contributions were due, with any employer"),
        Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
    ),
    tests=(_FOREIGN_TEST,),
    results=(
        Result("category", "kategori", "text", "first or second"),
        Result("age", "umur", "age", "completed years on the last day of the month"),
        Result("age at first liability", "umur pada liabiliti pertama", "age", "completed years on that day"),
        Result(
            "contributes as",
            "mencarum sebagai",
            "text",
            "first or second: the columns of the Third Schedule; a foreign worker is in the second until June 2024",
        ),
        Result("employment injury", "bencana kerja", "yes_no", "whether it is covered"),
        Result("invalidity", "keilatan", "yes_no", "whether it is covered"),
        Result("non employment injury", "kecederaan bukan bencana kerja", "yes_no", "whether it is covered (SKBBK)"),
    ),
    decide=decide_category,
    granted="covered",
)
DETERMINATIONS = (_COVER, _CATEGORY)
