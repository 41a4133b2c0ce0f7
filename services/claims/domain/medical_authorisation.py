"""An authorisation of treatment: a hospital asks at admission, by national id and name, who bears it (Act 4 s.15).

Whom a hospital asks about it shows by id and agreeing name, as with a notice. Whoever guesses reads what everybody
reads of whom nothing is known yet.

| state | is entered by | is left by |
|---|---|---|
| awaiting_patient | being asked for, while nobody of this id and name is known | the person is known; two officers |
| provisional | the person is known, and not yet which scheme bears it in the end | what is decided of the claim |
| authorised | a scheme covers the accident | another scheme is found to; none is |
| refused | no scheme covers the accident | a scheme is found to |
| ended | two officers found that it is nobody's | nothing: another one is asked for |
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.claims.domain.errors import AdmissionAskedOtherwise, AdmissionImpossible, MedicalAuthorisationOver
from services.claims.domain.medical_cover import (
    NAME_DIFFERS,
    NO_COVER_KNOWN,
    NOBODY_KNOWN,
    PATIENT_NOT_FOUND,
    SCHEME_OPEN,
    TO_BE_NOTICED,
    Cover,
    MedicalScheme,
)
from services.claims.domain.participation import takes_part
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.act4.accident.asked import covers
from shared.law.act4.medical.rules import most_of_an_authorisation
from shared.law.book import Book, LawOn
from shared.law.errors import NotYetLaw

# As of a notice: whom registration does not know after this long, a person looks for.
PATIENT_DEADLINE = timedelta(days=30)
NO_MOST_SET = "no_most_is_set"
_CLAIM = "rule:claim"


class AuthorisationState(StrEnum):
    """Where an authorisation stands."""

    AWAITING_PATIENT = "awaiting_patient"
    PROVISIONAL = "provisional"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True)
class Patient:
    """Whom id and name mean, by the number that the id bears, and what covered the person on a day."""

    person: int
    is_employed: bool
    category: str | None
    skbbk: str | None

    def may_bear(self, law: LawOn) -> tuple[str, ...]:
        """The schemes by which the person was covered that day, so far as is known."""
        try:
            inside = self.is_employed and covers(self.category or "none", "employment_injury", law)
        except NotYetLaw:
            inside = False
        outside = self.is_employed and self.skbbk is not None and takes_part(self.skbbk)
        found = {MedicalScheme.EMPLOYMENT_INJURY: inside, MedicalScheme.NON_EMPLOYMENT_INJURY: outside}
        return tuple(scheme.value for scheme, is_covered in found.items() if is_covered)


@dataclass(frozen=True)
class Limit:
    """Up to where treatment is borne: ward, what, until when, and at most how much, or why that is not known."""

    ward_class: int
    covered: Collection[str]
    most_sen: Sen | None

    @property
    def no_most_for(self) -> str | None:
        """Why there is no most."""
        return NO_MOST_SET if self.most_sen is None else None


@dataclass(frozen=True)
class MedicalAuthorisation:
    """An authorisation as it stands; ``claim`` is that of the accident, once it is known.

    Who the patient is, is kept as tokens until the person is known, and never after. ``asked_first`` says whether the
    hospital was answered at once with who may bear it.
    """

    id: UUID
    tenant: str
    asked_by: str
    id_token: str | None
    name_tokens: tuple[str, ...]
    admitted_on: date
    happened_on: date
    at_time: str | None
    valid_until: date
    asked_at: datetime
    is_at_once: bool = False
    claim: UUID | None = None
    person: int | None = None
    state: AuthorisationState = AuthorisationState.AWAITING_PATIENT
    scheme: MedicalScheme | None = None
    may_bear: tuple[str, ...] = ()
    reason: str | None = PATIENT_NOT_FOUND
    waits_for: str = NOBODY_KNOWN.waits_for
    revision: int = 1

    def must_be_of(self, happened_on: date, at_time: str | None) -> None:
        """Asked again it is of the same accident, or a time of it is said first; raises AdmissionAskedOtherwise."""
        if self.happened_on != happened_on or (None not in (self.at_time, at_time) and self.at_time != at_time):
            raise AdmissionAskedOtherwise()

    @property
    def days(self) -> Days:
        """The days for which it is given."""
        return Days(self.admitted_on, self.valid_until)

    @property
    def deadline(self) -> date | None:
        """Until when what is not known is waited for; None where all is known."""
        if self.reason is None:
            return None
        waits = self.state is AuthorisationState.AWAITING_PATIENT
        return self.admitted_on + PATIENT_DEADLINE if waits else self.valid_until

    def limit(self, book: Book, known: date) -> Limit | None:
        """Up to where it is borne, by the law of the admission; None while nobody may bear it."""
        if not self.open_to:
            return None
        law = book.on(self.admitted_on, known)
        most = most_of_an_authorisation(law)
        return Limit(law.count("act4.medical.ward_class"), law.names("act4.medical.covered"), most)

    def of(self, patient: Patient, law: LawOn) -> "MedicalAuthorisation":
        """As it stands once the patient is known and nothing of the accident; what was stated to find it is dropped."""
        may_bear = patient.may_bear(law)
        reason = SCHEME_OPEN if may_bear else NO_COVER_KNOWN
        return replace(self.found(patient.person, reason), may_bear=may_bear)

    def found(self, person: int, reason: str) -> "MedicalAuthorisation":
        """As it stands once a person is known, and why no scheme is yet."""
        return replace(
            self,
            id_token=None,
            name_tokens=(),
            person=person,
            state=AuthorisationState.PROVISIONAL,
            reason=reason,
            waits_for=TO_BE_NOTICED.waits_for if self.claim is None else _CLAIM,
        )

    def borne_by(self, claim: UUID | None, cover: Cover) -> "MedicalAuthorisation":
        """As it stands by what is decided of the claim of the accident."""
        claim = claim or self.claim
        if cover.scheme is None:
            reason = cover.reason if self.may_bear else NO_COVER_KNOWN
            return self._standing(AuthorisationState.PROVISIONAL, claim, None, reason, cover.waits_for)
        if cover.is_provisional:
            return self._standing(AuthorisationState.PROVISIONAL, claim, cover.scheme, SCHEME_OPEN, _CLAIM)
        is_none = cover.scheme is MedicalScheme.NONE
        state = AuthorisationState.REFUSED if is_none else AuthorisationState.AUTHORISED
        return self._standing(state, claim, cover.scheme, None, "")

    def _standing(
        self,
        state: AuthorisationState,
        claim: UUID | None,
        scheme: MedicalScheme | None,
        reason: str | None,
        waits_for: str,
    ) -> "MedicalAuthorisation":
        return replace(self, state=state, claim=claim, scheme=scheme, reason=reason, waits_for=waits_for)

    @property
    def open_to(self) -> tuple[str, ...]:
        """The schemes that may bear it, or the one that does."""
        if self.state is AuthorisationState.PROVISIONAL:
            also = () if self.scheme is None else (self.scheme.value,)
            return tuple(dict.fromkeys((*self.may_bear, *also)))
        return (self.scheme.value,) if self.state is AuthorisationState.AUTHORISED and self.scheme else ()

    def not_found(self, *, name_differs: bool) -> "MedicalAuthorisation":
        """As it stands while the patient is not known."""
        reason = NAME_DIFFERS if name_differs else PATIENT_NOT_FOUND
        return replace(self, state=AuthorisationState.AWAITING_PATIENT, reason=reason)

    def ended(self) -> "MedicalAuthorisation":
        """As two officers end it, who found nobody; raises MedicalAuthorisationOver."""
        self.must_await_patient()
        return replace(
            self, id_token=None, name_tokens=(), state=AuthorisationState.ENDED, reason=PATIENT_NOT_FOUND, waits_for=""
        )

    def must_await_patient(self) -> None:
        """Raises MedicalAuthorisationOver."""
        if self.state is not AuthorisationState.AWAITING_PATIENT:
            raise MedicalAuthorisationOver()

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at."""
        told = {"party": self.tenant, "admitted_on": self.admitted_on, "happened_on": self.happened_on}
        return {name: str(value) for name, value in told.items()}


def authorisation_id(tenant: str, id_token: str, name_tokens: Collection[str], admitted_on: date) -> UUID:
    """The id of what a hospital asks: asked again of the same admission it is the same authorisation."""
    return derived_id("medical_authorisation", tenant, id_token, *sorted(name_tokens), admitted_on)


def check_admission(admitted_on: date, happened_on: date, today: date) -> None:
    """Raises AdmissionImpossible."""
    if not happened_on <= admitted_on <= today:
        raise AdmissionImpossible()


def as_shown_to_hospital(authorisation: MedicalAuthorisation) -> MedicalAuthorisation:
    """As whoever is no officer may see it: whose name differs is as if nobody were registered."""
    if authorisation.state is not AuthorisationState.AWAITING_PATIENT:
        return authorisation
    return replace(authorisation, reason=PATIENT_NOT_FOUND, waits_for=NOBODY_KNOWN.waits_for)
