"""A route that commits before it answers, and the idempotency of what it does.

FastAPI runs the exit of a ``yield`` dependency after the answer has left (fastapi#14099), so a commit placed there can
fail after the client was answered with success. ``CommittingRoute`` opens the unit of work around the whole route,
keeps the answer beside the idempotency key, commits, and only then lets the answer go.
"""

import asyncio
import hmac
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import cache, lru_cache
from typing import Any, ParamSpec, TypeVar, cast

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from shared.contracts.envelope import Cause
from shared.kernel.errors import JaringError
from shared.kernel.failpoints import failpoint
from shared.persistence.engine import Database
from shared.persistence.idempotency import Claim, KeptAnswer
from shared.persistence.transient import is_contention
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import PUBLIC, admit, authenticate, declared_scope
from shared.security.tokens import Caller
from shared.web.errors import (
    IdempotencyInFlight,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestMalformed,
)
from shared.web.limits import Admission
from shared.web.reading import Reading

T = TypeVar("T")
U = TypeVar("U", bound=UnitOfWork)
P = ParamSpec("P")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_KEY = re.compile(r'"?(?P<key>[!#-~]{1,200})"?')
# Those of resumable uploads among them: who repeats the request goes on by them.
_KEPT_HEADERS = (
    *(b"content-type", b"location", b"content-location"),
    *(b"tus-resumable", b"upload-offset", b"upload-expires"),
)
# A larger body is hashed in a thread: the loop answers others meanwhile.
_AT_ONCE_BYTES = 256 << 10
_ATTEMPTS = 3
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
_PLAIN_HOST = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.-]*(?::(?P<port>[0-9]{1,5}))?")
_LAST_PORT = 65535
# Of a binary CloudEvent and of an upload.
_SAYING_HEADERS = (b"ce-", b"upload-")
_MOST_HOSTS = 64

log = structlog.get_logger()


class Replay(Exception):
    """The request was answered before; carries the stored answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class CommittingRoute(APIRoute):
    """Opens what the route needs, commits when it has an answer, rolls back when it raised."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI would use, as `committing` runs it."""
        return self.committing(super().get_route_handler())

    def committing(self, original: Handler) -> Handler:
        """A handler of this route, inside a transaction that ends before the answer leaves.

        In this order: who asks, whether it may, its body to the last byte, and only then a connection to the database.
        Before the answer leaves it is written down whose data it tells, where the route declares that it tells any.
        A client that sends slowly keeps nobody waiting but itself. What PostgreSQL took back only to let another
        transaction go on is done again.
        """
        scope = declared_scope(self)

        async def handle(request: Request) -> Response:
            for _ in range(_ATTEMPTS - 1):
                try:
                    return await _attempted(once, request)
                except DBAPIError as reason:
                    if not is_contention(reason):
                        raise
                    log.warning("request_repeated", error=type(reason.orig).__name__)
            return await _attempted(once, request)

        async def once(request: Request) -> Response:
            # Starlette's object around it looks twice for each name that it is asked for.
            state: dict[str, Any] = request.scope.setdefault("state", {})
            # Of an attempt before, they would write into a transaction that was rolled back.
            state["keep_answer"] = state["reading"] = None
            try:
                async with AsyncExitStack() as stack:
                    state["transaction"] = stack
                    if scope != PUBLIC:
                        # Before the body is read: who may not come in learns nothing of what is wrong with it.
                        caller = await (authenticate(request) if scope is None else admit(request, scope))
                        admission: Admission = request.app.state.admission
                        stack.enter_context(admission.request(caller.client))
                    await request.body()
                    response = await _told(original, request)
                    keep = state["keep_answer"]
                    if keep is not None:
                        keep(response)
            except Replay as replay:
                return replay.response
            _passed(keeps=keep is not None, reads=state["reading"] is not None)
            return response

        return handle


def _passed(*, keeps: bool, reads: bool) -> None:
    """The point between the end of the transaction and the answer."""
    if keeps:
        failpoint("request.after_commit")
    elif reads:
        failpoint("reading.committed")


async def _attempted(once: Handler, request: Request) -> Response:
    """Its answer, or its refusal once what that tells is written down, after its transaction was taken back."""
    try:
        return await once(request)
    except JaringError as refusal:
        reading: Reading | None = request.scope["state"]["reading"]
        if reading is not None:
            await reading.keep_refused(request, refusal)
        raise


async def _told(original: Handler, request: Request) -> Response:
    """What is answered, once it is written down who is told whose data; raises Replay where that is nobody's."""
    state: dict[str, Any] = request.scope["state"]
    try:
        response = await original(request)
    except Replay as replay:
        if state["reading"] is None:
            raise
        # Told once more, it is read once more.
        response = replay.response
    reading: Reading | None = state["reading"]
    if reading is not None:
        await reading.keep(request, response)
    return response


class _AsFarAsItCame(Request):
    """A request whose body, where its client is cut off, is what came of it."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The parts of the body."""
        try:
            async for part in super().stream():
                yield part
        except ClientDisconnect:
            yield b""


class ResumableRoute(CommittingRoute):
    """A route whose PATCH keeps what came of a body before its client was cut off: nobody hears the answer, and the
    client asks where to go on."""

    def get_route_handler(self) -> Handler:
        """As that of any route, but for such bodies."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            is_part = request.method == "PATCH"
            return await handler(_AsFarAsItCame(request.scope, request.receive) if is_part else request)

        return handle


def made_once(make: Callable[P, APIRouter]) -> Callable[P, APIRouter]:
    """A router that every service has, the same for each app of a service in a process: what FastAPI makes of its
    routes is most of what an app costs."""
    return cast(Callable[P, APIRouter], cache(make))


def unit_of(kind: type[U]) -> Callable[[Request], Awaitable[U]]:
    """The dependency that gives a route its unit of work, under the caller's tenancy; the route commits it before it
    answers. The process binds the class with its keys where it has any (`shared.process.api.wire`)."""

    async def unit(request: Request) -> U:
        bound: type[U] = request.app.state.unit
        if not issubclass(bound, kind):
            raise TypeError(f"this process works with {bound.__name__}, not with {kind.__name__}")
        return await _open(request, bound)

    return unit


def wired(name: str, kind: type[T]) -> Callable[[Request], Awaitable[T]]:
    """The dependency that gives a route what its process put into `app.state` under this name."""

    async def of_app(request: Request) -> T:
        found = getattr(request.app.state, name)
        if not isinstance(found, kind):
            raise TypeError(f"app.state.{name} is not a {kind.__name__}")
        return found

    return of_app


async def _open(request: Request, kind: type[U]) -> U:
    database: Database = request.app.state.database
    state: dict[str, Any] = request.scope["state"]
    caller: Caller = state["caller"]
    await _hash(request)
    cause = Cause(correlation_id=state["request_id"])
    stack: AsyncExitStack = state["transaction"]
    key = _key_of(request) if request.method == "POST" and state.get("idempotent", False) else None
    uow = await stack.enter_async_context(database.begin(kind, cause, caller, key))
    state["unit"] = uow
    if uow.claim is not None:
        _answer_once(request, uow, uow.claim)
    return uow


async def idempotent(request: Request) -> None:
    """Dependency of every POST that makes money, a claim, a person or an event: it needs an ``Idempotency-Key``."""
    request.state.idempotent = True


def _answer_once(request: Request, uow: UnitOfWork, claim: Claim) -> None:
    """Keep the answer for the key that this transaction has taken, or answer as before.

    Raises IdempotencyInFlight, IdempotencyKeyReused; Replay when done before.
    """
    if not claim.is_free:
        raise IdempotencyInFlight()
    digest, kept = request.state.digest, claim.kept
    if kept is not None:
        if kept.request_hash != digest:
            raise IdempotencyKeyReused()
        raise Replay(Response(kept.body, kept.status, {**kept.headers, "idempotency-replayed": "true"}))

    def keep_answer(response: Response) -> None:
        sent = dict(reversed(response.raw_headers))
        headers = {name.decode(): sent[name].decode("latin-1") for name in _KEPT_HEADERS if name in sent}
        uow.keep(KeptAnswer(digest, response.status_code, headers, bytes(response.body)))

    request.state.keep_answer = keep_answer


def _key_of(request: Request) -> str:
    """The key that the request brings; raises IdempotencyKeyMissing, RequestMalformed."""
    header = request.headers.get("idempotency-key")
    if header is None:
        raise IdempotencyKeyMissing()
    found = _KEY.fullmatch(header)
    if found is None:
        raise RequestMalformed("The Idempotency-Key is 1 to 200 visible characters.")
    return found["key"]


async def _hash(request: Request) -> None:
    """Keep the request's digest where its key will be claimed, while nobody holds a connection to the database."""
    state: dict[str, Any] = request.scope["state"]
    if state.get("idempotent", False):
        body = await request.body()
        small = len(body) <= _AT_ONCE_BYTES
        state["digest"] = _digest(request, body) if small else await asyncio.to_thread(_digest, request, body)


def _digest(request: Request, body: bytes) -> bytes:
    """What makes two requests the same: method, path, query, what is said in headers, and body.

    Keyed: of a body whose only secret is a national id, a plain hash could be tried out until it fits.
    """
    key, target = request.app.state.digest_key, _target(request) + _said_in_headers(request.scope)
    if len(body) <= _AT_ONCE_BYTES:
        return hmac.digest(key, target + body, "sha256")
    # In parts: this lets other threads run while it hashes a long one, `hmac.digest` does not.
    found = hmac.new(key, target, "sha256")
    found.update(body)
    return found.digest()


def _said_in_headers(scope: Scope) -> bytes:
    """What a binary CloudEvent and an upload (tus) say in headers instead of the body; nothing of other requests."""
    said = [name + b":" + value + b"\n" for name, value in scope["headers"] if name.startswith(_SAYING_HEADERS)]
    return b"".join(sorted(said)) if said else b""


def _target(request: Request) -> bytes:
    """Method, path and query. Digests are stored, and Starlette's URL always said what they are made of: of a plain
    path at a plain host, as nearly all are, that is what was sent."""
    scope = request.scope
    path = scope["path"]
    if not scope["query_string"] and _PLAIN_PATH.fullmatch(path) and _is_plain(_host(scope)):
        return f"{scope['method']} {path}?\n".encode()
    return f"{request.method} {request.url.path}?{request.url.query}\n".encode()


def _host(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"host"), b"")


@lru_cache(_MOST_HOSTS)
def _is_plain(host: bytes) -> bool:
    """Whether it is a host in a URL, which then ends where the path begins."""
    found = _PLAIN_HOST.fullmatch(host)
    return found is not None and int(found["port"] or 0) <= _LAST_PORT
