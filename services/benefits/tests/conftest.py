"""The fixture of benefits' tests."""

from collections.abc import AsyncIterator

import pytest

from services.benefits.tests.support import benefits_on
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def benefits(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with benefits_on(databases, issuer) as fresh:
        yield fresh
