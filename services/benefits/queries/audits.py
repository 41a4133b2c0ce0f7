"""Samples of payments, as they were drawn."""

from uuid import UUID

from services.benefits.domain.audit import PaymentsAsked
from services.benefits.storage.audits import SampledPayment
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.sampling import Draw


async def find_draw(id_: UUID, uow: BenefitsUnitOfWork) -> tuple[Draw, list[SampledPayment]]:
    """A draw with what it drew; raises DrawUnknown."""
    return await find_sampled(await uow.draws.draw(id_), uow)


async def find_drawn(seed: str, asked: PaymentsAsked, uow: BenefitsUnitOfWork) -> tuple[Draw, list[SampledPayment]]:
    """What was drawn by a seed of a frame; raises DrawUnknown where nobody did."""
    return await find_sampled(await uow.draws.by_seed(seed, asked.named), uow)


async def find_sampled(draw: Draw, uow: BenefitsUnitOfWork) -> tuple[Draw, list[SampledPayment]]:
    """A draw, and its payments in their order."""
    return draw, await uow.audits.sampled(draw.frame.keys)
