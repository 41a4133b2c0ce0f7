"""Who is erased, and what else names them: parties of claims, family, merged numbers, files, pushed events, copies."""

import inspect
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.registration.commands.erase_person import ErasePerson, erase_person
from services.registration.files import contribution_csv, pieces
from services.registration.files.contribution_file import render
from services.registration.storage.persons import PersonRepository
from services.registration.storage.retention import RetentionRepository
from services.registration.tests.api import test_events as pushed
from services.registration.tests.api.family import changed, related
from services.registration.tests.api.test_erasures import (
    NAME,
    READ,
    another,
    arrived,
    certificate,
    claim,
    erased,
    names_nobody,
    person,
    readable,
    state,
)
from services.registration.tests.api.test_person_merges import merge, merged, parted
from services.registration.tests.api.test_register_statements import death
from services.registration.tests.api.test_register_statements import push as pushed_by_register
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    party_of,
    self_of,
)
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

_OLDER = """
    UPDATE contribution_file SET (stored_at, finished_at, closed_at) = (SELECT at, at, at FROM (
        SELECT now() - make_interval(days => $1) AS at) AS long_ago)
"""

STRANGER, THIRD = "880101145676", "870101145671"
OTHER_NAME, OTHER_ADDRESS = "Siti binti Omar", "2 Jalan Tun"
NOT_KNOWN = line("2026-05", AT_2480, id_=STRANGER, name="Not Known")


def owed(party: str, *terms: TermV1) -> EntitlementV1:
    """A survivors' pension of a party."""
    return EntitlementV1(
        scheme="act4",
        benefit="survivors_pension",
        fund=Fund.INVALIDITY,
        law="Act 4, s.19",
        party=party,
        decision_hash="0" * 64,
        provisional=False,
        terms=terms,
    )


def decided(revision: int, *entitlements: EntitlementV1) -> ClaimAssessedV1:
    """How the claim of the first person stands."""
    return claim(revision, is_open=False).model_copy(update={"entitlements": entitlements})


def monthly() -> TermV1:
    """Without an end."""
    return TermV1(per=Per.MONTH, sen=50_000, first=date(2026, 7, 1))


async def granted(register: Register, number: str, **said: Any) -> str:
    """An erasure that two officers granted, and the worker has not begun; its id."""
    stated = await state(register, number, **said)
    assert stated.status_code == 202, stated.text
    assert (await register.decided("erasure", "erasure_granted")).status_code == 201
    found: str = stated.json()["erasure"]
    return found


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_whoever_anothers_claim_is_owed_to_is_held(
    register: Register, business_clock: BusinessClock, *, is_reversed: bool
) -> None:
    """And is not any more once a revision names it no longer: in whatever order they come."""
    business_clock.set_day(2026, 8, 3)
    dead, widow = await register.person(), await another(register)
    await arrived(register, decided(2, owed("person:2", monthly()), owed("employer:7", monthly())))
    found = await erased(register, widow)
    assert (found["state"], found["holds"][0]["reason"]) == ("held", "claim_open")
    assert (await person(register, widow)).status_code == 200
    later = [decided(3), decided(1, owed("person:2", monthly()))]
    for each in reversed(later) if is_reversed else later:
        await arrived(register, each)
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert dead


async def test_what_is_owed_once_holds_through_its_day_and_is_an_entry_then(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    await register.person()
    widow = await another(register)
    await arrived(register, decided(1, owed("person:2", TermV1(per=Per.ONCE, sen=300_000, first=today()))))
    found = await erased(register, widow)
    assert found["state"] == "held"
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "partly", "the law keeps what was paid"
    assert (await person(register, widow)).status_code == 200


async def test_family_of_an_insured_person_is_kept_while_it_is_family(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    _, worker = await register.worker_of()
    widow = await another(register)
    relation = await related(register, worker, relative=widow)
    found = await erased(register, widow, reason="registered_by_mistake")
    assert found["state"] == "partly"
    assert (await person(register, widow)).json()["name"] == OTHER_NAME
    await changed(register, relation, "withdrawal")
    found = await erased(register, widow, reason="registered_by_mistake")
    assert found["state"] == "erased"


async def test_who_was_left_behind_by_a_number_that_was_merged_is_kept_as_long(
    register: Register, business_clock: BusinessClock
) -> None:
    """Of the number that survives it is known when the one died whose relation stands under the other."""
    business_clock.set_day(2026, 8, 3)
    _, worker = await register.worker_of()
    other, widow = await register.person(THIRD), await another(register)
    relation = await related(register, other, relative=widow)
    await merged(register, other, worker)
    await pushed_by_register(register, death())
    await changed(register, relation, "end", last_on="2026-06-30")
    found = await erased(register, widow, reason="registered_by_mistake")
    assert found["state"] == "partly", "whom its record insures may be the widow"
    assert (await person(register, widow)).json()["name"] == OTHER_NAME


async def test_what_was_granted_of_one_number_says_nothing_of_two(register: Register) -> None:
    """Whoever was found to be somebody who works was not registered by mistake."""
    _, worker = await register.worker_of()
    mistake = await another(register)
    stated = await state(register, mistake, reason="registered_by_mistake")
    (before,) = await register.waiting("erasure")
    await merged(register, mistake, worker, name=worker, born_on=worker, address=worker)
    assert (await certificate(register, stated.json()["erasure"]))["state"] == "refused"
    assert await register.waiting("erasure") == []
    answer = await register.decided_task(before, "erasure_granted")
    assert answer.status_code == 409, answer.text
    assert (await person(register, worker)).json()["address"] is not None
    refused = await state(register, mistake, reason="registered_by_mistake")
    assert (refused.status_code, refused.json()["code"]) == (409, "merged_by_mistake")


async def test_a_merge_asks_of_all_numbers_what_was_asked_of_one(register: Register) -> None:
    _, worker = await register.worker_of()
    other = await another(register)
    await state(register, other)
    (before,) = await register.waiting("erasure")
    await merged(register, other, worker, name=worker, born_on=worker, address=worker)
    (task,) = await register.waiting("erasure")
    assert (task["revision"], task["facts"]["numbers"]) == (before["revision"] + 1, f"{worker}, {other}")
    stale = await register.decided_task(before, "erasure_granted")
    assert stale.status_code == 412, stale.text


@pytest.mark.parametrize("is_split", [False, True])
async def test_a_merge_or_split_asks_again_what_was_granted_and_postponed(
    register: Register, *, is_split: bool
) -> None:
    first, other = await register.person(), await another(register)
    if is_split:
        await merged(register, other, first, name=first, born_on=first, address=first)
    await arrived(register, claim(1, is_open=True))
    erasure = await granted(register, first)
    assert (await certificate(register, erasure))["state"] in ("granted", "held")
    if is_split:
        await parted(register, other)
    else:
        await merged(register, other, first, name=first, born_on=first, address=first)
    await register.work_off()
    found = await certificate(register, erasure)
    assert (found["state"], found["proposed_by"], found["holds"]) == ("waiting", None, [])
    await arrived(register, claim(2, is_open=False))
    await register.work_off()
    assert (await person(register, first)).status_code == 200, "nobody decided of these numbers"


async def test_a_merge_that_counts_while_the_worker_begins_is_seen(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor = await another(register)
    _, worker = await register.worker_of()
    assert (await merge(register, worker, survivor)).status_code == 202
    (task,) = await register.waiting("person_merge")
    keep = {"name": worker, "born_on": worker, "address": worker}
    erasure = await granted(register, survivor)
    lock, done = PersonRepository.lock, []
    begun: list[bool] = []

    async def late(self: PersonRepository, *numbers: int) -> None:
        if not begun and any(frame.function == "erase_person" for frame in inspect.stack()):
            begun.append(True)
            done.append(await register.decided_task(task, {"kind": "persons_merge", "keep": keep}))
        await lock(self, *numbers)

    monkeypatch.setattr(PersonRepository, "lock", late)
    await register.work_off()
    assert [each.status_code for each in done] == [201], done[0].text
    assert (await person(register, worker)).json()["name"] == NAME
    assert (await certificate(register, erasure))["state"] == "waiting"


async def test_an_erasure_that_begins_before_a_merge_has_it_asked_again_is_of_numbers_nobody_decided(
    register: Register,
) -> None:
    survivor = await another(register)
    _, worker = await register.worker_of()
    assert (await merge(register, worker, survivor)).status_code == 202
    (task,) = await register.waiting("person_merge")
    keep = {"name": worker, "born_on": worker, "address": worker}
    erasure = await granted(register, survivor)
    done = await register.decided_task(task, {"kind": "persons_merge", "keep": keep})
    assert done.status_code == 201, done.text
    process = register.service.worker
    async with process.database.begin(process.work.unit, Cause("test")) as uow:
        await erase_person(ErasePerson(erasure), uow)
    await register.work_off()
    assert (await person(register, worker)).json()["name"] == NAME
    assert (await certificate(register, erasure))["state"] == "waiting"


async def test_every_file_that_names_the_person_goes_and_the_set_aside_lines_of_others_stay(register: Register) -> None:
    """Sent again, corrected, with another name, before the employment was stated, and one that does not name it."""
    employer = await register.employer()
    early = await register.sent(employer, months_at_2480("2026-04"))
    number = await register.person()
    await register.spell(number, employer)
    await register.spell(await another(register), employer)
    first = await register.sent(employer, render([line("2026-05", AT_2480), NOT_KNOWN]))
    corrected = await register.sent(employer, render([line("2026-05", AT_2600)]))
    misnamed = await register.sent(employer, render([line("2026-05", AT_2480, name="Ahmad Alias")]))
    mistyped = await register.sent(employer, render([line("2026-05", AT_2480, id_="900101145679"), NOT_KNOWN]))
    of_other = line("2026-05", AT_2480, id_=OTHER_MYKAD, name=OTHER_NAME)
    await register.sent(employer, render([of_other]))
    assert {each["state"] for each in (early, misnamed, mistyped)} == {"rejected"}
    found = await erased(register, number)
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    assert (found["state"], counts["uploads"]) == ("partly", 5)
    assert len(await register.rows("SELECT FROM contribution_upload")) == 1
    sender = party_of(employer)
    for job in (first, mistyped):
        left = await register.job(job["file"], sender, "/rejected-lines")
        assert (left.status_code, left.content) == (200, render([NOT_KNOWN]))
        assert (await register.job(job["file"], "employer:2", "/rejected-lines")).status_code == 404
    gone = await register.job(misnamed["file"], sender, "/rejected-lines")
    assert (gone.status_code, gone.json()["code"]) == (404, "upload_erased")
    again = await register.sent(employer, render([line("2026-05", AT_2600)]))
    assert again["state"] == corrected["state"]


async def test_the_rest_of_a_file_goes_with_whom_it_names_and_in_its_time(register: Register) -> None:
    employer, number = await register.worker_of()
    job = await register.sent(employer, render([line("2026-05", AT_2480), NOT_KNOWN]))
    await erased(register, number)
    late = await register.person(STRANGER, name="Not Known", born_on="1988-01-01")
    await register.spell(late, employer, "2026-06-01")
    await erased(register, late)
    assert (await register.job(job["file"], party_of(employer), "/rejected-lines")).status_code == 404
    assert await register.rows("SELECT FROM contribution_rest") == []


async def test_what_is_left_of_a_file_is_kept_as_long_as_the_file(register: Register) -> None:
    employer, number = await register.worker_of()
    job = await register.sent(employer, render([line("2026-05", AT_2480), NOT_KNOWN]))
    await erased(register, number)
    worker = register.service.worker
    for days in (0, 800):
        async with register.service.database.connection("migrate") as owner:
            await owner.execute("ALTER TABLE contribution_file DISABLE TRIGGER USER")
            await owner.execute(_OLDER, days)
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            found = await RetentionRepository(uow.connection).forget("rests", 10)
        assert found == (1 if days else 0)
    assert (await register.job(job["file"], party_of(employer), "/rejected-lines")).status_code == 404


@pytest.mark.parametrize("format_", ["combined_278", "csv"])
async def test_a_file_in_pieces_goes_and_leaves_the_same(
    register: Register, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    for module in ("files.pieces", "files.parts", "commands.submit_contribution_statement"):
        monkeypatch.setattr(f"services.registration.{module}.LINES_IN_A_PIECE", 3)
    assert pieces.LINES_IN_A_PIECE == 3
    write = render if format_ == "combined_278" else contribution_csv.render
    ids = [f"9001011456{each:02d}" for each in range(10)]
    employer = await register.employer()
    people = [await register.person(id_) for id_ in ids[:8]]
    for each in people:
        await register.spell(each, employer)
    content = write([line("2026-05", AT_2480, id_=id_) for id_ in ids] + [NOT_KNOWN])
    how = {} if format_ == "combined_278" else {"headers": {"content-type": "text/csv"}, "params": {"format": "csv"}}
    job = await register.sent(employer, content, **how)
    assert len(await register.rows("SELECT FROM contribution_piece")) == 4
    found = await erased(register, people[4])
    assert found["state"] == "partly"
    assert await register.rows("SELECT FROM contribution_piece") == []
    left = await register.job(job["file"], party_of(employer), "/rejected-lines")
    # They bear the name of the erased one, and ids that nobody has: what was wrong may be the id.
    assert left.content == write([NOT_KNOWN])


async def test_no_role_erases_files_or_copies_of_whom_nobody_granted(register: Register) -> None:
    employer, number = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    async with register.service.database.connection() as worker:
        for call in ("erase_files_of(ARRAY[1], '{}')", "erase_copies_of(ARRAY[1], true)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await worker.execute(f"SELECT {call}")
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("SELECT set_config('jaring.erasing', '1', false)")
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute("DELETE FROM contribution_upload")
    assert number


async def test_what_was_pushed_about_whom_nothing_is_kept_waits_no_longer(register: Register) -> None:
    employer, number = await register.employer(), await register.person()
    (waits,) = await pushed.became(register, employer, pushed.wage("2026-05", "2480.00"))
    other = await another(register)
    (others,) = await pushed.became(register, employer, pushed.wage("2026-05", "2480.00", OTHER_MYKAD, OTHER_NAME))
    assert (waits["state"], others["state"]) == ("parked", "parked")
    found = await erased(register, number, reason="registered_by_mistake")
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    assert counts["pushed_events"] == 1
    assert (await pushed.read(register, employer, f"/v1/events/{waits['event']}"))["state"] == "refused"
    assert (await pushed.read(register, employer, f"/v1/events/{others['event']}"))["state"] == "parked"
    names_nobody(await readable(register))
    kept = {each["record_class"]: each["until"] for each in found["kept"]}
    assert {"rejected_lines", "pushed_events", "opening_rows"} <= set(kept)
    assert kept["pushed_events"] == (today() + timedelta(days=45)).isoformat()
    assert other


async def test_a_name_that_was_taken_back_is_not_read_in_its_correction(register: Register) -> None:
    _, number = await register.worker_of()
    await register.corrected(number, "name", "Ahmad Kedua bin Ali")
    facts = (await register.as_party("GET", f"/v1/persons/{number}/facts", "registration:person:read")).json()["data"]
    (fact,) = [each["fact"] for each in facts if each.get("value") == "Ahmad Kedua bin Ali"]
    body = {"reason": "misspelt", "evidence": "KB-3"}
    path = f"/v1/persons/{number}/facts/{fact}/retractions"
    stated = await register.as_party("POST", path, "registration:person:correct", json=body, subject="officer-3")
    assert stated.status_code == 202, stated.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    await register.work_off()
    assert "Kedua" in await readable(register)
    found = await erased(register, number)
    assert found["state"] == "partly"
    assert "Kedua" not in await readable(register)
    assert (await person(register, number)).json()["name"] == NAME


async def test_what_a_merge_kept_of_one_under_the_other_goes_with_the_one(register: Register) -> None:
    first, other = await register.person(), await another(register)
    await merged(register, other, first, name=other, born_on=other, address=other)
    stated = await register.correct(first, "address", "55 Jalan Amid", self_of(first))
    assert stated.status_code in (201, 202), stated.text
    await parted(register, other)
    found = await erased(register, other, reason="registered_by_mistake")
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    # A name, a birth and an address, and that each was taken back.
    assert (found["state"], counts["wrong_data"]) == ("erased", 6)
    left = await readable(register)
    for value in (OTHER_NAME, OTHER_ADDRESS, OTHER_MYKAD):
        assert value not in left, value
    assert "1985-06-15" not in [row[0] for row in await register.rows("SELECT plain FROM person_fact")]
    assert (await person(register, first)).json()["name"] == NAME
    assert "55 Jalan Amid" in left, "what was stated of the other one stands"


async def test_what_a_split_assigned_leaves_nothing_under_the_other(register: Register) -> None:
    first, other = await register.person(), await another(register)
    await merged(register, other, first, name=first, born_on=first, address=first)
    await register.corrected(first, "name", "Siti Ketiga binti Omar")
    facts = (await register.as_party("GET", f"/v1/persons/{first}/facts", "registration:person:read")).json()["data"]
    (fact,) = [each["fact"] for each in facts if each.get("value") == "Siti Ketiga binti Omar"]
    await parted(register, other, assigned=[fact])
    await erased(register, other, reason="registered_by_mistake")
    assert "Ketiga" not in await readable(register)
    assert (await person(register, first)).json()["name"] == NAME


async def test_a_hold_tells_the_person_why_and_no_more(register: Register) -> None:
    first, other = await register.person(), await another(register)
    stated = await state(register, first, self_of(first))
    await merge(register, other, first)
    (task,) = await register.waiting("erasure")
    assert (await register.decided_task(task, "erasure_granted")).status_code == 201
    await register.work_off()
    path = f"/v1/erasures/{stated.json()['erasure']}"
    held = {"reason": "merge_waits", "owner": "officer:person_merge"}
    own = await register.as_party("GET", path, READ, self_of(first))
    assert own.json()["holds"] == [{**held, "about": None}]
    assert (await certificate(register, stated.json()["erasure"]))["holds"] == [{**held, "about": None}]
    for scope in ("registration:person_merge:read", "registration:erasure:decide"):
        shown = await register.service.call("GET", path, scopes=[READ, scope])
        assert shown.json()["holds"] == [{**held, "about": "2"}]
