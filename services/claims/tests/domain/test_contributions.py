"""Which months count towards a pension, and from which day it runs; without a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import DEATH, INVALIDITY
from services.claims.domain.facts import Known, Membership, Spell, WageMonth
from services.claims.tests.domain.test_death import EMPLOYER, KNOWN, TODAY, YOUNG
from shared.kernel.periods import Month
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
