"""Registrations and payments go with the person: merged, split, erased, republished, known again after a restore."""

import pytest

from services.registration.tests.api.scheme_cover import AGENT, BANK, HAWKER, cover, join, pay_house, periods, try_pay
from services.registration.tests.api.test_erasures import erased, state
from services.registration.tests.api.test_person_merges import merged, parted
from services.registration.tests.support import (
    OTHER_MYKAD,
    Register,
    number_of,
    self_of,
    since_backup,
)
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall_since
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

HER = {"name": "Siti binti Omar", "born_on": "1980-04-09"}
WRITE = "registration:announcement:write"


async def test_what_was_paid_under_both_numbers_is_one_persons_until_a_split(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 1, 5)
    survivor, other = await register.person(HAWKER, **HER), await register.person("O1234567", kind="passport", **HER)
    as_housewife = await join(register, self_of(survivor), activity=None, plan=None, scheme="act838")
    await pay_house(register, as_housewife, "H-1", "120.00")
    await pay_house(register, await join(register, self_of(other)), "H-2", "157.20")
    assert [len(await cover(register, person)) for person in (survivor, other)] == [1, 1]
    await merged(register, other, survivor)
    assert [len(await cover(register, person)) for person in (survivor, other)] == [2, 2]
    assert len(await cover(register, other, self_of(survivor))) == 2
    await parted(register, other)
    assert [[each["scheme"] for each in await cover(register, person)] for person in (survivor, other)] == [
        ["act838"],
        ["act789"],
    ]


async def test_a_payment_that_waits_postpones_an_erasure_and_one_that_counts_is_kept(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 14)
    person = await register.person(HAWKER, **HER)
    who = {"national_id": {"kind": "mykad", "number": HAWKER}, "name": HER["name"]}
    registration = await join(register, AGENT, **who)
    late = {"registration": registration, "receipt": "R-1", "paid": "157.20", "paid_at": "2026-08-01T10:00:00+08:00"}
    assert (await try_pay(register, AGENT, **late)).json()["state"] == "reported_late"
    await register.work_off()
    stated = await state(register, person)
    assert stated.status_code == 202, stated.text
    assert (await register.decided("erasure", "erasure_granted")).status_code == 201
    await register.work_off()
    (held,) = [tuple(row) for row in await register.rows("SELECT state, holds::text FROM erasure")]
    assert held[0] == "held"
    assert "cover_payment_waits" in held[1]
    assert (await register.decided("cover_payment", "late_payment_not_shown")).status_code == 201
    business_clock.set_day(2026, 8, 16)
    await register.work_off()
    (ended,) = [tuple(row) for row in await register.rows("SELECT state, kept_until FROM erasure")]
    assert ended[0] == "partly"
    assert ended[1].year > 2027


async def test_who_was_erased_is_registered_and_paid_for_no_more(register: Register) -> None:
    person = await register.person(HAWKER, **HER)
    registration = await join(register, self_of(person))
    await erased(register, person, reason="registered_by_mistake")
    house = {"registration": registration, "channel": "house", "payer": "person:1"}
    refused = await try_pay(register, BANK, receipt="H-1", paid="157.20", **house)
    assert (refused.status_code, refused.json()["code"]) == (404, "scheme_registration_unknown")


async def test_it_is_republished_as_it_was_told(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 14)
    person, other = await register.person(HAWKER, **HER), await register.person(OTHER_MYKAD)
    for receipt, who in (("H-1", person), ("H-2", other)):
        await pay_house(register, await join(register, self_of(who)), receipt, "157.20")
    await join(register, self_of(person), activity="food")
    assert (await register.as_party("POST", "/v1/announcements", WRITE)).status_code == 202
    await register.work_off()
    told = await register.events("scheme_cover")
    announced = await register.events("scheme_cover", announced=True)
    newest = {(each["person"], each["activity"]): each for each in told}
    assert {(each["person"], each["activity"]): each for each in announced} == newest
    assert len(announced) == 3


async def test_it_is_known_again_after_a_restore(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    """A reversal and a payment that the backup has not: the same receipt again is the same payment."""
    business_clock.set_day(2026, 8, 14)

    async def begin(register: Register) -> tuple[str, str, str]:
        person = await register.person(HAWKER, **HER)
        registration = await join(register, self_of(person))
        return person, registration, str((await pay_house(register, registration, "H-1", "157.20"))["payment"])

    async with since_backup(databases, issuer, begin) as (register, again, (person, registration, paid)):
        path, scope = f"/v1/cover-payments/{paid}/reversal", "registration:cover_payment:write"
        await register.as_party("POST", path, scope, BANK, json={"reason": "bounced", "evidence": "BR-1"})
        await register.work_off()
        assert (await register.decided("cover_payment", "cover_payment_reversed")).status_code == 201
        second = await pay_house(register, registration, "H-2", "13.10", months=1)
        await recall_since(register.service, again.service)
        (before,), (after,) = await cover(register, person), await cover(again, person)
        assert periods(after) == periods(before)
        stands = [{**each, "receipt_number": None} for each in before["payments"]]
        assert [{**each, "receipt_number": None} for each in after["payments"]] == stands
        assert (await pay_house(again, registration, "H-2", "13.10", months=1))["payment"] == second["payment"]
        rows = await again.rows("SELECT person, state FROM cover_payment ORDER BY amount_sen")
        assert [tuple(row) for row in rows] == [(number_of(person), "counts"), (number_of(person), "reversed")]
