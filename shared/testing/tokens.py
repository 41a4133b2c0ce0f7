"""A token issuer for tests: a fresh key, its JWKS file, and tokens for whomever a test wants to be."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from joserfc import jws
from joserfc.jwk import ECKey

from shared.kernel.identifiers import new_id

ISSUER = "jaring-test-issuer"
# A token is good for longer; to sign one takes as long as a small request.
KEPT_SECONDS = 120.0
AUDIENCES = ("jaring-registration", "jaring-claims", "jaring-benefits", "jaring-rehab", "jaring-jobs")


class TestIssuer:
    """Signs access tokens as the platform's issuer does; ``keys_file`` is where a service reads its public keys."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "test", "use": "sig", "alg": "ES256"})
        self.keys_file = folder / "jwks.json"
        self.keys_file.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))
        self._kept: dict[tuple[object, ...], tuple[float, str]] = {}

    @property
    def signing_key(self) -> str:
        """The key as JSON, for a token issuer that is to sign in its place."""
        return json.dumps(self._key.as_dict(private=True))

    def token(
        self,
        scopes: Iterable[str],
        *,
        party: str = "organisation:1",
        role: str = "officer",
        client_id: str = "test",
        issuer: str = ISSUER,
        audiences: Iterable[str] = AUDIENCES,
        lives_for: int = 300,
        office: str | None = None,
    ) -> str:
        """A signed access token; ``lives_for`` below zero gives an expired one."""
        about = {"party": party, "role": role, "client_id": client_id, "issuer": issuer}
        return self.signed(self.payload(scopes, **about, audiences=audiences, lives_for=lives_for, office=office))

    def lasting(self, scopes: Iterable[str], *, party: str, role: str, client_id: str, office: str | None) -> str:
        """Such a token, which may have been signed for an earlier request, of another test perhaps."""
        key = (tuple(scopes), party, role, client_id, office)
        made, token = self._kept.get(key, (0.0, ""))
        if not token or time.monotonic() - made > KEPT_SECONDS:
            token = self.token(key[0], party=party, role=role, client_id=client_id, office=office)
            self._kept[key] = (time.monotonic(), token)
        return token

    def signed(self, payload: bytes) -> str:
        """These bytes under the issuer's signature, whatever they are."""
        head = {"alg": "ES256", "kid": "test", "typ": "at+jwt"}
        return jws.serialize_compact(head, payload, self._key, algorithms=["ES256"])

    def payload(
        self,
        scopes: Iterable[str],
        *,
        party: str = "organisation:1",
        role: str = "officer",
        client_id: str = "test",
        issuer: str = ISSUER,
        audiences: Iterable[str] = AUDIENCES,
        lives_for: int = 300,
        office: str | None = None,
    ) -> bytes:
        """The claims of such a token."""
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": list(audiences),
            "sub": client_id,
            "client_id": client_id,
            "iat": now + min(lives_for, 0) - 1,
            "nbf": now + min(lives_for, 0) - 1,
            "exp": now + lives_for,
            "jti": str(new_id()),
            "scope": " ".join(scopes),
            "party": party,
            "role": role,
            **({} if office is None else {"office": office}),
        }
        return json.dumps(claims).encode()
