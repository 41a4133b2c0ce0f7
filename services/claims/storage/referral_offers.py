"""Offers of referrals in the database, and what became of each: that is appended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import ReferralOfferUnknown
from services.claims.domain.referral import OfferState, ReferralOffer, ReferralReason, ReferralReceiver

_STATED = "id, claim, person, receiver, offered_for, offered_at, changed_at, state, revision"
# The worker shows them: all that were ever offered.
OFFERS = text("""
    SELECT receiver, state, count(*),
           CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(changed_at)) AS double precision)
    FROM referral_offer GROUP BY receiver, state
""")
_ADD = text(f"""
    INSERT INTO referral_offer AS known ({_STATED}, tenant)
    VALUES (:id, :claim, :person, :receiver, :offered_for, :offered_at, :changed_at, :state, :revision, :tenant)
    ON CONFLICT (id) DO UPDATE
    SET offered_for = excluded.offered_for, offered_at = excluded.offered_at, changed_at = excluded.changed_at,
        state = excluded.state, revision = excluded.revision
    WHERE known.revision < excluded.revision
    RETURNING id
""")  # noqa: S608 - names of columns
_ANSWER = text("""
    UPDATE referral_offer SET changed_at = :changed_at, state = :state, revision = :revision WHERE id = :id
""")
_APPEND = text("""
    INSERT INTO referral_offer_event (offer, revision, state, at, acted_by)
    VALUES (:id, :revision, :state, :changed_at, :acted_by) ON CONFLICT DO NOTHING
""")
_FIND = f"SELECT {_STATED} FROM referral_offer WHERE id = :id"  # noqa: S608 - names of columns
_GET, _LOCK = text(_FIND), text(f"{_FIND} FOR NO KEY UPDATE")
_OF_CLAIMS = text(f"""
    SELECT {_STATED} FROM referral_offer WHERE claim = ANY(CAST(:claims AS uuid[])) ORDER BY claim, id
""")  # noqa: S608 - names of columns
_PAGE = text(f"""
    SELECT {_STATED} FROM referral_offer
    WHERE id > CAST(:after AS uuid)
          AND (CAST(:claim AS uuid) IS NULL OR claim = CAST(:claim AS uuid))
          AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_FIRST = UUID(int=0)


class ReferralOfferRepository:
    """Reads and writes offers inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, offer: ReferralOffer) -> None:
        """Keep an offer, or how it stands by the machine; the higher revision stays."""
        values = _values(offer)
        if (await self._connection.execute(_ADD, values)).one_or_none() is not None:
            await self._connection.execute(_APPEND, {**values, "acted_by": None})

    async def answer(self, offer: ReferralOffer, by: str) -> None:
        """Keep how a locked one stands as the person, or who acts for it, says."""
        values = _values(offer)
        await self._connection.execute(_ANSWER, {name: values[name] for name in _ANSWERED})
        await self._connection.execute(_APPEND, {**values, "acted_by": by})

    async def get(self, offer: UUID) -> ReferralOffer:
        """One that the role may see; raises ReferralOfferUnknown."""
        return await self._one(_GET, offer)

    async def lock(self, offer: UUID) -> ReferralOffer:
        """The same, locked until the end of the transaction."""
        return await self._one(_LOCK, offer)

    async def of(self, claims: Sequence[UUID]) -> list[ReferralOffer]:
        """Those of claims, also what is over."""
        return [offer_of(row) for row in await self._connection.execute(_OF_CLAIMS, {"claims": list(claims)})]

    async def page(
        self, claim: UUID | None, state: OfferState | None, after: UUID | None, limit: int
    ) -> list[ReferralOffer]:
        """Those that the role may see in the order of their ids, after a position; of a claim, in a state."""
        values = {"claim": claim, "state": state, "after": after or _FIRST, "limit": limit}
        return [offer_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def _one(self, query: Any, offer: UUID) -> ReferralOffer:
        row = (await self._connection.execute(query, {"id": offer})).one_or_none()
        if row is None:
            raise ReferralOfferUnknown()
        return offer_of(row)


_ANSWERED = ("id", "changed_at", "state", "revision")


def offer_of(row: Row[Any]) -> ReferralOffer:
    """The offer in a row of its columns."""
    values = {str(name): value for name, value in row._mapping.items()}
    read = {"receiver": ReferralReceiver(row.receiver), "offered_for": ReferralReason(row.offered_for)}
    return ReferralOffer(**{**values, **read, "state": OfferState(row.state)})


def _values(offer: ReferralOffer) -> dict[str, Any]:
    return {name.strip(): getattr(offer, name.strip()) for name in (*_STATED.split(","), "tenant")}
