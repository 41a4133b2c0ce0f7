"""Notices: what partners report."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer, KeysForTokens, Tokens
from services.claims.api.fields import CertificateIn, TimeOfDay
from services.claims.commands.submit_notice import SubmitNotice, submit_notice
from services.claims.domain.claim import Capacity, Claim, ClaimKind, ClaimState
from services.claims.domain.errors import (
    CertificateNotGiven,
    NameNotCompared,
    NameNotGiven,
    NotForThisParty,
    PersonNotNamed,
    PlaceNotGiven,
)
from services.claims.domain.relation import as_shown_to_partner
from services.claims.queries.claims import find_notice
from shared.contracts.accident_reported import AccidentPlace
from shared.kernel.identifiers import employer_number, person_number
from shared.kernel.reading import DataKind
from shared.security.national_id import IdKind, NationalId
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import DOCUMENT_PATTERN, Day, Flag, Text
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["notices"])


class NationalIdIn(In):
    """A national id as a partner holds it; it is hashed, matched and dropped."""

    kind: IdKind = Field(description="What kind of number it is", examples=["mykad"])
    number: str = Field(
        min_length=5, max_length=20, pattern=DOCUMENT_PATTERN, description="Without dashes", examples=["900101145678"]
    )


# A death and an invalidity are certified by what is stated later on.
_WITHOUT_CERTIFICATE = frozenset((ClaimKind.DEATH, ClaimKind.INVALIDITY))


class NoticeIn(In):
    """An accident, disease, invalidity or death: who, when, where, and for which days a doctor certified unfitness."""

    model_config = examples(
        {
            "kind": "accident",
            "national_id": {"kind": "mykad", "number": "900101145678"},
            "name": "AMINAH BINTI YUSOF",
            "employer": "E0000000076",
            "happened_on": "2026-07-15",
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
            "wages_paid_for": ["2026-07-15"],
        },
        {
            "kind": "death",
            "person": "P000000012T",
            "capacity": "dependant",
            "happened_on": "2026-07-15",
            "caused_by": "0197f0a0-1111-7000-8000-000000000001",
        },
        {
            "kind": "accident",
            "person": "P000000012T",
            "happened_on": "2026-07-15",
            "place": "at_work",
            "died_on": "2026-07-15",
        },
    )

    kind: ClaimKind = Field(default=ClaimKind.ACCIDENT, description="What is reported")
    person: PersonId | None = Field(default=None, description="The person's number, if the sender knows it")
    national_id: NationalIdIn | None = Field(default=None, description="Or the person's national id")
    name: Text | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The person's name beside the national id, a hospital must give it; hashed, compared and dropped",
        examples=["AMINAH BINTI YUSOF"],
    )
    capacity: Capacity | None = Field(
        default=None, description="As what a sender reports that is neither employer, nor hospital, nor the person"
    )
    employer: EmployerId | None = Field(default=None, description="The employer, if the sender knows it")
    happened_on: Day = Field(
        description="The day of the accident, disease, invalidity or death", examples=["2026-07-15"]
    )
    at_time: TimeOfDay | None = Field(default=None, description="At which time of that day, if the sender knows it")
    place: AccidentPlace | None = Field(
        default=None, description="In which circumstances an accident happened (Act 4 ss.2(6), 24, 25)"
    )
    interrupted: Flag = Field(
        default=False, description="Whether a journey was interrupted or deviated from (Act 4 s.24(2))"
    )
    outside_malaysia: Flag = Field(
        default=False, description="Whether the accident happened outside Malaysia (Act 4 s.44A)"
    )
    died_on: Day | None = Field(
        default=None, description="Where the person died of the accident or the disease: the day of the death"
    )
    caused_by: UUID | None = Field(
        default=None,
        description="Of a death: the claim about the accident or the disease that brought it about",
        examples=["0197f0a0-1111-7000-8000-000000000001"],
    )
    certificate: CertificateIn | None = Field(
        default=None, description="Needed for an accident or a disease of which the person did not die"
    )
    wages_paid_for: list[Day] = Field(
        default=[],
        max_length=366,
        description="Days in this time that were worked with wages; they count from the employer of that day",
        examples=[["2026-07-15"]],
    )

    def command(self, sender: Caller, keys: Tokens) -> SubmitNotice:
        """The notice as a command; raises what is missing in it, NotForThisParty, or what is wrong with an id."""
        self._check_complete(sender)
        named, certificate = self.national_id, self.certificate
        return SubmitNotice(
            tenant=sender.party,
            by=sender.subject,
            kind=self.kind,
            person=None if self.person is None else person_number(self.person),
            id_token=None if named is None else keys.ids.of(NationalId.of(named.kind, named.number)),
            name_tokens=self._name_tokens(keys),
            capacity=self.capacity,
            employer=_employer(None if self.employer is None else employer_number(self.employer), sender),
            happened_on=self.happened_on,
            place=self.place,
            interrupted=self.interrupted,
            outside_malaysia=self.outside_malaysia,
            died_on=None if self.kind in _WITHOUT_CERTIFICATE else self.died_on,
            caused_by=self.caused_by if self.kind is ClaimKind.DEATH else None,
            certificate=None if certificate is None else certificate.stated(),
            wages_paid_for=tuple(sorted(set(self.wages_paid_for))),
            at_time=self.at_time,
        )

    def _check_complete(self, sender: Caller) -> None:
        if (self.person is None) == (self.national_id is None):
            raise PersonNotNamed()
        if sender.party_kind == "hospital" and (self.national_id is None or self.name is None):
            raise NameNotGiven()
        if self.certificate is None and self.died_on is None and self.kind not in _WITHOUT_CERTIFICATE:
            raise CertificateNotGiven()
        if self.place is None and self.kind is ClaimKind.ACCIDENT:
            raise PlaceNotGiven()

    def _name_tokens(self, keys: Tokens) -> tuple[str, ...]:
        if self.name is None:
            return ()
        tokens = keys.names.of(self.name)
        if not tokens or self.national_id is None:
            raise NameNotCompared()
        return tokens


class NoticeOut(Out):
    """A notice that was kept, and how far its claim has come."""

    notice: UUID
    claim: UUID
    state: ClaimState
    received_at: datetime

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """The notice behind a claim."""
        return cls(notice=claim.notice, claim=claim.id, state=claim.state, received_at=claim.received_at)

    @classmethod
    def shown_to(cls, caller: Caller, claim: Claim) -> Self:
        """The notice as this caller may see it."""
        return cls.of(claim if caller.is_officer else as_shown_to_partner(claim))


@router.post(
    "/v1/notices",
    status_code=202,
    summary="Report an accident, a disease, an invalidity or a death",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 409),
)
async def send_notice(body: NoticeIn, uow: CommittedBeforeAnswer, sender: Party, keys: KeysForTokens) -> NoticeOut:
    """Report an accident, a disease, an invalidity or a death of a person.

    Every well-formed notice is answered alike and kept, whether or not the person is registered. It counts as soon as
    the sender is known to be one who may speak of the person: an employer of that day, a hospital that knows national
    id and name, the person; until then it opens and joins no claim.
    """
    return NoticeOut.of(await submit_notice(body.command(sender, keys), uow))


@router.get(
    "/v1/notices/{notice}",
    summary="Read a notice",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, of="notice")],
    responses=problems(404),
)
async def read_notice(notice: UUID, uow: CommittedBeforeAnswer, caller: Party) -> NoticeOut:
    """A notice that the caller sent or, for a person, one about itself; any for the organisation's officers."""
    return NoticeOut.shown_to(caller, await find_notice(notice, uow))


def _employer(named: int | None, sender: Caller) -> int | None:
    if sender.party_kind != "employer":
        return named
    if named not in (None, sender.party_number):
        raise NotForThisParty()
    return sender.party_number
