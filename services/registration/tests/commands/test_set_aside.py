"""What of a contribution line is taken and what is set aside: another's name, no employment, the SKBBK, a withdrawal.

Amounts at RM2,500.00 by the tables of 1 October 2024 and of 1 June 2026 (SKBBK): 42.85, 12.25, 4.90, 4.90, 18.35.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.event import listen, remove

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    AT_3050,
    MYKAD,
    NOTHING,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
    self_of,
)
from shared.testing.clock import BusinessClock

AT_2500 = {"wage": 250_000, "act4_employer": 4_285, "act4_employee": 1_225, "act800_employer": 490}
AT_2500 |= {"act800_employee": 490}
WITH_SKBBK, RELEASED = {**AT_2500, "skbbk_employee": 1_835}, {**AT_2500, "skbbk_employee": 0}
AHMAD, SITI = "AHMAD BIN ALI", "SITI BINTI OMAR"
JUNE, JULY = 202606, 202607


async def test_a_line_with_a_colleagues_number_is_set_aside_by_its_name(register: Register) -> None:
    """One of two workers, with the number of the other: a sen on the wrong person is the worst false accept."""
    employer, _ = await register.worker_of()
    siti = await register.person(OTHER_MYKAD, name=SITI)
    await register.spell(siti, employer)
    await register.sent(employer, render([line("2026-06", AT_2600, id_=OTHER_MYKAD, name=SITI)]))
    job = await register.sent(employer, render([line("2026-06", WITH_SKBBK, id_=OTHER_MYKAD, name=AHMAD)]))
    assert (job["state"], job["accepted_lines"]) == ("rejected", 0)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "name", "name_differs"]]
    assert await register.lines() == [(JUNE, number_of(siti), 260_000, 1_915, 1)]
    text = (await register.job(job["file"], party_of(employer), "/errors")).text
    assert "SITI" not in text
    assert "AHMAD" not in text


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        ("Ahmad bin Ali", "AHMAD  B. ALI"),
        ("RAJU A/L MUTHU", "RAJU A / L MUTHU"),
        ("LIM @ TAN AH KOW", "TAN AH KOW"),
        ("NUR 'AIN BINTI SA'ADIAH", "NUR AIN BT SAADIAH"),
        ("José D'Silva", "JOSÉ D'SILVA"),
        (unicodedata.normalize("NFD", "José D'Silva"), "José D'Silva"),
        ("AHM\u200bAD BIN ALI", "AHMAD BIN ALI"),
        ("陳美玲", "陳美玲"),
        ("X" * 150, "X" * 150),
        ("Y", "Y"),
    ],
)
async def test_small_differences_and_what_the_files_alphabet_lacks_still_match(
    register: Register, registered: str, written: str
) -> None:
    """The register is UTF-8, the file ISO 8859-1."""
    employer, person = await register.employer(), await register.person(name=registered)
    await register.spell(person, employer)
    job = await register.sent(employer, render([line("2026-05", AT_2480, name=written)]))
    assert await register.errors(job["file"], party_of(employer)) == []
    assert job["state"] == "accepted"


async def test_a_month_is_withdrawn_and_declared_again(register: Register) -> None:
    """2,480.00, then 0.00, then 2,480.00: each is a higher revision, and the totals tell the difference."""
    employer, person = await register.worker_of()
    for amounts in (AT_2480, NOTHING, AT_2480):
        assert (await register.sent(employer, render([line("2026-05", amounts)])))["state"] == "accepted"
    told = await register.events("contributions.received")
    assert [(*event["revisions"], *event["wages_sen"]) for event in told] == [(1, 248_000), (2, 0), (3, 248_000)]
    totals = await register.events("contribution.totals")
    assert [(each["act4_employer_sen"], each["act800_employee_sen"]) for each in totals] == [
        (4_285, 490),
        (-4_285, -490),
        (4_285, 490),
    ]
    assert await register.lines() == [(202605, number_of(person), 248_000, 0, 3)]


async def test_a_withdrawal_wins_over_what_was_received_before_it_in_whatever_order_they_are_worked_off(
    register: Register,
) -> None:
    """The withdrawal is worked off while the first file is still in work."""
    employer, person = await register.worker_of()
    older = (await register.send(employer, render([line("2026-06", AT_3050)]))).json()["file"]
    newer = (await register.send(employer, render([line("2026-06", NOTHING)]))).json()["file"]
    for file in (newer, older):
        await register.process(file)
    assert await register.lines() == [(JUNE, number_of(person), 0, 0, 1)]
    listed = await register.as_party("GET", f"/v1/persons/{person}/contributions", "registration:contribution:read")
    assert [each["wage"]["amount"] for each in listed.json()["data"]] == ["0.00"]


async def test_a_withdrawal_brings_no_amount(register: Register) -> None:
    """A contribution without wages is not taken, and the errors say that nothing is due."""
    employer, _ = await register.worker_of()
    job = await register.sent(employer, render([line("2026-05", AT_2480 | {"wage": 0})]))
    text = (await register.job(job["file"], party_of(employer), "/errors")).text.splitlines()
    assert [row.split(",")[1] for row in text[1:]] == [
        "act4_employee",
        "act4_employer",
        "act800_employee",
        "act800_employer",
    ]
    assert all(row.endswith('Due: 0.00.",0.00') for row in text[1:])


@pytest.mark.parametrize(
    ("month", "who", "skbbk", "faults"),
    [
        ("2026-07", {}, 1_835, []),
        ("2026-07", {}, 0, ["18.35"]),
        ("2026-07", {}, 1_225, ["18.35"]),
        ("2026-06", {}, 0, ["18.35"]),
        ("2026-07", {"residence": "foreign_worker"}, 0, ["18.35"]),
        ("2026-05", {}, 1_835, ["0.00"]),
    ],
)
async def test_an_skbbk_that_is_not_due_so_is_set_aside_by_itself(
    register: Register, month: str, who: dict[str, str], skbbk: int, faults: list[str]
) -> None:
    """Act 4 and EIS are owed all the same. Nobody here is released: in June all take part, later whoever was silent."""
    employer, person = await register.employer(), await register.person(**who)
    await register.spell(person, employer)
    amounts = {**AT_2500, "skbbk_employee": skbbk}
    if who:
        amounts |= {"act800_employer": 0, "act800_employee": 0}
    job = await register.sent(employer, render([line(month, amounts)]))
    assert (job["state"], job["accepted_lines"]) == ("partly_rejected" if faults else "accepted", 1)
    rows = (await register.job(job["file"], party_of(employer), "/errors")).text.splitlines()[1:]
    assert [row.rpartition(",")[2] for row in rows] == faults
    assert [row.split(",")[:3] for row in rows] == [["1", "skbbk_employee", "amount_differs"]] * len(faults)
    assert job["months"][0]["act4_employer"]["amount"] == "42.85"
    taken = 0 if faults else skbbk
    assert await register.lines() == [(int(month.replace("-", "")), number_of(person), 250_000, taken, 1)]


async def test_another_employer_may_deduct_the_skbbk(register: Register) -> None:
    """One of several employers deducts it, in June too (act4 §1.1): that of the other owes none."""
    employer, person = await register.worker_of()
    await register.spell(person, await register.employer(OTHER_CODE), "2026-06-15")
    job = await register.sent(employer, render([line("2026-06", RELEASED)]))
    assert job["state"] == "accepted"


@pytest.mark.parametrize(
    ("month", "skbbk", "faults", "taken"),
    [
        ("2026-06", 0, ["amount_differs"], 0),
        ("2026-06", 1_835, [], 1_835),
        ("2026-07", 0, [], 0),
        ("2026-07", 1_835, ["skbbk_released"], 0),
        ("2026-07", 1_225, ["skbbk_released"], 0),
        ("2026-08", 0, ["amount_differs"], 0),
        ("2026-08", 1_835, [], 1_835),
    ],
)
async def test_a_released_worker_owes_nothing_for_a_month_that_is_out_and_loses_nothing_else(
    register: Register, business_clock: BusinessClock, month: str, skbbk: int, faults: list[str], taken: int
) -> None:
    """Released in July, back in August: June is mandatory, July is out, August is owed again."""
    employer, person = await _released(register, business_clock)
    job = await register.sent(employer, render([line(month, {**AT_2500, "skbbk_employee": skbbk})]))
    assert (job["state"], job["accepted_lines"]) == ("partly_rejected" if faults else "accepted", 1)
    rows = (await register.job(job["file"], party_of(employer), "/errors")).text.splitlines()[1:]
    assert [row.split(",")[:3] for row in rows] == [["1", "skbbk_employee", code] for code in faults]
    due = {"amount_differs": "18.35", "skbbk_released": "0.00"}
    assert [row.rpartition(",")[2] for row in rows] == [due[code] for code in faults]
    assert job["months"][0]["act4_employer"]["amount"] == "42.85"
    assert await register.lines() == [(int(month.replace("-", "")), number_of(person), 250_000, taken, 1)]


async def test_act_4_of_a_released_worker_is_checked_as_before(
    register: Register, business_clock: BusinessClock
) -> None:
    employer, _ = await _released(register, business_clock)
    job = await register.sent(employer, render([line("2026-07", {**RELEASED, "act4_employee": 1_220})]))
    assert (job["state"], job["accepted_lines"]) == ("rejected", 0)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "act4_employee", "amount_differs"]]


async def test_what_was_deducted_before_the_release_is_claimed_back_by_a_line_of_nothing(
    register: Register, business_clock: BusinessClock
) -> None:
    """July stood at 18.35 when the release freed it: sent again it is not owed, and stays; 0.00 brings it back."""
    business_clock.set_day(2026, 8, 10)
    employer, person = await register.worker_of()
    july = render([line("2026-07", WITH_SKBBK)])
    assert (await register.sent(employer, july))["state"] == "accepted"
    await register.stated_skbbk(person, "release", self_of(person))
    assert (await register.sent(employer, july))["state"] == "partly_rejected"
    assert await register.lines() == [(JULY, number_of(person), 250_000, 1_835, 1)]
    assert (await register.sent(employer, render([line("2026-07", RELEASED)], "v1")))["state"] == "accepted"
    assert await register.lines() == [(JULY, number_of(person), 250_000, 1_835, 1)], "v1 says nothing of it"
    assert (await register.sent(employer, render([line("2026-07", RELEASED)])))["state"] == "accepted"
    assert await register.lines() == [(JULY, number_of(person), 250_000, 0, 2)]
    totals = await register.events("contribution.totals")
    assert [each["skbbk_employee_sen"] for each in totals] == [1_835, -1_835]


async def test_who_takes_part_is_asked_of_the_database_once_for_a_file(
    register: Register, business_clock: BusinessClock
) -> None:
    """However many lines it has."""
    employer, _ = await _released(register, business_clock)
    siti = await register.person(OTHER_MYKAD, name=SITI)
    await register.spell(siti, employer)
    lines = [line("2026-07", RELEASED), line("2026-07", WITH_SKBBK, id_=OTHER_MYKAD, name=SITI)]
    asked = []
    for sent in (lines[:1], lines):
        file = (await register.send(employer, render(sent))).json()["file"]
        with _statements(register) as seen:
            await register.process(file)
        asked.append(sum("membership" in statement for statement in seen))
        assert await register.errors(file, party_of(employer)) == []
    assert asked == [1, 1]


@pytest.mark.parametrize("in_order", [True, False])
async def test_an_skbbk_that_is_set_aside_leaves_the_one_that_stood(register: Register, in_order: bool) -> None:
    """Else June's 18.35 would come back as a refund; in whatever order two files are worked off."""
    employer, person = await register.worker_of()
    first = (await register.send(employer, render([line("2026-06", WITH_SKBBK)]))).json()["file"]
    second = (await register.send(employer, render([line("2026-06", {**AT_2600, "skbbk_employee": 0})]))).json()["file"]
    for file in (first, second) if in_order else (second, first):
        await register.process(file)
    assert await register.lines() == [(JUNE, number_of(person), 260_000, 1_835, 2)]


async def test_a_line_of_layout_v1_says_nothing_of_the_skbbk(register: Register, business_clock: Any) -> None:
    """It has no place for it: what stood for June stays, and a withdrawal takes it away."""
    employer, person = await register.worker_of()
    business_clock.set_day(2026, 7, 10)
    await register.sent(employer, render([line("2026-06", WITH_SKBBK)]))
    assert (await register.sent(employer, render([line("2026-06", AT_2600)], "v1")))["state"] == "accepted"
    assert await register.lines() == [(JUNE, number_of(person), 260_000, 1_835, 2)]
    await register.sent(employer, render([line("2026-06", NOTHING)], "v1"))
    assert await register.lines() == [(JUNE, number_of(person), 0, 0, 3)]


@pytest.mark.parametrize("month", ["2026-06", "2026-07", "2024-02"])
async def test_wages_of_a_month_outside_every_employment_are_set_aside(register: Register, month: str) -> None:
    """June at RM5,900.00 after a spell from March 2024 that ended on 31 May at RM1,500.00: it rates nothing."""
    employer, person = await _until_may(register)
    high = {"wage": 590_000, "act4_employer": 10_325, "act4_employee": 2_950, "act800_employer": 1_180}
    high |= {"act800_employee": 1_180, "skbbk_employee": 4_425 if month >= "2026-06" else 0}
    job = await register.sent(employer, render([line(month, high)]))
    assert job["state"] == "rejected"
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_outside_employment"]]
    assert await register.lines() == [(202605, number_of(person), 248_000, 0, 1)]


async def test_a_month_of_another_employment_is_outside_too(register: Register) -> None:
    """She works for somebody else by then."""
    employer, person = await _until_may(register)
    await register.spell(person, await register.employer(OTHER_CODE), "2026-06-01")
    job = await register.sent(employer, render([line("2026-06", WITH_SKBBK)]))
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_outside_employment"]]


async def test_what_stands_for_a_month_outside_employment_can_be_withdrawn(register: Register) -> None:
    """An officer said only afterwards that she left in May."""
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    await register.sent(employer, render([line("2026-06", WITH_SKBBK)]))
    await register.ended(spell, "2026-05-31")
    assert (await register.sent(employer, render([line("2026-06", NOTHING)])))["state"] == "accepted"
    assert await register.lines() == [(JUNE, number_of(person), 0, 0, 2)]


async def test_a_month_is_taken_once_an_officer_has_corrected_the_end(register: Register) -> None:
    """She left on 30 June, not on 31 May."""
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    await register.ended(spell, "2026-05-31")
    june = render([line("2026-06", WITH_SKBBK)])
    assert (await register.sent(employer, june))["state"] == "rejected"
    await register.ended(spell, "2026-06-30")
    assert (await register.sent(employer, june))["state"] == "accepted"


async def _released(register: Register, business_clock: BusinessClock) -> tuple[str, str]:
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.worker_of()
    await register.stated_skbbk(person, "release", self_of(person))
    business_clock.set_day(2026, 8, 20)
    await register.stated_skbbk(person, "return", self_of(person))
    return employer, person


@contextmanager
def _statements(register: Register) -> Iterator[list[str]]:
    """What the worker asks of its database meanwhile."""
    seen: list[str] = []
    engine = register.service.worker.database.engine.sync_engine

    def keep(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    listen(engine, "before_cursor_execute", keep)
    try:
        yield seen
    finally:
        remove(engine, "before_cursor_execute", keep)


async def _until_may(register: Register) -> tuple[str, str]:
    employer, person = await register.employer(), await register.person(MYKAD)
    spell = await register.spell(person, employer)
    await register.sent(employer, months_at_2480("2026-05"))
    await register.ended(spell, "2026-05-31")
    return employer, person
