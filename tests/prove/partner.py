"""A partner as we ask partners to be: what got no answer is sent again, with the same idempotency key; all is noted."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.client import HttpClient
from deploy.local.errors import LauncherError
from shared.kernel.identifiers import new_id

PATIENCE_S = 180.0
PAUSE_S = 0.2


@dataclass(frozen=True)
class Answer:
    """What became of one attempt: instants of the monotonic clock, and status 0 where no answer came at all."""

    sent_at: float
    at: float
    service: str
    method: str
    path: str
    status: int
    code: str = ""

    @property
    def is_write(self) -> bool:
        """Whether it was to change something."""
        return self.method == "POST"

    @property
    def is_success(self) -> bool:
        """Whether it is a 2xx."""
        return httpx.codes.is_success(self.status)


class Partner:
    """A client that does not give up: connection errors, 5xx and a key in flight are repeated until answered."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self.sent = 0
        self.repeated = 0
        self.answers: list[Answer] = []

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send a request until there is an answer; the same key each time, so that it has one effect."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_S
        sent = {"idempotency-key": str(new_id()), **(headers or {})}
        self.sent += 1
        while True:
            why, asked = "", (time.monotonic(), service, method, path)
            try:
                answer = await self._client.call(service, method, path, party=party, headers=sent, **content)
                self._note(*asked, answer)
                if not is_to_be_repeated(answer):
                    return answer
                why = f"{answer.status_code} {answer.text}"
            except (httpx.TransportError, LauncherError) as reason:
                self._note(*asked, None)
                why = repr(reason)
            if loop.time() > end:
                raise TimeoutError(f"{method} {path} of {service} got no answer in {PATIENCE_S:.0f} s: {why}")
            self.repeated += 1
            await asyncio.sleep(PAUSE_S)

    def _note(self, sent_at: float, service: str, method: str, path: str, answer: httpx.Response | None) -> None:
        status, code = answer.status_code if answer is not None else 0, ""
        if answer is not None and answer.is_error:
            code = answer.json()["code"]
        self.answers.append(Answer(sent_at, time.monotonic(), service, method, path, status, code))

    async def admit(self, party: str, *, client_id: str = "", scopes: str = "") -> None:
        """The token issuer is of the outside world: nobody kills it."""
        await self._client.admit(party, client_id=client_id, scopes=scopes)

    async def appoint(self, name: str) -> None:
        """An officer of that name may be the subject of a request."""
        await self._client.appoint(name)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()


def is_to_be_repeated(answer: httpx.Response) -> bool:
    """Whether the answer says that there is none yet."""
    in_flight = answer.status_code == httpx.codes.CONFLICT and answer.json()["code"] == "idempotency_in_flight"
    return in_flight or answer.is_server_error
