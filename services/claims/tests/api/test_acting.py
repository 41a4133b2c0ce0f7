"""Whoever acts for somebody reads and is written to for the days of its term, as benefits has them (decision 107)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.consumers.benefit_paid import apply
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_appeals import appeal, call
from services.claims.tests.commands.test_death import reported_invalid
from services.claims.tests.commands.test_kinds import stated_and_approved
from services.claims.tests.files.letters import letters_after, listed
from services.claims.tests.support import (
    ACCIDENT,
    OFFICER,
    PERSON,
    READ,
    WRITE,
    apply_events,
    contributed,
    days_stated_of,
    decide,
    let_count,
    notice_without_days,
    read,
    report,
    submit,
)
from shared.contracts.benefit_paid import PartyStatedV1
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

GUARDIAN, OTHER = "person:50", "person:51"


def appointed(number: int, holder: str = GUARDIAN, **changes: Any) -> PartyStatedV1:
    """What two officers let count in benefits of who acts for her."""
    stated = {
        "statement": UUID(int=number),
        "party": f"person:{PERSON}",
        "kind": "acting",
        "says": "guardian",
        "holder": holder,
        "first_on": date(2026, 1, 1),
        "evidence": "OR-2026-0118",
        "stated_at": datetime(2026, 7, 1, tzinfo=UTC),
        "counted_at": datetime(2026, 7, 2, tzinfo=UTC),
    }
    return PartyStatedV1(**{**stated, **changes})


async def tell(claims: ServiceUnderTest, *events: PartyStatedV1) -> None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await apply(events, uow)
    await claims.work_off()


@pytest.fixture
async def claim(worker: ServiceUnderTest, business_clock: BusinessClock) -> str:
    """Her accident, reported by her guardian, as two officers were shown, and decided."""
    business_clock.set_day(2026, 8, 20)
    reported = await report(worker, GUARDIAN, **{**ACCIDENT, "capacity": "guardian"})
    await worker.work_off()
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    stated = {each["kind"]: each["evidence"] for each in await days_stated_of(worker, reported)}
    assert await let_count(worker, stated["certificate"]) == (201, None)
    await worker.work_off()
    found: str = reported["claim"]
    return found


async def seen(claims: ServiceUnderTest, claim: str, party: str = GUARDIAN) -> tuple[int, int, int, int]:
    """How a party is answered: its claim, how many claims, evidence and letters it is shown."""
    answer = await claims.call("GET", f"/v1/claims/{claim}", scopes=READ, party=party, role="partner")
    lists = [(await read(claims, path, party))["data"] for path in ("/v1/claims",)]
    evidence = await claims.call(
        "GET", f"/v1/claims/{claim}/evidence", scopes=["claims:notice:read"], party=party, role="partner"
    )
    stated = evidence.json() if evidence.status_code == 200 else []
    return answer.status_code, len(lists[0]), len(stated), len(await listed(claims, party))


async def test_whose_term_has_ended_reads_nothing_and_gets_no_letters(
    worker: ServiceUnderTest, claim: str, business_clock: BusinessClock
) -> None:
    await letters_after(worker)
    status, claims, stated, letters = await seen(worker, claim)
    assert (status, claims, letters) == (200, 1, 1)
    assert stated > 0
    await tell(worker, appointed(1, last_on=date(2026, 8, 31)))
    assert (await seen(worker, claim))[0] == 200, "until its last day"
    business_clock.set_day(2026, 9, 1)
    await worker.work_off()
    assert await seen(worker, claim) == (404, 0, 0, 0)
    choice = {"choice": {"option": "lump sum", "applied_on": "2026-09-01"}}
    path = f"/v1/claims/{claim}/evidence"
    refused = await worker.call("POST", path, scopes=WRITE, party=GUARDIAN, role="partner", json=choice)
    assert (refused.status_code, refused.json()["code"]) == (404, "claim_unknown")
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    newest = {each["party"] for each in await letters_after(worker) if each["revision"] > 1}
    assert newest == {person_id(PERSON)}
    assert (await seen(worker, claim, f"person:{PERSON}"))[:2] == (200, 1)


async def test_a_term_that_is_made_longer_goes_on_and_one_in_whose_place_another_comes_ends(
    worker: ServiceUnderTest, claim: str, business_clock: BusinessClock
) -> None:
    await tell(worker, appointed(1, last_on=date(2026, 8, 31)))
    business_clock.set_day(2026, 9, 1)
    await worker.work_off()
    assert (await seen(worker, claim))[0] == 404
    await tell(worker, appointed(2, replaces=UUID(int=1), last_on=date(2026, 12, 31)))
    assert (await seen(worker, claim))[0] == 200
    await tell(worker, appointed(3, OTHER, replaces=UUID(int=2), first_on=date(2026, 9, 1)))
    assert (await seen(worker, claim))[0] == 404
    # What benefits published is read again, in another order: nobody acts meanwhile who does not.
    async with worker.database.connection("migrate") as owner:
        await owner.execute("TRUNCATE known_acting")
    await tell(worker, appointed(1, last_on=date(2026, 8, 31)))
    assert (await seen(worker, claim))[0] == 404


async def test_who_comes_in_its_place_later_ends_nothing_before(
    worker: ServiceUnderTest, claim: str, business_clock: BusinessClock
) -> None:
    await tell(worker, appointed(1), appointed(2, OTHER, replaces=UUID(int=1), first_on=date(2026, 10, 1)))
    for day, status in ((date(2026, 9, 30), 200), (date(2026, 10, 1), 404)):
        business_clock.set_day(day.year, day.month, day.day)
        await worker.work_off()
        assert (await seen(worker, claim))[0] == status, day
    await tell(worker, appointed(3, OTHER, replaces=UUID(int=2), withdrawn=True))
    assert (await seen(worker, claim))[0] == 404, "the order of before is over, whatever became of the next"


async def test_whom_benefits_does_not_know_is_followed_by_whoever_is_appointed(
    worker: ServiceUnderTest, claim: str
) -> None:
    await tell(worker, appointed(1, OTHER, first_on=date(2026, 8, 1), says="representative"))
    assert (await seen(worker, claim))[0] == 200
    await tell(worker, appointed(2, OTHER, first_on=date(2026, 8, 1)))
    assert (await seen(worker, claim))[0] == 404


async def test_a_notice_whose_relation_is_shown_after_the_term_has_ended_shows_nothing(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 2)
    await tell(worker, appointed(1, last_on=date(2026, 8, 31)))
    reported = await report(worker, GUARDIAN, **{**ACCIDENT, "capacity": "guardian"})
    await worker.work_off()
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    await worker.work_off()
    assert (await seen(worker, reported["claim"]))[0] == 404


@pytest.mark.parametrize("last_on", [date(2026, 8, 31), date(2026, 9, 30)])
async def test_whose_term_has_ended_is_asked_for_nothing_by_a_letter(
    worker: ServiceUnderTest, business_clock: BusinessClock, last_on: date
) -> None:
    """Asked while it acted, written to an hour later: officers look when no answer comes."""
    business_clock.set_day(2026, 8, 31, hour=23)
    await report(worker, GUARDIAN, **{**ACCIDENT, "capacity": "guardian"})
    await worker.work_off()
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    await worker.work_off()
    async with worker.database.connection("migrate") as owner:
        await owner.execute("ALTER TABLE evidence_request DISABLE TRIGGER never_changed")
        assert await owner.execute("UPDATE evidence_request SET tenant = 'person:50'") != "UPDATE 0"
        await owner.execute("ALTER TABLE evidence_request ENABLE TRIGGER never_changed")
    await tell(worker, appointed(1, last_on=last_on))
    business_clock.set_day(2026, 9, 1)
    await worker.work_off()
    told = {each["about"].partition("/")[0] for each in await letters_after(worker) if each["party"] == person_id(50)}
    assert ("evidence_request" in told) == (last_on > date(2026, 9, 1))


async def test_an_appeal_of_whose_term_has_ended_is_the_persons_alone(
    worker: ServiceUnderTest, claim: str, business_clock: BusinessClock
) -> None:
    status, filed = await appeal(worker, claim, GUARDIAN)
    assert status == 201, filed
    await tell(worker, appointed(1, last_on=date(2026, 8, 31)))
    business_clock.set_day(2026, 9, 1)
    await worker.work_off()
    path = f"appeals/{filed['appeal']}"
    assert (await call(worker, "GET", path, GUARDIAN))[0] == 404
    assert (await call(worker, "GET", "appeals", GUARDIAN))[1]["data"] == []
    assert (await call(worker, "POST", f"{path}/withdrawal", GUARDIAN))[1]["code"] == "appeal_unknown"
    assert (await appeal(worker, claim, GUARDIAN))[1]["code"] == "claim_unknown"
    status, taken = await call(worker, "POST", f"{path}/withdrawal", f"person:{PERSON}")
    assert (status, taken["state"]) == (201, "withdrawn"), "she goes on with it"


async def test_whose_term_has_ended_appeals_nothing_of_a_death(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    invalidity = await reported_invalid(claims, business_clock)
    business_clock.set_day(2026, 11, 2)
    body = notice_without_days("death", "2026-10-20", capacity="guardian")
    death = (await submit(claims, body, party=GUARDIAN, role="partner")).json()["claim"]
    await claims.work_off()
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    child = {"person": person_id(22), "relation": "child", "born": "2015-01-01"}
    await stated_and_approved(claims, death, dependant=child)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    await letters_after(claims)
    await tell(claims, appointed(1, party="person:22", last_on=date(2026, 11, 1)))
    told = (await appeal(claims, death, GUARDIAN, ground="benefit", question="survivors_pension"))[1]
    assert told.get("code") == "claim_unknown", told


async def test_of_a_living_persons_answer_there_is_one_appeal_whoever_filed_it(
    worker: ServiceUnderTest, claim: str
) -> None:
    """Two orders of one answer may contradict each other."""
    assert (await appeal(worker, claim, GUARDIAN))[0] == 201
    assert (await appeal(worker, claim))[1].get("code") == "appeal_open"
    of_hers = {"subject": "officer-3", "person": person_id(PERSON)}
    assert (await appeal(worker, claim, OFFICER, **of_hers))[1].get("code") == "appeal_open"
