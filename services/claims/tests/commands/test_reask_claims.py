"""A release of the statute book asks again exactly what it touches, at a bounded rate, and nothing twice."""

import asyncio
import base64
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from services.claims.commands import assess_claim as assesses
from services.claims.commands import compare_law as compares
from services.claims.commands.compare_law import GONE_AFTER, CompareLaw, compare_law
from services.claims.commands.gather_facts import GatherFacts, gather_facts
from services.claims.commands.reask_claims import ReaskClaims, reasking
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT, CATALOGUE, names_of, questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    all_has_arrived,
    apply_events,
    claims_of,
    contributed,
    notice,
    registered,
    report,
    spell_of,
    submit,
)
from shared.contracts.envelope import Cause, Event
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1
from shared.kernel.clock import now, today
from shared.law.book import Book, book
from shared.security.blind_index import IdTokens
from shared.testing.clock import BusinessClock, moved_clock
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import TEST_KEY, ServiceUnderTest, eventually
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

EMPLOYER = 3
MANY = 24
# Some decisions of the mix read them, and others do not.
FLOOR, OUTSIDE = "act4.daily_rate.floor", "act4.skbbk_benefits.temporary_share"
UNREAD, DAYS_NEEDED = "act4.funeral.amount", "act4.temporary_disablement.minimum_days"


@pytest.fixture(scope="module")
async def mix(databases: Databases, issuer: TestIssuer) -> AsyncIterator[TestDatabase]:
    """Claims of a generated mix: covered or not, at work or not, over two years, well or badly paid."""
    async with databases.fresh("claims") as database:
        async with claims_of(database, issuer) as claims:
            with moved_clock() as clock:
                clock.set_day(2026, 11, 1)
                chance = random.Random(11)
                for person in range(1, MANY + 1):
                    await happened(claims, person, chance)
                await all_has_arrived(claims)
        yield database


@pytest.fixture
async def decided(
    mix: TestDatabase, databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> AsyncIterator[ServiceUnderTest]:
    """The mix, an hour later."""
    business_clock.set_day(2026, 11, 1, hour=13)
    async with databases.copied(mix) as database, claims_of(database, issuer) as claims:
        yield claims


async def happened(claims: ServiceUnderTest, person: int, chance: random.Random) -> None:
    """One person with an accident, as a hospital reports it."""
    day = date(2024, 11, 1) + timedelta(days=chance.randrange(720))
    mykad = f"90010114{person:04d}"
    token = IdTokens(base64.b64decode(TEST_KEY)).token("mykad", mykad)
    events: list[Event] = [registered(person).model_copy(update={"id_tokens": (token,)})]
    if chance.random() < 0.8:
        period = MembershipPeriodV1(category="first", first=date(2020, 1, 6))
        events += [
            spell_of(EMPLOYER, date(2020, 1, 6), person=person),
            MembershipChangedV1(person=person, scheme="act4", revision=1, periods=(period,)),
        ]
        mandatory = MembershipPeriodV1(category="mandatory", first=date(2026, 6, 1))
        events.append(MembershipChangedV1(person=person, scheme="skbbk", revision=1, periods=(mandatory,)))
        wage = chance.choice((80_000, 248_000, 610_000))
        months = [day.replace(day=1) - timedelta(days=30 * back) for back in range(1, 5)]
        events += [contributed(f"{each:%Y-%m}", wage, person=person) for each in dict.fromkeys(months)]
    await apply_events(claims, *events)
    certified = {"first": day.isoformat(), "last": (day + timedelta(days=20)).isoformat(), "issued_on": day.isoformat()}
    place = chance.choice(("at_work", "other"))
    body = notice(happened_on=day.isoformat(), place=place, certificate=certified, wages_paid_for=[])
    answer = await submit(claims, body | {"national_id": {"kind": "mykad", "number": mykad}})
    assert answer.status_code == 202, answer.text


def amended(folder: Path, figure: str, in_force: str, value: str, unit: str, known: str = "2026-10-01") -> Book:
    """The book of a release that has one entry more."""
    path = folder / f"{figure.replace('.', '/')}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"title: Changed\ntitle_ms: Diubah\nunit: {unit}\nentries:\n  - in_force: {in_force}\n    known: {known}\n"
        f"    value: {value}\n    law: Act 4, a test\n    source: a test [S1]\n    certainty: enacted\n",
        encoding="utf-8",
    )
    return book().amended(folder)


def release(monkeypatch: pytest.MonkeyPatch, law: Book) -> None:
    """The process is one of a release with this book."""
    for module in (assesses, compares):
        monkeypatch.setattr(module, "book", lambda: law)


async def compare(claims: ServiceUnderTest, clock: BusinessClock) -> None:
    """The timer runs when workers of the release before are gone."""
    clock.advance(seconds=GONE_AFTER.total_seconds() + 1)
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await compare_law(CompareLaw(), uow)


async def listed(claims: ServiceUnderTest) -> set[UUID]:
    async with claims.database.connection() as connection:
        return {row["claim"] for row in await connection.fetch("SELECT claim FROM claim_to_ask")}


async def ids(claims: ServiceUnderTest) -> list[UUID]:
    async with claims.database.connection() as connection:
        return [row["id"] for row in await connection.fetch("SELECT id FROM claim ORDER BY id")]


async def page(claims: ServiceUnderTest, a_second: int) -> None:
    """One run of the command, of which the runner has taken the row."""
    async with claims.database.connection() as connection:
        await connection.execute("DELETE FROM due_work WHERE kind = 'reask_claims'")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await reasking(a_second)(ReaskClaims(), uow)


async def due(claims: ServiceUnderTest) -> int:
    """How many assessments are due now."""
    async with claims.database.connection() as connection:
        query = "SELECT count(*) FROM due_work WHERE kind = 'assess_claim' AND due_at <= $1"
        return int(await connection.fetchval(query, now()))


async def next_look(claims: ServiceUnderTest) -> timedelta:
    """How long after what it left due the command is due again."""
    query = """
        SELECT max(due_at) FILTER (WHERE kind = 'reask_claims')
               - max(due_at) FILTER (WHERE kind = 'assess_claim' AND due_at < 'infinity')
        FROM due_work
    """
    async with claims.database.connection() as connection:
        return cast("timedelta", await connection.fetchval(query))


async def reads_other_entries(claims: ServiceUnderTest, law: Book) -> set[UUID]:
    """The claims of which a record, made again in memory by each book, cites other entries."""
    found = set()
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        for id_ in await ids(claims):
            claim, _ = await uow.claims.lock(id_)
            known = (await gather_facts(GatherFacts(claim), uow)).known
            # Without what stood before: an answer that is the same keeps the record that it had.
            asked = [ask_all(questions_of(claim.kind), known, {}, each, today()) for each in (book(), law)]
            before, after = ([each.record and each.record.body["figures"] for each in of.values()] for of in asked)
            if before != after:
                found.add(id_)
    return found


async def decisions(claims: ServiceUnderTest) -> int:
    async with claims.database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM decision"))


# Figures that whatever is paid by the day reads; from a day on; only outside employment; for wages; and in no accident.
CHANGES = (
    (FLOOR, "2024-10-01", '"31.00"', "ringgit"),
    (FLOOR, "2026-01-15", '"31.00"', "ringgit"),
    (OUTSIDE, "2026-06-01", '"70"', "percent"),
    ("act4.wage_base.last_known_class_rates", "2025-09-01", "no", "yes_no"),
    (UNREAD, "2025-01-01", '"3000.00"', "ringgit"),
)


async def test_exactly_those_are_asked_again_whose_look_up_differs(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = []
    for number, (figure, in_force, value, unit) in enumerate(CHANGES):
        release(monkeypatch, book())
        await compare(decided, business_clock)
        assert await listed(decided) == set()
        law = amended(tmp_path / str(number), figure, in_force, value, unit)
        release(monkeypatch, law)
        await compare(decided, business_clock)
        found.append(await listed(decided))
        assert found[-1] == await reads_other_entries(decided, law), figure
    every, from_a_day, outside, wages, none = found
    assert every > from_a_day > outside > none == set()
    assert every > wages > set()
    assert len(every) < MANY


async def test_what_was_asked_again_is_not_found_again_also_where_it_decides_as_before(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    before = await decisions(decided)
    # The same amount under another entry: every record stands as it is, and cites the entry of before.
    law = amended(tmp_path, FLOOR, "2024-10-01", '"30.00"', "ringgit")
    release(monkeypatch, law)
    await compare(decided, business_clock)
    found = await listed(decided)
    assert found
    await all_asked_again(decided)
    assert await decisions(decided) == before
    # Not for this release, not on another day, and not for another release that changes nothing of it.
    await compare(decided, business_clock)
    business_clock.advance(days=1)
    await compare(decided, business_clock)
    release(monkeypatch, law.amended(other_figure(tmp_path)))
    await compare(decided, business_clock)
    assert await listed(decided) == set()


def other_figure(folder: Path) -> Path:
    other = folder / "other"
    amended(other, UNREAD, "2025-01-01", '"3000.00"', "ringgit")
    return other


async def test_another_amount_is_decided_and_published(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    before = await decisions(decided)
    release(monkeypatch, amended(tmp_path, DAYS_NEEDED, "2025-07-01", "30", "days"))
    await compare(decided, business_clock)
    found = await listed(decided)
    await page(decided, 4 * MANY)
    await decided.work_off()
    assert await decisions(decided) == before + len(found)


async def test_so_many_a_second_and_fewer_while_others_wait(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    release(monkeypatch, amended(tmp_path, FLOOR, "2024-10-01", '"31.00"', "ringgit"))
    await compare(decided, business_clock)
    whole = len(await listed(decided))
    await page(decided, 12)
    assert (await due(decided), len(await listed(decided))) == (3, whole - 3)
    assert await next_look(decided) == timedelta(seconds=1) / 4, "a quarter of a second's claims at a time"
    # What is due is not done yet: nothing is left beside it, and of more room only the rest is used.
    await page(decided, 12)
    assert (await due(decided), len(await listed(decided))) == (3, whole - 3)
    await page(decided, 20)
    assert (await due(decided), len(await listed(decided))) == (5, whole - 5)
    await page(decided, 0)
    assert (await due(decided), len(await listed(decided))) == (5, whole - 5)


async def test_a_rate_that_four_looks_do_not_share_is_kept(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Five a second: two at a time, every 0.4 seconds."""
    await compare(decided, business_clock)
    release(monkeypatch, amended(tmp_path, FLOOR, "2024-10-01", '"31.00"', "ringgit"))
    await compare(decided, business_clock)
    await page(decided, 5)
    assert (await due(decided), await next_look(decided)) == (2, timedelta(seconds=0.4))


async def test_a_run_that_ends_before_its_commit_has_done_nothing(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    release(monkeypatch, amended(tmp_path, FLOOR, "2024-10-01", '"31.00"', "ringgit"))
    await compare(decided, business_clock)
    before = await listed(decided)
    with contextlib.suppress(RuntimeError):
        async with decided.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            await reasking(4)(ReaskClaims(), uow)
            raise RuntimeError("killed")
    assert (await due(decided), await listed(decided)) == (0, before)


async def test_a_release_waits_until_no_worker_of_the_one_before_is_left(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    changed = amended(tmp_path, FLOOR, "2024-10-01", '"31.00"', "ringgit")

    async def look(law: Book) -> set[UUID]:
        release(monkeypatch, law)
        business_clock.advance(seconds=GONE_AFTER.total_seconds() / 2 + 1)
        async with decided.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            await compare_law(CompareLaw(), uow)
        return await listed(decided)

    assert await look(changed) == set()
    assert await look(book()) == set()
    assert await look(changed) == set()
    found = await look(changed)
    assert found
    # Taken back before anything was asked again: nothing differs any more.
    await look(book())
    assert await look(book()) == set()


async def test_an_entry_counts_from_the_day_on_which_it_becomes_known(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    law = amended(tmp_path, FLOOR, "2024-10-01", '"31.00"', "ringgit", known="2026-11-03")
    release(monkeypatch, law)
    await compare(decided, business_clock)
    assert await listed(decided) == set()
    business_clock.set_day(2026, 11, 3, hour=0)
    await compare(decided, business_clock)
    assert await listed(decided) == await reads_other_entries(decided, law)
    assert await listed(decided)


async def test_what_was_asked_before_look_ups_were_kept_is_asked_again(
    decided: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    async with decided.database.connection() as connection:
        await connection.execute(
            "UPDATE question SET lookups = NULL, law_on = NULL WHERE question = 'employment_injury'"
        )
    await compare(decided, business_clock)
    assert await listed(decided) == set(await ids(decided))


async def test_a_question_that_a_release_adds_is_asked_of_the_claims_of_before_once(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every accident, and of no other event; and of a kind of event that no rule decided before."""
    pension = (await report(decided, "hospital:1", kind="invalidity", **NO_ACCIDENT, certificate=None))["claim"]
    disease = UUID((await report(decided, "hospital:1", kind="disease", **NO_ACCIDENT))["claim"])
    await decided.work_off()
    asked = await asked_of(decided)
    accidents = asked.keys() - {UUID(pension)}
    monkeypatch.setitem(CATALOGUE, ClaimKind.ACCIDENT, ACCIDENT[:2])
    await compare(decided, business_clock)
    await all_asked_again(decided)
    assert set().union(*(await asked_of(decided)).values()) == {*names_of(ACCIDENT[:2]), *asked[UUID(pension)]}
    monkeypatch.setitem(CATALOGUE, ClaimKind.ACCIDENT, ACCIDENT)
    monkeypatch.setitem(CATALOGUE, ClaimKind.DISEASE, CATALOGUE[ClaimKind.INVALIDITY])
    await compare(decided, business_clock)
    assert await listed(decided) == accidents | {disease}
    # On the next day the rest is still listed, and what has been asked is not.
    await page(decided, 16)
    async with decided.database.connection() as connection:
        await connection.execute("DELETE FROM due_work WHERE kind = 'reask_claims'")
    await decided.work_off()
    left = await listed(decided)
    assert len(left) == len(accidents) + 1 - 4
    business_clock.advance(days=1)
    await compare(decided, business_clock)
    assert await listed(decided) == left
    await all_asked_again(decided)
    assert await asked_of(decided) == asked | {disease: asked[UUID(pension)]}
    business_clock.advance(days=1)
    await compare(decided, business_clock)
    assert await listed(decided) == set()


async def all_asked_again(claims: ServiceUnderTest) -> None:
    while await listed(claims):
        await page(claims, 4 * MANY)
        await claims.work_off()


NO_ACCIDENT: dict[str, Any] = {
    "national_id": {"kind": "mykad", "number": "900101140001"},
    "place": None,
    "wages_paid_for": [],
}


async def asked_of(claims: ServiceUnderTest) -> dict[UUID, set[str]]:
    """The questions of every claim."""
    async with claims.database.connection() as connection:
        rows = await connection.fetch("SELECT claim, array_agg(question) AS questions FROM question GROUP BY claim")
    return {row["claim"]: set(row["questions"]) for row in rows}


async def test_look_ups_are_kept_once_for_all_that_looked_up_the_same(decided: ServiceUnderTest) -> None:
    async with decided.database.connection() as connection:
        questions = await connection.fetchval("SELECT count(*) FROM question")
        assert await connection.fetchval("SELECT count(*) FROM question WHERE lookups IS NULL") == 0
        assert await connection.fetchval("SELECT count(*) FROM law_lookups") < questions / 2


async def test_the_worker_does_all_of_it_by_itself(
    decided: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await compare(decided, business_clock)
    before = await decisions(decided)
    law = amended(tmp_path, DAYS_NEEDED, "2025-07-01", "30", "days")
    expected = await reads_other_entries(decided, law)
    release(monkeypatch, law)
    business_clock.advance(seconds=GONE_AFTER.total_seconds() + 1)
    stop = asyncio.Event()
    running = asyncio.create_task(decided.worker.runner.run(stop))
    try:
        await eventually(lambda: _is(decided, before + len(expected)), within=60)
    finally:
        stop.set()
        await running
    assert await listed(decided) == set()


async def _is(claims: ServiceUnderTest, count: int) -> bool:
    return await decisions(claims) == count
