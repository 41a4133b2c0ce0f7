"""The service that this suite attacks: claims' real app and worker, on a real database."""

from collections.abc import AsyncIterator

import pytest

from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.tests.support import apply_events, employed, january_to_may, registered
from services.claims.worker import work
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Person 7 has worked for employer 3 since 2020 at RM2,480.00; the worker of the service does not run."""
    async with (
        databases.fresh("claims") as database,
        service_under_test(ClaimsSettings, build, work, database, issuer) as service,
    ):
        await apply_events(service, registered(), *employed(), *january_to_may())
        yield service
