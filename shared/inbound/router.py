"""The routes of pushed events, the same in every service that takes some (CloudEvents 1.0 over HTTP)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from shared.inbound.cloudevents import (
    BATCH,
    LONGEST_ID,
    LONGEST_SOURCE,
    LONGEST_TYPE,
    MOST_EVENTS,
    STRUCTURED,
    CloudEvent,
    NoEvent,
    read_events,
)
from shared.inbound.errors import EventUnknown
from shared.inbound.event import Answer, Figures, InboundState, Stands
from shared.inbound.keys import InboundKeys
from shared.inbound.models import Models
from shared.inbound.receiving import Door, Receipt, receive_events
from shared.inbound.repository import InboundRepository
from shared.kernel.clock import today
from shared.kernel.errors import JaringError
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.errors import RequestInvalid
from shared.web.fields import LARGEST_INTEGER, Day, Text
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import FieldProblem, problem_response, problems
from shared.web.routing import CommittingRoute, idempotent, wired

PATH = "/v1/events"
LARGEST_BYTES = 4 << 20
MOST_DAYS = 31
MOST_FIGURES = 1_000
_WEEK = timedelta(days=6)

Unit = Callable[[Request], Awaitable[UnitOfWork]]
Reason = Annotated[str, Field(max_length=64, description="Why it was refused or waits: a stable code")]
Message = Annotated[str, Field(max_length=1000, description="The same in words")]
Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Milliseconds = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Errors = Annotated[list[FieldProblem], Field(max_length=100, description="The bad members of the data")]


class EventReceived(Out):
    """What an event is answered when it arrives: the same each time that it is sent."""

    event: UUID | None = Field(description="Our number of it; null of what is not kept")
    id: str | None = Field(max_length=LONGEST_ID)
    source: str | None = Field(max_length=LONGEST_SOURCE)
    type: str | None = Field(max_length=LONGEST_TYPE)
    state: Literal["received", "refused"] = Field(description="received: what comes of it is read at the event")
    reason: Reason | None
    message: Message | None
    errors: Errors

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """From what was kept, or refused."""
        answer = _answer_of(receipt)
        return cls(
            event=receipt.event,
            id=receipt.id,
            source=receipt.source,
            type=receipt.type,
            state="received" if answer is None else "refused",
            reason=None if answer is None else answer.reason,
            message=None if answer is None else answer.message,
            errors=[] if answer is None else _problems_of(answer.errors),
        )


class EventsReceived(Out):
    """The answer to each event that was sent, in their order."""

    data: list[EventReceived] = Field(max_length=MOST_EVENTS)


class EventOut(Out):
    """An event as it stands."""

    event: UUID
    id: str = Field(max_length=LONGEST_ID)
    source: str = Field(max_length=LONGEST_SOURCE)
    type: str = Field(max_length=LONGEST_TYPE)
    state: InboundState
    reason: Reason | None
    message: Message | None
    errors: Errors
    warnings: list[Reason] = Field(max_length=100, description="What is to be looked at though it was taken")
    result: dict[str, Any] = Field(description="What came of it, by its type")
    received_at: datetime
    answered_at: datetime | None = Field(description="When it first stood otherwise than received")
    parked_until: datetime | None = Field(description="Of one that waits: after this it is refused")

    @classmethod
    def of(cls, stands: Stands) -> Self:
        """From what is stored."""
        answer, waits = stands.answer, stands.state is InboundState.PARKED
        return cls(
            event=stands.event,
            id=stands.id,
            source=stands.source,
            type=stands.type,
            state=stands.state,
            reason=answer.reason,
            message=answer.message,
            errors=_problems_of(answer.errors),
            warnings=list(answer.warnings),
            result=dict(answer.result),
            received_at=stands.received_at,
            answered_at=stands.answered_at,
            parked_until=stands.parked_until if waits else None,
        )


class EventFiguresOut(Out):
    """The events of one type that were sent on one day, by what came of them."""

    type: str = Field(max_length=LONGEST_TYPE)
    day: date
    received: Count = Field(description="Not worked off yet")
    accepted: Count
    warned: Count
    refused: Count
    parked: Count
    p50_ms: Milliseconds | None = Field(description="From the receipt to the first answer, of half of them at most")
    p99_ms: Milliseconds | None = Field(description="The same of 99 in a hundred")

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """From what was counted."""
        counts = {state.value: count for state, count in figures.states.items()}
        return cls(type=figures.type, day=figures.day, **counts, p50_ms=figures.p50_ms, p99_ms=figures.p99_ms)


EventInPath = Annotated[UUID, Path(description="Our number of the event.")]
StateFilter = Annotated[InboundState | None, Query(description="Only those that stand so.")]
TypeFilter = Annotated[Text | None, Query(min_length=1, max_length=LONGEST_TYPE, description="Only those of a type.")]
FirstDay = Annotated[Day | None, Query(description="The first day of receipt; without: six days before the last.")]
LastDay = Annotated[Day | None, Query(description="The last day of receipt; without: today.")]


def inbound_router(service: str, models: Models, unit: Unit) -> APIRouter:
    """The routes of `/v1/events` of a service; `app.state.inbound_keys` are its keys."""
    router = APIRouter(route_class=CommittingRoute, tags=["events"])
    _add_sending(router, service, models, unit)
    _add_reads(router, service, unit)
    return router


async def _sent(request: Request) -> list[CloudEvent | NoEvent]:
    """Read before the unit of work is asked for: nobody holds a connection meanwhile."""
    return read_events(request.headers.get("content-type", ""), request.headers, await request.body())


async def _is_batch(request: Request) -> bool:
    return request.headers.get("content-type", "").strip().lower().startswith(BATCH)


def _add_sending(router: APIRouter, service: str, models: Models, unit: Unit) -> None:
    @router.post(
        PATH,
        status_code=202,
        summary="Push events",
        dependencies=[requires(f"{service}:event:write"), Depends(idempotent)],
        responses=problems(400, 403, 409, 413, 415, 422),
        openapi_extra=_described(service, models),
    )
    async def send_events(
        events: Annotated[list[CloudEvent | NoEvent], Depends(_sent)],
        batch: Annotated[bool, Depends(_is_batch)],
        uow: Annotated[UnitOfWork, Depends(unit)],
        sender: Party,
        keys: Annotated[InboundKeys, Depends(wired("inbound_keys", InboundKeys))],
        request: Request,
        response: Response,
    ) -> EventsReceived:
        """Push one event (CloudEvents 1.0, binary or structured) or a batch of at most 500.

        Every well-formed event is answered alike, whether or not the person is registered; what comes of it is read at
        the event. An event is known by its source and id: the same again gets the same answer and does nothing. One
        that is refused when it arrives is answered with the problem; in a batch it harms no other.
        """
        receipts = await receive_events(events, Door(service, models, sender, keys), uow)
        location = None if batch or receipts[0].event is None else f"{PATH}/{receipts[0].event}"
        refusal = None if batch else _refusal_of(receipts[0])
        if refusal is not None:
            return problem_response(request, refusal, {} if location is None else {"location": location})  # type: ignore[return-value]
        if location is not None:
            response.headers["location"] = location
        return EventsReceived(data=[EventReceived.of(each) for each in receipts])


def _add_reads(router: APIRouter, service: str, unit: Unit) -> None:
    read = [requires(f"{service}:event:read")]

    @router.get(PATH, summary="List pushed events", dependencies=read, responses=problems(400, 422))
    async def list_events(
        uow: Annotated[UnitOfWork, Depends(unit)],
        caller: Party,
        listing: Listing,
        state: StateFilter = None,
        type: TypeFilter = None,  # noqa: A002 - the attribute of the event is called so
    ) -> Page[EventOut]:
        """What the caller's party pushed, the newest first."""
        before = None if listing.after is None else int(listing.after[0])
        found = await InboundRepository(uow.connection).page(caller.party, state, type, before, listing.limit)
        return listing.page(found, item=EventOut.of, position=lambda event: [event.number])

    @router.get(f"{PATH}/figures", summary="Read figures of pushed events", dependencies=read, responses=problems(422))
    async def list_event_figures(
        uow: Annotated[UnitOfWork, Depends(unit)], caller: Party, first: FirstDay = None, last: LastDay = None
    ) -> Annotated[list[EventFiguresOut], Field(max_length=MOST_FIGURES)]:
        """How many events of each type the caller's party pushed on each day, what came of them and how soon.

        At most 31 days before the last one.
        """
        end = today() if last is None else last
        begin = max(end - _WEEK if first is None else first, end - timedelta(days=MOST_DAYS - 1))
        found = await InboundRepository(uow.connection).figures(caller.party, begin, end)
        return [EventFiguresOut.of(each) for each in found[:MOST_FIGURES]]

    @router.get(f"{PATH}/{{event}}", summary="Read a pushed event", dependencies=read, responses=problems(404))
    async def read_event(event: EventInPath, uow: Annotated[UnitOfWork, Depends(unit)], caller: Party) -> EventOut:
        """How an event stands that the caller's party pushed: its state, why, and what came of it."""
        return EventOut.of(await _found(event, caller, uow))


async def _found(event: UUID, caller: Caller, uow: UnitOfWork) -> Stands:
    found = await InboundRepository(uow.connection).find(event, caller.party)
    if found is None:
        raise EventUnknown()
    return found


def _refusal_of(receipt: Receipt) -> JaringError | None:
    if receipt.refusal is not None:
        return receipt.refusal
    return None if receipt.kept_refusal is None else RequestInvalid(receipt.kept_refusal.message)


def _answer_of(receipt: Receipt) -> Answer | None:
    if receipt.kept_refusal is not None or receipt.refusal is None:
        return receipt.kept_refusal
    return Answer.of_error(receipt.refusal)


def _problems_of(errors: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    return [FieldProblem(location="body", **each) for each in errors]


def _described(service: str, models: Models) -> dict[str, Any]:
    """The three forms of a request, with an example of each type."""
    events = [
        {
            "specversion": "1.0",
            "id": f"{type_}-1",
            "source": "/payroll/main",
            "type": type_,
            "datacontenttype": "application/json",
            "data": _example(model),
        }
        for type_, model in models.items()
    ]
    event = {
        "title": "CloudEvent",
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"type": "string", "enum": ["1.0"]},
            "id": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": "^[!-~]+$"},
            "source": {"type": "string", "minLength": 1, "maxLength": LONGEST_SOURCE, "pattern": "^[!-~]+$"},
            "type": {"type": "string", "enum": list(models)},
            "datacontenttype": {"type": "string", "enum": ["application/json"]},
            "data": {"type": "object", "description": f"See the JSON Schema of the type, as {service} publishes it."},
        },
    }
    # One form alone: what generates clients makes none that work of several.
    content = {STRUCTURED: {"schema": event, "examples": {each["type"]: {"value": each} for each in events}}}
    about = (
        f"An event; also an array of at most {MOST_EVENTS} of them as {BATCH}, and one in the binary form: the data as "
        "application/json, the attributes in headers such as ce-id."
    )
    longest = {"id": LONGEST_ID, "source": LONGEST_SOURCE, "type": LONGEST_TYPE, "specversion": 10}
    headers = [
        {
            "name": f"ce-{name}",
            "in": "header",
            "required": False,
            "description": "Of the binary form only.",
            "schema": {"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[!-~]+$"},
        }
        for name, most in longest.items()
    ]
    return {"requestBody": {"required": True, "description": about, "content": content}, "parameters": headers}


def _example(model: type[Any]) -> Any:
    return model.model_config["json_schema_extra"]["examples"][0]
