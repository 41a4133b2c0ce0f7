"""Two officers decided which of two values is right; what changes what is owed goes its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.claims.domain.errors import InconsistencyOver
from services.claims.domain.particulars import CorrectedFor, InconsistencyEnd, ParticularItem, Stands, corrected_value
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideInconsistency:
    """An entry of the register, and what both officers found: ``other`` is the right value where neither is."""

    inconsistency: UUID
    stands: Stands
    why: CorrectedFor
    officers: Officers
    other: Mapping[ParticularItem, str] = field(default_factory=dict, hash=False)


async def decide_inconsistency(command: DecideInconsistency, uow: ClaimsUnitOfWork) -> None:
    """Append it to the register; raises InconsistencyOver, CorrectedValueUnreadable."""
    entry = await uow.inconsistencies.lock(command.inconsistency)
    if entry is None or entry.end is not None:
        raise InconsistencyOver()
    officers, right = command.officers, corrected_value(entry.said, command.stands, command.other)
    end = InconsistencyEnd(officers.at, command.stands, right, command.why, *officers.both)
    await uow.inconsistencies.end(entry.id, end, officers.tenant)
    uow.decided(
        "inconsistency_decided", claim=str(entry.claim), item=entry.said.item.value, stands=command.stands.value
    )
