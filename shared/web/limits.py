"""How much one process takes from outside, and how long it waits: every limit is a setting (decision 27).

A setting is named after its limit: ``JARING_LIMITS__HEAD_BYTES``. docs/operations.md lists them.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.telemetry import metrics
from shared.web.errors import BodiesTooMany, TooManyRequests

MEBIBYTE = 1 << 20

Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Limits(BaseModel):
    """The limits of one API process; each has a default that fits a service with a pool of ten connections."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connections: Count = Field(1000, description="Connections at once, of all clients")
    connections_per_address: Count = Field(200, description="Connections at once, from one address")
    head_bytes: Count = Field(32 << 10, description="Bytes of the lines before a body, and of those after it")
    head_lines: Count = Field(100, description="Header lines of a request")
    head_seconds: Seconds = Field(10, description="Time for the head, and for the first byte of a connection")
    idle_seconds: Count = Field(5, description="Time that a connection stays open between two requests")
    body_bytes: Count = Field(64 << 10, description="Bytes of a body; uploads have limits of their own")
    body_pause_seconds: Seconds = Field(10, description="Longest pause in a body")
    body_seconds: Seconds = Field(20, description="Time for a body, and one second more for each share of its bytes")
    body_bytes_a_second: Count = Field(32 << 10, description="The share of a body that buys a second more")
    answer_pause_seconds: Seconds = Field(30, description="Longest time in which a client takes nothing of its answer")
    leave_seconds: Seconds = Field(2, description="Time for what a client still sends after it was refused")
    requests_per_client: Count = Field(100, description="Requests at once of one client of a party")
    client_body_bytes: Count = Field(96 * MEBIBYTE, description="Bytes of bodies in memory of one client")
    all_body_bytes: Count = Field(256 * MEBIBYTE, description="Bytes of bodies in memory of all clients")


class Admission:
    """What is in flight in this process, by client, held against the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._requests: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._all_bytes = 0

    @contextmanager
    def request(self, client: str) -> Iterator[None]:
        """One more request of the client while the block lasts; raises TooManyRequests."""
        if self._requests[client] >= self.limits.requests_per_client:
            metrics.LIMIT_REFUSALS.labels("requests_per_client").inc()
            raise TooManyRequests(facts={"limit": self.limits.requests_per_client})
        self._requests[client] += 1
        try:
            yield
        finally:
            _less(self._requests, client, 1)

    def hold(self, client: str, size: int) -> None:
        """Hold so many bytes more for the client; raises TooManyRequests, BodiesTooMany."""
        self._bytes[client] += size
        self._all_bytes += size
        if self._bytes[client] > self.limits.client_body_bytes:
            metrics.LIMIT_REFUSALS.labels("client_body_bytes").inc()
            raise TooManyRequests(facts={"limit": self.limits.client_body_bytes})
        if self._all_bytes > self.limits.all_body_bytes:
            metrics.LIMIT_REFUSALS.labels("all_body_bytes").inc()
            raise BodiesTooMany()

    def let_go(self, client: str, size: int) -> None:
        """Hold so many bytes less."""
        self._all_bytes -= size
        _less(self._bytes, client, size)


def _less(counter: Counter[str], client: str, by: int) -> None:
    counter[client] -= by
    if counter[client] <= 0:
        del counter[client]
