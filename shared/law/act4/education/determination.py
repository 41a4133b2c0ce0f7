"""Education loans to dependant children: the conditions of one, and what all children of a claim are lent."""

from collections.abc import Iterator

from shared.law.act4.education.rules import (
    course_is_covered,
    enough_study_left,
    instalments,
    lent_is_covered,
    repaid_later,
    tuition_is_covered,
    young_enough,
)
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import sen, working

LAW = "Employees' Social Security (General) Regulations 1971, education benefit"
BENEFIT, SOMEBODY = "a benefit is owed beside which a child may have a loan", "a child meets every condition"
YOUNG, COURSE = "under the age on the day of the application", "the course is one that is covered"
LEFT, TUITION, WITHIN = "enough study is left", "tuition is not above the highest", "the loan is not above the tuition"
CHILD, UNMARRIED = "a dependant child", "unmarried"
LOCAL, FULL_TIME = "at a local institution", "full time"
REFUSED_ELSEWHERE = "another loan was refused"
LOAN, FROM, INSTALMENT = "loan", "repaid from", "instalment"
AGAIN = "applied again on"
TO_BE_FIXED = "education_loan_to_be_fixed"
_STATED = (CHILD, UNMARRIED, LOCAL, FULL_TIME, REFUSED_ELSEWHERE)
_MOST_INSTALMENTS = 1200
_COURSES = ("first degree", "diploma", "skm 1", "skm 2", "skm 3", "other")


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Makes every test; the amount of a loan is the organisation's to fix and not the law's."""
    facts.in_order("born", "applied on", "course ends")
    for name in _STATED:
        steps.test(name, facts.says(name), LAW)
    applied = facts.day("applied on")
    steps.test(YOUNG, young_enough(facts.day("born"), applied, law))
    steps.test(COURSE, course_is_covered(facts.text("course").replace(" ", "_"), law))
    steps.test(LEFT, enough_study_left(applied, facts.day("course ends"), law))
    steps.test(TUITION, tuition_is_covered(facts.sen("tuition"), law))
    highest = law.sen("act4.education.highest_tuition")
    steps.amount("highest tuition", highest, sen(highest))


def decide_all(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests each child by the law of its application, and lends what was fixed; a person looks at what was not."""
    children = facts.people("children")
    unmet = {name: next(_unmet(child, law), None) for name, child in children.items()}
    for name, condition in unmet.items():
        if condition is not None:
            steps.amount(f"condition that {name} does not meet", condition, children[name].day("applied on"), LAW)
    steps.test(BENEFIT, facts.says("benefit owed"), LAW)
    steps.test(SOMEBODY, None in unmet.values(), LAW)
    if steps.refused:
        return
    lent = {name: children[name] for name, condition in unmet.items() if condition is None}
    for name in (name for name, child in lent.items() if _is_fixed(child)):
        _lend(name, lent[name], law, steps)
    if not all(_is_fixed(child) and not child.has(AGAIN) for child in lent.values()):
        # The amount of a loan is the organisation's to fix and not the law's; what is lent goes on until it has.
        steps.look(TO_BE_FIXED, (), LAW)


def _unmet(child: Facts, law: LawOn) -> Iterator[str]:
    """The conditions that a child does not meet, in their order."""
    child.in_order("born", "applied on", "course ends")
    applied = child.day("applied on")
    then = law.on(applied)
    yield from (name for name in _STATED if not child.says(name))
    if not young_enough(child.day("born"), applied, then):
        yield YOUNG
    if not course_is_covered(child.text("course").replace(" ", "_"), then):
        yield COURSE
    if not enough_study_left(applied, child.day("course ends"), then):
        yield LEFT
    if not tuition_is_covered(child.sen("tuition"), then):
        yield TUITION
    if child.has(LOAN) and not lent_is_covered(child.sen(LOAN), child.sen("tuition"), then):
        yield WITHIN


def _is_fixed(child: Facts) -> bool:
    return all(child.has(name) for name in (LOAN, FROM, INSTALMENT))


def _lend(name: str, child: Facts, law: LawOn, steps: Steps) -> None:
    """Record what is lent and each month's instalment; the last is what is left."""
    loan, each, applied = child.sen(LOAN), child.sen(INSTALMENT), child.day("applied on")
    if loan == 0 or each == 0:
        raise MalformedFact(name, "a loan and its instalment are more than nothing")
    if not repaid_later(applied, child.month(FROM), law):
        raise MalformedFact(name, "a loan is paid back from a later month than that of its application")
    number, last = instalments(loan, each, law)
    if number > _MOST_INSTALMENTS:
        raise MalformedFact(name, f"{number} instalments are more than a life has months")
    steps.amount(f"loan to {name}", loan, sen(loan), LAW)
    steps.amount(f"first instalment of {name}", child.month(FROM).first_day, child.month(FROM), LAW)
    steps.amount(f"instalment of {name}", each, sen(each), LAW)
    steps.amount(f"instalments of {name}", number, working("{} / {}", sen(loan), sen(each)), LAW)
    left = working("{} − {} × {}", sen(loan), number - 1, sen(each))
    steps.amount(f"last instalment of {name}", last, left, LAW)
    steps.term(name, Per.ONCE, loan, applied, applied)


DETERMINATIONS = (
    Determination(
        name="act4 education loan",
        title="Education loan to a dependant child",
        title_ms="Pinjaman pendidikan kepada anak tanggungan",
        law=LAW,
        law_day="applied on",
        facts=(
            Fact("applied on", "date", "the day of the application"),
            Fact("born", "date", "the child's date of birth"),
            Fact("course", "choice", "the course", default=_COURSES[0], choices=_COURSES),
            Fact("course ends", "date", "the last day of the course"),
            Fact("tuition", "ringgit", "the tuition of the whole course"),
            Fact(CHILD, "yes_no", "of one who died of an injury or receives the benefit", default="yes"),
            Fact(UNMARRIED, "yes_no", "whether the child is unmarried", default="yes"),
            Fact(LOCAL, "yes_no", "whether the institution is a local one", default="yes"),
            Fact(FULL_TIME, "yes_no", "whether the study is full time", default="yes"),
            Fact(REFUSED_ELSEWHERE, "yes_no", "whether another loan was refused", default="yes"),
        ),
        tests=(
            Test(CHILD, "anak tanggungan", LAW),
            Test(UNMARRIED, "belum berkahwin", LAW),
            Test(LOCAL, "di institusi tempatan", LAW),
            Test(FULL_TIME, "sepenuh masa", LAW),
            Test(REFUSED_ELSEWHERE, "pinjaman lain ditolak", LAW),
            Test(YOUNG, "di bawah umur had pada hari permohonan", LAW),
            Test(COURSE, "kursus itu layak", LAW),
            Test(LEFT, "baki pengajian mencukupi", LAW),
            Test(TUITION, "yuran tidak melebihi had", LAW),
        ),
        results=(Result("highest tuition", "yuran tertinggi", "sen", "above which no loan is given"),),
        decide=decide,
    ),
    Determination(
        name="act4 education loans",
        title="Education loans to dependant children of a claim",
        title_ms="Pinjaman pendidikan kepada anak-anak tanggungan bagi tuntutan",
        law=LAW,
        law_day="asked on",
        facts=(
            Fact("asked on", "date", "the day of the accident or of the death; each child by its application's"),
            Fact(
                "benefit owed",
                "yes_no",
                "whether permanent disablement benefit is owed, or dependants' benefit after a death by an injury",
                default="yes",
            ),
            Fact(
                "children",
                "people",
                "each child that applied, by a name",
                of=(
                    Fact("applied on", "date", "the day of the application"),
                    Fact("born", "date", "the child's date of birth"),
                    Fact("course", "choice", "the course", default=_COURSES[0], choices=_COURSES),
                    Fact("course ends", "date", "the last day of the course"),
                    Fact("tuition", "ringgit", "the tuition of the whole course"),
                    Fact(CHILD, "yes_no", "of the insured person, or of one who died of the injury", default="yes"),
                    Fact(UNMARRIED, "yes_no", "whether the child is unmarried", default="yes"),
                    Fact(LOCAL, "yes_no", "whether the institution is a local one", default="yes"),
                    Fact(FULL_TIME, "yes_no", "whether the study is full time", default="yes"),
                    Fact(REFUSED_ELSEWHERE, "yes_no", "whether another loan was refused", default="yes"),
                    Fact(LOAN, "ringgit", "what is lent, as the organisation fixed it", default=""),
                    Fact(FROM, "month", "the first month of the repayment, as it was fixed", default=""),
                    Fact(INSTALMENT, "ringgit", "what is paid back each month, as it was fixed", default=""),
                    Fact(AGAIN, "date", "the day of a later application whose loan is not fixed yet", default=""),
                ),
            ),
        ),
        tests=(
            Test(BENEFIT, "ada faedah kena dibayar yang membolehkan anak mendapat pinjaman", LAW),
            Test(SOMEBODY, "seorang anak memenuhi setiap syarat", LAW),
        ),
        results=(
            Result("condition that <person> does not meet", "syarat yang tidak dipenuhi oleh <person>", "text",
                   "the first one; a child without it may have a loan"),
            Result("loan to <person>", "pinjaman kepada <person>", "sen", "what is lent"),
            Result("first instalment of <person>", "ansuran pertama <person>", "date", "its month, by the first day"),
            Result("instalment of <person>", "ansuran <person>", "sen", "what is paid back each month"),
            Result("instalments of <person>", "bilangan ansuran <person>", "count", "months of repayment"),
            Result("last instalment of <person>", "ansuran terakhir <person>", "sen", "what is left by then"),
        ),
        decide=decide_all,
    ),
)  # fmt: skip
