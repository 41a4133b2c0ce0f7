"""The timer: whole or not at all, and every payment rendered within the trace of its story."""

import asyncio
from typing import Any
from uuid import uuid5

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.benefits.commands import freeze_bank_file
from services.benefits.files.pain_001 import SchemaViolated
from services.benefits.tests.support import CLAIM, enter_payee, files, first, freeze, listed, relay, settle
from shared.telemetry import messaging
from shared.telemetry.attributes import ALLOWED
from shared.testing.service import ServiceUnderTest, eventually

pytestmark = pytest.mark.postgres


async def test_nothing_unsent_makes_no_file(benefits: ServiceUnderTest) -> None:
    await freeze(benefits)
    assert await files(benefits) == []


async def test_what_one_file_cannot_hold_together_goes_into_the_next(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two persons are owed RM1,763.91 each, and a file may hold RM2,000.00."""
    monkeypatch.setattr("services.benefits.domain.payments.MOST_IN_A_FILE_SEN", 200_000)
    for person, claim in enumerate((CLAIM, uuid5(CLAIM, "another")), 12):
        await enter_payee(benefits, person=person)
        await settle(benefits, first(person=person, claim=claim))
    for made in (1, 2, 2):
        await freeze(benefits)
        assert [each["transactions"] for each in await files(benefits)] == [1] * made


async def test_a_crash_between_freezing_and_storing_leaves_the_payments_unsent(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())

    def crash(*_: object) -> bytes:
        raise SchemaViolated("planted")

    with monkeypatch.context() as planted:
        planted.setattr(freeze_bank_file, "render", crash)
        with pytest.raises(SchemaViolated):
            await freeze(benefits)
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["unsent"]
    await freeze(benefits)
    assert [file["transactions"] for file in await files(benefits)] == [1]


async def test_rendering_is_a_child_of_the_trace_that_instructed_the_payment(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(messaging, "_tracer", provider.get_tracer("test"))
    await enter_payee(benefits)
    with provider.get_tracer("test").start_as_current_span("the story") as story:
        await settle(benefits, first())
    await freeze(benefits)
    (span,) = [span for span in exporter.get_finished_spans() if span.name == "render payment"]
    (payment,) = await listed(benefits, "payments")
    assert span.context is not None
    assert span.context.trace_id == story.get_span_context().trace_id
    assert payment["trace_id"] == trace.format_trace_id(story.get_span_context().trace_id)
    assert span.attributes is not None
    assert span.attributes["jaring.instruction"] == payment["payment"]
    assert set(span.attributes) <= set(ALLOWED)


async def test_a_timer_that_failed_for_good_runs_again_when_the_worker_starts(benefits: ServiceUnderTest) -> None:
    """Whoever mended the cause restarts the worker; a timer that stayed failed would pay nobody, in silence."""
    await enter_payee(benefits)
    await settle(benefits, first())
    async with benefits.database.connection() as connection:
        await connection.execute("""
            INSERT INTO due_work (kind, payload, due_at, waits_for, attempts, failed, correlation_id, trace)
            VALUES ('freeze_bank_file', '{}', now(), '{}', 8, 'SchemaViolated', 'timer', '{}')
        """)
    stop = asyncio.Event()
    running = asyncio.create_task(benefits.worker.runner.run(stop))
    try:
        await eventually(lambda: _handed_out(benefits))
    finally:
        stop.set()
        await running


async def _handed_out(benefits: ServiceUnderTest) -> list[dict[str, Any]]:
    await relay(benefits)
    return await files(benefits)
