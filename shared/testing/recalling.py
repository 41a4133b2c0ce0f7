"""A service as after a restore from an empty backup: a second one, empty, that reads back what the first published."""

from collections.abc import Sequence

from shared.contracts.envelope import Cause, Event
from shared.contracts.registry import BY_TYPE
from shared.persistence.life import LIFE
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest


async def published_by(service: ServiceUnderTest) -> list[Event]:
    """The events in the outbox of a service, in order."""
    async with service.database.connection("migrate") as connection:
        rows = await connection.fetch("SELECT type, payload FROM outbox ORDER BY id")
    return [BY_TYPE[row["type"]].model_validate_json(row["payload"]) for row in rows]


async def recall(lost: ServiceUnderTest, again: ServiceUnderTest) -> None:
    """Have the second recall what the first published, topic by topic, twice: a relay may end while it reads back."""
    events = sorted(await published_by(lost), key=lambda event: event.topic.name)
    for _ in range(2):
        async with again.worker.database.begin(again.worker.work.unit, Cause("restore")) as uow:
            await again.worker.work.recall((), uow)
            await again.worker.work.recall(events, uow)


async def recall_since(
    lost: ServiceUnderTest, again: ServiceUnderTest, first: type[Event] | tuple[type[Event], ...] = ()
) -> None:
    """Have the second, on a backup of the first one's database, recall what the first published since: topic by topic,
    twice; ``first`` in a transaction of its own."""
    async with again.database.connection("migrate") as connection:
        known = [row["event_id"] for row in await connection.fetch("SELECT event_id FROM outbox")]
    async with lost.database.connection("migrate") as connection:
        since = "SELECT type, payload FROM outbox WHERE event_id <> ALL($1::uuid[]) ORDER BY topic, id"
        rows = await connection.fetch(since, known)
    events = [BY_TYPE[row["type"]].model_validate_json(row["payload"]) for row in rows]
    if first:
        async with again.worker.database.begin(again.worker.work.unit, Cause("restore")) as uow:
            await again.worker.work.recall([each for each in events if isinstance(each, first)], uow)
    for _ in range(2):
        async with again.worker.database.begin(again.worker.work.unit, Cause("restore")) as uow:
            await again.worker.work.recall((), uow)
            await again.worker.work.recall(events, uow)


async def read_back(again: ServiceUnderTest, events: Sequence[Event]) -> object:
    """Have the service read these back as its worker does when it is held; what is lost then, and needs an officer."""
    async with again.database.connection("migrate") as connection:
        # A relay looks first.
        await connection.execute(f"UPDATE epoch SET life = {LIFE}")  # noqa: S608 - a constant
    await again.worker._restoration()._remember([received(event) for event in events])
    async with again.database.connection("migrate") as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == len(events), "what was told is known"
        return await connection.fetchval("SELECT lost FROM epoch")
