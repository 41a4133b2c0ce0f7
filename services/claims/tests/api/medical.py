"""What the tests of medical benefit share: a hospital that asks and bills, and a schedule that officers enter."""

from typing import Any

from services.claims.tests.support import MYKAD, NAME, decide, role_of
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.persistence.law_entries import LAID_AFTER
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.service import ServiceUnderTest

HOSPITAL, OTHER_HOSPITAL = "hospital:1", "hospital:2"
PRICES, MOST = "act4.medical.prices", "act4.medical.most_of_an_authorisation"
SCOPES = [
    *("claims:medical_authorisation:read", "claims:medical_authorisation:write"),
    *("claims:medical_bill:read", "claims:medical_bill:write"),
]
# Twice physiotherapy at 90.00 and a bed in the first class, of which the second is borne.
SCHEDULE = [["consultation", "40.00"], ["physiotherapy", "90.00"], ["ward_day_class_2", "80.00"]]


async def call(claims: ServiceUnderTest, path: str, body: Any = None, party: str = HOSPITAL) -> tuple[int, Any]:
    """What a party is answered; what became due of it runs."""
    method = "GET" if body is None else "POST"
    more = {} if body is None or body == {} else {"json": body}
    answer = await claims.call(method, path, scopes=SCOPES, party=party, role=role_of(party), **more)
    await claims.work_off()
    return answer.status_code, answer.json()


def admission(**changes: Any) -> dict[str, Any]:
    """Whom a hospital admits after the accident of 5 August."""
    named = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": NAME}
    return {**named, "admitted_on": "2026-08-05", "happened_on": "2026-08-05", **changes}


async def ask(claims: ServiceUnderTest, party: str = HOSPITAL, **changes: Any) -> dict[str, Any]:
    """A hospital asks; the answer that it had at once."""
    status, answer = await call(claims, "/v1/medical-authorisations", admission(**changes), party)
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


async def authorisation(claims: ServiceUnderTest, asked: dict[str, Any], party: str = HOSPITAL) -> dict[str, Any]:
    """How it stands now."""
    status, answer = await call(claims, f"/v1/medical-authorisations/{asked['authorisation']}", party=party)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def line(item: str = "physiotherapy", amount: str = "90.00", on: str = "2026-08-06", **more: Any) -> dict[str, Any]:
    """One line of a bill."""
    return {"treated_on": on, "item": item, "quantity": 1, "amount": {"amount": amount, "currency": "MYR"}, **more}


async def bill(
    claims: ServiceUnderTest,
    asked: dict[str, Any],
    *lines: dict[str, Any],
    number: str = "INV-1",
    party: str = HOSPITAL,
) -> dict[str, Any]:
    """A hospital bills what was authorised; how it stands once it is settled."""
    said = {"bill_number": number, "authorisation": asked["authorisation"], "lines": list(lines)}
    status, answer = await call(claims, "/v1/medical-bills", said, party)
    assert status == 201, answer
    return await standing(claims, answer, party)


async def standing(claims: ServiceUnderTest, sent: dict[str, Any], party: str = HOSPITAL) -> dict[str, Any]:
    """How a bill stands now."""
    status, answer = await call(claims, f"/v1/medical-bills/{sent['bill']}", party=party)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def sums(stands: dict[str, Any]) -> list[str]:
    """Billed, paid, refused and waiting of a bill."""
    return [stands[each]["amount"] for each in ("billed", "paid", "refused", "waiting")]


def parts(stands: dict[str, Any]) -> dict[str, str]:
    """What of a line is refused, by reason."""
    return {each["reason"]: each["amount"]["amount"] for each in stands["refused"]}


async def enter(claims: ServiceUnderTest, clock: BusinessClock, figure: str, rows: list[list[str]]) -> None:
    """Officers enter a figure and let it count; every process has it, and what it touches is asked again."""
    entry = {"instrument": "P.U.(A) 999/2026", "gazetted_on": "2026-08-01", "law": "Act 4, s.15"}
    path, scopes = f"/v1/figures/{figure}/entries", ["claims:figure:write"]
    said = {**entry, "in_force": "2026-01-01", "rows": rows}
    answer = await claims.call("POST", path, scopes=scopes, subject="officer-3", json=said)
    assert answer.status_code == 201, answer.text
    assert await decide(claims, "figures", kind="figure_counts") == (201, None)
    for _ in range(2):
        clock.advance(seconds=LAID_AFTER.total_seconds())
        await claims.work_off()


async def payables(claims: ServiceUnderTest) -> list[tuple[str, int, int, str | None, bool]]:
    """What was published of bills, in order: fund, revision, sen, why it ended, whether another takes its place."""
    events = [each for each in await published_by(claims) if isinstance(each, ClaimsPayableStatedV1)]
    return [
        (each.fund.value, each.revision, each.money_sen, each.withdrawn_for, each.superseded_by is not None)
        for each in events
    ]
