"""Recoveries: one for each entitlement that was overpaid; what is open of it stands in the ledger."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import LOAN, Entitled, EntitlementKey, Source
from services.benefits.domain.recoveries import Opened, Recovery
from services.benefits.domain.setting_off import Keep, OpenDebt
from services.benefits.domain.settlement import recovery_law
from services.benefits.storage import tables as t
from services.benefits.storage.ledger import CAME_IN, RECOVERY_SEN
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month

# Of the transfers of an entitlement: what is open of its recovery, and what counts as having come back of it since the
# month began, in whichever way: what is owed again of days that were paid already was never to come back.
OPEN_SEN = f"{RECOVERY_SEN}::bigint AS open_sen"
TAKEN_SEN = """
    coalesce(sum(amount_sen) FILTER (
        WHERE credit = 'recoveries_receivable' AND value_on >= :month
              AND cause NOT IN ('fund_changed', 'called_in', 'recovery_reduced_again', 'recovery_set_off_again')),
             0)::bigint AS taken_sen
"""
_OF_RECOVERY = """
    FROM transfer WHERE transfer.claim = recovery.claim AND transfer.scheme = recovery.scheme
                        AND transfer.benefit = recovery.benefit AND transfer.party = recovery.party
"""
# What was agreed about a debt ends with it: nothing holds that was released before all was back. A loan is one debt,
# however often some of it is called in. What is booked at one instant is one entry; after a restore less than nothing
# is open until the recovery has opened again. What was countered never came back.
_HOLDS = f"""
    from_on <= :day AND (right(recovery.benefit, {len(LOAN)}) = '{LOAN}' OR NOT EXISTS (
        SELECT FROM (
            SELECT booked_at, 'recoveries_receivable' IN (debit, credit) AS moved,
                   sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0 END)
                       OVER (ORDER BY booked_at) AS open_sen
            {_OF_RECOVERY} AND {CAME_IN}) AS stood
        WHERE stood.moved AND stood.open_sen = 0 AND stood.booked_at > said_at))
"""
# The instalments that hold of `recovery`: what was released last.
PLAN = f"""
    LEFT JOIN LATERAL (
        SELECT monthly_sen FROM recovery_agreement AS agreed JOIN recovery_agreement_word AS said
            ON said.agreement = agreed.id AND word = 'released'
        WHERE agreed.recovery = recovery.id AND kind = 'instalments' AND {_HOLDS}
        ORDER BY said_at DESC, id DESC LIMIT 1) AS plan ON true
"""  # noqa: S608 - nothing that came from outside stands in it
_BOOKS = f"CROSS JOIN LATERAL (SELECT {OPEN_SEN}, {TAKEN_SEN} {_OF_RECOVERY}) AS books"
# What is agreed about it and was released; what was released last holds.
_AGREED = f"""
    {PLAN}
    LEFT JOIN LATERAL (
        SELECT NOT ends AS holds FROM recovery_agreement AS agreed JOIN recovery_agreement_word AS said
            ON said.agreement = agreed.id AND word = 'released'
        WHERE agreed.recovery = recovery.id AND kind = 'across' AND {_HOLDS}
              AND against_scheme = :scheme AND against_owner = :owner
        ORDER BY said_at DESC, id DESC LIMIT 1) AS across ON true
"""  # noqa: S608 - nothing that came from outside stands in it
_OPEN = text(f"""
    SELECT claim, scheme, benefit, party, settlement.fund, recovery.revision, settlement.owner, settlement.source,
           open_sen, taken_sen, monthly_sen, coalesce(across.holds, false) AS agreed,
           EXISTS (SELECT FROM assessment WHERE assessment.claim = recovery.claim)
           AND NOT EXISTS (SELECT FROM entitlement AS owed
                           WHERE (owed.claim, owed.scheme, owed.benefit, owed.party)
                                 = (recovery.claim, recovery.scheme, recovery.benefit, recovery.party)) AS ended
    FROM recovery JOIN settlement USING (claim, scheme, benefit, party) {_BOOKS} {_AGREED}
    WHERE party = ANY (parties_of(CAST(:party AS text))) AND open_sen > 0
          AND (claim, scheme, benefit, party) <> (:claim, :scheme, :benefit, :party)
          AND (across.holds OR (scheme = :scheme AND (
              (settlement.owner, settlement.source) = (:owner, :source)
              OR (settlement.source = 'payable' AND right(benefit, char_length(CAST(:loan AS text))) = :loan))))
    ORDER BY recovery.id
""")  # noqa: S608 - nothing that came from outside stands in it
_KEEP = text(f"""
    SELECT taken_sen, monthly_sen, coalesce(across.holds, false) AS agreed
    FROM recovery {_BOOKS} {_AGREED}
    WHERE recovery.claim = :claim AND recovery.scheme = :scheme AND recovery.benefit = :benefit
          AND recovery.party = :party
""")  # noqa: S608 - nothing that came from outside stands in it
_FIND = f"""
    SELECT recovery.id, claim, scheme, benefit, party, coalesce(settlement.owner, 'claims') AS owner,
           coalesce(settlement.source, 'claim') AS source, recovery.person,
           coalesce(settlement.fund, recovery.fund) AS fund, law, recovery.revision, open_sen,
           greatest(settlement.revision, recovery.revision) AS settled_revision
    FROM recovery LEFT JOIN settlement USING (claim, scheme, benefit, party)
    CROSS JOIN LATERAL (SELECT {OPEN_SEN} {_OF_RECOVERY}) AS books
"""  # noqa: S608 - nothing that came from outside stands in it
_FIND_BY_ID = text(f"{_FIND} WHERE recovery.id = :id")
# The last time that more of it came to light; each time is one entry.
_OPENED = text(f"""
    SELECT found.*, recovery.reference, last.number, last.sen, last.value_on
    FROM ({_FIND} WHERE (claim, scheme, benefit, party)
                        = (CAST(:claim AS uuid), CAST(:scheme AS text), CAST(:benefit AS text), CAST(:party AS text))
         ) AS found
    JOIN recovery ON recovery.id = found.id
    CROSS JOIN LATERAL (
        SELECT sum(amount_sen)::bigint AS sen, max(value_on) AS value_on, count(*) OVER () AS number
        {_OF_RECOVERY} AND cause = 'recovery_opened'
        GROUP BY booked_at ORDER BY booked_at DESC LIMIT 1) AS last
""")  # noqa: S608 - nothing that came from outside stands in it
_FIND_BY_REFERENCE = text(f"{_FIND} WHERE recovery.reference = :reference")
_RECALL = text("""
    WITH added AS (
        INSERT INTO recovery (id, claim, scheme, benefit, party, person, fund, law, revision, opened_at)
        VALUES (:id, :claim, :scheme, :benefit, :party, :person, :fund, :law, :revision, :at)
        ON CONFLICT DO NOTHING RETURNING id)
    SELECT id FROM added UNION ALL
    SELECT id FROM recovery WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
""")


class RecoveryRepository:
    """Reads and writes recoveries inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, entitled: Entitled, traceparent: str | None) -> None:
        """Open the recovery of an entitlement, unless there is one: then it is enlarged through the ledger alone."""
        values = {
            **asdict(entitled.key),
            "id": new_id(),
            "person": entitled.person,
            "fund": entitled.fund,
            "law": recovery_law(entitled),
            "revision": entitled.revision,
            "traceparent": traceparent,
            "opened_at": now(),
        }
        await self._connection.execute(upsert(t.recovery).values(values).on_conflict_do_nothing())

    async def list_open(self, entitled: Entitled, day: date) -> list[OpenDebt]:
        """The open recoveries of the party's other entitlements that may be set off against this one, oldest first.

        Those are of its owner under the same Act, loans under the same Act, and others where that is agreed; each with
        its plan, and without the share of the law.
        """
        rows = await self._connection.execute(_OPEN, {**_about(entitled), **_month(day), "loan": LOAN})
        return [
            OpenDebt(
                *(_key_of(row), row.fund, row.revision, row.open_sen, row.owner, Source(row.source)),
                agreed=row.agreed,
                keep=_keep_of(row),
                ended=row.ended,
            )
            for row in rows
        ]

    async def keep_of(self, entitled: Entitled, day: date) -> tuple[Keep, bool]:
        """The plan of its own recovery, without the share of the law, and whether setting off is agreed."""
        found = await self._connection.execute(_KEEP, {**_about(entitled), **_month(day)})
        row = found.one_or_none()
        return (Keep(), False) if row is None else (_keep_of(row), row.agreed)

    async def find(self, id_: UUID) -> Recovery | None:
        """A recovery by its id."""
        return await self._find(_FIND_BY_ID, {"id": id_})

    async def opened(self, key: EntitlementKey) -> Opened:
        """The recovery of an entitlement of which more has come to light: how much, and how often so far."""
        row = (await self._connection.execute(_OPENED, asdict(key))).one()
        return Opened(_recovery_of(row), row.reference, row.number, row.sen, row.value_on)

    async def find_by_reference(self, reference: str) -> Recovery | None:
        """A recovery by what a payer writes."""
        return await self._find(_FIND_BY_REFERENCE, {"reference": reference})

    async def recall(self, recovery: Recovery, opened_at: datetime) -> UUID:
        """Know again of a recovery; its id, which is another where it was opened again before it was recalled."""
        values = {**asdict(recovery.key), "id": recovery.id, "person": recovery.person, "fund": recovery.fund}
        values |= {"law": recovery.law, "revision": recovery.revision, "at": opened_at}
        found: UUID = (await self._connection.execute(_RECALL, values)).scalar_one()
        return found

    async def _find(self, query: Any, values: Mapping[str, object]) -> Recovery | None:
        row = (await self._connection.execute(query, values)).one_or_none()
        return None if row is None else _recovery_of(row)


def _about(entitled: Entitled) -> dict[str, Any]:
    return {**asdict(entitled.key), "owner": entitled.owner, "source": entitled.source}


def _month(day: date) -> dict[str, Any]:
    return {"day": day, "month": Month.of(day).first_day}


def _key_of(row: Row[Any]) -> EntitlementKey:
    return EntitlementKey(row.claim, row.scheme, row.benefit, row.party)


def _keep_of(row: Row[Any]) -> Keep:
    return Keep(monthly_sen=row.monthly_sen, taken_sen=row.taken_sen)


def _recovery_of(row: Row[Any]) -> Recovery:
    about = (row.owner, Source(row.source), row.person, row.fund, row.law, row.revision)
    return Recovery(row.id, _key_of(row), *about, row.open_sen, row.settled_revision)
