"""One call that gives an app the platform's manners: problems, request ids, limits, and their OpenAPI description."""

from collections.abc import Mapping

from fastapi import FastAPI

from shared.web import problems
from shared.web.limits import Admission, Limits
from shared.web.middleware import BodyGuard, RequestContext
from shared.web.openapi import describe_problems


def install(app: FastAPI, *, limits: Limits | None = None, larger: Mapping[str, int] | None = None) -> None:
    """Install error handlers and middlewares; `larger` maps a path prefix, such as that of uploads, to its own limit
    in bytes. Call it once, before the app answers; a process that has limits of its own sets them with `limit`."""
    problems.install(app)
    describe_problems(app)
    limit(app, limits or Limits())
    app.add_middleware(BodyGuard, larger=larger or {})
    app.add_middleware(RequestContext)


def limit(app: FastAPI, limits: Limits) -> None:
    """Let the app hold its clients to these limits."""
    app.state.admission = Admission(limits)
