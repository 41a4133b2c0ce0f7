"""Events that payrolls push, at a nation's peak: so many a second in batches, each answered.

Everybody is hired beforehand. Then wages come over REST at fixed instants, whether or not the platform keeps up, each
of another person or month, from several employers in turn. A wage is answered when it was worked off, and not when its
request is.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from deploy.local.client import HttpClient
from deploy.local.state import address_of
from deploy.local.story import OFFICER
from shared.kernel.identifiers import employer_number, new_id
from tests.bench.figures import Figure, Part, spread
from tests.bench.load import at_a_rate, request
from tests.bench.platform_fixture import PlatformFixture

# A second, for a minute unless told otherwise.
LIMIT, SECONDS = 700.0, 60.0
# Each answered within: what a payroll that waits for it would call at once.
P99_LIMIT_MS = 5_000.0
BATCH, EMPLOYERS = 50, 20
HIRED_AT_ONCE, HIRING = 200, 4
MONTHS = [f"{2024 + month // 12}-{month % 12 + 1:02d}" for month in range(3, 28)]
BATCHED = "application/cloudevents-batch+json"
# Of three of them is the name of each.
NAMES = (
    "AHMAD",
    "AZLAN",
    "BADRUL",
    "DANIAL",
    "FAIZAL",
    "FARID",
    "HAFIZ",
    "HAKIM",
    "HARUN",
    "IDRIS",
    "IRFAN",
    "ISKANDAR",
    "JAMAL",
    "KAMAL",
    "KHALID",
    "LUQMAN",
    "MUSA",
    "NAZRI",
    "OMAR",
    "RAZAK",
    "RIDZUAN",
    "ROSLI",
    "SALLEH",
    "SAMAD",
    "SHAHRIL",
    "SULAIMAN",
    "TARMIZI",
    "UMAR",
    "YUSOF",
    "ZAINAL",
    "ZAKARIA",
    "ZULKIFLI",
)
TOKEN_SECONDS = 120.0
PATIENCE_S = 1_800.0

_UNANSWERED = "SELECT count(*) FROM inbound_event WHERE state = 'received'"
_STATES = "SELECT state, count(*) FROM inbound_event WHERE type = $1 GROUP BY state"
_TOOK = """
    SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (
        ORDER BY extract(epoch FROM answered_at - received_at) * 1000)
    FROM inbound_event WHERE type = $1
"""


@dataclass
class Payroll:
    """An employer, its people and what it may send; the headers hold a token that lives."""

    party: str
    people: range
    headers: dict[str, str] = field(default_factory=dict)

    def batch(self, events: Sequence[Mapping[str, Any]]) -> bytes:
        """A request with these, under a key of its own."""
        headers = {**self.headers, "idempotency-key": str(new_id())}
        return request("POST", "/v1/events", headers, orjson.dumps(events), BATCHED)


async def pushing(platform: PlatformFixture, client: HttpClient, seconds: float, rate: float = LIMIT) -> Part:
    """Hire everybody, push wages at the rate, and wait until each is answered."""
    each = -(-round(rate / BATCH * seconds) // EMPLOYERS) * BATCH
    # A batch names nobody twice.
    people = max(BATCH, -(-each // len(MONTHS)))
    part = Part(f"Pushed events: {rate:g} wages a second for {seconds:g} s, {EMPLOYERS} employers, batches of {BATCH}")
    connection = await asyncpg.connect(platform.database("registration"))
    try:
        payrolls = await _payrolls(client, people)
        async with _tokens(client, payrolls):
            begun = time.perf_counter()
            await _hire(client, payrolls)
            await _all_answered(connection)
            hired = sum(len(each.people) for each in payrolls)
            part.figures.append(
                Figure("hired beforehand, as fast as it goes", hired / (time.perf_counter() - begun), "events/s")
            )
            await _accepted(connection, "employee.hired", hired)
            address = address_of(platform.state, "registration-api")
            answers = (await at_a_rate(address, _wages(payrolls), rate / BATCH, seconds)).must_be(202)
            ended = time.perf_counter()
            await _all_answered(connection)
            behind = time.perf_counter() - ended
        await _accepted(connection, "wage.paid", answers.count * BATCH)
        middle, slow = (await connection.fetchval(_TOOK, "wage.paid")) or (0, 0)
    finally:
        await connection.close()
    part.figures.extend(
        [
            Figure("wages kept", answers.rate * BATCH, "events/s", LIMIT * 0.99, at_least=True),
            *spread("a batch is kept", answers.milliseconds),
            Figure("from the receipt to the answer, p50", float(middle), "ms"),
            Figure("from the receipt to the answer, p99", float(slow), "ms", P99_LIMIT_MS),
            Figure("after the last, until each is answered", behind, "s"),
            Figure(
                "pushed, answered and accepted", answers.count * BATCH, "events", note="none lost, or the run fails"
            ),
        ]
    )
    return part


async def _payrolls(client: HttpClient, people: int) -> list[Payroll]:
    """The employers, registered and admitted, each with so many people."""
    found = []
    for number in range(EMPLOYERS):
        body = {"name": f"GAJI {number} SDN BHD", "employer_code": f"H97021038{number:02d}H"}
        answer = await client.call("registration", "POST", "/v1/employers", party=OFFICER, json=body)
        answer.raise_for_status()
        party = f"employer:{employer_number(answer.json()['employer'])}"
        await client.admit(party)
        found.append(Payroll(party, range(number * people, (number + 1) * people)))
    return found


@asynccontextmanager
async def _tokens(client: HttpClient, payrolls: Sequence[Payroll]) -> AsyncIterator[None]:
    """Keep a token in the headers of each while the block lasts: one lives ten minutes."""

    async def renew() -> None:
        for each in payrolls:
            each.headers["authorization"] = f"Bearer {await client.token(each.party)}"

    async def keep() -> None:
        while True:
            await asyncio.sleep(TOKEN_SECONDS / 2)
            await renew()

    await renew()
    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _hire(client: HttpClient, payrolls: Sequence[Payroll]) -> None:
    gate = asyncio.Semaphore(HIRING)

    async def some(payroll: Payroll, people: Sequence[int]) -> None:
        more = {"residence": "citizen", "started_on": "2020-03-01"}
        batch = [_event("employee.hired", number, {"born_on": _born_on(number), **more}) for number in people]
        async with gate:
            content: dict[str, Any] = {"content": orjson.dumps(batch), "headers": {"content-type": BATCHED}}
            answer = await client.call("registration", "POST", "/v1/events", party=payroll.party, **content)
            answer.raise_for_status()

    parts = [
        (each, each.people[at : at + HIRED_AT_ONCE])
        for each in payrolls
        for at in range(0, len(each.people), HIRED_AT_ONCE)
    ]
    await asyncio.gather(*(some(payroll, people) for payroll, people in parts))


def _wages(payrolls: Sequence[Payroll]) -> Iterator[bytes]:
    """Batches of the employers in turn, each wage of another person or month."""
    due = [_wages_of(each) for each in payrolls]
    while True:
        for payroll, wages in zip(payrolls, due, strict=True):
            yield payroll.batch([next(wages) for _ in range(BATCH)])


def _wages_of(payroll: Payroll) -> Iterator[Mapping[str, Any]]:
    paid = {"wage": {"amount": "2480.00", "currency": "MYR"}, "paid_on": "2026-06-28"}
    for month in MONTHS:
        for number in payroll.people:
            yield _event("wage.paid", number, {"for_month": month, **paid})
    raise RuntimeError("more wages are due than there are people and months")


async def _all_answered(connection: asyncpg.Connection) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await connection.fetchval(_UNANSWERED):  # noqa: ASYNC110 - another process sets no event here
            await asyncio.sleep(0.1)


async def _accepted(connection: asyncpg.Connection, type_: str, count: int) -> None:
    """Raises where one was lost, doubled or refused: the rate would be that of something else."""
    states = {row["state"]: row["count"] for row in await connection.fetch(_STATES, type_)}
    if states != {"accepted": count}:
        raise RuntimeError(f"of {count} events {type_} not all are accepted: {states}")


def _event(type_: str, number: int, more: Mapping[str, Any]) -> dict[str, Any]:
    born_on = _born_on(number)
    who = {"kind": "mykad", "number": f"{born_on[2:4]}{born_on[5:7]}{born_on[8:]}14{number % 9_999 + 1:04d}"}
    data = {"national_id": who, "name": _name(number), **more}
    return {"specversion": "1.0", "id": str(new_id()), "source": "/payroll", "type": type_, "data": data}


def _born_on(number: int) -> str:
    """As it stands in the MyKad."""
    return f"1990-01-{number // 9_999 + 1:02d}"


def _name(number: int) -> str:
    """Of each a name of its own: who looks like somebody else is looked at, pair by pair, and that is not measured."""
    given, middle, father = (NAMES[number // len(NAMES) ** place % len(NAMES)] for place in range(3))
    return f"{given} {middle} BIN {father}"
