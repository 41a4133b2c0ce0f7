"""Numbers stay with those who bear them, and lines above what was published, after a restore (rules M8)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from services.registration.commands.recall_registration import RecallRegistration, recall_registration
from services.registration.commands.review_refund import ReviewRefund
from services.registration.files.contribution_file import render
from services.registration.storage.accounts import AccountRepository
from services.registration.tests.api.family import NUR, changed, family, related, state
from services.registration.tests.api.test_person_merges import decide, merge, merged, parted, split
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    FIRST,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    WAITS_FOR_A_ROW,
    Register,
    line,
    months_at_2480,
    party_of,
    register_on,
    self_of,
)
from shared.contracts.contribution_received import (
    ContributionBankedV1,
    ContributionsReceivedV1,
    ContributionTotalsV1,
)
from shared.contracts.envelope import Cause
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.contracts.registration import (
    PersonMergeEvent,
    PersonRegisteredV1,
    PersonSplitV1,
    RelationEvent,
    SpellEndedV1,
    SpellEvent,
)
from shared.kernel.clock import now, today
from shared.kernel.identifiers import employer_number, person_id, person_number
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import eventually
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

# Before June 2026 nobody paid for SKBBK.
HIGHER = {name: amount for name, amount in AT_2600.items() if name != "skbbk_employee"}


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def test_nobody_is_given_the_number_of_somebody_else(register: Register, again: Register) -> None:
    first, second = await register.person(), await register.person(OTHER_MYKAD)
    await recall(register.service, again.service)
    stranger = await again.person("770707145555")
    assert await again.person(OTHER_MYKAD) == second
    assert await again.person() == first
    assert stranger not in (first, second)
    told = [each for each in await published_by(again.service) if isinstance(each, PersonRegisteredV1)]
    assert [(each.person, each.revision) for each in told] == [
        (person_number(stranger), 1),
        (person_number(second), 2),
        (person_number(first), 2),
    ], "above what was published"


async def test_a_month_that_was_told_in_parts_is_summed_up_once_for_a_batch(
    register: Register, again: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.registration.events.contribution_received.LINES_IN_AN_EVENT", 1)
    employer, _ = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await register.spell(other, employer)
    both = [line("2026-05", AT_2480), line("2026-05", AT_2480, id_=OTHER_MYKAD)]
    await register.sent(employer, render(both))
    told = [each for each in await published_by(register.service) if isinstance(each, ContributionsReceivedV1)]
    assert len(told) == 2
    restate, months = AccountRepository.restate, []

    async def restated(self: AccountRepository, *whose: Any) -> None:
        months.append(whose[1])
        await restate(self, *whose)

    monkeypatch.setattr(AccountRepository, "restate", restated)
    worker = again.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await recall_registration(RecallRegistration(told), uow)
    assert [str(month) for month in months] == ["2026-05"]
    (kept,) = await again.rows("SELECT declared_sen FROM contribution_account")
    assert kept["declared_sen"] == 2 * 6_490


async def test_who_came_back_is_registered_already(register: Register, again: Register) -> None:
    """The number that was published of it is taken, by itself."""
    await register.person()
    await register.employer()
    await recall(register.service, again.service)
    await again.person()
    await again.employer()
    person = await again.try_person()
    assert (person.status_code, person.json()["code"]) == (409, "national_id_registered")
    employer = await again.try_employer()
    assert (employer.status_code, employer.json()["code"]) == (409, "employer_code_registered")


async def test_a_number_that_was_told_and_never_sent_is_left_out(register: Register, again: Register) -> None:
    await recall(register.service, again.service)
    unsent = await register.person()
    assert person_number(await again.person(OTHER_MYKAD)) > person_number(unsent) + 1_000


async def test_an_employer_comes_back_by_its_code(register: Register, again: Register) -> None:
    employer = await register.employer()
    await recall(register.service, again.service)
    assert await again.employer(OTHER_CODE) != employer
    assert await again.employer() == employer


@pytest.mark.parametrize("by_officer", [False, True])
async def test_a_spell_that_comes_back_was_stated_when_it_was_first_stated(
    register: Register, again: Register, business_clock: BusinessClock, by_officer: bool
) -> None:
    """Else whoever states it again after a restore would have stated it after an accident."""
    business_clock.set_day(2026, 1, 5)
    employer, person = await register.employer(), await register.person()
    spell = (await register.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"]
    if by_officer:
        path = f"/v1/spells/{spell}/verification"
        assert (await register.as_party("POST", path, "registration:spell:write")).status_code == 200
    await recall(register.service, again.service)
    business_clock.set_day(2026, 7, 20)
    assert (await again.employer(), await again.person()) == (employer, person)
    back = (await again.try_spell(person, employer, "2026-01-05", party_of(employer))).json()
    assert (back["spell"], back["stated_on"], back["verified"]) == (spell, "2026-01-05", by_officer)


@pytest.mark.parametrize("ended_on", ["2026-07-04", "2026-07-05"])
@pytest.mark.parametrize("by_officer", [False, True])
async def test_an_end_that_comes_back_was_stated_when_it_was_first_stated(
    register: Register, again: Register, business_clock: BusinessClock, by_officer: bool, ended_on: str
) -> None:
    """Else whoever states it again after a restore would have ended it after an accident; another day is a new word."""
    business_clock.set_day(2026, 7, 6)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    path, day = f"/v1/spells/{spell}/end", {"ended_on": "2026-07-04"}
    for party in (party_of(employer), *([""] if by_officer else [])):
        assert (await register.as_party("POST", path, "registration:spell:write", party, json=day)).status_code == 200
    await recall(register.service, again.service)
    business_clock.set_day(2026, 7, 20)
    assert (await again.employer(), await again.person()) == (employer, person)
    assert await again.spell(person, employer) == spell
    day["ended_on"] = ended_on
    answer = await again.as_party("POST", path, "registration:spell:write", party_of(employer), json=day)
    assert answer.status_code == 200, answer.text
    (told,) = [each for each in await published_by(again.service) if isinstance(each, SpellEndedV1)]
    is_same = ended_on == "2026-07-04"
    assert (str(told.end_stated_on), told.end_verified) == (
        "2026-07-06" if is_same else "2026-07-20",
        by_officer and is_same,
    )


async def test_that_an_officer_stated_an_end_comes_back_for_an_end_that_is_remembered(
    register: Register, again: Register
) -> None:
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    path, day = f"/v1/spells/{spell}/end", {"ended_on": str(today())}
    await register.as_party("POST", path, "registration:spell:write", party_of(employer), json=day)
    await recall(register.service, again.service)
    assert (await again.employer(), await again.person()) == (employer, person)
    assert await again.spell(person, employer) == spell
    await again.as_party("POST", path, "registration:spell:write", party_of(employer), json=day)
    assert [row["end_verified"] for row in await again.rows("SELECT end_verified FROM spell")] == [False]
    for _ in range(2):
        await register.as_party("POST", path, "registration:spell:write", json=day)
    await recall(register.service, again.service)
    assert [row["end_verified"] for row in await again.rows("SELECT end_verified FROM spell")] == [True]


@pytest.mark.parametrize("stated", [(), ("",), ("", "/refusal"), ("/refusal",)])
async def test_the_last_word_on_a_spell_comes_back_and_stays_derived(
    register: Register, again: Register, stated: tuple[str, ...]
) -> None:
    """Of a verification that was taken back the earlier event says nothing any more, whichever is read last."""
    employer, person = await register.employer(), await register.person()
    spell = (await register.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"]
    for path in stated:
        said = await register.as_party("POST", f"/v1/spells/{spell}/verification{path}", "registration:spell:write")
        assert said.status_code == 200
    await recall(register.service, again.service)
    assert (await again.employer(), await again.person()) == (employer, person)
    back = (await again.try_spell(person, employer, "2026-01-05", party_of(employer))).json()
    assert back["verified"] is (stated == ("",))
    words = await again.rows("SELECT granted, officer FROM spell_verification")
    assert back["refused"] is (stated[-1:] == ("/refusal",))
    assert [tuple(word) for word in words] == ([(back["verified"], None)] if stated else [])


async def test_a_word_that_a_database_forgot_lifts_the_spell_that_it_remembers(
    register: Register, again: Register
) -> None:
    """Put back to before the verification, which the event tells; who said it is not known any more."""
    employer, person = await register.employer(), await register.person()
    spell = (await register.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"]
    await recall(register.service, again.service)
    assert (await again.employer(), await again.person()) == (employer, person)
    assert (await again.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"] == spell
    for path in ("", "/refusal", ""):
        await register.as_party("POST", f"/v1/spells/{spell}/verification{path}", "registration:spell:write")
    await recall(register.service, again.service)
    assert [tuple(row) for row in await again.rows("SELECT verified, refused, revision FROM spell")] == [
        (True, False, 4)
    ]
    words = await again.rows("SELECT granted, officer FROM spell_verification ORDER BY id")
    assert [tuple(word) for word in words] == [(True, None), (False, None), (True, None)]


async def test_a_refusal_that_a_database_forgot_takes_the_membership_away_again(
    register: Register, again: Register
) -> None:
    employer, person = await register.employer(), await register.person()
    spell = (await register.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"]
    await recall(register.service, again.service)
    assert (await again.employer(), await again.person()) == (employer, person)
    assert (await again.try_spell(person, employer, "2026-01-05", party_of(employer))).json()["spell"] == spell
    for path in ("", "/refusal"):
        await register.as_party("POST", f"/v1/spells/{spell}/verification{path}", "registration:spell:write")
    await recall(register.service, again.service)
    await again.work_off()
    assert [tuple(row) for row in await again.rows("SELECT verified, refused FROM spell")] == [(False, True)]
    assert {row["periods"] for row in await again.rows("SELECT periods::text FROM membership")} == {"[]"}


async def test_a_release_comes_back_with_the_person(register: Register, again: Register) -> None:
    """Else who was released would be charged, and who came back not be covered.

    When it was said, and by what kind of party, comes back too: else it would be said behind every accident; who said
    it is not known any more.
    """
    employer, person = await register.worker_of()
    await register.stated_skbbk(person, "release", filed_on="2026-08-31")
    await register.stated_skbbk(person, "return", filed_on="2026-10-05")
    before = (await register.memberships("skbbk"))[-1]
    await recall(register.service, again.service)
    await again.work_off()
    assert await again.worker_of() == (employer, person)
    after = (await again.memberships("skbbk"))[-1]
    assert (after["revision"], after["periods"], after["statements"]) == (4, before["periods"], before["statements"])
    rows = await again.rows("SELECT kind, tenant, officer FROM skbbk_statement ORDER BY id")
    assert [tuple(row) for row in rows] == [(kind, "organisation", None) for kind in ("release", "return")]
    assert await again.rows("SELECT 1 FROM due_work WHERE kind = 'derive_again'") == []


async def test_being_insured_under_act_800_comes_back_above_what_was_published(
    register: Register, again: Register
) -> None:
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer, "2024-03-01")
    await register.ended(spell, "2026-08-31")
    told = [(each["revision"], each["periods"]) for each in await register.memberships("act800")]
    of_spell = {"category": "insured", "first": "2024-03-01"}
    assert told == [(1, [{**of_spell, "last": "2049-12-31"}]), (2, [{**of_spell, "last": "2026-08-31"}])]
    await recall(register.service, again.service)
    await again.work_off()
    assert await again.worker_of() == (employer, person)
    after = (await again.memberships("act800"))[-1]
    assert (after["revision"], after["periods"]) == (3, [{**of_spell, "last": "2049-12-31"}])


async def test_a_release_that_a_database_forgot_is_derived_again_for_whom_it_remembers(
    register: Register, again: Register
) -> None:
    """Put back to before the release."""
    for each in (register, again):
        _, person = await each.worker_of()
    await register.stated_skbbk(person, "release", filed_on="2026-08-31")
    await recall(register.service, again.service)
    await again.work_off()
    told = (await again.memberships("skbbk"))[-1]
    assert (told["revision"], told["periods"][-1]) == (3, {"category": "out", "first": "2026-07-01"})
    assert len(await again.rows("SELECT 1 FROM skbbk_statement")) == 1


async def test_spells_and_lines_come_back_and_equal_ones_change_nothing(register: Register, again: Register) -> None:
    employer, person = await register.worker_of(started_on="2026-01-05")
    await register.sent(employer, months_at_2480("2026-01", "2026-02"))
    await register.sent(employer, render([line("2026-02", HIGHER)]))
    before = await published_by(register.service)
    await recall(register.service, again.service)
    assert await again.worker_of(started_on="2026-01-05") == (employer, person)
    job = await again.sent(employer, render([line("2026-02", HIGHER)]))
    assert job["state"] == "accepted"
    after = await published_by(again.service)
    spells = {each.spell: each.revision for each in before if isinstance(each, SpellEvent)}
    (spell,) = [each for each in after if isinstance(each, SpellEvent)]
    assert spell.revision > spells[spell.spell]
    assert spell.confirmed_month == "2026-01"
    assert [each for each in after if isinstance(each, ContributionsReceivedV1 | ContributionTotalsV1)] == []
    await again.sent(employer, months_at_2480("2026-02"))
    (corrected,) = [each for each in await published_by(again.service) if isinstance(each, ContributionsReceivedV1)]
    assert corrected.revisions == (3,)


async def test_what_was_banked_is_known_again_and_is_not_counted_twice_when_it_is_stated_again(
    register: Register, again: Register
) -> None:
    """As it was published; one that was of no fund is looked at again when the month is declared again."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    receipts = [
        await register.banked(employer, "2026-05", "64.90"),
        await register.banked(employer, "2026-04", "64.90", "FPX 2"),
        await register.banked(employer, "2026-05", "64.90", "FPX 3"),
    ]
    for what, officer in (("counter-entries", FIRST), ("counter-entries/releases", SECOND)):
        await register.said(receipts[2], what, officer)
    await recall(register.service, again.service)
    await again.work_off()
    assert await again.banked(employer, "2026-05", "64.90") == receipts[0]
    known = await again.rows("SELECT receipt, tenant, revision, unallocated_for FROM contribution_receipt")
    assert {str(row[0]): tuple(row)[1:] for row in known} == {
        receipts[0]: ("bank:1", 1, None),
        receipts[1]: ("bank:1", 1, "nothing_declared"),
        receipts[2]: ("bank:1", 2, "countered"),
    }
    assert await again.events("contribution.banked") == [], "as it was told"
    await again.worker_of()
    await again.sent(employer, months_at_2480("2026-04"))
    assert [each["revision"] for each in await again.events("contribution.banked")] == [2]


async def test_reading_back_and_a_receipt_that_is_looked_at_do_not_wait_for_each_other(
    register: Register, again: Register
) -> None:
    """A refund is read back before the receipt of its month: what is left for the receipt comes first all the same."""
    employer, _ = await register.worker_of()
    for amounts in (HIGHER, AT_2480):
        await register.sent(employer, render([line("2026-05", amounts)]))
    await register.banked(employer, "2026-05", "67.60")
    assert (await register.claim_refund(employer, "2026-05")).status_code == 202
    assert (await register.decided_refund("67.60")).status_code == 201
    told = await published_by(register.service)
    payables = [each for each in told if isinstance(each, RegistrationPayableStatedV1)]
    receipts = [each for each in told if isinstance(each, ContributionBankedV1)]
    assert payables
    assert receipts
    worker = again.service.worker
    async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
        await worker.work.recall(receipts, uow)

    async def read_back() -> None:
        async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
            await worker.work.recall([*payables, *receipts], uow)

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.connection.execute(text("SELECT FROM due_work WHERE kind = 'allocate_receipt' FOR UPDATE"))
        reading = asyncio.create_task(read_back())
        await eventually(partial(again.rows, WAITS_FOR_A_ROW))
        await uow.due.at(ReviewRefund(employer_number(employer), "2026-05"), now())
    await reading


async def test_a_birth_and_a_residence_that_were_corrected_come_back_from_the_event(
    register: Register, again: Register
) -> None:
    """As far as the event says them: what was stated of the days, not by whom; the backup knew the person before."""
    employer, person = await register.worker_of(started_on="2015-03-01")
    assert await again.worker_of(started_on="2015-03-01") == (employer, person)
    await register.corrected(person, "born_on", "1966-02-10")
    await register.corrected(person, "residence", "permanent_resident", first_day="2025-01-01", reason="changed")
    await recall(register.service, again.service)
    await again.work_off()
    read = f"/v1/persons/{person}"
    now_known = (await again.as_party("GET", read, "registration:person:read")).json()
    before = (await again.as_party("GET", f"{read}?at=2024-12-31", "registration:person:read")).json()
    assert (now_known["born_on"], now_known["residence"]) == ("1966-02-10", "permanent_resident")
    assert before["residence"] == "citizen"
    assert (await again.memberships("act4"))[-1]["periods"] == (await register.memberships("act4"))[-1]["periods"]
    facts = (await again.as_party("GET", f"{read}/facts", "registration:person:read")).json()["data"]
    assert [each["source"] for each in facts][-2:] == ["registration"] * 2


async def test_family_relations_come_back_without_their_officers_and_names(register: Register, again: Register) -> None:
    """With days, kind and revision; the same is not stated twice, and an end goes on above what was published."""
    person, other = await register.person(), await register.person(OTHER_MYKAD, name="Siti binti Omar")
    marriage = await related(register, person, relative=other)
    child = await related(register, person, kind="child", first_on="2017-03-09", named=NUR)
    withdrawn = await related(register, person, kind="sibling", named={"name": "Ali"})
    await changed(register, marriage, "end", last_on="2026-06-30")
    await changed(register, withdrawn, "withdrawal")
    for _ in range(2):
        await recall(register.service, again.service)
    assert (await again.person(), await again.person(OTHER_MYKAD, name="Siti binti Omar")) == (person, other)
    seen = {each["relation"]: each for each in await family(again, person)}
    assert set(seen) == {marriage, child}
    assert (seen[marriage]["last_on"], seen[marriage]["relative"]) == ("2026-06-30", other)
    assert seen[child]["named"] == {"name": None, "born_on": "2017-03-09"}
    assert (seen[child]["source"], seen[child]["evidence"]) == ("registration", None)
    twice = await state(again, other, relative=person)
    assert twice.json()["code"] == "relation_overlaps"
    await changed(again, marriage, "end", last_on="2026-06-15")
    (told,) = [each for each in await published_by(again.service) if isinstance(each, RelationEvent)]
    assert (str(told.relation), told.revision) == (marriage, 3)


@pytest.mark.parametrize("remembered", [False, True])
async def test_what_was_published_of_an_employer_comes_back_with_it(
    register: Register, again: Register, remembered: bool
) -> None:
    """Where it is, what it does and that it ended; one that is remembered as of before is corrected."""
    employer = await register.employer()
    if remembered:
        assert await again.employer() == employer
    for what, says in (
        ("facts", {"attribute": "state", "value": "melaka"}),
        ("facts", {"attribute": "sector", "value": "C"}),
        ("end", {"ended_on": "2026-06-30"}),
    ):
        path, scope = f"/v1/employers/{employer}/{what}", "registration:employer:state"
        assert (await register.as_party("POST", path, scope, party_of(employer), json=says)).status_code == 201
    await recall(register.service, again.service)
    if not remembered:
        assert await again.employer() == employer
    (row,) = await again.rows("SELECT state, sector, ended_on, revision FROM employer")
    assert (row["state"], row["sector"], str(row["ended_on"])) == ("melaka", "C", "2026-06-30")
    assert row["revision"] >= 4, "no lower than what was published"


async def test_that_an_employer_began_again_comes_back_for_one_that_is_remembered_as_ended(
    register: Register, again: Register
) -> None:
    employer = await register.employer()
    assert await again.employer() == employer
    whose = ("registration:employer:state", party_of(employer))
    for what, says in (("end", {"ended_on": "2026-06-30"}), ("resumption", {"employs_from": "2026-07-01"})):
        path = f"/v1/employers/{employer}/{what}"
        assert (await register.as_party("POST", path, *whose, json=says)).status_code == 201
        if what == "end":
            assert (await again.as_party("POST", path, *whose, json=says)).status_code == 201
    await recall(register.service, again.service)
    assert [row["ended_on"] for row in await again.rows("SELECT ended_on FROM employer")] == [None]


async def test_the_kind_of_work_comes_back_with_a_spell_that_is_stated_again(
    register: Register, again: Register
) -> None:
    employer, person = await register.employer(), await register.person()
    stated = await register.try_spell(person, employer, "2024-03-01", party_of(employer), kind_of_work="civil_servant")
    spell = stated.json()["spell"]
    await recall(register.service, again.service)
    assert (await again.employer(), await again.person()) == (employer, person)
    back = (await again.try_spell(person, employer, "2024-03-01", party_of(employer))).json()
    assert (back["spell"], back["kind_of_work"]) == (spell, "civil_servant")
    assert await again.memberships("act4") == []


async def test_who_is_one_person_comes_back_and_a_split_goes_on_above_what_was_published(
    register: Register, again: Register
) -> None:
    """Whoever is registered again is seen as before; a merge that only waited is stated again."""
    (_, survivor), (second, other) = (
        await register.worker_of(),
        await register.worker_of(OTHER_CODE, OTHER_MYKAD, "2025-01-01"),
    )
    await merged(register, other, survivor)
    third = await register.person("880101145676")
    assert (await merge(register, third, survivor)).status_code == 202
    for _ in range(2):
        await recall(register.service, again.service)
    assert (await again.person(), await again.person(OTHER_MYKAD)) == (survivor, other)
    assert await again.employer(OTHER_CODE) == second
    assert await again.person("880101145676") == third
    assert (await merge(again, third, survivor)).status_code == 202, "what only waited is stated once more"
    assert (await decide(again, "persons_stay")).status_code == 201
    read = f"/v1/persons/{other}"
    seen = await again.as_party("GET", read, "registration:person:read", f"person:{person_number(survivor)}")
    assert seen.json()["merged_into"] == survivor
    await parted(again, other)
    told = [each for each in await published_by(again.service) if isinstance(each, PersonMergeEvent)]
    of_third = [(each.merged, each.revision) for each in told if each.person == person_number(third)]
    assert of_third == [(False, 2), (False, 3)]
    told = [each for each in told if each.person == person_number(other)]
    assert [(each.merged, each.revision) for each in told] == [(True, 3), (False, 4)]


async def test_a_hold_whose_statement_was_lost_is_let_go_of(register: Register, again: Register) -> None:
    """Nobody is asked to decide it any more: payments of both go on, and it may be stated once more."""
    (_, survivor), (_, other) = (
        await register.worker_of(),
        await register.worker_of(OTHER_CODE, OTHER_MYKAD, "2025-01-01"),
    )
    third = await register.person("880101145676")
    await merged(register, other, survivor)
    assert (await split(register, other)).status_code == 202
    assert (await merge(register, third, survivor)).status_code == 409, "one at a time"
    await recall(register.service, again.service)
    await again.work_off()
    told = [each for each in await published_by(again.service) if isinstance(each, PersonMergeEvent)]
    stands = [(each.person, each.merged, each.revision, each.held_until) for each in told]
    assert stands == [(person_number(other), True, 4, None)]
    assert await again.waiting("person_merge") == []


async def test_a_merge_that_only_waited_is_let_go_of(register: Register, again: Register) -> None:
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    assert (await merge(register, other, survivor)).status_code == 202
    await recall(register.service, again.service)
    await again.work_off()
    told = [each for each in await published_by(again.service) if isinstance(each, PersonMergeEvent)]
    assert [(type(each), each.revision, each.held_until) for each in told] == [(PersonSplitV1, 2, None)]
    await recall(register.service, again.service)
    await again.work_off()
    assert len([e for e in await published_by(again.service) if isinstance(e, PersonMergeEvent)]) == 1, "once"


async def test_what_waits_for_officers_still_is_held_after_it_is_read_back(register: Register) -> None:
    """The backup was made after it was stated: its task is there."""
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    assert (await merge(register, other, survivor)).status_code == 202
    await recall(register.service, register.service)
    await register.work_off()
    assert [each["type"] for each in await register.events("person.")][-1] == "jaring.person.held.v1"
    assert (await decide(register, "persons_merge")).status_code == 201


async def test_who_was_one_person_is_known_at_an_instant_where_the_statement_is_lost(
    register: Register, again: Register
) -> None:
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    await recall(register.service, again.service)
    assert (await again.person(), await again.person(OTHER_MYKAD)) == (survivor, other)
    path = f"/v1/persons/{other}"
    for asked in ({}, {"known_at": (now() + timedelta(minutes=1)).isoformat()}):
        found = await again.as_party("GET", path, "registration:person:read", params=asked)
        assert found.json()["merged_into"] == survivor, asked
    assert (await split(again, other)).status_code == 202
    (task,) = await again.waiting("person_merge")
    assert task["reason"] == "split"


async def test_a_split_takes_back_what_was_kept_though_its_hold_was_read_back(register: Register) -> None:
    """The backup is of after the merge: the statement that kept a birth for the survivor stands in it."""
    survivor, other = await register.person(), await register.person(OTHER_MYKAD, born_on="1985-06-15")
    await merged(register, other, survivor, born_on=other)
    assert (await split(register, other)).status_code == 202
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("UPDATE person_merge SET revision = 2, held_until = NULL")
    await recall(register.service, register.service)
    assert (await decide(register, "persons_split")).status_code == 201
    await register.work_off()
    read = await register.as_party("GET", f"/v1/persons/{survivor}", "registration:person:read")
    assert read.json()["born_on"] == "1990-01-01"


async def standing(register: Register, number: str) -> list[str]:
    """How a person takes part, run by run."""
    return [each["status"] for each in (await register.skbbk(number)).json()["months"]]


async def test_a_release_that_was_stated_of_a_merged_number_is_its_own_after_a_restore_and_a_split(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    """The backup is of before the merge; what is read back since says of which number each statement was made."""
    business_clock.set_day(2026, 7, 20)
    for each in (register, again):
        await each.worker_of()
        await each.worker_of(OTHER_CODE, OTHER_MYKAD, "2025-01-01")
    survivor, other = person_id(1), person_id(2)
    for each in (register, again):
        await each.stated_skbbk(other, "release", self_of(other))
    await merged(register, other, survivor)
    (told,) = (await register.memberships("skbbk"))[-1]["statements"]
    assert told["person"] == 2
    await recall(register.service, again.service)
    await again.work_off()
    rows = await again.rows("SELECT person, kind FROM skbbk_statement ORDER BY id")
    assert [tuple(row) for row in rows] == [(2, "release")]
    assert "out" in await standing(again, survivor)
    await parted(again, other)
    assert ["out" in await standing(again, each) for each in (survivor, other)] == [False, True]
