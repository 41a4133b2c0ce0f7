"""Take in what partners push by Kafka: each on a topic of its own, each record answered, in the order of the topic.

Whose events they are, the topic says. From there on they are what events over REST are: kept in the same table under
the same source and id, worked off by the same commands. Each service takes its own types; what is of no service, one of
them answers.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from shared.contracts.event_answered import EventAnswered
from shared.contracts.inbound import BY_NAME
from shared.contracts.partner_topics import ANSWERS_FOR_NOBODY, PartnerTopics
from shared.inbound.answers import answer_of, put
from shared.inbound.cloudevents import CloudEvent, NoEvent, read_record
from shared.inbound.event import DEFECT, Answer, Stands
from shared.inbound.keys import InboundKeys
from shared.inbound.models import Models
from shared.inbound.receiving import Door, Receipt, receive_events
from shared.inbound.repository import InboundRepository
from shared.kernel.failpoints import failpoint
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Pattern
from shared.messaging.consumer_core import Attempt, ConsumerCore, Park, Project, SplitUp, Take
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.received import Foreign, Raw, Reading, Received
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role

U = TypeVar("U", bound=UnitOfWork)

# So many records are one transaction, and so many events of a party wait to be worked off before its topic is not read
# on: what more it sends waits on its topic, where it keeps nobody waiting but itself.
PAGE = 200
MOST_WAITING = 1_000
LOOK_SECONDS = 0.5
# By what metrics name the topics of all partners.
LABEL = "in"

log = structlog.get_logger()


@dataclass(frozen=True)
class Intake:
    """What a service takes of the topics of partners: its types, and the keys by which it keeps them."""

    models: Models
    keys: InboundKeys


@dataclass(frozen=True)
class PartnerTopic(Subscription[U]):
    """A topic of a partner's own; its records are no events of ours, and are given to nobody as such."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", ())

    @property
    def label(self) -> str:
        """The same of all partners."""
        return LABEL


class IntakeHandler(BatchHandler[U], Generic[U]):
    """Takes records of partners in; where a batch fails as a whole, one by one, as the platform's own events."""

    def __init__(self, database: Database, unit: type[U], intake: Intake) -> None:
        super().__init__(database, unit)
        self._intake = intake
        self._core = ConsumerCore(is_transient, most=PAGE)
        self._busy: set[str] = set()
        self._looked = float("-inf")
        self._full: frozenset[str] = frozenset()

    def pattern(self, names: str) -> Pattern[U]:
        """The topics of all partners, as the consumer reads them."""
        return Pattern(names, PartnerTopic, Foreign, self.full, PAGE)

    async def full(self) -> Collection[str]:
        """The topics of those parties of which enough waits to be worked off."""
        now = asyncio.get_running_loop().time()
        if self._busy and now - self._looked >= LOOK_SECONDS:
            self._looked = now
            async with self._begin() as uow:
                tenants = await InboundRepository(uow.connection).overfull(self._busy, MOST_WAITING)
            self._busy = set(tenants)
            self._full = frozenset(PartnerTopics.of(tenant).events for tenant in tenants)
        return self._full

    async def _do(self, subscription: Subscription[U], step: object) -> int | Sequence[Received] | None:
        match step:
            case Project(readings):
                await self._take_in(subscription.topic, readings)
                return ()
            case Attempt(reading):
                await self._take_in(subscription.topic, [reading])
                return None
            case Park(reading):
                await self._give_up(subscription.topic, reading.raw)
                return None
            case Take() | SplitUp():
                return await super()._do(subscription, step)
        raise AssertionError(step)

    async def _take_in(self, topic: str, readings: Sequence[Reading]) -> None:
        raws = [each.raw for each in readings]
        tenant = PartnerTopics.with_events(topic).party
        async with self._begin() as uow:
            await take_in(tenant, raws, self._intake, uow)
            await self._release(ConsumerStore(uow.connection, self._service), raws, {})
            failpoint("inbound.before_commit")
        self._busy.add(tenant)
        self._looked = float("-inf")
        failpoint("inbound.after_commit")

    async def _give_up(self, topic: str, raw: Raw) -> None:
        """A defect of ours, four times: it is answered so, and its sender may send it again under another id."""
        log.error("inbound_record_given_up", topic=topic, offset=raw.offset)
        async with self._begin() as uow:
            answer = EventAnswered(offset=raw.offset, state="refused", reason=DEFECT, message="A defect of ours.")
            await put(PartnerTopics.with_events(topic).party, [answer], uow)
            await self._release(ConsumerStore(uow.connection, self._service), [raw], {})


async def take_in(tenant: str, raws: Sequence[Raw], intake: Intake, uow: UnitOfWork) -> None:
    """Keep the events that are this service's, and answer at once what something has become of already."""
    read = [(raw.offset, read_record(raw.headers, raw.payload)) for raw in raws]
    ours = [(offset, event) for offset, event in read if owner_of(event) == uow.service]
    if not ours:
        return
    # Who may write to the topic is the party itself: the broker lets nobody else.
    client = PartnerTopics.of(tenant).name
    sender = Caller(client, tenant, Role.PARTNER, frozenset(), client)
    door = Door(uow.service, intake.models, sender, intake.keys, by_topic=True)
    receipts = await receive_events([event for _, event in ours], door, uow)
    kept = [each.event for each in receipts if each.event is not None]
    stands = {each.event: each for each in await InboundRepository(uow.connection).follow(kept)} if kept else {}
    answers = [_answer(receipt, stands, offset) for (offset, _), receipt in zip(ours, receipts, strict=True)]
    await put(tenant, [each for each in answers if each is not None], uow)


def owner_of(event: CloudEvent | NoEvent) -> str:
    """The service that answers it."""
    known = BY_NAME.get(event.type or "")
    return ANSWERS_FOR_NOBODY if known is None else known.owner


def _answer(receipt: Receipt, stands: Mapping[UUID, Stands], offset: int) -> EventAnswered | None:
    """What is answered at once: nothing where it is to be worked off."""
    if receipt.event is not None:
        standing = stands.get(receipt.event)
        return None if standing is None else answer_of(standing, offset)
    said = Answer() if receipt.refusal is None else Answer.of_error(receipt.refusal)
    return EventAnswered(
        id=receipt.id,
        source=receipt.source,
        type=receipt.type,
        offset=offset,
        state="refused",
        reason=said.reason,
        message=said.message,
        errors=tuple(said.errors),
    )
