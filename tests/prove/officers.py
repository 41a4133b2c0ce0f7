"""Officers of the organisation on the running platform, each with a client of its own."""

from collections.abc import Mapping
from typing import Any

import httpx

from deploy.local.client import OFFICER_SCOPES, HttpClient
from deploy.local.officers import APPROVES, PROPOSES
from deploy.local.state import State, address_of, replace, secret
from deploy.local.story import OFFICER

OFFICERS = (PROPOSES, APPROVES)


class Officers(HttpClient):
    """A client that speaks as an officer of a name, where a request says which one."""

    def __init__(self, state: State, secrets: Mapping[str, str]) -> None:
        super().__init__(state)
        self._clients |= {name: (name, told, OFFICER_SCOPES) for name, told in secrets.items()}

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        subject: str = "",
        **content: Any,
    ) -> httpx.Response:
        """Send a request of a party, or of the officer who is named."""
        return await super().call(service, method, path, party=subject or party, headers=headers, **content)


async def appointed(state: State) -> Mapping[str, str]:
    """Appoint the officers, unless they are; the secrets of their clients, kept with those of the installation."""
    issuer, admin = address_of(state, "token-issuer"), {"authorization": f"Bearer {secret(state, 'token-admin')}"}
    told = {}
    async with httpx.AsyncClient(timeout=30) as http:
        for name in OFFICERS:
            kept = state.secrets / f"client-{name}"
            if not kept.exists():
                body = {"client_id": name, "party": OFFICER, "role": "officer", "scopes": ["*"]}
                answer = await http.post(f"{issuer}/clients", json=body, headers=admin)
                answer.raise_for_status()
                replace(kept, answer.json()["client_secret"])
            told[name] = kept.read_text()
    return told
