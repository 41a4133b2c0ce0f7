"""Every route says whose health, wages, claims and payments its answer tells, or why it tells none (decision 93)."""

import importlib
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import APIRouter

from shared.kernel.reading import DataKind
from shared.process.api import described_app
from shared.security.scopes import requires
from shared.web.reading import reads
from shared.web.routing import CommittingRoute
from tests.architecture.apps import APPS
from tests.architecture.reads import exempt, undeclared, unlogged
from tests.architecture.shape import SERVICES


def _unit_of(service: str) -> Any:
    module = importlib.import_module(f"services.{service}.storage.unit_of_work")
    return getattr(module, f"{service.title()}UnitOfWork")


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_whose_data_it_tells_or_stands_on_the_list_with_a_reason(service: str) -> None:
    found = list(undeclared(service, APPS[service], exempt(service)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", SERVICES)
def test_every_declaration_leads_to_people_and_into_a_transaction(service: str) -> None:
    found = list(unlogged(service, APPS[service], _unit_of(service).whose))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", [each for each in SERVICES if each != "jobs"])
def test_of_every_queue_it_is_said_whose_its_tasks_are(service: str) -> None:
    tasks: Mapping[str, str] = importlib.import_module(f"services.{service}.storage.whose").TASKS
    queues = importlib.import_module(f"services.{service}.domain.queues").ALL
    unsaid = {queue.subject for queue in queues} - tasks.keys()
    assert not unsaid, f"say in TASKS of services/{service}/storage/whose.py whose data these subjects are: {unsaid}"


@pytest.mark.parametrize("service", ["claims", "benefits"])
def test_of_whatever_leads_to_people_it_is_said_to_which_claims_it_leads(service: str) -> None:
    """An auditor finds who read a claim by that; what leads to people by itself is a claim, or of no claim."""
    module = importlib.import_module(f"services.{service}.storage.whose")
    unsaid = (module.WHOSE.keys() - {"claim", "bank_file"}) - module.CLAIMS_OF.keys()
    unsaid |= module.TASKS.keys() - module.CLAIMS_OF_TASKS.keys()
    assert not unsaid, f"say in CLAIMS_OF of services/{service}/storage/whose.py of which claims these are: {unsaid}"


def test_a_route_that_says_nothing_and_one_that_cannot_be_written_down_are_found() -> None:
    router = APIRouter(route_class=CommittingRoute)

    @router.get("/v1/wages", dependencies=[requires("claims:wage:read")])
    async def list_wages() -> int:
        return 0

    told = reads(DataKind.WAGE, of="payslip")

    @router.get("/v1/payslips", dependencies=[requires("claims:wage:read"), told])
    async def list_payslips() -> int:
        return 0

    app = described_app("claims", "wages", [router])
    silent, gone = undeclared("claims", app, {"list_former"})
    assert "list_wages" in silent
    assert "add reads(" in silent
    assert "list_former stands in TELLS_NONE" in gone
    (declared,) = undeclared("claims", app, {"list_wages", "list_payslips"})
    assert "take it out" in declared
    outside, nobodys = unlogged("claims", app, {})
    assert "no unit of work" in outside
    assert "payslip" in nobodys
