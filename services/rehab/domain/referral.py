"""A referral: one insured person's way from an accident into a centre and out of it (Act 4 s.57).

Every step returns a new referral or raises the error that says why not.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

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


class State(StrEnum):
    """Where a referral stands."""

    EXPECTED = "expected"
    TAKEN = "taken"
    ADMITTED = "admitted"
    DISCHARGED = "discharged"
    NOT_COVERED = "not_covered"


class Outcome(StrEnum):
    """How a return-to-work plan closed; the codes are those of the event."""

    FIT_FOR_SAME_WORK = "fit_for_same_work"
    FIT_FOR_MODIFIED_WORK = "fit_for_modified_work"
    FIT_FOR_OTHER_WORK = "fit_for_other_work"
    NOT_FIT_FOR_WORK = "not_fit_for_work"
    DISCONTINUED = "discontinued"

    @property
    def fit(self) -> bool:
        """Whether the person can work again, in whichever work."""
        return self in _FIT


_FIT = {Outcome.FIT_FOR_SAME_WORK, Outcome.FIT_FOR_MODIFIED_WORK, Outcome.FIT_FOR_OTHER_WORK}
_NOT_YET_ADMITTED = {State.EXPECTED, State.TAKEN}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A doctor's final certificate; ``fit_from`` is the first day on which the person is fit for work."""

    certificate: UUID
    issued_on: date
    fit_from: date


@dataclass(frozen=True, slots=True)
class Admission:
    """When and where the person was admitted; ``revision`` is that of the event that said so."""

    centre: str
    admitted_on: date
    revision: int


@dataclass(frozen=True, slots=True)
class Discharge:
    """When and how the stay ended; ``revision`` is that of the event that said so."""

    discharged_on: date
    outcome: Outcome
    certificate: Certificate | None
    revision: int


@dataclass(frozen=True, slots=True)
class Advised:
    """A case before a board in which rehabilitation was advised, and the day on which the board sat."""

    case: UUID
    sat_on: date


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral; ``revision`` counts what was published about it."""

    id: UUID
    claim: UUID
    person: int
    opened_at: datetime
    state: State = State.EXPECTED
    case_manager: str | None = None
    admission: Admission | None = None
    discharge: Discharge | None = None

    @property
    def revision(self) -> int:
        """How often something was published about this referral."""
        return max((step.revision for step in (self.admission, self.discharge) if step), default=0)

    def taken_by(self, case_manager: str) -> "Referral":
        """A case manager takes an expected referral; raises ReferralState."""
        self._must_be(State.EXPECTED)
        return replace(self, state=State.TAKEN, case_manager=case_manager)

    def admitted(self, centre: str, on: date, *, happened_on: date, today: date) -> "Referral":
        """The person goes into a centre; raises ReferralState, AdmissionInFuture, AdmissionBeforeAccident."""
        self._must_be(State.TAKEN)
        if on > today:
            raise AdmissionInFuture()
        if on < happened_on:
            raise AdmissionBeforeAccident()
        admission = Admission(centre, on, self.revision + 1)
        return replace(self, state=State.ADMITTED, admission=admission)

    def discharged(self, on: date, outcome: Outcome, certificate: Certificate | None, *, today: date) -> "Referral":
        """The stay ends; raises ReferralState, and an error of the days or of the certificate."""
        self._must_be(State.ADMITTED)
        if self.admission is None:
            raise ReferralState("An admitted referral has an admission.")
        _check_discharge(on, self.admission, today)
        _check_certificate(outcome, certificate, self.admission, today)
        discharge = Discharge(on, outcome, certificate, self.revision + 1)
        return replace(self, state=State.DISCHARGED, discharge=discharge)

    def standing(self, *, refused: bool) -> "Referral":
        """What the newest assessment of the claim makes of the referral.

        A refusal of all closes what has not led to an admission; a later revision in which something is owed or pending
        opens it where it stood. The result rests on the newest assessment only, so that it does not matter in which
        order assessments and accident arrived.
        """
        if refused and self.state in _NOT_YET_ADMITTED:
            return replace(self, state=State.NOT_COVERED)
        if not refused and self.state is State.NOT_COVERED:
            return replace(self, state=State.TAKEN if self.case_manager else State.EXPECTED)
        return self

    def _must_be(self, state: State) -> None:
        if self.state is not state:
            raise ReferralState(f"The referral is {self.state}; this step starts from {state}.")


def _check_discharge(on: date, admission: Admission, today: date) -> None:
    if on > today:
        raise DischargeInFuture()
    if on < admission.admitted_on:
        raise DischargeBeforeAdmission()


def _check_certificate(outcome: Outcome, certificate: Certificate | None, admission: Admission, today: date) -> None:
    if certificate is None:
        if outcome.fit:
            raise CertificateMissing()
        return
    if outcome is Outcome.NOT_FIT_FOR_WORK:
        raise CertificateContradicts()
    if certificate.issued_on > today:
        raise CertificateInFuture()
    if min(certificate.issued_on, certificate.fit_from) < admission.admitted_on:
        raise CertificateBeforeAdmission()
