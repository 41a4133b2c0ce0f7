"""The command with which a person looks at what is parked and acts on it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from shared.messaging.tests.conftest import TABLES, TOPIC
from shared.messaging.tests.deliveries import Listener, event, reading_of, record, started
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.process import parked_command
from shared.process.parked_command import parked
from shared.testing.junk import JUNK
from shared.testing.servers import Databases, TestDatabase

BY = ["--by", "aminah", "--reason", "foreign bytes"]


@dataclass
class Terminal:
    """Runs the command, and keeps what it says."""

    listener: Listener
    platform: TestDatabase
    said: list[str] = field(default_factory=list)

    async def __call__(self, *words: str) -> int:
        self.said.clear()
        subscriptions = [self.listener.both]
        return await parked("jobs", self.listener.database, UnitOfWork, subscriptions, words, self.said.append)

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    async def id_at(self, offset: int) -> str:
        [row] = await self.listener.query(f"SELECT id FROM parked WHERE kafka_offset = {offset}")  # noqa: S608
        return str(row["id"])


@pytest.fixture
async def terminal(databases: Databases) -> AsyncIterator[Terminal]:
    async with databases.fresh("claims", TABLES) as platform:
        database = Database(platform.url("worker"), "jobs")
        yield Terminal(Listener(database), platform)
        await database.close()


async def deliver(terminal: Terminal) -> None:
    """Junk with a person's key and two events behind it, and a type that nobody knows."""
    junk = reading_of(JUNK["eleven bytes"].record(TOPIC.name, "person:7", offset=10))
    unknown = reading_of(JUNK["type that nobody knows"].record(TOPIC.name, "person:8", offset=13))
    delivered = [junk, event(7, 1, 11), event(7, 2, 12), unknown]
    await (await started(terminal.listener.database)).handle(terminal.listener.both, delivered)


@pytest.mark.postgres
async def test_a_person_finds_a_record_looks_at_it_and_lets_its_key_go_on(terminal: Terminal) -> None:
    assert await terminal("list") == 0
    assert terminal.text == "jobs: nothing is parked"
    await deliver(terminal)
    junk = await terminal.id_at(10)
    assert await terminal("list") == 0
    assert "jobs: job.placed bad_data: 1, 1 keys wait, the oldest 0 d 0 h 0 min" in terminal.text
    assert "jobs: job.placed unknown_type: 1, nobody waits" in terminal.text
    assert f"{junk}: job.placed/0 at 10, key 'person:7', bad_data: 1 errors, 2 behind it" in terminal.text
    assert await terminal("show", junk) == 0
    assert "11 bytes, sha256 " in terminal.text
    assert "This release cannot read it: bad_data: 1 errors" in terminal.text
    assert await terminal("replay", *BY) == 1
    assert "job.placed: 0 handled, 4 left" in terminal.text
    assert await terminal("discard", junk, *BY) == 0
    assert terminal.text == f"{junk} is discarded; 2 that waited behind it went on"
    assert await terminal.listener.reactions() == [1, 2]
    assert await terminal("discard", await terminal.id_at(13), *BY) == 0
    assert await terminal("actions") == 0
    assert "job.placed/0 at 10, bad_data, discarded by 'aminah': 'foreign bytes'" in terminal.text
    assert await terminal("list") == 0
    assert terminal.text == "jobs: nothing is parked"


@pytest.mark.postgres
async def test_of_a_flood_it_says_where_it_stopped_counting(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deliver(terminal)
    await terminal("list")
    assert "are counted" not in terminal.text
    monkeypatch.setattr(parked_command, "MOST_COUNTED", 4)
    await terminal("list")
    assert "  of each partition of job.placed only the first 4 are counted" in terminal.said


@pytest.mark.postgres
async def test_a_person_fixes_a_record_and_replays_its_key(terminal: Terminal, tmp_path: Path) -> None:
    await deliver(terminal)
    junk, file = await terminal.id_at(10), tmp_path / "right.json"
    file.write_bytes(record(7, 9, 10).payload)
    assert await terminal("fix", junk, "--file", str(file), *BY) == 0
    assert await terminal("replay", junk, *BY) == 0
    assert terminal.text == f"{junk}: 3 handled"
    assert await terminal.listener.reactions() == [9, 1, 2]
    assert await terminal("fix", junk, "--file", str(tmp_path / "none.json"), *BY) == 1
    assert terminal.text.startswith("Not done: ")


@pytest.mark.postgres
async def test_what_a_foreign_record_says_cannot_steer_the_terminal(terminal: Terminal) -> None:
    evil = "\x1b]0;owned\x07\u202e"
    raw = JUNK["no JSON"].record(TOPIC.name, f"person:{evil}", offset=1)
    raw = replace(raw, headers=(*raw.headers, (evil, evil.encode())), payload=evil.encode() * 1_000)
    await (await started(terminal.listener.database)).handle(terminal.listener.both, [reading_of(raw)])
    for words in (["list"], ["show", await terminal.id_at(1)]):
        await terminal(*words)
        assert terminal.text.replace("\n", "").replace("…", "").isascii()
        assert "\x1b" not in terminal.text
        assert len(terminal.text) < 5_000


@pytest.mark.postgres
async def test_what_is_not_there_is_said(terminal: Terminal) -> None:
    for number in ("4711", "0", "999999999999999999999"):
        for words in (["show", number], ["discard", number, *BY], ["replay", number, *BY]):
            assert await terminal(*words) == 1
            assert terminal.text == f"Not done: nothing is parked under {number}"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["discard", "1"],
        ["discard", "1", "--by", "aminah"],
        ["discard", "1", "--by", " ", "--reason", "x"],
        ["discard", "1", "--by", "a\x1bb", "--reason", "x"],
        ["discard", "1", "--by", "a" * 101, "--reason", "x"],
        ["discard", *BY],
        ["fix", "1", *BY],
        ["forget", "1", *BY],
    ],
)
async def test_without_a_name_and_a_reason_nothing_is_done(words: list[str]) -> None:
    database = Database("postgresql://jobs_worker:4f2c@127.0.0.1:1/jobs", "jobs")
    with pytest.raises(SystemExit) as ended:
        await parked("jobs", database, UnitOfWork, [], words)
    assert ended.value.code == 2


@pytest.mark.postgres
@pytest.mark.parametrize("action", ["replay", "discard", "fix"])
async def test_nothing_is_done_to_what_is_parked_while_the_database_is_held(
    terminal: Terminal, action: str, tmp_path: Path
) -> None:
    await deliver(terminal)
    junk = await terminal.id_at(10)
    async with terminal.platform.connection("migrate") as connection:
        await connection.execute("UPDATE epoch SET held = 'reading_back'")
    file = tmp_path / "data.json"
    file.write_bytes(b"{}")
    assert await terminal(action, junk, *BY, *(["--file", str(file)] if action == "fix" else [])) == 1
    assert "held (reading_back)" in terminal.text
    assert await terminal.listener.query("SELECT id FROM parked_action") == []
