"""One command admits a partner to REST and to Kafka, tells each secret once, and another takes all of it away."""

import io
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from rich.console import Console

from deploy.local import admission
from deploy.local.errors import LauncherError
from deploy.local.plan import PREFERRED, make_plan
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.state import State, open_state
from deploy.local.token_issuer import build
from shared.kernel.identifiers import employer_id
from shared.testing.servers import Broker


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state({"JARING_STATE": str(tmp_path)})


@pytest.fixture
def issuer(state: State, broker: Broker, topic_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real one on a port, where the installation says that it is; and the broker of this run."""
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    server = uvicorn.Server(uvicorn.Config(build(state, address), host=LOOPBACK, port=port, log_config=None))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    monkeypatch.setattr(
        admission, "address_of", lambda _, name: address if name == "token-issuer" else f"http://{name}"
    )
    environment = {"JARING_KAFKA": broker.bootstrap, "JARING_TOPIC_PREFIX": topic_prefix}
    monkeypatch.setattr(admission, "make_plan", lambda state, _: make_plan(state, PREFERRED, environment))
    while not server.started:
        thread.join(0.05)
    yield address
    server.should_exit = True
    thread.join(10)


def told(state: State, partner: str) -> dict[str, str]:
    said = io.StringIO()
    admission.admit(state, Console(file=said, width=200), partner)
    return dict(line.split("=", 1) for line in said.getvalue().splitlines())


def token(address: str, who: dict[str, str]) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": who["CLIENT_ID"], "client_secret": who["CLIENT_SECRET"]}
    return httpx.post(f"{address}/token", data=form)


@pytest.mark.kafka
def test_a_partner_is_admitted_once_and_dismissed(state: State, issuer: str, topic_prefix: str) -> None:
    first = told(state, employer_id(12))
    assert (first["CLIENT_ID"], first["KAFKA_USER"]) == ("employer-12", f"{topic_prefix}employer-12")
    assert first["KAFKA_EVENTS"] == f"{topic_prefix}in.employer-12.events"
    granted = token(issuer, first).json()["scope"].split()
    assert {"registration:event:write", "claims:event:write"} <= set(granted)
    again = told(state, "employer:12")
    assert {again["CLIENT_SECRET"], again["KAFKA_SECRET"]} == {admission.ALREADY}
    assert token(issuer, first).is_success, "what was told the first time goes on"
    for _ in range(2):
        admission.dismiss(state, Console(file=io.StringIO()), "employer:12")
    assert token(issuer, first).status_code == httpx.codes.UNAUTHORIZED
    back = told(state, "employer:12")
    assert admission.ALREADY not in back.values()
    assert first["KAFKA_SECRET"] != back["KAFKA_SECRET"]


@pytest.mark.parametrize("partner", ["", "employer", "E0", "employer:0", "employer:1;x"])
def test_whoever_is_no_partner_is_not_admitted(state: State, partner: str) -> None:
    with pytest.raises(LauncherError, match="PARTNER="):
        told(state, partner)


def test_a_kind_that_pushes_nothing_by_itself_needs_scopes(state: State) -> None:
    with pytest.raises(LauncherError, match="SCOPES="):
        told(state, "bank:1")
