"""One worker's story through all five services: in order here, shuffled and doubled too in `make prove` (rules P3).

The amounts are worked here from the Act, not by the code under test. Six months before July 2026 (Fourth Schedule):
January to May at RM2,480.00 are class 29, assumed RM2,450; June at RM3,050.00 is class 35, assumed RM3,050.

    revision 1, June rated by the last known class:  6 × 2,450 = 14,700;  / 6 / 30 × 80 % = 65.333… → 65.33
                certified from 16 July to 11 August: 27 days × 65.33                           = 1,763.91
    revision 2, June as declared:  5 × 2,450 + 3,050 = 15,300;  / 6 / 30 × 80 %                = 68.00
                27 × 68.00 = 1,836.00; less 1,763.91 paid, the difference                      =    72.09
    revision 3, fit from 3 August:  16 July to 2 August, 18 days × 68.00                       = 1,224.00
                1,836.00 paid less 1,224.00 owed, to be recovered (s.50)                       =   612.00
"""

import io

import pytest
from aiokafka import AIOKafkaConsumer
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from deploy.local.ending import books_of, ending
from deploy.local.story import HOSPITAL, OFFICER, Story
from shared.contracts.topics import TOPICS, physical
from shared.messaging.publisher import Message, Publisher
from shared.testing.servers import Broker
from shared.testing.service import eventually
from tests.journeys.platform import Platform, at_work
from tests.journeys.republishing import rebuild_claims
from tests.journeys.story_runner import money_of, run_story
from tests.journeys.ways import Outcome, Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@in_one_way(Way.IN_ORDER)
async def test_one_workers_story(
    statements: None, platform: Platform, broker: Broker, log_lines: io.StringIO, spans: InMemorySpanExporter
) -> None:
    """The same entitlement, net payment and placement in every way, and nothing personal outside; at its end claims'
    projections are dropped and republished, equal to the last row (rules M8).

    Told in order, each amount is what it was on the way, to the sen, and the accident makes one trace.
    """
    story = Story(platform, trace_headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    async with at_work(platform):
        titles = await run_story(platform, story)
        placement = await story.placement()
        await rebuild_claims(platform, story)
    assert platform.outcome == Outcome((("decided", ""),), (122400,), (122400,))
    assert placement["state"] == "confirmed"
    if platform.in_order:
        assert [title for title in titles if title == "Paid"] == ["Paid", "Paid"]
        assert await money_of(platform, story) == {"paid": [176391, 7209], "entitled": [122400], "open": [61200]}
        told = ending(story.worker.name, story.worker.person, await books_of(platform, story))
        assert [line.split()[0] for line in told[1:5]] == ["RM1,763.91", "RM72.09", "RM612.00", "RM1,224.00"]
        # Elsewhere a decision belongs to the trace of whatever completed what it needed.
        assert one_trace(spans) >= {"claims", "benefits"}
    await nothing_personal(story, platform, broker, log_lines, spans)


def one_trace(spans: InMemorySpanExporter) -> set[str]:
    """The steps of the accident's trace: from the request over Kafka into benefits and its bank file."""
    names = [span.name for span in spans.get_finished_spans() if f"{span.context.trace_id:032x}" == TRACE]
    assert "POST /v1/notices" in names
    assert "process claim.assessed" in names
    assert "render payment" in names
    return {"claims", "benefits"}


async def nothing_personal(
    story: Story, platform: Platform, broker: Broker, log_lines: io.StringIO, spans: InMemorySpanExporter
) -> None:
    """No national id, name or account number in a topic, a log line or a span."""
    worker = story.worker
    secrets = [worker.mykad, worker.account, worker.name, worker.name.split()[0]]
    topics = await everything_on(broker, platform.prefix)
    exported = "\n".join(span.to_json() for span in spans.get_finished_spans())
    places = {"topics": topics, "logs": log_lines.getvalue(), "spans": exported}
    assert all(len(text) > 1000 for text in places.values()), {name: len(text) for name, text in places.items()}
    found = [(name, secret) for name, text in places.items() for secret in secrets if secret in text]
    assert found == []


async def everything_on(broker: Broker, prefix: str) -> str:
    names = [physical(topic.name, prefix) for topic in TOPICS]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    texts = []

    async def all_assigned() -> bool:
        return {place.topic for place in consumer.assignment()} == set(names)

    try:
        # Topics as young as a test's may not be known to the client at once, and nothing read proves nothing.
        await eventually(all_assigned)
        # To the ends as they stand now: a silence of a second proves nothing on a busy machine.
        ends = await consumer.end_offsets(consumer.assignment())
        while [place for place, end in ends.items() if await consumer.position(place) < end]:
            records = await consumer.getmany(timeout_ms=300)
            texts += [f"{record.key} {record.headers} {record.value}" for batch in records.values() for record in batch]
    finally:
        await consumer.stop()
    return "\n".join(texts)


async def test_a_scan_that_finds_nothing_can_find_something(topic_prefix: str, broker: Broker) -> None:
    """The scan above is able to fail: a name put into a record is found by it."""
    publisher = Publisher(broker.bootstrap, "planted")
    await publisher.send([Message(physical(TOPICS[0].name, topic_prefix), "k", {}, b"AMINAH BINTI YUSOF")])
    await publisher.close()

    async def found() -> bool:
        return "AMINAH" in await everything_on(broker, topic_prefix)

    # Topics as young as these may have no leader yet.
    await eventually(found)


async def test_an_unknown_person_is_no_error_for_the_hospital(platform: Platform) -> None:
    """The notice is accepted and waits; nothing about it leaves claims."""
    story = Story(platform)
    claim = await story.report_accident()
    while await platform.services["claims"].worker.runner.run_one():
        continue
    answer = await platform.call("claims", "GET", f"/v1/claims/{claim}", party=OFFICER)
    assert answer.json()["state"] == "awaiting_identity"
    async with platform.services["claims"].database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
    assert HOSPITAL != OFFICER
