"""Opening data: what an earlier system knew is checked, released by two officers, loaded once, and then known here."""

import asyncio
import csv
import io
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from services.registration.commands.load_opening import LoadOpening, load_opening
from services.registration.domain import opening
from services.registration.domain.opening import OpeningKind
from services.registration.files.contribution_file import render
from services.registration.files.opening_file import HEADERS, OPTIONAL
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    CODE,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Died,
    Register,
    line,
    number_of,
    party_of,
    register_on,
    self_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import employer_id, person_id
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

WRITE, READ = "registration:opening_file:write", "registration:opening_file:read"
PATH = "/v1/opening-files"
EMPLOYERS = [f"{CODE},KILANG MAJU SDN BHD,202001012345", f"{OTHER_CODE},LADANG HIJAU SDN BHD,"]
PERSONS = [
    f"mykad,{MYKAD},Ahmad bin Ali,1990-01-01,citizen",
    f'mykad,{OTHER_MYKAD},"LIM AH KOW, @ TAN",1985-06-15,citizen',
    "passport,ZZ0000001,SITI A/P RAMU,1991-02-03,foreign_worker",
]
SPELLS = [
    f"mykad,{MYKAD},{CODE},2015-03-01,",
    f"mykad,{MYKAD},{OTHER_CODE},2020-01-01,2020-06-30",
    f"mykad,{OTHER_MYKAD},{CODE},2016-01-01,2020-12-31",
    f"passport,ZZ0000001,{CODE},2022-01-01,",
]
# Two wages of one employment, as an earlier system holds them.
MONTHS = [
    f"mykad,{MYKAD},{CODE},2024-01,2025-12,2300.00,39.35,11.25,4.50,4.50,0.00",
    f"mykad,{MYKAD},{CODE},2026-01,2026-10,2480.00,42.85,12.25,4.90,4.90,0.00",
]
FILES = {"employers": EMPLOYERS, "persons": PERSONS, "spells": SPELLS, "months": MONTHS}


# Who sends: the one officer of the tests who has no name of its own.
SENDER = "organisation:1"


def content(kind: str, rows: Sequence[str], end: str = "\r\n") -> bytes:
    """With the columns that may be left out where the rows have them."""
    of = OpeningKind(kind)
    header = ",".join(HEADERS[of])
    if rows and '"' not in rows[0] and rows[0].count(",") > header.count(","):
        header = ",".join((*HEADERS[of], *OPTIONAL[of]))
    return end.join([header, *rows, ""]).encode()


async def send(register: Register, kind: str, rows: Sequence[str], **how: Any) -> httpx.Response:
    return await register.service.call(
        "POST",
        f"{PATH}?kind={kind}",
        scopes=[WRITE],
        content=content(kind, rows, **how),
        headers={"content-type": "text/csv"},
    )


async def read(register: Register, file: str, what: str = "") -> httpx.Response:
    return await register.service.call("GET", f"{PATH}/{file}{what}", scopes=[READ])


async def checked(register: Register, kind: str, rows: Sequence[str]) -> dict[str, Any]:
    answer = await send(register, kind, rows)
    assert answer.status_code == 202, answer.text
    await register.work_off()
    found: dict[str, Any] = (await read(register, answer.json()["opening_file"])).json()
    return found


async def released(register: Register, kind: str = "opening_released") -> None:
    answer = await register.decided("opening_file", kind)
    assert answer.status_code == 201, answer.text


async def loaded(register: Register, kind: str, rows: Sequence[str]) -> dict[str, Any]:
    file = await checked(register, kind, rows)
    assert file["state"] == "checked"
    await released(register)
    await register.work_off()
    found: dict[str, Any] = (await read(register, file["opening_file"])).json()
    return found


async def everything(register: Register) -> None:
    for kind, rows in FILES.items():
        file = await loaded(register, kind, rows)
        assert (file["state"], file["loaded"]) == ("loaded", {"new": len(rows), "known": 0, "rejected": 0})


async def counts(register: Register) -> list[int]:
    tables = ("employer", "person", "national_id", "person_fact", "spell", "spell_fact", "membership", "opening_month")
    return [(await register.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in tables]  # noqa: S608


async def number_behind(register: Register, name_part: int) -> int:
    return int((await register.rows("SELECT person FROM person ORDER BY person"))[name_part][0])


async def test_nothing_is_written_before_two_officers_release_it_and_then_cover_is_known(register: Register) -> None:
    await loaded(register, "employers", EMPLOYERS)
    file = await checked(register, "persons", PERSONS)
    assert file["checked"] == {"new": 3, "known": 0, "rejected": 0}
    assert await register.rows("SELECT 1 FROM person") == []
    alone = await register.decided("opening_file", "opening_released", "officer-1", "officer-1")
    assert alone.status_code == 403
    assert await register.rows("SELECT 1 FROM person") == []
    (task,) = await register.waiting("opening_file")
    assert task["facts"] == {"kind": "persons", "lines": 3, "new": 3, "known": 0, "rejected": 0}
    own = await register.act(task, "approvals", SENDER, revision=task["revision"])
    assert (own.status_code, own.json()["code"]) == (403, "opening_file_of_oneself")


async def test_what_was_loaded_is_known_as_if_it_had_been_registered(register: Register) -> None:
    await everything(register)
    person = person_id(await number_behind(register, 0))
    cover = await register.as_party("GET", f"/v1/persons/{person}/cover?at=2026-09-15", "registration:cover:read")
    assert cover.status_code == 200, cover.text
    found = cover.json()
    assert found["category"] == "first"
    assert {fact["kind"]: fact["source"] for fact in found["facts"]} == {
        "birth": "opening",
        "residence": "opening",
        "spell": "opening",
        "contribution": "opening",
    }
    read_person = await register.as_party("GET", f"/v1/persons/{person}", "registration:person:read")
    assert (read_person.json()["name"], read_person.json()["born_on"]) == ("Ahmad bin Ali", "1990-01-01")
    employer = (await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0][0]
    seen = await register.as_party("GET", f"/v1/persons/{person}", "registration:person:read", f"employer:{employer}")
    assert seen.status_code == 200
    stranger = await register.as_party("GET", f"/v1/persons/{person}", "registration:person:read", "employer:999")
    assert stranger.status_code == 404


async def test_memberships_are_those_of_a_registration_one_by_one(register: Register) -> None:
    await everything(register)
    query = "SELECT scheme, periods, statements FROM membership WHERE person = $1 ORDER BY scheme"
    taken = await register.rows(query, await number_behind(register, 0))
    employer = (await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0][0]
    other = (await register.rows("SELECT employer FROM employer WHERE code = $1", OTHER_CODE))[0][0]
    person = await register.person("900202145678", born_on="1990-01-01")
    await register.spell(person, employer_id(employer), "2015-03-01")
    await register.ended(await register.spell(person, employer_id(other), "2020-01-01"), "2020-06-30")
    assert [tuple(row) for row in taken] == [tuple(row) for row in await register.rows(query, number_of(person))]


async def test_months_are_shown_and_a_line_sent_now_brings_the_difference(register: Register) -> None:
    await everything(register)
    number = await number_behind(register, 0)
    person = person_id(number)
    path = f"/v1/persons/{person}/contributions?limit=100"
    shown = (await register.as_party("GET", path, "registration:contribution:read", self_of(person))).json()["data"]
    assert len(shown) == 34
    assert (shown[0]["month"], shown[-1]["month"], shown[-1]["wage"]["amount"]) == ("2024-01", "2026-10", "2480.00")
    employer = employer_id((await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0][0])
    totals_before = len(await register.events("contribution.totals"))
    job = await register.sent(employer, render([line("2026-04", AT_2480)]))
    await register.work_off()
    assert len(await register.events("contribution.totals")) == totals_before
    assert (await register.job(job["file"], party_of(employer))).json()["state"] == "accepted"
    await register.sent(employer, render([line("2026-03", AT_3050 | {"skbbk_employee": 0})]))
    await register.work_off()
    (totals,) = (await register.events("contribution.totals"))[totals_before:]
    assert (totals["month"], totals["act4_employer_sen"]) == (
        "2026-03",
        AT_3050["act4_employer"] - AT_2480["act4_employer"],
    )
    shown = (await register.as_party("GET", path, "registration:contribution:read", self_of(person))).json()["data"]
    assert len(shown) == 34
    # With the months of before the rest stands on the second page.
    months, scope = f"/v1/persons/{person}/months?limit=100", "registration:contribution:read"
    first = (await register.as_party("GET", months, scope)).json()
    rest = await register.as_party("GET", f"{months}&cursor={first['next_cursor']}", scope)
    states = {each["month"]: (each["state"], each["wage"]) for each in rest.json()["data"]}
    assert [month for month, (_, wage) in states.items() if wage is not None] == [each["month"] for each in shown]
    sent = {month for month, (state, wage) in states.items() if wage and state != "taken_over"}
    assert sent == {"2026-03", "2026-04"}
    assert states["2026-03"] == ("unpaid", {"amount": "3050.00", "currency": "MYR"})


async def test_the_same_file_and_the_same_rows_change_nothing(register: Register) -> None:
    await everything(register)
    before, events = await counts(register), len(await register.events())
    for kind, rows in FILES.items():
        again = await send(register, kind, rows)
        assert again.json()["state"] == "loaded"
        file = await loaded(register, kind, list(reversed(rows)))
        assert file["checked"] == file["loaded"] == {"new": 0, "known": len(rows), "rejected": 0}
    assert (await counts(register), len(await register.events())) == (before, events)


async def test_a_killed_load_goes_on_where_it_was(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ROWS_IN_A_PIECE", 1)
    monkeypatch.setattr("services.registration.storage.opening_files.ROWS_IN_A_PIECE", 1)
    await loaded(register, "employers", EMPLOYERS)
    file = (await checked(register, "persons", PERSONS))["opening_file"]
    await released(register)
    worker = register.service.worker
    for piece in range(2):
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await load_opening(LoadOpening(file, piece), uow)

    async def dies() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await load_opening(LoadOpening(file, 2), uow)
            raise Died

    with pytest.raises(Died):
        await dies()
    assert len(await register.rows("SELECT 1 FROM person")) == 2
    assert (await read(register, file)).json()["loaded"] == {"new": 2, "known": 0, "rejected": 0}
    await register.work_off()
    assert (await read(register, file)).json()["state"] == "loaded"
    assert len(await register.rows("SELECT 1 FROM person")) == 3


async def test_lines_that_are_set_aside_come_back_byte_for_byte(register: Register) -> None:
    await loaded(register, "employers", EMPLOYERS)
    await loaded(register, "persons", [PERSONS[0], PERSONS[2]])
    rows = [
        PERSONS[0],
        f"mykad,{MYKAD},Somebody Else,1990-01-01,citizen",
        "mykad,12, X ,1990-01-01,citizen",
        "passport,ZZ1234567,MEI  LING,2990-01-01,citizen",
        'passport,ZZ1234568,"NUR \'AIN",1990-01-01,tourist',
        "passport,ZZ1234569,---,1990-01-01,citizen",
        f"passport,{MYKAD},Ahmad bin Ali,1990-01-01,citizen",
        "one,two",
        "passport,ZZ0000001,SITI A/P RAMU,1991-02-04,foreign_worker",
        PERSONS[1],
    ]
    file = await checked(register, "persons", rows)
    assert file["checked"] == {"new": 1, "known": 1, "rejected": 8}
    errors = list(csv.reader(io.StringIO((await read(register, file["opening_file"], "/errors")).text)))
    assert errors[1:] == [
        ["2", "line", "repeated_in_file"],
        ["3", "id_number", "national_id_invalid"],
        ["4", "born_on", "day_malformed"],
        ["5", "residence", "residence_unknown"],
        ["6", "name", "name_without_letters"],
        ["7", "line", "repeated_in_file"],
        ["8", "line", "line_malformed"],
        ["9", "line", "differs_from_known"],
    ]
    returned = (await read(register, file["opening_file"], "/rejected-lines")).content
    assert returned == content("persons", rows[1:9])
    await released(register)
    await register.work_off()
    assert (await read(register, file["opening_file"])).json()["loaded"] == {"new": 1, "known": 1, "rejected": 8}
    other = await checked(register, "persons", [f"passport,{MYKAD},Ahmad bin Ali,1990-01-01,citizen"])
    assert "id_number,national_id_of_another" in (await read(register, other["opening_file"], "/errors")).text


async def test_spells_and_months_that_contradict_what_is_known_are_set_aside(register: Register) -> None:
    await everything(register)
    bad = [
        f"mykad,{MYKAD},{CODE},2014-01-01,2016-01-01",
        f"mykad,{MYKAD},{CODE},1989-01-01,1989-12-31",
        f"mykad,900303145678,{CODE},2015-03-01,",
        f"mykad,{MYKAD},Z9999999999Z,2015-03-01,",
        f"mykad,{MYKAD},{CODE},2015-03-02,2015-03-01",
    ]
    spells = await checked(register, "spells", bad)
    errors = (await read(register, spells["opening_file"], "/errors")).text.split()
    assert [each.split(",")[2] for each in errors[1:]] == [
        "spell_overlaps",
        "before_birth",
        "person_unknown",
        "employer_unknown",
        "ends_before_it_begins",
    ]
    await released(register, "opening_dropped")
    amounts = "2480.00,42.85,12.25,4.90,4.90,0.00"
    bad = [
        f"mykad,{MYKAD},{CODE},2025-12,2026-02,{amounts}",
        f"mykad,{MYKAD},{OTHER_CODE},2020-06,2020-07,{amounts}",
        f"mykad,{MYKAD},{OTHER_CODE},2020-06,2020-06,0.00,0.00,0.00,0.00,0.00,0.00",
        f"mykad,{MYKAD},{OTHER_CODE},2020-06,2020-06,1.0,0.00,0.00,0.00,0.00,0.00",
    ]
    months = await checked(register, "months", bad)
    errors = (await read(register, months["opening_file"], "/errors")).text.split()
    assert [each.split(",")[2] for each in errors[1:]] == [
        "months_overlap",
        "months_outside_employment",
        "amount_malformed",
        "amount_malformed",
    ]
    await released(register, "opening_dropped")
    assert (await read(register, months["opening_file"])).json()["state"] == "dropped"


async def test_the_api_takes_the_same_rows(register: Register) -> None:
    mykad = {"kind": "mykad", "number": MYKAD}
    nothing = {"amount": "0.00", "currency": "MYR"}
    amounts = dict.fromkeys(("act4_employer", "act4_employee", "act800_employer", "act800_employee"), nothing)
    body = {
        "employers": [{"employer_code": CODE, "name": "KILANG, MAJU"}],
        "persons": [{"national_id": mykad, "name": "Ahmad bin Ali", "born_on": "1990-01-01", "residence": "citizen"}],
        "spells": [{"national_id": mykad, "employer_code": CODE, "first_day": "2015-03-01"}],
        "months": [
            {
                "national_id": mykad,
                "employer_code": CODE,
                "first_month": "2024-01",
                "last_month": "2024-12",
                "wage": {"amount": "2480.00", "currency": "MYR"},
                "skbbk_employee": nothing,
                **amounts,
            }
        ],
    }
    for kind, rows in body.items():
        answer = await register.as_party("POST", "/v1/opening-statements", WRITE, json={kind: rows})
        assert answer.status_code == 202, answer.text
        assert [each["kind"] for each in answer.json()["files"]] == [kind]
        await released(register)
        await register.work_off()
    assert await counts(register) == [1, 1, 1, 3, 1, 1, 3, 1]


async def test_partners_are_refused_and_files_that_cannot_be_read(register: Register) -> None:
    answer = await register.as_party(
        "POST", f"{PATH}?kind=persons", WRITE, "employer:1", content=content("persons", PERSONS)
    )
    assert answer.status_code == 403
    bodies = {
        b"id_kind,name\r\n": "opening_file_header",
        content("persons", []): "opening_file_empty",
        b"\xff\xfe": "opening_file_not_utf8",
    }
    for body, code in bodies.items():
        answer = await register.as_party("POST", f"{PATH}?kind=persons", WRITE, content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_header_says_what_the_rows_are(register: Register) -> None:
    for kind, rows in FILES.items():
        answer = await register.as_party("POST", PATH, WRITE, content=content(kind, rows))
        assert (answer.status_code, answer.json()["kind"]) == (202, kind)


async def test_two_pieces_at_once_load_each_person_once(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ROWS_IN_A_PIECE", 2)
    monkeypatch.setattr("services.registration.storage.opening_files.ROWS_IN_A_PIECE", 2)
    file = (await checked(register, "persons", [*PERSONS, PERSONS[0]]))["opening_file"]
    await released(register)
    worker = register.service.worker

    async def load(piece: int) -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await load_opening(LoadOpening(file, piece), uow)

    done = await asyncio.gather(load(0), load(1), return_exceptions=True)
    await register.work_off()
    assert len(await register.rows("SELECT 1 FROM person")) == 3, done


async def test_who_bears_an_old_card_too_is_found_by_either(register: Register) -> None:
    await loaded(register, "employers", EMPLOYERS)
    file = await loaded(register, "persons", [f"{PERSONS[0]},A 1234567", f"{PERSONS[2]},"])
    assert file["loaded"] == {"new": 2, "known": 0, "rejected": 0}
    file = await loaded(register, "spells", [SPELLS[0], f"old_ic,A1234567,{OTHER_CODE},2020-01-01,2020-06-30"])
    assert file["loaded"] == {"new": 2, "known": 0, "rejected": 0}
    number = await number_behind(register, 0)
    assert await register.rows("SELECT DISTINCT person FROM spell") == [(number,)]
    ids = await register.as_party("GET", f"/v1/persons/{person_id(number)}/national-ids", "registration:person:read")
    assert [each["kind"] for each in ids.json()["national_ids"]] == ["mykad", "old_ic"], ids.text
    (told,) = [each for each in await register.events("people.taken_over") if each["persons"]]
    assert [len(each["id_tokens"]) for each in told["persons"]] == [2, 1]


async def test_an_old_card_that_is_somebody_elses_sets_the_line_aside(register: Register) -> None:
    await loaded(register, "persons", [f"{PERSONS[0]},A1234567", f"{PERSONS[2]},"])
    rows = [
        f"{PERSONS[0]},A1234567",
        f"{PERSONS[2]},B1234567",
        "passport,ZZ0000005,SITI A/P RAMU,1991-02-03,citizen,A1234567",
        "passport,ZZ0000002,SITI A/P RAMU,1991-02-03,citizen,C1234567",
        "passport,ZZ0000003,SITI A/P RAMU,1991-02-03,citizen,C1234567",
        "passport,ZZ0000004,SITI A/P RAMU,1991-02-03,citizen,?",
    ]
    file = await checked(register, "persons", rows)
    assert file["checked"] == {"new": 1, "known": 1, "rejected": 4}
    errors = list(csv.reader(io.StringIO((await read(register, file["opening_file"], "/errors")).text)))
    assert errors[1:] == [
        ["2", "line", "differs_from_known"],
        ["3", "line", "repeated_in_file"],
        ["5", "line", "repeated_in_file"],
        ["6", "old_ic", "national_id_invalid"],
    ]
    returned = (await read(register, file["opening_file"], "/rejected-lines")).content
    assert returned == content("persons", [rows[1], rows[2], rows[4], rows[5]])
    for bearer in (PERSONS[2], "passport,ZZ0000005,SITI A/P RAMU,1991-02-03,citizen"):
        other = await checked(register, "persons", [f"{bearer},A1234567"])
        assert "old_ic,national_id_of_another" in (await read(register, other["opening_file"], "/errors")).text
    # Without the column nothing is said of old cards.
    assert (await checked(register, "persons", [PERSONS[0]]))["checked"] == {"new": 0, "known": 1, "rejected": 0}


async def test_state_and_sector_of_an_employer_are_facts_of_every_day(register: Register) -> None:
    rows = [f"{EMPLOYERS[0]},selangor,C", f"{OTHER_CODE},LADANG HIJAU SDN BHD,,,A"]
    assert (await loaded(register, "employers", rows))["loaded"] == {"new": 2, "known": 0, "rejected": 0}
    said = await register.events("employer.registered")
    assert [(each.get("state"), each["sector"], each["revision"]) for each in said] == [
        (None, "A", 1),
        ("selangor", "C", 1),
    ]
    (employer,) = (await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0]
    facts = "SELECT attribute, valid, plain, source FROM employer_fact WHERE employer = $1 ORDER BY attribute"
    held = "SELECT attribute, valid FROM employer_attribute WHERE employer = $1 ORDER BY attribute"
    assert [(row[0], row[2], row[3]) for row in await register.rows(facts, employer)] == [
        ("sector", "C", "opening"),
        ("state", "selangor", "opening"),
    ]
    before = [tuple(row) for row in await register.rows(held, employer)]
    async with register.service.database.connection("migrate") as connection:
        await connection.execute("SELECT derive_employer($1, date '2026-06-01')", employer)
    assert [tuple(row) for row in await register.rows(held, employer)] == before
    path = f"/v1/employers/{employer_id(employer)}"
    read_now = (await register.as_party("GET", path, "registration:employer:read")).json()
    assert (read_now["state"], read_now["sector"]) == ("selangor", "C")
    checked_again = await checked(register, "employers", [EMPLOYERS[0], f"{OTHER_CODE},LADANG HIJAU SDN BHD,"])
    assert checked_again["checked"] == {"new": 0, "known": 2, "rejected": 0}
    other = await checked(register, "employers", [f"{EMPLOYERS[0]},johor,C", f"{CODE}X,A,,?,", f"{CODE}Y,A,,,V"])
    errors = (await read(register, other["opening_file"], "/errors")).text.split()
    assert [each.split(",")[2] for each in errors[1:]] == ["differs_from_known", "state_unknown", "sector_unknown"]


async def test_who_looks_like_somebody_else_is_a_question(register: Register) -> None:
    await register.person("900404145678", born_on="1990-01-01")
    await loaded(register, "persons", PERSONS)
    (task,) = await register.waiting("duplicate_person")
    assert task["reason"] == "same_name_and_birth"


async def test_what_was_taken_over_is_said_in_bounded_events_without_names(register: Register) -> None:
    await everything(register)
    told = await register.events("people.taken_over")
    assert [(len(each["persons"]), len(each["spells"]), len(each["memberships"])) for each in told] == [
        (3, 0, 0),
        (0, 4, 7),
    ]
    assert "hmad" not in str(told)
    assert MYKAD not in str(told)
    (months,) = await register.events("contributions.taken_over")
    assert (months["first_months"], months["last_months"]) == (["2024-01", "2026-01"], ["2025-12", "2026-10"])


async def test_it_is_republished_and_known_again_after_a_restore(
    register: Register, databases: Databases, issuer: TestIssuer
) -> None:
    await everything(register)
    number = await number_behind(register, 0)
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        assert await again.rows(
            "SELECT person, employer, first_month FROM opening_month ORDER BY 3"
        ) == await register.rows("SELECT person, employer, first_month FROM opening_month ORDER BY 3")
        await everything_again(again)
        assert await number_behind(again, 0) == number
        spells = "SELECT spell FROM spell ORDER BY spell"
        assert await again.rows(spells) == await register.rows(spells)
    answer = await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    assert answer.status_code == 202, answer.text
    await register.work_off()
    (said,) = await register.events("contributions.taken_over", announced=True)
    assert (said["persons"], said["first_months"]) == ([number, number], ["2024-01", "2026-01"])


async def everything_again(register: Register) -> None:
    for kind in ("employers", "persons", "spells", "months"):
        file = await loaded(register, kind, FILES[kind])
        assert file["loaded"]["rejected"] == 0


async def test_months_are_seen_by_whose_they_are_and_the_files_by_officers_alone(register: Register) -> None:
    await everything(register)
    person = await number_behind(register, 0)
    employer = (await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0][0]
    for tenant, role, seen in (
        (f"person:{person}", "person", (2, 0)),
        (f"employer:{employer}", "partner", (2, 0)),
        (f"person:{person + 1}", "person", (0, 0)),
        ("employer:999", "partner", (0, 0)),
        ("organisation:1", "officer", (2, 4)),
    ):
        async with register.service.database.connection("api") as api:
            await api.execute("SELECT set_config('jaring.tenant', $1, false)", tenant)
            await api.execute("SELECT set_config('jaring.role', $1, false)", role)
            months = await api.fetchval("SELECT count(*) FROM opening_month")
            assert (months, await api.fetchval("SELECT count(*) FROM opening_file")) == seen, tenant
