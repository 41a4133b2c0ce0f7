"""Erasing what is kept of a person: by two officers or in its time, as far as no law keeps it, and for good."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.registration.commands.erase_expired import EraseExpired, erase_expired
from services.registration.consumers import erasure as erasure_followed
from services.registration.storage.projections import PROJECTIONS
from services.registration.storage.sealed import sealed_tables
from services.registration.tests.api.family import family, related
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.support import (
    MYKAD,
    OTHER_MYKAD,
    Register,
    months_at_2480,
    party_of,
    register_on,
    self_of,
)
from shared.contracts.claim_assessed import ClaimAssessedV1, PendingV1
from shared.contracts.envelope import Cause, Event
from shared.contracts.erasure_followed import (
    BenefitsErasureFollowedV1,
    ClaimsErasureFollowedV1,
    ErasureFollowedV1,
    Following,
    JobsErasureFollowedV1,
    RehabErasureFollowedV1,
)
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now, today
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.records import received
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

READ, WRITE = "registration:erasure:read", "registration:erasure:write"
SEE = "registration:person:read"
NAME, ADDRESS, BIRTH = "Ahmad bin Ali", "1 Jalan Merdeka, 75000 Melaka", "1990-01-01"
EMAIL = "ahmad@example.org"
CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000001")
_OPEN: dict[str, Any] = {"owner": "service:claims", "until": date(2026, 11, 1)}


_ROWS, _SEALED = 'SELECT to_jsonb(x)::text FROM "{}" AS x', 'SELECT * FROM "{}"'


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def another(register: Register) -> str:
    """Somebody else, who has nothing in common with the first."""
    return await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15", address="2 Jalan Tun")


async def state(register: Register, person: str, party: str = "", **said: Any) -> httpx.Response:
    """State an erasure, as the person or as a third officer."""
    how = {} if party else {"subject": "officer-3"}
    body = {"person": person, "reason": "asked_by_person", "evidence": "PDP-1", **said}
    return await register.as_party("POST", "/v1/erasures", WRITE, party, json=body, **how)


async def certificate(register: Register, erasure: str, party: str = "") -> dict[str, Any]:
    """What became of one."""
    answer = await register.as_party("GET", f"/v1/erasures/{erasure}", READ, party)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def erased(register: Register, person: str, **said: Any) -> dict[str, Any]:
    """Stated, granted by two officers and done; the certificate."""
    stated = await state(register, person, **said)
    assert stated.status_code == 202, stated.text
    decided = await register.decided("erasure", "erasure_granted")
    assert decided.status_code == 201, decided.text
    await register.work_off()
    return await certificate(register, stated.json()["erasure"])


async def person(register: Register, number: str, party: str = "") -> httpx.Response:
    return await register.as_party("GET", f"/v1/persons/{number}", SEE, party)


async def readable(register: Register) -> str:
    """Every value of every table, and what is sealed opened with the keys of the service."""
    keys = register.service.worker.work.unit.keys
    async with register.service.database.connection("migrate") as owner:
        tables = [
            row[0]
            for row in await owner.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        ]
        plain = [row[0] for table in tables for row in await owner.fetch(_ROWS.format(table))]
        opened = []
        for table in sealed_tables(keys):
            for row in await owner.fetch(_SEALED.format(table.name)):
                values = [(column, row[column]) for column in table.columns if row[column]]
                opened += [_open(keys, table, column, value, row) for column, value in values]
    return "\n".join([*plain, *opened])


def _open(keys: Any, table: Any, column: str, value: bytes, row: Any) -> str:
    class _Row:
        def __getattr__(self, name: str) -> Any:
            return row[name]

    return str(keys.cipher.decrypt(bytes(value), table.place(column, _Row())))


def names_nobody(found: str) -> None:
    for value in (NAME, ADDRESS, MYKAD, "900101-14-5678"):
        assert value not in found, value


async def test_who_was_registered_by_mistake_is_erased_whole(register: Register) -> None:
    number = await register.person()
    other = await another(register)
    assert NAME in await readable(register), "the scan opens what is sealed"
    found = await erased(register, number, reason="registered_by_mistake")
    assert (found["state"], found["reason"]) == ("erased", "registered_by_mistake")
    assert {each["record_class"]: each["rows"] for each in found["erased"]}["contact"] == 1
    assert [each["record_class"] for each in found["kept"]][:1] == ["figures_by_number"]
    left = await readable(register)
    names_nobody(left)
    assert BIRTH not in [row[0] for row in await register.rows("SELECT plain FROM person_fact")]
    assert "Siti binti Omar" in left
    gone = await person(register, number)
    assert (gone.status_code, gone.json()["code"]) == (404, "person_erased")
    own = await person(register, number, self_of(number))
    assert own.json()["code"] == "person_erased"
    assert (await person(register, other)).status_code == 200
    assert await register.person() != number, "the number is nobody else's, and the id may be registered again"
    (told,) = await register.events("person.erased")
    assert (told["person"], told["whole"], told["revision"]) == (1, True, 1)


async def test_of_who_is_insured_only_what_no_law_keeps_is_erased(register: Register) -> None:
    employer, number = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    assert (await register.correct(number, "email", EMAIL, self_of(number), reason="changed")).status_code == 201
    found = await erased(register, number)
    assert found["state"] == "partly"
    kept = {each["record_class"]: each for each in found["kept"]}
    assert "General) Regulations 1971" in kept["identity"]["law"]
    assert kept["identity"]["until"] is None, "the employment goes on"
    left = await readable(register)
    assert ADDRESS not in left
    assert EMAIL not in left
    assert NAME in left
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    assert (counts["contact"], counts["uploads"]) == (2, 1)
    shown = (await person(register, number)).json()
    assert (shown["name"], shown["address"]) == (NAME, None)
    assert len(await register.lines()) == 1
    (told,) = await register.events("person.erased")
    assert told["whole"] is False


async def test_until_when_it_is_kept_is_counted_from_the_last_entry_and_the_life(register: Register) -> None:
    employer, number = await register.worker_of()
    (spell,) = await register.rows("SELECT spell FROM spell")
    await register.ended(str(spell[0]), "2026-06-30")
    found = await erased(register, number)
    assert {each["until"] for each in found["kept"] if each["record_class"] == "identity"} == {"2097-01-01"}
    assert employer


async def test_a_person_states_it_and_reads_its_own_and_nobody_elses(register: Register) -> None:
    employer, number = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    own = self_of(number)
    stated = await state(register, number, own)
    assert stated.status_code == 202, stated.text
    assert (await state(register, number, own)).json()["code"] == "erasure_waits"
    for party, whom in ((party_of(employer), number), (own, other), (self_of(other), number)):
        refused = await state(register, whom, party)
        assert (refused.status_code, refused.json()["code"]) == (404, "person_unknown"), party
    assert (await certificate(register, stated.json()["erasure"], own))["state"] == "waiting"
    for party in (party_of(employer), self_of(other)):
        path = f"/v1/erasures/{stated.json()['erasure']}"
        assert (await register.as_party("GET", path, READ, party)).status_code == 404
        assert (await register.as_party("GET", "/v1/erasures", READ, party)).json()["data"] == []


async def test_who_stated_it_does_not_approve_it(register: Register) -> None:
    number = await register.person()
    await state(register, number, reason="registered_by_mistake")
    own = await register.decided("erasure", "erasure_granted", approver="officer-3")
    assert (own.status_code, own.json()["code"]) == (403, "erasure_of_oneself")
    assert (await person(register, number)).status_code == 200


async def test_what_is_refused_stands_and_may_be_stated_again(register: Register) -> None:
    number = await register.person()
    stated = await state(register, number, reason="registered_by_mistake")
    assert (await register.decided("erasure", "erasure_refused")).status_code == 201
    await register.work_off()
    assert (await certificate(register, stated.json()["erasure"]))["state"] == "refused"
    assert (await person(register, number)).status_code == 200
    assert (await state(register, number)).status_code == 202


def claim(revision: int, *, is_open: bool) -> ClaimAssessedV1:
    """How the person's claim stands."""
    waits = PendingV1(scheme="act4", benefit="temporary_disablement", reason="x", waits_for="officer:days", since=now())
    return ClaimAssessedV1(
        person=1,
        claim=CLAIM,
        revision=revision,
        event="accident",
        happened_on=today(),
        decided_at=now(),
        revision_hash="0" * 64,
        entitlements=(),
        refusals=(),
        pending=(waits,) if is_open else (),
    )


async def arrived(register: Register, *events: Event) -> None:
    await register.service.consume_batch([received(each) for each in events])


async def test_an_open_claim_postpones_it_with_reason_owner_and_deadline(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await arrived(register, claim(2, is_open=True), claim(1, is_open=False))
    found = await erased(register, number, reason="registered_by_mistake")
    assert (found["state"], found["held_until"]) == ("held", "2026-11-01")
    assert found["holds"] == [{"reason": "claim_open", "about": str(CLAIM), "owner": "service:claims"}]
    assert (await person(register, number)).status_code == 200
    assert await register.events("person.erased") == []
    business_clock.set_day(2026, 11, 2)
    (task,) = await register.waiting("erasure")
    assert (task["reason"], task["facts"]["holds"]) == ("hold_goes_on", "claim_open")
    assert (await register.decided("erasure", "erasure_granted")).status_code == 201
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["held_until"] == "2027-01-31"
    await arrived(register, claim(3, is_open=False))
    business_clock.set_day(2026, 11, 3)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert await register.waiting("erasure") == []


FOLLOWERS: dict[str, type[ErasureFollowedV1]] = {
    "claims": ClaimsErasureFollowedV1,
    "benefits": BenefitsErasureFollowedV1,
    "rehab": RehabErasureFollowedV1,
    "jobs": JobsErasureFollowedV1,
}


def follows(service: str, erasure: str, revision: int = 1, *, person: int = 1, **held: Any) -> ErasureFollowedV1:
    """What a service tells: that it has forgotten, or what is held."""
    state = Following.HELD if held else Following.FORGOTTEN
    about = {"person": person, "erasure": UUID(erasure), "revision": revision, "state": state, "since": now()}
    return FOLLOWERS[service](**about, **held)


async def test_the_certificate_says_which_services_have_forgotten(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    found = await erased(register, number, reason="registered_by_mistake")
    whose = found["erasure"]
    shown = {
        each["service"]: (each["state"], each["reason"], each["owner"], each["until"]) for each in found["followers"]
    }
    assert shown == {name: ("awaited", "not_told", f"service:{name}", "2026-08-10") for name in FOLLOWERS}
    held: dict[str, Any] = {"reason": "paid_lately", "owner": "service:benefits", "until": date(2031, 5, 2)}
    # In whatever order, and however often.
    await arrived(register, follows("claims", whose, 2), follows("claims", whose, reason="claim_open", **_OPEN))
    for _ in range(2):
        for event in (follows("benefits", whose, **held), follows("rehab", whose), follows("jobs", whose)):
            await arrived(register, event)
    found = await certificate(register, whose)
    shown = {
        each["service"]: (each["state"], each["reason"], each["owner"], each["until"]) for each in found["followers"]
    }
    forgotten = ("forgotten", None, None, None)
    assert shown == {
        **dict.fromkeys(FOLLOWERS, forgotten),
        "benefits": ("held", "paid_lately", "service:benefits", "2031-05-02"),
    }
    assert found["followed_at"] is None
    last = follows("benefits", whose, 2)
    await arrived(register, last)
    found = await certificate(register, whose)
    assert {each["state"] for each in found["followers"]} == {"forgotten"}
    assert datetime.fromisoformat(found["followed_at"]) == last.since
    # An account is entered for the number.
    await arrived(register, follows("benefits", whose, 3, **held))
    assert (await certificate(register, whose))["followed_at"] is None


async def test_what_is_erased_in_part_is_nothing_of_other_services(register: Register) -> None:
    employer, number = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    found = await erased(register, number)
    assert (found["state"], found["followers"], found["followed_at"]) == ("partly", [], None)


async def test_a_service_that_does_not_follow_in_time_waits_for_officers(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    whose = (await erased(register, number, reason="registered_by_mistake"))["erasure"]
    assert await register.for_officers() == {}
    await arrived(register, follows("claims", whose, reason="claim_open", **_OPEN))
    await arrived(register, follows("rehab", whose))
    business_clock.set_day(2026, 8, 12)
    assert await register.for_officers() == {"erasure_not_followed": 2}, "of two nothing was heard for a week"
    for service in ("benefits", "jobs"):
        await arrived(register, follows(service, whose))
    assert await register.for_officers() == {}, "a claim may be open until its day"
    business_clock.set_day(2026, 11, 4)
    assert await register.for_officers() == {"erasure_not_followed": 1}
    await arrived(register, follows("claims", whose, 2))
    assert await register.for_officers() == {}


async def test_of_several_numbers_all_are_forgotten_or_none_is(register: Register) -> None:
    number, other = await register.person(), await another(register)
    await merged(register, other, number, name=number, born_on=number, address=number)
    whose = (await erased(register, other))["erasure"]
    for service in FOLLOWERS:
        await arrived(register, follows(service, whose))
    found = await certificate(register, whose)
    assert {each["state"] for each in found["followers"]} == {"awaited"}
    for service in FOLLOWERS:
        await arrived(register, follows(service, whose, person=2))
    found = await certificate(register, whose)
    assert {each["state"] for each in found["followers"]} == {"forgotten"}
    assert found["followed_at"] is not None


async def test_two_services_that_tell_at_once_see_each_other(register: Register) -> None:
    whose = (await erased(register, await register.person(), reason="registered_by_mistake"))["erasure"]
    for service in ("claims", "benefits"):
        await arrived(register, follows(service, whose))
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await erasure_followed.apply([follows("rehab", whose)], uow)
        waiting = asyncio.create_task(arrived(register, follows("jobs", whose)))
        await asyncio.sleep(0.3)
    await waiting
    assert (await certificate(register, whose))["followed_at"] is not None


async def test_a_person_reads_who_has_forgotten_it_and_nobody_else_does(register: Register) -> None:
    number = await register.person()
    await another(register)
    whose = (await erased(register, number, reason="registered_by_mistake"))["erasure"]
    await arrived(register, follows("jobs", whose))
    own = await certificate(register, whose, self_of(number))
    assert {each["service"] for each in own["followers"] if each["state"] == "forgotten"} == {"jobs"}
    seen = "SELECT count(*) FROM erasure_followed"
    async with register.service.database.connection("api") as api:
        assert await api.fetchval(seen) == 0


async def test_what_other_services_told_is_dropped_and_rebuilt(register: Register) -> None:
    number = await register.person()
    await arrived(register, claim(2, is_open=False))
    whose = (await erased(register, number, reason="registered_by_mistake"))["erasure"]
    told = [follows(service, whose) for service in FOLLOWERS]
    for said in told:
        await arrived(register, said)
    tables = [table.name for table in PROJECTIONS]
    before = [await register.rows(f"TABLE {name}") for name in tables]
    assert all(before)
    full = await certificate(register, whose)
    async with register.service.database.connection("migrate") as owner:
        await owner.execute(f"TRUNCATE {', '.join(tables)}")
    announced: list[Event] = [*reversed(told), claim(2, is_open=False)]
    for event in announced:
        await register.service.consume_batch([received(event, announcement="run")])
    for name, rows in zip(tables, before, strict=True):
        assert sorted(map(tuple, await register.rows(f"TABLE {name}"))) == sorted(map(tuple, rows))
    assert await certificate(register, whose) == full


async def test_the_records_of_the_family_stay_right(register: Register) -> None:
    number, other = await register.person(), await another(register)
    await related(register, number, relative=other)
    before = await family(register, other)
    await erased(register, number, reason="registered_by_mistake")
    names_nobody(await readable(register))
    assert await family(register, other) == before


async def test_all_numbers_of_the_one_person_are_erased(register: Register) -> None:
    number, other = await register.person(), await another(register)
    await merged(register, other, number, name=number, born_on=number, address=number)
    found = await erased(register, other)
    assert (found["person"], found["state"]) == (number, "erased")
    assert sorted(each["person"] for each in await register.events("person.erased")) == [1, 2]
    names_nobody(await readable(register))
    assert OTHER_MYKAD not in await readable(register)


async def died(register: Register, number: int, day: str) -> None:
    """A public register stated it."""
    async with register.service.database.connection("migrate") as owner:
        await owner.execute(
            "INSERT INTO person_fact (id, person, attribute, valid, plain, source) VALUES "
            "(nextval('person_fact_id'), $1, 'died_on', daterange(NULL, NULL), $2, 'register:1')",
            number,
            day,
        )
        await owner.execute("SELECT derive_person_attributes(ARRAY[$1::integer])", number)


async def run_timer(register: Register) -> None:
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await erase_expired(EraseExpired(), uow)
    await register.work_off()


async def test_the_timer_erases_by_itself_once_the_time_is_over(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    _, number = await register.worker_of(started_on="2010-01-01")
    (spell,) = await register.rows("SELECT spell FROM spell")
    await register.ended(str(spell[0]), "2017-06-30")
    alive = await another(register)
    await died(register, 1, "2019-12-31")
    await run_timer(register)
    assert (await person(register, number)).status_code == 200, "not seven years yet"
    business_clock.set_day(2027, 1, 2)
    await run_timer(register)
    assert (await person(register, number)).json()["code"] == "person_erased"
    names_nobody(await readable(register))
    (told,) = await register.events("person.erased")
    assert (told["reason"], told["whole"]) == ("time_over", True)
    assert (await person(register, alive)).status_code == 200
    assert await register.rows("SELECT FROM spell") != [], "figures stand by number"


async def test_who_is_owed_something_is_not_erased_by_the_timer(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await died(register, 1, "2010-01-01")
    await arrived(register, claim(1, is_open=True))
    await run_timer(register)
    assert (await person(register, number)).status_code == 200
    assert await register.rows("SELECT FROM erasure") == []


@pytest.mark.parametrize("table", ["person_fact", "national_id", "person_name_token"])
async def test_no_role_erases_what_nobody_granted(register: Register, table: str) -> None:
    await register.person()
    async with register.service.database.connection("migrate") as owner:
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(f"DELETE FROM {table}")  # noqa: S608
    async with register.service.database.connection() as worker:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await worker.execute("SELECT erase_person(ARRAY[1], true, now())")


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_a_backup_that_is_put_back_does_not_bring_it_back(
    register: Register, again: Register, *, is_reversed: bool
) -> None:
    """The backup knows the person, or knows nothing of it: in whatever order the topics are read."""
    number = await register.person()
    assert await again.person() == number
    await register.corrected(number, "born_on", "1990-02-02", reason="wrong_document")
    await erased(register, number, reason="registered_by_mistake")
    events = sorted(await published_by(register.service), key=lambda each: each.topic.name, reverse=is_reversed)
    await _recalled(again, events)
    names_nobody(await readable(again))
    assert await again.rows("SELECT plain FROM person_fact") == []
    assert (await person(again, number)).json()["code"] == "person_erased"
    assert await again.person() != number
    (stated,) = [each for each in events if isinstance(each, PersonErasedV1)]
    assert (await certificate(again, str(stated.erasure)))["state"] == "erased"


async def test_who_was_registered_and_erased_since_the_backup_stays_nobody(register: Register, again: Register) -> None:
    number = await register.person()
    await erased(register, number, reason="registered_by_mistake")
    await _recalled(again, await published_by(register.service))
    assert await again.rows("SELECT FROM recalled_person") == []
    assert await again.person() != number


async def _recalled(again: Register, events: Sequence[Event]) -> None:
    for _ in range(2):
        worker = again.service.worker
        async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
            await worker.work.recall((), uow)
            await worker.work.recall(events, uow)
    await again.work_off()


async def test_a_list_goes_on_behind_whom_nothing_is_kept_of(register: Register) -> None:
    numbers = [await register.person(f"90010114{each:04}", name=f"Ali {each}") for each in range(5678, 5681)]
    await erased(register, numbers[1], reason="registered_by_mistake")
    first = await register.as_party("GET", "/v1/persons?limit=1", SEE)
    assert first.json()["has_more"], "an erased one ends no page"
    path = f"/v1/persons?limit=1&cursor={first.json()['next_cursor']}"
    (second,) = (await register.as_party("GET", path, SEE)).json()["data"]
    assert second["person"] == numbers[2]
