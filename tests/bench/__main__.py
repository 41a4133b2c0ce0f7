"""``make bench``: measures the platform on this machine, as figures beside their limits (rules P6).

Nothing is asserted about time: a figure that misses its limit is reported, and the run succeeds.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import uvloop
from rich.console import Console

from deploy.local.client import HttpClient
from tests.bench.accidents import latency
from tests.bench.applying import applying
from tests.bench.capacity import FIRMS, RATES, SECONDS, capacity
from tests.bench.cover import PERSONS, cover
from tests.bench.figures import Figure, Part
from tests.bench.files import FIRMS as MANY_FIRMS
from tests.bench.files import LINES, files
from tests.bench.fixed_work import at_its_speed, watched
from tests.bench.law import PEOPLE, loading, month_of_contributions
from tests.bench.mix import EMPLOYERS, mix
from tests.bench.opening import opening
from tests.bench.platform_fixture import PlatformFixture, running_platform, scratch_folder
from tests.bench.profiling import profile, sampled
from tests.bench.pushing import LIMIT as PUSHED
from tests.bench.pushing import SECONDS as PUSHING_SECONDS
from tests.bench.pushing import pushing
from tests.bench.reads import reads
from tests.bench.reasking import reasking
from tests.bench.relaying import relaying
from tests.bench.replaying import RECORDS, replaying
from tests.bench.report import keep, machine, show
from tests.bench.resources import idle
from tests.bench.rest import rest
from tests.bench.rotation import rotation
from tests.bench.scaling import scaling
from tests.bench.servers import durable_servers
from tests.bench.starting import starting
from tests.bench.workers import burst
from tests.bench.workforce import prepare, prepare_firms

PLATFORM, PROFILED, SCALED = (
    ("latency", "rest", "capacity", "reask", "events", "mix", "idle"),
    ("profile",),
    ("scaling", "opening", "cover", "rotation", "files"),
)
MACHINERY, LAW, START = ("relay", "apply", "workers", "reads"), ("law", "replay"), ("start",)
MOST_PROFILED, FILE_WIDTH = 300, 160
USUAL = ("start", "latency", "rest", "idle", *MACHINERY, *LAW)


def arguments() -> argparse.Namespace:
    """The parameters of a run."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=(*START, *PLATFORM, *PROFILED, *MACHINERY, *SCALED, *LAW), default=USUAL
    )
    parser.add_argument("--accidents", type=int, default=600)
    parser.add_argument("--rate", type=float, default=5.0, help="accidents a second")
    parser.add_argument("--idle-seconds", type=float, default=30.0)
    parser.add_argument("--events", type=int, default=20_000, help="events for the relay and the projections")
    parser.add_argument("--seconds", type=float, default=PUSHING_SECONDS, help="for events; a limit asks for 600 once")
    parser.add_argument("--pushed", type=float, default=PUSHED, help="wages a second, for events")
    parser.add_argument("--lines", type=int, default=LINES, help="of the large file, for files")
    parser.add_argument("--firms", type=int, default=MANY_FIRMS, help="that send a small one, for files")
    parser.add_argument("--employers", type=int, default=EMPLOYERS, help="that send a month, for mix")
    parser.add_argument("--rates", type=float, nargs="+", default=RATES, help="of accidents, for capacity")
    parser.add_argument("--burst", type=int, default=400, help="accidents at once, for workers and scaling")
    parser.add_argument("--people", type=int, default=PEOPLE, help="for law")
    parser.add_argument("--records", type=int, default=RECORDS, help="for replay")
    parser.add_argument("--stored", type=int, default=200_000, help="stored decisions, for reask")
    parser.add_argument("--processes", type=int, default=1, help="that each API answers from, for rest")
    parser.add_argument("--persons", type=int, default=PERSONS, help="in the register, for opening, cover, rotation")
    parser.add_argument("--label", default="", help="what this run is of, for the history")
    parser.add_argument("--forget", action="store_true", help="do not add the run to the history")
    return parser.parse_args()


async def on_the_platform(platform: PlatformFixture, chosen: argparse.Namespace) -> list[Part]:
    """What is measured on the whole platform; idle last, when there is something in the databases."""
    client, parts = HttpClient(platform.state), []
    needed = {
        "latency": chosen.accidents,
        "capacity": int(max(chosen.rates) * SECONDS),
        "reask": chosen.accidents * 2,
    }
    count = max((needed.get(each, 0) for each in chosen.only), default=0)
    try:
        firms = await prepare_firms(platform, client, count, FIRMS) if count else []
        workers = [worker for firm in firms for worker in firm.workers]
        if "latency" in chosen.only:
            parts.append(await under_load(latency(platform, client, workers[: chosen.accidents], chosen.rate)))
        if "rest" in chosen.only:
            parts.append(await under_load(rest(platform, chosen.processes)))
        if "capacity" in chosen.only:
            parts.append(await under_load(capacity(platform, client, firms, sorted(chosen.rates))))
        if "reask" in chosen.only:
            parts.append(await under_load(reasking(platform, client, workers, chosen.rate, chosen.stored)))
        if "events" in chosen.only:
            parts.append(await under_load(pushing(platform, client, chosen.seconds, chosen.pushed)))
        if "mix" in chosen.only:
            with watched() as times:
                mixed = await mix(platform, chosen.employers)
            parts += [at_its_speed(each, times) for each in mixed]
    finally:
        await client.close()
    if "idle" in chosen.only:
        parts.append(await under_load(idle(platform, chosen.idle_seconds)))
    return parts


async def on_a_sampled_platform(platform: PlatformFixture, chosen: argparse.Namespace, folder: Path) -> list[Part]:
    """What the platform reports of itself."""
    client = HttpClient(platform.state)
    try:
        workers = await prepare(platform, client, min(chosen.accidents, MOST_PROFILED))
        with watched() as times:
            parts = await profile(platform, client, workers, chosen.rate, folder)
        return [at_its_speed(part, times) for part in parts]
    finally:
        await client.close()


async def on_the_machinery(chosen: argparse.Namespace) -> list[Part]:
    """What is measured on bare servers."""
    with durable_servers() as (databases, broker):
        parts: list[Part] = []
        if "relay" in chosen.only:
            parts.append(await under_load(relaying(databases, broker, chosen.events)))
        if "apply" in chosen.only:
            parts.append(await under_load(applying(databases, chosen.events)))
        if "workers" in chosen.only:
            parts.append(await under_load(burst(databases, broker, chosen.burst)))
        if "reads" in chosen.only:
            parts.append(await under_load(reads(databases, broker)))
        if "files" in chosen.only:
            with scratch_folder() as folder:
                parts.append(await under_load(files(databases, chosen.lines, chosen.firms, folder)))
        if "scaling" in chosen.only:
            parts.append(await under_load(scaling(databases, broker, chosen.burst)))
        if "opening" in chosen.only:
            parts.append(await under_load(opening(databases, chosen.persons)))
        if "cover" in chosen.only:
            parts.append(await under_load(cover(databases, broker, chosen.persons)))
        if "rotation" in chosen.only:
            parts.append(await under_load(rotation(databases, broker, chosen.persons)))
        return parts


def on_the_law(chosen: argparse.Namespace) -> list[Part]:
    """What needs no server."""
    parts: list[Part] = []
    if "law" in chosen.only:
        parts += [alone(loading), alone(lambda: month_of_contributions(chosen.people))]
    if "replay" in chosen.only:
        parts.append(alone(lambda: replaying(chosen.records)))
    return parts


def alone(measure: Callable[[], Part]) -> Part:
    """The part, and how fast the machine was."""
    with watched() as times:
        part = measure()
    return at_its_speed(part, times)


async def under_load(measuring: Awaitable[Part]) -> Part:
    """The part, how fast the machine was, and how many processes wanted a core in its last minute: more than there are
    makes everything slow.
    """
    with watched() as times:
        part = await measuring
    part.figures.append(Figure("load average of the machine", os.getloadavg()[0], "", note=f"{os.cpu_count()} cores"))
    return at_its_speed(part, times)


def main() -> None:
    """Measure what was chosen, show it, and keep it."""
    # Ended by a signal, it still stops what it started and deletes it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    chosen, about = arguments(), machine()
    # A table that goes into a file is not folded to the width of a terminal that is not there.
    console = Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)
    console.print(", ".join(f"{name} {value}" for name, value in about.items()))
    parts: list[Part] = []
    if _any_of(START, chosen.only):
        parts.append(alone(starting))
    if _any_of(PLATFORM, chosen.only):
        with running_platform(console, processes=chosen.processes) as platform:
            parts += uvloop.run(on_the_platform(platform, chosen))
    if _any_of(PROFILED, chosen.only):
        with sampled() as folder, running_platform(console, counts_statements=True) as platform:
            parts += asyncio.run(on_a_sampled_platform(platform, chosen, folder))
    if _any_of((*MACHINERY, *SCALED), chosen.only):
        parts += asyncio.run(on_the_machinery(chosen))
    if _any_of(LAW, chosen.only):
        parts += on_the_law(chosen)
    show(console, parts)
    if not chosen.forget:
        keep(parts, about, chosen.label)


def _any_of(some: Sequence[str], chosen: Sequence[str]) -> bool:
    return any(each in chosen for each in some)


if __name__ == "__main__":
    main()
