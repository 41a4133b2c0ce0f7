"""Zipkin 3.6 with its traces in memory: the local place to see one trace from the request to the payment."""

import os
import signal
import urllib.error
import urllib.request
from pathlib import Path

from deploy.local import servers
from deploy.local.jars import ensure_jars
from deploy.local.java import QUICK, find_java
from deploy.local.ports import LOOPBACK

DEATH_SIGNAL = signal.SIGTERM
HEAP = ("-Xms64m", "-Xmx256m", "-XX:MaxMetaspaceSize=128m", "-XX:ReservedCodeCacheSize=48m", "-Xss512k")
# What has run out of memory ends, and the supervisor starts it again: otherwise it would collect garbage for ever.
END = "-XX:+ExitOnOutOfMemoryError"
# With a hundred thousand spans it died of memory; a trace has some fifteen, so these are more than a thousand traces.
MAX_SPANS = 20_000


def is_ready(port: int) -> bool:
    """Tell whether Zipkin says that it is well."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/health", timeout=2) as answer:  # loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run(port: int, cache: Path = servers.JARS) -> None:
    """Become Zipkin. Never returns when all is well."""
    jars, java = ensure_jars("zipkin", cache), find_java()
    settings = {
        "STORAGE_TYPE": "mem",
        "MEM_MAX_SPANS": str(MAX_SPANS),
        "SELF_TRACING_ENABLED": "false",
    }
    # Zipkin's own setting has a port only and listens on every address; the list replaces it as a whole.
    place = {"ip": LOOPBACK, "port": port, "protocols[0]": "http"}
    command = [java, *QUICK, *HEAP, END, *(f"-Darmeria.ports[0].{name}={value}" for name, value in place.items())]
    command += ["-cp", ":".join(map(str, jars)), "org.springframework.boot.loader.launch.JarLauncher"]
    os.execve(java, command, {**os.environ, **settings})  # noqa: S606
