"""150 cases for each service, made from its document: no fault of ours, and no answer that is not documented.

`make prove` sends 5,000, and asks that every operation did what it is for.
"""

import random
from typing import Any, cast

import pytest
from fastapi.routing import iter_route_contexts

from services.rehab.queries import centres
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from shared.web.reading import declared_reads
from tests.architecture.apps import APPS
from tests.architecture.shape import SERVICES
from tests.hostile.cases import run
from tests.hostile.world import World, world_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

# Of a service with many operations more, so that each is tried some times.
CASES, OF_EACH = 150, 3
# What most of these are about somebody else has to have stated before.
MORE_OF_EACH = {"claims": 6, "benefits": 6}
# Who may ask for these is found by chance hardly ever: the world has somebody, and somebody else with each round.
SURE = {"registration": ("claim_refund", "release_from_skbbk", "take_part_in_skbbk")}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_answer_is_documented(service: str, databases: Databases, issuer: TestIssuer) -> None:
    async with world_of(service, databases, issuer) as world:
        described = world.operations()
        cases = max(CASES, MORE_OF_EACH.get(service, OF_EACH) * len(described))
        ran = await run(world, cases, sure=SURE.get(service, ()))
        logged = await logged_routes(world)
    assert ran.said() == ""
    # Of what stands in the address an answer always tells (decision 93); a list may be empty.
    told = {route for name, route in told_by_address(service).items() if name in ran.succeeded}
    assert told <= logged, f"nobody wrote down who read by {sorted(told - logged)}"
    assert ran.sent >= cases
    # Else all could be refused at the door, and nothing be said.
    assert ran.operations == described
    assert len(ran.succeeded) > len(described) / 2, sorted(set(described) - set(ran.succeeded))
    assert ran.succeeded >= set(SURE.get(service, ())), ran.statuses


async def logged_routes(world: World) -> set[str]:
    """By which routes somebody was told data of people; that each select of whose it is, and of which claims, can be
    asked is seen too."""
    unit = world.service.app.state.unit
    async with world.service.database.connection("api") as api:
        for select in filter(None, (*unit.whose.values(), *unit.claims_of.values())):
            await api.fetch(select.format(ids="CAST('{}' AS uuid[])"))
    async with world.service.database.connection("migrate") as owner:
        return {
            row["route"] for row in await owner.fetch("SELECT DISTINCT method || ' ' || route AS route FROM read_log")
        }


def told_by_address(service: str) -> dict[str, str]:
    """By the name of its operation each route that tells what stands in its address; a party may be no person."""
    found: dict[str, str] = {}
    for context in iter_route_contexts(APPS[service].routes):
        declared = declared_reads(context)
        names = set() if declared is None else {f"{{{name}}}" for name in declared.of if name != "party"}
        if any(name in str(context.path) for name in names):
            found[str(context.name)] = f"{min(context.methods or ())} {context.path}"
    return found


def test_a_revision_is_known_with_what_it_is_of() -> None:
    """Else an approval names the revision of another task, and a decision is looked for under another claim."""
    world = World("claims", cast(Any, None), frozenset())
    world.learn({"data": [{"task": "a", "revision": 1}, {"task": "b", "revision": 7}]})
    world.learn([{"revision": 2, "outcome": "entitled"}], {"claim": "c"})
    world.learn({"task": "a", "revision": 3})
    tasks = [world.together({"task", "revision"}, random.Random(number)) for number in range(20)]
    assert {(each["task"], each["revision"]) for each in tasks} == {("a", 3), ("b", 7)}
    assert world.together({"claim", "revision"}, random.Random(1)) == {"claim": "c", "revision": 2}
    assert world.together({"claim", "task"}, random.Random(1)) == {}


async def test_what_is_wrong_is_found(
    databases: Databases, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test above could be green for another reason."""
    async with world_of("rehab", databases, issuer) as world:
        document = world.document
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
