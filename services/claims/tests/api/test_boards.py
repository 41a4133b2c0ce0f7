"""Medical boards from the invitation to the statement that counts: life 5, and who may do and see what."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.claims.tests.commands.test_kinds import questions, terms_of
from services.claims.tests.files.letters import listed, said_in
from services.claims.tests.support import (
    EMPLOYER,
    PERSON,
    all_has_arrived,
    apply_events,
    certificate,
    claim_of,
    contributed,
    decide,
    decisions_of,
    employed,
    read,
    registered,
    report,
    tasks_of,
)
from shared.contracts.claim_assessed import RehabilitationAdvisedV1
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SECRETARY, CHAIR = "secretary-1", "doctor-1"
FIRST_PANEL = {"chairman": CHAIR, "members": ["doctor-2", "doctor-3"]}
APPELLATE_PANEL = {"chairman": "doctor-4", "members": ["doctor-5", "doctor-6"]}
ARRANGES = ["board_case:read", "board_case:write", "board_session:read", "board_session:write"]
SITS = ["board_case:read", "board_session:read", "board_result:write"]
CLOSES = ["claims:task:read", "claims:task:write", "claims:board_session:decide", "claims:board_case:decide"]
OWN = ["claims:board_case:read", "claims:board_case:write"]
APPEALS, MEDICAL = ["claims:appeal:read", "claims:appeal:write"], "appellate_medical_board"
HIMSELF: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner"}
Told = tuple[int, dict[str, Any]]


async def said(claims: ServiceUnderTest, path: str, officer: str, body: Any, scopes: list[str] = ARRANGES) -> Told:
    """What an officer is answered who does something at a board."""
    with_service = [f"claims:{scope}" for scope in scopes]
    answer = await claims.call("POST", f"/v1/{path}", scopes=with_service, subject=officer, json=body)
    await claims.work_off()
    return answer.status_code, answer.json()


async def done(claims: ServiceUnderTest, path: str, officer: str, body: Any, scopes: list[str] = ARRANGES) -> Any:
    status, told = await said(claims, path, officer, body, scopes)
    assert status == 201, told
    return told


async def planned(claims: ServiceUnderTest, board: str, day: str, panel: dict[str, Any], quota: int = 2) -> str:
    """A session with its panel."""
    session = {"board": board, "day": day, "place": "KL-1", "quota": quota}
    id_ = str((await done(claims, "board-sessions", SECRETARY, session))["session"])
    await done(claims, f"board-sessions/{id_}/panels", SECRETARY, panel)
    return id_


async def invited(claims: ServiceUnderTest, session: str, case: str, **more: Any) -> Told:
    return await said(claims, f"board-sessions/{session}/invitations", SECRETARY, {"case": case, **more})


async def heard(claims: ServiceUnderTest, case: str, doctor: str, **found: Any) -> None:
    """The person came, and the board found something."""
    await done(claims, f"board-cases/{case}/attendances", SECRETARY, {"came": True})
    await done(claims, f"board-cases/{case}/results", doctor, found, SITS)


async def closed(
    claims: ServiceUnderTest, session: str, by: tuple[str, str], kind: str = "session_closed"
) -> tuple[int, str | None]:
    """One proposes that a session is closed, the other approves: status and code of that."""
    task = next(each for each in await board_tasks(claims, "board_session") if session in each["subject"]["id"])
    path = f"/v1/tasks/{task['task']}"
    assert (await claims.call("POST", f"{path}/takings", scopes=CLOSES, subject=by[0])).status_code == 201
    body: dict[str, Any] = {"revision": task["revision"], "says": {"kind": kind}}
    told = await claims.call("POST", f"{path}/proposals", scopes=CLOSES, subject=by[0], json=body)
    assert told.status_code == 201, told.text
    del body["says"]
    told = await claims.call("POST", f"{path}/approvals", scopes=CLOSES, subject=by[1], json=body)
    if not told.is_success:
        assert (await claims.call("POST", f"{path}/releases", scopes=CLOSES, subject=by[0])).status_code == 201
    await claims.work_off()
    return told.status_code, told.json().get("code")


async def board_tasks(claims: ServiceUnderTest, queue: str) -> list[dict[str, Any]]:
    answer = await claims.call("GET", f"/v1/tasks?queue={queue}", scopes=CLOSES)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def reasons(claims: ServiceUnderTest, queue: str) -> list[str]:
    return [each["reason"] for each in await board_tasks(claims, queue)]


async def chosen(claims: ServiceUnderTest, claim: str, **choice: str) -> None:
    """The person says how the benefit is taken."""
    path, scopes = f"/v1/claims/{claim}/evidence", ["claims:notice:write"]
    told = await claims.call("POST", path, scopes=scopes, json={"choice": choice}, **HIMSELF)
    assert told.status_code == 202, told.text
    await claims.work_off()


async def read_case(claims: ServiceUnderTest, case: str, **caller: Any) -> tuple[int, Any]:
    told = await claims.call("GET", f"/v1/board-cases/{case}", scopes=OWN, **caller)
    return told.status_code, told.json()


@pytest.fixture
async def operator(claims: ServiceUnderTest, business_clock: BusinessClock) -> str:
    return await crushed(claims, business_clock)


async def crushed(claims: ServiceUnderTest, business_clock: BusinessClock) -> str:
    """Life 5: the crane falls on 2 February 2026; certified to 30 June in certificates of 30 days and less."""
    business_clock.set_day(2026, 6, 3)
    months = [f"2025-{month:02d}" for month in range(8, 13)] + ["2026-01"]
    born = registered().model_copy(update={"born_on": date(1996, 1, 8)})
    await apply_events(
        claims,
        born,
        *employed(started_on=date(2022, 1, 3)),
        *(contributed(month, 376_000) for month in months),
    )
    await all_has_arrived(claims)
    days = [("02-02", "03-03"), ("03-04", "04-02"), ("04-03", "05-02"), ("05-03", "06-01"), ("06-02", "06-30")]
    for first, last in days:
        told = certificate(f"2026-{first}", f"2026-{last}")
        wages = ["2026-02-02"] if first == "02-02" else []
        reported = await report(claims, happened_on="2026-02-02", certificate=told, wages_paid_for=wages)
        await claims.work_off()
        claim = await claim_of(claims, reported)
    return str(claim["joined_to"] or claim["claim"])


async def put(claims: ServiceUnderTest, claim: str, question: str = "permanent_loss", **more: Any) -> str:
    told = await done(claims, f"claims/{claim}/board-cases", SECRETARY, {"question": question, **more})
    return str(told["case"])


async def test_life_5_sixty_per_cent_then_a_hundred_one_fifth_commuted_and_attendance(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """3,750.00 / 30 × 80 % × 148 = 14,800.00; 67.50 and 112.50 a day; 22.50 × 7,479 = 168,277.50; 90.00 × 30."""
    assert await terms_of(claims, operator, "temporary_disablement") == [
        ("insured", "day", "100.00", "2026-02-03", "2026-06-30")
    ]
    case = await put(claims, operator)
    assert await reasons(claims, "board_case") == ["session_awaited"]
    first = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    business_clock.set_day(2026, 6, 8)
    status, told = await invited(claims, first, case)
    assert (status, told["sits_on"], told["place"], told["justified_by"]) == (201, "2026-06-29", "KL-1", None)
    assert await reasons(claims, "board_case") == []
    early = await said(claims, f"board-cases/{case}/attendances", SECRETARY, {"came": True})
    assert (early[0], early[1]["code"]) == (409, "board_session_not_begun")
    business_clock.set_day(2026, 6, 29)
    await claims.work_off()
    assert await reasons(claims, "board_session") == ["results_awaited"]
    await heard(claims, case, "doctor-2", diagnosis="S88.1", loss={"percent": "60", "benefit_from": "2026-07-01"})
    assert await reasons(claims, "board_session") == ["session_to_be_closed"]
    assert "permanent_disablement" not in await questions(claims, operator), "not before both have closed it"
    assert await closed(claims, first, ("doctor-2", CHAIR)) == (409, "board_closed_by_both")
    assert await closed(claims, first, (SECRETARY, CHAIR)) == (201, None)
    assert (await questions(claims, operator))["permanent_disablement"] == ("officer", "application_awaited")
    business_clock.set_day(2026, 7, 1)
    await chosen(claims, operator, option="periodic", applied_on="2026-07-01")
    sixty = [("insured", "month", "2025.00", "2026-07-01", None)]
    assert await terms_of(claims, operator, "permanent_disablement") == sixty

    business_clock.set_day(2026, 7, 20)
    path, wants = f"/v1/claims/{operator}/appeals", {"forum": MEDICAL, "ground": "medical_assessment"}
    filed = (await claims.call("POST", path, scopes=APPEALS, json=wants, **HIMSELF)).json()
    assert (filed["question"], filed["state"], filed["revision"]) == ("permanent_disablement", "before_board", 6)
    await claims.work_off()
    appeal = filed["board_case"]
    lodged = (await read_case(claims, appeal, **HIMSELF))[1]
    assert (lodged["question"], lodged["board"], lodged["about"]) == ("appeal", "appellate_medical", case)
    again = await claims.call("POST", path, scopes=APPEALS, json=wants, **HIMSELF)
    assert (again.status_code, again.json()["code"]) == (409, "board_case_open")
    assert await terms_of(claims, operator, "permanent_disablement") == sixty, "an appeal stops nothing"
    # A doctor of the first board sits in it: not in this case.
    barred = await planned(
        claims, "appellate_medical", "2026-09-24", {"chairman": "doctor-4", "members": ["doctor-3", "x"]}
    )
    refused = await invited(claims, barred, appeal)
    assert (refused[0], refused[1]["code"]) == (409, "board_member_not_free")
    second = await planned(claims, "appellate_medical", "2026-09-24", APPELLATE_PANEL)
    assert (await invited(claims, second, appeal))[0] == 201
    business_clock.set_day(2026, 9, 24)
    await heard(claims, appeal, "doctor-4", loss={"percent": "100"}, attendance={"first": "2026-10-01"})
    assert await closed(claims, second, ("doctor-4", SECRETARY)) == (201, None)
    assert await terms_of(claims, operator, "permanent_disablement") == [
        ("insured", "month", "3375.00", "2026-07-01", None)
    ], "in place of the first assessment, from its day"
    ended = (await claims.call("GET", f"/v1/appeals/{filed['appeal']}", scopes=APPEALS, **HIMSELF)).json()
    assert (ended["state"], ended["outcome"], ended["ordered_on"]) == ("decided", "varied", "2026-09-24")

    business_clock.set_day(2026, 9, 30)
    said_today = {"applied_on": "2026-09-30", "chosen_on": "2026-09-30", "effective_on": "2026-10-01"}
    await chosen(claims, operator, option="commute one fifth", **said_today)
    assert await terms_of(claims, operator, "permanent_disablement") == [
        ("insured", "month", "3375.00", "2026-07-01", "2026-09-30"),
        ("insured", "once", "168277.50", "2026-10-01", "2026-10-01"),
        ("insured", "month", "2700.00", "2026-10-01", None),
    ]
    assert await terms_of(claims, operator, "constant_attendance_allowance") == [
        ("insured", "month", "500.00", "2026-10-01", None)
    ]
    owed = 14_800_00 + 3 * 3_375_00 + 168_277_50
    assert (owed, owed + 2_700_00 + 500_00) == (193_202_50, 196_402_50), "by 30 September, by 31 October"


async def test_who_sees_and_who_asks_what(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    case = await put(claims, operator)
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    other = await planned(claims, "medical", "2026-06-29", APPELLATE_PANEL)
    assert (await invited(claims, session, case))[0] == 201
    employer: dict[str, Any] = {"party": f"employer:{EMPLOYER}", "role": "partner"}
    stranger: dict[str, Any] = {"party": "person:999", "role": "partner"}
    status, shown = await read_case(claims, case, **HIMSELF)
    assert (status, shown["sits_on"], shown["place"], shown["session"]) == (200, "2026-06-29", "KL-1", None)
    for caller in (employer, stranger):
        assert (await read_case(claims, case, **caller))[1]["code"] == "board_case_unknown"
        listed = await claims.call("GET", "/v1/board-cases", scopes=OWN, **caller)
        assert listed.json()["data"] == []
    # A member sees the cases of its own sessions, and no others.
    assert (await read_case(claims, case, subject="doctor-2"))[0] == 200
    assert (await read_case(claims, case, subject="doctor-5"))[1]["code"] == "board_case_unknown"
    assert (await read_case(claims, case, subject="officer-9"))[1]["code"] == "board_case_unknown"
    reads = ["claims:board_session:read"]
    seen = await claims.call("GET", "/v1/board-sessions?state=planned", scopes=reads, subject="doctor-5")
    assert [each["session"] for each in seen.json()["data"]] == [other]
    for id_, status in ((session, 404), (other, 200)):
        told = await claims.call("GET", f"/v1/board-sessions/{id_}", scopes=reads, subject="doctor-5")
        assert told.status_code == status
    listed = await claims.call("GET", f"/v1/board-cases?session={session}", scopes=OWN, subject="doctor-3")
    assert [each["case"] for each in listed.json()["data"]] == [case]
    # Whoever has no relation asks for nothing; the person asks for no first assessment.
    path = f"/v1/claims/{operator}/board-cases"
    asked = [(employer, "appeal"), (HIMSELF, "permanent_loss"), (stranger, "appeal"), (HIMSELF, "appeal")]
    answers = [await claims.call("POST", path, scopes=OWN, json={"question": what}, **caller) for caller, what in asked]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (403, "not_for_this_party"),
        (403, "not_for_this_party"),
        (404, "claim_unknown"),
        (409, "board_nothing_decided"),
    ]
    business_clock.set_day(2026, 6, 29)
    await done(claims, f"board-cases/{case}/attendances", SECRETARY, {"came": True})
    loss = {"loss": {"percent": "60"}}
    stated = await said(claims, f"board-cases/{case}/results", "doctor-5", loss, SITS)
    assert (stated[0], stated[1]["code"]) == (403, "board_not_of_panel")
    await done(claims, f"board-cases/{case}/results", CHAIR, loss, SITS)
    assert (await read_case(claims, case, **HIMSELF))[1]["result"] is None, "not before the session is closed"
    assert await closed(claims, session, (CHAIR, SECRETARY)) == (201, None)
    assert (await read_case(claims, case, **HIMSELF))[1]["result"]["percent"] == "60"
    again = await said(claims, f"claims/{operator}/board-cases", SECRETARY, {"question": "permanent_loss"})
    assert (again[0], again[1]["code"]) == (409, "board_already_decided")


async def test_a_case_waits_with_an_owner_and_a_clock_whatever_keeps_it_from_being_heard(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """Treated or certified by a member, short notice, another board, absent twice, called off: each is a state."""
    wants = {"question": "permanent_loss", "treated_by": ["doctor-2"]}
    path, scopes = f"/v1/claims/{operator}/board-cases", ["claims:board_case:write"]
    at_once = [claims.call("POST", path, scopes=scopes, subject=officer, json=wants) for officer in ("a", "b")]
    told = sorted(await asyncio.gather(*at_once), key=lambda each: each.status_code)
    assert [each.status_code for each in told] == [201, 409]
    assert told[1].json()["code"] == "board_case_open"
    case = told[0].json()["case"]
    await claims.work_off()
    refusals = []
    treating = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    refusals.append(await invited(claims, treating, case))
    certified_by = {"chairman": "doctor-4", "members": ["doctor-5", f"employer:{EMPLOYER}"]}
    refusals.append(await invited(claims, await planned(claims, "medical", "2026-06-29", certified_by), case))
    business_clock.set_day(2026, 6, 16)
    second = await planned(claims, "medical", "2026-06-29", APPELLATE_PANEL)
    refusals.append(await invited(claims, second, case))
    other = await planned(claims, "special", "2026-07-29", APPELLATE_PANEL)
    refusals.append(await invited(claims, other, case))
    assert [told["code"] for _, told in refusals] == [
        "board_member_not_free",
        "board_member_not_free",
        "board_invitation_too_short",
        "board_session_of_another_kind",
    ]
    assert await reasons(claims, "board_case") == ["session_awaited"], "it waits on"
    bare = {"board": "medical", "day": "2026-06-29", "place": "KL-1", "quota": 1}
    without_panel = (await done(claims, "board-sessions", SECRETARY, bare))["session"]
    assert (await invited(claims, without_panel, case, justified_by="asked_by_person"))[0] == 201
    assert "panel_incomplete" in await reasons(claims, "board_session")
    assert await closed(claims, without_panel, ("a", "b"), "session_called_off") == (201, None)
    assert await reasons(claims, "board_case") == ["session_awaited"], "its session was called off"
    assert (await invited(claims, second, case, justified_by="place_became_free"))[0] == 201
    for day, state in ((29, "waiting"), (30, "absent")):
        business_clock.set_day(2026, 6, day)
        gone = [said(claims, f"board-cases/{case}/attendances", SECRETARY, {"came": False}) for _ in range(2)]
        (_, once), (status, again) = sorted(await asyncio.gather(*gone), key=lambda each: each[0])
        assert (once["state"], once["sits_on"], once["absences"]) == (state, None, day - 28)
        assert (status, again["code"]) == (409, "board_case_not_heard"), "said twice at once it is said once"
        if state == "waiting":
            third = await planned(claims, "medical", "2026-06-30", APPELLATE_PANEL)
            assert (await invited(claims, third, case, justified_by="asked_by_person"))[0] == 201
    [task] = await board_tasks(claims, "board_case")
    assert (task["reason"], task["facts"]["absences"], task["charter_days"]) == ("did_not_come", 2, 7)
    fourth = await planned(claims, "medical", "2026-07-30", APPELLATE_PANEL)
    assert (await invited(claims, fourth, case))[1]["code"] == "board_case_not_waiting"
    assert await claims.work_off() == 0
    assert len(await decisions_of(claims, {"claim": operator})) == 5, "nothing of the claim is another for it"
    letters = await listed(claims, HIMSELF["party"], f"board_case/{case}")
    said_to_him = sorted([await said_in(claims, each["letter"]) for each in letters], key=lambda each: each.revision)
    assert [each.said["en"].title for each in said_to_him] == [
        "Invitation to the Medical Board",
        "The Medical Board does not sit",
        "Invitation to the Medical Board",
        "Invitation to the Medical Board",
    ]


async def test_a_provisional_assessment_calls_its_case_back_and_a_review_waits_for_its_day(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    case = await put(claims, operator)
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    assert (await invited(claims, session, case))[0] == 201
    business_clock.set_day(2026, 6, 29)
    loss = {"percent": "60", "benefit_from": "2026-07-01", "provisional_until": "2027-06-30"}
    await heard(claims, case, CHAIR, loss=loss)
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    business_clock.set_day(2026, 7, 1)
    await chosen(claims, operator, option="periodic", applied_on="2026-07-01")
    path, wants = f"/v1/claims/{operator}/board-cases", {"question": "aggravation"}
    business_clock.set_day(2026, 12, 28)
    early = await claims.call("POST", path, scopes=OWN, json=wants, **HIMSELF)
    assert (early.status_code, early.json()["code"], early.json()["detail"]) == (
        409,
        "board_review_too_early",
        "A review is open from 2026-12-29.",
    )
    ends = await said(claims, path.removeprefix("/v1/"), SECRETARY, {"question": "provisional_ended"})
    assert (ends[0], ends[1]["code"]) == (409, "board_review_too_early"), "not while its months go on"
    assert ends[1]["detail"] == "A review is open from 2027-05-31."
    late = await claims.call("POST", path, scopes=OWN, json={"question": "appeal"}, **HIMSELF)
    assert (late.status_code, late.json()["question"], late.json()["board"]) == (201, "revision", "medical")
    revision = late.json()["case"]
    business_clock.set_day(2027, 5, 31)
    await claims.work_off()
    assert len(await board_tasks(claims, "board_case")) == 1, "the revision is before the board: looked at again"
    [task] = await board_tasks(claims, "board_case")
    assert task["facts"]["question"] == "revision"
    await decided(claims, task, "case_not_heard")
    assert (await read_case(claims, revision, **HIMSELF))[1]["state"] == "ended"
    business_clock.set_day(2027, 6, 7, hour=13)
    await claims.work_off()
    [task] = await board_tasks(claims, "board_case")
    assert (task["reason"], task["facts"]["question"]) == ("session_awaited", "provisional_ended")
    called_back = task["subject"]["id"]
    session = await planned(claims, "medical", "2027-06-30", FIRST_PANEL)
    assert (await invited(claims, session, called_back))[0] == 201
    business_clock.set_day(2027, 6, 30)
    await heard(claims, called_back, CHAIR, loss={"percent": "40"})
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    assert await terms_of(claims, operator, "permanent_disablement") == [
        ("insured", "month", "2025.00", "2026-07-01", "2027-06-30"),
        ("insured", "month", "1350.00", "2027-07-01", None),
    ], "from the day after the provisional one, which stays owed"
    assert await tasks_of(claims, "evidence") == []


async def test_a_final_assessment_does_not_end_and_is_not_called_back(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """A review of it is for aggravation, from 36 months on (s.34(3)): the end of what does not end is no way around."""
    case = await put(claims, operator)
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    assert (await invited(claims, session, case))[0] == 201
    business_clock.set_day(2026, 6, 29)
    await heard(claims, case, CHAIR, loss={"percent": "60", "benefit_from": "2026-07-01"})
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    path = f"claims/{operator}/board-cases"
    told = [await said(claims, path, SECRETARY, {"question": each}) for each in ("provisional_ended", "aggravation")]
    assert [(status, body["code"]) for status, body in told] == [
        (409, "board_nothing_decided"),
        (409, "board_review_too_early"),
    ]


async def test_who_decides_heard_it_is_free_and_may_be_replaced(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """A panel that heard nobody closes nothing; who treated the person sits in no case of it; a secretary may leave."""
    case = await put(claims, operator, treated_by=["surgeon"])
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    business_clock.set_day(2026, 6, 8)
    assert (await invited(claims, session, case, treated_by=["physician"]))[0] == 201
    business_clock.set_day(2026, 6, 29)
    loss = {"percent": "60", "benefit_from": "2026-07-01"}
    await heard(claims, case, "doctor-2", loss=loss)
    path = f"board-sessions/{session}"
    for doctor in ("surgeon", "physician"):
        treating = {"chairman": CHAIR, "members": ["doctor-3", doctor]}
        assert (await said(claims, f"{path}/panels", SECRETARY, treating))[1]["code"] == "board_member_not_free"
    other = {"chairman": "friend", "members": ["x", "y"]}
    await done(claims, f"{path}/panels", SECRETARY, other)
    assert await closed(claims, session, (SECRETARY, "friend")) == (409, "board_results_awaited")
    stated = await said(claims, f"board-cases/{case}/results", "friend", {"loss": loss}, SITS)
    assert stated[1]["code"] == "board_case_not_heard", "who is new has heard nobody"
    await done(claims, f"{path}/panels", SECRETARY, FIRST_PANEL)
    await heard(claims, case, "doctor-2", loss=loss)
    # The secretary has left.
    for officer, code in (
        ("doctor-3", "board_panel_not_whole"),
        ("surgeon", "board_member_not_free"),
        (f"employer:{EMPLOYER}", "board_member_not_free"),
    ):
        assert (await said(claims, f"{path}/secretaries", officer, None))[1]["code"] == code
    assert (await done(claims, f"{path}/secretaries", "secretary-2", None))["secretary"] == "secretary-2"
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (409, "board_closed_by_both")
    assert await closed(claims, session, ("secretary-2", CHAIR)) == (201, None)
    lodged = await claims.call(
        "POST", f"/v1/claims/{operator}/board-cases", scopes=OWN, json={"question": "appeal"}, **HIMSELF
    )
    appellate = {"chairman": "doctor-4", "members": ["surgeon", "doctor-6"]}
    second = await planned(claims, "appellate_medical", "2026-09-24", appellate)
    assert (await invited(claims, second, lodged.json()["case"]))[1]["code"] == "board_member_not_free"


async def test_the_need_of_attendance_is_found_alone_and_the_loss_is_as_it_stands(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """100 % for a year from the day of the application: RM3,375.00 a month. It goes back before the board."""
    case = await put(claims, operator)
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    assert (await invited(claims, session, case))[0] == 201
    business_clock.set_day(2026, 6, 29)
    await heard(claims, case, CHAIR, loss={"percent": "100", "provisional_until": "2027-06-30"})
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    business_clock.set_day(2026, 7, 1)
    await chosen(claims, operator, option="periodic", applied_on="2026-07-01")
    whole = [("insured", "month", "3375.00", "2026-07-01", None)]
    assert await terms_of(claims, operator, "permanent_disablement") == whole

    alone = await put(claims, operator, "constant_attendance")
    session = await planned(claims, "medical", "2026-09-24", FIRST_PANEL)
    assert (await invited(claims, session, alone))[0] == 201
    business_clock.set_day(2026, 9, 24)
    await done(claims, f"board-cases/{alone}/attendances", SECRETARY, {"came": True})
    needed = {"first": "2026-10-01"}
    with_loss = {"loss": {"percent": "50"}, "attendance": needed}
    refused = await said(claims, f"board-cases/{alone}/results", CHAIR, with_loss, SITS)
    assert refused[1]["code"] == "board_result_not_of_claim", "it was not asked of the loss"
    early = await said(claims, f"board-cases/{alone}/results", CHAIR, {"attendance": {"first": "1900-01-01"}}, SITS)
    assert early[1]["detail"] == "What does not fit: attendance_too_early."
    await done(claims, f"board-cases/{alone}/results", CHAIR, {"attendance": needed}, SITS)
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    assert await terms_of(claims, operator, "permanent_disablement") == whole
    allowance = [("insured", "month", "500.00", "2026-10-01", None)]
    assert await terms_of(claims, operator, "constant_attendance_allowance") == allowance
    path, wants = f"/v1/claims/{operator}/board-cases", {"question": "appeal"}
    lodged = (await claims.call("POST", path, scopes=OWN, json={**wants, "about": case}, **HIMSELF)).json()
    assert (lodged["question"], lodged["about"]) == ("appeal", case), "within 90 days of the assessment"
    nobodys = await claims.call("POST", path, scopes=OWN, json={**wants, "about": session}, **HIMSELF)
    assert nobodys.json()["code"] == "board_nothing_decided"
    await claims.work_off()
    [task] = await board_tasks(claims, "board_case")
    await decided(claims, task, "case_not_heard")
    business_clock.set_day(2027, 5, 31)
    await claims.work_off()
    [task] = await board_tasks(claims, "board_case")
    assert task["facts"]["question"] == "provisional_ended", "by the assessment that stands, whatever came after it"
    about = (await read_case(claims, task["subject"]["id"], **HIMSELF))[1]["about"]
    assert about == case


async def test_whose_notice_joined_and_acts_for_the_person_sees_its_case(
    claims: ServiceUnderTest, operator: str
) -> None:
    guardian: dict[str, Any] = {"party": "person:50", "role": "partner"}
    days = {"certificate": certificate("2026-02-02", "2026-03-03"), "wages_paid_for": []}
    told = await report(claims, "person:50", happened_on="2026-02-02", capacity="guardian", **days)
    await claims.work_off()
    case = await put(claims, operator)
    assert (await read_case(claims, case, **guardian))[0] == 404, "not before officers were shown that it does"
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    assert (await claim_of(claims, told))["joined_to"] == operator
    assert (await read_case(claims, case, **guardian))[0] == 200
    listed = await claims.call("GET", f"/v1/board-cases?claim={operator}", scopes=OWN, **guardian)
    assert [each["case"] for each in listed.json()["data"]] == [case]
    path = f"/v1/claims/{told['claim']}/board-cases"
    early = await claims.call("POST", path, scopes=OWN, json={"question": "appeal"}, **guardian)
    assert early.json()["code"] == "board_nothing_decided", "its own notice is of the same event"
    open_already = await said(claims, f"claims/{told['claim']}/board-cases", SECRETARY, {"question": "permanent_loss"})
    assert open_already[1]["code"] == "board_case_open", "of whichever notice it is asked"


async def decided(claims: ServiceUnderTest, task: dict[str, Any], kind: str) -> None:
    """Two officers decide a task."""
    path, body = f"/v1/tasks/{task['task']}", {"revision": task["revision"]}
    says = {**body, "says": {"kind": kind}}
    for what, officer, sent in (("takings", "a", None), ("proposals", "a", says), ("approvals", "b", body)):
        more: dict[str, Any] = {} if sent is None else {"json": sent}
        told = await claims.call("POST", f"{path}/{what}", scopes=CLOSES, subject=officer, **more)
        assert told.status_code == 201, told.text
    await claims.work_off()


async def test_a_special_board_finds_a_disease_that_no_rule_decides_and_its_statement_counts(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Whom officers were shown to act for the person reads the invitation and the result, and may ask for a review."""
    business_clock.set_day(2026, 8, 3)
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    guardian: dict[str, Any] = {"party": "person:12", "role": "partner"}
    told = await report(claims, "person:12", kind="disease", place=None, wages_paid_for=[], capacity="guardian")
    await claims.work_off()
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    claim = told["claim"]
    asked = await said(claims, f"claims/{claim}/board-cases", SECRETARY, {"question": "permanent_loss"})
    assert (asked[0], asked[1]["code"]) == (409, "board_question_not_of_claim")
    case = await put(claims, claim, "occupational_disease")
    session = await planned(claims, "special", "2026-08-31", FIRST_PANEL)
    assert (await invited(claims, session, case))[0] == 201
    assert (await read_case(claims, case, **guardian))[1]["sits_on"] == "2026-08-31"
    business_clock.set_day(2026, 8, 31)
    await done(claims, f"board-cases/{case}/attendances", SECRETARY, {"came": True})
    for wrong, refused in (
        ({"loss": {"percent": "15"}}, "board_result_not_of_claim"),
        ({"disease": {"has_disease": False, "loss": {"percent": "15"}}}, "board_result_contradicts"),
        ({}, "statement_not_one"),
    ):
        told = (await said(claims, f"board-cases/{case}/results", CHAIR, wrong, SITS))[1]
        assert told["code"] == refused
    found: dict[str, Any] = {
        "disease": {"has_disease": True, "loss": {"percent": "15"}},
        "diagnosis": "J62.8",
        "advice": ["vocational"],
    }
    await done(claims, f"board-cases/{case}/results", CHAIR, found, SITS)
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    shown = (await read_case(claims, case, **guardian))[1]
    assert (shown["state"], shown["result"]["has_disease"], shown["result"]["advice"]) == (
        "decided",
        True,
        ["vocational"],
    )
    stated = [each for each in await read(claims, f"/v1/claims/{claim}/evidence") if each["kind"] == "permanent_loss"]
    assert [(each["standing"], each["stated"]["percent"], each["stated"]["board"]) for each in stated] == [
        ("counts", "15", "special")
    ]
    path = f"/v1/claims/{claim}/board-cases"
    early = await claims.call("POST", path, scopes=OWN, json={"question": "aggravation"}, **guardian)
    assert early.json()["code"] == "board_review_too_early"
    assert (await claims.call("POST", "/v1/announcements", scopes=["claims:announcement:write"])).status_code == 202
    await claims.work_off()
    async with claims.database.connection() as connection:
        published = await connection.fetch("SELECT payload FROM outbox WHERE type = 'jaring.rehabilitation.advised.v1'")
    first, again = (RehabilitationAdvisedV1.model_validate_json(each["payload"]) for each in published)
    assert first == again, "at first and when it is announced again"
    assert (str(first.claim), str(first.case), first.sat_on, first.advice) == (
        *(claim, case, date(2026, 8, 31)),
        ("vocational",),
    )


@pytest.mark.parametrize("who", ["person:12", "employer:9"])
async def test_who_noticed_and_does_not_act_for_the_person_sees_no_case_and_asks_for_none(
    claims: ServiceUnderTest, business_clock: BusinessClock, who: str
) -> None:
    """Officers were shown that it has to do with the person, which tells it no diagnosis."""
    business_clock.set_day(2026, 8, 3)
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    told = await report(claims, who, kind="disease", place=None, wages_paid_for=[], capacity="other")
    await claims.work_off()
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    case = await put(claims, told["claim"], "occupational_disease")
    other: dict[str, Any] = {"party": who, "role": "partner"}
    assert (await read_case(claims, case, **other))[0] == 404
    path = f"/v1/claims/{told['claim']}/board-cases"
    asked = await claims.call("POST", path, scopes=OWN, json={"question": "appeal"}, **other)
    assert asked.status_code == 403


async def invitation_clocks(claims: ServiceUnderTest, query: str = "") -> list[dict[str, Any]]:
    """The charter's clocks of invitations, by when they are due."""
    told = await claims.call("GET", f"/v1/charter-clocks{query}", scopes=["claims:claim:read"])
    assert told.status_code == 200, told.text
    return [each for each in told.json()["data"] if each["of"] == "board_invitation"]


async def test_who_waits_for_a_board_is_invited_in_time_and_what_is_late_is_foreseen(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    """Put on Wednesday 3 June: the tenth working day is the 18th, as the 17th is a holiday."""
    case = await put(claims, operator)
    [clock] = await invitation_clocks(claims)
    assert (clock["claim"], clock["days"], clock["state"]) == (operator, 10, "running")
    assert clock["due_at"] == "2026-06-18T16:00:00Z"
    business_clock.set_day(2026, 6, 18, hour=1)
    await claims.work_off()
    assert [each["state"] for each in await invitation_clocks(claims, "?state=predicted")] == ["predicted"]
    business_clock.set_day(2026, 6, 19, hour=1)
    await claims.work_off()
    assert len(await invitation_clocks(claims, "?state=missed")) == 1
    bare = {"board": "medical", "day": "2026-07-29", "place": "KL-1", "quota": 1}
    session = (await done(claims, "board-sessions", SECRETARY, bare))["session"]
    assert (await invited(claims, session, case))[0] == 201
    assert await invitation_clocks(claims) == []
    assert await closed(claims, session, ("a", "b"), "session_called_off") == (201, None)
    [again] = await invitation_clocks(claims)
    assert (again["state"], again["complete_at"][:13]) == ("running", "2026-06-18T17"), "it waits once more, since now"


async def assessed(claims: ServiceUnderTest, claim: str, business_clock: BusinessClock) -> None:
    """A board found 60 % on 29 June 2026."""
    case = await put(claims, claim)
    session = await planned(claims, "medical", "2026-06-29", FIRST_PANEL)
    business_clock.set_day(2026, 6, 8)
    assert (await invited(claims, session, case))[0] == 201
    business_clock.set_day(2026, 6, 29)
    await claims.work_off()
    await heard(claims, case, "doctor-2", diagnosis="S88.1", loss={"percent": "60", "benefit_from": "2026-07-01"})
    assert await closed(claims, session, (SECRETARY, CHAIR)) == (201, None)
    business_clock.set_day(2026, 7, 20)
    await claims.work_off()


async def test_an_appeal_that_an_officer_files_is_of_whoever_told_it_and_the_officer_closes_no_session_of_it(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    await assessed(claims, operator, business_clock)
    path, wants = f"/v1/claims/{operator}/appeals", {"forum": MEDICAL, "ground": "medical_assessment"}
    refused: list[tuple[dict[str, Any], str]] = [
        ({"question": "funeral_benefit"}, "appeal_of_assessment"),
        ({"revision": 77}, "appeal_of_assessment"),
        ({"person": person_id(99)}, "claim_unknown"),
    ]
    for more, code in refused:
        answer = await claims.call("POST", path, scopes=APPEALS, subject=SECRETARY, json={**wants, **more})
        assert answer.json()["code"] == code
    other = await claims.call("POST", path, scopes=APPEALS, json={**wants, "person": person_id(99)}, **HIMSELF)
    assert other.json()["code"] == "appeal_not_of_this_party"
    for_him = {**wants, "person": person_id(PERSON)}
    filed = (await claims.call("POST", path, scopes=APPEALS, subject=SECRETARY, json=for_him)).json()
    assert filed["party"] == f"person:{PERSON}", filed
    await claims.work_off()
    second = await planned(claims, "appellate_medical", "2026-09-24", APPELLATE_PANEL)
    told = await invited(claims, second, filed["board_case"])
    assert (told[0], told[1]["code"]) == (409, "board_member_not_free"), told


async def test_an_appeal_that_comes_too_late_for_its_board_keeps_its_grounds(
    claims: ServiceUnderTest, operator: str, business_clock: BusinessClock
) -> None:
    await assessed(claims, operator, business_clock)
    business_clock.set_day(2026, 12, 1)
    wants = {"forum": MEDICAL, "ground": "medical_assessment", "late_for": "illness"}
    filed = await claims.call("POST", f"/v1/claims/{operator}/appeals", scopes=APPEALS, json=wants, **HIMSELF)
    assert (filed.status_code, filed.json()["late_for"]) == (201, "illness")
