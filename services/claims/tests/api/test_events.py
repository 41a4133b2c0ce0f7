"""Partners push accidents and certificates: the same notices as over REST, and where to follow them."""

from typing import Any

import pytest

from services.claims.api.events import MODELS
from services.claims.tests.support import (
    EMPLOYER,
    MYKAD,
    NAME,
    all_has_arrived,
    apply_events,
    employed,
    january_to_may,
    registered,
)
from services.claims.worker import INBOUND as COMMANDS
from shared.contracts.inbound import INBOUND
from shared.kernel.identifiers import new_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

CERTIFICATE = {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"}
WHO = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": NAME}
ACCIDENT = {**WHO, "happened_on": "2026-07-15", "place": "at_work", "certificate": CERTIFICATE}
FORM = {"content-type": "application/cloudevents+json"}


async def push(claims: ServiceUnderTest, type_: str, data: dict[str, Any], party: str, **named: Any) -> Any:
    event = {"specversion": "1.0", "id": str(new_id()), "source": "/x", "type": type_, "data": data, **named}
    return await claims.call(
        "POST", "/v1/events", scopes=["claims:event:write"], party=party, role="partner", json=event, headers=FORM
    )


async def became(claims: ServiceUnderTest, type_: str, data: dict[str, Any], party: str) -> Any:
    answer = await push(claims, type_, data, party)
    assert answer.status_code == 202, answer.text
    await claims.work_off()
    read = await claims.call(
        "GET", answer.headers["location"], scopes=["claims:event:read"], party=party, role="partner"
    )
    assert read.status_code == 200, read.text
    return read.json()


async def test_an_accident_is_answered_with_its_claim_and_where_to_follow_it(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    employer = f"employer:{EMPLOYER}"
    found = await became(claims, "accident.happened", ACCIDENT, employer)
    assert found["state"] == "accepted", found
    followed = await claims.call(
        "GET", found["result"]["follow"], scopes=["claims:notice:read"], party=employer, role="partner"
    )
    assert (followed.status_code, followed.json()["claim"]) == (200, found["result"]["claim"])
    assert followed.json()["state"] != "awaiting_identity", "it was opened: the employer employed the person"


async def test_a_hospitals_certificate_joins_the_accident_of_the_day(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    first = await became(claims, "accident.happened", ACCIDENT, f"employer:{EMPLOYER}")
    longer = {**CERTIFICATE, "first": "2026-08-12", "last": "2026-08-20", "issued_on": "2026-08-11"}
    data = {**WHO, "happened_on": "2026-07-15", "place": "at_work", "certificate": longer}
    second = await became(claims, "medical.certificate.issued", data, "hospital:1")
    assert second["state"] == "accepted", second
    async with claims.database.connection("migrate") as connection:
        joined = await connection.fetchval("SELECT joined_to FROM claim WHERE notice = $1", second["result"]["notice"])
    assert str(joined) == first["result"]["claim"]


async def test_nobody_learns_whether_a_person_is_registered(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    known = await became(claims, "accident.happened", ACCIDENT, "employer:99")
    other = {**ACCIDENT, "national_id": {"kind": "mykad", "number": "850615105432"}, "name": "SITI BINTI OMAR"}
    nobody = await became(claims, "accident.happened", other, "employer:99")
    same = ("state", "reason", "message", "warnings", "errors")
    assert [known[name] for name in same] == [nobody[name] for name in same]
    assert known["result"].keys() == nobody["result"].keys()


@pytest.mark.parametrize(
    ("type_", "data", "party", "status", "code"),
    [
        ("accident.happened", {**ACCIDENT, "surprise": 1}, "employer:3", 422, "request_invalid"),
        ("accident.happened", {**ACCIDENT, "certificate": None}, "employer:3", 422, "certificate_not_given"),
        ("accident.happened", {**ACCIDENT, "name": None}, "hospital:1", 422, "name_not_given"),
        ("medical.certificate.issued", {**ACCIDENT, "place": None}, "hospital:1", 422, "place_not_given"),
        ("medical.certificate.issued", {**ACCIDENT}, "employer:3", 403, "event_not_for_this_party"),
        ("wage.paid", {}, "employer:3", 422, "event_of_another_service"),
    ],
)
async def test_what_cannot_be_a_notice_is_refused_at_once(
    claims: ServiceUnderTest, type_: str, data: dict[str, Any], party: str, status: int, code: str
) -> None:
    answer = await push(claims, type_, data, party)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_day_that_cannot_be_is_refused_when_it_is_worked_off(claims: ServiceUnderTest) -> None:
    late = {**ACCIDENT, "happened_on": "2099-01-01"}
    found = await became(claims, "accident.happened", late, "employer:3")
    assert (found["state"], found["reason"]) == ("refused", "accident_in_future")


async def test_what_is_kept_of_an_event_names_nobody(claims: ServiceUnderTest) -> None:
    assert (await push(claims, "accident.happened", ACCIDENT, "employer:3")).status_code == 202
    async with claims.database.connection("migrate") as connection:
        await connection.execute("SET bytea_output = 'escape'")
        (row,) = await connection.fetch("SELECT i::text AS said, sealed FROM inbound_event AS i")
    assert "AMINAH" not in row["said"]
    assert MYKAD not in row["said"]


def test_each_type_that_is_published_has_its_model_and_its_command() -> None:
    published = [each.name for each in INBOUND if each.owner == "claims"]
    assert list(MODELS) == published == [each.name for each in COMMANDS]
