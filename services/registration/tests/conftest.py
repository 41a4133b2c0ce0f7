"""One service of registration on a database of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from services.registration.tests.support import Register, register_on
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def register(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration, empty."""
    async with register_on(databases, issuer) as fresh:
        yield fresh
