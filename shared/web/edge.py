"""One call that gives an app the platform's manners: problems, request ids, limits, and their OpenAPI description."""

from collections.abc import Mapping

from fastapi import FastAPI

from shared.web import problems
from shared.web.middleware import BodyLimit, RequestContext
from shared.web.openapi import describe_problems

LARGEST_BODY_BYTES = 1 << 20


def install(app: FastAPI, *, largest_body: int = LARGEST_BODY_BYTES, larger: Mapping[str, int] | None = None) -> None:
    """Install error handlers and middlewares; `larger` maps a path prefix, such as that of uploads, to its own limit
    in bytes. Call it once, before the app answers."""
    problems.install(app)
    describe_problems(app)
    app.add_middleware(BodyLimit, largest_body=largest_body, larger=larger or {})
    app.add_middleware(RequestContext)
