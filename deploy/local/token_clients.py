"""The local token issuer's clients: who may ask for which scopes, kept in the state folder with hashed secrets."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from deploy.local.state import State, replace, secret
from deploy.local.token_keys import SEEDED_CLIENTS

ANY_SCOPE = "*"
SCOPE = r"^(\*|(registration|claims|benefits|rehab|jobs):[a-z][a-z_]*:[a-z][a-z_]*)$"
Scope = Annotated[str, StringConstraints(pattern=SCOPE, max_length=100)]
Party = Annotated[str, StringConstraints(pattern=r"^[a-z]+:[A-Za-z0-9-]+$", max_length=60)]
ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


class NewClient(BaseModel):
    """What an administrator says of a client."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: ClientId
    party: Party
    role: Literal["officer", "partner"] = "partner"
    scopes: tuple[Scope, ...]
    office: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)] | None = None


class Client(NewClient):
    """A stored client."""

    secret_sha256: str

    def knows(self, client_secret: str) -> bool:
        """Tell whether the secret is this client's, in constant time."""
        return hmac.compare_digest(self.secret_sha256, _hash(client_secret))

    def allows(self, scopes: Iterable[str]) -> bool:
        """Tell whether it may have all these scopes."""
        return ANY_SCOPE in self.scopes or set(scopes) <= set(self.scopes)


SEEDS: tuple[NewClient, ...] = (
    NewClient(client_id="officer", party="organisation:1", role="officer", scopes=(ANY_SCOPE,)),
    NewClient(
        client_id="bank",
        party="bank:1",
        scopes=(
            "benefits:bank_file:read",
            "benefits:status_report:write",
            "benefits:statement_line:write",
            "registration:contribution_receipt:read",
            "registration:contribution_receipt:write",
            "registration:bank_statement:read",
            "registration:bank_statement:write",
        ),
    ),
    # The organisation's mail room: it puts the address on an envelope, and says what became of it.
    NewClient(
        client_id="gateway",
        party="organisation:1",
        role="officer",
        scopes=("registration:person:read", "claims:message_receipt:write"),
    ),
    NewClient(
        client_id="hospital",
        party="hospital:1",
        scopes=(
            *("claims:notice:write", "claims:notice:read", "rehab:bill:write", "rehab:bill:read"),
            *("claims:event:write", "claims:event:read", "registration:cover_inquiry:write"),
            *("claims:medical_authorisation:read", "claims:medical_authorisation:write"),
            *("claims:medical_bill:read", "claims:medical_bill:write", "claims:letter:read"),
        ),
    ),
    # Births, marriages and deaths; companies; passes.
    *(
        NewClient(
            client_id=name,
            party=f"register:{number}",
            scopes=("registration:register_statement:write", "registration:register_statement:read"),
        )
        for number, name in enumerate(("national-registration", "companies-register", "immigration"), start=1)
    ),
)


class Clients:
    """The register of clients, written whole at every change."""

    def __init__(self, state: State) -> None:
        """Read the register; the seeded clients are written at the first start, and again when they may do more."""
        self._path: Path = state.root / "clients.json"
        stored = json.loads(self._path.read_text()) if self._path.exists() else []
        self._clients = {row["client_id"]: Client.model_validate(row) for row in stored}
        for seed in SEEDS:
            known = self._clients.get(seed.client_id)
            if known is None or known.scopes != seed.scopes:
                self._store(seed, secret(state, f"client-{seed.client_id}"))

    def find(self, client_id: str, client_secret: str) -> Client | None:
        """Return the client that this id and secret are of."""
        client = self._clients.get(client_id)
        return client if client and client.knows(client_secret) else None

    def add(self, new: NewClient) -> str | None:
        """Register a client and return its secret, which is told this once; None when the id is taken."""
        if new.client_id in self._clients:
            return None
        made = secrets.token_urlsafe(32)
        self._store(new, made)
        return made

    def remove(self, client_id: str) -> bool:
        """Forget a client; whether it was known. Its last token lives on for minutes."""
        known = self._clients.pop(client_id, None) is not None
        if known:
            self._write()
        return known

    def _store(self, new: NewClient, client_secret: str) -> None:
        self._clients[new.client_id] = Client(**new.model_dump(), secret_sha256=_hash(client_secret))
        self._write()

    def _write(self) -> None:
        rows = [client.model_dump(mode="json") for client in self._clients.values()]
        replace(self._path, json.dumps(rows, indent=1))


def _hash(client_secret: str) -> str:
    # The secrets are random and long, so a slow password hash would protect nothing.
    return hashlib.sha256(client_secret.encode()).hexdigest()


if {seed.client_id for seed in SEEDS} != set(SEEDED_CLIENTS):
    raise RuntimeError("every seeded client needs a secret in token_keys.SEEDED_CLIENTS")
