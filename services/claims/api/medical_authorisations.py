"""Authorisations of treatment: a hospital asks at admission who bears it, and up to what (Act 4 s.15, s.44C)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer, KeysForTokens, Tokens, unit
from services.claims.api.fields import CertificateIn, TimeOfDay
from services.claims.api.notices import NationalIdIn
from services.claims.commands.authorise_treatment import AuthoriseTreatment, authorise_treatment
from services.claims.commands.submit_notice import SubmitNotice
from services.claims.domain.claim import ClaimKind
from services.claims.domain.errors import HospitalsOnly, NameNotCompared
from services.claims.domain.medical_authorisation import (
    AuthorisationState,
    Limit,
    MedicalAuthorisation,
    as_shown_to_hospital,
)
from services.claims.domain.medical_cover import MedicalScheme
from services.claims.queries import medical_authorisations as queries
from services.claims.storage.medical_authorisations import AuthorisationFigures
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.accident_reported import AccidentPlace
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.national_id import NationalId
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, Day, Flag, Text, Whole
from shared.web.ids import PersonFilter, PersonId
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["medical authorisations"])

PATH = "/v1/medical-authorisations"
HOSPITAL = "hospital"
MOST_DAYS = 366
_TOLD = reads(DataKind.HEALTH, DataKind.CLAIM, of="authorisation")
_READ = [requires("claims:medical_authorisation:read"), _TOLD]
AuthorisationInPath = Annotated[UUID, Path(description="The authorisation")]
StateOfAuthorisations = Annotated[AuthorisationState | None, Query(description="Only authorisations in this state")]


class AdmissionNoticeIn(In):
    """What a hospital reports of the accident when it asks: the same as a notice of it."""

    at_time: TimeOfDay | None = Field(default=None, description="At which time of that day, if the hospital knows it")
    place: AccidentPlace = Field(description="In which circumstances it happened (Act 4 ss.2(6), 24, 25)")
    interrupted: Flag = Field(default=False, description="Whether a journey was interrupted (Act 4 s.24(2))")
    outside_malaysia: Flag = Field(default=False, description="Whether it happened outside Malaysia (Act 4 s.44A)")
    certificate: CertificateIn


class AuthorisationIn(In):
    """Whom a hospital admits, when, and after the accident of which day."""

    model_config = examples(
        {
            "national_id": {"kind": "mykad", "number": "900101145678"},
            "name": "AMINAH BINTI YUSOF",
            "admitted_on": "2026-07-15",
            "happened_on": "2026-07-15",
        },
        {
            "national_id": {"kind": "mykad", "number": "900101145678"},
            "name": "AMINAH BINTI YUSOF",
            "admitted_on": "2026-07-15",
            "happened_on": "2026-07-15",
            "notice": {
                "at_time": "07:40",
                "place": "commuting",
                "interrupted": False,
                "outside_malaysia": False,
                "certificate": {
                    "first": "2026-07-15",
                    "last": "2026-08-11",
                    "issued_on": "2026-07-15",
                    "light_duty_from": "2026-08-08",
                },
            },
        },
    )

    national_id: NationalIdIn
    name: Text = Field(
        min_length=1,
        max_length=200,
        description="The patient's name; hashed, compared and dropped",
        examples=["AMINAH BINTI YUSOF"],
    )
    admitted_on: Day = Field(description="The day of admission, today at the latest", examples=["2026-07-15"])
    happened_on: Day = Field(description="The day of the accident, as the hospital knows it", examples=["2026-07-15"])
    notice: AdmissionNoticeIn | None = Field(
        default=None, description="Notice of the accident, if it is given at once; it may be sent later"
    )

    def command(self, caller: Caller, keys: Tokens) -> AuthoriseTreatment:
        """As a command; raises HospitalsOnly, NameNotCompared, or what is wrong with the id."""
        if caller.party_kind != HOSPITAL:
            raise HospitalsOnly()
        id_token = keys.ids.of(NationalId.of(self.national_id.kind, self.national_id.number))
        names = keys.names.of(self.name)
        if not names:
            raise NameNotCompared()
        notice = None if self.notice is None else self._notice(self.notice, caller, id_token, names)
        at_time = None if self.notice is None else self.notice.at_time
        days = (self.admitted_on, self.happened_on)
        return AuthoriseTreatment(caller.party, caller.subject, id_token, names, *days, at_time, notice)

    def _notice(self, said: AdmissionNoticeIn, caller: Caller, id_token: str, names: tuple[str, ...]) -> SubmitNotice:
        return SubmitNotice(
            tenant=caller.party,
            by=caller.subject,
            kind=ClaimKind.ACCIDENT,
            person=None,
            id_token=id_token,
            name_tokens=names,
            capacity=None,
            employer=None,
            happened_on=self.happened_on,
            place=said.place,
            interrupted=said.interrupted,
            outside_malaysia=said.outside_malaysia,
            died_on=None,
            caused_by=None,
            certificate=said.certificate.stated(),
            wages_paid_for=(),
            at_time=said.at_time,
        )


class LimitOut(Out):
    """Up to where treatment is borne."""

    ward_class: int = Field(ge=1, le=9, description="Of a better ward the difference is not paid")
    covered: list[Annotated[str, Field(max_length=60)]] = Field(
        max_length=20, description="What is borne until recovery"
    )
    most: Money | None = Field(description="The most that is paid on this authorisation; null where none is set")
    no_most_for: str | None = Field(max_length=100, description="Why there is no such most")
    most_of: UUID | None = Field(
        description="The authorisation of the same stay whose most it is: the first that was asked for of those of "
        "this hospital and patient whose days overlap; null where it is this one's own"
    )
    left: Money | None = Field(
        description="What of that most the bills of the stay have not taken: what is billed next is paid up to this"
    )

    @classmethod
    def of(cls, limit: Limit) -> Self:
        """As it is told."""
        most, left = (None if sen is None else Money.of(sen) for sen in (limit.most_sen, limit.left_sen))
        what = {"ward_class": limit.ward_class, "covered": sorted(limit.covered)}
        return cls(**what, most=most, no_most_for=limit.no_most_for, most_of=limit.one_with, left=left)


class AwaitedOut(Out):
    """What is not known yet, with whom that is, and until when it is waited for."""

    reason: str = Field(max_length=100, description="A stable code", examples=["patient_not_found"])
    waits_for: str = Field(max_length=100, description="With whom it is", examples=["topic:registration"])
    until: date | None


class AuthorisationOut(Out):
    """An authorisation as it stands; its id is its number, under which the treatment is billed."""

    authorisation: UUID
    hospital: str = Field(max_length=100, description="Kind and number", examples=["hospital:1"])
    person: PersonId | None = Field(description="For officers and the person alone")
    claim: UUID | None = Field(description="The claim of the accident, for officers and the person alone")
    admitted_on: date
    happened_on: date
    valid_until: date
    state: AuthorisationState
    scheme: MedicalScheme | None = Field(description="Which scheme bears it, so far as that is known")
    may_be_borne_by: list[MedicalScheme] = Field(max_length=10, description="While that is open: which schemes may")
    limit: LimitOut | None = Field(description="Null while nobody is known who may bear it")
    awaited: AwaitedOut | None = Field(description="Null where all is known")
    asked_at: datetime

    @classmethod
    def shown_to(cls, caller: Caller, authorisation: MedicalAuthorisation, limit: Limit | None) -> Self:
        """As this caller may see it."""
        is_partner = caller.party_kind == HOSPITAL
        shown = authorisation if caller.is_officer else as_shown_to_hospital(authorisation)
        return cls(
            authorisation=shown.id,
            hospital=shown.tenant,
            person=None if is_partner or shown.person is None else person_id(shown.person),
            claim=None if is_partner else shown.claim,
            admitted_on=shown.admitted_on,
            happened_on=shown.happened_on,
            valid_until=shown.valid_until,
            state=shown.state,
            scheme=shown.scheme,
            may_be_borne_by=[MedicalScheme(each) for each in shown.open_to],
            limit=None if limit is None else LimitOut.of(limit),
            awaited=_awaited(shown),
            asked_at=shown.asked_at,
        )


def _awaited(shown: MedicalAuthorisation) -> AwaitedOut | None:
    if shown.reason is None:
        return None
    return AwaitedOut(reason=shown.reason, waits_for=shown.waits_for, until=shown.deadline)


class MedicalFiguresOut(Out):
    """How soon hospitals were told who bears the treatment of an accident."""

    first: date
    last: date
    asked: Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER)]
    at_once: Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER, description="Told when it was asked who may bear it")]
    hours_of_half: int | None = Field(
        ge=0,
        le=LARGEST_INTEGER,
        description="Whole hours from the accident, where its time is known: half of it sooner",
    )
    hours_of_nine_in_ten: int | None = Field(ge=0, le=LARGEST_INTEGER)

    @classmethod
    def of(cls, first: date, last: date, found: AuthorisationFigures) -> Self:
        """As it is counted."""
        hours = {"hours_of_half": found.hours_half, "hours_of_nine_in_ten": found.hours_most}
        return cls(first=first, last=last, asked=found.asked, at_once=found.at_once, **hours)


@router.post(
    PATH,
    status_code=201,
    summary="Ask who bears a treatment",
    dependencies=[requires("claims:medical_authorisation:write"), Depends(idempotent), _TOLD],
    responses=problems(400, 403, 409, 422),
)
async def send_medical_authorisation(
    body: AuthorisationIn, uow: CommittedBeforeAnswer, caller: Party, keys: KeysForTokens
) -> AuthorisationOut:
    """Ask, as a hospital at an admission, by national id and name: the answer says at once what is known.

    Whoever id and name do not mean together is answered as everybody is of whom nothing is known yet: the authorisation
    waits, and is followed until it is known, for 30 days. Asked again of the same admission it is the same
    authorisation; one that has ended waits again.
    """
    authorised = await authorise_treatment(body.command(caller, keys), uow)
    return AuthorisationOut.shown_to(caller, authorised, await queries.find_limit(authorised, uow))


@router.get(PATH, summary="List authorisations of treatment", dependencies=_READ, responses=problems(400, 422))
async def list_medical_authorisations(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    state: StateOfAuthorisations = None,
    person: PersonFilter = None,
) -> Page[AuthorisationOut]:
    """A hospital's own, a person's of itself; all of them for the organisation's officers."""
    found = await queries.list_authorisations(state, person, listing.after_id, listing.limit, uow)
    limits = {each.id: await queries.find_limit(each, uow) for each in found}
    return listing.page(found, item=lambda each: AuthorisationOut.shown_to(caller, each, limits[each.id]))


@router.get(
    f"{PATH}/{{authorisation}}",
    summary="Read an authorisation of treatment",
    dependencies=_READ,
    responses=problems(404),
)
async def read_medical_authorisation(
    authorisation: AuthorisationInPath, uow: CommittedBeforeAnswer, caller: Party
) -> AuthorisationOut:
    """How it stands: who bears the treatment, up to what, and what is still waited for."""
    found = await queries.find_authorisation(authorisation, uow)
    return AuthorisationOut.shown_to(caller, found, await queries.find_limit(found, uow))


@router.get(
    "/v1/medical-figures",
    summary="Read how soon hospitals were answered",
    dependencies=[requires("claims:statistics:read"), Depends(officers_only)],
    responses=problems(422),
)
async def read_medical_figures(
    uow: Annotated[ClaimsUnitOfWork, Depends(unit)],
    first: Annotated[Day | None, Query(description="Asked from this day on; else 30 days before the last")] = None,
    last: Annotated[Day | None, Query(description="Asked until this day; else today")] = None,
) -> MedicalFiguresOut:
    """Of the authorisations that were asked for on some days; at most 366 days before the last one."""
    end = today() if last is None else last
    begin = max(end - timedelta(days=30) if first is None else first, end - timedelta(days=MOST_DAYS - 1))
    return MedicalFiguresOut.of(begin, end, await queries.find_authorisation_figures(begin, end, uow))
