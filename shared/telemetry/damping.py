"""Keeps a library that says the same again and again from filling the log: a filter for the handler of log lines."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 10.0


@dataclass
class _Said:
    until: float
    left_out: int = 0


class Damping(logging.Filter):
    """Lets each sentence of the named libraries through once in ``window`` seconds, with the count of those left out.

    A sentence is the text before its values are filled in: with the broker away a client says the same few of them many
    times a second, each with another node or reason. It belongs on a handler: a logger's own filter does not see what
    the loggers below it say.
    """

    def __init__(
        self, libraries: Sequence[str], window: float = WINDOW_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._libraries = tuple(libraries)
        self._window = window
        self._clock = clock
        self._said: dict[tuple[str, int, str], _Said] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.name.split(".", 1)[0] not in self._libraries:
            return True
        now, sentence = self._clock(), (record.name, record.levelno, str(record.msg))
        said = self._said.get(sentence)
        if said is not None and now < said.until:
            said.left_out += 1
            return False
        self._said[sentence] = _Said(now + self._window)
        if said is not None and said.left_out:
            record.msg = f"{record.msg} ({said.left_out} more like it were left out)"
        return True
