"""What a sampled stack stands for: the cause for which the processor worked, and the work that asked for it."""

import sysconfig
from collections.abc import Sequence

from deploy.local.state import CHECKOUT

LOOP = "event loop and system calls"
_FOLDERS = (f"{sysconfig.get_path('purelib')}/", f"{CHECKOUT}/", f"{sysconfig.get_path('stdlib')}/")

# By how the innermost frame begins that has one of these: what a library calls of Python's own is that library's.
CAUSES = {
    "sqlalchemy/": "SQLAlchemy",
    "asyncpg/": "asyncpg",
    "aiokafka/": "aiokafka",
    "kafka/": "aiokafka",
    "structlog/": "logging",
    "logging/": "logging",
    "shared/telemetry/log": "logging",
    "opentelemetry/": "tracing",
    "prometheus_client/": "metrics",
    "shared/telemetry/": "telemetry of ours",
    "pydantic": "pydantic",
    "fastapi/": "FastAPI and Starlette",
    "starlette/": "FastAPI and Starlette",
    "uvicorn/": "uvicorn",
    "httpx/": "HTTP clients",
    "httpcore/": "HTTP clients",
    "joserfc/": "tokens",
    "cryptography/": "tokens",
    "shared/security/": "tokens",
    "shared/law/": "law engine",
    "shared/contracts/": "models of events",
    "shared/messaging/": "messaging of ours",
    "shared/persistence/": "persistence of ours",
    "shared/scheduling/": "due work of ours",
    "shared/web/": "web of ours",
    "shared/process/": "web of ours",
    "shared/kernel/": "kernel of ours",
    "services/": "services",
    "asyncio/runners.py": LOOP,
    "asyncio/": "asyncio",
}
# By any frame: the function itself, or anything of a file or folder. What stands higher here is looked for first.
WORK = {
    "shared/messaging/relay.py:Relay._publish_heartbeat": "relay: heartbeats",
    "shared/messaging/relay.py:Relay._read_bound": "relay: heartbeats",
    "shared/messaging/relay.py:Relay._mark": "relay: marks",
    "shared/messaging/relay.py:Relay._send": "relay: sends",
    "shared/messaging/relay.py:": "relay: looks and the rest",
    "shared/scheduling/runner.py:DueWorkRunner._run": "due work: runs",
    "shared/scheduling/runner.py:": "due work: looks and claims",
    "shared/messaging/consumer_store.py:ConsumerStore.note_freshness": "consumer: heartbeats",
    "shared/messaging/batch.py:BatchHandler._take": "consumer: takes in flight",
    "shared/messaging/batch.py:BatchHandler._project": "consumer: applies",
    "shared/messaging/batch.py:BatchHandler._react_to": "consumer: reacts",
    "shared/messaging/batch.py:": "consumer: the rest of a batch",
    "shared/messaging/consumer.py:": "consumer: fetches and commits",
    "aiokafka/": "Kafka client in the background",
    "opentelemetry/sdk/trace/export/": "export of traces",
    "uvicorn/protocols/": "requests",
}
OTHER_CAUSE, OTHER_WORK = "Python", "loops and timers"


def short(place: str) -> str:
    """A frame's ``file:function`` without the folder that all of its kind share."""
    for folder in _FOLDERS:
        place = place.removeprefix(folder)
    return place


def cause_of(stack: Sequence[str]) -> str:
    """For what the processor worked: ``stack`` is of short frames, the innermost first."""
    found = (cause for frame in stack for begin, cause in CAUSES.items() if frame.startswith(begin))
    return next(found, OTHER_CAUSE)


def work_of(stack: Sequence[str]) -> str:
    """For whose sake."""
    return next((work for place, work in WORK.items() if any(_is_of(frame, place) for frame in stack)), OTHER_WORK)


def _is_of(frame: str, place: str) -> bool:
    return frame.startswith(place) if place.endswith((":", "/")) else frame == place
