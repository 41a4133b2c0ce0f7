"""Processes die at each point of what people propose, approve, state and are written, and are begun again (rules P5).

These are tests of the services themselves, of which each says what comes of it, once: here on a service whose processes
die first, at each point of each request that is made, of each command that falls due and of each record that is read
(dying.py). ``WANTED`` says where they must have died; what nobody wants is died at as well.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from services.benefits.tests.api.test_party_statements import (
    test_a_certificate_is_asked_for_reminded_of_and_what_was_held_back_is_paid_when_it_comes,
    test_nothing_is_held_back_before_a_letter_arrived_and_what_was_paid_stays_paid,
    test_one_that_was_paid_is_set_off_and_one_that_was_wrong_is_paid_again,
)
from services.benefits.tests.support import benefits_on
from services.claims.tests.api.test_benefit_letters import (
    test_a_certificate_is_asked_for_in_one_letter_for_all_benefits_and_reminded_of_in_another,
    test_what_became_of_it_is_told_by_its_receipts_in_whatever_order,
    test_what_is_to_come_back_is_told_with_what_is_kept_for_it_and_why,
)
from services.claims.tests.api.test_boards import (
    operator,
    test_life_5_sixty_per_cent_then_a_hundred_one_fifth_commuted_and_attendance,
)
from services.claims.tests.api.test_charter_clocks import (
    test_a_benefit_that_people_decide_is_foreseen_to_be_late_and_counted_as_such,
    test_it_stands_while_an_officer_waits_for_somebody_and_is_listed_by_office,
)
from services.claims.tests.api.test_complaints import (
    test_a_complaint_is_answered_by_two_officers_and_a_letter_and_never_by_whom_it_is_about,
)
from services.claims.tests.api.test_evidence_requests import (
    asked,
    test_two_officers_give_more_time_or_ask_no_more,
    test_who_is_silent_is_reminded_once_and_then_officers_are_asked,
)
from services.claims.tests.api.test_letters import (
    test_a_decision_is_told_once_it_has_settled_in_both_languages,
    test_a_letter_that_came_back_waits_for_two_officers,
)
from services.claims.tests.api.test_referral_offers import (
    refused,
    test_whom_every_scheme_refuses_is_offered_both_and_consents_for_itself,
)
from services.claims.tests.commands.test_kinds import (
    technician,
    test_an_assessment_counts_only_when_another_officer_has_approved_it,
)
from services.claims.tests.conftest import worker
from services.claims.tests.support import claims_on
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from tests.prove.conftest import Show
from tests.prove.dying import BATCH, DUE, REQUEST, Dying, VictimStarter
from tests.prove.test_owing_crash_points import ELSEWHERE

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

Died = set[tuple[str, str]]
# Of whom it is said already where they die first: the story, or what is republished.
DIED_IN_TOO = {"assess_claim", "republish_claims", "republish_letters"}
# What these tests begin with.
BEGINNINGS = (asked, operator, refused, technician, worker)


def _requests(*routes: str) -> Died:
    return {(f"POST /v1/{route}", point) for route in routes for point in REQUEST}


def _due(*kinds: str) -> Died:
    return {(kind, point) for kind in kinds for point in DUE}


def _read(topic: str) -> Died:
    return {(topic, point) for point in BATCH}


_PROPOSED = _requests("tasks/{}/takings", "tasks/{}/proposals")
_BY_TWO = _PROPOSED | _requests("tasks/{}/approvals")
WANTED: Mapping[Callable[..., object], Died] = {
    # What an officer states counts by the word of another one.
    test_an_assessment_counts_only_when_another_officer_has_approved_it: _BY_TWO
    | _requests("claims/{}/evidence")
    | _due("assess_claim"),
    # A board's session is closed by its secretary and its chairman.
    test_life_5_sixty_per_cent_then_a_hundred_one_fifth_commuted_and_attendance: _BY_TWO
    | _requests("claims/{}/board-cases", "board-sessions", "board-sessions/{}/panels", "board-sessions/{}/invitations")
    | _requests("board-cases/{}/attendances", "board-cases/{}/results")
    | _due("follow_board_case", "follow_board_session", "write_board_invitation"),
    # A decision becomes a letter, its message comes back, and two officers decide what becomes of it.
    test_a_decision_is_told_once_it_has_settled_in_both_languages: _due("write_letters"),
    test_a_letter_that_came_back_waits_for_two_officers: _BY_TWO
    | _requests("messages/{}/receipts")
    | _due("write_letters", "follow_message"),
    # A party is asked for evidence, reminded, and late.
    test_who_is_silent_is_reminded_once_and_then_officers_are_asked: _due("follow_evidence_request"),
    test_two_officers_give_more_time_or_ask_no_more: _BY_TWO | _due("follow_evidence_request"),
    # Benefits asks for a certificate, and tells of what is to come back: claims writes, and says what arrived.
    test_a_certificate_is_asked_for_in_one_letter_for_all_benefits_and_reminded_of_in_another: _read("benefit.paid"),
    test_what_became_of_it_is_told_by_its_receipts_in_whatever_order: _requests("messages/{}/receipts")
    | _due("follow_message", "republish_claims", "republish_letters"),
    test_what_is_to_come_back_is_told_with_what_is_kept_for_it_and_why: _due("write_recovery_letter"),
    # A referral is offered, and the person consents.
    test_whom_every_scheme_refuses_is_offered_both_and_consents_for_itself: _requests(
        "referral-offers/{}/answers", "referral-offers/{}/withdrawals"
    ),
    # The charter's clock runs, is missed, and stands while somebody outside is waited for.
    test_a_benefit_that_people_decide_is_foreseen_to_be_late_and_counted_as_such: _BY_TWO | _due("follow_charter"),
    test_it_stands_while_an_officer_waits_for_somebody_and_is_listed_by_office: _requests(
        "tasks/{}/takings", "tasks/{}/stops", "tasks/{}/transfers"
    )
    | _due("follow_charter"),
    test_a_complaint_is_answered_by_two_officers_and_a_letter_and_never_by_whom_it_is_about: _BY_TWO
    | _due("follow_complaint"),
    # What is stated of a payee counts by two; without its certificate it is paid nothing once its letter arrived.
    test_one_that_was_paid_is_set_off_and_one_that_was_wrong_is_paid_again: _BY_TWO
    | _requests("suspensions")
    | _due("ask_of_statement", "settle_entitlement"),
    test_a_certificate_is_asked_for_reminded_of_and_what_was_held_back_is_paid_when_it_comes: _BY_TWO
    | _requests("certificates")
    | _due("settle_entitlement"),
    test_nothing_is_held_back_before_a_letter_arrived_and_what_was_paid_stays_paid: _due("settle_entitlement"),
}


def test_what_is_due_on_the_ways_of_people_is_died_in_or_it_is_said_where() -> None:
    died_in = {kind for wanted in WANTED.values() for kind, point in wanted if point in DUE}
    said_so = {kind for kind, where in ELSEWHERE.items() if where.startswith(Path(__file__).name)}
    assert said_so == died_in & set(ELSEWHERE) - DIED_IN_TOO


def _checked(dying: Dying, request: pytest.FixtureRequest, show: Show) -> None:
    """They died where they were to."""
    missed = WANTED[request.function] - dying.died
    assert not missed, f"nobody died at {sorted(missed)}"
    show("died in|processes", [(request.function.__name__, len(dying.died))])


@pytest.fixture
async def claims(
    databases: Databases, issuer: TestIssuer, victims: VictimStarter, request: pytest.FixtureRequest, show: Show
) -> AsyncIterator[ServiceUnderTest]:
    """Claims, whose processes die."""
    async with claims_on(databases, issuer) as fresh:
        dying = Dying.of(fresh, victims, request.getfixturevalue("tmp_path"))
        yield dying
        _checked(dying, request, show)


@pytest.fixture
async def benefits(
    databases: Databases, issuer: TestIssuer, victims: VictimStarter, request: pytest.FixtureRequest, show: Show
) -> AsyncIterator[ServiceUnderTest]:
    """Benefits, whose processes die."""
    async with benefits_on(databases, issuer) as fresh:
        dying = Dying.of(fresh, victims, request.getfixturevalue("tmp_path"))
        yield dying
        _checked(dying, request, show)
