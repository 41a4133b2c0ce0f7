"""What the routes of rehab refuse, each with its code, and nothing half-written."""

from datetime import timedelta
from typing import Any

import pytest

from services.rehab.tests.support import CERTIFICATE, READ, WRITE, Rehab, accident
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id

DISCHARGE = {"discharged_on": "2026-08-02", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}
TOMORROW = (today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"centre": "PENANG", "admitted_on": "2026-07-20"}, "centre_unknown"),
        ({"centre": "IPOH", "admitted_on": "2026-07-14"}, "admission_before_accident"),
        ({"centre": "IPOH", "admitted_on": TOMORROW}, "admission_in_future"),
        ({"centre": "ipoh; --", "admitted_on": "2026-07-20"}, "request_invalid"),
        ({"centre": "IPOH", "admitted_on": "20 July"}, "request_invalid"),
        ({"centre": "IPOH", "admitted_on": "2026-07-20", "bed": 4}, "request_invalid"),
        ({"centre": "IPOH"}, "request_invalid"),
    ],
)
async def test_a_bad_admission_is_refused_with_its_code(desk: Rehab, body: dict[str, Any], code: str) -> None:
    path, published = await desk.taken(new_id()), await desk.published()
    answer = await desk.post(f"{path}/admission", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await desk.get(path)).json()["state"] == "taken"
    assert await desk.published() == published


async def test_an_unknown_centre_names_those_that_there_are(desk: Rehab) -> None:
    path = await desk.taken(new_id())
    answer = await desk.post(f"{path}/admission", {"centre": "PENANG", "admitted_on": "2026-07-20"})
    [wrong] = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == ("/centre", "not_in_list")
    assert {"MELAKA", "IPOH"} <= set(wrong["allowed"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"final_certificate": None}, "certificate_missing"),
        ({"outcome": "fit_for_same_work", "final_certificate": None}, "certificate_missing"),
        ({"outcome": "fit_for_modified_work", "final_certificate": None}, "certificate_missing"),
        ({"outcome": "not_fit_for_work"}, "certificate_contradicts"),
        ({"final_certificate": {**CERTIFICATE, "issued_on": TOMORROW}}, "certificate_in_future"),
        ({"final_certificate": {**CERTIFICATE, "fit_from": "2026-07-19"}}, "certificate_before_admission"),
        ({"discharged_on": TOMORROW}, "discharge_in_future"),
        ({"discharged_on": "2026-07-19"}, "discharge_before_admission"),
        ({"outcome": "cured"}, "request_invalid"),
        ({"final_certificate": {"fit_from": "2026-08-03"}}, "request_invalid"),
    ],
)
async def test_a_bad_discharge_is_refused_with_its_code(desk: Rehab, changes: dict[str, Any], code: str) -> None:
    path = await desk.admitted(new_id())
    published = await desk.published()
    answer = await desk.post(f"{path}/discharge", {**DISCHARGE, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await desk.get(path)).json()["state"] == "admitted"
    assert await desk.published() == published


@pytest.mark.parametrize("case_manager", ["", "Siti binti Ali", "cm/1", "x" * 65])
async def test_a_case_manager_is_a_staff_number(desk: Rehab, case_manager: str) -> None:
    await desk.consume(accident(claim := new_id()))
    path = f"/v1/referrals/{(await desk.referral_of(claim))['referral']}/take"
    assert (await desk.post(path, {"case_manager": case_manager})).status_code == 422
    assert (await desk.referral_of(claim))["state"] == "expected"


async def test_what_does_not_exist_is_not_found(desk: Rehab) -> None:
    path = f"/v1/referrals/{new_id()}"
    answers = [
        await desk.get(path),
        await desk.post(f"{path}/take", {"case_manager": "cm-1"}),
        await desk.post(f"{path}/admission", {"centre": "IPOH", "admitted_on": "2026-07-20"}),
        await desk.post(f"{path}/discharge", DISCHARGE),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "referral_unknown")] * 4


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("person=P0000000121", 422, "public_id_invalid"),
        ("person=12", 422, "request_invalid"),
        ("state=lost", 422, "request_invalid"),
        ("persn=1", 400, "filter_unknown"),
    ],
)
async def test_a_bad_filter_is_refused(desk: Rehab, query: str, status: int, code: str) -> None:
    answer = await desk.get(f"/v1/referrals?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/v1/referrals", [WRITE]),
        ("GET", "/v1/referrals/{id}", [WRITE]),
        ("POST", "/v1/referrals/{id}/take", [READ]),
        ("POST", "/v1/referrals/{id}/admission", [READ]),
        ("POST", "/v1/referrals/{id}/discharge", [READ]),
        ("GET", "/v1/centres", [READ, WRITE]),
        ("GET", "/v1/bills", [READ, "rehab:bill:write"]),
        ("GET", "/v1/bills/{id}", [READ, "rehab:bill:write"]),
        ("POST", "/v1/bills", [WRITE, "rehab:bill:read"]),
        ("POST", "/v1/bills/{id}/corrections", [WRITE, "rehab:bill:read"]),
        ("POST", "/v1/bills/{id}/withdrawals", [WRITE, "rehab:bill:read"]),
        ("POST", "/v1/bills/{id}/reviews", ["rehab:bill:write", "rehab:bill:decide"]),
        ("GET", "/v1/tasks", ["rehab:bill:decide", "rehab:task:write"]),
        ("POST", "/v1/announcements", [READ, WRITE]),
    ],
)
async def test_every_route_needs_its_own_scope(desk: Rehab, method: str, path: str, scopes: list[str]) -> None:
    answer = await desk.service.call(method, path.format(id=new_id()), scopes=scopes)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
