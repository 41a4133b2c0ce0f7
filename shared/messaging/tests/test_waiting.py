"""What nobody uses waits a moment for more of it, and never longer than that or behind what is used (rules M6)."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord, TopicPartition

from shared.contracts.envelope import Event
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.registration import EmployerRegisteredV1, SpellEvent
from shared.contracts.rehab_discharged import PatientDischargedV1
from shared.messaging.consumer import PASSED_OVER_SECONDS, _Waiting
from shared.messaging.consumer_core import MAX_EVENTS
from shared.messaging.subscription import Subscription
from shared.messaging.tests.conftest import TOPIC
from shared.messaging.tests.deliveries import record
from shared.persistence.unit_of_work import UnitOfWork

PLACE = TopicPartition(TOPIC.name, 0)


async def uses_none(event: PatientDischargedV1, uow: UnitOfWork) -> None:
    """Of this topic."""


async def uses_all(event: PlacementConfirmedV1, uow: UnitOfWork) -> None:
    """Of this topic."""


def fetched(*offsets: int) -> dict[TopicPartition, Sequence[ConsumerRecord]]:
    raws = [record(1, 1 + offset, offset) for offset in offsets]
    return {
        PLACE: [
            ConsumerRecord(TOPIC.name, 0, raw.offset, 0, 0, raw.key.encode(), raw.payload, None, 0, 0, raw.headers)
            for raw in raws
        ]
    }


def offsets_due(waiting: "_Waiting[UnitOfWork]", now: float) -> list[int]:
    return [found.offset for _, records in waiting.due(now) for found, _ in records]


def test_what_is_not_used_waits_for_more_and_no_longer_than_a_moment() -> None:
    waiting = _Waiting({TOPIC.name: Subscription[UnitOfWork](TOPIC.name, handle=uses_none)})
    waiting.come(fetched(0), 0)
    assert offsets_due(waiting, 0.1) == []
    waiting.come(fetched(1, 2), 0.5)
    assert offsets_due(waiting, PASSED_OVER_SECONDS) == [0, 1, 2]
    assert offsets_due(waiting, 9) == []
    waiting.come(fetched(*range(MAX_EVENTS)), 10)
    assert len(offsets_due(waiting, 10)) == MAX_EVENTS


def test_what_is_used_is_due_at_once_and_what_waited_goes_before_it() -> None:
    topics = {TOPIC.name: Subscription[UnitOfWork](TOPIC.name, handle=uses_none)}
    waiting = _Waiting(topics)
    waiting.come(fetched(0), 0)
    topics[TOPIC.name] = Subscription[UnitOfWork](TOPIC.name, handle=uses_all)
    waiting.come(fetched(1), 0)
    assert offsets_due(waiting, 0) == [0, 1]


def test_what_waits_of_partitions_that_are_assigned_again_is_forgotten() -> None:
    waiting = _Waiting({TOPIC.name: Subscription[UnitOfWork](TOPIC.name, handle=uses_none)})
    waiting.come(fetched(0), 0)
    waiting.forget()
    assert offsets_due(waiting, 9) == []


def test_a_subscription_uses_what_its_projection_and_its_reaction_say_of_their_first_parameter() -> None:
    async def apply(events: Sequence[EmployerRegisteredV1 | SpellEvent], uow: UnitOfWork) -> None: ...

    async def any_of_them(events: Sequence[Event], uow: UnitOfWork) -> None: ...

    async def says_nothing(events, uow) -> None: ...  # type: ignore[no-untyped-def]

    assert Subscription("registration", apply=apply).uses == (EmployerRegisteredV1, SpellEvent)
    assert Subscription("registration", handle=uses_none).uses == (PatientDischargedV1,)
    assert Subscription("registration", apply=any_of_them, handle=uses_none).uses == (Event, PatientDischargedV1)
    assert Subscription("registration", apply=says_nothing).uses == (Event,)
