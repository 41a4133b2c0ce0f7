"""Parties by number: none that a token may name breaks what it asks for."""

import pytest

from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

READS = {
    "/v1/unallocated-receipts": "registration:contribution_receipt:read",
    "/v1/contribution-receipts": "registration:contribution_receipt:read",
    "/v1/arrears": "registration:account:read",
    "/v1/persons": "registration:person:read",
    "/v1/line-differences": "registration:contribution:read",
    "/v1/events": "registration:event:read",
    "/v1/me": "registration:me:read",
}


@pytest.mark.parametrize("path", READS)
async def test_a_number_that_is_too_long_is_no_partys(register: Register, path: str) -> None:
    for kind in ("employer", "person"):
        unknown = await register.as_party("GET", path, READS[path], f"{kind}:999999999")
        assert unknown.status_code in (200, 403, 404), unknown.text
        for number in ("1000000000", "2147483648", "99999999999999"):
            refused = await register.as_party("GET", path, READS[path], f"{kind}:{number}")
            assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")
    for kind in ("bank", "hospital", "register"):
        other = await register.as_party("GET", path, READS[path], f"{kind}:999999999999999999")
        assert other.status_code in (200, 403, 404), other.text
