"""The file and the state of a referral are the same whatever the order and however often things arrive."""

import asyncio
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.rehab.consumers import accident_reported, claim_assessed
from services.rehab.domain.referral import State
from services.rehab.storage.known_claims import ClaimOfAnother
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from services.rehab.tests.support import CERTIFICATE, Rehab, accident, advised, decided, pending, refused
from shared.contracts.envelope import Cause, Event
from shared.kernel.identifiers import new_id
from shared.testing.records import received

STORIES: dict[str, tuple[State, int | None]] = {
    "accident": (State.EXPECTED, None),
    "accident decided": (State.EXPECTED, 27),
    "accident refused": (State.NOT_COVERED, 0),
    "accident decided revised": (State.EXPECTED, 18),
    "accident refused revised": (State.EXPECTED, 18),
    "accident decided withdrawn": (State.NOT_COVERED, 0),
    "accident pending": (State.EXPECTED, 0),
    "accident pending withdrawn": (State.NOT_COVERED, 0),
    "accident refused reopened": (State.EXPECTED, 0),
    "advised decided": (State.EXPECTED, 27),
    "accident advised refused": (State.NOT_COVERED, 0),
}


def _event(name: str, claim: UUID) -> Event:
    return {
        "accident": accident(claim),
        "decided": decided(claim),
        "refused": refused(claim),
        "revised": decided(claim, revision=2, days=18),
        "withdrawn": refused(claim, revision=2),
        "pending": pending(claim),
        "reopened": pending(claim, revision=2),
        "advised": advised(claim),
    }[name]


async def _tables(rehab: Rehab) -> list[list[dict[str, Any]]]:
    statements = (
        "SELECT * FROM accident ORDER BY claim",
        "SELECT * FROM assessment ORDER BY claim",
        "SELECT * FROM referral ORDER BY claim",
    )
    return [await rehab.rows(statement) for statement in statements]


def _seen(referral: dict[str, Any]) -> tuple[State, int | None]:
    assessment = referral["assessment"]
    return State(referral["state"]), assessment and assessment["benefit_days"]


@pytest.mark.parametrize("story", STORIES)
async def test_every_order_and_every_repeat_ends_equal(rehab: Rehab, story: str) -> None:
    for order in permutations(story.split()):
        claim = new_id()
        records = [received(_event(name, claim)) for name in order]
        for record in records:
            await rehab.consume(record, record)
        await rehab.consume(*records)
        assert _seen(await rehab.referral_of(claim)) == STORIES[story], order


async def test_a_referral_is_opened_once_per_claim_whatever_is_reported(rehab: Rehab) -> None:
    claim = new_id()
    await rehab.consume(accident(claim), accident(claim, revision=2), accident(claim))
    assert (await rehab.rows("SELECT count(*) FROM referral"))[0]["count"] == 1
    assert (await rehab.referral_of(claim))["accident"]["revision"] == 2


async def test_what_a_board_advises_opens_one_referral_and_after_a_discharge_another_one(rehab: Rehab) -> None:
    """An invalidity has no notice here: the day is that of the advice. Repeated, or advised before, it opens none."""
    claim = new_id()
    first = advised(claim, on=date(2026, 7, 17))
    await rehab.consume(first)
    await rehab.consume(first)
    shown = await rehab.referral_of(claim)
    assert shown["advice"] == [{"sat_on": "2026-07-17", "advice": ["prosthesis", "return_to_work"]}]
    path = f"/v1/referrals/{shown['referral']}"
    assert (await rehab.post(f"{path}/take", {"case_manager": "cm-0042"})).status_code == 200
    entered = {"centre": "MELAKA", "admitted_on": "2026-07-20"}
    assert (await rehab.post(f"{path}/admission", entered)).status_code == 200
    left = {"discharged_on": "2026-08-02", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}
    assert (await rehab.post(f"{path}/discharge", left)).status_code == 200
    later = advised(claim, case=new_id())
    for event in (first, advised(claim, case=new_id(), on=date(2026, 8, 2)), later, later, accident(claim)):
        await rehab.consume(event)
    states = await rehab.rows("SELECT state FROM referral ORDER BY opened_at")
    assert [each["state"] for each in states] == ["discharged", "expected"]


async def test_a_claim_is_of_one_person_whichever_topic_says_so_first(rehab: Rehab) -> None:
    reported, assessed = new_id(), new_id()
    await rehab.consume(accident(reported), decided(assessed))
    for kept, event in (
        (claim_assessed, refused(reported, person=13)),
        (accident_reported, accident(assessed, person=13)),
    ):
        with pytest.raises(ClaimOfAnother):
            async with rehab.service.worker.database.begin(RehabUnitOfWork, Cause("test")) as uow:
                await kept.apply([event], uow)


async def test_an_assessment_alone_opens_no_referral(rehab: Rehab) -> None:
    """Claims of other schemes are assessed too, and nobody goes into a centre for them."""
    await rehab.consume(decided(new_id()), refused(new_id()))
    assert await rehab.rows("SELECT id FROM referral") == []


async def test_the_later_revision_counts_within_one_batch(rehab: Rehab) -> None:
    claim = new_id()
    await rehab.consume(accident(claim))
    batch = [received(decided(claim, revision=2, days=18)), received(decided(claim))]
    await rehab.service.consume_batch(batch)
    assert (await rehab.referral_of(claim))["assessment"] == {
        "revision": 2,
        "refused": False,
        "provisional": False,
        "benefit_days": 18,
        "reason": None,
    }


async def test_a_claim_that_was_taken_over_by_another_says_so(rehab: Rehab) -> None:
    claim = new_id()
    nothing = decided(claim).model_copy(update={"entitlements": ()})
    await rehab.consume(accident(claim), nothing)
    assert (await rehab.referral_of(claim))["assessment"]["reason"] == "nothing_owed"
    await rehab.consume(nothing.model_copy(update={"revision": 2, "superseded_by": new_id()}))
    referral = await rehab.referral_of(claim)
    assert (referral["state"], referral["assessment"]["reason"]) == ("not_covered", "superseded")


async def test_a_refusal_and_the_accident_that_arrive_at_once_do_not_miss_each_other(rehab: Rehab) -> None:
    for _ in range(15):
        claim = new_id()
        await asyncio.gather(rehab.consume(accident(claim)), rehab.consume(refused(claim)))
        assert (await rehab.referral_of(claim))["state"] == "not_covered"


@pytest.mark.parametrize("first", ["accident", "refused"])
async def test_of_two_open_transactions_the_second_waits_and_sees_the_first(rehab: Rehab, first: str) -> None:
    claim = new_id()
    consumers: dict[str, Any] = {"accident": accident_reported, "refused": claim_assessed}
    second = next(name for name in consumers if name != first)

    async def consume(name: str, until: asyncio.Event) -> None:
        async with rehab.service.worker.database.begin(RehabUnitOfWork, Cause("test")) as uow:
            await consumers[name].apply([_event(name, claim)], uow)
            await consumers[name].handle(_event(name, claim), uow)
            await until.wait()

    let_go, at_once = asyncio.Event(), asyncio.Event()
    at_once.set()
    holding = asyncio.create_task(consume(first, let_go))
    await asyncio.sleep(0.3)
    waiting = asyncio.create_task(consume(second, at_once))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    let_go.set()
    await asyncio.gather(holding, waiting)
    assert (await rehab.referral_of(claim))["state"] == "not_covered"


async def test_a_refusal_closes_a_taken_referral_and_leaves_an_admitted_one(rehab: Rehab) -> None:
    taken, admitted = new_id(), new_id()
    await rehab.taken(taken)
    await rehab.admitted(admitted, person=13)
    await rehab.consume(refused(taken), refused(admitted, person=13))
    assert (await rehab.referral_of(taken))["state"] == "not_covered"
    assert (await rehab.referral_of(admitted))["state"] == "admitted"
    await rehab.consume(decided(taken, revision=2))
    again = await rehab.referral_of(taken)
    assert (again["state"], again["case_manager"]) == ("taken", "cm-0042")


async def test_dropped_projections_are_rebuilt_by_announcements_and_open_nothing(rehab: Rehab) -> None:
    claims = [new_id() for _ in range(3)]
    events = [event for claim in claims for event in (accident(claim), decided(claim, revision=2))]
    await rehab.consume(*events)
    before = await _tables(rehab)
    await rehab.rows("TRUNCATE accident, assessment")
    await rehab.consume(*(received(event, announcement="run") for event in reversed(events)))
    assert await _tables(rehab) == before
    await rehab.consume(received(accident(new_id()), announcement="run"))
    assert len(await rehab.rows("SELECT id FROM referral")) == 3


async def test_an_announced_refusal_is_projected_and_settles_nothing_by_itself(rehab: Rehab) -> None:
    """Reactions never see announcements (rules M8)."""
    claim = new_id()
    await rehab.consume(accident(claim), received(refused(claim), announcement="run"))
    referral = await rehab.referral_of(claim)
    assert (referral["state"], referral["assessment"]["refused"]) == ("expected", True)
