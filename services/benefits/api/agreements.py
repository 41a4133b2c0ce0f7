"""What is agreed about recoveries: instalments, and setting off across Acts or owners. Two officers state each."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import DocumentNumber, PaidMoney
from services.benefits.commands.agree_on_recovery import AgreeOnRecovery, agree_on_recovery
from services.benefits.commands.release_agreement import ReleaseAgreement, release_agreement
from services.benefits.domain.recoveries import Agreement, AgreementKind
from shared.kernel.identifiers import new_id
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["agreements"])


class InstalmentsIn(In):
    """How much comes back in a calendar month, from a day on."""

    model_config = examples(
        {"monthly": {"amount": "100.00", "currency": "MYR"}, "from_on": "2026-12-01", "evidence": "KB-2026-0193"}
    )

    monthly: PaidMoney | None = Field(
        description="The most that is kept in a month, less what is repaid in it; null where instalments end."
    )
    from_on: Day
    evidence: DocumentNumber

    def agreement(self, recovery: UUID, officer: str) -> Agreement:
        """As an officer states it."""
        monthly = None if self.monthly is None else self.monthly.sen
        about = (monthly, None, None, self.monthly is None, self.from_on, self.evidence, officer)
        return Agreement(new_id(), recovery, AgreementKind.INSTALMENTS, *about)


class SetOffIn(In):
    """That a recovery is set off against what is owed under another Act, or by another owner."""

    model_config = examples(
        {"scheme": "act800", "owner": "claims", "ends": False, "from_on": "2026-12-01", "evidence": "KB-2026-0194"}
    )

    scheme: str = Field(pattern="^act[0-9]{1,4}$", max_length=7, description="The Act.", examples=["act800"])
    owner: str = Field(
        pattern="^[a-z]{1,30}$", max_length=30, description="The service that states it as owed.", examples=["claims"]
    )
    ends: bool = Field(description="Whether this ends what was agreed of the same Act and owner.")
    from_on: Day
    evidence: DocumentNumber

    def agreement(self, recovery: UUID, officer: str) -> Agreement:
        """As an officer states it."""
        about = (None, self.scheme, self.owner, self.ends, self.from_on, self.evidence, officer)
        return Agreement(new_id(), recovery, AgreementKind.ACROSS, *about)


class AgreementOut(Out):
    """What is agreed; it counts when another officer has released it."""

    agreement: UUID
    recovery: UUID
    kind: AgreementKind
    from_on: date

    @classmethod
    def of(cls, agreement: Agreement) -> "AgreementOut":
        """From what is kept of it."""
        return cls(agreement=agreement.id, recovery=agreement.recovery, kind=agreement.kind, from_on=agreement.from_on)


@router.post(
    "/v1/recoveries/{recovery}/instalments",
    status_code=201,
    summary="State instalments",
    dependencies=[requires("benefits:agreement:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409),
)
async def enter_instalments(
    recovery: UUID, body: InstalmentsIn, uow: CommittedBeforeAnswer, caller: Party
) -> AgreementOut:
    """State how much comes back in a month; it holds when another officer has released it."""
    return await _stated(body.agreement(recovery, caller.subject), caller, uow)


@router.post(
    "/v1/recoveries/{recovery}/set-offs",
    status_code=201,
    summary="State that it is set off elsewhere",
    dependencies=[requires("benefits:agreement:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409),
)
async def enter_set_off(recovery: UUID, body: SetOffIn, uow: CommittedBeforeAnswer, caller: Party) -> AgreementOut:
    """State that it is set off against what is owed under another Act or by another owner, by the party's consent or a
    finding; it holds when another officer has released it."""
    return await _stated(body.agreement(recovery, caller.subject), caller, uow)


async def _stated(agreement: Agreement, caller: Caller, uow: CommittedBeforeAnswer) -> AgreementOut:
    return AgreementOut.of(await agree_on_recovery(AgreeOnRecovery(agreement, caller.party), uow))


@router.post(
    "/v1/recoveries/{recovery}/agreements/{agreement}/releases",
    status_code=201,
    summary="Release what is agreed",
    dependencies=[requires("benefits:agreement:release"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409),
)
async def release_what_is_agreed(
    recovery: UUID, agreement: UUID, uow: CommittedBeforeAnswer, caller: Party
) -> AgreementOut:
    """Say, as another officer than the one who stated it, that it holds; what was released last holds of a kind."""
    command = ReleaseAgreement(recovery, agreement, caller.subject, caller.party)
    return AgreementOut.of(await release_agreement(command, uow))
