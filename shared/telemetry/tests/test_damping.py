"""A library that says the same again and again is heard once in a while, with the count; everybody else always."""

import io
import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from shared.telemetry.damping import Damping
from shared.telemetry.logging import setup_logging
from shared.testing.logs import log_plainly


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines(clock: Clock) -> Iterator[list[str]]:
    written: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.getMessage())

    handler = Handler()
    handler.addFilter(Damping(["noisy"], window=10, clock=clock))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_a_sentence_is_written_once_in_a_window_and_then_with_the_count(lines: list[str], clock: Clock) -> None:
    noisy = logging.getLogger("noisy.client")
    for number in range(100):
        noisy.error("Unable to connect to node %s", number)
    assert lines == ["Unable to connect to node 0"]
    clock.now = 10
    noisy.error("Unable to connect to node %s", 7)
    assert lines[1:] == ["Unable to connect to node 7 (99 more like it were left out)"]
    clock.now = 20
    noisy.error("Unable to connect to node %s", 8)
    assert lines[2:] == ["Unable to connect to node 8"]


def test_another_sentence_level_or_logger_is_written(lines: list[str]) -> None:
    noisy, other = logging.getLogger("noisy.client"), logging.getLogger("noisy.other")
    for _ in range(2):
        noisy.error("away")
        noisy.warning("away")
        noisy.error("back")
        other.error("away")
    assert lines == ["away", "away", "back", "away"]


def test_nobody_else_is_damped(lines: list[str]) -> None:
    for name in ("shared.messaging.consumer", "noisyneighbour"):
        for _ in range(3):
            logging.getLogger(name).error("the same")
    assert lines == ["the same"] * 6


def test_the_processes_log_damps_the_kafka_client_only() -> None:
    stream = io.StringIO()
    root, level = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        setup_logging("claims", "worker", stream=stream)
        structlog.configure(cache_logger_on_first_use=False)
        for _ in range(50):
            logging.getLogger("aiokafka").error("Unable connect to node with id %s", 1)
            structlog.get_logger("ours").error("consumer_backs_off")
    finally:
        logging.getLogger().handlers[:] = root
        logging.getLogger().setLevel(level)
        log_plainly()
    said = [orjson.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert said.count("consumer_backs_off") == 50
    assert [each for each in said if each != "consumer_backs_off"] == ["Unable connect to node with id 1"]
