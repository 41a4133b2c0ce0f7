"""Who is to approve asks who proposed: nobody approves meanwhile, and the clock stands until it is answered."""

import pytest

from shared.tasks.tests.desk import Desk, refusal
from shared.tasks.tests.test_charter import at_midnight
from shared.tasks.tests.test_visibility import listed
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

ASKED = {"asks": "which_evidence", "of": "days"}
REPLIED = {"says": "shown", "by": "KB-2026-0193"}


async def test_the_clock_stands_from_the_question_to_its_answer(desk: Desk, business_clock: BusinessClock) -> None:
    """Opened on Monday the 10th, asked on the 12th, answered on the 19th: 13 and 14 do not count, and from the 17th on,
    on which the answer was due, it runs again."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.proposes(task, "officer-1")
    business_clock.set_day(2026, 8, 12)
    asked = await desk.acts(task, "queries", "officer-2", ASKED)
    assert asked.status_code == 201, asked.text
    shown = asked.json()
    assert (shown["state"], shown["due_at"], shown["stopped_for"]) == ("proposed", at_midnight(18), "query"), (
        "the question has three working days of its own"
    )
    assert shown["query"] == {**ASKED, "asked_by": "officer-2"}
    assert await listed(desk, "queried=true") == [task.id]

    business_clock.set_day(2026, 8, 19)
    replied = (await desk.acts(task, "replies", "officer-1", REPLIED)).json()
    assert (replied["query"], replied["stopped_for"], replied["due_at"]) == (None, None, at_midnight(20))
    assert await listed(desk, "queried=true") == []
    assert (await desk.acts(task, "approvals", "officer-2", {"revision": 1})).status_code == 201
    history = [(each["what"], each["reason"], each["detail"]) for each in (await desk.shows(task))["history"][3:-1]]
    assert history == [
        ("queried", "which_evidence", {"of": "days"}),
        ("stopped", "query", {"until": "2026-08-17"}),
        ("replied", "shown", {"by": "KB-2026-0193"}),
        ("resumed", "query", {}),
    ]


async def test_nobody_approves_before_the_answer_and_only_who_proposed_gives_it(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task, "officer-1")
    assert refusal(await desk.acts(task, "replies", "officer-1", REPLIED)) == (409, "nothing_asked")
    assert refusal(await desk.acts(task, "queries", "officer-1", ASKED)) == (403, "approver_is_proposer")
    await desk.acts(task, "queries", "officer-2", ASKED)
    for officer in ("officer-2", "officer-3"):
        assert refusal(await desk.acts(task, "approvals", officer, {"revision": 1})) == (409, "query_open")
        assert refusal(await desk.acts(task, "replies", officer, REPLIED)) == (409, "task_not_yours")
    assert refusal(await desk.acts(task, "queries", "officer-3", ASKED)) == (409, "query_open")
    assert refusal(await desk.acts(task, "resumptions", "officer-1")) == (409, "query_open")
    assert await desk.effects() == []


@pytest.mark.parametrize(
    ("what", "officer", "body"),
    [
        ("releases", "officer-1", None),
        ("refusals", "officer-3", {"reason": "facts_differ", "back_to": "proposer"}),
        ("refusals", "officer-3", {"reason": "facts_differ"}),
    ],
    ids=["withdrawn", "refused back", "refused"],
)
async def test_a_question_ends_with_its_proposal_and_the_clock_runs_again(
    desk: Desk, business_clock: BusinessClock, what: str, officer: str, body: object
) -> None:
    """Who is away answers nothing: any other officer refuses."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.proposes(task, "officer-1")
    await desk.acts(task, "queries", "officer-2", ASKED)
    business_clock.set_day(2026, 8, 12)
    ended = (await desk.acts(task, what, officer, body)).json()
    # Of the two days one was a whole one.
    assert (ended["query"], ended["stopped_for"], ended["due_at"]) == (None, None, at_midnight(19))


async def test_another_reason_ends_the_question_too_and_so_does_the_machine(
    desk: Desk, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 10)
    fallen, closed = await desk.states(1), await desk.states(2)
    for task in (fallen, closed):
        await desk.proposes(task, "officer-1")
        await desk.acts(task, "queries", "officer-2", ASKED)
    await desk.states(1, revision=2, reason="doubt")
    await desk.closes(2)
    shown = await desk.shows(fallen)
    assert (shown["state"], shown["query"], shown["stopped_for"]) == ("taken", None, None)
    assert shown["due_at"] == at_midnight(18)
    over = await desk.shows(closed)
    assert (over["state"], over["query"], over["stopped_for"]) == ("closed", None, None)
    assert [each["what"] for each in over["history"][-2:]] == ["resumed", "closed"], "what ends a task ends its stop"


async def test_a_newer_revision_leaves_the_question_open(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    await desk.acts(task, "queries", "officer-2", ASKED)
    await desk.states(revision=2, days=47)
    assert (await desk.shows(task))["query"]["of"] == "days"
    assert (await desk.acts(task, "replies", "officer-1", REPLIED)).status_code == 201
    assert refusal(await desk.acts(task, "approvals", "officer-2", {"revision": 1})) == (412, "revision_stale")
    assert (await desk.acts(task, "approvals", "officer-2", {"revision": 2})).status_code == 201


async def test_who_outside_is_waited_for_and_a_question_stop_the_clock_one_after_the_other(
    desk: Desk, business_clock: BusinessClock
) -> None:
    """From the 11th for a hospital, from the 13th for the answer, until the 17th: 12 and 14 do not count."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.proposes(task)
    business_clock.set_day(2026, 8, 11)
    await desk.acts(task, "stops", body={"waiting_for": "hospital", "by": "KB-2026-0193"})
    asked = (await desk.acts(task, "queries", "officer-2", ASKED)).json()
    assert asked["stopped_for"] == "hospital", "it stands already"
    business_clock.set_day(2026, 8, 13)
    assert (await desk.acts(task, "resumptions")).json()["stopped_for"] == "query"
    business_clock.set_day(2026, 8, 17)
    replied = (await desk.acts(task, "replies", "officer-1", REPLIED)).json()
    assert (replied["stopped_for"], replied["due_at"]) == (None, at_midnight(20))


async def test_nobody_says_that_an_answer_is_waited_for_without_asking(desk: Desk) -> None:
    task = await desk.states()
    assert refusal(await desk.acts(task, "stops", body={"waiting_for": "query"})) == (422, "request_invalid")


async def test_a_question_that_nobody_answers_is_overdue_before_what_stands_still(
    desk: Desk, business_clock: BusinessClock
) -> None:
    """Whose proposer is away is seen by all: the answer was due on the 13th."""
    business_clock.set_day(2026, 8, 10)
    waits, asked = await desk.states(1), await desk.states(2)
    await desk.stops(waits)
    await desk.proposes(asked, "officer-1")
    await desk.acts(asked, "queries", "officer-2", ASKED)
    assert await listed(desk, "overdue=true") == []
    business_clock.set_day(2026, 8, 14)
    assert await listed(desk, "overdue=true") == [asked.id]
    assert await listed(desk) == [asked.id, waits.id]


@pytest.mark.parametrize(
    ("of", "code"),
    [
        *(dict.fromkeys(["Ali bin Abu", "900101-14-5677", "", "x" * 101], "request_invalid").items()),
        *(dict.fromkeys(["siti-binti-omar", "siti", "AHMAD1", "AMINAH-BINTI-YUSOF-1"], "names_nothing").items()),
    ],
)
async def test_a_question_names_nobody(desk: Desk, of: str, code: str) -> None:
    task = await desk.states()
    await desk.proposes(task)
    refused = await desk.acts(task, "queries", "officer-2", {**ASKED, "of": of})
    assert refusal(refused) == (422, code)


@pytest.mark.parametrize("of", ["days", "daily_rate", "2026-08-05", "0197f0a0-1111-7000-8000-000000000001", "KB-12"])
async def test_a_question_names_a_fact_an_id_a_day_or_a_document(desk: Desk, of: str) -> None:
    task = await desk.states()
    await desk.proposes(task)
    assert (await desk.acts(task, "queries", "officer-2", {**ASKED, "of": of})).status_code == 201
