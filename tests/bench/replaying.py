"""A million stored decisions made again from their own records, on every core, and compared byte by byte."""

import gc
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from services.claims.domain.facts import Certificate, InjuryFacts, Membership, Spell, WageMonth
from services.claims.domain.replay import replay
from services.claims.domain.temporary_disablement import assess
from shared.kernel.periods import Days, Month
from shared.law.book import book
from shared.law.decision import DecisionRecord
from tests.bench.figures import Figure, Part

LIMIT_S, RECORDS = 120.0, 1_000_000
CHUNK = 2_000
FIRST_ACCIDENT = date(2023, 1, 1)


def replaying(records: int) -> Part:
    """Make records of different accidents, replay them, and count those that differ; only the replay is timed."""
    cores = os.cpu_count() or 1
    chunks = [(seed, min(CHUNK, records - seed)) for seed in range(0, records, CHUNK)]
    # Records hold no cycles: looking for some takes a third of the time.
    with ProcessPoolExecutor(cores, initializer=gc.disable) as pool:
        done = list(pool.map(replayed, chunks))
    busy, differing = sum(seconds for seconds, _ in done), sum(count for _, count in done)
    limit = LIMIT_S * records / RECORDS
    return Part(
        "decisions replayed",
        [
            Figure(f"{records:,} records replayed on {cores} cores", busy / cores, "s", limit),
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
    """The record of an accident of its own: day, wages, employers, certificates and days worked."""
    happened_on = FIRST_ACCIDENT + timedelta(days=chance.randrange(1_300))
    days = Days(happened_on, happened_on + timedelta(days=chance.randrange(2, 60)))
    decided_on = days.last + timedelta(days=5)
    known_to = datetime(decided_on.year, decided_on.month, decided_on.day, 4, tzinfo=UTC)
    months = Month.of(happened_on).window_before(chance.randrange(1, 8))
    wages = tuple(WageMonth(7, month, chance.randrange(1, 900_000), 1) for month in months)
    facts = InjuryFacts(
        person=chance.randrange(1, 10**7),
        person_revision=1,
        born_on=date(1970, 1, 1) + timedelta(days=chance.randrange(12_000)),
        happened_on=happened_on,
        certificates=(Certificate(UUID(int=chance.getrandbits(128)), happened_on, days),),
        worked_with_wages=(happened_on,) if chance.random() < 0.2 else (),
        spells=(Spell(UUID(int=chance.getrandbits(128)), 7, date(2015, 1, 5), None, 1),),
        memberships=(Membership("act4", chance.choice(("first", "second")), date(2015, 1, 5), None, 1),),
        wages=wages,
        watermarks={"registration": known_to, "contribution.received": known_to},
        known_to=known_to,
    )
    if chance.random() < 0.05:
        facts = replace(facts, spells=())
    return assess(facts, book().on(happened_on, decided_on), decided_on).record.canonical
