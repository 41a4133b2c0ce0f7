"""5,000 cases for each service, made from its document: no fault of ours, no answer that is not documented, and every
operation did at least once what it is for."""

import json
import os

import pytest

from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.architecture.shape import SERVICES
from tests.hostile.cases import run
from tests.hostile.world import world_of

CASES = int(os.environ.get("CASES", "5000"))

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_answer_is_documented(service: str, databases: Databases, issuer: TestIssuer) -> None:
    async with world_of(service, databases, issuer) as world:
        ran = await run(world, CASES, rounds=10)
        never = sorted(world.operations() - ran.succeeded)
    assert ran.said() == ""
    assert ran.sent >= CASES
    answers = {name: {status: times for (of, status), times in ran.statuses.items() if of == name} for name in never}
    assert not never, json.dumps(answers, indent=1)
