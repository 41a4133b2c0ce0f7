"""Servers of a measurement's own, with the platform's settings: commits are durable, and nothing else uses them."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from deploy.local.kafka import start_kafka
from deploy.local.postgres import start_postgres
from deploy.platform import DATABASE_ROLES
from deploy.provision import Postgres
from shared.contracts.envelope import Cause
from shared.testing.servers import Broker, Databases
from tests.bench.figures import Figure
from tests.bench.fixed_work import between_rounds
from tests.bench.platform_fixture import scratch_folder

CAUSE = Cause("bench")
ROUNDS = 3


@dataclass(frozen=True)
class Rates:
    """What a round brought, in pieces a second: the platform's way, and the bare server's."""

    ours: float
    bare: float


@contextmanager
def durable_servers() -> Iterator[tuple[Databases, Broker]]:
    """PostgreSQL that syncs every commit, and Kafka."""
    with scratch_folder() as folder:
        postgres = start_postgres(folder / "postgres")
        kafka = start_kafka(folder / "kafka")
        passwords = {role.name: secrets.token_hex(16) for role in DATABASE_ROLES}
        address = Postgres(postgres.host, postgres.port, postgres.user, postgres.password)
        try:
            yield Databases(address, passwords), Broker(kafka.bootstrap)
        finally:
            kafka.stop()
            postgres.stop()


def each_round() -> Iterator[int]:
    """The rounds of a measurement; between two of them it is looked how fast the machine is."""
    for number in range(ROUNDS):
        if number:
            between_rounds()
        yield number


def beside(
    ours: str,
    bare: str,
    rounds: Sequence[Rates],
    unit: str,
    limit: float | None = None,
    ratio_limit: float | None = None,
) -> list[Figure]:
    """The middle of the rounds for both ways, and of their ratios, which have limits of their own."""
    note = "rounds: " + ", ".join(f"{each.ours:,.0f}" for each in rounds)
    ratios = [each.ours / each.bare for each in rounds]
    each_ratio = "rounds: " + ", ".join(f"{ratio:.3f}" for ratio in ratios)
    return [
        Figure(ours, median(each.ours for each in rounds), unit, limit, at_least=True, note=note),
        Figure(f"{ours}; beside it: {bare}", median(each.bare for each in rounds), unit),
        Figure(f"{ours}; ratio of the two", median(ratios), "", ratio_limit, at_least=True, note=each_ratio),
    ]
