"""The fixture of benefits' tests."""

from collections.abc import AsyncIterator

import pytest

from services.benefits.main import build
from services.benefits.settings import BenefitsSettings
from services.benefits.worker import work
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def benefits(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with (
        databases.fresh("benefits") as database,
        service_under_test(BenefitsSettings, build, work, database, issuer) as service,
    ):
        yield service
