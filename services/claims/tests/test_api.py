"""What partners meet: who may see what, and how bad input is refused, with nothing half-written."""

from typing import Any

import pytest

from services.claims.main import openapi_app
from services.claims.tests.conftest import MYKAD, employed, january_to_may, notice, registered, tell
from shared.security.scopes import routes_without_scope
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

WRITE = ["claims:notice:write", "claims:notice:read"]
HOSPITAL: dict[str, Any] = {"party": "hospital:1", "role": "partner"}


async def submit(claims: ServiceUnderTest, body: dict[str, Any], **more: Any) -> Any:
    return await claims.call("POST", "/v1/notices", scopes=WRITE, json=body, **{**HOSPITAL, **more})


async def rows_in(claims: ServiceUnderTest) -> int:
    async with claims.database.connection() as connection:
        total = 0
        for table in ("claim", "certificate", "due_work", "outbox", "idempotency_key"):
            total += len(await connection.fetch(f"TABLE {table}"))
        return total


def certificate(first: str, last: str) -> dict[str, str]:
    return {"first": first, "last": last, "issued_on": "2026-07-15"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"happened_on": "2999-01-01"}, 422, "accident_in_future"),
        ({"certificate": certificate("2026-07-20", "2026-07-15")}, 422, "certificate_reversed"),
        ({"certificate": certificate("2026-07-01", "2026-07-15")}, 422, "certificate_before_accident"),
        ({"national_id": None}, 422, "person_not_named"),
        ({"national_id": {"kind": "mykad", "number": "991399145677"}}, 422, "national_id_invalid"),
        ({"national_id": {"kind": "library card", "number": MYKAD}}, 422, "national_id_invalid"),
        ({"surprise": 1}, 422, "request_invalid"),
        ({"place": "on the moon"}, 422, "request_invalid"),
        ({"national_id": None, "person": "P0000000121"}, 422, "public_id_invalid"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_problem_and_leaves_nothing(
    claims: ServiceUnderTest, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await submit(claims, notice(**changes))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert MYKAD not in answer.text
    assert await rows_in(claims) == 0


async def test_a_token_is_needed_and_must_be_ours_and_fresh(claims: ServiceUnderTest) -> None:
    bad = {
        "token_missing": {"authorization": ""},
        "token_expired": {"authorization": f"Bearer {claims.issuer.token(WRITE, lives_for=-60)}"},
        "token_foreign": {"authorization": f"Bearer {claims.issuer.token(WRITE, audiences=['jaring-jobs'])}"},
    }
    for code, headers in bad.items():
        answer = await submit(claims, notice(surprise=1), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    answer = await claims.call("POST", "/v1/notices", scopes=["claims:claim:read"], json=notice(), **HOSPITAL)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert await rows_in(claims) == 0


async def test_another_partys_notice_and_claim_do_not_exist(claims: ServiceUnderTest) -> None:
    mine = (await submit(claims, notice())).json()
    other: dict[str, Any] = {"party": "hospital:2", "role": "partner"}
    read = ["claims:notice:read", "claims:claim:read"]
    for path, code in (
        (f"/v1/notices/{mine['notice']}", "notice_unknown"),
        (f"/v1/claims/{mine['claim']}", "claim_unknown"),
    ):
        answer = await claims.call("GET", path, scopes=read, **other)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
        assert (await claims.call("GET", path, scopes=read, **HOSPITAL)).status_code == 200
        assert (await claims.call("GET", path, scopes=read)).status_code == 200, "officers see all"
    assert (await claims.call("GET", "/v1/claims", scopes=read, **other)).json()["data"] == []
    assert len((await claims.call("GET", "/v1/claims", scopes=read, **HOSPITAL)).json()["data"]) == 1
    foreign = await claims.call("GET", f"/v1/claims/{mine['claim']}/decisions", scopes=read, **other)
    assert foreign.status_code == 404


async def test_an_employer_reports_for_itself_only(claims: ServiceUnderTest) -> None:
    employer: dict[str, Any] = {"party": "employer:3", "role": "partner"}
    refused = await submit(claims, notice(employer="E0000000076"), **employer)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_party")
    assert (await submit(claims, notice(), **employer)).status_code == 202
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT employer FROM claim") == 3


async def test_a_repeated_key_answers_as_before_and_another_body_is_refused(claims: ServiceUnderTest) -> None:
    first = await submit(claims, notice(), key="abc")
    again = await submit(claims, notice(), key="abc")
    other = await submit(claims, notice(place="commuting"), key="abc")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM claim") == 1


async def test_the_national_id_is_dropped_once_it_is_matched(claims: ServiceUnderTest) -> None:
    await tell(claims, registered(), *employed(), *january_to_may())
    await submit(claims, notice())
    async with claims.database.connection() as connection:
        before = await connection.fetchval("SELECT id_token FROM claim")
        await claims.work_off()
        after = await connection.fetchrow("SELECT id_token, person FROM claim")
    assert before is not None
    assert MYKAD not in before
    assert after is not None
    assert tuple(after) == (None, 7)


async def test_a_list_is_paged_without_loss_or_repeat(claims: ServiceUnderTest) -> None:
    for day in range(1, 6):
        first = {"first": f"2026-07-0{day}", "last": "2026-08-11", "issued_on": "2026-07-15"}
        await submit(claims, notice(happened_on=f"2026-07-0{day}", certificate=first, wages_paid_for=[]))
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await claims.call("GET", f"/v1/claims?limit=2{cursor}", scopes=["claims:claim:read"])).json()
        seen += [each["claim"] for each in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    unknown = await claims.call("GET", "/v1/claims?colour=blue", scopes=["claims:claim:read"])
    assert (unknown.status_code, unknown.json()["code"]) == (400, "filter_unknown")


async def test_only_an_officer_has_everything_announced_again(claims: ServiceUnderTest) -> None:
    scopes = ["claims:announcement:write"]
    refused = await claims.call("POST", "/v1/announcements", scopes=scopes, **HOSPITAL)
    assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    assert await rows_in(claims) == 0
    assert (await claims.call("POST", "/v1/announcements", scopes=scopes)).status_code == 202


def test_every_route_declares_its_scope() -> None:
    assert routes_without_scope(openapi_app()) == []
