"""The runner as a stranger meets it: what it needs, what it says when something is missing, what it reports."""

import ast
import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import httpx
import pytest

from conformance import report
from conformance.__main__ import main
from conformance.errors import CannotRun
from conformance.installation import Employer, Installation, Partner
from conformance.pack import Case, Group, day_of, load, month_of
from conformance.runner import Result, Run
from conformance.steps import STEPS
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.architecture.tree import ROOT
from tests.conformance.conftest import TOKEN_URL, Ground, ground_on

ONE = "corrections/one-line-more"
CASE = Case("group", "case", "what <is> tried", "Act 4 & its Schedule", "reported", (), worked="by hand")
RESULTS = [
    Result(CASE, "passed", (), 0.1),
    Result(CASE, "failed", ("step 1: expected 42.85 < 44.65",), 0.2),
    Result(CASE, "skipped", ('it is "too early"',), 0.0),
]
NOWHERE = ["--url", "http://127.0.0.1:1", "--token-url", "http://127.0.0.1:1/token", "--client", "me"]
EMPLOYERS = {"employer": Employer("E0000000076", "X")}
WHO = ["--employer", "E0000000076", "--employer-code", "F9702103813F"]


@pytest.fixture(scope="module")
async def ground(
    databases: Databases, issuer: TestIssuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """One installation for all: each run has people of its own."""
    async with ground_on(databases, issuer, tmp_path_factory.mktemp("runner") / "state") as made:
        yield made


def test_it_says_what_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REGISTRATION", "TOKEN_URL", "CLIENT_ID", "EMPLOYER", "EMPLOYER_CODE"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["--url", "http://127.0.0.1:1"]) == 2
    said = capsys.readouterr().err
    assert "--token-url (or TOKEN_URL), --client (or CLIENT_ID), --employer (or EMPLOYER)" in said


def test_it_says_that_nobody_answers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_SECRET", "hush")
    assert main([*NOWHERE, *WHO]) == 2
    said = capsys.readouterr().err
    assert "Nothing answers at http://127.0.0.1:1/token (token server)" in said
    assert "hush" not in said


def test_nobody_is_asked_for_a_secret_where_nobody_sits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    assert main([*NOWHERE, *WHO]) == 2
    assert "Missing: CLIENT_SECRET" in capsys.readouterr().err


async def test_it_says_that_another_server_answers() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = {"access_token": "t", "expires_in": 600} if request.url.path == "/token" else {"hello": "world"}
        return httpx.Response(200, json=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        partners = {"employer": Partner("http://there/token", "me", "hush")}
        run = Run(Installation({"registration": "http://there"}, partners, http), EMPLOYERS, STEPS)
        with pytest.raises(CannotRun, match="http://there does not answer as registration does"):
            await run.all(load(only=[ONE]))


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (["--second-client", "x"], "--second-employer (or SECOND_EMPLOYER)"),
        (["--kafka", "127.0.0.1:1"], "--kafka-user (or KAFKA_USER), --kafka-events (or KAFKA_EVENTS)"),
        (["--employer", "12"], "12 is no employer's number"),
    ],
)
def test_it_says_what_belongs_together_and_what_is_none(
    stated: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_SECRET", "hush")
    assert main([*NOWHERE, *WHO, *stated]) == 2
    assert told in capsys.readouterr().err


async def test_an_answer_that_is_none_is_a_difference_and_ends_no_run() -> None:
    """An installation that takes every file, and answers nothing that is documented."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        if request.url.path in ("/v1/persons", "/v1/spells"):
            return httpx.Response(201, json={"person": "P000000012T", "spell": "s"})
        return httpx.Response(202, json={"hello": "world"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        partners = {"employer": Partner("http://there/token", "me", "hush")}
        run = Run(Installation({"registration": "http://there"}, partners, http), EMPLOYERS, STEPS, date(2026, 11, 30))
        results = await run.all(load(only=[ONE, "corrections/the-same-again"]))
    assert [each.state for each in results] == ["failed", "failed"]
    assert "an answer is not as it is documented: KeyError: 'file'" in results[0].said[0]


@pytest.mark.parametrize("wrong", ["no-scheme.example", "ftp://example"])
def test_it_says_that_an_address_is_none(
    wrong: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_SECRET", "hush")
    assert main([*NOWHERE, *WHO, "--token-url", wrong]) == 2
    assert "is no address of a token server" in capsys.readouterr().err


def test_it_says_that_a_case_or_a_file_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--only", "klasses"]) == 2
    assert "no klasses; its groups: ages, archives, classes" in capsys.readouterr().err
    assert main(["--settings", str(tmp_path / "none.env")]) == 2
    assert "none.env cannot be read" in capsys.readouterr().err
    (tmp_path / "bad.json").write_text('{"group": "x"}')
    assert main(["--pack", str(tmp_path)]) == 2
    assert "bad.json of the pack is not as README.md describes" in capsys.readouterr().err


def test_it_lists_the_cases_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "ages"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == len(load(only=["ages"])[0].cases)
    assert all("[" in each and each.endswith("]") for each in listed)


def test_it_needs_python_and_httpx_alone() -> None:
    """Also the import contract of `make check`; here for whoever copies the folder."""
    names = set()
    for path in (ROOT / "conformance").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(str(node.module).partition(".")[0])
            elif isinstance(node, ast.Import):
                names |= {each.name.partition(".")[0] for each in node.names}
    assert not names & {"services", "shared", "deploy", "tools", "tests"}
    assert "httpx" in names


def test_reports_are_read_by_machines(tmp_path: Path) -> None:
    report.write_junit(tmp_path / "report.xml", RESULTS)
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()  # noqa: S314 - written here
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["skipped"]]
    report.write_json(tmp_path / "report.json", "http://there", RESULTS)
    read = json.loads((tmp_path / "report.json").read_text())
    assert read["counts"] == {"passed": 1, "failed": 1, "skipped": 1}
    assert read["cases"][1]["said"] == ["step 1: expected 42.85 < 44.65"]
    assert read["cases"][1]["source"] == "Act 4 & its Schedule"
    assert report.summary(RESULTS) == "3 cases: 1 passed, 1 failed, 1 skipped"
    assert "expected by: Act 4 & its Schedule (reported; worked: by hand)" in report.line(RESULTS[1])


def test_days_and_months_are_relative_to_the_installations_day() -> None:
    today = date(2027, 1, 15)
    assert [month_of(each, today) for each in ("this", "this-1", "this+12", "2026-06")] == [
        "2027-01",
        "2026-12",
        "2028-01",
        "2026-06",
    ]
    assert [str(day_of(each, today)) for each in ("today", "today-15", "this", "2026-06-01")] == [
        "2027-01-15",
        "2026-12-31",
        "2027-01-01",
        "2026-06-01",
    ]


def test_a_case_is_passed_over_where_its_day_has_not_come_or_is_over() -> None:
    cases = {case.id: case for group in load() for case in group.cases}
    assert "2028-06 has not begun" in cases["months/skbbk-phase-2"].not_on(date(2026, 11, 30))
    assert cases["months/skbbk-phase-2"].not_on(date(2028, 6, 1)) == ""
    assert "until 2026-09-30" in cases["months/v1-in-between"].not_on(date(2026, 11, 30))
    assert cases["months/v1-in-between"].not_on(date(2026, 9, 30)) == ""
    assert "from 2026-10-01 on" in cases["months/v1-after-skbbk"].not_on(date(2026, 9, 30))


@pytest.mark.postgres
async def test_wrong_credentials_and_a_token_of_elsewhere_are_said(ground: Ground) -> None:
    employer, partner = await ground.employer("A1000000001Z")
    wrong = Partner(TOKEN_URL, partner.client_id, "not the secret")
    with pytest.raises(CannotRun, match=r"does not let employer-\d+ in"):
        await ground.run(employer, wrong).all(load(only=[ONE]))
    elsewhere = ground.run(employer, partner)
    partner._token, partner._ends = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", float("inf")
    with pytest.raises(CannotRun, match="does not take the token"):
        await elsewhere.all(load(only=[ONE]))


@pytest.mark.postgres
async def test_a_scope_that_is_missing_is_named(ground: Ground) -> None:
    employer, _ = await ground.employer("A2000000002Z")
    poor = await ground.admitted(f"employer:{int(employer.number[1:10]) + 5000}", "registration:person:read")
    with pytest.raises(CannotRun, match="lacks a scope for POST /v1/persons"):
        await ground.run(employer, poor).all(load(only=[ONE]))


@pytest.mark.postgres
async def test_it_runs_twice_for_one_employer_and_for_two_side_by_side(ground: Ground) -> None:
    """Each run makes its own people up: nothing of one run is in the way of another."""
    first = await ground.employer("B1000000001Z")
    second = await ground.employer("B2000000002Z")
    groups = load(only=["corrections/in-other-formats", "formats/legacy-wage", "formats/legacy-total"])
    for _ in range(2):
        results = await ground.run(*first).all(groups)
        assert {each.state for each in results} == {"passed"}, [report.line(each) for each in results]
    both = [ground.run(*first), ground.run(*second)]
    for one in await _side_by_side(both, groups):
        assert {each.state for each in one} == {"passed"}, [report.line(each) for each in one]


@pytest.mark.postgres
async def test_a_number_that_somebody_has_is_made_up_again(ground: Ground) -> None:
    employer, partner = await ground.employer("C1000000001Z")
    for _ in range(2):
        run = ground.run(employer, partner)
        run.chance = Random(7)
        results = await run.all(load(only=[ONE]))
        assert [each.state for each in results] == ["passed"]


async def test_a_busy_installation_is_asked_again_under_the_same_key() -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(429 if len(keys) < 3 else 202, headers={"retry-after": "0"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        partner = Partner("http://there/token", "me", "hush")
        installation = Installation({"registration": "http://there"}, {"employer": partner}, http)
        assert (await installation.call("POST", "/v1/events")).status_code == 202
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_the_runner_knows_every_step_of_the_pack() -> None:
    for case in (case for group in load() for case in group.cases):
        for step in case.steps:
            assert any(each in step for each in STEPS), (case.id, step)


async def _side_by_side(runs: list[Run], groups: list[Group]) -> list[list[Result]]:
    return list(await asyncio.gather(*(run.all(groups) for run in runs)))
