"""A million determinations of a fixed mix made again from their own records, on two cores, compared byte by byte."""

import gc
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from random import Random
from typing import TypeAlias

from shared.kernel.money import ringgit
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import determination, determine, replay
from shared.law.fact_types import Written
from tests.bench.figures import Figure, Part

# As many processes as cores of the machine that the limit is stated for, whatever this one has.
LIMIT_S, RECORDS, PROCESSES = 120.0, 1_000_000, 2
CHUNK = 2_000
# Since the scheme for accidents outside employment: everything of the mix can happen.
FIRST_EVENT = date(2026, 6, 1)
KNOWN = date(2027, 12, 31)

Facts: TypeAlias = dict[str, Written]


def replaying(records: int) -> Part:
    """Make records of different people, replay them, and count those that differ; only the replay is timed."""
    chunks = [(seed, min(CHUNK, records - seed)) for seed in range(0, records, CHUNK)]
    # Records hold no cycles: looking for some takes a third of the time.
    with ProcessPoolExecutor(PROCESSES, initializer=gc.disable) as pool:
        done = list(pool.map(replayed, chunks))
    busy, differing = sum(seconds for seconds, _ in done), sum(count for _, count in done)
    limit = LIMIT_S * records / RECORDS
    return Part(
        "determinations replayed",
        [
            Figure(f"{records:,} records replayed on {PROCESSES} cores", busy / PROCESSES, "s", limit),
            Figure("a record, on one core", busy / records * 1e6, "µs"),
            Figure("records with differing bytes", differing, "", note="must be 0"),
        ],
    )


def replayed(chunk: tuple[int, int]) -> tuple[float, int]:
    """Seconds of the replay of a chunk, and how many of its records differ."""
    seed, count = chunk
    stored = [decided(Random(seed + number)) for number in range(count)]
    began = time.perf_counter()
    differing = sum(replay(DecisionRecord(body)).canonical != body for body in stored)
    return time.perf_counter() - began, differing


def decided(chance: Random) -> bytes:
    """The record of somebody's question."""
    (about,) = chance.choices(list(MIX), [share for share, _ in MIX.values()])
    _, facts_of = MIX[about]
    event = FIRST_EVENT + timedelta(days=chance.randrange(500))
    facts = facts_of(event, chance)
    asked = determination(about)
    sources = {name: (Source("notice", f"{chance.getrandbits(64):016x}", 1),) for name in facts}
    law = asked.law_of(facts, book(), KNOWN)
    return determine(asked, facts, law, sources=sources, decided_on=event + timedelta(days=30)).canonical


def _injury(event: date, chance: Random) -> Facts:
    circumstances = ("at work", "commuting", "meal break", "employer activity", "other")
    return {
        "accident": event.isoformat(),
        "circumstance": chance.choice(circumstances),
        "interrupted or deviated": chance.choice(("yes", "no")),
        **_cover(chance),
    }


def _days(event: date, chance: Random) -> Facts:
    last = event + timedelta(days=chance.randrange(2, 60))
    certificate: Written = {"issued on": event.isoformat(), "certified": f"{event} to {last}"}
    return {
        "accident": event.isoformat(),
        "certificates": [certificate],
        "worked with wages": [event.isoformat()] if chance.random() < 0.2 else [],
        "days of another claim": [],
        "looked at": "no",
        "employments": _employments(event, chance),
        **_cover(chance),
    }


def _days_at_home(event: date, chance: Random) -> Facts:
    return _days(event, chance) | {"takes part": "yes", "arose out of employment": "no"}


def _loss(event: date, chance: Random) -> Facts:
    return {
        "accident": event.isoformat(),
        "loss": str(chance.randrange(1, 101)),
        "applied on": (event + timedelta(days=200)).isoformat(),
        "employments": _employments(event, chance),
        **_cover(chance),
    }


def _death(event: date, chance: Random) -> Facts:
    people: dict[str, Written] = {"person:1": {"relation": "widow"}}
    for number in range(chance.randrange(4)):
        born = event - timedelta(days=chance.randrange(300, 7_600))
        people[f"person:{number + 2}"] = {"relation": "child", "born": born.isoformat()}
    return {
        "accident": event.isoformat(),
        "death": event.isoformat(),
        "dependants": people,
        "employments": _employments(event, chance),
        **_cover(chance),
    }


def _pension(event: date, chance: Random) -> Facts:
    first, last = Month(chance.randrange(2008, 2022), 1), Month.of(event).previous
    return {
        "notice received": event.isoformat(),
        "born": f"{chance.randrange(1970, 1990)}-06-18",
        "first liable": first.first_day.isoformat(),
        "contributed": f"{first} to {last}",
        "wages": {f"{last - 23} to {last}": _wage(chance)},
    }


def _funeral(event: date, _: Random) -> Facts:
    return {"died on": event.isoformat(), "claimants": {"person:1": {"relation": "widow"}}}


def _employments(event: date, chance: Random) -> list[Written]:
    months = Month.of(event).window_before(chance.randrange(1, 8))
    wages: dict[str, Written] = {str(month): _wage(chance) for month in months}
    return [{"employer": "7", "spells": [{"from": "2015-01-05"}], "wages": wages}]


def _cover(chance: Random) -> Facts:
    covered = "no" if chance.random() < 0.05 else "yes"
    return {"contract of service": covered, "category": chance.choice(("first", "second"))}


def _wage(chance: Random) -> str:
    return ringgit(chance.randrange(1, 900_000))


MIX: Mapping[str, tuple[int, Callable[[date, Random], Facts]]] = {
    "act4 employment injury": (25, _injury),
    "act4 temporary disablement": (35, _days),
    "act4 non employment injury temporary disablement": (15, _days_at_home),
    "act4 permanent disablement": (8, _loss),
    "act4 dependants benefit": (4, _death),
    "act4 invalidity pension": (5, _pension),
    "act4 funeral benefit": (8, _funeral),
}
"""What an accident, an illness or a death asks, by how often of a hundred, and the facts of each."""
