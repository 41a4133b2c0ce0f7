"""The worker's story as far as claims decides it, and every way in which its facts may arrive."""

from datetime import date

import pytest

from services.claims.tests.support import (
    ALL_HAD_ARRIVED,
    ALL_HAS_ARRIVED,
    all_has_arrived,
    amounts,
    answer_of,
    apply_events,
    certificate,
    claim_of,
    contributed,
    decisions_of,
    discharge,
    employed,
    january_to_may,
    registered,
    report,
    reported_by_officers,
    spell_of,
)
from shared.contracts.registration import SpellEndedV1, SpellStartedV1
from shared.kernel.identifiers import employer_id, new_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_three_revisions_of_one_accident(claims: ServiceUnderTest) -> None:
    """June assumed at the last known class; June as declared; cut short by the final certificate.

    (5 × 2,450 + 2,450) / 6 / 30 × 80 % = 65.33 × 27 days = 1,763.91; with June at 3,050 it is 2,550 / 30 × 80 % =
    68.00 × 27 = 1,836.00; fit from 3 August leaves 16 July to 2 August, 18 days: 1,224.00 (Act 4 s.22).
    """
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, contributed("2026-06", 305_000))
    await claims.work_off()
    await discharge(claims, reported, date(2026, 8, 3))
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [
        ("65.33", 27, "1763.91", True),
        ("68.00", 27, "1836.00", False),
        ("68.00", 18, "1224.00", False),
    ]


async def test_every_line_of_an_explanation_cites_its_law(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims)
    await claims.work_off()
    english = answer_of((await decisions_of(claims, reported))[0])["explanation"]
    malay = answer_of((await decisions_of(claims, reported, "ms"))[0])["explanation"]
    assert any("14700.00 / 6 / 30 × 80 %" in line and "Act 4" in line for line in english)
    assert all("Act 4" in line for line in english[1:])
    assert "on Temporary disablement benefit for an employment injury: entitled" in english[0]
    assert "bagi Faedah hilang upaya sementara bagi bencana kerja: layak" in malay[0]


async def test_a_decision_of_a_format_of_before_stays_and_is_made_again_in_this_one(
    claims: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims)
    await claims.work_off()
    monkeypatch.setattr("shared.law.decision.FORMAT", 3)
    (before,) = await decisions_of(claims, reported)
    assert (before["amount"]["amount"], answer_of(before)["explanation"]) == ("1763.91", [])
    await discharge(claims, reported, date(2026, 8, 3))
    await claims.work_off()
    assert [bool(answer_of(each)["explanation"]) for each in await decisions_of(claims, reported)] == [False, True]
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [27, 18]


async def test_a_notice_about_somebody_unknown_waits_and_is_woken(claims: ServiceUnderTest) -> None:
    reported = await report(claims)
    await claims.work_off()
    assert (await claim_of(claims, reported))["state"] == "awaiting_identity"
    await apply_events(claims, *employed(), *january_to_may())
    await claims.work_off()
    assert (await claim_of(claims, reported))["state"] == "awaiting_identity"
    await apply_events(claims, registered())
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [("65.33", 27, "1763.91", True)]


async def test_wages_that_come_last_are_waited_for(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed())
    reported = await report(claims)
    await claims.work_off()
    assert (await claim_of(claims, reported))["state"] == "assessing"
    await apply_events(claims, *january_to_may())
    await claims.work_off()
    assert (await claim_of(claims, reported))["state"] == "decided"


async def test_a_second_notice_of_the_same_accident_joins_the_first(claims: ServiceUnderTest) -> None:
    """The hospital and the employer both report it: one claim, one decision, nothing paid twice."""
    await apply_events(claims, registered(), *employed(), *january_to_may())
    first = await report(claims)
    await claims.work_off()
    second = await report(claims, wages_paid_for=["2026-07-15", "2026-07-16"])
    await claims.work_off()
    joined = await claim_of(claims, second)
    assert (joined["state"], joined["joined_to"]) == ("joined", first["claim"])
    assert amounts(await decisions_of(claims, first))[-1] == ("65.33", 26, "1698.58", True)
    assert await decisions_of(claims, second) == []


async def test_the_same_facts_again_are_no_new_decision(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await claims.work_off()
    await apply_events(claims, contributed("2026-05", 248_100, revision=2))
    await claims.work_off()
    assert len(await decisions_of(claims, reported)) == 1


async def test_an_accident_before_the_law_that_is_known_is_an_officers_matter(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(started_on=date(2010, 1, 4)), contributed("2012-05", 248_000))
    long_ago = {"first": "2012-06-12", "last": "2012-07-01", "issued_on": "2012-06-12"}
    reported = await report(claims, happened_on="2012-06-12", certificate=long_ago, wages_paid_for=["2012-06-12"])
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("needs_officer", "before_known_law")
    async with claims.database.connection() as connection:
        events = await connection.fetch("SELECT type FROM outbox ORDER BY id")
    assert "jaring.claim.assessed.v1" not in [event["type"] for event in events]


async def test_fewer_than_four_certified_days_are_refused_with_their_law(claims: ServiceUnderTest) -> None:
    """Certified for 3 days including the accident day (Act 4 s.22: at least four)."""
    await apply_events(claims, registered(), *employed(), *january_to_may())
    short = {"first": "2026-07-15", "last": "2026-07-17", "issued_on": "2026-07-15"}
    reported = await report(claims, certificate=short)
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("refused", "certified_unfit_long_enough")
    async with claims.database.connection() as connection:
        events = await connection.fetch("SELECT type FROM outbox ORDER BY id")
    offered = ["jaring.referral.offered.v1"] * 2
    decided = ["jaring.accident.reported.v1", "jaring.claim.assessed.v1"]
    assert [event["type"] for event in events] == [*decided, *offered], "nobody is left with nothing"


async def test_a_line_that_says_what_was_assumed_is_no_new_decision(claims: ServiceUnderTest) -> None:
    """May arrives after the decision that had rated it, like June, by April's class; June is still provisional."""
    months = january_to_may()
    await apply_events(claims, registered(), *employed(), *months[:4])
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, months[4])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [("65.33", 27, "1763.91", True)]


async def test_nothing_is_decided_on_less_than_the_last_decision_rested_on(claims: ServiceUnderTest) -> None:
    """A projection is dropped and rebuilt, June's line last: in between the decision stands."""
    told = [registered(), *employed(), *january_to_may(), contributed("2026-06", 305_000)]
    await apply_events(claims, *told)
    reported = await report(claims)
    await claims.work_off()
    async with claims.database.connection() as connection:
        await connection.execute("TRUNCATE known_identity, known_person, known_spell, known_membership, known_wage")
    for event in told:
        await apply_events(claims, event)
        await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [("68.00", 27, "1836.00", False)]
    await apply_events(claims, contributed("2026-06", 248_000, revision=2))
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported))[1:] == [("65.33", 27, "1763.91", False)]


async def test_an_older_month_that_is_superseded_is_not_missed(claims: ServiceUnderTest) -> None:
    """The newest month before the window may stand for a missing one; a newer one arrives, and it is asked no more."""
    months = [contributed("2025-08", 248_000), *january_to_may(), contributed("2026-06", 248_000)]
    await apply_events(claims, registered(), *employed(), *months)
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, contributed("2025-12", 248_000))
    await claims.work_off()
    await apply_events(claims, contributed("2026-06", 305_000, revision=2))
    await claims.work_off()
    assert [each[0] for each in amounts(await decisions_of(claims, reported))] == ["65.33", "68.00"]


async def test_a_claim_that_needed_an_officer_stands_decided_again(claims: ServiceUnderTest) -> None:
    """A spell whose last class rates every month is ended by mistake as of November, and taken up again."""
    membership = employed()[1]
    old = SpellStartedV1(spell=new_id(), person=7, employer=3, revision=1, started_on=date(2020, 1, 6))
    new = SpellStartedV1(spell=new_id(), person=7, employer=4, revision=1, started_on=date(2026, 7, 1))
    ended = SpellEndedV1(**old.model_dump(exclude={"revision", "ended_on"}), revision=2, ended_on=date(2025, 11, 30))
    again = SpellStartedV1(spell=new_id(), person=7, employer=3, revision=1, started_on=date(2025, 12, 1))
    await apply_events(claims, registered(), membership, old, new, contributed("2025-11", 248_000))
    async with claims.database.connection() as connection:
        await connection.execute(ALL_HAS_ARRIVED)
    reported = await report(claims, "employer:4")
    states = []
    for event in (None, ended, again):
        await apply_events(claims, *([event] if event else []))
        await claims.work_off()
        claim = await claim_of(claims, reported)
        states.append((claim["state"], claim["reason"]))
    assert states == [("decided", None), ("needs_officer", "no_wage_month"), ("decided", None)]
    assert amounts(await decisions_of(claims, reported)) == [("65.33", 27, "1763.91", True)]


async def test_a_month_corrected_to_nothing_is_known_and_not_missing(claims: ServiceUnderTest) -> None:
    """June was another person's: its line is corrected to no wages, no contribution is due, and it rates nothing."""
    await apply_events(claims, registered(), *employed(), *january_to_may(), contributed("2026-06", 305_000))
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, contributed("2026-06", 0, revision=2))
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [
        ("68.00", 27, "1836.00", False),
        ("65.33", 27, "1763.91", False),
    ]


async def test_two_lines_of_one_employer_and_month_are_both_known(claims: ServiceUnderTest) -> None:
    """They share the name under which a decision cites them; each has revisions of its own.

    (5 × 2,450 + 2,550 + 450) / 6 / 30 × 80 % = 67.78; without the second line 65.78.
    """
    extra = contributed("2026-06", 50_000, revision=3).model_copy(update={"kind": "arrears"})
    await apply_events(claims, registered(), *employed(), *january_to_may(), contributed("2026-06", 255_000), extra)
    reported = await report(claims)
    await claims.work_off()
    await apply_events(claims, extra.model_copy(update={"wages_sen": (0,), "revisions": (4,)}))
    await claims.work_off()
    assert [each[0] for each in amounts(await decisions_of(claims, reported))] == ["67.78", "65.78"]


@pytest.mark.parametrize("year", [2026, 2040])
async def test_a_refusal_waits_for_the_watermark_wherever_the_business_clock_stands(
    claims: ServiceUnderTest, business_clock: BusinessClock, year: int
) -> None:
    """Watermarks are instants of databases: neither an early nor a late business day makes them pass the notice."""
    business_clock.set_day(year, 7, 20)
    await apply_events(claims, registered())
    async with claims.database.connection() as connection:
        await connection.execute(ALL_HAD_ARRIVED)
        reported = await report(claims, "hospital:1")
        await claims.work_off()
        assert (await claim_of(claims, reported))["state"] == "assessing"
        await connection.execute("DELETE FROM freshness")
        await connection.execute(ALL_HAS_ARRIVED)
    business_clock.advance(hours=1)
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert claim["state"] == "refused"
    assert claim["received_at"].startswith(f"{year}-07-20")


async def test_nobody_registered_for_thirty_days_is_an_officers_matter_and_still_waited_for(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    reported = await report(claims)
    await claims.work_off()
    business_clock.advance(days=29)
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("awaiting_identity", None)
    business_clock.advance(days=1)
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("awaiting_identity", "identity_overdue")
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await claims.work_off()
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("decided", None)


async def test_the_employer_of_the_day_answers_for_a_notice_that_names_another(claims: ServiceUnderTest) -> None:
    """A hospital heard the wrong employer; the right one reports the same accident."""
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims, "hospital:1", employer=employer_id(8))
    await all_has_arrived(claims)
    assert (await claim_of(claims, reported))["reason"] == "employer_without_spell"
    await report(claims, "employer:3")
    await claims.work_off()
    found = await claim_of(claims, reported)
    assert (found["state"], found["reason"]) == ("decided", None)


async def test_another_hospital_does_not_answer_which_employer_it_was(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    reported = await report(claims, "hospital:1", employer=employer_id(8))
    await all_has_arrived(claims)
    await report(claims, "hospital:2")
    await claims.work_off()
    assert (await claim_of(claims, reported))["reason"] == "employer_without_spell"
    await reported_by_officers(claims)
    assert (await claim_of(claims, reported))["state"] == "decided", "officers answer it"


async def test_a_disease_before_the_law_that_the_book_knows_is_looked_at(claims: ServiceUnderTest) -> None:
    """Who may report it is asked by today's bound: 60 months after leaving."""
    await apply_events(claims, registered(), spell_of(5, date(2008, 1, 1), date(2010, 12, 31)))
    days = certificate("2012-06-01", "2012-06-28")
    disease = await report(
        claims, "employer:5", kind="disease", place=None, happened_on="2012-06-01", certificate=days, wages_paid_for=[]
    )
    await all_has_arrived(claims)
    assert ((await claim_of(claims, disease))["state"], (await claim_of(claims, disease))["reason"]) == (
        "needs_officer",
        "disease",
    )
