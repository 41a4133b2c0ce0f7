"""Officers see the tasks of their queues, in the order of their due days; nobody else learns of any."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.kernel.identifiers import new_id
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.tasks.opening import OpenTask, open_task
from shared.tasks.task import Task
from shared.tasks.tests.desk import CAUSE, IDENTITY, OFFICER, READ, WAGES, WRITE, Desk, matter, refusal, similar
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

ACTIONS: list[tuple[str, object]] = [
    ("takings", None),
    ("releases", None),
    ("stops", {"waiting_for": "person", "by": "KB-2026-0193"}),
    ("resumptions", None),
    ("proposals", similar(1)),
    ("approvals", {"revision": 1}),
    ("refusals", {"reason": "facts_differ"}),
    ("queries", {"asks": "which_days", "of": "days"}),
    ("replies", {"says": "shown", "by": "KB-12"}),
    ("transfers", {"office": "johor", "reason": "residence"}),
]


@pytest.mark.parametrize(("what", "body"), ACTIONS, ids=[what for what, _ in ACTIONS])
async def test_a_partner_is_told_the_same_of_a_task_that_is_there_and_of_none(
    desk: Desk, what: str, body: object
) -> None:
    """Even with every scope."""
    task = await desk.states()
    partner: dict[str, Any] = {"party": "hospital:1", "role": "partner"}
    told = [await desk.acts(id_, what, "clerk", body, **partner) for id_ in (task.id, new_id())]
    assert [refusal(each) for each in told] == [(403, "officers_only")] * 2
    for path in ("/v1/tasks", f"/v1/tasks/{task.id}", f"/v1/tasks/{new_id()}"):
        assert refusal(await desk.call("GET", path, "clerk", **partner)) == (403, "officers_only")


@pytest.mark.parametrize(("what", "body"), ACTIONS, ids=[what for what, _ in ACTIONS])
async def test_an_officer_needs_the_scope_and_the_role_of_the_queue(desk: Desk, what: str, body: object) -> None:
    task = await desk.states()
    reader = await desk.acts(task, what, body=body, scopes=OFFICER - {WRITE})
    assert refusal(reader) == (403, "scope_missing")
    other_queue = await desk.acts(task, what, body=body, scopes=OFFICER - {WAGES.scope})
    assert refusal(other_queue) == (404, "task_unknown")
    nothing = await desk.acts(new_id(), what, body=body)
    assert refusal(nothing) == (404, "task_unknown")
    assert await desk.happened(task) == [("opened", None)]


async def test_an_officer_reads_the_queues_of_its_roles_only(desk: Desk) -> None:
    wages, identity = await desk.states(1), await desk.states(2, queue=IDENTITY)
    seen = frozenset({READ, IDENTITY.scope})
    assert await listed(desk, scopes=seen) == [identity.id]
    assert await listed(desk, scopes=frozenset({READ})) == []
    assert refusal(await desk.call("GET", f"/v1/tasks/{wages.id}", scopes=seen)) == (404, "task_unknown")
    assert refusal(await desk.call("GET", "/v1/tasks?queue=no_wage_month", scopes=seen)) == (403, "scope_missing")
    assert await listed(desk, "queue=no_such_queue") == []


async def test_the_database_shows_partners_no_task_and_takes_none_of_them(desk: Desk) -> None:
    await desk.states()
    for party, role, rows in (("organisation:1", Role.OFFICER, 1), ("hospital:1", Role.PARTNER, 0)):
        caller = Caller("test", party, role, frozenset(), "somebody")
        async with desk.database.begin(UnitOfWork, CAUSE, caller) as uow:
            for table in ("task", "task_event"):
                counted = await uow.connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
                assert counted.scalar_one() == rows, table
    partner = Caller("test", "hospital:1", Role.PARTNER, frozenset(), "clerk")
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with desk.database.begin(UnitOfWork, CAUSE, partner) as uow:
            await open_task(OpenTask(WAGES, matter(2), "no_wage_month", 1), uow)


async def listed(desk: Desk, filters: str = "", *, scopes: frozenset[str] = OFFICER, limit: int = 100) -> list[object]:
    """The ids of all pages of a list."""
    found: list[object] = []
    cursor = ""
    while True:
        query = "&".join(filter(None, (filters, f"limit={limit}", cursor)))
        answer = await desk.call("GET", f"/v1/tasks?{query}", scopes=scopes)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [UUID(each["task"]) for each in page["data"]]
        assert len(page["data"]) <= limit
        if not page["has_more"]:
            return found
        cursor = f"cursor={page['next_cursor']}"


def by_id(tasks: list[Task]) -> list[UUID]:
    """The ids of tasks that are due at one instant, in the order of a list."""
    return sorted(task.id for task in tasks)


async def test_what_is_overdue_comes_first_and_what_stands_still_by_when_its_clock_will_have_run(
    desk: Desk, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 10)
    still = await desk.states(1)
    await desk.stops(still, "court")
    long_due = [await desk.states(number, queue=IDENTITY) for number in (2, 3)]
    business_clock.set_day(2026, 8, 12)
    due_soon = await desk.states(4, queue=IDENTITY)
    later = [await desk.states(number) for number in (5, 6, 7)]
    expected = [*by_id(long_due), due_soon.id, *by_id(later), still.id]
    for limit in (1, 3, 100):
        assert await listed(desk, limit=limit) == expected
    assert await listed(desk, "overdue=true", limit=1) == by_id(long_due)
    business_clock.set_day(2026, 8, 14)
    assert await listed(desk, "overdue=true") == [*by_id(long_due), due_soon.id]
    assert await listed(desk, "overdue=true&queue=no_wage_month") == []


async def test_a_list_is_narrowed_by_state_queue_and_taker(desk: Desk) -> None:
    opened, taken, over = [await desk.states(number) for number in (1, 2, 3)]
    proposed = await desk.states(4)
    await desk.acts(taken, "takings", "officer-2")
    await desk.closes(3)
    await desk.proposes(proposed)
    assert set(await listed(desk)) == {opened.id, taken.id, proposed.id}, "what is over waits no more"
    assert await listed(desk, "state=open") == [opened.id]
    assert await listed(desk, "state=closed") == [over.id]
    assert await listed(desk, "taken_by=officer-2") == [taken.id]
    assert await listed(desk, "state=proposed&taken_by=officer-1&queue=no_wage_month") == [proposed.id]
    assert await listed(desk, "state=proposed&taken_by=officer-2") == []
    assert refusal(await desk.call("GET", "/v1/tasks?state=lost")) == (422, "request_invalid")
    assert refusal(await desk.call("GET", "/v1/tasks?colour=red")) == (400, "filter_unknown")


async def test_a_cursor_belongs_to_its_filters(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.states(number)
    cursor = (await desk.call("GET", "/v1/tasks?limit=1")).json()["next_cursor"]
    other = await desk.call("GET", f"/v1/tasks?limit=1&queue=no_wage_month&cursor={cursor}")
    assert refusal(other) == (400, "cursor_invalid")


async def test_an_officer_who_is_away_keeps_no_task(desk: Desk) -> None:
    task = await desk.states()
    assert refusal(await desk.acts(task, "releases")) == (409, "task_not_taken")
    await desk.acts(task, "takings", "officer-1")
    assert refusal(await desk.acts(task, "takings", "officer-1")) == (409, "task_taken")
    assert (await desk.acts(task, "releases", "officer-2")).json()["taken_by"] is None
    assert (await desk.acts(task, "takings", "officer-3")).json()["taken_by"] == "officer-3"
    assert (await desk.happened(task))[2] == ("released", "officer-2")
