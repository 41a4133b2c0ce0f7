"""Contributions in every format: one pipeline, the same results, and what a legacy file says beside its amount."""

import asyncio
import gzip
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.contribution import FileFormat, Part, Reading
from services.registration.files import contribution_csv
from services.registration.files.columns import FileColumns
from services.registration.files.contribution_file import FileLine, render
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import Checked, check_together
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    FIRST,
    MYKAD,
    NOTHING,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    legacy_line,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.money import ringgit
from shared.testing.clock import BusinessClock

LEGACY = {"format": "legacy_223", "part": "both"}
DECIDES = ["registration:spell_statement:decide", "registration:task:read", "registration:task:write"]
WITHOUT_SKBBK = {name: sen for name, sen in AT_2600.items() if name != "skbbk_employee"}


def member(of: FileLine, *, states_skbbk: bool = True) -> dict[str, Any]:
    """A line as JSON states it."""
    names = ("act4_employer", "act4_employee", "act800_employer", "act800_employee", "skbbk_employee")
    sums = {"wages": of.wage} | {name: getattr(of, name) for name in names if states_skbbk or name != "skbbk_employee"}
    money = {name: {"amount": ringgit(sen), "currency": "MYR"} for name, sen in sums.items()}
    return {"id": of.id, "name": of.name, **money}


async def test_the_same_line_by_any_channel_is_posted_once(register: Register) -> None:
    """The combined file in each version, CSV with either separator, JSON, and the legacy file: one revision."""
    employer, _ = await register.worker_of()
    may = line("2026-05", AT_2480)
    csv_ = [({"format": "csv", "separator": name}, contribution_csv.render([may], sign)) for name, sign in
            (("comma", ","), ("semicolon", ";"))]  # fmt: skip
    sendings: list[tuple[dict[str, str], bytes]] = [
        ({}, render([may], "v1")),
        ({}, render([may])),
        ({}, render([may], "v2.1")),
        *csv_,
        ({"format": "csv"}, b"\xef\xbb\xbf" + contribution_csv.render([may], states_skbbk=False)),
    ]
    for how, content in sendings:
        job = await register.sent(employer, content, params=how)
        assert (job["state"], job["accepted_lines"]) == ("accepted", 1), (how, job)
        assert job["format"] == how.get("format", "combined_278")
    answer = await register.sent_statement(employer, "2026-05", [member(may)])
    assert answer.status_code == 202, answer.text
    await register.choose_template(employer, "both", "wage")
    job = await register.sent(employer, legacy_line("2026-05", 248_000), params=LEGACY)
    assert (job["state"], job["part"], job["amount"]) == ("accepted", "both", "wage")
    assert [row[4] for row in await register.lines()] == [1]
    assert len(await register.events("contributions.received")) == 1


async def test_a_month_is_corrected_in_any_version_that_is_accepted_for_it(register: Register) -> None:
    """May 2026 at RM2,480.00 in v1, at RM2,600.00 in CSV, at RM3,050.00 in JSON, withdrawn in v2.1."""
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-05", AT_2480)], "v1"))
    await register.sent(employer, contribution_csv.render([line("2026-05", WITHOUT_SKBBK)]), params={"format": "csv"})
    without = {name: sen for name, sen in AT_3050.items() if name != "skbbk_employee"}
    await register.sent_statement(employer, "2026-05", [member(line("2026-05", without))])
    assert [row[2:] for row in await register.lines()] == [(305_000, 0, 3)]
    await register.sent(employer, render([line("2026-05", NOTHING)], "v2.1"))
    assert [row[2:] for row in await register.lines()] == [(0, 0, 4)]


async def test_what_states_no_skbbk_is_taken_as_layout_v1_is(register: Register, business_clock: BusinessClock) -> None:
    """From October 2026 on not for months since June 2026 (act4 §2.5): in CSV, JSON and the legacy file alike."""
    employer, _ = await register.worker_of()
    business_clock.set(datetime.fromisoformat("2026-10-01T12:00:00+08:00"))
    june = line("2026-06", WITHOUT_SKBBK)
    refused = [["1", "skbbk_employee", "layout_not_accepted"]]
    job = await register.sent(employer, contribution_csv.render([june], states_skbbk=False), params={"format": "csv"})
    assert await register.errors(job["file"], party_of(employer)) == refused
    answer = await register.sent_statement(employer, "2026-06", [member(june, states_skbbk=False)])
    assert await register.errors(answer.json()["file"], party_of(employer)) == refused
    await register.choose_template(employer, "both", "wage")
    job = await register.sent(employer, legacy_line("2026-06", 260_000), params=LEGACY)
    assert await register.errors(job["file"], party_of(employer)) == refused
    assert await register.lines() == []


async def test_rejected_lines_come_back_in_their_own_format_byte_for_byte(register: Register) -> None:
    """CSV with its header, as it was quoted and with a line end of its own; JSON as the statement that was sent."""
    employer, _ = await register.worker_of()
    party = party_of(employer)
    strange = b'F9702103813F,"850615-10-5432","=HYPERLINK(""http://x"",""y"")",2026-05,2480.00,42.85,12.25,4.90,4.90,'
    content = contribution_csv.render([line("2026-05", AT_2480)]) + strange + b"\n"
    job = await register.sent(employer, content, params={"format": "csv"})
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("partly_rejected", 1, 1)
    back = await register.job(job["file"], party, "/rejected-lines")
    assert back.content == content.split(b"\r\n")[0] + b"\r\n" + strange + b"\r\n"
    assert back.headers["content-type"] == "text/csv; charset=utf-8"
    assert await register.errors(job["file"], party) == [["2", "id", "person_unknown"]]
    members = [member(line("2026-05", AT_2480)), member(line("2026-05", AT_2480, id_=OTHER_MYKAD, name="=1+1"))]
    answer = await register.sent_statement(employer, "2026-05", members)
    back = await register.job(answer.json()["file"], party, "/rejected-lines")
    assert back.headers["content-type"] == "application/json"
    assert orjson.loads(back.content) == {"employer": employer, "month": "2026-05", "lines": members[1:]}
    await register.choose_template(employer, "both", "wage")
    bad = legacy_line("2026-05", 248_000, id=OTHER_MYKAD)
    job = await register.sent(employer, legacy_line("2026-05", 248_000) + bad + b"\x1a", params=LEGACY)
    assert (await register.job(job["file"], party, "/rejected-lines")).content == bad


async def test_a_line_of_another_month_than_most_is_set_aside_unless_the_month_is_named(register: Register) -> None:
    """A digit typed wrongly is the likelier reason; the same file with both months named is taken."""
    employer, _ = await register.worker_of()
    for number in (OTHER_MYKAD, "700707075555"):
        await register.spell(await register.person(number, born_on="1985-06-15"), employer)
    people = (MYKAD, OTHER_MYKAD, "700707075555")
    lines = [line(f"2026-0{4 + (number == MYKAD)}", AT_2480, id_=number) for number in people]
    job = await register.sent(employer, render(lines))
    assert (job["state"], job["accepted_lines"]) == ("partly_rejected", 2)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_not_confirmed"]]
    job = await register.sent(employer, render(lines), params={"month": ["2026-04", "2026-05"]})
    assert (job["state"], job["accepted_lines"]) == ("accepted", 3)
    one = await register.sent(employer, months_at_2480("2026-03"), params={"month": "2026-04"})
    assert await register.errors(one["file"], party_of(employer)) == [["1", "month", "month_not_confirmed"]]
    stated = await register.sent_statement(employer, "2026-03", [member(lines[0])], params={"month": "2026-04"})
    assert await register.errors(stated.json()["file"], party_of(employer)) == [["1", "month", "month_not_confirmed"]]


async def test_a_statement_of_a_thousand_lines_is_taken_and_one_of_more_is_not(register: Register) -> None:
    """With the longest names; nobody of them is known, and each line says so."""
    employer = await register.employer()
    lines = [member(line("2026-05", AT_2480, id_=f"{number:012d}", name="X" * 150)) for number in range(1_001)]
    answer = await register.sent_statement(employer, "2026-05", lines[:1_000])
    assert answer.status_code == 202, answer.text
    job = (await register.job(answer.json()["file"], party_of(employer))).json()
    assert (job["format"], job["state"], job["lines"]) == ("json", "rejected", 1_000)
    assert (await register.sent_statement(employer, "2026-05", lines)).status_code == 422


async def test_control_totals_hold_or_the_file_is_refused(register: Register) -> None:
    """Two lines of RM2,480.00; nothing of a file that says otherwise is kept."""
    employer, _ = await register.worker_of()
    content = months_at_2480("2026-04", "2026-05")
    for wrong in ({"lines": "3"}, {"amounts": "4960.01"}, {"amounts": "4959.99", "lines": "2"}):
        answer = await register.send(employer, content, params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "contribution_file_control_total")
    assert await register.rows("SELECT 1 FROM contribution_file") == []
    job = await register.sent(employer, content, params={"lines": "2", "amounts": "4960.00"})
    assert job["state"] == "accepted"


@pytest.mark.parametrize(
    ("content", "how", "code", "said"),
    [
        (gzip.compress(months_at_2480("2026-05"), mtime=0), {}, "contribution_file_compressed", "gzip"),
        (b"PK\x03\x04" + b"x" * 300, {"format": "csv"}, "contribution_file_compressed", "zip"),
        (b"\xef\xbb\xbf" + months_at_2480("2026-05"), {}, "contribution_file_encoding", "byte order mark"),
        (b"<!DOCTYPE html><html><body>504</body></html>", {}, "contribution_file_markup", "HTML"),
        (months_at_2480("2026-05").decode().encode("utf-16"), {}, "contribution_file_encoding", "UTF-16"),
        (b"employer_code".decode().encode("utf-16-le"), {"format": "csv"}, "contribution_file_encoding", "UTF-16"),
        (months_at_2480("2026-05").replace(b"ALI ", b"ALI\x92"), {}, "contribution_file_encoding", "Windows-1252"),
        (months_at_2480("2026-05").replace(b"ALI ", b"ALI\t"), {}, "contribution_file_encoding", "a tab"),
        (months_at_2480("2026-05").replace(b"ALI ", b"ALI\x1a"), {}, "contribution_file_encoding", "control"),
        (months_at_2480("2026-05", "2026-04")[:-90], {}, "contribution_file_line_length", "cut off"),
        (b"\x1a", {}, "contribution_file_empty", ""),
        (b"\xef\xbb\xbf", {"format": "csv"}, "contribution_file_empty", ""),
        (contribution_csv.render([]), {"format": "csv"}, "contribution_file_empty", "header"),
        (months_at_2480("2026-05"), {"format": "csv"}, "contribution_file_header", "employer_code,id"),
        (contribution_csv.render([line("2026-05", AT_2480)]), {}, "contribution_file_line_length", "278"),
        (
            contribution_csv.render([line("2026-05", AT_2480)], ";"),
            {"format": "csv"},
            "contribution_file_header",
            "employer_code,id",
        ),
        (
            contribution_csv.render([line("2026-05", AT_2480)])[:-20],
            {"format": "csv"},
            "contribution_file_line_length",
            "fields",
        ),
        (
            contribution_csv.render([line("2026-05", AT_2480)]).replace(b"Ahmad", b'"Ahmad'),
            {"format": "csv"},
            "contribution_file_line_length",
            "quotation",
        ),
        (
            contribution_csv.render([line("2026-05", AT_2480)]).replace(b"Ahmad", b"Ahm\xe4d"),
            {"format": "csv"},
            "contribution_file_encoding",
            "Windows-1252",
        ),
        (
            contribution_csv.render([line("2026-05", AT_2480), line("2026-05", AT_2480, code=OTHER_CODE)]),
            {"format": "csv"},
            "contribution_file_mixed_employers",
            "Line 3",
        ),
        (legacy_line("2026-05", 1), {}, "contribution_file_line_length", "legacy_223"),
        (legacy_line("2026-05", 1), {"format": "legacy_223"}, "legacy_part_needed", ""),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_its_cause(
    register: Register, content: bytes, how: dict[str, str], code: str, said: str
) -> None:
    """Nothing of it is kept or repeated, and the message names what is wrong."""
    employer, _ = await register.worker_of()
    answer = await register.send(employer, content, params=how)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert said in answer.json().get("detail", "") + answer.json().get("hint", "")
    assert MYKAD not in answer.text
    assert await register.rows("SELECT 1 FROM contribution_file") == []


async def test_a_dos_end_mark_and_mixed_line_ends_are_no_fault(register: Register) -> None:
    """0x1A counts as such in the very last place only; CRLF and LF may stand in one file."""
    employer, _ = await register.worker_of()
    content = months_at_2480("2026-04", "2026-05").replace(b"\r\n", b"\n", 1) + b"\x1a"
    assert (await register.sent(employer, content))["state"] == "accepted"
    csv_ = contribution_csv.render([line("2026-03", AT_2480)]).replace(b"\r\n", b"\n", 1) + b"\x1a"
    assert (await register.sent(employer, csv_, params={"format": "csv"}))["state"] == "accepted"
    assert len(await register.lines()) == 3


async def test_a_legacy_file_is_never_guessed_at(register: Register) -> None:
    """Without a template 409; a template is a fact, and what was received before is read as it was chosen then."""
    employer, _ = await register.worker_of()
    content = legacy_line("2026-05", 248_000)
    answer = await register.send(employer, content, params=LEGACY)
    assert (answer.status_code, answer.json()["code"]) == (409, "legacy_template_unknown")
    await register.choose_template(employer, "both", "wage")
    waiting = (await register.send(employer, content, params=LEGACY)).json()["file"]
    await register.choose_template(employer, "both", "total")
    await register.work_off()
    assert (await register.job(waiting, party_of(employer))).json()["state"] == "accepted"
    assert [row[2] for row in await register.lines()] == [248_000]
    again = await register.sent(employer, content, params=LEGACY)
    assert again["file"] != waiting
    assert await register.errors(again["file"], party_of(employer)) == [["1", "wages", "total_fits_no_class"]]
    templates = await _templates(register, employer, party_of(employer))
    assert [(each["part"], each["amount"]) for each in templates.json()["templates"]] == [("both", "total")]
    assert len(await register.rows("SELECT 1 FROM legacy_template_fact")) == 2


async def test_another_employer_neither_reads_nor_chooses_a_template_nor_states_a_month(register: Register) -> None:
    """404 as for an employer that does not exist."""
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    party = party_of(other)
    assert (await _templates(register, employer, party)).status_code == 404
    path, scope = f"/v1/employers/{employer}/legacy-templates", "registration:contribution_file:write"
    body = {"part": "both", "amount": "wage"}
    answer = await register.as_party("POST", path, scope, party, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")
    answer = await register.sent_statement(employer, "2026-05", [member(line("2026-05", AT_2480))], party=party)
    assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")
    assert await register.lines() == []


async def test_a_total_stands_for_its_wage_class(register: Register) -> None:
    """42.85 + 12.25 + 4.90 + 4.90 = 64.90 is the class over RM2,400 to RM2,500, which assumes RM2,450.00."""
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "both", "total")
    job = await register.sent(employer, legacy_line("2026-05", 6_490), params=LEGACY)
    assert (job["state"], job["months"][0]["act4_employer"]["amount"]) == ("accepted", "42.85")
    assert [row[2:] for row in await register.lines()] == [(245_000, 0, 1)]
    await register.sent(employer, months_at_2480("2026-05"))
    await register.sent(employer, legacy_line("2026-05", 6_490), params=LEGACY)
    assert [row[2:] for row in await register.lines()] == [(248_000, 0, 2)], (
        "a wage that is known and of the class stays"
    )
    job = await register.sent(employer, legacy_line("2026-05", 6_491), params=LEGACY)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "wages", "total_fits_no_class"]]


async def test_totals_of_two_months_are_each_of_the_law_of_its_month(register: Register) -> None:
    """December 2017 is of before Act 800: of its line there is none, whatever stands beside it."""
    employer, _ = await register.worker_of(started_on="2015-03-01")
    await register.choose_template(employer, "both", "total")
    content = legacy_line("2026-05", 6_490) + legacy_line("2017-12", 5_510)
    job = await register.sent(employer, content, params={**LEGACY, "month": ["2026-05", "2017-12"]})
    assert job["state"] == "accepted", await register.errors(job["file"], party_of(employer))
    assert [row[0] for row in await register.lines()] == [201712, 202605]


@pytest.mark.parametrize("act800_first", [False, True])
async def test_the_files_of_both_acts_come_one_by_one_in_either_order(register: Register, act800_first: bool) -> None:
    """Wages in that of Act 4, the total of 9.80 in that of Act 800: each posts its own and leaves the other's."""
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "act4", "wage")
    await register.choose_template(employer, "act800", "total")
    files = [
        (legacy_line("2026-05", 248_000), {"format": "legacy_223", "part": "act4"}),
        (legacy_line("2026-05", 980), {"format": "legacy_223", "part": "act800"}),
    ]
    first, second = reversed(files) if act800_first else files
    await register.sent(employer, first[0], params=first[1])
    one = (await _amounts(register))[0]
    assert one == ((0, 0, 490, 490) if act800_first else (4_285, 1_225, 0, 0))
    await register.sent(employer, second[0], params=second[1])
    assert await _amounts(register) == [(4_285, 1_225, 490, 490)]
    assert [row[2] for row in await register.lines()] == [248_000]
    withdrawn = legacy_line("2026-05", 0)
    await register.sent(employer, withdrawn, params={"format": "legacy_223", "part": "act800"})
    assert await _amounts(register) == [(4_285, 1_225, 0, 0)]


async def test_the_file_of_one_act_waits_for_what_was_received_before_it(register: Register) -> None:
    """Worked off in the wrong order, as by two workers: what it leaves as it stands is what the earlier file says."""
    employer, _ = await register.worker_of()
    for part in ("act4", "act800"):
        await register.choose_template(employer, part, "wage")
    content, files = legacy_line("2026-05", 248_000), []
    for part in ("act4", "act800"):
        answer = await register.send(employer, content, params={"format": "legacy_223", "part": part})
        files.append(answer.json()["file"])
    await register.process(files[1])
    assert await _amounts(register) == [(4_285, 1_225, 490, 490)]
    await register.process(files[0])
    assert await _amounts(register) == [(4_285, 1_225, 490, 490)]


async def test_the_file_of_one_act_waits_for_what_is_on_its_way_before_it(register: Register) -> None:
    """An archive's files are received in one transaction, which may last."""
    employer, _ = await register.worker_of()
    for part in ("act4", "act800"):
        await register.choose_template(employer, part, "wage")
    content, worker = legacy_line("2026-05", 248_000), register.service.worker
    reading = Reading(format=FileFormat.LEGACY_223, part=Part.ACT4)
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        read = FORMATS[reading.format].read
        assert read is not None
        sent = SubmitContributionFile(read(content, reading), party_of(employer), officer=False, reading=reading)
        first = await submit_contribution_file(sent, uow)
        answer = await register.send(employer, content, params={"format": "legacy_223", "part": "act800"})
        others = asyncio.create_task(register.process(answer.json()["file"]))
        await register.over_or_waiting(others)
    await others
    assert await _amounts(register) == [(4_285, 1_225, 490, 490)]
    await register.process(str(first.id))
    assert await _amounts(register) == [(4_285, 1_225, 490, 490)]


async def test_what_comes_after_a_file_that_fails_waits_and_goes_on_once_that_is_closed(
    register: Register, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not fail with it: of what failed for good two officers are asked, and it is sent again."""
    business_clock.set_day(2026, 11, 20)
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "act4", "wage")
    how = {"format": "legacy_223", "part": "act4"}

    def checked(columns: FileColumns, *more: Any) -> list[Checked]:
        if columns.months.tolist() == [202605]:
            raise RuntimeError("a fault of ours")
        return check_together(columns, *more)

    monkeypatch.setattr("services.registration.commands.check_contribution_files.check_together", checked)
    sent = [await register.send(employer, legacy_line(month, 248_000), params=how) for month in ("2026-05", "2026-04")]
    files = [answer.json()["file"] for answer in sent]

    async def jobs() -> list[tuple[str, str | None]]:
        found = [(await register.job(file, party_of(employer))).json() for file in files]
        return [(job["state"], job["closed_for"]) for job in found]

    failed = "SELECT payload FROM due_work WHERE failed IS NOT NULL"
    for _ in range(12):
        await register.work_off()
        business_clock.advance(minutes=5)
    assert [files[0] in row["payload"] for row in await register.rows(failed)] == [True]
    assert await jobs() == [("received", None)] * 2
    (task,) = await register.waiting("contribution_file")
    assert (task["reason"], task["facts"]["employer"], task["facts"]["lines"]) == ("not_worked_off", employer, 1)
    answer = await register.decided("contribution_file", "file_closed")
    assert answer.status_code == 201, answer.text
    await register.work_off()
    assert await jobs() == [("rejected", "not_worked_off"), ("accepted", None)]
    assert (await register.rows(failed), [row[0] for row in await register.lines()]) == ([], [202604])
    monkeypatch.undo()
    assert (await register.sent(employer, legacy_line("2026-05", 248_000), params=how))["state"] == "accepted"


async def test_a_file_that_failed_and_is_worked_off_after_all_is_no_task_any_more(
    register: Register, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    business_clock.set_day(2026, 11, 20)
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "act4", "wage")
    how = {"format": "legacy_223", "part": "act4"}
    first = (await register.send(employer, legacy_line("2026-05", 248_000), params=how)).json()["file"]
    await register.send(employer, legacy_line("2026-04", 248_000), params=how)
    await register.rows(
        "UPDATE due_work SET failed = 'RuntimeError', attempts = 8 WHERE payload LIKE '%' || $1 || '%'", first
    )
    (task,) = await register.waiting("contribution_file")
    assert task["reason"] == "not_worked_off"
    await register.rows("UPDATE due_work SET failed = NULL, attempts = 0 WHERE failed IS NOT NULL")
    assert await register.waiting("contribution_file") == []
    business_clock.advance(minutes=5)
    await register.work_off()
    assert [row[0] for row in await register.lines()] == [202604, 202605]


async def test_what_a_line_says_of_a_spell_waits_for_two_officers(register: Register) -> None:
    """H 31 May 2026: the money is posted, the spell goes on; when both have said so, it ends."""
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "both", "wage")
    left = legacy_line("2026-05", 248_000, status="H", day="2026-05-31")
    assert (await register.sent(employer, left, params=LEGACY))["state"] == "accepted"
    await register.sent(employer, left, params=LEGACY)
    assert await register.events("spell.ended") == []
    (task,) = await _tasks(register)
    assert (task["reason"], task["facts"]["day"]) == ("ended", "2026-05-31")
    ((said,), (seen_by_another,)) = [
        [(await _said(register, party)).json()["data"]] for party in (party_of(employer), "employer:999")
    ]
    assert [(each["kind"], each["state"]) for each in said] == [("ended", "waiting")]
    assert seen_by_another == []
    await _proposed(register, task, "spell_as_stated")
    own = await _act(register, task, "approvals", FIRST, revision=1)
    assert (own.status_code, own.json()["code"]) == (403, "approver_is_proposer")
    assert (await _act(register, task, "approvals", SECOND, revision=1)).status_code == 201
    (ended,) = await register.events("spell.ended")
    assert ended["ended_on"] == "2026-05-31"
    assert (await _said(register, party_of(employer))).json()["data"][0]["state"] == "taken"
    await register.sent(employer, left, params=LEGACY)
    assert await _tasks(register) == []


async def test_officers_may_leave_a_spell_as_it_stands(register: Register) -> None:
    """M 10 May 2026: dropped, and not asked again."""
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "both", "wage")
    died = legacy_line("2026-05", 248_000, status="M", day="2026-05-10")
    await register.sent(employer, died, params=LEGACY)
    (task,) = await _tasks(register)
    assert task["reason"] == "died"
    await _proposed(register, task, "spell_as_it_stands")
    assert (await _act(register, task, "approvals", SECOND, revision=1)).status_code == 201
    await register.sent(employer, died, params=LEGACY)
    assert await _tasks(register) == []
    assert await register.events("spell.ended") == []


async def test_somebody_who_came_back_is_stated_though_the_line_is_set_aside(register: Register) -> None:
    """B 4 May 2026 of who left in 2024: no day of employment in May until both officers have said so."""
    employer, person = await register.employer(), await register.person()
    await register.ended(await register.spell(person, employer), "2024-12-31")
    await register.choose_template(employer, "both", "wage")
    back = legacy_line("2026-05", 248_000, status="B", day="2026-05-04")
    job = await register.sent(employer, back, params=LEGACY)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_outside_employment"]]
    (task,) = await _tasks(register)
    await _proposed(register, task, "spell_as_stated")
    assert (await _act(register, task, "approvals", SECOND, revision=1)).status_code == 201
    assert (await register.sent(employer, back, params=LEGACY))["state"] == "accepted"


@pytest.mark.parametrize(
    ("status", "day", "fault"),
    [("X", None, ["1", "status", "status_unknown"]), ("H", None, ["1", "date", "date_malformed"])]
    + [
        (status, day, ["1", "date", "date_out_of_range"])
        for status, day in (("M", str(today() + timedelta(days=1))), ("B", "1900-01-01"), ("H", "2199-01-01"))
    ],
)
async def test_a_status_that_means_nothing_sets_its_line_aside(
    register: Register, status: str, day: str | None, fault: list[str]
) -> None:
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "both", "wage")
    job = await register.sent(employer, legacy_line("2026-05", 248_000, status=status, day=day), params=LEGACY)
    assert await register.errors(job["file"], party_of(employer)) == [fault]
    for silent in ("S", "T"):
        taken = await register.sent(employer, legacy_line("2026-05", 248_000, status=silent), params=LEGACY)
        assert taken["state"] == "accepted"
    assert await _tasks(register) == []


async def _templates(register: Register, employer: str, party: str) -> httpx.Response:
    path = f"/v1/employers/{employer}/legacy-templates"
    return await register.as_party("GET", path, "registration:contribution_file:read", party)


async def _said(register: Register, party: str) -> httpx.Response:
    return await register.as_party("GET", "/v1/spell-statements", "registration:spell:read", party)


async def _amounts(register: Register) -> list[tuple[int, ...]]:
    rows = await register.rows(
        "SELECT act4_employer_sen, act4_employee_sen, act800_employer_sen, act800_employee_sen FROM contribution_line"
    )
    return [tuple(row) for row in rows]


async def _tasks(register: Register) -> list[dict[str, Any]]:
    answer = await register.service.call("GET", "/v1/tasks?queue=spell_statement", scopes=DECIDES)
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["data"] if each["state"] not in ("approved", "closed")]


async def _act(register: Register, task: dict[str, Any], what: str, officer: str, **body: Any) -> httpx.Response:
    path = f"/v1/tasks/{task['task']}/{what}"
    more: dict[str, Any] = {"json": body} if body else {}
    return await register.service.call("POST", path, scopes=DECIDES, subject=officer, **more)


async def _proposed(register: Register, task: dict[str, Any], kind: str) -> None:
    assert (await _act(register, task, "takings", FIRST)).status_code == 201
    answer = await _act(register, task, "proposals", FIRST, revision=task["revision"], says={"kind": kind})
    assert answer.status_code == 201, answer.text
