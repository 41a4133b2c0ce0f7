"""Tokens and key sets that no honest issuer makes: each is refused as a token, none is a defect, none stops others."""

import json
from base64 import urlsafe_b64encode

import pytest

from tests.hostile.target import Target

pytestmark = pytest.mark.postgres


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


DEEP = b"[" * 4000 + b"]" * 4000
HEAD = b'{"alg":"ES256","typ":"at+jwt","kid":"test"}'
UNSIGNED = {
    "a deep header": DEEP[:3000] + DEEP[-3000:],
    "a header that is a list": b'["alg","kid","typ"]',
    "a header that is a text": b'"alg kid typ"',
    "a header that is a number": b"7",
    "a header of nothing": b"null",
    "a header in another alphabet": '{"alg":"ES256","kid":"\ud800"}'.encode("utf-8", "surrogatepass"),
    "a key id that is a list": b'{"alg":"ES256","typ":"at+jwt","kid":["test"]}',
    "an algorithm that is a list": b'{"alg":["ES256"],"typ":"at+jwt","kid":"test"}',
    "a type that is a list": b'{"alg":"ES256","typ":["at+jwt"],"kid":"test"}',
    "another algorithm for this key": b'{"alg":"PS256","typ":"at+jwt","kid":"test"}',
    "a key that was skipped": b'{"alg":"ES256","typ":"at+jwt","kid":"new"}',
    "a key of another curve": b'{"alg":"ES256","typ":"at+jwt","kid":"p384"}',
}


async def _asked(target: Target, token: str) -> tuple[int, str]:
    answer = await target.get("/v1/persons", headers={"authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()["code"]


async def test_keys_that_cannot_be_used_stand_in_nobodys_way(registration: Target) -> None:
    """One key of an unknown curve in the set broke every request."""
    assert (await registration.read_as_officer()).status_code == 200
    assert await registration.metric("jaring_token_keys_skipped_total") > 5
    assert await registration.metric('jaring_token_keys_skipped_total{reason="curve"}') >= 1


@pytest.mark.parametrize("what", UNSIGNED)
async def test_a_header_that_is_no_header_is_no_token(registration: Target, what: str) -> None:
    token = ".".join((_base64(UNSIGNED[what]), _base64(b"{}"), _base64(b"x" * 64)))
    assert await _asked(registration, token) == (401, "token_invalid")


SIGNED = {
    "a deep payload": DEEP[:2500] + DEEP[-2500:],
    "a payload that is a list": b"[]",
    "a payload that is no JSON": b"{",
    "a payload of other bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("what", SIGNED)
async def test_a_payload_that_the_issuer_signed_and_nobody_can_read_is_no_token(
    registration: Target, what: str
) -> None:
    assert await _asked(registration, registration.issuer.signed(SIGNED[what])) == (401, "token_invalid")


CLAIMS: dict[str, dict[str, object]] = {
    "an end that is no number": {"exp": float("nan")},
    "no end": {"exp": float("inf")},
    "an end beyond floats": {"exp": 10**400},
    "a beginning that is a list": {"iat": []},
    "a client with NUL": {"client_id": "a\x00b"},
    "a client without an end": {"client_id": "a" * 1000},
    "a client of half a character": {"client_id": "\ud800"},
    "a party that is a number": {"party": 12},
    "a role that is a list": {"role": []},
    "deep scopes": {"scope": [[[[]]]]},
    "an audience of lists": {"aud": [[], {}]},
}


@pytest.mark.parametrize("what", CLAIMS)
async def test_claims_that_mean_nothing_are_no_token(registration: Target, what: str) -> None:
    honest = json.loads(registration.issuer.payload(["registration:person:read"], party="employer:1", role="partner"))
    token = registration.issuer.signed(json.dumps({**honest, **CLAIMS[what]}).encode())
    status, code = await _asked(registration, token)
    assert (status, code) in {(401, "token_invalid"), (401, "token_foreign")}
