"""The office that owes as it is shipped: benefits' consumers, due work, routes and PostgreSQL, without Kafka."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from services.benefits.tests.support import (
    assessed,
    fetch,
    files,
    freeze,
    owed_to,
    pay_into,
    report,
    send_report,
    transfers,
)
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.contribution_received import ContributionBankedV1, ContributionTotalsV1, FundDifferenceV1
from shared.contracts.payable_stated import PayableStatedV1, RegistrationPayableStatedV1
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.kernel.money import ringgit
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest
from tests.oracle.office import Instruction, Key, Owed, Standing, Stated
from tests.oracle.owing import Range, Term
from tests.oracle.owing_days import GRANTED

# By their owner.
PAYABLES = {each.topic.owner: each for each in PayableStatedV1.__subclasses__()}
_STATUS = {"settled": "ACSC", "returned": "RJCT/AC04"}
# In which share of a line the money of a fund comes alone.
_SHARES = {
    Fund.EMPLOYMENT_INJURY: "act4_employer_sen",
    Fund.INVALIDITY: "act4_employee_sen",
    Fund.NON_EMPLOYMENT_INJURY: "skbbk_employee_sen",
    Fund.EMPLOYMENT_INSURANCE: "act800_employee_sen",
}
# Whom a claim or a payable is about: nobody who is paid.
_ABOUT = 900
# A receipt counts once.
_RECEIPTS = count(1)
_BOOKS = """
    SELECT claim, scheme, benefit, party, fund,
           sum(CASE WHEN debit = ANY ($1) THEN amount_sen WHEN credit = ANY ($1) THEN -amount_sen ELSE 0 END)::bigint,
           sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0 END)::bigint
    FROM transfer WHERE claim IS NOT NULL GROUP BY 1, 2, 3, 4, 5
"""
_BALANCES = """
    SELECT fund, account, sum(sen)::bigint FROM transfer
    CROSS JOIN LATERAL (VALUES (debit, amount_sen), (credit, -amount_sen)) AS side (account, sen) GROUP BY 1, 2
"""
_RECOVERY = "SELECT id FROM recovery WHERE (claim, scheme, benefit, party) = ($1, $2, $3, $4)"
_UNSENT = """
    SELECT claim, scheme, benefit, party, sum(amount_sen)::bigint FROM payment
    WHERE state = 'unsent' GROUP BY 1, 2, 3, 4
"""
_HAS = "SELECT claim, scheme, benefit, party, lower(days), upper(days) - 1 FROM owed_days"
_LINES = """
    SELECT end_to_end_id, claim, scheme, benefit, party, fund, amount_sen FROM payment
    WHERE end_to_end_id = ANY($1::text[])
"""


@dataclass
class OfficeOnPostgres:
    """Benefits on its own database, and the business clock in the hands of the test."""

    benefits: ServiceUnderTest
    clock: BusinessClock
    files: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    accounts: int = 0

    async def state(self, stated: Stated) -> None:
        """As its consumer reads it."""
        if not stated.is_payable:
            owed = [_entitled(each) for each in stated.owed]
            claim = UUID(int=stated.source)
            await self.benefits.consume(assessed(stated.revision, *owed, claim=claim, person=_ABOUT))
        else:
            await self.benefits.consume(_payable(stated))

    async def enter_account(self, party: str) -> None:
        """An officer enters it; another one releases what is not the first."""
        self.accounts += 1
        await pay_into(self.benefits, party, f"51{self.accounts:011d}")

    async def contribute(self, fund: str, sen: int) -> None:
        """A file of its own."""
        await self.benefits.consume(_totals(Fund(fund), sen))

    async def bank(self, fund: str, sen: int) -> None:
        """A receipt of its own."""
        await self.benefits.consume(_banked(Fund(fund), sen))

    async def repay(self, key: Key, sen: int, day: date) -> None:
        """One officer enters it, another releases it, and due work books it."""
        receipt = {"route": "counter", "reference": f"RCPT-{next(_RECEIPTS)}"}
        body = {"amount": _money(sen), "received_on": day.isoformat(), **receipt}
        entered = await self._of_recovery(key, "repayments", "repayment:write", body)
        path = f"/v1/repayments/{entered['repayment']}/releases"
        await self._post(path, "repayment:release", subject="second")
        await self.benefits.work_off()

    async def agree(self, key: Key, monthly_sen: int) -> None:
        """One officer states it, another releases it."""
        body = {"monthly": _money(monthly_sen), "from_on": today().isoformat(), "evidence": "KB-1"}
        stated = await self._of_recovery(key, "instalments", "agreement:write", body)
        path = f"/v1/recoveries/{stated['recovery']}/agreements/{stated['agreement']}/releases"
        await self._post(path, "agreement:release", subject="second")

    async def _of_recovery(self, key: Key, what: str, scope: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.benefits.database.connection() as connection:
            recovery = await connection.fetchval(_RECOVERY, UUID(int=key.source), *key[1:])
        return {"recovery": recovery, **await self._post(f"/v1/recoveries/{recovery}/{what}", scope, json=body)}

    async def _post(self, path: str, scope: str, **content: Any) -> dict[str, Any]:
        answer = await self.benefits.call("POST", path, scopes=[f"benefits:{scope}"], **content)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def begin(self, day: date) -> None:
        """At noon."""
        self.clock.set_day(day.year, day.month, day.day)

    async def work(self, day: date) -> None:
        """What is due on the day that has begun."""
        assert day == today()
        await self.benefits.work_off()

    async def send(self) -> Sequence[Instruction]:
        """The timer makes a file, and the bank fetches it."""
        await freeze(self.benefits)
        ids: list[str] = []
        for file in await files(self.benefits):
            made = [id_ for id_, _ in transfers(await fetch(self.benefits, file))]
            self.files |= dict.fromkeys(made, file)
            ids += made
        async with self.benefits.database.connection() as connection:
            lines = [tuple(row) for row in await connection.fetch(_LINES, ids)]
        return [Instruction(line[0], _key(line[1:5]), *line[5:]) for line in lines]

    async def hear(self, id_: str, state: str) -> None:
        """A report about the one payment, made now."""
        file = self.files[id_]
        body = report(file["message_id"], {id_: _STATUS[state]}, at=now().isoformat())
        answer = await send_report(self.benefits, file, body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["held"] == 0, answer.text

    async def stands(self) -> Standing:
        """As the tables are."""
        async with self.benefits.database.connection() as connection:
            books, balances = await connection.fetch(_BOOKS, GRANTED), await connection.fetch(_BALANCES)
            unsent, has = await connection.fetch(_UNSENT), await connection.fetch(_HAS)
            failed = await connection.fetch("SELECT kind, payload FROM due_work WHERE attempts > 0")
        assert not failed, failed
        days: dict[Key, tuple[Range, ...]] = {}
        for *key, first, last in map(tuple, has):
            days[_key(key)] = (*days.get(_key(key), ()), (first, last))
        return Standing(
            {(_key(row[:4]), row[4]): row[5] for row in map(tuple, books)},
            {(_key(row[:4]), row[4]): row[6] for row in map(tuple, books)},
            {(fund, account): sen for fund, account, sen in balances},
            {_key(of): sen for *of, sen in map(tuple, unsent)},
            days,
        )


def _entitled(owed: Owed) -> Any:
    about = {"benefit": owed.what, "scheme": owed.scheme, "fund": Fund(owed.fund)}
    return owed_to(owed.party, *_terms(owed.terms), **about)


def _terms(stated: Sequence[Term]) -> tuple[TermV1, ...]:
    return tuple(TermV1(per=Per(each.per), sen=each.sen, first=each.first, last=each.last) for each in stated)


def _payable(stated: Stated) -> PayableStatedV1:
    """Of one party; one that ended states nothing but that."""
    (owed,) = stated.owed or stated.last
    ended = {} if stated.owed else {"withdrawn_for": "stated_in_error"}
    return PAYABLES.get(stated.owner, RegistrationPayableStatedV1)(
        payable=UUID(int=stated.source),
        revision=stated.revision,
        kind=owed.what,
        person=_ABOUT,
        party=owed.party,
        scheme=owed.scheme,
        fund=Fund(owed.fund),
        law=f"Act {owed.scheme.removeprefix('act')}",
        arose_on=owed.terms[0].first,
        stated_at=datetime(2026, 8, 12, tzinfo=UTC),
        decision_hash="ab" * 32,
        terms=_terms(owed.terms) if stated.owed else (),
        repayment=_terms(owed.repayment) if stated.owed else (),
        **ended,
    )


def _totals(fund: Fund, sen: int) -> ContributionTotalsV1:
    """A file of its own that changed one fund."""
    shares = dict.fromkeys((*_SHARES.values(), "act800_employer_sen"), 0) | {_SHARES[fund]: sen}
    employer_sen, employee_sen = (sen, 0) if fund is Fund.EMPLOYMENT_INJURY else (0, sen)
    brought = FundDifferenceV1(fund=fund, employer_sen=employer_sen, employee_sen=employee_sen)
    about = {"file": new_id(), "employer": 3, "month": "2026-09", "lines": 1, "received_at": now()}
    return ContributionTotalsV1.model_validate({**about, **shares, "funds": (brought,)})


def _banked(fund: Fund, sen: int) -> ContributionBankedV1:
    """A receipt that is of one fund."""
    employer_sen, employee_sen = (sen, 0) if fund is Fund.EMPLOYMENT_INJURY else (0, sen)
    brought = FundDifferenceV1(fund=fund, employer_sen=employer_sen, employee_sen=employee_sen)
    return ContributionBankedV1(
        receipt=new_id(),
        revision=1,
        employer=3,
        month="2026-09",
        amount_sen=sen,
        banked_on=today(),
        received_at=now(),
        stated_by="bank:1",
        funds=(brought,),
        unallocated_sen=0,
    )


def _money(sen: int) -> dict[str, str]:
    return {"amount": ringgit(sen), "currency": "MYR"}


def _key(row: Sequence[Any]) -> Key:
    return Key(row[0].int, *row[1:4])
