"""An erasure that was granted happens and ends, or says why it waits, whom for and until when."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest

from services.registration.commands.ask_about_pass import AskAboutPass
from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.commands.ask_of_erasure import AskOfErasure, ask_of_erasure
from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.erase_expired import EraseExpired, erase_expired
from services.registration.commands.review_identity import ReviewIdentity
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.commands.review_released_lines import ReviewReleasedLines
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_erasures import (
    _recalled,
    arrived,
    certificate,
    claim,
    died,
    erased,
    person,
    run_timer,
    state,
)
from services.registration.tests.support import (
    AT_2480,
    OTHER_MYKAD,
    Register,
    line,
    register_on,
    self_of,
)
from shared.contracts.claim_assessed import EntitlementV1, Fund, Per, TermV1
from shared.contracts.envelope import Cause
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.messaging.consumer_store import freshness
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

ALIKE = ("900101145678", "900101145679", "900101145680", "900101145681")


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def sent_in_pieces(register: Register) -> str:
    """A file of four lines of four people, kept in two pieces; the first of them."""
    employer = await register.employer()
    people = [await register.person(number) for number in ALIKE]
    for each in people:
        await register.spell(each, employer)
    job = await register.sent(employer, render([line("2026-05", AT_2480, id_=number) for number in ALIKE]))
    assert job["state"] == "accepted", job
    assert await register.rows("SELECT count(*) FROM contribution_piece") == [(2,)]
    return people[0]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines make a piece."""
    for module in ("files.pieces", "files.parts", "commands.submit_contribution_statement"):
        monkeypatch.setattr(f"services.registration.{module}.LINES_IN_A_PIECE", 2)


@pytest.mark.usefixtures("small_pieces")
async def test_whoever_stands_in_a_file_in_pieces_is_erased(register: Register) -> None:
    found = await erased(register, await sent_in_pieces(register))
    assert found["state"] == "partly", found
    assert {each["record_class"]: each["rows"] for each in found["erased"]}["uploads"] == 2
    assert await register.rows("SELECT FROM contribution_piece") == []
    assert len(await register.lines()) == 4, "what was posted of it stands"


@pytest.mark.usefixtures("small_pieces")
async def test_a_backup_with_the_pieces_of_a_file_does_not_bring_it_back(register: Register, again: Register) -> None:
    number = await sent_in_pieces(register)
    assert await sent_in_pieces(again) == number
    await erased(register, number)
    await _recalled(again, [each for each in await published_by(register.service) if isinstance(each, PersonErasedV1)])
    assert await again.rows("SELECT FROM contribution_piece") == []
    (known,) = (await again.as_party("GET", "/v1/erasures", "registration:erasure:read")).json()["data"]
    assert known["state"] == "partly"
    (identity,) = [each for each in known["kept"] if each["record_class"] == "identity"]
    assert "General) Regulations 1971" in identity["law"], "the certificate names the law also after a restore"


async def test_of_whom_a_backup_knows_nothing_it_is_told_that_all_is_erased(
    register: Register, again: Register
) -> None:
    number = await register.person()
    await erased(register, number, reason="registered_by_mistake")
    await _recalled(again, await published_by(register.service))
    assert await again.rows("SELECT FROM person") == []
    told = {}
    for party in ("", self_of(number), "employer:1", "person:2"):
        answer = await again.as_party("GET", f"/v1/persons/{number}", "registration:person:read", party)
        told[party] = (answer.status_code, answer.json()["code"])
    gone, nobody = (404, "person_erased"), (404, "person_unknown")
    assert told == {"": gone, self_of(number): gone, "employer:1": nobody, "person:2": nobody}


async def alike_and_decided(register: Register) -> str:
    """Two officers found that who looks like another is not the same; the first of the two."""
    number = await register.person()
    await register.person(OTHER_MYKAD)
    assert (await register.decided("duplicate_person", "different_persons")).status_code == 201
    await register.work_off()
    assert await register.rows("SELECT count(*) FROM duplicate_verdict") == [(1,)]
    return number


async def test_whose_likeness_was_decided_is_erased_whole(register: Register) -> None:
    found = await erased(register, await alike_and_decided(register), reason="registered_by_mistake")
    assert found["state"] == "erased", found
    for table in ("possible_duplicate", "duplicate_verdict"):
        assert await register.rows(f"SELECT FROM {table}") == []


async def test_whose_likeness_was_decided_is_erased_by_the_timer(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await alike_and_decided(register)
    await died(register, 1, "2010-01-01")
    await run_timer(register)
    assert (await person(register, number)).json()["code"] == "person_erased"


async def as_owner(register: Register, *statements: str) -> None:
    async with register.service.database.connection("migrate") as owner:
        for statement in statements:
            await owner.execute(statement)


async def test_one_that_the_database_refuses_asks_officers_and_is_done_once_that_is_mended(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await as_owner(
        register,
        "CREATE TABLE in_the_way (fact bigint REFERENCES person_fact)",
        "INSERT INTO in_the_way SELECT min(id) FROM person_fact",
    )
    found = await erased(register, number, reason="registered_by_mistake")
    assert (found["state"], found["held_until"]) == ("held", "2026-11-01")
    assert [(each["reason"], each["owner"]) for each in found["holds"]] == [("erasure_failed", "operator")]
    assert (await person(register, number)).status_code == 200, "nothing of it is done by half"
    assert await register.events("person.erased") == []
    (task,) = await register.waiting("erasure")
    assert (task["reason"], task["facts"]["holds"]) == ("erasure_failed", "erasure_failed")
    business_clock.set_day(2026, 8, 4)
    assert len(await register.waiting("erasure")) == 1, "failing once more is no news"
    await as_owner(register, "DROP TABLE in_the_way")
    business_clock.set_day(2026, 8, 5)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert await register.waiting("erasure") == []


async def test_two_officers_let_one_be_that_the_database_refuses(register: Register) -> None:
    number = await register.person()
    await as_owner(
        register,
        "CREATE TABLE in_the_way (fact bigint REFERENCES person_fact)",
        "INSERT INTO in_the_way SELECT min(id) FROM person_fact",
    )
    found = await erased(register, number, reason="registered_by_mistake")
    assert (await register.decided("erasure", "erasure_refused")).status_code == 201
    await as_owner(register, "DROP TABLE in_the_way")
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "refused"
    assert (await state(register, number)).status_code == 202, "it may be stated once more"


async def test_officers_are_asked_no_more_of_whom_the_law_keeps_meanwhile(
    register: Register, business_clock: BusinessClock
) -> None:
    """The timer found that nothing is kept; a claim came, was open for long, and owed something lately."""
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await died(register, 1, "2010-01-01")
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await erase_expired(EraseExpired(), uow)
    await arrived(register, claim(1, is_open=True))
    await register.work_off()
    business_clock.set_day(2026, 11, 2)
    assert [task["reason"] for task in await register.waiting("erasure")] == ["hold_goes_on"]
    owed = EntitlementV1(
        scheme="act4",
        benefit="funeral",
        fund=Fund.INVALIDITY,
        law="Act 4",
        party="person:1",
        decision_hash="0" * 64,
        provisional=False,
        terms=(TermV1(per=Per.ONCE, sen=300_000, first=date(2026, 10, 30)),),
    )
    await arrived(register, claim(2, is_open=False).model_copy(update={"entitlements": (owed,)}))
    business_clock.set_day(2026, 11, 3)
    assert await register.waiting("erasure") == []
    assert (await person(register, number)).status_code == 200
    assert [tuple(row) for row in await register.rows("SELECT state FROM erasure")] == [("refused",)]


async def told(register: Register) -> None:
    """A heartbeat said that all has arrived that claims decided."""
    await register.claims_told_until("2999-01-01")
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.due.wake_arrived({freshness("claim.assessed")})
    await register.work_off()


@pytest.mark.parametrize("known", ["DELETE FROM freshness", "UPDATE freshness SET complete_until = now()"])
async def test_nobody_is_erased_before_all_has_arrived_that_claims_decided(register: Register, known: str) -> None:
    """Up to the moment when it was granted: a claim may have been made a second before."""
    number = await register.person()
    async with register.service.database.connection() as worker:
        await worker.execute(known)
    found = await erased(register, number, reason="registered_by_mistake")
    waits = {"reason": "claims_not_arrived", "about": "claim.assessed", "owner": "service:claims"}
    assert (found["state"], found["holds"]) == ("held", [waits])
    assert (await person(register, number)).status_code == 200
    await told(register)
    assert (await certificate(register, found["erasure"]))["state"] == "erased"


async def test_what_arrives_last_postpones_it(register: Register) -> None:
    number = await register.person()
    async with register.service.database.connection() as worker:
        await worker.execute("UPDATE freshness SET complete_until = now() - interval '1 hour'")
    found = await erased(register, number, reason="registered_by_mistake")
    await arrived(register, claim(1, is_open=True))
    await told(register)
    assert [each["reason"] for each in (await certificate(register, found["erasure"]))["holds"]] == ["claim_open"]


_PARKED = """
    INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
    VALUES ('claim.assessed', $1, 0, 1, '{}', $2, 'failed', 'failed', true)
"""


@pytest.mark.parametrize(("key", "payload"), [("person:1", b""), ("person:2", b'{"party": "person:1"}')])
async def test_nobody_is_erased_of_whom_a_claim_cannot_be_read(
    register: Register, business_clock: BusinessClock, key: str, payload: bytes
) -> None:
    """Also where another one is insured, and the claim names who else is owed something."""
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    async with register.service.database.connection() as worker:
        await worker.execute(_PARKED, key, payload)
    found = await erased(register, number, reason="registered_by_mistake")
    assert [each["reason"] for each in found["holds"]] == ["claims_unknown"]
    async with register.service.database.connection() as worker:
        await worker.execute("DELETE FROM parked")
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"


async def test_a_claim_of_somebody_else_that_cannot_be_read_postpones_nothing(register: Register) -> None:
    number = await register.person()
    async with register.service.database.connection() as worker:
        await worker.execute(_PARKED, "person:11", b'{"party": "person:11"}')
    assert (await erased(register, number, reason="registered_by_mistake"))["state"] == "erased"


_UNKNOWN = {
    "claims was never announced since an upgrade": "UPDATE claims_announced SET known_at = NULL",
    "what is known of claims was emptied": "TRUNCATE known_claim",
    "an officer released a database that topics could not make whole": (
        "INSERT INTO database_release (epoch, lost, released_by, why) VALUES (1, 'claim.assessed', 'S-17', 'x')"
    ),
}


@pytest.mark.parametrize("how", _UNKNOWN)
async def test_the_timer_erases_nobody_of_whom_claims_may_be_unknown(
    register: Register, business_clock: BusinessClock, how: str
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await died(register, 1, "2010-01-01")
    await as_owner(register, _UNKNOWN[how])
    await run_timer(register)
    assert (await person(register, number)).status_code == 200
    assert await register.rows("SELECT FROM erasure") == []
    found = await erased(register, number)
    assert [each["reason"] for each in found["holds"]] == ["claims_unknown"], "nor is it done on the word of two"
    await as_owner(register, "UPDATE claims_announced SET known_at = now() + interval '1 second', said_by = 'S-17'")
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"


async def test_the_pieces_of_a_timers_run_are_done_once(
    register: Register, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of people who cannot be erased yet: another day finds others first, and so other pieces."""
    monkeypatch.setattr("services.registration.commands.erase_expired._BATCH", 2)
    business_clock.set_day(2026, 8, 3)
    people = [f"9001011456{each}" for each in range(78, 83)]
    for place, number in enumerate(people, start=1):
        await register.person(number, name=f"Ali {place}")
        await died(register, place, "2010-01-01")
    holding = [claim(1, is_open=True).model_copy(update={"person": n, "claim": UUID(int=n)}) for n in range(1, 6)]
    await arrived(register, *holding)
    await register.service.worker.runner._start_schedules()
    for day in (4, 6, 8):
        business_clock.set_day(2026, 8, day)
        await register.work_off()
        kinds = await register.rows("SELECT kind, payload FROM due_work WHERE kind LIKE 'erase_expired%'")
        assert [tuple(row) for row in kinds] == [("erase_expired", "{}")], day
        over = holding[day // 2 - 2]
        await arrived(register, over.model_copy(update={"revision": 2, "pending": ()}))
    business_clock.set_day(2026, 8, 10)
    await register.work_off()
    gone = await register.rows("SELECT person FROM person WHERE erased_at IS NOT NULL ORDER BY 1")
    assert [row[0] for row in gone] == [1, 2, 3], "the next piece is looked at too"


LEFT = {
    "review_posted_lines": ReviewPostedLines(1),
    "review_identity": ReviewIdentity(1),
    "review_released_lines": ReviewReleasedLines(1),
    "ask_about_pass": AskAboutPass(1),
    "ask_of_correction": AskOfCorrection("0197b6a0-6c00-7000-8000-000000000002"),
    "derive_again": DeriveAgain(1),
}


@pytest.mark.parametrize("kind", LEFT)
async def test_what_was_left_for_later_of_an_erased_one_ends(register: Register, kind: str) -> None:
    """A restore leaves such work, and then erases whom it is about."""
    await erased(register, await register.person(), reason="registered_by_mistake")
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.due.at(LEFT[kind], now())
    await register.work_off()
    left = await register.rows("SELECT kind, attempts FROM due_work WHERE kind = $1", kind)
    assert [tuple(row) for row in left] == []


async def in_backup(register: Register, again: Register) -> str:
    """An erasure that waits for two officers in both; its id."""
    number = await register.person()
    assert await again.person() == number
    assert (await state(register, number, reason="registered_by_mistake")).status_code == 202
    (row,) = await register.rows("SELECT erasure, person, tenant, officer, reason, evidence, stated_at FROM erasure")
    async with again.service.database.connection("migrate") as owner:
        await owner.execute(
            "INSERT INTO erasure (erasure, person, tenant, officer, reason, evidence, stated_at, state) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')",
            *row,
        )
    worker = again.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await ask_of_erasure(AskOfErasure(str(row[0])), uow)
    assert len(await again.waiting("erasure")) == 1
    return str(row[0])


async def test_after_a_restore_nobody_is_asked_of_what_was_erased_since(register: Register, again: Register) -> None:
    erasure = await in_backup(register, again)
    assert (await register.decided("erasure", "erasure_granted")).status_code == 201
    await register.work_off()
    await _recalled(again, await published_by(register.service))
    assert (await certificate(again, erasure))["state"] == "erased"
    assert await again.waiting("erasure") == []


async def test_nor_of_another_erasure_of_the_same_person(register: Register, again: Register) -> None:
    """What waits in the backup was refused since, and another one was granted."""
    erasure = await in_backup(register, again)
    assert (await register.decided("erasure", "erasure_refused")).status_code == 201
    await erased(register, person_id(1), reason="registered_by_mistake")
    await _recalled(again, await published_by(register.service))
    assert (await certificate(again, erasure))["state"] == "refused"
    assert await again.waiting("erasure") == []
    assert await again.rows("SELECT FROM due_work WHERE failed IS NOT NULL OR attempts > 0") == []
