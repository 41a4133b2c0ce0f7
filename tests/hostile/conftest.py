"""The process that this suite attacks; one for each file of tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.testing.servers import Databases
from shared.testing.service import eventually
from shared.testing.tokens import TestIssuer
from tests.hostile.target import Target, poisoned, registration_process


@pytest.fixture(scope="module")
async def registration(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    """Registration's API as a process, which must still live and serve when the attacks are over."""
    folder = tmp_path_factory.mktemp("registration")
    async with databases.fresh("registration") as database:
        with registration_process(database.url("api"), poisoned(TestIssuer(folder)), folder) as target:

            async def answers() -> bool:
                assert target.process.poll() is None, target.log
                try:
                    return (await target.get("/readyz")).is_success
                except httpx.TransportError:
                    return False

            await eventually(answers, within=60)
            yield target
            assert (await target.read_as_officer()).status_code == 200
            assert '"event":"defect"' not in target.log.replace(": ", ":")
            assert "Traceback" not in target.log
