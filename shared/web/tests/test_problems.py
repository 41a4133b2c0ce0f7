"""Every refusal is a problem with a stable code, and nothing that was sent comes back."""

from collections.abc import AsyncIterator
from typing import NoReturn

import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from shared.kernel import bound
from shared.kernel.errors import Kind
from shared.security.scopes import public
from shared.telemetry import metrics
from shared.web import edge, malay
from shared.web.problems import STATUS
from shared.web.tests.app import build, client
from shared.web.validation import DETAILS

GOOD = {
    "national_id": "900101015432",
    "days": 3,
    "wage": {"amount": "2480.00", "currency": "MYR"},
    "addresses": [{"state": "melaka"}],
}


async def test_a_good_request_passes_with_a_request_id() -> None:
    async with client() as http:
        answer = await http.post("/v1/notices", json=GOOD)
    assert (answer.status_code, answer.json()) == (200, 248000)
    assert len(answer.headers["Request-Id"]) == 36


BAD = {
    "an unknown field": (GOOD | {"secretly": "4711-x"}, "/secretly", "unknown_field"),
    "a missing field": ({k: v for k, v in GOOD.items() if k != "days"}, "/days", "missing"),
    "a malformed id": (GOOD | {"national_id": "4711-x"}, "/national_id", "pattern"),
    "a number out of range": (GOOD | {"days": 4711}, "/days", "out_of_range"),
    "a text for a number": (GOOD | {"days": "4711-x"}, "/days", "wrong_type"),
    "a nested amount": (GOOD | {"wage": {"amount": "4711-x", "currency": "MYR"}}, "/wage/amount", "pattern"),
    "an amount as a number": (GOOD | {"wage": {"amount": 4711.5, "currency": "MYR"}}, "/wage/amount", "wrong_type"),
    "another currency": (GOOD | {"wage": {"amount": "1.00", "currency": "4711-x"}}, "/wage/currency", "not_in_list"),
    "an item of a list": (GOOD | {"addresses": [{"state": "4711-x"}]}, "/addresses/0/state", "not_in_list"),
    "too many items": (GOOD | {"addresses": [{"state": "johor"}] * 3}, "/addresses", "too_long"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_member_is_pointed_at_and_not_repeated(case: str) -> None:
    body, pointer, code = BAD[case]
    async with client() as http:
        answer = await http.post("/v1/notices", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "request_invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [(error["pointer"], error["code"], error["location"]) for error in problem["errors"]] == [
        (pointer, code, "body")
    ]
    assert "4711" not in answer.text


async def test_a_problem_has_the_members_of_rfc_9457_and_the_request_id() -> None:
    async with client() as http:
        answer = await http.get("/v1/refusal", headers={"Request-Id": "hospital-00042"})
    assert answer.json() == {
        "type": "/errors/no_cover",
        "title": "Not covered on the day",
        "status": 422,
        "detail": "The spell ended on 2026-06-30.",
        "instance": "urn:jaring:request:hospital-00042",
        "code": "no_cover",
        "request_id": "hospital-00042",
        "act": "Act 4",
        "section": "s.20",
    }
    assert answer.headers["Request-Id"] == "hospital-00042"


@pytest.mark.parametrize("offered", ["short", "x" * 65, "bad id with blanks", "900101-01-5432", "900101015432"])
async def test_an_odd_request_id_is_replaced(offered: str) -> None:
    async with client() as http:
        answer = await http.get("/v1/refusal", headers={"Request-Id": offered})
    assert answer.headers["Request-Id"] != offered


async def test_broken_json_is_a_problem() -> None:
    async with client() as http:
        answer = await http.post("/v1/notices", content=b'{"a": 4711', headers={"Content-Type": "application/json"})
    assert answer.json()["errors"] == [
        {"pointer": "", "code": "json_invalid", "detail": "The body is not valid JSON.", "location": "body"}
    ]


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ("en", "The value is not one of those allowed: melaka, johor."),
        ("ms", "Nilai bukan salah satu yang dibenarkan: melaka, johor."),
    ],
)
async def test_a_refused_choice_names_those_that_there_are(accepted: str, told: str) -> None:
    body = GOOD | {"addresses": [{"state": "Melaka"}]}
    async with client() as http:
        answer = await http.post("/v1/notices", json=body, headers={"Accept-Language": accepted})
    [wrong] = answer.json()["errors"]
    assert (wrong["code"], wrong["allowed"], wrong["detail"]) == ("not_in_list", ["melaka", "johor"], told)
    assert "Melaka" not in answer.text


async def test_an_unknown_parameter_names_those_that_there_are() -> None:
    async with client() as http:
        answer = await http.get("/v1/numbers?most=3")
    assert answer.json()["errors"][0]["allowed"] == ["cursor", "least", "limit"]


async def test_a_member_name_with_an_id_in_it_is_masked() -> None:
    async with client() as http:
        answer = await http.post("/v1/notices", json=GOOD | {"900101015432": 1, "a/b~c": 1})
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/[id]", "/a~1b~0c"}


async def test_unknown_addresses_and_methods_are_problems() -> None:
    async with client() as http:
        unknown = await http.get("/v1/persons/900101015432")
        method = await http.delete("/v1/notices")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "route_unknown")
    assert "900101015432" not in unknown.text
    assert (method.status_code, method.json()["code"], method.headers["Allow"]) == (405, "method_not_allowed", "POST")


@pytest.mark.parametrize("name", ["refused", "timeout", "cancelled", "wrapped"])
async def test_a_database_that_is_away_is_503_with_a_time_to_wait(name: str) -> None:
    async with client() as http:
        answer = await http.get(f"/v1/fault/{name}")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("name", ["bug", "unique"])
async def test_a_defect_is_logged_and_not_told(name: str) -> None:
    with capture_logs() as logged:
        async with client() as http:
            answer = await http.get(f"/v1/fault/{name}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "Siti" not in answer.text
    assert answer.headers["Request-Id"] == answer.json()["request_id"]
    assert [line["event"] for line in logged] == ["defect", "request"]
    assert isinstance(logged[0]["exc_info"], Exception)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ms", "ms"),
        ("ms-MY, en;q=0.8", "ms"),
        ("en, ms;q=0.9", "en"),
        ("ms;q=0", "en"),
        ("de, fr", "en"),
        ("ms;q=x", "en"),
        ("", "en"),
    ],
)
async def test_the_answer_is_malay_when_malay_is_preferred(accepted: str, language: str) -> None:
    async with client() as http:
        answer = await http.post("/v1/notices", json={}, headers={"Accept-Language": accepted})
    expected = {"ms": "Permintaan tidak sah", "en": "The request is not valid"}[language]
    assert (answer.json()["title"], answer.headers["Content-Language"]) == (expected, language)
    assert answer.json()["errors"][0]["detail"] == {"ms": malay.FIELDS, "en": DETAILS}[language]["missing"]


async def test_a_code_without_malay_falls_back_to_english() -> None:
    async with client() as http:
        answer = await http.get("/v1/refusal", headers={"Accept-Language": "ms"})
    assert answer.json()["title"] == "Not covered on the day"


async def test_a_long_body_is_refused_by_its_declared_and_by_its_real_length() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10

    async with client(build(body_bytes=100)) as http:
        declared = await http.post("/v1/notices", content=b"x" * 101)
        streamed = await http.post("/v1/notices", content=chunks(), headers={"Content-Type": "application/json"})
        allowed = await http.post("/v1/uploads", content=b"x" * 1000)
        too_much = await http.post("/v1/uploads", content=b"x" * 1001)
    for answer in (declared, streamed, too_much):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert answer.headers["Request-Id"]
    assert allowed.json() == 1000


async def test_a_compressed_body_is_refused() -> None:
    async with client() as http:
        answer = await http.post("/v1/uploads", content=b"x", headers={"Content-Encoding": "gzip"})
        plain = await http.post("/v1/uploads", content=b"x", headers={"Content-Encoding": "identity"})
    assert (answer.status_code, answer.json()["code"]) == (415, "encoding_unsupported")
    assert plain.status_code == 200


async def test_a_request_is_counted_and_logged_by_its_template() -> None:
    labels = {"method": "GET", "route": "/v1/fault/{name}", "status": "503"}
    before = metrics.REGISTRY.get_sample_value("jaring_http_requests_total", labels) or 0
    with capture_logs(processors=[bound.merge]) as logged:
        async with client() as http:
            await http.get("/v1/fault/refused", headers={"Request-Id": "request-1"})
    assert metrics.REGISTRY.get_sample_value("jaring_http_requests_total", labels) == before + 1
    assert logged[-1]["route"] == "/v1/fault/{name}"
    assert {line["request_id"] for line in logged} == {"request-1"}


async def test_a_request_is_logged_with_the_ids_in_its_path_and_nothing_that_was_typed_there() -> None:
    app = build()
    app.add_api_route("/v1/claims/{claim}", lambda claim: {"claim": claim}, dependencies=[public()])
    claim = "0197b6a0-6c00-7000-8000-123456789012"
    with capture_logs() as logged:
        async with client(app) as http:
            await http.get(f"/v1/claims/{claim}")
            await http.get("/v1/claims/900101-01-5432")
    assert [line.get("claim") for line in logged] == [claim, None]
    assert "5432" not in str(logged)


async def test_a_defect_is_counted_where_an_alarm_sees_the_first_and_apart_from_what_passes() -> None:
    """A 503 while a database is held, or away, woke somebody a second time, and said that it was a defect."""

    def counts() -> list[float]:
        names = ("jaring_http_server_errors_total", "jaring_http_unavailable_total")
        return [metrics.REGISTRY.get_sample_value(name) or 0 for name in names]

    defects, unavailable = counts()
    async with client() as http:
        await http.get("/v1/fault/bug")
        assert counts() == [defects + 1, unavailable]
        await http.get("/v1/fault/refused")
        assert counts() == [defects + 1, unavailable + 1]
        await http.get("/v1/nowhere")
    assert counts() == [defects + 1, unavailable + 1]


def test_every_kind_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


def test_the_openapi_document_describes_problems_and_nothing_of_fastapis_own() -> None:
    document = build().openapi()
    responses = document["paths"]["/v1/notices"]["post"]["responses"]
    assert {"200", "400", "408", "409", "413", "415", "422", "431", "500", "503"} == set(responses)
    shared = document["components"]["responses"]
    for status in responses.keys() - {"200"}:
        refusal = shared[responses[status]["$ref"].rpartition("/")[2]]
        assert set(refusal["content"]) == {"application/problem+json"}
    assert shared["Unavailable"]["headers"]["Retry-After"]["required"]
    schemas = document["components"]["schemas"]
    assert {"Problem", "FieldProblem"} <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


async def test_a_title_is_malay_without_a_detail_of_its_own() -> None:
    async with client() as http:
        answer = await http.get("/v1/numbers?colour=blue", headers={"Accept-Language": "ms"})
    assert (answer.json()["title"], "detail" in answer.json()) == ("Parameter carian tidak dikenali", False)


async def test_a_line_that_cannot_be_written_leaves_nothing_of_its_request_behind(spans: InMemorySpanExporter) -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError("no space left on device")

    app = FastAPI(telemetry=edge.UNTRACED)
    edge.install(app)
    with capture_logs(processors=[refuse]):
        async with client(app) as http:
            with pytest.raises(OSError, match="no space"):
                await http.get("/openapi.json")
    assert len(spans.get_finished_spans()) == 1
    assert trace.get_current_span() is trace.INVALID_SPAN
    assert bound.bound() == {}
