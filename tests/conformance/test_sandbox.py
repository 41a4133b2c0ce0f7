"""The sandbox of vendors: made-up people alone, each vendor by itself, and nothing of it in any other platform."""

import csv
from collections.abc import AsyncIterator
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from pydantic import ValidationError

from conformance.pack import load
from conformance.people import invented, is_invented, mykad
from deploy.local import sandbox
from deploy.local.conformance import Vendor, told_of_second
from deploy.local.errors import LauncherError
from deploy.local.plan import environment_of, make_plan
from deploy.local.state import State, open_state, replace, wipe
from deploy.platform import PROCESSES
from services.registration.domain.opening import OpeningKind
from services.registration.files.opening_file import HEADERS, OPTIONAL
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import MYKAD, Register, party_of
from services.registration.worker import work
from shared.security.national_id import IdKind, NationalId
from shared.security.synthetic import is_synthetic
from shared.testing.servers import Databases
from shared.testing.service import service_under_test
from shared.testing.tokens import TestIssuer
from tests.population.people import Population

TODAY = date(2026, 11, 30)
BORN = date(1990, 1, 1)
SYNTHETIC = "900101140678"
REFUSED = "person_may_be_real"
HIRED = {"born_on": "1990-01-01", "residence": "citizen", "started_on": "2024-03-01"}


@pytest.fixture
async def register(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration of a sandbox."""
    async with (
        databases.fresh("registration") as database,
        service_under_test(RegistrationSettings, build, work, database, issuer, sandbox="true") as service,
    ):
        yield Register(service)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """The sandbox of this machine, not started."""
    monkeypatch.setenv(sandbox.FOLDER, str(tmp_path / "sandbox"))
    return sandbox.sandbox()


@pytest.mark.parametrize(
    ("kind", "number", "born_on", "is_nobodys"),
    [
        ("mykad", "900101140678", "1990-01-01", True),
        ("mykad", "900101145678", "1990-01-01", False),
        ("mykad", "900101148678", "1990-01-01", False),
        ("mykad", "900102140678", "1990-01-01", False),
        ("mykad", "080715145678", "2008-07-15", True),
        ("mykad", "080715140678", "2008-07-15", False),
        # Read as born in 1926, somebody may bear it; as born tomorrow of this century nobody does yet.
        ("mykad", "260715145678", "2026-07-15", False),
        ("mykad", "261130140678", "1926-11-30", False),
        ("mykad", "261201140678", "1926-12-01", True),
        ("mykad", "111130145678", "2011-11-30", True),
        ("mykad", "111201145678", "2011-12-01", False),
        ("ssfw", "999912345678", "1990-01-01", True),
        ("ssfw", "900012345678", "1990-01-01", False),
        ("passport", "ZZZ123456789", "1990-01-01", True),
        ("passport", "A12345678", "1990-01-01", False),
        ("old_ic", "A1234567", "1990-01-01", False),
        ("old_ic", "ZZ00000001", "1990-01-01", True),
        ("army", "T123456", "1990-01-01", False),
    ],
)
def test_which_numbers_are_nobodys(kind: str, number: str, born_on: str, is_nobodys: bool) -> None:
    assert is_synthetic(NationalId.of(kind, number), date.fromisoformat(born_on), TODAY) is is_nobodys


def test_everybody_in_the_pack_is_made_up() -> None:
    """By the platform's rule and by the pack's own, which is written for whoever has the pack alone."""
    chance = Random(1)
    people = [(key, told) for group in load() for key, told in group.people.items()]
    for key, told in people * 20:
        person = invented(key, told, None, chance)
        national_id = NationalId.of(person.id_kind, person.id_number)
        assert is_synthetic(national_id, person.born_on, TODAY), (key, told)
        if national_id.kind is IdKind.MYKAD:
            assert is_invented(person.id_number, person.born_on)
    assert len({mykad(BORN, chance) for _ in range(1000)}) > 950


@pytest.mark.postgres
async def test_nobody_who_may_be_real_is_registered_by_any_way(register: Register) -> None:
    employer = await register.employer()
    for party in ("", party_of(employer)):
        how = {"party": party} if party else {}
        answer = await register.try_person(MYKAD, **how)
        assert (answer.status_code, answer.json()["code"]) == (422, REFUSED)
    pushed = {
        "specversion": "1.0",
        "id": "1",
        "source": "/payroll",
        "type": "employee.hired",
        "data": {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "AHMAD BIN ALI", **HIRED},
    }
    sent = await register.as_party(
        "POST",
        "/v1/events",
        "registration:event:write",
        party_of(employer),
        json=pushed,
        headers={"content-type": "application/cloudevents+json"},
    )
    await register.work_off()
    event = await register.as_party("GET", sent.headers["location"], "registration:event:read", party_of(employer))
    assert (event.json()["state"], event.json()["reason"]) == ("refused", REFUSED)
    assert await register.rows("SELECT * FROM person") == []
    assert (await register.try_person(SYNTHETIC)).status_code == 201


@pytest.mark.postgres
async def test_no_other_id_that_may_be_real_is_added_to_anybody(register: Register) -> None:
    person = await register.person(SYNTHETIC)
    path, scope = f"/v1/persons/{person}/national-ids", "registration:person:correct"
    said = {"reason": "document_renewed", "evidence": "PP-1"}
    for number, expected in (("A12345678", (422, REFUSED)), ("ZZZ123456789", (202, None))):
        passport = {"kind": "passport", "number": number}
        answer = await register.as_party("POST", path, scope, json={"national_id": passport, **said})
        assert (answer.status_code, answer.json().get("code")) == expected


@pytest.mark.postgres
async def test_rows_of_an_opening_file_whose_people_may_be_real_are_set_aside(register: Register) -> None:
    """And the generator's own people are taken over."""
    made = [each for _, staff in Population(1, 60, TODAY).staff() for each in staff]
    made = list({each.number: each for each in made}.values())
    rows = [
        [each.id_kind, each.id_number, each.name, each.born_on.isoformat(), each.residence, each.old_ic or ""]
        for each in made
    ]
    real = [["mykad", MYKAD, "AHMAD BIN ALI", "1990-01-01", "citizen", ""]]
    real += [["mykad", SYNTHETIC, "AHMAD BIN ALI", "1990-01-01", "citizen", "A1234567"]]
    table = StringIO()
    header = (*HEADERS[OpeningKind.PERSONS], *OPTIONAL[OpeningKind.PERSONS])
    csv.writer(table, lineterminator="\r\n").writerows([header, *real, *rows])
    sent = await register.service.call(
        "POST",
        "/v1/opening-files?kind=persons",
        scopes=["registration:opening_file:write"],
        content=table.getvalue().encode(),
        headers={"content-type": "text/csv"},
    )
    assert sent.status_code == 202, sent.text
    assert (await register.decided("opening_file", "opening_released")).status_code == 201
    await register.work_off()
    path, scopes = sent.headers["location"], ["registration:opening_file:read"]
    file = (await register.service.call("GET", path, scopes=scopes)).json()
    assert file["checked"] == file["loaded"] == {"new": len(rows), "known": 0, "rejected": 2}
    errors = (await register.service.call("GET", f"{path}/errors", scopes=scopes)).text.split()
    assert errors[1:] == [f"1,id_number,{REFUSED}", f"2,old_ic,{REFUSED}"]
    assert len(await register.rows("SELECT * FROM person")) == len(rows)


@pytest.mark.postgres
async def test_a_vendor_sees_nothing_of_another(register: Register) -> None:
    """Neither people, files, events and figures, nor that there is anybody."""
    mine, other = await register.employer(), await register.employer("A1234567890B")
    person = await register.person(SYNTHETIC)
    await register.spell(person, mine)
    for path, scope in (
        (f"/v1/persons/{person}", "registration:person:read"),
        (f"/v1/persons/{person}/contributions", "registration:contribution:read"),
        (f"/v1/persons/{person}/cover", "registration:cover:read"),
    ):
        assert (await register.as_party("GET", path, scope, party_of(mine))).status_code == 200, path
        seen = await register.as_party("GET", path, scope, party_of(other))
        nobody = await register.as_party("GET", path.replace(person, "P999999999X"), scope, party_of(other))
        assert seen.status_code in (200, 404), path
        assert seen.status_code == 404 or seen.json()["data"] == [], path
        assert nobody.status_code in (404, 422), path


@pytest.mark.postgres
async def test_a_token_of_the_sandbox_is_nothing_elsewhere(
    register: Register, databases: Databases, tmp_path: Path
) -> None:
    """Each platform has an issuer and keys of its own: neither takes what the other's issuer signs."""
    (tmp_path / "elsewhere").mkdir()
    elsewhere = TestIssuer(tmp_path / "elsewhere")
    async with (
        databases.fresh("registration") as database,
        service_under_test(RegistrationSettings, build, work, database, elsewhere) as real,
    ):
        for service, issuer, status in (
            (real, elsewhere, 200),
            (real, register.service.issuer, 401),
            (register.service, elsewhere, 401),
        ):
            token = issuer.token(["registration:person:read"], party="employer:1", role="partner", client_id="v")
            headers = {"authorization": f"Bearer {token}"}
            answer = await service.call("GET", "/v1/persons", headers=headers)
            assert answer.status_code == status


def test_production_is_no_sandbox() -> None:
    keys = dict.fromkeys(("id_token", "field", "blind_index"), "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    values = {
        "environment": "production",
        "database_url": "postgresql://a:b@c/d",
        "kafka": "k:9092",
        "http_port": "1",
        "token_issuer": "http://issuer",
        "token_keys": "http://issuer/jwks.json",
        "cursor_key": keys["field"],
        **{f"{name}_key": key for name, key in keys.items()},
    }
    assert RegistrationSettings(**values).sandbox is False  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="made-up people"):
        RegistrationSettings(**values, sandbox="true")  # type: ignore[arg-type]


def test_the_sandbox_shares_nothing_with_another_platform_of_the_machine(state: State, tmp_path: Path) -> None:
    other = open_state({"JARING_STATE": str(tmp_path / "other")})
    ports = {name: 20_000 + place for place, name in enumerate(("postgres", "kafka", "kafka-controller", "zipkin"))}
    ports |= {name: 30_000 + place for place, name in enumerate(process.name for process in PROCESSES)}
    ports |= {"token-issuer": 40_000, "bank": 40_001, "gateway": 40_002}
    registration = next(process for process in PROCESSES if process.name == "registration-api")
    told = {each.root.name: environment_of(registration, make_plan(each, ports, {})) for each in (state, other)}
    mine, others = told["sandbox"], told["other"]
    assert mine["JARING_SANDBOX"] == "true"
    assert "JARING_SANDBOX" not in others
    for setting in ("FIELD_KEY", "BLIND_INDEX_KEY", "ID_TOKEN_KEY", "CURSOR_KEY", "TOKEN_KEYS", "CLOCK_FILE"):
        assert mine[f"JARING_{setting}"] != others[f"JARING_{setting}"], setting
    assert mine["JARING_DATABASE_URL"] != others["JARING_DATABASE_URL"]


def test_reset_takes_everything_of_it_away(state: State) -> None:
    replace(state.root / "sandbox" / "acme.env", "CLIENT_ID=x\n")
    assert [path.stem for path in sandbox.vendors(state)] == ["acme"]
    wipe(state)
    assert not state.root.exists()


def test_a_platform_is_not_made_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_state({"JARING_STATE": str(tmp_path / "other")})
    replace(other.run_file, "{}")
    monkeypatch.setenv(sandbox.FOLDER, str(other.root))
    with pytest.raises(LauncherError, match="no sandbox"):
        sandbox.sandbox()
    assert not other.is_sandbox


async def test_a_vendors_name_is_no_path(state: State) -> None:
    for name in ("../x", "Acme", "", "a b"):
        with pytest.raises(LauncherError, match="small letters"):
            await sandbox.admit(state, name)


def admitting(monkeypatch: pytest.MonkeyPatch, fails: str = "") -> list[str]:
    """Who is admitted from now on, but for one whose admission fails once."""
    made: list[str] = []

    async def admit(_: State, name: str) -> Vendor:
        if name == fails and "stopped" not in made:
            made.append("stopped")
            raise LauncherError("stopped")
        made.append(name)
        return Vendor(f"E-{name}", "V1Z", name, f"secret-{len(made)}")

    async def told(_: State, vendor: Vendor, second: Vendor) -> str:
        return f"EMPLOYER={vendor.employer}\nCLIENT_SECRET={vendor.client_secret}\n{told_of_second(second)}"

    monkeypatch.setattr(sandbox, "admitted", admit)
    monkeypatch.setattr(sandbox, "told_to", told)
    return made


async def test_who_is_stopped_between_both_employers_goes_on(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one was registered, and nobody had what it is told."""
    made = admitting(monkeypatch, fails="acme-second")
    with pytest.raises(LauncherError, match="stopped"):
        await sandbox.admit(state, "acme")
    told = (await sandbox.admit(state, "acme")).read_text()
    assert made == ["acme", "stopped", "acme-second"]
    assert "CLIENT_SECRET=secret-1\n" in told
    assert "SECOND_EMPLOYER=E-acme-second\n" in told
    assert [path.stem for path in sandbox.vendors(state)] == ["acme"]


async def test_a_vendor_of_before_gets_its_second_employer(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    made = admitting(monkeypatch)
    replace(state.root / "sandbox" / "acme.env", "EMPLOYER=E-old\nCLIENT_SECRET=old\n")
    told = (await sandbox.admit(state, "acme")).read_text()
    assert made == ["acme-second"]
    assert told.startswith("EMPLOYER=E-old\nCLIENT_SECRET=old\nSECOND_CLIENT_ID=acme-second\n")
    assert (await sandbox.admit(state, "acme")).read_text() == told
