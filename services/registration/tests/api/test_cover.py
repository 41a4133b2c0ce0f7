"""Cover on a day as known at an instant: who may ask, what is answered and why, and a person's own view."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
    self_of,
)
from shared.kernel.clock import now, system_now, today
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock

READ, ASK, ME = "registration:cover:read", "registration:cover_inquiry:write", "registration:me:read"
PASSPORT = "A1234567"
YES = {"employment_injury": True, "invalidity": True, "non_employment_injury": True, "employment_insurance": True}


async def asked(register: Register, person: str, party: str = "", **query: Any) -> httpx.Response:
    """Ask for cover as a party, or as an officer."""
    headers = query.pop("headers", {})
    path = f"/v1/persons/{person}/cover"
    return await register.as_party("GET", path, READ, party, params=query, headers=headers)


async def cover(register: Register, person: str, party: str = "", **query: Any) -> dict[str, Any]:
    """The same, where it is answered."""
    answer = await asked(register, person, party, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def schemes(told: dict[str, Any]) -> dict[str, bool | None]:
    """Which fund covers."""
    return {each["fund"]: each["covered"] for each in told["schemes"]}


def reasons(told: dict[str, Any]) -> dict[str, str]:
    """Why."""
    return {each["fund"]: each["reason"] for each in told["schemes"]}


async def test_a_citizen_at_work_is_covered_by_every_scheme_with_law_figures_and_facts(register: Register) -> None:
    employer, person = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    told = await cover(register, person, at="2026-07-15")
    assert (schemes(told), told["category"], told["skbbk"], told["skbbk_phase"]) == (YES, "first", "by_default", 1)
    assert set(reasons(told).values()) == {"covered"}
    of_invalidity = next(each for each in told["schemes"] if each["fund"] == "invalidity")
    assert "Act 4, s.6(2)(a) (Act A1788)" in of_invalidity["law"]
    figures = {each["figure"]: each for each in told["figures"]}
    assert set(of_invalidity["figures"]) <= figures.keys()
    switch = figures["act4.cover.switch_months"]
    assert (switch["value"], switch["certainty"]) == ("0", "assumed")
    assert switch["reason"].startswith("Open in the sources")
    assert figures["act800.cover.maximum_age"]["law"] == "Act 800, First Schedule"
    assert [(fact["kind"], fact["source"]) for fact in told["facts"]] == [
        ("birth", "organisation"),
        ("residence", "organisation"),
        ("spell", "organisation"),
        ("contribution", "employer"),
    ]
    ((stored,),) = await register.rows("SELECT id FROM spell_fact")
    assert told["facts"][2]["id"] == str(stored)
    assert (told["facts"][0]["first"], told["facts"][0]["says"]) == ("1990-01-01", None)
    assert told["facts"][3]["says"] == "2026-05"
    assert told["assumed"] == ["kind of work", "spouse of the employer", "passport and pass valid"]
    assert "act4.cover.category 2013-01-01" in told["rules"]


@pytest.mark.parametrize(
    ("born_on", "residence", "started_on", "at", "found"),
    [
        # In the month of the 60th birthday: second category, and no longer insured under Act 800.
        ("1966-07-31", "citizen", "2015-01-01", "2026-07-01",
         ("covered", "not_in_category", "covered", "over_maximum_age")),
        ("1966-08-01", "citizen", "2015-01-01", "2026-07-31", ("covered",) * 4),
        ("2008-08-01", "citizen", "2025-01-01", "2026-07-31", ("covered", "covered", "covered", "under_minimum_age")),
        ("2008-07-31", "citizen", "2025-01-01", "2026-07-01", ("covered",) * 4),
        # First liable at 55 and at 57.
        ("1970-02-03", "citizen", "2025-02-03", "2026-07-01", ("covered", "not_in_category", "covered", "covered")),
        ("1968-06-10", "citizen", "2025-06-10", "2026-07-01",
         ("covered", "not_in_category", "covered", "first_liable_too_late")),
        ("1990-01-01", "foreign_worker", "2018-01-01", "2026-07-01", ("covered",) * 3 + ("closed_to_foreign_workers",)),
        # Invalidity since July 2024, employment injury since 2019.
        ("1990-01-01", "foreign_worker", "2018-01-01", "2024-06-30",
         ("covered", "closed_to_foreign_workers", "not_yet_law", "closed_to_foreign_workers")),
        ("1990-01-01", "foreign_worker", "2018-01-01", "2018-12-31", ("closed_to_foreign_workers",) * 4),
        ("1990-01-01", "permanent_resident", "2018-01-01", "2026-07-01", ("covered",) * 4),
        # SKBBK begins in June 2026, Act 800 in 2018.
        ("1990-01-01", "citizen", "2015-01-01", "2026-05-31", ("covered", "covered", "not_yet_law", "covered")),
        ("1990-01-01", "citizen", "2015-01-01", "2017-12-31", ("covered", "covered", "not_yet_law", "not_yet_law")),
        ("1990-01-01", "citizen", "2026-07-02", "2026-07-01", ("no_employment",) * 4),
    ],
)  # fmt: skip
async def test_each_scheme_says_why(
    register: Register, born_on: str, residence: str, started_on: str, at: str, found: tuple[str, ...]
) -> None:
    employer = await register.employer()
    person = await register.person(born_on=born_on, residence=residence)
    await register.spell(person, employer, started_on)
    told = await cover(register, person, at=at)
    assert tuple(reasons(told).values()) == found
    assert all((each["covered"] is True) == (each["reason"] == "covered") for each in told["schemes"])


async def test_cover_and_memberships_say_the_same(register: Register) -> None:
    """Act 4's category, SKBBK's status, and whether a day is insured under Act 800, on days around every turn."""
    employer = await register.employer()
    person = await register.person(born_on="1966-09-15")
    await register.ended(await register.spell(person, employer, "2016-03-10"), "2026-10-20")
    by_scheme = {each["scheme"]: each["periods"] for each in await register.events("membership.changed")}
    days = ("2016-03-09", "2016-03-10", "2017-12-31", "2018-01-01", "2026-05-31", "2026-06-01", "2026-08-31")
    for day in (*days, "2026-09-01", "2026-10-20", "2026-10-21"):
        told = await cover(register, person, at=day)
        held = {scheme: _category_on(day, periods) for scheme, periods in by_scheme.items()}
        assert told["category"] == held["act4"], day
        assert told["skbbk"] == held["skbbk"], day
        assert (schemes(told)["employment_insurance"] is True) == (held["act800"] == "insured"), day


async def test_a_release_takes_the_cover_of_skbbk_away_and_coming_back_gives_it_again(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 7, 20)
    _, person = await register.worker_of()
    await register.stated_skbbk(person, "release", self_of(person))
    released = await cover(register, person)
    assert (released["skbbk"], reasons(released)["non_employment_injury"]) == ("out", "released")
    assert released["doubts"] == ["participation_stated_later"], "on the day itself nobody can tell which came first"
    assert schemes(released)["employment_injury"] is True
    assert [fact["says"] for fact in released["facts"] if fact["kind"] == "statement"] == ["release"]
    assert (await cover(register, person, at="2026-06-15"))["skbbk"] == "mandatory"
    business_clock.set_day(2026, 11, 30)
    await register.stated_skbbk(person, "return", self_of(person))
    back = await cover(register, person)
    assert (back["skbbk"], schemes(back)["non_employment_injury"]) == ("by_choice", True)
    before = await cover(register, person, at="2026-10-15")
    assert (before["skbbk"], before["doubts"]) == ("out", []), "coming back counts from its month"
    same_month = await cover(register, person, at="2026-11-15")
    assert (same_month["skbbk"], same_month["doubts"]) == ("by_choice", ["participation_stated_later"])
    assert (await cover(register, person, at="2026-12-01"))["doubts"] == []


async def test_an_employer_is_told_of_its_own_spells_and_of_no_other_employer(register: Register) -> None:
    own, person = await register.worker_of(started_on="2024-03-01")
    other = await register.employer(OTHER_CODE)
    await register.ended(await register.spell(person, other, "2015-02-03"), "2024-02-29")
    for_own = await cover(register, person, party_of(own), at="2026-07-01")
    assert schemes(for_own) == YES
    assert [fact["employer"] for fact in for_own["facts"] if fact["kind"] == "spell"] == [own]
    assert all(each["explanation"] == [] for each in for_own["schemes"]), "it would tell the first day of liability"
    text = str(for_own)
    assert other not in text
    assert "2015-02" not in text, "when it began with the other"
    of_before = await cover(register, person, party_of(own), at="2024-02-01")
    assert set(reasons(of_before).values()) == {"no_employment"}, "it worked for somebody else"
    assert schemes(await cover(register, person, at="2024-02-01"))["employment_injury"] is True
    everything = await cover(register, person, at="2026-07-01")
    assert {fact["employer"] for fact in everything["facts"] if fact["kind"] == "spell"} == {own, other}
    assert any("2015-02-03" in step for each in everything["schemes"] for step in each["explanation"])


async def test_who_has_no_relation_to_a_person_is_answered_as_if_there_were_none(register: Register) -> None:
    _, person = await register.worker_of()
    stranger = await register.employer(OTHER_CODE)
    second = await register.person(OTHER_MYKAD)
    nobody = person_id(999_999)
    for party in (party_of(stranger), self_of(second), "hospital:1", "bank:1"):
        of_person, of_nobody = await asked(register, person, party), await asked(register, nobody, party)
        assert (of_person.status_code, of_person.json()["code"]) == (404, "person_unknown"), party
        assert _same(of_person) == _same(of_nobody), party
    assert (await asked(register, nobody)).status_code == 404
    assert schemes(await cover(register, person, self_of(person))) == YES


async def test_what_was_known_at_an_instant_is_what_had_been_recorded_by_then(register: Register) -> None:
    """A spell, its end, its correction and an officer's word on it are facts; so each instant has its own answer."""
    employer, person = await register.employer(), await register.person()
    party = party_of(employer)
    started = await register.try_spell(person, employer, "2024-03-01", party)
    spell = started.json()["spell"]
    await register.ended(spell, "2026-09-30")
    await register.ended(spell, "2026-10-15")
    refusal = f"/v1/spells/{spell}/verification/refusal"
    assert (await register.as_party("POST", refusal, "registration:spell:write")).status_code == 200
    await _stamp(register, {"person_fact": ["40"], "spell_fact": ["30", "20", "10"], "spell_verification": ["5"]})
    known = {
        days: await cover(register, person, at="2026-10-01", known_at=_ago(days)) for days in (41, 35, 25, 15, 7, 4)
    }
    assert [reasons(told)["employment_injury"] for told in known.values()] == [
        "nothing_known", "nothing_known", "covered", "no_employment", "covered", "nothing_known",
    ]  # fmt: skip
    assert [len(told["facts"]) for told in known.values()] == [0, 2, 3, 3, 3, 3]
    assert [_last_of(told) for told in list(known.values())[2:]] == [None, "2026-09-30", "2026-10-15", "2026-10-15"]
    assert known[4]["facts"][2]["refused"] is True
    current = await cover(register, person, at="2026-10-01")
    assert {**known[4], "known_at": ""} == {**current, "known_at": ""}, "the facts say what the current tables say"


async def test_a_corrected_residence_counts_from_when_it_was_known(register: Register) -> None:
    _, person = await register.worker_of()
    await _stamp(register, {"person_fact": ["40"], "spell_fact": ["40"], "spell_verification": ["40"]})
    async with register.service.database.connection("migrate") as connection:
        await connection.execute(
            "INSERT INTO person_fact (id, person, attribute, valid, plain, source, recorded_at) SELECT "
            "nextval('person_fact_id'), $1, 'residence', '[2026-01-01,)', 'foreign_worker', 'organisation:1', $2",
            number_of(person), system_now() - timedelta(days=10),
        )  # fmt: skip
        await connection.execute("SELECT derive_person_attributes(ARRAY[$1::integer])", number_of(person))
    insured = [
        schemes(await cover(register, person, at=at, known_at=_ago(days)))["employment_insurance"]
        for at, days in (("2026-02-01", 20), ("2026-02-01", 5), ("2025-12-31", 5))
    ]
    assert insured == [True, False, True]
    assert schemes(await cover(register, person, at="2026-02-01"))["employment_insurance"] is False


async def test_the_last_minute_is_not_asked_for(register: Register) -> None:
    """Facts are stamped before they are committed: what is known of it may still change."""
    _, person = await register.worker_of()
    for instant in (now(), now() - timedelta(seconds=50), now() + timedelta(days=1)):
        answer = await asked(register, person, known_at=instant.isoformat())
        assert (answer.status_code, answer.json()["code"]) == (422, "known_at_too_late")
    assert (await asked(register, person, known_at=(now() - timedelta(seconds=61)).isoformat())).status_code == 200


async def test_an_employment_that_was_stated_after_the_day_is_doubted_until_an_officer_verifies_it(
    register: Register,
) -> None:
    employer, person = await register.employer(), await register.person()
    started = await register.try_spell(person, employer, "2024-03-01", party_of(employer))
    day = str(today() - timedelta(days=1))
    told = await cover(register, person, at=day, headers={"accept-language": "ms"})
    assert (told["doubts"], told["doubt_texts"]) == (
        ["employment_stated_later"],
        ["Pekerjaan itu dinyatakan selepas hari itu, dan belum disahkan oleh pegawai."],
    )
    assert (await cover(register, person))["doubts"] == [], "stated by today"
    path = f"/v1/spells/{started.json()['spell']}/verification"
    assert (await register.as_party("POST", path, "registration:spell:write")).status_code == 200
    assert (await cover(register, person, at=day))["doubts"] == []


async def test_texts_are_in_malay_for_who_prefers_it(register: Register) -> None:
    _, person = await register.worker_of()
    answer = await asked(register, person, headers={"accept-language": "ms-MY, en;q=0.5"})
    assert answer.headers["content-language"] == "ms"
    told = answer.json()
    assert {each["text"] for each in told["schemes"]} == {"Dilindungi."}
    assert any(line.startswith("Keputusan ") for line in told["schemes"][0]["explanation"])
    assert any(each["title"].startswith("Umur mula pekerja") for each in told["figures"])


async def test_a_hospital_is_told_yes_or_no_and_never_whether_somebody_is_registered(register: Register) -> None:
    _, person = await register.worker_of()
    without_work = await register.person(OTHER_MYKAD, name="Siti binti Omar")
    yes = await inquired(register, MYKAD, "AHMAD BIN ALI")
    assert yes == {
        "at": str(today()), "employment_injury": True, "invalidity": True, "non_employment_injury": True,
    }  # fmt: skip
    no = {name: False if value is True else value for name, value in yes.items()}
    for number, name in (
        (OTHER_MYKAD, "Siti binti Omar"), (MYKAD, "Siti binti Omar"), ("880808145679", "AHMAD BIN ALI"),
    ):  # fmt: skip
        assert await inquired(register, number, name) == no
    kept = await register.rows("SELECT tenant, person FROM cover_inquiry ORDER BY id")
    expected = [("hospital:1", number_of(person)), ("hospital:1", number_of(without_work))]
    assert [tuple(row) for row in kept] == [*expected, ("hospital:1", None), ("hospital:1", None)]


async def test_an_id_that_was_withdrawn_answers_a_hospital_of_its_true_bearer(register: Register) -> None:
    """Of nobody before that one is registered."""
    employer, first = await register.worker_of()
    await _moved_from(register, await _given(register, first, PASSPORT), first)
    no = dict.fromkeys(("employment_injury", "invalidity", "non_employment_injury"), False)
    for name in ("AHMAD BIN ALI", "SITI BINTI OMAR"):
        assert await inquired(register, PASSPORT, name, "passport") == {"at": str(today()), **no}
    true = await register.person(PASSPORT, kind="passport", name="Siti binti Omar", born_on="1985-06-15")
    assert await inquired(register, PASSPORT, "SITI BINTI OMAR", "passport") == {"at": str(today()), **no}
    await register.spell(true, employer)
    told = await inquired(register, PASSPORT, "SITI BINTI OMAR", "passport")
    assert told == {"at": str(today()), **dict.fromkeys(no, True)}
    assert await inquired(register, PASSPORT, "AHMAD BIN ALI", "passport") == {"at": str(today()), **no}


async def test_only_hospitals_and_officers_inquire_and_of_no_day_long_ago(register: Register) -> None:
    employer, _ = await register.worker_of()
    refused = await inquire(register, MYKAD, "Ahmad bin Ali", party_of(employer))
    assert (refused.status_code, refused.json()["code"]) == (403, "inquiry_of_hospital_only")
    assert (await inquire(register, MYKAD, "Ahmad bin Ali", "")).status_code == 201
    for days in (-1, 31):
        answer = await inquire(register, MYKAD, "Ahmad bin Ali", at=str(today() - timedelta(days=days)))
        assert (answer.status_code, answer.json()["code"]) == (422, "inquiry_day_out_of_range")
    assert (await inquire(register, MYKAD, "Ahmad bin Ali", at=str(today() - timedelta(days=30)))).status_code == 201


async def test_a_person_reads_all_that_is_known_of_it_and_who_sees_and_asked(register: Register) -> None:
    employer, person = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    await register.spell(person, other, "2026-01-05")
    await register.sent(employer, months_at_2480("2026-04", "2026-05"))
    await register.sent(other, render([line("2026-05", AT_2480, code=OTHER_CODE)]), party=party_of(other))
    await inquired(register, MYKAD, "Ahmad bin Ali")
    answer = await register.as_party("GET", "/v1/me", ME, self_of(person))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["person"], schemes(told["cover"])) == (person, YES)
    assert [each["scheme"] for each in told["memberships"]] == ["act4", "act800", "skbbk"]
    assert [(each["month"], [of["employer"] for of in each["lines"]]) for each in told["contributions"]] == [
        ("2026-05", [employer, other]),
        ("2026-04", [employer]),
    ]
    assert told["seen_by"] == [employer, other]
    assert [each["party"] for each in told["inquiries"]] == ["hospital:1"]
    path = f"/v1/persons/{person}/contributions"
    lines = await register.as_party("GET", path, "registration:contribution:read", self_of(person))
    assert [each["month"] for each in lines.json()["data"]] == ["2026-04", "2026-05", "2026-05"]


async def test_nobody_but_a_person_has_a_view_of_its_own_and_reads_nobody_elses(register: Register) -> None:
    employer, person = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    second = await register.person(OTHER_MYKAD)
    for party in ("", party_of(employer), "hospital:1"):
        answer = await register.as_party("GET", "/v1/me", ME, party)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_person")
    own = (await register.as_party("GET", "/v1/me", ME, self_of(second))).json()
    assert (own["person"], own["contributions"], own["seen_by"]) == (second, [], [])
    path = f"/v1/persons/{person}/contributions"
    assert (await register.as_party("GET", path, "registration:contribution:read", self_of(second))).status_code == 404
    assert (await register.as_party("GET", "/v1/me", ME, "person:999999")).status_code == 404


async def _given(register: Register, person: str, number: str) -> str:
    """Add a passport to a person as two officers; the id's id."""
    path = f"/v1/persons/{person}/national-ids"
    said = {"national_id": {"kind": "passport", "number": number}, "reason": "document_renewed", "evidence": "KB-1"}
    answer = await register.as_party("POST", path, "registration:person:correct", json=said, subject="officer-3")
    assert answer.status_code == 202, answer.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    read = (await register.as_party("GET", path, "registration:person:read")).json()
    return str(read["national_ids"][-1]["identity"])


async def _moved_from(register: Register, identity: str, person: str) -> None:
    """Withdraw an id of a person as two officers."""
    path = f"/v1/persons/{person}/national-ids/{identity}/withdrawals"
    said = {"reason": "wrong_person", "evidence": "KB-2"}
    answer = await register.as_party("POST", path, "registration:person:correct", json=said, subject="officer-3")
    assert answer.status_code == 202, answer.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    await register.work_off()


async def inquire(
    register: Register, number: str, name: str, party: str = "hospital:1", at: str | None = None, kind: str = "mykad"
) -> httpx.Response:
    """Ask at admission."""
    body = {"national_id": {"kind": kind, "number": number}, "name": name, **({} if at is None else {"at": at})}
    return await register.as_party("POST", "/v1/cover-inquiries", ASK, party, json=body)


async def inquired(register: Register, number: str, name: str, kind: str = "mykad") -> dict[str, Any]:
    """The answer to a hospital."""
    answer = await inquire(register, number, name, kind=kind)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _stamp(register: Register, days_ago: dict[str, list[str]]) -> None:
    """Let what is stored have been recorded so many days ago, in the order of ids; the last one for all the rest."""
    async with register.service.database.connection("migrate") as connection:
        for table, days in days_ago.items():
            column = "said_at" if table == "spell_verification" else "recorded_at"
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for place, (id_,) in enumerate(await connection.fetch(f"SELECT id FROM {table} ORDER BY id")):  # noqa: S608
                stamp = system_now() - timedelta(days=int(days[min(place, len(days) - 1)]))
                await connection.execute(f"UPDATE {table} SET {column} = $1 WHERE id = $2", stamp, id_)  # noqa: S608
            await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _ago(days: int) -> str:
    return (now() - timedelta(days=days)).isoformat()


def _last_of(told: dict[str, Any]) -> str | None:
    (last,) = [fact["last"] for fact in told["facts"] if fact["kind"] == "spell"]
    return last  # type: ignore[no-any-return]


def _category_on(day: str, periods: list[dict[str, str]]) -> str | None:
    held = (each for each in periods if each["first"] <= day <= each.get("last", "9999"))
    return next((each["category"] for each in held), None)


def _same(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}
