"""For auditors: samples of payments by a seed."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import BenefitName, ClaimOrPayable, EndToEndId, PartyName, SchemeName
from services.benefits.domain.payments import PaymentKind
from services.benefits.queries import audits
from services.benefits.storage.audits import SampledPayment
from shared.kernel.reading import DataKind
from shared.security.scopes import officers_only, requires
from shared.web.fields import LARGEST_INTEGER
from shared.web.money import Money, Out
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute
from shared.web.sampling import MOST_SAMPLED, Sampling

router = APIRouter(route_class=CommittingRoute, tags=["audits"])


class SampledPaymentOut(Out):
    """A payment that was drawn, as it was instructed; what became of it stands where it is read."""

    payment: UUID
    claim: ClaimOrPayable
    scheme: SchemeName
    benefit: BenefitName
    party: PartyName
    kind: PaymentKind
    period_first: date
    period_last: date
    amount: Money
    end_to_end_id: EndToEndId
    created_at: datetime

    @classmethod
    def of(cls, drawn: SampledPayment) -> "SampledPaymentOut":
        """From what is read of it."""
        return cls(
            payment=drawn.id,
            claim=drawn.claim,
            scheme=drawn.scheme,
            benefit=drawn.benefit,
            party=drawn.party,
            kind=PaymentKind(drawn.kind),
            period_first=drawn.period_first,
            period_last=drawn.period_last,
            amount=Money.of(drawn.amount_sen),
            end_to_end_id=drawn.end_to_end_id,
            created_at=drawn.created_at,
        )


class PaymentSampleOut(Out):
    """A sample: in the order of SHA-256 of the seed, a slash and the payment."""

    first: date
    last: date
    whole: int = Field(ge=0, le=LARGEST_INTEGER, description="Of how many payments it is drawn")
    payments: list[SampledPaymentOut] = Field(max_length=MOST_SAMPLED)


@router.get(
    "/v1/audit-samples",
    summary="Draw a sample of payments",
    dependencies=[
        requires("benefits:audit:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("payments.party", "payments.claim")),
    ],
    responses=problems(400, 403, 422),
)
async def read_payment_sample(
    sampling: Sampling,
    uow: CommittedBeforeAnswer,
    benefit: Annotated[
        str | None,
        Query(pattern=r"^[a-z][a-z_]*$", max_length=100, description="Payments of this benefit alone."),
    ] = None,
) -> PaymentSampleOut:
    """Whoever names the same seed and period draws the same payments of those that were instructed then."""
    asked = (sampling.begins, sampling.ends, sampling.seed, sampling.size, benefit)
    whole, drawn = await audits.list_sampled(*asked, uow)
    return PaymentSampleOut(
        first=sampling.first, last=sampling.last, whole=whole, payments=[SampledPaymentOut.of(each) for each in drawn]
    )
