"""Files that name an erased person: what is not worked off comes first, and of what is known nothing is read for it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registration.files.contribution_file import render
from services.registration.storage.contribution_files import ContributionFileRepository
from services.registration.storage.contribution_pieces import ContributionPieceRepository
from services.registration.storage.traces import KeptFile, TraceRepository
from services.registration.tests.api import test_contribution_archives as archives
from services.registration.tests.api import test_events as pushed
from services.registration.tests.api.test_erasure_traces import granted
from services.registration.tests.api.test_erasures import (
    READ,
    another,
    certificate,
    died,
    erased,
    names_nobody,
    person,
    readable,
    run_timer,
)
from services.registration.tests.api.test_erasures import _recalled as recalled
from services.registration.tests.api.test_erasures import again as again
from services.registration.tests.support import (
    AT_2480,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.officers import Officers
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by

pytestmark = pytest.mark.postgres

MISTAKE = {"reason": "registered_by_mistake"}
STRANGER = "880101145676"
OF_OTHER = line("2026-05", AT_2480, id_=OTHER_MYKAD, name="Siti binti Omar")
NOT_KNOWN = line("2026-05", AT_2480, id_=STRANGER, name="Not Known", code=OTHER_CODE)
NOT_KNOWN_HERE = line("2026-05", AT_2480, id_=STRANGER, name="Not Known")
OF_SECOND = line("2026-05", AT_2480, id_=OTHER_MYKAD, code=OTHER_CODE)
WRONG_AMOUNT = line("2026-05", AT_2480 | {"act4_employer": 1}, id_=OTHER_MYKAD, name="Siti binti Omar")


async def later(register: Register, kind: str) -> None:
    """Nobody works off what was left of this kind, for as long as the test does not."""
    ((left,),) = await register.rows(
        "WITH put_off AS (UPDATE due_work SET due_at = 'infinity' WHERE kind = $1 RETURNING 1) "
        "SELECT count(*) FROM put_off",
        kind,
    )
    assert left


async def refused_worker(register: Register) -> tuple[str, str]:
    """An employer, and somebody who never worked there, as an officer found: nothing is kept of it by law."""
    employer, number = await register.worker_of()
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    path = f"/v1/spells/{spell}/verification/refusal"
    scopes = ["registration:spell:verify", "registration:spell:write"]
    refused = await register.service.call("POST", path, scopes=scopes, json={})
    assert refused.is_success, refused.text
    return employer, number


async def test_a_file_that_is_not_worked_off_comes_first(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 3)
    employer, number = await register.worker_of()
    file = (await register.send(employer, months_at_2480("2026-05"))).json()["file"]
    await later(register, "process_contribution_file")
    found = await erased(register, number)
    assert (found["state"], found["held_until"]) == ("held", "2026-11-01")
    assert found["holds"] == [{"reason": "file_waits", "about": None, "owner": "service:registration"}]
    path, scopes = f"/v1/erasures/{found['erasure']}", [READ, "registration:contribution_file:read"]
    shown = await register.service.call("GET", path, scopes=scopes)
    assert [each["about"] for each in shown.json()["holds"]] == [file], "to who may read files"
    await register.process(file)
    business_clock.advance(minutes=11)
    await register.work_off()
    ended = await certificate(register, found["erasure"])
    counts = {each["record_class"]: each["rows"] for each in ended["erased"]}
    assert (ended["state"], counts["uploads"]) == ("partly", 1)
    assert len(await register.lines()) == 1, "what it said is an entry"


async def test_so_does_an_archive_of_who_sends_the_employers_files(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    employer, number = await register.worker_of()
    assert (await archives._let(register, employer)).status_code == 201
    assert (await archives._send(register, archives._zip({"ours.txt": archives.OURS}))).status_code == 202
    await later(register, "process_contribution_archive")
    found = await erased(register, number)
    assert [each["reason"] for each in found["holds"]] == ["file_waits"]
    await register.rows("UPDATE due_work SET due_at = '2026-01-01' WHERE kind = 'process_contribution_archive'")
    business_clock.advance(minutes=11)
    await register.work_off()
    business_clock.advance(minutes=11)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "partly"
    assert await register.rows("SELECT FROM contribution_upload") == []


async def failed(register: Register, kind: str) -> None:
    """Nobody can work off what was left of this kind."""
    await register.rows("UPDATE due_work SET failed = 'RuntimeError', attempts = 8 WHERE kind = $1", kind)


async def test_of_a_file_that_failed_for_good_officers_are_asked_and_then_it_goes_on(
    register: Register, business_clock: BusinessClock
) -> None:
    """No file of its employer waits for it: nobody was asked, and whom it ever employed was never erased."""
    business_clock.set_day(2026, 8, 3)
    employer, number = await refused_worker(register)
    file = (await register.send(employer, months_at_2480("2026-05"))).json()["file"]
    await failed(register, "process_contribution_file")
    assert await register.waiting("contribution_file") == []
    found = await erased(register, number, **MISTAKE)
    assert found["holds"] == [{"reason": "file_failed", "about": None, "owner": "officer:contribution_file"}]
    (task,) = await register.waiting("contribution_file")
    assert (task["reason"], task["subject"]["id"]) == ("not_worked_off", file)
    assert (await register.decided("contribution_file", "file_closed")).status_code == 201
    business_clock.advance(hours=24)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert await register.rows("SELECT FROM contribution_upload") == []


async def test_so_they_are_where_the_timer_would_erase(register: Register, business_clock: BusinessClock) -> None:
    """It passed the person over each day, and said so to nobody."""
    business_clock.set_day(2026, 8, 3)
    employer, number = await refused_worker(register)
    await died(register, number_of(number), "2010-01-01")
    await register.send(employer, months_at_2480("2026-05"))
    await failed(register, "process_contribution_file")
    await run_timer(register)
    assert (await person(register, number)).status_code == 200
    assert len(await register.waiting("contribution_file")) == 1
    assert (await register.decided("contribution_file", "file_closed")).status_code == 201
    await run_timer(register)
    assert (await person(register, number)).json()["code"] == "person_erased"


async def test_what_comes_after_it_was_granted_does_not_postpone_it_and_goes_too(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    employer, number = await refused_worker(register)
    await granted(register, number, **MISTAKE)
    business_clock.advance(minutes=1)
    file = (await register.send(employer, render([line("2026-05", AT_2480), NOT_KNOWN_HERE]))).json()["file"]
    await later(register, "process_contribution_file")
    await register.work_off()
    assert (await person(register, number)).json()["code"] == "person_erased"
    await failed(register, "process_contribution_file")
    business_clock.advance(minutes=11)
    (task,) = await register.waiting("contribution_file")
    assert task["subject"]["id"] == file, "of what fails then somebody is asked"
    assert (await register.decided("contribution_file", "file_closed")).status_code == 201
    business_clock.advance(hours=24)
    await register.work_off()
    assert await register.rows("SELECT FROM contribution_upload") == []
    names_nobody(await readable(register))


@pytest.mark.parametrize("by_officer", [False, True])
async def test_an_archive_that_failed_for_good_postpones_nothing(register: Register, *, by_officer: bool) -> None:
    """An officer's would postpone every erasure that there is."""
    employer, number = await refused_worker(register)
    assert (await archives._let(register, employer)).status_code == 201
    content = archives._zip({"ours.txt": archives.OURS})
    if by_officer:
        headers = {"content-type": "application/zip"}
        how: dict[str, Any] = {"scopes": [archives.WRITE], "content": content, "headers": headers}
        assert (await register.service.call("POST", archives.PATH, **how)).status_code == 202
    else:
        assert (await archives._send(register, content)).status_code == 202
    assert await register.rows("SELECT is_of_officer FROM contribution_archive") == [(by_officer,)]
    await failed(register, "process_contribution_archive")
    assert (await erased(register, number, **MISTAKE))["state"] == "erased"


async def test_of_who_never_worked_for_its_sender_no_file_comes_first(register: Register) -> None:
    employer, number = await register.employer(), await register.person()
    assert (await register.send(employer, months_at_2480("2026-05"))).status_code == 202
    await later(register, "process_contribution_file")
    assert (await erased(register, number, **MISTAKE))["state"] == "erased"


async def test_what_was_pushed_and_is_not_worked_off_comes_first(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    employer, number = await refused_worker(register)
    await pushed.push(register, employer, pushed.wage("2026-05", "2480.00"))
    await later(register, "handle_inbound")
    found = await erased(register, number, **MISTAKE)
    assert found["holds"] == [{"reason": "pushed_event_waits", "about": None, "owner": "service:registration"}]
    await register.rows("UPDATE due_work SET due_at = '2026-01-01' WHERE kind = 'handle_inbound'")
    business_clock.advance(minutes=11)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"


async def test_a_file_that_comes_later_names_nobody_who_is_known(register: Register) -> None:
    employer, number = await refused_worker(register)
    assert (await erased(register, number, **MISTAKE))["state"] == "erased"
    job = await register.sent(employer, months_at_2480("2026-05"))
    assert job["state"] == "rejected"
    assert await register.errors(job["file"], party_of(employer)) == [["1", "id", "person_unknown"]]
    assert await register.rows("SELECT FROM contribution_file_person WHERE persons <> '{}'") == []


def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens the bytes of a file from now on fails."""

    async def opened(*_: Any) -> Any:
        raise AssertionError("the bytes are opened")

    monkeypatch.setattr(ContributionFileRepository, "content", opened)
    monkeypatch.setattr(ContributionPieceRepository, "get", opened)


async def test_no_file_is_read_of_which_it_is_known_whom_it_names(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that names the person, nor one that does not, whatever was wrong in it."""
    employer, number = await register.worker_of()
    await register.spell(await another(register), employer)
    own = await register.sent(employer, render([line("2026-05", AT_2480), OF_OTHER]))
    wrong = await register.sent(employer, render([WRONG_AMOUNT]))
    assert (own["state"], wrong["state"]) == ("accepted", "rejected")
    nothing_is_read(monkeypatch)
    found = await erased(register, number)
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    assert (found["state"], counts["uploads"]) == ("partly", 1)
    assert [str(row[0]) for row in await register.rows("SELECT file FROM contribution_upload")] == [wrong["file"]]
    assert await register.rows("SELECT FROM contribution_file_person WHERE file = $1", UUID(own["file"])) == []


async def test_a_file_of_who_registered_a_person_and_never_employed_it_goes_too(register: Register) -> None:
    employer = await register.employer()
    number = await register.person(party=party_of(employer))
    job = await register.sent(employer, months_at_2480("2026-05"))
    assert await register.errors(job["file"], party_of(employer)) == [["1", "id", "person_unknown"]]
    assert (await erased(register, number, **MISTAKE))["state"] == "erased"
    assert await register.rows("SELECT FROM contribution_upload") == []
    names_nobody(await readable(register))


async def test_of_a_file_in_pieces_those_are_read_of_which_lines_were_set_aside(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("files.pieces", "files.parts", "commands.submit_contribution_statement"):
        monkeypatch.setattr(f"services.registration.{module}.LINES_IN_A_PIECE", 3)
    ids = [f"9001011456{each:02d}" for each in range(9)]
    employer = await register.employer()
    people = [await register.person(id_) for id_ in ids]
    for each in people:
        await register.spell(each, employer)
    lines = [line("2026-05", AT_2480, id_=id_) for id_ in ids]
    strange = line("2026-05", AT_2480, id_=STRANGER, name="Not Known")
    job = await register.sent(employer, render([*lines[:4], strange, *lines[4:]]))
    assert job["state"] == "partly_rejected"
    named = await register.rows("SELECT number, persons, of_all_lines FROM contribution_file_person ORDER BY number")
    numbers = [number_of(each) for each in people]
    assert [tuple(row) for row in named] == [
        (1, numbers[:3], True),
        (2, numbers[3:5], False),
        (3, numbers[5:8], True),
        (4, numbers[8:], True),
    ]
    read: list[int] = []
    get = ContributionPieceRepository.get

    async def looked(self: ContributionPieceRepository, file: UUID, number: int) -> Any:
        read.append(number)
        return await get(self, file, number)

    monkeypatch.setattr(ContributionPieceRepository, "get", looked)
    await erased(register, people[8])
    assert read == [2]
    left = await register.job(job["file"], party_of(employer), "/rejected-lines")
    assert left.content == render([strange])
    assert await register.rows("SELECT FROM contribution_piece") == []


@pytest.mark.parametrize("is_of_before", [False, True])
async def test_a_file_that_nobody_knows_of_is_read(register: Register, *, is_of_before: bool) -> None:
    """One of before it was kept, and one that two officers closed."""
    employer, number = await register.worker_of()
    file = (await register.send(employer, months_at_2480("2026-05"))).json()["file"]
    if is_of_before:
        await register.work_off()
        await register.rows("DELETE FROM contribution_file_person")
    else:
        await register.rows("DELETE FROM due_work WHERE kind = 'process_contribution_file'")
        await closed(register, file)
    assert await register.rows("SELECT FROM contribution_file_person") == []
    found = await erased(register, number)
    assert (found["state"], await register.rows("SELECT FROM contribution_upload")) == ("partly", [])


async def closed(register: Register, file: str) -> None:
    """A file that two officers closed."""
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        job = await uow.contribution_files.lock(UUID(file))
        await uow.contribution_files.close(job, Officers("organisation:1", "officer-1", "officer-2", now()))


async def test_a_file_with_an_id_that_another_one_bore_is_read(register: Register) -> None:
    """Of whom a line is, is known by number; the id in it may be somebody else's, as officers found since."""
    employer, number = await register.worker_of()
    await register.spell(await another(register), employer)
    await register.sent(employer, render([OF_OTHER]))
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("ALTER TABLE national_id DISABLE TRIGGER USER")
        await owner.execute("UPDATE national_id SET withdrawn_at = now() WHERE person = $1", number_of(number))
        await owner.execute(
            "INSERT INTO national_id SELECT (jsonb_populate_record(known, jsonb_build_object('id', gen_random_uuid(), "
            "'person', CAST($1 AS integer), 'withdrawn_at', now()))).* FROM national_id AS known WHERE person = 2",
            number_of(number),
        )
        await owner.execute("ALTER TABLE national_id ENABLE TRIGGER USER")
    found: list[KeptFile] = []
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        found += await uow.traces.files([number_of(number)])
        found += await uow.traces.files([2])
    assert [(each.is_named, each.is_to_be_read) for each in found] == [(False, True), (True, False)]


def after_files(register: Register, monkeypatch: pytest.MonkeyPatch, do: Callable[[], Any]) -> None:
    """What happens once while a person is being erased, after its files were looked up."""
    files = TraceRepository.files

    async def looked(self: TraceRepository, numbers: Sequence[int]) -> list[KeptFile]:
        found = await files(self, numbers)
        monkeypatch.undo()
        await do()
        return found

    monkeypatch.setattr(TraceRepository, "files", looked)


@pytest.mark.parametrize("content", [[line("2026-05", AT_2480)], [line("2026-05", AT_2480), OF_OTHER]])
async def test_a_file_that_is_worked_off_while_a_person_is_erased_goes_too(
    register: Register, monkeypatch: pytest.MonkeyPatch, content: list[Any]
) -> None:
    employer, number = await refused_worker(register)
    await register.spell(await another(register), employer)
    jobs = []

    async def sent_and_worked_off() -> None:
        file = (await register.send(employer, render(content))).json()["file"]
        await register.process(file)
        jobs.append(file)

    await granted(register, number, **MISTAKE)
    after_files(register, monkeypatch, sent_and_worked_off)
    await register.work_off()
    assert (await person(register, number)).json()["code"] == "person_erased"
    assert len(jobs) == 1
    assert await register.rows("SELECT FROM contribution_upload") == []
    names_nobody(await readable(register))


async def test_a_backup_with_a_file_that_is_not_worked_off_does_not_bring_it_back(
    register: Register, again: Register
) -> None:
    for each in (register, again):
        employer, number = await refused_worker(each)
    assert (await again.send(employer, months_at_2480("2026-05"))).status_code == 202
    other = (await again.send(employer, render([OF_OTHER]))).json()["file"]
    await erased(register, number, **MISTAKE)
    await recalled(again, await published_by(register.service))
    ((due,),) = await again.rows("SELECT count(*) FROM due_work WHERE kind = 'erase_late_files'")
    if due:
        await again.rows("UPDATE due_work SET due_at = now() WHERE kind = 'erase_late_files'")
        await again.work_off()
    assert [str(row[0]) for row in await again.rows("SELECT file FROM contribution_upload")] == [other]
    names_nobody(await readable(again))


async def test_nor_does_one_of_whoever_registered_the_person_and_never_employed_it(
    register: Register, again: Register
) -> None:
    """That it did says a fact, which is erased: its files are known by what was noted of them."""
    for each in (register, again):
        employer = await each.employer()
        number = await each.person(party=party_of(employer))
    assert (await again.send(employer, months_at_2480("2026-05"))).status_code == 202
    await erased(register, number, **MISTAKE)
    await recalled(again, await published_by(register.service))
    for _ in range(2):
        await again.work_off()
        await again.rows("UPDATE due_work SET due_at = now() WHERE kind = 'erase_late_files'")
    assert await again.rows("SELECT FROM contribution_upload") == []
    names_nobody(await readable(again))


async def test_of_an_erased_one_no_file_goes_that_does_not_name_it(register: Register) -> None:
    employer, number = await refused_worker(register)
    await register.spell(await another(register), employer)
    job = await register.sent(employer, render([OF_OTHER]))
    await erased(register, number, **MISTAKE)
    async with register.service.database.connection() as worker:
        with pytest.raises(asyncpg.RestrictViolationError):
            await worker.execute("SELECT erase_files_of(ARRAY[1], ARRAY[$1::uuid])", UUID(job["file"]))


async def test_whom_files_name_that_are_worked_off_together_is_known_of_each(register: Register) -> None:
    first, number = await register.worker_of()
    second, other = await register.worker_of(OTHER_CODE, OTHER_MYKAD)
    files = [
        (await register.send(first, months_at_2480("2026-05"))).json()["file"],
        (await register.send(second, render([NOT_KNOWN, OF_SECOND]))).json()["file"],
    ]
    await register.work_off()
    named = await register.rows("SELECT file::text, persons, of_all_lines FROM contribution_file_person ORDER BY 2")
    assert [tuple(row) for row in named] == [
        (files[0], [number_of(number)], True),
        (files[1], [number_of(other)], False),
    ]
