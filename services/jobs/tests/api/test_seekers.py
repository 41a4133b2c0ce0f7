"""Interviews and offers through the API, and every refusal."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from services.jobs.tests.support import INTERVIEW, OFFER, READ, READ_PLACEMENTS, WRITE, Jobs, Spell, discharged
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id

TOMORROW = (today() + timedelta(days=1)).isoformat()
_persons = count(1000)


async def test_interviews_and_offers_stand_in_the_search_the_last_first(desk: Jobs) -> None:
    search = await desk.search(next(_persons))
    interviews = [
        await desk.post(f"{search}/interviews", {**INTERVIEW, "outcome": outcome})
        for outcome in ("not_attended", "unsuccessful", "successful")
    ]
    declined = await desk.post(f"{search}/offers", {**OFFER, "accepted": False})
    accepted = await desk.post(f"{search}/offers", OFFER)
    assert [each.status_code for each in (*interviews, declined, accepted)] == [201] * 5
    shown = (await desk.get(search)).json()
    assert sorted(shown["interviews"], key=str) == sorted((each.json() for each in interviews), key=str)
    assert sorted(shown["offers"], key=str) == sorted((declined.json(), accepted.json()), key=str)
    assert declined.json()["placement"] is None
    assert accepted.json() == {**OFFER, "offer": accepted.json()["offer"], "placement": accepted.json()["placement"]}
    assert shown["interviews"][0] == {**INTERVIEW, "interview": interviews[2].json()["interview"]}


async def test_a_declined_offer_makes_no_placement(desk: Jobs) -> None:
    person = next(_persons)
    await desk.post(f"{await desk.search(person)}/offers", {**OFFER, "accepted": False})
    assert await desk.placements(person) == []


async def test_a_repeated_request_is_answered_as_before_and_makes_one_placement(desk: Jobs) -> None:
    person = next(_persons)
    path = f"{await desk.search(person)}/offers"
    first = await desk.post(path, OFFER, key="one-offer")
    again = await desk.post(path, OFFER, key="one-offer")
    other = await desk.post(path, {**OFFER, "position": "Driver"}, key="one-offer")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(await desk.placements(person)) == 1


async def test_a_second_offer_of_the_employer_is_not_accepted_while_the_first_waits(desk: Jobs) -> None:
    person = next(_persons)
    search = await desk.search(person)
    await desk.accept(search)
    answer = await desk.post(f"{search}/offers", OFFER)
    assert (answer.status_code, answer.json()["code"]) == (409, "offer_already_accepted")
    assert (await desk.post(f"{search}/offers", {**OFFER, "accepted": False})).status_code == 201
    assert len(await desk.placements(person)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"held_on": TOMORROW}, "interview_in_future"),
        ({"employer": "E0000000081"}, "public_id_invalid"),
        ({"employer": "8"}, "request_invalid"),
        ({"mode": "by_letter"}, "request_invalid"),
        ({"outcome": "good"}, "request_invalid"),
        ({"note": "late"}, "request_invalid"),
    ],
)
async def test_a_bad_interview_is_refused_with_its_code(desk: Jobs, changes: dict[str, Any], code: str) -> None:
    search = await desk.search(next(_persons))
    answer = await desk.post(f"{search}/interviews", {**INTERVIEW, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await desk.get(search)).json()["interviews"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"wage": {"amount": "0.00", "currency": "MYR"}}, "wage_missing"),
        ({"wage": {"amount": "2600", "currency": "MYR"}}, "request_invalid"),
        ({"wage": {"amount": "-1.00", "currency": "MYR"}}, "request_invalid"),
        ({"wage": {"amount": 2600.0, "currency": "MYR"}}, "request_invalid"),
        ({"wage": {"amount": "2600.00", "currency": "USD"}}, "request_invalid"),
        ({"starts_on": "9999-12-31"}, "request_invalid"),
        ({"accepted": "yes"}, "request_invalid"),
        ({"position": " "}, "request_invalid"),
        ({"position": "x" * 121}, "request_invalid"),
        ({"employer": "P000000012T"}, "request_invalid"),
    ],
)
async def test_a_bad_offer_is_refused_with_its_code(desk: Jobs, changes: dict[str, Any], code: str) -> None:
    person = next(_persons)
    search = await desk.search(person)
    answer = await desk.post(f"{search}/offers", {**OFFER, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await desk.get(search)).json()["offers"] == []
    assert await desk.placements(person) == []


async def test_nothing_is_added_to_a_search_that_has_ended(desk: Jobs) -> None:
    person = next(_persons)
    search = await desk.search(person)
    await desk.accept(search)
    await desk.consume(Spell(person=person).confirmed)
    await desk.work_off()
    answers = [await desk.post(f"{search}/interviews", INTERVIEW), await desk.post(f"{search}/offers", OFFER)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "seeker_state")] * 2
    shown = (await desk.get(search)).json()
    assert (len(shown["interviews"]), len(shown["offers"])) == (0, 1)


async def test_what_does_not_exist_is_not_found(desk: Jobs) -> None:
    path = f"/v1/seekers/{new_id()}"
    answers = [
        await desk.get(path),
        await desk.post(f"{path}/interviews", INTERVIEW),
        await desk.post(f"{path}/offers", OFFER),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "seeker_unknown")] * 3


async def test_lists_are_filtered_and_paged(jobs: Jobs) -> None:
    await jobs.consume(*(discharged(person=person) for person in range(1, 6)))
    seen, cursor = [], ""
    while True:
        page = (await jobs.get(f"/v1/seekers?state=open&limit=2{cursor}")).json()
        seen.append([each["person"] for each in page["data"]])
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(person for page in seen for person in page) == [person_id(person) for person in range(1, 6)]
    assert (await jobs.get("/v1/seekers?state=placed")).json()["data"] == []
    assert (await jobs.get(f"/v1/seekers?limit=2{cursor}")).json()["code"] == "cursor_invalid"
    await jobs.accept(await jobs.search(9))
    assert len((await jobs.get("/v1/placements?state=awaiting_proof")).json()["data"]) == 1
    assert (await jobs.get("/v1/placements?state=confirmed")).json()["data"] == []


@pytest.mark.parametrize("path", ["/v1/seekers", "/v1/placements"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("person=P0000000121", 422, "public_id_invalid"),
        ("person=12", 422, "request_invalid"),
        ("state=lost", 422, "request_invalid"),
        ("persn=1", 400, "filter_unknown"),
    ],
)
async def test_a_bad_filter_is_refused(desk: Jobs, path: str, query: str, status: int, code: str) -> None:
    answer = await desk.get(f"{path}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/v1/seekers", [WRITE, READ_PLACEMENTS]),
        ("GET", "/v1/seekers/{id}", [WRITE, READ_PLACEMENTS]),
        ("POST", "/v1/seekers/{id}/interviews", [READ, READ_PLACEMENTS]),
        ("POST", "/v1/seekers/{id}/offers", [READ, READ_PLACEMENTS]),
        ("GET", "/v1/placements", [READ, WRITE]),
        ("POST", "/v1/announcements", [READ, WRITE, READ_PLACEMENTS]),
    ],
)
async def test_every_route_needs_its_own_scope(desk: Jobs, method: str, path: str, scopes: list[str]) -> None:
    answer = await desk.service.call(method, path.format(id=new_id()), scopes=scopes)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
