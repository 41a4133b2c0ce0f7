"""A large file is worked off in pieces: nothing of it is lost or doubled, whenever the worker dies or others come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from services.registration.commands.help_with_contribution_file import (
    HelpWithContributionFile,
    help_with_contribution_file,
)
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.domain.contribution import FileFormat, Reading
from services.registration.domain.upload import Cut
from services.registration.files import contribution_csv, pieces
from services.registration.files.contribution_file import FileLine, render
from services.registration.storage.contribution_files import held_back
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.registration.tests.support import AT_2480, AT_2600, AT_3050, Died, Register, line, number_of, party_of
from shared.contracts.envelope import Cause

_NUMBERS = [f"9001011456{number:02d}" for number in range(10)]
_AT_2700 = {"wage": 270_000, "act4_employer": 4_635, "act4_employee": 1_325, "act800_employer": 530}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LINES_IN_A_PIECE", 3)
    monkeypatch.setattr("services.registration.commands.submit_contribution_statement.LINES_IN_A_PIECE", 3)


async def _people(register: Register) -> tuple[str, list[str]]:
    employer = await register.employer()
    people = [await register.person(number) for number in _NUMBERS]
    for person in people:
        await register.spell(person, employer)
    return employer, people


def _lines(month: str = "2026-05", amounts: dict[str, int] = AT_2480) -> list[FileLine]:
    return [line(month, amounts, id_=number) for number in _NUMBERS]


async def _steps(register: Register, file: str) -> int:
    """Work on a file, a transaction a step, until it is through; how many it took."""
    count = 0
    while await register.rows("SELECT 1 FROM contribution_file WHERE finished_at IS NULL"):
        await register.process(file)
        count += 1
    return count


async def test_a_file_in_pieces_comes_to_what_it_would_come_to_at_once(register: Register) -> None:
    """Ten lines: a look at the whole, four pieces, the end; one total, which is what stands."""
    employer, people = await _people(register)
    file = (await register.send(employer, render(_lines()))).json()["file"]
    assert await _steps(register, file) == 6
    job = (await register.job(file, party_of(employer))).json()
    assert (job["state"], job["lines"], job["accepted_lines"], job["rejected_lines"]) == ("accepted", 10, 10, 0)
    assert [(each["lines"], each["act4_employer"]["amount"]) for each in job["months"]] == [(10, "428.50")]
    told = await register.events("contributions.received")
    assert sorted(person for event in told for person in event["persons"]) == sorted(map(number_of, people))
    (totals,) = await register.events("contribution.totals")
    assert (totals["lines"], totals["act4_employer_sen"]) == (10, 42_850)
    assert len(await register.events("spell.confirmed")) == 10
    (account,) = await register.rows("SELECT declared_sen FROM contribution_account")
    assert account[0] == 10 * (4_285 + 1_225 + 490 + 490)


@pytest.mark.parametrize("steps", range(6))
async def test_a_worker_that_dies_in_any_step_loses_and_doubles_nothing(register: Register, steps: int) -> None:
    """It has done everything of the step but the commit; whoever goes on begins where the last commit ended."""
    employer, people = await _people(register)
    file = (await register.send(employer, render([*_lines(), line("2026-05", AT_2480, id_="900101145699")]))).json()
    for _ in range(steps):
        await register.process(file["file"])
    before = await register.events("contribution")
    with pytest.raises(Died):
        await register.process(file["file"], dies=True)
    assert await register.events("contribution") == before
    await register.work_off()
    told = await register.events("contributions.received")
    assert sorted(person for event in told for person in event["persons"]) == sorted(map(number_of, people))
    assert {revision for event in told for revision in event["revisions"]} == {1}
    (totals,) = await register.events("contribution.totals")
    assert totals["lines"] == 10
    assert await register.errors(file["file"], party_of(employer)) == [["11", "id", "person_unknown"]]
    job = (await register.job(file["file"], party_of(employer))).json()
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("partly_rejected", 10, 1)


async def _help(register: Register, file: str, *, dies: bool = False) -> None:
    """Another lane takes a piece, or dies before it commits."""
    async with _worker(register) as uow:
        await help_with_contribution_file(HelpWithContributionFile(file), uow)
        if dies:
            await uow.flush()
            raise Died


async def _done(register: Register) -> list[int]:
    return [row[0] for row in await register.rows("SELECT number FROM contribution_piece_done ORDER BY number")]


@asynccontextmanager
async def _worker(register: Register) -> AsyncIterator[RegistrationUnitOfWork]:
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        yield uow


async def test_two_lanes_take_pieces_of_one_file_and_none_of_them_twice(register: Register) -> None:
    """One has done everything of the first piece but the commit: the other takes the second meanwhile."""
    employer, people = await _people(register)
    file = (await register.send(employer, render(_lines()))).json()["file"]
    await register.process(file)
    async with _worker(register) as uow:
        await process_contribution_file(ProcessContributionFile(file), uow)
        await _help(register, file)
        assert await _done(register) == [2]
    await register.work_off()
    assert await _done(register) == [1, 2, 3, 4]
    told = await register.events("contributions.received")
    assert sorted(person for event in told for person in event["persons"]) == sorted(map(number_of, people))
    (totals,) = await register.events("contribution.totals")
    assert (totals["lines"], totals["act4_employer_sen"]) == (10, 42_850)


async def test_the_end_waits_for_whoever_is_at_the_last_piece(register: Register) -> None:
    """All others are done: the file is not closed, and nobody looks at it without end, until that one is."""
    employer, _ = await _people(register)
    file = (await register.send(employer, render(_lines()))).json()["file"]
    for _ in range(4):
        await register.process(file)
    async with _worker(register) as uow:
        await help_with_contribution_file(HelpWithContributionFile(file), uow)
        end = asyncio.create_task(register.process(file))
        await register.over_or_waiting(end)
        assert not end.done()
    await end
    assert await register.rows("SELECT 1 FROM contribution_file WHERE finished_at IS NOT NULL") == []
    await register.process(file)
    assert (await register.job(file, party_of(employer))).json()["accepted_lines"] == 10


@pytest.mark.parametrize("steps", range(1, 6))
async def test_a_lane_that_helps_and_dies_loses_and_doubles_nothing(register: Register, steps: int) -> None:
    """It has done everything of a piece but the commit; of what is begun by nobody, or through, it takes nothing."""
    employer, people = await _people(register)
    file = (await register.send(employer, render(_lines()))).json()["file"]
    await _help(register, file)
    assert await register.rows("SELECT 1 FROM contribution_piece_done") == []
    for _ in range(steps):
        await register.process(file)
    before = await register.events("contribution")
    with pytest.raises(Died):
        await _help(register, file, dies=True)
    assert await register.events("contribution") == before
    await register.work_off()
    await _help(register, file)
    told = await register.events("contributions.received")
    assert sorted(person for event in told for person in event["persons"]) == sorted(map(number_of, people))
    assert {revision for event in told for revision in event["revisions"]} == {1}
    (totals,) = await register.events("contribution.totals")
    assert totals["lines"] == 10


async def test_the_worker_goes_on_by_itself_and_the_watermark_waits_for_the_end(register: Register) -> None:
    """What is left after each piece is due at once; the receipt holds the watermark until everything is sent."""
    employer, _ = await _people(register)
    async with register.service.database.connection() as connection:
        await connection.execute("UPDATE outbox SET published_at = clock_timestamp()")
        await register.send(employer, render(_lines()))
        receipt = await connection.fetchval("SELECT stored_at FROM contribution_file")
        while await connection.fetchval("SELECT finished_at IS NULL FROM contribution_file"):
            assert await held_back(connection) == receipt
            assert await register.service.worker.runner.run_one()
        assert await held_back(connection) == receipt
    assert (await register.rows("SELECT count(*) FROM contribution_piece_done"))[0][0] == 4


async def test_lines_of_one_month_of_a_person_in_two_pieces_are_both_set_aside(register: Register) -> None:
    """The first piece has one of them, the last the other: neither is the month's wages."""
    employer, _ = await _people(register)
    again = line("2026-05", AT_2600, id_=_NUMBERS[0])
    job = await register.sent(employer, render([*_lines(), again]))
    assert (job["accepted_lines"], job["rejected_lines"]) == (9, 2)
    assert await register.errors(job["file"], party_of(employer)) == [
        ["1", "id", "duplicate_line"],
        ["11", "id", "duplicate_line"],
    ]


async def test_the_month_of_most_lines_is_that_of_the_file_and_not_of_a_piece(register: Register) -> None:
    """Of ten lines four are of April: in the first piece all, and they are set aside."""
    employer, _ = await _people(register)
    lines = [*_lines("2026-04")[:4], *_lines("2026-05")[4:]]
    job = await register.sent(employer, render(lines))
    assert (job["accepted_lines"], [each["month"] for each in job["months"]]) == (6, ["2026-05"])
    faults = await register.errors(job["file"], party_of(employer))
    assert [(fault[0], fault[2]) for fault in faults] == [(str(n), "month_not_confirmed") for n in range(1, 5)]


async def test_rejected_lines_come_back_byte_for_byte_from_every_piece(register: Register) -> None:
    """Of CSV with its header, once."""
    employer, _ = await _people(register)
    unknown = [line("2026-05", AT_2480, id_=f"80010114567{number}") for number in range(3)]
    lines = [unknown[0], *_lines()[:5], unknown[1], *_lines()[5:], unknown[2]]
    for content, params, header in (
        (render(lines), {}, b""),
        (contribution_csv.render(lines), {"format": "csv"}, ",".join(contribution_csv.HEADER).encode() + b"\r\n"),
    ):
        job = await register.sent(employer, content, params=params)
        assert (job["lines"], job["rejected_lines"]) == (13, 3)
        again = (await register.job(job["file"], party_of(employer), "/rejected-lines")).content
        sent = content.removeprefix(header).splitlines(keepends=True)
        assert again == header + b"".join([sent[0], sent[6], sent[12]])


async def test_what_is_sent_again_amid_the_work_is_another_file_and_the_last_word(register: Register) -> None:
    """A job that is begun takes no new receipt: its lines stand by the old one."""
    employer, _ = await _people(register)
    first = (await register.send(employer, render(_lines()))).json()["file"]
    assert (await register.send(employer, render(_lines()))).json()["file"] == first
    await register.process(first)
    await register.process(first)
    await register.send(employer, render(_lines("2026-05", AT_2600)))
    again = (await register.send(employer, render(_lines()))).json()["file"]
    assert again != first
    await register.work_off()
    assert {row[0] for row in await register.rows("SELECT wage_sen FROM contribution_line")} == {248_000}
    assert (
        await register.rows(
            "SELECT 1 FROM contribution_line WHERE receipt NOT IN (SELECT receipt FROM contribution_file)"
        )
        == []
    )


async def test_a_later_file_that_is_worked_off_amid_the_pieces_wins(register: Register) -> None:
    """June at RM2,600 in pieces; a correction of one worker comes and goes between them."""
    employer, _ = await _people(register)
    large = (await register.send(employer, render(_lines("2026-06", AT_2600)))).json()["file"]
    await register.process(large)
    await register.process(large)
    small = [line("2026-06", AT_3050, id_=number) for number in (_NUMBERS[0], _NUMBERS[9])]
    later = (await register.send(employer, render(small), params={"month": "2026-06"})).json()["file"]
    await register.process(later)
    await register.work_off()
    rows = await register.rows("SELECT wage_sen FROM contribution_line ORDER BY person")
    assert [row[0] for row in rows] == [305_000, *[260_000] * 8, 305_000]
    sums = await register.rows(
        "SELECT sum(declared_sen), (SELECT sum(act4_employer_sen + act4_employee_sen"
        " + act800_employer_sen + act800_employee_sen + skbbk_employee_sen)"
        " FROM contribution_line) FROM contribution_account"
    )
    assert sums[0][0] == sums[0][1]


def test_pieces_are_the_same_however_the_bytes_come() -> None:
    """Cut at every tenth byte, with every line end, with and without a last one, and with a DOS end mark."""
    for end, mark in ((b"\r\n", b""), (b"\n", b"\x1a")):
        content = render(_lines()).replace(b"\r\n", end).removesuffix(end) + mark
        whole = list(pieces.pieces_of(content, FileFormat.COMBINED_278))
        assert [piece.lines for piece in whole] == [3, 3, 3, 1]
        assert b"".join(piece.content for piece in whole) == content.removesuffix(mark)
        cut, rest, found = Cut(FileFormat.COMBINED_278), b"", []
        places = [*range(0, len(content), 10), len(content)]
        for start, stop in pairwise(places):
            cut, more, rest = pieces.cut_off(rest + content[start:stop], cut, is_end=stop == len(content))
            found += more
        assert found == whole
        assert (cut.pieces, cut.lines, rest) == (4, 10, b"")


def test_a_reading_says_what_the_whole_file_means() -> None:
    """No month named: nothing is added to the digest's key, so that files of before keep theirs."""
    assert Reading().key == ""


async def test_two_numbers_of_one_person_in_two_pieces_are_one_persons_month(register: Register) -> None:
    """The old card's number in the last piece, the new one's in the first: neither is the month's wages."""
    employer, people = await _people(register)
    body = {"national_id": {"kind": "old_ic", "number": "A1234567"}, "reason": "document_renewed", "evidence": "PP-1"}
    path, scope = f"/v1/persons/{people[0]}/national-ids", "registration:person:correct"
    assert (await register.as_party("POST", path, scope, json=body, subject="officer-3")).status_code == 202
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    job = await register.sent(employer, render([*_lines(), line("2026-05", AT_2480, id_="A1234567")]))
    faults = await register.errors(job["file"], party_of(employer))
    assert [(fault[0], fault[2]) for fault in faults] == [("1", "duplicate_line"), ("11", "duplicate_line")]


async def test_a_receipt_is_not_held_against_some_of_a_file(register: Register) -> None:
    """The bank received what the first piece comes to; ten lines are declared: it is a part, and of no fund yet."""
    employer, _ = await _people(register)
    file = (await register.send(employer, render(_lines()))).json()["file"]
    await register.process(file)
    await register.process(file)
    await register.rows("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'process_contribution_file' RETURNING 1")
    await register.banked(employer, "2026-05", "194.70")
    found = "SELECT revision, unallocated_for FROM contribution_receipt"
    assert [tuple(row) for row in await register.rows(found)] == [(0, None)]
    await _steps(register, file)
    await register.rows("UPDATE due_work SET due_at = now() WHERE kind = 'allocate_receipt' RETURNING 1")
    await register.work_off()
    assert [tuple(row) for row in await register.rows(found)] == [(1, "less_than_declared")]
