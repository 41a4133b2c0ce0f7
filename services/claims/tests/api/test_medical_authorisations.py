"""A hospital asks at admission who bears the treatment: what it is told, and what whoever guesses is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.claims.tests.api.medical import OTHER_HOSPITAL, admission, ask, authorisation, call
from services.claims.tests.commands.test_merged_persons import other_registered
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    PERSON,
    act,
    all_has_arrived,
    apply_events,
    certificate,
    claim_of,
    decide,
    employed,
    registered,
    report,
    tasks_of,
)
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

NOTICE: dict[str, Any] = {
    "at_time": "07:40",
    "place": "at_work",
    "certificate": certificate("2026-08-05", "2026-08-24"),
}
HERSELF = f"person:{PERSON}"


async def of_task(claims: ServiceUnderTest, **says: Any) -> tuple[int, str | None]:
    """Two officers decide the one task about a patient."""
    return await decide(claims, "medical_authorisation", **says)


async def test_at_admission_it_is_said_at_once_who_may_bear_it_and_up_to_what(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(worker)
    assert (asked["state"], asked["scheme"], asked["valid_until"]) == ("provisional", None, "2026-09-03")
    assert asked["may_be_borne_by"] == ["employment_injury", "non_employment_injury"]
    assert asked["limit"] == {
        "ward_class": 2,
        "covered": ["specialist", "treatment", "ward"],
        "most": None,
        "no_most_for": "no_most_is_set",
        "most_of": None,
        "left": None,
    }
    assert asked["awaited"] == {"reason": "scheme_open", "waits_for": "party:hospital", "until": "2026-09-05"}
    assert (asked["person"], asked["claim"]) == (None, None), "a hospital is told no number that it did not have"
    assert (await authorisation(worker, asked))["awaited"]["reason"] == "accident_to_be_noticed"
    assert await ask(worker) == await authorisation(worker, asked), "asked again it is the same one"


async def test_with_a_notice_it_opens_the_claim_whose_decision_it_follows(worker: ServiceUnderTest) -> None:
    asked = await ask(worker, notice=NOTICE)
    stands = await authorisation(worker, asked)
    assert (stands["state"], stands["scheme"], stands["awaited"]) == ("authorised", "employment_injury", None)
    hers = await authorisation(worker, asked, HERSELF)
    claim = await claim_of(worker, {"claim": hers["claim"]})
    assert (claim["happened_on"], claim["state"], hers["person"]) == ("2026-08-05", "decided", person_id(PERSON))


async def test_a_notice_of_before_or_of_later_by_another_is_joined(worker: ServiceUnderTest) -> None:
    early = await report(worker, **ACCIDENT)
    await worker.work_off()
    asked = await ask(worker, notice=NOTICE)
    assert (await authorisation(worker, asked, HERSELF))["claim"] == early["claim"]
    later = await ask(worker, happened_on="2026-09-01", admitted_on="2026-09-02")
    assert (await authorisation(worker, later))["state"] == "provisional"
    await report(
        worker, happened_on="2026-09-01", certificate=certificate("2026-09-01", "2026-09-20"), wages_paid_for=[]
    )
    await worker.work_off()
    stands = await authorisation(worker, later, HERSELF)
    assert (stands["state"], stands["scheme"]) == ("authorised", "employment_injury")


async def test_outside_employment_the_other_scheme_bears_it(worker: ServiceUnderTest) -> None:
    asked = await ask(worker, notice={**NOTICE, "place": "commuting", "interrupted": True})
    stands = await authorisation(worker, asked)
    assert (stands["state"], stands["scheme"]) == ("authorised", "non_employment_injury")
    assert stands["may_be_borne_by"] == ["non_employment_injury"]


async def test_who_takes_no_part_is_refused_outside_employment(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    asked = await ask(claims, notice={**NOTICE, "place": "commuting", "interrupted": True})
    assert asked["may_be_borne_by"] == ["employment_injury"]
    stands = await authorisation(claims, asked)
    assert (stands["state"], stands["scheme"], stands["limit"]) == ("refused", "none", None)


async def test_whoever_guesses_reads_what_is_read_of_whom_nothing_is_known(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Neither another name of a known id nor an id of nobody says whether there is such a person."""
    business_clock.set_day(2026, 8, 6)
    guesses: list[dict[str, Any]] = [
        {"name": "SITI BINTI OSMAN"},
        {"national_id": {"kind": "mykad", "number": "850505145511"}},
    ]
    told = []
    for guess in guesses:
        asked = await ask(worker, OTHER_HOSPITAL, **guess)
        later = await authorisation(worker, asked, OTHER_HOSPITAL)
        own = {"authorisation": "", "asked_at": ""}
        assert {**asked, **own} == {**later, **own}
        told.append({**later, **own})
    assert told[0] == told[1]
    assert (told[0]["state"], told[0]["limit"]) == ("awaiting_patient", None)
    assert told[0]["awaited"] == {
        "reason": "patient_not_found", "waits_for": "topic:registration", "until": "2026-09-05",
    }  # fmt: skip
    waiting = await tasks_of(worker, "medical_authorisation")
    assert [each["reason"] for each in waiting] == ["name_differs"], "people look at it"


async def test_two_officers_find_whose_it_is_or_nobody(worker: ServiceUnderTest) -> None:
    asked = await ask(worker, name="SITI BINTI OSMAN")
    assert await of_task(worker, kind="patient_found", person=person_id(999)) == (409, "person_not_registered")
    [task] = await tasks_of(worker, "medical_authorisation", "proposed")
    assert (await act(worker, f"{task['task']}/releases", FIRST))[0] == 201
    assert await of_task(worker, kind="patient_found", person=person_id(PERSON)) == (201, None)
    stands = await authorisation(worker, asked)
    assert (stands["state"], stands["awaited"]["reason"]) == ("provisional", "accident_to_be_noticed")
    assert (await authorisation(worker, asked, HERSELF))["person"] == person_id(PERSON)


async def test_who_registers_later_is_found_and_who_does_not_is_waited_for_thirty_days(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    assert asked["state"] == "awaiting_patient"
    await apply_events(claims, registered(), *employed())
    await claims.work_off()
    assert (await authorisation(claims, asked))["state"] == "provisional"
    nobody = await ask(claims, national_id={"kind": "mykad", "number": "850505145511"})
    business_clock.advance(days=15)
    await claims.work_off()
    assert await of_task(claims, kind="patient_not_found") == (201, None)
    business_clock.advance(days=16)
    await claims.work_off()
    ended = await authorisation(claims, nobody)
    assert (ended["state"], ended["awaited"]["reason"]) == ("ended", "patient_not_found")
    async with claims.database.connection() as connection:
        kept = await connection.fetch("SELECT id_token, name_tokens FROM medical_authorisation")
    assert [(row["id_token"], row["name_tokens"]) for row in kept] == [(None, [])] * 2, "no token outlives its use"


async def test_who_sees_which(worker: ServiceUnderTest) -> None:
    asked = await ask(worker)
    await apply_events(worker, other_registered())
    path = f"/v1/medical-authorisations/{asked['authorisation']}"
    for party in (OTHER_HOSPITAL, "person:99", "employer:3"):
        assert (await call(worker, path, party=party))[1]["code"] == "medical_authorisation_unknown", party
        assert (await call(worker, "/v1/medical-authorisations", party=party))[1]["data"] == []
    assert (await call(worker, path, party="organisation:1"))[1]["person"] == person_id(PERSON)
    assert (
        len((await call(worker, f"/v1/medical-authorisations?person={person_id(PERSON)}", party=HERSELF))[1]["data"])
        == 1
    )


@pytest.mark.parametrize(
    ("changes", "party", "code"),
    [
        ({}, "employer:3", "hospitals_only"),
        ({}, "person:7", "hospitals_only"),
        ({"admitted_on": "2026-08-04"}, "hospital:1", "admission_impossible"),
        ({"admitted_on": "2090-01-01"}, "hospital:1", "admission_impossible"),
        ({"name": "!"}, "hospital:1", "name_not_comparable"),
    ],
)
async def test_what_is_not_asked(worker: ServiceUnderTest, changes: dict[str, Any], party: str, code: str) -> None:
    status, answer = await call(worker, "/v1/medical-authorisations", admission(**changes), party)
    assert (status >= 400, answer["code"]) == (True, code)
    async with worker.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM medical_authorisation") == 0


async def test_how_soon_hospitals_were_answered(worker: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 6)
    await ask(worker, notice=NOTICE)
    await ask(worker, name="SITI BINTI OSMAN")
    answer = await worker.call("GET", "/v1/medical-figures", scopes=["claims:statistics:read"])
    found = answer.json()
    assert (found["asked"], found["at_once"]) == (2, 1)
    passed = now() - datetime(2026, 8, 5, 7, 40, tzinfo=BUSINESS_ZONE)
    assert found["hours_of_half"] == found["hours_of_nine_in_ten"] == passed // timedelta(hours=1)


async def test_nobody_is_told_before_it_is_written_down_who_reads(worker: ServiceUnderTest) -> None:
    await ask(worker)
    reads = await worker.call(
        "GET", f"/v1/persons/{person_id(PERSON)}/reads", scopes=["claims:read_log:read"], party=HERSELF, role="partner"
    )
    assert [each["party"] for each in reads.json()["data"]] == ["hospital:1"], reads.text
    assert await tasks_of(worker, "identity") == []


async def test_a_notice_that_comes_when_it_is_asked_again_is_kept_once(worker: ServiceUnderTest) -> None:
    asked = await ask(worker)
    for _ in range(2):
        assert (await ask(worker, notice=NOTICE))["authorisation"] == asked["authorisation"]
    stands = await authorisation(worker, asked)
    async with worker.database.connection() as connection:
        claims = await connection.fetchval("SELECT count(*) FROM claim")
    assert (stands["scheme"], claims) == ("employment_injury", 1)


async def test_asked_again_of_another_accident_it_is_said_to_be_so(worker: ServiceUnderTest) -> None:
    await ask(worker, notice=NOTICE)
    for changes in ({"happened_on": "2026-08-04"}, {"notice": {**NOTICE, "at_time": "09:15"}}):
        status, answer = await call(worker, "/v1/medical-authorisations", admission(**changes))
        assert (status, answer["code"]) == (409, "admission_asked_otherwise")
