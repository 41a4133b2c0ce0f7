"""Two claims of one person whose benefits may not be owed together: each reads the other, and is woken by it."""

import pytest

from services.claims.tests.commands.test_death import LAST_DAY, insured_worker, notice_of
from services.claims.tests.commands.test_kinds import questions, state, stated_and_approved, terms_of, withdraw
from services.claims.tests.support import let_count, report, standing_of, tasks_of
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_a_pension_beside_a_loss_waits_for_officers_to_find_whether_the_cause_is_one(
    claims: ServiceUnderTest,
) -> None:
    await insured_worker(claims, ended_on=LAST_DAY)
    reported = await report(claims)
    accident = str(reported["claim"])
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    assert "coordination" not in await questions(claims, accident)
    invalidity = await notice_of(claims, "invalidity", "2026-07-15")
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    assert await terms_of(claims, invalidity, "invalidity_pension") == [], "kept for a person: the loss began first"
    assert await terms_of(claims, accident, "permanent_disablement")
    for claim in (accident, invalidity):
        assert (await questions(claims, claim))["coordination"][0] == "found"
        assert await standing_of(claims, {"claim": claim}) == ("decided", "same_cause_to_be_found")
    waiting = [each["subject"]["id"] for each in await tasks_of(claims, "doubt")]
    assert waiting == [f"{invalidity}/coordination"], "officers find it once, in the claim that has the finding"
    await stated_and_approved(claims, invalidity, finding={"fact": "same cause", "found": "no"})
    assert await terms_of(claims, invalidity, "invalidity_pension"), "it was asked again, and read what was found"
    assert await terms_of(claims, accident, "permanent_disablement")
    assert await standing_of(claims, reported) == ("decided", None)


async def test_an_assessment_that_two_officers_take_back_ends_the_benefit_and_frees_what_it_kept_out(
    claims: ServiceUnderTest,
) -> None:
    await insured_worker(claims, ended_on=LAST_DAY)
    accident = str((await report(claims))["claim"])
    await claims.work_off()
    assessed = (await state(claims, accident, permanent_loss={"percent": 60}))["evidence"]
    assert await let_count(claims, assessed, accident) == (201, None)
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    invalidity = await notice_of(claims, "invalidity", "2026-07-15")
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    assert await terms_of(claims, invalidity, "invalidity_pension") == []
    assert await let_count(claims, await withdraw(claims, assessed), accident) == (201, None)
    refused = ("refused", "a_permanent_loss_is_assessed")
    assert (await questions(claims, accident))["permanent_disablement"] == refused
    assert await terms_of(claims, accident, "permanent_disablement") == []
    assert await terms_of(claims, invalidity, "invalidity_pension"), "it was asked again"
