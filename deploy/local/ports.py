"""Free ports on the loopback address."""

import random
import socket
from collections.abc import Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(but_not: frozenset[int] = frozenset()) -> int:
    """Return a free port below those that the kernel gives to outgoing connections.

    One of theirs could be taken by a connection before the server listens, or while it is down for a moment.
    """
    candidates = range(20_000, _first_ephemeral())
    while True:
        port = random.SystemRandom().choice(candidates)
        if port not in but_not and is_free(port):
            return port


def free_ports(count: int) -> int:
    """Return the first of so many free ports in a row."""
    while True:
        first = free_port()
        if all(is_free(port) for port in range(first, first + count)):
            return first


def _first_ephemeral() -> int:
    try:
        return max(21_000, int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]))
    except OSError:
        return 32_768


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a free port for each name: the wanted one, else another that no name wants."""
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        free = is_free(port) and port not in chosen.values()
        chosen[name] = port if free else free_port(frozenset((*wanted.values(), *chosen.values())))
    return chosen


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
