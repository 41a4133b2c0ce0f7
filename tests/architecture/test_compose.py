"""docker-compose.yml describes the platform that `make up` starts, and holds no secret."""

import copy
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.compose import secrets
from deploy.local.jars import ROOTS
from deploy.local.kafka import PROPERTIES
from deploy.platform import SERVICES
from tests.architecture.compose import containers, differences, soft, variables, weak_secrets
from tests.architecture.tree import ROOT

PARTNERS_COME_BY = [
    name
    for name in PROPERTIES
    if name.startswith(("listener.name.partners", "listener.security", "authorizer", "super.users"))
]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def described() -> dict[str, Any]:
    return copy.deepcopy(dict(containers(ROOT)))


def test_the_containers_are_the_processes_of_the_platform(described: dict[str, Any]) -> None:
    assert differences(described) == []


def test_every_secret_comes_from_outside_and_is_made_by_the_documented_command(described: dict[str, Any]) -> None:
    assert weak_secrets(described) == []
    assert {name for kind in secrets.names() for name in kind} == variables(described)


def test_the_servers_are_those_of_the_local_platform(described: dict[str, Any]) -> None:
    version = ROOTS["kafka"][0].rpartition(":")[2]
    assert described["kafka"]["image"] == f"apache/kafka:{version}"
    assert described["kafka"]["environment"]["KAFKA_PROCESS_ROLES"] == "broker,controller"
    told = {name.removeprefix("KAFKA_"): value for name, value in described["kafka"]["environment"].items()}
    for name in PARTNERS_COME_BY:
        assert told[name.replace("-", "___").replace(".", "_").upper()].strip() == PROPERTIES[name], name
    assert described["kafka"]["ports"] == ["127.0.0.1:19094:9094"], "the platform's own port is published to nobody"
    assert {described[f"postgres-{service}"]["image"] for service in SERVICES} == {"postgres:18"}
    volumes = {described[f"postgres-{service}"]["volumes"][0] for service in SERVICES}
    assert len(volumes) == len(SERVICES)


def test_no_container_may_do_more_than_it_must(described: dict[str, Any]) -> None:
    assert soft(described) == []


SOFTENED: dict[str, tuple[Change, str]] = {
    "its own files": (lambda c: c["claims-api"].pop("read_only"), "claims-api: may write its own files"),
    "capabilities": (lambda c: c["claims-api"].pop("cap_drop"), "claims-api: keeps capabilities"),
    "one capability": (lambda c: c["kafka"].update(cap_add=["NET_ADMIN"]), "kafka: is given ['NET_ADMIN']"),
    "privileges": (lambda c: c["bank"].pop("security_opt"), "bank: may gain privileges"),
    "root": (lambda c: c["bank"].pop("user"), "bank: runs as root, or as whom its image says"),
    "root by number": (lambda c: c["bank"].update(user="0:0"), "bank: runs as root, or as whom its image says"),
    "the host's network": (lambda c: c["bank"].update(network_mode="host"), "bank: shares what is the host's"),
    "all memory": (lambda c: c["postgres-jobs"].pop("mem_limit"), "postgres-jobs: has no mem_limit"),
    "all processes": (lambda c: c["provision"].pop("pids_limit"), "provision: has no pids_limit"),
    "the engine": (
        lambda c: c["bank"].update(volumes=["/var/run/docker.sock:/x"]),
        "bank: may command the container engine",
    ),
    "a secret by copy": (
        lambda c: c["bank"].update(secrets=["s"]),
        "bank: is given a secret that compose cannot copy into a root that is read-only",
    ),
    "all of the disk": (lambda c: c["kafka"].pop("logging"), "kafka: writes logs without end"),
}


@pytest.mark.parametrize("name", SOFTENED)
def test_a_container_that_may_do_more_is_found(name: str, described: dict[str, Any]) -> None:
    change, said = SOFTENED[name]
    change(described)
    assert soft(described) == [said]


CHANGES: dict[str, tuple[Change, str]] = {
    "a container less": (lambda c: c.pop("jobs-worker"), "jobs-worker: no container"),
    "a container more": (lambda c: c.update(cache={}), "cache: not in deploy.platform"),
    "another command": (
        lambda c: c["claims-api"].update(command=["python", "-m", "services.jobs.main"]),
        "claims-api: runs ['python', '-m', 'services.jobs.main'], not services.claims.main",
    ),
    "another port": (
        lambda c: c["rehab-worker"]["environment"].update(JARING_HTTP_PORT="1"),
        "rehab-worker: serves on 1, not 8114",
    ),
    "a worker published": (
        lambda c: c["rehab-worker"].update(ports=["127.0.0.1:8114:8114"]),
        "rehab-worker: publishes ['127.0.0.1:8114:8114'], not []",
    ),
    "open to the network": (
        lambda c: c["claims-api"].update(ports=["8102:8102"]),
        "claims-api: publishes ['8102:8102'], not ['127.0.0.1:8102:8102']",
    ),
    "a setting less": (
        lambda c: c["bank"]["environment"].pop("JARING_TOKEN_URL"),
        "bank: is not told JARING_TOKEN_URL",
    ),
    "a setting more": (
        lambda c: c["jobs-api"]["environment"].update(JARING_FIELD_KEY="x"),
        "jobs-api: is told JARING_FIELD_KEY, which it does not read",
    ),
    "another role": (
        lambda c: c["claims-api"]["environment"].update(
            JARING_DATABASE_URL=c["claims-worker"]["environment"]["JARING_DATABASE_URL"]
        ),
        "claims-api: does not use its own role claims_api and its own database",
    ),
    "no health check": (
        lambda c: c["claims-api"].pop("healthcheck"),
        "claims-api: has no health check on /readyz",
    ),
    "a role without password": (
        lambda c: c["provision"]["environment"].pop("JARING_PASSWORD_JOBS_API"),
        "provision: is not told JARING_PASSWORD_JOBS_API",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_difference_from_the_table_is_found(name: str, described: dict[str, Any]) -> None:
    change, said = CHANGES[name]
    change(described)
    assert differences(described) == [said]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("abc", "JARING_CURSOR_KEY is written in the file"),
        ("${JARING_CURSOR_KEY_JOBS:-abc}", "JARING_CURSOR_KEY_JOBS may be missing or has a default"),
        ("${JARING_CURSOR_KEY_JOBS}", "JARING_CURSOR_KEY_JOBS may be missing or has a default"),
        ("${OTHER:?make it}", "OTHER is made by nothing"),
    ],
)
def test_a_secret_that_is_written_defaulted_or_unmade_is_found(
    value: str, said: str, described: dict[str, Any]
) -> None:
    described["jobs-api"]["environment"]["JARING_CURSOR_KEY"] = value
    assert weak_secrets(described) == [f"jobs-api: {said}"]


def test_secrets_are_made_once_for_their_owner_only_and_never_alike(tmp_path: Path) -> None:
    file = tmp_path / "state" / "compose.env"
    assert secrets.main(file) == 0
    made = file.read_text()
    values = [line.partition("=")[2] for line in made.splitlines()]
    assert len(set(values)) == len(values) == len(variables(containers(ROOT)))
    assert file.stat().st_mode & 0o777 == 0o600
    assert secrets.main(file) == 1
    assert file.read_text() == made


def test_docker_compose_accepts_the_files_and_refuses_to_go_without_secrets(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:  # noqa: S603
        pytest.skip("the compose plugin of docker is not here")
    secrets.main(tmp_path / "compose.env")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    for options, code in ((["--env-file", str(tmp_path / "compose.env")], 0), ([], 1)):
        command = [docker, "compose", *options, "config", "--quiet"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
        assert done.returncode == code, done.stderr
