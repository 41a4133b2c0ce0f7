"""Samples of payments, which everybody who has the seed draws alike."""

from datetime import datetime

from services.benefits.storage.audits import SampledPayment
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


async def list_sampled(
    begins: datetime, ends: datetime, seed: str, size: int, benefit: str | None, uow: BenefitsUnitOfWork
) -> tuple[int, list[SampledPayment]]:
    """Of how many payments that were instructed from an instant on and before another one is drawn, and which."""
    return await uow.audits.sample(begins=begins, ends=ends, seed=seed, size=size, benefit=benefit)
