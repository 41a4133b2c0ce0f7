"""Archives of many employers' files: each member has its answer, and nothing in an archive leads out or grows."""

import asyncio
import io
import tarfile
import zipfile
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.registration.commands import (
    process_contribution_archive,
    submit_contribution_files,
    submit_contribution_statement,
)
from services.registration.commands.process_contribution_archive import ProcessContributionArchive
from services.registration.domain.contribution import FileFormat, Reading
from services.registration.domain.errors import ArchiveUnusable
from services.registration.files import archive as archives
from services.registration.files import formats
from services.registration.files.contribution_file import render
from services.registration.storage import archives as stored
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.envelope import Cause

PATH, WRITE, READ = (
    "/v1/contribution-archives",
    "registration:contribution_file:write",
    "registration:contribution_file:read",
)
AGENT = "agent:5"
OURS = render([line("2026-05", AT_2480)])
THEIRS = render([line("2026-05", AT_2480, code=OTHER_CODE, id_=OTHER_MYKAD)])


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return packed.getvalue()


def _tar(members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as opened:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.type = len(content), kind
            opened.addfile(member, io.BytesIO(content))
    return packed.getvalue()


async def _send(register: Register, content: bytes, party: str = AGENT) -> httpx.Response:
    headers = {"content-type": "application/zip"}
    return await register.as_party("POST", PATH, WRITE, party, content=content, headers=headers)


async def _members(register: Register, archive: str, party: str = AGENT) -> list[dict[str, Any]]:
    answer = await register.as_party("GET", f"{archive}/members", READ, party)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def _let(register: Register, employer: str, *, granted: bool = True, party: str | None = None) -> httpx.Response:
    body = {"agent": AGENT, "granted": granted}
    whose = party_of(employer) if party is None else party
    return await register.as_party("POST", f"/v1/employers/{employer}/agents", WRITE, whose, json=body)


@pytest.mark.parametrize("pack", [_zip, _tar])
async def test_each_member_is_a_file_of_its_own_and_harms_no_other(register: Register, pack: Any) -> None:
    """One employer lets the agent send, the other does not; a third file is cut in its last line."""
    employer, _ = await register.worker_of()
    await register.worker_of(OTHER_CODE, OTHER_MYKAD)
    assert (await _let(register, employer)).status_code == 201
    answer = await _send(register, pack({"a/ours.txt": OURS, "theirs.txt": THEIRS, "cut.txt": OURS[:-9]}))
    assert (answer.status_code, answer.json()["members"]) == (202, 3), answer.text
    await register.work_off()
    archive = answer.headers["location"]
    ours, theirs, cut = await _members(register, archive)
    assert (ours["name"], ours["state"], ours["code"]) == ("a/ours.txt", "received", None)
    assert (theirs["state"], theirs["code"]) == ("refused", "contribution_file_foreign_employer")
    assert (cut["code"], cut["line"]) == ("contribution_file_line_length", 1)
    job = (await register.job(ours["file"], AGENT)).json()
    assert (job["employer"], job["state"], job["accepted_lines"]) == (employer, "accepted", 1)
    state = (await register.as_party("GET", archive, READ, AGENT)).json()
    assert (state["state"], state["received"], state["refused"]) == ("finished", 1, 2)
    assert await register.rows("SELECT 1 FROM contribution_archive WHERE content_sealed IS NOT NULL") == []


async def test_an_employer_lets_so_many_send_as_are_shown(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five at once three are kept; who sends already is stated again, and who sends no more makes room."""
    monkeypatch.setattr(stored, "MOST_AGENTS", 3)
    employer, _ = await register.worker_of()
    path, whose = f"/v1/employers/{employer}/agents", party_of(employer)

    async def let(agent: int, *, granted: bool = True) -> httpx.Response:
        body = {"agent": f"agent:{agent}", "granted": granted}
        return await register.as_party("POST", path, WRITE, whose, json=body)

    answers = dict(zip(range(1, 6), await asyncio.gather(*(let(agent) for agent in range(1, 6))), strict=True))
    kept = [agent for agent, answer in answers.items() if answer.status_code == 201]
    assert sorted(answer.status_code for answer in answers.values()) == [201] * 3 + [409] * 2
    shown = (await register.as_party("GET", path, READ, whose)).json()["agents"]
    assert sorted(each["agent"] for each in shown) == [f"agent:{agent}" for agent in kept]
    assert (await let(kept[0])).status_code == 201
    refused = await let(9)
    assert (refused.status_code, refused.json()["code"]) == (409, "agents_too_many")
    assert (await let(kept[0], granted=False)).status_code == 201
    assert (await let(9)).status_code == 201
    other = await register.employer(OTHER_CODE)
    assert (await _let(register, other)).status_code == 201


async def test_a_worker_that_dies_amid_an_archive_loses_and_doubles_no_member(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two members in a transaction; the second transaction dies before its commit."""
    monkeypatch.setattr(process_contribution_archive, "_AT_ONCE", 2)
    employer, _ = await register.worker_of()
    await _let(register, employer)
    months = [f"2026-0{month}" for month in range(1, 6)]
    sent = await _send(register, _zip({month: render([line(month, AT_2480)]) for month in months}))
    command = ProcessContributionArchive(sent.json()["archive"])
    database, unit = register.service.worker.database, register.service.worker.work.unit
    for dies in (False, True):
        with pytest.raises(ZeroDivisionError) if dies else _nothing():
            async with database.begin(unit, Cause("test")) as uow:
                await process_contribution_archive.process_contribution_archive(command, uow)
                if dies:
                    raise ZeroDivisionError
    assert len(await _members(register, sent.headers["location"])) == 2
    await register.work_off()
    assert [each["name"] for each in await _members(register, sent.headers["location"])] == months
    assert sorted(row[0] for row in await register.rows("SELECT month FROM contribution_line")) == [
        int(month.replace("-", "")) for month in months
    ]


async def test_a_member_at_which_we_have_a_defect_stops_none_behind_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them as it is read, one as it is kept: each is told so, and its sender may send it by itself."""
    employer, _ = await register.worker_of()
    await _let(register, employer)
    files = {f"2026-0{month}": render([line(f"2026-0{month}", AT_2480)]) for month in range(1, 6)}
    format_, keeps = formats.FORMATS[FileFormat.COMBINED_278], submit_contribution_statement.sent_file

    def read(content: bytes, reading: Reading) -> Any:
        return 1 / 0 if content == files["2026-02"] or format_.read is None else format_.read(content, reading)

    def keep(upload: Any, *said: Any) -> Any:
        return 1 / 0 if upload.content == files["2026-04"] else keeps(upload, *said)

    monkeypatch.setitem(formats.FORMATS, FileFormat.COMBINED_278, replace(format_, read=read))
    monkeypatch.setattr(submit_contribution_files, "sent_file", keep)
    sent = await _send(register, _zip(files))
    await register.work_off()
    told = await _members(register, sent.headers["location"])
    failed = {each["name"] for each in told if each["code"] == "archive_member_failed"}
    assert (len(told), failed) == (5, {"2026-02", "2026-04"})
    assert [row[0] for row in await register.rows("SELECT month FROM contribution_line ORDER BY 1")] == [
        *(202601, 202603, 202605)
    ]
    assert (await register.as_party("GET", sent.headers["location"], READ, AGENT)).json()["state"] == "finished"


async def test_of_one_employers_files_in_an_archive_the_later_one_is_the_last_word(register: Register) -> None:
    """Members are received in one statement, in their order; the same bytes twice are one job, received last."""
    employer, _ = await register.worker_of()
    await _let(register, employer)
    june, again = render([line("2026-06", AT_2600)]), render([line("2026-06", AT_3050)])
    sent = await _send(register, _zip({"1": june, "2": again, "3": june}))
    await register.work_off()
    first, second, third = await _members(register, sent.headers["location"])
    assert first["file"] == third["file"] != second["file"]
    (stands,) = await register.rows("SELECT wage_sen FROM contribution_line")
    assert stands[0] == 260_000
    assert len(await register.rows("SELECT 1 FROM contribution_file")) == 2


async def test_a_large_member_and_small_ones_of_its_employer_keep_their_order(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit_contribution_statement, "LINES_IN_A_PIECE", 1)
    employer, _ = await register.worker_of()
    await _let(register, employer)
    small, large = render([line("2026-06", AT_2600)]), months_at_2480("2026-04", "2026-05")
    sent = await _send(register, _zip({"1": small, "2": large, "3": render([line("2026-06", AT_3050)])}))
    command = ProcessContributionArchive(sent.json()["archive"])
    async with register.service.worker.database.begin(register.service.worker.work.unit, Cause("test")) as uow:
        await process_contribution_archive.process_contribution_archive(command, uow)
    files = [each["file"] for each in await _members(register, sent.headers["location"])]
    rows = await register.rows("SELECT file, pieces FROM contribution_file ORDER BY receipt")
    assert [str(row[0]) for row in rows] == files
    assert [row[1] > 0 for row in rows] == [False, True, False]


async def test_what_an_employer_takes_back_holds_for_the_next_archive(register: Register) -> None:
    """Nobody else says it, not an officer either, and a file that is posted by an agent is refused as before."""
    employer, _ = await register.worker_of()
    assert (await _let(register, employer, party="")).status_code == 403
    assert (await _let(register, employer, party=AGENT)).status_code == 403
    agents = (await _let(register, employer)).json()["agents"]
    assert [each["agent"] for each in agents] == [AGENT]
    assert (await _let(register, employer, granted=False)).json()["agents"] == []
    sent = await _send(register, _zip({"ours.txt": OURS}))
    await register.work_off()
    (member,) = await _members(register, sent.headers["location"])
    assert member["code"] == "contribution_file_foreign_employer"
    hidden = await register.as_party("GET", f"/v1/employers/{employer}/agents", READ, AGENT)
    assert hidden.status_code == 404


async def test_nobody_else_sees_an_archive(register: Register) -> None:
    await register.employer()
    location = (await _send(register, _zip({"a": OURS}))).headers["location"]
    for party in ("agent:6", ""):
        for path in (location, f"{location}/members"):
            assert (await register.as_party("GET", path, READ, party)).status_code == 404


def _link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        member = zipfile.ZipInfo("link")
        member.external_attr = 0o120777 << 16
        opened.writestr(member, "/etc/passwd")
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        OURS,
        _zip({}),
        _zip({"../out.txt": OURS}),
        _zip({"/etc/cron": OURS}),
        _zip({"c:\\out": OURS}),
        _zip({"a\nb": OURS}),
        _zip({"n" * 300: OURS}),
        _zip({"a": OURS})[:-30],
        _link(),
        _tar({"link": b""}, tarfile.SYMTYPE),
        _tar({"device": b""}, tarfile.CHRTYPE),
        _zip({"bomb": bytes(33 << 20)}),
    ],
    ids=lambda content: f"{content[:4]!r}{len(content)}",
)
async def test_what_is_no_archive_of_plain_files_is_refused_whole(register: Register, content: bytes) -> None:
    answer = await _send(register, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "archive_unusable")
    assert await register.rows("SELECT 1 FROM contribution_archive") == []


def test_all_members_together_are_bounded_and_a_length_that_lies_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is unpacked never gets longer than the archive says, and what it says is bounded."""
    packed = _zip({"a": bytes(1_000), "b": bytes(1_000)})
    monkeypatch.setattr(archives, "LARGEST_UNPACKED_BYTES", 1_999)
    with pytest.raises(ArchiveUnusable):
        archives.read_archive(packed)
    monkeypatch.undo()
    lying = packed.replace((1_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(ArchiveUnusable):
        archives.read_archive(lying).content(1)


class _nothing:  # noqa: N801 - stands where pytest.raises would
    def __enter__(self) -> None:
        """Nothing is expected."""

    def __exit__(self, *_: object) -> None:
        """Nothing is caught."""
