"""How far each entitlement has been settled: a row for each, which is the lock of its books, under its party's."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, select, text, union, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source
from services.benefits.domain.recoveries import Recovery
from services.benefits.domain.waiting import Waiting
from services.benefits.storage import tables as t
from services.benefits.storage.known_entitlements import EntitlementProjection

# What is left out of a revision is brought down where it is seen to be settled; after a restore its payments alone may
# be known. The lock lets the next revision come only after this transaction. The fund is the one of the last settling:
# what is owed no more names none.
_KNOWN = text("SELECT claim FROM assessment WHERE claim = ANY(CAST(:claims AS uuid[])) ORDER BY claim FOR SHARE")
_OPEN = text("""
    INSERT INTO settlement (claim, scheme, benefit, party, owner, source, person, fund, revision, settled_on, waiting)
    SELECT claim, scheme, benefit, party, owner, source, person, fund, 0, CAST(:today AS date), '[]'
    FROM (SELECT claim, scheme, benefit, party, assessment.owner, assessment.source, assessment.person,
                 entitlement.fund, NULL::uuid AS payment FROM entitlement JOIN assessment USING (claim)
          UNION ALL SELECT claim, scheme, benefit, party, owner, source, person, fund, id FROM payment) AS granted
    WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
    ORDER BY payment DESC NULLS FIRST LIMIT 1
    ON CONFLICT (claim, scheme, benefit, party) DO NOTHING
""")
# A revision that came is not settled yet: by it something may be to come back. A party may have been granted very much:
# what of it a newer revision has overtaken stands in a table of its own, which `keep` and `overtake` fill. Of another
# Act it counts too: that it is set off may be agreed.
_OVERTAKEN = text("""
    SELECT claim, scheme, benefit, party
    FROM overtaken JOIN assessment USING (claim) LEFT JOIN settlement USING (claim, scheme, benefit, party)
    WHERE party = :party AND NOT is_looked_at AND coalesce(settlement.revision, 0) < assessment.revision
          AND (claim, scheme, benefit) <> (CAST(:claim AS uuid), :scheme, :benefit)
    ORDER BY claim, scheme, benefit, party LIMIT :limit
""")
_LOOKED_AT = text("""
    UPDATE overtaken SET is_looked_at = true
    FROM unnest(CAST(:claims AS uuid[]), CAST(:schemes AS text[]), CAST(:benefits AS text[]), CAST(:parties AS text[]))
         AS seen (claim, scheme, benefit, party)
    WHERE (overtaken.claim, overtaken.scheme, overtaken.benefit, overtaken.party)
          = (seen.claim, seen.scheme, seen.benefit, seen.party)
""")
_LOCK = text("""
    SELECT owner, source, person, fund, settled_on, due_until, months_until,
           greatest(revision,
                    (SELECT max(payment.revision) FROM payment
                     WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party),
                    (SELECT max(transfer.revision) FROM recovery JOIN transfer USING (claim, scheme, benefit, party)
                     WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
                           AND cause = 'repaid')) AS revision
    FROM settlement
    WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party FOR UPDATE
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
_LOCK_PARTY = text("SELECT pg_try_advisory_xact_lock(hashtextextended('settling/' || CAST(:party AS text), 0))")


class FundChanged(RuntimeError):
    """A payable is stated as borne by another fund than it was settled from: what that one bears is another payable."""


class DebtChanged(RuntimeError):
    """A payable is stated as owed to another party, or as another kind or under another Act, than it was settled as:
    the payment of before would be withdrawn, and another made, on the word of the newest revision alone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An entitlement with its row locked, the day on which it is settled, and until when it was due the last time."""

    entitled: Entitled
    day: date
    reached: Reached


class SettlementRepository:
    """Reads and writes settlements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known = EntitlementProjection(connection)

    async def keys_of(self, claim: UUID) -> set[EntitlementKey]:
        """Every entitlement of a claim that stands now or was ever settled or paid: a newer revision may end one."""
        tables = (t.entitlement, t.settlement, t.payment)
        columns = [[table.c[name] for name in EntitlementKey.__slots__] for table in tables]
        known = union(*(select(*each).where(each[0] == claim) for each in columns))
        return {EntitlementKey(*row) for row in await self._connection.execute(known)}

    async def list_overtaken(self, key: EntitlementKey, limit: int) -> list[EntitlementKey]:
        """The party's other entitlements of which a newer revision came that is not settled, nor looked at, yet.

        At most so many. What is stated of all these claims is locked in the order in which revisions come.
        """
        values = {**asdict(key), "limit": limit}
        found = [EntitlementKey(*row) for row in await self._connection.execute(_OVERTAKEN, values)]
        if found:
            await self._lock_known(key.claim, *(each.claim for each in found))
        return found

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

    async def lock(self, key: EntitlementKey, today: date) -> Standing | None:
        """The entitlement by its newest revision, locked; None while that is unknown or older than what was settled, or
        than what was paid, or paid back, by.

        That is so while a projection is rebuilt, or read again after a restore; or nothing is owed, nor ever was. The
        clocks of two workers may differ by seconds around midnight: a day that was reached is not taken back.
        """
        if not await self._lock_known(key.claim):
            return None
        await self._connection.execute(_OPEN, {**asdict(key), "today": today})
        settled = (await self._connection.execute(_LOCK, asdict(key))).one_or_none()
        stated = None if settled is None else await self._known.find(key)
        if settled is None or stated is None or stated.revision < settled.revision:
            return None
        stands = (settled.person, stated.fund or settled.fund, stated.revision, stated.terms)
        origin = {"owner": settled.owner, "source": Source(settled.source)}
        entitled = Entitled(key, *stands, **origin, repayment=stated.repayment, law=stated.law or "")
        reached = Reached(settled.due_until, settled.months_until)
        return Standing(entitled, max(today, settled.settled_on), reached)

    async def is_named_no_more(self, key: EntitlementKey) -> bool:
        """Whether the newest revision is known, does not name it, and nothing was ever granted under it: after `lock`
        it has no row then. A revision that names it again has it settled."""
        found = await self._connection.execute(_NAMED_NO_MORE, asdict(key))
        return bool(found.scalar_one())

    async def _lock_known(self, *claims: UUID) -> bool:
        return bool((await self._connection.execute(_KNOWN, {"claims": list(claims)})).all())

    async def settled(self, entitled: Entitled, day: date, reached: Reached, waiting: Sequence[Waiting]) -> None:
        """Note up to which revision and day the books of this entitlement are right, of which fund they are, what is
        due, and what waits."""
        stated = [each.stated() for each in waiting]
        settled = {"revision": entitled.revision, "fund": entitled.fund, "settled_on": day}
        until = {"due_until": reached.days, "months_until": reached.months}
        values = {**settled, **until, "waiting": stated}
        caught_up = delete(t.overtaken).where(_is(entitled.key, t.overtaken)).cte("caught_up")
        changed = update(t.settlement).where(_is(entitled.key, t.settlement)).values(**values)
        await self._connection.execute(changed.add_cte(caught_up))

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


def _is(key: EntitlementKey, table: Table) -> ColumnElement[bool]:
    values: dict[str, Any] = asdict(key)
    return and_(*(table.c[name] == value for name, value in values.items()))
