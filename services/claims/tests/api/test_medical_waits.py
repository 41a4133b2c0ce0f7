"""What an authorisation of treatment waits for: its patient, a notice, a death that may be wrong; who is told what."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.claims.tests.api.medical import (
    HOSPITAL,
    MOST,
    OTHER_HOSPITAL,
    PRICES,
    SCHEDULE,
    ask,
    authorisation,
    bill,
    enter,
    line,
    standing,
    sums,
)
from services.claims.tests.api.test_medical_authorisations import HERSELF, NOTICE, of_task
from services.claims.tests.api.test_read_log import HERSELF as WHO_READS
from services.claims.tests.api.test_read_log import read_by
from services.claims.tests.commands.test_merged_persons import NAMED_BY_PASSPORT, other_registered
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    PERSON,
    act,
    answer_task,
    apply_events,
    employed,
    registered,
    report,
    role_of,
    tasks_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

NOBODY: dict[str, Any] = {"national_id": {"kind": "mykad", "number": "850505145511"}}
WRONG_NAME: dict[str, Any] = {"name": "SITI BINTI OSMAN"}
QUEUE = "medical_authorisation"


@pytest.fixture
async def admitted(worker: ServiceUnderTest, business_clock: BusinessClock) -> ServiceUnderTest:
    """On the day after the accident, with a schedule of prices."""
    business_clock.set_day(2026, 8, 6)
    await enter(worker, business_clock, PRICES, SCHEDULE)
    return worker


async def passes(claims: ServiceUnderTest, clock: BusinessClock, days: int) -> None:
    clock.advance(days=days)
    await claims.work_off()


async def dies(claims: ServiceUnderTest, on: date | None, revision: int = 9) -> None:
    """A register says so, or takes it back."""
    await apply_events(claims, registered().model_copy(update={"died_on": on, "revision": revision}))
    await claims.work_off()


async def letters_of(claims: ServiceUnderTest, asked: dict[str, Any], party: str) -> Sequence[dict[str, Any]]:
    """The letters about an authorisation that a party reads, in their order."""
    path = f"/v1/letters?about=medical_authorisation/{asked['authorisation']}"
    answer = await claims.call("GET", path, scopes=["claims:letter:read"], party=party, role=role_of(party))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return sorted(found, key=lambda each: int(each["revision"]))


def told(shown: dict[str, Any]) -> dict[str, Any]:
    """What tells anything of a person: all but the ids and instants that are each one's own."""
    own = ("authorisation", "asked_at", "bill", "bill_number", "sent_at")
    return {name: value for name, value in shown.items() if name not in own}


async def test_what_has_ended_is_asked_for_again_and_its_bill_goes_on(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    sent = await bill(claims, asked, line())
    await passes(claims, business_clock, 31)
    assert ((await authorisation(claims, asked))["state"], (await standing(claims, sent))["state"]) == (
        "ended", "refused",
    )  # fmt: skip
    await apply_events(claims, registered(), *employed())
    await claims.work_off()
    assert (await authorisation(claims, asked))["state"] == "ended", "nothing is kept by which it could be found"
    again = await ask(claims)
    assert (again["authorisation"], again["state"]) == (asked["authorisation"], "provisional")
    assert (await authorisation(claims, asked, HERSELF))["person"] == person_id(PERSON)
    assert (await standing(claims, sent))["reason"] == "accident_to_be_noticed"


async def test_asked_again_it_waits_for_its_patient_as_long_as_at_first(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    await passes(claims, business_clock, 31)
    again = await ask(claims)
    assert (again["state"], again["awaited"]["until"]) == ("awaiting_patient", "2026-10-06")
    await apply_events(claims, registered(), *employed())
    await claims.work_off()
    assert (await authorisation(claims, asked))["state"] == "provisional"
    assert await ask(claims) == await authorisation(claims, asked), "while it waits, asking changes nothing"


async def test_nobody_tells_a_wrong_name_or_a_death_from_nobody_by_how_it_waits_and_ends(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Of a known id with another name, of somebody who died before, and of nobody the same is read on every day:
    whatever officers find, and how soon."""
    await dies(admitted, date(2026, 8, 4))
    asked = [await ask(admitted, OTHER_HOSPITAL, **guess) for guess in ({}, WRONG_NAME, NOBODY)]
    sent = [
        await bill(admitted, each, line(), number=f"INV-{number}", party=OTHER_HOSPITAL)
        for number, each in enumerate(asked)
    ]
    for days in (1, 14, 14, 1, 1, 20):
        while days == 1 and await tasks_of(admitted, QUEUE):
            await of_first_task(admitted, kind="patient_not_found")
        await passes(admitted, business_clock, days)
        shown = [told(await authorisation(admitted, each, OTHER_HOSPITAL)) for each in asked]
        bills = [told(await standing(admitted, each, OTHER_HOSPITAL)) for each in sent]
        assert shown[0] == shown[1] == shown[2]
        assert bills[0] == bills[1] == bills[2]
    assert (shown[0]["state"], bills[0]["state"], bills[0]["reason"]) == ("ended", "refused", "patient_not_found")
    again = [told(await ask(admitted, OTHER_HOSPITAL, **guess)) for guess in ({}, WRONG_NAME, NOBODY)]
    assert again[0] == again[1] == again[2]
    assert again[0]["state"] == "awaiting_patient"


async def of_first_task(claims: ServiceUnderTest, **says: Any) -> None:
    """Two officers decide the first one of the queue."""
    assert await answer_task(claims, (await tasks_of(claims, QUEUE))[0], **says) == (201, None)


async def test_people_look_for_whom_nobody_knows_before_it_ends(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    await passes(claims, business_clock, 13)
    assert await tasks_of(claims, QUEUE) == []
    await passes(claims, business_clock, 2)
    assert [each["reason"] for each in await tasks_of(claims, QUEUE)] == ["patient_not_found"]
    assert await of_task(claims, kind="patient_not_found") == (201, None)
    assert await tasks_of(claims, QUEUE) == []
    await apply_events(claims, registered(), *employed())
    await claims.work_off()
    assert (await authorisation(claims, asked))["state"] == "provisional", "who registers until its day is found"


async def test_what_nobody_decides_of_it_ends_on_its_day_and_asks_nobody_more(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    await apply_events(claims, registered())
    asked = await ask(claims, **WRONG_NAME)
    assert len(await tasks_of(claims, QUEUE)) == 1
    await passes(claims, business_clock, 31)
    assert ((await authorisation(claims, asked))["state"], await tasks_of(claims, QUEUE)) == ("ended", [])


async def test_an_accident_that_nobody_notices_is_asked_about_and_then_looked_at(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    asked = await ask(admitted)
    sent = await bill(admitted, asked, line())
    waits = (await authorisation(admitted, asked))["awaited"]
    assert waits == {"reason": "accident_to_be_noticed", "waits_for": "party:hospital", "until": "2026-09-05"}
    for party in (HOSPITAL, HERSELF):
        [letter] = await letters_of(admitted, asked, party)
        assert letter["kind"] == "evidence_request", party
    assert await letters_of(admitted, asked, OTHER_HOSPITAL) == []
    await passes(admitted, business_clock, 29)
    assert await tasks_of(admitted, QUEUE) == []
    await passes(admitted, business_clock, 2)
    assert [each["reason"] for each in await tasks_of(admitted, QUEUE)] == ["accident_to_be_noticed"]
    assert await of_task(admitted, kind="notice_awaited") == (201, None)
    assert (await authorisation(admitted, asked))["awaited"]["until"] == "2026-10-06"
    assert len(await letters_of(admitted, asked, HOSPITAL)) == 2
    await passes(admitted, business_clock, 31)
    assert await of_task(admitted, kind="notice_awaited") == (409, "medical_authorisation_extended")
    [task] = await tasks_of(admitted, QUEUE, "proposed")
    assert (await act(admitted, f"{task['task']}/releases", FIRST))[0] == 201
    assert await of_task(admitted, kind="accident_not_noticed") == (201, None)
    ended, refused = await authorisation(admitted, asked), await standing(admitted, sent)
    assert (ended["state"], ended["awaited"]) == (
        "ended", {"reason": "accident_not_noticed", "waits_for": "", "until": None},
    )  # fmt: skip
    assert sums(refused) == ["90.00", "0.00", "90.00", "0.00"]


async def ended_without_notice(claims: ServiceUnderTest, clock: BusinessClock) -> dict[str, Any]:
    asked = await ask(claims)
    await passes(claims, clock, 31)
    assert await of_task(claims, kind="accident_not_noticed") == (201, None)
    return asked


async def test_a_notice_that_comes_after_all_opens_what_has_ended(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    asked = await ended_without_notice(admitted, business_clock)
    sent = await bill(admitted, asked, line())
    assert sums(sent)[2] == "90.00"
    await report(admitted, **ACCIDENT)
    await admitted.work_off()
    assert (await authorisation(admitted, asked))["state"] == "authorised"
    assert sums(await standing(admitted, sent))[1] == "90.00"


async def test_asked_again_a_notice_is_waited_for_once_more(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    asked = await ended_without_notice(admitted, business_clock)
    again = await ask(admitted)
    assert (again["state"], again["awaited"]["until"]) == ("provisional", "2026-10-06")
    assert len(await letters_of(admitted, asked, HOSPITAL)) == 2
    await passes(admitted, business_clock, 31)
    assert len(await tasks_of(admitted, QUEUE)) == 1


async def test_nothing_is_asked_of_whoever_gave_notice(admitted: ServiceUnderTest) -> None:
    asked = await ask(admitted, notice=NOTICE)
    assert await letters_of(admitted, asked, HOSPITAL) == []
    assert await tasks_of(admitted, QUEUE) == []


async def test_of_a_patient_whom_officers_name_the_cover_is_asked_too(admitted: ServiceUnderTest) -> None:
    right = await authorisation(admitted, await ask(admitted, OTHER_HOSPITAL), OTHER_HOSPITAL)
    asked = await ask(admitted, **WRONG_NAME)
    assert await of_task(admitted, kind="patient_found", person=person_id(PERSON)) == (201, None)
    stands = await authorisation(admitted, asked)
    for told_of in ("state", "may_be_borne_by", "awaited", "limit"):
        assert stands[told_of] == right[told_of], told_of
    assert stands["may_be_borne_by"] == ["employment_injury", "non_employment_injury"]


async def test_what_covers_a_patient_may_come_after_the_patient(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    await apply_events(claims, registered())
    await claims.work_off()
    assert (await authorisation(claims, asked))["awaited"]["reason"] == "no_cover_known"
    await apply_events(claims, *employed())
    await claims.work_off()
    stands = await authorisation(claims, asked)
    assert (stands["may_be_borne_by"], stands["awaited"]["reason"]) == (
        ["employment_injury"], "accident_to_be_noticed",
    )  # fmt: skip


async def test_whose_it_is_reads_who_asked_before_anybody_knew_it(admitted: ServiceUnderTest) -> None:
    """By officers who name her, and by registration that learns of her."""
    asked = await ask(admitted, **WRONG_NAME)
    await bill(admitted, asked, line())
    await authorisation(admitted, asked)
    assert await read_by(admitted, WHO_READS) == []
    assert await of_task(admitted, kind="patient_found", person=person_id(PERSON)) == (201, None)
    found = await read_by(admitted, WHO_READS)
    assert {(each["method"], each["route"]) for each in found if each["party"] == HOSPITAL} == {
        ("POST", "/v1/medical-authorisations"),
        ("GET", "/v1/medical-authorisations/{authorisation}"),
        ("POST", "/v1/medical-bills"),
        ("GET", "/v1/medical-bills/{bill}"),
    }
    await admitted.work_off()
    assert len(await read_by(admitted, WHO_READS)) == len(found), "each once"


async def test_who_registers_later_reads_who_asked(claims: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 6)
    asked = await ask(claims)
    await ask(claims, OTHER_HOSPITAL, **NOBODY)
    await apply_events(claims, registered(), *employed())
    await claims.work_off()
    assert [each["party"] for each in await read_by(claims, WHO_READS)] == [HOSPITAL], "and nobody else's"
    assert (await authorisation(claims, asked))["state"] == "provisional"


async def test_an_admission_after_a_known_death_is_held_and_a_death_may_be_wrong(admitted: ServiceUnderTest) -> None:
    await dies(admitted, date(2026, 8, 4))
    asked = await ask(admitted, notice=NOTICE)
    nobody = await ask(admitted, **NOBODY)
    assert told(asked) == told(nobody) == told(await authorisation(admitted, asked)), "no hospital is told of a death"
    [task] = await tasks_of(admitted, QUEUE)
    assert (task["reason"], task["facts"]["died_on"]) == ("admitted_after_death", "2026-08-04")
    listed = await admitted.call(
        "GET", f"/v1/medical-authorisations?person={person_id(PERSON)}",
        scopes=["claims:medical_authorisation:read"], party=HOSPITAL, role="partner",
    )  # fmt: skip
    assert listed.json()["data"] == []
    await dies(admitted, None, revision=10)
    stands = await authorisation(admitted, asked)
    assert (stands["state"], await tasks_of(admitted, QUEUE)) == ("authorised", [])


async def test_two_officers_let_an_admission_go_past_a_death(admitted: ServiceUnderTest) -> None:
    await dies(admitted, date(2026, 8, 4))
    asked = await ask(admitted, notice=NOTICE)
    assert await of_task(admitted, kind="patient_found", person=person_id(PERSON)) == (201, None)
    assert (await authorisation(admitted, asked))["state"] in ("provisional", "authorised")
    assert await tasks_of(admitted, QUEUE) == []
    sent = await bill(admitted, asked, line())
    assert sums(sent)[2] == "0.00", "what was let go past the death is not refused for it"


async def test_officers_who_name_a_patient_are_asked_about_a_death_first(admitted: ServiceUnderTest) -> None:
    """Meanwhile the hospital reads what it read before."""
    await dies(admitted, date(2026, 8, 4))
    asked = await ask(admitted, **WRONG_NAME)
    assert await of_task(admitted, kind="patient_found", person=person_id(PERSON)) == (201, None)
    assert await authorisation(admitted, asked) == asked
    assert [each["reason"] for each in await tasks_of(admitted, QUEUE)] == ["admitted_after_death"]
    assert await of_task(admitted, kind="patient_found", person=person_id(PERSON)) == (201, None)
    assert (await authorisation(admitted, asked))["awaited"]["reason"] == "accident_to_be_noticed"


async def test_a_death_that_is_known_later_holds_what_was_admitted_after_it_and_nothing_before(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    before = await ask(admitted, notice=NOTICE)
    paid = await bill(admitted, before, line())
    await passes(admitted, business_clock, 20)
    after = await ask(admitted, OTHER_HOSPITAL, admitted_on="2026-08-25")
    assert (await authorisation(admitted, after, OTHER_HOSPITAL))["state"] == "authorised"
    await dies(admitted, date(2026, 8, 20))
    assert (await authorisation(admitted, before))["state"] == "authorised"
    assert sums(await standing(admitted, paid))[1] == "90.00"
    held = await authorisation(admitted, after, OTHER_HOSPITAL)
    assert (held["state"], held["awaited"]["reason"], held["limit"]) == ("awaiting_patient", "patient_not_found", None)
    assert [each["reason"] for each in await tasks_of(admitted, QUEUE)] == ["admitted_after_death"]
    await dies(admitted, None, revision=10)
    assert (await authorisation(admitted, after, OTHER_HOSPITAL))["state"] == "authorised"


async def test_the_most_that_a_second_authorisation_tells_is_what_is_paid_of_it(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter(admitted, business_clock, MOST, [["100.00"]])
    one = await ask(admitted, notice=NOTICE)
    assert (amount(one, "most"), amount(one, "left"), one["limit"]["most_of"]) == ("100.00", "100.00", None)
    first = await bill(admitted, one, line())
    two = await ask(admitted, admitted_on="2026-08-06")
    assert (amount(two, "most"), amount(two, "left"), two["limit"]["most_of"]) == (
        "100.00", "10.00", one["authorisation"],
    )  # fmt: skip
    second = await bill(admitted, two, line(on="2026-08-06", item="consultation", amount="40.00"), number="INV-2")
    assert (sums(first)[1], sums(second)[1]) == ("90.00", "10.00")
    assert amount(await authorisation(admitted, one), "left") == "0.00"
    elsewhere = await ask(admitted, OTHER_HOSPITAL)
    assert (amount(elsewhere, "left"), elsewhere["limit"]["most_of"]) == ("100.00", None)


def amount(shown: dict[str, Any], name: str) -> str:
    """Of the limit that was told."""
    found: str = shown["limit"][name]["amount"]
    return found


async def test_no_most_that_was_told_is_moved_by_what_is_asked_for_later(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The later one has another most by law, and an earlier day: it has the first one's."""
    await enter(admitted, business_clock, MOST, [["100.00"]])
    one = await ask(admitted, admitted_on="2026-08-06", notice=NOTICE)
    business_clock.advance(days=1)
    await enter(admitted, business_clock, MOST, [["30.00"]])
    two = await ask(admitted)
    assert (amount(await authorisation(admitted, one), "most"), amount(two, "most")) == ("100.00", "100.00")
    sent = await bill(admitted, two, line())
    assert sums(sent)[1] == "90.00"
    assert amount(await authorisation(admitted, one), "left") == "10.00"


async def test_another_patient_of_the_hospital_shares_nothing(
    admitted: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter(admitted, business_clock, MOST, [["100.00"]])
    await bill(admitted, await ask(admitted, notice=NOTICE), line())
    await apply_events(admitted, other_registered())
    await admitted.work_off()
    asked = await ask(admitted, HOSPITAL, **NAMED_BY_PASSPORT)
    assert asked["limit"] is None or asked["limit"]["most_of"] is None
