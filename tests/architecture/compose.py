"""docker-compose.yml beside the one table of processes: where the two say different things."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.compose.provision import host_of
from deploy.compose.secrets import names
from deploy.platform import COMPANIONS, DATABASE_ROLES, PROCESSES, SERVICES, Process

Container = Mapping[str, Any]
FILES = ("docker-compose.yml", "deploy/compose/servers.yml")
READY = ["CMD", "python", "-m", "deploy.compose.ready"]
# Beside the others: what shows them (deploy/observe).
OBSERVERS = "deploy/compose/observe.yml"
# Its entry point writes its configuration below its own folder.
WRITES_ITS_ROOT = {"kafka"}
# Its entry point becomes another user, after it gave that one the data folder.
CAPABILITIES = {f"postgres-{service}": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] for service in SERVICES}
# Those whose image names an ordinary user by itself.
CHOOSES_ITS_USER = {"kafka", *CAPABILITIES}
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)([^}]*)\}")
_SECRET = re.compile(r"KEY|PASSWORD|CLIENT_SECRET")


def containers(root: Path) -> dict[str, Container]:
    """Every container that the compose files describe, by name, with the YAML anchors resolved."""
    found: dict[str, Container] = {}
    for file in FILES:
        found |= yaml.safe_load((root / file).read_text(encoding="utf-8"))["services"]
    return found


def observers(root: Path) -> dict[str, Container]:
    """What the second file adds: containers of its own, and what it tells those of the first."""
    found: dict[str, Container] = yaml.safe_load((root / OBSERVERS).read_text(encoding="utf-8"))["services"]
    return found


def soft(described: Mapping[str, Container]) -> list[str]:
    """Where a container may do more than it must: as root, to its own files, with capabilities, without limits."""
    return [f"{name}: {what}" for name, body in sorted(described.items()) for what in _soft(name, body)]


def _soft(name: str, container: Container) -> Iterator[str]:
    if not container.get("read_only") and name not in WRITES_ITS_ROOT:
        yield "may write its own files"
    if container.get("cap_drop") != ["ALL"]:
        yield "keeps capabilities"
    if container.get("cap_add", []) != CAPABILITIES.get(name, []):
        yield f"is given {container.get('cap_add', [])}"
    if "no-new-privileges:true" not in container.get("security_opt", []):
        yield "may gain privileges"
    if str(container.get("user", "")).partition(":")[0] in ("", "0", "root") and name not in CHOOSES_ITS_USER:
        yield "runs as root, or as whom its image says"
    if container.get("privileged") or container.get("network_mode") == "host" or container.get("pid") == "host":
        yield "shares what is the host's"
    yield from (f"has no {limit}" for limit in ("mem_limit", "cpus", "pids_limit") if limit not in container)
    if any("docker.sock" in str(volume) for volume in container.get("volumes", [])):
        yield "may command the container engine"
    if container.get("secrets") and container.get("read_only"):
        yield "is given a secret that compose cannot copy into a root that is read-only"
    if "max-size" not in container.get("logging", {}).get("options", {}):
        yield "writes logs without end"


def differences(described: Mapping[str, Container]) -> list[str]:
    """Every way in which the containers are not the platform of `deploy.platform`."""
    wanted = {process.name: process for process in (*PROCESSES, *COMPANIONS)}
    servers = {host_of(service) for service in SERVICES} | {"kafka", "provision"}
    found = [f"{name}: no container" for name in sorted((wanted.keys() | servers) - described.keys())]
    found += [f"{name}: not in deploy.platform" for name in sorted(described.keys() - wanted.keys() - servers)]
    for name in sorted(wanted.keys() & described.keys()):
        found += [f"{name}: {what}" for what in _process(wanted[name], described[name])]
    if "provision" in described:
        found += [f"provision: {what}" for what in _provision(described["provision"])]
    return found


def _process(process: Process, container: Container) -> Iterator[str]:
    environment = container["environment"]
    told = {name for name in environment if name.startswith("JARING_")}
    yield from (f"is not told {name}" for name in sorted(set(process.settings) - told))
    yield from (f"is told {name}, which it does not read" for name in sorted(told - set(process.settings)))
    if container["command"] != ["python", "-m", process.module]:
        yield f"runs {container['command']}, not {process.module}"
    if environment.get("JARING_HTTP_PORT") != str(process.port):
        yield f"serves on {environment.get('JARING_HTTP_PORT')}, not {process.port}"
    published = [] if process.kind == "worker" else [f"127.0.0.1:{process.port}:{process.port}"]
    if container.get("ports", []) != published:
        yield f"publishes {container.get('ports', [])}, not {published}"
    if container.get("healthcheck", {}).get("test") != READY:
        yield "has no health check on /readyz"
    if process.service:
        yield from _database(process, environment["JARING_DATABASE_URL"])


def _database(process: Process, url: str) -> Iterator[str]:
    role = f"{process.service}_{process.kind}"
    start, end = f"postgresql://{role}:${{JARING_PASSWORD_{role.upper()}:", f"}}@{host_of(process.service)}:5432/"
    if not (url.startswith(start) and url.endswith(end + process.service)):
        yield f"does not use its own role {role} and its own database"


def _provision(container: Container) -> Iterator[str]:
    told = container["environment"]
    yield from (f"is not told {role.password_setting}" for role in DATABASE_ROLES if role.password_setting not in told)
    if container["command"] != ["python", "-m", "deploy.compose.provision"]:
        yield f"runs {container['command']}"


def weak_secrets(described: Mapping[str, Container]) -> list[str]:
    """Secrets written into the files, variables with a default, and variables that nothing makes."""
    made = {name for kind in names() for name in kind}
    found = []
    for container, body in sorted(described.items()):
        for setting, value in body.get("environment", {}).items():
            if _SECRET.search(setting) and not _is_from_outside(setting, str(value)):
                found.append(f"{container}: {setting} is written in the file")
            for variable, otherwise in _VARIABLE.findall(str(value)):
                if not otherwise.startswith(":?"):
                    found.append(f"{container}: {variable} may be missing or has a default")
                if variable not in made:
                    found.append(f"{container}: {variable} is made by nothing")
    return found


def _is_from_outside(setting: str, value: str) -> bool:
    """Whether the value is a variable; JARING_TOKEN_KEYS holds the address of public keys."""
    return setting == "JARING_TOKEN_KEYS" or _VARIABLE.fullmatch(value) is not None


def variables(described: Mapping[str, Container]) -> set[str]:
    """The variables that the containers take from outside."""
    values = [str(value) for body in described.values() for value in body.get("environment", {}).values()]
    return {name for value in values for name, _ in _VARIABLE.findall(value)}
