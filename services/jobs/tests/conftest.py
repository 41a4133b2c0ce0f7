"""The fixtures of the tests of jobs."""

from collections.abc import AsyncIterator

import pytest

from services.jobs.tests.support import Jobs, jobs_on
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer


@pytest.fixture(autouse=True)
def october(business_clock: BusinessClock) -> None:
    """Placements of September are proved until the end of November: later none of them would wait any more."""
    business_clock.set_day(2026, 10, 15)


@pytest.fixture
async def jobs(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Jobs]:
    """Jobs on a fresh database."""
    async with jobs_on(databases, issuer) as fresh:
        yield fresh


@pytest.fixture(scope="module")
async def desk(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Jobs]:
    """Jobs on a database that the tests of one module share: each works with a person of its own."""
    async with jobs_on(databases, issuer) as shared:
        yield shared
