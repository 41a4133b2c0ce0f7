"""Somebody who was hurt, paid, treated and buried long ago is erased, and nothing tells any more who it was.

Seven years after the death registration's timer erases what it kept; the other four follow by themselves, benefits once
what was paid is seven years old as well. Numbers, decisions and the ledger stand.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.story import OFFICER, Story, until
from services.benefits.settings import BenefitsSettings
from services.benefits.storage.sealed import SEALED_TABLES
from services.claims.settings import ClaimsSettings
from services.claims.storage.sealed import SEALED_TABLES as DOCUMENTS
from services.registration.storage.sealed import sealed_tables
from shared.contracts.topics import TOPICS, physical
from shared.messaging.publisher import Message, Publisher
from shared.persistence.resealing import SealedTable
from shared.security.fields import FieldCipher
from shared.testing.clock import BusinessClock
from shared.testing.servers import Broker
from shared.testing.service import ServiceUnderTest, working
from tests.journeys.platform import Platform, at_work
from tests.journeys.test_correction import six_months
from tests.journeys.test_story import everything_on
from tests.journeys.ways import Outcome, Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

ADDRESS, DIED_ON, ENDED_ON = "14 Lorong Bunga Raya, 84000 Muar", "2026-10-20", "2026-08-31"
REGISTER, REGISTER_SCOPES = "register:1", "registration:register_statement:write"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_ALL = 'SELECT * FROM "{}"'
_OF_PEOPLE = (
    *(("claims", "known_identity"), ("claims", "known_person"), ("rehab", "accident"), ("rehab", "assessment")),
    *(("jobs", "spell"), ("jobs", "spell_proof"), ("benefits", "payee")),
)
# What was published of a person, as it was sent.
_SENT = (
    "SELECT topic, key, headers, payload FROM outbox WHERE key LIKE 'person:%' AND published_at IS NOT NULL ORDER BY id"
)


@dataclass
class Remembered(Story):
    """Somebody with an address, who works until August 2026 and dies in October."""

    spell: str = ""

    async def register_person(self) -> None:
        """The organisation registers her, with the address."""
        worker = self.worker
        person = {
            "name": worker.name,
            "national_id": {"kind": "mykad", "number": worker.mykad},
            "born_on": worker.born_on.isoformat(),
            "residence": "citizen",
            "address": ADDRESS,
        }
        worker.person = (await self._post("registration", "/v1/persons", party=OFFICER, json=person))["person"]

    async def employed(self) -> None:
        """She works, and her account is known."""
        (step,) = [step async for step in self.registered()]
        self.spell = dict(step.facts)["spell"]

    async def leaves(self) -> None:
        """Her employment ends."""
        await self._post("registration", f"/v1/spells/{self.spell}/end", party=OFFICER, json={"ended_on": ENDED_ON})

    async def dies(self) -> None:
        """The register of deaths states it."""
        who = {"national_id": {"kind": "mykad", "number": self.worker.mykad}, "name": self.worker.name}
        body = {"reference": "D-2026-0193", "says": {"kind": "person_died", "who": who, "died_on": DIED_ON}}
        path = "/v1/register-statements"
        await self._post("registration", path, party=REGISTER, scopes=REGISTER_SCOPES, json=body)

    @property
    def secrets(self) -> list[str]:
        """Whatever leads to her."""
        name, mykad = self.worker.name, self.worker.mykad
        written = f"{mykad[:6]}-{mykad[6:8]}-{mykad[8:]}"
        return [name, name.title(), name.split()[0], mykad, written, self.worker.account, ADDRESS, "Bunga Raya"]


@dataclass(frozen=True)
class Sealed:
    """Where a service keeps what is sealed, and what opens it."""

    tables: Sequence[SealedTable]
    cipher: FieldCipher


def sealed_of(name: str, service: ServiceUnderTest) -> Sealed | None:
    """Registration, benefits and claims seal; the others keep nothing that needs it."""
    if name == "registration":
        keys = service.worker.work.unit.keys
        return Sealed(sealed_tables(keys), keys.cipher)
    if name == "benefits":
        return Sealed(SEALED_TABLES, cast("BenefitsSettings", service.worker.settings).cipher())
    if name == "claims":
        return Sealed(DOCUMENTS, cast("ClaimsSettings", service.worker.settings).cipher())
    return None


class _Row:
    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return self._row[name]


async def readable(name: str, service: ServiceUnderTest) -> dict[str, str]:
    """Every value of every table, bytes as the text that they may be, and what is sealed opened."""
    sealed, found = sealed_of(name, service), {}
    opens = {} if sealed is None else {table.name: table for table in sealed.tables}
    async with service.database.connection("migrate") as owner:
        for table in [row[0] for row in await owner.fetch(_TABLES)]:
            rows = await owner.fetch(_ALL.format(table))
            texts = [_text(value) for row in rows for value in row.values()]
            if sealed is not None and table in opens:
                texts += [_opened(sealed.cipher, opens[table], row) for row in rows]
            found[f"{name}.{table}"] = "\n".join(texts)
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _opened(cipher: FieldCipher, table: SealedTable, row: Any) -> str:
    values = [
        cipher.decrypt(bytes(row[column]), table.place(column, cast("Any", _Row(row))))
        for column in table.columns
        if row[column]
    ]
    return "\n".join(values)


async def places_of(platform: Platform, broker: Broker, log_lines: io.StringIO) -> dict[str, str]:
    """All tables of five databases, all records of all topics, and every log line."""
    places = {"logs": log_lines.getvalue(), "topics": await everything_on(broker, platform.prefix)}
    for name, service in platform.services.items():
        places |= await readable(name, service)
    return places


def found_in(places: Mapping[str, str], secrets: Sequence[str]) -> dict[str, list[str]]:
    """Where any of them stands."""
    found = {place: [secret for secret in secrets if secret in text] for place, text in places.items()}
    return {place: secrets for place, secrets in found.items() if secrets}


async def certificate(platform: Platform, story: Story) -> dict[str, Any]:
    """Of the erasure of the worker; empty while there is none."""
    path = f"/v1/erasures?person={story.worker.person}"
    page = await platform.call("registration", "GET", path, party=OFFICER)
    assert page.status_code == 200, page.text
    return dict(page.json()["data"][0]) if page.json()["data"] else {}


def followers(said: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    """How far each service is, and what comes first."""
    return {each["service"]: (each["state"], each["reason"]) for each in said.get("followers", ())}


async def paid_eight_years_ago(platform: Platform) -> None:
    """By the owner, past the trigger that says that it never changes: what the law keeps is counted by the machine."""
    async with platform.services["benefits"].database.connection("migrate") as owner:
        for table in ("payment", "bank_file"):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            await owner.execute(f"UPDATE {table} SET created_at = created_at - interval '8 years'")  # noqa: S608
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def sent_again(platform: Platform, broker: Broker) -> int:
    """What was published of people comes once more, byte for byte, behind the erasure; how many records."""
    publisher, messages = Publisher(broker.bootstrap, "late"), list[Message]()
    for service in platform.services.values():
        async with service.database.connection() as worker:
            for row in await worker.fetch(_SENT):
                name, headers = physical(row["topic"], platform.prefix), orjson.loads(row["headers"])
                messages.append(Message(name, row["key"], headers, row["payload"]))
    await publisher.send(messages)
    await publisher.close()
    return len(messages)


async def tokens(platform: Platform) -> list[str]:
    """Keyed hashes of ids and names, as registration published them."""
    async with platform.services["registration"].database.connection() as worker:
        told = await worker.fetch("SELECT payload FROM outbox WHERE type = 'jaring.person.registered.v1'")
    said = [orjson.loads(row["payload"]) for row in told]
    return sorted({token for each in said for token in (*each["id_tokens"], *each["name_tokens"])})


async def all_is_read(platform: Platform, broker: Broker) -> None:
    """Wait until every service has read to where its topics end now."""
    names = [physical(topic.name, platform.prefix) for topic in TOPICS]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=broker.bootstrap)
    await consumer.start()
    try:
        places = [TopicPartition(name, each) for name in names for each in consumer.partitions_for_topic(name) or ()]
        assert {place.topic for place in places} == set(names)
        ends = await consumer.end_offsets(places)
    finally:
        await consumer.stop()

    async def unread() -> list[Any]:
        left: list[Any] = []
        for name, service in platform.services.items():
            topics = {each.topic for each in service.worker.work.subscriptions}
            async with service.database.connection() as worker:
                found = await worker.fetch("SELECT topic, kafka_partition, next_offset FROM read_position")
            read = {(topic, number): to for topic, number, to in map(tuple, found) if topic in topics}
            left += [
                (name, place)
                for place, end in ends.items()
                if (topic := place.topic.removeprefix(platform.prefix)) in topics
                and read.get((topic, place.partition), 0) < end
            ]
        return left

    await until(unread, lambda left: not left, "that all is read")


async def figures(platform: Platform) -> dict[str, list[Any]]:
    """Decisions, payments and the ledger."""
    async with platform.services["claims"].database.connection() as claims:
        decided = await claims.fetch("SELECT claim, revision, hash FROM decision ORDER BY 1, 2")
    async with platform.services["benefits"].database.connection() as benefits:
        paid = await benefits.fetch("SELECT id, party, state, amount_sen FROM payment ORDER BY 1")
        posted = await benefits.fetch("SELECT debit, credit, amount_sen FROM transfer ORDER BY id")
    return {"decisions": decided, "payments": paid, "ledger": posted}


async def kept_by_others(platform: Platform) -> dict[str, int]:
    """How many rows each of the others has of what was published of people, of whom there is one."""
    found = {}
    for service, table in _OF_PEOPLE:
        async with platform.services[service].database.connection() as worker:
            found[table] = await worker.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    return found


@in_one_way(Way.SHUFFLED)
async def test_nothing_leads_to_who_was_erased(
    platform: Platform, broker: Broker, log_lines: io.StringIO, business_clock: BusinessClock
) -> None:
    story = Remembered(platform)
    async with at_work(platform):
        await platform.run(
            [story.employed], six_months(platform, story), [story.report_accident], [story.discharge], [story.leaves]
        )
        await platform.run([story.dies])
    # 18 days at RM68.00, as in the story.
    assert platform.outcome == Outcome((("decided", ""),), (122400,), (122400,))
    known = found_in(await places_of(platform, broker, log_lines), story.secrets)
    assert set(known) >= {"registration.person_fact", "registration.national_id", "benefits.payee"}, "the scan opens"
    assert {"topics", "logs"}.isdisjoint(known)
    before = await figures(platform)
    assert all(before.values())
    assert all((await kept_by_others(platform)).values())
    async with working(*platform.services.values()):
        business_clock.set_day(2034, 2, 1)
        await until(partial(certificate, platform, story), lambda said: said.get("state") == "erased", "that all goes")
        await platform.rest()
        assert followers(await certificate(platform, story)) == {
            **dict.fromkeys(("claims", "rehab", "jobs"), ("forgotten", None)),
            "benefits": ("held", "paid_lately"),
        }
        await paid_eight_years_ago(platform)
        business_clock.set_day(2034, 2, 3)
        await until(partial(certificate, platform, story), lambda said: said["followed_at"], "that all have forgotten")
        assert await sent_again(platform, broker) > 0
        await all_is_read(platform, broker)
        await platform.rest()
    assert not any((await kept_by_others(platform)).values()), "what comes late brings nothing back"
    places = await places_of(platform, broker, log_lines)
    assert found_in(places, story.secrets) == {}
    # Until they end by themselves, as docs/privacy.md says.
    in_passing = found_in(places, [*await tokens(platform), story.worker.born_on.isoformat()])
    assert set(in_passing) == {"topics", "registration.outbox"}
    assert await figures(platform) == before
    gone = await platform.call("registration", "GET", f"/v1/persons/{story.worker.person}", party=OFFICER)
    assert (gone.status_code, gone.json()["code"]) == (404, "person_erased")
