"""A projection ends equal whatever the order of its events and however often each comes (rules M6)."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Date, FetchedValue, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause
from shared.persistence import upsert
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.persistence.upsert import keep_first, keep_higher_revision
from shared.testing.rows import rows
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

KNOWN = Table(
    "known",
    MetaData(),
    Column("person", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("content", Text),
    Column("revision", Integer),
)
Row = dict[str, Any]
Keep = Callable[[AsyncConnection, Table, Sequence[Mapping[str, Any]]], Awaitable[None]]


def row(person: int, kind: str, revision: int) -> Row:
    """One revision has one content, and sometimes no content at all."""
    content = None if revision % 3 == 0 else f"{person}{kind}{revision}"
    return {"person": person, "kind": kind, "revision": revision, "content": content}


states = st.lists(st.builds(row, st.integers(1, 4), st.sampled_from("ab"), st.integers(1, 5)), min_size=1, max_size=12)
cuts = st.lists(st.integers(1, 5), min_size=1, max_size=6)


TABLES = """
    CREATE TABLE known (person bigint, kind text, content text, revision integer, PRIMARY KEY (person, kind));
    GRANT SELECT, INSERT, UPDATE ON known TO claims_worker;
"""


@asynccontextmanager
async def statements_of(uow: UnitOfWork) -> AsyncIterator[list[str]]:
    """What is asked within the block."""
    said: list[str] = []

    def keep(*arguments: Any) -> None:
        said.append(arguments[2])

    engine = uow.connection.engine.sync_engine
    listen(engine, "before_cursor_execute", keep)
    yield said
    remove(engine, "before_cursor_execute", keep)


async def waits_for_a_lock(fresh: TestDatabase) -> None:
    """Until somebody does."""
    async with fresh.connection("migrate") as connection:
        for _ in range(1_000):
            if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
async def uow(databases: Databases) -> AsyncIterator[UnitOfWork]:
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("migrate"), "claims")
        async with database.begin(UnitOfWork, Cause("test")) as opened:
            await opened.connection.execute(
                text(
                    "CREATE TEMPORARY TABLE known (person bigint, kind text, content text, revision integer,"
                    " PRIMARY KEY (person, kind))"
                )
            )
            yield opened
        await database.close()


async def table_after(uow: UnitOfWork, keep: Keep, arrived: Sequence[Row], sizes: Sequence[int]) -> list[Row]:
    """The table after these rows came in batches of these sizes."""
    await uow.connection.execute(text("TRUNCATE known"))
    start, turn = 0, 0
    while start < len(arrived):
        size = sizes[turn % len(sizes)]
        await keep(uow.connection, KNOWN, arrived[start : start + size])
        start, turn = start + size, turn + 1
    return await rows(uow.connection, "SELECT * FROM known ORDER BY person, kind")


async def check_that_order_and_repeats_do_not_matter(uow: UnitOfWork, keep: Keep) -> None:
    """Raises AssertionError with a list that ends in two different tables."""

    loop = asyncio.get_running_loop()

    async def check(arrived: list[Row], chance: random.Random, sizes: list[int], others: list[int]) -> None:
        shuffled = [*arrived, *chance.choices(arrived, k=len(arrived))]
        chance.shuffle(shuffled)
        newest = {(each["person"], each["kind"]): each for each in sorted(arrived, key=lambda each: each["revision"])}
        expected = [newest[place] for place in sorted(newest)]
        assert await table_after(uow, keep, arrived, sizes) == expected
        assert await table_after(uow, keep, shuffled, others) == expected

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(states, st.randoms(use_true_random=False), cuts, cuts)
    def examples(arrived: list[Row], chance: random.Random, sizes: list[int], others: list[int]) -> None:
        asyncio.run_coroutine_threadsafe(check(arrived, chance, sizes, others), loop).result(20)

    # Hypothesis calls plain functions; the database's connection belongs to this loop.
    await asyncio.to_thread(examples)


async def last_wins(connection: AsyncConnection, table: Table, given_rows: Sequence[Mapping[str, Any]]) -> None:
    """The bug: whatever comes last stays."""
    for each in given_rows:
        fresh = insert(table).values(dict(each))
        values = {"content": fresh.excluded.content, "revision": fresh.excluded.revision}
        await connection.execute(fresh.on_conflict_do_update(index_elements=["person", "kind"], set_=values))


async def test_any_order_and_any_repeats_end_in_the_same_table(uow: UnitOfWork) -> None:
    await check_that_order_and_repeats_do_not_matter(uow, keep_higher_revision)


async def test_so_they_do_where_every_batch_is_first_taken_for_new(
    uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upsert, "_MANY", 1)
    await check_that_order_and_repeats_do_not_matter(uow, keep_higher_revision)


async def test_without_the_upsert_behind_it_the_same_check_is_red(
    uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upsert, "_MANY", 1)
    as_it_is = upsert._kept_as_new

    async def new_or_nothing(*given: Any) -> bool:
        await as_it_is(*given)
        return True

    monkeypatch.setattr(upsert, "_kept_as_new", new_or_nothing)
    with pytest.raises(AssertionError):
        await check_that_order_and_repeats_do_not_matter(uow, keep_higher_revision)


async def test_where_the_last_one_wins_the_same_check_is_red(uow: UnitOfWork) -> None:
    with pytest.raises(AssertionError):
        await check_that_order_and_repeats_do_not_matter(uow, last_wins)


async def test_more_rows_than_a_statement_can_carry_values_are_kept(uow: UnitOfWork) -> None:
    many = [row(person, "a", 1) for person in range(10_000)]
    await keep_higher_revision(uow.connection, KNOWN, many)
    assert (await rows(uow.connection, "SELECT count(*) AS n FROM known"))[0]["n"] == len(many)


def many_rows(revision: int, count: int = 1_000) -> list[Row]:
    return [row(person, "a", revision) for person in range(count)]


def upserts(statements: Sequence[str]) -> int:
    return sum("ON CONFLICT" in each for each in statements)


async def test_only_many_rows_that_seem_new_are_inserted_plainly(uow: UnitOfWork) -> None:
    async def asked(given: Sequence[Row]) -> list[str]:
        async with statements_of(uow) as said:
            await keep_higher_revision(uow.connection, KNOWN, given)
        return said

    assert (len(fresh := await asked(many_rows(1))), upserts(fresh)) == (3, 0)
    assert (len(repeated := await asked(many_rows(1))), upserts(repeated)) == (4, 1)
    assert (len(few := await asked(many_rows(2)[:10])), upserts(few)) == (1, 1)
    # Of one revision above the others it is looked whether it is known: lines that are corrected among new ones.
    corrected = [*[each | {"person": each["person"] + 1_000} for each in many_rows(1)], row(5, "a", 4)]
    corrected[700], corrected[-1] = corrected[-1], corrected[700]
    assert upserts(await asked(corrected)) == 1
    assert (await rows(uow.connection, "SELECT count(*) AS n, max(revision) AS r FROM known"))[0] == {"n": 2000, "r": 4}


async def test_columns_with_one_value_and_with_none_are_inserted_as_they_are(uow: UnitOfWork) -> None:
    for kind, content in (("all", None), ("none", "{a,b}\\"), ('"', "")):
        given = [row(person, kind, 1) | {"content": content} for person in range(1_000)]
        await keep_higher_revision(uow.connection, KNOWN, given)
        found = await rows(uow.connection, "SELECT * FROM known ORDER BY person")
        assert found == given
        await uow.connection.execute(text("TRUNCATE known"))


DOCUMENTS = """
    CREATE TEMPORARY TABLE documents (id bigint PRIMARY KEY, content jsonb, number bigint, revision integer)
"""
DOCUMENT = Table(
    "documents",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("content", JSONB),
    Column("number", BigInteger),
    Column("revision", Integer),
)


async def test_documents_that_python_holds_to_be_equal_are_each_kept(uow: UnitOfWork) -> None:
    """1 == True == 1.0, also inside of them."""
    await uow.connection.execute(text(DOCUMENTS))
    contents = [{"held": held} for held in (1, True, 1.0)]
    given = [{"id": n, "content": contents[n % 3], "number": 1, "revision": 1} for n in range(1_000)]
    await keep_higher_revision(uow.connection, DOCUMENT, given)
    found = await rows(uow.connection, "SELECT content::text AS content FROM documents ORDER BY id")
    assert [each["content"] for each in found[:3]] == ['{"held": 1}', '{"held": true}', '{"held": 1.0}']


@pytest.mark.parametrize("place", [1, 500, 998])
async def test_a_value_of_another_type_is_refused_though_it_equals_the_others(uow: UnitOfWork, place: int) -> None:
    await uow.connection.execute(text(DOCUMENTS))
    given: list[Row] = [{"id": n, "content": None, "number": 1, "revision": 1} for n in range(1_000)]
    given[place]["number"] = True
    with pytest.raises(TypeError):
        await keep_higher_revision(uow.connection, DOCUMENT, given)


async def test_new_rows_are_inserted_in_the_order_of_the_key(uow: UnitOfWork) -> None:
    """As the upsert writes them: two who share rows wait for each other in one order."""
    given = [row(person, kind, 1) for kind in "ba" for person in reversed(range(500))]
    await keep_higher_revision(uow.connection, KNOWN, given)
    found = await rows(uow.connection, "SELECT * FROM known ORDER BY ctid")
    assert found == sorted(given, key=lambda each: (each["person"], each["kind"]))


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1), (1, 1)])
async def test_of_two_who_write_the_same_new_rows_at_once_the_higher_revision_stays(
    databases: Databases, first: int, second: int
) -> None:
    async with databases.fresh("claims", TABLES) as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(UnitOfWork, Cause("test")) as one:
            await keep_higher_revision(one.connection, KNOWN, many_rows(first))

            async def keep_too() -> list[str]:
                async with database.begin(UnitOfWork, Cause("test")) as other, statements_of(other) as said:
                    await keep_higher_revision(other.connection, KNOWN, many_rows(second))
                return said

            task = asyncio.create_task(keep_too())
            await waits_for_a_lock(fresh)
        assert upserts(await task) == 1
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            found = await rows(uow.connection, "SELECT * FROM known ORDER BY person")
            assert found == many_rows(max(first, second))
        await database.close()


async def test_what_is_no_conflict_is_told_as_it_is(databases: Databases) -> None:
    """A time limit passes by itself, and that the transaction was aborted by it would not."""
    async with databases.fresh("claims", TABLES) as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(UnitOfWork, Cause("test")) as one:
            await keep_higher_revision(one.connection, KNOWN, many_rows(1))
            async with database.connect() as other:
                await other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                with pytest.raises(DBAPIError) as told:
                    await keep_higher_revision(other, KNOWN, many_rows(1))
            assert is_transient(told.value)
        await database.close()


async def test_nothing_to_keep_is_no_statement(uow: UnitOfWork) -> None:
    await keep_higher_revision(uow.connection, KNOWN, [])
    await keep_first(uow.connection, KNOWN, [])
    assert await rows(uow.connection, "SELECT * FROM known") == []


async def test_what_stands_under_a_key_already_is_left_as_it_is(uow: UnitOfWork) -> None:
    first, other = row(1, "a", 1), row(2, "b", 1)
    await keep_first(uow.connection, KNOWN, [first])
    await keep_first(uow.connection, KNOWN, [other, row(1, "a", 2), other])
    assert await rows(uow.connection, "SELECT * FROM known ORDER BY person") == [first, other]


async def test_a_row_that_lacks_a_column_is_refused(uow: UnitOfWork) -> None:
    lacking = {name: value for name, value in row(1, "a", 1).items() if name != "content"}
    with pytest.raises(KeyError):
        await keep_higher_revision(uow.connection, KNOWN, [row(2, "b", 1), lacking])


async def test_a_column_that_the_database_fills_is_left_to_it(uow: UnitOfWork) -> None:
    table = Table(
        "owned",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("tenant", Text, nullable=False, server_default=FetchedValue()),
        Column("revision", Integer, nullable=False),
    )
    await uow.connection.execute(
        text("CREATE TEMPORARY TABLE owned (id integer PRIMARY KEY, tenant text DEFAULT 'mine', revision integer)")
    )
    for revision in (1, 2):
        await keep_higher_revision(uow.connection, table, [{"id": 1, "revision": revision}])
    assert await rows(uow.connection, "SELECT * FROM owned") == [{"id": 1, "tenant": "mine", "revision": 2}]
    with pytest.raises(ValueError, match="the database fills \\['tenant'\\]"):
        await keep_higher_revision(uow.connection, table, [{"id": 1, "tenant": "theirs", "revision": 3}])


async def test_every_kind_of_column_of_a_projection_comes_back_as_it_was(uow: UnitOfWork) -> None:
    table = Table(
        "spans",
        MetaData(),
        Column("span", Uuid, primary_key=True),
        Column("began", Date, nullable=False),
        Column("ended", Date),
        Column("periods", JSONB, nullable=False),
        Column("revision", Integer, nullable=False),
    )
    await uow.connection.execute(
        text(
            "CREATE TEMPORARY TABLE spans (span uuid PRIMARY KEY, began date NOT NULL, ended date,"
            " periods jsonb NOT NULL, revision integer NOT NULL)"
        )
    )
    periods = [{"first": "2026-01-01", "last": None}, {"first": "2026-02-01"}]
    first = {"span": UUID(int=1), "began": date(2026, 1, 1), "ended": None, "periods": periods, "revision": 1}
    second = first | {"span": UUID(int=2), "ended": date(2026, 2, 1), "periods": []}
    await keep_higher_revision(uow.connection, table, [second, first])
    kept = (await uow.connection.execute(table.select().order_by(table.c.span))).mappings().all()
    assert [dict(each) for each in kept] == [first, second]


async def test_a_table_with_an_array_of_arrays_is_refused(uow: UnitOfWork) -> None:
    table = Table("many", MetaData(), Column("id", Integer, primary_key=True), Column("days", ARRAY(Date)))
    with pytest.raises(ValueError, match="nest"):
        await keep_first(uow.connection, table, [{"id": 1, "days": [date(2026, 1, 1)]}])
