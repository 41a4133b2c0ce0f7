"""One line for each decision that was committed, with its ids and its trace, and none for what was rolled back."""

import io
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts.envelope import Cause
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry.decisions import MOST_LINES, MOST_NAMED
from shared.testing.logs import logged
from shared.testing.servers import Databases

pytestmark = pytest.mark.postgres

CLAIM = "0197b6a0-6c00-7000-8000-123456789012"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with logged() as stream:
        yield stream


def said(lines: io.StringIO) -> list[dict[str, Any]]:
    found = [orjson.loads(line) for line in lines.getvalue().splitlines()]
    return [line for line in found if line["logger"] == "jaring.decisions"]


async def test_a_decision_is_said_once_it_is_committed_in_its_own_trace(
    databases: Databases, lines: io.StringIO, spans: InMemorySpanExporter
) -> None:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")
        async with opened.begin(UnitOfWork, Cause("story")) as uow:
            with trace.get_tracer("test").start_as_current_span("run assess_claim") as span:
                uow.decided("needs_officer", claim=CLAIM, reason="no_wage_month", amount_sen=None)
            assert said(lines) == []
        await opened.close()
    (line,) = said(lines)
    trace_id = f"{span.get_span_context().trace_id:032x}"
    shown = {"event", "claim", "reason", "correlation_id", "trace_id", "level"}
    assert {name: line[name] for name in shown} == {
        "event": "needs_officer",
        "claim": CLAIM,
        "reason": "no_wage_month",
        "correlation_id": "story",
        "trace_id": trace_id,
        "level": "info",
    }
    assert "amount_sen" not in line
    assert dict(spans.get_finished_spans()[0].attributes or {})["jaring.claim"] == CLAIM


async def test_what_is_rolled_back_was_never_decided(databases: Databases, lines: io.StringIO) -> None:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")

        async def decide_and_fail() -> None:
            async with opened.begin(UnitOfWork, Cause("story")) as uow:
                uow.decided("needs_officer", claim=CLAIM)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await decide_and_fail()
        await opened.close()
    assert said(lines) == []


async def test_thousands_at_once_are_told_by_their_number(databases: Databases, lines: io.StringIO) -> None:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")
        async with opened.begin(UnitOfWork, Cause("story")) as uow:
            for person in range(1000):
                uow.decided("published", type="a.v1", person=person)
            uow.decided("published", type="b.v1", person=1)
        await opened.close()
    found = said(lines)
    assert len(found) == MOST_LINES + 2
    assert (found[-1]["event"], found[-1]["type"], found[-1]["more"]) == ("published_more", "a.v1", 1000 - MOST_LINES)


async def test_of_thousands_at_once_no_claim_and_no_reason_goes_unsaid(
    databases: Databases, lines: io.StringIO
) -> None:
    """Of a report of the bank about a large file no line named the claims from the 21st payment on."""
    claims = [f"0197b6a0-6c00-7000-8000-{number:012x}" for number in range(3 * MOST_LINES + MOST_NAMED)]
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")
        async with opened.begin(UnitOfWork, Cause("story")) as uow:
            for claim in claims:
                uow.decided("needs_officer", claim=claim, reason="no_wage_month")
            uow.decided("needs_officer", claim=CLAIM, reason="lost_since_backup")
        await opened.close()
    found = said(lines)
    more = [line for line in found if line["event"] == "needs_officer_more"]
    assert [line["more"] for line in more] == [MOST_NAMED, 2 * MOST_LINES]
    assert {line["reason"] for line in more} == {"no_wage_month"}
    assert {line["correlation_id"] for line in more} == {"story"}
    named = [line["claim"] for line in found if "claim" in line] + [claim for line in more for claim in line["claims"]]
    assert named == [*claims[:MOST_LINES], CLAIM, *claims[MOST_LINES:]]
    assert max(len(line) for line in lines.getvalue().splitlines()) < 16_000
