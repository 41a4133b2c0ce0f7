"""The pack over a partner's own topics: the real broker, both services and their workers, as a partner is admitted."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from conformance.errors import CannotRun
from conformance.installation import Installation, Partner
from conformance.pack import load
from conformance.report import line
from conformance.runner import Run
from conformance.steps import STEPS
from conformance.topics import Access, opened
from deploy.local import admission, sandbox
from deploy.local.plan import PREFERRED, make_plan
from deploy.local.processes import identify
from deploy.local.state import read_run, write_run
from deploy.partner_access import admit_to_kafka
from services.claims import main as claims_main
from services.claims import worker as claims_worker
from services.claims.settings import ClaimsSettings
from services.registration import main as registration_main
from services.registration import worker as registration_worker
from services.registration.settings import RegistrationSettings
from shared.contracts.event_answered import EventAnswered
from shared.contracts.partner_topics import PartnerTopics
from shared.inbound import answers
from shared.inbound.event import Stands
from shared.testing.servers import Broker, Databases
from shared.testing.service import service_under_test, working
from shared.testing.tokens import TestIssuer
from tests.conformance.conftest import Ground, ground_of, ran
from tests.journeys.addresses import addressed

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

CODE = "K1000000001Z"


@pytest.fixture
async def ground(
    databases: Databases, broker: Broker, issuer: TestIssuer, topic_prefix: str, tmp_path: Path
) -> AsyncIterator[Ground]:
    """An installation whose services are on a broker."""
    where: dict[str, Any] = {"kafka": broker.bootstrap, "prefix": topic_prefix}
    registering = (registration_main.build, registration_worker.work)
    claiming = (claims_main.build, claims_worker.work)
    async with (
        databases.fresh("registration") as ours,
        databases.fresh("claims") as theirs,
        service_under_test(RegistrationSettings, *registering, ours, issuer, **where) as registration,
        service_under_test(ClaimsSettings, *claiming, theirs, issuer, **where) as claims,
        ground_of({"registration": registration, "claims": claims}, issuer, tmp_path / "state") as made,
    ):
        yield made


async def access(broker: Broker, prefix: str, party: str) -> Access:
    """What a partner is told when it is admitted."""
    topics, secret = PartnerTopics.of(party), await admit_to_kafka(broker.bootstrap, party, prefix)
    assert secret is not None
    names = (prefix + topics.name, secret, prefix + topics.events, prefix + topics.answers)
    return Access(broker.partners, *names, tls=False)


async def run(ground: Ground, granted: Access, admitted: tuple[Any, Partner], *only: str) -> list[Any]:
    """The pack by an employer with topics."""
    employer, partner = admitted
    urls = {name: f"http://{name}.test" for name in ground.services}
    async with opened(granted) as topics, working(*ground.services.values()):
        installation = Installation(urls, {"employer": partner}, ground.http, 30.0, asyncio.sleep, topics)
        return await Run(installation, {"employer": employer}, STEPS, chance=Random()).all(load(only=only))


async def test_the_services_conform_over_kafka(ground: Ground, broker: Broker, topic_prefix: str) -> None:
    admitted = await ground.employer(CODE)
    granted = await access(broker, topic_prefix, admitted[0].party)
    results = await run(ground, granted, admitted, "kafka")
    assert {each.state for each in results} == {"passed"}, "\n".join(map(line, results))


async def test_other_answers_on_the_topic_make_it_red(
    ground: Ground, broker: Broker, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = answers.answer_of

    def a_sen_more(stands: Stands, offset: int | None = None) -> EventAnswered:
        answer = told(stands, offset)
        amounts = answer.result.get("amounts", {})
        more = {"amounts": {name: str(sen).replace("42.85", "42.86") for name, sen in amounts.items()}}
        return answer.model_copy(update={"result": {**answer.result, **more}})

    monkeypatch.setattr(answers, "answer_of", a_sen_more)
    admitted = await ground.employer(CODE)
    granted = await access(broker, topic_prefix, admitted[0].party)
    results = await run(ground, granted, admitted, "kafka/both-ways")
    assert [each.state for each in results] == ["failed"]
    assert "42.86" in line(results[0])


async def test_a_vendor_is_handed_its_topics_and_runs_the_pack_with_them(
    ground: Ground,
    broker: Broker,
    topic_prefix: str,
    issuer: TestIssuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = {"JARING_KAFKA": broker.bootstrap, "JARING_TOPIC_PREFIX": topic_prefix}
    monkeypatch.setattr(admission, "make_plan", lambda state, _: make_plan(state, PREFERRED, environment))
    monkeypatch.setattr(admission, "_partners_address", lambda _: broker.partners)
    async with addressed(ground, issuer, tmp_path / ".state") as state, working(*ground.services.values()):
        (state.root / "sandbox").mkdir()
        without = (await sandbox.admit(state, "none-yet")).read_text()
        assert "KAFKA" not in without, "no Kafka of this platform runs"
        children, own = read_run(state)["children"], identify(os.getpid())
        assert own is not None
        write_run(state, own, children | {"kafka": asdict(own) | {"address": broker.bootstrap}})
        told = await sandbox.admit(state, "acme-payroll")
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(told), "--only", "kafka/binary")
        assert code == 0, said
        assert "1 passed, 0 failed, 0 skipped" in said
        wrong = tmp_path / "wrong.env"
        wrong.write_text(told.read_text().replace("KAFKA_SECRET=", "KAFKA_SECRET=x"))
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(wrong))
        assert code == 2, said
        assert "cannot be used as" in said


async def test_a_wrong_secret_and_an_address_where_nobody_is_are_said(
    ground: Ground, broker: Broker, topic_prefix: str
) -> None:
    granted = await access(broker, topic_prefix, (await ground.employer(CODE))[0].party)
    for wrong in ({"secret": "not the secret"}, {"address": "127.0.0.1:1"}):
        with pytest.raises(CannotRun, match="cannot be used as"):
            async with opened(Access(**{**granted.__dict__, **wrong})):
                pass
