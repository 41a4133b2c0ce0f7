"""Processes die on the way of a letter, where it is written down who reads, and where is counted; once all the same.

The sender of messages dies at each point of handing one over to the gateway, the gateway dies when it has it, an API
dies when it has written down who reads and has not told it yet, or has, and a worker while it counts control totals.
"""

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.tests.test_gateway import World, world
from services.benefits.tests.api import years
from services.benefits.tests.api.test_party_statements import on
from services.benefits.tests.support import bank_answers, benefits_on, enter_payee, settle
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_read_log import claim, rows
from services.claims.tests.conftest import claims, worker
from services.claims.tests.files.letters import KEY
from services.claims.tests.support import PERSON, READ
from shared.contracts.envelope import Cause
from shared.contracts.letter_told import LetterToldV1
from shared.letters.letter import LetterKind, Wording
from shared.letters.rendering import pdf
from shared.messages.gateway import Gateway
from shared.messages.message import Message
from shared.messages.repository import LetterRepository
from shared.messages.sending import MessageSender
from shared.testing.clock import BusinessClock
from shared.testing.control_totals import held_by_nobody, standing
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, eventually
from shared.testing.tokens import TestIssuer
from tests.prove.dying import BATCH, MESSAGE, READING, ROOT, Dying, VictimStarter

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

# What these tests begin with.
BEGINNINGS = (claim, claims, worker, world)
_KEPT = "SELECT kind, holder, things FROM control_total"


@pytest.mark.parametrize("is_told_at_once", [True, False], ids=["told at once", "told in the end"])
@pytest.mark.parametrize("point", MESSAGE)
async def test_a_sender_that_dies_has_sent_a_letter_once(
    world: World,
    victims: VictimStarter,
    business_clock: BusinessClock,
    point: str,
    is_told_at_once: bool,
    tmp_path: Path,
) -> None:
    """Also where the receipt comes before anybody has noted that the gateway took it."""
    dying = Dying.of(world.claims, victims, tmp_path)
    assert await dying.send_messages(world.sender.gateway.url, KEY, point)
    has_it = point != MESSAGE[0]
    assert (len(world.room.kept.handed), (await world.message())["state"]) == (int(has_it), "waiting")
    if is_told_at_once:
        await world.room.do_round()
        await dying.work_off()
        assert (await world.message())["state"] == ("delivered" if has_it else "waiting")
    business_clock.advance(minutes=6)
    await world.go_on()
    [message] = await world.messages()
    assert (message["state"], world.room.arrived) == ("delivered", {"post": 1})
    assert [*world.room.kept.handed] == [message["message"]], "the same message, however often it was handed over"
    assert [each["what"] for each in message["events"] if each["by_provider"]] == ["delivered"]
    assert await world.sender.send_some() == 0


@contextmanager
def gateway_process(world: World, folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The gateway in a process of its own, for as long as the block lets it."""
    asks: Any = world.room.ask
    credentials: Mapping[str, str] = asks._credentials
    values = {
        "JARING_CLAIMS_URL": str(asks._client.base_url),
        "JARING_REGISTRATION_URL": world.room.registration_url,
        "JARING_TOKEN_URL": asks._token_url,
        "JARING_CLIENT_ID": credentials["client_id"],
        "JARING_CLIENT_SECRET": credentials["client_secret"],
        "JARING_GATEWAY_KEY": base64.b64encode(KEY).decode(),
        "JARING_HTTP_HOST": LOOPBACK,
        "JARING_HTTP_PORT": str(port),
        "JARING_STATE": str(folder),
    }
    command = [sys.executable, "-m", "deploy.local.gateway"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **values}) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


async def until_ready(url: str) -> None:
    async def is_ready() -> bool:
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                return (await client.get(f"{url}/readyz")).is_success
        except httpx.HTTPError:
            return False

    await eventually(is_ready, within=60)


async def test_a_gateway_that_dies_with_a_letter_delivers_it_once_and_says_so(world: World, tmp_path: Path) -> None:
    """It is killed when it has taken the letter, again when it has said what became of it, and is sent the same."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    gateway = Gateway(url, KEY, "claims")
    sender = MessageSender(world.claims.worker.database, world.sender.unit, gateway)
    with gateway_process(world, tmp_path, port):
        await until_ready(url)
        assert await sender.send_some() == 1
    [message] = await world.messages()
    assert message["state"] in ("sent", "delivered")
    for _ in range(2):
        with gateway_process(world, tmp_path, port):
            await until_ready(url)
            await eventually(lambda: is_delivered(world), within=30)
            kept = await shown_by(url)
            await gateway.hand_over(*await the_same(world))
            assert await shown_by(url) == kept
            # It says once more what became of it.
            await asyncio.sleep(1)
    [message] = await world.messages()
    assert [each["what"] for each in message["events"] if each["by_provider"]] == ["delivered"]
    assert [each["message"] for each in kept["messages"]] == [message["message"]]
    assert kept["arrived"] == {"post": 1}, "who begins again knows what arrived before"
    await gateway.close()


async def shown_by(url: str) -> dict[str, Any]:
    """The messages that a gateway was handed, and how many arrived."""
    async with httpx.AsyncClient(timeout=5) as client:
        found: dict[str, Any] = (await client.get(f"{url}/messages")).json()
        return found


async def is_delivered(world: World) -> bool:
    """As the receipt says, once it was followed."""
    await world.claims.work_off()
    return bool((await world.message())["state"] == "delivered")


async def the_same(world: World) -> tuple[Message, LetterKind, bytes]:
    """The message once more, as its sender hands it over."""
    async with world.claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        letters = LetterRepository(uow.connection)
        message = await letters.message(UUID((await world.message())["message"]))
        assert message is not None
        kept = await letters.find(message.letter)
        assert kept is not None
        return message, kept.kind, pdf(kept.letter, Wording(message.wording))


async def test_a_letter_that_arrived_holds_back_what_has_no_certificate_whoever_dies(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock, victims: VictimStarter, tmp_path: Path
) -> None:
    """Reg. 117: a pension that began in April 2025 is owed on a certificate by 30 April 2026."""
    async with benefits_on(databases, issuer) as benefits:
        dying = Dying.of(benefits, victims, tmp_path)
        business_clock.set_day(2026, 2, 28)
        await enter_payee(benefits)
        await settle(benefits, years.pension(first=date(2025, 4, 1)))
        await bank_answers(benefits)
        business_clock.set_day(2026, 3, 1)
        await dying.work_off()
        (asked,) = await years.published(benefits, "certificate.asked")
        about = {"letter": asked["matter"], "matter": asked["matter"], "party": asked["party"], "revision": 1}
        await dying.consume(LetterToldV1(kind="certificate_due", told_on=date(2026, 3, 5), **about))
        await dying.work_off()
        assert {point for about, point in dying.died if about == "claims.letter"} == {*BATCH} - {"consumer.handled"}
        assert await on(benefits, business_clock, 2026, 4, 30) == ["3658.00"], "March and April"
        assert await on(benefits, business_clock, 2026, 6, 30) == []
        assert await years.waiting(benefits) == ["certificate_missing"]


async def test_nobody_is_told_anything_that_is_not_written_down_whoever_dies(
    claims: ServiceUnderTest, claim: str, victims: VictimStarter, tmp_path: Path
) -> None:
    """Of who died before the row was committed nothing is left, of who died after it the row, and nobody was told."""
    dying, route = Dying.of(claims, victims, tmp_path), "/v1/claims/{claim}"
    told = await dying.call("GET", f"/v1/claims/{claim}", scopes=READ)
    assert told.status_code == 200
    assert {point for _, point in dying.died} == set(READING)
    assert [row["persons"] for row in await rows(claims, route)] == [[PERSON], [PERSON]]


async def test_a_worker_that_dies_while_it_counts_has_counted_nothing_and_the_next_counts_the_same(
    claims: ServiceUnderTest, claim: str, victims: VictimStarter, tmp_path: Path
) -> None:
    dying = Dying.of(claims, victims, tmp_path)
    await dying.count("count_control_totals")
    async with claims.database.connection() as connection:
        assert await connection.fetch(_KEPT) == []
    before = await standing(claims.database, CONTROL_TOTALS)
    await dying.count("count_control_totals")
    assert await standing(claims.database, CONTROL_TOTALS) == before
    assert before["claim"]
    assert await held_by_nobody(claims.database, CONTROL_TOTALS) == []
