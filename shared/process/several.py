"""Several processes that answer on one port, started, replaced and stopped by one that does nothing else.

Each has a listening socket of its own (SO_REUSEPORT), over which the kernel spreads new connections, and a port of its
own on which it alone answers: a scrape of the shared port would reach any of them, and each counts by itself. The
process that starts them holds their sockets too: what waits in the socket of one that crashed is answered by its
successor. Told to stop it lets go of them first, so that nobody is let in who would not be answered.
"""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import NoReturn

BACKLOG = 2048
# One that ends sooner has not started properly, and is not started again at once.
STARTED_SECONDS = 10.0
PAUSE_SECONDS = 1.0
MOST_FAILURES = 5
# Requests get five seconds to end (`shared.process.api.server`), the pool and the exporter some more.
STOP_SECONDS = 15.0

Sockets = Sequence[socket.socket]

_HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
_fork = multiprocessing.get_context("fork")

log = logging.getLogger(__name__)


@dataclass
class _Place:
    """The sockets of one of the processes, and who has them now."""

    number: int
    sockets: Sockets
    process: BaseProcess
    started: float
    # How many in a row ended young.
    failures: int = 0
    # The instant before which no other is started in the place of one that has ended.
    starts_at: float | None = None

    @property
    def fails(self) -> bool:
        """Whether one after the other ended young, and who is here now, if anybody is, is young as well."""
        is_young = self.starts_at is not None or time.monotonic() - self.started < STARTED_SECONDS
        return self.failures >= MOST_FAILURES and is_young


class Several:
    """Runs `work` with its sockets in each of several processes until it is told to stop; forks, so it is called before
    the first thread, loop and connection."""

    def __init__(self, sockets: Sequence[Sockets], work: Callable[[Sockets], None]) -> None:
        self._work = work
        self._sockets = [each for of_one in sockets for each in of_one]
        # Whoever reads it to its end has outlived its parent.
        self._alive_in, self._alive_out = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        self._places = [
            _Place(number, each, self._start(each), time.monotonic()) for number, each in enumerate(sockets)
        ]

    def run(self) -> int:
        """Returns the exit code: 0 when it was told to stop, 1 when none of its processes starts."""
        while self._heard() in (None, signal.SIGCHLD):
            for place in self._places:
                if place.starts_at is None and not place.process.is_alive():
                    self._look_into(place)
            if all(place.fails for place in self._places):
                log.error("the processes of the API do not start")
                self._stop()
                return 1
            for place in self._places:
                if place.starts_at is not None and place.starts_at <= time.monotonic():
                    place.process, place.started, place.starts_at = self._start(place.sockets), time.monotonic(), None
        self._stop()
        return 0

    def _heard(self) -> int | None:
        """The signal that comes next; None where the instant comes first at which one is started."""
        instants = [place.starts_at for place in self._places if place.starts_at is not None]
        if not instants:
            return signal.sigwait(_HEARD)
        heard = signal.sigtimedwait(_HEARD, max(min(instants) - time.monotonic(), 0))
        return None if heard is None else heard.si_signo

    def _start(self, sockets: Sockets) -> BaseProcess:
        process = _fork.Process(target=self._child, args=(sockets,))
        process.start()
        return process

    def _look_into(self, place: _Place) -> None:
        """Whoever ended young is started again after a pause, which neither the others nor a stop wait for."""
        now = time.monotonic()
        lived = now - place.started
        log.error("process %d of the API ended (%s) after %.0f s", place.number, place.process.exitcode, lived)
        place.failures = 0 if lived >= STARTED_SECONDS else place.failures + 1
        place.starts_at = now + PAUSE_SECONDS if place.failures else now

    def _stop(self) -> None:
        """Ask all of them to end; whoever takes too long is killed."""
        # A socket listens until the last process has closed it: theirs would be let in, and cut at the end.
        _close(self._sockets)
        for place in self._places:
            place.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for place in self._places:
            place.process.join(max(until - time.monotonic(), 0))
            place.process.kill()
            place.process.join()

    def _child(self, sockets: Sockets) -> None:
        signal.signal(signal.SIGTERM, _leave)
        # From a terminal it comes to all at once. While uvicorn serves it stops at it as at the parent's SIGTERM, which
        # comes as well; before that, and when uvicorn raises it again at its end, the parent says what happens.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        os.close(self._alive_out)
        _close([each for each in self._sockets if each not in sockets])
        threading.Thread(target=_end_with_parent, args=(self._alive_in,), daemon=True).start()
        self._work(sockets)


def listeners(host: str, port: int, own_ports: Sequence[int]) -> list[Sockets]:
    """For each process a socket on the shared port and one on its own; raises OSError where one is taken."""
    # Sockets that share a port share it with another API's of the same user, which would answer half of what is asked.
    _bound(host, port, shared=False).close()
    return [(_listening(host, port, shared=True), _listening(host, own, shared=False)) for own in own_ports]


def _listening(host: str, port: int, *, shared: bool) -> socket.socket:
    made = _bound(host, port, shared=shared)
    made.listen(BACKLOG)
    return made


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


def _close(sockets: Sockets) -> None:
    for each in sockets:
        each.close()


def _leave(*_: object) -> NoReturn:
    """Ends the process as its code would; uvicorn raises the signal again when it has answered everybody."""
    sys.exit(0)


def _end_with_parent(alive: int) -> None:
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
