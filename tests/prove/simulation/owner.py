"""The service that owns the events: overlapping writers, uploads, and the relays that send what they leave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.heartbeat import Heartbeat
from shared.kernel.pace import Pace
from shared.messaging.publisher import Position
from shared.messaging.relay_core import (
    Acknowledged,
    Bound,
    ConfirmLife,
    HandOver,
    HeartbeatTimer,
    Mark,
    PublishHeartbeat,
    Read,
    ReadBound,
)
from shared.messaging.steps import drive
from tests.prove.simulation.broker import PARTITIONS, PLACES, TOPICS, Log, partition_of
from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Killed, Process, Wait
from tests.prove.simulation.database import Database, Transaction, TransientError
from tests.prove.simulation.story import CLAIMS, SimulatedEvent
from tests.prove.simulation.tables import OutboxModel, OutRow
from tests.prove.simulation.watch import Violation, Watch
from tests.prove.simulation.wiring import Wiring

ERROR_KINDS = {
    "event fails once": "once",
    "event is poison": "poison",
    "event kills its process": "kills",
}


class RolledBack(Exception):
    """A writer changed its mind."""


class Writer:
    """Clients of the owner's API: each request is repeated under its key until it is answered."""

    def __init__(self, name: str, database: Database, watch: Watch, requests: int) -> None:
        self._name = name
        self._database = database
        self._chance = database.chance
        self._watch = watch
        self._requests = requests

    async def run(self) -> None:
        """Send all requests, and an upload now and then."""
        for number in range(self._requests):
            await Wait(self._chance.between(0.05, 3.0))
            request = f"{self._name}/{number}"
            if self._chance.fraction() < 0.15:
                await self._until_answered(self._upload, request)
                await self._until_answered(self._work_off, request)
            else:
                await self._until_answered(self._write_one, request)
            self._watch.answered.append(request)

    async def _until_answered(self, handler: Callable[[Transaction, str], Awaitable[None]], request: str) -> None:
        while True:
            try:
                async with self._database.begin() as uow:
                    await handler(uow, request)
                    if self._chance.strikes("writer rolls back"):
                        raise RolledBack
                return
            except (TransientError, RolledBack):
                await Wait(self._chance.between(0.1, 1.0))

    async def _write_one(self, uow: Transaction, request: str) -> None:
        if await self._is_repeat(uow, request):
            return
        await self._append(uow, uow.database.clock.instant)
        if self._chance.fraction() < 0.2:
            await self._append(uow, uow.database.clock.instant)
        # Others begin, write and commit meanwhile: their higher ids are visible before this one's.
        await Wait(self._chance.between(0.0, 2.0) if self._chance.fraction() < 0.5 else 0.001)

    async def _upload(self, uow: Transaction, request: str) -> None:
        await uow.lock("upload", request)
        if uow.get("upload", request) is None:
            uow.put("upload", request, (uow.database.clock.instant(), None))

    async def _work_off(self, uow: Transaction, request: str) -> None:
        if await self._is_repeat(uow, request):
            return
        receipt, _ = uow.get("upload", request)
        for _ in range(1 + self._chance.below(3)):
            await self._append(uow, lambda: receipt)
        # Written out before the file is finished: the watermark compares both times.
        await self._database.statement("finish")
        uow.put("upload", request, (receipt, uow.database.clock.instant()))

    async def _is_repeat(self, uow: Transaction, request: str) -> bool:
        await self._database.statement("idempotency key")
        await uow.lock("request", request)
        if uow.get("request", request) is not None:
            return True
        uow.put("request", request, True)
        return False

    async def _append(self, uow: Transaction, stamp: Callable[[], datetime]) -> None:
        """As ``Outbox.append``: the stream's row is locked first, then id and stamp are taken."""
        stream = (TOPICS[self._chance.fraction() < 0.4], self._chance.below(CLAIMS))
        await self._database.statement("stream")
        await uow.lock("stream", stream)
        revision, amount_sen = uow.get("stream", stream) or (0, 0)
        republished = revision > 0 and self._chance.fraction() < 0.1
        if not republished:
            revision, amount_sen = revision + 1, 100 * self._chance.below(200)
            uow.put("stream", stream, (revision, amount_sen))
        error = next((ERROR_KINDS[kind] for kind in ERROR_KINDS if self._chance.strikes(kind, str(stream))), "")
        error = "unreadable" if error == "poison" and self._chance.fraction() < 0.3 else error
        await self._database.statement("append")
        written = uow.database.clock.instant()
        id_ = self._database.next_id()
        event = SimulatedEvent(id_, *stream, revision, amount_sen, stamp(), republished, error)
        uow.put("outbox", id_, OutRow(id_, stream[0], event.key, event, written))
        uow.once_committed(lambda: uow.database.clock.note(self._name, f"committed {event}, id {id_}"))


class Unhurried(Pace):
    """Looks into an empty outbox a quarter as often as shipped: such turns prove nothing and cost half a run."""

    def pause(self, now: float) -> float:
        return 4 * super().pause(now)


class Connection:
    """The session that holds a relay's advisory lock: a lock that is lost is found out at the next statement."""

    def __init__(self, database: Database, holders: "list[Connection]") -> None:
        self._database = database
        self._holders = holders
        self.alive = True

    async def statement(self, at: str) -> None:
        """One round trip; raises TransientError."""
        await self._database.statement(at)
        if not self.alive:
            raise TransientError("connection lost")

    async def try_lock(self) -> bool:
        """Become the active one, unless another is."""
        await self.statement("lock")
        if not self._holders:
            self._holders.append(self)
        return self in self._holders

    def drop(self) -> None:
        """The server lets go of the session and of its lock."""
        self.alive = False
        if self in self._holders:
            self._holders.remove(self)


# Small, so that some wait behind a whole batch in most runs: only then are two of them at work.
BATCH = 4


@dataclass
class Sending:
    """What was handed over: it goes on by itself, whatever becomes of the relay meanwhile."""

    positions: list[Position | None] | None = None
    killed: bool = False

    def end_with_its_relay(self) -> None:
        """It is one process with its relay."""
        self.killed = True


class RelayProcess:
    """Does what the relay's core decides, as ``shared.messaging.relay`` does."""

    def __init__(self, name: str, database: Database, log: Log, wiring: Wiring, holders: list[Connection]) -> None:
        self._name = name
        self._database = database
        self._outbox = OutboxModel(database)
        self._log = log
        self._wiring = wiring
        self._holders = holders
        self._chance: Chance = database.chance
        self._last_offsets: dict[tuple[str, int], int] = {}
        self._connection: Connection | None = None
        self._cursor = 0
        self._life = 0
        self._under_way: list[Sending] = []

    async def run(self) -> None:
        """Relay until killed; losing the connection starts over, and so does a database that was put back."""
        while True:
            connection = self._connection = Connection(self._database, self._holders)
            try:
                while not await connection.try_lock():
                    await Wait(1.0, "relay.standing by")
                # Whatever has to be looked into is looked into now.
                self._life, self._under_way = self._database.life, []
                heartbeats = HeartbeatTimer(after_traffic=3.0, idle=9.0)
                relay_core = self._wiring.relay_core(
                    lambda: self._database.clock.now, heartbeats, Unhurried(), batch=BATCH
                )
                relay_core.last_offsets = self._last_offsets
                while True:
                    await Wait(await drive(relay_core.turn(), self._do), "relay.turn")
            except TransientError:
                pass
            finally:
                connection.drop()
            await Wait(0.5)

    async def _do(self, step: object) -> object:
        connection = self._connection
        assert connection is not None
        self._end_with_what_is_under_way()
        if isinstance(step, HandOver | PublishHeartbeat) and self._chance.strikes("relay loses its lock"):
            connection.drop()
        if isinstance(step, Acknowledged | PublishHeartbeat) and self._chance.strikes("owner is put back"):
            self._database.life += 1
        match step:
            case Read(limit, under_way):
                await connection.statement("relay.turn")
                self._must_be_the_same_life()
                besides = {row.id for row in under_way}
                rows = self._outbox.unmarked(limit, self._cursor if self._wiring.cursor else 0, besides)
                self._cursor = rows[-1].id if rows else self._cursor
                return rows
            case ConfirmLife():
                await connection.statement("relay.confirm")
                self._must_be_the_same_life()
            case HandOver(rows):
                self._hand_over(rows)  # type: ignore[arg-type]
            case Acknowledged():
                return await self._acknowledged()
            case Mark(rows):
                await connection.statement("relay.acknowledged")
                self._outbox.mark([row.id for row, _ in rows])
                await Wait(0.0, "relay.marked")
            case ReadBound(bound):
                await connection.statement("relay.bounds")
                return self._read_bound(bound)
            case PublishHeartbeat(until):
                await self._send_heartbeats(until)
        return None

    def _must_be_the_same_life(self) -> None:
        if self._database.life != self._life:
            raise TransientError("the database was put back")

    def _hand_over(self, rows: list[OutRow]) -> None:
        if self._database.life != self._life:
            raise Violation("nothing of another life is sent: it is looked into first")
        if self._under_way:
            self._database.clock.note(self._name, "hands over before the former is acknowledged")
        sending = Sending()
        self._under_way.append(sending)
        body = self._send(rows, sending)
        self._database.clock.spawn(Process(self._name, body, sending.end_with_its_relay))

    async def _send(self, rows: list[OutRow], sending: Sending) -> None:
        records = [((row.topic, partition_of(row.key)), row.key, row.content) for row in rows]
        sending.positions = await self._log.send(records)

    async def _acknowledged(self) -> list[Position | None]:
        while (positions := self._under_way[0].positions) is None:
            self._end_with_what_is_under_way()
            await Wait(0.002)
        self._under_way.pop(0)
        return positions

    def _end_with_what_is_under_way(self) -> None:
        if any(sending.killed for sending in self._under_way):
            raise Killed("the end of its own sending")

    async def _send_heartbeats(self, until: datetime) -> None:
        heartbeat = Heartbeat(epoch=1, partitions=PARTITIONS, last_offset=-1, complete_until=until)
        heartbeats = [
            heartbeat.model_copy(update={"last_offset": self._last_offsets.get(place, -1)}) for place in PLACES
        ]
        await self._log.send([(place, "", heartbeat) for place, heartbeat in zip(PLACES, heartbeats, strict=True)])

    def _read_bound(self, bound: Bound) -> datetime | None:
        match bound:
            case Bound.NOW:
                return self._database.clock.instant()
            case Bound.WRITERS:
                return self._database.oldest_writer()
            case Bound.UNSENT:
                return self._outbox.oldest_unmarked()
            case Bound.HELD_BACK:
                return self._held_back()

    def _held_back(self) -> datetime | None:
        """As registration's: the receipt of the oldest file whose lines have not all been sent."""
        unsent = self._outbox.oldest_unmarked()
        files = self._database.table("upload").values()
        if self._wiring.uploads_held_until_finished:
            unsent = None
        held = (receipt for receipt, finished in files if finished is None or (unsent and finished >= unsent))
        return min(held, default=None)
