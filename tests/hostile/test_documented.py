"""150 cases for each service, made from its document: no fault of ours, and no answer that is not documented.

`make prove` sends 5,000, and asks that every operation did what it is for.
"""

import pytest

from services.rehab.queries import centres
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.architecture.shape import SERVICES
from tests.hostile.cases import run
from tests.hostile.world import world_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

CASES = 150


@pytest.mark.parametrize("service", SERVICES)
async def test_every_answer_is_documented(service: str, databases: Databases, issuer: TestIssuer) -> None:
    async with world_of(service, databases, issuer) as world:
        ran = await run(world, CASES)
        described = world.operations()
    assert ran.said() == ""
    assert ran.sent >= CASES
    # Else all could be refused at the door, and nothing be said.
    assert ran.operations == described
    assert len(ran.succeeded) > len(described) / 2, dict(ran.statuses)


async def test_what_is_wrong_is_found(
    databases: Databases, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test above could be green for another reason."""
    async with world_of("rehab", databases, issuer) as world:
        document = world.service.app.openapi()
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("404", None)
        document["components"]["schemas"]["ReferralOut"]["properties"]["opened_at"] = {"type": "boolean"}
        monkeypatch.setattr(centres, "list_centres", _broken)
        ran = await run(world, 40)
    found = {what.rpartition(" ")[2] for what in ran.findings}
    assert {"UndefinedStatusCode", "JsonSchemaError", "ServerError"} <= found, (ran.statuses, found)


async def _broken(_: object) -> None:
    raise ZeroDivisionError
