"""Which of several lawful benefits is paid, over the answers of one claim and of the person's others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all, coordinated, listens_to
from services.claims.domain.catalogue import ACCIDENT, DEATH, INVALIDITY, Question
from services.claims.domain.facts import Cause, Known, OfAnother
from services.claims.domain.paid import terms_paid
from services.claims.tests.domain.test_death import AT_HOME, KNOWN, NOW, PERSON, TODAY, stated
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import explained, replay

DIED = date(2026, 7, 20)
WIDOW = (stated("dependant", 7, party="person:21", relation="widow"),)
OF_DEATH = replace(
    AT_HOME,
    happened_on=DIED,
    died_on=DIED,
    death=UUID(int=99),
    statements={"dependant": WIDOW},
    cause=Cause(UUID(int=98), 1, date(2026, 7, 15), found=False, circumstances=AT_HOME.circumstances),
)


def answers(questions: tuple[Question, ...], known: Known, last: Mapping[str, DecisionRecord]) -> dict[str, Answer]:
    found = ask_all(questions, known, last, book(), TODAY)
    return coordinated(questions, known, found, last, book(), TODAY)


def records(found: Mapping[str, Answer]) -> dict[str, DecisionRecord]:
    return {name: each.record for name, each in found.items() if each.is_settled and each.record is not None}


def paid(found: Mapping[str, Answer]) -> dict[str, list[tuple[str, str, int]]]:
    """Party, per and sen of each term that is paid, by benefit; of those that entitle."""
    kept = records(found)
    return {
        name: [(term["party"], term["per"], term["sen"]) for term in terms_paid(name, kept)]
        for name, each in found.items()
        if each.state is QuestionState.ENTITLED
    }


def test_of_a_death_each_payee_has_the_higher_of_two_and_the_explanation_says_so() -> None:
    """1,950.00 / 30 × 54 % = 35.10 a day, 3/5 are 21.06, × 30 = 631.80; 51 % of 1,950.00 = 994.50, 3/5 are 596.70."""
    found = answers(DEATH, OF_DEATH, {})
    benefit = "non_employment_injury_dependants_benefit"
    assert found["survivors_pension"].state is QuestionState.ENTITLED
    assert found["coordination"].state is QuestionState.FOUND
    assert paid(found) == {
        benefit: [("person:21", "once", 12 * 2106), ("person:21", "month", 63_180)],
        "survivors_pension": [],
    }
    record = found["coordination"].record
    assert record is not None
    assert replay(record).canonical == record.canonical
    said = explained(record)
    # Of July, 12 of 31 days of the pension are 230.98.
    assert any(
        "max(252.72, 230.98) = non employment injury dependants benefit (Act 4 as amended" in each for each in said
    )
    assert any(each.startswith("Owed to person:21 as non employment injury dependants benefit") for each in said)


def test_while_survivors_pension_is_not_decided_the_other_is_paid_at_once() -> None:
    undecided = replace(OF_DEATH, others=(OfAnother(UUID(int=8), 0, "invalidity", {}),))
    found = answers(DEATH, undecided, {})
    assert found["survivors_pension"].reason == "pension_unsettled"
    assert "coordination" not in found
    assert list(paid(found)) == ["non_employment_injury_dependants_benefit"]


def test_one_more_month_of_the_same_wage_leaves_one_benefit_paid() -> None:
    """The record of the pension changes, and not its amount: what is paid is decided over the new one."""
    before = records(answers(DEATH, replace(OF_DEATH, lines=OF_DEATH.lines[1:]), {}))
    found = answers(DEATH, OF_DEATH, before)
    after = records(found)
    changed = [name for name, record in after.items() if record.hash != before[name].hash]
    assert changed == ["survivors_pension", "qualified_insured", "coordination"]
    assert after["coordination"].same_as(before["coordination"])
    assert replay(after["coordination"]).canonical == after["coordination"].canonical
    assert paid(found) == paid(answers(DEATH, OF_DEATH, {}))
    assert paid(found)["survivors_pension"] == []


def test_what_is_asked_again_over_the_same_records_keeps_its_own() -> None:
    before = records(answers(DEATH, OF_DEATH, {}))
    again = records(answers(DEATH, replace(OF_DEATH, known_to=NOW + timedelta(days=1)), before))
    assert {name: record.hash for name, record in again.items()} == {name: each.hash for name, each in before.items()}


def test_while_an_officer_has_the_coordination_nothing_is_paid_beside_what_stands() -> None:
    before = records(answers(DEATH, OF_DEATH, {}))
    two = (*WIDOW, stated("dependant", 9, party="person:22", relation="widow"))
    after = ask_all(DEATH, replace(OF_DEATH, statements={"dependant": two}), before, book(), TODAY)
    stale = {**records(after), "coordination": before["coordination"]}
    assert terms_paid("survivors_pension", stale) == []
    paid_on = terms_paid("non_employment_injury_dependants_benefit", stale)
    assert {term["party"] for term in paid_on} == {"person:21"}


def test_of_one_benefit_alone_nothing_is_decided_between_several() -> None:
    assert "coordination" not in answers(ACCIDENT, KNOWN, {})


def other(event: str, questions: tuple[Question, ...], known: Known, number: int) -> OfAnother:
    return OfAnother(UUID(int=number), 1, event, records(answers(questions, known, {})))


PENSIONER = other("invalidity", INVALIDITY, KNOWN, 8)
INJURED = other("accident", ACCIDENT, KNOWN, 9)


def both(**found: str) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """The answers of the claim of the accident, where officers find it, and of that of the invalidity."""
    findings = {
        fact.replace("_", " "): stated("finding", place, fact=fact, found=value)
        for place, (fact, value) in enumerate(found.items(), start=50)
    }
    of_accident = answers(ACCIDENT, replace(KNOWN, others=(PENSIONER,), findings=findings), {})
    accident = OfAnother(UUID(int=9), 1, "accident", records(of_accident))
    return of_accident, answers(INVALIDITY, replace(KNOWN, others=(accident,)), {})


@pytest.mark.parametrize(
    ("found", "disablement", "pension", "looks"),
    [
        ({}, False, True, ("same_cause_to_be_found",)),
        ({"same_cause": "yes"}, False, True, ("choice_of_benefit_awaited",)),
        ({"same_cause": "no"}, True, True, ()),
        ({"same_cause": "yes", "chosen": "permanent disablement"}, True, False, ()),
        ({"same_cause": "yes", "chosen": "invalidity pension"}, False, True, ()),
    ],
    ids=("nothing found", "one cause", "two causes", "disablement chosen", "pension chosen"),
)
def test_beside_an_invalidity_pension_permanent_disablement_is_paid_by_cause_and_choice(
    found: dict[str, str], disablement: bool, pension: bool, looks: tuple[str, ...]
) -> None:
    """The pension began on 16 July, disablement on 1 September: both claims come to the same (s.96)."""
    of_accident, of_invalidity = both(**found)
    assert bool(paid(of_accident)["permanent_disablement"]) is disablement
    assert bool(paid(of_invalidity)["invalidity_pension"]) is pension
    assert of_accident["coordination"].people_look_at == looks
    assert of_invalidity["coordination"].people_look_at == looks


def test_what_another_claim_read_of_this_one_supports_nothing_once_it_is_withdrawn() -> None:
    _, of_invalidity = both(same_cause="no")
    invalidity = OfAnother(UUID(int=8), 2, "invalidity", records(of_invalidity))
    withdrawn = answers(ACCIDENT, replace(KNOWN, others=(invalidity,)), {})
    assert withdrawn["coordination"].people_look_at == ("same_cause_to_be_found",)


def test_of_two_accidents_the_losses_are_not_coordinated_with_each_other() -> None:
    found = answers(ACCIDENT, replace(KNOWN, others=(INJURED,)), {})
    assert "coordination" not in found
    assert paid(found)["permanent_disablement"]


def test_a_later_pension_wakes_an_earlier_loss() -> None:
    assert subjects.revisions(PERSON) in listens_to(ACCIDENT, KNOWN, answers(ACCIDENT, KNOWN, {}), book(), TODAY)
