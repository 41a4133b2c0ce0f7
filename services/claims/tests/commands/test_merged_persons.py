"""Claims of a person with two numbers: one person's claims while they are merged, each number's own after a split."""

import base64
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.claims.commands.assess_claim import AssessClaim, assess_claim
from services.claims.consumers import registration
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    EMPLOYER,
    MYKAD,
    PERSON,
    all_has_arrived,
    apply_events,
    claim_of,
    contributed,
    employed,
    read,
    registered,
    report,
    spell_of,
    standing_of,
)
from shared.contracts.envelope import Cause, Event
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonHeldV1,
    PersonMergedV1,
    PersonMergeEvent,
    PersonRegisteredV1,
    PersonSplitV1,
)
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.security.blind_index import IdTokens
from shared.testing.service import TEST_KEY, ServiceUnderTest

pytestmark = pytest.mark.postgres

OTHER, OTHER_EMPLOYER, PASSPORT, THIRD = 8, 4, "B1234567", 9
TOKENS = IdTokens(base64.b64decode(TEST_KEY))
NAMED_BY_PASSPORT = {"national_id": {"kind": "passport", "number": PASSPORT}}


def other_registered(revision: int = 1, **changes: Any) -> PersonRegisteredV1:
    """The same human being under another number and id."""
    tokens = (TOKENS.token("passport", PASSPORT),)
    return registered(OTHER).model_copy(update={"id_tokens": tokens, "revision": revision, **changes})


def merge(revision: int = 2, kind: type[PersonMergeEvent] = PersonMergedV1) -> PersonMergeEvent:
    """That both numbers are one person's, or are not."""
    said = {"person": OTHER, "survivor": PERSON, "revision": revision, "changed_at": now()}
    held = {"held_until": now() + timedelta(days=14)} if kind is PersonHeldV1 else {}
    return kind(**said, merged=kind is PersonMergedV1, **held)


def worked_elsewhere() -> Sequence[Event]:
    """What the other number's employer stated: a spell, and wages that the first one has none of."""
    spell = spell_of(OTHER_EMPLOYER, date(2020, 1, 6), person=OTHER)
    months = [contributed(f"2026-0{month}", 312_000, person=OTHER, employer=OTHER_EMPLOYER) for month in range(2, 8)]
    period = MembershipPeriodV1(category="first", first=date(2020, 1, 6))
    return [spell, MembershipChangedV1(person=OTHER, scheme="act4", revision=1, periods=(period,)), *months]


async def told(claims: ServiceUnderTest, claim: str) -> list[dict[str, Any]]:
    """What was published of a claim's decisions, oldest first."""
    query = "SELECT payload FROM outbox WHERE type LIKE 'jaring.claim.assessed%' ORDER BY id"
    async with claims.database.connection() as connection:
        found = [orjson.loads(row["payload"]) for row in await connection.fetch(query)]
    return [each for each in found if each["claim"] == claim]


def owed(event: dict[str, Any]) -> list[tuple[str, str]]:
    """Which benefits are owed to whom."""
    return [(each["benefit"], each["party"]) for each in event["entitlements"]]


async def test_a_person_has_the_wages_and_employments_of_both_numbers(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), other_registered(), *worked_elsewhere())
    await all_has_arrived(claims)
    reported = await report(claims)
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "no_relation", "the other number's employer knows this one not"
    reported = await report(claims, f"employer:{OTHER_EMPLOYER}")
    await claims.work_off()
    period = MembershipPeriodV1(category="first", first=date(2020, 1, 6))
    derived = [
        MembershipChangedV1(person=OTHER, scheme="act4", revision=2, periods=()),
        MembershipChangedV1(person=PERSON, scheme="act4", revision=1, periods=(period,)),
    ]
    await apply_events(claims, merge(), *derived)
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["person"], claim["state"]) == (person_id(PERSON), "decided")
    assert owed((await told(claims, reported["claim"]))[-1]) == [("temporary_disablement", f"person:{PERSON}")]


async def test_one_accident_that_was_decided_under_both_numbers_is_owed_once_and_a_split_undoes_it(
    worker: ServiceUnderTest,
) -> None:
    claims = worker
    await apply_events(claims, other_registered(), *worked_elsewhere())
    first = await report(claims)
    second = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    await claims.work_off()
    for reported, number in ((first, PERSON), (second, OTHER)):
        assert owed((await told(claims, reported["claim"]))[-1]) == [("temporary_disablement", f"person:{number}")]
    await apply_events(claims, merge(1, PersonHeldV1))
    await claims.work_off()
    assert (await standing_of(claims, second))[0] == "decided", "while officers look nothing is decided otherwise"
    await apply_events(claims, merge())
    await claims.work_off()
    assert (await standing_of(claims, second))[0] == "joined"
    last = (await told(claims, second["claim"]))[-1]
    assert (last["person"], last["entitlements"], last["superseded_by"]) == (OTHER, [], first["claim"])
    assert (await standing_of(claims, first))[0] == "decided"
    listed = await read(claims, f"/v1/claims?person={person_id(OTHER)}")
    assert {each["claim"] for each in listed["data"]} == {first["claim"], second["claim"]}, "read by either number"
    own = await read(claims, f"/v1/claims/{first['claim']}", f"person:{OTHER}")
    assert own["claim"] == first["claim"]
    await apply_events(claims, merge(3, PersonSplitV1))
    await claims.work_off()
    claim = await claim_of(claims, second)
    assert (claim["person"], claim["state"]) == (person_id(OTHER), "decided")
    assert owed((await told(claims, second["claim"]))[-1]) == [("temporary_disablement", f"person:{OTHER}")]
    assert owed((await told(claims, first["claim"]))[-1]) == [("temporary_disablement", f"person:{PERSON}")]


@pytest.mark.parametrize("own_first", [True, False])
async def test_each_number_has_its_claim_after_a_split_whichever_follows_first(
    worker: ServiceUnderTest, *, own_first: bool
) -> None:
    """Reported while both were one: the survivor's own joined the other's, which still stands with it for a moment."""
    claims = worker
    await apply_events(claims, other_registered(), *worked_elsewhere(), merge())
    of_other = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    await claims.work_off()
    own = await report(claims)
    await claims.work_off()
    assert [(await standing_of(claims, each))[0] for each in (of_other, own)] == ["decided", "joined"]
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await registration.apply([link(OTHER, PERSON, 3, PersonSplitV1)], uow)
    async with claims.database.connection() as connection:
        # Leaves each of them to be assessed once: done here by hand, in the order that two lanes may come to.
        await connection.execute("DELETE FROM due_work WHERE kind = 'follow_person'")
    for each in (own, of_other) if own_first else (of_other, own):
        async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            await assess_claim(AssessClaim(UUID(each["claim"])), uow)
    await claims.work_off()
    for each, number in ((own, PERSON), (of_other, OTHER)):
        claim = await claim_of(claims, each)
        assert (claim["person"], claim["state"]) == (person_id(number), "decided")


async def test_what_arrives_of_the_other_number_while_both_are_one_is_asked_about_again(
    worker: ServiceUnderTest,
) -> None:
    claims = worker
    await apply_events(claims, other_registered(), merge())
    reported = await report(claims)
    await claims.work_off()
    before = len(await told(claims, reported["claim"]))
    await apply_events(claims, *worked_elsewhere())
    await claims.work_off()
    assert len(await told(claims, reported["claim"])) > before, "wages of two employments count together"
    await apply_events(claims, merge(3, PersonSplitV1))
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "decided", "what it rested on is known still, and does not count"


async def test_an_id_that_was_withdrawn_means_who_bears_it_now(claims: ServiceUnderTest) -> None:
    """A notice that came between the two words waits: while two bear an id nobody is meant."""
    wrong = registered().model_copy(
        update={"id_tokens": (TOKENS.token("mykad", MYKAD), TOKENS.token("passport", PASSPORT))}
    )
    await apply_events(claims, wrong, *employed())
    await apply_events(claims, other_registered())
    reported = await report(claims, "hospital:1", **NAMED_BY_PASSPORT)
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "awaiting_identity"
    await apply_events(claims, registered().model_copy(update={"revision": 2}))
    await claims.work_off()
    assert (await claim_of(claims, reported))["person"] == person_id(OTHER)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_a_merge_and_what_it_rests_on_arrive_in_whatever_order(
    claims: ServiceUnderTest, order: Sequence[int]
) -> None:
    """The accident is in the middle of all: the claim ends under the survivor, by the employments of both."""
    mine = [registered(), employed()[0], contributed("2026-06", 300_000)]
    parts: list[Sequence[Event]] = [mine, [other_registered(), *worked_elsewhere()], [merge()]]
    await apply_events(claims, *parts[order[0]])
    reported = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    for part in order[1:]:
        await claims.work_off()
        await apply_events(claims, *parts[part])
    await all_has_arrived(claims)
    claim = await claim_of(claims, reported)
    assert claim["person"] == person_id(PERSON)
    assert await worked_for(claims, reported["claim"]) == {EMPLOYER, OTHER_EMPLOYER}


def link(person: int, survivor: int, revision: int, kind: type[PersonMergeEvent] = PersonMergedV1) -> PersonMergeEvent:
    """That a number went into another, or left it again."""
    merged = kind is PersonMergedV1
    return kind(person=person, survivor=survivor, revision=revision, merged=merged, changed_at=now())


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_links_follow_one_another_to_the_last_number_whichever_is_known_first(
    claims: ServiceUnderTest, order: Sequence[int]
) -> None:
    """The other number went into the first one, and that into a third; the claim is decided under the third."""
    third = registered(THIRD).model_copy(update={"id_tokens": ()})
    parts: list[Event] = [link(OTHER, PERSON, 2), link(PERSON, THIRD, 2), third]
    await apply_events(claims, registered(), *employed(), contributed("2026-06", 300_000))
    await apply_events(claims, other_registered(), *worked_elsewhere())
    reported = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    for part in order:
        await claims.work_off()
        await apply_events(claims, parts[part])
    await all_has_arrived(claims)
    assert (await claim_of(claims, reported))["person"] == person_id(THIRD)
    assert await worked_for(claims, reported["claim"]) == {EMPLOYER, OTHER_EMPLOYER}
    for number in (PERSON, OTHER, THIRD):
        listed = await read(claims, f"/v1/claims?person={person_id(number)}")
        assert [each["claim"] for each in listed["data"]] == [reported["claim"]]
        assert (await read(claims, f"/v1/claims/{reported['claim']}", f"person:{number}"))["claim"]
    await apply_events(claims, link(PERSON, THIRD, 3, PersonSplitV1))
    await claims.work_off()
    assert (await claim_of(claims, reported))["person"] == person_id(PERSON), "and what went into it stays with it"
    await apply_events(claims, link(OTHER, PERSON, 3, PersonSplitV1))
    await claims.work_off()
    assert (await claim_of(claims, reported))["person"] == person_id(OTHER)


async def test_late_words_that_close_a_ring_come_apart_when_the_last_one_is_known(claims: ServiceUnderTest) -> None:
    """It was merged one way, split, and merged the other way; of the first number the newest word comes last."""
    await apply_events(claims, registered(), *employed(), contributed("2026-06", 300_000))
    await apply_events(claims, other_registered(), *worked_elsewhere())
    reported = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    await claims.work_off()
    await apply_events(claims, link(OTHER, PERSON, 2), link(PERSON, OTHER, 2))
    await claims.work_off()
    assert (await claim_of(claims, reported))["person"] == person_id(min(PERSON, OTHER)), "everybody agrees on one"
    await apply_events(claims, link(OTHER, PERSON, 3, PersonSplitV1))
    await claims.work_off()
    await all_has_arrived(claims)
    assert (await claim_of(claims, reported))["person"] == person_id(OTHER)
    assert await worked_for(claims, reported["claim"]) == {EMPLOYER, OTHER_EMPLOYER}


async def worked_for(claims: ServiceUnderTest, claim: str) -> set[int]:
    """The employers of the spells that the claim's newest records name as sources."""
    query = """
        SELECT DISTINCT employer FROM known_spell JOIN record ON convert_from(body, 'UTF8') LIKE '%' || spell || '%'
        WHERE claim = $1
    """
    async with claims.database.connection() as connection:
        return {row["employer"] for row in await connection.fetch(query, UUID(claim))}
