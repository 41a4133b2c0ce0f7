"""For auditors: samples of payments that are drawn and kept."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import MONTHLY_BENEFIT, BenefitName, ClaimOrPayable, EndToEndId, PartyName, SchemeName
from services.benefits.commands.draw_sample import DrawSample, draw_sample
from services.benefits.domain.audit import PaymentsAsked
from services.benefits.domain.payments import PaymentKind
from services.benefits.queries import audits
from services.benefits.storage.audits import SampledPayment
from shared.kernel.reading import DataKind
from shared.kernel.sampling import Draw
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.draws import DRAWS, DrawOut
from shared.web.fields import LARGEST_INTEGER
from shared.web.money import Money, Out, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent
from shared.web.sampling import MOST_SAMPLED, SamplePeriodIn, Sampling

router = APIRouter(route_class=CommittingRoute, tags=["audits"])

_AUDIT = [requires("benefits:audit:read"), Depends(officers_only)]
_TELLS = reads(DataKind.PAYMENT, of=("payments.party", "payments.claim"))


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


class PaymentDrawIn(SamplePeriodIn):
    """Of what an auditor draws, how much, and by which seed."""

    model_config = examples(
        {"first": "2026-07-01", "last": "2026-07-31", "benefit": MONTHLY_BENEFIT, "size": 10},
        {"first": "2026-07-01", "last": "2026-07-31", "seed": "018f0000-0000-7000-8000-000000000001"},
    )

    benefit: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z_]*$",
        max_length=100,
        description="Payments of this benefit alone",
        examples=[MONTHLY_BENEFIT],
    )

    def command(self, caller: Caller) -> DrawSample:
        """As a command; raises SamplePeriodReversed, SamplePeriodOpen."""
        days = self.period()
        asked = PaymentsAsked(days.first, days.last, days.begins, days.ends, self.benefit)
        return DrawSample(asked, caller.subject, self.size, self.seed)


class PaymentDrawOut(DrawOut):
    """A draw, with what it drew in the order of SHA-256 of the seed, a slash and the payment."""

    payments: list[SampledPaymentOut] = Field(max_length=MOST_SAMPLED)

    @classmethod
    def drawn(cls, draw: Draw, payments: list[SampledPayment]) -> Self:
        """As it is kept, with its payments."""
        return cls.of(draw, payments=[SampledPaymentOut.of(each) for each in payments])


@router.post(
    DRAWS,
    status_code=201,
    summary="Draw a sample of payments",
    dependencies=[requires("benefits:audit:write"), Depends(officers_only), Depends(idempotent), _TELLS],
    responses=problems(400, 403, 404, 409, 422),
)
async def draw_payment_sample(body: PaymentDrawIn, uow: CommittedBeforeAnswer, caller: Party) -> PaymentDrawOut:
    """By the seed that was stated before the period began, else by one that the machine draws. What was drawn, of how
    many and by whom is kept and listed; a second draw of the same frame says that it is one."""
    return PaymentDrawOut.drawn(*await audits.find_sampled(await draw_sample(body.command(caller), uow), uow))


@router.get(
    f"{DRAWS}/{{draw}}",
    summary="Read a draw of payments",
    dependencies=[*_AUDIT, _TELLS],
    responses=problems(403, 404),
)
async def read_payment_draw(draw: UUID, uow: CommittedBeforeAnswer) -> PaymentDrawOut:
    """As it was drawn, whatever became of its payments since."""
    return PaymentDrawOut.drawn(*await audits.find_draw(draw, uow))


@router.get(
    "/v1/audit-samples",
    summary="Read a sample of payments by its seed",
    dependencies=[*_AUDIT, _TELLS],
    responses=problems(400, 403, 404, 422),
)
async def read_payment_sample(
    sampling: Sampling,
    uow: CommittedBeforeAnswer,
    benefit: Annotated[
        str | None,
        Query(pattern=r"^[a-z][a-z_]*$", max_length=100, description="Payments of this benefit alone."),
    ] = None,
) -> PaymentSampleOut:
    """What was drawn by a seed of the payments of a period, ``size`` of it at most: the same for everybody and at any
    time, since it is kept. Nothing is drawn by this."""
    asked = PaymentsAsked(sampling.first, sampling.last, sampling.begins, sampling.ends, benefit)
    draw, payments = await audits.find_drawn(sampling.seed, asked, uow)
    return PaymentSampleOut(
        first=sampling.first,
        last=sampling.last,
        whole=draw.frame.whole,
        payments=[SampledPaymentOut.of(each) for each in payments[: sampling.size]],
    )
