"""How far each entitlement has been settled: a row for each, which is the lock of its books, under its party's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.recoveries import Recovery
from services.benefits.storage import tables as t

_KEYS = text("""
    SELECT claim, scheme, benefit, party FROM entitlement WHERE claim = :claim
    UNION SELECT claim, scheme, benefit, party FROM settlement WHERE claim = :claim
    UNION SELECT claim, scheme, benefit, party FROM payment WHERE claim = :claim
""")
_LOOKED_AT = text("""
    UPDATE overtaken SET is_looked_at = true
    FROM unnest(CAST(:claims AS uuid[]), CAST(:schemes AS text[]), CAST(:benefits AS text[]), CAST(:parties AS text[]))
         AS seen (claim, scheme, benefit, party)
    WHERE (overtaken.claim, overtaken.scheme, overtaken.benefit, overtaken.party)
          = (seen.claim, seen.scheme, seen.benefit, seen.party)
""")
_NAMED_NO_MORE = text("""
    SELECT EXISTS (SELECT FROM assessment WHERE claim = :claim) AND NOT EXISTS (
        SELECT FROM settlement
        WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party)
""")
# After a restore its payments alone may be known.
_ANOTHER_DEBT = text("""
    SELECT claim, granted.fund,
           (granted.scheme, granted.benefit, granted.party) <> (stated.scheme, stated.benefit, stated.party) AS differs
    FROM (SELECT claim, scheme, benefit, party, fund, source FROM settlement
          WHERE claim = ANY(CAST(:claims AS uuid[]))
          UNION SELECT claim, scheme, benefit, party, fund, source FROM payment
          WHERE claim = ANY(CAST(:claims AS uuid[]))) AS granted
    JOIN unnest(CAST(:claims AS uuid[]), CAST(:schemes AS text[]), CAST(:benefits AS text[]), CAST(:parties AS text[]),
                CAST(:funds AS text[])) AS stated (claim, scheme, benefit, party, fund)
         USING (claim)
    WHERE granted.source = 'payable'
      AND (granted.scheme, granted.benefit, granted.party, granted.fund)
          <> (stated.scheme, stated.benefit, stated.party, stated.fund)
    LIMIT 1
""")
# Nobody waits for the lock of a party: whoever waited with due work in flight could be waited for by its holder, who
# wakes due work.
LOCK_PARTY = "pg_try_advisory_xact_lock(hashtextextended('settling/' || (parties_of(CAST(:party AS text)))[1], 0))"
# Also what was only settled or paid: a party may be owed nothing by now.
_KEYS_OF_PARTIES = text("""
    SELECT claim, scheme, benefit, party FROM settlement WHERE party = ANY(CAST(:parties AS text[]))
    UNION SELECT claim, scheme, benefit, party FROM entitlement WHERE party = ANY(CAST(:parties AS text[]))
""")
# Not what is looked at again on a day.
_WAITS_FOR_HEIRS = text("""
    SELECT EXISTS (
        SELECT FROM settlement
        WHERE party = :party AND waiting @> '[{"reason": "payee_died", "until": null}]')
""")
_LOCK_PARTY = text(f"SELECT {LOCK_PARTY}")


class FundChanged(RuntimeError):
    """A payable is stated as borne by another fund than it was settled from: what that one bears is another payable."""


class DebtChanged(RuntimeError):
    """A payable is stated as owed to another party, or as another kind or under another Act, than it was settled as:
    the payment of before would be withdrawn, and another made, on the word of the newest revision alone."""


class SettlementRepository:
    """Reads and writes settlements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keys_of(self, claim: UUID) -> set[EntitlementKey]:
        """Every entitlement of a claim that stands now or was ever settled or paid: a newer revision may end one."""
        return {EntitlementKey(*row) for row in await self._connection.execute(_KEYS, {"claim": claim})}

    async def keys_of_parties(self, parties: Collection[str]) -> set[EntitlementKey]:
        """Every entitlement of these parties that stands now or was ever settled."""
        found = await self._connection.execute(_KEYS_OF_PARTIES, {"parties": list(parties)})
        return {EntitlementKey(*row) for row in found}

    async def looked_at(self, keys: Sequence[EntitlementKey]) -> None:
        """What of these was granted beyond what stands is brought down: until the next revision there is no more."""
        if keys:
            claims, schemes, benefits, parties = map(list, zip(*(asdict(key).values() for key in keys), strict=True))
            seen = {"claims": claims, "schemes": schemes, "benefits": benefits, "parties": parties}
            await self._connection.execute(_LOOKED_AT, seen)

    async def must_be_same_debt(self, stated: Mapping[EntitlementKey, str]) -> None:
        """Raises DebtChanged or FundChanged where a payable was settled as another debt, or from another fund."""
        keys = [asdict(key) for key in stated]
        names = {"claims": "claim", "schemes": "scheme", "benefits": "benefit", "parties": "party"}
        values = {plural: [key[name] for key in keys] for plural, name in names.items()}
        found = await self._connection.execute(_ANOTHER_DEBT, {**values, "funds": list(stated.values())})
        settled = found.one_or_none()
        if settled is not None and settled.differs:
            raise DebtChanged(f"payable {settled.claim} was settled as another debt")
        if settled is not None:
            raise FundChanged(f"payable {settled.claim} was settled from {settled.fund}")

    async def lock_party(self, party: str) -> bool:
        """Lock all that is owed to a party, unless another transaction has; it comes before all other locks."""
        return bool((await self._connection.execute(_LOCK_PARTY, {"party": party})).scalar_one())

    async def is_named_no_more(self, key: EntitlementKey) -> bool:
        """Whether the newest revision is known, does not name it, and nothing was ever granted under it: after `stand`
        it has no row then. A revision that names it again has it settled."""
        found = await self._connection.execute(_NAMED_NO_MORE, asdict(key))
        return bool(found.scalar_one())

    async def waits_for_heirs(self, party: str) -> bool:
        """Whether something is unpaid since the party died, and nobody who receives it is known."""
        return bool((await self._connection.execute(_WAITS_FOR_HEIRS, {"party": party})).scalar_one())

    async def recall(self, recovery: Recovery, day: date) -> None:
        """Know again of an entitlement of which something was paid back by a day, so that it is settled: of what was
        set off alone no payment is known."""
        about = {"owner": recovery.owner, "source": recovery.source, "person": recovery.person, "fund": recovery.fund}
        values = {**asdict(recovery.key), **about, "revision": 0, "settled_on": day, "waiting": []}
        await self._connection.execute(upsert(t.settlement).values(values).on_conflict_do_nothing())

    async def overtake(self, key: EntitlementKey) -> None:
        """What is known to be granted, and is not known to be settled: it counts as overtaken until it is."""
        known = upsert(t.overtaken).values(**asdict(key), is_looked_at=False)
        again = known.on_conflict_do_update(constraint=t.overtaken.primary_key, set_={"is_looked_at": False})
        await self._connection.execute(again)
