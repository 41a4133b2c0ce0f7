"""The shape of the tree: which rooms there are, and what a room must hold."""

import re
from collections.abc import Iterable
from pathlib import Path

SERVICES = ("registration", "claims", "benefits", "rehab", "jobs")
SERVICE_ROOMS = frozenset(
    {
        "api",
        "commands",
        "consumers",
        "schedules",
        "events",
        "queries",
        "domain",
        "storage",
        "files",
        "migrations",
        "tests",
    }
)
SERVICE_FILES = frozenset({"README.md", "main.py", "worker.py", "settings.py"})
# Beside the tests, which stand in folders named like the rooms that they test.
TEST_FILES = frozenset({"conftest.py", "support.py"})
SHARED_ROOMS = frozenset(
    {
        "contracts",
        "law",
        "letters",
        "kernel",
        "messages",
        "messaging",
        "scheduling",
        "persistence",
        "process",
        "security",
        "tasks",
        "inbound",
        "web",
        "telemetry",
        "testing",
    }
)
TEST_ROOMS = frozenset(
    {
        *("architecture", "bench", "conformance", "deaths", "hostile", "journeys"),
        *("lives", "machine", "oracle", "partners", "population", "prove"),
    }
)
# A sentence: at least three words in lower case, behind a number or not.
_SENTENCE = re.compile(r"([0-9]+_)?[a-z][a-z0-9]*(_[a-z0-9]+){2,}\.py")


def misplaced(paths: Iterable[str]) -> list[str]:
    """Files that stand in no room of docs/architecture.md, "Rooms"."""
    return [f"{path}: no such room" for path in paths if not _has_room(path.split("/"))]


def _has_room(parts: list[str]) -> bool:
    match parts:
        case ["services", service, file]:
            return service in SERVICES and file in SERVICE_FILES
        case ["services", service, "tests", file]:
            return service in SERVICES and file in TEST_FILES
        case ["services", service, "tests", room, *_]:
            return service in SERVICES and room in SERVICE_ROOMS - {"tests"}
        case ["services", service, room, *_]:
            return service in SERVICES and room in SERVICE_ROOMS
        case ["shared", room, _, *_]:
            return room in SHARED_ROOMS
        case ["tests", room, _, *_]:
            return room in TEST_ROOMS
        case ["services" | "shared" | "tests", *_]:
            return parts[-1] in {"README.md", "conftest.py"}
        case _:
            return True


def incomplete_services(paths: Iterable[str]) -> list[str]:
    """Services without one of their four files, or without migrations or domain."""
    there = set(paths)
    rooms = {tuple(path.split("/")[1:3]) for path in there if path.startswith("services/")}
    lacking = [f"services/{service}/{file}" for service in SERVICES for file in sorted(SERVICE_FILES)]
    found = [f"{path}: missing" for path in lacking if path not in there]
    return found + [
        f"services/{service}/{room}: missing"
        for service in SERVICES
        for room in ("domain", "migrations")
        if (service, room) not in rooms
    ]


def unnamed_migrations(paths: Iterable[str]) -> list[str]:
    """Migrations whose file name is not a sentence."""
    migrations = [path for path in paths if re.fullmatch(r"services/[a-z]+/migrations/(.*/)?[^/]+\.py", path)]
    own = [path for path in migrations if Path(path).name not in {"env.py", "__init__.py"}]
    return [f"{path}: the name is no sentence" for path in own if not _SENTENCE.fullmatch(Path(path).name)]
