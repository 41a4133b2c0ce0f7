"""A cursor goes on in the list that gave it, for the same caller and under the same filters, and nowhere else."""

import functools
import importlib
from typing import Literal

import pytest
from fastapi import APIRouter, Request

from shared.kernel.identifiers import person_id
from shared.process.api import described_app
from shared.security.scopes import Party, requires
from shared.web import paging
from shared.web.paging import Cursors, Listing, Page
from tests.architecture.apps import app_of, document_of
from tests.architecture.cursors import Lists, NoUnit
from tests.architecture.shape import SERVICES

PAGED = (
    "/v1/appeals",
    "/v1/arrears",
    "/v1/assessments",
    "/v1/audit-draws",
    "/v1/audit-seeds",
    "/v1/bank-files",
    "/v1/bank-files/{bank_file}/held-statuses",
    "/v1/bank-statements",
    "/v1/bills",
    "/v1/board-cases",
    "/v1/board-sessions",
    "/v1/charter-clocks",
    "/v1/claims",
    "/v1/claims/{claim}/appeals",
    "/v1/claims/{claim}/documents",
    "/v1/complaints",
    "/v1/compounds",
    "/v1/contribution-archives/{archive}/members",
    "/v1/contribution-receipts",
    "/v1/cover-payments",
    "/v1/employer-statements",
    "/v1/employers/{employer}/facts",
    "/v1/employers/{employer}/missing-lines",
    "/v1/enforcement-notices",
    "/v1/entitlements",
    "/v1/erasures",
    "/v1/events",
    "/v1/evidence-requests",
    "/v1/figures/{figure}/entries",
    "/v1/increases",
    "/v1/inspections",
    "/v1/letters",
    "/v1/line-differences",
    "/v1/me/certificate-requests",
    "/v1/me/entitlements",
    "/v1/me/receipt-consents",
    "/v1/me/statements",
    "/v1/medical-authorisations",
    "/v1/medical-bills",
    "/v1/opening-files",
    "/v1/parties/{party}/accounts",
    "/v1/parties/{party}/certificate-requests",
    "/v1/parties/{party}/entitlements",
    "/v1/parties/{party}/payments",
    "/v1/parties/{party}/recoveries",
    "/v1/parties/{party}/statements",
    "/v1/payments",
    "/v1/person-merges",
    "/v1/person-searches/{search}/persons",
    "/v1/persons",
    "/v1/persons/{person}/accesses",
    "/v1/persons/{person}/contributions",
    "/v1/persons/{person}/corrections",
    "/v1/persons/{person}/facts",
    "/v1/persons/{person}/family",
    "/v1/persons/{person}/months",
    "/v1/persons/{person}/reads",
    "/v1/placements",
    "/v1/recoveries",
    "/v1/recoveries/{recovery}/agreements",
    "/v1/referral-offers",
    "/v1/referrals",
    "/v1/refunds",
    "/v1/repayments",
    "/v1/scheme-registrations",
    "/v1/seekers",
    "/v1/spell-corrections",
    "/v1/spell-statements",
    "/v1/spells/{spell}/facts",
    "/v1/tasks",
    "/v1/unallocated-receipts",
    "/v1/unverified-spells",
    "/v1/waiting-ends",
)


@functools.cache
def lists_of(service: str) -> Lists:
    app = app_of(service)
    app.dependency_overrides[importlib.import_module(f"services.{service}.api.dependencies").unit] = NoUnit
    return Lists(app, document_of(service))


def pages(service: str) -> set[str]:
    """The paths that answer a page."""
    return {
        path
        for path, operations in document_of(service)["paths"].items()
        if "Page_" in str(operations.get("get", {}).get("responses", {}).get("200"))
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_a_cursor_is_refused_under_another_filter_path_or_caller(service: str) -> None:
    assert await lists_of(service).wrongly_taken() == []


def test_every_list_by_page_is_looked_at() -> None:
    found = {path for service in SERVICES for path in pages(service)}
    assert sorted(found) == list(PAGED)
    asked = {question.path for service in SERVICES for question, _ in lists_of(service).questions()}
    assert len(asked) == len(PAGED)


def test_each_filter_is_changed_and_left_out_once() -> None:
    (question, others), *_ = (each for each in lists_of("jobs").questions() if each[0].path == "/v1/seekers")
    assert sorted(question.filters) == ["person", "state"]
    assert [sorted(other.filters) for other in others[4:6]] == [["state"], ["person"]]
    assert [other.path for other in others[6:]] == [
        *("/v1/placements", "/v1/erasures", f"/v1/persons/{person_id(1)}/reads"),
    ]
    changed = [
        {name for name in question.filters if other.filters[name] != question.filters[name]} for other in others[2:4]
    ]
    assert sorted(map(sorted, changed)) == [["person"], ["state"]]


Colour = Literal["red", "blue"]


def planted(*bound: str) -> Lists:
    """An app whose only list binds its cursors to these things itself."""
    router = APIRouter()

    @router.get("/v1/persons/{person}/balls", dependencies=[requires("claims:ball:read")])
    async def list_balls(
        request: Request, person: str, caller: Party, listing: Listing, colour: Colour | None = None
    ) -> Page[int]:
        known = {"path": request.url.path, "party": caller.party, "role": caller.role, "colour": colour}
        cursors: Cursors = request.app.state.cursors
        name = "/".join(str(known[each]) for each in bound)
        position = None if listing.cursor is None else cursors.read(listing.cursor, name)
        return listing.page([] if position is None else [1], item=lambda ball: ball)

    app = described_app("planted", "A list that names itself.", [router])
    return Lists(app, app.openapi())


WHOLE = ("path", "party", "role", "colour")


async def test_a_list_that_binds_everything_is_no_finding() -> None:
    assert await planted(*WHOLE).wrongly_taken() == []


@pytest.mark.parametrize("forgotten", WHOLE)
async def test_a_list_that_forgets_one_thing_is_found(forgotten: str) -> None:
    found = await planted(*(each for each in WHOLE if each != forgotten)).wrongly_taken()
    assert found
    assert all("takes the cursor of" in each for each in found)


@pytest.mark.parametrize("service", SERVICES)
async def test_were_filters_not_in_the_name_every_service_would_be_found(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_list_name", lambda *_: "a list")
    lists = lists_of(service)
    found = await lists.wrongly_taken()
    assert len({each.partition(" ")[0] for each in found}) == len(list(lists.questions()))
