"""Registration and claims with a token server of the local platform, and the runner as a partner would run it."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from conformance.installation import Cut, Employer, Installation, Partner
from conformance.pack import load
from conformance.runner import Result, Run
from conformance.steps import STEPS
from deploy.local.client import EMPLOYER_SCOPES, HOSPITAL_SCOPES
from deploy.local.state import open_state, replace, secret
from deploy.local.token_issuer import build as build_token_issuer
from deploy.local.token_keys import ADMIN_SECRET, SIGNING_KEY
from services.claims import main as claims_main
from services.claims import worker as claims_worker
from services.claims.settings import ClaimsSettings
from services.registration import main as registration_main
from services.registration import worker as registration_worker
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import party_of
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, fresh_service
from shared.testing.tokens import ISSUER, TestIssuer
from tests.architecture.tree import ROOT

TOKEN_URL = "http://tokens.test/token"


@dataclass
class Ground:
    """An installation in this process: what partners of it are told, and its workers."""

    services: dict[str, ServiceUnderTest]
    http: httpx.AsyncClient
    admin: str
    working: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def employer(self, code: str) -> tuple[Employer, Partner]:
        """The organisation registers an employer and admits it."""
        body = {"name": "PENGUJI SDN BHD", "employer_code": code}
        answer = await self.services["registration"].call(
            "POST", "/v1/employers", scopes=["registration:employer:write"], json=body
        )
        assert answer.status_code == 201, answer.text
        employer = answer.json()["employer"]
        return Employer(employer, code), await self.admitted(party_of(employer), EMPLOYER_SCOPES)

    async def admitted(self, party: str, scopes: str) -> Partner:
        """A client of a party."""
        client = {"client_id": party.replace(":", "-"), "party": party, "scopes": scopes.split()}
        headers = {"authorization": f"Bearer {self.admin}"}
        answer = await self.http.post("http://tokens.test/clients", json=client, headers=headers)
        assert answer.status_code == 201, answer.text
        return Partner(TOKEN_URL, answer.json()["client_id"], answer.json()["client_secret"])

    async def work(self, _: float = 0.0) -> None:
        """Let the workers do what is due, in place of waiting; of two who wait one lets them."""
        async with self.working:
            for service in self.services.values():
                await service.work_off()

    def run(
        self, employer: Employer, partner: Partner, second: tuple[Employer, Partner] | None = None, **hospital: Partner
    ) -> Run:
        """A run of the pack by a partner, and perhaps a second employer and a hospital."""
        urls = {name: f"http://{name}.test" for name in self.services}
        employers, partners = {"employer": employer}, {"employer": partner, **hospital}
        if second is not None:
            employers["second"], partners["second"] = second
        return Run(Installation(urls, partners, self.http, 5.0, self.work), employers, STEPS, chance=Random())


def cut_off(app: Any) -> Any:
    """The app, for which a client that breaks its body off is a connection that is gone, as on a socket."""

    async def as_on_a_socket(scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            try:
                return await receive()
            except Cut:
                return {"type": "http.disconnect"}

        await app(scope, received, send)

    return as_on_a_socket


@asynccontextmanager
async def ground_on(databases: Databases, issuer: TestIssuer, folder: Path) -> AsyncIterator[Ground]:
    """The installation, empty."""
    async with AsyncExitStack() as stack:
        parts = {
            "registration": fresh_service(
                RegistrationSettings, registration_main.build, registration_worker.work, databases, issuer
            ),
            "claims": fresh_service(ClaimsSettings, claims_main.build, claims_worker.work, databases, issuer),
        }
        services = {name: await stack.enter_async_context(part) for name, part in parts.items()}
        yield await stack.enter_async_context(ground_of(services, issuer, folder))


@asynccontextmanager
async def ground_of(services: dict[str, ServiceUnderTest], issuer: TestIssuer, folder: Path) -> AsyncIterator[Ground]:
    """An installation of these services, with a token server of the local platform."""
    state = open_state({"JARING_STATE": str(folder)})
    replace(state.secrets / SIGNING_KEY, issuer.signing_key)
    async with AsyncExitStack() as stack:
        tokens = build_token_issuer(state, ISSUER)
        apps = {"tokens": tokens, **{name: service.app for name, service in services.items()}}
        ways = {name: httpx.ASGITransport(cut_off(app), raise_app_exceptions=False) for name, app in apps.items()}
        mounts = {f"all://{name}.test": way for name, way in ways.items()}
        http = await stack.enter_async_context(httpx.AsyncClient(mounts=mounts))
        yield Ground(services, http, secret(state, ADMIN_SECRET))


async def ran(*words: str) -> tuple[int, str]:
    """The exit code of a command, and what it said."""
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = (await process.communicate())[0].decode()
    assert process.returncode is not None
    return process.returncode, said


@pytest.fixture
async def ground(databases: Databases, issuer: TestIssuer, tmp_path: Path) -> AsyncIterator[Ground]:
    """An installation of the test's own."""
    async with ground_on(databases, issuer, tmp_path / "state") as made:
        yield made


async def results_of(ground: Ground, *only: str, code: str = "T1000000001Z") -> list[Result]:
    """The pack, or a part of it, run by an employer, a second one and a hospital."""
    return await (await run_by(ground, code)).all(load(only=only))


async def run_by(ground: Ground, code: str) -> Run:
    """A run by an employer, a second one and a hospital."""
    employer, partner = await ground.employer(code)
    second = await ground.employer(f"{code[:-1]}S")
    hospital = await ground.admitted(f"hospital:{int(employer.number[1:10]) + 100}", HOSPITAL_SCOPES)
    return ground.run(employer, partner, second, hospital=hospital)
