"""Education loans: beside which benefit a child has one, from which fund, and how its payable is stated.

RM20,000.00 by RM300.00 a month are 66 months, RM19,800.00, and RM200.00 in the 67th.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState, queue_of
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT, DEATH
from services.claims.domain.facts import Circumstances, Known, Statement
from services.claims.domain.loans import loan_id, loans_of
from services.claims.domain.question import Question
from services.claims.domain.revision import standing_records
from services.claims.events.claim_assessed import claim_assessed
from services.claims.events.claims_payable import loans_stated
from services.claims.tests.domain.test_death import AT_HOME, DIED, KNOWN, TODAY, YOUNG, of_accident, stating
from services.claims.tests.support import a_claim
from shared.contracts.claim_assessed import Fund
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import replay

LOAN, OUTSIDE = "education_loan", "non_employment_injury_education_loan"
CHILD = "person:23"
AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
CLAIM = a_claim(revision=4)
FIXED: dict[str, Any] = {"loan": "20000.00", "repaid_from": "2030-01", "instalment": "300.00"}
# The day of the application, on which it is due, and the months of the repayment.
REPAID = [(30_000, date(2030, 1, 1), date(2035, 6, 30)), (20_000, date(2035, 7, 1), date(2035, 7, 31))]


def application(number: int = 41, party: str = CHILD, **changes: str) -> Statement:
    stated = {
        "party": party, "born": "2008-10-15", "applied_on": "2026-09-01", "course": "diploma",
        "course_ends": "2029-06-30", "tuition": "24000.00", "unmarried": "yes", "local": "yes", "full_time": "yes",
        "other_loan_refused": "yes",
    }  # fmt: skip
    return Statement("education", {**stated, **changes}, UUID(int=number))


APPLIED = stating(KNOWN, education=(application(**FIXED),))
SHARES = Statement("dependant", {"party": CHILD, "relation": "child", "born": "2008-10-15"}, UUID(int=42))


def records(questions: tuple[Question, ...], known: Known, last: Any = None) -> dict[str, DecisionRecord]:
    answers = ask_all(questions, known, last or {}, book(), TODAY)
    return {each.question.name: each.record for each in standing_records(questions, answers, last or {})}


def answer(known: Known, name: str = LOAN, questions: tuple[Question, ...] = ACCIDENT) -> Answer:
    return ask_all(questions, known, {}, book(), TODAY)[name]


def stated(known: Known, kept: Any = (), last: Any = None, claim: Any = CLAIM) -> list[ClaimsPayableStatedV1]:
    """The payables of an accident's loans, by the records before and those that stand."""
    return loans_stated(claim, AT, loans_of(claim, ACCIDENT, kept, records(ACCIDENT, known, last)))


def test_a_child_of_whoever_has_a_permanent_disablement_is_lent_what_was_fixed() -> None:
    (loan,) = stated(APPLIED)
    assert (loan.payable, loan.revision) == (loan_id(CLAIM.id, LOAN, CHILD), 4)
    assert (loan.kind, loan.party, loan.fund, loan.arose_on) == (LOAN, CHILD, "employment_injury", date(2026, 9, 1))
    assert [(term.sen, term.first) for term in loan.terms] == [(2_000_000, date(2026, 9, 1))]
    assert [(term.sen, term.first, term.last) for term in loan.repayment] == REPAID
    record = records(ACCIDENT, APPLIED)[LOAN]
    assert replay(record).canonical == record.canonical
    assert loan.decision_hash == record.hash


def test_a_loan_is_no_benefit() -> None:
    answers = ask_all(ACCIDENT, APPLIED, {}, book(), TODAY)
    told = claim_assessed(CLAIM, standing_records(ACCIDENT, answers, {}), ())
    assert LOAN not in {each.benefit for each in told.entitlements}
    assert LOAN not in {each.benefit for each in told.refusals}
    unmarried = stating(KNOWN, education=(application(unmarried="no", **FIXED),))
    refused = claim_assessed(CLAIM, standing_records(ACCIDENT, ask_all(ACCIDENT, unmarried, {}, book(), TODAY), {}), ())
    assert (LOAN, "a_child_meets_every_condition") in {(each.benefit, each.reason) for each in refused.refusals}


def test_of_an_accident_outside_employment_the_fund_of_that_lends() -> None:
    (loan,) = stated(replace(AT_HOME, statements=APPLIED.statements))
    assert (loan.kind, loan.fund) == (OUTSIDE, Fund.NON_EMPLOYMENT_INJURY)


def test_what_is_lent_is_fixed_by_people_and_a_later_application_says_it() -> None:
    open_ = answer(stating(KNOWN, education=(application(),)))
    assert (open_.state, open_.looks) == (QuestionState.ENTITLED, ("education_loan_to_be_fixed",))
    assert queue_of("education_loan_to_be_fixed") == "evidence"
    assert stated(stating(KNOWN, education=(application(),))) == []
    (loan,) = stated(stating(KNOWN, education=(application(), application(43, **FIXED))))
    assert loan.terms[0].sen == 2_000_000


def test_a_loan_that_was_fixed_goes_on_until_it_is_fixed_otherwise() -> None:
    """Her child takes another course, of which nothing is fixed yet: officers are asked, and nothing is called in."""
    again = application(43, applied_on="2027-09-01", course="first_degree", course_ends="2031-06-30")
    applied = stating(KNOWN, education=(application(**FIXED), again))
    (loan,) = stated(applied)
    assert (loan.arose_on, loan.terms[0].sen) == (date(2026, 9, 1), 2_000_000)
    assert answer(applied).looks == ("education_loan_to_be_fixed",)
    assert records(ACCIDENT, applied)[LOAN].same_as(records(ACCIDENT, APPLIED)[LOAN]) is False
    otherwise = replace(again, stated={**again.stated, **FIXED, "loan": "24000.00"})
    (loan,) = stated(stating(KNOWN, education=(application(**FIXED), application(42), otherwise)))
    assert (loan.arose_on, loan.terms[0].sen) == (date(2027, 9, 1), 2_400_000)


@pytest.mark.parametrize(
    ("repaid_from", "state"),
    [
        ("1900-01", QuestionState.OFFICER),
        ("2026-09", QuestionState.OFFICER),
        ("2026-10", QuestionState.ENTITLED),
    ],
)
def test_a_loan_is_paid_back_after_it_was_lent(repaid_from: str, state: QuestionState) -> None:
    found = answer(stating(KNOWN, education=(application(**{**FIXED, "repaid_from": repaid_from}),)))
    assert found.state is state
    assert (found.reason == "facts_contradict") is (state is QuestionState.OFFICER)


def test_a_loan_that_is_never_paid_back_contradicts_itself() -> None:
    for instalment, state in (("16.67", QuestionState.ENTITLED), ("16.66", QuestionState.OFFICER)):
        found = answer(stating(KNOWN, education=(application(**{**FIXED, "instalment": instalment}),)))
        assert found.state is state, "1,200 months, and 1,201"
    assert found.reason == "facts_contradict"


def test_no_loan_without_the_benefit_and_none_before_it_is_settled() -> None:
    no_loss = replace(APPLIED, statements={"education": APPLIED.statements["education"]})
    assert (answer(no_loss).state, answer(no_loss).reason) == (
        QuestionState.REFUSED, "a_benefit_is_owed_beside_which_a_child_may_have_a_loan",
    )  # fmt: skip
    unapplied = replace(APPLIED, statements={each: of for each, of in APPLIED.statements.items() if each != "choice"})
    assert (answer(unapplied).state, answer(unapplied).reason) == (QuestionState.OFFICER, "application_awaited")


def test_after_a_death_a_child_that_shares_in_dependants_benefit_has_one_and_no_other() -> None:
    died = replace(YOUNG, cause=of_accident(True))
    applied = (application(**FIXED), application(44, "person:29", **FIXED))
    known = stating(died, education=applied, dependant=(*died.statements["dependant"], SHARES))
    record = answer(known, LOAN, DEATH).record
    assert record is not None
    assert {term["party"] for term in record.body["terms"]} == {CHILD}
    unmet = next(each for each in record.body["amounts"] if each["name"] == "condition that person:29 does not meet")
    assert unmet["value"] == "a dependant child"
    outside = replace(known, cause=of_accident(False))
    assert answer(outside, OUTSIDE, DEATH).state is QuestionState.ENTITLED
    of_illness = answer(replace(known, cause=None), LOAN, DEATH)
    assert of_illness.reason == "a_benefit_is_owed_beside_which_a_child_may_have_a_loan"
    assert OUTSIDE not in ask_all(DEATH, replace(known, cause=None), {}, book(), TODAY)


@pytest.mark.parametrize(
    ("applied_on", "fixed", "is_lent"),
    [("2026-10-19", {}, True), ("2026-10-20", {}, False), ("2026-10-21", FIXED, True)],
)
def test_beside_permanent_disablement_a_child_applies_while_the_person_lives(
    applied_on: str, fixed: dict[str, Any], is_lent: bool
) -> None:
    """The death of 20 October ends the benefit; what was lent before anybody knew of it goes on."""
    died = replace(KNOWN, **DIED)  # type: ignore[arg-type]
    found = answer(stating(died, education=(application(applied_on=applied_on, **fixed),)))
    assert (found.state is QuestionState.ENTITLED) is is_lent
    assert is_lent or found.reason == "a_child_meets_every_condition"


def test_a_loan_that_is_owed_no_more_is_withdrawn_and_says_why() -> None:
    before = records(ACCIDENT, APPLIED)
    kept = list(before.items())
    married = stating(KNOWN, education=(application(unmarried="no", **FIXED),))
    (ended,) = stated(married, kept, before)
    assert (ended.terms, ended.repayment, ended.withdrawn_for) == ((), (), "unmarried")
    assert ended.fund == "employment_injury"
    taken_back = stating(KNOWN, education=())
    taken_back = replace(taken_back, statements={k: v for k, v in taken_back.statements.items() if k != "education"})
    (ended,) = stated(taken_back, kept, before)
    assert ended.withdrawn_for == "a_child_meets_every_condition"
    other = stating(KNOWN, education=(application(45, "person:24", **FIXED),))
    of_other, ended = sorted(stated(other, kept, before), key=lambda each: not each.terms)
    assert (of_other.party, ended.withdrawn_for) == ("person:24", "not_applied_for")
    (unfixed,) = stated(stating(KNOWN, education=(application(),)), kept, before)
    assert unfixed.withdrawn_for == "education_loan_to_be_fixed"


def test_a_loan_that_another_fund_comes_to_bear_takes_the_place_of_the_first() -> None:
    before = records(ACCIDENT, replace(AT_HOME, statements=APPLIED.statements))
    found = {each.kind: each for each in stated(APPLIED, list(before.items()), before)}
    assert found[OUTSIDE].superseded_by == found[LOAN].payable == loan_id(CLAIM.id, LOAN, CHILD)
    assert found[LOAN].terms[0].sen == 2_000_000
    assert (found[OUTSIDE].terms, found[OUTSIDE].fund) == ((), Fund.NON_EMPLOYMENT_INJURY)


def test_the_loans_of_a_claim_that_joined_another_are_of_that_one() -> None:
    twin, kept = UUID(int=77), list(records(ACCIDENT, APPLIED).items())
    joined = replace(CLAIM, joined_to=twin, revision=5)
    (ended,) = loans_stated(joined, AT, loans_of(joined, ACCIDENT, kept, {}))
    assert (ended.superseded_by, ended.revision) == (loan_id(twin, LOAN, CHILD), 5)


def test_who_never_had_a_loan_is_told_of_in_none() -> None:
    assert stated(stating(KNOWN, education=(application(unmarried="no"),))) == []
    assert stated(KNOWN) == []
    assert answer(replace(APPLIED, circumstances=Circumstances("employer_activity", evidence=UUID(int=1)))).state is (
        QuestionState.OFFICER
    )
