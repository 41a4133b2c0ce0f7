"""Every reason for which a person looks stands in the table of the README, which officers work by."""

from pathlib import Path

import pytest

from services.claims.domain.adjacent import ADJACENT
from services.claims.domain.answers import queue_of
from services.claims.domain.claim import LESS_THAN_PUBLISHED, LOST_SINCE_BACKUP
from services.claims.domain.doubts import ENDED_LATE, EVIDENCE, FINDING, OTHER_DAY_OF_DEATH, SKBBK_STATED_LATE
from services.claims.domain.queues import ALL, IDENTITY, LOST, OF_IDENTITY, UNRULED
from services.claims.domain.relation import (
    DEATH,
    IDENTITY_OVERDUE,
    NAME_DIFFERS,
    STATED_LATE,
    TO_BE_CONFIRMED,
    TO_BE_SHOWN,
)
from shared.law.act4.permanent_disablement.asked import BOARDS_DAY, LATER_FIRST_DAY
from shared.law.act4.permanent_disablement.errors import LumpSumFactorUnknown
from shared.law.act4.temporary_disablement.asked import CONTESTED, OVER_REVIEW_DAYS, RELAPSE
from shared.law.act4.wage_base.asked import WAGES_OUTSIDE as OUTSIDE

REASONS = (
    CONTESTED, DEATH, EVIDENCE, FINDING, IDENTITY_OVERDUE, TO_BE_CONFIRMED,
    LESS_THAN_PUBLISHED, LOST_SINCE_BACKUP, NAME_DIFFERS, OUTSIDE,
    OVER_REVIEW_DAYS, RELAPSE, STATED_LATE, TO_BE_SHOWN, "accident_before_birth", "before_known_law",
    "contributions_of_before_2013_are_known_or_do_not_matter",
    "application_awaited", "cause_lost", "cause_not_ruled", "cause_unsettled", "choice_of_benefit_awaited",
    "contributions_before_2013_to_be_stated", "education_loan_to_be_fixed", "grant_interest_to_be_stated",
    "it_is_known_what_was_contributed", "the_highest_cost_of_a_repatriation_is_known",
    "cover_taken_back", BOARDS_DAY, "choice_takes_back", "dependants_to_be_stated", "disease", ENDED_LATE,
    OTHER_DAY_OF_DEATH, ADJACENT,
    "earlier_losses_to_be_stated", "employer_without_spell", "facts_contradict", "funeral_claimants_to_be_stated",
    LumpSumFactorUnknown.code, "late_notice", "medical_board_to_certify", "no_wage_month",
    "pension_lost", "pension_unsettled", "pension_beside_lump_sum", LATER_FIRST_DAY,
    "review_beside_lump_sum", "same_cause_to_be_found", "several_claims_to_be_coordinated", SKBBK_STATED_LATE,
    "the_employment_has_ended", "whether_the_circumstance_is_covered_is_settled",
)  # fmt: skip

# By another claim.
ANSWERED_ELSEWHERE = ("cause_unsettled", "pension_unsettled")
OF_CLAIM = {"disease": UNRULED.name, LOST_SINCE_BACKUP: LOST.name}
ONLY_OF_A_NOTICE = OF_IDENTITY - {STATED_LATE}


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_explained_with_its_queues(reason: str) -> None:
    table = (Path(__file__).parents[2] / "README.md").read_text()
    rows = [line for line in table.splitlines() if line.startswith("| ") and f"`{reason}`" in line.split("|")[1]]
    assert len(rows) == 1
    named = {queue.name for queue in ALL if f"`{queue.name}`" in rows[0].split("|")[2]}
    of_notice = {IDENTITY.name} if reason in OF_IDENTITY else set()
    of_claim = {OF_CLAIM[reason]} if reason in OF_CLAIM else set()
    has_none = reason in (*ANSWERED_ELSEWHERE, *ONLY_OF_A_NOTICE, *OF_CLAIM)
    of_question = set() if has_none else {queue_of(reason)}
    assert named == of_notice | of_question | of_claim
