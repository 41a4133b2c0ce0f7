"""What a database may do, by the life that was looked into last and by what it is held for (rules M8)."""

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.contracts.envelope import Cause
from shared.persistence import life
from shared.persistence.engine import Database
from shared.persistence.life import (
    HELD_FOR,
    NOT_LOOKED_INTO,
    READING_AGAIN,
    READING_BACK,
    TOPICS_BEGIN_LATER,
    DatabaseHeld,
)
from shared.persistence.migrate import ROOT
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.testing.servers import Databases, TestDatabase

# The life that stands in the table, as the statement that writes it.
LIVES = {
    "none": "NULL",
    "this one": life.LIFE,
    "the server was restarted": f"split_part({life.LIFE}, '/', 1) || '/0/' || split_part({life.LIFE}, '/', 3)",
    "of the release before, which did not know its tables": f"split_part({life.LIFE}, '/', 1) || '/0'",
    "its tables were made again": f"split_part({life.LIFE}, '/', 1) || '/' || split_part({life.LIFE}, '/', 2) || '/0'",
    "another database": f"'0/' || split_part({life.LIFE}, '/', 2)",
}
ASKED = {
    name: f"SELECT {getattr(life, name)}"
    for name in ("NEVER_LOOKED_INTO", "LOOKED_INTO", "ANOTHER_DATABASE", "MAY_ACT", "MAY_READ", "MAY_ANSWER")
}
# Never looked into, looked into, another database, may act, may read, may answer.
TABLE = {
    ("none", None): "N..ARW",
    ("none", READING_BACK): "N.....",
    ("none", READING_AGAIN): "N...R.",
    ("none", TOPICS_BEGIN_LATER): "N...R.",
    ("this one", None): ".L.ARW",
    ("this one", READING_BACK): ".L....",
    ("this one", READING_AGAIN): ".L..R.",
    ("this one", TOPICS_BEGIN_LATER): ".L..R.",
    ("the server was restarted", None): ".....W",
    ("the server was restarted", READING_BACK): "......",
    ("the server was restarted", READING_AGAIN): "......",
    ("the server was restarted", TOPICS_BEGIN_LATER): "......",
    ("of the release before, which did not know its tables", None): ".....W",
    ("of the release before, which did not know its tables", READING_BACK): "......",
    ("of the release before, which did not know its tables", READING_AGAIN): "......",
    ("of the release before, which did not know its tables", TOPICS_BEGIN_LATER): "......",
    ("its tables were made again", None): "..O...",
    ("its tables were made again", READING_BACK): "..O...",
    ("its tables were made again", READING_AGAIN): "..O...",
    ("its tables were made again", TOPICS_BEGIN_LATER): "..O...",
    ("another database", None): "..O...",
    ("another database", READING_BACK): "..O...",
    ("another database", READING_AGAIN): "..O...",
    ("another database", TOPICS_BEGIN_LATER): "..O...",
}
_ASKS = re.compile(r'SELECT[^";]*\b(held|life)\b[^";]*\bFROM epoch\b')
_PARTNER = Caller("c", "p", Role.PARTNER, frozenset())


@pytest.fixture
async def platform(databases: Databases) -> AsyncIterator[TestDatabase]:
    async with databases.fresh("jobs") as database:
        yield database


async def put(platform: TestDatabase, stands: str, held: str | None) -> None:
    """The row as it would stand."""
    async with platform.connection("migrate") as owner:
        await owner.execute(f"UPDATE epoch SET life = {LIVES[stands]}, held = $1", held)  # noqa: S608


def test_the_table_has_every_life_and_every_reason() -> None:
    assert set(TABLE) == {(stands, held) for stands in LIVES for held in (None, *HELD_FOR)}


@pytest.mark.postgres
async def test_what_a_database_may_do_in_every_life_and_for_every_reason(platform: TestDatabase) -> None:
    found = {}
    for stands, held in TABLE:
        await put(platform, stands, held)
        async with platform.connection("worker") as connection:
            said = [await connection.fetchval(query) for query in ASKED.values()]
            assert await connection.fetchval(f"SELECT {life.HELD}") == held
        assert set(said) <= {True, False}, "unknown is no answer"
        found[stands, held] = "".join(letter if yes else "." for letter, yes in zip("NLOARW", said, strict=True))
    assert found == TABLE


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["api", "worker"])
async def test_who_calls_is_answered_as_the_table_says(platform: TestDatabase, role: str) -> None:
    database = Database(platform.url(role), "jobs")
    try:
        for (stands, held), may in TABLE.items():
            await put(platform, stands, held)
            assert await _answers(database) == ("W" in may), (stands, held)
            assert await _why_not_whole(database) == (None if "W" in may else held or NOT_LOOKED_INTO)
    finally:
        await database.close()


async def _answers(database: Database) -> bool:
    try:
        async with database.begin(UnitOfWork, Cause("test"), _PARTNER):
            return True
    except DatabaseHeld:
        return False


async def _why_not_whole(database: Database) -> object:
    try:
        await database.whole()
    except DatabaseHeld as held:
        return held.facts["held"]
    return None


@pytest.mark.postgres
@pytest.mark.parametrize("making", ["VACUUM", "VACUUM FULL", "TRUNCATE"])
async def test_a_life_ends_with_the_file_of_its_table(platform: TestDatabase, making: str) -> None:
    """An autovacuum must not hold a service; what rewrites the table holds it needlessly, for a moment."""
    async with platform.connection("migrate") as owner:
        before = await owner.fetchval(f"SELECT {life.LIFE}")
        await owner.execute(f"{making} epoch")
        assert (await owner.fetchval(f"SELECT {life.LIFE}") == before) is (making == "VACUUM")


@pytest.mark.postgres
async def test_a_reason_that_is_no_reason_is_refused(platform: TestDatabase) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await put(platform, "none", NOT_LOOKED_INTO)


def test_whether_a_database_may_act_is_asked_by_these_names_alone() -> None:
    asking = [
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and _ASKS.search(path.read_text())
    ]
    assert asking == ["shared/persistence/life.py"]
