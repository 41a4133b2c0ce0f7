"""Every refusal leaves as RFC 9457 `application/problem+json`; the HTTP status of a kind is chosen here, once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal, TypeAlias

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.kernel.errors import JaringError, Kind
from shared.persistence.transient import is_transient
from shared.security.errors import ScopeMissing, TokenMissing
from shared.web import malay
from shared.web.errors import (
    BodyTooLarge,
    DatabaseUnavailable,
    EncodingUnsupported,
    InternalDefect,
    MethodNotAllowed,
    RequestInvalid,
    RequestMalformed,
    RequestRefused,
    RequestTooSlow,
    RouteUnknown,
)
from shared.web.validation import field_errors

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
LONGEST_DETAIL = 500

STATUS = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD_NOT_ALLOWED: 405,
    Kind.TOO_SLOW: 408,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION_FAILED: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED_MEDIA: 415,
    Kind.INVALID: 422,
    Kind.REFUSED_BY_LAW: 422,
    Kind.PRECONDITION_REQUIRED: 428,
    # Of the protocol of resumable uploads (tus 1.0).
    Kind.CHECKSUM_DIFFERS: 460,
    Kind.TOO_MANY: 429,
    Kind.HEAD_TOO_LARGE: 431,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
}

_HTTP_ERRORS: dict[int, type[JaringError]] = {
    400: RequestMalformed,
    404: RouteUnknown,
    405: MethodNotAllowed,
    408: RequestTooSlow,
    413: BodyTooLarge,
    415: EncodingUnsupported,
    500: InternalDefect,
}

_DRIVER_ERRORS: tuple[type[Exception], ...] = (
    DBAPIError,
    PoolTimeout,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
)

log = structlog.get_logger(__name__)


KnownValue: TypeAlias = Annotated[str, Field(max_length=200)] | Annotated[int, Field(ge=-(10**15), le=10**15)]


class ChangedFact(BaseModel):
    """What is known otherwise than when the caller looked at it."""

    model_config = ConfigDict(frozen=True)

    fact: str = Field(max_length=64, description="Its name.")
    before: KnownValue | None = Field(default=None, description="As the caller saw it; left out where it was unknown.")
    now: KnownValue | None = Field(default=None, description="As it stands; left out where it is unknown.")


class FieldProblem(BaseModel):
    """One bad member of the request."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {"pointer": "/wage/amount", "code": "missing", "detail": "This member is needed.", "location": "body"}
            ]
        },
    )

    pointer: str = Field(max_length=200, description="JSON pointer (RFC 6901) into the body or the parameters.")
    code: str = Field(max_length=64, description="Stable code.")
    detail: str = Field(max_length=LONGEST_DETAIL, description="What is wrong, without the value.")
    location: str = Field(max_length=16, description="body, query, path, header or check.")
    allowed: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None, max_length=100, description="The choices that there are, where the member is a choice."
    )
    change: ChangedFact | None = Field(default=None, description="Of a precondition that failed: what has changed.")


class Problem(BaseModel):
    """A refusal (RFC 9457); the codes are listed in docs/errors.md."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(max_length=200, description="A page about this code, relative to the documentation.")
    title: str = Field(max_length=200, description="What happened, the same for every problem of this code.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str | None = Field(default=None, max_length=1000, description="The fact in this case.")
    hint: str | None = Field(default=None, max_length=500, description="What to do next.")
    instance: str = Field(max_length=200, description="This one occurrence.")
    code: str = Field(max_length=64, description="Stable code, in snake_case.")
    request_id: str = Field(max_length=64, description="As in the header Request-Id.")
    act: str | None = Field(default=None, max_length=100, description="For a legal refusal, the Act.")
    section: str | None = Field(default=None, max_length=100, description="For a legal refusal, the section.")
    errors: list[FieldProblem] | None = Field(default=None, max_length=100, description="The bad members.")


def install(app: FastAPI) -> None:
    """Answer every error of the app's routes as a problem (`shared.web.edge.install` calls this)."""
    app.add_exception_handler(JaringError, _on_jaring_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for driver_error in _DRIVER_ERRORS:
        app.add_exception_handler(driver_error, _on_driver_error)


def problem_response(request: Request, error: JaringError, headers: Mapping[str, str] | None = None) -> Response:
    """The problem answer to an error, in the language that the request prefers."""
    language = language_of(request)
    body = problem(error, _request_id(request), language).model_dump(exclude_none=True)
    sent = {"Content-Language": language, **_headers_of(error), **(headers or {})}
    trace.get_current_span().set_attribute("jaring.error_code", error.code)
    return Response(orjson.dumps(body), STATUS[error.kind], sent, MEDIA_TYPE)


def problem(error: JaringError, request_id: str, language: str = "en") -> Problem:
    """The body of the answer; `language` is en or ms."""
    in_malay = language == "ms"
    found = [
        FieldProblem(
            pointer=field.pointer,
            code=field.code,
            detail=_detail(malay.FIELDS.get(field.code, field.detail) if in_malay else field.detail, field.allowed),
            location=field.location,
            allowed=list(field.allowed) or None,
            change=None if field.change is None else ChangedFact(**asdict(field.change)),
        )
        for field in error.errors
    ]
    return Problem(
        type=f"/errors/{error.code}",
        title=(error.title_ms if in_malay else "") or error.title,
        status=STATUS[error.kind],
        detail=(malay.DETAILS.get(error.code) if in_malay else None) or error.detail or None,
        hint=error.hint or None,
        instance=f"urn:jaring:request:{request_id}",
        code=error.code,
        request_id=request_id,
        act=error.law.act if error.law else None,
        section=error.law.section if error.law else None,
        errors=found or None,
    )


def _detail(told: str, allowed: Sequence[str]) -> str:
    """The detail with the choices in it, as far as they fit; `allowed` names them all."""
    listed = f"{told.rstrip('.')}: {', '.join(allowed)}."
    return listed if allowed and len(listed) <= LONGEST_DETAIL else told


def internal_problem(request: Request, fault: Exception) -> Response:
    """Log a defect with its trace and answer 500 without any detail of it."""
    trace.get_current_span().record_exception(fault)
    log.error("defect", exc_info=fault)
    return problem_response(request, InternalDefect())


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: these statuses are problems. `shared.web.openapi` adds what any route may answer."""
    return {
        status: {
            "description": _DESCRIPTIONS.get(status, "Refused."),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


_DESCRIPTIONS = {
    400: "A parameter, cursor or header that cannot be used.",
    401: "No valid access token.",
    403: "The token does not allow this.",
    404: "Not known to this caller.",
    405: "The address does not take this method.",
    408: "The request did not come in time.",
    409: "In conflict with the present state.",
    412: "Changed by somebody else meanwhile.",
    413: "The body is too large.",
    415: "The body's encoding is not accepted.",
    422: "Not valid, or refused by law.",
    460: "The part does not have its checksum (tus 1.0).",
    428: "A precondition header is needed.",
    429: "Too many requests of this client are in flight.",
    431: "Too many or too long header lines.",
    500: "A defect of ours.",
    503: "Try again later.",
}


async def _on_jaring_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, JaringError)  # noqa: S101 (how the handler is registered)
    if error.kind is Kind.INTERNAL:
        log.error("defect", exc_info=error)
    return problem_response(request, error)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (how the handler is registered)
    return problem_response(request, RequestInvalid(errors=field_errors(error.errors(), error.body)))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (how the handler is registered)
    known = _HTTP_ERRORS.get(error.status_code, RequestRefused)
    return problem_response(request, known(), error.headers)


async def _on_driver_error(request: Request, error: Exception) -> Response:
    if not is_transient(error):
        return internal_problem(request, error)
    log.warning("database unavailable", exc_info=error)
    return problem_response(request, DatabaseUnavailable())


def _headers_of(error: JaringError) -> dict[str, str]:
    """RFC 6750 §3 for refusals of a token; a time to wait for what may pass."""
    if isinstance(error, TokenMissing):
        return {"WWW-Authenticate": 'Bearer realm="jaring"'}
    if error.kind is Kind.UNAUTHENTICATED:
        return {"WWW-Authenticate": 'Bearer realm="jaring", error="invalid_token"'}
    if isinstance(error, ScopeMissing):
        scope = error.facts.get("scope", "")
        return {"WWW-Authenticate": f'Bearer realm="jaring", error="insufficient_scope", scope="{scope}"'}
    if error.kind in (Kind.UNAVAILABLE, Kind.TOO_MANY):
        return {"Retry-After": str(error.facts.get("retry_after_seconds", RETRY_AFTER_SECONDS))}
    if error.kind is Kind.UNSUPPORTED_MEDIA:
        return {"Accept-Encoding": "identity"}
    return {}


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", "unknown"))


def language_of(request: Request) -> Literal["en", "ms"]:
    """`ms` when the request prefers Malay to English, else `en` (RFC 9110 §12.5.4, without wildcards)."""
    accepted = request.headers.get("accept-language", "")
    weights = {"en": 0.0, "ms": 0.0}
    for entry in accepted.lower().split(",")[:20]:
        tag, _, parameter = entry.partition(";")
        language = tag.strip().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return "ms" if weights["ms"] > weights["en"] else "en"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
