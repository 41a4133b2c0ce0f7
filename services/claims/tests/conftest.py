"""The fixture of claims' tests."""

from collections.abc import AsyncIterator

import pytest

from services.claims.tests.support import claims_on
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh
