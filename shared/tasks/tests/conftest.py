"""The fixture of these tests."""

from collections.abc import AsyncIterator

import pytest

from shared.tasks.tests.desk import TABLES, Desk, desk_on
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def desk(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Desk]:
    """The small service on a database of its own."""
    async with databases.fresh("claims", TABLES) as fresh, desk_on(fresh, issuer) as opened:
        yield opened
