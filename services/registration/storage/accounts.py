"""Employers' accounts by month: declared, banked, the interest that was stated of each, who claims a waiver."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.arrears import (
    Account,
    InterestStatement,
    Payment,
    due_on,
)
from services.registration.domain.contribution import AMOUNTS, Amounts, Brought, month_of, number_of
from services.registration.domain.employer import tenant_of
from services.registration.storage.contribution_lines import TAKEN_OVER
from services.registration.storage.insured import one_person
from services.registration.storage.persons import Viewer
from shared.contracts.contribution_received import ContributionInterestV1
from shared.kernel.periods import Month

_NAMES = ", ".join(AMOUNTS)
_ASSESSED = ", ".join(f"assessed_{name}" for name in AMOUNTS)
_ARRAYS = ", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)
# Differences add up whatever their order; of a month that somebody has looked at, what follows is looked at again.
_BRING = text(f"""
    INSERT INTO contribution_account AS known (employer, month, tenant, due_on, {_NAMES})
    SELECT sent.*
    FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[]), CAST(:tenants AS text[]),
                CAST(:due_days AS date[]), {_ARRAYS}) AS sent (employer, month, tenant, due_on, {_NAMES})
    ORDER BY sent.employer, sent.month
    ON CONFLICT (employer, month) DO UPDATE SET
        {", ".join(f"{name} = known.{name} + excluded.{name}" for name in AMOUNTS)}
    RETURNING known.employer, known.month, known.is_assessed,
              known.banked_sen > 0 OR known.interest_revision > 0 OR known.is_assessed AS is_looked_at
""")  # noqa: S608 - constants
# What was taken over stands under the lines that came for it, and is no part of what they brought.
_RESTATE = text(f"""
    INSERT INTO contribution_account AS known (employer, month, tenant, due_on, {_NAMES})
    SELECT :employer, :month, :tenant, CAST(:due_on AS date),
           {", ".join(f"coalesce(sum(line.{name} - coalesce(taken.{name}, 0)), 0)" for name in AMOUNTS)}
    FROM contribution_line AS line {TAKEN_OVER}
    WHERE line.employer = :employer AND line.month = :month
    ON CONFLICT (employer, month) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in AMOUNTS)}
""")  # noqa: S608 - constants
# What two officers assessed of a person's month counts as far as its lines fall short of it, by whichever numbers of
# the one person, or what an earlier system knew of it: nothing counts twice. Of a month that was assessed under several
# of its numbers the newest assessment counts, and of that the line of more wages.
# First the rows, which then are held: a file that brings lines meanwhile is waited for, and counted, or counts after.
_MARK_ASSESSED = text(f"""
    INSERT INTO contribution_account AS known (employer, month, tenant, due_on, is_assessed, {_NAMES})
    SELECT :employer, sent.month, :tenant, sent.due_on, true, {", ".join("0" for _ in AMOUNTS)}
    FROM unnest(CAST(:months AS integer[]), CAST(:due_days AS date[])) AS sent (month, due_on)
    ORDER BY sent.month
    ON CONFLICT (employer, month) DO UPDATE SET is_assessed = true
""")  # noqa: S608 - constants
_ASSESS = text(f"""
    UPDATE contribution_account AS known SET {", ".join(f"assessed_{name} = found.{name}" for name in AMOUNTS)}
    FROM (SELECT said.month, {", ".join(f"sum(greatest(0, said.{n} - coalesce(line.{n}, 0))) AS {n}" for n in AMOUNTS)}
          FROM (SELECT DISTINCT ON (assessed.month, one.numbers)
                       assessed.month, one.numbers, {", ".join(f"assessed.{n}" for n in AMOUNTS)}
                FROM assessed_line AS assessed JOIN assessment AS stated USING (assessment)
                CROSS JOIN {one_person("assessed.person")}
                WHERE assessed.employer = :employer AND assessed.month = ANY(CAST(:months AS integer[]))
                ORDER BY assessed.month, one.numbers, stated.stated_at DESC, stated.assessment DESC,
                         assessed.wage_sen DESC, assessed.person) AS said
          CROSS JOIN LATERAL (
              SELECT {", ".join(f"sum(line.{n}) AS {n}" for n in AMOUNTS)} FROM known_line AS line
              WHERE line.employer = :employer AND line.month = said.month AND line.person = ANY(said.numbers)) AS line
          GROUP BY said.month) AS found
    WHERE known.employer = :employer AND known.month = found.month
""")  # noqa: S608 - constants
# Under whichever number of the person it was.
_ASSESSED_OF = text(f"""
    SELECT DISTINCT known.employer, known.month
    FROM assessed_line AS known CROSS JOIN {one_person("known.person")}
    JOIN unnest(CAST(:employers AS integer[]), CAST(:persons AS integer[]), CAST(:firsts AS integer[]),
                CAST(:lasts AS integer[])) AS taken (employer, person, first_month, last_month)
      ON taken.employer = known.employer AND taken.person = ANY(one.numbers)
     AND known.month BETWEEN taken.first_month AND taken.last_month
    WHERE known.employer = ANY(CAST(:employers AS integer[]))
    ORDER BY known.employer, known.month
""")  # noqa: S608 - constants
_IS_ASSESSED = text("""
    SELECT EXISTS (SELECT FROM assessed_line WHERE employer = :employer AND month = :month)
""")
_APPEAL = """
    (SELECT max(id) FROM interest_appeal AS said
     WHERE (said.employer, said.month) = (known.employer, known.month) AND said.id > known.last_appeal) AS appeal
"""
_COLUMNS = (
    f"known.employer, known.month, {', '.join(f'known.{name}' for name in AMOUNTS)}, {_ASSESSED}, known.payments, "
    f"known.interest_paid_sen, {_APPEAL}"
)
_FIND = f"SELECT {_COLUMNS} FROM contribution_account AS known WHERE employer = :employer AND month = :month"  # noqa: S608
_LOCK = text(f"{_FIND} FOR UPDATE OF known")
_STATED = text("""
    SELECT DISTINCT ON (employer, month) * FROM interest_statement
    WHERE (employer, month) IN (SELECT * FROM unnest(CAST(:employers AS integer[]), CAST(:months AS integer[])))
    ORDER BY employer, month, revision DESC
""")
_KEEP = text("""
    UPDATE contribution_account
    SET payments = CAST(:payments AS jsonb), banked_sen = :banked_sen, interest_paid_sen = :interest_paid_sen,
        interest_revision = :interest_revision,
        interest_left_sen = :interest_left_sen, due_on = :due_on
    WHERE employer = :employer AND month = :month
""")
_KEEP_INTEREST = text("""
    UPDATE contribution_account SET interest_revision = :revision, interest_left_sen = :left_sen
    WHERE employer = :employer AND month = :month
""")
_STATEMENT = (
    "interest, revision, employer, month, tenant, amount_sen, waived_sen, as_of, law, stated_at, record, "
    "decision_hash, proposed_by, approved_by"
)
_STATE = text(f"""
    INSERT INTO interest_statement ({_STATEMENT})
    VALUES (:interest, :revision, :employer, :month, :tenant, :amount_sen, :waived_sen, :as_of, :law, :stated_at,
            CAST(:record AS jsonb), :decision_hash, :proposed_by, :approved_by)
    ON CONFLICT (interest, revision) DO NOTHING
""")  # noqa: S608 - constants
_CLAIM = text("""
    INSERT INTO interest_appeal (employer, month, tenant, source, officer, claimed_at)
    VALUES (:employer, :month, :tenant, :source, :officer, :at)
""")
_CLAIMANTS = text("""
    SELECT officer FROM interest_appeal AS said
    WHERE (employer, month) = (:employer, :month) AND officer IS NOT NULL
      AND id > (SELECT last_appeal FROM contribution_account AS known
                WHERE (known.employer, known.month) = (said.employer, said.month))
""")
_ANSWER = text("UPDATE contribution_account SET last_appeal = :appeal WHERE employer = :employer AND month = :month")
# Each takes the months of which nothing was said on the day yet, and says that something is. The index is in this
# order: of each due day it passes over what was done before.
_RUN = text("""
    UPDATE contribution_account AS known SET run_on = :day
    FROM (SELECT employer, month FROM contribution_account
          WHERE owed_sen > banked_sen AND due_on < :day AND coalesce(run_on, '-infinity'::date) < :day
          ORDER BY due_on, coalesce(run_on, '-infinity'::date), employer, month
          LIMIT :limit FOR UPDATE SKIP LOCKED) AS found
    WHERE (known.employer, known.month) = (found.employer, found.month)
    RETURNING known.employer, known.month
""")
_PUBLISHED = text("""
    SELECT DISTINCT ON (interest) * FROM interest_statement WHERE interest > CAST(:after AS uuid)
    ORDER BY interest, revision DESC LIMIT :limit
""")


class Arrears(StrEnum):
    """What of a month is in arrears."""

    CONTRIBUTIONS = "contributions"
    INTEREST = "interest"


# Each question has a statement of its own, and each kind an index: one for all would read everybody's rows.
_OF_KIND = {
    Arrears.CONTRIBUTIONS: "owed_sen > banked_sen AND due_on < :day",
    Arrears.INTEREST: "owed_sen <= banked_sen AND interest_left_sen > 0",
}


def _page(kind: Arrears, *, is_one: bool) -> str:
    return f"""
        SELECT {_COLUMNS} FROM contribution_account AS known
        WHERE (known.employer, known.month) > (:after_employer, :after_month) AND {_OF_KIND[kind]}
              {"AND known.employer = :employer" if is_one else ""}
        ORDER BY known.employer, known.month LIMIT :limit
    """  # noqa: S608 - constants


_LISTED: dict[tuple[bool, Arrears | None], str] = {
    (is_one, kind): _page(kind, is_one=is_one) for is_one in (True, False) for kind in _OF_KIND
}
# No month is in arrears with both.
_LISTED |= {
    (is_one, None): f"""
        ({_LISTED[is_one, Arrears.CONTRIBUTIONS]}) UNION ALL ({_LISTED[is_one, Arrears.INTEREST]})
        ORDER BY employer, month LIMIT :limit
    """
    for is_one in (True, False)
}
_PAGES = {question: text(listed) for question, listed in _LISTED.items()}


class AccountRepository:
    """The accounts that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def bring(self, brought: Sequence[Brought]) -> set[tuple[int, Month]]:
        """Add what files of different employers brought; the employers and months of which something is banked or
        charged, which are to be looked at."""
        rows = [(each, sums) for each in brought for sums in each.sums]
        if not rows:
            return set()
        values = {
            "employers": [each.employer for each, _ in rows],
            "tenants": [tenant_of(each.employer) for each, _ in rows],
            "months": [sums.month for _, sums in rows],
            "due_days": [due_on(month_of(sums.month), each.received_on) for each, sums in rows],
            **{name: [getattr(sums.amounts, name) for _, sums in rows] for name in AMOUNTS},
        }
        found = (await self._connection.execute(_BRING, values)).all()
        for each in brought if any(row.is_assessed for row in found) else ():
            months = [month_of(r.month) for r in found if r.is_assessed and r.employer == each.employer]
            await self.assess(each.employer, months, each.received_on)
        return {(row.employer, month_of(row.month)) for row in found if row.is_looked_at}

    async def assess(self, employer: int, months: Sequence[Month], known: date) -> None:
        """What is assessed of these months, less what their lines declare by now: the account's row holds them apart,
        and whoever brings lines has written them before."""
        if months:
            days = [due_on(each, known) for each in months]
            values = {"employer": employer, "months": [number_of(each) for each in months]}
            marked = {**values, "tenant": tenant_of(employer), "due_days": days}
            await self._connection.execute(_MARK_ASSESSED, marked)
            await self._connection.execute(_ASSESS, values)

    async def assessed_of(self, taken: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, Month]]:
        """The employers and months in which something of these is assessed: employer, person, first and last month."""
        employers, persons, firsts, lasts = ([each[at] for each in taken] for at in range(4))
        asked = {"employers": employers, "persons": persons, "firsts": firsts, "lasts": lasts}
        found = await self._connection.execute(_ASSESSED_OF, asked)
        return [(row.employer, month_of(row.month)) for row in found]

    async def restate(self, employer: int, month: Month, known: date) -> None:
        """What is declared, from the lines that stand: after a restore, when nothing else brings any."""
        values = {"tenant": tenant_of(employer), "due_on": due_on(month, known)}
        await self._connection.execute(_RESTATE, {**_of(employer, month), **values})
        if (await self._connection.execute(_IS_ASSESSED, _of(employer, month))).scalar_one():
            await self.assess(employer, [month], known)

    async def find(self, employer: int, month: Month) -> Account | None:
        """An employer's month; None where nothing was ever declared of it."""
        found = await self._connection.execute(text(_FIND), _of(employer, month))
        return next(iter(await self._with_statements([account_of(row) for row in found])), None)

    async def lock(self, employer: int, month: Month) -> Account | None:
        """The same, held until the transaction ends."""
        found = await self._connection.execute(_LOCK, _of(employer, month))
        return next(iter(await self._with_statements([account_of(row) for row in found])), None)

    async def page(
        self, kind: Arrears | None, employer: int | None, after: tuple[int, int], limit: int, day: date, viewer: Viewer
    ) -> list[Account]:
        """Months in arrears on a day, by employer and month, after one: an employer's own."""
        own = employer if viewer.officer else viewer.employer
        if not viewer.officer and (own is None or employer not in (None, own)):
            return []
        asked = {"employer": own, "after_employer": after[0], "after_month": after[1], "limit": limit, "day": day}
        found = await self._connection.execute(_PAGES[own is not None, kind], asked)
        return await self._with_statements([account_of(row) for row in found])

    async def keep(self, account: Account, known: date) -> None:
        """Store what is known as banked, and what of the interest is left."""
        payments = [{"paid_on": str(each.paid_on), "amount_sen": each.amount_sen} for each in account.payments]
        values = {
            "payments": orjson.dumps(payments).decode(),
            "banked_sen": account.banked_sen,
            "interest_paid_sen": account.interest_paid_sen,
            "interest_revision": 0 if account.stated is None else account.stated.revision,
            "interest_left_sen": account.interest_left_sen,
            "due_on": due_on(account.month, known),
        }
        await self._connection.execute(_KEEP, {**_of(account.employer, account.month), **values})

    async def keep_interest(self, account: Account) -> None:
        """Store what of the interest is left, where two officers have decided about it."""
        stated = account.stated
        values = {"revision": 0 if stated is None else stated.revision, "left_sen": account.interest_left_sen}
        await self._connection.execute(_KEEP_INTEREST, {**_of(account.employer, account.month), **values})

    async def state(self, said: InterestStatement) -> bool:
        """Keep a statement; whether it was not known yet."""
        values = {name: getattr(said, name) for name in InterestStatement.__slots__ if name not in ("month", "record")}
        values |= {**_of(said.employer, said.month), "interest": said.interest, "tenant": tenant_of(said.employer)}
        record = None if said.record is None else orjson.dumps(said.record).decode()
        return (await self._connection.execute(_STATE, {**values, "record": record})).rowcount > 0

    async def claim(self, account: Account, source: str, officer: str | None, at: datetime) -> None:
        """Keep that a waiver is claimed, by the employer or by an officer for it."""
        said = {"tenant": tenant_of(account.employer), "source": source, "officer": officer, "at": at}
        await self._connection.execute(_CLAIM, {**_of(account.employer, account.month), **said})

    async def claimants(self, account: Account) -> set[str]:
        """The officers who made the claims that wait."""
        found = await self._connection.execute(_CLAIMANTS, _of(account.employer, account.month))
        return set(found.scalars())

    async def answer(self, account: Account) -> None:
        """Let the claim that waits, if one does, wait no more."""
        if account.appeal is not None:
            whose = _of(account.employer, account.month)
            await self._connection.execute(_ANSWER, {**whose, "appeal": account.appeal})

    async def take_for_run(self, day: date, limit: int) -> list[tuple[int, Month]]:
        """Months with contributions outstanding of which nothing was stated on the day; they are taken with it."""
        found = await self._connection.execute(_RUN, {"day": day, "limit": limit})
        return sorted((row.employer, month_of(row.month)) for row in found)

    async def list_published(self, after: UUID, limit: int) -> list[InterestStatement]:
        """The newest statement of each interest by its id, after one: every employer's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [interest_statement_of(row) for row in found]

    async def _with_statements(self, accounts: Sequence[Account]) -> list[Account]:
        asked = {"employers": [a.employer for a in accounts], "months": [number_of(a.month) for a in accounts]}
        stated: dict[tuple[int, Month], InterestStatement] = {}
        for row in await self._connection.execute(_STATED, asked) if accounts else ():
            said = interest_statement_of(row)
            stated[said.employer, said.month] = said
        return [replace(each, stated=stated.get((each.employer, each.month))) for each in accounts]


def account_of(row: Row[Any]) -> Account:
    """The account in a row of ``_COLUMNS``, without its statements."""
    return Account(
        employer=row.employer,
        month=month_of(row.month),
        declared=Amounts(*(getattr(row, name) for name in AMOUNTS)),
        assessed=Amounts(*(getattr(row, f"assessed_{name}") for name in AMOUNTS)),
        payments=[Payment(date.fromisoformat(each["paid_on"]), each["amount_sen"]) for each in row.payments],
        interest_paid_sen=row.interest_paid_sen,
        appeal=row.appeal,
    )


def interest_statement_of(row: Row[Any]) -> InterestStatement:
    """The statement in a row of its table."""
    return InterestStatement(
        employer=row.employer,
        month=month_of(row.month),
        revision=row.revision,
        amount_sen=row.amount_sen,
        waived_sen=row.waived_sen,
        as_of=row.as_of,
        law=row.law,
        stated_at=row.stated_at,
        decision_hash=row.decision_hash,
        record=row.record,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def interest_statement_of_event(event: ContributionInterestV1) -> InterestStatement:
    """What an event stated, without what it was worked out from."""
    return InterestStatement(
        employer=event.employer,
        month=Month.of(event.month),
        revision=event.revision,
        amount_sen=event.amount_sen,
        waived_sen=event.waived_sen,
        as_of=event.as_of,
        law=event.law,
        stated_at=event.stated_at,
        decision_hash=event.decision_hash,
    )


def _of(employer: int, month: Month) -> dict[str, int]:
    return {"employer": employer, "month": number_of(month)}
