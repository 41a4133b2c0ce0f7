"""National ids of a person beside the first one: another, the end of a wrong one, the number that is issued here."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import NationalIdIn, Officer, Source, stated_by
from services.registration.api.person_facts import CorrectionStated
from services.registration.commands.issue_ssfw_number import IssueSsfwNumber
from services.registration.commands.issue_ssfw_number import issue_ssfw_number as handle_issue_ssfw_number
from services.registration.commands.review_duplicate import ReviewDuplicate, review_duplicate
from services.registration.commands.state_correction import StateCorrection, state_correction
from services.registration.domain.correction import Attribute, Correction, Days, Reason, StatedBy, What
from services.registration.domain.duplicate import DuplicateReason
from services.registration.domain.errors import NationalIdOfAnother
from services.registration.domain.person import KeptNationalId
from services.registration.queries import national_ids
from shared.kernel.identifiers import new_id, person_number
from shared.security.national_id import IdKind, NationalId
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import Day, DocumentNumber
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.problems import problem_response, problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["national ids"])

NationalIdInPath = Annotated[UUID, Path(description="The national id, by the id under which it is kept.")]
_Code = Annotated[str, Field(max_length=40, examples=["document_renewed"])]


class AnotherIdIn(In):
    """Another national id of the same person, as a document shows it."""

    model_config = examples(
        {
            "national_id": {"kind": "passport", "number": "B1234567"},
            "first_day": "2026-01-15",
            "last_day": "2031-01-14",
            "reason": "document_renewed",
            "evidence": "PP-2026-0193",
        }
    )

    national_id: NationalIdIn
    first_day: Day | None = Field(default=None, description="The first day on which it holds; left out: from birth on.")
    last_day: Day | None = Field(default=None, description="The last one; left out: for good.")
    reason: Reason = Field(examples=["document_renewed"])
    evidence: DocumentNumber

    def correction(self, person: int, stated: NationalId, by: StatedBy) -> Correction:
        """What is stated."""
        return Correction(
            id=new_id(),
            person=person,
            what=What.NATIONAL_ID,
            attribute=Attribute.NATIONAL_ID,
            days=Days(self.first_day, self.last_day),
            value=f"{stated.kind.value}:{stated.number}",
            about=None,
            reason=self.reason,
            evidence=self.evidence,
            by=by,
        )


class WithdrawalIn(In):
    """Why the person does not bear the id, and the document that shows it."""

    model_config = examples({"reason": "wrong_person", "evidence": "KB-2026-0193"})

    reason: Reason = Field(examples=["wrong_person"])
    evidence: DocumentNumber

    def correction(self, person: int, national_id: UUID, by: StatedBy) -> Correction:
        """What is stated."""
        return Correction(
            id=new_id(),
            person=person,
            what=What.WITHDRAWAL,
            attribute=Attribute.NATIONAL_ID,
            days=Days(),
            value=None,
            about=str(national_id),
            reason=self.reason,
            evidence=self.evidence,
            by=by,
        )


class KeptNationalIdOut(Out):
    """A national id without its number."""

    identity: UUID
    kind: IdKind
    first_day: date | None = Field(description="Null: from birth on.")
    last_day: date | None = Field(description="Null: for good.")
    source: Source | None = Field(description="The party that stated it; null where that was not kept.")
    officer: Officer | None = Field(description="The officer who stated it; told to officers.")
    approved_by: Officer | None = Field(description="The officer on whose approval it counts; told to officers.")
    reason: _Code | None
    recorded_at: datetime | None = Field(description="Null where that was not kept.")
    withdrawn_at: datetime | None = Field(description="Since when the person does not bear it; null: it does.")

    @classmethod
    def of(cls, kept: KeptNationalId, *, to_officer: bool) -> Self:
        """From what is stored."""
        return cls(
            identity=kept.id,
            kind=IdKind(kept.kind),
            first_day=kept.first_day,
            last_day=kept.last_day,
            source=kept.source,
            officer=kept.officer if to_officer else None,
            approved_by=kept.approved_by if to_officer else None,
            reason=kept.reason,
            recorded_at=kept.recorded_at,
            withdrawn_at=kept.withdrawn_at,
        )


class NationalIdsOut(Out):
    """All national ids of a person, oldest first."""

    person: PersonId
    national_ids: list[KeptNationalIdOut] = Field(max_length=1000)


class SsfwIssued(Out):
    """That a number was issued; it is read by a route of its own, so that no kept answer holds it."""

    person: PersonId


class SsfwNumberOut(Out):
    """The social security number of a foreign worker."""

    person: PersonId
    number: str = Field(min_length=12, max_length=12, examples=["900000000001"])


@router.post(
    "/v1/persons/{person}/national-ids",
    status_code=202,
    summary="State another national id of a person",
    dependencies=[requires("registration:person:correct"), Depends(officers_only), Depends(idempotent)],
    response_model=CorrectionStated,
    responses=problems(400, 403, 404, 409, 422),
)
async def state_national_id(
    person: PersonInPath,
    body: AnotherIdIn,
    request: Request,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
) -> CorrectionStated | Response:
    """State another id of the same person: an old card beside the new one, a passport that was renewed.

    It waits for two officers. Where somebody else bears the digits it is 409, and a task waits with both numbers.
    """
    number, stated = person_number(person), body.national_id.stated()
    other = await national_ids.find_other_bearer(number, stated, looker, uow)
    if other is not None:
        # Answered, and not raised: the task stays.
        await review_duplicate(ReviewDuplicate(number, other, DuplicateReason.SAME_DIGITS), uow)
        return problem_response(request, NationalIdOfAnother())
    said = body.correction(number, stated, stated_by(caller))
    return CorrectionStated.of(await state_correction(StateCorrection(said, looker), uow))


@router.get(
    "/v1/persons/{person}/national-ids",
    summary="List the national ids of a person",
    dependencies=[requires("registration:person:read")],
    responses=problems(404, 422),
)
async def list_national_ids(
    person: PersonInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> NationalIdsOut:
    """Without their numbers; for the person and for officers, none for anybody else."""
    found = await national_ids.list_national_ids(person_number(person), looker, uow)
    shown = [KeptNationalIdOut.of(each, to_officer=caller.is_officer) for each in found]
    return NationalIdsOut(person=person, national_ids=shown)


@router.post(
    "/v1/persons/{person}/national-ids/{identity}/withdrawals",
    status_code=202,
    summary="Withdraw a national id of a person",
    dependencies=[requires("registration:person:correct"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def withdraw_national_id(
    person: PersonInPath,
    identity: NationalIdInPath,
    body: WithdrawalIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
) -> CorrectionStated:
    """Say that the person does not bear the id. Once two officers let it count, whoever bears it can be registered."""
    said = body.correction(person_number(person), identity, stated_by(caller))
    return CorrectionStated.of(await state_correction(StateCorrection(said, looker), uow))


@router.post(
    "/v1/persons/{person}/ssfw-numbers",
    status_code=201,
    summary="Issue a social security number to a foreign worker",
    dependencies=[requires("registration:ssfw:issue"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def issue_ssfw_number(
    person: PersonInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, response: Response
) -> SsfwIssued:
    """Give a foreign worker the next number; for officers and for an employer of the person."""
    await handle_issue_ssfw_number(IssueSsfwNumber(person_number(person), stated_by(caller), looker), uow)
    response.headers["location"] = f"/v1/persons/{person}/ssfw-number"
    return SsfwIssued(person=person)


@router.get(
    "/v1/persons/{person}/ssfw-number",
    summary="Read a foreign worker's social security number",
    dependencies=[requires("registration:ssfw:read")],
    responses=problems(404, 422),
)
async def read_ssfw_number(person: PersonInPath, uow: CommittedBeforeAnswer, looker: Looker) -> SsfwNumberOut:
    """The number that contribution files carry; for the person, its employers and officers."""
    number = await national_ids.find_ssfw_number(person_number(person), looker, uow)
    return SsfwNumberOut(person=person, number=number)
