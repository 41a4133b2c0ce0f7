"""Referrals through the API: each step, what it publishes, and every refusal."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.rehab.tests.support import CERTIFICATE, EMPLOYER, PERSON, READ, WRITE, Rehab, accident, decided
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_id, new_id, person_id

DISCHARGE = {"discharged_on": "2026-08-02", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}
TOMORROW = (today() + timedelta(days=1)).isoformat()


async def test_the_story_runs_from_the_notice_to_the_discharge(rehab: Rehab) -> None:
    claim = new_id()
    path = await rehab.admitted(claim)
    await rehab.hear(decided(claim))
    left = await rehab.post(f"{path}/discharge", DISCHARGE)
    assert left.status_code == 200
    shown = (await rehab.get(path)).json()
    assert shown == left.json()
    certificate = shown["discharge"]["final_certificate"].pop("certificate")
    assert {name: shown[name] for name in ("person", "state", "case_manager", "admission", "discharge")} == {
        "person": person_id(PERSON),
        "state": "discharged",
        "case_manager": "cm-0042",
        "admission": {"centre": "MELAKA", "admitted_on": "2026-07-20"},
        "discharge": {
            "discharged_on": "2026-08-02",
            "outcome": "fit_for_other_work",
            "final_certificate": CERTIFICATE,
        },
    }
    assert shown["accident"] == {"revision": 1, "happened_on": "2026-07-15", "employer": employer_id(EMPLOYER)}
    assert shown["assessment"]["benefit_days"] == 27
    events = [(each["type"], each["key"], json.loads(each["data"])) for each in await rehab.published()]
    about = {"person": PERSON, "referral": shown["id"], "claim": str(claim), "centre": "MELAKA"}
    assert events == [
        ("jaring.patient.admitted.v1", "person:12", {**about, "revision": 1, "admitted_on": "2026-07-20"}),
        (
            "jaring.patient.discharged.v1",
            "person:12",
            {
                **about,
                "revision": 2,
                "discharged_on": "2026-08-02",
                "outcome": "fit_for_other_work",
                "final_certificate": {"certificate": certificate, **CERTIFICATE},
            },
        ),
    ]


async def test_a_repeated_request_is_answered_as_before_and_publishes_once(rehab: Rehab) -> None:
    path = await rehab.taken(new_id())
    body = {"centre": "IPOH", "admitted_on": "2026-07-20"}
    first = await rehab.post(f"{path}/admission", body, key="one-admission")
    again = await rehab.post(f"{path}/admission", body, key="one-admission")
    other = await rehab.post(f"{path}/admission", {**body, "centre": "MELAKA"}, key="one-admission")
    assert (first.json(), first.status_code) == (again.json(), again.status_code)
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(await rehab.published()) == 1


@pytest.mark.parametrize(
    ("step", "body", "allowed"),
    [
        ("take", {"case_manager": "cm-1"}, "expected"),
        ("admission", {"centre": "IPOH", "admitted_on": "2026-07-20"}, "taken"),
        ("discharge", DISCHARGE, "admitted"),
    ],
)
async def test_a_step_from_another_state_is_a_conflict_and_changes_nothing(
    rehab: Rehab, step: str, body: dict[str, Any], allowed: str
) -> None:
    expected, gone = new_id(), new_id()
    await rehab.hear(accident(expected))
    paths = {
        "expected": f"/v1/referrals/{(await rehab.referral_of(expected))['id']}",
        "taken": await rehab.taken(new_id()),
        "admitted": await rehab.admitted(new_id()),
        "discharged": await rehab.admitted(gone),
    }
    assert (await rehab.post(f"{paths['discharged']}/discharge", DISCHARGE)).status_code == 200
    published = await rehab.published()
    for state in paths.keys() - {allowed}:
        answer = await rehab.post(f"{paths[state]}/{step}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "referral_state"), state
        assert (await rehab.get(paths[state])).json()["state"] == state
    assert await rehab.published() == published


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
async def test_a_bad_admission_is_refused_with_its_code(rehab: Rehab, body: dict[str, Any], code: str) -> None:
    path = await rehab.taken(new_id())
    answer = await rehab.post(f"{path}/admission", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await rehab.get(path)).json()["state"] == "taken"
    assert await rehab.published() == []


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
async def test_a_bad_discharge_is_refused_with_its_code(rehab: Rehab, changes: dict[str, Any], code: str) -> None:
    path = await rehab.admitted(new_id())
    answer = await rehab.post(f"{path}/discharge", {**DISCHARGE, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await rehab.get(path)).json()["state"] == "admitted"
    assert len(await rehab.published()) == 1


@pytest.mark.parametrize("case_manager", ["", "Siti binti Ali", "cm/1", "x" * 65])
async def test_a_case_manager_is_a_staff_number(rehab: Rehab, case_manager: str) -> None:
    await rehab.hear(accident(claim := new_id()))
    path = f"/v1/referrals/{(await rehab.referral_of(claim))['id']}/take"
    assert (await rehab.post(path, {"case_manager": case_manager})).status_code == 422
    assert (await rehab.referral_of(claim))["state"] == "expected"


async def test_an_admission_waits_while_the_accident_is_rebuilt(rehab: Rehab) -> None:
    path = await rehab.taken(new_id())
    await rehab.rows("TRUNCATE accident")
    answer = await rehab.post(f"{path}/admission", {"centre": "IPOH", "admitted_on": "2026-07-20"})
    assert (answer.status_code, answer.json()["code"]) == (409, "accident_awaited")
    assert (await rehab.get(path)).json()["accident"] is None


async def test_what_does_not_exist_is_not_found(rehab: Rehab) -> None:
    path = f"/v1/referrals/{new_id()}"
    answers = [
        await rehab.get(path),
        await rehab.post(f"{path}/take", {"case_manager": "cm-1"}),
        await rehab.post(f"{path}/admission", {"centre": "IPOH", "admitted_on": "2026-07-20"}),
        await rehab.post(f"{path}/discharge", DISCHARGE),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "referral_unknown")] * 4


async def test_lists_are_filtered_and_paged(rehab: Rehab) -> None:
    claims = [new_id() for _ in range(5)]
    await rehab.hear(*(accident(claim) for claim in claims), accident(new_id(), person=13))
    await rehab.taken(new_id())
    person = person_id(PERSON)
    query = f"/v1/referrals?person={person}&state=expected&limit=2"
    pages, cursor = [], ""
    while True:
        page = (await rehab.get(query + cursor)).json()
        pages.append([each["claim"] for each in page["data"]])
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(claim for page in pages for claim in page) == sorted(map(str, claims))
    foreign = await rehab.get(f"/v1/referrals?person={person}&limit=2{cursor}")
    assert foreign.json()["code"] == "cursor_invalid"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("person=P0000000121", 422, "public_id_invalid"),
        ("person=12", 422, "request_invalid"),
        ("state=lost", 422, "request_invalid"),
        ("persn=1", 400, "filter_unknown"),
    ],
)
async def test_a_bad_filter_is_refused(rehab: Rehab, query: str, status: int, code: str) -> None:
    answer = await rehab.get(f"/v1/referrals?{query}")
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
        ("POST", "/v1/announcements", [READ, WRITE]),
    ],
)
async def test_every_route_needs_its_own_scope(rehab: Rehab, method: str, path: str, scopes: list[str]) -> None:
    answer = await rehab.service.call(method, path.format(id=new_id()), scopes=scopes)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
