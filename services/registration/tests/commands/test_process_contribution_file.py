"""What the worker does with a contribution file: lines, revisions, events, confirmations, the watermark."""

from datetime import date, datetime, timedelta

import pytest

from services.registration.commands.register_person import RegisterPerson, register_person
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.domain.contribution import LINES_IN_AN_EVENT
from services.registration.events import contribution_received
from services.registration.files.contribution_file import Layout, render
from services.registration.storage.contribution_files import held_back
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    MYKAD,
    NOTHING,
    OTHER_CODE,
    OTHER_MYKAD,
    Died,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.registration import Residence
from shared.kernel.clock import system_now, today
from shared.kernel.identifiers import employer_number
from shared.kernel.periods import Month
from shared.security.national_id import IdKind, NationalId
from shared.security.tokens import Caller, Role
from shared.testing.clock import BusinessClock

MAY_V1 = months_at_2480("2026-05")
# A worker in the second category pays nothing to the invalidity scheme: class over RM2,400, act4 §2.2.
SECOND_2480 = {"wage": 248_000, "act4_employer": 3_060, "act4_employee": 0, "act800_employer": 0, "act800_employee": 0}


async def test_five_months_are_taken_told_and_confirm_the_spell_once(register: Register) -> None:
    """January to May 2026 at RM2,480.00: 42.85 and 12.25 under Act 4, 4.90 each under Act 800."""
    employer, person = await register.worker_of()
    months = [f"2026-0{number}" for number in range(1, 6)]
    for month in months:
        assert (await register.sent(employer, months_at_2480(month)))["state"] == "accepted"
    told = await register.events("contributions.received")
    assert [event["month"] for event in told] == months
    assert told[0] | {"file": "", "received_at": "", "type": ""} == {
        "type": "",
        "file": "",
        "received_at": "",
        "employer": employer_number(employer),
        "month": "2026-01",
        "kind": "monthly",
        "persons": [number_of(person)],
        "revisions": [1],
        "wages_sen": [248_000],
        "act4_employer_sen": [4_285],
        "act4_employee_sen": [1_225],
        "act800_employer_sen": [490],
        "act800_employee_sen": [490],
        "skbbk_employee_sen": [0],
    }
    (confirmed,) = await register.events("spell.confirmed")
    assert (confirmed["confirmed_month"], confirmed["wage_sen"], confirmed["revision"]) == ("2026-01", 248_000, 2)
    totals = await register.events("contribution.totals")
    assert [(event["month"], event["lines"], event["act4_employer_sen"]) for event in totals] == [
        (month, 1, 4_285) for month in months
    ]


async def test_a_late_correction_makes_a_higher_revision_and_brings_the_difference(register: Register) -> None:
    """June at RM2,600.00, then at RM3,050.00: 53.35 - 44.65 = 8.70 more from the employer, 22.85 - 19.15 = 3.70."""
    employer, person = await register.worker_of()
    await register.sent(employer, render([line("2026-06", AT_2600)]))
    await register.sent(employer, render([line("2026-06", AT_3050)]))
    first, second = await register.events("contributions.received")
    assert (first["revisions"], second["revisions"]) == ([1], [2])
    assert (second["wages_sen"], second["skbbk_employee_sen"]) == ([305_000], [2_285])
    _, totals = await register.events("contribution.totals")
    assert (totals["lines"], totals["act4_employer_sen"], totals["skbbk_employee_sen"]) == (1, 870, 370)
    assert [(each["fund"], each["employer_sen"], each["employee_sen"]) for each in totals["funds"]] == [
        ("employment_injury", 620, 0),
        ("invalidity", 250, 250),
        ("non_employment_injury", 0, 370),
        ("employment_insurance", 100, 100),
    ]
    assert len(await register.events("spell.confirmed")) == 1
    assert [row[0] for row in await register.rows("SELECT revision FROM contribution_line")] == [2]
    assert number_of(person) == second["persons"][0]


async def test_equal_content_in_another_file_makes_no_revision_and_tells_nothing(register: Register) -> None:
    """Other bytes (zeros for blanks), the same line."""
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-06", AT_3050)]))
    job = await register.sent(employer, render([line("2026-06", AT_3050)], padding="0"))
    assert (job["state"], job["accepted_lines"]) == ("accepted", 1)
    assert len(await register.events("contributions.received")) == 1
    assert len(await register.events("contribution.totals")) == 1


async def test_what_was_received_later_wins_though_it_is_worked_off_first(register: Register) -> None:
    """Two workers may take two files of one employer in either order."""
    employer, _ = await register.worker_of()
    older = (await register.send(employer, render([line("2026-06", AT_2600)]))).json()["file"]
    newer = (await register.send(employer, render([line("2026-06", AT_3050)]))).json()["file"]
    for file in (newer, older):
        await register.process(file)
    rows = await register.rows("SELECT wage_sen, revision FROM contribution_line")
    assert [tuple(row) for row in rows] == [(305_000, 1)]
    assert [event["wages_sen"] for event in await register.events("contributions.received")] == [[305_000]]


async def test_what_was_sent_before_and_is_sent_again_stands_as_what_was_received_last(register: Register) -> None:
    """June at RM2,600.00, at RM3,050.00, and the first file again: the third statement is the last word."""
    employer, _ = await register.worker_of()
    first, other = render([line("2026-06", AT_2600)]), render([line("2026-06", AT_3050)])
    for content in (first, other, first):
        assert (await register.sent(employer, content))["state"] == "accepted"
    told = await register.events("contributions.received")
    assert [(*event["revisions"], *event["wages_sen"]) for event in told] == [(1, 260_000), (2, 305_000), (3, 260_000)]
    rows = await register.rows("SELECT wage_sen, revision FROM contribution_line")
    assert [tuple(row) for row in rows] == [(260_000, 3)]


async def test_what_is_sent_again_before_it_is_worked_off_is_received_after_what_came_between(
    register: Register,
) -> None:
    """One job for the equal files, and yet the last word."""
    employer, _ = await register.worker_of()
    first, other = render([line("2026-06", AT_2600)]), render([line("2026-06", AT_3050)])
    jobs = [(await register.send(employer, content)).json()["file"] for content in (first, other, first)]
    assert jobs[0] == jobs[2]
    await register.work_off()
    assert [row[0] for row in await register.rows("SELECT wage_sen FROM contribution_line")] == [260_000]


async def test_a_rejected_file_is_worked_on_again_when_the_person_has_been_registered(register: Register) -> None:
    """The sender mends what was wrong elsewhere, and sends the same bytes."""
    employer = await register.employer()
    assert (await register.sent(employer, MAY_V1))["state"] == "rejected"
    await register.spell(await register.person(), employer)
    assert (await register.sent(employer, MAY_V1))["state"] == "accepted"


async def test_a_finished_file_that_is_run_again_stays_as_it_is(register: Register) -> None:
    """Due work may be repeated."""
    employer, _ = await register.worker_of()
    job = await register.sent(employer, MAY_V1)
    before = await register.events()
    await register.process(job["file"])
    assert await register.events() == before


def _malformed(place: slice, text: bytes) -> bytes:
    content = bytearray(MAY_V1)
    content[place] = text
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (render([line(str(Month.of(today()).next), AT_3050)]), ["1", "month", "month_in_future"]),
        (_malformed(slice(194, 200), b"132026"), ["1", "month", "month_malformed"]),
        (_malformed(slice(194, 200), b"122012"), ["1", "month", "month_before_law"]),
        (_malformed(slice(214, 220), b"42.85 "), ["1", "act4_employer", "amount_malformed"]),
        (_malformed(slice(32, 44), b" " * 12), ["1", "id", "id_missing"]),
        (render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]), ["1", "id", "person_unknown"]),
        # Taken in several lines, such wages made a total that no answer could show.
        (render([line("2026-05", AT_2480 | {"wage": 10**14 - 1})]), ["1", "wages", "amount_too_large"]),
        (_malformed(slice(44, 194), b" " * 150), ["1", "name", "name_missing"]),
        (render([line("2026-05", AT_2480 | {"wage": 0})]), ["1", "act4_employer", "amount_differs"]),
        (_malformed(slice(194, 200), b"129999"), ["1", "month", "month_in_future"]),
        (_malformed(slice(194, 200), b"010001"), ["1", "month", "month_before_law"]),
        (render([line("2026-05", AT_2480 | {"wage": 250_001})]), ["1", "act4_employer", "amount_differs"]),
        (render([line("2026-05", AT_2480 | {"act4_employee": 1_226})]), ["1", "act4_employee", "amount_differs"]),
        (render([line("2026-05", AT_2480 | {"act800_employer": 0})]), ["1", "act800_employer", "amount_differs"]),
        (render([line("2026-05", AT_2480 | {"act800_employee": 495})]), ["1", "act800_employee", "amount_differs"]),
    ],
)
async def test_a_bad_line_is_set_aside_with_its_field_and_code(
    register: Register, content: bytes, fault: list[str]
) -> None:
    """A file of nothing else is rejected, and nothing is told."""
    employer, _ = await register.worker_of(started_on="2012-01-02")
    job = await register.sent(employer, content)
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("rejected", 0, 1)
    assert fault in await register.errors(job["file"], party_of(employer))
    assert await register.events("contribution") == []
    assert await register.events("spell.confirmed") == []


@pytest.mark.parametrize(
    ("submitted_on", "layout", "month", "amounts", "state"),
    [
        ("2026-07-10", "v1", "2026-06", {**AT_3050, "skbbk_employee": 0}, "accepted"),
        ("2026-07-10", "v2", "2026-06", AT_3050, "accepted"),
        ("2026-10-01", "v1", "2026-06", {**AT_3050, "skbbk_employee": 0}, "rejected"),
        ("2026-10-01", "v1", "2026-05", AT_2480, "accepted"),
        ("2026-10-01", "v2", "2026-05", AT_2480, "accepted"),
        ("2026-05-31", "v2", "2026-05", AT_2480, "rejected"),
    ],
)
async def test_layouts_are_accepted_by_the_day_of_submission(
    register: Register,
    business_clock: BusinessClock,
    submitted_on: str,
    layout: Layout,
    month: str,
    amounts: dict[str, int],
    state: str,
) -> None:
    """act4 §2.5: both from June 2026, v2 only from October, v1 still for months before June 2026."""
    employer, _ = await register.worker_of()
    business_clock.set(datetime.fromisoformat(f"{submitted_on}T12:00:00+08:00"))
    answer = await register.send(employer, render([line(month, amounts)], layout))
    await register.work_off()
    job = (await register.job(answer.json()["file"], party_of(employer))).json()
    assert job["state"] == state
    if state == "rejected":
        expected = [["1", "skbbk_employee", "layout_not_accepted"]]
        assert await register.errors(job["file"], party_of(employer)) == expected


async def test_two_lines_of_a_person_and_month_are_both_set_aside(register: Register) -> None:
    """Never the first alone, never the last: the key is the person and the month, not the line."""
    employer, _ = await register.worker_of()
    lines = [line("2026-06", AT_2600), line("2026-06", AT_3050), line("2026-05", AT_2480)]
    job = await register.sent(employer, render(lines), params={"month": ["2026-05", "2026-06"]})
    both = [["1", "id", "duplicate_line"], ["2", "id", "duplicate_line"]]
    assert await register.errors(job["file"], party_of(employer)) == both
    assert "with the sum of the wages" in (await register.job(job["file"], party_of(employer), "/errors")).text
    assert [month for month, *_ in await register.lines()] == [202605]


@pytest.mark.parametrize("place", [slice(200, 206), slice(214, 220)])
async def test_a_good_line_beside_a_bad_one_of_the_same_month_is_no_months_wages_either(
    register: Register, place: slice
) -> None:
    """The wage of the other is not known: what is due cannot be either."""
    employer, _ = await register.worker_of()
    bad = bytearray(MAY_V1)
    bad[place] = b"42.85 "
    job = await register.sent(employer, bytes(bad) + MAY_V1)
    assert ["2", "id", "duplicate_line"] in await register.errors(job["file"], party_of(employer))
    assert await register.lines() == []


async def test_who_leaves_and_comes_back_in_one_month_has_one_line_with_the_sum(register: Register) -> None:
    """1 to 10 June at 900.00, 20 to 30 June at 1,100.00: one class at 2,000.00, 34.15 and 9.75 (33.20 and 9.50 apart).

    Each amount by the table of 1 October 2024: classes over RM1,900 to 2,000, over 800 to 900, over 1,000 to 1,100.
    """
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    await register.ended(spell, "2026-06-10")
    await register.spell(person, employer, "2026-06-20")
    first = {"wage": 90_000, "act4_employer": 1_485, "act4_employee": 425, "act800_employer": 170}
    second = {"wage": 110_000, "act4_employer": 1_835, "act4_employee": 525, "act800_employer": 210}
    two = [line("2026-06", first | {"act800_employee": 170}), line("2026-06", second | {"act800_employee": 210})]
    assert (await register.sent(employer, render(two, "v2")))["state"] == "rejected"
    total = {"wage": 200_000, "act4_employer": 3_415, "act4_employee": 975, "act800_employer": 390}
    total |= {"act800_employee": 390, "skbbk_employee": 1_465}
    assert (await register.sent(employer, render([line("2026-06", total)])))["state"] == "accepted"
    assert await register.lines() == [(202606, number_of(person), 200_000, 1_465, 1)]


async def test_a_number_of_two_of_the_employers_people_is_set_aside_and_of_others_people_is_not(
    register: Register,
) -> None:
    """The same digits as MyKad and as SSFW number; the second person works elsewhere first."""
    employer, person = await register.worker_of()
    foreign = await register.person(MYKAD, kind="ssfw", residence="foreign_worker", another_person=True)
    await register.spell(foreign, await register.employer(OTHER_CODE))
    job = await register.sent(employer, MAY_V1)
    assert job["state"] == "accepted"
    assert (await register.events("contributions.received"))[0]["persons"] == [number_of(person)]
    await register.spell(foreign, employer)
    job = await register.sent(employer, months_at_2480("2026-04"))
    assert await register.errors(job["file"], party_of(employer)) == [["1", "id", "id_ambiguous"]]


async def test_the_name_tells_which_of_two_with_one_number_is_meant(register: Register) -> None:
    """The same digits as MyKad and as SSFW number, and two names."""
    employer, person = await register.worker_of()
    who = {"kind": "ssfw", "residence": "foreign_worker", "another_person": True}
    foreign = await register.person(MYKAD, name="RAHMAN KHAN", **who)
    await register.spell(foreign, employer)
    guest = {**AT_2480, "act800_employer": 0, "act800_employee": 0}
    lines = [line("2026-05", AT_2480), line("2026-05", guest, name="RAHMAN KHAN")]
    assert (await register.sent(employer, render(lines)))["state"] == "accepted"
    assert [who for _, who, *_ in await register.lines()] == [number_of(person), number_of(foreign)]


async def test_amounts_go_by_category_and_residence(register: Register) -> None:
    """First liable at 56: second category, EI alone, and no Act 800 at 60; a foreign worker: Act 4, no Act 800."""
    employer = await register.employer()
    old = await register.person(OTHER_MYKAD, born_on="1965-06-15")
    foreign = await register.person("123456789012", kind="ssfw", residence="foreign_worker")
    await register.spell(old, employer, "2021-07-01")
    await register.spell(foreign, employer, "2025-01-01")
    guest = {**AT_2480, "act800_employer": 0, "act800_employee": 0}
    lines = [line("2026-05", SECOND_2480, id_=OTHER_MYKAD), line("2026-05", guest, id_="123456789012")]
    assert (await register.sent(employer, render(lines)))["state"] == "accepted"
    (told,) = await register.events("contributions.received")
    assert (told["act4_employer_sen"], told["act4_employee_sen"]) == ([3_060, 4_285], [0, 1_225])


@pytest.mark.parametrize("month", ["2013-01", "2017-12", "2018-12"])
async def test_a_foreign_workers_month_before_they_were_covered_is_set_aside_and_the_file_gets_through(
    register: Register, month: str
) -> None:
    """Act 4 is open to foreign workers since 1 January 2019; the other line is taken, and no watermark is held."""
    employer, _ = await register.worker_of()
    foreign = await register.person("123456789012", kind="ssfw", residence="foreign_worker")
    await register.spell(foreign, employer, "2012-01-02")
    guest = {**AT_2480, "act800_employer": 0, "act800_employee": 0}
    early = line(month, guest, id_="123456789012")
    job = await register.sent(employer, render([early, line("2026-05", AT_2480)], "v1"))
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("partly_rejected", 1, 1)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_before_law"]]
    async with register.service.database.connection() as connection:
        await connection.execute("UPDATE outbox SET published_at = clock_timestamp()")
        assert await held_back(connection) is None


async def test_lines_travel_in_chunks(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """11 people of one employer in one month, ten to an event: two events, one total of 11 lines, 11 confirmations."""
    assert LINES_IN_AN_EVENT == 1_000
    monkeypatch.setattr(contribution_received, "LINES_IN_AN_EVENT", 10)
    employer = await register.employer()
    ids = [f"{number:012d}" for number in range(1, 12)]
    await _hire(register, employer, ids)
    guest = {**AT_2480, "act800_employer": 0, "act800_employee": 0}
    job = await register.sent(employer, render([line("2026-05", guest, id_=id_) for id_ in ids]))
    assert (job["state"], job["accepted_lines"]) == ("accepted", 11)
    told = await register.events("contributions.received")
    assert [len(event["persons"]) for event in told] == [10, 1]
    (totals,) = await register.events("contribution.totals")
    assert (totals["lines"], totals["act4_employer_sen"]) == (11, 11 * 4_285)
    assert len(await register.events("spell.confirmed")) == 11


async def test_a_spell_is_confirmed_only_by_a_month_in_which_it_has_a_day(register: Register) -> None:
    """A line of no wages proves nothing; the hire of 15 September is proved by September's."""
    employer, _ = await register.worker_of(started_on="2026-09-15")
    await register.sent(employer, render([line("2026-09", NOTHING)]))
    assert await register.events("spell.confirmed") == []
    await register.sent(employer, render([line("2026-09", AT_2600)]))
    (confirmed,) = await register.events("spell.confirmed")
    assert (confirmed["confirmed_month"], confirmed["wage_sen"]) == ("2026-09", 260_000)


@pytest.mark.parametrize("year", [2026, 2040])
async def test_an_unfinished_file_holds_the_watermark_at_its_receipt_until_its_events_are_sent(
    register: Register, business_clock: BusinessClock, year: int
) -> None:
    """From the upload over the work to the relay's mark (rules M5), whatever the business clock shows."""
    employer, _ = await register.worker_of()
    business_clock.set_day(year, 7, 20)
    async with register.service.database.connection() as connection:
        await connection.execute("UPDATE outbox SET published_at = clock_timestamp()")
        assert await held_back(connection) is None
        file = (await register.send(employer, MAY_V1)).json()["file"]
        receipt = await connection.fetchval("SELECT stored_at FROM contribution_file")
        assert await held_back(connection) == receipt
        assert abs(receipt - system_now()) < timedelta(minutes=1)
        with pytest.raises(Died):
            await register.process(file, dies=True)
        assert await held_back(connection) == receipt
        await register.work_off()
        assert await connection.fetchval("SELECT finished_at IS NOT NULL FROM contribution_file")
        assert await held_back(connection) == receipt
        await connection.execute("UPDATE outbox SET published_at = clock_timestamp()")
        assert await held_back(connection) is None
        assert await register.service.worker.work.held_back(connection) is None


async def test_a_worker_that_dies_in_the_work_leaves_the_file_as_received_and_the_next_one_does_all_of_it(
    register: Register,
) -> None:
    """One good line and one bad: before, nothing of it stands; afterwards everything, once."""
    employer, _ = await register.worker_of()
    content = MAY_V1 + render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])
    file = (await register.send(employer, content)).json()["file"]
    with pytest.raises(Died):
        await register.process(file, dies=True)
    assert (await register.job(file, party_of(employer))).json()["state"] == "received"
    assert await register.events("contribution") == []
    assert await register.rows("SELECT 1 FROM contribution_line") == []
    await register.work_off()
    job = (await register.job(file, party_of(employer))).json()
    assert (job["state"], job["accepted_lines"], job["rejected_lines"]) == ("partly_rejected", 1, 1)
    assert len(await register.events("contributions.received")) == 1
    assert await register.errors(file, party_of(employer)) == [["2", "id", "person_unknown"]]


async def _hire(register: Register, employer: str, ids: list[str]) -> None:
    """Register many foreign workers with a spell since 2025, through the repositories in one transaction."""
    caller = Caller("test", "organisation:1", Role.OFFICER, frozenset())
    start = date(2025, 1, 1)
    app = register.service.app
    async with app.state.database.begin(app.state.unit, Cause("test"), caller) as uow:
        for id_ in ids:
            who = NationalId(IdKind.SSFW, id_)
            born_on, residence = date(1995, 1, 1), Residence.FOREIGN_WORKER
            person = await register_person(RegisterPerson("Ahmad bin Ali", who, born_on, residence, None, "test"), uow)
            await start_spell(StartSpell(person, employer_number(employer), start, start, "test"), uow)
