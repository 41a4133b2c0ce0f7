"""Referrals through the API: each step, what it publishes, and every refusal."""

import json
from typing import Any

import pytest

from services.rehab.tests.support import CERTIFICATE, EMPLOYER, PERSON, Rehab, accident, decided
from shared.kernel.identifiers import employer_id, new_id, person_id

DISCHARGE = {"discharged_on": "2026-08-02", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}


async def test_the_story_runs_from_the_notice_to_the_discharge(rehab: Rehab) -> None:
    claim = new_id()
    path = await rehab.admitted(claim)
    await rehab.consume(decided(claim))
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
    about = {"person": PERSON, "referral": shown["referral"], "claim": str(claim), "centre": "MELAKA"}
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
    await rehab.consume(accident(expected))
    paths = {
        "expected": f"/v1/referrals/{(await rehab.referral_of(expected))['referral']}",
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


async def test_an_admission_waits_while_the_accident_is_rebuilt(rehab: Rehab) -> None:
    path = await rehab.taken(new_id())
    await rehab.rows("TRUNCATE accident")
    answer = await rehab.post(f"{path}/admission", {"centre": "IPOH", "admitted_on": "2026-07-20"})
    assert (answer.status_code, answer.json()["code"]) == (409, "accident_awaited")
    assert (await rehab.get(path)).json()["accident"] is None


async def test_lists_are_filtered_and_paged(rehab: Rehab) -> None:
    claims = [new_id() for _ in range(5)]
    await rehab.consume(*(accident(claim) for claim in claims), accident(new_id(), person=13))
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
