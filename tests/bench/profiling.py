"""Where the processor time of an accident and of a REST write goes: by process, cause, work and SQL statement.

The Python processes sample themselves, Linux samples all of them where it may, and PostgreSQL counts its statements;
all that costs some time of its own.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from deploy.local.client import HttpClient
from deploy.local.state import address_of, identity_in, read_run
from tests.bench.accidents import accidents, follow
from tests.bench.causes import cause_of, short, work_of
from tests.bench.employers import API, officers_headers, writes
from tests.bench.figures import Figure, Part
from tests.bench.load import at_a_rate
from tests.bench.native import objects_seen
from tests.bench.platform_fixture import PlatformFixture, scratch_folder
from tests.bench.resources import OUTSIDE, cost_figures, costs_of, platform_of, uses_of
from tests.bench.workforce import Insured

# Second looks, heartbeats and the last samples.
SETTLING_SECONDS = 5.0
IDLE_SECONDS, WRITES_A_SECOND, WRITES_SECONDS = 20.0, 20.0, 20.0
CAUSES, WORKS, FUNCTIONS, OBJECTS, STATEMENTS = 10, 8, 8, 5, 12
# What less than this share of a process's samples went through is left out, and what nearly all went through too.
SMALLEST, LARGEST = 0.02, 0.9
# Only a process with so much of the whole is looked into.
WORTH_A_LOOK = 0.04

_STATEMENTS = """
    SELECT rolname AS role, regexp_replace(query, '\\s+', ' ', 'g') AS statement,
           sum(calls)::float8 AS calls, sum(total_exec_time)::float8 AS milliseconds
    FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
    WHERE toplevel AND rolname <> current_user GROUP BY 1, 2
"""
_TRANSACTIONS = "SELECT sum(xact_commit + xact_rollback)::float8 FROM pg_stat_database"


@dataclass
class Samples:
    """Stacks of a process, the innermost frame first, and the seconds that its searches for garbage took."""

    stacks: list[tuple[str, ...]] = field(default_factory=list)
    collecting: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What one piece of work cost: by process in milliseconds, and how it came to that."""

    title: str
    costs: Mapping[str, float]
    samples: Mapping[str, Samples]
    objects: Mapping[str, Counter[str]]
    statements: Sequence[asyncpg.Record]
    transactions: float
    count: int


@contextmanager
def sampled() -> Iterator[Path]:
    """While it lasts, each Python process that starts samples itself into the folder."""
    changed = {"PYTHONPATH": str(Path(__file__).parent / "sampling")}
    with scratch_folder() as folder:
        changed["BENCH_SAMPLES"] = str(folder)
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield folder
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


async def profile(
    platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rate: float, folder: Path
) -> list[Part]:
    """A second of doing nothing, accidents at a rate, and REST writes."""
    look = Look(platform, folder)
    await asyncio.sleep(SETTLING_SECONDS)
    idle = await look.at("a second of doing nothing", int(IDLE_SECONDS), lambda: asyncio.sleep(IDLE_SECONDS))

    async def report() -> None:
        await follow(platform, await accidents(client, workers, rate, "2026-07-15"))

    async def write() -> None:
        requests = writes(await officers_headers(platform))
        address = address_of(platform.state, API)
        (await at_a_rate(address, requests, WRITES_A_SECOND, WRITES_SECONDS)).must_be(201)

    accident = await look.at(f"an accident, {len(workers)} at {rate:g}/s", len(workers), report)
    number = int(WRITES_A_SECOND * WRITES_SECONDS)
    one_write = await look.at(f"a REST write, {number} at {WRITES_A_SECOND:g}/s", number, write)
    return [_part(each) for each in (idle, accident, one_write)]


class Look:
    """Looks at the platform while it does something."""

    def __init__(self, platform: PlatformFixture, folder: Path) -> None:
        self._platform = platform
        self._folder = folder

    async def at(self, title: str, count: int, do: Callable[[], Awaitable[object]]) -> Seen:
        """What one of so many costs."""
        database = await asyncpg.connect(self._platform.plan.postgres.url("postgres"))
        try:
            await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            sizes, uses = self._sizes(), uses_of(self._platform)
            await database.execute("SELECT pg_stat_statements_reset()")
            transactions = await database.fetchval(_TRANSACTIONS)
            with scratch_folder() as scratch, objects_seen(scratch) as objects:
                await do()
                await asyncio.sleep(SETTLING_SECONDS)
            costs = costs_of(uses, uses_of(self._platform), count)
            statements = await database.fetch(_STATEMENTS)
            ended = await database.fetchval(_TRANSACTIONS) - transactions
        finally:
            await database.close()
        samples = {
            name: read_samples(self._folder / str(pid), sizes.get(str(pid), 0)) for pid, name in self._roots().items()
        }
        return Seen(title, costs, samples, self._by_name(objects), statements, ended / count, count)

    def _sizes(self) -> dict[str, int]:
        """How much each process has written by now."""
        return {file.name: file.stat().st_size for file in self._folder.iterdir()}

    def _roots(self) -> dict[int, str]:
        children = read_run(self._platform.state).get("children", {})
        return {found.pid: name for name, record in children.items() if (found := identity_in(record))}

    def _by_name(self, objects: Mapping[int, Counter[str]]) -> dict[str, Counter[str]]:
        """By the platform's processes; a server's are its sessions' too, as far as they still run."""
        found: dict[str, Counter[str]] = {}
        for pid, name in self._roots().items():
            family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
            found[name] = sum((objects[each] for each in family if each in objects), Counter())
        return found


def read_samples(file: Path, begin: int) -> Samples:
    """What a process wrote from that byte on; the names of its frames may stand before it."""
    samples, names, place = Samples(), dict[str, str](), 0
    if not file.exists():
        return samples
    for line in file.read_bytes().splitlines(keepends=True):
        place += len(line)
        kind, _, rest = line.decode().rstrip("\n").partition(" ")
        if kind == "F":
            number, _, name = rest.partition(" ")
            names[number] = short(name)
        elif place > begin and kind == "S":
            samples.stacks.append(tuple(names[number] for number in rest.split()))
        elif place > begin and kind == "G":
            samples.collecting += float(rest)
    return samples


def _part(seen: Seen) -> Part:
    part = Part(f"Profile of {seen.title}: processor time, sampling included")
    part.figures.extend(cost_figures("processor time", seen.costs))
    part.figures.extend(_over_all("cause", cause_of, seen, CAUSES))
    part.figures.extend(_over_all("work", work_of, seen, WORKS))
    for name, cost in seen.costs.items():
        if cost >= WORTH_A_LOOK * platform_of(seen.costs):
            part.figures.extend(_inside(name, cost, seen))
    part.figures.extend(_sql(seen))
    return part


def _over_all(word: str, sort: Callable[[Sequence[str]], str], seen: Seen, most: int) -> Iterator[Figure]:
    """The dearest over all Python processes of the platform."""
    found: Counter[str] = Counter()
    for name, samples in seen.samples.items():
        if name not in OUTSIDE:
            found.update(shares(map(sort, samples.stacks), seen.costs.get(name, 0.0)))
    for key, cost in found.most_common(most):
        yield Figure(f"  {word} over all Python processes: {key}", cost, "ms")


def shares(sorts: Iterable[str], cost: float) -> dict[str, float]:
    """How the cost spreads over the samples, by sort."""
    counted = Counter(sorts)
    return {sort: cost * count / counted.total() for sort, count in counted.items()}


def _inside(process: str, cost: float, seen: Seen) -> Iterator[Figure]:
    """One process: causes, works, our dearest functions with all that they call, and whose machine code ran."""
    samples = seen.samples[process] if process in seen.samples else Samples()
    if samples.stacks:
        for word, sort in (("cause", cause_of), ("work", work_of)):
            found = Counter(shares(map(sort, samples.stacks), cost))
            for key, part in found.most_common(CAUSES):
                yield Figure(f"  {process}, {word}: {key}", part, "ms")
        yield Figure(f"  {process}: searches for garbage", samples.collecting / seen.count * 1000, "ms")
        within = Counter(frame for stack in samples.stacks for frame in set(stack) if _is_ours(frame))
        notable = [each for each in within.most_common() if SMALLEST <= each[1] / len(samples.stacks) <= LARGEST]
        for name, count in notable[:FUNCTIONS]:
            yield Figure(f"  {process}, through {name}", cost * count / len(samples.stacks), "ms")
    objects = seen.objects.get(process, Counter())
    for name, count in objects.most_common(OBJECTS):
        yield Figure(f"  {process}, machine code of {name}", cost * count / objects.total(), "ms")


def _is_ours(frame: str) -> bool:
    return frame.startswith(("shared/", "services/"))


def _sql(seen: Seen) -> Iterator[Figure]:
    """Transactions, and statements by the role that sent them; the dearest by what PostgreSQL spent executing them."""
    yield Figure("transactions ended in PostgreSQL", seen.transactions, "")
    calls: Counter[str] = Counter()
    for row in seen.statements:
        calls[row["role"]] += row["calls"] / seen.count
    for role, count in calls.most_common():
        yield Figure(f"  statements of {role}", count, "")
    for row in sorted(seen.statements, key=lambda row: -row["milliseconds"])[:STATEMENTS]:
        name = f"  {row['role']}, executing: {row['statement'].strip()[:90]}"
        note = f"{row['calls'] / seen.count:.2f} times"
        yield Figure(name, row["milliseconds"] / seen.count, "ms", note=note)
