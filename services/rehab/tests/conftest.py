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


@pytest.fixture(scope="module")
async def desk(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Rehab]:
    """Rehab on a database that the tests of one module share: each works with a claim of its own."""
    async with rehab_on(databases, issuer) as shared:
        yield shared
