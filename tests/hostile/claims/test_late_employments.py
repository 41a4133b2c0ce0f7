"""An employment that is stated after an accident gives nobody a voice, no cover and no wage (docs/decisions/0032).

The attack: whoever holds a national id and a name starts a spell, dated back before an accident that has happened, and
is then the employer of that day. The standard worker is employed by employer 3 since 2020: 65.33 a day, 28 days.
"""

from datetime import date
from typing import Any

import pytest

from services.claims.tests.support import (
    SPELL,
    all_has_arrived,
    amounts,
    apply_events,
    claim_of,
    contributed,
    decisions_of,
    employed,
    read,
    report,
    reported_by_officers,
    spell_of,
    standing_of,
    stated_by_employer,
    tasks_of,
)
from shared.contracts.registration import MembershipPeriodV1
from shared.kernel.identifiers import new_id, person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

EMPLOYER, ATTACKER, HOSPITAL, OFFICER = "employer:3", "employer:99", "hospital:1", "organisation:1"
ACCIDENT, AFTER = date(2026, 7, 15), date(2026, 7, 20)
JULY = [f"2026-07-{day}" for day in range(15, 32)]
WHOLE = ("65.33", 28, "1829.24", True)
LATE = ("needs_officer", "employment_stated_late")
DATED_BACK = stated_by_employer(spell_of(99, date(2020, 1, 6), id_=new_id()), AFTER)


def only_employed(stated_on: date) -> list[Any]:
    """The standard worker's own employment, as its employer stated it on a day; nothing else is known of her."""
    spell, _ = employed()
    return [stated_by_employer(spell, stated_on, revision=2)]  # type: ignore[arg-type]


def verified(spell: Any, revision: int = 3) -> Any:
    return spell.model_copy(update={"verified": True, "revision": revision})


async def test_whoever_states_an_employment_after_the_accident_is_not_the_employer_of_the_day(
    claims: ServiceUnderTest,
) -> None:
    """It joined the claim, stated wages for the days, and a recovery opened against the worker."""
    true = await report(claims, EMPLOYER, wages_paid_for=[])
    await claims.work_off()
    await apply_events(claims, DATED_BACK)
    attack = await report(claims, ATTACKER, wages_paid_for=JULY)
    await all_has_arrived(claims)
    assert amounts(await decisions_of(claims, true)) == [WHOLE]
    assert await standing_of(claims, true) == ("decided", None)
    assert await standing_of(claims, attack) == LATE
    assert (await claim_of(claims, attack))["joined_to"] is None


async def test_nor_does_it_open_or_bar_a_claim_or_read_more_than_a_stranger(claims: ServiceUnderTest) -> None:
    await apply_events(claims, DATED_BACK)
    attack = await report(claims, ATTACKER, national_id=None, name=None, person=person_id(7))
    stranger = await report(claims, "employer:98", national_id=None, name=None, person=person_id(7))
    await all_has_arrived(claims)
    assert await standing_of(claims, attack) == LATE
    seen = [await claim_of(claims, each, party) for each, party in ((attack, ATTACKER), (stranger, "employer:98"))]
    assert [(each["state"], each["reason"], each["joined_to"]) for each in seen] == [
        ("no_relation", "no_relation", None)
    ] * 2
    async with claims.database.connection() as connection:
        assert await connection.fetch("SELECT 1 FROM outbox WHERE type LIKE 'jaring.accident.reported%'") == []
    true = await report(claims, EMPLOYER, wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, true)) == [WHOLE]


@pytest.mark.parametrize(
    ("stated_on", "state"),
    [(date(2026, 7, 14), ("decided", None)), (ACCIDENT, ("decided", None)), (date(2026, 7, 16), LATE)],
)
async def test_an_employer_that_stated_it_by_the_day_of_the_accident_speaks(
    claims: ServiceUnderTest, stated_on: date, state: tuple[str, str | None]
) -> None:
    await apply_events(claims, stated_by_employer(spell_of(4, date(2026, 7, 1)), stated_on))
    reported = await report(claims, "employer:4")
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == state


async def test_what_an_officer_verifies_gives_the_notice_its_voice(claims: ServiceUnderTest) -> None:
    await apply_events(claims, DATED_BACK)
    reported = await report(claims, ATTACKER, wages_paid_for=[])
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == LATE
    await apply_events(claims, verified(DATED_BACK))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)


async def test_an_employer_of_before_reports_no_disease_by_an_employment_it_states_afterwards(
    claims: ServiceUnderTest,
) -> None:
    left = spell_of(5, date(2020, 1, 1), date(2025, 6, 30), id_=new_id())
    await apply_events(claims, stated_by_employer(left, AFTER))
    disease = await report(claims, "employer:5", kind="disease", place=None)
    accident = await report(claims, "employer:5")
    await all_has_arrived(claims)
    assert await standing_of(claims, disease) == LATE
    assert (await standing_of(claims, accident))[0] == "no_relation"
    await apply_events(claims, verified(left))
    await claims.work_off()
    assert await standing_of(claims, disease) == ("needs_officer", "disease")


@pytest.mark.parametrize("party", [HOSPITAL, OFFICER])
async def test_cover_that_rests_on_such_an_employment_alone_is_not_paid(claims: ServiceUnderTest, party: str) -> None:
    """An employment and wages that are registered after an accident; when an officer has verified it, it is paid."""
    await apply_events(claims, *only_employed(AFTER))
    if party == OFFICER:
        reported = await reported_by_officers(claims, wages_paid_for=[])
    else:
        reported = await report(claims, party, wages_paid_for=[])
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == LATE
    assert await decisions_of(claims, reported) == []
    await apply_events(claims, verified(*only_employed(AFTER)))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]


async def test_a_verification_that_is_taken_back_asks_an_officer_and_takes_nothing_back(
    claims: ServiceUnderTest,
) -> None:
    (late,) = only_employed(AFTER)
    await apply_events(claims, verified(late))
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)
    await apply_events(claims, late.model_copy(update={"revision": 4}))
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("needs_officer", "cover_taken_back")
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]


@pytest.mark.parametrize("stated_on", [date(2020, 1, 10), AFTER])
async def test_an_employment_that_an_officer_refused_counts_for_nothing(
    claims: ServiceUnderTest, stated_on: date
) -> None:
    """Also one that was stated before anything happened: no voice, no wage, no day with wages."""
    false = stated_by_employer(spell_of(99, date(2020, 1, 6), id_=new_id()), stated_on)
    wages = [contributed(f"2026-0{month}", 600_000, employer=99) for month in range(1, 7)]
    await apply_events(claims, false.model_copy(update={"refused": True, "revision": 2}), *wages)
    true = await report(claims, EMPLOYER, wages_paid_for=[])
    attack = await report(claims, ATTACKER, wages_paid_for=JULY)
    await all_has_arrived(claims)
    assert amounts(await decisions_of(claims, true)) == [WHOLE]
    assert await standing_of(claims, true) == ("decided", None)
    assert (await standing_of(claims, attack))[0] == "no_relation"


@pytest.mark.parametrize("opens", [True, False])
async def test_whose_employment_is_refused_reads_no_amounts_any_more(claims: ServiceUnderTest, opens: bool) -> None:
    """Stated in advance, it was believed: it read the daily rate, which rests on wages of her true employer."""
    false = stated_by_employer(spell_of(99, date(2020, 1, 6), id_=new_id()), date(2020, 1, 10))
    await apply_events(claims, false)
    if not opens:
        await report(claims, HOSPITAL, wages_paid_for=[])
    attack = await report(claims, ATTACKER, wages_paid_for=[])
    await claims.work_off()
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT relation FROM claim WHERE tenant = $1", ATTACKER) == "employer"
    await apply_events(claims, false.model_copy(update={"refused": True, "revision": 2}))
    await claims.work_off()
    async with claims.database.connection() as connection:
        relation = await connection.fetchval("SELECT relation FROM claim WHERE tenant = $1", ATTACKER)
    assert relation == "refused_employer"
    if opens:
        assert amounts(await decisions_of(claims, attack, party=ATTACKER)) == [("0.00", 0, "0.00", True)]
        assert amounts(await decisions_of(claims, attack)) == [WHOLE]


async def test_cover_by_an_employment_that_an_officer_refuses_is_refused(claims: ServiceUnderTest) -> None:
    """The claim that waited is refused; one that is decided asks an officer."""
    (late,) = only_employed(AFTER)
    await apply_events(claims, late)
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == LATE
    await apply_events(claims, late.model_copy(update={"refused": True, "revision": 3}))
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "refused"
    await apply_events(claims, verified(late, 4))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)
    await apply_events(claims, late.model_copy(update={"refused": True, "revision": 5}))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("needs_officer", "cover_taken_back")


async def test_an_employment_that_its_employer_ends_when_the_accident_has_happened_refuses_nobody(
    claims: ServiceUnderTest,
) -> None:
    """On 16 July the employer says that she left on the 14th: an officer states the last day."""
    (spell,) = only_employed(date(2020, 1, 10))
    last = date(2026, 7, 14)
    stated = {"end_stated_on": date(2026, 7, 16), "end_verified": False}
    ended = spell_of(3, spell.started_on, last, id_=SPELL, revision=3).model_copy(update=stated)
    _, membership = employed()
    period = MembershipPeriodV1(category="first", first=spell.started_on, last=last)
    await apply_events(claims, ended, membership.model_copy(update={"revision": 2, "periods": (period,)}))
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("needs_officer", "employment_ended_late")
    assert [task["reason"] for task in await tasks_of(claims, "doubt")] == ["employment_ended_late"]
    assert await decisions_of(claims, reported) == []
    await apply_events(claims, ended.model_copy(update={"end_verified": True, "revision": 4}))
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "refused"


async def test_an_employment_that_was_stated_in_time_is_paid_without_an_officer(claims: ServiceUnderTest) -> None:
    """And that an officer verifies it later says nothing new."""
    await apply_events(claims, *only_employed(date(2020, 1, 10)))
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]
    await apply_events(claims, verified(*only_employed(date(2020, 1, 10))))
    await claims.work_off()
    assert len(await decisions_of(claims, reported)) == 1


async def test_wages_that_only_such_an_employment_carries_rate_nothing(claims: ServiceUnderTest) -> None:
    """RM6,000.00 a month beside the true RM2,480.00 would more than double the rate."""
    wages = [contributed(f"2026-0{month}", 600_000, employer=99) for month in range(1, 7)]
    await apply_events(claims, DATED_BACK, *wages)
    reported = await report(claims, EMPLOYER, wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]
    assert await standing_of(claims, reported) == ("decided", "employment_stated_late")
    await apply_events(claims, verified(DATED_BACK))
    await claims.work_off()
    ((rate, _, _, _),) = amounts(await decisions_of(claims, reported))[1:]
    assert float(rate) > 65.33, "of an employment that an officer verified they rate"
    assert await standing_of(claims, reported) == ("decided", None)


@pytest.mark.parametrize(
    ("day", "days", "standing"), [("2026-08-04", 28, "without_effect"), ("2026-08-05", 27, "counts")]
)
async def test_days_with_wages_by_such_an_employment_lower_nothing(
    claims: ServiceUnderTest, day: str, days: int, standing: str
) -> None:
    """The employer of the accident states on 5 August that she returned on the 1st: from the 5th on it is in time."""
    returned = stated_by_employer(spell_of(3, date(2026, 8, 1), id_=new_id()), date(2026, 8, 5))
    await apply_events(claims, spell_of(3, date(2020, 1, 6), date(2026, 7, 31), SPELL, revision=2), returned)
    reported = await report(claims, EMPLOYER, wages_paid_for=[day])
    await all_has_arrived(claims)
    assert await wages_stand(claims, reported) == standing
    assert [each[1] for each in amounts(await decisions_of(claims, reported))][-1] == days
    await apply_events(claims, verified(returned))
    await claims.work_off()
    assert await wages_stand(claims, reported) == "counts"
    assert [each[1] for each in amounts(await decisions_of(claims, reported))][-1] == 27


async def wages_stand(claims: ServiceUnderTest, reported: dict[str, Any]) -> str:
    """How the days with wages of a claim stand, as an officer is shown it."""
    statements = await read(claims, f"/v1/claims/{reported['claim']}/evidence")
    (found,) = [each["standing"] for each in statements if each["kind"] == "wages_paid"]
    return str(found)
