"""A claim that was published is known again after a restore, and no worker pays for lost evidence (rules M8)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.commands.test_kinds import questions, state, stated_and_approved
from services.claims.tests.support import (
    PERSON,
    WRITE,
    all_has_arrived,
    apply_events,
    claims_on,
    contributed,
    employed,
    january_to_may,
    let_count,
    notice,
    notice_without_days,
    registered,
    submit,
    tasks_of,
)
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, read_back, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


async def decided(claims: ServiceUnderTest, again: ServiceUnderTest) -> str:
    """A claim that was decided and published, and is known to the other from that alone."""
    facts = [registered(), *employed(), *january_to_may()]
    await apply_events(claims, *facts)
    claim: str = (await submit(claims, notice())).json()["claim"]
    await claims.work_off()
    await recall(claims, again)
    await apply_events(again, *facts)
    await again.work_off()
    return claim


async def stands(claims: ServiceUnderTest, claim: str) -> tuple[Any, ...]:
    async with claims.database.connection("migrate") as connection:
        row = await connection.fetchrow("SELECT state, reason, revision FROM claim WHERE id = $1::uuid", claim)
    return tuple(row or ())


async def assessments(claims: ServiceUnderTest) -> list[tuple[int, int]]:
    told = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)]
    return [(each.revision, each.money_sen) for each in told]


async def test_the_notice_that_comes_again_joins_its_claim_and_is_decided_above_it(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    claim = await decided(claims, again)
    assert await stands(again, claim) == ("needs_officer", "lost_since_backup", 1)
    assert await assessments(again) == []
    repeated = (await submit(again, notice())).json()["claim"]
    await again.work_off()
    assert await stands(again, repeated) == ("joined", None, 0)
    assert await stands(again, claim) == ("decided", None, 2)
    ((_, published_sen),) = await assessments(claims)
    assert await assessments(again) == [(2, published_sen)], "as it was published, above it"


async def test_less_than_was_published_is_decided_by_nobody_alone(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    claim = await decided(claims, again)
    shorter = {"first": "2026-07-15", "last": "2026-07-25", "issued_on": "2026-07-15"}
    await submit(again, notice(certificate=shorter))
    await again.work_off()
    assert await stands(again, claim) == ("needs_officer", "less_than_published", 1)
    assert await assessments(again) == []
    await submit(again, notice())
    await again.work_off()
    assert await stands(again, claim) == ("decided", None, 2)


async def test_a_pension_without_an_end_is_more_than_nothing(
    claims: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """What a board certified is lost with the rest: stated again with another capacity, nothing would be owed."""
    business_clock.set_day(2026, 11, 28)
    months = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
    facts = [registered(), *employed(started_on=date(2023, 1, 1), ended_on=date(2026, 10, 31))]
    facts += [contributed(month, 410_000) for month in months if month < "2026-11"]
    body = notice_without_days("invalidity")
    for of in (claims, again):
        await apply_events(of, *facts)
        await all_has_arrived(of)
    claim: str = (await submit(claims, body)).json()["claim"]
    await claims.work_off()
    await certified(claims, claim, 20)
    assert await stands(claims, claim) == ("decided", None, 1)
    await recall(claims, again)
    assert (await submit(again, body)).status_code == 202
    await again.work_off()
    await certified(again, claim, 90)
    assert await stands(again, claim) == ("needs_officer", "less_than_published", 1)
    await certified(again, claim, 20)
    assert await stands(again, claim) == ("decided", None, 2)


async def certified(claims: ServiceUnderTest, claim: str, earning_capacity: int) -> None:
    """A board certifies an invalidity, as two officers state it."""
    said = {"invalidity": {"certified": True, "earning_capacity": earning_capacity}}
    path = f"/v1/claims/{claim}/evidence"
    stated = await claims.call("POST", path, scopes=WRITE, json=said, subject="officer-1")
    assert stated.status_code == 202, stated.text
    assert await let_count(claims, stated.json()["evidence"], claim) == (201, None)
    await claims.work_off()


async def stated_dead(claims: ServiceUnderTest, party: str, happened_on: str = "2026-10-20") -> None:
    body = notice_without_days("death", happened_on)
    answer = await submit(claims, body, party=party, role="partner")
    assert answer.status_code == 202, answer.text
    await claims.work_off()


async def are_lost(claims: ServiceUnderTest) -> list[bool]:
    """Whether what another claim of hers would read decides nothing any more."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        (claim,) = await uow.claims.page(PERSON, None, 10)
        return [each.is_lost for each in await uow.claims.others_of(replace(claim, id=new_id()))]


async def died_on(claims: ServiceUnderTest) -> list[date]:
    """The day of her death, as it counts for all else of hers."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        return [each.day for each in (await uow.evidence.deaths_of([PERSON])).values()]


async def test_a_death_on_one_partys_word_ends_nothing_after_a_restore_until_another_states_it_too(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    for of in (claims, again):
        await apply_events(of, registered(), *employed())
        await all_has_arrived(of)
    await stated_dead(claims, "hospital:1")
    await refused_for_want_of_survivors(claims)
    assert await died_on(claims) == []
    await recall(claims, again)
    assert await died_on(again) == []
    assert await are_lost(again) == [True]
    await stated_dead(again, "hospital:1")
    assert await died_on(again) == []
    await stated_dead(again, "employer:3")
    assert await died_on(again) == [date(2026, 10, 20)]


async def refused_for_want_of_survivors(claims: ServiceUnderTest, fact: str = "nobody left behind") -> None:
    async with claims.database.connection("migrate") as connection:
        claim = await connection.fetchval("SELECT id FROM claim WHERE kind = 'death' AND joined_to IS NULL")
    await stated_and_approved(claims, str(claim), finding={"fact": fact, "found": "yes"})


async def test_a_death_of_an_accident_whose_notice_is_lost_is_asked_about_until_it_comes_again(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    accident = await decided(claims, again)
    await stated_dead(again, "hospital:1")
    async with again.database.connection("migrate") as connection:
        death = str(await connection.fetchval("SELECT id FROM claim WHERE kind = 'death'"))
    await stated_and_approved(again, death, cause={"claim": accident})
    assert (await questions(again, death))["dependants_benefit"] == ("officer", "cause_lost")
    assert "cause_lost" in [task["reason"] for task in await tasks_of(again, "doubt")]
    await submit(again, notice())
    await again.work_off()
    assert (await questions(again, death))["dependants_benefit"] == ("officer", "dependants_to_be_stated")


async def test_whoever_was_found_to_live_goes_on_living_after_a_restore(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """What the officers found is lost, and what was published says it; her real death opens a claim of its own."""
    for of in (claims, again):
        await apply_events(of, registered(), *employed())
        await all_has_arrived(of)
    for party in ("hospital:1", "employer:3"):
        await stated_dead(claims, party)
    assert await died_on(claims) == [date(2026, 10, 20)]
    await refused_for_want_of_survivors(claims, "found alive")
    assert await died_on(claims) == []
    await recall(claims, again)
    assert await died_on(again) == []
    for party in ("hospital:1", "employer:3"):
        await stated_dead(again, party, happened_on="2026-11-10")
    assert await died_on(again) == [date(2026, 11, 10)]


async def test_a_death_of_before_the_backup_that_was_found_never_to_have_been_after_it_pays_nobody(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The notices are known, and the finding is lost: two officers find it again, or lift the doubt."""
    for of in (claims, again):
        await apply_events(of, registered(), *employed())
        await all_has_arrived(of)
        for party in ("hospital:1", "employer:3"):
            await stated_dead(of, party)
    await refused_for_want_of_survivors(claims, "found alive")
    (told,) = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1) and each.refusals]
    async with again.database.connection("migrate") as connection:
        claim = await connection.fetchval("SELECT id FROM claim WHERE kind = 'death' AND joined_to IS NULL")
    async with again.worker.database.begin(ClaimsUnitOfWork, Cause("restore")) as uow:
        await again.worker.work.recall([told.model_copy(update={"claim": claim})], uow)
    assert await died_on(again) == []
    await state(again, str(claim), finding={"fact": "nobody left behind", "found": "yes"})
    await again.work_off()
    assert set((await questions(again, str(claim))).values()) == {("officer", "less_than_published")}


async def test_a_decision_on_a_claim_that_is_unheard_of_needs_an_officer_and_the_rest_is_recalled(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The accident was told of before the topics begin: whose evidence is missing is known to nobody."""
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await submit(claims, notice())
    await claims.work_off()
    told = await published_by(claims)
    (accident,) = [each for each in told if isinstance(each, AccidentReportedV1)]
    (decision,) = [each for each in told if isinstance(each, ClaimAssessedV1)]
    another = accident.model_copy(update={"claim": new_id(), "notice": new_id()})
    with pytest.raises(NoResultFound):
        async with again.worker.database.begin(ClaimsUnitOfWork, Cause("restore")) as uow:
            await again.worker.work.recall([decision], uow)
    assert await read_back(again, [another, decision]) == f"{decision.type()} cannot be recalled"
    assert await stands(again, str(accident.claim)) == ()
    assert await stands(again, str(another.claim)) == ("needs_officer", "lost_since_backup", 0)
