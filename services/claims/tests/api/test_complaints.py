"""Complaints: who files one, who sees it, who answers it, and the letter that says so."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.claims.tests.api.test_documents import send
from services.claims.tests.commands.test_merged_persons import OTHER, merge, other_registered
from services.claims.tests.files.letters import letter_of, listed, said_in, say, words_of
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    FIRST,
    OFFICER,
    PERSON,
    SECOND,
    WRITE,
    apply_events,
    report,
    role_of,
    tasks_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SCOPES = ["claims:complaint:read", "claims:complaint:write"]
HERSELF, THIRD = f"person:{PERSON}", "officer-9"
ACTS: dict[str, dict[str, Any]] = {
    "takings": {},
    "releases": {},
    "stops": {"waiting_for": "court", "by": "KB-2026-0193"},
    "resumptions": {},
    "proposals": {"says": {"kind": "complaint_not_upheld"}},
    "approvals": {},
    "refusals": {"reason": "facts_differ"},
    "queries": {"asks": "which_facts", "of": "kind"},
    "replies": {"says": "shown", "by": "kind"},
    "transfers": {"office": "sabah", "reason": "workload"},
}


async def complain(claims: ServiceUnderTest, party: str = HERSELF, **said: Any) -> tuple[int, dict[str, Any]]:
    answer = await claims.call("POST", "/v1/complaints", scopes=SCOPES, party=party, role=role_of(party), json=said)
    await claims.work_off()
    return answer.status_code, answer.json()


async def read(claims: ServiceUnderTest, path: str, party: str = HERSELF) -> tuple[int, Any]:
    answer = await claims.call("GET", f"/v1/complaints{path}", scopes=SCOPES, party=party, role=role_of(party))
    return answer.status_code, answer.json()


async def acted(claims: ServiceUnderTest, task: dict[str, Any], what: str, officer: str, **says: Any) -> str:
    """The code with which it is refused, else nothing."""
    scopes = ["claims:task:write", "claims:complaint:decide"]
    is_answer = what in ("proposals", "approvals")
    body: dict[str, Any] = (
        {"json": {"revision": task["revision"], **says} if is_answer else says} if is_answer or says else {}
    )
    path = f"/v1/tasks/{task['task']}/{what}"
    answer = await claims.call("POST", path, scopes=scopes, subject=officer, **body)
    await claims.work_off()
    return "" if answer.is_success else str(answer.json()["code"])


async def seen(claims: ServiceUnderTest, task: dict[str, Any], officer: str) -> tuple[list[Any], str | None]:
    """The tasks that an officer lists, and the code with which it may not read one."""
    scopes = ["claims:task:read", "claims:complaint:decide"]
    every = await claims.call("GET", "/v1/tasks", scopes=scopes, subject=officer)
    one = await claims.call("GET", f"/v1/tasks/{task['task']}", scopes=scopes, subject=officer)
    return every.json()["data"], one.json().get("code")


async def told_to(claims: ServiceUnderTest, complaint: str, officer: str) -> tuple[list[str], int]:
    """The complaints that an officer lists, and whether it may read one."""
    every = await claims.call("GET", "/v1/complaints", scopes=SCOPES, subject=officer)
    one = await claims.call("GET", f"/v1/complaints/{complaint}", scopes=SCOPES, subject=officer)
    return [each["complaint"] for each in every.json()["data"]], one.status_code


async def reads_letter(claims: ServiceUnderTest, letter: str, officer: str) -> tuple[bool, bool, bool]:
    """Whether an officer finds a letter in the list, reads it, and fetches what it says."""
    asked: dict[str, Any] = {"scopes": ["claims:letter:read"], "subject": officer}
    every = await claims.call("GET", "/v1/letters?limit=100", **asked)
    one, content = [await claims.call("GET", f"/v1/letters/{letter}{what}", **asked) for what in ("", "/content")]
    return letter in {each["letter"] for each in every.json()["data"]}, one.is_success, content.is_success


async def reads_of_it(claims: ServiceUnderTest, ids: tuple[str, ...], officer: str) -> bool:
    """Whether the list of who read the person's data tells an officer of each of these, or of none."""
    path = f"/v1/persons/{person_id(PERSON)}/reads?limit=100"
    answer = await claims.call("GET", path, scopes=["claims:read_log:read"], subject=officer)
    assert answer.json()["data"], "others read other things"
    paths = " ".join(each["path"] for each in answer.json()["data"])
    told = {each in paths for each in ids}
    assert len(told) == 1
    return told.pop()


async def test_a_complaint_is_answered_by_two_officers_and_a_letter_and_never_by_whom_it_is_about(
    worker: ServiceUnderTest,
) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    claim = reported["claim"]
    status, filed = await complain(worker, kind="conduct", claim=claim, of_officer=FIRST, document="AD-2026-0193")
    assert (status, filed["state"], filed["party"]) == (201, "open", HERSELF)
    assert (await complain(worker, kind="conduct", claim=claim))[1]["code"] == "complaint_known"
    [task] = await tasks_of(worker, "complaint")
    assert (task["reason"], task["charter_days"], task["facts"]["of_officer"]) == ("conduct", 3, FIRST)
    says = {"says": {"kind": "complaint_upheld_in_part"}}
    assert await acted(worker, task, "takings", SECOND) == await acted(worker, task, "proposals", SECOND, **says) == ""
    for it in (FIRST, FIRST.upper()):
        assert await seen(worker, task, it) == ([], "task_unknown"), "who is complained of sees no such task"
        for what, body in ACTS.items():
            assert await acted(worker, task, what, it, **body) == "task_unknown", what
        assert await told_to(worker, filed["complaint"], it) == ([], 404), "nor the complaint"
    assert await told_to(worker, filed["complaint"], THIRD) == ([filed["complaint"]], 200)
    assert await acted(worker, task, "releases", SECOND) == ""
    assert await acted(worker, task, "takings", SECOND) == await acted(worker, task, "proposals", SECOND, **says) == ""
    assert await acted(worker, task, "approvals", THIRD) == ""
    assert (await read(worker, f"/{filed['complaint']}"))[1]["found"] == "upheld_in_part"
    [letter] = await listed(worker, HERSELF, f"complaint/{filed['complaint']}")
    said = await said_in(worker, letter["letter"])
    assert letter["kind"] == "complaint_answer"
    assert f"Officer {SECOND} proposed this answer, officer {THIRD} approved it" in words_of(said, "en")
    assert "sebahagian aduan anda berasas" in words_of(said, "ms")
    assert await tasks_of(worker, "complaint") == []
    for it, found in ((FIRST, False), (FIRST.upper(), False), (THIRD, True)):
        assert await reads_letter(worker, letter["letter"], it) == (found, found, found), it
        assert await reads_of_it(worker, (filed["complaint"], task["task"], letter["letter"]), it) is found
    withdrawn = await worker.call(
        "POST",
        f"/v1/complaints/{filed['complaint']}/withdrawal",
        scopes=SCOPES,
        party=HERSELF,
        role="partner",
    )
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "complaint_over")


async def test_who_is_complained_of_sees_no_task_about_the_letter_that_answers_it(worker: ServiceUnderTest) -> None:
    _, filed = await complain(worker, kind="conduct", of_officer=FIRST)
    [task] = await tasks_of(worker, "complaint")
    assert await acted(worker, task, "takings", SECOND) == ""
    says = {"says": {"kind": "complaint_not_upheld"}}
    assert await acted(worker, task, "proposals", SECOND, **says) == await acted(worker, task, "approvals", THIRD) == ""
    [letter] = await listed(worker, HERSELF, f"complaint/{filed['complaint']}")
    [message] = (await letter_of(worker, letter["letter"]))["messages"]
    await say(worker, message["message"], "bounced", reason="address_unknown")
    scopes = ["claims:task:read", "claims:task:write", "claims:undelivered:decide"]
    for it, found in ((FIRST, 0), (FIRST.upper(), 0), (THIRD, 1)):
        tasks = await worker.call("GET", "/v1/tasks?queue=undelivered", scopes=scopes, subject=it)
        assert len(tasks.json()["data"]) == found, it
    [about] = tasks.json()["data"]
    for what in ("", "/takings"):
        refused = await worker.call(
            "POST" if what else "GET", f"/v1/tasks/{about['task']}{what}", scopes=scopes, subject=FIRST
        )
        assert refused.json()["code"] == "task_unknown", what
    assert (await worker.call("GET", f"/v1/tasks/{about['task']}", scopes=scopes, subject=THIRD)).is_success
    assert await reads_of_it(worker, (about["task"],), THIRD)
    assert not await reads_of_it(worker, (about["task"],), FIRST)


async def test_who_files_and_sees_and_takes_back_what(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    stranger, employer = "person:99", f"employer:{EMPLOYER}"
    assert (await complain(worker, stranger, kind="delay", claim=reported["claim"]))[1]["code"] == "claim_unknown"
    assert (await complain(worker, OFFICER, kind="delay"))[1]["code"] == "complaint_party_not_one"
    assert (await complain(worker, kind="delay", person=person_id(99)))[1]["code"] == "complaint_party_not_one"
    assert (await complain(worker, employer, kind="access"))[0] == 201
    status, told = await complain(worker, OFFICER, kind="not_paid", person=person_id(PERSON))
    assert (status, told["party"]) == (201, HERSELF)
    assert [each["kind"] for each in (await read(worker, ""))[1]["data"]] == ["not_paid"]
    assert len((await read(worker, "?state=open", OFFICER))[1]["data"]) == 2
    for party in (stranger, employer):
        assert (await read(worker, f"/{told['complaint']}", party))[1]["code"] == "complaint_unknown"
    path = f"/v1/complaints/{told['complaint']}/withdrawal"
    refused = await worker.call("POST", path, scopes=SCOPES)
    assert (refused.status_code, refused.json()["code"]) == (403, "complaint_of_another")
    taken = await worker.call("POST", path, scopes=SCOPES, party=HERSELF, role="partner")
    assert (taken.status_code, taken.json()["state"]) == (201, "withdrawn")
    await worker.work_off()
    assert [each["facts"]["party"] for each in await tasks_of(worker, "complaint")] == [employer]
    assert await listed(worker, HERSELF, f"complaint/{told['complaint']}") == []


async def test_what_an_officer_types_is_about_what_the_person_sees_and_takes_nothing_from_it(
    worker: ServiceUnderTest,
) -> None:
    reported = await report(worker, **ACCIDENT)
    await apply_events(worker, other_registered())
    await worker.work_off()
    about: dict[str, Any] = {"kind": "conduct", "claim": reported["claim"]}
    nobody, stranger, herself = ({"person": person_id(number)} for number in (123456, OTHER, PERSON))
    assert (await complain(worker, OFFICER, **about, **nobody))[1]["code"] == "complainant_unknown"
    assert (await complain(worker, OFFICER, **about, **stranger))[1]["code"] == "claim_unknown"
    assert (await complain(worker, OFFICER, **about, **herself))[0] == 201
    assert (await complain(worker, OFFICER, **about, **herself))[1]["code"] == "complaint_known"
    assert (await complain(worker, **about, of_officer=FIRST))[0] == 201, "her own stands beside it"
    async with worker.database.connection("migrate") as owner:
        with pytest.raises(asyncpg.CheckViolationError, match="complaint_by_others"):
            await owner.execute(
                "UPDATE complaint SET state = 'answered', found = 'upheld', ended_at = now(), proposed_by = 'o-1', "
                "approved_by = upper(of_officer) WHERE of_officer IS NOT NULL"
            )


async def test_a_person_takes_back_under_its_other_number_what_it_filed_and_sent(worker: ServiceUnderTest) -> None:
    claim = (await report(worker, **ACCIDENT))["claim"]
    await apply_events(worker, other_registered())
    await worker.work_off()
    filed = (await complain(worker, f"person:{OTHER}", kind="delay"))[1]["complaint"]
    sent = (await send(worker, party=HERSELF, claim=claim)).json()
    await apply_events(worker, merge())
    await worker.work_off()
    for path, party, status in (
        (f"/v1/complaints/{filed}", HERSELF, 201),
        (f"/v1/documents/{sent['document']}", f"person:{OTHER}", 200),
    ):
        ask: dict[str, Any] = {"scopes": [*SCOPES, *WRITE], "party": party, "role": "partner"}
        taken = await worker.call("POST", f"{path}/withdrawal", **ask)
        assert (taken.status_code, taken.json().get("state")) == (status, "withdrawn"), taken.text
        other = await worker.call("POST", f"{path}/withdrawal", **{**ask, "party": "person:99"})
        assert other.status_code == 404
    async with worker.database.connection() as connection:
        withdrawn = await connection.fetch("SELECT tenant FROM evidence WHERE about = $1", UUID(sent["document"]))
    assert [each["tenant"] for each in withdrawn] == [HERSELF], "it is the word of the party that sent it"
