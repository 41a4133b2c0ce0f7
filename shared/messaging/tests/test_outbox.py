"""What a transaction published stands in the outbox in that order, each with the version of its own stream."""

from collections.abc import AsyncIterator

import orjson
import pytest

from shared.contracts.envelope import Cause
from shared.messaging.tests.conftest import placed
from shared.persistence.engine import Database
from shared.persistence.idempotency import KeptAnswer
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.testing.servers import TestDatabase

pytestmark = pytest.mark.postgres

CALLER = Caller("payroll", "employer:1", Role.PARTNER, frozenset())


async def kept(platform: TestDatabase) -> list[tuple[str, int, int]]:
    """Key, the number that tells one event from another, and version, in the order of the outbox."""
    async with platform.connection() as connection:
        rows = await connection.fetch("SELECT key, payload, headers FROM outbox ORDER BY id")
    return [
        (row["key"], orjson.loads(row["payload"])["revision"], int(orjson.loads(row["headers"])["ce_streamversion"]))
        for row in rows
    ]


async def test_events_of_several_streams_have_each_their_version(platform: TestDatabase, database: Database) -> None:
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        for person, number in ((7, 1), (3, 1), (7, 2)):
            uow.publish(placed(person, number))
        await uow.flush()
        uow.publish(placed(7, 3))
        uow.republish("run", [placed(7, 3), placed(9, 5)])
        uow.publish(placed(7, 4))
    assert await kept(platform) == [
        ("person:7", 1, 1),
        ("person:3", 1, 1),
        ("person:7", 2, 2),
        ("person:7", 3, 3),
        # States again what was said last, and of a stream that has said nothing yet, nothing.
        ("person:7", 3, 3),
        ("person:9", 5, 0),
        ("person:7", 4, 4),
    ]


@pytest.fixture
async def api(platform: TestDatabase) -> AsyncIterator[Database]:
    """The same database, as the API sees it."""
    opened = Database(platform.url("api"), "jobs")
    yield opened
    await opened.close()


@pytest.mark.parametrize("published", [0, 2])
async def test_the_answer_stands_or_falls_with_what_was_published(
    platform: TestDatabase, api: Database, published: int
) -> None:
    answer = KeptAnswer(b"digest", 201, {"location": "/v1/x"}, b"made")

    async def request(*, fails: bool) -> None:
        async with api.begin(UnitOfWork, Cause("test"), CALLER, "key") as uow:
            assert uow.claim is not None
            assert (uow.claim.is_free, uow.claim.kept) == (True, None)
            for number in range(published):
                uow.publish(placed(7, number + 1))
            uow.keep(answer)
            if fails:
                await uow.flush()
                raise ConnectionError("taken back")

    with pytest.raises(ConnectionError):
        await request(fails=True)
    await request(fails=False)
    assert await kept(platform) == [("person:7", number + 1, number + 1) for number in range(published)]
    async with api.begin(UnitOfWork, Cause("test"), CALLER, "key") as uow:
        assert uow.claim is not None
        assert uow.claim.kept == answer
    other = Caller("payroll", "employer:2", Role.PARTNER, frozenset())
    async with api.begin(UnitOfWork, Cause("test"), other, "key") as uow:
        assert uow.claim is not None
        assert uow.claim.kept is None
