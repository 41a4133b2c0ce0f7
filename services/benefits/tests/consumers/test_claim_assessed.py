"""What claims decided, as the consumer delivers it: batches, repeats and announcements."""

import random
from collections.abc import Sequence

import pytest

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.conftest import (
    CLAIM,
    enter_payee,
    first,
    listed,
    refused,
    second,
    third,
    work_off,
)
from services.benefits.worker import SUBSCRIPTIONS
from shared.contracts.claim_assessed import AssessmentEvent
from shared.contracts.envelope import Envelope
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.batch import BatchHandler
from shared.messaging.received import Raw, Received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


def received(events: Sequence[AssessmentEvent], announcement: str | None = None) -> list[Received]:
    """The events as records of one partition, each with an envelope of its own."""
    readings = []
    for offset, event in enumerate(events):
        raw = Raw("claim.assessed", 0, offset, event.key, (), event.data())
        subject = "/".join(event.aggregate)
        envelope = Envelope(
            new_id(), "/claims", event.type(), now(), subject, event.revision, "story", announcement=announcement
        )
        readings.append(Received(raw, envelope, event))
    return readings


async def deliver(benefits: ServiceUnderTest, readings: Sequence[Received]) -> None:
    await BatchHandler(benefits.worker.database, BenefitsUnitOfWork).handle(SUBSCRIPTIONS[0], readings)


async def test_a_batch_with_all_revisions_settles_the_newest_only(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await deliver(benefits, received([first(), second(), third()]))
    await work_off(benefits)
    payments = await listed(benefits, "payments")
    assert [(payment["revision"], payment["amount"]["amount"]) for payment in payments] == [(3, "1224.00")]


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_and_twice_over_the_newest_counts(benefits: ServiceUnderTest, seed: int) -> None:
    events = [first(), second(), third(), refused(4, claim=new_id()), first(claim=new_id())] * 2
    random.Random(seed).shuffle(events)
    await enter_payee(benefits)
    for reading in received(events):
        await deliver(benefits, [reading])
        if reading.raw.offset % 3 == seed % 3:
            await work_off(benefits)
    await work_off(benefits)
    rows = [row for row in await listed(benefits, "entitlements") if row["claim"] == str(CLAIM)]
    assert [(row["revision"], row["amount"]["amount"], row["pending"]["amount"]) for row in rows] == [
        (3, "1224.00", "1224.00")
    ]


async def test_an_announcement_fills_the_projection_and_settles_nothing(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await deliver(benefits, received([second()], announcement="run-1"))
    assert await work_off(benefits) == 0
    (row,) = await listed(benefits, "entitlements")
    assert (row["amount"]["amount"], row["settled_revision"]) == ("1836.00", None)
