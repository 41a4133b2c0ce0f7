"""The fixture of claims' tests."""

from collections.abc import AsyncIterator

import pytest

from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.worker import work
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with (
        databases.fresh("claims") as database,
        service_under_test(ClaimsSettings, build, work, database, issuer) as service,
    ):
        yield service
