"""An invalidity grant: owed where no pension is, and never beside one (Act 4 s.21); without a database.

RM1,980.00 a month is of the class whose employee pays RM9.75, and whose employer pays as much for invalidity: 14 months
of RM19.50 are RM273.00 (Third Schedule).
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState, queue_of
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import INVALIDITY
from services.claims.domain.claim import ClaimKind, ClaimState
from services.claims.domain.errors import FindingNotReadable
from services.claims.domain.facts import Known, Statement
from services.claims.domain.queues import queues_of
from services.claims.domain.referral import ReferralReason, offered_for
from services.claims.domain.revision import standing_records
from services.claims.tests.domain.test_contributions import amounts, employed_since, months_from
from services.claims.tests.domain.test_death import TODAY, finding
from services.claims.tests.support import a_claim
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.decision import DecisionRecord

GRANT, PENSION = "invalidity_grant", "invalidity_pension"
NOTICED = date(2026, 7, 16)
# Liable since May 2025: fourteen months, of which no part is twenty-four contributions.
FEW = employed_since(date(2025, 5, 1), NOTICED, months_from(Month(2025, 5), 14))
MANY = employed_since(date(2023, 1, 1), NOTICED, months_from(Month(2023, 1), 42))


def answers(known: Known, last: dict[str, DecisionRecord] | None = None) -> dict[str, Answer]:
    return ask_all(INVALIDITY, known, last or {}, book(), TODAY)


def terms(answer: Answer) -> list[tuple[str, int, str]]:
    assert answer.record is not None
    return [(each["per"], each["sen"], each["first"]) for each in answer.record.body["terms"]]


def standing(known: Known) -> dict[str, DecisionRecord]:
    return {name: each.record for name, each in answers(known).items() if each.record is not None}


@pytest.mark.parametrize(("known", "why"), [(FEW, ReferralReason.SHORT), (MANY, None)])
def test_who_has_a_grant_in_the_place_of_a_pension_falls_short(known: Known, why: ReferralReason | None) -> None:
    claim = a_claim(kind=ClaimKind.INVALIDITY, state=ClaimState.DECIDED)
    assert offered_for(claim, standing_records(INVALIDITY, answers(known), {}), ()) is why


def test_whoever_completed_no_period_has_what_was_contributed_at_once_and_its_interest_when_it_is_stated() -> None:
    found = answers(FEW)
    assert found[PENSION].state is QuestionState.REFUSED
    assert (found[GRANT].state, terms(found[GRANT])) == (QuestionState.ENTITLED, [("once", 27_300, "2026-07-16")])
    grant, pension = found[GRANT].record, found[PENSION].record
    assert grant is not None
    assert pension is not None
    (owed,) = (fact for fact in grant.body["facts"] if fact["name"] == "invalidity pension")
    assert (owed["value"], [each["id"] for each in owed["sources"]]) == ("no", [pension.hash])
    assert found[GRANT].looks == ("grant_interest_to_be_stated",)
    assert queues_of(found, {PENSION, GRANT}, ()) == {GRANT: {"doubt": "grant_interest_to_be_stated"}}
    stated = answers(replace(FEW, findings=finding("stated interest", "12.30 by P.U.(A) 5/2026")))[GRANT]
    assert (terms(stated), stated.looks) == ([("once", 28_530, "2026-07-16")], ())
    assert amounts(stated)["stated interest"] == 1_230


@pytest.mark.parametrize(
    "found", ["12.30", "by P.U.(A) 5/2026", "-1.00 by P.U.(A) 5/2026", "1000000000.01 by P.U.(A) 5/2026"]
)
def test_no_amount_is_found_without_what_states_it_nor_one_that_nobody_is_owed(found: str) -> None:
    question = next(each for each in INVALIDITY if each.name == GRANT)
    question.check_finding("stated interest", "1000000000.00 by P.U.(A) 5/2026")
    with pytest.raises(FindingNotReadable):
        question.check_finding("stated interest", found)


def test_no_grant_is_asked_for_while_a_pension_is_owed_or_open() -> None:
    assert set(answers(MANY)) == {PENSION}
    uncertified = replace(FEW, statements={})
    assert set(answers(uncertified)) == {PENSION}, "a board is still to certify"
    arriving = replace(FEW, watermarks={})
    assert answers(arriving)[PENSION].state is QuestionState.AWAITING, "a contribution may be on its way"
    assert GRANT not in answers(arriving)


def test_a_grant_that_was_paid_is_taken_back_by_the_pension_that_comes_after_all() -> None:
    last = standing(FEW)
    found = answers(MANY, last)
    assert found[PENSION].state is QuestionState.ENTITLED
    assert (found[GRANT].state, found[GRANT].reason) == (QuestionState.REFUSED, "no_qualifying_period_is_completed")


def test_a_grant_stands_while_a_pension_is_in_dispute() -> None:
    """Officers are to find when work ended, or contributions are on their way: nothing is taken back meanwhile."""
    last = standing(FEW)
    working = answers(replace(MANY, spells=(replace(MANY.spells[0], last=None),)), last)
    assert (working[PENSION].state, working[PENSION].reason) == (QuestionState.OFFICER, "the_employment_has_ended")
    assert (working[GRANT].state, working[GRANT].standing(last[GRANT])) == (QuestionState.OFFICER, last[GRANT])
    arriving = answers(replace(MANY, watermarks={}, lines=MANY.lines[-14:]), last)
    assert not arriving[PENSION].is_settled
    assert (arriving[GRANT].state, arriving[GRANT].standing(last[GRANT])) == (QuestionState.AWAITING, last[GRANT])


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (replace(FEW, lines=FEW.lines[-11:], spells=(replace(FEW.spells[0], first=date(2025, 8, 1)),)),
         "contributed_long_enough_for_a_grant"),
        (replace(FEW, died_on=date(2026, 7, 16), death=UUID(int=99)), "alive_on_the_first_day_of_the_benefit"),
        (replace(FEW, statements={"invalidity": (
            Statement("invalidity", {"certified": "no", "earning_capacity": "20"}, UUID(int=6)),)}),
         "certified_by_a_medical_board"),
    ],
)  # fmt: skip
def test_what_refuses_a_grant(known: Known, reason: str) -> None:
    grant = answers(known)[GRANT]
    assert (grant.state, grant.reason) == (QuestionState.REFUSED, reason)


def test_months_that_nobody_declared_count_and_their_amount_waits_for_it() -> None:
    grant = answers(replace(FEW, lines=()))[GRANT]
    assert (grant.state, grant.reason) == (QuestionState.OFFICER, "it_is_known_what_was_contributed")
    assert queue_of(grant.reason) == "doubt"
    declared = answers(replace(FEW, lines=FEW.lines[:1]))[GRANT]
    assert declared.record is not None
    assert (terms(declared), declared.record.body["provisional"]) == ([("once", 1_950, "2026-07-16")], True)


def test_months_credited_at_discretion_complete_a_period_and_one_that_is_treated_as_met_is_one() -> None:
    """Act 4 s.17(3A), (3C), (3D): 24 of the last 40 months with ten that are credited; a half, 1,950.00 × 50 %."""
    credited = answers(replace(FEW, findings=finding("credited", "2024-07 to 2025-04")))
    assert (credited[PENSION].state, set(credited)) == (QuestionState.ENTITLED, {PENSION})
    assert (amounts(credited[PENSION])["contributions"], amounts(credited[PENSION])["monthly pension"]) == (24, 97_500)
    met = answers(replace(FEW, findings=finding("treated as met", "yes")))
    assert (met[PENSION].state, amounts(met[PENSION])["monthly pension"]) == (QuestionState.ENTITLED, 97_500)
    one_fewer = answers(replace(FEW, findings=finding("credited", "2024-08 to 2025-04")))
    assert one_fewer[PENSION].state is QuestionState.REFUSED
    assert terms(one_fewer[GRANT]) == [("once", 27_300, "2026-07-16")], "what was credited nobody paid"
