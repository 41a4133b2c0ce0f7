"""A death, and the person's other claims: what it ends, and what it reads of them."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.claims.commands.assess_claim import AssessClaim, assess_claim
from services.claims.domain.claim import ClaimKind, Relation
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.commands.test_kinds import born, questions, state, stated_and_approved, terms_of, withdraw
from services.claims.tests.support import (
    FIRST,
    OFFICER,
    PERSON,
    SECOND,
    a_claim,
    all_has_arrived,
    answer_task,
    apply_events,
    contributed,
    decide,
    employed,
    let_count,
    notice_without_days,
    read,
    registered,
    report,
    spell_of,
    stated_by_employer,
    submit,
    tasks_of,
)
from shared.contracts.benefit_paid import BenefitsIncreasedV1, IncreaseFactorV1
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id, person_id
from shared.messaging.consumer_store import freshness
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
PARTIES = (("employer:3", "partner"), ("hospital:1", "partner"))


LAST_DAY = date(2026, 7, 15)


async def insured_worker(
    claims: ServiceUnderTest, born_on: date = date(1980, 1, 1), ended_on: date | None = None
) -> None:
    """RM1,980.00 in each month from 2023 on, assumed RM1,950.00; at work until a day, or still."""
    await apply_events(
        claims,
        born(born_on.year, born_on.month, born_on.day),
        *employed(started_on=date(2023, 1, 1), ended_on=ended_on),
        *(contributed(month, 198_000) for month in MONTHS if month < "2026-11"),
    )
    await all_has_arrived(claims)


async def notice_of(
    claims: ServiceUnderTest, kind: str, happened_on: str, *parties: tuple[str, str], **more: object
) -> str:
    """Notices of an event that is no accident, by each of the parties; the claim."""
    body = notice_without_days(kind, happened_on, **more)
    for party, role in parties or (("organisation:1", "officer"),):
        answer = await submit(claims, body, party=party, role=role)
        assert answer.status_code == 202, answer.text
        await claims.work_off()
        if role == "officer":
            await confirmed(claims)
    shown: list[dict[str, Any]] = (await read(claims, "/v1/claims"))["data"]
    return next(str(each["claim"]) for each in shown if each["kind"] == kind and each["joined_to"] is None)


async def reported_invalid(claims: ServiceUnderTest, clock: BusinessClock) -> str:
    """The claim of a worker of 59 who left work and is reported invalid on 15 July 2026."""
    clock.set_day(2026, 7, 16)
    await insured_worker(claims, date(1966, 10, 1), LAST_DAY)
    return await notice_of(claims, "invalidity", "2026-07-15")


async def confirmed(claims: ServiceUnderTest, person: int = PERSON) -> None:
    """Two officers confirm the one notice that an officer sent."""
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(person)) == (201, None)
    await claims.work_off()


async def test_a_death_ends_a_benefit_for_life_and_one_that_never_was_opens_it_again(claims: ServiceUnderTest) -> None:
    """1,950.00 / 30 × 90 % × 60 % = 35.10 a day, 1,053.00 a month; 19 days of October are 666.90."""
    await insured_worker(claims)
    accident = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    for_life = [("insured", "month", "1053.00", "2026-09-01", None)]
    assert await terms_of(claims, accident, "permanent_disablement") == for_life
    death = await notice_of(claims, "death", "2026-10-20", *PARTIES)
    assert await terms_of(claims, accident, "permanent_disablement") == [
        ("insured", "month", "1053.00", "2026-09-01", "2026-09-30"),
        ("insured", "once", "666.90", "2026-10-01", "2026-10-19"),
    ]
    await stated_and_approved(claims, death, finding={"fact": "found alive", "found": "yes"})
    assert await terms_of(claims, accident, "permanent_disablement") == for_life
    found = await questions(claims, death)
    assert found["survivors_pension"] == found["funeral_benefit"] == ("refused", "the_person_has_died")


async def test_the_real_death_after_one_that_never_was_opens_a_claim_of_its_own(claims: ServiceUnderTest) -> None:
    """A wrong day too is put right so: officers find that the person lived then, and the true notice is sent."""
    await insured_worker(claims)
    accident = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    never = await notice_of(claims, "death", "2026-10-20", *PARTIES)
    await stated_and_approved(claims, never, finding={"fact": "found alive", "found": "yes"})
    await notice_of(claims, "death", "2026-11-10", *PARTIES)
    shown: list[dict[str, Any]] = (await read(claims, "/v1/claims"))["data"]
    deaths = {each["happened_on"]: str(each["claim"]) for each in shown if each["joined_to"] is None}
    assert deaths["2026-10-20"] == never
    assert (await questions(claims, deaths["2026-11-10"]))["survivors_pension"] == (
        "officer",
        "dependants_to_be_stated",
    )
    assert (await questions(claims, never))["survivors_pension"] == ("refused", "the_person_has_died")
    (*_, last) = await terms_of(claims, accident, "permanent_disablement")
    assert last[-1] == "2026-11-09"


async def test_a_day_of_death_that_one_party_reported_is_not_confirmed_by_who_reports_another(
    claims: ServiceUnderTest,
) -> None:
    """An employer alone says 20 October, a hospital and officers 10 November: the benefit ends with 9 November."""
    await insured_worker(claims)
    accident = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    wrong = await notice_of(claims, "death", "2026-10-20", PARTIES[0], caused_by=accident)
    await notice_of(claims, "death", "2026-11-10", PARTIES[1])
    (*_, last) = await terms_of(claims, accident, "permanent_disablement")
    assert last[-1] is None, "of neither day is there more than one word"
    shown: list[dict[str, Any]] = (await read(claims, "/v1/claims"))["data"]
    true = next(str(each["claim"]) for each in shown if each["happened_on"] == "2026-11-10")
    waits = ("officer", "other_day_of_death")
    assert {(await questions(claims, each))["survivors_pension"] for each in (wrong, true)} == {waits}
    (task,) = (each for each in await tasks_of(claims, "doubt") if each["subject"]["id"].startswith(wrong))
    assert task["facts"]["other_day"] == "2026-11-10"
    await notice_of(claims, "death", "2026-11-10")
    (*_, last) = await terms_of(claims, accident, "permanent_disablement")
    assert last[-1] == "2026-11-09"
    assert await answer_task(claims, task, kind="finding", fact="found alive", found="yes") == (201, None)
    assert (await questions(claims, wrong))["survivors_pension"] == ("refused", "the_person_has_died")
    assert (await questions(claims, true))["survivors_pension"] == ("officer", "dependants_to_be_stated")


async def test_whose_employment_was_refused_is_no_second_word_on_a_death(claims: ServiceUnderTest) -> None:
    await insured_worker(claims)
    accident = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    false = stated_by_employer(spell_of(8, date(2026, 8, 1)), date(2026, 8, 1))
    await apply_events(claims, false)
    await notice_of(claims, "death", "2026-10-20", PARTIES[0], ("employer:8", "partner"))
    assert (await terms_of(claims, accident, "permanent_disablement"))[-1][-1] == "2026-10-19"
    await apply_events(claims, false.model_copy(update={"refused": True, "revision": 2}))
    await claims.work_off()
    assert (await terms_of(claims, accident, "permanent_disablement"))[-1][-1] is None


async def test_survivors_share_the_pension_that_the_claim_of_invalidity_decides(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """42 contributions: 51 % of 1,950.00 is 994.50, the widow's 3/5 is 596.70. At 60 a death opens nothing else."""
    invalidity = await reported_invalid(claims, business_clock)
    business_clock.set_day(2026, 11, 2)
    death = await notice_of(claims, "death", "2026-10-20")
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    assert (await questions(claims, death))["survivors_pension"] == ("awaiting", "pension_unsettled")
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    pension = await terms_of(claims, invalidity, "invalidity_pension")
    assert pension[1:] == [
        ("insured", "month", "994.50", "2026-08-01", "2026-09-30"),
        ("insured", "once", "609.53", "2026-10-01", "2026-10-19"),
    ]
    assert (await questions(claims, death))["survivors_pension"] == ("entitled", "")
    assert await shares_of(claims, death) == [("person:21", "month", "596.70", "2026-11-01", None)]
    told = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)]
    stated = {each.benefit: (each.whole_sen, each.average_sen) for event in told for each in event.entitlements}
    assert stated == {"survivors_pension": (99_450, None), "invalidity_pension": (None, 195_000)}


async def shares_of(claims: ServiceUnderTest, death: str) -> list[tuple[str, str, str, str, str | None]]:
    return [each for each in await terms_of(claims, death, "survivors_pension") if each[1] == "month"]


async def test_an_order_that_counts_after_the_death_raises_what_survivors_share_and_is_taken_back_with_it(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """994.50 with 2.5 % from September are 1,019.36, 3/5 of that 611.62 (611.616)."""
    invalidity = await reported_invalid(claims, business_clock)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    business_clock.set_day(2026, 11, 2)
    death = await notice_of(claims, "death", "2026-10-20")
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    factor = IncreaseFactorV1(benefit="invalidity_pension", began_from=2026, began_to=2026, percent="2.5")
    order = BenefitsIncreasedV1(
        order=UUID(int=70), instrument="P.U.(A) 1", law="Act 4", in_force=date(2026, 9, 1), factors=(factor,),
        stated_at=now(), counted_at=now(),
    )  # fmt: skip
    gone = order.model_copy(update={"order": UUID(int=71), "factors": (), "replaces": order.order, "withdrawn": True})
    for told, share in ((order, "611.62"), (order, "611.62"), (gone, "596.70"), (order, "596.70")):
        await claims.consume_batch([told])
        await claims.work_off()
        assert [each[2] for each in await shares_of(claims, death)] == [share]


async def as_owner(claims: ServiceUnderTest, statement: str) -> None:
    async with claims.database.connection("migrate") as owner:
        await owner.execute(statement)


async def test_survivors_wait_until_the_orders_of_before_an_upgrade_were_announced(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """What benefits published before anybody kept orders was read and dropped: an operator says when it is known."""
    await as_owner(claims, "UPDATE increases_announced SET known_at = NULL")
    invalidity = await reported_invalid(claims, business_clock)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    business_clock.set_day(2026, 11, 2)
    death = await notice_of(claims, "death", "2026-10-20")
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    assert (await questions(claims, death))["survivors_pension"] == ("awaiting", "")
    await as_owner(claims, "UPDATE increases_announced SET known_at = now(), said_by = 'S-17'")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("the next heartbeat")) as uow:
        await uow.due.wake({freshness("benefit.paid")})
    await claims.work_off()
    assert (await questions(claims, death))["survivors_pension"] == ("entitled", "")


async def test_officers_who_let_survivors_count_say_too_that_the_pensioner_died(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """A hospital alone reports it, which ends nothing: neither the pension nor what the widow is owed beside it."""
    invalidity = await reported_invalid(claims, business_clock)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    business_clock.set_day(2026, 11, 2)
    death = await notice_of(claims, "death", "2026-10-20", PARTIES[1])
    assert (await terms_of(claims, invalidity, "invalidity_pension"))[-1][-1] is None, "one party's word"
    buried = (await state(claims, death, funeral={"person": person_id(22), "relation": "other"}))["evidence"]
    assert await let_count(claims, buried, death) == (201, None)
    assert (await terms_of(claims, invalidity, "invalidity_pension"))[-1][-1] is not None
    assert await let_count(claims, await withdraw(claims, buried), death) == (201, None)
    assert (await terms_of(claims, invalidity, "invalidity_pension"))[-1][-1] is None, "two officers took it back"
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    (*_, broken) = await terms_of(claims, invalidity, "invalidity_pension")
    assert broken == ("insured", "once", "609.53", "2026-10-01", "2026-10-19")
    assert (await questions(claims, death))["survivors_pension"] == ("entitled", "")


async def test_of_two_benefits_for_one_death_the_higher_is_paid_to_each_and_told_to_the_platform(
    claims: ServiceUnderTest,
) -> None:
    """1,950.00 / 30 × 90 % × 3/5 × 30 = 1,053.00 a month, above 3/5 of a pension of 51 % of 1,950.00, 596.70."""
    await insured_worker(claims)
    await report(claims, died_on="2026-07-15")
    await claims.work_off()
    shown = (await read(claims, "/v1/claims"))["data"]
    death = next(str(each["claim"]) for each in shown if each["kind"] == "death")
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    found = await questions(claims, death)
    assert found["survivors_pension"] == found["dependants_benefit"] == ("entitled", "")
    assert found["coordination"] == ("found", "")
    owed = await terms_of(claims, death, "dependants_benefit")
    assert [each[:3] for each in owed if each[1] == "month"] == [("person:21", "month", "1053.00")]
    assert await terms_of(claims, death, "survivors_pension") == []
    assert await terms_of(claims, death, "coordination") == [], "what it decides stands with the benefits"
    assessed = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)]
    newest = next(each for each in reversed(assessed) if str(each.claim) == death)
    assert {(each.benefit, each.party) for each in newest.entitlements} == {("dependants_benefit", "person:21")}


async def test_whoever_is_left_behind_dies_too_and_the_others_share(claims: ServiceUnderTest) -> None:
    """Two widows have half of 3/5 of 58.50 a day each, 17.55, 526.50 a month; the one who is left has all of it."""
    await insured_worker(claims)
    await report(claims, died_on="2026-07-15")
    await claims.work_off()
    shown = (await read(claims, "/v1/claims"))["data"]
    death = next(str(each["claim"]) for each in shown if each["kind"] == "death")
    for widow in (21, 22):
        await apply_events(claims, registered(widow).model_copy(update={"id_tokens": ()}))
        await stated_and_approved(claims, death, dependant={"person": person_id(widow), "relation": "widow"})
    body = notice_without_days("death", "2026-10-01", person=person_id(22))
    del body["national_id"], body["name"]
    answer = await submit(claims, body, party="organisation:1", role="officer")
    assert answer.status_code == 202, answer.text
    await claims.work_off()
    await confirmed(claims, 22)
    months = [each for each in await terms_of(claims, death, "dependants_benefit") if each[1] == "month"]
    assert sorted(months) == [
        ("person:21", "month", "1053.00", "2026-10-01", None),
        ("person:21", "month", "526.50", "2026-08-01", "2026-09-30"),
        ("person:22", "month", "526.50", "2026-08-01", "2026-09-30"),
    ]


async def test_dependants_of_whoever_died_of_a_disease_wait_for_a_person(claims: ServiceUnderTest) -> None:
    await insured_worker(claims)
    disease = await report(claims, kind="disease", place=None, wages_paid_for=[])
    await claims.work_off()
    body = notice_without_days("death", "2026-10-20", caused_by=disease["claim"])
    answer = await submit(claims, body, party="employer:3", role="partner")
    assert answer.status_code == 202, answer.text
    await claims.work_off()
    death = answer.json()["claim"]
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    assert (await questions(claims, death))["dependants_benefit"] == ("officer", "cause_not_ruled")


async def died(person: int, spouse: int, uow: ClaimsUnitOfWork) -> UUID:
    """A death that officers reported, and who is left behind."""
    of_death = {"kind": ClaimKind.DEATH, "happened_on": date(2026, 10, 20), "place": None, "received_at": now()}
    claim = a_claim(id=new_id(), notice=new_id(), person=person, relation=Relation.OFFICER, **of_death)
    stated = {"party": f"person:{spouse}", "relation": "widow"}
    widow = Evidence(new_id(), claim.id, OFFICER, EvidenceKind.DEPENDANT, now(), stated=stated, stated_by=FIRST)
    await uow.claims.add(claim)
    await uow.evidence.add(widow, widow.approved(new_id(), now(), OFFICER, SECOND))
    await uow.due.at(AssessClaim(claim.id), now())
    return claim.id


async def test_spouses_who_died_together_are_assessed_at_once_and_neither_waits_for_the_other(
    claims: ServiceUnderTest,
) -> None:
    """Each listens to the other's death and wakes it by its own, while its due work is held."""
    begun = (claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) for _ in range(4))
    await apply_events(claims, *(registered(each).model_copy(update={"id_tokens": ()}) for each in (7, 8)))
    async with next(begun) as uow:
        both = [await died(7, 8, uow), await died(8, 7, uow)]
    await claims.work_off()
    before = [(each["state"], each["reason"]) for each in (await read(claims, "/v1/claims"))["data"]]
    async with next(begun) as uow:
        await uow.connection.execute(text("UPDATE claim SET reason = 'to be said again'"))
    due = text("SELECT FROM due_work WHERE payload LIKE '%' || CAST(:claim AS text) || '%' FOR UPDATE")
    held = asyncio.Barrier(len(both))

    async def assessed(claim: UUID) -> None:
        async with next(begun) as uow:
            await uow.connection.execute(due, {"claim": str(claim)})
            await held.wait()
            await assess_claim(AssessClaim(claim), uow)

    await asyncio.gather(*map(assessed, both))
    await claims.work_off()
    assert [(each["state"], each["reason"]) for each in (await read(claims, "/v1/claims"))["data"]] == before
