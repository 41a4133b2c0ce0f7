"""What the tests of registration do again and again: register, send files, work them off, look at what was told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import httpx
import orjson

from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.domain import queues
from services.registration.files.contribution_file import FileLine, render
from services.registration.files.legacy_file import LegacyLine
from services.registration.files.legacy_file import render as render_legacy
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.storage.receipts import FOR_OFFICERS
from services.registration.worker import work
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import employer_number, person_number
from shared.kernel.periods import Month
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest, fresh_service, service_under_test
from shared.testing.tokens import TestIssuer

T = TypeVar("T")

CODE = "F9702103813F"
OTHER_CODE = "A1234567890B"
MYKAD = "900101145678"
OTHER_MYKAD = "850615105432"

# Worked by hand from the table of 1 October 2024 (act4 §2.2, other-schemes §4.1 and §7.3), in sen: the class over
# RM2,400 to RM2,500, over RM3,000 to RM3,100, over RM2,500 to RM2,600.
AT_2480 = {"wage": 248_000, "act4_employer": 4_285, "act4_employee": 1_225, "act800_employer": 490}
AT_2480 |= {"act800_employee": 490}
AT_3050 = {"wage": 305_000, "act4_employer": 5_335, "act4_employee": 1_525, "act800_employer": 610}
AT_3050 |= {"act800_employee": 610, "skbbk_employee": 2_285}
AT_2600 = {"wage": 260_000, "act4_employer": 4_465, "act4_employee": 1_275, "act800_employer": 510}
AT_2600 |= {"act800_employee": 510, "skbbk_employee": 1_915}
# What withdraws a month.
NOTHING = {"wage": 0, "act4_employer": 0, "act4_employee": 0, "act800_employer": 0, "act800_employee": 0}
NOTHING |= {"skbbk_employee": 0}

# Two officers who decide refunds.
OF_REFUNDS = ["registration:refund:decide"]
FIRST, SECOND = "officer-1", "officer-2"

WAITS_FOR_A_ROW = """
    SELECT blocked.pid FROM pg_locks AS blocked JOIN pg_locks AS held USING (transactionid)
    JOIN pg_stat_activity AS holder ON holder.pid = held.pid
    WHERE NOT blocked.granted AND held.granted AND holder.datname = current_database()
"""


def line(
    month: str, amounts: dict[str, int], *, id_: str = MYKAD, name: str = "Ahmad bin Ali", code: str = CODE
) -> FileLine:
    """A line of a file."""
    empty = FileLine(code, id_, name, Month.of(month), 0, 0, 0, 0, 0)
    sums: dict[str, Any] = dict(amounts)
    return replace(empty, **sums)


def legacy_line(month: str, amount: int, *, status: str = " ", day: str | None = None, **whose: str) -> bytes:
    """A file of one line of the legacy layout; the amount in sen."""
    named = {"id": MYKAD, "name": "Ahmad bin Ali", "code": CODE, **whose}
    said_on = None if day is None else date.fromisoformat(day)
    whole = LegacyLine(named["code"], named["id"], named["name"], Month.of(month), amount, status, said_on)
    return render_legacy([whole])


def months_at_2480(*months: str) -> bytes:
    """A file with a line at RM2,480.00 for each month."""
    return render([line(month, AT_2480) for month in months])


class Died(Exception):
    """The worker got no further than this."""


@dataclass
class Register:
    """The service under test, spoken to as partners and officers would."""

    service: ServiceUnderTest

    async def try_employer(self, code: str = CODE) -> httpx.Response:
        """Ask for an employer to be registered."""
        body = {"name": "KILANG MAJU SDN BHD", "employer_code": code}
        return await self.service.call("POST", "/v1/employers", scopes=["registration:employer:write"], json=body)

    async def employer(self, code: str = CODE) -> str:
        """Register an employer; its public number."""
        answer = await self.try_employer(code)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["employer"])

    async def try_person(self, number: str = MYKAD, **changes: Any) -> httpx.Response:
        """Ask for a person to be registered."""
        kind = changes.pop("kind", "mykad")
        party = changes.pop("party", "organisation:1")
        body = {
            "name": "Ahmad bin Ali",
            "national_id": {"kind": kind, "number": number},
            "born_on": "1990-01-01",
            "residence": "citizen",
            "address": "1 Jalan Merdeka, 75000 Melaka",
            **changes,
        }
        role = "officer" if party.startswith("organisation") else "partner"
        scopes = ["registration:person:write"]
        return await self.service.call("POST", "/v1/persons", scopes=scopes, party=party, role=role, json=body)

    async def person(self, number: str = MYKAD, **changes: Any) -> str:
        """Register a person; the public number."""
        answer = await self.try_person(number, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["person"])

    async def try_spell(
        self, person: str, employer: str, started_on: str, party: str = "", number: str = MYKAD, **changes: Any
    ) -> httpx.Response:
        """Ask for a spell to be started: an employer proves that it knows the person, an officer need not."""
        proof = {"national_id": {"kind": "mykad", "number": number}} if party else {}
        body = {"person": person, "employer": employer, "started_on": started_on, **proof, **changes}
        return await self.as_party("POST", "/v1/spells", "registration:spell:write", party, json=body)

    async def spell(self, person: str, employer: str, started_on: str = "2024-03-01") -> str:
        """Start a spell; its id."""
        answer = await self.try_spell(person, employer, started_on)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["spell"])

    async def worker_of(self, code: str = CODE, number: str = MYKAD, started_on: str = "2024-03-01") -> tuple[str, str]:
        """An employer and a person who works for it since a day."""
        employer, person = await self.employer(code), await self.person(number)
        await self.spell(person, employer, started_on)
        return employer, person

    async def send(self, employer: str, content: bytes, **how: Any) -> httpx.Response:
        """Send a contribution file as its employer."""
        scope = "registration:contribution_file:write"
        headers = {"content-type": "text/plain", **how.pop("headers", {})}
        party = how.pop("party", party_of(employer))
        path = "/v1/contribution-files"
        return await self.as_party("POST", path, scope, party, content=content, headers=headers, **how)

    async def choose_template(self, employer: str, part: str, amount: str) -> None:
        """Say as the employer what the amount of its legacy files means."""
        path, scope = f"/v1/employers/{employer}/legacy-templates", "registration:contribution_file:write"
        answer = await self.as_party("POST", path, scope, party_of(employer), json={"part": part, "amount": amount})
        assert answer.status_code == 201, answer.text

    async def sent_statement(
        self, employer: str, month: str, lines: list[dict[str, Any]], **how: Any
    ) -> httpx.Response:
        """State a month in JSON as its employer, and work it off."""
        scope, path = "registration:contribution_file:write", "/v1/contribution-statements"
        body = {"employer": employer, "month": month, "lines": lines}
        answer = await self.as_party("POST", path, scope, how.pop("party", party_of(employer)), json=body, **how)
        await self.work_off()
        return answer

    async def sent(self, employer: str, content: bytes, **how: Any) -> dict[str, Any]:
        """Send a file, work it off, and read its job."""
        answer = await self.send(employer, content, **how)
        assert answer.status_code == 202, answer.text
        await self.work_off()
        job = await self.job(answer.json()["file"], how.get("party", party_of(employer)))
        found: dict[str, Any] = job.json()
        return found

    async def job(self, file: str, party: str, what: str = "") -> httpx.Response:
        """Read a job, or what hangs on it."""
        return await self.as_party(
            "GET", f"/v1/contribution-files/{file}{what}", "registration:contribution_file:read", party
        )

    async def errors(self, file: str, party: str) -> list[list[str]]:
        """Line, field and code of each fault."""
        rows = (await self.job(file, party, "/errors")).text.splitlines()
        assert rows[0] == "line,field,code,message,expected"
        return [row.split(",")[:3] for row in rows[1:]]

    async def ended(self, spell: str, ended_on: str) -> None:
        """End a spell, or correct its end, as an officer."""
        path, body = f"/v1/spells/{spell}/end", {"ended_on": ended_on}
        answer = await self.as_party("POST", path, "registration:spell:write", json=body)
        assert answer.status_code == 200, answer.text

    async def process(self, file: str, *, dies: bool = False) -> None:
        """Work on one file; a worker that dies (`Died`) has done everything but the commit."""
        database, unit = self.service.worker.database, self.service.worker.work.unit
        async with database.begin(unit, Cause("test")) as uow:
            await process_contribution_file(ProcessContributionFile(file), uow)
            if dies:
                await uow.flush()
                raise Died

    async def lines(self) -> list[tuple[Any, ...]]:
        """Month, person, wage, SKBBK and revision of each line that stands."""
        query = "SELECT month, person, wage_sen, skbbk_employee_sen, revision FROM contribution_line ORDER BY 1, 2"
        return [tuple(row) for row in await self.rows(query)]

    async def state_skbbk(
        self, person: str, what: str, party: str = "", filed_on: str | None = None, **how: Any
    ) -> httpx.Response:
        """Say `release` or `return` for a person; without a party as an officer."""
        body = {} if filed_on is None else {"filed_on": filed_on}
        path = f"/v1/persons/{person}/skbbk/{what}"
        return await self.as_party("POST", path, "registration:skbbk:write", party, json=body, **how)

    async def stated_skbbk(self, person: str, what: str, party: str = "", filed_on: str | None = None) -> None:
        """The same, where it is taken."""
        answer = await self.state_skbbk(person, what, party, filed_on)
        assert answer.status_code == 200, answer.text

    async def skbbk(self, person: str, party: str = "") -> httpx.Response:
        """Read how a person takes part."""
        return await self.as_party("GET", f"/v1/persons/{person}/skbbk", "registration:skbbk:read", party)

    async def refunds(self, party: str = "") -> list[dict[str, Any]]:
        """The months of which contributions may be refunded, as a party sees them; without one as an officer."""
        answer = await self.as_party("GET", "/v1/refunds", "registration:refund:read", party)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def claim_refund(self, employer: str, month: str, party: str | None = None) -> httpx.Response:
        """Claim a month as its employer, or as another party ("": an officer), and have it looked at."""
        party = party_of(employer) if party is None else party
        body = {"employer": employer, "month": month}
        answer = await self.as_party("POST", "/v1/refunds", "registration:refund:write", party, json=body)
        await self.work_off()
        return answer

    async def refund_tasks(self, *scopes: str) -> list[dict[str, Any]]:
        """What waits in the queue of refunds, for an officer of it or with other scopes."""
        asked = [*(scopes or OF_REFUNDS), "registration:task:read"]
        answer = await self.service.call("GET", "/v1/tasks", scopes=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def act(self, task: dict[str, Any], what: str, officer: str, **body: Any) -> httpx.Response:
        """What an officer does to a task."""
        more: dict[str, Any] = {"json": body} if body else {}
        scopes = [*(each.scope for each in queues.ALL), "registration:task:write"]
        return await self.service.call(
            "POST", f"/v1/tasks/{task['task']}/{what}", scopes=scopes, subject=officer, **more
        )

    async def proposed_refund(self, paid: str | None = None, kind: str = "refund_due") -> dict[str, Any]:
        """The one task that waits, which an officer took and of which that one proposed what was paid."""
        (task,) = await self.refund_tasks()
        says = {"kind": kind} if paid is None else {"kind": kind, "paid": {"amount": paid, "currency": "MYR"}}
        assert (await self.act(task, "takings", FIRST)).status_code == 201
        proposed = await self.act(task, "proposals", FIRST, revision=task["revision"], says=says)
        assert proposed.status_code == 201, proposed.text
        return task

    async def decided_refund(self, paid: str | None = None, kind: str = "refund_due") -> httpx.Response:
        """The same, and the answer to another officer who approves it."""
        task = await self.proposed_refund(paid, kind)
        return await self.act(task, "approvals", SECOND, revision=task["revision"])

    async def correct(self, person: str, attribute: str, value: str, party: str = "", **more: Any) -> httpx.Response:
        """State a fact of a person, as a party or as an officer (`subject`: which one)."""
        body = {"attribute": attribute, "value": value, "reason": "misspelt", "evidence": "KB-1"}
        how = {"subject": more.pop("subject")} if "subject" in more else {}
        path = f"/v1/persons/{person}/facts"
        return await self.as_party("POST", path, "registration:person:correct", party, json={**body, **more}, **how)

    async def corrected(self, person: str, attribute: str, value: str, **more: Any) -> None:
        """The same by an officer, which two others let count, and what follows of it."""
        answer = await self.correct(person, attribute, value, subject="officer-3", **more)
        assert answer.status_code == 202, answer.text
        decided = await self.decided("person_correction", "correction_counts")
        assert decided.status_code == 201, decided.text
        await self.work_off()

    async def waiting(self, queue: str) -> list[dict[str, Any]]:
        """What waits in a queue for its officers, once all that is due is worked off."""
        await self.work_off()
        scopes = [*(each.scope for each in queues.ALL), "registration:task:read"]
        answer = await self.service.call("GET", f"/v1/tasks?queue={queue}", scopes=scopes)
        assert answer.status_code == 200, answer.text
        return [task for task in answer.json()["data"] if task["state"] not in ("approved", "closed")]

    async def decided(self, queue: str, kind: str, proposer: str = FIRST, approver: str = SECOND) -> httpx.Response:
        """The answer to the second of two officers who decide the one task that waits in a queue."""
        (task,) = await self.waiting(queue)
        return await self.decided_task(task, kind, proposer, approver)

    async def decided_task(
        self, task: dict[str, Any], says: str | dict[str, Any], proposer: str = FIRST, approver: str = SECOND
    ) -> httpx.Response:
        """The same of one task among several, by its kind or by all that is proposed."""
        said = {"kind": says} if isinstance(says, str) else says
        scopes = [*(each.scope for each in queues.ALL), "registration:task:write"]
        acts: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("takings", proposer, {}),
            ("proposals", proposer, {"revision": task["revision"], "says": said}),
            ("approvals", approver, {"revision": task["revision"]}),
        )
        for what, officer, body in acts:
            more: dict[str, Any] = {"json": body} if body else {}
            path = f"/v1/tasks/{task['task']}/{what}"
            answer = await self.service.call("POST", path, scopes=scopes, subject=officer, **more)
            if not answer.is_success:
                break
        return answer

    async def payables(self, *, announced: bool = False) -> list[tuple[Any, ...]]:
        """Fund, revision, amount in sen and why it was withdrawn, of each refund that was stated, in order."""
        return [
            (each["fund"], each["revision"], sum(t["sen"] for t in each["terms"]), each.get("withdrawn_for"))
            for each in await self.events("registration.payable", announced=announced)
        ]

    async def memberships(self, scheme: str) -> list[dict[str, Any]]:
        """What was published of a scheme, in order."""
        return [each for each in await self.events("membership.changed") if each["scheme"] == scheme]

    async def banked(self, employer: str, month: str, amount: str, reference: str = "FPX 1") -> str:
        """State as the bank what was banked, and let the worker look at it; the receipt."""
        body = {
            "employer": employer,
            "month": month,
            "amount": {"amount": amount, "currency": "MYR"},
            "banked_on": "2026-06-15",
            "reference": reference,
        }
        scope = "registration:contribution_receipt:write"
        answer = await self.as_party("POST", "/v1/contribution-receipts", scope, "bank:1", json=body)
        assert answer.status_code == 202, answer.text
        await self.work_off()
        return str(answer.json()["receipt"])

    async def said(self, receipt: str, what: str, officer: str = FIRST, status: int = 201) -> dict[str, Any]:
        """What an officer does to a receipt, and what follows of it; the answer's body."""
        body: dict[str, Any] = {} if what.endswith("releases") else {"json": {"evidence": "KB-1"}}
        scopes = [f"registration:contribution_receipt:{verb}" for verb in ("write", "release")]
        path = f"/v1/contribution-receipts/{receipt}/{what}"
        answer = await self.service.call("POST", path, scopes=scopes, subject=officer, **body)
        assert answer.status_code == status, answer.text
        await self.work_off()
        found: dict[str, Any] = answer.json()
        return found

    async def as_party(self, method: str, path: str, scope: str, party: str = "", **content: Any) -> httpx.Response:
        """Send a request as an employer or other partner; without a party as an officer."""
        role = "partner" if party else "officer"
        party = party or "organisation:1"
        return await self.service.call(method, path, scopes=[scope], party=party, role=role, **content)

    async def claims_told_until(self, day: str) -> None:
        """All that claims decided has arrived up to then."""
        async with self.service.database.connection() as connection:
            await connection.execute(
                "INSERT INTO freshness (topic, kafka_partition, partitions, epoch, complete_until) "
                "VALUES ('claim.assessed', 0, 1, 0, $1) "
                "ON CONFLICT (topic, kafka_partition) DO UPDATE SET complete_until = excluded.complete_until",
                datetime.fromisoformat(day).replace(tzinfo=UTC),
            )

    async def work_off(self) -> None:
        """Run all due work."""
        await self.service.work_off()

    async def over_or_waiting(self, other: "asyncio.Task[Any]", of: int = 1) -> None:
        """Until another one is through, or waits for whoever asks, as the last of so many."""
        await self.service.over_or_waiting(other, of)

    async def events(self, name: str = "", *, announced: bool = False) -> list[dict[str, Any]]:
        """The data of what was told, in order; `announced` asks for what was said again."""
        query = "SELECT type, headers, payload FROM outbox WHERE type LIKE $1 ORDER BY id"
        async with self.service.database.connection() as connection:
            rows = await connection.fetch(query, f"jaring.{name}%")
        told = [row for row in rows if ("ce_announcement" in orjson.loads(row["headers"])) is announced]
        return [{"type": row["type"], **orjson.loads(row["payload"])} for row in told]

    async def for_officers(self) -> dict[str, int]:
        """How much the worker counts that waits until an officer looks at it, by what it is."""
        worker = self.service.worker
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            rows = (await uow.connection.execute(FOR_OFFICERS, {"now": now()})).all()
        return {state: count for state, count, _ in rows if count}

    async def rows(self, query: str, *arguments: object) -> Sequence[Any]:
        """Rows as the worker sees them."""
        async with self.service.database.connection() as connection:
            found: Sequence[Any] = await connection.fetch(query, *arguments)
        return found


@asynccontextmanager
async def register_on(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration, empty, on a database of its own, to which claims has nothing to tell that is still on its way."""
    async with fresh_service(RegistrationSettings, build, work, databases, issuer) as service:
        register = Register(service)
        await register.claims_told_until("2999-01-01")
        yield register


@asynccontextmanager
async def since_backup(
    databases: Databases, issuer: TestIssuer, begin: Callable[[Register], Awaitable[T]]
) -> AsyncIterator[tuple[Register, Register, T]]:
    """Registration as it goes on after something, and another one on a backup of its database from then."""

    def on(database: TestDatabase) -> AbstractAsyncContextManager[ServiceUnderTest]:
        return service_under_test(RegistrationSettings, build, work, database, issuer)

    async with databases.fresh("registration") as database:
        async with on(database) as service:
            register = Register(service)
            await register.claims_told_until("2999-01-01")
            begun = await begin(register)
        async with databases.copied(database) as backup, on(database) as service, on(backup) as again:
            yield Register(service), Register(again), begun


def party_of(employer: str) -> str:
    """The party of an employer's public number."""
    return f"employer:{employer_number(employer)}"


def self_of(person: str) -> str:
    """The party of a person's public number."""
    return f"person:{number_of(person)}"


def number_of(person: str) -> int:
    """The number behind a person's public one."""
    return int(person_number(person))


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
