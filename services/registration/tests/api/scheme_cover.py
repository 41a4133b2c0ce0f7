"""What the tests of schemes do: register, pay, look at cover, let two officers decide."""

from typing import Any

import httpx

from services.registration.tests.support import Register

BANK, AGENT, STATE = "bank:1", "agent:5", "state:7"
HAWKER = "800409145678"
_WRITE_REGISTRATION = "registration:scheme_registration:write"
_WRITE_PAYMENT = "registration:cover_payment:write"


def amount(text: str) -> dict[str, str]:
    """Ringgit."""
    return {"amount": text, "currency": "MYR"}


async def try_join(register: Register, party: str, **said: Any) -> httpx.Response:
    """Register for a scheme: as a hawker under plan 1, unless something else is said."""
    body = {"scheme": "act789", "activity": "hawkers", "plan": "1", **said}
    body = {name: value for name, value in body.items() if value is not None}
    return await register.as_party("POST", "/v1/scheme-registrations", _WRITE_REGISTRATION, party, json=body)


async def join(register: Register, party: str, **said: Any) -> str:
    """The same, where it is taken; the registration."""
    answer = await try_join(register, party, **said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["registration"])


def payment(registration: str, receipt: str, paid: str, **said: Any) -> dict[str, Any]:
    """A payment of a year that an agent states."""
    body = {
        "registration": registration,
        "channel": "agent",
        "receipt_number": receipt,
        "payer": AGENT,
        "months": 12,
        "amount": amount(paid),
        **said,
    }
    return {name: value for name, value in body.items() if value is not None}


async def try_pay(register: Register, party: str, **said: Any) -> httpx.Response:
    """State a payment."""
    return await register.as_party("POST", "/v1/cover-payments", _WRITE_PAYMENT, party, json=payment(**said))


async def pay_house(register: Register, registration: str, receipt: str, paid: str, **said: Any) -> dict[str, Any]:
    """The bank states a payment of this very moment."""
    how = {"channel": "house", "payer": "person:1", **said}
    answer = await try_pay(register, BANK, registration=registration, receipt=receipt, paid=paid, **how)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def cover(register: Register, person: str, party: str = "", **asked: str) -> list[dict[str, Any]]:
    """A person's cover by its schemes."""
    answer = await try_cover(register, person, party, **asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["covers"]
    return found


async def try_cover(register: Register, person: str, party: str = "", **asked: str) -> httpx.Response:
    """Ask for it."""
    path = f"/v1/persons/{person}/scheme-cover"
    headers = {"purpose": "person_asked"}
    return await register.as_party("GET", path, "registration:cover:read", party, params=asked, headers=headers)


async def covered(register: Register, person: str, at: str, activity: str | None = "hawkers", clock: int = 0) -> str:
    """How an instant lies in the first period of an activity, and until when it is covered."""
    (found,) = [each for each in await cover(register, person, at=at) if each["activity"] == activity]
    return str(found["clocks"][clock]["covered"])


def periods(found: dict[str, Any], what: str = "periods", clock: int = 0) -> list[tuple[str, str]]:
    """The periods of a clock, to the minute."""
    return [(each["begins"][:16], each["ends"][:16]) for each in found["clocks"][clock][what]]
