"""Who has no relation to a person opens, joins and bars nothing, and learns nothing (docs/decisions/0022).

A standard worker: assumed wages of RM2,450.00, 65.33 a day; certified from 15 July to 11 August 2026, 28 days.
"""

from datetime import date
from typing import Any

import pytest

from services.claims.tests.support import (
    NAME,
    OFFICER,
    all_has_arrived,
    amounts,
    answer_of,
    apply_events,
    certificate,
    claim_of,
    contributed,
    days_stated_of,
    decide,
    decisions_of,
    employed,
    let_count,
    notice,
    paid,
    read,
    report,
    reported_by_officers,
    spell_of,
    standing_of,
    submit,
)
from shared.contracts.registration import MembershipChangedV1
from shared.kernel.identifiers import person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

EMPLOYER, STRANGER, HOSPITAL = "employer:3", "employer:99", "hospital:1"
NUMBER = person_id(7)
JULY = [f"2026-07-{day}" for day in range(15, 32)]
WHOLE = ("65.33", 28, "1829.24", True)
UNKNOWN = {"kind": "mykad", "number": "850615105432"}


async def paid_claim(claims: ServiceUnderTest) -> dict[str, Any]:
    """The true employer's notice, decided."""
    reported = await report(claims, EMPLOYER, wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]
    return reported


@pytest.mark.parametrize("named", [{}, {"national_id": None, "name": None, "person": NUMBER}], ids=["id", "number"])
async def test_a_stranger_joins_no_claim_and_moves_no_money(claims: ServiceUnderTest, named: dict[str, Any]) -> None:
    """It stated wages for 15 to 31 July: a recovery of RM1,829.24 opened against the worker."""
    true = await paid_claim(claims)
    strange = await report(claims, STRANGER, wages_paid_for=JULY, **named)
    await all_has_arrived(claims)
    assert await standing_of(claims, true) == ("decided", None)
    assert amounts(await decisions_of(claims, true)) == [WHOLE]
    assert await standing_of(claims, strange) == ("no_relation", "no_relation")


async def test_a_stranger_shuts_the_true_employer_out_of_nothing(claims: ServiceUnderTest) -> None:
    """By a guessed number it came first; the employer's own notice opens the claim all the same."""
    strange = await report(claims, STRANGER, national_id=None, name=None, person=NUMBER)
    await all_has_arrived(claims)
    true = await paid_claim(claims)
    assert await standing_of(claims, true, EMPLOYER) == ("decided", None)
    async with claims.database.connection() as connection:
        events = await connection.fetch("SELECT key FROM outbox WHERE type LIKE 'jaring.accident.reported%'")
    assert len(events) == 1, "a stranger's notice is published to nobody"
    assert await decisions_of(claims, strange, party=STRANGER) == []


@pytest.mark.parametrize("changes", [{}, {"capacity": "dependant"}, {"kind": "death", "certificate": None}])
async def test_a_stranger_reads_the_same_whether_or_not_the_person_exists(
    claims: ServiceUnderTest, changes: dict[str, Any]
) -> None:
    of_nobody = await submit(claims, notice(national_id=UNKNOWN, **changes), party=STRANGER)
    of_somebody = await submit(claims, notice(**changes), party=STRANGER)
    assert of_nobody.status_code == of_somebody.status_code == 202
    seen = []
    for settle in (claims.work_off, lambda: all_has_arrived(claims)):
        await settle()
        for answer in (of_nobody, of_somebody):
            claim = await claim_of(claims, answer.json(), STRANGER)
            told = await read(claims, f"/v1/notices/{answer.json()['notice']}", STRANGER)
            seen.append((claim["state"], claim["reason"], claim["person"], claim["joined_to"], told["state"]))
    assert (seen[0], seen[2]) == (seen[1], seen[3])
    assert seen[0] == ("awaiting_identity", None, None, None, "awaiting_identity")
    page = await read(claims, f"/v1/claims?person={NUMBER}", STRANGER)
    assert page["data"] == [], "the number behind a national id is found by nobody"


async def test_a_partner_reads_amounts_and_reasons_and_no_fact_of_the_person(claims: ServiceUnderTest) -> None:
    reported = await paid_claim(claims)
    (shown,) = await decisions_of(claims, reported, party=EMPLOYER)
    (whole,) = await decisions_of(claims, reported)
    assert (shown["amount"], shown["daily_rate"], shown["days"]) == (
        whole["amount"],
        whole["daily_rate"],
        whole["days"],
    )
    assert answer_of(shown)["record"] is None
    assert "2020-01-06" in str(answer_of(whole)["record"]), "since when she is employed"
    told = " ".join(answer_of(shown)["explanation"])
    assert "contract of service" in told
    assert "2450" not in told
    assert "2,450" not in told


async def test_a_person_reads_and_reports_its_own_and_nobody_elses(claims: ServiceUnderTest) -> None:
    reported = await paid_claim(claims)
    own, other = "person:7", "person:8"
    (decision,) = await decisions_of(claims, reported, party=own)
    assert any("14700.00 / 6 / 30" in line for line in answer_of(decision)["explanation"])
    assert answer_of(decision)["record"] is None
    assert [each["claim"] for each in (await read(claims, "/v1/claims", own))["data"]] == [reported["claim"]]
    assert (await read(claims, "/v1/claims", other))["data"] == []
    days: dict[str, Any] = {"certificate": certificate("2026-09-01", "2026-09-07"), "wages_paid_for": []}
    mine = await report(claims, own, happened_on="2026-08-31", **days)
    theirs = await report(claims, other, happened_on="2026-09-01", **days)
    await all_has_arrived(claims)
    assert await standing_of(claims, mine, own) == ("needs_officer", "evidence_waits")
    assert (await standing_of(claims, theirs))[0] == "no_relation"


@pytest.mark.parametrize("other", [HOSPITAL, EMPLOYER, OFFICER])
async def test_a_persons_own_certificate_is_paid_on_anothers_word_only(claims: ServiceUnderTest, other: str) -> None:
    """Its token alone was paid in full; who treats or employs her states the same days, or officers look."""
    own = await report(claims, "person:7", wages_paid_for=[])
    await all_has_arrived(claims)
    assert await standing_of(claims, own) == ("needs_officer", "evidence_waits")
    assert await decisions_of(claims, own) == []
    if other == OFFICER:
        by_officers = await reported_by_officers(claims, wages_paid_for=[])
        (stated,) = [each for each in await days_stated_of(claims, by_officers) if each["kind"] == "certificate"]
        assert await standing_of(claims, own) == ("needs_officer", "evidence_waits"), "who confirms whose it is"
        assert await let_count(claims, stated["evidence"]) == (201, None)
    else:
        await report(claims, other, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, own) == ("decided", None)
    assert amounts(await decisions_of(claims, own)) == [WHOLE]


async def test_officers_let_a_persons_own_certificate_count(claims: ServiceUnderTest) -> None:
    own = await report(claims, "person:7", wages_paid_for=[])
    await claims.work_off()
    (stated,) = await days_stated_of(claims, own)
    assert await let_count(claims, stated["evidence"]) == (201, None)
    assert amounts(await decisions_of(claims, own)) == [WHOLE]
    assert await standing_of(claims, own) == ("decided", None)


async def test_a_persons_own_certificate_does_not_open_cover(claims: ServiceUnderTest) -> None:
    """Nobody looks at a certificate of whom no scheme covers on the day."""
    days: dict[str, Any] = {"certificate": certificate("2019-07-15", "2019-08-11"), "wages_paid_for": []}
    own = await report(claims, "person:7", happened_on="2019-07-15", **days)
    await all_has_arrived(claims)
    assert (await standing_of(claims, own))[0] == "refused"


@pytest.mark.parametrize(
    ("party", "name", "state"),
    [
        (HOSPITAL, NAME, ("decided", None)),
        (HOSPITAL, "AMINAH BT. YUSOF", ("decided", None)),
        (HOSPITAL, "SITI BINTI OMAR", ("needs_officer", "name_differs")),
        (EMPLOYER, "SITI BINTI OMAR", ("needs_officer", "name_differs")),
        (EMPLOYER, None, ("decided", None)),
    ],
)
async def test_a_name_that_is_not_the_registered_one_is_asked_about(
    claims: ServiceUnderTest, party: str, name: str | None, state: tuple[str, str | None]
) -> None:
    """The number of another patient: nothing is paid, and the hospital does not learn whose it is."""
    reported = await report(claims, party, name=name)
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == state
    if state[0] == "needs_officer":
        assert await standing_of(claims, reported, party) == ("no_relation", "no_relation")
        assert (await claim_of(claims, reported, party))["person"] is None


async def test_a_hospital_that_names_an_employer_without_a_spell_asks(claims: ServiceUnderTest) -> None:
    reported = await report(claims, HOSPITAL, employer="E0000000076")
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "assessing", "the spell may be on its way"
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("needs_officer", "employer_without_spell")
    assert await decisions_of(claims, reported) == []
    await apply_events(claims, spell_of(7, date(2026, 7, 1)))
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "decided"


async def test_a_spell_that_arrives_late_shows_the_relation(claims: ServiceUnderTest) -> None:
    reported = await report(claims, "employer:4")
    await all_has_arrived(claims)
    assert (await standing_of(claims, reported))[0] == "no_relation"
    await apply_events(claims, spell_of(4, date(2026, 7, 1)))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)


@pytest.mark.parametrize(
    ("left_on", "state"),
    [(date(2021, 7, 15), ("needs_officer", "disease")), (date(2021, 7, 14), ("no_relation", "no_relation"))],
)
async def test_a_former_employer_reports_a_disease_for_sixty_months(
    claims: ServiceUnderTest, left_on: date, state: tuple[str, str]
) -> None:
    await apply_events(claims, spell_of(5, date(2020, 1, 1), left_on))
    disease = await report(claims, "employer:5", kind="disease", place=None)
    accident = await report(claims, "employer:5")
    await all_has_arrived(claims)
    assert await standing_of(claims, disease) == state
    assert await standing_of(claims, accident) == ("no_relation", "no_relation")


@pytest.mark.parametrize(
    ("party", "changes", "reason"),
    [
        ("person:8", {"capacity": "dependant"}, "relation_to_be_shown"),
        ("platform:2", {"capacity": "platform"}, "relation_to_be_shown"),
        ("person:8", {"capacity": "union_officer"}, "relation_to_be_shown"),
        ("person:8", {"capacity": "welfare"}, "relation_to_be_shown"),
        ("person:8", {"capacity": "other"}, "relation_to_be_shown"),
        (STRANGER, {"kind": "death", "certificate": None, "place": None}, "death"),
        ("person:8", {"kind": "death", "certificate": None, "place": None}, "death"),
    ],
)
async def test_whom_no_event_shows_is_looked_at_by_a_person_and_bars_nothing(
    claims: ServiceUnderTest, party: str, changes: dict[str, Any], reason: str
) -> None:
    reported = await report(claims, party, **changes)
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("needs_officer", reason)
    await paid_claim(claims)
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM decision") == 1


async def test_whose_relation_officers_were_shown_reads_what_is_owed_to_itself_and_no_fact_of_the_person(
    claims: ServiceUnderTest,
) -> None:
    """Person 8 reports for person 7, whose wages and rate it then read."""
    sender, own = "person:8", "person:7"
    reported = await report(claims, sender, capacity="representative", wages_paid_for=[])
    await all_has_arrived(claims)
    assert await decide(claims, "identity", kind="relation_shown", person=NUMBER) == (201, None)
    (certified,) = await days_stated_of(claims, reported)
    assert certified["waits_because"] == "of_oneself", "who is no doctor certifies nobody"
    assert await let_count(claims, certified["evidence"]) == (201, None)
    assert await standing_of(claims, reported, sender) == ("decided", None)
    (shown,) = await decisions_of(claims, reported, party=sender)
    (whole,) = await decisions_of(claims, reported, party=own)
    assert [(each["amount"]["amount"], each["days"], bool(answer_of(each)["terms"])) for each in (shown, whole)] == [
        ("0.00", 0, False),
        ("1829.24", 28, True),
    ]
    assert answer_of(shown)["outcome"] == "entitled"
    worked = [any("14700.00" in line for line in answer_of(each)["explanation"]) for each in (shown, whole)]
    assert worked == [False, True]
    path, choice = f"/v1/claims/{reported['claim']}/evidence", {"option": "lump sum", "applied_on": "2026-09-14"}
    refused = await claims.call(
        "POST", path, scopes=["claims:notice:write"], party=sender, role="partner", json={"choice": choice}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_party")


async def test_whom_officers_were_shown_answers_for_no_employer(claims: ServiceUnderTest) -> None:
    """A hospital names an employer without a spell: a stranger that joins by officers' word does not settle it."""
    reported = await report(claims, HOSPITAL, employer="E0000000076")
    await report(claims, STRANGER, capacity="agent", wages_paid_for=[])
    await all_has_arrived(claims)
    assert await decide(claims, "identity", kind="relation_shown", person=NUMBER) == (201, None)
    assert await standing_of(claims, reported) == ("needs_officer", "employer_without_spell")
    await reported_by_officers(claims, wages_paid_for=[])
    assert (await standing_of(claims, reported))[0] == "decided"


async def test_days_with_wages_count_from_the_employer_of_that_day_only(claims: ServiceUnderTest) -> None:
    """The hospital and an employer from August on say nothing about wages of July."""
    august = [f"2026-08-0{day}" for day in range(1, 4)]
    await apply_events(claims, spell_of(4, date(2026, 8, 1)))
    first = await report(claims, EMPLOYER, wages_paid_for=["2026-07-15"])
    by_hospital = await report(claims, HOSPITAL, wages_paid_for=JULY)
    await report(claims, "employer:4", wages_paid_for=[*JULY, *august])
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, first))] == [27]
    assert await standing_of(claims, first) == ("decided", None)
    statements = await days_stated_of(claims, by_hospital, HOSPITAL)
    assert {each["stated_by"] for each in statements} == {HOSPITAL}, "each sees its own statement"


async def test_what_another_party_lowers_or_extends_waits_for_a_person(claims: ServiceUnderTest) -> None:
    """Of what was paid, and by days that do not go on behind those which count."""
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await paid(claims, reported["claim"])
    lowering = await report(claims, EMPLOYER, wages_paid_for=["2026-07-15"])
    extending = await report(
        claims, "hospital:2", certificate=certificate("2026-08-13", "2026-09-11"), wages_paid_for=[]
    )
    await claims.work_off()
    assert await standing_of(claims, reported, HOSPITAL) == ("decided", "evidence_waits")
    assert amounts(await decisions_of(claims, reported)) == [WHOLE]
    assert (await standing_of(claims, lowering, EMPLOYER))[0] == "joined"
    for each, days in ((lowering, 27), (extending, 57)):
        stated = await days_stated_of(claims, each)
        (evidence,) = [one for one in stated if one["wages_paid_for"] or one["last"] == "2026-09-11"]
        assert await let_count(claims, evidence["evidence"]) == (201, None)
        assert amounts(await decisions_of(claims, reported))[-1][1] == days
    assert await standing_of(claims, reported) == ("decided", None)


async def test_the_same_party_extends_its_own_certificate(claims: ServiceUnderTest) -> None:
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await report(claims, HOSPITAL, certificate=certificate("2026-08-12", "2026-08-31"), wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported))[-1][1] == 48
    assert await standing_of(claims, reported) == ("decided", None)


async def test_a_spell_that_is_ended_behind_a_decision_is_asked_about(claims: ServiceUnderTest) -> None:
    reported = await paid_claim(claims)
    spell, membership = employed()
    ended = spell_of(3, date(2020, 1, 6), date(2026, 6, 30), id_=spell.spell, revision=2)  # type: ignore[attr-defined]
    assert isinstance(membership, MembershipChangedV1)
    await apply_events(claims, ended, membership.model_copy(update={"revision": 2, "periods": ()}))
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("needs_officer", "cover_taken_back")
    assert amounts(await decisions_of(claims, reported)) == [WHOLE], "what was decided stands"


async def test_wages_of_a_month_outside_every_employment_rate_nothing(claims: ServiceUnderTest) -> None:
    """An employer until 31 May at RM1,500.00 declares June at RM5,900.00: the rate went from 38.67 to 128.67.

    Assumed 1,450 for May: 1,450 / 30 × 80 % = 38.67. June is paid by nobody, and the new employer of July not yet.
    """
    past = spell_of(6, date(2026, 5, 1), date(2026, 5, 31), person=8)
    now_ = spell_of(3, date(2026, 7, 1), person=8)
    known = [event.model_copy(update={"person": 8}) for event in employed()[1:]]
    lines = [contributed(f"2026-0{month}", wage, person=8, employer=6) for month, wage in ((5, 150_000), (6, 590_000))]
    await apply_events(claims, *known, past, now_, *lines)
    async with claims.database.connection() as connection:
        await connection.execute(
            "INSERT INTO known_person (person, born_on, residence, revision, name_tokens, id_tokens) "
            "VALUES (8, '1990-01-01', 'citizen', 1, '[]', '[]')"
        )
    reported = await report(claims, EMPLOYER, national_id=None, name=None, person=person_id(8))
    await all_has_arrived(claims)
    (decision,) = await decisions_of(claims, reported)
    assert decision["daily_rate"]["amount"] == "38.67"
    assert await standing_of(claims, reported) == ("decided", "wages_outside_employment")
