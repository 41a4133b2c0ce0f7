"""Draw a sample of decisions for an auditor, and keep what was drawn."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.audit import SampleAsked
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.sampling import Draw, seed_of


@dataclass(frozen=True)
class DrawSample:
    """Who draws of what; by the seed that was stated, else by one that the machine draws."""

    asked: SampleAsked
    by: str
    size: int
    seed: UUID | None


async def draw_sample(command: DrawSample, uow: ClaimsUnitOfWork) -> Draw:
    """Draw it, and keep it with its number among the draws of the same frame; raises SeedUnknown, SeedLate,
    SeedUsed."""
    asked = command.asked
    stated = None if command.seed is None else await uow.draws.seed(command.seed)
    seed = seed_of(stated, asked.begins)
    frame = await uow.audits.frame(asked.population, seed=seed[0], size=command.size, **asked.values)
    draw = await uow.draws.keep(Draw.made(command.by, seed, asked.named, command.size, frame))
    uow.decided("sample_drawn", draw=str(draw.id), number=draw.number, whole=draw.frame.whole)
    return draw
