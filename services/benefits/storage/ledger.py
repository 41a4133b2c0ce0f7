"""The ledger: transfers are added and never changed or deleted; the database's grants hold it to that (rules S2)."""

import time as machine
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.ledger import GRANTED, Account, Transfer, TransferReason, banked, transfer
from services.benefits.domain.recoveries import Repayment
from services.benefits.storage import tables as t
from shared.kernel.clock import BUSINESS_ZONE, business_day, now
from shared.kernel.funds import CLEARING
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen

# What is booked is committed so soon, or not at all: what was known at an instant is certain a while after it.
COMMITTED_WITHIN = timedelta(seconds=50)
# Of the transfers of an entitlement: what is granted, and what is to come back. What of a loan is called in stays
# granted: it is paid, and to come back.
NET_SEN = """
    coalesce(sum(CASE WHEN cause = 'called_in' THEN 0 WHEN debit = ANY(CAST(:granted AS text[])) THEN amount_sen
                      WHEN credit = ANY(CAST(:granted AS text[])) THEN -amount_sen END), 0)
"""
RECOVERY_SEN = """
    coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END), 0)
"""
# Of a transfer: it says that money did not come in after all; and of `transfer`: it is of such a repayment.
COUNTERED = "cause IN ('repaid_countered', 'repaid_beyond_countered')"
CAME_IN = f"NOT EXISTS (SELECT FROM transfer AS back WHERE back.repayment = transfer.repayment AND {COUNTERED})"
# Of an entitlement by fund.
NET_OF = f"""
    SELECT fund, {NET_SEN}::bigint AS net_sen, {RECOVERY_SEN}::bigint AS recovery_sen
    FROM transfer WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
    GROUP BY fund
"""  # noqa: S608 - nothing that came from outside stands in it
_NET = text(NET_OF)
# One entry, of lines as `columns_of` has them; one text for any number of them.
BOOKED = """
    INSERT INTO transfer (id, entry, debit, credit, amount_sen, cause, fund, booked_at, value_on, claim, scheme,
                          benefit, party, revision, payment, repayment)
    SELECT id, CAST(:entry AS uuid), debit, credit, amount_sen, cause, fund, CAST(:booked_at AS timestamptz), value_on,
           claim, scheme, benefit, party, revision, payment, repayment
    FROM unnest(CAST(:line_ids AS uuid[]), CAST(:line_debits AS text[]), CAST(:line_credits AS text[]),
                CAST(:line_sens AS bigint[]), CAST(:line_causes AS text[]), CAST(:line_funds AS text[]),
                CAST(:line_days AS date[]), CAST(:line_claims AS uuid[]), CAST(:line_schemes AS text[]),
                CAST(:line_benefits AS text[]), CAST(:line_parties AS text[]), CAST(:line_revisions AS integer[]),
                CAST(:line_payments AS uuid[]), CAST(:line_repayments AS uuid[]))
         AS line (id, debit, credit, amount_sen, cause, fund, value_on, claim, scheme, benefit, party, revision,
                  payment, repayment)
"""
_BOOK = text(BOOKED)
# What was paid beyond a loan counts since nothing was to come back: what came back before was of what was open then.
_LOAN = text(f"""
    WITH moved AS (
        SELECT amount_sen, debit, cause, row_number() OVER booked AS number,
               sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0 END)
                   OVER booked AS open_sen
        FROM transfer
        WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party AND {CAME_IN}
        WINDOW booked AS (ORDER BY booked_at, id))
    SELECT coalesce(sum(amount_sen * CASE debit WHEN 'recoveries_receivable' THEN 1 ELSE -1 END)
                    FILTER (WHERE cause = 'called_in'), 0)::bigint AS called,
           coalesce(sum(amount_sen * CASE cause WHEN 'recovery_opened' THEN 1 ELSE -1 END)
                    FILTER (WHERE cause IN ('recovery_opened', 'recovery_reduced', 'recovery_reduced_again')
                                  AND number > (SELECT coalesce(max(number), 0) FROM moved WHERE open_sen = 0)),
                    0)::bigint AS overpaid
    FROM moved
""")  # noqa: S608 - constants
_FIRST_DAY = text("""
    SELECT min(value_on) FROM transfer
    WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
""")
# What of one party's was set off against what another is to pay back, less what of that was undone, where the two are
# one person's no more. In an entry one entitlement alone has what it grants set off.
_SET_OFF_BETWEEN = text("""
    SELECT paying.claim, paying.scheme, paying.benefit, paying.party, paying.fund, paying.grants,
           max(paying.revision) AS revision,
           debt.claim AS debt_claim, debt.scheme AS debt_scheme, debt.benefit AS debt_benefit,
           debt.party AS debt_party, debt.fund AS debt_fund, max(debt.revision) AS debt_revision,
           sum(CASE debt.cause WHEN 'recovery_set_off_undone' THEN -debt.amount_sen ELSE debt.amount_sen END)::bigint
               AS sen
    FROM (SELECT DISTINCT ON (entry) *, CASE cause WHEN 'set_off' THEN debit ELSE credit END AS grants FROM transfer
          WHERE party = ANY(CAST(:parties AS text[])) AND cause IN ('set_off', 'set_off_undone')
          ORDER BY entry) AS paying
    JOIN transfer AS debt USING (entry)
    WHERE debt.party = ANY(CAST(:parties AS text[]))
          AND debt.cause IN ('recovery_set_off', 'recovery_set_off_again', 'recovery_set_off_undone')
          AND debt.party <> ALL(parties_of(paying.party))
    GROUP BY paying.claim, paying.scheme, paying.benefit, paying.party, paying.fund, paying.grants,
             debt.claim, debt.scheme, debt.benefit, debt.party, debt.fund
    HAVING sum(CASE debt.cause WHEN 'recovery_set_off_undone' THEN -debt.amount_sen ELSE debt.amount_sen END) > 0
    ORDER BY 1, 2, 3, 4, 8, 9, 10, 11
""")
# What was told of a file's month is booked already, in whichever sums: told again by fund, it is no more money.
_BOOK_ONCE = text("""
    INSERT INTO transfer (id, entry, debit, credit, amount_sen, cause, fund, booked_at, value_on, file, employer, month)
    SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:entry AS uuid[]), CAST(:debit AS text[]), CAST(:credit AS text[]),
                         CAST(:amount_sen AS bigint[]), CAST(:cause AS text[]), CAST(:fund AS text[]),
                         CAST(:booked_at AS timestamptz[]), CAST(:value_on AS date[]), CAST(:file AS uuid[]),
                         CAST(:employer AS bigint[]), CAST(:month AS text[]))
         AS brought (id, entry, debit, credit, amount_sen, cause, fund, booked_at, value_on, file, employer, month)
    WHERE NOT EXISTS (
        SELECT FROM transfer AS booked
        WHERE (booked.file, booked.employer, booked.month) = (brought.file, brought.employer, brought.month))
    ON CONFLICT DO NOTHING
""")
# The row holds the receipt until the transaction ends, so that nobody books another revision of it meanwhile.
_TAKE_RECEIPTS = text("""
    INSERT INTO banked_receipt AS known (receipt, employer, month, revision)
    SELECT * FROM unnest(CAST(:receipts AS uuid[]), CAST(:employers AS bigint[]), CAST(:months AS text[]),
                         CAST(:revisions AS integer[])) AS told (receipt, employer, month, revision)
    ORDER BY told.receipt
    ON CONFLICT (receipt) DO UPDATE SET revision = excluded.revision WHERE known.revision < excluded.revision
    RETURNING receipt
""")
_RECEIPTS = text("""
    SELECT receipt, fund, sum(CASE 'bank' WHEN debit THEN amount_sen ELSE -amount_sen END)::bigint AS sen
    FROM transfer WHERE receipt = ANY(CAST(:receipts AS uuid[])) GROUP BY receipt, fund
""")


# The first day of which nothing is added up yet. What is before it is never booked on again, so that the sums of then
# and the transfers from then on are right together whenever each of them is read. It is asked for first: of a day that
# it does not know, PostgreSQL plans for reading every transfer.
CLOSED_UNTIL = text("SELECT max(booked_on) + 1 FROM ledger_day")
_IS_OPEN = text("""
    SELECT EXISTS (SELECT FROM transfer
                   WHERE (CAST(:since AS timestamptz) IS NULL OR booked_at >= :since) AND booked_at < :before)
""")
_CLOSE = text("""
    INSERT INTO ledger_day (booked_on, value_on, fund, debit, credit, cause, amount_sen)
    SELECT (booked_at AT TIME ZONE :zone)::date, value_on, fund, debit, credit, cause, sum(amount_sen)::bigint
    FROM transfer WHERE (CAST(:since AS timestamptz) IS NULL OR booked_at >= :since) AND booked_at < :before
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer in the books of an entitlement, with the payment or the repayment that it is about, if it is of one.

    ``value_on`` is the day on which it counts, where that is another than the day on which it is booked: money counts
    when it came or went, however late that is known.
    """

    transfer: Transfer
    key: EntitlementKey
    revision: int
    payment: UUID | None = None
    value_on: date | None = None
    repayment: UUID | None = None


@dataclass(frozen=True, slots=True)
class FileMonth:
    """What an employer's file changed in one month: named once, booked once."""

    file: UUID
    employer: int
    month: str


@dataclass(frozen=True, slots=True)
class BankedReceipt:
    """What is stated of a receipt of the bank: what of it is whose, by fund, and the day on which it counts."""

    receipt: UUID
    revision: int
    employer: int
    month: str
    value_on: date
    sen_by_fund: Mapping[str, Sen]


@dataclass(frozen=True, slots=True)
class SetOffBetween:
    """What stands as set off between two parties that are not one person's: each side's fund, and where one grants."""

    paying: EntitlementKey
    paying_fund: str
    paying_revision: int
    grants: Account
    debt: EntitlementKey
    debt_fund: str
    debt_revision: int
    amount_sen: Sen

    def undone(self) -> list["Line"]:
        """The entry by which it stands no more."""
        back = transfer(TransferReason.SET_OFF_UNDONE, self.amount_sen, self.paying_fund, grants=self.grants)
        open_again = transfer(TransferReason.RECOVERY_SET_OFF_UNDONE, self.amount_sen, self.debt_fund)
        return [Line(back, self.paying, self.paying_revision), Line(open_again, self.debt, self.debt_revision)]


class BookedTooLongAgo(TimeoutError):
    """What the transaction booked bears an instant of which it may have been said already that it is certain.

    As any time limit it passes by itself: the same is tried again.
    """


class LedgerRepository:
    """Adds to the ledger and adds it up, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        # By the machine's own count of seconds: the business clock may be moved meanwhile.
        self._began: float | None = None

    async def post(self, lines: Iterable[Line]) -> None:
        """Book the lines as one entry; the same thing happening twice to a payment is refused by the database."""
        booked = list(lines)
        if booked:
            self.begins()
            await self._connection.execute(_BOOK, columns_of(booked))

    async def set_off_between(self, parties: Collection[str]) -> list[SetOffBetween]:
        """What stands as set off between two of these parties that are not one person's any more."""
        found = await self._connection.execute(_SET_OFF_BETWEEN, {"parties": sorted(parties)})
        return [
            SetOffBetween(
                EntitlementKey(row.claim, row.scheme, row.benefit, row.party),
                *(row.fund, row.revision, Account(row.grants)),
                EntitlementKey(row.debt_claim, row.debt_scheme, row.debt_benefit, row.debt_party),
                *(row.debt_fund, row.debt_revision, row.sen),
            )
            for row in found
        ]

    async def post_beyond(
        self, repayment: Repayment, amount_sen: Sen, reason: TransferReason = TransferReason.REPAID_BEYOND
    ) -> None:
        """Book what came in and belongs to no recovery: it is of no fund until a person has looked; or counter it."""
        moved = transfer(reason, amount_sen, CLEARING)
        row = _row(moved, new_id(), now(), repayment.received_on) | {"repayment": repayment.id}
        self.begins()
        await self._connection.execute(insert(t.transfer).values(row))

    async def post_contributions(self, entries: Sequence[tuple[FileMonth, date, Sequence[Transfer]]]) -> None:
        """Book what files changed, on the days of their receipt; a file's month that is booked changes nothing."""
        once: dict[FileMonth, list[dict[str, Any]]] = {}
        booked_at = now()
        for about, value_on, transfers in entries:
            entry = new_id()
            once.setdefault(about, [{**_row(each, entry, booked_at, value_on), **asdict(about)} for each in transfers])
        rows = [row for of_month in once.values() for row in of_month]
        if rows:
            self.begins()
            await self._connection.execute(_BOOK_ONCE, {name: [row[name] for row in rows] for name in rows[0]})

    async def post_receipts(self, stated: Iterable[BankedReceipt]) -> None:
        """Book what changes in the books of each receipt; an older revision than is booked changes nothing."""
        newest: dict[UUID, BankedReceipt] = {}
        for each in sorted(stated, key=lambda receipt: receipt.revision):
            newest[each.receipt] = each
        taken = await self._take(list(newest.values()))
        booked = await self._booked(taken)
        booked_at = now()
        rows = []
        for id_ in taken:
            entry, about = new_id(), newest[id_]
            of = {"receipt": id_, "revision": about.revision}
            changed = banked(about.sen_by_fund, booked[id_])
            rows += [{**_row(each, entry, booked_at, about.value_on), **of} for each in changed]
        if rows:
            self.begins()
            await self._connection.execute(insert(t.transfer), rows)

    async def _take(self, receipts: Sequence[BankedReceipt]) -> list[UUID]:
        """Those of which nothing newer is booked."""
        if not receipts:
            return []
        columns = {
            "receipts": [each.receipt for each in receipts],
            "employers": [each.employer for each in receipts],
            "months": [each.month for each in receipts],
            "revisions": [each.revision for each in receipts],
        }
        return list((await self._connection.execute(_TAKE_RECEIPTS, columns)).scalars())

    async def _booked(self, receipts: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Sen]]:
        booked: dict[UUID, dict[str, Sen]] = {receipt: {} for receipt in receipts}
        if receipts:
            for row in await self._connection.execute(_RECEIPTS, {"receipts": receipts}):
                booked[row.receipt][row.fund] = row.sen
        return booked

    def must_be_certain(self) -> None:
        """Before the commit: raises BookedTooLongAgo, and then nothing is booked."""
        if self._began is not None and machine.monotonic() - self._began > COMMITTED_WITHIN.total_seconds():
            raise BookedTooLongAgo()

    def begins(self) -> None:
        """Something is booked from here on."""
        if self._began is None:
            self._began = machine.monotonic()

    async def is_open_before(self, day: date) -> bool:
        """Whether something was booked before a day and is not added up yet."""
        return bool((await self._connection.execute(_IS_OPEN, await self._open_before(day))).scalar_one())

    async def close(self, day: date) -> None:
        """Add up what was booked before a day, on which nobody books any more; what is added up stays so."""
        await self._connection.execute(_CLOSE, {**await self._open_before(day), "zone": BUSINESS_ZONE.key})

    async def _open_before(self, day: date) -> dict[str, datetime | None]:
        closed_until: date | None = (await self._connection.execute(CLOSED_UNTIL)).scalar_one()
        since = None if closed_until is None else datetime.combine(closed_until, time.min, BUSINESS_ZONE)
        return {"since": since, "before": datetime.combine(day, time.min, BUSINESS_ZONE)}

    async def loan(self, key: EntitlementKey) -> tuple[Sen, Sen]:
        """What of a loan was called in, and what was found to be paid beyond it and not set off against it yet."""
        row = (await self._connection.execute(_LOAN, asdict(key))).one()
        return row.called, row.overpaid

    async def first_day(self, key: EntitlementKey) -> date | None:
        """The first day on which anything counts in the books of an entitlement: nothing of it came back before."""
        found: date | None = (await self._connection.execute(_FIRST_DAY, asdict(key))).scalar_one()
        return found

    async def net(self, key: EntitlementKey) -> dict[str, tuple[Sen, Sen]]:
        """What is granted in the books of an entitlement, and its open recovery, by the fund that bears it."""
        rows = await self._connection.execute(_NET, {**asdict(key), "granted": list(GRANTED)})
        return {fund: (net, recovery) for fund, net, recovery in rows}


def _row(transfer: Transfer, entry: UUID, booked_at: datetime, value_on: date | None = None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entry": entry,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount_sen": transfer.amount_sen,
        "cause": transfer.reason,
        "fund": transfer.fund,
        "booked_at": booked_at,
        "value_on": value_on or business_day(booked_at),
    }


def columns_of(lines: Sequence[Line]) -> dict[str, Any]:
    """Lines as one entry of the books, of now, a list for each column."""
    booked_at = now()
    today = business_day(booked_at)
    return {
        "entry": new_id(),
        "booked_at": booked_at,
        "line_ids": [new_id() for _ in lines],
        "line_debits": [line.transfer.debit for line in lines],
        "line_credits": [line.transfer.credit for line in lines],
        "line_sens": [line.transfer.amount_sen for line in lines],
        "line_causes": [line.transfer.reason for line in lines],
        "line_funds": [line.transfer.fund for line in lines],
        "line_days": [line.value_on or today for line in lines],
        "line_claims": [line.key.claim for line in lines],
        "line_schemes": [line.key.scheme for line in lines],
        "line_benefits": [line.key.benefit for line in lines],
        "line_parties": [line.key.party for line in lines],
        "line_revisions": [line.revision for line in lines],
        "line_payments": [line.payment for line in lines],
        "line_repayments": [line.repayment for line in lines],
    }
