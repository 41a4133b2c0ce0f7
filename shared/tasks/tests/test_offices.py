"""A task that an office holds is its officers', and goes to another one with a reason."""

import pytest

from shared.tasks.tests.desk import OFFICER, Desk, refusal
from shared.tasks.tests.test_visibility import listed

pytestmark = pytest.mark.postgres

EVERYWHERE = OFFICER | {"claims:task:all_offices"}
TO_JOHOR = {"office": "johor", "reason": "residence"}


async def test_what_an_office_holds_no_other_office_sees(desk: Desk) -> None:
    anybodys, johors = await desk.states(1), await desk.states(2)
    moved = await desk.acts(johors, "transfers", "officer-1", TO_JOHOR)
    assert (moved.status_code, moved.json()["office"], moved.json()["state"]) == (201, "johor", "open")
    for office in (None, "perak"):
        told = await desk.call("GET", f"/v1/tasks/{johors.id}", office=office)
        assert refusal(told) == (404, "task_unknown"), office
        assert refusal(await desk.acts(johors, "takings", office=office)) == (404, "task_unknown"), office
        page = (await desk.call("GET", "/v1/tasks", office=office)).json()["data"]
        assert [each["task"] for each in page] == [str(anybodys.id)]
    page = (await desk.call("GET", "/v1/tasks", office="johor")).json()["data"]
    assert {each["task"] for each in page} == {str(anybodys.id), str(johors.id)}
    assert (await desk.acts(johors, "takings", "officer-2", office="johor")).status_code == 201


async def test_whoever_may_work_on_the_tasks_of_all_offices_finds_them_by_office(desk: Desk) -> None:
    """Nobody is left with a task that no officer sees."""
    anybodys, johors = await desk.states(1), await desk.states(2)
    await desk.acts(johors, "transfers", "officer-1", TO_JOHOR)
    assert set(await listed(desk, scopes=EVERYWHERE)) == {anybodys.id, johors.id}
    assert await listed(desk, "office=johor", scopes=EVERYWHERE) == [johors.id]
    assert await listed(desk, "office=perak", scopes=EVERYWHERE) == []
    assert await listed(desk, "office=johor") == []
    back = {"office": "headquarters", "reason": "wrong_office"}
    moved = await desk.acts(johors, "transfers", "officer-3", back, scopes=EVERYWHERE)
    assert moved.json()["office"] == "headquarters"
    history = (await desk.call("GET", f"/v1/tasks/{johors.id}", scopes=EVERYWHERE)).json()["history"]
    assert [(each["what"], each["reason"], each["detail"], each["acted_by"]) for each in history[1:]] == [
        ("transferred", "residence", {"to": "johor"}, "officer-1"),
        ("transferred", "wrong_office", {"from": "johor", "to": "headquarters"}, "officer-3"),
    ]


async def test_what_somebody_has_or_proposed_goes_nowhere_before_it_is_released(desk: Desk) -> None:
    task = await desk.states()
    await desk.acts(task, "takings", "officer-1")
    assert refusal(await desk.acts(task, "transfers", "officer-2", TO_JOHOR)) == (409, "task_taken")
    await desk.acts(task, "releases", "officer-1")
    await desk.proposes(task, "officer-1")
    assert refusal(await desk.acts(task, "transfers", "officer-1", TO_JOHOR)) == (409, "task_already_proposed")
    await desk.acts(task, "releases", "officer-1")
    assert (await desk.acts(task, "transfers", "officer-1", TO_JOHOR)).status_code == 201
    again = await desk.acts(task, "transfers", "officer-1", TO_JOHOR, office="johor")
    assert refusal(again) == (409, "office_has_task")


async def test_the_clock_runs_on_whichever_office_has_it(desk: Desk) -> None:
    task = await desk.states()
    before = (await desk.shows(task))["due_at"]
    assert (await desk.acts(task, "transfers", "officer-1", TO_JOHOR)).json()["due_at"] == before


async def test_the_next_task_about_the_same_is_with_the_office_that_had_the_last(desk: Desk) -> None:
    task = await desk.states()
    await desk.acts(task, "transfers", "officer-1", TO_JOHOR)
    await desk.closes()
    assert (await desk.states(revision=2)).office == "johor"
    assert (await desk.states(2)).office is None


async def test_no_task_goes_to_an_office_that_there_is_not(desk: Desk) -> None:
    task = await desk.states()
    nowhere = await desk.acts(task, "transfers", body={"office": "atlantis", "reason": "residence"})
    assert refusal(nowhere) == (422, "request_invalid")
