"""What `make up` leaves running: the supervisor of this machine's PostgreSQL, Kafka, Zipkin and processes.

Run as `python -m deploy.local.daemon`; the ports have been chosen and the secrets made by then.
"""

import asyncio
import gc
import importlib
import os
import runpy
import sys
import threading
from collections.abc import Callable

from setproctitle import setproctitle

from deploy.local import kafka, postgres, zipkin
from deploy.local.plan import Plan, addresses, environment_of, make_plan, remembered_ports, role_passwords
from deploy.local.ports import listens
from deploy.local.state import State, open_state
from deploy.local.supervisor import Child, Supervisor, hold_lock
from deploy.platform import COMPANIONS, PROCESSES, Process
from deploy.provision import provision

# Imported once, shared by all the children. Ours are not here: a child that starts again must run the code as it is.
LIBRARIES = (
    "aiokafka",
    "alembic.command",
    "asyncpg",
    "cryptography.hazmat.primitives.ciphers.aead",
    "fastapi",
    "fastapi.openapi.utils",
    "httptools",
    "httpx",
    "joserfc.jwt",
    "lxml.etree",
    "numpy",
    "opentelemetry.exporter.zipkin.json",
    "opentelemetry.sdk.trace.export",
    "orjson",
    "prometheus_client",
    # Twenty modules that each child imported by itself, since fastapi asks for them.
    "pydantic.v1",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "stdnum.iso7064.mod_37_36",
    "structlog",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "yaml",
)


def import_libraries() -> None:
    """Import what every process will import, and put it out of the collector's reach so that pages stay shared."""
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name} was not imported ahead: {error}", flush=True)
    if threading.active_count() > 1:
        names = [thread.name for thread in threading.enumerate()]
        raise RuntimeError(
            f"A library started a thread at import, and a process with threads cannot be forked: {names}"
        )
    gc.collect()
    gc.freeze()


def children(plan: Plan) -> list[Child]:
    """Return all the children of a plan, servers first."""
    servers = [*_servers(plan)]
    needed = tuple(child.name for child in servers if child.name != "zipkin")
    places = addresses(plan)
    processes = [
        Child(process.name, _python(process, plan), ("provision",), address=places[process.name])
        for process in (*PROCESSES, *COMPANIONS)
    ]
    return [*servers, Child("provision", _provision(plan), needed, once=True), *processes]


def _servers(plan: Plan) -> list[Child]:
    state, ports, places = plan.state, plan.ports, addresses(plan)
    found = []
    if plan.own_postgres:
        folder = state.folder("postgres")
        found.append(
            Child(
                "postgres",
                lambda: postgres.run(folder, ports["postgres"]),
                ready=lambda pid: postgres.is_ready(folder, pid),
                stop_signal=postgres.DEATH_SIGNAL,
                death_signal=postgres.DEATH_SIGNAL,
                address=places["postgres"],
            )
        )
    if plan.own_kafka:
        found.append(
            Child(
                "kafka",
                lambda: kafka.run(
                    state.folder("kafka"),
                    kafka.Ports(ports["kafka"], ports["kafka-controller"], ports["kafka-partners"]),
                ),
                ready=lambda _: listens(ports["kafka"]),
                death_signal=kafka.DEATH_SIGNAL,
                address=places["kafka"],
            )
        )
    if plan.own_zipkin:
        found.append(
            Child(
                "zipkin",
                lambda: zipkin.run(ports["zipkin"]),
                ready=lambda _: listens(ports["zipkin"]),
                death_signal=zipkin.DEATH_SIGNAL,
                address=places["zipkin"],
            )
        )
    return found


def _python(process: Process, plan: Plan) -> Callable[[], None]:
    def run() -> None:
        environment = environment_of(process, plan)
        os.environ.clear()
        os.environ.update(environment)
        setproctitle(f"jaring {process.name}")
        sys.argv = [process.module]
        runpy.run_module(process.module, run_name="__main__", alter_sys=True)

    return run


def _provision(plan: Plan) -> Callable[[], None]:
    def run() -> None:
        setproctitle("jaring provision")
        passwords = role_passwords(plan.state)
        asyncio.run(provision(plan.postgres, passwords, plan.kafka, topic_prefix=plan.topic_prefix))

    return run


def supervise(state: State) -> int:
    """Supervise until told to stop; return the exit code."""
    lock = hold_lock(state)
    if lock is None:
        print("Another supervisor holds this state folder", flush=True)
        return 0
    setproctitle("jaring supervisor")
    plan = make_plan(state, remembered_ports(state))
    for name in ("kafka", "zipkin", "bank", "gateway"):
        state.folder(name).mkdir(exist_ok=True)
    # A child must not hold the lock when its parent has been killed.
    Supervisor(state, children(plan), in_child=lambda: os.close(lock)).run(prepare=import_libraries)
    return 0


if __name__ == "__main__":
    sys.exit(supervise(open_state()))
