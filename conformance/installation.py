"""An installation as a partner sees it: a token by client credentials, requests over HTTP, and waiting for answers."""

import asyncio
import contextlib
import math
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from conformance.errors import CannotRun
from conformance.topics import Topics

T = TypeVar("T")
AsyncBytes = AsyncIterator[bytes]
# A token is asked for again before it ends.
LIFE_LEFT_SECONDS = 60.0
MOST_TRIES = 6
SHORT_PAUSE, LONG_PAUSE = 0.05, 1.0
# For what the cases read what is told of people.
PURPOSE = "contribution"
BUSY = (429, 502, 503, 504)


class Cut(Exception):
    """The body of a request ends here, and its connection with it."""


@dataclass
class Partner:
    """One client of the installation: where its tokens come from, and the token that it has."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str = ""
    _token: str = ""
    _ends: float = 0.0

    async def token(self, http: httpx.AsyncClient) -> str:
        """A token that lives; raises CannotRun."""
        if time.monotonic() < self._ends:
            return self._token
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            **({"scope": self.scope} if self.scope else {}),
        }
        answer = await reach(http.post(self.token_url, data=form), self.token_url, "token server")
        if answer.status_code in (400, 401, 403):
            raise CannotRun(
                f"The token server does not let {self.client_id} in ({answer.status_code}, {_said(answer)}): "
                "check the client's id and secret, and the scopes where you name some."
            )
        if not answer.is_success:
            raise CannotRun(f"{self.token_url} answered {answer.status_code}: {_said(answer)}")
        try:
            told = answer.json()
            self._token, life = told["access_token"], float(told.get("expires_in", 600))
        except (ValueError, KeyError, TypeError) as error:
            raise CannotRun(f"{self.token_url} is no token server: its answer has no access_token.") from error
        self._ends = time.monotonic() + life - LIFE_LEFT_SECONDS
        return self._token


@dataclass(frozen=True)
class Employer:
    """An employer that the run speaks for: its public number, and its code in contribution files."""

    number: str
    code: str

    @property
    def party(self) -> str:
        """As the installation names it where somebody acts for it: employer:12 of E000000012X."""
        return f"employer:{int(self.number[1:10])}"


@dataclass
class Installation:
    """Registration, and claims where it is known, with the employer's client and perhaps those of a second employer and
    of a hospital; the employer's topics where it has any."""

    urls: Mapping[str, str]
    partners: Mapping[str, Partner]
    http: httpx.AsyncClient
    patience: float = 60.0
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    topics: Topics | None = None
    requests: int = field(default=0, init=False)

    def has(self, need: str) -> bool:
        """Whether what a case needs is at hand: a service, a partner, `kafka`."""
        return need in self.urls or need in self.partners or (need == "kafka" and self.topics is not None)

    @property
    def kafka(self) -> Topics:
        """The employer's topics; raises CannotRun."""
        if self.topics is None:
            raise CannotRun("The case needs the employer's topics: KAFKA and what belongs to it.")
        return self.topics

    async def cut(self, method: str, path: str, *, by: str, headers: Mapping[str, str], content: AsyncBytes) -> None:
        """Send a request whose connection is cut while its body is sent: nobody hears an answer."""
        token = await self.partners[by].token(self.http)
        url = self.urls["registration"].rstrip("/") + path
        self.requests += 1
        with contextlib.suppress(Cut, httpx.TransportError):
            headers = {**headers, "authorization": f"Bearer {token}"}
            await self.http.request(method, url, headers=headers, content=content)

    async def call(
        self, method: str, path: str, *, service: str = "registration", by: str = "employer", **content: Any
    ) -> httpx.Response:
        """The answer to a request; a busy installation is asked again, under the same idempotency key."""
        headers = {"purpose": PURPOSE, **content.pop("headers", {})}
        if method == "POST":
            headers.setdefault("idempotency-key", str(uuid.uuid4()))
        url = self.urls[service].rstrip("/") + path
        for tried in range(MOST_TRIES):
            headers["authorization"] = f"Bearer {await self.partners[by].token(self.http)}"
            self.requests += 1
            answer = await reach(self.http.request(method, url, headers=headers, **content), url, service)
            if answer.status_code not in BUSY or tried + 1 == MOST_TRIES:
                break
            await asyncio.sleep(_asked_to_wait(answer, tried))
        if answer.status_code == 401:
            raise CannotRun(
                f"{service} does not take the token ({_said(answer)}): is {url} the installation of this token server?"
            )
        if answer.status_code == 403 and _code(answer) == "scope_missing":
            raise CannotRun(f"The client lacks a scope for {method} {path}: {_said(answer)}")
        return answer

    async def until(self, question: Callable[[], Awaitable[T]], is_answer: Callable[[T], bool]) -> T:
        """Ask until the answer is one, or patience ends: the last answer."""
        end, pause = time.monotonic() + self.patience, SHORT_PAUSE
        while True:
            answer = await question()
            if is_answer(answer) or time.monotonic() > end:
                return answer
            await self.pause(pause)
            pause = min(pause * 1.5, LONG_PAUSE)


async def reach(asked: Awaitable[httpx.Response], url: str, what: str) -> httpx.Response:
    """The answer; raises CannotRun where nobody answers."""
    try:
        return await asked
    except httpx.UnsupportedProtocol as error:
        raise CannotRun(f"{url} is no address of a {what}: it begins with http:// or https://.") from error
    except httpx.TimeoutException as error:
        raise CannotRun(f"Nothing answers at {url} ({what}) in time: {type(error).__name__}.") from error
    except httpx.HTTPError as error:
        raise CannotRun(f"Nothing answers at {url} ({what}): {error or type(error).__name__}. Does it run?") from error


def told(answer: httpx.Response) -> dict[str, Any]:
    """The body of an answer as an object; empty where it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(answer: httpx.Response) -> str:
    return str(told(answer).get("code", ""))


def _said(answer: httpx.Response) -> str:
    """What an answer says of itself, in a line."""
    body = told(answer)
    words = [str(body[name]) for name in ("error", "code", "error_description", "detail", "title") if body.get(name)]
    return "; ".join(dict.fromkeys(words)) or answer.text[:200].strip() or "no words"


def _asked_to_wait(answer: httpx.Response, tried: int) -> float:
    try:
        asked = float(answer.headers.get("retry-after", ""))
    except ValueError:
        asked = math.nan
    return min(max(asked, 0.0), 30.0) if math.isfinite(asked) else 0.2 * 2.0**tried
