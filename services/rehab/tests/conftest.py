"""The fixtures of rehab's tests."""

from collections.abc import AsyncIterator

import pytest

from services.rehab.tests.support import Rehab, rehab_on
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def rehab(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Rehab]:
    """Rehab on a fresh database."""
    async with rehab_on(databases, issuer) as fresh:
        yield fresh
