"""Partners push by Kafka: each record is answered on the partner's own topic, and what one sends harms no other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from services.claims.main import build as build_claims
from services.claims.settings import ClaimsSettings
from services.claims.worker import work as claims_work
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import MYKAD, OTHER_CODE, OTHER_MYKAD, Register, party_of
from services.registration.worker import work
from shared.contracts.envelope import Cause
from shared.contracts.event_answered import EventAnswered
from shared.inbound import intake
from shared.inbound.answers import put
from shared.testing.servers import Broker, Databases
from shared.testing.service import ServiceUnderTest, eventually, service_under_test, working
from shared.testing.tokens import TestIssuer
from tests.partners.partner import Partner, admitted, binary

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

NAME = "Ahmad bin Ali"
CAUSE = Cause("test")
FLOOD = 1_000
# The last of one key waits, and all before it gave way to it.
_WHOLE_FLOOD = """
    SELECT FROM inbound_event WHERE type = 'wage.paid'
    HAVING count(*) = 1000 AND count(*) FILTER (WHERE state = 'parked') = 1
"""
WHO = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": NAME}
HIRED = {**WHO, "born_on": "1990-01-01", "residence": "citizen", "started_on": "2024-03-01"}
PAID = {**WHO, "for_month": "2026-05", "wage": {"amount": "2480.00", "currency": "MYR"}, "paid_on": "2026-05-28"}
ACCIDENT = {
    **WHO,
    "happened_on": "2026-07-15",
    "place": "at_work",
    "certificate": {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"},
}


@dataclass
class World:
    """Both services that take events, at work on one broker."""

    register: Register
    claims: ServiceUnderTest
    broker: Broker
    prefix: str

    @property
    def services(self) -> tuple[ServiceUnderTest, ServiceUnderTest]:
        return self.register.service, self.claims


@pytest.fixture
async def world(databases: Databases, broker: Broker, issuer: TestIssuer, topic_prefix: str) -> AsyncIterator[World]:
    where: dict[str, Any] = {"kafka": broker.bootstrap, "prefix": topic_prefix}
    async with (
        databases.fresh("registration") as ours,
        databases.fresh("claims") as theirs,
        service_under_test(RegistrationSettings, build, work, ours, issuer, **where) as registration,
        service_under_test(ClaimsSettings, build_claims, claims_work, theirs, issuer, **where) as claims,
    ):
        yield World(Register(registration), claims, broker, topic_prefix)


@pytest.fixture
async def employer(world: World) -> str:
    return await world.register.employer()


@pytest.fixture
async def partner(world: World, employer: str) -> AsyncIterator[Partner]:
    async with admitted(world.broker, world.prefix, party_of(employer)) as found:
        yield found


async def test_each_event_is_answered_with_what_came_of_it_by_the_service_that_takes_it(
    world: World, partner: Partner
) -> None:
    hired = await partner.push("employee.hired", HIRED)
    paid = await partner.push_structured("wage.paid", PAID)
    happened = await partner.push("accident.happened", ACCIDENT)
    bad = await partner.push("wage.paid", {**PAID, "wage": {"amount": "2480.001", "currency": "MYR"}})
    async with working(*world.services):
        assert (await partner.answer_to(hired))["result"]["person"].startswith("P")
        wage = await partner.answer_to(paid)
        assert (wage["state"], wage["result"]["amounts"]["act4_employer"]) == ("accepted", "42.85")
        notice = await partner.answer_to(happened)
        assert notice["state"] == "accepted"
        assert notice["result"]["follow"] == f"/v1/notices/{notice['result']['notice']}"
        refused = await partner.answer_to(bad)
        assert (refused["state"], refused["reason"]) == ("refused", "request_invalid")
        assert refused["errors"][0]["pointer"].startswith("/wage")
    assert not any(told in str(partner.answers) for told in (MYKAD, NAME, "Ahmad"))
    followed = await world.claims.call(
        "GET", notice["result"]["follow"], scopes=["claims:notice:read"], party=partner.party, role="partner"
    )
    assert followed.status_code == 200, followed.text


async def test_an_event_that_comes_both_ways_counts_once_and_is_told_on_the_topic(
    world: World, partner: Partner, employer: str
) -> None:
    hire = {"specversion": "1.0", "id": "hire-1", "source": "/payroll", "type": "employee.hired", "data": HIRED}
    scope, form = "registration:event:write", {"content-type": "application/cloudevents+json"}
    over_rest = await world.register.as_party("POST", "/v1/events", scope, partner.party, json=hire, headers=form)
    assert over_rest.status_code == 202
    await partner.push("employee.hired", HIRED, id="hire-1")
    await partner.push("wage.paid", PAID, id="wage-1")
    again = await partner.send(b"{}", binary("wage.paid", "hire-1"))
    async with working(*world.services):
        await partner.answer_to("wage-1")
        assert (await partner.answer_at(again))["reason"] == "event_id_reused"
        told = await partner.answer_to("hire-1")
        repeated = await partner.send(orjson.dumps(HIRED), binary("employee.hired", "hire-1"))
        assert (await partner.answer_at(repeated))["result"] == told["result"], "the same again, the same answer"
    assert told["event"] == over_rest.json()["data"][0]["event"]
    ((kept,),) = await world.register.rows("SELECT count(*) FROM inbound_event WHERE id = 'hire-1'")
    assert kept == 1
    figures = await world.register.as_party("GET", "/v1/events/figures", "registration:event:read", partner.party)
    assert {each["type"]: each["accepted"] for each in figures.json()} == {"employee.hired": 1, "wage.paid": 1}


GARBAGE: dict[str, tuple[bytes | None, list[tuple[str, bytes | None]], str]] = {
    "no event at all": (b"hello", [], "event_malformed"),
    "nothing": (None, [], "event_malformed"),
    "a header without a value": (
        b"{}",
        [*binary("wage.paid", "1", source=None), ("ce_source", None)],
        "event_malformed",
    ),
    "broken JSON": (b'{"a": ', binary("wage.paid", "2"), "event_malformed"),
    "broken JSON, structured": (b'{"id": "3"', [("content-type", b"application/cloudevents+json")], "event_malformed"),
    "a batch": (b"[]", [("content-type", b"application/cloudevents-batch+json")], "event_format_unsupported"),
    "a header that is no text": (b"{}", [*binary("wage.paid", "4"), ("ce_subject", b"\xff\xfe")], "event_malformed"),
    "no id": (b"{}", binary("wage.paid", "", id=None), "event_malformed"),
    "a national id for an id": (b"{}", binary("wage.paid", MYKAD), "event_malformed"),
    "an unknown type": (b"{}", binary("employee.promoted", "5"), "event_type_unknown"),
    "a megabyte": (b'"' + b"a" * 1_000_000 + b'"', binary("wage.paid", "6"), "event_too_large"),
    "another's source": (b"{}", binary("wage.paid", "7", source="urn:jaring:employer:99"), "event_source_of_another"),
    "a hospital's type": (b"{}", binary("medical.certificate.issued", "8"), "event_not_for_this_party"),
    "none of its members": (b"{}", binary("wage.paid", "9"), "request_invalid"),
    "deep": (b"[" * 60_000, binary("wage.paid", "10"), "event_malformed"),
}


async def test_garbage_is_answered_each_for_itself_and_the_next_is_taken(world: World, partner: Partner) -> None:
    offsets = {name: await partner.send(value, headers) for name, (value, headers, _) in GARBAGE.items()}
    good = await partner.push_structured("employee.hired", HIRED)
    async with working(*world.services):
        assert (await partner.answer_to(good))["state"] == "accepted", "without datacontenttype"
        found = {name: (await partner.answer_at(offset))["reason"] for name, offset in offsets.items()}
    assert found == {name: reason for name, (_, _, reason) in GARBAGE.items()}
    assert len(partner.answers) == len(GARBAGE) + 1, "each is answered once, by one service"


async def test_a_flood_of_one_partner_keeps_no_other_waiting(
    world: World, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 20)
    monkeypatch.setattr(intake, "LOOK_SECONDS", 0.0)
    other = party_of(await world.register.employer(OTHER_CODE))
    await asyncio.gather(*(partner.push("wage.paid", PAID) for _ in range(FLOOD)))
    async with admitted(world.broker, world.prefix, other) as second:
        one = await second.push("employee.hired", {**HIRED, "national_id": {"kind": "mykad", "number": OTHER_MYKAD}})
        async with working(world.register.service):
            await second.answer_to(one)
            ((taken,),) = await world.register.rows("SELECT count(*) FROM inbound_event WHERE type = 'wage.paid'")
            assert taken < FLOOD, "the rest waits on its own topic"

            async def all_taken() -> bool:
                return bool(await world.register.rows(_WHOLE_FLOOD))

            await eventually(all_taken, within=60)


async def test_a_partner_whose_topic_is_gone_holds_up_no_other(world: World, partner: Partner) -> None:
    async with world.register.service.worker.database.begin(world.register.service.worker.work.unit, CAUSE) as uow:
        await put("employer:99", [EventAnswered(state="refused", reason="event_malformed")], uow)
    bad = await partner.send(b"hello", [])
    async with working(world.register.service):
        await partner.answer_at(bad)
    ((left,),) = await world.register.rows("SELECT count(*) FROM inbound_answer")
    assert left == 1


class NoText(str):
    """The name of a header, as a client sends it that does not care for UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"ce_\xff\xfe"


async def test_a_header_whose_name_is_no_text_stops_nobody(world: World, partner: Partner) -> None:
    before = await partner.send(b"hello", [])
    batch = partner.producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 100_000)
    assert batch.append(key=None, value=b"{}", timestamp=None, headers=[(NoText("x"), b"x")]) is not None
    sent = await partner.producer.send_batch(batch, partner.prefix + partner.topics.events, partition=0)
    offset = (await sent).offset
    good = await partner.push("employee.hired", HIRED)
    async with working(*world.services):
        await partner.answer_at(before)
        assert (await partner.answer_to(good))["state"] == "accepted"
        assert (await partner.answer_at(offset))["reason"] == "event_malformed"
