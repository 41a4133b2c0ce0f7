"""One service of registration on a database of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import Register
from services.registration.worker import work
from shared.testing.servers import Databases
from shared.testing.service import service_under_test
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def register(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration, empty."""
    async with (
        databases.fresh("registration") as database,
        service_under_test(RegistrationSettings, build, work, database, issuer) as service,
    ):
        yield Register(service)
