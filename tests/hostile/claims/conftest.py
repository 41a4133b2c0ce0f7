"""The service that this suite attacks: claims' real app and worker, on a real database."""

from collections.abc import AsyncIterator

import pytest

from services.claims.tests.support import apply_events, claims_on, employed, january_to_may, registered
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Person 7 has worked for employer 3 since 2020 at RM2,480.00; the worker of the service does not run."""
    async with claims_on(databases, issuer) as service:
        await apply_events(service, registered(), *employed(), *january_to_may())
        yield service
