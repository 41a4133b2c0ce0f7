"""What whoever reports an accident meets: how bad input is refused, with nothing half-written."""

from typing import Any

import pytest

from services.claims.tests.support import (
    HOSPITAL,
    MYKAD,
    WRITE,
    apply_events,
    employed,
    january_to_may,
    notice,
    registered,
    rows_in,
    submit,
)
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


def certificate(first: str, last: str) -> dict[str, str]:
    return {"first": first, "last": last, "issued_on": "2026-07-15"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"happened_on": "2099-01-01"}, 422, "accident_in_future"),
        ({"certificate": certificate("2026-07-20", "2026-07-15")}, 422, "certificate_reversed"),
        ({"certificate": certificate("2026-07-01", "2026-07-15")}, 422, "certificate_before_accident"),
        ({"national_id": None}, 422, "person_not_named"),
        ({"national_id": {"kind": "mykad", "number": "991399145677"}}, 422, "national_id_invalid"),
        ({"national_id": {"kind": "library card", "number": MYKAD}}, 422, "request_invalid"),
        ({"surprise": 1}, 422, "request_invalid"),
        ({"place": "on the moon"}, 422, "request_invalid"),
        ({"name": None}, 422, "name_not_given"),
        ({"national_id": None, "person": "P000000012T"}, 422, "name_not_given"),
        ({"name": "'-'"}, 422, "name_not_comparable"),
        ({"certificate": None}, 422, "certificate_not_given"),
        ({"place": None}, 422, "place_not_given"),
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


async def test_a_number_that_is_none_is_refused(claims: ServiceUnderTest) -> None:
    body = notice(national_id=None, name=None, person="P0000000121")
    answer = await submit(claims, body, party="employer:3")
    assert (answer.status_code, answer.json()["code"]) == (422, "public_id_invalid")


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
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await submit(claims, notice())
    async with claims.database.connection() as connection:
        before = await connection.fetchval("SELECT id_token FROM claim")
        await claims.work_off()
        after = await connection.fetchrow("SELECT id_token, person FROM claim")
    assert before is not None
    assert MYKAD not in before
    assert after is not None
    assert tuple(after) == (None, 7)
