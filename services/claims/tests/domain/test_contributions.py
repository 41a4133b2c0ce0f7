"""Which months count towards a pension, and from which day it runs; without a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all, listens_to
from services.claims.domain.catalogue import DEATH, INVALIDITY
from services.claims.domain.facts import Known, Membership, Spell, Statement, WageMonth
from services.claims.tests.domain.test_death import EMPLOYER, KNOWN, TODAY, YOUNG, stated
from shared.kernel.periods import Month
from shared.law.act4.invalidity.asked import EARLIER
from shared.law.book import book
from shared.law.determination import replay

FIRST = date(2019, 1, 1)


def months_from(first: Month, number: int) -> tuple[WageMonth, ...]:
    return tuple(WageMonth(EMPLOYER, first + each, 198_000, 1) for each in range(number))


def pension_of(known: Known) -> Answer:
    return ask_all(INVALIDITY, known, {}, book(), TODAY)["invalidity_pension"]


def amounts(answer: Answer) -> Mapping[str, Any]:
    assert answer.record is not None
    assert replay(answer.record).canonical == answer.record.canonical
    return {each["name"]: each["value"] for each in answer.record.body["amounts"]}


def facts(answer: Answer) -> Mapping[str, Any]:
    assert answer.record is not None
    return {each["name"]: each["value"] for each in answer.record.body["facts"]}


def employed_since(first: date, noticed: date, lines: tuple[WageMonth, ...]) -> Known:
    return replace(
        KNOWN,
        happened_on=noticed,
        received_on=noticed,
        spells=(Spell(UUID(int=3), EMPLOYER, first, noticed, 1),),
        memberships=(Membership("act4", "first", first, None, 1),),
        lines=lines,
    )


IN_2024 = employed_since(FIRST, date(2024, 12, 16), months_from(Month(2019, 1), 71))


def test_months_of_a_foreign_worker_count_since_invalidity_is_insured() -> None:
    """Of 71 months since January 2019 the five since July 2024; of a citizen all, 40 of them in the window."""
    citizen = pension_of(IN_2024)
    assert (amounts(citizen)["contributions"], amounts(citizen)["contributions in the window"]) == (71, 40)
    foreign = pension_of(replace(IN_2024, is_foreign=True))
    assert (foreign.state, amounts(foreign)["contributions"]) == (QuestionState.REFUSED, 5)


def test_a_foreign_worker_is_first_liable_when_invalidity_is_insured() -> None:
    """Notice of July 2027: 36 months since July 2024, 12 beyond 24, so 51 % of 1,950.00 = 994.50."""
    known = employed_since(FIRST, date(2027, 7, 16), months_from(Month(2019, 1), 102))
    found = pension_of(replace(known, is_foreign=True))
    assert (facts(found)["first liable"], amounts(found)["complete months"]) == ("2024-07-01", 36)
    assert (amounts(found)["contributions"], amounts(found)["monthly pension"]) == (36, 99_450)
    assert facts(pension_of(known))["first liable"] == "2019-01-01"


def test_a_foreign_worker_who_left_before_never_was_insured_for_invalidity() -> None:
    left = replace(IN_2024, memberships=(Membership("act4", "first", FIRST, date(2024, 6, 30), 1),), is_foreign=True)
    found = pension_of(left)
    assert (found.state, amounts(found)["contributions"]) == (QuestionState.REFUSED, 0)


@pytest.mark.parametrize(
    ("is_foreign", "qualified", "survivors"),
    [(False, QuestionState.FOUND, QuestionState.ENTITLED), (True, QuestionState.REFUSED, QuestionState.REFUSED)],
)
def test_survivors_of_a_foreign_worker_count_the_same_months(
    is_foreign: bool, qualified: QuestionState, survivors: QuestionState
) -> None:
    died = replace(
        YOUNG, happened_on=date(2024, 12, 16), died_on=date(2024, 12, 16), cause=None, is_foreign=is_foreign,
        memberships=IN_2024.memberships, lines=IN_2024.lines,
    )  # fmt: skip
    found = ask_all(DEATH, died, {}, book(), TODAY)
    assert (found["qualified_insured"].state, found["survivors_pension"].state) == (qualified, survivors)
    assert found["funeral_benefit"].state == survivors


LEFT = Spell(UUID(int=3), EMPLOYER, date(2023, 1, 1), date(2026, 9, 30), 1)
STAYS = replace(LEFT, last=None)


def terms(answer: Answer) -> list[tuple[str, str]]:
    assert answer.record is not None
    return [(each["per"], each["first"]) for each in answer.record.body["terms"]]


def resigned(day: str) -> dict[str, Statement]:
    return {"resigned": stated("finding", 60, fact="resigned", found=day)}


@pytest.mark.parametrize(
    ("known", "first"),
    [
        (KNOWN, "2026-07-16"),
        (replace(KNOWN, spells=(LEFT,)), "2026-09-30"),
        (replace(KNOWN, spells=(LEFT, replace(LEFT, last=date(2026, 8, 15)))), "2026-09-30"),
        (replace(KNOWN, spells=(replace(LEFT, first=date(2026, 8, 1)),)), "2026-07-16"),
        (replace(KNOWN, spells=(STAYS,), findings=resigned("2026-10-31")), "2026-10-31"),
        (replace(KNOWN, spells=(STAYS,), findings=resigned("2026-06-30")), "2026-07-16"),
        (replace(KNOWN, spells=(replace(STAYS, stated_on=date(2026, 8, 1), verified=False),)), "2026-07-16"),
    ],
    ids=("left before", "left later", "two employers", "began later", "found", "found earlier", "stated late"),
)
def test_a_pension_begins_when_the_employment_has_ended(known: Known, first: str) -> None:
    """The notice of 16 July, or the resignation where it is later (s.19)."""
    found = pension_of(known)
    assert found.state is QuestionState.ENTITLED
    assert terms(found)[0][1] == first


def test_of_whoever_goes_on_working_officers_find_when_that_ends() -> None:
    found = pension_of(replace(KNOWN, spells=(STAYS,)))
    assert (found.state, found.reason) == (QuestionState.OFFICER, "the_employment_has_ended")
    assert (terms(found), amounts(found)["monthly pension"]) == ([], 99_450)
    left = subjects.spells(KNOWN.person)
    assert left in listens_to(INVALIDITY, KNOWN, {"invalidity_pension": found}, book(), TODAY)


def test_whoever_is_no_invalid_is_refused_while_he_works() -> None:
    board = {"invalidity": (stated("invalidity", 6, certified="no", earning_capacity="80"),)}
    assert pension_of(replace(KNOWN, spells=(STAYS,), statements=board)).state is QuestionState.REFUSED


def test_no_pension_runs_from_the_notice_while_an_employment_may_be_on_its_way() -> None:
    found = pension_of(replace(KNOWN, watermarks={"contribution.received": KNOWN.known_to}))
    assert (found.state, found.awaits) == (QuestionState.AWAITING, {"registration"})


# Employed from January 2023 to 15 July 2026; the employer sent nothing after June 2024.
DEFAULTED = replace(KNOWN, lines=KNOWN.lines[:18])


def payable(known: Known) -> list[str]:
    return list(facts(pension_of(known))["payable"])


def test_months_of_an_employer_that_sends_nothing_count_as_payable() -> None:
    """18 declared and 24 payable; of the 24 that are averaged none has wages, so an officer decides (s.20(2))."""
    found = pension_of(DEFAULTED)
    counted = amounts(found)
    assert (counted["contributions"], counted["contributions in the window"]) == (42, 40)
    assert (payable(DEFAULTED)[0], payable(DEFAULTED)[-1]) == ("2024-07", "2026-06")
    assert (found.state, found.reason) == (QuestionState.OFFICER, "a_month_of_the_wage_window_has_a_contribution")


def test_a_pension_by_months_that_are_payable_is_provisional() -> None:
    """21 declared and 21 payable, 18 beyond 24: 51 % of 1,950.00, as by 42 that are declared."""
    found = pension_of(replace(KNOWN, lines=KNOWN.lines[21:]))
    assert (amounts(found)["contributions"], amounts(found)["monthly pension"]) == (42, 99_450)
    assert found.record is not None
    assert found.record.body["provisional"]
    qualified = ask_all(DEATH, replace(YOUNG, lines=KNOWN.lines[21:]), {}, book(), TODAY)["qualified_insured"].record
    assert qualified is not None
    assert qualified.body["provisional"]
    declared = pension_of(KNOWN).record
    assert declared is not None
    assert not declared.body["provisional"]


@pytest.mark.parametrize(
    ("spell", "first"),
    [
        ({"stated_on": date(2023, 1, 20), "verified": False}, "2024-07"),
        ({"stated_on": date(2025, 3, 10), "verified": False}, "2025-03"),
        ({"stated_on": date(2026, 7, 1), "verified": False}, None),
        ({"stated_on": date(2026, 7, 1), "verified": True}, "2024-07"),
    ],
    ids=("in time", "later", "dated back", "dated back and verified"),
)
def test_a_month_of_before_its_employment_was_stated_is_payable_once_an_officer_has_verified_it(
    spell: Mapping[str, Any], first: str | None
) -> None:
    found = payable(replace(DEFAULTED, spells=(replace(DEFAULTED.spells[0], **spell),)))
    assert next(iter(found), None) == first


def test_a_month_that_was_declared_without_wages_is_not_payable() -> None:
    unpaid = WageMonth(EMPLOYER, Month(2025, 1), 0, 1)
    assert "2025-01" not in payable(replace(DEFAULTED, lines=(*DEFAULTED.lines, unpaid)))
    elsewhere = replace(DEFAULTED.spells[0], id=UUID(int=4), employer=EMPLOYER + 1)
    both = replace(DEFAULTED, lines=(*DEFAULTED.lines, unpaid), spells=(*DEFAULTED.spells, elsewhere))
    assert "2025-01" in payable(both), "the other employer has not said so"


def test_months_payable_are_those_in_which_invalidity_is_insured() -> None:
    second = (
        Membership("act4", "first", date(2023, 1, 1), date(2024, 12, 31), 1),
        Membership("act4", "second", date(2025, 1, 1), None, 1),
    )
    assert payable(replace(DEFAULTED, memberships=second))[-1] == "2024-12"
    foreign = replace(DEFAULTED, lines=(), is_foreign=True)
    assert payable(foreign)[0] == "2024-07"
    assert payable(KNOWN) == [], "all are declared"


def of_life_six(first: date, **findings: str) -> Known:
    """Born on 18 June 1975, RM2,940.00 a month from a day to March 2026; the lines begin in January 2013."""
    lines = tuple(WageMonth(EMPLOYER, Month(2013, 1) + each, 294_000, 1) for each in range(159))
    noticed = date(2026, 4, 16)
    return replace(
        KNOWN,
        born_on=date(1975, 6, 18),
        happened_on=noticed,
        received_on=noticed,
        spells=(Spell(UUID(int=3), EMPLOYER, first, date(2026, 3, 31), 1),),
        memberships=(Membership("act4", "first", max(first, date(2013, 1, 1)), date(2026, 3, 31), 1),),
        lines=lines,
        findings={
            fact.replace("_", " "): stated("finding", 61, fact=fact.replace("_", " "), found=found)
            for fact, found in findings.items()
        },
    )


BEFORE_2013 = "contributions_of_before_2013_are_known_or_do_not_matter"


def test_what_was_contributed_before_the_lines_begin_officers_find() -> None:
    """Life 6: 171 contributions, 147 beyond 24, so 62 % of 2,950.00 = 1,829.00; by 159 alone 61 %, 1,799.50."""
    known = of_life_six(date(2012, 1, 2))
    found = pension_of(known)
    assert (found.state, found.reason, terms(found)) == (QuestionState.OFFICER, BEFORE_2013, [])
    assert (facts(found)["first liable"], amounts(found)["complete months"]) == ("2012-01-02", 171)
    assert amounts(found)["monthly pension"] == 179_950, "by what is known"
    decided = pension_of(of_life_six(date(2012, 1, 2), contributions_before_2013="12"))
    assert (decided.state, amounts(decided)["contributions"]) == (QuestionState.ENTITLED, 171)
    assert amounts(decided)["monthly pension"] == 182_900
    assert subjects.spells(known.person) in listens_to(INVALIDITY, known, {found.question: found}, book(), TODAY)


def test_whoever_began_with_the_lines_has_no_months_before() -> None:
    assert pension_of(of_life_six(date(2013, 1, 1))).state is QuestionState.ENTITLED


def test_where_officers_find_that_he_was_liable_later_no_months_are_before() -> None:
    found = pension_of(of_life_six(date(2001, 5, 2), first_liable="2013-01-01"))
    assert (found.state, amounts(found)["monthly pension"]) == (QuestionState.ENTITLED, 179_950)


def test_more_contributions_than_months_before_contradict_the_first_day() -> None:
    found = pension_of(of_life_six(date(2012, 1, 2), contributions_before_2013="13"))
    assert (found.state, found.reason) == (QuestionState.OFFICER, "facts_contradict")


def test_nobody_is_refused_while_months_before_may_complete_the_period() -> None:
    """20 contributions alone complete none; the period of somebody who died is completed by 24 in the window."""
    few = replace(
        of_life_six(date(2001, 5, 2)),
        lines=of_life_six(date(2001, 5, 2)).lines[:20],
        spells=(Spell(UUID(int=3), EMPLOYER, date(2001, 5, 2), date(2014, 8, 31), 1),),
    )
    found = pension_of(few)
    assert (found.state, found.reason) == (QuestionState.OFFICER, BEFORE_2013)
    none = replace(few, findings={"contributions before 2013": stated("finding", 62, found="0")})
    assert pension_of(none).state is QuestionState.REFUSED


def test_that_a_period_was_completed_waits_for_no_month_before() -> None:
    known = of_life_six(date(2001, 5, 2))
    died = replace(
        YOUNG, happened_on=date(2026, 4, 16), died_on=date(2026, 4, 16), cause=None,
        spells=known.spells, memberships=known.memberships, lines=known.lines,
    )  # fmt: skip
    found = ask_all(DEATH, died, {}, book(), TODAY)
    assert (found["qualified_insured"].state, found["funeral_benefit"].state) == ("found", "entitled")
    assert (found["survivors_pension"].state, found["survivors_pension"].reason) == ("officer", BEFORE_2013)


@pytest.mark.parametrize("found", ["12", "0"])
def test_officers_may_find_a_number_of_contributions_before_the_lines(found: str) -> None:
    next(each for each in INVALIDITY if each.name == "invalidity_pension").check_finding(EARLIER, found)
