"""The steps of a referral, and what each refuses."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.rehab.domain.errors import (
    AdmissionBeforeAccident,
    AdmissionInFuture,
    CertificateBeforeAdmission,
    CertificateContradicts,
    CertificateInFuture,
    CertificateMissing,
    DischargeBeforeAdmission,
    DischargeInFuture,
    ReferralState,
)
from services.rehab.domain.referral import Certificate, Outcome, Referral, State
from shared.contracts.rehab_discharged import RehabOutcome
from shared.kernel.errors import JaringError

TODAY = date(2026, 8, 10)
HAPPENED_ON = date(2026, 7, 15)
EXPECTED = Referral(uuid4(), uuid4(), 12, datetime(2026, 7, 16, tzinfo=UTC))
TAKEN = EXPECTED.taken_by("cm-1")
ADMITTED = TAKEN.admitted("MELAKA", date(2026, 7, 20), happened_on=HAPPENED_ON, today=TODAY)
CERTIFICATE = Certificate(uuid4(), date(2026, 7, 31), date(2026, 8, 3))
DISCHARGED = ADMITTED.discharged(date(2026, 8, 2), Outcome.FIT_FOR_OTHER_WORK, CERTIFICATE, today=TODAY)
CLOSED = EXPECTED.standing(refused=True)


def test_the_outcomes_are_those_of_the_event() -> None:
    assert [outcome.value for outcome in Outcome] == [outcome.value for outcome in RehabOutcome]


def test_the_way_leads_through_taken_and_admitted_to_discharged() -> None:
    states = [each.state for each in (EXPECTED, TAKEN, ADMITTED, DISCHARGED)]
    assert states == [State.EXPECTED, State.TAKEN, State.ADMITTED, State.DISCHARGED]


def test_the_revision_counts_what_is_published() -> None:
    assert [each.revision for each in (EXPECTED, TAKEN, ADMITTED, DISCHARGED)] == [0, 0, 1, 2]


@pytest.mark.parametrize("referral", [TAKEN, ADMITTED, DISCHARGED, CLOSED])
def test_only_an_expected_referral_is_taken(referral: Referral) -> None:
    with pytest.raises(ReferralState):
        referral.taken_by("cm-2")


@pytest.mark.parametrize("referral", [EXPECTED, ADMITTED, DISCHARGED, CLOSED])
def test_only_a_taken_referral_leads_to_an_admission(referral: Referral) -> None:
    with pytest.raises(ReferralState):
        referral.admitted("IPOH", TODAY, happened_on=HAPPENED_ON, today=TODAY)


@pytest.mark.parametrize("referral", [EXPECTED, TAKEN, DISCHARGED, CLOSED])
def test_only_an_admitted_person_is_discharged(referral: Referral) -> None:
    with pytest.raises(ReferralState):
        referral.discharged(TODAY, Outcome.DISCONTINUED, None, today=TODAY)


@pytest.mark.parametrize(
    ("on", "error"), [(date(2026, 8, 11), AdmissionInFuture), (date(2026, 7, 14), AdmissionBeforeAccident)]
)
def test_an_admission_lies_between_the_accident_and_today(on: date, error: type[JaringError]) -> None:
    with pytest.raises(error):
        TAKEN.admitted("MELAKA", on, happened_on=HAPPENED_ON, today=TODAY)


@pytest.mark.parametrize("on", [HAPPENED_ON, TODAY])
def test_the_day_of_the_accident_and_today_are_days_for_an_admission(on: date) -> None:
    admission = TAKEN.admitted("MELAKA", on, happened_on=HAPPENED_ON, today=TODAY).admission
    assert admission is not None
    assert admission.admitted_on == on


@pytest.mark.parametrize(
    ("on", "error"), [(date(2026, 8, 11), DischargeInFuture), (date(2026, 7, 19), DischargeBeforeAdmission)]
)
def test_a_discharge_lies_between_the_admission_and_today(on: date, error: type[JaringError]) -> None:
    with pytest.raises(error):
        ADMITTED.discharged(on, Outcome.DISCONTINUED, None, today=TODAY)


@pytest.mark.parametrize("outcome", [each for each in Outcome if each.value.startswith("fit_")])
def test_whoever_leaves_fit_needs_a_final_certificate(outcome: Outcome) -> None:
    with pytest.raises(CertificateMissing):
        ADMITTED.discharged(TODAY, outcome, None, today=TODAY)


@pytest.mark.parametrize("outcome", [Outcome.NOT_FIT_FOR_WORK, Outcome.DISCONTINUED])
def test_whoever_does_not_leave_fit_needs_none(outcome: Outcome) -> None:
    assert ADMITTED.discharged(TODAY, outcome, None, today=TODAY).state is State.DISCHARGED


@pytest.mark.parametrize(
    ("outcome", "certificate", "error"),
    [
        (Outcome.NOT_FIT_FOR_WORK, CERTIFICATE, CertificateContradicts),
        (Outcome.FIT_FOR_SAME_WORK, Certificate(uuid4(), date(2026, 8, 11), TODAY), CertificateInFuture),
        (Outcome.FIT_FOR_SAME_WORK, Certificate(uuid4(), date(2026, 7, 19), TODAY), CertificateBeforeAdmission),
        (Outcome.FIT_FOR_SAME_WORK, Certificate(uuid4(), TODAY, date(2026, 7, 19)), CertificateBeforeAdmission),
    ],
)
def test_a_certificate_fits_the_stay_and_its_outcome(
    outcome: Outcome, certificate: Certificate, error: type[JaringError]
) -> None:
    with pytest.raises(error):
        ADMITTED.discharged(TODAY, outcome, certificate, today=TODAY)


def test_fitness_may_begin_after_today() -> None:
    """The doctor says on Friday that the person is fit from Monday."""
    later = Certificate(uuid4(), TODAY, date(2026, 8, 13))
    assert ADMITTED.discharged(TODAY, Outcome.FIT_FOR_SAME_WORK, later, today=TODAY).state is State.DISCHARGED


@pytest.mark.parametrize("referral", [EXPECTED, TAKEN])
def test_a_refusal_closes_what_has_not_led_to_an_admission_and_a_decision_opens_it_again(referral: Referral) -> None:
    closed = referral.standing(refused=True)
    assert closed.state is State.NOT_COVERED
    assert closed.standing(refused=True) == closed
    assert closed.standing(refused=False) == referral


@pytest.mark.parametrize("referral", [ADMITTED, DISCHARGED])
def test_a_refusal_leaves_whoever_was_admitted(referral: Referral) -> None:
    assert referral.standing(refused=True) == referral
