"""The conditions of an education loan to a dependant child."""

from shared.law.act4.education.rules import course_is_covered, enough_study_left, tuition_is_covered, young_enough
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen

LAW = "Employees' Social Security (General) Regulations 1971, education benefit"
YOUNG, COURSE = "under the age on the day of the application", "the course is one that is covered"
LEFT, TUITION = "enough study is left", "tuition is not above the highest"
CHILD, UNMARRIED = "a dependant child", "unmarried"
LOCAL, FULL_TIME = "at a local institution", "full time"
REFUSED_ELSEWHERE = "another loan was refused"
_STATED = (CHILD, UNMARRIED, LOCAL, FULL_TIME, REFUSED_ELSEWHERE)
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
)
