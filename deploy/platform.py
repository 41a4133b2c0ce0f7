"""The one table of the platform: its services, processes, databases and database roles, as pure data.

The local supervisor starts what stands here, `deploy.provision` makes what stands here, and a test holds
docker-compose.yml equal to it. Topics are in `shared.contracts.topics`.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

Kind = Literal["api", "worker", "companion"]
RoleKind = Literal["migrate", "api", "worker"]

SERVICES: tuple[str, ...] = ("registration", "claims", "benefits", "rehab", "jobs")

# Handed on to every service where the supervisor itself was given it: the folder that arms crash points in tests.
FAILPOINTS_SETTING = "JARING_FAILPOINTS"
# Handed to every process of a local world that works by the business clock: the file of that clock. The containers keep
# the machine's time, as production does.
CLOCK_SETTING = "JARING_CLOCK_FILE"
# Told to registration of a sandbox (deploy/local/sandbox.py): made-up people alone are registered.
SANDBOX_SETTING = "JARING_SANDBOX"


@dataclass(frozen=True, slots=True)
class Process:
    """A Python process: the module it runs, the port it serves on where that is free, and a companion's settings."""

    name: str
    module: str
    kind: Kind
    service: str
    port: int
    own_settings: tuple[str, ...] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        """The environment variables that it is told; a service states its own in its settings class."""
        return stated_settings(self.service) if self.service else self.own_settings

    @property
    def keeps_business_time(self) -> bool:
        """Whether its days are business days; a token ends by the machine's time."""
        return self.name != "token-issuer"


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


def stated_settings(service: str) -> tuple[str, ...]:
    """The environment variables that every deployment states to both processes of a service.

    Its settings class is imported when asked, not with this module: a child of the local supervisor takes it as it is
    then, and whoever only lists the processes does not wait for it.
    """
    module = import_module(f"services.{service}.settings")
    names: tuple[str, ...] = getattr(module, f"{service.title()}Settings").stated()
    return names


def _api(index: int, service: str) -> Process:
    return Process(f"{service}-api", f"services.{service}.main", "api", service, 8101 + index)


def _worker(index: int, service: str) -> Process:
    return Process(f"{service}-worker", f"services.{service}.worker", "worker", service, 8111 + index)


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
        (
            *("JARING_HTTP_HOST", "JARING_HTTP_PORT", "JARING_STATE", "JARING_TOKEN_ISSUER"),
            *("JARING_CLIENT_SECRET_BANK", "JARING_CLIENT_SECRET_GATEWAY"),
        ),
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
    Process(
        "gateway",
        "deploy.local.gateway",
        "companion",
        "",
        8123,
        (
            "JARING_HTTP_HOST",
            "JARING_HTTP_PORT",
            "JARING_STATE",
            "JARING_CLAIMS_URL",
            "JARING_REGISTRATION_URL",
            "JARING_TOKEN_URL",
            "JARING_CLIENT_ID",
            "JARING_CLIENT_SECRET",
            "JARING_GATEWAY_KEY",
        ),
    ),
)

# A service's database is named like the service and owned by its migrating role.
DATABASE_ROLES: tuple[DatabaseRole, ...] = tuple(
    DatabaseRole(f"{service}_{kind}", service, kind) for service in SERVICES for kind in ("migrate", "api", "worker")
)


def database_role(service: str, kind: RoleKind) -> DatabaseRole:
    """Return the role of this kind of this service."""
    return next(role for role in DATABASE_ROLES if (role.service, role.kind) == (service, kind))
