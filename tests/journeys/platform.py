"""All five services with their workers in this process, on the run's real PostgreSQL and Kafka."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx

from deploy.local.bank import Bank, BookingLog
from deploy.local.client import EMPLOYER_SCOPES, HOSPITAL_SCOPES, OFFICER_SCOPES
from deploy.platform import SERVICES
from services.benefits import main as benefits_main
from services.benefits import worker as benefits_worker
from services.benefits.settings import BenefitsSettings
from services.claims import main as claims_main
from services.claims import worker as claims_worker
from services.claims.settings import ClaimsSettings
from services.jobs import main as jobs_main
from services.jobs import worker as jobs_worker
from services.jobs.settings import JobsSettings
from services.registration import main as registration_main
from services.registration import worker as registration_worker
from services.registration.settings import RegistrationSettings
from services.rehab import main as rehab_main
from services.rehab import worker as rehab_worker
from services.rehab.settings import RehabSettings
from shared.process.settings import ServiceSettings
from shared.testing.control_totals import held_by_nobody
from shared.testing.servers import Broker, Databases
from shared.testing.service import ServiceUnderTest, service_under_test, working
from shared.testing.tokens import TestIssuer
from tests.journeys.ways import Outcome, Step, Watch, Way, watching

PARTS: Mapping[str, tuple[type[ServiceSettings], ModuleType, ModuleType]] = {
    "registration": (RegistrationSettings, registration_main, registration_worker),
    "claims": (ClaimsSettings, claims_main, claims_worker),
    "benefits": (BenefitsSettings, benefits_main, benefits_worker),
    "rehab": (RehabSettings, rehab_main, rehab_worker),
    "jobs": (JobsSettings, jobs_main, jobs_worker),
}

BANK_SCOPES = "benefits:bank_file:read benefits:status_report:write"
PARTIES = {
    "organisation:1": ("officer", OFFICER_SCOPES),
    "hospital:1": ("partner", HOSPITAL_SCOPES),
    "bank:1": ("partner", BANK_SCOPES),
}


@dataclass
class Platform:
    """The services under test, the way in which the journey runs on them, and the client of the story.

    ``outcome`` is what it came to when the workers ended last, all of them having been at work.
    """

    services: Mapping[str, ServiceUnderTest]
    prefix: str
    way: Way
    watch: Watch
    outcome: Outcome | None = None

    @property
    def in_order(self) -> bool:
        """Whether each thing waits for the last one."""
        return self.way is Way.IN_ORDER

    async def run(self, *acts: Sequence[Step]) -> None:
        """Take the steps of each act: one by one in order, else at once and in a chance order; the world waits between
        acts, as it does between an accident and the correction of its wages. The workers must be at work."""
        chance = random.Random(f"{self.way}")  # Seeded: a failure comes again.
        for act in acts:
            if self.in_order:
                for step in act:
                    await step()
                    await self.rest()
            else:
                await asyncio.gather(*(step() for step in chance.sample(act, len(act))))
                await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is on its way; the workers must be at work."""
        await self.watch.come_to_rest()

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        scopes: str = "",
        **content: Any,
    ) -> httpx.Response:
        """Send a request as a party, with the scopes that it has."""
        role, usual = PARTIES.get(party, ("partner", EMPLOYER_SCOPES))
        granted = (scopes or usual).split()
        return await self.services[service].call(
            method, path, scopes=granted, party=party, role=role, headers=headers, **content
        )

    async def held_by_nobody(self) -> Mapping[str, Collection[str]]:
        """By service the kinds of which something is neither ended nor held by anybody."""
        found = {
            name: await held_by_nobody(each.database, PARTS[name][2].CONTROL_TOTALS)
            for name, each in self.services.items()
        }
        return {name: kinds for name, kinds in found.items() if kinds}

    async def admit(self, party: str) -> None:
        """Everybody who has a token of the test's issuer is admitted."""


@asynccontextmanager
async def platform_under_test(
    databases: Databases,
    broker: Broker,
    issuer: TestIssuer,
    prefix: str,
    way: Way,
) -> AsyncIterator[Platform]:
    """All five services on databases and topics of their own; their workers do not run yet."""
    async with AsyncExitStack() as stack:
        services = {}
        for name in SERVICES:
            settings, main, worker = PARTS[name]
            database = await stack.enter_async_context(databases.fresh(name))
            under_test = service_under_test(
                settings,
                main.build,
                worker.work,
                database,
                issuer,
                kafka=broker.bootstrap,
                prefix=prefix,
                batches=way.batches,
                heartbeat_idle=way.heartbeat_idle,
                heartbeat_after_traffic=way.heartbeat_after_traffic,
            )
            services[name] = await stack.enter_async_context(under_test)
        yield Platform(services, prefix, way, await stack.enter_async_context(watching(services)))


@asynccontextmanager
async def at_work(platform: Platform, *, without: Iterable[str] = ()) -> AsyncIterator[None]:
    """Run the workers and a bank while the block lasts; with all of them at work, until nothing is on its way."""
    absent = set(without)
    async with working(*(each for name, each in platform.services.items() if name not in absent)):
        bank = asyncio.create_task(keep_banking(platform))
        try:
            yield
            if not absent:
                await platform.rest()
                platform.outcome = await platform.watch.outcome()
        finally:
            bank.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bank


async def keep_banking(platform: Platform) -> None:
    """The local platform's bank, which fetches every file and settles every payment in it."""

    async def ask(
        method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        return await platform.call("benefits", method, path, party="bank:1", headers=headers, content=content)

    await Bank(ask, BookingLog()).run(asyncio.Event())
