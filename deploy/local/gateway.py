"""The gateway of the local platform: it posts letters, sends e-mail and short messages, and tells what became of them.

It stands for the organisation's own mail room and its providers. A letter names its party by number; in the moment of
sending the gateway asks registration for name, address, e-mail or telephone, and keeps none of them. Everything
arrives, once and at once, unless a plan says otherwise of a party (`PUT /plans/{party}`).

It reads JARING_CLAIMS_URL, JARING_REGISTRATION_URL, JARING_TOKEN_URL, JARING_CLIENT_ID, JARING_CLIENT_SECRET,
JARING_GATEWAY_KEY, JARING_HTTP_HOST, JARING_HTTP_PORT, JARING_STATE, where it keeps what it was handed, and
JARING_CLOCK_FILE, by which it dates what it says.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from deploy.local.bank import Answers, Client, keep_business_time
from shared.kernel.clock import now
from shared.kernel.identifiers import party_number, person_id
from shared.kernel.pace import pause
from shared.messages.gateway import SIGNATURE, is_signed, signature_of, signed_of_receipt

POLL_S, PAUSE_S = 0.5, 2.0
LARGEST_MESSAGE = 8 << 20
# By what a person is reached, as registration names it.
_REACHED_BY = {"email": "email", "sms": "telephone"}
# What the other side will refuse again: a person looks at the log.
_REFUSED_FOR_GOOD = (403, 404, 409, 422)

log = logging.getLogger("gateway")


class Plan(BaseModel):
    """What becomes of all that goes to a party from now on; ``receipts`` is how often each receipt is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    does: Literal["arrives", "bounces", "is_delayed", "says_nothing", "is_refused", "is_busy"] = "arrives"
    receipts: int = 1


@dataclass(frozen=True)
class Handed:
    """A message that was handed over; what it says is in a file beside."""

    message: str
    service: str
    to: str
    channel: str
    sha256: str


Receipts = list[dict[str, str]]


class Kept:
    """What was handed over, each message once, and what became of it; in files where a folder is given."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read what was handed over before."""
        self._folder = folder
        self.handed: dict[str, Handed] = {}
        self.contents: dict[str, bytes] = {}
        self.receipts: dict[str, Receipts] = {}
        if folder is not None:
            for path in sorted(folder.glob("*.message.json")):
                handed = Handed(**json.loads(path.read_text()))
                self.handed[handed.message] = handed
            for path in sorted(folder.glob("*.receipts.json")):
                self.receipts[path.name.partition(".")[0]] = json.loads(path.read_text())

    def keep(self, handed: Handed, pdf: bytes) -> bool:
        """Whether it is new; it is on disk when this returns."""
        if handed.message in self.handed:
            return False
        if self._folder is None:
            self.contents[handed.message] = pdf
        else:
            _write(self._folder / f"{handed.message}.pdf", pdf)
            _write(self._folder / f"{handed.message}.message.json", json.dumps(asdict(handed)).encode())
        self.handed[handed.message] = handed
        return True

    def became(self, message: str, receipts: Receipts) -> None:
        """Keep what became of a message: it is said in the same words however often it is said."""
        if self._folder is not None:
            _write(self._folder / f"{message}.receipts.json", json.dumps(receipts).encode())
        self.receipts[message] = receipts

    def content(self, message: str) -> bytes | None:
        """The letter that a message brought."""
        if message not in self.handed:
            return None
        return self.contents.get(message) or (self._folder / f"{message}.pdf").read_bytes()  # type: ignore[operator]


def _write(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.chmod(0o600)
    beside.replace(path)


@dataclass
class MailRoom:
    """Takes messages, delivers them, and says so to the service that owes them."""

    ask: Answers
    registration_url: str
    key: bytes
    kept: Kept
    plans: dict[str, Plan] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    _to_say: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know what had arrived, and say what became of all once more: whoever was killed may have told nobody."""
        self._to_say = list(self.kept.receipts)
        for message, said in self.kept.receipts.items():
            if any(each["what"] == "delivered" for each in said):
                self.arrived[self.kept.handed[message].channel] += 1

    def take(self, body: Mapping[str, Any]) -> int:
        """The status that is answered to a message: a known one is taken again, and said of once more."""
        handed = Handed(*(str(body[name]) for name in ("message", "service", "to", "channel", "sha256")))
        pdf = base64.b64decode(str(body["pdf"]))
        if hashlib.sha256(pdf).hexdigest() != handed.sha256:
            return httpx.codes.UNPROCESSABLE_ENTITY
        does = self._plan(handed).does
        if does in ("is_refused", "is_busy"):
            return httpx.codes.BAD_REQUEST if does == "is_refused" else httpx.codes.SERVICE_UNAVAILABLE
        if not self.kept.keep(handed, pdf) and handed.message in self.kept.receipts:
            self._to_say.append(handed.message)
        return httpx.codes.ACCEPTED

    async def do_round(self) -> int:
        """Deliver what waits and say what is to be said; how much was said. Raises httpx.HTTPError."""
        for handed in [each for each in self.kept.handed.values() if each.message not in self.kept.receipts]:
            self.kept.became(handed.message, await self._deliver(handed))
            self._to_say.append(handed.message)
        said = 0
        while self._to_say:
            for receipt in self.kept.receipts[self._to_say[0]]:
                await self._say(self._to_say[0], receipt)
                said += 1
            del self._to_say[0]
        return said

    async def run(self, stop: asyncio.Event) -> None:
        """Do rounds until stopped; while a service or the token issuer is away it tries again."""
        while not stop.is_set():
            seconds = POLL_S
            try:
                await self.do_round()
            except (httpx.HTTPError, ValueError, KeyError) as fault:
                log.warning("a service or the token issuer gave no answer: %s", type(fault).__name__)
                seconds = PAUSE_S
            await pause(stop, seconds)

    async def _deliver(self, handed: Handed) -> Receipts:
        """What is to be said of a message; of one that is delayed in the wrong order, as networks do."""
        plan = self._plan(handed)
        if plan.does == "says_nothing":
            return []
        reason = "address_unknown" if plan.does == "bounces" else await self._why_not(handed)
        if reason:
            said = [_receipt(handed, "bounced", reason)]
        else:
            said = [_receipt(handed, "delivered")]
            self.arrived[handed.channel] += 1
        if plan.does == "is_delayed":
            said.append(_receipt(handed, "delayed", ago=timedelta(hours=1)))
        return [each for each in said for _ in range(plan.receipts)]

    async def _why_not(self, handed: Handed) -> str:
        """Why nobody is found, else nothing. Name and address are on the envelope, and nowhere when this returns."""
        person = person_id(party_number(handed.to))
        answer = await self.ask("GET", f"{self.registration_url}/v1/persons/{person}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return "person_unknown"
        found = answer.raise_for_status().json()
        if handed.channel == "post":
            return "" if found["name"] and found["address"] else "address_unknown"
        return "" if found[_REACHED_BY[handed.channel]] else "contact_unknown"

    async def _say(self, message: str, receipt: Mapping[str, str]) -> None:
        content = json.dumps(receipt).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{message}-{receipt['receipt']}",
            SIGNATURE: signature_of(self.key, signed_of_receipt(message, content)),
        }
        path = f"/v1/messages/{message}/receipts"
        answer = await self.ask("POST", path, headers=headers, content=content)
        if answer.status_code in _REFUSED_FOR_GOOD:
            log.error("a receipt of %s was refused with %s", message, answer.status_code)
            return
        answer.raise_for_status()

    def _plan(self, handed: Handed) -> Plan:
        return self.plans.get(handed.to, Plan())


def _receipt(handed: Handed, what: str, reason: str = "", ago: timedelta = timedelta()) -> dict[str, str]:
    """Its id follows from what it says: said once more of a message it is the same receipt."""
    number = hashlib.sha256(f"{handed.message}/{what}/{reason}".encode()).hexdigest()[:16]
    at = (now() - ago).isoformat(timespec="seconds")
    body = {"receipt": f"R-{number}", "what": what, "at": at}
    return {**body, **({"reason": reason} if reason else {})}


def build(room: MailRoom, client: Client) -> FastAPI:
    """The pages of the gateway; it works while the app lives."""

    @contextlib.asynccontextmanager
    async def working(_: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(room.run(stop))
        yield
        stop.set()
        await task
        await client.close()

    app = FastAPI(
        title="A gateway for the local platform", version="1", lifespan=working, docs_url=None, redoc_url=None
    )

    @app.post("/messages")
    async def take_message(request: Request) -> JSONResponse:
        """Take a message of a service of the platform; the same one again is the same."""
        body = await request.body()
        if len(body) > LARGEST_MESSAGE or not is_signed(room.key, body, request.headers.get(SIGNATURE, "")):
            return JSONResponse({"code": "unsigned"}, httpx.codes.FORBIDDEN)
        return JSONResponse({}, room.take(json.loads(body)))

    @app.get("/messages")
    async def list_messages() -> dict[str, Any]:
        """What was handed over, by number, and how many arrived by each channel; no name and no address is among it."""
        return {"messages": [asdict(each) for each in room.kept.handed.values()], "arrived": room.arrived}

    @app.get("/messages/{message}/letter")
    async def read_letter(message: str) -> Response:
        """The letter that a message brought."""
        content = room.kept.content(message)
        if content is None:
            return Response(status_code=httpx.codes.NOT_FOUND)
        return Response(content, media_type="application/pdf")

    @app.put("/plans/{party}", status_code=204)
    async def plan(party: str, stated: Plan) -> Response:
        """What becomes of all that goes to a party from now on."""
        room.plans[party] = stated
        return Response(status_code=204)

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Answer: it keeps trying by itself."""
        return {"status": "ready"}

    return app


def from_environment(environment: Mapping[str, str] = os.environ) -> FastAPI:
    """The gateway that the environment describes.

    Raises:
        KeyError: a setting is missing.
    """
    names = ("JARING_CLAIMS_URL", "JARING_TOKEN_URL", "JARING_CLIENT_ID", "JARING_CLIENT_SECRET")
    client = Client(*(environment[name] for name in names))
    state, folder = environment.get("JARING_STATE"), None
    if state:
        folder = Path(state) / "gateway"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = base64.b64decode(environment["JARING_GATEWAY_KEY"])
    return build(MailRoom(client, environment["JARING_REGISTRATION_URL"], key, Kept(folder)), client)


if __name__ == "__main__":
    keep_business_time()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    host, port = os.environ["JARING_HTTP_HOST"], int(os.environ["JARING_HTTP_PORT"])
    uvicorn.run(from_environment(), host=host, port=port, access_log=False)
