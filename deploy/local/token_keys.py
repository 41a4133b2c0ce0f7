"""The secrets of the local token issuer: its signing key, the administrator's secret and the seeded clients'."""

import json
import os
from collections.abc import Mapping

from joserfc.jwk import ECKey, KeySet

from deploy.local.state import State, replace, secret

SIGNING_KEY = "token-signing-key"
ADMIN_SECRET = "token-admin"  # noqa: S105  # the name of a file
SEEDED_CLIENTS = (
    *("officer", "bank", "gateway", "hospital"),
    *("national-registration", "companies-register", "immigration"),
)
# Containers share no folder: there bank, gateway and issuer are told the same values, by variables of these names.
SECRET_SETTINGS = {"bank": "JARING_CLIENT_SECRET_BANK", "gateway": "JARING_CLIENT_SECRET_GATEWAY"}


def ensure_token_secrets(state: State, environment: Mapping[str, str] = os.environ) -> None:
    """Make what is missing, and write the public key set that the services verify with."""
    signing_key(state)
    for client, setting in SECRET_SETTINGS.items():
        if setting in environment:
            replace(state.secrets / f"client-{client}", environment[setting])
    secret(state, ADMIN_SECRET)
    for client in SEEDED_CLIENTS:
        secret(state, f"client-{client}")
    public = json.dumps(KeySet([signing_key(state)]).as_dict(private=False))
    if not state.key_set.exists() or state.key_set.read_text() != public:
        replace(state.key_set, public)


def signing_key(state: State) -> ECKey:
    """Return the ES256 key, made at the first call."""
    return ECKey.import_key(json.loads(secret(state, SIGNING_KEY, _make)))


def _make() -> str:
    made = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    return json.dumps(made.as_dict(private=True))
