"""Payments of a claim, for the file (topic ``benefit.paid``)."""

from collections.abc import Sequence

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.benefit_paid import BenefitReturnedV1, BenefitSettledV1
from shared.contracts.envelope import Event


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep what was settled and what came back; what is owed as a payable is of no claim, whoever states it."""
    payments = [event for event in events if isinstance(event, BenefitSettledV1 | BenefitReturnedV1)]
    await uow.case_file.keep_payments([_payment(event) for event in payments if _is_of_a_claim(event)])


def _is_of_a_claim(event: BenefitSettledV1 | BenefitReturnedV1) -> bool:
    # Events of before say no source: then what claims states is under a claim.
    return event.owner == "claims" and event.source in ("", "claim")


def _payment(event: BenefitSettledV1 | BenefitReturnedV1) -> dict[str, object]:
    kept = event.model_dump(include={"instruction", "claim", "benefit", "amount_sen", "happened_at"})
    return kept | {"returned": isinstance(event, BenefitReturnedV1)}
