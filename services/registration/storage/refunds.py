"""Refunds of contributions: what lines declared before they were changed, how a month stands, claims, statements."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, MONTHLY, TakenLine, month_of, number_of
from services.registration.domain.employer import tenant_of
from services.registration.domain.refund import (
    FUNDS,
    KIND,
    Figures,
    Refund,
    Share,
    Statement,
    figures_of,
)
from services.registration.storage.contribution_lines import TAKEN_OVER, UNDERWAY, FileUnderway
from services.registration.storage.insured import one_person, released
from services.registration.storage.persons import Viewer
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.kernel.funds import Fund
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.errors import NotYetLaw

# What a line pays to each fund, as `domain.contribution.by_fund` says it of sums; the figure is the law's.
_TIMES = "act4.contributions.employer_invalidity_times"
_PAYS = {
    Fund.EMPLOYMENT_INJURY: "line.act4_employer_sen - line.act4_employee_sen * CAST(:times AS bigint)",
    Fund.INVALIDITY: "line.act4_employee_sen * (CAST(:times AS bigint) + 1)",
    Fund.NON_EMPLOYMENT_INJURY: "line.skbbk_employee_sen",
    Fund.EMPLOYMENT_INSURANCE: "line.act800_employer_sen + line.act800_employee_sen",
}
_TAKEN = {fund: f"coalesce({pays.replace('line.', 'taken.')}, 0)" for fund, pays in _PAYS.items()}
_COLUMNS = ", ".join(f"{fund}_sen" for fund in FUNDS)
_NOTE = text(f"""
    INSERT INTO changed_line AS known (employer, month, person, kind, tenant, {_COLUMNS})
    SELECT :employer, :month, line.person, :kind, :tenant, {", ".join(_PAYS[fund] for fund in FUNDS)}
    FROM unnest(CAST(:persons AS integer[]), {", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)})
         AS line (person, {", ".join(AMOUNTS)})
    ORDER BY line.person
    ON CONFLICT (employer, month, person, kind) DO UPDATE SET
        {", ".join(f"{fund}_sen = greatest(known.{fund}_sen, excluded.{fund}_sen)" for fund in FUNDS)}
""")  # noqa: S608 - constants
# Who is released owes nothing for the month. What was taken over was paid to an earlier system: what is refunded here
# is beyond it, or is due to be less.
_DUE = {Fund.NON_EMPLOYMENT_INJURY: "skbbk_due"}
_MONTH = text(f"""
    WITH stands AS (
        SELECT line.person, line.kind, {", ".join(f"{_PAYS[fund]} AS {fund}" for fund in FUNDS)},
               {", ".join(f"{_TAKEN[fund]} AS {fund}_taken" for fund in FUNDS)},
               line.skbbk_employee_sen > 0 AND {released("daterange(:first_day, :last_day, '[]')")} AS released
        FROM contribution_line AS line {TAKEN_OVER} CROSS JOIN {one_person("line.person")}
        WHERE line.employer = :employer AND line.month = :month
    ), due AS (
        SELECT stands.*, CASE WHEN released THEN 0 ELSE non_employment_injury END AS skbbk_due FROM stands
    )
    SELECT count(*) FILTER (WHERE released) AS released_lines, {UNDERWAY} AS is_underway,
           {", ".join(f"sum(greatest({n}, {n}_sen, {n}_taken) - {n}_taken) AS {n}_before" for n in FUNDS)},
           {", ".join(f"sum({_DUE.get(fund, fund)} - {fund}_taken) AS {fund}_after" for fund in FUNDS)}
    FROM due LEFT JOIN changed_line AS known
      ON (known.employer, known.month, known.person, known.kind) = (:employer, :month, due.person, due.kind)
""")  # noqa: S608 - constants
_REFUND = """
    SELECT refund.*, waiting.claim, coalesce(waiting.by_officer, false) AS by_officer
    FROM refund CROSS JOIN LATERAL (
        SELECT max(id) AS claim, bool_or(officer IS NOT NULL) AS by_officer FROM refund_claim
        WHERE refund_claim.employer = refund.employer AND refund_claim.month = refund.month
          AND refund_claim.id > refund.last_claim) AS waiting
"""
_FIND = f"{_REFUND} WHERE refund.employer = :employer AND refund.month = :month"
_LOCK = text(f"{_FIND} FOR UPDATE OF refund")
_PAGE = f"""
    {_REFUND} WHERE (refund.employer, refund.month) > (:employer, :month) AND {{seen}}
    ORDER BY refund.employer, refund.month LIMIT :limit
"""
_ALL, _OWN = text(_PAGE.format(seen="true")), text(_PAGE.format(seen="refund.employer = :own"))
_STATED = text("""
    SELECT DISTINCT ON (employer, month, fund) * FROM refund_statement
    WHERE (employer, month) IN (SELECT * FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[])))
    ORDER BY employer, month, fund, revision DESC
""")
_MONTHS = text("""
    SELECT refund.employer, refund.month
    FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[])) AS asked (employer, month)
    JOIN refund USING (employer, month)
""")
# What a request decides about is held before it is read (FOR UPDATE), and the worker has it once only.
_KEEP = text("""
    INSERT INTO refund AS known (employer, month, tenant, revision, shares, released_lines, banked_sen, last_claim,
                                 recalled)
    VALUES (:employer, :month, :tenant, 1, CAST(:shares AS jsonb), :released_lines, :banked_sen, 0, false)
    ON CONFLICT (employer, month) DO UPDATE SET
        revision = known.revision + 1, shares = excluded.shares, released_lines = excluded.released_lines,
        banked_sen = excluded.banked_sen
    WHERE (known.shares, known.released_lines, known.banked_sen)
          IS DISTINCT FROM (excluded.shares, excluded.released_lines, excluded.banked_sen)
""")
# Of contributions, without interest. As `KeptReceipt.is_known` says it: what was not expected may be somebody else's,
# until two officers find otherwise.
_BANKED = text("""
    SELECT sum(amount_sen - interest_sen)::bigint FROM contribution_receipt
    WHERE employer = :employer AND month = :month AND revision > 0 AND interest_sen < amount_sen
      AND (unallocated_for IS NULL OR unallocated_for = 'less_than_declared'
           OR (unallocated_for IN ('banked_already', 'more_than_declared') AND EXISTS (
               SELECT FROM receipt_word AS said WHERE said.receipt = contribution_receipt.receipt
                 AND act = 'attribution' AND released_by IS NOT NULL)))
""")
_ANSWER = text("UPDATE refund SET last_claim = :claim WHERE employer = :employer AND month = :month")
_DECIDE = text("""
    UPDATE refund SET paid_sen = :paid_sen, recalled = :recalled WHERE employer = :employer AND month = :month
""")
_CLAIM = text("""
    INSERT INTO refund_claim (employer, month, tenant, source, officer, claimed_at)
    VALUES (:employer, :month, :tenant, :source, :officer, :at)
""")
_CLAIMANTS = text("""
    SELECT officer FROM refund_claim
    WHERE (employer, month) = (:employer, :month) AND officer IS NOT NULL AND id > :last_claim
""")
_STATEMENT = (
    "payable, revision, employer, month, tenant, fund, amount_sen, owed_on, law, stated_at, withdrawn_for, record, "
    "decision_hash, proposed_by, approved_by"
)
_STATE = text(f"""
    INSERT INTO refund_statement ({_STATEMENT})
    VALUES (:payable, :revision, :employer, :month, :tenant, :fund, :amount_sen, :owed_on, :law, :stated_at,
            :withdrawn_for, CAST(:record AS jsonb), :decision_hash, :proposed_by, :approved_by)
    ON CONFLICT (payable, revision) DO NOTHING
""")  # noqa: S608 - constants
_RECALL = text("""
    INSERT INTO refund AS known (employer, month, tenant, revision, shares, released_lines, last_claim, recalled)
    VALUES (:employer, :month, :tenant, 1, '[]', 0, 0, true)
    ON CONFLICT (employer, month) DO UPDATE SET recalled = true
""")
_PUBLISHED = text("""
    SELECT DISTINCT ON (payable) * FROM refund_statement WHERE payable > CAST(:payable AS uuid)
    ORDER BY payable, revision DESC LIMIT :limit
""")


class RefundRepository:
    """The refunds that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, employer: int, month: int, lines: Sequence[TakenLine], known: date) -> None:
        """Keep what changed lines of a month declared before, where that was more than is kept already."""
        columns = {name: [getattr(line.before, name) for line in lines] for name in AMOUNTS}
        whose = {"employer": employer, "month": month, "kind": MONTHLY, "tenant": tenant_of(employer)}
        values = {"times": _times(month_of(month), known), "persons": [line.person for line in lines]}
        await self._connection.execute(_NOTE, {**whose, **values, **columns})

    async def months_of(self, asked: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of these employers and months of which something was looked at before."""
        if not asked:
            return set()
        columns = {"employers": [employer for employer, _ in asked], "months": [month for _, month in asked]}
        return {(row.employer, row.month) for row in await self._connection.execute(_MONTHS, columns)}

    async def figures(self, employer: int, month: Month, known: date) -> Figures:
        """How an employer's month stands now, by the law known on a day: every line of it, for the worker's role and
        officers. Raises FileUnderway where some of a file stand."""
        values = {"times": _times(month, known), "first_day": month.first_day, "last_day": month.last_day}
        row = (await self._connection.execute(_MONTH, {**_of(employer, month), **values})).mappings().one()
        if row["is_underway"]:
            raise FileUnderway
        sums = {fund: (int(row[f"{fund}_before"] or 0), int(row[f"{fund}_after"] or 0)) for fund in FUNDS}
        return figures_of(sums, row["released_lines"], await self.banked(employer, month), month, known)

    async def banked(self, employer: int, month: Month) -> Sen | None:
        """What is known to have been banked of an employer's month, in sen; None: nothing is, and two officers say.

        Known is what receipts say that were expected, also of no fund yet: two of a part each are of none, and were
        paid all the same. Whatever changes it leaves `ReviewRefund` for the month.
        """
        found: Sen | None = (await self._connection.execute(_BANKED, _of(employer, month))).scalar_one()
        return found

    async def find(self, employer: int, month: Month) -> Refund | None:
        """The refund of a month, if it was looked at."""
        found = await self._connection.execute(text(_FIND), _of(employer, month))
        return next(iter(await self._with_statements([refund_of(row) for row in found])), None)

    async def lock(self, employer: int, month: Month) -> Refund | None:
        """The same, held until the transaction ends."""
        found = await self._connection.execute(_LOCK, _of(employer, month))
        return next(iter(await self._with_statements([refund_of(row) for row in found])), None)

    async def page(self, after: tuple[int, int], limit: int, viewer: Viewer) -> list[Refund]:
        """Refunds by employer and month, after one: an employer's own, all of them for an officer, else none."""
        asked = {"employer": after[0], "month": after[1], "limit": limit}
        if viewer.officer:
            found = await self._connection.execute(_ALL, asked)
        elif viewer.employer is not None:
            found = await self._connection.execute(_OWN, {**asked, "own": viewer.employer})
        else:
            return []
        return await self._with_statements([refund_of(row) for row in found])

    async def keep(self, employer: int, month: Month, figures: Figures) -> None:
        """Store how a month stands, with a new revision where anything of it changed."""
        shares = [{"fund": s.fund, "before_sen": s.before_sen, "after_sen": s.after_sen} for s in figures.shares]
        values = {"released_lines": figures.released_lines, "banked_sen": figures.banked_sen}
        whose = {**_of(employer, month), "tenant": tenant_of(employer)}
        await self._connection.execute(_KEEP, {**whose, **values, "shares": orjson.dumps(shares).decode()})

    async def claim(self, employer: int, month: Month, source: str, officer: str | None, at: datetime) -> None:
        """Keep that a refund is claimed, by the employer or by an officer for it."""
        said = {"tenant": tenant_of(employer), "source": source, "officer": officer, "at": at}
        await self._connection.execute(_CLAIM, {**_of(employer, month), **said})

    async def claimants(self, refund: Refund) -> set[str]:
        """The officers who made the claims that wait."""
        asked = {**_of(refund.employer, refund.month), "last_claim": refund.last_claim}
        return set((await self._connection.execute(_CLAIMANTS, asked)).scalars())

    async def answer(self, refund: Refund) -> None:
        """Let the claim that waits, if one does, wait no more."""
        if refund.claim is not None:
            await self._connection.execute(_ANSWER, {**_of(refund.employer, refund.month), "claim": refund.claim})

    async def decide(self, refund: Refund) -> None:
        """Keep what two officers found paid, and whether what stands is explained by now."""
        found = {"paid_sen": refund.paid_sen, "recalled": refund.recalled}
        await self._connection.execute(_DECIDE, {**_of(refund.employer, refund.month), **found})

    async def state(self, said: Statement) -> bool:
        """Keep a statement; whether it was not known yet."""
        values = {name: getattr(said, name) for name in Statement.__slots__ if name not in ("month", "record")}
        values |= {**_of(said.employer, said.month), "payable": said.payable, "tenant": tenant_of(said.employer)}
        record = None if said.record is None else orjson.dumps(said.record).decode()
        return (await self._connection.execute(_STATE, {**values, "record": record})).rowcount > 0

    async def recall(self, employer: int, month: Month) -> None:
        """Something of it came back after a restore: what officers found is forgotten until they decide again."""
        await self._connection.execute(_RECALL, {**_of(employer, month), "tenant": tenant_of(employer)})

    async def list_published(self, after: UUID, limit: int) -> list[Statement]:
        """The newest statement of each refund by its id, after one: every employer's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"payable": after, "limit": limit})
        return [statement_of(row) for row in found]

    async def _with_statements(self, refunds: Sequence[Refund]) -> list[Refund]:
        asked = {"employers": [r.employer for r in refunds], "months": [number_of(r.month) for r in refunds]}
        stated: dict[tuple[int, Month], dict[Fund, Statement]] = {}
        for row in await self._connection.execute(_STATED, asked):
            said = statement_of(row)
            stated.setdefault((said.employer, said.month), {})[said.fund] = said
        return [replace(each, stated=stated.get((each.employer, each.month), {})) for each in refunds]


def refund_of(row: Row[Any]) -> Refund:
    """The refund in a row of ``_REFUND``, without its statements."""
    shares = tuple(Share(Fund(s["fund"]), s["before_sen"], s["after_sen"]) for s in row.shares)
    return Refund(
        employer=row.employer,
        month=month_of(row.month),
        revision=row.revision,
        figures=Figures(shares, row.released_lines, row.banked_sen),
        paid_sen=row.paid_sen,
        last_claim=row.last_claim,
        claim=row.claim,
        by_officer=row.by_officer,
        recalled=row.recalled,
    )


def statement_of(row: Row[Any]) -> Statement:
    """The statement in a row of its table."""
    return Statement(
        employer=row.employer,
        month=month_of(row.month),
        fund=Fund(row.fund),
        revision=row.revision,
        amount_sen=row.amount_sen,
        owed_on=row.owed_on,
        law=row.law,
        stated_at=row.stated_at,
        withdrawn_for=row.withdrawn_for,
        decision_hash=row.decision_hash,
        record=row.record,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def statement_of_event(event: RegistrationPayableStatedV1) -> Statement | None:
    """What an event stated, without what it was worked out from; None for what is no refund of a month."""
    kind, _, number = event.party.partition(":")
    if kind != "employer" or event.kind != KIND:
        return None
    said = Statement(
        employer=int(number),
        month=Month.of(event.arose_on),
        fund=Fund(event.fund),
        revision=event.revision,
        amount_sen=event.money_sen,
        owed_on=event.terms[0].first if event.terms else event.arose_on,
        law=event.law,
        stated_at=event.stated_at,
        withdrawn_for=event.withdrawn_for,
        decision_hash=event.decision_hash,
    )
    return said if said.payable == event.payable else None


def _of(employer: int, month: Month) -> dict[str, int]:
    return {"employer": employer, "month": number_of(month)}


def _times(month: Month, known: date) -> int:
    """How many times a worker's share of invalidity is the employer's; of a month before the book nothing is refunded
    (`basis`), and how its sums are parted does not count."""
    try:
        return book().on(month.first_day, known).count(_TIMES)
    except NotYetLaw:
        return 0
