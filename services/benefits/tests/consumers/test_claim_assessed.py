"""What claims decided, as the consumer delivers it: batches, repeats and announcements."""

import random
from datetime import date

import pytest

from services.benefits.consumers.claim_assessed import terms_of
from services.benefits.domain.entitled import Term
from services.benefits.tests.support import (
    CLAIM,
    FIRST_DAY,
    LAST_DAY,
    enter_payee,
    first,
    listed,
    monthly,
    once,
    period,
    refused,
    second,
    third,
)
from shared.kernel.identifiers import new_id
from shared.law.decision import Per
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_a_batch_with_all_revisions_settles_the_newest_only(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await benefits.consume_batch([first(), second(), third()])
    await benefits.work_off()
    payments = await listed(benefits, "payments")
    assert [(payment["revision"], payment["amount"]["amount"]) for payment in payments] == [(3, "1224.00")]


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_and_twice_over_the_newest_counts(benefits: ServiceUnderTest, seed: int) -> None:
    events = [first(), second(), third(), refused(4, claim=new_id()), first(claim=new_id())] * 2
    random.Random(seed).shuffle(events)
    await enter_payee(benefits)
    for number, event in enumerate(events):
        await benefits.consume(event)
        if number % 3 == seed % 3:
            await benefits.work_off()
    await benefits.work_off()
    rows = [row for row in await listed(benefits, "entitlements") if row["claim"] == str(CLAIM)]
    assert [(row["revision"], row["amount"]["amount"], row["pending"]["amount"]) for row in rows] == [
        (3, "1224.00", "1224.00")
    ]


async def test_an_announcement_fills_the_projection_and_settles_nothing(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await benefits.consume(received(second(), announcement="run-1"))
    assert await benefits.work_off() == 0
    (row,) = await listed(benefits, "entitlements")
    assert (row["amount"]["amount"], row["settled_revision"]) == ("1836.00", None)


def test_every_term_of_an_event_is_read_as_it_is_stated() -> None:
    """A broken month, a pension from the next one on, and days."""
    august = date(2026, 8, 1)
    stated = (once(date(2026, 7, 31), 3510), monthly(august, None, 105_300), period(FIRST_DAY, LAST_DAY, 6533))
    assert terms_of(stated) == (
        Term(Per.ONCE, 3510, date(2026, 7, 31)),
        Term(Per.MONTH, 105_300, august),
        Term(Per.DAY, 6533, FIRST_DAY, LAST_DAY),
    )
