"""One call that gives an app the platform's manners: problems, request ids, limits, and their OpenAPI description."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.web import problems
from shared.web.limits import Admission, Limits
from shared.web.middleware import Door
from shared.web.openapi import describe_problems

# What FastAPI would measure and trace by itself.
UNTRACED: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def install(app: FastAPI, *, limits: Limits | None = None, larger: Mapping[str, int] | None = None) -> None:
    """Install error handlers and what stands around every request; `larger` maps a path prefix, such as uploads have,
    to its own limit in bytes. Call it once, before the app answers; a process that has limits of its own sets them
    with `limit`. The app is made with ``telemetry=UNTRACED``, or each request has two spans."""
    problems.install(app)
    describe_problems(app)
    limit(app, limits or Limits())
    app.add_middleware(Door, api=app, larger=larger or {})


def limit(app: FastAPI, limits: Limits) -> None:
    """Let the app hold its clients to these limits."""
    app.state.admission = Admission(limits)
