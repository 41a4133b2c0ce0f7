"""The gateway: against the real claims, the real registration and the real token issuer; and who dies in between."""

import asyncio
import base64
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.bank import Client
from deploy.local.client import PERSON_SCOPES
from deploy.local.gateway import Kept, MailRoom, Plan, build
from deploy.local.letters import prefer, told
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.state import CHECKOUT, State, open_state, secret
from deploy.local.story import Worker
from deploy.local.tests.test_bank import serving
from deploy.local.token_issuer import build as build_issuer
from services.claims.main import build as build_claims
from services.claims.settings import ClaimsSettings
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.files.letters import KEY, a_payment, letter_of, listed, write
from services.claims.tests.support import ACCIDENT, all_has_arrived, apply_events, contributed, employed, registered
from services.claims.tests.support import report as report_accident
from services.claims.worker import work
from services.registration.main import build as build_registration
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import Register
from services.registration.worker import work as work_of_registration
from shared.kernel.failpoints import arm
from shared.kernel.identifiers import party_number, person_id, person_number
from shared.messages.gateway import Gateway
from shared.messages.message import ATTEMPTS
from shared.messages.sending import MessageSender
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, environment, service_under_test
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

OF_UNDELIVERED = ["claims:task:read", "claims:undelivered:decide"]
ADDRESS = "1 Jalan Merdeka, 75000 Melaka"


@dataclass
class World:
    """Claims, in which a letter is owed to a person whom registration knows; its sender, and the gateway."""

    claims: ServiceUnderTest
    registration: ServiceUnderTest
    state: State
    room: MailRoom
    sender: MessageSender[ClaimsUnitOfWork]
    party: str

    async def message(self) -> dict[str, Any]:
        """The newest message of the one letter."""
        return (await self.messages())[-1]

    async def messages(self) -> list[dict[str, Any]]:
        """All of them."""
        [shown] = await listed(self.claims)
        found: list[dict[str, Any]] = (await letter_of(self.claims, shown["letter"]))["messages"]
        return found

    async def go_on(self) -> None:
        """Send what is due, have it delivered, and take what is said of it."""
        await self.sender.send_some()
        await self.room.do_round()
        await self.claims.work_off()


@pytest.fixture
async def world(databases: Databases, issuer: TestIssuer, tmp_path: Path) -> AsyncIterator[World]:
    state = open_state({"JARING_STATE": str(tmp_path)})
    ports = dict(zip(("issuer", "claims", "registration", "gateway"), _free_ports(4), strict=True))
    url = {name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(databases.fresh("claims"))
        other = await stack.enter_async_context(databases.fresh("registration"))
        claims = await stack.enter_async_context(service_under_test(ClaimsSettings, build_claims, work, one, issuer))
        registration = await stack.enter_async_context(
            service_under_test(RegistrationSettings, build_registration, work_of_registration, other, issuer)
        )
        person = person_number(await Register(registration).person(address=ADDRESS))
        await an_award(claims, person)
        token_issuer = build_issuer(state, url["issuer"])
        tokens = {"token_issuer": url["issuer"], "token_keys": str(state.key_set)}
        told = [environment(issuer, each.url("api"), "127.0.0.1:1", "") | tokens for each in (one, other)]
        apps = {
            "issuer": token_issuer,
            "claims": build_claims(ClaimsSettings(**told[0])),  # type: ignore[arg-type]
            "registration": build_registration(RegistrationSettings(**told[1])),  # type: ignore[arg-type]
        }
        for name in ("claims", "registration"):
            stack.push_async_callback(apps[name].state.database.close)
        client = Client(url["claims"], f"{url['issuer']}/token", "gateway", secret(state, "client-gateway"))
        room = MailRoom(client, url["registration"], KEY, Kept())
        # Its rounds are made by the test.
        page = build(room, client)
        page.router.lifespan_context = _nothing
        apps["gateway"] = page
        for name, app in apps.items():
            await stack.enter_async_context(serving(app, ports[name]))
        gateway = Gateway(url["gateway"], KEY, "claims")
        sender = MessageSender(claims.worker.database, ClaimsUnitOfWork, gateway)
        yield World(claims, registration, state, room, sender, f"person:{person}")
        await gateway.close()
        await client.close()


async def an_award(claims: ServiceUnderTest, person: int) -> None:
    wages = [contributed(f"2026-0{month}", 312_000, person=person) for month in range(2, 8)]
    await apply_events(claims, registered(person), *employed(person), *wages)
    await all_has_arrived(claims)
    await report_accident(claims, **ACCIDENT)
    await claims.work_off()
    await write(claims)


def _free_ports(count: int) -> Iterator[int]:
    taken: frozenset[int] = frozenset()
    for _ in range(count):
        port = free_port(taken)
        taken |= {port}
        yield port


class _nothing:  # noqa: N801 - it stands where a function does
    """No lifespan."""

    def __init__(self, _: object) -> None:
        pass

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


async def test_a_letter_is_posted_and_its_receipt_proves_it(world: World) -> None:
    await world.go_on()
    message = await world.message()
    assert (message["state"], message["attempts"]) == ("delivered", 1)
    assert [each["what"] for each in message["events"]] == ["taken", "delivered"]
    handed = world.room.kept.handed[message["message"]]
    assert (handed.to, handed.channel, world.room.arrived) == (world.party, "post", {"post": 1})
    content = world.room.kept.content(message["message"])
    assert content is not None
    assert content.startswith(b"%PDF-")
    assert await world.sender.send_some() == 0
    async with world.claims.database.connection() as connection:
        assert await connection.fetchval("SELECT sent_sha256 FROM message") == handed.sha256


async def test_receipts_twice_and_in_the_wrong_order_come_to_the_same(world: World) -> None:
    world.room.plans[world.party] = Plan(does="is_delayed", receipts=2)
    await world.go_on()
    message = await world.message()
    assert message["state"] == "delivered"
    assert sorted(each["what"] for each in message["events"]) == ["delayed", "delivered", "taken"]


async def test_what_comes_back_waits_for_a_person(world: World) -> None:
    world.room.plans[world.party] = Plan(does="bounces")
    await world.go_on()
    assert (await world.message())["state"] == "undelivered"
    [task] = (await world.claims.call("GET", "/v1/tasks?queue=undelivered", scopes=OF_UNDELIVERED)).json()["data"]
    assert task["reason"] == "address_unknown"


async def test_what_goes_by_email_goes_where_the_person_says_it_is_reached(world: World) -> None:
    own: dict[str, Any] = {"scopes": ["claims:message_preference:write"], "party": world.party, "role": "partner"}
    await world.claims.call("POST", "/v1/message-preference", json={"wording": "en", "channel": "email"}, **own)
    async with world.claims.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE letter DISABLE TRIGGER USER; ALTER TABLE message DISABLE TRIGGER USER")
        await connection.execute("DELETE FROM message; DELETE FROM letter")
    async with world.claims.database.connection() as connection:
        claim = await connection.fetchval("SELECT id FROM claim")
        await connection.execute(
            "INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace) "
            "VALUES ('write_letters', $1, now(), '{}', 'test', '{}')",
            f'{{"claim":"{claim}"}}',
        )
    await world.claims.work_off()
    contact = {"attribute": "email", "value": "ahmad@example.org", "reason": "changed"}
    own = {"scopes": ["registration:person:correct"], "party": world.party, "role": "partner"}
    path = f"/v1/persons/{person_id(party_number(world.party))}/facts"
    assert (await world.registration.call("POST", path, json=contact, **own)).status_code == 201
    await world.go_on()
    assert [(each["channel"], each["state"]) for each in await world.messages()] == [("email", "delivered")]
    assert world.room.arrived == {"email": 1}


class AsItself:
    """A person's way into the services of the world, as the demo's client has it."""

    def __init__(self, world: World) -> None:
        self._services = {"claims": world.claims, "registration": world.registration}

    async def call(self, service: str, method: str, path: str, *, party: str, **content: Any) -> httpx.Response:
        by: dict[str, Any] = {"party": party, "role": "partner", "scopes": PERSON_SCOPES.split()}
        return await self._services[service].call(method, path, **by, **content)

    async def admit(self, party: str) -> None:
        """It is let in."""


async def test_the_demo_tells_what_its_people_were_told_and_how_it_reached_them(world: World) -> None:
    worker, client = Worker(person=person_id(party_number(world.party))), AsItself(world)
    await prefer(client, worker, "sms", "+60 12 345 6789")
    await world.claims.consume(a_payment(world.party))
    await write(world.claims)
    await world.go_on()
    step = await told(client, worker, "award", "payment_advice")
    assert dict(step.facts) == {
        "person": worker.person,
        "letters": "1 award, 1 payment advice",
        "by post": "1",
        "by short message": "1",
    }


async def test_a_gateway_that_is_away_is_asked_again_and_at_last_a_person(
    world: World, business_clock: BusinessClock
) -> None:
    world.room.plans[world.party] = Plan(does="is_busy")
    for attempt in range(1, ATTEMPTS + 1):
        assert await world.sender.send_some() == 1
        assert await world.sender.send_some() == 0, "not before its pause is over"
        assert (await world.message())["attempts"] == attempt
        business_clock.advance(hours=13)
    await world.claims.work_off()
    message = await world.message()
    assert (message["state"], message["reason"]) == ("undelivered", "gateway_away")
    assert await world.sender.send_some() == 0


async def test_what_a_newer_letter_replaced_is_not_posted_however_often_it_was_tried(
    world: World, business_clock: BusinessClock
) -> None:
    world.room.plans[world.party] = Plan(does="is_busy")
    await world.sender.send_some()
    person = party_number(world.party)
    revised = [contributed(f"2026-0{month}", 390_000, revision=2, person=person) for month in range(2, 8)]
    await apply_events(world.claims, *revised)
    await world.claims.work_off()
    await write(world.claims)
    del world.room.plans[world.party]
    business_clock.advance(hours=13)
    await world.go_on()
    kinds = {}
    for shown in await listed(world.claims):
        [message] = (await letter_of(world.claims, shown["letter"]))["messages"]
        kinds[shown["kind"]] = (message["state"], message["attempts"])
    assert kinds == {"award": ("superseded", 1), "revision": ("delivered", 1)}
    assert world.room.arrived == {"post": 1}


async def test_a_letter_that_cannot_be_laid_out_holds_up_no_other_and_a_person_looks_at_last(
    world: World, business_clock: BusinessClock
) -> None:
    await world.claims.consume(a_payment(world.party))
    await write(world.claims)
    async with world.claims.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE letter DISABLE TRIGGER USER")
        await connection.execute("UPDATE letter SET content = '{}' WHERE kind = 'award'")
    assert await world.sender.send_some() == 2
    await world.room.do_round()
    assert world.room.arrived == {"post": 1}
    for _ in range(ATTEMPTS - 1):
        business_clock.advance(hours=13)
        await world.go_on()
    async with world.claims.database.connection() as connection:
        states = await connection.fetch("SELECT state, reason, attempts FROM message ORDER BY state")
    assert [tuple(each) for each in states] == [("delivered", "", 1), ("undelivered", "not_laid_out", ATTEMPTS)]
    assert await world.sender.send_some() == 0
    [task] = (await world.claims.call("GET", "/v1/tasks?queue=undelivered", scopes=OF_UNDELIVERED)).json()["data"]
    assert (task["reason"], task["facts"]["kind"]) == ("not_laid_out", "award")


async def test_what_the_gateway_refuses_is_not_sent_again(world: World) -> None:
    world.room.plans[world.party] = Plan(does="is_refused")
    await world.go_on()
    message = await world.message()
    assert (message["state"], message["reason"], message["attempts"]) == ("undelivered", "gateway_400", 1)


async def test_without_a_receipt_it_is_handed_over_once_more_and_then_a_person_looks(
    world: World, business_clock: BusinessClock
) -> None:
    world.room.plans[world.party] = Plan(does="says_nothing")
    await world.go_on()
    assert (await world.message())["state"] == "sent"
    business_clock.advance(days=14, hours=1)
    await world.go_on()
    assert ((await world.message())["state"], len(world.room.kept.handed)) == ("sent", 1)
    business_clock.advance(days=14, hours=1)
    await world.go_on()
    message = await world.message()
    assert (message["state"], message["reason"]) == ("undelivered", "no_receipt")


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def dying_at(point: str) -> Iterator[None]:
    def act(name: str) -> None:
        if name == point:
            raise Killed

    arm(act, "test")
    try:
        with pytest.raises(Killed):
            yield
    finally:
        arm(None, "test")


@pytest.mark.parametrize("point", ["message.leased", "message.handed_over", "message.before_commit"])
async def test_whoever_dies_amid_sending_has_sent_it_once_in_the_end(
    world: World, business_clock: BusinessClock, point: str
) -> None:
    with dying_at(point):
        await world.sender.send_some()
    await world.room.do_round()
    await world.claims.work_off()
    business_clock.advance(minutes=6)
    await world.go_on()
    message = await world.message()
    assert message["state"] == "delivered"
    assert (len(world.room.kept.handed), len(await world.messages())) == (1, 1)
    assert world.room.arrived == {"post": 1}, "once, however often it was handed over"


@pytest.mark.parametrize("due", ["write_letters", "follow_message"])
@pytest.mark.parametrize("point", ["due.claimed", "due.before_commit", "due.after_commit"])
async def test_whoever_dies_amid_writing_or_following_has_done_it_once(world: World, due: str, point: str) -> None:
    if due == "follow_message":
        world.room.plans[world.party] = Plan(does="bounces")
        await world.sender.send_some()
        await world.room.do_round()
    else:
        async with world.claims.database.connection() as connection:
            claim = await connection.fetchval("SELECT id FROM claim")
            await connection.execute(
                "INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace) "
                "VALUES ('write_letters', $1, now(), '{}', 'test', '{}')",
                f'{{"claim":"{claim}"}}',
            )
    with dying_at(f"{point}@{due}"):
        await world.claims.work_off()
    await world.claims.work_off()
    assert len(await listed(world.claims)) == 1
    tasks = (await world.claims.call("GET", "/v1/tasks?queue=undelivered", scopes=OF_UNDELIVERED)).json()["data"]
    assert len(tasks) == (1 if due == "follow_message" else 0)


async def test_nothing_is_taken_that_is_not_signed_and_nobodys_name_is_kept(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    folder.mkdir()
    async with httpx.AsyncClient(base_url=world.sender.gateway.url) as stranger:
        answer = await stranger.post("/messages", json={"message": "1"}, headers={"jaring-signature": "0" * 64})
        assert answer.status_code == 403
        await world.go_on()
        shown = (await stranger.get("/messages")).json()
        [message] = shown["messages"]
        letter = await stranger.get(f"/messages/{message['message']}/letter")
        assert letter.headers["content-type"] == "application/pdf"
        assert (await stranger.get("/messages/nothing/letter")).status_code == 404
    kept = Kept(folder)
    assert kept.keep(world.room.kept.handed[message["message"]], letter.content)
    assert not kept.keep(world.room.kept.handed[message["message"]], letter.content)
    kept.became(message["message"], world.room.kept.receipts[message["message"]])
    again = Kept(folder)
    assert (again.content(message["message"]), again.receipts) == (letter.content, world.room.kept.receipts)
    everything = b"".join(map(Path.read_bytes, folder.iterdir()))
    assert ADDRESS.encode() not in everything + letter.content
    assert b"Ahmad" not in everything + letter.content


async def test_the_process_answers_by_its_environment(tmp_path: Path) -> None:
    port = free_port()
    values = {
        "JARING_CLAIMS_URL": "http://127.0.0.1:1",
        "JARING_REGISTRATION_URL": "http://127.0.0.1:1",
        "JARING_TOKEN_URL": "http://127.0.0.1:1/token",
        "JARING_CLIENT_ID": "gateway",
        "JARING_CLIENT_SECRET": "x",
        "JARING_GATEWAY_KEY": base64.b64encode(KEY).decode(),
        "JARING_HTTP_HOST": LOOPBACK,
        "JARING_HTTP_PORT": str(port),
        "JARING_STATE": str(tmp_path),
    }
    command = (sys.executable, "-m", "deploy.local.gateway")
    process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, env={**os.environ, **values})
    try:
        await _ready(lambda: httpx.get(f"http://{LOOPBACK}:{port}/readyz").status_code == 200)
    finally:
        process.terminate()
        await process.wait()


async def _ready(question: Callable[[], bool]) -> None:
    for _ in range(400):
        try:
            if question():
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("it never answered")
