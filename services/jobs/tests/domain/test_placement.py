"""Which proof confirms a placement, and until when it waits."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.jobs.domain.placement import Placement, PlacementState, Proof
from services.jobs.domain.seeker import NEEDS_A_JOB
from shared.contracts.rehab_discharged import RehabOutcome

STARTS_ON = date(2026, 9, 1)
ACCEPTED_AT = datetime(2026, 8, 25, tzinfo=UTC)
PLACEMENT = Placement(uuid4(), uuid4(), uuid4(), 12, uuid4(), 8, STARTS_ON, ACCEPTED_AT)
# 1 September plus 90 days is 30 November; the day ends at 16:00 UTC.
DEADLINE = datetime(2026, 11, 30, 16, tzinfo=UTC)


def _proof(days: int) -> Proof:
    return Proof(uuid4(), STARTS_ON + timedelta(days=days), "2026-09", 260_000)


def test_the_outcomes_that_call_for_a_job_are_outcomes_of_the_event() -> None:
    assert {RehabOutcome(outcome) for outcome in NEEDS_A_JOB} == {
        RehabOutcome.FIT_FOR_OTHER_WORK,
        RehabOutcome.FIT_FOR_MODIFIED_WORK,
    }


@pytest.mark.parametrize(("slip", "proves"), [(-32, False), (-31, True), (0, True), (31, True), (32, False)])
def test_a_start_may_slip_by_31_days(slip: int, proves: bool) -> None:
    proof = _proof(slip)
    assert PLACEMENT.proved_by([proof]) == (proof if proves else None)


def test_the_nearest_start_proves_and_of_two_as_near_the_earlier() -> None:
    near, early, late = _proof(3), _proof(-5), _proof(5)
    assert PLACEMENT.proved_by([late, near, early]) == near
    assert PLACEMENT.proved_by([late, early]) == PLACEMENT.proved_by([early, late]) == early
    assert PLACEMENT.proved_by([]) is None


def test_it_waits_for_its_proof_to_the_end_of_the_90th_day_in_malaysia() -> None:
    assert PLACEMENT.deadline == DEADLINE
    assert PLACEMENT.unproved(DEADLINE - timedelta(microseconds=1)) == PLACEMENT
    unproved = PLACEMENT.unproved(DEADLINE)
    assert (unproved.state, unproved.deadline) == (PlacementState.UNPROVED, None)
    assert unproved.unproved(DEADLINE) == unproved


@pytest.mark.parametrize("placement", [PLACEMENT, PLACEMENT.unproved(DEADLINE)])
def test_the_first_thing_that_is_published_is_revision_1_however_late(placement: Placement) -> None:
    confirmed = placement.confirmed(_proof(0), DEADLINE)
    assert (confirmed.state, confirmed.revision, confirmed.deadline) == (PlacementState.CONFIRMED, 1, None)
