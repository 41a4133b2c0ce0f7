"""Draw a sample of payments for an auditor, and keep what was drawn."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain.audit import PaymentsAsked
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.sampling import Draw, seed_of


@dataclass(frozen=True)
class DrawSample:
    """Who draws of what; by the seed that was stated, else by one that the machine draws."""

    asked: PaymentsAsked
    by: str
    size: int
    seed: UUID | None


async def draw_sample(command: DrawSample, uow: BenefitsUnitOfWork) -> Draw:
    """Draw it, and keep it with its number among the draws of the same frame; raises SeedUnknown, SeedLate,
    SeedUsed."""
    asked = command.asked
    stated = None if command.seed is None else await uow.draws.seed(command.seed)
    seed = seed_of(stated, asked.begins)
    frame = await uow.audits.frame(asked, seed[0], command.size)
    draw = await uow.draws.keep(Draw.made(command.by, seed, asked.named, command.size, frame))
    uow.decided("sample_drawn", draw=str(draw.id), number=draw.number, whole=draw.frame.whole)
    return draw
