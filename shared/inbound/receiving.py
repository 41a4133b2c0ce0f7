"""Take in what a partner pushes: each event is answered by itself, and nothing is done yet.

Every well-formed event is answered alike, whether or not anybody is registered whom it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from pydantic import ValidationError

from shared.contracts.inbound import BY_NAME
from shared.inbound.cloudevents import CloudEvent, NoEvent
from shared.inbound.errors import (
    EventIdReused,
    EventNotForThisParty,
    EventOfAnotherService,
    EventSourceOfAnother,
    EventTypeUnknown,
)
from shared.inbound.event import Answer, Arriving, InboundState
from shared.inbound.handling import HandleInbound
from shared.inbound.keys import InboundKeys
from shared.inbound.models import Models, Pushed
from shared.inbound.repository import InboundRepository, Kept
from shared.kernel.clock import now, today
from shared.kernel.errors import JaringError
from shared.kernel.identifiers import new_id
from shared.persistence.due_work import payload_of
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller
from shared.web.errors import RequestInvalid
from shared.web.validation import field_errors

_OURS = "urn:jaring:"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an event is answered when it arrives, the same each time; ``refusal`` is new, or was kept the first time."""

    event: UUID | None
    id: str | None
    source: str | None
    type: str | None
    refusal: JaringError | None = None
    kept_refusal: Answer | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Who sends, to which service, and whether by the topic of its own."""

    service: str
    models: Models
    sender: Caller
    keys: InboundKeys
    by_topic: bool = False


async def receive_events(events: Sequence[CloudEvent | NoEvent], door: Door, uow: UnitOfWork) -> list[Receipt]:
    """Keep those that are new, leave them for the worker, and answer each in its place."""
    refusals: dict[int, JaringError] = {}
    arriving: dict[int, Arriving] = {}
    for place, event in enumerate(events):
        try:
            arriving[place] = _arriving(event, door, refusals, place)
        except JaringError as reason:
            refusals[place] = reason
    first = _first_of_each(list(arriving.values()))
    inbox = InboundRepository(uow.connection)
    tenant = door.sender.party
    new = await inbox.keep(tenant, today(), first, by_topic=door.by_topic) if first else set()
    known = {(each.source, each.id): _as_kept(each) for each in first}
    if len(new) < len(first):
        known |= await inbox.kept(tenant, [each for each in first if each.event not in new])
    if any(each.event in new and each.state is InboundState.RECEIVED for each in first):
        await uow.due.at(HandleInbound(tenant, str(new_id())), now())
    return [_answered(event, arriving.get(place), known, refusals.get(place)) for place, event in enumerate(events)]


def _arriving(event: CloudEvent | NoEvent, door: Door, refusals: dict[int, JaringError], place: int) -> Arriving:
    """The event as it is kept, also where its data is refused; raises what keeps it from being kept at all."""
    if isinstance(event, NoEvent):
        raise event.reason
    _check_type(event, door)
    id_, keys = new_id(), door.keys
    digest = keys.index.of(orjson.dumps([event.type, event.subject, event.data], option=orjson.OPT_SORT_KEYS).decode())
    try:
        stated = _model(event, door).stated(door.sender, keys)
        command = payload_of(stated.command)
    except JaringError as reason:
        refusals[place] = reason
        return Arriving(id_, event.source, event.id, event.type, digest, InboundState.REFUSED, Answer.of_error(reason))
    about = keys.index.of(stated.about)
    key = keys.index.of("\x1f".join((event.type, stated.about, *stated.key)))
    sealed = keys.sealing.seal(id_, command)
    state = InboundState.RECEIVED
    return Arriving(id_, event.source, event.id, event.type, digest, state, about=about, key=key, sealed=sealed)


def _check_type(event: CloudEvent, door: Door) -> None:
    known = BY_NAME.get(event.type)
    if known is None:
        raise EventTypeUnknown()
    if known.owner != door.service:
        raise EventOfAnotherService(f"It is taken by {known.owner}.", facts={"owner": known.owner})
    if known.senders and door.sender.party_kind not in known.senders:
        raise EventNotForThisParty(f"It is sent by: {', '.join(known.senders)}.")
    if event.source.startswith(_OURS):
        named = event.source.removeprefix(_OURS).split(":", 2)[:2]
        if ":".join(named) != door.sender.party:
            raise EventSourceOfAnother()


def _model(event: CloudEvent, door: Door) -> Pushed:
    try:
        return door.models[event.type].model_validate(event.data)
    except ValidationError as fault:
        found = [{**each, "loc": ("body", *each["loc"])} for each in fault.errors(include_input=False)]
        raise RequestInvalid(
            "The data of the event does not fit its type.", errors=field_errors(found, event.data)
        ) from None


def _first_of_each(arriving: Sequence[Arriving]) -> list[Arriving]:
    """An event that a batch repeats is kept once."""
    first: dict[tuple[str, str], Arriving] = {}
    for each in arriving:
        first.setdefault((each.source, each.id), each)
    return list(first.values())


def _as_kept(each: Arriving) -> Kept:
    return Kept(each.event, each.digest, each.about is None, each.answer)


def _answered(
    event: CloudEvent | NoEvent,
    arriving: Arriving | None,
    known: dict[tuple[str, str], Kept],
    refusal: JaringError | None,
) -> Receipt:
    named = (event.id, event.source, event.type)
    if arriving is None:
        return Receipt(None, *named, refusal)
    kept = known[arriving.source, arriving.id]
    if kept.digest != arriving.digest:
        return Receipt(None, *named, EventIdReused())
    return Receipt(kept.event, *named, refusal if kept.at_door else None, kept.answer if kept.at_door else None)
