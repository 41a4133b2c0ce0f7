"""A database that was put back reads on from where it stands, and acts on nothing before it is whole again (M8)."""

import asyncio
import os
import random
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.postgres import program
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Event
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.topics import Topic
from shared.kernel.clock import now
from shared.messaging import relay, restore
from shared.messaging.batch import BatchHandler
from shared.messaging.publisher import Publisher
from shared.messaging.received import Raw
from shared.messaging.relay import Relay
from shared.messaging.restore import NothingHeld, Restoration, _records, release
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed, raw
from shared.messaging.tests.deliveries import Listener, heartbeat, record
from shared.messaging.tests.test_consumer import Stage, story
from shared.persistence.engine import Database
from shared.persistence.life import (
    LIFE,
    MAY_ACT,
    MAY_ANSWER,
    READING_AGAIN,
    READING_BACK,
    TOPICS_BEGIN_LATER,
    DatabaseChanged,
    DatabaseHeld,
)
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

# What a backup of before the first record holds of a reader and of an owner.
FORGET_READING = "TRUNCATE projection, reaction, inbox, stream_seen, daily_total, in_flight, read_position"
FORGET_TELLING = "TRUNCATE outbox, stream, read_position"


@dataclass
class Place:
    """A service with its database, its topics and what it recalled."""

    stage: Stage
    platform: TestDatabase
    database: Database
    own: Sequence[Topic] = ()
    subscribed: Sequence[str] = ()
    recalled: list[Event] = field(default_factory=list)
    begun: int = 0
    # Where these are to be recalled, this is raised.
    fails_at: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def restoration(self) -> Restoration[UnitOfWork]:
        async def recall(events: Sequence[Event], _: UnitOfWork) -> None:
            self.begun += not events
            for each in events:
                if each.key in self.fails_at:
                    raise self.fails_at[each.key]
            self.recalled.extend(events)

        group = f"{self.stage.prefix}g"
        address, prefix = self.stage.broker.bootstrap, self.stage.prefix
        return Restoration(self.database, UnitOfWork, address, group, self.own, self.subscribed, prefix, recall)

    async def execute(self, statement: str) -> None:
        async with self.platform.connection("migrate") as connection:
            await connection.execute(statement)

    async def value(self, query: str) -> object:
        async with self.platform.connection() as connection:
            return await connection.fetchval(query)

    @asynccontextmanager
    async def completing(self) -> "AsyncIterator[asyncio.Task[None]]":
        """The relay's look, under way."""
        stop = asyncio.Event()
        async with self.platform.connection() as connection:
            task = asyncio.create_task(self.restoration.complete(connection, stop))
            try:
                yield task
            finally:
                stop.set()
                await task

    async def look(self) -> None:
        """The relay's look, to its end."""
        async with self.completing() as task:
            await asyncio.wait_for(asyncio.shield(task), 30)

    async def tell(self, *events: Event) -> None:
        """Publish and send."""
        async with self.database.begin(UnitOfWork, CAUSE) as uow:
            for each in events:
                uow.publish(each)
        async with self.platform.connection() as connection:
            await self.relay.relay_batches(connection)

    @property
    def relay(self) -> Relay:
        return Relay("", self.database.service, self.stage.publisher, self.own, self.stage.prefix)


@pytest.fixture
async def reader(broker: Broker, topic_prefix: str, platform: TestDatabase, database: Database) -> AsyncIterator[Place]:
    """A service that listens."""
    listener = Listener(database)
    publisher = Publisher(broker.bootstrap, "test")
    stage = Stage(broker, topic_prefix, listener, publisher)
    yield Place(stage, platform, database, subscribed=[TOPIC.name])
    await publisher.close()


@pytest.fixture
async def owner(reader: Place) -> Place:
    """A service that tells, and listens to nothing."""
    return Place(reader.stage, reader.platform, reader.database, own=[TOPIC])


async def read_all(place: Place, count: int) -> None:
    async with place.stage.member():
        await eventually(lambda: _reacted(place, count))


async def _reacted(place: Place, count: int) -> bool:
    return len(await place.stage.listener.reactions()) == count


async def _held(place: Place) -> object:
    return await place.value("SELECT held FROM epoch")


async def test_a_reader_goes_on_from_where_its_database_stands_and_not_the_broker(reader: Place) -> None:
    await reader.stage.send(story(persons=5, each=3))
    async with reader.stage.member():
        await eventually(reader.stage.group_is_through(15))
    await reader.execute(FORGET_READING)
    await read_all(reader, 15)
    assert sorted(await reader.stage.listener.reactions()) == sorted([1, 2, 3] * 5)


async def test_a_database_that_is_behind_its_group_is_held_until_it_has_read_again(reader: Place) -> None:
    await reader.look()
    await reader.stage.send(story(persons=5, each=3))
    async with reader.stage.member():
        await eventually(reader.stage.group_is_through(15))
    epoch = await reader.value("SELECT epoch FROM epoch")
    await reader.execute(FORGET_READING)
    await reader.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")  # the server was restarted
    assert await reader.value(f"SELECT {MAY_ACT}") is False, "before anybody has looked"
    async with reader.completing() as looking:
        await eventually(lambda: _held(reader))
        assert await reader.value(f"SELECT {MAY_ACT}") is False
        with pytest.raises(DatabaseHeld):
            async with reader.database.begin(UnitOfWork, CAUSE, Caller("c", "p", Role.PARTNER, frozenset())):
                pass
        with pytest.raises(DatabaseHeld):
            await reader.database.whole()
        await asyncio.sleep(1)
        assert not looking.done(), "nothing was read again"
        await read_all(reader, 15)
        await asyncio.wait_for(asyncio.shield(looking), 30)
    assert await reader.value(f"SELECT {MAY_ACT}") is True
    assert await _held(reader) is None
    assert int(str(await reader.value("SELECT epoch FROM epoch"))) > int(str(epoch))


async def test_an_owner_that_forgot_what_it_published_reads_it_back(owner: Place) -> None:
    await owner.look()
    told = [placed(person, number) for person in range(1, 4) for number in (1, 2)]
    await owner.tell(*told)
    before = await owner.value("SELECT array_agg((topic, key, payload, day)::text ORDER BY event_id) FROM outbox")
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    await owner.look()
    after = await owner.value("SELECT array_agg((topic, key, payload, day)::text ORDER BY event_id) FROM outbox")
    assert after == before
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0
    assert await owner.value("SELECT array_agg(DISTINCT version) FROM stream") == [2]
    assert sorted(each.data() for each in owner.recalled) == sorted(each.data() for each in told)
    assert await _held(owner) is None


@dataclass(frozen=True)
class Dump:
    """A dump of a database, and how it is put back into the database that stands."""

    programs: Path
    file: Path
    database: TestDatabase

    def take(self) -> None:
        self._run("pg_dump", "--format=custom", f"--file={self.file}", f"--dbname={self.database.name}")

    def put_back(self) -> None:
        tables = ("--clean", "--if-exists", "--single-transaction")
        self._run("pg_restore", *tables, f"--dbname={self.database.name}", str(self.file))

    def _run(self, tool: str, *arguments: str) -> None:
        server = self.database.databases.postgres
        login = {"PGUSER": server.user, "PGPASSWORD": server.password}
        environment = {**os.environ, "PGHOST": server.host, "PGPORT": str(server.port), **login}
        command = [str(program(self.programs, tool)), *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)  # noqa: S603


@pytest.fixture
def dump(owner: Place, server_folder: Path, tmp_path: Path) -> Dump:
    return Dump(server_folder / "postgres", tmp_path / "dump", owner.platform)


async def test_a_database_that_pg_restore_put_back_where_it_stood_is_held_and_reads_back(
    owner: Place, dump: Dump
) -> None:
    """Neither its server ended nor was it dropped: it has its number, and the life that the dump brought back."""
    await owner.look()
    await owner.tell(placed(1))
    await asyncio.to_thread(dump.take)
    forgotten = placed(2)
    await owner.tell(forgotten)
    await asyncio.to_thread(dump.put_back)
    assert await owner.value("SELECT count(*) FROM outbox") == 1
    assert await owner.value(f"SELECT {MAY_ACT}") is False
    assert await owner.value(f"SELECT {MAY_ANSWER}") is False
    await owner.look()
    assert [each.data() for each in owner.recalled] == [forgotten.data()]
    assert await owner.value("SELECT epoch > 1 AND held IS NULL FROM epoch") is True


async def test_a_relay_notices_that_its_database_was_put_back_where_it_stood(owner: Place, dump: Dump) -> None:
    """It keeps its lock, and its session."""
    await owner.look()
    await asyncio.to_thread(dump.take)
    stop = asyncio.Event()
    running = owner.relay
    running.dsn, running.before = owner.platform.url("worker"), owner.restoration.complete
    task = asyncio.create_task(running.run(stop))
    try:
        async with owner.database.begin(UnitOfWork, CAUSE) as uow:
            uow.publish(placed(1))
        await eventually(lambda: _is(owner, "SELECT count(*) = 1 FROM outbox WHERE published_at IS NOT NULL"))
        await asyncio.to_thread(dump.put_back)
        await eventually(lambda: _is(owner, "SELECT epoch > 1 AND held IS NULL FROM epoch"))
    finally:
        stop.set()
        running.nudged.set()
        await asyncio.wait_for(task, 30)
    assert len(owner.recalled) == 1


async def test_a_relay_that_waited_for_a_restore_sends_nothing_of_it(owner: Place) -> None:
    """Its reading waits for the lock that pg_restore holds, and then finds what was unsent when the dump was taken."""
    async with owner.database.begin(UnitOfWork, CAUSE) as uow:
        uow.publish(placed(1))
    async with owner.platform.connection() as connection, owner.platform.connection("migrate") as restoring:
        waiting = owner.relay
        waiting._life = str(await owner.value(f"SELECT {LIFE}"))
        transaction = restoring.transaction()
        await transaction.start()
        await restoring.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        sending = asyncio.create_task(waiting.relay_batches(connection))
        await asyncio.sleep(0.5)
        assert not sending.done()
        await restoring.execute("TRUNCATE epoch")
        await restoring.execute("INSERT INTO epoch DEFAULT VALUES")
        await transaction.commit()
        with pytest.raises(DatabaseChanged):
            await asyncio.wait_for(sending, 10)
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1


async def test_what_is_put_back_once_more_while_it_is_read_back_is_not_whole(owner: Place) -> None:
    await owner.look()
    await owner.execute(f"UPDATE epoch SET held = '{READING_AGAIN}'")  # noqa: S608
    await owner.execute(f"INSERT INTO read_position VALUES ('{TOPIC.name}', 0, 0, 5)")  # noqa: S608
    async with owner.platform.connection() as connection:
        looking = asyncio.create_task(owner.restoration.complete(connection, asyncio.Event()))
        await asyncio.sleep(1)
        # The backup's row, in a table that was made again.
        life = await owner.value("SELECT life FROM epoch")
        await owner.execute(f"TRUNCATE epoch; INSERT INTO epoch (life) VALUES ('{life}')")  # noqa: S608
        with pytest.raises(DatabaseChanged):
            await asyncio.wait_for(looking, 10)
    assert await owner.value(f"SELECT {MAY_ACT}") is False


async def test_reading_back_finds_an_event_without_reading_the_whole_outbox(owner: Place) -> None:
    async with owner.platform.connection() as connection:
        await connection.execute("SET enable_seqscan = off")
        plan = await connection.fetch(f"EXPLAIN {restore._IN_OUTBOX}", [placed(1).placement])
    assert "ix_outbox_event_id" in "".join(row[0] for row in plan)


async def test_what_was_read_back_is_read_back_once(owner: Place) -> None:
    await owner.tell(placed(1))
    for _ in range(2):
        await owner.execute("UPDATE epoch SET life = '0/0'")  # another database, though nothing is missing
        await owner.look()
    assert await owner.value("SELECT count(*) FROM outbox") == 1
    assert owner.recalled == []


async def test_a_new_database_and_one_whose_server_was_restarted_are_not_held(owner: Place) -> None:
    await owner.look()
    await owner.tell(placed(1), placed(2))
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    await owner.look()
    assert await owner.value("SELECT epoch FROM epoch") == 1
    assert owner.recalled == []


async def test_what_a_broker_that_was_put_back_has_no_longer_is_sent_again(owner: Place) -> None:
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await _seems_put_back(owner)
    await owner.look()
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 5
    assert await _held(owner) is None


async def _seems_put_back(place: Place) -> None:
    """As if the broker's topics had once been longer by a hundred records: its volume was put back since."""
    await place.execute("UPDATE outbox SET kafka_offset = kafka_offset + 100")
    await place.execute("UPDATE read_position SET next_offset = next_offset + 100")


async def test_a_broker_that_was_put_back_is_noticed_though_the_database_was_not_restarted(owner: Place) -> None:
    """Its workers are restarted, as the runbook has it, and PostgreSQL goes on."""
    await owner.look()
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await _seems_put_back(owner)
    await owner.look()
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 5
    assert await _held(owner) is None


async def test_a_relay_that_is_given_places_again_sends_what_stood_there(owner: Place) -> None:
    """The broker came back with an older volume, and the relay went on: what it sends stands where others stood."""
    await owner.look()
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await _seems_put_back(owner)
    await owner.tell(placed(1, 2))
    again = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND key = 'person:1'"
    assert await owner.value(again) == 2, "the one that was written over, and the one that told of it"
    async with owner.platform.connection() as connection:
        await owner.relay.heartbeat(connection)
        assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 6, "in every partition"
        await owner.relay.relay_batches(connection)
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL OR kafka_offset > 50") == 0
    assert await owner.value("SELECT max(next_offset) < 50 FROM read_position") is True, "noticed once"


async def test_what_a_send_that_was_never_marked_wrote_over_is_sent_again(owner: Place) -> None:
    """The broker came back a hundred records short, and what an ended worker sent then stands in these rows' places."""
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await owner.execute("UPDATE read_position SET next_offset = next_offset + 100")
    await owner.look()
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 5
    assert await owner.value("SELECT max(next_offset) < 50 FROM read_position") is True


async def test_what_is_marked_in_places_given_again_is_marked_with_what_is_sent_again(
    owner: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ends(*_: object) -> None:
        raise ConnectionError("the worker was ended")

    await owner.look()
    await owner.tell(placed(1))
    await _seems_put_back(owner)
    monkeypatch.setattr(relay, "send_again", ends)
    with pytest.raises(ConnectionError):
        await owner.tell(placed(1, 2), placed(2))
    assert await owner.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 2
    assert await owner.value("SELECT array_agg(next_offset > 50) FROM read_position") == [True]


async def test_an_installation_that_kept_no_positions_reads_on_without_a_hold(reader: Place) -> None:
    """One of before positions were kept in the database: all that its group committed is done."""
    await reader.stage.send(story(persons=5, each=3))
    async with reader.stage.member():
        await eventually(reader.stage.group_is_through(15))
    await reader.execute("TRUNCATE read_position")
    await reader.look()
    assert await _held(reader) is None
    assert await reader.value("SELECT epoch FROM epoch") == 1
    assert await reader.value("SELECT sum(next_offset) FROM read_position") == 15
    async with reader.stage.member() as member:
        await reader.stage.send([record(1, 4, 0)])
        await eventually(lambda: _reacted(reader, 16))
    assert len(member.handed) == 1, "nothing was read again"


async def test_an_installation_that_kept_no_positions_knows_what_it_told(owner: Place) -> None:
    await owner.tell(*(placed(person) for person in range(1, 6)))
    # Kept by the topics for longer than by the outbox.
    await owner.execute("DELETE FROM outbox WHERE id < (SELECT max(id) FROM outbox)")
    await owner.execute("TRUNCATE read_position")
    await owner.look()
    assert await _held(owner) is None
    assert owner.begun == 0


async def test_an_installation_that_kept_no_positions_and_was_put_back_is_held(owner: Place) -> None:
    """Where its outbox says up to where it knew its own words."""
    kept, forgotten = placed(1), placed(1, 2)
    await owner.tell(kept, forgotten)
    await owner.execute("DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)")
    await owner.execute("TRUNCATE read_position")
    await owner.look()
    assert [each.data() for each in owner.recalled] == [forgotten.data()]
    assert await owner.value("SELECT epoch > 1 FROM epoch") is True


async def test_an_empty_database_in_the_place_of_one_that_had_read_is_held(reader: Place) -> None:
    await reader.stage.send(story(persons=2, each=1))
    async with reader.stage.member():
        await eventually(reader.stage.group_is_through(2))
    await reader.execute(FORGET_READING)
    async with reader.completing():
        await eventually(lambda: _is_held(reader, READING_AGAIN))
        await read_all(reader, 2)


async def test_what_the_topics_hold_no_longer_needs_an_officer(owner: Place) -> None:
    await owner.tell(*(placed(person) for person in range(1, 6)))
    async with owner.stage.member(group="other"):
        await _drop_records(owner)
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = '0/0'")
    async with owner.completing() as looking:
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
        await asyncio.sleep(1)
        assert not looking.done()
        await release(owner.database, UnitOfWork, "S-17", "compared with the bank's statement of 2026-11-28")
        await asyncio.wait_for(asyncio.shield(looking), 30)
    assert await owner.value("SELECT released_by FROM database_release WHERE epoch > 1") == "S-17"
    with pytest.raises(NothingHeld):
        await release(owner.database, UnitOfWork, "S-17", "again")


async def test_who_released_a_database_stands_for_good(owner: Place) -> None:
    await owner.execute(f"UPDATE epoch SET held = '{TOPICS_BEGIN_LATER}', lost = 'a topic'")  # noqa: S608
    await release(owner.database, UnitOfWork, "S-17", "compared")
    for role, statement in (
        ("worker", "UPDATE database_release SET released_by = 'somebody'"),
        ("api", "SELECT * FROM database_release"),
        ("migrate", "DELETE FROM database_release"),
    ):
        async with owner.platform.connection(role) as connection:
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement)


@pytest.mark.parametrize("held", [READING_BACK, READING_AGAIN])
async def test_nobody_releases_a_database_that_still_reads(owner: Place, held: str) -> None:
    await owner.execute(f"UPDATE epoch SET held = '{held}'")  # noqa: S608
    with pytest.raises(NothingHeld, match="nobody can release it yet"):
        await release(owner.database, UnitOfWork, "S-17", "compared with nothing")
    assert await _held(owner) == held
    assert await owner.value("SELECT count(*) FROM database_release") == 0


async def test_what_waited_for_a_release_is_not_replayed_before_the_database_knows_its_own_words(reader: Place) -> None:
    await reader.look()
    await reader.execute(f"UPDATE epoch SET held = '{READING_BACK}'")  # noqa: S608
    handler = BatchHandler(reader.database, UnitOfWork)
    replaying = asyncio.create_task(handler.replay_understood([reader.stage.listener.both], asyncio.Event()))
    await asyncio.sleep(1)
    assert not replaying.done()
    await reader.execute("UPDATE epoch SET held = NULL")
    await asyncio.wait_for(replaying, 10)


async def test_a_restart_of_the_server_does_not_hold_a_database_for_ever(owner: Place) -> None:
    await owner.look()
    await owner.tell(placed(1))
    await owner.execute(FORGET_TELLING)
    held = f"held = '{READING_AGAIN}', life = split_part(life, '/', 1) || '/0'"
    await owner.execute(f"UPDATE epoch SET {held}")  # noqa: S608
    await owner.look()
    assert await owner.value(f"SELECT {MAY_ACT}") is True
    assert len(owner.recalled) == 1, "it was read back in this life"


async def test_a_restart_forgets_no_gap(owner: Place) -> None:
    await owner.look()
    await owner.execute(f"UPDATE epoch SET held = '{TOPICS_BEGIN_LATER}', lost = 'a topic', life = '0/0'")  # noqa: S608
    async with owner.completing():
        await eventually(lambda: _is_looked_into(owner))
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
    assert await owner.value("SELECT lost FROM epoch") == "a topic"


async def _is_looked_into(place: Place) -> bool:
    return bool(await place.value(f"SELECT life = {LIFE} FROM epoch"))  # noqa: S608


async def test_a_gap_that_was_seen_is_not_forgotten_by_who_is_interrupted(owner: Place) -> None:
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await _drop_records(owner)
    await owner.tell(*(placed(person, 2) for person in range(1, 6)))
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = '0/0'")
    owner.fails_at = {placed(person, 2).key: ConnectionError("the relay lost its session") for person in range(1, 6)}
    with pytest.raises(ConnectionError):
        await owner.look()
    # As if all that the topics still hold had been remembered just before the interruption.
    places = f"SELECT '{TOPIC.name}', each, 1000 FROM generate_series(0, 99) AS each"  # noqa: S608
    await owner.execute(f"INSERT INTO read_position (topic, kafka_partition, next_offset) {places}")
    async with owner.completing() as looking:
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
        assert not looking.done()
    assert owner.begun == 1, "once in a hold"


async def test_an_event_that_cannot_be_recalled_needs_an_officer_and_the_rest_goes_on(owner: Place) -> None:
    await owner.tell(*(placed(person) for person in range(1, 6)))
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = '0/0'")
    owner.fails_at = {placed(2).key: LookupError("never heard of it")}
    async with owner.completing():
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
    assert len(owner.recalled) == 4
    assert await owner.value("SELECT count(*) FROM outbox") == 5
    assert "cannot be recalled" in str(await owner.value("SELECT lost FROM epoch"))


def newer(person: int) -> Raw:
    """An event that a later release of this service published."""
    return raw(placed(person), 0, type_=PlacementConfirmedV1.type().replace(".v1", ".v9"))


async def test_an_own_event_that_this_release_cannot_read_needs_an_officer(owner: Place) -> None:
    """Nobody knows what it stated, and so not what may be paid a second time."""
    await owner.look()
    await owner.tell(placed(1))
    await owner.stage.send([newer(2)])
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    async with owner.completing() as looking:
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
        assert await owner.value("SELECT lost FROM epoch") == f"{TOPIC.name} cannot be read: unknown_version"
        assert await owner.value(f"SELECT {MAY_ACT}") is False
        await release(owner.database, UnitOfWork, "S-17", "read with the release that wrote it")
        await asyncio.wait_for(asyncio.shield(looking), 30)
    assert owner.recalled == []
    assert await owner.value("SELECT count(*) FROM outbox WHERE money_sen = 0 AND day IS NULL") == 1, "as it was sent"
    assert await owner.value("SELECT count(*) FROM stream") == 2, "its stream does not go back"
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    await owner.look()
    assert await _held(owner) is None, "once"


async def test_what_can_be_read_is_recalled_beside_what_cannot(owner: Place) -> None:
    before, after = placed(2), placed(2, 2)
    await owner.look()
    await owner.tell(before)
    await owner.stage.send([newer(2)])
    await owner.tell(after)
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = '0/0'")
    async with owner.completing():
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
    assert [each.data() for each in owner.recalled] == [before.data(), after.data()]
    assert owner.begun == 1, "a service is not told of a beginning twice"


def with_header(record: Raw, changed: str, to: str) -> Raw:
    headers = [(name, to.encode() if name == changed else value) for name, value in record.headers]
    return replace(record, headers=tuple(headers))


def of(source: str, record: Raw) -> Raw:
    """The record as another would have sent it."""
    return with_header(record, "ce_source", source)


@pytest.mark.parametrize(
    "foreign",
    [
        Raw(TOPIC.name, 0, 0, "person:2", (), b"\xff" * 11),
        of("/rehab", newer(2)),
        of("/rehab", raw(placed(2), 0)),
        replace(heartbeat(0, 0, now() + timedelta(days=1)).raw, key="person:2"),
        raw(placed(2), 0, type_="jaring.x.v1"),
        raw(placed(2), 0, type_=ClaimAssessedV1.type()),
        raw(placed(2), 0, type_=ClaimAssessedV1.type().replace(".v1", ".v9")),
        with_header(newer(2), "ce_streamversion", "99999999999999999999"),
        with_header(newer(2), "ce_subject", "person/\x00"),
    ],
    ids=[
        "eleven bytes",
        "another's unknown version",
        "another's event",
        "a watermark of the future",
        "a forged source, unknown type",
        "a forged source, another topic's event",
        "a forged source, another topic's unknown version",
        "a forged source, more than a bigint",
        "a forged source, a NUL",
    ],
)
async def test_what_others_wrote_into_its_topics_holds_no_database(owner: Place, foreign: Raw) -> None:
    await owner.look()
    await owner.stage.send([foreign])
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    await owner.look()
    assert await _held(owner) is None
    assert await owner.value("SELECT epoch FROM epoch") == 1


async def test_what_no_table_can_store_does_not_keep_an_officer_from_releasing(owner: Place) -> None:
    """A subject that is longer than an index can hold: it is passed over, and what stands behind it is read back."""
    await owner.look()
    subject = "".join(random.Random(1).choices("0123456789abcdef", k=20_000))
    await owner.stage.send([with_header(newer(2), "ce_subject", subject)])
    await owner.tell(placed(2, 2))
    await owner.execute(FORGET_TELLING)
    await owner.execute("UPDATE epoch SET life = '0/0'")
    async with owner.completing() as looking:
        await eventually(lambda: _is_held(owner, TOPICS_BEGIN_LATER))
        assert "cannot be remembered" in str(await owner.value("SELECT lost FROM epoch"))
        await release(owner.database, UnitOfWork, "S-17", "nobody of ours wrote it")
        await asyncio.wait_for(asyncio.shield(looking), 30)
    assert len(owner.recalled) == 1
    await owner.execute("UPDATE epoch SET life = split_part(life, '/', 1) || '/0'")
    await owner.look()
    assert await _held(owner) is None, "once"


class Silent:
    """A reader whose broker has nothing to give, though the partition goes on; at last it is passed over."""

    def __init__(self, looks: int, seconds: float) -> None:
        self.looks = looks
        self.seconds = seconds

    def assign(self, _: object) -> None:
        return

    def seek(self, *_: object) -> None:
        return

    async def getmany(self, *_: object, **__: object) -> dict[object, object]:
        await asyncio.sleep(self.seconds)
        self.looks -= 1
        return {}

    async def position(self, _: object) -> int:
        return 0 if self.looks else 5


async def _read_silence(place: Place, silent: Silent) -> list[list[object]]:
    """On a session that the database ends when it is idle for a second, as it does the relay's."""
    limits = {"idle_session_timeout": "1000"}
    connection = await asyncpg.connect(place.platform.url("worker"), server_settings=limits)
    try:
        partition, reader = TopicPartition(place.stage.topic, 0), cast(AIOKafkaConsumer, silent)
        found = [records async for records in _records(connection, reader, partition, 0, 5)]
        assert await connection.fetchval("SELECT 1") == 1, "the session, and with it the lock, is still there"
        return found
    finally:
        await connection.close()


async def test_a_broker_that_is_silent_for_long_does_not_cost_the_relays_lock(owner: Place) -> None:
    assert await _read_silence(owner, Silent(looks=5, seconds=0.4)) == []


async def test_a_broker_that_does_not_answer_is_not_waited_for_without_end(
    owner: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "ASK_LIMIT_SECONDS", 0.2)
    async with asyncio.timeout(10) as limit:
        with pytest.raises(TimeoutError):
            await _read_silence(owner, Silent(looks=1, seconds=60))
    assert not limit.expired()


async def _is(place: Place, query: str) -> bool:
    return await place.value(query) is True


async def _is_held(place: Place, reason: str) -> bool:
    return await _held(place) == reason


async def _drop_records(place: Place) -> None:
    """What retention does: the first records of every partition are gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.stage.broker.bootstrap)
    await admin.start()
    try:
        async with place.platform.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(
                "SELECT kafka_partition, max(kafka_offset) + 1 AS gone FROM outbox GROUP BY 1"
            )
        await admin.delete_records(
            {
                TopicPartition(place.stage.topic, row["kafka_partition"]): RecordsToDelete(before_offset=row["gone"])
                for row in rows
            }
        )
    finally:
        await admin.close()
