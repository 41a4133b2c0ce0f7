"""Registering and reading employers."""

import pytest

from services.registration.main import openapi_app
from services.registration.tests.support import CODE, OTHER_CODE, Register, party_of
from shared.kernel.identifiers import employer_number
from shared.security.scopes import routes_without_scope

WRITE, READ = "registration:employer:write", "registration:employer:read"


async def test_an_officer_registers_an_employer_and_it_is_told_without_its_name(register: Register) -> None:
    """The number is all that other services need; the code gives it back to a database that was put back."""
    employer = await register.employer()
    told = await register.events("employer.registered")
    assert [event["employer"] for event in told] == [employer_number(employer)]
    assert set(told[0]) == {"type", "employer", "revision", "code", "registered_at"}
    answer = await register.as_party("GET", f"/v1/employers/{employer}", READ)
    assert (answer.json()["employer_code"], answer.json()["name"]) == (CODE, "KILANG MAJU SDN BHD")


async def test_an_employer_does_not_register_itself(register: Register) -> None:
    """Even with the scope."""
    body = {"name": "KEDAI", "employer_code": OTHER_CODE}
    answer = await register.as_party("POST", "/v1/employers", WRITE, "employer:1", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    assert await register.events() == []


@pytest.mark.parametrize("code", ["12345678901A", "A1234567", "a12345678", "A123456789012", "A1234-5678"])
async def test_a_code_begins_with_a_letter_and_has_nine_to_twelve_characters(register: Register, code: str) -> None:
    """act4 §1.3: ^[A-Z][A-Z0-9]{8,11}$."""
    answer = await register.as_party("POST", "/v1/employers", WRITE, json={"name": "KEDAI", "employer_code": code})
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_a_code_is_registered_once(register: Register) -> None:
    """409 for the second."""
    await register.employer()
    answer = await register.as_party("POST", "/v1/employers", WRITE, json={"name": "KEDAI", "employer_code": CODE})
    assert (answer.status_code, answer.json()["code"]) == (409, "employer_code_registered")


async def test_an_employer_reads_itself_and_nobody_else(register: Register) -> None:
    """Another's number is unknown to it."""
    employer, other = await register.employer(), await register.employer(OTHER_CODE)
    own = await register.as_party("GET", f"/v1/employers/{employer}", READ, party_of(employer))
    assert own.json()["employer"] == employer
    answer = await register.as_party("GET", f"/v1/employers/{other}", READ, party_of(employer))
    assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")


def test_every_route_declares_a_scope() -> None:
    """Deny by default."""
    assert routes_without_scope(openapi_app()) == []
