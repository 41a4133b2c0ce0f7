"""Requests about employers, made beforehand: the write and the read of which one more is measured than of any other."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import httpx
import orjson

from deploy.local.state import address_of, secret
from shared.kernel.identifiers import new_id
from tests.bench.load import request
from tests.bench.platform_fixture import PlatformFixture

API, PATH, BARE_PATH = "registration-api", "/v1/employers", "/employers"
SCOPES = ("registration:employer:read", "registration:employer:write")
# Each body is another employer, also for a second generator.
_numbers = count(1)


async def officers_headers(platform: PlatformFixture, scopes: Sequence[str] = SCOPES) -> dict[str, str]:
    """What an officer's request carries; the token lives for ten minutes."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "officer",
        "client_secret": secret(platform.state, "client-officer"),
        "scope": " ".join(scopes),
    }
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{address_of(platform.state, 'token-issuer')}/token", data=form)
    return {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


def writes(headers: Mapping[str, str]) -> Iterator[bytes]:
    """New employers, each with an idempotency key of its own."""
    while True:
        yield request("POST", PATH, {**headers, "idempotency-key": str(new_id())}, _employer())


def bare_writes() -> Iterator[bytes]:
    """The same bodies for the bare handler."""
    while True:
        yield request("POST", BARE_PATH, {}, _employer())


def _employer() -> bytes:
    number = next(_numbers)
    return orjson.dumps({"name": f"KEDAI UKUR {number}", "employer_code": f"B{number:010d}M"})
