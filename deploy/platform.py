"""The one table of the platform: its services, processes, databases and database roles, as pure data.

The local supervisor starts what stands here, `deploy.provision` makes what stands here, and a test holds
docker-compose.yml equal to it. Topics are in `shared.contracts.topics`.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["api", "worker", "companion"]
RoleKind = Literal["migrate", "api", "worker"]

SERVICES: tuple[str, ...] = ("registration", "claims", "benefits", "rehab", "jobs")

COMMON_SETTINGS: tuple[str, ...] = (
    "JARING_ENVIRONMENT",
    "JARING_DATABASE_URL",
    "JARING_KAFKA",
    "JARING_TOPIC_PREFIX",
    "JARING_HTTP_HOST",
    "JARING_HTTP_PORT",
    "JARING_MEMBER",
    "JARING_TOKEN_ISSUER",
    "JARING_TOKEN_KEYS",
    "JARING_CURSOR_KEY",
    "JARING_TRACES",
)
# Handed on to every service where the supervisor itself was given it: the folder that arms crash points in tests.
FAILPOINTS_SETTING = "JARING_FAILPOINTS"
# What a service needs beside these: the keys for what it stores, in both of its processes.
SERVICE_SETTINGS: dict[str, tuple[str, ...]] = {
    "registration": ("JARING_ID_TOKEN_KEY", "JARING_FIELD_KEY", "JARING_BLIND_INDEX_KEY"),
    "claims": ("JARING_ID_TOKEN_KEY",),
    "benefits": ("JARING_FIELD_KEY",),
    "rehab": (),
    "jobs": (),
}


@dataclass(frozen=True, slots=True)
class Process:
    """A Python process: the module it runs, the port it serves on where that is free, and the settings it reads."""

    name: str
    module: str
    kind: Kind
    service: str
    port: int
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """A login role of one service's database; none is superuser or bypasses row-level security."""

    name: str
    service: str
    kind: RoleKind

    @property
    def reads_statistics(self) -> bool:
        """Whether it may see other sessions' statistics: the relay's watermark looks for open transactions."""
        return self.kind == "worker"

    @property
    def password_setting(self) -> str:
        """The environment variable from which `python -m deploy.provision` takes its password."""
        return f"JARING_PASSWORD_{self.name.upper()}"


def _api(index: int, service: str) -> Process:
    settings = COMMON_SETTINGS + SERVICE_SETTINGS[service]
    return Process(f"{service}-api", f"services.{service}.main", "api", service, 8101 + index, settings)


def _worker(index: int, service: str) -> Process:
    settings = COMMON_SETTINGS + SERVICE_SETTINGS[service]
    return Process(f"{service}-worker", f"services.{service}.worker", "worker", service, 8111 + index, settings)


PROCESSES: tuple[Process, ...] = (
    *(_api(index, service) for index, service in enumerate(SERVICES)),
    *(_worker(index, service) for index, service in enumerate(SERVICES)),
)

# Beside the platform, not of it: the outside world of one machine.
COMPANIONS: tuple[Process, ...] = (
    Process(
        "token-issuer",
        "deploy.local.token_issuer",
        "companion",
        "",
        8121,
        ("JARING_HTTP_HOST", "JARING_HTTP_PORT", "JARING_STATE", "JARING_TOKEN_ISSUER"),
    ),
    Process(
        "bank",
        "deploy.local.bank",
        "companion",
        "",
        8122,
        (
            "JARING_HTTP_HOST",
            "JARING_HTTP_PORT",
            "JARING_STATE",
            "JARING_BENEFITS_URL",
            "JARING_TOKEN_URL",
            "JARING_CLIENT_ID",
            "JARING_CLIENT_SECRET",
        ),
    ),
)

# A service's database is named like the service and owned by its migrating role.
DATABASES: tuple[str, ...] = SERVICES
DATABASE_ROLES: tuple[DatabaseRole, ...] = tuple(
    DatabaseRole(f"{service}_{kind}", service, kind) for service in SERVICES for kind in ("migrate", "api", "worker")
)


def database_role(service: str, kind: RoleKind) -> DatabaseRole:
    """Return the role of this kind of this service."""
    return next(role for role in DATABASE_ROLES if (role.service, role.kind) == (service, kind))
