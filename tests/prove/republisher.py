"""Owners asked to state everything again: a write that every service has, and that adds no row to the books."""

from deploy.local.client import HttpClient
from deploy.local.state import State, secret
from deploy.local.story import OFFICER
from deploy.platform import SERVICES
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

_RUNS = "SELECT DISTINCT headers ->> 'ce_announcement' FROM outbox WHERE headers ? 'ce_announcement'"


class _OfficersDoor(HttpClient):
    """A door with the one right that a story's officer does not ask for."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        scopes = " ".join(f"{service}:announcement:write" for service in SERVICES)
        self._clients[OFFICER] = ("officer", secret(state, "client-officer"), scopes)


class Announcer:
    """Asks for announcements, repeats what got no answer, and knows which runs it was promised."""

    def __init__(self, platform: PlatformFixture) -> None:
        self._ground = platform
        self.partner = Partner(_OfficersDoor(platform.state))
        self.promised: dict[str, set[str]] = {service: set() for service in SERVICES}

    async def announce(self, service: str) -> None:
        """Have a service state everything again; returns when it is promised."""
        answer = await self.partner.call(service, "POST", "/v1/announcements", party=OFFICER)
        assert answer.is_success, f"{service} answered {answer.status_code}: {answer.text}"
        self.promised[service].add(answer.json()["run"])

    async def runs(self, service: str) -> set[str]:
        """The runs that the service's outbox knows."""
        return {row[0] for row in await self._ground.fetch(service, _RUNS)}
