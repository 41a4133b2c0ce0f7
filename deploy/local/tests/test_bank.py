"""The bank: against the real benefits and the real token issuer, and what it does when they are away."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from lxml import etree

from deploy.local import bank as bank_module
from deploy.local.bank import (
    Bank,
    Booking,
    BookingLog,
    Client,
    FileRefused,
    build,
    from_environment,
    keep_business_time,
    read_file,
    status_report,
)
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.state import CHECKOUT, State, open_state, secret
from deploy.local.token_issuer import build as build_issuer
from services.benefits.files.pain_002 import read_status_report
from services.benefits.main import build as build_benefits
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.support import ACCOUNT_NUMBER, enter_payee, first, freeze, listed, second, settle
from services.benefits.worker import work
from shared.kernel.clock import BUSINESS_ZONE, take_offset_from
from shared.process.api import server
from shared.process.clock_file import make_clock_file, set_to
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, environment, eventually, service_under_test
from shared.testing.tokens import TestIssuer


@asynccontextmanager
async def serving(app: FastAPI, port: int) -> AsyncIterator[None]:
    """The app on a real port while the block lasts."""
    running = server(app, LOOPBACK, port)
    task = asyncio.create_task(running._serve())
    await eventually(lambda: asyncio.sleep(0, running.started))
    try:
        yield
    finally:
        running.should_exit = True
        await task


@dataclass(frozen=True)
class Backend:
    """Benefits with its database, and the addresses at which it and the token issuer can be served."""

    benefits: ServiceUnderTest
    state: State
    apps: Mapping[int, FastAPI]

    @property
    def client(self) -> Client:
        issuer, benefits = (f"http://{LOOPBACK}:{port}" for port in self.apps)
        return Client(benefits, f"{issuer}/token", "bank", secret(self.state, "client-bank"))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve both."""
        (one, first_app), (two, second_app) = self.apps.items()
        async with serving(first_app, one), serving(second_app, two):
            yield


@pytest.fixture
async def backend(databases: Databases, issuer: TestIssuer, tmp_path: Path) -> AsyncIterator[Backend]:
    """A first payment stands in a ready file; nobody serves yet."""
    state = open_state({"JARING_STATE": str(tmp_path)})
    issuer_port = free_port()
    benefits_port = free_port(frozenset({issuer_port}))
    issuer_url = f"http://{LOOPBACK}:{issuer_port}"
    token_issuer = build_issuer(state, issuer_url)
    async with (
        databases.fresh("benefits") as database,
        service_under_test(BenefitsSettings, build_benefits, work, database, issuer) as service,
    ):
        values = environment(issuer, database.url("api"), "127.0.0.1:1", "")
        values |= {"token_issuer": issuer_url, "token_keys": str(state.key_set)}
        app = build_benefits(BenefitsSettings(**values))  # type: ignore[arg-type]
        await enter_payee(service)
        await settle(service, first())
        await freeze(service)
        yield Backend(service, state, {issuer_port: token_issuer, benefits_port: app})
        await app.state.database.close()


async def states(backend: Backend) -> list[str]:
    return [payment["state"] for payment in await listed(backend.benefits, "payments")]


@pytest.mark.postgres
async def test_it_books_each_transfer_once_and_answers_so_that_it_is_settled(backend: Backend) -> None:
    booking_log = BookingLog(backend.state.root / "booked.jsonl")
    async with backend.open():
        client = backend.client
        bank = Bank(client, booking_log)
        assert [await bank.do_round() for _ in range(2)] == [1, 0]
        await settle(backend.benefits, second())
        await freeze(backend.benefits)
        assert await bank.do_round() == 1
        await client.close()
    assert [booking.amount for booking in booking_log.bookings] == ["1763.91", "72.09"]
    assert await states(backend) == ["settled", "settled"]
    assert ACCOUNT_NUMBER not in (backend.state.root / "booked.jsonl").read_text()


@pytest.mark.postgres
async def test_one_that_is_killed_between_booking_and_answering_answers_later_and_books_once(backend: Backend) -> None:
    kept = backend.state.root / "booked.jsonl"
    async with backend.open():
        client = backend.client

        async def cut_off(
            method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
        ) -> httpx.Response:
            if method == "POST":
                raise httpx.ConnectError("killed")
            return await client(method, path, headers=headers, content=content)

        with pytest.raises(httpx.ConnectError):
            await Bank(cut_off, BookingLog(kept)).do_round()
        assert await states(backend) == ["sent"]
        again = BookingLog(kept)
        assert await Bank(client, again).do_round() == 1
        await client.close()
    assert await states(backend) == ["settled"]
    assert len(again.bookings) == 1


@pytest.mark.postgres
async def test_it_waits_for_benefits_and_the_token_issuer(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_module, "PAUSE_S", 0.05)
    bank, stop = Bank(backend.client, BookingLog()), asyncio.Event()
    running = asyncio.create_task(bank.run(stop))
    await asyncio.sleep(0.2)
    assert not running.done()
    async with backend.open():
        await eventually(lambda: asyncio.sleep(0, bank.booking_log.bookings))
        stop.set()
        await running
    assert [booking.amount for booking in bank.booking_log.bookings] == ["1763.91"]


async def test_a_file_that_cannot_be_booked_or_answered_does_not_hold_up_the_others() -> None:
    """The first is changed on its way, the answer to the second is refused, the third is booked and answered."""
    good = pain_001()
    contents = {"a": good + b" ", "b": good.replace(b"E1", b"E2"), "c": good.replace(b"E1", b"E3")}
    hashes = {"a": good, "b": contents["b"], "c": contents["c"]}

    async def benefits(
        method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        request = httpx.Request(method, f"http://benefits{path}")
        if method == "POST":
            return httpx.Response(409 if "/b/" in path else 200, request=request)
        if path.endswith("/content"):
            return httpx.Response(200, content=contents[path.split("/")[3]], request=request)
        ready = [{"bank_file": id_, "sha256": hashlib.sha256(text).hexdigest()} for id_, text in hashes.items()]
        return httpx.Response(200, json={"data": ready if "ready" in path else []}, request=request)

    bank = Bank(benefits, BookingLog())
    assert await bank.do_round() == 1
    assert [booking.end_to_end_id for booking in bank.booking_log.bookings] == ["E2", "E3"]


async def test_its_pages_show_what_was_booked() -> None:
    booking_log = BookingLog()
    booking_log.book([Booking("a" * 32, "1763.91", "MYR")])
    client = Client("http://127.0.0.1:1", "http://127.0.0.1:1/token", "bank", "x")
    transport = httpx.ASGITransport(build(Bank(client, booking_log), client))
    async with httpx.AsyncClient(transport=transport, base_url="http://bank") as page:
        assert (await page.get("/readyz")).status_code == 200
        shown = (await page.get("/received")).json()
    assert shown == {"received": [{"end_to_end_id": "a" * 32, "amount": "1763.91", "currency": "MYR"}]}
    await client.close()


async def test_the_process_starts_and_stops_while_nobody_else_is_there(tmp_path: Path) -> None:
    port = free_port()
    values = {
        "JARING_HTTP_HOST": LOOPBACK,
        "JARING_HTTP_PORT": str(port),
        "JARING_STATE": str(tmp_path),
        "JARING_BENEFITS_URL": "http://127.0.0.1:1",
        "JARING_TOKEN_URL": "http://127.0.0.1:1/token",
        "JARING_CLIENT_ID": "bank",
        "JARING_CLIENT_SECRET": "unknown",
    }
    command = (sys.executable, "-m", "deploy.local.bank")
    process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, env={**os.environ, **values})
    try:
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}") as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.ConnectError:
                    return False

            await eventually(ready)
            assert (await client.get("/received")).json() == {"received": []}
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) in (0, -15)


def test_a_missing_setting_stops_the_start() -> None:
    with pytest.raises(KeyError, match="JARING_TOKEN_URL"):
        from_environment({"JARING_BENEFITS_URL": "http://127.0.0.1:1"})


def pain_001(amount: str = "17.00", count: str = "1", total: str = "17.00", account: str = "51234567") -> bytes:
    totals = f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
    transfer = f"""<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="MYR">{amount}</InstdAmt></Amt><CdtrAgt><FinInstnId><BICFI>MBBEMYKL</BICFI></FinInstnId>
        </CdtrAgt><CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>"""
    return f"""<Document xmlns="{bank_module.PAIN_001}"><CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId>{totals}</GrpHdr>
        <PmtInf>{totals}{transfer}</PmtInf></CstmrCdtTrfInitn></Document>""".encode()


def read(content: bytes) -> tuple[str, list[Booking]]:
    return read_file(content, hashlib.sha256(content).hexdigest())


def test_a_good_file_is_read_and_answered_in_the_form_that_benefits_reads() -> None:
    message_id, (booking,) = read(pain_001())
    assert (message_id, booking) == ("M1", Booking("E1", "17.00", "MYR"))
    report = read_status_report(status_report(message_id, [booking.end_to_end_id]))
    assert (report.original_message_id, report.statuses[0].end_to_end_id) == ("M1", "E1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<Document/>",
        pain_001(count="2"),
        pain_001(total="17.01"),
        pain_001(amount="0.00", total="0.00"),
        pain_001(amount="17", total="17"),
        pain_001(account=""),
        pain_001().replace(b'Ccy="MYR"', b'Ccy="SGD"'),
        pain_001().replace(b"pain.001.001.09", b"pain.001.001.03"),
    ],
    ids=range(10),
)
def test_a_bad_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(content)


def test_a_file_that_was_changed_on_its_way_is_refused() -> None:
    with pytest.raises(FileRefused, match="hash"):
        read_file(pain_001(), hashlib.sha256(b"other").hexdigest())


def test_what_was_booked_is_remembered_and_a_line_cut_off_by_a_crash_is_dropped(tmp_path: Path) -> None:
    kept = tmp_path / "booked.jsonl"
    BookingLog(kept).book([Booking("E1", "17.00", "MYR")])
    with kept.open("a") as file:
        file.write(json.dumps({"end_to_end_id": "E2"})[:-3])
    again = BookingLog(kept)
    again.book([Booking("E1", "17.00", "MYR"), Booking("E3", "1.00", "MYR")])
    assert [booking.end_to_end_id for booking in BookingLog(kept).bookings] == ["E1", "E3"]
    with pytest.raises(FileRefused, match="another amount"):
        again.book([Booking("E1", "18.00", "MYR")])


def test_the_report_is_well_formed_and_names_the_original() -> None:
    root = etree.fromstring(status_report("M1", ["E1", "E2"]))
    found = root.findall(".//{*}TxInfAndSts")
    assert [each.findtext("{*}TxSts") for each in found] == ["ACSC", "ACSC"]


def test_the_report_is_dated_by_the_business_clock_of_the_platform(tmp_path: Path) -> None:
    make_clock_file(tmp_path / "clock")
    set_to(tmp_path / "clock", datetime(2097, 12, 1, tzinfo=BUSINESS_ZONE))
    try:
        keep_business_time({"JARING_CLOCK_FILE": str(tmp_path / "clock")})
        root = etree.fromstring(status_report("M1", ["E1"]))
    finally:
        take_offset_from(None, "test")
    assert (root.findtext(".//{*}CreDtTm") or "").startswith("2097-11-30T16:00:0")
