"""What must be true of the whole platform when stories have run on it, however many processes were killed.

The amounts are worked from the Act in tests/journeys/test_story.py; here they are multiplied by the stories.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import httpx

from deploy.local.state import address_of
from deploy.local.story import EARLY, JUNE, OFFICER, SEPTEMBER, Story
from deploy.platform import PROCESSES, SERVICES
from shared.contracts.topics import TOPICS
from shared.kernel.money import sen_from_ringgit
from shared.persistence.control_totals import Holder
from tests.prove.platform_fixture import PlatformFixture

PATIENCE_S = 60.0
PAID_SEN, ENTITLED_SEN, RECOVER_SEN = (176_391, 7_209), 122_400, 61_200

# How many rows one story leaves in each table: a row more was doubled, a row less was lost.
ROWS: dict[str, dict[str, int]] = {
    "registration": {"employer": 2, "person": 2, "national_id": 1, "spell": 2, "contribution_file": 7},
    "claims": {"claim": 1, "decision": 3},
    "benefits": {"payee": 1, "payment": 2, "recovery": 1, "settlement": 1},
    "rehab": {"referral": 1},
    "jobs": {"seeker": 1, "interview": 1, "offer": 1, "placement": 1},
}
_MONTHS = (*(EARLY for _ in range(5)), JUNE, SEPTEMBER)
# What one story leaves in the ledger: (cause, debit, credit) and the sen of each transfer.
LEDGER: dict[tuple[str, str, str], list[int]] = {
    ("instructed", "benefit_expense", "benefits_payable"): sorted(PAID_SEN),
    ("settled", "benefits_payable", "bank"): sorted(PAID_SEN),
    ("recovery_opened", "recoveries_receivable", "benefit_expense"): [RECOVER_SEN],
    # Of the employer's share what the employee pays too is for invalidity, the rest for employment injury.
    ("contributions", "contributions_receivable", "fund_act4_employer"): sorted(
        sen for month in _MONTHS for sen in (month[1] - month[2], month[2])
    ),
    ("contributions", "contributions_receivable", "fund_act4_employee"): sorted(month[2] for month in _MONTHS),
    ("contributions", "contributions_receivable", "fund_act800"): sorted(month[3] + month[4] for month in _MONTHS),
    ("contributions", "contributions_receivable", "fund_skbbk"): sorted(month[5] for month in _MONTHS if month[5]),
}
_LEFT = {
    "parked": "SELECT topic, key, reason FROM parked",
    "failed due work": "SELECT kind, failed FROM due_work WHERE failed IS NOT NULL",
    "unpublished": "SELECT id, topic FROM outbox WHERE published_at IS NULL",
    "in flight": "SELECT topic, kafka_partition, first_offset, attempts FROM in_flight WHERE first_offset >= 0",
}
_PUBLISHED = (
    "SELECT day, count(*), sum(money_sen) FROM outbox WHERE topic = $1 AND day IS NOT NULL GROUP BY 1 ORDER BY 1"
)
_COUNTED = "SELECT day, events, money_sen FROM daily_total WHERE topic = $1 ORDER BY 1"
# Of a stream that was only announced (version 0) nobody counts anything.
_WRITTEN = "SELECT aggregate, version FROM stream WHERE topic = $1 AND version > 0 ORDER BY 1"
_SEEN = "SELECT aggregate, version FROM stream_seen WHERE topic = $1 ORDER BY 1"
_TRANSFERS = "SELECT cause, debit, credit, amount_sen FROM transfer"
_DOUBLED = """
    SELECT claim, scheme, benefit, party, kind, period_first, period_last, replaces, revision FROM payment
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING count(*) > 1
"""
# No story has a refund, a bill, a fee, a loan, a pension that is a year old, a figure that officers enter, a refusal by
# every scheme, or a question for people: nothing is published there.
SILENT = {
    *(f"{each}.payable" for each in ("registration", "claims", "rehab", "jobs")),
    *("claims.letter", "claims.referral", "claims.matter", "law.figures"),
}
_PAYMENTS = "SELECT end_to_end_id, amount_sen FROM payment WHERE state = 'settled' ORDER BY 1"


_TOTALS = {name: import_module(f"services.{name}.storage.control_totals").CONTROL_TOTALS for name in SERVICES}


async def ended_right(platform: PlatformFixture) -> None:
    """Every story to the sen, and every database even; raises AssertionError with all that is not."""
    for story in platform.stories:
        await to_the_sen(story)
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while wrong := await violations(platform):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError("\n".join(wrong))
        await asyncio.sleep(0.5)


@asynccontextmanager
async def left_beside(platform: PlatformFixture) -> AsyncIterator[None]:
    """What the block leaves beside the stories, in the tables that are counted and in the ledger, is right for them."""
    before = await _left(platform)
    yield
    for service, rows in (await _left(platform)).items():
        platform.beside.update({(service, table): rows[table] - before[service][table] for table in ROWS[service]})
    posted = Counter(tuple(row) for row in await platform.fetch("benefits", _TRANSFERS))
    platform.posted_beside = posted - _of_stories(len(platform.stories))


async def _left(platform: PlatformFixture) -> dict[str, dict[str, int]]:
    count = "SELECT count(*) FROM {}"
    return {
        service: {table: (await platform.fetch(service, count.format(table)))[0][0] for table in tables}
        for service, tables in ROWS.items()
    }


def _of_stories(stories: int) -> Counter[tuple[Any, ...]]:
    """The transfers of so many stories."""
    return Counter({(*key, sen): sens.count(sen) * stories for key, sens in LEDGER.items() for sen in sens})


async def to_the_sen(story: Story) -> None:
    """What benefits, claims and jobs answer about the worker of a story."""
    person = story.worker.person

    async def data(service: str, path: str) -> list[dict[str, Any]]:
        answer = await story.client.call(service, "GET", f"/v1/{path}?person={person}", party=OFFICER)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    payments = await data("benefits", "payments")
    assert sorted(_sen(each["amount"]) for each in payments if each["state"] == "settled") == sorted(PAID_SEN)
    assert [_sen(each["amount"]) for each in await data("benefits", "entitlements")] == [ENTITLED_SEN]
    recoveries = await data("benefits", "recoveries")
    assert [(_sen(each["open"]), each["state"]) for each in recoveries] == [(RECOVER_SEN, "open")]
    assert [each["state"] for each in await data("jobs", "placements")] == ["confirmed"]


def _sen(money: dict[str, str]) -> int:
    return sen_from_ringgit(money["amount"])


async def violations(platform: PlatformFixture) -> list[str]:
    """What is lost, doubled or left lying: a sentence each."""
    wrong = []
    for service in SERVICES:
        for what, query in _LEFT.items():
            rows = await platform.fetch(service, query)
            wrong += [f"{service}: {what}: {tuple(row)}" for row in rows]
        wrong += await _rows(platform, service)
        wrong += await _held_by_nobody(platform, service)
        wrong += await _consumed(platform, service)
    return wrong + await _money(platform) + _restarts(platform)


async def _held_by_nobody(platform: PlatformFixture, service: str) -> list[str]:
    counted = [await platform.fetch(service, total.statement) for total in _TOTALS[service]]
    found = [row for rows in counted for row in rows if row["holder"] == Holder.NOBODY]
    return [f"{service}: held by nobody: {row['things']} of {row['kind']}" for row in found]


async def _rows(platform: PlatformFixture, service: str) -> list[str]:
    wrong = []
    for table, each in ROWS[service].items():
        expected = each * len(platform.stories) + platform.beside[service, table]
        found = (await platform.fetch(service, f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608
        if found != expected:
            wrong.append(f"{service}: {found} rows in {table} instead of {expected}")
    return wrong


async def _consumed(platform: PlatformFixture, service: str) -> list[str]:
    """Each topic that the service consumes, compared with its owner: totals by day, and every stream's version."""
    owners = {topic.name: topic.owner for topic in TOPICS}
    wrong = []
    for subscription in import_module(f"services.{service}.worker").SUBSCRIPTIONS:
        topic = subscription.topic
        for what, sent_query, seen_query in (("totals", _PUBLISHED, _COUNTED), ("streams", _WRITTEN, _SEEN)):
            published = [tuple(row) for row in await platform.fetch(owners[topic], sent_query, topic)]
            counted = [tuple(row) for row in await platform.fetch(service, seen_query, topic)]
            if published != counted or not (published or topic in SILENT):
                wrong.append(f"{service}: {what} of {topic}: {_difference(published, counted)}")
    return wrong


def _difference(sent: Sequence[object], seen: Sequence[object]) -> str:
    published, consumed = set(sent), set(seen)
    return f"published {sorted(map(str, published - consumed))}, consumed {sorted(map(str, consumed - published))}"


async def _money(platform: PlatformFixture) -> list[str]:
    """The ledger transfer by transfer, the payments by their natural key, and what the bank says that it booked."""
    posted = Counter(tuple(row) for row in await platform.fetch("benefits", _TRANSFERS))
    expected = _of_stories(len(platform.stories)) + platform.posted_beside
    wrong = [f"ledger: {count} of {row} too many" for row, count in (posted - expected).items()]
    wrong += [f"ledger: {count} of {row} missing" for row, count in (expected - posted).items()]
    wrong += [f"paid twice: {tuple(row)}" for row in await platform.fetch("benefits", _DOUBLED)]
    async with httpx.AsyncClient(timeout=30) as client:
        received = (await client.get(f"{address_of(platform.state, 'bank')}/received")).json()["received"]
    booked = sorted((each["end_to_end_id"], _sen(each)) for each in received)
    settled = [tuple(row) for row in await platform.fetch("benefits", _PAYMENTS)]
    return wrong + ([] if booked == settled else [f"bank: {len(booked)} booked, {len(settled)} settled"])


def _restarts(platform: PlatformFixture) -> list[str]:
    """A process that ended although nobody killed it, or did not end although it was killed."""
    failures = {process.name: platform.children[process.name]["failures"] for process in PROCESSES}
    return [
        f"{name} ended {count} times and was killed {platform.killed[name]} times"
        for name, count in failures.items()
        if count != platform.killed[name]
    ]
