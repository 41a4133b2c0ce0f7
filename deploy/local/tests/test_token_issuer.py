"""The token issuer: tokens as the services expect them, and OAuth2's error answers."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.client import HOSPITAL_SCOPES
from deploy.local.state import State, open_state, secret
from deploy.local.token_clients import Clients
from deploy.local.token_issuer import build
from deploy.local.token_keys import ensure_token_secrets

ISSUER = "http://127.0.0.1:8121"


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state({"JARING_STATE": str(tmp_path)})


def _client(state: State) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(build(state, ISSUER)), base_url=ISSUER)


@pytest.fixture
async def issuer(state: State) -> AsyncIterator[AsyncClient]:
    async with _client(state) as client:
        yield client


async def _ask(issuer: AsyncClient, client_id: str, client_secret: str, scope: str = "", **more: str) -> Response:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret, "scope": scope}
    return await issuer.post("/token", data=form | more)


async def test_an_officers_token_carries_every_claim_and_verifies_with_the_published_key(
    issuer: AsyncClient, state: State
) -> None:
    asked = "claims:notice:write registration:person:read"
    answer = (await _ask(issuer, "officer", secret(state, "client-officer"), asked)).json()
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 600, asked)
    keys = KeySet.import_key_set((await issuer.get("/jwks.json")).json())
    token = jwt.decode(answer["access_token"], keys, algorithms=["ES256"])
    assert (token.header["typ"], token.header["alg"]) == ("at+jwt", "ES256")
    claims = token.claims
    assert claims["exp"] - claims["iat"] == 600
    assert claims["nbf"] == claims["iat"]
    assert len(claims.pop("jti")) == 36
    assert {name: value for name, value in claims.items() if name not in ("exp", "nbf", "iat")} == {
        "iss": ISSUER,
        "aud": ["jaring-claims", "jaring-registration"],
        "sub": "officer",
        "client_id": "officer",
        "scope": asked,
        "party": "organisation:1",
        "role": "officer",
    }


async def test_the_published_keys_are_public_and_in_the_file_that_the_services_read(
    issuer: AsyncClient, state: State
) -> None:
    (key,) = (await issuer.get("/jwks.json")).json()["keys"]
    assert "d" not in key
    assert key["kid"] in state.key_set.read_text()
    assert '"d"' not in state.key_set.read_text()
    assert (state.secrets / "token-signing-key").stat().st_mode & 0o777 == 0o600


async def test_a_partner_gets_its_own_scopes_when_it_names_none(issuer: AsyncClient, state: State) -> None:
    answer = (await _ask(issuer, "bank", secret(state, "client-bank"))).json()
    banked = "registration:bank_statement:read registration:bank_statement:write "
    banked += "registration:contribution_receipt:read registration:contribution_receipt:write"
    paid = "benefits:bank_file:read benefits:statement_line:write benefits:status_report:write"
    assert answer["scope"] == f"{paid} {banked}"


async def test_a_bank_that_was_told_its_secret_elsewhere_is_let_in_by_it(state: State) -> None:
    """In containers the issuer and the bank share no folder."""
    ensure_token_secrets(state, {"JARING_CLIENT_SECRET_BANK": "of the installation"})
    ensure_token_secrets(state, {})
    assert secret(state, "client-bank") == "of the installation"
    async with _client(state) as issuer:
        assert (await _ask(issuer, "bank", "of the installation")).status_code == 200


async def test_a_seeded_client_may_do_what_a_later_release_lets_it(state: State) -> None:
    """The register of an installation that was upgraded was written by the release before."""
    clients = Clients(state)
    path = state.root / "clients.json"
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([{**row, "scopes": row["scopes"][:1]} for row in rows]))
    found = Clients(state).find("hospital", secret(state, "client-hospital"))
    assert found == clients.find("hospital", secret(state, "client-hospital"))
    assert found is not None
    assert found.allows(HOSPITAL_SCOPES.split())


async def test_a_scope_that_is_not_the_clients_is_refused(issuer: AsyncClient, state: State) -> None:
    answer = await _ask(issuer, "hospital", secret(state, "client-hospital"), "benefits:bank_file:read")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("scope", ["*", "", "payroll:x:read", "claims:notice", "claims:notice:write:all"])
async def test_an_officer_names_well_formed_scopes(issuer: AsyncClient, state: State, scope: str) -> None:
    answer = await _ask(issuer, "officer", secret(state, "client-officer"), scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("client_id", ["bank", "nobody", ""])
async def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(issuer: AsyncClient, client_id: str) -> None:
    answer = await _ask(issuer, client_id, "wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"] == "Basic"


async def test_other_grants_and_bodies_are_refused(issuer: AsyncClient, state: State) -> None:
    own = secret(state, "client-bank")
    assert (await _ask(issuer, "bank", own, grant_type="password")).json()["error"] == "unsupported_grant_type"
    assert (await issuer.post("/token", json={"grant_type": "client_credentials"})).json()["error"] == "invalid_request"
    assert (await issuer.post("/token", data={"client_id": "bank"})).json()["error"] == "invalid_request"


async def test_a_client_may_authenticate_by_basic(issuer: AsyncClient, state: State) -> None:
    header = base64.b64encode(f"bank:{secret(state, 'client-bank')}".encode()).decode()
    answer = await issuer.post(
        "/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {header}"}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


NEW = {"client_id": "payroll", "party": "employer:12", "role": "partner", "scopes": ["registration:spell:write"]}


async def test_an_administrator_makes_a_client_that_is_kept(issuer: AsyncClient, state: State) -> None:
    admin = {"Authorization": f"Bearer {secret(state, 'token-admin')}"}
    made = await issuer.post("/clients", json=NEW, headers=admin)
    assert made.status_code == 201
    assert (await issuer.post("/clients", json=NEW, headers=admin)).status_code == 409
    async with _client(state) as again:
        answer = await _ask(again, "payroll", made.json()["client_secret"])
    assert answer.json()["scope"] == "registration:spell:write"
    assert made.json()["client_secret"] not in (state.root / "clients.json").read_text()


async def test_an_officer_of_an_office_has_a_token_that_says_so(issuer: AsyncClient, state: State) -> None:
    admin = {"Authorization": f"Bearer {secret(state, 'token-admin')}"}
    officer = {"client_id": "clerk", "party": "organisation:1", "role": "officer", "scopes": ["*"], "office": "johor"}
    made = await issuer.post("/clients", json=officer, headers=admin)
    answer = (await _ask(issuer, "clerk", made.json()["client_secret"], "claims:task:read")).json()
    keys = KeySet.import_key_set((await issuer.get("/jwks.json")).json())
    assert jwt.decode(answer["access_token"], keys, algorithms=["ES256"]).claims["office"] == "johor"


async def test_nobody_else_makes_a_client(issuer: AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = await issuer.post("/clients", json=NEW, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_with_an_unknown_field_is_refused(issuer: AsyncClient, state: State) -> None:
    admin = {"Authorization": f"Bearer {secret(state, 'token-admin')}"}
    assert (await issuer.post("/clients", json=NEW | {"admin": True}, headers=admin)).status_code == 422
