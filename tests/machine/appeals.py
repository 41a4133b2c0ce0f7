"""What is done of appeals to the Social Security Appellate Board and the High Court, and what holds of them.

Each step is tried by who decided what is appealed, too: that officer decides no appeal of it (decision 97).
"""

from typing import Any

import asyncpg

from services.claims.tests.support import PERSON
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from tests.machine.acts import DAYS, HERSELF, OFFICERS, asks, at, claim_at, says, tasks_of
from tests.machine.world import World, shown

BOARD, COURT = "social_security_appellate_board", "high_court"
_GROUNDS = {BOARD: "benefit", COURT: "question_of_law"}
# Officers who have decided nothing of a claim, and for the court nothing of the board's order either.
_FREE = {BOARD: ("officer-4", "officer-5"), COURT: ("officer-6", "officer-7")}
_ANSWERS = """
    SELECT question FROM question WHERE claim = $1 AND state IN ('entitled', 'refused') ORDER BY state, question
"""
# What doctors assess is decided by the case before their board.
_APPEALS = "SELECT * FROM appeal WHERE board_case IS NULL ORDER BY filed_at DESC, id DESC"


async def file_appeal(world: World, place: int, what: int, forum: str, officer: int | None) -> None:
    """She appeals an answer of a claim, or an officer files that for her."""
    claim = await claim_at(world, place)
    answer = None if claim is None else at(await world.rows("claims", _ANSWERS, claim["id"]), what)
    if claim is None or answer is None:
        return
    path = f"claims/{claim['id']}/appeals"
    said = {"forum": forum, "ground": _GROUNDS[forum], "question": answer["question"]}
    if officer is None:
        await asks(world, HERSELF, path, said)
    else:
        await says(world, "claims", path, OFFICERS[officer], {**said, "person": person_id(PERSON)})


async def hear_appeal(world: World, place: int) -> None:
    """A forum hears it, which an officer records who may, after one who may not."""
    appeal = at(await world.rows("claims", _APPEALS), place)
    if appeal is not None:
        for officer in (OFFICERS[0], _FREE[appeal["forum"]][0]):
            heard = {"heard_on": today().isoformat()}
            await says(world, "claims", f"appeals/{appeal['id']}/hearings", officer, heard)


async def withdraw_appeal(world: World, place: int, *, own: bool) -> None:
    """She takes it back, or a stranger tries to."""
    appeal = at(await world.rows("claims", _APPEALS), place)
    if appeal is not None:
        await asks(world, HERSELF if own else "person:99", f"appeals/{appeal['id']}/withdrawal")


async def decide_appeal(world: World, place: int, how: str) -> None:
    """One officer proposes what an appeal comes to; its proposer, and who decided the claim, try to approve it."""
    appeal = at(await world.rows("claims", _APPEALS), place)
    about = None if appeal is None else f"appeal/{appeal['id']}"
    task = next((each for _, each in await tasks_of(world) if each["subject"] == about), None)
    if appeal is None or task is None:
        return
    path, revision = f"tasks/{task['id']}", {"revision": task["revision"]}
    first, second = _FREE[appeal["forum"]]
    if (await says(world, "claims", f"{path}/takings", first))[0] != 201:
        return
    proposed = {**revision, "says": _said(appeal, how)}
    if (await says(world, "claims", f"{path}/proposals", first, proposed))[0] == 201:
        for officer in (first, first.upper(), *OFFICERS[:2], second):
            status, body = await says(world, "claims", f"{path}/approvals", officer, revision)
            world.met[f"appeal {how} {body.get('code', status)}"] += 1
            if status == 201:
                return
    await says(world, "claims", f"{path}/releases", first)


def _said(appeal: asyncpg.Record, how: str) -> dict[str, Any]:
    if how == "answer":
        return {"kind": "appeal_answered", "document": "JW-2026-0193"}
    order = {"kind": "appeal_ordered", "ordered_on": today().isoformat(), "reference": "JRKS-12-2026"}
    if how == "facts":
        return {**order, "outcome": "varied", "facts": [{"fact": "category", "found": "none"}]}
    if how == "amount":
        return {**order, "outcome": "varied", "amounts": [_amount(appeal["question"])]}
    return {**order, "outcome": how}


def _amount(question: str) -> dict[str, Any]:
    """Of days 90.00 each, else as much a month as nobody would have by the law."""
    if question.endswith("temporary_disablement"):
        first, last = DAYS[1].isoformat(), DAYS[1].replace(day=24).isoformat()
        return {"question": question, "per": "day", "amount": _ringgit("90.00"), "first": first, "last": last}
    return {"question": question, "per": "month", "amount": _ringgit("801.00"), "first": today().isoformat()}


def _ringgit(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MYR"}


# What holds.


# Who said what the appealed record rests on, let it count, typed the appeal, or recorded the order that it is against.
_OF_ONESELF = """
    WITH decides AS (
        SELECT id, acted_by AS officer FROM appeal JOIN appeal_event ON appeal = id
        WHERE board_case IS NULL AND appeal_event.state IN ('answered', 'heard', 'decided', 'not_admitted')
        UNION SELECT id, proposed_by FROM appeal WHERE proposed_by IS NOT NULL AND board_case IS NULL),
    said AS (
        SELECT appeal.id, unnest(ARRAY[stated.stated_by, approval.stated_by]) AS officer
        FROM appeal JOIN decision ON (decision.claim, decision.revision) = (appeal.claim, appeal.revision)
        JOIN record ON record.hash = ANY (decision.records)
        JOIN evidence AS stated ON convert_from(record.body, 'UTF8') LIKE '%' || stated.id || '%'
        JOIN evidence AS approval ON approval.about = stated.id AND approval.kind = 'approval'
        WHERE stated.tenant LIKE 'organisation:%'
        UNION SELECT id, filed_by FROM appeal WHERE by_officer
        UNION SELECT appeal.id, unnest(ARRAY[of.proposed_by, of.approved_by])
        FROM appeal JOIN appeal AS of ON of.id = appeal.about)
    SELECT DISTINCT id, lower(decides.officer) AS officer FROM decides JOIN said USING (id)
    WHERE lower(decides.officer) = lower(said.officer)
"""
_NOT_OF_ITS_RECORD = """
    SELECT id FROM appeal JOIN decision ON (decision.claim, decision.revision) = (appeal.claim, appeal.revision)
    WHERE record IS NOT NULL AND record <> ALL (records)
          AND NOT EXISTS (SELECT FROM recalled_decision WHERE recalled_decision.claim = appeal.claim)
"""
# The newest order of a claim that states something, and stands: nothing of the answer that was appealed rests on it.
_NOT_COUNTED = """
    WITH ordered AS (
        SELECT DISTINCT ON (coalesce(claim.joined_to, claim.id))
               appeal.id, appeal.question, stated.id AS evidence, coalesce(claim.joined_to, claim.id) AS claim
        FROM appeal JOIN evidence AS stated ON stated.id = appeal.ordered JOIN claim ON claim.id = appeal.claim
        WHERE NOT EXISTS (SELECT FROM evidence AS later WHERE later.stated ->> 'in_place_of' = stated.id::text)
              AND (stated.stated ->> 'facts', stated.stated ->> 'amounts') <> ('{}', '[]')
        ORDER BY coalesce(claim.joined_to, claim.id), stated.stated_at DESC)
    SELECT ordered.id, ordered.question FROM ordered JOIN claim ON claim.id = ordered.claim
    JOIN question ON question.claim = claim.id AND question.question = ordered.question
    JOIN decision ON (decision.claim, decision.revision) = (claim.id, claim.revision)
    WHERE claim.state IN ('decided', 'refused') AND question.state IN ('entitled', 'refused')
          -- Of what a restore knows again alone no record is kept.
          AND NOT EXISTS (SELECT FROM recalled_decision AS told WHERE told.claim = claim.id)
          AND NOT EXISTS (SELECT FROM due_work WHERE kind = 'assess_claim' AND isfinite(due_at)
                          AND payload LIKE '%' || claim.id || '%')
          AND NOT EXISTS (SELECT FROM record WHERE hash = ANY (decision.records)
                          AND convert_from(body, 'UTF8') LIKE '%' || ordered.evidence || '%')
"""
# The order is what the court set aside or varied: it counts no more.
_STANDS_STILL = """
    SELECT before.id FROM appeal JOIN appeal AS before ON before.id = appeal.about
    JOIN claim AS filed ON filed.id = appeal.claim JOIN claim ON claim.id = coalesce(filed.joined_to, filed.id)
    JOIN decision ON (decision.claim, decision.revision) = (claim.id, claim.revision)
    JOIN record ON record.hash = ANY (decision.records)
    WHERE appeal.state = 'decided' AND appeal.outcome IN ('varied', 'set_aside')
          AND claim.state IN ('decided', 'refused')
          AND convert_from(record.body, 'UTF8') LIKE '%' || before.ordered || '%'
          AND NOT EXISTS (SELECT FROM due_work WHERE kind = 'assess_claim' AND isfinite(due_at)
                          AND payload LIKE '%' || claim.id || '%')
"""
_APPROVED = (
    "SELECT id FROM appeal WHERE ordered IS NOT NULL AND NOT EXISTS (SELECT FROM evidence WHERE about = ordered)"
)


async def appeals_hold(world: World) -> None:
    """Who decided decides no appeal of it, an appeal is of the record that it names, and what was ordered is so."""
    if not await world.rows("claims", "SELECT FROM appeal LIMIT 1"):
        return
    own = await world.rows("claims", _OF_ONESELF)
    assert not own, f"an appeal is decided by whom it is of: {shown(own)}"
    others = await world.rows("claims", _NOT_OF_ITS_RECORD)
    assert not others, f"an appeal of no record of its revision: {shown(others)}"
    unread = [*await world.rows("claims", _NOT_COUNTED), *await world.rows("claims", _APPROVED)]
    assert not unread, f"an order counts nowhere: {shown(unread)}"
    still = await world.rows("claims", _STANDS_STILL)
    assert not still, f"an order counts that was set aside: {shown(still)}"
