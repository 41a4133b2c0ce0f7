"""Contribution files from the sender's side: what is refused at once, what is answered, who sees what."""

import asyncio
from functools import partial
from typing import Any

import pytest

from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    WAITS_FOR_A_ROW,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.testing.service import eventually

GOOD = months_at_2480("2026-05")


async def test_a_file_is_received_worked_off_and_summed_up(register: Register) -> None:
    """RM3,050.00 in June 2026: 53.35 and 15.25, 6.10 each, and 22.85, by the tables of act4 §2.2 and Act 800."""
    employer, person = await register.worker_of()
    answer = await register.send(employer, render([line("2026-06", AT_3050)]))
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
    file = answer.json()["file"]
    assert answer.headers["location"] == f"/v1/contribution-files/{file}"
    assert (await register.job(file, party_of(employer))).json()["state"] == "received"
    await register.service.worker.runner.run_one()
    job = (await register.job(file, party_of(employer))).json()
    assert (job["state"], job["lines"], job["accepted_lines"], job["rejected_lines"]) == ("accepted", 1, 1, 0)
    totals = job["months"][0]
    assert (totals["month"], totals["lines"], totals["wages"]["amount"]) == ("2026-06", 1, "3050.00")
    assert (totals["act4_employer"]["amount"], totals["act4_employee"]["amount"]) == ("53.35", "15.25")
    assert (totals["act800_employer"]["amount"], totals["act800_employee"]["amount"]) == ("6.10", "6.10")
    assert totals["skbbk_employee"] == {"amount": "22.85", "currency": "MYR"}
    assert await register.errors(file, party_of(employer)) == []
    assert number_of(person) in (await register.events("contributions.received"))[0]["persons"]


@pytest.mark.parametrize(
    ("content", "code", "at"),
    [
        (b"", "contribution_file_empty", ""),
        (GOOD[:-3], "contribution_file_line_length", "Line 1:"),
        (GOOD + b"short\r\n", "contribution_file_line_length", "Line 2:"),
        (GOOD.replace(b"ALI ", "ALÍ".encode()), "contribution_file_encoding", "Line 1:"),
        (GOOD + GOOD.replace(b"F97", b"F98"), "contribution_file_mixed_employers", "Line 2:"),
        (GOOD.replace(b"F97", b"F98"), "contribution_file_foreign_employer", "Line 1:"),
    ],
)
async def test_a_fault_of_the_whole_file_is_refused_at_once(
    register: Register, content: bytes, code: str, at: str
) -> None:
    """422 with a code and the line; nothing is kept, and nothing of the file is repeated."""
    employer, _ = await register.worker_of()
    answer = await register.send(employer, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].startswith(at)
    assert MYKAD not in answer.text
    assert await register.rows("SELECT 1 FROM contribution_file") == []
    assert await register.rows("SELECT 1 FROM due_work WHERE kind = 'process_contribution_file'") == []


async def test_an_employer_cannot_send_the_file_of_another_and_an_officer_can(register: Register) -> None:
    """A code that exists and one that does not are refused alike."""
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    answer = await register.send(other, GOOD)
    assert (answer.status_code, answer.json()["code"]) == (422, "contribution_file_foreign_employer")
    answer = await register.send(employer, GOOD, party="")
    assert answer.status_code == 202


async def test_the_same_file_again_is_the_same_job_until_it_is_through(register: Register) -> None:
    """Other keys, the same bytes, at once and one after the other: no second work, no second event."""
    employer, _ = await register.worker_of()
    at_once = await asyncio.gather(*(register.send(employer, GOOD) for _ in range(3)))
    assert [answer.status_code for answer in at_once] == [202] * 3
    again = await register.send(employer, GOOD)
    assert (again.status_code, again.json()["state"]) == (202, "received")
    assert len({answer.json()["file"] for answer in (*at_once, again)}) == 1
    await register.work_off()
    assert len(await register.events("contributions.received")) == 1
    assert len(await register.rows("SELECT 1 FROM contribution_file")) == 1
    assert len(await register.rows("SELECT 1 FROM contribution_upload")) == 1


async def test_the_same_file_after_it_is_through_is_a_new_one_that_tells_nothing(register: Register) -> None:
    """Its lines are equal to those that stand: no revision, no event."""
    employer, _ = await register.worker_of()
    first = await register.sent(employer, GOOD)
    again = await register.sent(employer, GOOD)
    assert again["file"] != first["file"]
    assert (again["state"], again["accepted_lines"], again["months"]) == ("accepted", 1, first["months"])
    assert len(await register.events("contribution")) == 2
    assert [row[0] for row in await register.rows("SELECT revision FROM contribution_line")] == [1]


async def test_a_file_that_is_sent_again_while_it_is_worked_on_waits_and_is_a_new_one(register: Register) -> None:
    """The work has read its place among the files already: nothing may move it any more."""
    employer, _ = await register.worker_of()
    file = (await register.send(employer, GOOD)).json()["file"]
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await process_contribution_file(ProcessContributionFile(file), uow)
        again = asyncio.create_task(register.send(employer, GOOD))
        await eventually(partial(register.rows, WAITS_FOR_A_ROW))
    assert (await again).json()["file"] != file


async def test_a_repeated_key_answers_as_before_and_with_another_file_is_refused(register: Register) -> None:
    """The first answer word for word, though the file is through by now; without a key 400."""
    employer, _ = await register.worker_of()
    first = await register.send(employer, GOOD, key="may")
    await register.work_off()
    again = await register.send(employer, GOOD, key="may")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert again.json()["state"] == "received"
    other = await register.send(employer, months_at_2480("2026-04"), key="may")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    missing = await register.send(employer, GOOD, headers={"idempotency-key": ""})
    assert missing.status_code == 400


async def test_bad_lines_are_set_aside_and_given_back_to_their_sender_only(register: Register) -> None:
    """One good line among bad ones is taken; the errors tell line, field and code, and no value."""
    employer, _ = await register.worker_of()
    bad = render([line("2026-05", AT_2480, id_=OTHER_MYKAD), line("2026-04", AT_2480 | {"act4_employer": 4_286})])
    job = await register.sent(employer, bad + GOOD, params={"month": ["2026-04", "2026-05"]})
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("partly_rejected", 1, 2)
    party = party_of(employer)
    assert await register.errors(job["file"], party) == [
        ["1", "id", "person_unknown"],
        ["2", "act4_employer", "amount_differs"],
    ]
    told = await register.job(job["file"], party, "/errors")
    assert OTHER_MYKAD not in told.text
    assert "4286" not in told.text
    assert (await register.job(job["file"], party, "/rejected-lines")).content == bad
    officers = await register.job(job["file"], "", "/errors")
    assert officers.text == told.text
    refused = await register.job(job["file"], "", "/rejected-lines")
    assert (refused.status_code, refused.json()["code"]) == (404, "contribution_file_unknown")


async def test_another_employer_sees_nothing_of_a_file(register: Register) -> None:
    """Neither the job nor what hangs on it: as unknown as a file that does not exist."""
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    job = await register.sent(employer, GOOD)
    for file in (job["file"], str(new_id())):
        for what in ("", "/errors", "/rejected-lines"):
            answer = await register.job(file, party_of(other), what)
            assert (answer.status_code, answer.json()["code"]) == (404, "contribution_file_unknown")


async def test_contributions_are_listed_by_month_to_the_employer_and_all_of_them_to_officers(
    register: Register,
) -> None:
    """September 2026 at RM2,600.00 with a new employer: 44.65 and 12.75, 5.10 each, 19.15."""
    first, person = await register.worker_of()
    second = await register.employer(OTHER_CODE)
    await register.spell(person, second, "2026-09-01")
    await register.sent(first, months_at_2480("2026-05", "2026-04"))
    await register.sent(second, render([line("2026-09", AT_2600, code=OTHER_CODE)]))
    assert [each["month"] for each in await _contributions(register, person)] == ["2026-04", "2026-05", "2026-09"]
    assert [each["month"] for each in await _contributions(register, person, first)] == ["2026-04", "2026-05"]
    (september,) = await _contributions(register, person, second)
    assert (september["wage"]["amount"], september["kind"], september["revision"]) == ("2600.00", "monthly", 1)
    assert (september["act4_employer"]["amount"], september["act4_employee"]["amount"]) == ("44.65", "12.75")
    assert (september["act800_employer"]["amount"], september["skbbk_employee"]["amount"]) == ("5.10", "19.15")
    third = await register.employer("B1234567890C")
    scope = "registration:contribution:read"
    answer = await register.as_party("GET", f"/v1/persons/{person}/contributions", scope, party_of(third))
    assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")


async def test_contributions_are_paged(register: Register) -> None:
    """Three months, two on the first page."""
    employer, person = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-03", "2026-04", "2026-05"))
    scope, path = "registration:contribution:read", f"/v1/persons/{person}/contributions?limit=2"
    page = (await register.as_party("GET", path, scope)).json()
    rest = (await register.as_party("GET", f"{path}&cursor={page['next_cursor']}", scope)).json()
    assert [each["month"] for each in page["data"] + rest["data"]] == ["2026-03", "2026-04", "2026-05"]
    assert (page["has_more"], rest["has_more"]) == (True, False)


async def _contributions(register: Register, person: str, employer: str = "") -> list[dict[str, Any]]:
    party = party_of(employer) if employer else ""
    path = f"/v1/persons/{person}/contributions"
    answer = await register.as_party("GET", path, "registration:contribution:read", party)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found
