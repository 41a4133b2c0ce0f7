"""Apache Kafka 4.3 as one KRaft node on the loopback address, for the platform and for tests."""

import os
import shutil
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local import servers
from deploy.local.jars import ensure_jars
from deploy.local.java import QUICK, find_java
from deploy.local.ports import LOOPBACK, choose, free_port, listens
from deploy.local.processes import Identity, fork, stop

DEATH_SIGNAL = signal.SIGTERM
HEAP = ("-Xms128m", "-Xmx400m", "-XX:MaxMetaspaceSize=128m", "-XX:ReservedCodeCacheSize=48m", "-Xss512k")
SCRAM = "SCRAM-SHA-512"
PROPERTIES: dict[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PARTNERS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    # Partners come in by a listener of their own, by name and secret, and may do what was granted to them alone. Who
    # comes by the platform's listener has no name and may do all: it is reached from within only (decision 74).
    "listener.name.partners.sasl.enabled.mechanisms": SCRAM,
    f"listener.name.partners.{SCRAM.lower()}.sasl.jaas.config": (
        "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    ),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # Otherwise a restart after a crash waits 9 s more for the old session to end.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    # Each thread wakes several times a second for nothing, and broker and controller have their own.
    "num.io.threads": "2",
    "group.coordinator.threads": "1",
    "share.coordinator.threads": "1",
    # By default the one controller writes twice a second that nothing happened, for followers that it does not have.
    "metadata.max.idle.interval.ms": "10000",
    # One cleaner for a few small topics needs none of the 128 MB that it takes by default.
    "log.cleaner.dedupe.buffer.size": "4194304",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens: for the platform, for its own controller, for partners."""

    broker: int
    controller: int
    partners: int


@dataclass(frozen=True, slots=True)
class Server:
    """A running broker: its bootstrap addresses `host:port`, for the platform and for partners, and its identity."""

    bootstrap: str
    port: int
    identity: Identity
    partners: str

    @property
    def pid(self) -> int:
        """The broker's process id."""
        return self.identity.pid

    def stop(self) -> None:
        """Stop it cleanly and wait."""
        stop([(self.identity, DEATH_SIGNAL)], 15)


def start_kafka(folder: Path, port: int | None = None, *, cache: Path = servers.JARS) -> Server:
    """Start the broker whose log stands in `folder` (formatted at the first start) and wait until it answers.

    It ends with the calling thread, so call it from the main thread. The jars come from `cache`; the first time they
    are fetched.

    Raises:
        LauncherError: no jars, no Java, or the broker did not start; the text holds the end of its log.
    """
    server = begin_kafka(folder, port, cache=cache)
    await_kafka(server, folder)
    return server


def begin_kafka(folder: Path, port: int | None = None, *, cache: Path = servers.JARS) -> Server:
    """The same without the wait: `await_kafka` is for whoever needs it, in this process or another.

    Raises:
        LauncherError: there are no jars.
    """
    ensure_jars("kafka", cache)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    controller = free_port(frozenset({chosen}))
    partners = free_port(frozenset({chosen, controller}))
    ports = Ports(chosen, controller, partners)
    identity = fork(lambda: run(folder, ports, cache), folder / "log", death_signal=DEATH_SIGNAL)
    return Server(f"{LOOPBACK}:{chosen}", chosen, identity, f"{LOOPBACK}:{partners}")


def await_kafka(server: Server, folder: Path) -> None:
    """Wait until the broker that was begun in `folder` answers.

    Raises:
        LauncherError: no Java, or it did not start; the text holds the end of its log.
    """
    servers.await_ready("Kafka", server.identity, lambda _: listens(server.port), folder / "log")


def run(folder: Path, ports: Ports, cache: Path = servers.JARS) -> None:
    """Become the broker: format its log if there is none, then exec. Never returns when all is well."""
    jars, java = ensure_jars("kafka", cache), find_java()
    data, properties = folder.resolve() / "data", folder.resolve() / "server.properties"
    controller = choose({"controller": ports.controller})["controller"]
    properties.write_text(_properties(data, replace(ports, controller=controller)))
    command = [java, *QUICK, *HEAP, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    command += ["-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", ":".join(map(str, jars))]
    formatted = folder / "formatted"
    if not formatted.exists():
        shutil.rmtree(data, ignore_errors=True)
        cluster = _cluster_id()
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", str(properties)]
        subprocess.run([*command, *tool], check=True)
        formatted.touch()
    os.execv(java, [*command, "kafka.Kafka", str(properties)])  # noqa: S606


def _cluster_id() -> str:
    """As Kafka makes them: one that begins with a dash would be taken for an option."""
    while (made := urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return made


def _properties(data: Path, ports: Ports) -> str:
    listeners = {"PLAINTEXT": ports.broker, "PARTNERS": ports.partners, "CONTROLLER": ports.controller}
    places = {
        "listeners": ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in listeners.items()),
        "controller.quorum.bootstrap.servers": f"{LOOPBACK}:{ports.controller}",
        "log.dirs": str(data),
    }
    return "".join(f"{name}={value}\n" for name, value in {**PROPERTIES, **places}.items())
