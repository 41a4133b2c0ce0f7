"""How far each entitlement has been settled: a row for each, which is the lock of its books."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import Entitled
from services.benefits.storage import tables as t
from services.benefits.storage.known_entitlements import EntitlementProjection

# A refusal names no benefit: it brings down what it sees to be settled. The lock lets it come only after this
# transaction.
_OPEN = text("""
    INSERT INTO settlement (claim, benefit, person, revision, settled_on)
    SELECT claim, :benefit, person, 0, :today FROM assessment WHERE claim = :claim FOR SHARE
    ON CONFLICT (claim, benefit) DO NOTHING
""")
_LOCK = text("SELECT revision, settled_on FROM settlement WHERE claim = :claim AND benefit = :benefit FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Standing:
    """An entitlement with its row locked, and the last day on which it was settled."""

    entitled: Entitled
    settled_on: date


class SettlementRepository:
    """Reads and writes settlements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known = EntitlementProjection(connection)

    async def benefits_of(self, claim: UUID) -> set[str]:
        """Every benefit of a claim that is decided now or was ever settled: a newer revision may end one."""
        decided = select(t.entitlement.c.benefit).where(t.entitlement.c.claim == claim)
        settled = select(t.settlement.c.benefit).where(t.settlement.c.claim == claim)
        return set((await self._connection.execute(decided.union(settled))).scalars())

    async def lock(self, claim: UUID, benefit: str, today: date) -> Standing | None:
        """The entitlement by its newest revision, locked; None while that is unknown or older than what was settled.

        That is so while a projection is rebuilt.
        """
        key = {"claim": claim, "benefit": benefit}
        await self._connection.execute(_OPEN, {**key, "today": today})
        settled = (await self._connection.execute(_LOCK, key)).one_or_none()
        entitled = None if settled is None else await self._known.find(claim, benefit)
        if settled is None or entitled is None or entitled.revision < settled.revision:
            return None
        return Standing(entitled, settled.settled_on)

    async def settled(self, entitled: Entitled, day: date) -> None:
        """Note up to which revision and day the books of this entitlement are right."""
        key = (t.settlement.c.claim == entitled.claim) & (t.settlement.c.benefit == entitled.benefit)
        values = {"revision": entitled.revision, "settled_on": day}
        await self._connection.execute(update(t.settlement).where(key).values(**values))
