"""Owners asked to republish everything: a write that every service has, and that adds no row that is counted."""

import asyncio

from deploy.local.client import HttpClient
from deploy.local.state import State, secret
from deploy.local.story import OFFICER
from deploy.platform import SERVICES
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

_RUNS = "SELECT DISTINCT headers ->> 'ce_announcement' FROM outbox WHERE headers ? 'ce_announcement'"


class _OfficersClient(HttpClient):
    """A client with the one right that a story's officer does not ask for."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        scopes = " ".join(f"{service}:announcement:write" for service in SERVICES)
        self._clients[OFFICER] = ("officer", secret(state, "client-officer"), scopes)


class Republisher:
    """Asks for announcements, repeats what got no answer, and knows which runs it was promised."""

    def __init__(self, platform: PlatformFixture) -> None:
        self._platform = platform
        self.partner = Partner(_OfficersClient(platform.state))
        self.promised: dict[str, set[str]] = {service: set() for service in SERVICES}

    async def republish(self, service: str) -> None:
        """Have a service state everything again; returns when it is promised."""
        answer = await self.partner.call(service, "POST", "/v1/announcements", party=OFFICER)
        assert answer.is_success, f"{service} answered {answer.status_code}: {answer.text}"
        self.promised[service].add(answer.json()["run"])

    async def republish_all(self) -> None:
        """Have every service state everything again, and say of claims what the runbook asks of whoever emptied what
        registration knows of it: until then nobody is erased.
        """
        await asyncio.gather(*(self.republish(service) for service in SERVICES))
        known = "UPDATE claims_announced SET known_at = now(), said_by = 'proof'"
        await self._platform.fetch("registration", known)

    async def runs(self, service: str) -> set[str]:
        """The runs that the service's outbox knows."""
        return {row[0] for row in await self._platform.fetch(service, _RUNS)}
