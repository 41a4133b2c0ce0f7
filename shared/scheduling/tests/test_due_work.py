"""Work that waits is woken by its fact, at its deadline, or by the recheck; and runs in its own transaction."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.persistence.due_work import command_of, kind_of, payload_of
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.runner import ATTEMPTS, FIRST_PAUSE, DueCommand, DueWorkRunner, Schedule
from shared.telemetry import metrics
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.service import eventually

FIRST = Subject.of("fact", 1)
SECOND = Subject.of("fact", 2)

pytestmark = pytest.mark.postgres
CAUSE = Cause("test")
RUNS: list[int] = []
KNOWN: set[str] = set()


_LISTENING = text("""
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    SELECT 'look_for', number::text, 'infinity',
           ARRAY ['fact/{"' || number || '\\,/2026-06', 'other/' || number], '', '{}'
    FROM generate_series(0, :waiting - 1) AS number
""")
_LOOKED_AT = text("""
    SELECT seq_tup_read AS by_scan, idx_tup_fetch AS by_index
    FROM pg_stat_xact_user_tables WHERE relname = 'due_work'
""")
_WOKEN = text("""
    SELECT payload FROM due_work WHERE kind = 'look_for' AND due_at < 'infinity' ORDER BY payload::integer
""")
_STAND = text("SELECT payload, due_at, armed FROM due_work")
_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
_SETTINGS = text("""
    SELECT current_setting('enable_seqscan') AS scans, current_setting('enable_indexscan') AS indexes
""")


@dataclass(frozen=True)
class LookFor:
    """Wait for the fact ``number`` until it is known."""

    number: int


async def look_for(command: LookFor, uow: UnitOfWork) -> None:
    RUNS.append(command.number)
    if str(command.number) not in KNOWN:
        await uow.due.when(command, {Subject.of("fact", command.number)}, deadline=None)


@dataclass(frozen=True)
class Fail:
    """Always raises."""


async def fail(_: Fail, uow: UnitOfWork) -> None:
    uow.publish(None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Tick:
    """A timer."""


async def tick(_: Tick, uow: UnitOfWork) -> None:
    RUNS.append(0)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    RUNS.clear()
    KNOWN.clear()
    async with databases.fresh("claims") as fresh:
        opened = Database(fresh.url("worker"), "jobs")
        yield opened
        await opened.close()


def runner_on(database: Database) -> DueWorkRunner[UnitOfWork]:
    due = [DueCommand(LookFor, look_for), DueCommand(Fail, fail)]
    return DueWorkRunner(database, UnitOfWork, due, [Schedule(Tick, tick, every=timedelta(hours=1))])


async def leave(database: Database, command: object) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.at(command, now())


async def work_off(runner: DueWorkRunner[UnitOfWork]) -> None:
    while await runner.run_one():
        continue


async def test_a_command_waits_until_its_fact_wakes_it(database: Database) -> None:
    runner = runner_on(database)
    await leave(database, LookFor(1))
    await work_off(runner)
    looked = len(RUNS)
    await work_off(runner)
    assert len(RUNS) == looked, "it must rest while nothing happens"
    KNOWN.add("1")
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.wake({FIRST, SECOND})
    await work_off(runner)
    assert len(RUNS) == looked + 1
    await work_off(runner)
    assert len(RUNS) == looked + 1, "done is done"


@pytest.mark.parametrize("waiting", [30, 3_000])
async def test_very_many_subjects_are_looked_up_by_the_index_and_no_row_is_looked_at(
    database: Database, waiting: int
) -> None:
    """To compare each row that waits with each subject took half a minute, and took it again when the time was up."""
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.connection.execute(_LISTENING, {"waiting": waiting})
    async with database.begin(UnitOfWork, CAUSE) as uow:
        before = (await uow.connection.execute(_LOOKED_AT)).one()
        # Every third of them is listened to, with signs that mean something in an array.
        many = Subject.each("fact", (f'{{"{number}\\,' for number in range(0, 3 * waiting, 3)), "2026-06")
        await uow.due.wake([many, FIRST])
        after = (await uow.connection.execute(_LOOKED_AT)).one()
        woken = (await uow.connection.execute(_WOKEN)).scalars().all()
        settings = (await uow.connection.execute(_SETTINGS)).one()
    assert woken == [str(number) for number in range(0, waiting, 3)]
    # Through the index of what they listen to, and by their ids to lock and to write them.
    assert (after.by_scan - before.by_scan, settings.scans, settings.indexes) == (0, "on", "on")
    assert after.by_index - before.by_index <= 4 * len(woken)
    assert uow.due.left


async def test_a_subject_that_would_read_as_two_among_many_is_refused(database: Database) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        for sign in ("\x1e", "\x1f"):
            with pytest.raises(ValueError, match="parts subjects"):
                await uow.due.wake([Subject.each("fact", [*range(100), f"a{sign}b"])])


@pytest.mark.parametrize("others", [1, 15, 16, 40])
async def test_what_stopped_listening_is_not_woken_by_whoever_waited_for_it(database: Database, others: int) -> None:
    """In one look or in groups: what is woken is the row as it stands when its lock was got."""
    tomorrow = now() + timedelta(days=1)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        for number in (1, 2, 3):
            await uow.due.when(LookFor(number), {FIRST}, None)

    async def wake() -> bool:
        async with database.begin(UnitOfWork, CAUSE) as waker:
            await waker.due.wake([FIRST, Subject.each("fact", range(100, 100 + others))])
        return waker.due.left

    async with database.begin(UnitOfWork, CAUSE) as other:
        await other.due.when(LookFor(1), {SECOND}, tomorrow)
        await other.due.when(LookFor(2), {SECOND, Subject.of("fact", 100)}, tomorrow)
        waking = asyncio.create_task(wake())
        await somebody_waits(database)
    assert await waking
    async with database.connect() as looking:
        stand = {row.payload: (row.due_at, row.armed) for row in await looking.execute(_STAND)}
    untouched, woken, alone = (stand[payload_of(LookFor(number))] for number in (1, 2, 3))
    assert untouched == (tomorrow, 1)
    assert woken[0] < tomorrow
    assert alone[0] < tomorrow
    assert (woken[1], alone[1]) == (2, 1)


async def somebody_waits(database: Database) -> None:
    """Until a transaction waits for another's row."""

    async def waits() -> bool:
        async with database.connect() as looking:
            return bool((await looking.execute(_WAITING)).scalar_one())

    await eventually(waits)


async def test_a_fact_that_was_written_unseen_is_found_by_the_recheck(database: Database) -> None:
    """The fact's transaction sees no waiting row, the command's sees no fact: without a recheck nobody wakes it."""
    runner = runner_on(database)
    async with database.begin(UnitOfWork, CAUSE) as writer:
        await writer.due.at(Tick(), now() + timedelta(days=1))
        await writer.due.wake({FIRST})
        await leave(database, LookFor(1))
        await work_off(runner)
        looked = len(RUNS)
    KNOWN.add("1")
    await work_off(runner)
    assert len(RUNS) == looked + 1


async def test_a_fact_of_a_younger_transaction_is_found_by_the_recheck_too(database: Database) -> None:
    """The fact's transaction began to write after the command's did, and ends after the first look behind it."""
    runner = runner_on(database)
    async with database.begin(UnitOfWork, CAUSE) as writer:
        async with database.begin(UnitOfWork, CAUSE) as waiting:
            await waiting.due.when(LookFor(1), {FIRST}, None)
            await writer.due.at(Tick(), now() + timedelta(days=1))
            await writer.due.wake({FIRST})
        await work_off(runner)
        looked = len(RUNS)
    KNOWN.add("1")
    await work_off(runner)
    assert len(RUNS) == looked + 1


async def test_what_is_left_for_after_concurrent_transactions_waits_for_those_and_for_nothing_else(
    database: Database,
) -> None:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Tick, tick)])
    async with database.begin(UnitOfWork, CAUSE) as older:
        await older.due.at(Fail(), now() + timedelta(days=1))
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.after_concurrent(Tick())
        await work_off(runner)
        assert RUNS == []
    await work_off(runner)
    assert RUNS == [0]
    await work_off(runner)
    assert RUNS == [0], "nothing is left behind it"


_LEFT = text("SELECT payload, waits_for, recheck_after IS NOT NULL AS is_looked_at FROM due_work WHERE kind = :kind")


async def test_a_run_in_between_leaves_the_look_after_concurrent_transactions_to_come(database: Database) -> None:
    """It was made due by something else, and saw no more than the older transaction had committed by then."""
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Tick, tick)])
    async with database.begin(UnitOfWork, CAUSE) as older:
        await older.due.at(Fail(), now() + timedelta(days=1))
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.after_concurrent(Tick())
        for _ in range(2):
            await leave(database, Tick())
            await work_off(runner)
        assert RUNS == [0, 0]
    await work_off(runner)
    assert RUNS == [0, 0, 0]
    async with database.connect() as looking:
        assert (await looking.execute(_LEFT, {"kind": "tick"})).all() == [], "nothing is left behind it"


async def test_what_a_run_in_between_found_is_listened_to_no_more(database: Database) -> None:
    """What was asked for is known: of the row that listened the look alone is left."""
    runner = runner_on(database)
    async with database.begin(UnitOfWork, CAUSE) as older:
        await older.due.at(Tick(), now() + timedelta(days=1))
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.when(LookFor(1), {FIRST}, None)
        KNOWN.add("1")
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.wake({FIRST})
        await work_off(runner)
        async with database.connect() as looking:
            (left,) = (await looking.execute(_LEFT, {"kind": "look_for"})).all()
        assert (RUNS, left.waits_for, left.is_looked_at) == ([1], [], True)
    await work_off(runner)
    assert RUNS == [1, 1]
    async with database.connect() as looking:
        assert (await looking.execute(_LEFT, {"kind": "look_for"})).all() == []


async def test_a_command_that_waits_already_goes_on_waiting_beside_its_recheck(database: Database) -> None:
    deadline = now() + timedelta(days=1)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookFor(1), {FIRST}, deadline)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.after_concurrent(LookFor(1))
        found = (
            await uow.connection.execute(text("SELECT waits_for, due_at, recheck_after::text FROM due_work"))
        ).one()
    assert (found.waits_for, found.due_at, found.recheck_after) == ([FIRST], deadline, "0")


SEEN: dict[str, bool] = {}
_KNOWN = text("SELECT EXISTS (SELECT FROM daily_total WHERE topic = :order)")
_LEARN = text("INSERT INTO daily_total (topic, day, events, money_sen) VALUES (:order, '2026-07-15', 1, 0)")


@dataclass(frozen=True)
class LookUp:
    """Wait for a fact that is stored, under the name of an order of steps."""

    order: str


async def look_up(command: LookUp, uow: UnitOfWork) -> None:
    SEEN[command.order] = bool(await uow.connection.scalar(_KNOWN, {"order": command.order}))
    await uow.due.when(command, {Subject.of("order", command.order)}, None)


async def test_no_order_of_steps_lets_a_command_rest_on_less_than_is_known(database: Database) -> None:
    """A command and a fact, each in a transaction of its own, in every order of their steps; and a look after each."""
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(LookUp, look_up)])
    orders = sorted({"".join(order) for order in permutations("cccfff")})
    assert len(orders) == 20
    for order in orders:
        async with AsyncExitStack() as left_open:
            steps = {"c": _command(database, order, left_open), "f": _fact(database, order, left_open)}
            for actor in order:
                await anext(steps[actor])
                await work_off(runner)
        await work_off(runner)
    assert dict.fromkeys(orders, True) == SEEN


async def _command(database: Database, order: str, left_open: AsyncExitStack) -> AsyncIterator[None]:
    """Look, wait, commit."""
    uow = await left_open.enter_async_context(database.begin(UnitOfWork, CAUSE))
    SEEN[order] = bool(await uow.connection.scalar(_KNOWN, {"order": order}))
    yield
    await uow.due.when(LookUp(order), {Subject.of("order", order)}, None)
    yield
    await uow.connection.commit()
    yield


async def _fact(database: Database, order: str, left_open: AsyncExitStack) -> AsyncIterator[None]:
    """Write, wake, commit."""
    uow = await left_open.enter_async_context(database.begin(UnitOfWork, CAUSE))
    await uow.connection.execute(_LEARN, {"order": order})
    yield
    await uow.due.wake({Subject.of("order", order)})
    yield
    await uow.connection.commit()
    yield


@dataclass(frozen=True)
class Stumble:
    """Raises at its first run, and listens to a fact from the second on."""


async def stumble(command: Stumble, uow: UnitOfWork) -> None:
    RUNS.append(1)
    if len(RUNS) == 1:
        raise ValueError("the first time")
    await uow.due.when(command, {FIRST}, None)


async def test_a_failure_leaves_the_recheck_to_come(database: Database) -> None:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Stumble, stumble)])
    async with database.begin(UnitOfWork, CAUSE) as writer:
        async with database.begin(UnitOfWork, CAUSE) as waiting:
            await waiting.due.when(Stumble(), {FIRST}, now())
            await writer.due.at(Tick(), now() + timedelta(days=1))
            await writer.due.wake({FIRST})
        await work_off(runner)
        await leave(database, Stumble())
        await work_off(runner)
        assert len(RUNS) == 2
    await work_off(runner)
    assert len(RUNS) == 3


@dataclass(frozen=True)
class Trip:
    """Raises at its first run, and is done at the next."""


async def trip(_: Trip, uow: UnitOfWork) -> None:
    RUNS.append(1)
    if len(RUNS) == 1:
        raise ValueError("the first time")


async def test_what_is_done_after_a_failure_is_looked_at_once_more_all_the_same(
    database: Database, business_clock: BusinessClock
) -> None:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Trip, trip)])
    async with database.begin(UnitOfWork, CAUSE) as older:
        await older.due.at(Tick(), now() + timedelta(days=1))
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.after_concurrent(Trip())
        await leave(database, Trip())
        await work_off(runner)
        business_clock.advance(seconds=FIRST_PAUSE.total_seconds())
        await work_off(runner)
        assert len(RUNS) == 2
    await work_off(runner)
    assert len(RUNS) == 3


async def test_a_deadline_makes_it_due(database: Database) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookFor(5), {Subject.of("fact", 5)}, deadline=now() - timedelta(seconds=1))
    KNOWN.add("5")
    assert await runner_on(database).run_one()
    assert RUNS == [5]


async def test_the_same_command_waits_once(database: Database) -> None:
    await leave(database, LookFor(3))
    await leave(database, LookFor(3))
    KNOWN.add("3")
    await work_off(runner_on(database))
    assert RUNS == [3]


async def test_what_always_raises_is_tried_after_growing_pauses_and_kept_for_a_person_after_the_last(
    database: Database, business_clock: BusinessClock
) -> None:
    runner = runner_on(database)
    await leave(database, Fail())
    for attempt in range(ATTEMPTS):
        assert await runner.run_one()
        assert not await runner.run_one(), "the pause is kept"
        business_clock.advance(seconds=FIRST_PAUSE.total_seconds() * 2**attempt)
    assert not await runner.run_one()
    async with database.begin(UnitOfWork, CAUSE) as uow:
        row = (await uow.connection.exec_driver_sql("SELECT failed FROM due_work WHERE kind = 'fail'")).one()
    assert row.failed is not None
    assert metrics.REGISTRY.get_sample_value("jaring_due_work_failures_total", {"kind": "fail"}) == ATTEMPTS


async def test_a_timer_is_due_again_after_its_interval_and_not_before(
    database: Database, business_clock: BusinessClock
) -> None:
    runner = runner_on(database)
    await runner._start_schedules()
    await work_off(runner)
    business_clock.advance(minutes=59)
    await work_off(runner)
    assert RUNS == [0]
    business_clock.advance(minutes=1)
    await work_off(runner)
    assert RUNS == [0, 0]


async def test_a_timer_runs_once_for_all_the_intervals_that_the_clock_was_moved_over(
    database: Database, business_clock: BusinessClock
) -> None:
    runner = runner_on(database)
    await runner._start_schedules()
    await work_off(runner)
    business_clock.advance(days=30)
    await work_off(runner)
    assert RUNS == [0, 0]


async def test_a_deadline_a_month_ahead_is_reached_by_moving_the_clock(
    database: Database, business_clock: BusinessClock
) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookFor(5), {Subject.of("fact", 5)}, deadline=now() + timedelta(days=30))
    runner = runner_on(database)
    await work_off(runner)
    looked = len(RUNS)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookFor(5), {Subject.of("fact", 5)}, deadline=now() + timedelta(days=30))
    business_clock.advance(days=29)
    await work_off(runner)
    assert len(RUNS) == looked
    KNOWN.add("5")
    business_clock.advance(days=1)
    await work_off(runner)
    assert len(RUNS) == looked + 1


@pytest.mark.parametrize("year", [2001, 2099])
async def test_the_time_of_the_database_decides_nothing(
    database: Database, business_clock: BusinessClock, year: int
) -> None:
    """Left, woken, failed and repeated decades before or after what PostgreSQL takes the time to be."""
    business_clock.set_day(year, 7, 15)
    runner = runner_on(database)
    await runner._start_schedules()
    await leave(database, LookFor(1))
    await work_off(runner)
    KNOWN.add("1")
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.wake({FIRST})
    await work_off(runner)
    assert Counter(RUNS) == {0: 1, 1: 3}, "the timer once; the command at first, at its recheck, and when it was woken"
    await leave(database, Fail())
    assert await runner.run_one()
    assert not await runner.run_one()
    business_clock.advance(seconds=1)
    assert await runner.run_one()
    async with database.begin(UnitOfWork, CAUSE) as uow:
        due = (await uow.connection.exec_driver_sql("SELECT due_at FROM due_work WHERE kind = 'tick'")).scalar_one()
    assert due.year == year


def test_equal_commands_have_equal_text() -> None:
    assert kind_of(LookFor) == "look_for"
    assert payload_of(LookFor(1)) == payload_of(LookFor(1))
    assert command_of(LookFor, payload_of(LookFor(4))) == LookFor(4)
    assert command_of(Tick, payload_of(Tick())) == Tick()


@dataclass(frozen=True)
class Again:
    """Leaves itself for an hour later."""


async def again(command: Again, uow: UnitOfWork) -> None:
    RUNS.append(1)
    await uow.due.at(command, now() + timedelta(hours=1))


async def test_a_command_that_leaves_itself_for_later_rests_until_then(database: Database) -> None:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Again, again)])
    await leave(database, Again())
    await work_off(runner)
    assert RUNS == [1]


@dataclass(frozen=True)
class InVain:
    """Leaves itself for later, which the database refuses."""


async def in_vain(command: InVain, uow: UnitOfWork) -> None:
    uow.cause = Cause("no text to PostgreSQL: \0")
    with pytest.raises(DBAPIError):
        async with uow.connection.begin_nested():
            await uow.due.at(command, now() + timedelta(hours=1))


async def test_a_command_that_could_not_leave_itself_for_later_is_done(database: Database) -> None:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(InVain, in_vain)])
    await leave(database, InVain())
    await work_off(runner)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        assert (await uow.connection.execute(text("SELECT count(*) FROM due_work"))).scalar_one() == 0


async def test_what_is_due_already_keeps_the_trace_of_whoever_made_it_due(database: Database) -> None:
    """One trace is followed from a request to its payment, also when more wakes come before the work is taken up, and
    when a heartbeat says that all has arrived.
    """
    tracer = TracerProvider().get_tracer("test")

    async def in_a_trace(act: Callable[[UnitOfWork], Awaitable[object]]) -> str:
        with tracer.start_as_current_span("a cause") as span:
            async with database.begin(UnitOfWork, CAUSE) as uow:
                await act(uow)
            return f"{span.get_span_context().trace_id:032x}"

    async def stored() -> str:
        async with database.begin(UnitOfWork, CAUSE) as uow:
            found = await uow.connection.execute(text("SELECT trace ->> 'traceparent' FROM due_work"))
            return str(found.scalar_one())

    left_in = await in_a_trace(lambda uow: uow.due.when(LookFor(1), {FIRST}, None))
    await in_a_trace(lambda uow: uow.due.wake_arrived({FIRST}))
    assert left_in in await stored()
    await in_a_trace(lambda uow: uow.due.when(LookFor(1), {FIRST}, None))
    woken_in = await in_a_trace(lambda uow: uow.due.wake({FIRST}))
    assert woken_in in await stored()
    await in_a_trace(lambda uow: uow.due.wake({FIRST}))
    await in_a_trace(lambda uow: uow.due.at(LookFor(1), now()))
    assert woken_in in await stored()
