"""An authorisation of treatment: a hospital asks at admission, by national id and name, who bears it (Act 4 s.15).

Whom a hospital asks about it shows by id and agreeing name, as with a notice. Whoever guesses reads what everybody
reads of whom nothing is known yet.

| state | is entered by | is left by |
|---|---|---|
| awaiting_patient | being asked for, also again, while id and name mean nobody; a death before the admission | the \
person is known; two officers name it; 30 days |
| provisional | the person is known, and not yet which scheme bears it in the end | what is decided of the claim; two \
officers, where nobody notices the accident; a death |
| authorised | a scheme covers the accident | another scheme is found to; none is; a death |
| refused | no scheme covers the accident | a scheme is found to; a death |
| ended | 30 days without its patient; two officers found that nobody notices the accident | being asked for again; a \
notice of the accident, where the patient is known |

How soon it ends without its patient hangs on when it was asked for and on nothing else: neither on who is registered,
nor on what officers found, or when.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.claims.domain.errors import (
    AdmissionAskedOtherwise,
    AdmissionImpossible,
    MedicalAuthorisationExtended,
    MedicalAuthorisationOver,
    MedicalNoticeNotAwaited,
)
from services.claims.domain.medical_cover import (
    ACCIDENT_NOT_NOTICED,
    ACCIDENT_TO_BE_NOTICED,
    ADMITTED_AFTER_DEATH,
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
from shared.kernel.clock import business_day
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.act4.accident.asked import covers
from shared.law.act4.medical.rules import most_of_an_authorisation
from shared.law.book import Book, LawOn
from shared.law.errors import NotYetLaw

# As of a notice: whom registration does not know after this long is waited for no longer. By then people have looked.
PATIENT_DEADLINE, PEOPLE_LOOK_AFTER = timedelta(days=30), timedelta(days=14)
# How long a notice of the accident is waited for, and once more where two officers say so.
NOTICE_DEADLINE = timedelta(days=30)
# At once: who knows of a person under another name may say whom the hospital means, and a death may be a mistake.
_LOOKED_AT_AT_ONCE = (NAME_DIFFERS, ADMITTED_AFTER_DEATH)
NO_MOST_SET = "no_most_is_set"
_CLAIM, _OFFICER = "rule:claim", "officer:medical_authorisation"


class AuthorisationState(StrEnum):
    """Where an authorisation stands."""

    AWAITING_PATIENT = "awaiting_patient"
    PROVISIONAL = "provisional"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    ENDED = "ended"


class AuthorisationFinding(StrEnum):
    """What two officers find of an authorisation."""

    PATIENT_FOUND = "patient_found"
    PATIENT_NOT_FOUND = "patient_not_found"
    NOT_NOTICED = "accident_not_noticed"
    NOTICE_AWAITED = "notice_awaited"


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
    """Up to where treatment is borne: ward, what, until when, and at most how much, or why that is not known.

    ``one_with``: whose most it is, where another authorisation of the same stay was asked for before; ``left_sen`` is
    what of the most the bills of that stay have not taken yet.
    """

    ward_class: int
    covered: Collection[str]
    most_sen: Sen | None
    one_with: UUID | None = None
    left_sen: Sen | None = None

    @property
    def no_most_for(self) -> str | None:
        """Why there is no most."""
        return NO_MOST_SET if self.most_sen is None else None


@dataclass(frozen=True)
class MedicalAuthorisation:
    """An authorisation as it stands; ``claim`` is that of the accident, once it is known.

    Who the patient is, is kept as tokens until the person is known, and never after. ``is_at_once`` says whether the
    hospital was answered at once with who may bear it.

    ``waits_since`` is since when its patient, or a notice of the accident, is waited for; ``notice_asked_at`` the same
    instant, once letters about that were written. ``nobody_found_for`` is the reason for which people looked for the
    patient and found nobody, ``death_on`` the day of the death by which it is held, or past which they let it go.
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
    waits_since: datetime | None = None
    is_extended: bool = False
    notice_asked_at: datetime | None = None
    nobody_found_for: str | None = None
    death_on: date | None = None

    def must_be_of(self, happened_on: date, at_time: str | None) -> None:
        """Asked again it is of the same accident, or a time of it is said first; raises AdmissionAskedOtherwise."""
        if self.happened_on != happened_on or (None not in (self.at_time, at_time) and self.at_time != at_time):
            raise AdmissionAskedOtherwise()

    @property
    def days(self) -> Days:
        """The days for which it is given."""
        return Days(self.admitted_on, self.valid_until)

    @property
    def since(self) -> datetime:
        """Since when what it waits for is waited for."""
        return self.waits_since or self.asked_at

    @property
    def awaits_notice(self) -> bool:
        """Whether the patient is known, and no claim of the accident stands."""
        return self.state is AuthorisationState.PROVISIONAL and self.waits_for == TO_BE_NOTICED.waits_for

    @property
    def late_at(self) -> datetime | None:
        """When its patient, or a notice of the accident, is waited for no longer; None where it waits for neither."""
        if self.state is AuthorisationState.AWAITING_PATIENT:
            return self.since + PATIENT_DEADLINE
        return self.since + NOTICE_DEADLINE if self.awaits_notice else None

    @property
    def looked_for_at(self) -> datetime:
        """When people look for its patient, whom nobody is known to be."""
        return self.since if self.reason in _LOOKED_AT_AT_ONCE else self.since + PEOPLE_LOOK_AFTER

    @property
    def deadline(self) -> date | None:
        """Until when what is not known is waited for; None where all is known, or nothing is waited for."""
        if self.reason is None or self.state is AuthorisationState.ENDED:
            return None
        return self.valid_until if self.late_at is None else business_day(self.late_at)

    @property
    def doubt(self) -> str | None:
        """Why people look at it; None where there is nothing that they have not found."""
        if self.state is AuthorisationState.AWAITING_PATIENT:
            return None if self.reason == self.nobody_found_for else self.reason
        return ACCIDENT_TO_BE_NOTICED if self.awaits_notice else None

    def most_sen(self, book: Book) -> Sen | None:
        """The most that is paid on it, in sen: by the law of the admission as it was known when it was asked for, so
        that what is entered later moves no limit that was told; None where there is none."""
        return most_of_an_authorisation(book.on(self.admitted_on, business_day(self.asked_at)))

    def limit(self, book: Book) -> Limit | None:
        """Up to where it is borne, by the law of the admission; None while nobody may bear it."""
        if not self.open_to:
            return None
        law = book.on(self.admitted_on, business_day(self.asked_at))
        most = self.most_sen(book)
        return Limit(law.count("act4.medical.ward_class"), law.names("act4.medical.covered"), most, left_sen=most)

    def of(self, patient: Patient, law: LawOn, died_on: date | None = None) -> "MedicalAuthorisation":
        """As it stands by its patient, and by nothing of the accident; what was stated to find it is dropped."""
        may_bear, death_on = patient.may_bear(law), died_on if self.let_go_past(died_on) else None
        reason = SCHEME_OPEN if may_bear else NO_COVER_KNOWN
        return replace(self.found(patient.person, reason), may_bear=may_bear, death_on=death_on)

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
            nobody_found_for=None,
        )

    def is_held_by(self, died_on: date | None) -> bool:
        """Whether a death is known of before the admission, past which two officers have not let it go."""
        if died_on is None or died_on >= self.admitted_on or self.state is AuthorisationState.ENDED:
            return False
        return self.state is AuthorisationState.AWAITING_PATIENT or self.death_on != died_on

    def let_go_past(self, died_on: date | None) -> bool:
        """Whether two officers said that this death is no reason to bear nothing of it."""
        return died_on is not None and self.death_on == died_on and not self.is_held_by(died_on)

    def held(self, person: int, died_on: date) -> "MedicalAuthorisation":
        """As it stands while people look whether the person died before it was admitted: nobody else is told so."""
        return replace(
            self._standing(AuthorisationState.AWAITING_PATIENT, self.claim, None, ADMITTED_AFTER_DEATH, _OFFICER),
            id_token=None,
            name_tokens=(),
            person=person,
            may_bear=(),
            death_on=died_on,
        )

    def waiting(self, before: "MedicalAuthorisation", at: datetime) -> "MedicalAuthorisation":
        """The same, with the instant since which it waits for what it did not wait for before."""
        waits = self.state is AuthorisationState.AWAITING_PATIENT, self.awaits_notice
        waited = before.state is AuthorisationState.AWAITING_PATIENT, before.awaits_notice
        return self if waits == waited or not any(waits) else replace(self, waits_since=at, is_extended=False)

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

    def nobody_found(self) -> "MedicalAuthorisation":
        """As two officers leave it, who found nobody; raises MedicalAuthorisationOver. It ends on its day, and whoever
        registers until then is found."""
        self.must_await_patient()
        return replace(self, nobody_found_for=self.reason)

    def ended(self) -> "MedicalAuthorisation":
        """As it ends when its patient was waited for long enough: it is nobody's."""
        over = self._standing(AuthorisationState.ENDED, self.claim, None, PATIENT_NOT_FOUND, "")
        return replace(over, id_token=None, name_tokens=(), person=None, death_on=None)

    def not_noticed(self) -> "MedicalAuthorisation":
        """As two officers end it, since nobody notices the accident; raises MedicalNoticeNotAwaited."""
        self.must_await_notice()
        return self._standing(AuthorisationState.ENDED, self.claim, None, ACCIDENT_NOT_NOTICED, "")

    def extended(self, at: datetime) -> "MedicalAuthorisation":
        """As two officers let it wait for a notice once more; raises MedicalNoticeNotAwaited,
        MedicalAuthorisationExtended."""
        self.must_await_notice()
        if self.is_extended:
            raise MedicalAuthorisationExtended()
        return replace(self, waits_since=at, is_extended=True)

    def asked_again(self, id_token: str, name_tokens: tuple[str, ...], at: datetime) -> "MedicalAuthorisation":
        """As it stands when its hospital asks once more after it has ended, while nobody is known."""
        again = self._standing(
            AuthorisationState.AWAITING_PATIENT, self.claim, None, PATIENT_NOT_FOUND, NOBODY_KNOWN.waits_for
        )
        return replace(
            again,
            id_token=id_token,
            name_tokens=name_tokens,
            person=None,
            may_bear=(),
            waits_since=at,
            is_extended=False,
            nobody_found_for=None,
            death_on=None,
        )

    def must_await_patient(self) -> None:
        """Raises MedicalAuthorisationOver."""
        if self.state is not AuthorisationState.AWAITING_PATIENT:
            raise MedicalAuthorisationOver()

    def must_await_notice(self) -> None:
        """Raises MedicalNoticeNotAwaited."""
        if not self.awaits_notice:
            raise MedicalNoticeNotAwaited()

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at."""
        told: dict[str, object] = {"party": self.tenant}
        told |= {"admitted_on": self.admitted_on, "happened_on": self.happened_on}
        told |= {} if self.death_on is None else {"died_on": self.death_on}
        told |= {"extended": "yes"} if self.is_extended else {}
        return {name: str(value) for name, value in told.items()}


def authorisation_id(tenant: str, id_token: str, name_tokens: Collection[str], admitted_on: date) -> UUID:
    """The id of what a hospital asks: asked again of the same admission it is the same authorisation."""
    return derived_id("medical_authorisation", tenant, id_token, *sorted(name_tokens), admitted_on)


def check_admission(admitted_on: date, happened_on: date, today: date) -> None:
    """Raises AdmissionImpossible."""
    if not happened_on <= admitted_on <= today:
        raise AdmissionImpossible()


def as_shown_to_hospital(authorisation: MedicalAuthorisation) -> MedicalAuthorisation:
    """As whoever is no officer may see it: whose name differs, or of whose death something is known, is as if nobody
    were registered."""
    if authorisation.state is not AuthorisationState.AWAITING_PATIENT:
        return authorisation
    return replace(authorisation, reason=PATIENT_NOT_FOUND, waits_for=NOBODY_KNOWN.waits_for)


def shared_mosts(given: Iterable[MedicalAuthorisation]) -> dict[UUID, MedicalAuthorisation]:
    """Of authorisations of one person: by id that whose most each has.

    Of one hospital it is the first that was asked for of those whose days overlap; what is asked for later changes
    nothing of what was told before.
    """
    leads: dict[UUID, MedicalAuthorisation] = {}
    asked: list[MedicalAuthorisation] = []
    for each in sorted(given, key=lambda each: (each.asked_at, str(each.id))):
        if each.state not in (AuthorisationState.AWAITING_PATIENT, AuthorisationState.ENDED):
            before = (other for other in asked if other.tenant == each.tenant and _overlap(other.days, each.days))
            leads[each.id] = next((leads[other.id] for other in before), each)
            asked.append(each)
    return leads


def _overlap(some: Days, other: Days) -> bool:
    return some.first <= other.last and other.first <= some.last
