"""Answers a route by a plan that is made once, when the process starts.

FastAPI walks a route's tree of dependencies at every request: a third of what a small request cost. What the tree
asks for does not change, so it is laid out flat, in FastAPI's own order, and run. What a plan does not cover (forms,
generators, functions that run in threads, answers that are no JSON of a model) FastAPI answers itself.

FastAPI's own functions read parameters and bodies, and its own fields check and write answers: what is taken, refused
and answered is the same. `shared/web/tests/test_handler.py` compares the two.
"""

import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi._compat import field_annotation_is_sequence, lenient_issubclass
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.params import Form
from fastapi.routing import RouteContext
from fastapi.utils import is_body_allowed_for_status_code
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from starlette.exceptions import HTTPException

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Call = Callable[..., Awaitable[Any]]
# Fields of FastAPI, whose class it keeps to itself.
Fields = Sequence[Any]

# How an answer is written: what a route may say of it beside its model.
_SHAPES = ("include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none")
_MOST_CONTENT_TYPES = 64
_MOST_FIELDS = 1024
_JSON_TYPE = (b"content-type", b"application/json")
_WITHOUT_LENGTH = (204, 304)


class _Json(Response):
    """An answer in JSON, made without asking what is known of it."""

    def __init__(self, content: bytes, status: int) -> None:
        self.status_code = status
        self.background = None
        self.body = content
        self.raw_headers = [_JSON_TYPE]
        if not (status < 200 or status in _WITHOUT_LENGTH):
            self.raw_headers.insert(0, (b"content-length", b"%d" % len(content)))


class NoPlan(Exception):
    """The route asks for something that is FastAPI's to give."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A dependency, or the function of the route itself: what it is called with."""

    call: Call
    # The parts before it that it is given, by the name of the argument, and all that must have come out well.
    given: tuple[tuple[str, int], ...]
    needed: tuple[int, ...]
    # What it takes from the request, which may be wrong: the attribute of the request, and the fields.
    reads: tuple[tuple[str, Fields], ...]
    request: str | None
    response: str | None


class _Layout:
    """Lays the tree flat: each dependency once, after those that it needs."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self._places: dict[Any, int] = {}

    def place(self, dependant: Dependant, *, is_route: bool = False) -> int:
        """Where a dependency stands; raises NoPlan."""
        known = self._places.get(dependant.call)
        if known is not None:
            if self._may_fail(known):
                # FastAPI would tell what is wrong with its parameters once for each who needs it.
                raise NoPlan
            return known
        _refuse(dependant, is_route=is_route)
        placed = [(each.name, self.place(each)) for each in dependant.dependencies]
        read = (
            ("path_params", dependant.path_params),
            ("query_params", dependant.query_params),
            ("headers", dependant.header_params),
        )
        self.parts.append(
            _Part(
                _call_of(dependant),
                tuple((name, at) for name, at in placed if name is not None),
                tuple(at for _, at in placed),
                tuple((source, tuple(fields)) for source, fields in read if fields),
                dependant.request_param_name or dependant.http_connection_param_name,
                dependant.response_param_name,
            )
        )
        self._places[dependant.call] = len(self.parts) - 1
        return len(self.parts) - 1

    def _may_fail(self, at: int) -> bool:
        part = self.parts[at]
        return bool(part.reads) or any(self._may_fail(each) for each in part.needed)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The parts in the order in which they are called, the route's own function last."""

    parts: tuple[_Part, ...]
    body: Fields
    embeds: bool
    asks_for_response: bool
    status: int
    field: Any
    write: Callable[[Any], bytes]

    async def answer(self, request: Request) -> Response:
        """What FastAPI would answer; raises what it would raise."""
        body = await _body(request) if self.body else PydanticUndefined
        given = _blank() if self.asks_for_response else None
        found = await self._run(request, body, given)
        return found if isinstance(found, Response) else self._written(found, given)

    async def _run(self, request: Request, body: Any, given: Response | None) -> Any:
        solved: list[Any] = []
        errors: list[Any] = []
        failed: set[int] = set()
        *dependencies, route = self.parts
        for part in dependencies:
            values, wrong = _values(part, solved, request, given)
            errors += wrong
            if wrong or (failed and not failed.isdisjoint(part.needed)):
                failed.add(len(solved))
                solved.append(None)
            else:
                solved.append(await part.call(**values))
        values, wrong = _values(route, solved, request, given)
        errors += wrong
        if self.body:
            of_body, wrong = await self._read(body)
            errors += wrong
            values.update(of_body)
        if errors:
            raise RequestValidationError(errors, body=None if body is PydanticUndefined else body)
        return await route.call(**values)

    async def _read(self, body: Any) -> tuple[dict[str, Any], Sequence[Any]]:
        """The route's arguments from the body, and what is wrong with it."""
        first, *others = self.body
        if others or self.embeds or body is PydanticUndefined:
            return await request_body_to_args(list(self.body), body, self.embeds)
        # By far the most common; the function above would find out each time that it is this one.
        value, wrong = first.validate(body, {}, loc=("body",))
        return {first.name: value}, wrong

    def _written(self, found: Any, given: Response | None) -> Response:
        value, errors = self.field.validate(found, {}, loc=("response",))
        if errors:
            raise ResponseValidationError(errors=errors, body=found)
        content = self.write(value)
        status = self.status if given is None else given.status_code or self.status
        response = _Json(content, status)
        if given is not None:
            response.raw_headers.extend(given.raw_headers)
            if not is_body_allowed_for_status_code(status):
                response.body = b""
        return response


def planned(context: RouteContext) -> Handler | None:
    """The handler of a route by a plan of its own, in the place where FastAPI's would stand; None where it has none."""
    try:
        return _plan(context).answer
    except NoPlan:
        return None


def _plan(context: RouteContext) -> _Plan:
    if context.response_field is None or not isinstance(context.response_class, DefaultPlaceholder):
        raise NoPlan
    if context.is_json_stream:
        raise NoPlan
    if context.body_field is not None and isinstance(context.body_field.field_info, Form):
        raise NoPlan
    layout, dependant = _Layout(), context.dependant
    layout.place(dependant, is_route=True)
    return _Plan(
        tuple(layout.parts),
        tuple(dependant.body_params),
        context._embed_body_fields,
        any(part.response is not None for part in layout.parts),
        int(context.status_code or HTTPStatus.OK),
        context.response_field,
        _writer(context),
    )


def _writer(context: RouteContext) -> Callable[[Any], bytes]:
    """Writes the answer's model as JSON, as the field would, which says each time all that it does not ask for."""
    shape = {name: getattr(context, f"response_model_{name}") for name in _SHAPES}
    asked = {name: value for name, value in shape.items() if value}
    return functools.partial(context.response_field._type_adapter.serializer.to_json, **asked)


def _refuse(dependant: Dependant, *, is_route: bool) -> None:
    """Raise NoPlan for what a plan does not do as FastAPI does it."""
    unusual = (
        dependant.cookie_params,
        dependant.websocket_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
        dependant.concurrency,
        not dependant.use_cache,
        # A body that a dependency reads, and scopes that are handed down.
        not is_route and dependant.body_params,
        dependant.own_oauth_scopes and dependant.dependencies,
    )
    if any(unusual):
        raise NoPlan


def _call_of(dependant: Dependant) -> Call:
    call = dependant.call
    if call is None or not (inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)):
        raise NoPlan
    return call


def _values(
    part: _Part, solved: list[Any], request: Request, given: Response | None
) -> tuple[dict[str, Any], Sequence[Any]]:
    """What the part is called with, and what is wrong with what it takes from the request."""
    values = {name: solved[at] for name, at in part.given} if part.given else {}
    if part.request is not None:
        values[part.request] = request
    if part.response is not None:
        values[part.response] = given
    if not part.reads:
        return values, ()
    errors: list[Any] = []
    for source, fields in part.reads:
        read, wrong = _taken(source, fields, request)
        values.update(read)
        errors += wrong
    return values, errors


def _taken(source: str, fields: Fields, request: Request) -> tuple[dict[str, Any], Sequence[Any]]:
    """The parameters of one source, and what is wrong with them."""
    received = getattr(request, source)
    first, *others = fields
    if others or source != "path_params" or not _is_plain(first) or first.alias not in received:
        return request_params_to_args(fields, received)
    # By far the most common; the function above would find out each time that it is this one.
    value, wrong = first.validate(received[first.alias], {}, loc=("path", first.alias))
    return ({}, wrong) if wrong else ({first.name: value}, ())


@functools.lru_cache(_MOST_FIELDS)
def _is_plain(field: Any) -> bool:
    """Whether a parameter in the path is one value by one name."""
    annotation, alias = field.field_info.annotation, field.field_info.validation_alias
    if alias not in (None, field.alias):
        return False
    return not field_annotation_is_sequence(annotation) and not lenient_issubclass(annotation, BaseModel)


async def _body(request: Request) -> Any:
    """The body as FastAPI hands it on: what its JSON says, or its bytes; raises RequestValidationError."""
    raw = await request.body()
    if not raw:
        return PydanticUndefined
    if not _is_json(request.headers.get("content-type", "")):
        return raw
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as fault:
        if not isinstance(fault, json.JSONDecodeError):
            raise HTTPException(400) from fault
        error = {
            "type": "json_invalid",
            "loc": ("body", fault.pos),
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": fault.msg},
        }
        raise RequestValidationError([error], body=fault.doc) from fault


@functools.lru_cache(_MOST_CONTENT_TYPES)
def _is_json(content_type: str) -> bool:
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    return bool(content_type) and message.get_content_maintype() == "application" and is_json


def _blank() -> Response:
    """The response that a route may write headers and a status to."""
    response = Response()
    response.raw_headers.clear()
    response.status_code = None  # type: ignore[assignment]  # until the route sets one
    return response
