"""What partners push by Kafka and over REST is each answered, none lost and none doubled, whatever dies meanwhile.

Workers die at each point at which events are taken in and worked off; workers, broker and database are killed while
more come. It leaves people beside the stories: `make prove` has it in a session of its own, with a platform of its own.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
from aiokafka.errors import KafkaError

from deploy.local.client import HttpClient
from deploy.local.story import OFFICER
from shared.kernel.identifiers import employer_number
from shared.testing.servers import Broker
from tests.partners.partner import Partner as Pushing
from tests.partners.partner import admitted, binary
from tests.prove.acts import Act, at_each, run_with_deaths
from tests.prove.conftest import PATIENCE_S, Show
from tests.prove.owing import DUE
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

INTAKE = ("inbound.before_commit", "inbound.after_commit")
KILLED = ("registration-worker", "kafka", "postgres", "claims-worker", "registration-api", "kafka")
# In each act so many are hired, half by Kafka and half over REST, and each is paid by the other way.
PEOPLE = 60
BATCH = 20
FORM = {"content-type": "application/cloudevents-batch+json"}

pytestmark = pytest.mark.timeout(1200)

_HIRED = "SELECT count(*), count(DISTINCT person) FROM spell WHERE employer = $1"
_PAID = "SELECT count(*), count(DISTINCT person) FROM contribution_line WHERE employer = $1 AND wage_sen = 248000"

Event = tuple[str, str, dict[str, Any]]


class Payroll:
    """An employer's software, which gives up on nothing: what was not acknowledged is sent again, under its id."""

    def __init__(self, party: str, pushing: Pushing, rest: Partner) -> None:
        self.party = party
        self.pushing = pushing
        self.rest = rest
        self.sent: list[Event] = []
        self.people = 0

    async def month(self) -> None:
        """More people are hired and paid, and some of them have accidents."""
        first, self.people = self.people, self.people + PEOPLE
        people = range(first, self.people)
        await self._both_ways([hired(number) for number in people])
        await self._both_ways([paid(number) for number in people][::-1])
        await self._by_kafka([happened(number) for number in people[::6]])

    async def _both_ways(self, events: list[Event]) -> None:
        half = len(events) // 2
        await asyncio.gather(self._by_kafka(events[:half]), self._over_rest(events[half:]))
        # And once more by Kafka what went over REST: so its topic tells of each, and it counts once.
        await self._by_kafka(events[half:])
        self.sent += events

    async def _by_kafka(self, events: list[Event]) -> None:
        for id_, type_, data in events:
            await _insisting(lambda: self.pushing.send(orjson.dumps(data), binary(type_, id_)))  # noqa: B023
            if type_ == "accident.happened":
                self.sent.append((id_, type_, data))

    async def _over_rest(self, events: list[Event]) -> None:
        for begin in range(0, len(events), BATCH):
            batch = [
                {"specversion": "1.0", "id": id_, "source": "/payroll", "type": type_, "data": data}
                for id_, type_, data in events[begin : begin + BATCH]
            ]
            body = orjson.dumps(batch)
            answer = await self.rest.call(
                "registration", "POST", "/v1/events", party=self.party, headers=FORM, content=body
            )
            assert answer.status_code == 202, answer.text

    async def is_answered(self) -> None:
        """Each has an answer that it was taken; raises TimeoutError."""
        wanted = {id_ for id_, _, _ in self.sent}
        async with asyncio.timeout(PATIENCE_S):
            while wanted - taken(self.pushing):
                await _insisting(self.pushing.read)


def taken(pushing: Pushing) -> set[str]:
    """The ids of which the topic has told that they were taken."""
    return {each["id"] for each in pushing.answers if each["state"] in ("accepted", "warned")}


async def _insisting(doing: Callable[[], Awaitable[Any]]) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            await doing()
            return
        except (KafkaError, TimeoutError):
            assert time.monotonic() < end, "the broker does not come back"
            await asyncio.sleep(0.5)


def who(number: int) -> dict[str, Any]:
    """One of the employer's people."""
    mykad = f"9103{1 + number // 5_000:02d}14{number % 5_000 * 2 + 1:04d}"
    return {"national_id": {"kind": "mykad", "number": mykad}, "name": f"PEKERJA {number}"}


def hired(number: int) -> Event:
    """Somebody begins."""
    more = {"born_on": "1991-03-01", "residence": "citizen", "started_on": "2024-03-01"}
    return f"hire-{number}", "employee.hired", {**who(number), **more}


def paid(number: int) -> Event:
    """A wage of somebody, which may come before."""
    wage = {"amount": "2480.00", "currency": "MYR"}
    return f"wage-{number}", "wage.paid", {**who(number), "for_month": "2026-05", "wage": wage, "paid_on": "2026-05-28"}


def happened(number: int) -> Event:
    """An accident of somebody."""
    certificate = {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"}
    more = {"happened_on": "2026-07-15", "place": "at_work", "certificate": certificate}
    return f"accident-{number}", "accident.happened", {**who(number), **more}


@pytest.fixture
async def payroll(platform: PlatformFixture) -> AsyncIterator[Payroll]:
    rest = Partner(HttpClient(platform.state))
    body = {"name": "KILANG GAJI SDN BHD", "employer_code": "G9702103813F"}
    answer = await rest.call("registration", "POST", "/v1/employers", party=OFFICER, json=body)
    assert answer.is_success, answer.text
    party = f"employer:{employer_number(answer.json()['employer'])}"
    await rest.admit(party)
    broker = Broker(platform.plan.kafka, partners=f"127.0.0.1:{platform.plan.ports['kafka-partners']}")
    async with admitted(broker, platform.plan.topic_prefix, party) as pushing:
        yield Payroll(party, pushing, rest)
    await rest.close()


async def test_none_is_lost_and_none_doubled_whoever_dies(
    platform: PlatformFixture, payroll: Payroll, show: Show
) -> None:
    begun = time.monotonic()
    workers = ("registration-worker", "claims-worker")
    deaths = tuple((worker, point) for worker in workers for point in INTAKE)
    for points in (deaths, *(tuple(d for w in workers for d in at_each(w, "handle_inbound", point)) for point in DUE)):
        await run_with_deaths(Act("a month is pushed", payroll.month, payroll.is_answered, points), platform)
    rows = []
    for victim in KILLED:
        month = asyncio.create_task(payroll.month())
        await asyncio.sleep(0.4)
        pid, started = platform.kill(victim), time.monotonic()
        await month
        await payroll.is_answered()
        await platform.until_running_again(victim, pid)
        rows.append((victim, PEOPLE, f"{time.monotonic() - started:.1f}"))
    show("killed|people hired and paid meanwhile|seconds until each event was answered", rows)
    await _counts_once(platform, payroll)
    show(
        "events|answers|seconds", [(len(payroll.sent), len(payroll.pushing.answers), f"{time.monotonic() - begun:.0f}")]
    )


async def _counts_once(platform: PlatformFixture, payroll: Payroll) -> None:
    """What was pushed stands in the databases as often as it was said: once."""
    kept = Counter[str]()
    for service in ("registration", "claims"):
        query = (
            "SELECT type, count(*) FROM inbound_event WHERE tenant = $1 AND state IN ('accepted', 'warned') GROUP BY 1"
        )
        rows = await platform.fetch(service, query, payroll.party)
        kept.update({row["type"]: row["count"] for row in rows})
    assert kept == Counter(type_ for _, type_, _ in payroll.sent)
    employer = int(payroll.party.partition(":")[2])
    for query in (_HIRED, _PAID):
        ((count, people),) = await platform.fetch("registration", query, employer)
        assert (count, people) == (payroll.people, payroll.people), query
    ((notices,),) = await platform.fetch("claims", "SELECT count(*) FROM claim WHERE tenant = $1", payroll.party)
    assert notices == kept["accident.happened"]
