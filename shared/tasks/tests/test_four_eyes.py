"""What one officer proposes another approves, of the newest revision, and then it is done, once."""

import pytest

from shared.kernel.identifiers import new_id
from shared.tasks.tests.desk import IDENTITY, Desk, refusal, similar

pytestmark = pytest.mark.postgres


async def test_who_proposes_may_not_approve_and_a_newer_revision_needs_another_look(desk: Desk) -> None:
    """Life 4 of the lives: 27 days are proposed, a second certificate makes them 47."""
    task = await desk.states(revision=1, days=27)
    proposed = await desk.proposes(task, "officer-1", revision=1)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    await desk.states(revision=2, days=47)

    stale = await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    assert refusal(stale) == (412, "revision_stale")
    assert [(each["pointer"], each["code"], each["detail"]) for each in stale.json()["errors"]] == [
        ("/revision", "changed", "days: 27 → 47")
    ]
    assert await desk.effects() == []

    own = await desk.acts(task, "approvals", "officer-1", {"revision": 2})
    assert refusal(own) == (403, "approver_is_proposer")
    assert await desk.effects() == []

    approved = await desk.acts(task, "approvals", "officer-2", {"revision": 2})
    assert approved.status_code == 201, approved.text
    body = approved.json()
    assert (body["state"], body["revision"], body["approved_by"]) == ("approved", 2, "officer-2")
    assert body["proposal"] == {
        "revision": 1,
        "proposed_by": "officer-1",
        "says": {"kind": "similar_worker", "person": 17},
    }
    assert await desk.effects() == [(1, 17, 47, "officer-2")]
    assert await desk.happened(task) == [
        ("opened", None),
        ("taken", "officer-1"),
        ("proposed", "officer-1"),
        ("restated", None),
        ("approved", "officer-2"),
    ]


async def test_a_revision_that_no_task_was_told_of_yet_refuses_an_approval_too(desk: Desk) -> None:
    """The service has moved on, and its machine has not asked again."""
    task = await desk.states(days=27)
    await desk.proposes(task)
    async with desk.fresh.connection() as connection:
        await connection.execute("UPDATE matter SET revision = 2, days = 47")
    stale = await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    assert refusal(stale) == (412, "revision_stale")
    assert stale.json()["errors"][0]["detail"] == "days: 27 → 47"
    assert await desk.effects() == []


async def test_a_proposal_of_an_old_revision_is_refused_as_well(desk: Desk) -> None:
    task = await desk.states(revision=2, days=47)
    assert refusal(await desk.proposes(task, revision=1)) == (412, "revision_stale")
    unknown = await desk.acts(task, "proposals", body=similar(7))
    assert refusal(unknown) == (412, "revision_stale")
    assert "errors" not in unknown.json(), "of a revision that never was nothing has changed"
    assert (await desk.shows(task))["state"] == "taken"


async def test_an_approval_runs_its_command_once_however_often_it_is_sent(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    key = str(new_id())
    first = await desk.acts(task, "approvals", "officer-2", {"revision": 1}, key=key)
    repeat = await desk.acts(task, "approvals", "officer-2", {"revision": 1}, key=key)
    assert (first.status_code, repeat.status_code) == (201, 201)
    assert first.json() == repeat.json()
    again = await desk.acts(task, "approvals", "officer-3", {"revision": 1})
    assert refusal(again) == (409, "task_over")
    assert len(await desk.effects()) == 1


async def test_what_the_command_refuses_was_not_approved(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task, person=404)
    refused = await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    assert refusal(refused) == (409, "person_unknown_at_the_desk")
    assert (await desk.shows(task))["state"] == "proposed"
    assert ("approved", "officer-2") not in await desk.happened(task)


async def test_a_refusal_sends_it_back_and_what_another_officer_proposes_then_counts(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task, "officer-1", person=17)
    own = await desk.acts(task, "refusals", "officer-1", {"reason": "facts_differ"})
    assert refusal(own) == (403, "approver_is_proposer")
    sent_back = await desk.acts(task, "refusals", "officer-2", {"reason": "facts_differ"})
    assert (sent_back.json()["state"], sent_back.json()["taken_by"]) == ("open", None)
    await desk.proposes(task, "officer-2", person=18)
    await desk.acts(task, "approvals", "officer-1", {"revision": 1})
    assert await desk.effects() == [(1, 18, 27, "officer-1")]


async def test_who_proposed_withdraws_by_a_release_and_nobody_else_does(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task, "officer-1")
    assert refusal(await desk.acts(task, "releases", "officer-2")) == (409, "task_already_proposed")
    released = await desk.acts(task, "releases", "officer-1")
    assert (released.json()["state"], released.json()["proposal"]) == ("open", None)
    assert refusal(await desk.acts(task, "approvals", "officer-2", {"revision": 1})) == (409, "nothing_proposed")
    assert (await desk.happened(task))[-1] == ("withdrawn", "officer-1")
    assert await desk.effects() == []


async def test_who_has_not_taken_a_task_proposes_nothing(desk: Desk) -> None:
    task = await desk.states()
    assert refusal(await desk.acts(task, "proposals", "officer-1", similar(1))) == (409, "task_not_yours")
    await desk.acts(task, "takings", "officer-2")
    assert refusal(await desk.acts(task, "proposals", "officer-1", similar(1))) == (409, "task_not_yours")
    await desk.acts(task, "proposals", "officer-2", similar(1))
    assert refusal(await desk.acts(task, "proposals", "officer-2", similar(1))) == (409, "task_already_proposed")


async def test_another_reason_drops_what_was_proposed_for_the_one_before(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    await desk.states(revision=2, reason="doubt")
    shown = await desk.shows(task)
    assert (shown["state"], shown["reason"], shown["proposal"]) == ("taken", "doubt", None)
    assert shown["taken_by"] == "officer-1"
    assert refusal(await desk.acts(task, "approvals", "officer-2", {"revision": 2})) == (409, "nothing_proposed")
    assert (await desk.happened(task))[-1] == ("withdrawn", None)


async def test_what_a_queue_does_not_take_is_refused(desk: Desk) -> None:
    task = await desk.states(queue=IDENTITY)
    await desk.acts(task, "takings")
    assert refusal(await desk.acts(task, "proposals", body=similar(1))) == (422, "proposal_not_for_queue")
    nothing = {"revision": 1, "says": {"kind": "no_such_kind"}}
    refused = await desk.acts(task, "proposals", body=nothing)
    assert refusal(refused) == (422, "request_invalid")
    assert refused.json()["errors"][0]["allowed"] == ["similar_worker", "dropped"]
    more = {"revision": 1, "says": {"kind": "dropped", "amount_sen": 100_000}}
    assert refusal(await desk.acts(task, "proposals", body=more)) == (422, "request_invalid")
    dropped = {"revision": 1, "says": {"kind": "dropped"}}
    assert (await desk.acts(task, "proposals", body=dropped)).status_code == 201


async def test_what_was_proposed_for_an_earlier_release_is_not_run(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    async with desk.fresh.connection() as connection:
        await connection.execute("""UPDATE task SET proposal = '{"kind": "similar_worker", "worker": 17}'""")
    outdated = await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    assert refusal(outdated) == (409, "proposal_outdated")
    assert (await desk.shows(task))["state"] == "proposed"
