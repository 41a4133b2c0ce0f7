"""No national id, name or account number leaves in a log line, however deep it is hidden."""

import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry import logging as logging_of_ours
from shared.telemetry import redaction
from shared.telemetry.logging import setup_logging
from shared.telemetry.redaction import HIDDEN, describe, mask, redact
from shared.testing.logs import log_plainly, logged

IDS = ["900101015432", "900101-01-5432", "900101 01 5432", "IC900101015432x", "a=900101015432,"]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    setup_logging("claims", "api", stream=out)
    yield out
    log_plainly()
    root.handlers[:], root.level = handlers, level


def written(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return line


@pytest.mark.parametrize("text", IDS)
def test_a_national_id_is_masked_wherever_it_stands(text: str) -> None:
    assert "5432" not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "0197b6a0-6c00-7000-8000-123456789012",
        "00-12345678901234567890123456789012-1234567890123456-01",
        "claims-worker-0 took 12345 rows",
        "2026-07-15T10:00:00.123456Z",
        "RM1,763.91",
    ],
)
def test_ids_of_ours_dates_and_amounts_stay(text: str) -> None:
    assert mask(text) == text


def test_nested_values_are_masked_and_denied_keys_hidden() -> None:
    record = {
        "rows": [{"deep": ("x 900101-01-5432", {"nationalId": "A123"})}, 900101015432],
        "Account-Number": "5620 1234",
        "name": "Siti",
        "900101015432": 1,
        "person": 12,
        "total_sen": 176391,
    }
    shown = redact(record)
    assert shown["rows"] == [{"deep": ["x [id]", {"nationalId": HIDDEN}]}, "[id]"]
    assert (shown["Account-Number"], shown["name"], shown["person"], shown["total_sen"]) == (HIDDEN, HIDDEN, 12, 176391)
    assert "900101015432" not in str(shown)


def test_an_object_shows_its_class_only() -> None:
    @dataclass
    class Payee:
        holder: str

    shown = redact({"payee": Payee("Siti"), "id": UUID(int=5), "raw": b"Siti"})
    assert "Siti" not in str(shown)
    assert shown["id"] == str(UUID(int=5))


def test_an_exception_keeps_its_class_and_place_and_loses_its_values() -> None:
    fault = asyncpg.UniqueViolationError('duplicate key value violates unique constraint "payee_pk"')
    fault.detail = "Key (name)=(Siti) already exists."
    try:
        raise fault
    except asyncpg.UniqueViolationError as caught:
        shown = describe(caught)
    assert "Siti" not in str(shown)
    assert '"payee_pk"' in shown["message"]
    assert "test_redaction.py" in shown["at"][-1]
    quoted = describe(ValueError("""bad input 'Siti' and "O'Brien binti Ali" for "payee_pk" """))
    assert "Siti" not in quoted["message"]
    assert "Brien" not in quoted["message"]


def test_a_log_line_is_redacted_json_with_its_service(stream: io.StringIO) -> None:
    structlog.get_logger("jaring.test").info("seen 900101-01-5432", person=7, body="secret", nested={"x": [IDS[0]]})
    line = written(stream)
    assert line["event"] == "seen [id]"
    assert (line["service"], line["process"], line["level"], line["person"]) == ("claims", "api", "info", 7)
    assert (line["body"], line["nested"]) == (HIDDEN, {"x": ["[id]"]})
    assert "timestamp" in line


def test_the_standard_librarys_loggers_are_redacted_too(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("path /persons/%s", "900101015432")
    assert written(stream)["event"] == "path /persons/[id]"


def test_a_logged_exception_is_described_safely(stream: io.StringIO) -> None:
    try:
        raise ValueError("bad 900101015432\nname=Siti")
    except ValueError:
        structlog.get_logger().exception("defect")
    line = written(stream)
    assert line["exception"]["type"] == "builtins.ValueError"
    assert "Siti" not in stream.getvalue()
    assert "900101015432" not in stream.getvalue()


def test_a_line_names_the_module_that_says_it_and_the_level(stream: io.StringIO) -> None:
    structlog.get_logger().warning("seen")
    line = written(stream)
    assert (line["logger"], line["level"]) == (__name__, "warning")


def test_what_is_below_the_level_is_not_written() -> None:
    with logged("WARNING") as stream:
        structlog.get_logger("jaring.test").info("said")
        structlog.get_logger("jaring.test").warning("meant")
    assert written(stream)["event"] == "meant"
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("value", ["\ud800", 2**70])
def test_what_is_no_json_by_itself_is_written_all_the_same(stream: io.StringIO, value: object) -> None:
    structlog.get_logger("jaring.test").info("seen", value=value)
    assert written(stream)["value"] == value


def test_a_log_that_cannot_be_written_stops_nobody(stream: io.StringIO) -> None:
    stream.close()
    structlog.get_logger("jaring.test").info("said")


def test_lines_of_many_threads_stand_whole() -> None:
    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            for letter in text:
                super().write(letter)
            return len(text)

    def say(number: int) -> None:
        said = logging.getLogger("jaring.other") if number % 2 else structlog.get_logger("jaring.test")
        said.warning("said")

    root = logging.getLogger()
    handlers, level, slow = root.handlers[:], root.level, Slow()
    setup_logging("claims", "api", stream=slow)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(say, range(200)))
    log_plainly()
    root.handlers[:], root.level = handlers, level
    assert [json.loads(line)["event"] for line in slow.getvalue().splitlines()] == ["said"] * 200


@given(st.text(st.sampled_from("0123456789abcdef-. x'"), max_size=60))
def test_the_short_way_masks_what_the_long_way_masks(text: str) -> None:
    assert mask(text) == redaction._FIND.sub(lambda found: found["opaque"] or redaction.MASK, text)


@given(st.integers(min_value=-(2**65), max_value=2**65))
def test_a_number_is_masked_as_its_digits_say(number: int) -> None:
    assert (redact(number) == redaction.MASK) == redaction._looks_like_an_id(number)


# What a national id is written like, and what is nearly one, between other signs.
FIRST = ("900101", "\u0669\u0660\u0660\u0661\u0660\u0661", "0a0101")
BETWEEN = ("", "-", " ", ".", "\t", "\u00a0", "--", '"')
TEXTS = [
    f"{around}{first}{one}01{other}5432{around}"
    for first, one, other, around in product(FIRST, BETWEEN, BETWEEN, ("", " ", "é", "7", "\\"))
]
NUMBERS = [10**9 - 1, 10**9, 101_015_432_1, 900101015432, -1, 2**63, 2**64, 2**70]
OTHERS = [
    True,
    None,
    0.1,
    0.900101015432,
    float("nan"),
    UUID(int=5),
    ["900101015432"],
    datetime(2026, 1, 2, tzinfo=UTC),
]


@pytest.mark.parametrize("name", ["event", "ä", "name", "900101015432"])
def test_a_line_at_one_go_is_what_its_values_one_by_one_make_of_it(name: str) -> None:
    """Where the short way finds that there may be something to hide, it leaves the line to the long one."""
    at = datetime(2026, 11, 29, 22, 30, 17, 898751, tzinfo=UTC)
    for value in (*TEXTS, *NUMBERS, *OTHERS):
        facts = {"event": "seen", name: value}
        short = logging_of_ours._plainly(facts, {"timestamp": at, "service": "claims"})
        long = {**logging_of_ours.redacted(facts), "timestamp": "2026-11-29T22:30:17.898751Z", "service": "claims"}
        assert short in (None, logging_of_ours._rendered(long)), value


@pytest.mark.parametrize("microseconds", [0, 60, 898751])
def test_an_instant_is_written_alike_at_one_go(microseconds: int) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, microseconds, tzinfo=UTC)
    written = logging_of_ours._plainly({"event": "seen"}, {"timestamp": at})
    assert written == f'{{"event":"seen","timestamp":"{at.isoformat().replace("+00:00", "Z")}"}}'


def test_usual_lines_are_written_at_one_go(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging_of_ours, "redacted", lambda _: pytest.fail("looked at one by one"))
    facts: dict[str, Any] = {"route": "/v1/employers/{employer}", "status": 200, "milliseconds": 0.4, "employer": 7}
    structlog.get_logger("jaring.test").info("request", request_id="01a2296e-34c3-7537-b46e-f7c80e219ff2", **facts)
    assert written(stream)["employer"] == 7


def test_uvicorns_access_log_is_off(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info("GET /v1/persons/900101015432")
    assert stream.getvalue() == ""
