"""A claim is assessed again when anything changed that it was assessed on, and only then (decision 53)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.claim import ClaimKind, ClaimState, Relation
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.commands.test_reask_claims import amended, release
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    PERSON,
    SPELL,
    a_claim,
    apply_events,
    contributed,
    decisions_of,
    employed,
    registered,
    report,
    spell_of,
    statements,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1, Residence
from shared.kernel.clock import now
from shared.kernel.identifiers import employer_id, new_id
from shared.kernel.periods import Days
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

FIRST_DAY = date(2026, 8, 5)
Change = Callable[[ServiceUnderTest, UUID], Awaitable[None]]


async def reported(claims: ServiceUnderTest) -> UUID:
    return UUID((await report(claims, **ACCIDENT))["claim"])


async def is_assessed(claims: ServiceUnderTest, claim: UUID) -> bool:
    """Whether a claim that is due now is decided: how its questions stand is kept whenever they are asked."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.due.at(AssessClaim(claim), now())
    with statements(claims) as said:
        await claims.work_off()
    return any("INSERT INTO question" in each for each in said)


async def listened_to(claims: ServiceUnderTest, claim: UUID) -> list[str]:
    async with claims.database.connection() as connection:
        query = "SELECT waits_for FROM due_work WHERE kind = 'assess_claim' AND payload LIKE '%' || $1 || '%'"
        found: list[str] = await connection.fetchval(query, str(claim))
        return found


async def test_the_look_after_concurrent_transactions_decides_nothing_again(worker: ServiceUnderTest) -> None:
    claim = await reported(worker)
    assert await worker.worker.runner.run_one()
    listens = await listened_to(worker, claim)
    with statements(worker) as said:
        assert await worker.work_off() == 2, "its bound, and the look"
    assert not [each for each in said if "INSERT INTO question" in each]
    assert await listened_to(worker, claim) == listens
    assert len(await decisions_of(worker, {"claim": str(claim)})) == 1
    assert not await is_assessed(worker, claim)


async def born_otherwise(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, registered().model_copy(update={"revision": 2, "born_on": date(1991, 1, 1)}))


async def foreign(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, registered().model_copy(update={"revision": 2, "residence": Residence.FOREIGN_WORKER}))


async def employed_beside(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, spell_of(9, date(2025, 1, 1)))


async def employed_until(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, spell_of(EMPLOYER, date(2020, 1, 6), date(2026, 9, 1), SPELL, revision=2))


async def employment_refused(claims: ServiceUnderTest, _: UUID) -> None:
    refused = spell_of(EMPLOYER, date(2020, 1, 6), id_=SPELL, revision=2).model_copy(update={"refused": True})
    await apply_events(claims, refused)


async def member_of_another_category(claims: ServiceUnderTest, _: UUID) -> None:
    period = MembershipPeriodV1(category="second", first=date(2020, 1, 6))
    await apply_events(claims, MembershipChangedV1(person=PERSON, scheme="act4", revision=2, periods=(period,)))


async def paid_otherwise(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, contributed("2026-05", 390_000, revision=2))


async def the_same_at_a_newer_revision(claims: ServiceUnderTest, _: UUID) -> None:
    await apply_events(claims, employed()[0].model_copy(update={"revision": 2}))


async def add(claims: ServiceUnderTest, evidence: Evidence) -> None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.evidence.add(evidence)


async def stated(claims: ServiceUnderTest, claim: UUID) -> None:
    days = Days(date(2026, 8, 25), date(2026, 8, 30))
    await add(claims, Evidence(new_id(), claim, "hospital:1", EvidenceKind.CERTIFICATE, now(), days.first, days))


async def certificate_of(claims: ServiceUnderTest, claim: UUID) -> Evidence:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        found = await uow.claims.find(claim)
        assert found is not None
        return next(each for each in (await uow.evidence.of(found)).evidence if each.is_certificate)


async def let_count_that_counts(claims: ServiceUnderTest, claim: UUID) -> None:
    """Nothing of what is known changes by it, nor by the two that follow: only how what was stated stands."""
    certificate = await certificate_of(claims, claim)
    await add(claims, certificate.approved(new_id(), now(), "organisation:1", "officer:1"))


async def stated_by_an_officer_alone(claims: ServiceUnderTest, claim: UUID) -> None:
    days = Days(date(2026, 8, 25), date(2026, 8, 30))
    waits = Evidence(new_id(), claim, "organisation:1", EvidenceKind.CERTIFICATE, now(), days.first, days)
    await add(claims, waits)


async def withdrawn_by_somebody_else(claims: ServiceUnderTest, claim: UUID) -> None:
    certificate = await certificate_of(claims, claim)
    withdrawal = Evidence(new_id(), claim, "hospital:9", EvidenceKind.WITHDRAWAL, now(), about=certificate.id)
    await add(claims, withdrawal)


async def days_given_to_another_claim(claims: ServiceUnderTest, _: UUID) -> None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        other = a_claim(
            id=new_id(), notice=new_id(), happened_on=date(2026, 8, 1), state=ClaimState.DECIDED,
            decided_days=(Days(FIRST_DAY, FIRST_DAY + timedelta(days=2)),),
        )  # fmt: skip
        await uow.claims.add(other)


async def joined_by_an_earlier_notice(claims: ServiceUnderTest, claim: UUID) -> None:
    """It states nothing, and yet the event was reported in time by it."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        earlier = datetime(2026, 8, 6, tzinfo=UTC)
        await uow.claims.add(
            a_claim(
                id=new_id(), notice=new_id(), tenant=f"employer:{EMPLOYER}", relation=Relation.EMPLOYER,
                happened_on=FIRST_DAY, state=ClaimState.JOINED, joined_to=claim, received_at=earlier,
            )
        )  # fmt: skip


async def a_death_stated(claims: ServiceUnderTest, _: UUID) -> None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        died = a_claim(id=new_id(), notice=new_id(), kind=ClaimKind.DEATH, happened_on=date(2026, 8, 20))
        await uow.claims.add(died)


async def the_claim_itself(claims: ServiceUnderTest, claim: UUID) -> None:
    async with claims.database.connection() as connection:
        await connection.execute("UPDATE claim SET decided_days = '{}' WHERE id = $1", claim)


async def parked(claims: ServiceUnderTest, _: UUID) -> None:
    async with claims.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
            VALUES ('contribution.received', $1, 0, 1, '{}', '', 'test', 'test', true)
            """,
            f"employer:{EMPLOYER}",
        )


async def something_else_listened_to(claims: ServiceUnderTest, _: UUID) -> None:
    """As by a release of before, which decides otherwise and knows no fingerprint."""
    async with claims.database.connection() as connection:
        await connection.execute("UPDATE due_work SET waits_for = waits_for[2:]")


async def nothing_listened_to(claims: ServiceUnderTest, _: UUID) -> None:
    async with claims.database.connection() as connection:
        await connection.execute("DELETE FROM due_work")


@pytest.mark.parametrize(
    "change",
    [
        born_otherwise,
        foreign,
        employed_beside,
        employed_until,
        employment_refused,
        member_of_another_category,
        paid_otherwise,
        the_same_at_a_newer_revision,
        stated,
        let_count_that_counts,
        stated_by_an_officer_alone,
        withdrawn_by_somebody_else,
        days_given_to_another_claim,
        joined_by_an_earlier_notice,
        a_death_stated,
        the_claim_itself,
        parked,
        something_else_listened_to,
        nothing_listened_to,
    ],
)
async def test_whatever_changes_unseen_has_it_assessed_again(worker: ServiceUnderTest, change: Change) -> None:
    """Whoever wakes the claim, or nobody does: that it is assessed is found by the fingerprint alone."""
    claim = await reported(worker)
    await worker.work_off()
    await change(worker, claim)
    assert await is_assessed(worker, claim)
    assert len(await listened_to(worker, claim)) > 1


async def test_another_day_has_it_assessed_again(worker: ServiceUnderTest, business_clock: BusinessClock) -> None:
    claim = await reported(worker)
    await worker.work_off()
    assert not await is_assessed(worker, claim)
    business_clock.advance(days=1)
    assert await is_assessed(worker, claim)
    assert not await is_assessed(worker, claim)


async def test_another_book_has_it_assessed_again_on_the_same_day(
    worker: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    claim = await reported(worker)
    await worker.work_off()
    release(monkeypatch, amended(tmp_path, "act4.daily_rate.floor", "2026-01-01", "'50.00'", "ringgit"))
    assert await is_assessed(worker, claim)
    assert not await is_assessed(worker, claim)


async def test_what_waits_for_people_is_asked_of_them_as_often_as_it_is_due(worker: ServiceUnderTest) -> None:
    """A task that ended without a fact of the claim's is opened again."""
    claim = UUID((await report(worker, "hospital:1", **ACCIDENT, employer=employer_id(9)))["claim"])
    await worker.work_off()
    assert await tasks_of(worker, "doubt")
    assert await is_assessed(worker, claim)


async def test_what_was_held_up_listens_to_everything_again(worker: ServiceUnderTest) -> None:
    """A projection is dropped; the same facts come back, of which it listened to none meanwhile.

    A release of before leaves as much of a look that was held up: due work, and the fingerprint as it was.
    """
    claim = await reported(worker)
    await worker.work_off()
    listens = await listened_to(worker, claim)
    async with worker.database.connection() as connection:
        kept = await connection.fetch("SELECT * FROM known_wage")
        before = await connection.fetchval("SELECT known_state FROM claim")
        await connection.execute("DELETE FROM known_wage")
    assert not await is_assessed(worker, claim), "not on less"
    assert await listened_to(worker, claim) != listens
    async with worker.database.connection() as connection:
        await connection.execute("UPDATE claim SET known_state = $1", before)
        await connection.executemany(
            "INSERT INTO known_wage (person, month, employer, kind, wage_sen, revision) VALUES ($1,$2,$3,$4,$5,$6)",
            [tuple(row.values()) for row in kept],
        )
    assert await is_assessed(worker, claim)
    assert await listened_to(worker, claim) == listens
