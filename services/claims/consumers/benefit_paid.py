"""Payments of a claim, for the file and for a letter to who was paid (topic ``benefit.paid``)."""

from collections.abc import Sequence

from services.claims.commands.write_letters import SETTLES
from services.claims.commands.write_payment_advice import WritePaymentAdvice
from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.benefit_paid import BenefitReturnedV1, BenefitSettledV1, BenefitsIncreasedV1
from shared.contracts.envelope import Event
from shared.kernel.clock import business_day, now, today
from shared.kernel.periods import Month


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep what was settled and what came back; what is owed as a payable is of no claim, whoever states it.

    And which orders raise benefits: survivors share a pension as they raised it.
    """
    await _apply_increases([event for event in events if isinstance(event, BenefitsIncreasedV1)], uow)
    payments = [event for event in events if isinstance(event, BenefitSettledV1 | BenefitReturnedV1)]
    await uow.case_file.keep_payments([_payment(event) for event in payments if _is_of_a_claim(event)])


async def handle(event: Event, uow: ClaimsUnitOfWork) -> None:
    """A person who was paid is told of it."""
    if isinstance(event, BenefitSettledV1) and _is_of_a_claim(event) and event.party.startswith("person:"):
        advice = WritePaymentAdvice(
            event.instruction,
            event.claim,
            event.claim_revision,
            event.benefit,
            event.party,
            event.amount_sen,
            event.period_first,
            event.period_last,
            event.value_on or business_day(event.happened_at),
        )
        await uow.due.at(advice, now() + SETTLES)


async def _apply_increases(events: Sequence[BenefitsIncreasedV1], uow: ClaimsUnitOfWork) -> None:
    """Keep them, and wake the claims about deaths since the first day on which they count."""
    since = await uow.known_increases.keep([_increase(event) for event in events])
    if since is not None and since <= today():
        await uow.due.wake([subjects.raised_since(Month.of(since), Month.of(today()))])


def _increase(event: BenefitsIncreasedV1) -> dict[str, object]:
    stated = event.model_dump(include={"instrument", "law", "in_force", "replaces", "withdrawn"})
    return {"increase_order": event.order, **stated, "factors": [each.model_dump() for each in event.factors]}


def _is_of_a_claim(event: BenefitSettledV1 | BenefitReturnedV1) -> bool:
    # Events of before say no source: then what claims states is under a claim.
    return event.owner == "claims" and event.source in ("", "claim")


def _payment(event: BenefitSettledV1 | BenefitReturnedV1) -> dict[str, object]:
    kept = event.model_dump(include={"instruction", "claim", "benefit", "amount_sen", "happened_at"})
    return kept | {"returned": isinstance(event, BenefitReturnedV1)}
