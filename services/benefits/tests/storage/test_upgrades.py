"""What was paid, waits or is to come back under an earlier release still does after the migrations that came since:
nobody is paid twice, and nobody less."""

import base64
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from lxml import etree

from services.benefits.main import build
from services.benefits.settings import FIELD_KEY_ID, BenefitsSettings
from services.benefits.tests.support import (
    BENEFIT,
    FIRST_DAY,
    LAST_DAY,
    assessed,
    change_payee,
    enter_payee,
    fetch,
    files,
    freeze,
    handle_events,
    once,
    owed_to,
    report,
    send_report,
    transfers,
)
from services.benefits.worker import work
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.identifiers import new_id
from shared.persistence.migrate import migrate
from shared.security.fields import FieldCipher
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import TEST_KEY, ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

BEFORE = "benefits_0021"
DAY, LOOKED_AT = date(2026, 9, 2), datetime(2026, 9, 2, 12, tzinfo=BUSINESS_ZONE)
SAID_AT = datetime(2026, 9, 1, 23, tzinfo=BUSINESS_ZONE)
HELD_UNTIL = datetime(2026, 9, 4, 12, tzinfo=BUSINESS_ZONE)
PENSION, PENSION_SEN = "invalidity_pension", 105_300
# 27 days at RM65.33, and 18 at RM68.00.
FIRST_SEN, LESS_SEN = 176_391, 122_400
UNSENT, SENT, SETTLED, RETURNED, VOIDED, OVERPAID, WAITING, HELD, NOWHERE, MONTHLY, REFUSED = range(1, 12)
_LEDGER = {
    "instructed": ("benefit_expense", "benefits_payable"),
    "voided": ("benefits_payable", "benefit_expense"),
    "settled": ("benefits_payable", "bank"),
    "returned": ("benefits_payable", "benefit_expense"),
    "recovery_opened": ("recoveries_receivable", "benefit_expense"),
}


@dataclass
class Earlier:
    """The tables as that release left them, row by row; nothing of this release's code writes them."""

    connection: asyncpg.Connection
    ids: dict[int, str] = field(default_factory=dict)
    files: dict[int, UUID] = field(default_factory=dict)

    async def keep(self, table: str, **values: object) -> None:
        """One row."""
        columns, places = ", ".join(values), ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", *values.values())  # noqa: S608

    async def account(self, person: int, version: int = 1, held_until: datetime | None = None) -> None:
        """Each person's number ends with its own and the version's."""
        cipher = FieldCipher(FIELD_KEY_ID, base64.b64decode(TEST_KEY))
        await self.keep(
            "payee",
            person=person,
            version=version,
            tenant="organisation:1",
            account_name=cipher.encrypt("Aminah binti Osman", f"payee.account_name.{person}.{version}"),
            account_number=cipher.encrypt(number_of(person, version), f"payee.account_number.{person}.{version}"),
            bank_bic="MBBEMYKL",
            entered_at=LOOKED_AT,
            account_version=version,
            entered_by="first",
            held_until=held_until,
        )

    async def owed(self, person: int, *terms: tuple[str, int, date, date | None], **about: Any) -> None:
        """A claim of the person as it was stated and settled, and the work that is left of it."""
        stated = {"revision": 1, "benefit": BENEFIT, "fund": "employment_injury", "number": person, **about}
        claim, key = claim_of(stated["number"]), {"scheme": "act4", "benefit": stated["benefit"]}
        key |= {"claim": claim, "party": f"person:{person}"}
        decided = {"event": "accident", "happened_on": FIRST_DAY, "decided_at": LOOKED_AT, "revision_hash": "cd" * 32}
        await self.keep(
            "assessment", claim=claim, person=person, revision=stated["revision"], owner="claims", **decided
        )
        law = {"law": "Act 4 s.22", "decision_hash": "ab" * 32, "provisional": False}
        if terms:
            await self.keep("entitlement", **key, fund=stated["fund"], **law)
        for number, (per, sen, first, last) in enumerate(terms):
            days = {"first_day": first, "last_day": last}
            await self.keep("entitlement_term", **key, number=number, per=per, sen=sen, **days)
        await self._settled(key, person, stated)

    async def _settled(self, key: dict[str, Any], person: int, stated: dict[str, Any]) -> None:
        waits = stated.get("waits")
        shown = [] if waits is None else [{"reason": waits, "first": None, "last": None, "until": None}]
        settled = {"fund": stated["fund"], "revision": stated["revision"], "settled_on": DAY, "owner": "claims"}
        due_until = LAST_DAY.replace(day=12) if stated["benefit"] == BENEFIT else None
        waiting = orjson.dumps(shown).decode()
        await self.keep("settlement", **key, person=person, due_until=due_until, waiting=waiting, **settled)
        await self.due("settle_entitlement", {name: str(value) for name, value in key.items()})

    async def has(self, person: int, number: int, first: date, last: date) -> None:
        """The days that a claim has."""
        days = asyncpg.Range(first, last, lower_inc=True, upper_inc=True)
        key = {"claim": claim_of(number), "scheme": "act4", "benefit": BENEFIT, "party": f"person:{person}"}
        await self.keep("owed_days", **key, loss="act4 earnings", days=days)

    async def due(self, kind: str, command: dict[str, Any]) -> None:
        """Work of before, as it was stored; it runs with the next release."""
        payload = orjson.dumps(command, option=orjson.OPT_SORT_KEYS).decode()
        about = {"correlation_id": "story", "trace": "{}", "due_at": LOOKED_AT, "waits_for": []}
        await self.keep("due_work", kind=kind, payload=payload, **about)

    async def paid(
        self, person: int, sen: int, *causes: str, first: date = FIRST_DAY, last: date = LAST_DAY, **about: Any
    ) -> None:
        """A payment, and all that was booked of it, the last of which is where it stands."""
        of: dict[str, Any] = {"number": person, "benefit": BENEFIT, "fund": "employment_injury", "with_file": None}
        of |= {"state": causes[-1], **about}
        key = {"claim": claim_of(of["number"]), "scheme": "act4", "benefit": of["benefit"], "party": f"person:{person}"}
        cause = (*key.values(), "payment", 1, first, last, "")
        self.ids[person] = hashlib.sha256("|".join(map(str, cause)).encode()).hexdigest()[:32]
        payment, file = new_id(), await self._file(person, sen, of["state"])
        answered = LOOKED_AT if of["state"] in ("settled", "returned") else None
        await self.keep(
            "payment",
            id=payment,
            tenant="bank:1" if file else "organisation:1",
            **key,
            owner="claims",
            person=person,
            fund=of["fund"],
            kind="payment",
            revision=1,
            period_first=first,
            period_last=last,
            replaces="",
            amount_sen=sen,
            end_to_end_id=self.ids[person],
            state=of["state"],
            bank_file=file,
            payee_version=1 if file else None,
            reason="AC04" if of["state"] == "returned" else None,
            correlation_id="story",
            created_at=LOOKED_AT,
            answered_at=answered,
            reported_at=answered and SAID_AT,
            refused_with_file=of["with_file"],
        )
        for booked in causes:
            if booked in _LEDGER:
                await self.booked(key, booked, sen, of["fund"], payment)

    async def booked(self, key: dict[str, Any], cause: str, sen: int, fund: str, payment: UUID | None = None) -> None:
        """One transfer."""
        debit, credit = _LEDGER[cause]
        moved = {"debit": debit, "credit": credit, "amount_sen": sen, "cause": cause, "fund": fund}
        about = {"revision": 1, "payment": payment, "booked_at": LOOKED_AT}
        await self.keep("transfer", id=new_id(), entry=new_id(), **key, **moved, **about)

    async def _file(self, person: int, sen: int, state: str) -> UUID | None:
        """A bank file of the one payment, where it stands in one."""
        if state in ("unsent", "voided"):
            return None
        id_ = self.files[person] = new_id()
        answered = LOOKED_AT if state != "sent" else None
        made = {"transactions": 1, "control_sum_sen": sen, "sha256": "ab" * 32, "content": b"", "told_by": 0}
        times = {"created_at": LOOKED_AT, "fetched_at": LOOKED_AT, "answered_at": answered}
        stands = {"state": "answered" if answered else "fetched", "message_id": id_.hex, "tenant": "bank:1"}
        await self.keep("bank_file", id=id_, **stands, **made, **times)
        return id_


def claim_of(number: int) -> UUID:
    return UUID(int=number)


def number_of(person: int, version: int = 1) -> str:
    return f"5123{person:04d}{version:05d}"


DAYS = ("day", 6533, FIRST_DAY, LAST_DAY)


async def every_state(before: Earlier) -> None:
    """One person in each."""
    for person in (UNSENT, SENT, SETTLED, RETURNED, VOIDED, OVERPAID, WAITING, HELD, MONTHLY, REFUSED):
        await before.account(person)
    for person in (UNSENT, SENT, SETTLED, RETURNED, WAITING, HELD, REFUSED, NOWHERE):
        await before.owed(person, DAYS, waits={NOWHERE: "account_missing", REFUSED: "file_returned"}.get(person))
        await before.has(person, person, FIRST_DAY, LAST_DAY)
    await before.paid(UNSENT, FIRST_SEN, "instructed", state="unsent")
    await before.paid(SENT, FIRST_SEN, "instructed", state="sent")
    await before.paid(SETTLED, FIRST_SEN, "instructed", "settled")
    await before.paid(RETURNED, FIRST_SEN, "instructed", "returned")
    await before.paid(REFUSED, FIRST_SEN, "instructed", "returned", with_file="held")
    await before.owed(VOIDED, revision=2)
    await before.paid(VOIDED, FIRST_SEN, "instructed", "voided")
    await before.paid(WAITING, FIRST_SEN, "instructed", "settled")
    await before.owed(WAITING, DAYS, number=100, waits="day_owed_by_another_claim")
    await before.account(HELD, 2, HELD_UNTIL)
    await before.paid(HELD, FIRST_SEN, "instructed", state="unsent")
    await before.due("settle_unsent", {"person": HELD})
    await before.owed(MONTHLY, ("month", PENSION_SEN, date(2026, 8, 1), None), benefit=PENSION, fund="invalidity")
    about: dict[str, Any] = {"first": date(2026, 8, 1), "last": date(2026, 8, 31)}
    about |= {"benefit": PENSION, "fund": "invalidity"}
    await before.paid(MONTHLY, PENSION_SEN, "instructed", "settled", **about)
    await overpaid(before)


async def overpaid(before: Earlier) -> None:
    """RM1,763.91 reached the account, of which RM1,224.00 are owed."""
    last = date(2026, 8, 2)
    await before.owed(OVERPAID, ("day", 6800, FIRST_DAY, last), revision=2)
    await before.has(OVERPAID, OVERPAID, FIRST_DAY, last)
    await before.paid(OVERPAID, FIRST_SEN, "instructed", "settled")
    key = {"claim": claim_of(OVERPAID), "scheme": "act4", "benefit": BENEFIT, "party": f"person:{OVERPAID}"}
    about = {"id": new_id(), "person": OVERPAID, "law": "Act 4 s.50", "revision": 2, "opened_at": LOOKED_AT}
    await before.keep("recovery", **key, **about, fund="employment_injury")
    await before.booked(key, "recovery_opened", FIRST_SEN - LESS_SEN, "employment_injury")


@dataclass(frozen=True)
class Upgraded:
    """The service of this release on those tables."""

    benefits: ServiceUnderTest
    before: Earlier
    clock: BusinessClock

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.benefits.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(query)]

    async def bank_settles(self) -> dict[str, str]:
        """Make files of what is unsent until nothing is, and settle all; the account of each line by its id."""
        accounts: dict[str, str] = {}
        await freeze(self.benefits)
        for file in await files(self.benefits):
            content = await fetch(self.benefits, file)
            accounts |= accounts_in(content)
            await self.answer(file["bank_file"], file["message_id"], [id_ for id_, _ in transfers(content)])
        return accounts

    async def answer(self, file: str, message: str, ids: Sequence[str]) -> None:
        """The bank says that these reached their accounts."""
        body = report(message, dict.fromkeys(ids, "ACSC"), at=now().isoformat())
        told = await send_report(self.benefits, {"bank_file": file, "message_id": message}, body)
        assert told.status_code == 200, told.text

    async def failed(self) -> list[tuple[Any, ...]]:
        """Due work that raised."""
        return await self.rows("SELECT kind, payload, failed FROM due_work WHERE attempts > 0")


def accounts_in(content: bytes) -> dict[str, str]:
    """The creditor's account number of each end-to-end id of a bank file."""
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    found = etree.fromstring(content).findall(".//p:CdtTrfTxInf", space)
    numbers = ("p:CdtrAcct/p:Id/p:Othr/p:Id", "p:PmtId/p:EndToEndId")
    return {each.findtext(numbers[1], "", space): each.findtext(numbers[0], "", space) for each in found}


@pytest.fixture
async def upgraded(databases: Databases, issuer: TestIssuer, business_clock: BusinessClock) -> AsyncIterator[Upgraded]:
    """The tables of before, migrated, on the day on which they stood."""
    business_clock.set(LOOKED_AT)
    async with databases.unmigrated("benefits") as database:
        before = await at_that_release(database)
        await migrate("benefits", database.url("migrate"))
        async with service_under_test(BenefitsSettings, build, work, database, issuer) as benefits:
            yield Upgraded(benefits, before, business_clock)


async def at_that_release(database: TestDatabase) -> Earlier:
    await migrate("benefits", database.url("migrate"), BEFORE)
    async with database.connection("migrate") as owner:
        before = Earlier(owner)
        await every_state(before)
    return before


_PAYMENTS = "SELECT party, end_to_end_id, state, amount_sen FROM payment ORDER BY party, id"
_POSTED = "SELECT party, cause, debit, credit, amount_sen, fund FROM transfer ORDER BY booked_at, id"
_COUNTED = "SELECT DISTINCT cause, value_on FROM transfer ORDER BY cause"
_SETTLED = "SELECT party, sum(amount_sen)::bigint FROM payment WHERE state = 'settled' GROUP BY party"
_WAITING = "SELECT party, waiting FROM settlement WHERE waiting <> '[]' ORDER BY claim"


async def test_what_stood_in_every_state_is_paid_once_and_in_full_after_the_upgrade(upgraded: Upgraded) -> None:
    await nothing_moves_by_itself(upgraded)
    benefits, before = upgraded.benefits, upgraded.before
    upgraded.clock.set_day(2026, 10, 5)
    await enter_payee(benefits, number_of(NOWHERE), NOWHERE)
    await change_payee(benefits, number_of(RETURNED, 2), RETURNED)
    path = f"/v1/bank-files/{before.files[REFUSED]}/releases"
    assert (await benefits.call("POST", path, scopes=["benefits:bank_file:write"])).status_code == 201
    await upgraded.answer(str(before.files[SENT]), before.files[SENT].hex, [before.ids[SENT]])
    await benefits.work_off()
    accounts = await upgraded.bank_settles()
    assert await upgraded.failed() == []
    reached = {before.ids[UNSENT]: number_of(UNSENT), before.ids[HELD]: number_of(HELD, 2)}
    assert reached.items() <= accounts.items(), "those that waited go by the ids that they had"
    assert sorted(set(accounts.values()) - set(reached.values())) == sorted(
        [number_of(NOWHERE), number_of(RETURNED, 2), number_of(MONTHLY), number_of(REFUSED)]
    )
    in_full = (UNSENT, SENT, SETTLED, RETURNED, OVERPAID, WAITING, HELD, NOWHERE, REFUSED)
    settled = {f"person:{person}": FIRST_SEN for person in in_full}
    assert dict(await upgraded.rows(_SETTLED)) == {**settled, f"person:{MONTHLY}": 2 * PENSION_SEN}
    assert await upgraded.bank_settles() == {}
    await what_was_to_come_back_is_set_off(upgraded)


async def nothing_moves_by_itself(upgraded: Upgraded) -> None:
    """On the day of the upgrade all due work of before runs, and posts nothing but what nobody had posted yet."""
    payments, posted = await upgraded.rows(_PAYMENTS), await upgraded.rows(_POSTED)
    counted = {"instructed": DAY, "recovery_opened": DAY, "returned": SAID_AT.date(), "settled": SAID_AT.date()}
    assert dict(await upgraded.rows(_COUNTED)) == {**counted, "voided": DAY}
    assert {row[1] for row in payments} == set(upgraded.before.ids.values())
    await upgraded.benefits.work_off()
    assert await upgraded.failed() == []
    assert (await upgraded.rows(_PAYMENTS), await upgraded.rows(_POSTED)) == (payments, posted)
    reasons = {
        "person:4": "account_returned",
        "person:7": "day_owed_by_another_claim",
        "person:8": "account_held",
        "person:9": "account_missing",
        "person:11": "file_returned",
    }
    waiting = {party: orjson.loads(waits)[0]["reason"] for party, waits in await upgraded.rows(_WAITING)}
    assert waiting == reasons


async def what_was_to_come_back_is_set_off(upgraded: Upgraded) -> None:
    """RM539.91 of the RM600.00 that another claim owes: RM60.09 are paid."""
    owed = owed_to(f"person:{OVERPAID}", once(DAY, 60_000), benefit="funeral_benefit")
    await handle_events(upgraded.benefits, assessed(1, owed, claim=claim_of(200), person=OVERPAID))
    await upgraded.benefits.work_off()
    unsent = "SELECT amount_sen FROM payment WHERE state = 'unsent' AND party = 'person:6'"
    assert await upgraded.rows(unsent) == [(60_000 - (FIRST_SEN - LESS_SEN),)]
    assert await upgraded.failed() == []
