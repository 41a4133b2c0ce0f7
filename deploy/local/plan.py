"""What one start of the local platform consists of: ports, addresses, and the environment of every process."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local import ports, postgres
from deploy.local.errors import LauncherError
from deploy.local.ports import LOOPBACK
from deploy.local.ring import ring_settings
from deploy.local.state import State, key, replace, secret
from deploy.local.token_keys import SECRET_SETTINGS
from deploy.platform import (
    CLOCK_SETTING,
    COMPANIONS,
    DATABASE_ROLES,
    FAILPOINTS_SETTING,
    PROCESSES,
    SANDBOX_SETTING,
    SERVICES,
    Process,
    RoleKind,
    database_role,
)
from deploy.provision import Postgres
from shared.process.clock_file import make_clock_file

SERVER_PORTS: dict[str, int] = {
    "postgres": 15432,
    "kafka": 19092,
    "kafka-controller": 19093,
    "kafka-partners": 19094,
    "zipkin": 19411,
}
PREFERRED: dict[str, int] = {**SERVER_PORTS, **{process.name: process.port for process in (*PROCESSES, *COMPANIONS)}}
PROCESSES_SETTING = "JARING_HTTP_PROCESSES"
# Two services must hash a national id alike; whoever writes to people and the gateway sign with one key.
SHARED_KEYS = {"JARING_ID_TOKEN_KEY": "id-token-key", "JARING_GATEWAY_KEY": "gateway-key"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is or will be. `own_postgres` and `own_kafka`: ours to start; false: an existing server."""

    state: State
    ports: Mapping[str, int]
    postgres: Postgres
    kafka: str
    own_postgres: bool
    own_kafka: bool
    traces: str
    topic_prefix: str
    log_level: str = "INFO"
    trace_ratio: str = "0.1"

    def url(self, name: str) -> str:
        """The address of a process's HTTP pages."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    @property
    def own_zipkin(self) -> bool:
        """Whether Zipkin is started: only for spans in its own format."""
        return self.traces == "zipkin_json"


def make_plan(state: State, chosen: Mapping[str, int], environment: Mapping[str, str] = os.environ) -> Plan:
    """Return the plan of a start on the chosen ports, with existing servers where the environment names them.

    Raises:
        LauncherError: JARING_POSTGRES_* is set in part.
    """
    existing = _existing_postgres(environment)
    own = existing is None
    kafka = environment.get("JARING_KAFKA")
    return Plan(
        state,
        chosen,
        existing or _own_postgres(state, chosen["postgres"]),
        kafka or f"{LOOPBACK}:{chosen['kafka']}",
        own,
        not kafka,
        environment.get("JARING_TRACES", "zipkin_json"),
        environment.get("JARING_TOPIC_PREFIX", ""),
        environment.get("JARING_LOG_LEVEL", "INFO"),
        environment.get("JARING_TRACE_RATIO", "0.1"),
    )


def _own_postgres(state: State, port: int) -> Postgres:
    folder = state.folder("postgres")
    folder.mkdir(exist_ok=True)
    return Postgres(LOOPBACK, port, postgres.SUPERUSER, postgres.superuser_password(folder))


def _existing_postgres(environment: Mapping[str, str]) -> Postgres | None:
    values = {name: environment.get(f"JARING_POSTGRES_{name}", "") for name in ("HOST", "PORT", "USER", "PASSWORD")}
    if not any(values.values()):
        return None
    missing = [f"JARING_POSTGRES_{name}" for name, value in values.items() if not value]
    if missing or not values["PORT"].isdecimal():
        raise LauncherError(
            f"For an existing PostgreSQL {', '.join(missing) or 'JARING_POSTGRES_PORT'} must be set too"
        )
    return Postgres(values["HOST"], int(values["PORT"]), values["USER"], values["PASSWORD"])


def remembered_ports(state: State) -> dict[str, int]:
    """Return the ports of the last start, else the preferred ones."""
    try:
        last = json.loads((state.root / "ports.json").read_text())
    except (OSError, ValueError):
        last = {}
    return {name: int(last.get(name, port)) for name, port in PREFERRED.items()}


def choose_ports(state: State) -> tuple[dict[str, int], list[str]]:
    """Choose a free port for each name and remember it; also return a sentence for each that had to move."""
    wanted = remembered_ports(state)
    chosen = ports.choose(wanted)
    replace(state.root / "ports.json", json.dumps(chosen, indent=1))
    moved = [name for name in wanted if chosen[name] != wanted[name]]
    return chosen, [f"Port {wanted[name]} is taken: {name} uses {chosen[name]}" for name in moved]


def role_passwords(state: State) -> dict[str, str]:
    """Return the password of each database role, made at the first call."""
    return {role.name: secret(state, f"database-{role.name}") for role in DATABASE_ROLES}


def environment_of(process: Process, plan: Plan) -> dict[str, str]:
    """Return what this process is told: the settings that its settings class states, and the clock of this world.

    Crash points are armed, and processes for the APIs asked for, by whoever starts the supervisor: these settings alone
    are handed on.
    """
    values = _service_values(process, plan) if process.service else _companion_values(process, plan)
    values |= {
        "JARING_HTTP_HOST": LOOPBACK,
        "JARING_HTTP_PORT": str(plan.ports[process.name]),
        "JARING_TOKEN_ISSUER": plan.url("token-issuer"),
    }
    chosen = {name: values[name] for name in process.settings}
    if process.keeps_business_time:
        make_clock_file(plan.state.clock_file)
        chosen[CLOCK_SETTING] = str(plan.state.clock_file)
    if process.service and FAILPOINTS_SETTING in os.environ:
        chosen[FAILPOINTS_SETTING] = os.environ[FAILPOINTS_SETTING]
    if process.service == "registration" and plan.state.is_sandbox:
        chosen[SANDBOX_SETTING] = "true"
    chosen |= ring_settings(plan.state, process.service or "")
    if process.kind == "api" and PROCESSES_SETTING in os.environ:
        count = os.environ[PROCESSES_SETTING]
        chosen |= {PROCESSES_SETTING: count, "JARING_METRICS_PORT": str(ports.free_ports(int(count)))}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    if plan.own_zipkin:
        inherited.setdefault("OTEL_EXPORTER_ZIPKIN_ENDPOINT", f"{plan.url('zipkin')}/api/v2/spans")
    return {**inherited, "PYTHONUNBUFFERED": "1", **chosen}


def _service_values(process: Process, plan: Plan) -> dict[str, str]:
    service = process.service
    kind: RoleKind = "worker" if process.kind == "worker" else "api"
    own_key = {name: key(plan.state, _key_name(name, service)) for name in process.settings if name.endswith("_KEY")}
    return own_key | {
        "JARING_ENVIRONMENT": "local",
        "JARING_DATABASE_URL": _database_url(plan, service, kind),
        "JARING_KAFKA": plan.kafka,
        "JARING_TOPIC_PREFIX": plan.topic_prefix,
        "JARING_GATEWAY_URL": plan.url("gateway"),
        "JARING_TOKEN_KEYS": str(plan.state.key_set),
        "JARING_MEMBER": f"{service}-0",
        "JARING_LOG_LEVEL": plan.log_level,
        "JARING_TRACES": plan.traces,
        "JARING_TRACE_RATIO": plan.trace_ratio,
    }


def _key_name(setting: str, service: str) -> str:
    name = setting.removeprefix("JARING_").lower().replace("_", "-")
    return SHARED_KEYS.get(setting, f"{service}-{name}")


def _database_url(plan: Plan, service: str, kind: RoleKind) -> str:
    role = database_role(service, kind).name
    return plan.postgres.url(service, role, secret(plan.state, f"database-{role}"))


def _companion_values(process: Process, plan: Plan) -> dict[str, str]:
    values = {
        "JARING_STATE": str(plan.state.root),
        **{f"JARING_{name.upper()}_URL": plan.url(f"{name}-api") for name in ("benefits", "claims", "registration")},
        "JARING_GATEWAY_KEY": key(plan.state, "gateway-key"),
        "JARING_TOKEN_URL": f"{plan.url('token-issuer')}/token",
    }
    for client, setting in SECRET_SETTINGS.items():
        if setting in process.settings:
            values[setting] = secret(plan.state, f"client-{client}")
    if "JARING_CLIENT_ID" in process.settings:
        values |= {
            "JARING_CLIENT_ID": process.name,
            "JARING_CLIENT_SECRET": secret(plan.state, f"client-{process.name}"),
        }
    return values


def addresses(plan: Plan) -> dict[str, str]:
    """Return the address of everything that answers, by name, for people."""
    pages = {name: plan.url(name) for name in plan.ports if name not in SERVER_PORTS}
    servers = {"postgres": f"{plan.postgres.host}:{plan.postgres.port}", "kafka": plan.kafka}
    if plan.own_zipkin:
        servers["zipkin"] = f"{plan.url('zipkin')}/"
    return {**servers, **{f"{service}-api": pages[f"{service}-api"] for service in SERVICES}, **pages}
