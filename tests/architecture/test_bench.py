"""What `make bench` works out from what it sees: figures, the search, the lag, the history; and its own HTTP client."""

import asyncio
import os
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

from tests.bench.capacity import (
    MOST_TRIALS,
    SECONDS,
    TRIAL_SECONDS,
    Trial,
    held,
    highest,
    open_accidents,
    open_requests,
)
from tests.bench.causes import cause_of, work_of
from tests.bench.figures import Figure, Part
from tests.bench.fixed_work import NAME, REFERENCE_MS, TIMES, at_its_speed, between_rounds, watched, work
from tests.bench.lag import growth
from tests.bench.load import Refused, as_fast_as_it_goes, at_a_rate, length_of, request
from tests.bench.profiling import read_samples, shares
from tests.bench.report import run_rows, trend_rows
from tests.bench.resources import OUTSIDE, Use, cost_figures, costs_of, platform_of
from tests.bench.scaling import Turn, figures, in_the_way
from tests.bench.servers import Rates, beside

RATES = (10.0, 20.0, 30.0, 40.0, 50.0)


def _platform(short: float, long: float, most: int = MOST_TRIALS) -> list[Trial]:
    """The trials of a platform that keeps up with these rates in a short trial and in a long one."""

    async def attempt(rate: float, seconds: int) -> Trial:
        keeps_up = rate <= (short if seconds == TRIAL_SECONDS else long)
        return Trial(rate, seconds, [1.0], 0.0 if keeps_up else 0.5, 1.0)

    return asyncio.run(highest(RATES, attempt, most))


@pytest.mark.parametrize(("short", "long", "found"), [(35, 35, 30), (50, 20, 20), (50, 50, 50), (5, 5, 0), (30, 5, 0)])
def test_the_highest_rate_is_one_that_was_held_for_the_whole_time(short: float, long: float, found: float) -> None:
    trials = _platform(short, long)
    assert (held(trials) if trials[-1].seconds == SECONDS else 0) == found
    assert len(trials) <= 3 + len(RATES)


@pytest.mark.parametrize(("most", "found"), [(2, 0), (4, 0), (6, 0), (7, 10), (20, 10)])
def test_a_search_ends_with_its_last_trial(most: int, found: float) -> None:
    """Of accidents a month has days for seven; 50, 40, 30 and 20 hold for a while, and 10 for the whole time."""
    trials = _platform(50, 10, most)
    assert len(trials) <= most
    assert (held(trials) if trials[-1].seconds == SECONDS else 0) == found


def test_a_trial_that_lost_something_holds_nothing() -> None:
    assert not Trial(10, SECONDS, [1.0], 0.0, 1.0, lost=1).holds
    assert not Trial(10, SECONDS, [1.0], 0.03, 1.0).holds
    assert Trial(10, SECONDS, [1.0], 0.01, 1.0).holds


def test_growth_is_what_was_added_to_what_is_open_by_what_was_sent_meanwhile() -> None:
    """Ten a second for a minute; one of ten stays open."""
    looks = [(instant / 10, 1.0 * instant / 10) for instant in range(601)]
    assert growth(looks, 600) == pytest.approx(0.1, rel=0.02)
    assert growth([(instant, 25.0) for instant, _ in looks], 600) == 0
    # What grows only until pools and caches are warm does not count.
    assert growth([(instant, min(left, 20.0)) for instant, left in looks], 600) == 0


def test_where_nothing_was_answered_all_of_it_is_left() -> None:
    assert growth(open_requests([(0.0, 1.0), (1.0, 2.0)], [], []), 0) == growth(open_accidents([], []), 0) == 1
    assert not Trial(10, TRIAL_SECONDS, [], 1.0, 0.0).holds


def test_requests_that_wait_for_a_slow_server_are_left_to_do() -> None:
    """Due each second, answered half as fast: what is left elsewhere does not grow, and the rate is not held."""
    due = [float(second) for second in range(60)]
    late = [2 * second + 0.5 for second in due]
    looks = [(instant / 10, 0.0) for instant in range(700)]
    assert growth(open_requests(looks, due, late), 60) == pytest.approx(0.5, abs=0.05)
    assert growth(open_requests(looks, due, [second + 0.5 for second in due]), 60) == pytest.approx(0, abs=0.05)


def test_a_ratio_is_that_of_its_own_round_and_has_a_floor_of_its_own() -> None:
    rounds = [Rates(100, 200), Rates(10, 40), Rates(90, 100)]
    ours, bare, ratio = beside("ours", "bare", rounds, "requests/s", ratio_limit=0.6)
    assert (ours.value, ours.verdict, bare.value) == (90, "", 100)
    assert (ratio.value, ratio.verdict) == (0.5, "missed")


def test_what_is_not_the_platform_is_named_apart() -> None:
    names = ("claims-worker", "postgres", *OUTSIDE)
    before = {name: Use(1.0, 0) for name in names}
    after = {name: Use(2.0, 0) for name in names}
    costs = costs_of(before, after, 100)
    assert platform_of(costs) == 20
    whole, *each = cost_figures("an accident", costs, 19)
    assert (whole.value, whole.verdict, len(each)) == (20, "missed", len(names))
    assert {figure.name.partition(": ")[2] for figure in each if figure.note == "not the platform"} == set(OUTSIDE)


def test_the_history_has_a_row_for_each_figure_and_says_what_was_missed() -> None:
    runs = [
        _run("2026-11-22T19:02", {"relayed": 9_000.0, "ratio": 0.4}, {"relayed": [9_000.0, 8_000.0, "kept"]}),
        _run("2026-11-29T19:02", {"ratio": 0.5}, {"ratio": [0.5, 0.6, "missed", "", True]}),
    ]
    assert trend_rows(runs)[2:] == [
        "| relayed | 8,000 | 9,000 (11-22) |",
        "| ratio | ≥ 0.60 | **0.50** (11-29), 0.40 (11-22) |",
    ]
    assert [row.rpartition("| ")[2] for row in run_rows(runs)[2:]] == ["1 of 1 |", "0 of 1 |"]


def test_the_history_says_of_a_run_how_fast_the_machine_was() -> None:
    runs = [_run("2026-11-22T19:02", {"ratio": 0.4}, {}), _run("2026-11-29T19:02", {NAME: 21.04}, {})]
    assert [row.split(" | ")[4] for row in run_rows(runs)[2:]] == ["", "21.0"]


def test_the_fixed_work_is_the_same_each_time_and_is_done_before_between_and_after() -> None:
    assert work() == work()
    between_rounds()
    with watched() as times:
        assert len(times) == TIMES
        between_rounds()
    assert len(times) == 3 * TIMES
    assert all(each > 0 for each in times)


def test_figures_stay_as_they_were_measured_beside_how_fast_the_machine_was() -> None:
    measured = [
        Figure("processor time for an accident, the platform", 60.0, "ms", 55.0, note="without bank"),
        Figure("claims", 40.0, "claims/s", 35.0, at_least=True),
        Figure("whole, p50", 70.0, "ms", 80.0),
    ]
    part = at_its_speed(Part("a part", measured), [REFERENCE_MS, REFERENCE_MS * 1.5, REFERENCE_MS * 3])
    assert [(each.name, each.value, each.limit, each.verdict) for each in part.figures[:3]] == [
        (each.name, each.value, each.limit, each.verdict) for each in measured
    ]
    assert [each.note for each in part.figures[:3]] == [
        "without bank  at the reference speed 40.00",
        "at the reference speed 60.00",
        "",
    ]
    assert [each.value for each in part.figures[3:]] == [REFERENCE_MS * 1.5, REFERENCE_MS, REFERENCE_MS * 3]


def test_what_is_in_the_way_is_named() -> None:
    assert in_the_way({"process 1": 0.97, "PostgreSQL": 0.5}, 2) == "full: process 1"
    assert in_the_way({"process 1": 0.6, "PostgreSQL": 0.9}, 2).startswith("nobody is full")
    assert in_the_way({"process 1": 0.6, "process 2": 0.6, "PostgreSQL": 0.75, "Kafka": 0.01}, 2) == (
        "all cores are full: PostgreSQL 0.75, process 1 0.60, process 2 0.60"
    )
    one, two = Turn(10.0, {"process 1": 0.9}), Turn(15.0, {"process 1": 0.6, "process 2": 0.6})
    held = {each.name: each for each in figures("worker", "pieces/s", [(one, two)] * 3)}
    assert held["worker, one: held"].value == 10
    assert held["worker: two beside one"].value == 1.5


def _run(at: str, figures: dict[str, float], limits: dict[str, list[object]]) -> dict[str, object]:
    about = {"at": at, "label": "", "cores": 2, "memory_gb": 23.5, "python": "3.11.7", "load_before": 1.0}
    return {**about, "figures": {"a part": figures}, "limits": limits}


def test_a_limit_of_nothing_is_a_limit() -> None:
    assert Figure("lost", 1, "", limit=0).verdict == "missed"
    assert Figure("lost", 0, "", limit=0).verdict == "kept"


@pytest.fixture
def answering() -> list[bytes]:
    """Requests as a server saw them."""
    return []


async def _served(seen: list[bytes], answer: bytes, split: int) -> asyncio.Server:
    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            seen.append(head + await reader.readexactly(length_of(head)))
            writer.write(answer[:split])
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(answer[split:])

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answers(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


ANSWER = b'HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n{ "}'


@pytest.mark.parametrize("split", [5, ANSWER.index(b"{"), len(ANSWER) - 1])
def test_the_client_knows_where_an_answer_ends(answering: list[bytes], split: int) -> None:
    sent = request("POST", "/v1/employers", {"a": "b"}, b"{}")

    async def ask() -> tuple[int, int]:
        async with await _served(answering, ANSWER, split) as server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            paced = (await at_a_rate(address, repeat(sent), 1_000, 0.05)).must_be(201)
            return paced.count, (await as_fast_as_it_goes(address, repeat(sent), 0.05)).count

    paced, fast = asyncio.run(ask())
    assert (paced, fast > 0, set(answering)) == (50, True, {sent})
    assert len(answering) == paced + fast


def test_the_client_goes_on_where_a_server_ends_connections(answering: list[bytes]) -> None:
    """As every server does with one that nobody uses for some seconds."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        writer.close()

    async def ask() -> int:
        async with await asyncio.start_server(once, "127.0.0.1", 0) as server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            return (await at_a_rate(address, repeat(request("GET", "/", {})), 200, 0.5)).must_be(201).count

    assert asyncio.run(ask()) == len(answering) == 100


def test_a_rate_of_refusals_is_no_rate(answering: list[bytes]) -> None:
    async def ask() -> None:
        async with await _served(answering, b"HTTP/1.1 429 Many\r\ncontent-length: 0\r\n\r\n", 5) as server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            (await at_a_rate(address, repeat(request("GET", "/", {})), 100, 0.02)).must_be(201)

    with pytest.raises(Refused, match="429"):
        asyncio.run(ask())


STATEMENT = (
    "asyncio/timeouts.py:Timeout.__aenter__",
    "asyncpg/connection.py:Connection.fetch",
    "sqlalchemy/engine/base.py:Connection.execute",
    "shared/messaging/consumer_store.py:ConsumerStore.note_freshness",
    "shared/messaging/batch.py:BatchHandler._project",
    "shared/messaging/consumer.py:Consumer._consume",
    "asyncio/runners.py:Runner.run",
)


def test_a_stack_is_its_innermost_librarys_and_its_works() -> None:
    """What asyncio does for asyncpg is no loop of its own: it is the innermost that is one of those told apart."""
    assert cause_of(STATEMENT[1:]) == "asyncpg"
    assert cause_of(STATEMENT) == "asyncio"
    assert cause_of(("contextlib.py:contextmanager", *STATEMENT[2:])) == "SQLAlchemy"
    assert work_of(STATEMENT) == "consumer: heartbeats"
    assert work_of(STATEMENT[4:]) == "consumer: applies"
    # A function of which another one's name is the beginning.
    claim = (
        "shared/scheduling/runner.py:DueWorkRunner._claim",
        "shared/scheduling/runner.py:DueWorkRunner._run_first_due",
    )
    assert work_of(claim) == "due work: looks and claims"
    assert shares(["a", "b", "a", "a"], 8.0) == {"a": 6.0, "b": 2.0}


BUSY = """
import gc, time

def busy():
    while time.process_time() < 0.6:
        [str(number) for number in range(500)]

busy()
gc.collect()
"""


def test_a_process_writes_down_where_it_spends_its_time(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": "tests/bench/sampling", "BENCH_SAMPLES": str(tmp_path)}
    subprocess.run([sys.executable, "-c", BUSY], env=environment, check=True)  # noqa: S603
    (file,) = tmp_path.iterdir()
    samples = read_samples(file, 0)
    within = [stack for stack in samples.stacks if "<string>:busy" in stack]
    assert len(within) > 0.8 * len(samples.stacks) > 20
    assert samples.collecting > 0
    # What stood there before is not of what is looked at.
    assert len(read_samples(file, file.stat().st_size // 2).stacks) < len(samples.stacks)
    assert read_samples(file, file.stat().st_size).stacks == []
