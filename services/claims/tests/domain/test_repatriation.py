"""Repatriation of a foreign worker's remains: who bore the cost has it, from the fund of the injury (Act 4 s.15)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState, queue_of
from services.claims.domain.asking import ask_all, listens_to
from services.claims.domain.catalogue import DEATH
from services.claims.domain.facts import Known, Statement
from services.claims.domain.subjects import person
from services.claims.tests.domain.test_death import PERSON, TODAY, YOUNG, finding, of_accident
from shared.kernel.funds import Fund
from shared.law.book import book
from shared.law.determination import replay

NAME = "repatriation_of_remains"
QUESTION = next(each for each in DEATH if each.name == NAME)
# Made up: the most that is paid for one case is in no source.
HIGHEST = finding("highest cost of repatriation", "4500.00 by P.U.(A) 5/2026")


def cost(party: str, paid: str, number: int = 31) -> Statement:
    return Statement("repatriation", {"party": party, "paid": paid}, UUID(int=number))


DIED = replace(
    YOUNG,
    is_foreign=True,
    cause=of_accident(True),
    statements={**YOUNG.statements, "repatriation": (cost("employer:3", "4200.00"), cost("person:21", "1800.00", 32))},
)


def answer(known: Known) -> Answer:
    return ask_all(DEATH, known, {}, book(), TODAY)[NAME]


def paid(known: Known) -> tuple[dict[str, int], Fund]:
    record = answer(known).record
    assert record is not None
    assert replay(record).canonical == record.canonical
    return {term["party"]: term["sen"] for term in record.body["terms"]}, QUESTION.fund_of(record)


def test_the_most_that_is_paid_is_in_no_source_and_two_officers_state_it() -> None:
    open_ = answer(DIED)
    assert (open_.state, open_.reason) == (QuestionState.OFFICER, "the_highest_cost_of_a_repatriation_is_known")
    assert queue_of(open_.reason) == "doubt"
    assert QUESTION.takes_finding("highest cost of repatriation")
    stated = replace(DIED, findings=HIGHEST)
    assert paid(stated) == ({"employer:3": 315_000, "person:21": 135_000}, Fund.EMPLOYMENT_INJURY)


def test_of_an_accident_outside_employment_the_fund_of_that_bears_it() -> None:
    stated = replace(DIED, cause=of_accident(False), findings=HIGHEST)
    assert paid(stated) == ({"employer:3": 315_000, "person:21": 135_000}, Fund.NON_EMPLOYMENT_INJURY)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_foreign": False}, "a_foreign_worker"),
        ({"cause": None}, "the_death_is_one_for_which_remains_are_repatriated"),
        ({"findings": finding("found alive", "yes")}, "the_person_has_died"),
    ],
)
def test_what_refuses_a_repatriation(changes: dict[str, Any], reason: str) -> None:
    refused = answer(replace(DIED, **{"findings": HIGHEST, **changes}))
    assert (refused.state, refused.reason) == (QuestionState.REFUSED, reason)


def test_it_is_asked_once_a_cost_is_stated_and_wakes_with_the_person() -> None:
    assert NAME not in ask_all(DEATH, replace(DIED, statements=YOUNG.statements), {}, book(), TODAY)
    assert person(PERSON) in listens_to((QUESTION,), DIED, {NAME: answer(DIED)}, book(), TODAY)


def test_a_later_statement_of_the_same_party_takes_the_place_of_the_earlier() -> None:
    costs = (cost("employer:3", "4200.00"), cost("employer:3", "4000.00", 33))
    assert paid(replace(DIED, findings=HIGHEST, statements={**YOUNG.statements, "repatriation": costs}))[0] == {
        "employer:3": 400_000
    }
