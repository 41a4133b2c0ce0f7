"""The three ways in which every journey runs, and what must be equal after them (rules P3).

`make test` runs some long ones in one way only, `make prove` those in every way.

In order, each thing is done when the platform has come to rest after the last one. Otherwise what belongs together is
sent at once without waiting, and the services consume events shuffled or doubled.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import now, today
from shared.messaging.batch import BatchHandler
from shared.testing.disorder import Doubled, Shuffled
from shared.testing.service import ServiceUnderTest
from tests.oracle.owing import Debt, Term
from tests.oracle.owing_days import GRANTED

Step = Callable[[], Awaitable[object]]
# Nothing takes so long; a busy machine may.
PATIENCE_S = 180.0
# Between two looks for work that another process left; a commit of the same worker wakes its loops by itself.
BUSY_PAUSE_S = 0.1
# How many reads in a row must find the same quiet.
BOUNDS = 3
# Topic, aggregate and version of all that was published.
Changes = frozenset[tuple[Any, ...]]


class Way(StrEnum):
    """How a journey runs."""

    IN_ORDER = "in_order"
    SHUFFLED = "shuffled"
    DOUBLED = "doubled"

    @property
    def heartbeat_idle(self) -> str:
        """How many seconds an idle relay keeps silent: what is held back goes on with the next record."""
        return "0.7" if self is Way.SHUFFLED else "2"

    @property
    def heartbeat_after_traffic(self) -> str:
        """How many seconds after traffic a relay says how far it has sent, to twelve partitions of each topic."""
        return "0.3" if self is Way.SHUFFLED else "1"

    @property
    def batches(self) -> type[BatchHandler[Any]]:
        """How the services consume what happened."""
        return {Way.IN_ORDER: BatchHandler, Way.SHUFFLED: Shuffled, Way.DOUBLED: Doubled}[self]


# Set by `make prove`.
EVERY_WAY = "EVERY_WAY"


def in_one_way(way: Way) -> pytest.MarkDecorator:
    """A long journey: within `make test` it runs in this way alone."""
    return pytest.mark.parametrize("way", list(Way) if os.environ.get(EVERY_WAY) else [way], indirect=True)


@dataclass(frozen=True)
class Outcome:
    """What a journey comes to, in sen: whatever the order was, this is the same.

    ``claims`` has each claim's state and reason; ``entitled`` and ``net`` are by party, of all numbers of a person, the
    least first: what is owed by the oracle on this day (tests/oracle/owing.py), and what the bank settled less what is
    open to be recovered. Which part of the net is an open recovery depends on what the bank had paid before; a
    journey that pays first asserts it itself.
    """

    claims: tuple[tuple[str, str], ...]
    entitled: tuple[int, ...]
    net: tuple[int, ...]


# What is on its way, counted by its name. Whoever waits for a watermark will go on by itself: a refusal does (M5). What
# raised once is tried again after a pause: until then it is due later, and on its way all the same.
_OWED = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox,
           (SELECT count(*) FROM in_flight WHERE taken_at <= $2 AND first_offset >= 0) AS in_flight,
           (SELECT count(*) FROM due_work WHERE failed IS NULL AND kind <> 'freeze_bank_file'
              AND (due_at <= $1 OR attempts > 0 OR recheck_after IS NOT NULL
                   OR waits_for && ARRAY(SELECT 'freshness/' || topic FROM freshness))) AS due_work
"""
_PAYING = "SELECT count(*) AS payments FROM payment WHERE state IN ('unsent', 'sent')"
_FAULTS = {
    "parked": "SELECT count(*) FROM parked",
    "failed": "SELECT count(*) FROM due_work WHERE failed IS NOT NULL",
}
_WRITTEN = "SELECT topic, aggregate, version FROM stream"
_SEEN = "SELECT topic, aggregate, version FROM stream_seen"
_CLAIMS = "SELECT state, coalesce(reason, '') AS reason FROM claim ORDER BY 1, 2"
_DECISIONS = """
    SELECT claim, array_agg(revision ORDER BY revision) AS revisions FROM decision GROUP BY claim
"""
# Whom a claim is about or something is owed to, in order, with all numbers of a person, and whether there is an account
# to pay each to.
_PARTIES = """
    SELECT array_agg(party) AS parties,
           bool_and(EXISTS (SELECT FROM payee WHERE payee.party = stated.party)) AS can_be_paid
    FROM (SELECT 'person:' || person AS party FROM assessment WHERE person IS NOT NULL
          UNION SELECT party FROM entitlement) AS stated
    CROSS JOIN LATERAL (SELECT (parties_of(party))[1] AS one) AS known
    GROUP BY one ORDER BY split_part(one, ':', 1) DESC, split_part(one, ':', 2)::bigint
"""
_TERMS = """
    SELECT claim, scheme, benefit, party, fund, per, sen, first_day, last_day
    FROM entitlement JOIN entitlement_term USING (claim, scheme, benefit, party) WHERE direction = 'out'
"""
_NET = """
    SELECT party, (SELECT coalesce(sum(amount_sen), 0) FROM payment
                   WHERE payment.party = moved.party AND state = 'settled')::bigint
                  - sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0 END
                    )::bigint AS sen
    FROM transfer AS moved WHERE party IS NOT NULL GROUP BY party
"""
_BY_FUND = """
    SELECT fund, sum(CASE WHEN debit = ANY ($1) THEN amount_sen WHEN credit = ANY ($1) THEN -amount_sen ELSE 0 END
                 )::bigint AS sen
    FROM transfer WHERE party = ANY ($2) GROUP BY fund
"""
_PAYABLE = """
    SELECT coalesce(sum(CASE 'benefits_payable' WHEN credit THEN amount_sen WHEN debit THEN -amount_sen END), 0)::bigint
    FROM transfer
"""


@dataclass
class Watch:
    """Looks into the services' databases, over one connection each: it looks often."""

    databases: Mapping[str, asyncpg.Connection]
    _written: Changes = frozenset()
    _all_seen_at: dict[str, datetime] = field(default_factory=dict)

    async def come_to_rest(self) -> None:
        """Wait until nothing is on its way: no event, no due work, no payment. Raises AssertionError with what is."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_S
        quiet: list[Changes] = []
        # No look sees all databases at one moment: what passed from one to the next in between shows in a later look.
        while len(quiet) < BOUNDS or len(set(quiet)) > 1:
            left, changes = await self._on_its_way()
            quiet = [] if left else [*quiet[-BOUNDS + 1 :], changes]
            assert loop.time() < end, f"the platform does not come to rest: {left}"
            # Each look reads all that was ever published: often enough only once there seems to be an end of it.
            await asyncio.sleep(0.3 if left else 0.1)

    async def outcome(self) -> Outcome:
        """What the services' databases hold; raises AssertionError where one of them does not balance."""
        for name, database in self.databases.items():
            found = {what: await database.fetchval(query) for what, query in _FAULTS.items()}
            assert not any(found.values()), f"{name}: {found}"
        claims, benefits = self.databases["claims"], self.databases["benefits"]
        claims_states = tuple((row["state"], row["reason"]) for row in await claims.fetch(_CLAIMS))
        for row in await claims.fetch(_DECISIONS):
            revisions = list(row["revisions"])
            assert revisions == list(range(1, len(revisions) + 1)), f"not one decision for each revision: {revisions}"
        assert await benefits.fetchval(_PAYABLE) == 0, "what is payable was not paid"
        return Outcome(claims_states, *await self._money(benefits))

    async def _money(self, benefits: asyncpg.Connection) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What each party is owed by the oracle, and what it has; each fund has granted what it is to bear."""
        debts = _debts(await benefits.fetch(_TERMS))
        parties = await benefits.fetch(_PARTIES)
        paid = dict(map(tuple, await benefits.fetch(_NET)))
        owed = tuple(sum(debt.least(today()) for debt in debts if debt.party in row["parties"]) for row in parties)
        net = tuple(sum(paid.get(party, 0) for party in row["parties"]) for row in parties)
        # Without an account what is owed waits for one.
        payable = [party for row in parties if row["can_be_paid"] for party in row["parties"]]
        wanted = tuple(sen if row["can_be_paid"] else 0 for sen, row in zip(owed, parties, strict=True))
        assert net == wanted, f"net paid {net} instead of {wanted}"
        borne = Counter[str]()
        for debt in debts:
            borne[debt.fund] += debt.least(today()) if debt.party in payable else 0
        granted = {fund: sen for fund, sen in map(tuple, await benefits.fetch(_BY_FUND, GRANTED, payable)) if sen}
        assert granted == +borne, f"the funds have granted {granted} instead of {borne}"
        # Whoever is registered first is another one in each way.
        both = sorted(zip(owed, net, strict=True))
        return tuple(sen for sen, _ in both), tuple(sen for _, sen in both)

    async def _on_its_way(self) -> tuple[str, Changes]:
        """What is on its way, empty when nothing is, and all that was ever published."""
        written: Changes = frozenset(
            [tuple(row) for each in self.databases.values() for row in await each.fetch(_WRITTEN)]
        )
        if written != self._written:
            self._written, self._all_seen_at = written, {}
        for name, database in self.databases.items():
            consumed = {tuple(row) for row in await database.fetch(_SEEN)}
            topics = {each.topic for each in import_module(f"services.{name}.worker").SUBSCRIPTIONS}
            if missing := {row for row in written if row[0] in topics} - consumed:
                return f"{name} has not consumed {len(missing)} changes", written
            # What is taken in flight after that is a repeat or a heartbeat, of which a busy machine always has some.
            if name not in self._all_seen_at:
                self._all_seen_at[name] = await database.fetchval("SELECT clock_timestamp()")
            counted = dict((await database.fetch(_OWED, now(), self._all_seen_at[name]))[0])
            counted |= dict((await database.fetch(_PAYING))[0]) if name == "benefits" else {}
            if any(counted.values()):
                return f"{name}: {counted}", written
        return "", written


def _debts(rows: Sequence[asyncpg.Record]) -> list[Debt]:
    """What is owed as its owners state it at last, by the oracle, on this day."""
    debts: dict[tuple[Any, ...], Debt] = {}
    for claim, scheme, benefit, party, fund, *term in map(tuple, rows):
        debt = debts.setdefault((claim, scheme, benefit, party), Debt(party, fund))
        debt.terms = (*debt.terms, Term(*term))
    for debt in debts.values():
        debt.look(today())
    return list(debts.values())


@asynccontextmanager
async def watching(services: Mapping[str, ServiceUnderTest]) -> AsyncIterator[Watch]:
    """Keep an eye on the services while the block lasts."""
    async with AsyncExitStack() as stack:
        databases = {
            name: await stack.enter_async_context(service.database.connection()) for name, service in services.items()
        }
        yield Watch(databases)
