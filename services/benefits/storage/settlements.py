"""How far each entitlement has been settled: a row for each, which is the lock of its books, under its person's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import Entitled
from services.benefits.domain.waiting import Waiting
from services.benefits.storage import tables as t
from services.benefits.storage.known_entitlements import EntitlementProjection

# A refusal names no benefit: it brings down what it sees to be settled. The lock lets it come only after this
# transaction.
_OPEN = text("""
    INSERT INTO settlement (claim, benefit, person, revision, settled_on, waiting)
    SELECT claim, :benefit, person, 0, :today, '[]' FROM assessment WHERE claim = :claim FOR SHARE
    ON CONFLICT (claim, benefit) DO NOTHING
""")
_LOCK = text("""
    SELECT revision, settled_on, due_until FROM settlement WHERE claim = :claim AND benefit = :benefit FOR UPDATE
""")
# Nobody waits for the lock of a person: whoever waited with due work in flight could be waited for by its holder, who
# wakes due work.
_LOCK_PERSON = text("""
    SELECT pg_try_advisory_xact_lock(hashtextextended('settling/' || person, 0)) FROM assessment WHERE claim = :claim
""")


class PersonLock(StrEnum):
    """Whether this transaction may settle for the person of a claim."""

    TAKEN = "taken"
    BUSY = "busy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """An entitlement with its row locked, the last day on which it was settled, and until when it was due then."""

    entitled: Entitled
    settled_on: date
    due_until: date | None


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

    async def lock_person(self, claim: UUID) -> PersonLock:
        """Lock all that is owed to the person of a claim, unless another transaction has; it comes before all locks."""
        locked = (await self._connection.execute(_LOCK_PERSON, {"claim": claim})).scalar_one_or_none()
        if locked is None:
            return PersonLock.UNKNOWN
        return PersonLock.TAKEN if locked else PersonLock.BUSY

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
        return Standing(entitled, settled.settled_on, settled.due_until)

    async def settled(self, entitled: Entitled, day: date, due_until: date | None, waiting: Sequence[Waiting]) -> None:
        """Note up to which revision and day the books of this entitlement are right, what is due, and what waits."""
        key = (t.settlement.c.claim == entitled.claim) & (t.settlement.c.benefit == entitled.benefit)
        stated = [each.stated() for each in waiting]
        values = {"revision": entitled.revision, "settled_on": day, "due_until": due_until, "waiting": stated}
        await self._connection.execute(update(t.settlement).where(key).values(**values))
