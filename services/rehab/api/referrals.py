"""Referrals: found, taken by a case manager, admitted, discharged (Act 4 s.57)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.rehab.api.dependencies import CommittedBeforeAnswer
from services.rehab.api.models import AdmissionIn, DischargeIn, ReferralOut, TakeIn
from services.rehab.commands.admit_patient import admit_patient
from services.rehab.commands.discharge_patient import discharge_patient
from services.rehab.commands.take_referral import take_referral
from services.rehab.domain.referral import State
from services.rehab.queries.referral_files import referral_file, referral_files
from shared.security.scopes import Party, requires
from shared.web.ids import PersonFilter
from shared.web.paging import Page, PagingQuery, SignedCursors
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["referrals"])

StateQuery = Annotated[State | None, Query(description="Where the referrals stand.")]


@router.get(
    "/v1/referrals",
    summary="List referrals",
    dependencies=[requires("rehab:referral:read")],
    responses=problems(400),
)
async def referrals(
    uow: CommittedBeforeAnswer,
    caller: Party,
    cursors: SignedCursors,
    paging: PagingQuery,
    person: PersonFilter = None,
    state: StateQuery = None,
) -> Page[ReferralOut]:
    """Referrals in the order in which they were opened, of one person or in one state where that is asked for."""
    name = f"referrals/{caller.party}/{person}/{state}"
    after = cursors.after_id(paging, name)
    files = await referral_files(uow, person=person, state=state, after=after, limit=paging.limit + 1)
    return cursors.page(files, paging, name, item=ReferralOut.of, position=lambda file: [str(file.referral.id)])


@router.get(
    "/v1/referrals/{referral}",
    summary="Read a referral",
    dependencies=[requires("rehab:referral:read")],
    responses=problems(404),
)
async def read(referral: UUID, uow: CommittedBeforeAnswer) -> ReferralOut:
    """One referral with what is known of its accident and of its claim."""
    return ReferralOut.of(await referral_file(uow, referral))


@router.post(
    "/v1/referrals/{referral}/take",
    summary="Take a referral",
    dependencies=[requires("rehab:referral:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def take(referral: UUID, body: TakeIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """A case manager takes an expected referral."""
    await take_referral(body.command(referral), uow)
    return ReferralOut.of(await referral_file(uow, referral))


@router.post(
    "/v1/referrals/{referral}/admission",
    summary="Admit the person into a centre",
    dependencies=[requires("rehab:referral:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def admit(referral: UUID, body: AdmissionIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """Take a free bed of a centre for the person of a referral that was taken."""
    await admit_patient(body.command(referral), uow)
    return ReferralOut.of(await referral_file(uow, referral))


@router.post(
    "/v1/referrals/{referral}/discharge",
    summary="Discharge the person",
    dependencies=[requires("rehab:referral:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def discharge(referral: UUID, body: DischargeIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """End the stay with its outcome and, where the person is fit for work, the doctor's final certificate."""
    await discharge_patient(body.command(referral), uow)
    return ReferralOut.of(await referral_file(uow, referral))
