"""Erasures of one person, or of people whom one file names: each happens, or says why not, whoever is first."""

import asyncio
from collections.abc import Sequence

import pytest

from services.registration.commands import submit_contribution_statement
from services.registration.commands.erase_person import ErasePerson, erase_person
from services.registration.files import pieces
from services.registration.files.contribution_file import render
from services.registration.storage.retention import RetentionRepository
from services.registration.storage.traces import KeptFile, TraceRepository
from services.registration.tests.api.test_erasure_traces import NOT_KNOWN, STRANGER
from services.registration.tests.api.test_erasures import another, certificate, erased, state
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.support import AT_2480, MYKAD, OTHER_MYKAD, Register, line, party_of, self_of
from shared.contracts.envelope import Cause

pytestmark = pytest.mark.postgres


async def stated_of_two(register: Register) -> tuple[list[str], list[str]]:
    """Erasures of two numbers that are found to be one person's; the people and the erasures."""
    people = [await register.person(), await another(register)]
    erasures = [(await state(register, each)).json()["erasure"] for each in people]
    await register.work_off()
    first, other = people
    await merged(register, other, first, name=first, born_on=first, address=first)
    return people, erasures


async def stands(register: Register, erasures: list[str]) -> list[str]:
    return sorted([(await certificate(register, each))["state"] for each in erasures])


@pytest.mark.parametrize("how_many", [1, 2])
async def test_of_two_erasures_of_one_person_one_erases_and_the_other_is_over(
    register: Register, how_many: int
) -> None:
    """Granted as well, or waiting still: nobody has anything left to decide of it."""
    _, erasures = await stated_of_two(register)
    for task in (await register.waiting("erasure"))[:how_many]:
        assert (await register.decided_task(task, "erasure_granted")).status_code == 201
    await register.work_off()
    assert await stands(register, erasures) == ["erased", "refused"]
    assert await register.waiting("erasure") == []
    assert await register.rows("SELECT FROM due_work WHERE kind = 'erase_person'") == []


async def test_who_stated_one_of_them_approves_neither(register: Register) -> None:
    """Each was stated by an officer: of one person the two asked for the same."""
    first, other = await register.person(), await another(register)
    await state(register, first)
    said = {"person": other, "reason": "asked_by_person", "evidence": "PDP-1"}
    await register.as_party("POST", "/v1/erasures", "registration:erasure:write", "", json=said, subject="officer-4")
    await register.work_off()
    await merged(register, other, first, name=first, born_on=first, address=first)
    for task in await register.waiting("erasure"):
        revision = {"revision": task["revision"]}
        await register.act(task, "takings", "officer-4")
        await register.act(task, "proposals", "officer-4", **revision, says={"kind": "erasure_granted"})
        refused = await register.act(task, "approvals", "officer-3", **revision)
        assert (refused.status_code, refused.json()["code"]) == (403, "erasure_of_oneself")


async def test_what_the_law_keeps_of_one_person_is_asked_once_too(register: Register) -> None:
    _, worker = await register.worker_of()
    other = await another(register)
    erasures = [(await state(register, each)).json()["erasure"] for each in (worker, other)]
    await register.work_off()
    await merged(register, other, worker, name=worker, born_on=worker, address=worker)
    task, _ = await register.waiting("erasure")
    assert (await register.decided_task(task, "erasure_granted")).status_code == 201
    await register.work_off()
    assert await stands(register, erasures) == ["partly", "refused"]
    assert await register.waiting("erasure") == []


async def test_while_one_of_a_merged_number_waits_none_is_stated_of_the_survivor(register: Register) -> None:
    first, other = await register.person(), await another(register)
    assert (await state(register, other)).status_code == 202
    await register.work_off()
    await merged(register, other, first, name=first, born_on=first, address=first)
    answer = await state(register, first)
    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_waits")
    own = await state(register, first, party=self_of(first))
    assert (own.status_code, own.json()["code"]) == (409, "erasure_waits")


async def granted_both(register: Register, *people: str) -> list[str]:
    """The erasures of these people; the worker has begun none."""
    erasures = [(await state(register, each)).json()["erasure"] for each in people]
    for task in await register.waiting("erasure"):
        assert (await register.decided_task(task, "erasure_granted")).status_code == 201
    return erasures


async def two_in_a_file(register: Register) -> tuple[str, str, list[str]]:
    """An employer, its file in which the lines of two people and of a third are set aside, and the two people."""
    employer = await register.employer()
    people = [await register.person(), await another(register)]
    for each in people:
        await register.spell(each, employer)
    lines = [line("2026-05", AT_2480, id_=id_, name="Somebody Else") for id_ in (MYKAD, OTHER_MYKAD)]
    job = await register.sent(employer, render([*lines, NOT_KNOWN]))
    assert job["state"] == "rejected", job
    return employer, job["file"], people


async def erase_beside(register: Register, first: ErasePerson, second: ErasePerson) -> None:
    """The second begins while the first is done and not committed."""
    worker = register.service.worker

    async def other() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await erase_person(second, uow)

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await erase_person(first, uow)
        beside = asyncio.create_task(other())
        await register.over_or_waiting(beside)
    await beside


async def test_two_people_who_are_erased_at_once_are_both_out_of_what_is_left_of_a_file(register: Register) -> None:
    """Each of both cuts it: neither brings back what the other one took away."""
    employer, file, people = await two_in_a_file(register)
    one, two = await granted_both(register, *people)
    await erase_beside(register, ErasePerson(one), ErasePerson(two))
    assert await stands(register, [one, two]) == ["partly", "partly"]
    left = (await register.job(file, party_of(employer), "/rejected-lines")).text
    assert MYKAD not in left
    assert OTHER_MYKAD not in left
    assert STRANGER in left


@pytest.mark.parametrize("how", ["erased", "kept_long_enough"])
async def test_bytes_that_go_while_an_erasure_reads_them_refuse_nothing(
    register: Register, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Neither with somebody else whom the file names nor by their age, as soon as it is known which files are read."""
    _, _, people = await two_in_a_file(register)
    one, two = await granted_both(register, *people)
    worker, files = register.service.worker, TraceRepository.files
    begun: list[asyncio.Task[None]] = []
    if how == "kept_long_enough":
        await aged(register)

    async def other() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            if how == "erased":
                await erase_person(ErasePerson(one), uow)
            else:
                await RetentionRepository(uow.connection).forget("uploads", 10)

    async def late(self: TraceRepository, numbers: Sequence[int]) -> list[KeptFile]:
        found = await files(self, numbers)
        if not begun:
            begun.append(asyncio.create_task(other()))
            await register.over_or_waiting(begun[0])
        return found

    monkeypatch.setattr(TraceRepository, "files", late)
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await erase_person(ErasePerson(two), uow)
    await begun[0]
    assert (await certificate(register, two))["state"] == "partly"
    assert await register.waiting("erasure") == []


async def test_what_is_left_of_a_file_of_which_some_pieces_went_by_age_is_read(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pieces, submit_contribution_statement):
        monkeypatch.setattr(module, "LINES_IN_A_PIECE", 1)
    _, _, (person, _) = await two_in_a_file(register)
    # As of a release that did not keep whom a file names.
    await register.rows("DELETE FROM contribution_file_person")
    await aged(register)
    await register.rows("DELETE FROM contribution_piece WHERE number = 3")
    assert len(await register.rows("SELECT FROM contribution_piece")) == 2
    assert (await erased(register, person))["state"] == "partly"
    assert await register.rows("SELECT FROM contribution_piece") == []


async def aged(register: Register) -> None:
    """Each file was worked off two years ago: by the owner, past the trigger that says that it never changes."""
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("ALTER TABLE contribution_file DISABLE TRIGGER USER")
        for column in ("stored_at", "finished_at", "closed_at"):
            older = f"UPDATE contribution_file SET {column} = {column} - interval '800 days'"  # noqa: S608
            await owner.execute(older)
        await owner.execute("ALTER TABLE contribution_file ENABLE TRIGGER USER")
