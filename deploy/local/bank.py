"""A bank for the local platform: it fetches bank files, books each transfer once, and answers with status reports.

It is no part of the platform and knows benefits by its REST interface only, with its own scopes. It reads
JARING_BENEFITS_URL, JARING_TOKEN_URL, JARING_CLIENT_ID, JARING_CLIENT_SECRET, JARING_HTTP_HOST, JARING_HTTP_PORT,
JARING_STATE, where it keeps what it has booked, and JARING_CLOCK_FILE, by which it dates what it says.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import uvicorn
from fastapi import FastAPI
from lxml import etree

from deploy.platform import CLOCK_SETTING
from shared.kernel.clock import now, take_offset_from
from shared.kernel.pace import pause
from shared.process.clock_file import ClockFile

POLL_S, PAUSE_S, TIMEOUT_S = 0.3, 2.0, 10.0
# After a while without a file it asks less often: an idle platform is to cost next to nothing.
QUIET_POLL_S, QUIET_AFTER_S = 1.0, 10.0
PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
# A file that was fetched and not answered is answered too: the bank may have been killed in between.
UNANSWERED = ("ready", "fetched")
_IN_001 = {"p": PAIN_001}
_NSMAP: Any = {None: PAIN_002}

log = logging.getLogger("bank")


class FileRefused(Exception):
    """A file that this bank does not accept; it is not booked and not answered. The text names no value."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One credit transfer that reached its account; the account is not kept."""

    end_to_end_id: str
    amount: str
    currency: str


class Answers(Protocol):
    """Asks benefits as this bank; raises httpx.HTTPError when nobody answers."""

    async def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response: ...


class BookingLog:
    """What the bank has booked, each end-to-end id once; kept in a file where one is given."""

    def __init__(self, file: Path | None = None) -> None:
        """Read what was booked before; a last line that was cut off by a crash was never answered and is dropped."""
        self._file = file
        self._booked: dict[str, Booking] = {}
        if file is not None and file.exists():
            kept = file.read_text().splitlines(keepends=True)
            whole = [line for line in kept if line.endswith("\n")]
            self._booked = {row["end_to_end_id"]: Booking(**row) for row in map(json.loads, whole)}
            if len(whole) != len(kept):
                file.write_text("".join(whole))

    @property
    def bookings(self) -> list[Booking]:
        """Everything booked, in order."""
        return list(self._booked.values())

    def book(self, transfers: Iterable[Booking]) -> None:
        """Book those that are new; they are on disk when this returns.

        Raises:
            FileRefused: a known end-to-end id comes with another amount.
        """
        new: dict[str, Booking] = {}
        for each in transfers:
            known = self._booked.get(each.end_to_end_id) or new.get(each.end_to_end_id)
            if known is not None and known != each:
                raise FileRefused("an end-to-end id came with another amount")
            if known is None:
                new[each.end_to_end_id] = each
        if new and self._file is not None:
            with self._file.open("a") as file:
                file.writelines(json.dumps(asdict(each)) + "\n" for each in new.values())
                file.flush()
                os.fsync(file.fileno())
        self._booked |= new


@dataclass
class Bank:
    """Works through the files that benefits has for it."""

    ask: Answers
    booking_log: BookingLog
    _refused: set[str] = field(default_factory=set)

    async def do_round(self) -> int:
        """Fetch, book and answer every file that waits; how many were answered. Raises httpx.HTTPError."""
        waiting = [file for state in UNANSWERED for file in await self._waiting(state)]
        return sum([await self._answer(file) for file in waiting if file["bank_file"] not in self._refused])

    async def run(self, stop: asyncio.Event) -> None:
        """Do rounds until stopped; while benefits or the token issuer is away it tries again."""
        busy_until = 0.0
        while not stop.is_set():
            try:
                if await self.do_round():
                    busy_until = time.monotonic() + QUIET_AFTER_S
                seconds = POLL_S if time.monotonic() < busy_until else QUIET_POLL_S
            except (httpx.HTTPError, ValueError, KeyError) as fault:
                log.warning("benefits or the token issuer gave no answer: %s", type(fault).__name__)
                seconds = PAUSE_S
            await pause(stop, seconds)

    async def _waiting(self, state: str) -> list[dict[str, Any]]:
        page = await self.ask("GET", f"/v1/bank-files?state={state}&limit=100")
        return list(page.raise_for_status().json()["data"])

    async def _answer(self, file: Mapping[str, Any]) -> bool:
        path = f"/v1/bank-files/{file['bank_file']}"
        content = (await self.ask("GET", f"{path}/content")).raise_for_status().content
        try:
            message_id, transfers = read_file(content, file["sha256"])
            self.booking_log.book(transfers)
        except FileRefused as reason:
            return self._set_aside(file, str(reason))
        headers = {"Content-Type": "application/xml", "Idempotency-Key": str(uuid.uuid4())}
        report = status_report(message_id, [each.end_to_end_id for each in transfers])
        answer = await self.ask("POST", f"{path}/status-reports", headers=headers, content=report)
        if answer.status_code in (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY):
            return self._set_aside(file, f"its answer was refused with {answer.status_code}")
        answer.raise_for_status()
        return True

    def _set_aside(self, file: Mapping[str, Any], reason: str) -> bool:
        """Leave this file to a person, so that the others go on."""
        log.error("the bank file %s is set aside: %s", file["bank_file"], reason)
        self._refused.add(file["bank_file"])
        return False


def read_file(content: bytes, sha256: str) -> tuple[str, list[Booking]]:
    """The message id and the transfers of a pain.001 file.

    Raises:
        FileRefused: its hash, form, counts or sums are not right.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileRefused("the content is not what its hash says")
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise FileRefused("it is no XML") from None
    message_id = root.findtext("p:CstmrCdtTrfInitn/p:GrpHdr/p:MsgId", "", _IN_001)
    transfers = [_booking(each) for each in root.iterfind(".//p:CdtTrfTxInf", _IN_001)]
    if root.tag != f"{{{PAIN_001}}}Document" or not message_id or not transfers:
        raise FileRefused("it is no pain.001.001.09 with transfers")
    if len({each.end_to_end_id for each in transfers}) != len(transfers):
        raise FileRefused("an end-to-end id stands in it twice")
    total = sum(_sen(each.amount) for each in transfers)
    for place in root.iterfind("p:CstmrCdtTrfInitn/*[p:NbOfTxs]", _IN_001):
        stated = (place.findtext("p:NbOfTxs", "", _IN_001), _sen(place.findtext("p:CtrlSum", "", _IN_001)))
        if stated != (str(len(transfers)), total):
            raise FileRefused("a count or a control sum is wrong")
    return message_id, transfers


def _booking(transfer: etree._Element) -> Booking:
    amount = transfer.find("p:Amt/p:InstdAmt", _IN_001)
    end_to_end_id = transfer.findtext("p:PmtId/p:EndToEndId", "", _IN_001)
    account = transfer.findtext("p:CdtrAcct/p:Id/p:Othr/p:Id", "", _IN_001)
    bank = transfer.findtext("p:CdtrAgt/p:FinInstnId/p:BICFI", "", _IN_001)
    if amount is None or not (end_to_end_id and account and bank) or amount.get("Ccy") != "MYR":
        raise FileRefused("a transfer lacks its id, its account or an amount in ringgit")
    if _sen(amount.text or "") <= 0:
        raise FileRefused("an amount is not above zero")
    return Booking(end_to_end_id, amount.text or "", "MYR")


def _sen(amount: str) -> int:
    whole, _, decimals = amount.partition(".")
    if not (whole.isdecimal() and decimals.isdecimal() and len(decimals) == 2):
        raise FileRefused("an amount is not ringgit with two decimals")
    return int(whole) * 100 + int(decimals)


def status_report(message_id: str, end_to_end_ids: Iterable[str]) -> bytes:
    """A pain.002.001.10 that says of each transfer: settled on the payee's account (ACSC)."""
    root = etree.Element(f"{{{PAIN_002}}}Document", nsmap=_NSMAP)
    report = _add(root, "CstmrPmtStsRpt")
    header = _add(report, "GrpHdr")
    _add(header, "MsgId", f"S-{uuid.uuid4().hex}")
    _add(header, "CreDtTm", now().isoformat(timespec="seconds"))
    original = _add(report, "OrgnlGrpInfAndSts")
    _add(original, "OrgnlMsgId", message_id)
    _add(original, "OrgnlMsgNmId", "pain.001.001.09")
    block = _add(report, "OrgnlPmtInfAndSts")
    _add(block, "OrgnlPmtInfId", message_id)
    for end_to_end_id in end_to_end_ids:
        transaction = _add(block, "TxInfAndSts")
        _add(transaction, "OrgnlEndToEndId", end_to_end_id)
        _add(transaction, "TxSts", "ACSC")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{PAIN_002}}}{name}")
    child.text = text
    return child


class Client:
    """Benefits over HTTP, with a token of this bank that is renewed half a minute before it ends."""

    def __init__(self, benefits_url: str, token_url: str, client_id: str, client_secret: str) -> None:
        """The addresses, and what the token issuer knows this bank by."""
        self._client = httpx.AsyncClient(base_url=benefits_url, timeout=TIMEOUT_S)
        self._token_url = token_url
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token, self._good_until = "", 0.0

    async def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        """Ask benefits; a token that is refused is thrown away. Raises httpx.HTTPError."""
        if time.monotonic() >= self._good_until:
            await self._renew()
        sent = {"Authorization": f"Bearer {self._token}", "Purpose": "payment", **(headers or {})}
        answer = await self._client.request(method, path, headers=sent, content=content)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._good_until = 0.0
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _renew(self) -> None:
        form = {"grant_type": "client_credentials", **self._credentials}
        given = (await self._client.post(self._token_url, data=form)).raise_for_status().json()
        self._token, self._good_until = given["access_token"], time.monotonic() + given["expires_in"] - 30


def build(bank: Bank, client: Client) -> FastAPI:
    """The pages of the bank; it works while the app lives."""

    @contextlib.asynccontextmanager
    async def working(_: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(bank.run(stop))
        yield
        stop.set()
        await task
        await client.close()

    app = FastAPI(title="A bank for the local platform", version="1", lifespan=working, docs_url=None, redoc_url=None)

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Answer: it keeps trying by itself."""
        return {"status": "ready"}

    @app.get("/received")
    async def received() -> dict[str, list[dict[str, str]]]:
        """The credit transfers that were booked, in order; no account is among them."""
        return {"received": [asdict(each) for each in bank.booking_log.bookings]}

    return app


def from_environment(environment: Mapping[str, str] = os.environ) -> FastAPI:
    """The bank that the environment describes.

    Raises:
        KeyError: a setting is missing.
    """
    names = ("JARING_BENEFITS_URL", "JARING_TOKEN_URL", "JARING_CLIENT_ID", "JARING_CLIENT_SECRET")
    client = Client(*(environment[name] for name in names))
    state = environment.get("JARING_STATE")
    file = None
    if state:
        folder = Path(state) / "bank"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / "booked.jsonl"
    return build(Bank(client, BookingLog(file)), client)


def keep_business_time(environment: Mapping[str, str] = os.environ) -> None:
    """Date what this process says by the clock of the platform, where there is one."""
    if CLOCK_SETTING in environment:
        take_offset_from(ClockFile(Path(environment[CLOCK_SETTING])), "local")


if __name__ == "__main__":
    keep_business_time()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    host, port = os.environ["JARING_HTTP_HOST"], int(os.environ["JARING_HTTP_PORT"])
    uvicorn.run(from_environment(), host=host, port=port, access_log=False)
