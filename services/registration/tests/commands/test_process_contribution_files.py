"""Many files of different employers in one transaction leave what each would have left by itself."""

import asyncio
from typing import Any

import pytest

from services.registration.commands import process_contribution_files
from services.registration.commands.check_contribution_files import check_contribution_files
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
    work_off_lines,
)
from services.registration.commands.process_contribution_files import ProcessContributionFiles
from services.registration.commands.submit_contribution_statement import receive_small
from services.registration.domain.contribution import FileJob, Reading
from services.registration.files import contribution_csv
from services.registration.files.contribution_file import FileLine, render
from services.registration.storage.contribution_files import ContributionFileRepository, SentFile
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    NOTHING,
    Died,
    Register,
    legacy_line,
    line,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import employer_number
from shared.persistence.asked import Asked
from shared.persistence.engine import Database
from shared.testing.round_trips import RoundTrips

FIRMS = 4
# June twice, the second time with a fault for each third firm, and May.
SENT = (
    ("2026-06", (AT_2600, AT_3050, AT_2600)),
    ("2026-06", (AT_3050, NOTHING, {**AT_2600, "act4_employer": 1})),
    ("2026-05", (AT_2480, AT_2480, AT_2480)),
)
# Of each employer, in columns behind its number.
STANDS = {
    "lines": """
        SELECT employer, month, revision, wage_sen, act4_employer_sen, act800_employee_sen, skbbk_employee_sen
        FROM contribution_line""",
    "sums": """
        SELECT file.employer, sums.basis, sums.month, sums.lines, sums.wages_sen, sums.act4_employer_sen
        FROM contribution_file_sum AS sums JOIN contribution_file AS file USING (file)""",
    "accounts": "SELECT employer, month, act4_employer_sen, act800_employee_sen, due_on FROM contribution_account",
    "files": "SELECT employer, state, accepted_lines, rejected_lines, finished_at IS NULL FROM contribution_file",
    "faults": """
        SELECT file.employer, fault.line, fault.field, fault.code
        FROM contribution_file_fault AS fault JOIN contribution_file AS file USING (file)""",
    "changed": "SELECT employer, month, employment_injury_sen, invalidity_sen FROM changed_line",
    "refunds": "SELECT employer, month, revision FROM refund",
    "spells": "SELECT employer, confirmed_month, confirmed_wage_sen, revision FROM spell",
}
EVENTS = ("contributions.received", "contribution.totals", "spell.confirmed")


def _code(number: int) -> str:
    return f"F{number:011d}"


def _mykad(number: int) -> str:
    return f"9001{number + 1:02d}14{number + 1:04d}"


def _line(number: int, month: str, amounts: dict[str, int]) -> FileLine:
    return line(month, amounts, id_=_mykad(number), code=_code(number))


async def _firms(register: Register, count: int = FIRMS) -> list[str]:
    return [(await register.worker_of(_code(number), _mykad(number)))[0] for number in range(count)]


async def _send(register: Register, employer: str, content: bytes, **how: Any) -> str:
    answer = await register.send(employer, content, **how)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["file"])


async def _each_sends(register: Register, firms: list[str], month: str = "2026-05") -> list[str]:
    return [await _send(register, each, render([_line(number, month, AT_2480)])) for number, each in enumerate(firms)]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each transaction for many closed."""
    seen: list[int] = []

    async def counted(command: Any, uow: Any) -> Any:
        seen.append(len(command.files))
        return await work_off_lines(command, uow)

    monkeypatch.setattr(process_contribution_files, "work_off_lines", counted)
    return seen


async def test_together_they_leave_what_one_by_one_they_leave(
    register: Register, together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of twins the first are worked off by themselves, the others together."""
    firms = await _firms(register, 2 * FIRMS)
    apart, others = firms[:FIRMS], firms[FIRMS:]
    for twins, first in ((apart, 0), (others, FIRMS)):
        with monkeypatch.context() as patched:
            if twins is apart:
                patched.setattr(register.service.worker.runner, "_together", {})
            for month, amounts in SENT:
                for number, employer in enumerate(twins):
                    content = render([_line(first + number, month, amounts[number % 3])])
                    await _send(register, employer, content)
                await register.work_off()
    assert together == [FIRMS] * len(SENT)
    numbers = {employer_number(each): place for place, each in enumerate(firms)}
    for what, query in STANDS.items():
        found: dict[int, list[Any]] = {place: [] for place in range(2 * FIRMS)}
        for employer, *row in await register.rows(query):
            found[numbers[employer]].append(row)
        ordered = [sorted(found[place], key=str) for place in range(2 * FIRMS)]
        assert any(ordered[:FIRMS]), what
        assert ordered[:FIRMS] == ordered[FIRMS:], what
    for name in EVENTS:
        told = [
            (numbers[each["employer"]], {k: v for k, v in each.items() if k not in ("employer", "file", "received_at")})
            for each in await register.events(name)
        ]
        assert len(told) >= 2 * FIRMS, name
        for each in (event for _, event in told):
            for one in ("persons", "person", "spell", "started_on"):
                each.pop(one, None)
        of_apart = [event for place, event in sorted(told, key=lambda t: t[0]) if place < FIRMS]
        assert of_apart == [event for place, event in sorted(told, key=lambda t: t[0]) if place >= FIRMS], name


async def test_each_event_is_caused_by_the_request_that_sent_its_file(register: Register, together: list[int]) -> None:
    firms = await _firms(register)
    files = await _each_sends(register, firms)
    await register.work_off()
    assert together == [FIRMS]
    query = """
        SELECT convert_from(payload, 'UTF8')::jsonb ->> 'file' AS file, headers ->> 'ce_correlationid' AS story
        FROM outbox WHERE topic = 'contribution.received'
    """
    stories = [(row["file"], row["story"]) for row in await register.rows(query)]
    assert {file for file, _ in stories} == set(files)
    # Of each file its lines and its totals.
    assert len(stories) == 2 * FIRMS
    assert len({story for _, story in stories}) == FIRMS
    assert len(set(stories)) == FIRMS


async def test_what_came_later_of_an_employer_is_the_last_word(register: Register, together: list[int]) -> None:
    """Two files of one employer are not of one transaction: what each brought is the difference to what stood."""
    employer, *others = await _firms(register)
    for number, each in enumerate([employer, *others]):
        await _send(register, each, render([_line(number, "2026-06", AT_2600)]))
    await _send(register, employer, render([_line(0, "2026-06", AT_3050)]))
    await register.work_off()
    assert together == [FIRMS]
    (stands,) = await register.rows(
        "SELECT wage_sen, revision FROM contribution_line WHERE employer = $1", employer_number(employer)
    )
    assert tuple(stands) == (305_000, 2)
    sums = "SELECT act4_employer_sen FROM contribution_account WHERE employer = $1"
    assert [row[0] for row in await register.rows(sums, employer_number(employer))] == [5_335]


async def test_a_file_that_cannot_be_worked_off_harms_no_other(
    register: Register, together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = await _firms(register)
    files = await _each_sends(register, firms)

    async def broken(command: Any, uow: Any) -> Any:
        if files[1] in {str(job.id) for job in command.contents}:
            raise ValueError("never")
        return await check_contribution_files(command, uow)

    monkeypatch.setattr(process_contribution_files, "check_contribution_files", broken)
    await register.work_off()
    # By itself nothing is wrong with it: the handler of one is not the one that was broken.
    assert together == []
    states = await register.rows("SELECT state FROM contribution_file")
    assert [row[0] for row in states] == ["accepted"] * FIRMS
    assert await register.rows("SELECT 1 FROM due_work WHERE kind = 'process_contribution_file'") == []


async def test_what_lays_itself_over_others_is_worked_off_by_itself(register: Register, together: list[int]) -> None:
    """A legacy file of one Act leaves the other Act's amounts as the file before it said."""
    employer, *others = await _firms(register)
    await register.choose_template(employer, "act4", "wage")
    await _send(register, employer, render([_line(0, "2026-05", AT_2480)]))
    legacy = legacy_line("2026-05", 305_000, id=_mykad(0), code=_code(0))
    await _send(register, employer, legacy, params={"format": "legacy_223", "part": "act4"})
    for number, each in enumerate(others, start=1):
        await _send(register, each, render([_line(number, "2026-05", AT_2480)]))
    await register.work_off()
    assert together == [FIRMS]
    (stands,) = await register.rows(
        "SELECT act4_employer_sen, act800_employer_sen FROM contribution_line WHERE employer = $1",
        employer_number(employer),
    )
    assert tuple(stands) == (5_335, 490)


async def test_of_files_of_every_format_some_correct_what_stood_and_some_are_the_first(
    register: Register, together: list[int]
) -> None:
    """Each is read by its own format, and only what it changed is told of it: 44.65 in place of 42.85, and 42.85."""
    corrected, of_csv, legacy, faulty = await _firms(register)
    await register.choose_template(legacy, "both", "wage")
    await _send(register, corrected, render([_line(0, "2026-05", AT_2480)]))
    await register.work_off()
    unknown = line("2026-05", AT_2480, id_=_mykad(9), code=_code(3))
    sent = [
        (corrected, render([_line(0, "2026-05", AT_2600 | {"skbbk_employee": 0})]), {}),
        (of_csv, contribution_csv.render([_line(1, "2026-05", AT_2480)]), {"format": "csv"}),
        (
            legacy,
            legacy_line("2026-05", 248_000, id=_mykad(2), code=_code(2)),
            {"format": "legacy_223", "part": "both"},
        ),
        (faulty, render([_line(3, "2026-05", AT_2480), unknown]), {}),
    ]
    for employer, content, how in sent:
        await _send(register, employer, content, params=how)
    await register.work_off()
    assert together == [1, FIRMS] or together == [FIRMS]
    numbers = {employer_number(each): each for each, _, _ in sent}
    stands = "SELECT employer, revision, act4_employer_sen FROM contribution_line"
    lines = {numbers[row[0]]: tuple(row)[1:] for row in await register.rows(stands)}
    assert lines == {corrected: (2, 4_465), of_csv: (1, 4_285), legacy: (1, 4_285), faulty: (1, 4_285)}
    told = [(numbers[each["employer"]], each["act4_employer_sen"]) for each in await register.events(EVENTS[1])]
    assert sorted(told) == sorted(
        [(corrected, 4_285), (corrected, 180), (of_csv, 4_285), (legacy, 4_285), (faulty, 4_285)]
    )
    ((employer, at, code),) = await register.rows(
        "SELECT file.employer, line, code FROM contribution_file_fault JOIN contribution_file AS file USING (file)"
    )
    assert (numbers[employer], at, code) == (faulty, 2, "person_unknown")


async def test_a_month_that_is_paid_and_a_receipt_that_waits_are_looked_at(
    register: Register, together: list[int]
) -> None:
    """42.85 + 12.25 + 4.90 + 4.90 = 64.90 of each; the first employer has paid before it declares."""
    firms = await _firms(register)
    await register.banked(firms[0], "2026-05", "64.90")
    assert await register.rows("SELECT 1 FROM contribution_account") == []
    await _each_sends(register, firms)
    await register.work_off()
    assert together == [FIRMS]
    (banked,) = await register.rows(
        "SELECT banked_sen FROM contribution_account WHERE employer = $1", employer_number(firms[0])
    )
    assert banked[0] == 6_490
    # Of the paid month a line is corrected, among files of others: what follows of it is looked at.
    for number, each in enumerate(firms):
        await _send(register, each, render([_line(number, "2026-05", NOTHING | {"skbbk_employee": 0})]))
    await register.work_off()
    assert [each["employer"] for each in await register.refunds(party_of(firms[0]))] == [firms[0]]


async def test_a_worker_that_dies_loses_and_doubles_nothing(register: Register) -> None:
    firms = await _firms(register)
    files = await _each_sends(register, firms)
    asked = [Asked(ProcessContributionFile(file), Cause("test")) for file in files]
    database, unit = register.service.worker.database, register.service.worker.work.unit

    async def dies() -> None:
        async with database.begin(unit, Cause("test")) as uow:
            assert (
                await process_contribution_files.process_contribution_files(ProcessContributionFiles(asked), uow) == []
            )
            await uow.flush()
            raise Died

    with pytest.raises(Died):
        await dies()
    assert await register.rows("SELECT 1 FROM contribution_line") == []
    await register.work_off()
    assert len(await register.events("contributions.received")) == FIRMS
    async with database.begin(unit, Cause("test")) as uow:
        # What is through already stays as it is.
        assert await process_contribution_files.process_contribution_files(ProcessContributionFiles(asked), uow) == []
    assert len(await register.events("contributions.received")) == FIRMS


async def test_a_file_that_is_gone_is_left_to_fail_by_itself(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is passed over in silence."""
    firms = await _firms(register)
    files = await _each_sends(register, firms)
    contents = ContributionFileRepository.contents

    async def without_one(self: ContributionFileRepository, files_: Any) -> Any:
        found = await contents(self, files_)
        return {file: content for file, content in found.items() if str(file) != files[2]}

    monkeypatch.setattr(ContributionFileRepository, "contents", without_one)
    asked = [Asked(ProcessContributionFile(file), Cause("test")) for file in files]
    asked.append(Asked(ProcessContributionFile("0197b6a0-6c00-7000-8000-123456789012"), Cause("test")))
    database, unit = register.service.worker.database, register.service.worker.work.unit
    async with database.begin(unit, Cause("test")) as uow:
        left = await process_contribution_files.process_contribution_files(ProcessContributionFiles(asked), uow)
    assert [each.command.file for each in left] == [files[2], "0197b6a0-6c00-7000-8000-123456789012"]
    async with database.begin(unit, Cause("test")) as uow:
        await process_contribution_file(ProcessContributionFile(files[2]), uow)
    assert len(await register.events("contributions.received")) == FIRMS


async def test_many_files_take_as_many_statements_as_few(register: Register) -> None:
    """Whom their numbers name, their lines and their sums: each is asked once for all of them."""
    firms = await _firms(register, 3 * FIRMS)
    worker = register.service.worker
    counts = []
    async with RoundTrips.counted(register.service.database.url("worker")) as (wire, url):
        database = Database(url, "registration", pool_size=1)
        # Each twice: the statements of a connection are prepared when they are asked first.
        for some, month in ((FIRMS, "01"), (3 * FIRMS, "02"), (FIRMS, "03"), (3 * FIRMS, "04")):
            files = await _each_sends(register, firms[:some], f"2026-{month}")
            asked = [Asked(ProcessContributionFile(file), Cause("test")) for file in files]
            wire.count = 0
            async with database.begin(worker.work.unit, Cause("test")) as uow:
                assert (
                    await process_contribution_files.process_contribution_files(ProcessContributionFiles(asked), uow)
                    == []
                )
            counts.append(wire.count)
        await database.close()
    *_, few, many = counts
    assert many == few <= 18


async def test_what_is_sent_again_is_held_in_the_order_in_which_it_is_worked_off(register: Register) -> None:
    """By employer and receipt, in whatever order an archive has them: nobody waits for whom it keeps waiting."""
    first, second = (await _firms(register))[:2]
    worker = register.service.worker
    contents = [(first, render([_line(0, month, AT_2480)])) for month in ("2026-04", "2026-05")]
    contents.append((second, render([_line(1, "2026-05", AT_2480)])))
    sent = [SentFile(employer_number(employer), 1, content, Reading()) for employer, content in contents]

    async def receive(files: list[SentFile]) -> list[FileJob]:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            return await receive_small(party_of(first), files, uow)

    files = [job.id for job in await receive(sent)]
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        held = [await uow.contribution_files.lock(files[0])]
        again = asyncio.create_task(receive(sent[::-1]))
        await register.over_or_waiting(again)
        held += await uow.contribution_files.lock_all(files[1:])
    assert [job.id for job in held] == files
    assert [job.id for job in await again] == files[::-1]


def test_no_more_lines_are_taken_together_than_a_transaction_should_have() -> None:
    """Nor what is large; the first of each employer alone."""

    def job(number: int, employer: int, lines: int, pieces: int = 0) -> FileJob:
        return FileJob(number, number, "t", employer, "received", lines, None, pieces=pieces)  # type: ignore[arg-type]

    jobs = [job(1, 1, 900), job(2, 1, 1), job(3, 2, 1_001), job(4, 2, 1), job(5, 3, 20_000, 2)]
    jobs += [job(10 + each, 10 + each, 1_000) for each in range(6)]
    taken = process_contribution_files._alike(jobs)
    assert [each.id for each in taken] == [1, 10, 11, 12, 13]
