"""What waited for two officers in a backup, and was decided since, waits no more: nothing is decided twice.

Each begins with something that waits, goes on with what two officers decide, and puts the backup back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api import family, test_bank_statements, test_opening_files
from services.registration.tests.api import test_accounts as accounts
from services.registration.tests.api import test_employer_facts as employers
from services.registration.tests.api.test_carried_months import may
from services.registration.tests.api.test_contribution_formats import LEGACY
from services.registration.tests.api.test_enforcement import offered
from services.registration.tests.api.test_erasures import erased
from services.registration.tests.api.test_person_merges import merge, merged, split
from services.registration.tests.api.test_person_merges import person as read_person
from services.registration.tests.api.test_spell_corrections import COUNTS, REFUSED, correct, foreigner
from services.registration.tests.files.camt_messages import camt_053, detail, entry
from services.registration.tests.support import (
    AT_2480,
    FIRST,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    legacy_line,
    line,
    number_of,
    party_of,
    since_backup,
)
from shared.contracts.registration import PersonRegisteredV1
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall_since
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

# What a service decides of its own tasks: nothing is opened by it a second time.
_TASKS = "SELECT queue, state FROM task WHERE queue = $1 ORDER BY opened_at"


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, on the day of the bank's statements."""
    business_clock.set_day(2026, 8, 14)
    return business_clock


@pytest.fixture
def put_back(databases: Databases, issuer: TestIssuer) -> Any:
    """What goes on after something, and the backup of then."""

    def beginning(begin: Callable[[Register], Awaitable[Any]]) -> Any:
        return since_backup(databases, issuer, begin)

    return beginning


async def proposed(register: Register, queue: str, says: dict[str, Any]) -> dict[str, Any]:
    """The one task that waits in a queue, of which an officer proposed something."""
    (task,) = await register.waiting(queue)
    assert (await register.act(task, "takings", FIRST)).status_code == 201
    answer = await register.act(task, "proposals", FIRST, revision=task["revision"], says=says)
    assert answer.status_code == 201, answer.text
    return task


async def approved(register: Register, task: dict[str, Any]) -> None:
    """By the second one."""
    answer = await register.act(task, "approvals", SECOND, revision=task["revision"])
    assert answer.status_code == 201, answer.text
    await register.work_off()


async def known_again(register: Register, again: Register, queue: str) -> None:
    """After the restore nobody is asked, and was the one time that it was."""
    await recall_since(register.service, again.service)
    (before,) = await again.rows(_TASKS, queue)
    assert before["state"] == "closed"
    assert await again.waiting(queue) == []
    assert len(await again.rows(_TASKS, queue)) == 1


async def two_stated_to_be_one(register: Register) -> tuple[str, str, dict[str, Any]]:
    """A merge that one officer stated and another proposed."""
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    assert (await merge(register, other, survivor)).status_code == 202
    return survivor, other, await proposed(register, "person_merge", {"kind": "persons_merge"})


async def test_a_merge_that_waited_and_was_approved_since_counts(put_back: Any) -> None:
    async with put_back(two_stated_to_be_one) as (register, again, (survivor, other, task)):
        await approved(register, task)
        await known_again(register, again, "person_merge")
        assert (await read_person(again, other)).json()["merged_into"] == survivor
        (ended,) = await again.rows("SELECT counts, proposed_by, approved_by FROM person_merge_end")
        assert tuple(ended) == (True, "registration", "registration:restore")
        # By the statement that made them one a split is undone, and whoever states it is not in its way.
        assert (await split(again, other)).status_code == 202
        assert (await again.decided("person_merge", "persons_split")).status_code == 201
        assert (await read_person(again, other)).json()["merged_into"] is None


async def test_a_merge_that_waited_and_was_refused_since_is_refused(put_back: Any) -> None:
    async def begun(register: Register) -> tuple[str, str, dict[str, Any]]:
        survivor, other = await register.person(), await register.person(OTHER_MYKAD)
        assert (await merge(register, other, survivor)).status_code == 202
        return survivor, other, await proposed(register, "person_merge", {"kind": "persons_stay"})

    async with put_back(begun) as (register, again, (survivor, other, task)):
        await approved(register, task)
        await known_again(register, again, "person_merge")
        assert (await read_person(again, other)).json()["merged_into"] is None
        once_more = await merge(again, other, survivor)
        assert (once_more.status_code, once_more.json()["code"]) == (409, "merge_refused_before")
        assert (await merge(again, other, survivor, officer="officer-4")).status_code == 202


async def test_a_merge_that_nobody_has_decided_waits_on(put_back: Any) -> None:
    async with put_back(two_stated_to_be_one) as (register, again, (_, _, task)):
        await register.person("880101145676")
        await recall_since(register.service, again.service)
        await approved(again, task)


async def test_a_split_that_waited_and_was_approved_since_takes_back_and_assigns(put_back: Any) -> None:
    """What it says is in the backup: the birth that was the other one's, and the month."""

    async def begun(register: Register) -> tuple[str, str, dict[str, Any]]:
        employer, survivor = await register.worker_of()
        other = await register.person(OTHER_MYKAD, born_on="1985-06-15")
        await register.spell(other, employer)
        await merged(register, other, survivor, born_on=survivor)
        await register.corrected(survivor, "residence", "permanent_resident")
        (fact,) = await register.rows("SELECT id FROM person_fact WHERE plain = 'permanent_resident'")
        await register.sent(employer, render([line("2026-05", AT_2480)]))
        lines = [{"employer": employer, "month": "2026-05", "person": survivor}]
        stated = await split(register, other, assigned=[fact["id"]], assigned_lines=lines)
        assert stated.status_code == 202, stated.text
        return survivor, other, await proposed(register, "person_merge", {"kind": "persons_split"})

    async with put_back(begun) as (register, again, (survivor, other, task)):
        await approved(register, task)
        await recall_since(register.service, again.service)
        assert await again.waiting("person_merge") == []
        for each in (register, again):
            found = [(await read_person(each, one)).json()["residence"] for one in (survivor, other)]
            assert found == ["citizen", "permanent_resident"]
            assert await may(each) == {number_of(other): 248_000}


async def held_since_now(again: Register) -> None:
    """As a database is that reads back."""
    async with again.service.database.connection("migrate") as owner:
        await owner.execute("UPDATE epoch SET held = 'reading_back', held_since = clock_timestamp()")


async def released(again: Register) -> None:
    """As it is afterwards."""
    async with again.service.database.connection("migrate") as owner:
        await owner.execute("UPDATE epoch SET held = NULL")


async def test_what_was_stated_since_a_merge_that_was_read_back_may_be_assigned_by_a_split(put_back: Any) -> None:
    """Whichever of both is read back first, which is by chance: the facts of the one lie in another partition."""
    async with put_back(two_stated_to_be_one) as (register, again, (survivor, other, task)):
        await approved(register, task)
        assert (await register.decided("person_correction", "correction_refused")).status_code == 201
        await register.corrected(survivor, "residence", "permanent_resident")
        await held_since_now(again)
        await recall_since(register.service, again.service, first=PersonRegisteredV1)
        await released(again)
        await again.work_off()
        (fact,) = await again.rows("SELECT id FROM person_fact WHERE plain = 'permanent_resident'")
        stated = await split(again, other, assigned=[fact["id"]])
        assert stated.status_code == 202, stated.text
        assert (await again.decided("person_merge", "persons_split")).status_code == 201
        found = [(await read_person(again, one)).json()["residence"] for one in (survivor, other)]
        assert found == ["citizen", "permanent_resident"]


async def test_a_spell_that_is_nobodys_is_not_carried_for_another_that_was_forgotten(put_back: Any) -> None:
    """Long after a restore a split assigns an employment that an officer refuses before it is carried."""

    async def begun(register: Register) -> tuple[str, str, str]:
        employer = await register.employer()
        survivor, other = await register.person(), await register.person(OTHER_MYKAD)
        return employer, survivor, other

    async with put_back(begun) as (register, again, (employer, survivor, other)):
        forgotten = await register.spell(other, employer, "2019-01-01")
        await register.ended(forgotten, "2019-12-31")
        await recall_since(register.service, again.service)
        await again.work_off()
        await merged(again, other, survivor)
        since = await again.spell(survivor, employer, "2025-06-01")
        assert (await split(again, other, assigned_spells=[since])).status_code == 202
        task = await proposed(again, "person_merge", {"kind": "persons_split"})
        path = f"/v1/spells/{since}/verification/refusal"
        scopes = ["registration:spell:verify", "registration:spell:write"]
        assert (await again.service.call("POST", path, scopes=scopes, json={})).is_success
        await approved(again, task)
        assert await again.rows("SELECT person, refused FROM spell") == [(number_of(survivor), True)]


async def test_an_employment_that_a_split_carried_since_is_the_other_ones_again(put_back: Any) -> None:
    """Under the id that was published of it: nobody else would state it again."""

    async def begun(register: Register) -> tuple[str, dict[str, Any]]:
        employer = await register.employer()
        survivor, other = await register.person(), await register.person(OTHER_MYKAD)
        await merged(register, other, survivor)
        since = await register.spell(survivor, employer, "2025-06-01")
        assert (await split(register, other, assigned_spells=[since])).status_code == 202
        return other, await proposed(register, "person_merge", {"kind": "persons_split"})

    async with put_back(begun) as (register, again, (other, task)):
        await approved(register, task)
        await recall_since(register.service, again.service)
        await again.work_off()
        stands = "SELECT spell, person, days, refused, verified FROM spell ORDER BY person"
        assert await again.rows(stands) == await register.rows(stands)
        assert [each[1] for each in await again.rows(stands) if not each["refused"]] == [number_of(other)]


async def corrected_spell(register: Register) -> tuple[str, dict[str, Any]]:
    """A correction of the last day of a spell, that one officer stated and another proposed."""
    _, person = await register.worker_of()
    (spell,) = (await register.rows("SELECT spell FROM spell"))[0]
    answer = await correct(register, str(spell), subject="officer-3", ended_on="2026-06-30")
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting"), answer.text
    return person, await proposed(register, "spell_correction", {"kind": COUNTS})


_SPELL = "SELECT days, revision, end_verified FROM spell"


async def test_a_correction_of_a_spell_that_was_approved_since_counts(put_back: Any) -> None:
    async with put_back(corrected_spell) as (register, again, (_, task)):
        await approved(register, task)
        await known_again(register, again, "spell_correction")
        assert await again.rows(_SPELL) == await register.rows(_SPELL)
        (decided,) = await again.rows("SELECT counts, proposed_by FROM spell_correction")
        assert tuple(decided) == (True, "registration")
        assert await again.memberships("act4") != []


async def test_a_correction_of_a_spell_that_was_refused_since_waits_on(put_back: Any) -> None:
    """That was never published: two officers refuse it again."""
    async with put_back(corrected_spell) as (register, again, (_, task)):
        released = await register.act(task, "releases", FIRST)
        assert released.status_code == 201, released.text
        assert (await register.decided("spell_correction", REFUSED)).status_code == 201
        await recall_since(register.service, again.service)
        (waits,) = await again.waiting("spell_correction")
        assert waits["state"] == "proposed"


async def test_another_word_on_a_spell_decides_no_correction_of_it(put_back: Any) -> None:
    async with put_back(corrected_spell) as (register, again, _):
        (spell,) = (await register.rows("SELECT spell FROM spell"))[0]
        path = f"/v1/spells/{spell}/verification/refusal"
        assert (await register.as_party("POST", path, "registration:spell:write")).is_success
        await recall_since(register.service, again.service)
        assert len(await again.waiting("spell_correction")) == 1


@pytest.mark.parametrize(
    ("attribute", "value"), [("name", "Ahmad bin Abu"), ("born_on", "1990-02-02"), ("residence", "permanent_resident")]
)
async def test_a_correction_of_a_person_that_was_approved_since_counts(
    put_back: Any, attribute: str, value: str
) -> None:
    """A name too, which is published by its tokens alone: the backup has it in what was stated."""

    async def begun(register: Register) -> tuple[str, dict[str, Any]]:
        person = await register.person()
        stated = await register.correct(person, attribute, value, subject="officer-3")
        assert stated.status_code == 202, stated.text
        return person, await proposed(register, "person_correction", {"kind": "correction_counts"})

    async with put_back(begun) as (register, again, (person, task)):
        await approved(register, task)
        await known_again(register, again, "person_correction")
        assert (await read_person(again, person)).json()[attribute] == value
        facts = "SELECT count(*) FROM person_fact WHERE attribute = $1"
        assert await again.rows(facts, attribute) == await register.rows(facts, attribute)


@pytest.mark.parametrize(
    ("attribute", "refused", "approved"),
    [
        ("residence", {"value": "permanent_resident", "first_day": "2020-01-01"}, {"first_day": "2024-01-01"}),
        ("residence", {"value": "permanent_resident", "last_day": "2026-12-31"}, {"last_day": None}),
        ("name", {"value": "Lim Ah Kow"}, {"value": "Lim Ah Kow @ Tan Ah Kow"}),
        ("name", {"value": "Lim Ah Kow", "last_day": "2026-12-31"}, {"last_day": None}),
    ],
)
async def test_a_correction_that_was_refused_and_stated_otherwise_waits_on(
    put_back: Any, attribute: str, refused: dict[str, Any], approved: dict[str, Any]
) -> None:
    """What was approved is known again from its own day, and what was refused counts for nothing."""

    async def begun(register: Register) -> str:
        person = await register.person()
        stated = await register.correct(person, attribute, subject="officer-3", **refused)
        assert stated.status_code == 202, stated.text
        await register.work_off()
        return person

    async with put_back(begun) as (register, again, person):
        assert (await register.decided("person_correction", "correction_refused")).status_code == 201
        said = {name: value for name, value in {**refused, **approved}.items() if value is not None}
        await register.corrected(person, attribute, **said)
        await recall_since(register.service, again.service)
        assert len(await again.waiting("person_correction")) == 1
        assert await again.rows("SELECT FROM person_correction_end") == []
        if attribute == "residence":
            assert await again.rows(_RESIDENCE) == await register.rows(_RESIDENCE)


_RESIDENCE = (
    "SELECT fact.plain, known.valid FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact "
    "WHERE known.attribute = 'residence' ORDER BY known.valid"
)


async def test_the_day_since_which_somebody_lives_so_is_known_again(put_back: Any) -> None:
    """Also where the backup has the same from an earlier day on."""

    async def begun(register: Register) -> str:
        person = await register.person()
        await register.corrected(person, "residence", "permanent_resident", first_day="2020-01-01")
        return person

    async with put_back(begun) as (register, again, person):
        await register.corrected(person, "residence", "permanent_resident", first_day="2024-01-01")
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await again.rows(_RESIDENCE) == await register.rows(_RESIDENCE)


async def test_from_when_on_an_employer_employs_again_waits_on(put_back: Any) -> None:
    """That it does is known again, and no end waits for that any more; the day is in no event."""

    async def begun(register: Register) -> str:
        employer, _ = await register.worker_of()
        await employers.state(register, employer, party_of(employer), "end", ended_on="2026-08-01")
        said = {"employs_from": "2026-08-02", "evidence": "KB-1", "subject": "officer-3"}
        stated = await employers.state(register, employer, "", "resumption", **said)
        assert stated.json()["state"] == "waiting", stated.text
        await register.work_off()
        return employer

    async with put_back(begun) as (register, again, employer):
        assert (await register.decided(employers.QUEUE, employers.REFUSED)).status_code == 201
        said = {"employs_from": "2026-08-10", "evidence": "KB-1", "subject": "officer-3"}
        assert (await employers.state(register, employer, "", "resumption", **said)).status_code in (200, 201, 202)
        assert (await register.decided(employers.QUEUE, employers.COUNTS)).status_code == 201
        await register.work_off()
        assert await again.rows("SELECT spell FROM waiting_end") != []
        await recall_since(register.service, again.service)
        assert len(await again.waiting(employers.QUEUE)) == 1
        for query in ("SELECT ended_on, revision FROM employer", "SELECT spell FROM waiting_end"):
            assert await again.rows(query) == await register.rows(query)


async def test_a_correction_of_where_somebody_lives_waits_on(put_back: Any) -> None:
    """Where that is was never published: two officers let it count again."""

    async def begun(register: Register) -> tuple[str, dict[str, Any]]:
        employer, person = await register.worker_of()
        stated = await register.correct(person, "address", "9 Jalan Baru", party_of(employer))
        assert stated.status_code == 202, stated.text
        return person, await proposed(register, "person_correction", {"kind": "correction_counts"})

    async with put_back(begun) as (register, again, (_, task)):
        await approved(register, task)
        await recall_since(register.service, again.service)
        (waits,) = await again.waiting("person_correction")
        assert (await again.act(waits, "approvals", SECOND, revision=waits["revision"])).status_code == 201


@pytest.mark.parametrize("what", ["", "end", "withdrawal"])
async def test_what_is_stated_of_a_relation_and_was_approved_since_stands(put_back: Any, what: str) -> None:
    async def begun(register: Register) -> dict[str, Any]:
        one, other = await register.person(), await register.person(OTHER_MYKAD)
        if what:
            relation = await family.related(register, one, relative=other)
            said = {"last_on": "2026-05-31"} if what == "end" else {}
            assert (await family.change(register, relation, what, **said)).status_code == 202
        else:
            assert (await family.state(register, one, relative=other)).status_code == 202
        return await proposed(register, "family_relation", {"kind": "relation_stands"})

    async with put_back(begun) as (register, again, task):
        await approved(register, task)
        await recall_since(register.service, again.service)
        assert await again.waiting("family_relation") == []
        stands = "SELECT valid, withdrawn, revision FROM relation"
        assert await again.rows(stands) == await register.rows(stands)
        answers = "SELECT answer FROM relation_statement WHERE answer IS NOT NULL ORDER BY id"
        assert await again.rows(answers) == await register.rows(answers)


async def test_the_end_of_an_employer_that_was_approved_since_stands(put_back: Any) -> None:
    async def begun(register: Register) -> tuple[str, dict[str, Any]]:
        employer, _ = await register.worker_of()
        stated = await employers.state(register, employer, "", "end", ended_on="2026-06-30", subject="officer-3")
        assert stated.json()["state"] == "waiting"
        return employer, await proposed(register, employers.QUEUE, {"kind": employers.COUNTS})

    async with put_back(begun) as (register, again, (_, task)):
        await approved(register, task)
        await known_again(register, again, employers.QUEUE)
        for query in ("SELECT ended_on, revision FROM employer", "SELECT spell, ended_on FROM waiting_end"):
            assert await again.rows(query) == await register.rows(query)


async def test_a_waiver_that_was_approved_since_is_answered(put_back: Any, clock: BusinessClock) -> None:
    clock.set_day(2026, 8, 3)

    async def begun(register: Register) -> tuple[str, dict[str, Any]]:
        employer = await accounts.declared(register)
        clock.set_day(2026, 8, 31)
        await accounts.banked(register, employer, accounts.OWED, "2026-08-31")
        body, scope = {"employer": employer, "month": "2026-07"}, "registration:interest_waiver:write"
        answer = await register.as_party("POST", "/v1/interest-waivers", scope, party_of(employer), json=body)
        assert answer.status_code == 202, answer.text
        return employer, await proposed(register, "interest", {"kind": "interest_waived"})

    async with put_back(begun) as (register, again, (employer, task)):
        await approved(register, task)
        await known_again(register, again, "interest")
        found = await accounts.read(again, employer)
        assert (found["state"], found["waiver_claimed"]) == ("paid", False)


async def test_money_that_was_matched_since_is_matched(put_back: Any) -> None:
    async def begun(register: Register) -> dict[str, Any]:
        employer = await test_bank_statements.declared(register)
        money = entry(test_bank_statements.OWED, "FPX1", details=[detail(text="for july")])
        await test_bank_statements.sent(register, camt_053([money]))
        says = {"kind": "credit_matched", "employer": employer, "month": "2026-07"}
        return await proposed(register, "bank_credit", says)

    async with put_back(begun) as (register, again, task):
        await approved(register, task)
        await known_again(register, again, "bank_credit")
        assert await test_bank_statements.unallocated(again) == []
        receipts = "SELECT receipt, employer, month, amount_sen, unallocated_for FROM contribution_receipt"
        assert await again.rows(receipts) == await register.rows(receipts)


async def test_money_that_paid_a_compound_since_is_matched(put_back: Any) -> None:
    async def begun(register: Register) -> dict[str, Any]:
        compound = await offered(register, await register.employer())
        money = entry("1500.00", "FPX1", details=[detail(text="kompaun")])
        await test_bank_statements.sent(register, camt_053([money]))
        return await proposed(
            register, "bank_credit", {"kind": "credit_pays_compound", "compound": compound["compound"]}
        )

    async with put_back(begun) as (register, again, task):
        await approved(register, task)
        await known_again(register, again, "bank_credit")
        assert await test_bank_statements.unallocated(again) == []
        for query in ("SELECT state FROM compound", "SELECT state, compound FROM bank_credit"):
            assert await again.rows(query) == await register.rows(query)


async def test_a_pass_that_was_renewed_since_is_asked_about_no_more(put_back: Any) -> None:
    async def begun(register: Register) -> dict[str, Any]:
        await foreigner(register)
        return await proposed(register, "foreign_pass", {"kind": "pass_renewed", "evidence": "PLKS-1"})

    async with put_back(begun) as (register, again, task):
        await approved(register, task)
        await recall_since(register.service, again.service)
        assert await again.waiting("foreign_pass") == []
        assert [row["state"] for row in await again.rows(_TASKS, "foreign_pass")] == ["closed"]


async def test_an_opening_file_that_was_released_since_is_loaded(put_back: Any) -> None:
    """Names come back by it, under the numbers that were published; nothing is taken over twice."""

    async def begun(register: Register) -> dict[str, Any]:
        await test_opening_files.checked(register, "persons", test_opening_files.PERSONS)
        return await proposed(register, "opening_file", {"kind": "opening_released"})

    async with put_back(begun) as (register, again, task):
        await approved(register, task)
        await known_again(register, again, "opening_file")
        numbers = "SELECT person FROM person ORDER BY person"
        assert await again.rows(numbers) == await register.rows(numbers)
        assert {row[0] for row in await again.rows("SELECT source FROM national_id")} == {"opening"}
        (file,) = await again.rows("SELECT state, proposed_by FROM opening_file")
        assert tuple(file) == ("loaded", "registration")


async def test_the_question_whether_two_are_one_ends_with_their_merge(put_back: Any) -> None:
    async def begun(register: Register) -> tuple[str, str]:
        survivor, other = await register.person(), await register.person(OTHER_MYKAD)
        assert len(await register.waiting("duplicate_person")) == 1
        assert (await merge(register, other, survivor)).status_code == 202
        return survivor, other

    async with put_back(begun) as (register, again, _):
        assert (await register.decided("person_merge", "persons_merge")).status_code == 201
        await known_again(register, again, "duplicate_person")


async def test_a_second_employers_statement_is_no_word_on_the_first(put_back: Any) -> None:
    """What is published of one says nothing of what waits of another."""
    async with put_back(corrected_spell) as (register, again, _):
        await register.spell(await register.person(OTHER_MYKAD), await register.employer(OTHER_CODE))
        await recall_since(register.service, again.service)
        assert len(await again.waiting("spell_correction")) == 1


async def test_what_waits_of_an_employment_ends_with_who_was_erased_since(put_back: Any) -> None:
    """A correction, what a file said, and an end that waits: nobody could decide it, and nothing fails."""

    async def begun(register: Register) -> tuple[str, str, str]:
        employer, person = await register.worker_of()
        (spell,) = (await register.rows("SELECT spell FROM spell"))[0]
        said = await correct(register, str(spell), subject="officer-3", started_on="2024-04-01")
        assert said.json()["state"] == "waiting", said.text
        await register.work_off()
        return employer, person, str(spell)

    async with put_back(begun) as (register, again, (employer, person, spell)):
        assert (await register.decided("spell_correction", REFUSED)).status_code == 201
        scopes = ["registration:spell:verify", "registration:spell:write"]
        path = f"/v1/spells/{spell}/verification/refusal"
        assert (await register.service.call("POST", path, scopes=scopes, json={})).is_success
        assert (await erased(register, person, reason="registered_by_mistake"))["state"] == "erased"
        # What a backup may hold besides.
        await again.choose_template(employer, "both", "wage")
        left = legacy_line("2026-05", 248_000, status="H", day="2026-05-31")
        await again.sent(employer, left, params=LEGACY)
        path, body = f"/v1/spells/{spell}/end", {"ended_on": "2024-12-31"}
        said = await again.as_party("POST", path, "registration:spell:write", party_of(employer), json=body)
        assert said.status_code == 202, said.text
        assert len(await again.waiting("spell_statement")) == len(await again.waiting("spell_correction")) == 1
        await recall_since(register.service, again.service)
        for queue in ("spell_statement", "spell_correction"):
            assert await again.waiting(queue) == []
        for query in ("SELECT FROM waiting_end", "SELECT FROM due_work WHERE failed IS NOT NULL OR attempts > 0"):
            assert await again.rows(query) == []


async def test_where_somebody_lives_is_asked_no_more_once_that_was_erased(put_back: Any) -> None:
    """It goes with a part of what is kept, and with it what was stated of it."""

    async def begun(register: Register) -> str:
        employer, person = await register.worker_of()
        stated = await register.correct(person, "address", "9 Jalan Baru", party_of(employer))
        assert stated.status_code == 202, stated.text
        await register.work_off()
        return person

    async with put_back(begun) as (register, again, person):
        assert (await register.decided("person_correction", "correction_refused")).status_code == 201
        assert (await erased(register, person))["state"] == "partly"
        await recall_since(register.service, again.service)
        assert await again.waiting("person_correction") == []
