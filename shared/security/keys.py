"""Where the token issuer's public keys come from: a JWKS file or an address, re-read with a limit."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from shared.security.errors import TokenKeysUnavailable

REFETCH_SECONDS = 10
KEEP_SECONDS = 300
FETCH_TIMEOUT_SECONDS = 3
SMALLEST_RSA_BITS = 2048

log = logging.getLogger(__name__)

PublicKey = ECKey | RSAKey
KeysById = dict[str, PublicKey]


class KeySource(Protocol):
    """Finds the issuer's public signing key with this id; None when the issuer has no such key."""

    async def key(self, kid: str) -> PublicKey | None: ...


class KeyFile:
    """Keys of a JWKS file; read again when the file changes, which a look at its metadata shows at every call."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._seen: tuple[int, int, int] | None = None
        self._keys: KeysById = {}

    async def key(self, kid: str) -> PublicKey | None:
        """Raise `TokenKeysUnavailable` while the file has never been readable."""
        self._refresh()
        return self._keys.get(kid)

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen != self._seen:
                self._keys = parse_jwks(self._path.read_bytes())
                self._seen = seen
        except (OSError, ValueError) as fault:
            # A half-written or vanished file must not lock every partner out: the last good keys stay.
            log.warning("token keys are not readable: %s", type(fault).__name__)
            if self._seen is None:
                raise TokenKeysUnavailable("The file of the issuer's keys is not readable.") from fault


class KeyAddress:
    """Keys at an http(s) address, kept 5 minutes; an unknown id asks again, at most every 10 s."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: KeysById = {}
        self._tried_at = -float("inf")
        self._good_at = -float("inf")
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> PublicKey | None:
        """Raise `TokenKeysUnavailable` while no answer has ever been good."""
        if kid in self._keys and self._clock() - self._good_at < KEEP_SECONDS:
            return self._keys[kid]
        async with self._lock:
            if self._clock() - self._tried_at >= REFETCH_SECONDS:
                await self._fetch()
        if self._good_at == -float("inf"):
            raise TokenKeysUnavailable("The issuer's keys cannot be fetched.")
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_SECONDS) as client:
                answer = await client.get(self._url)
            self._keys = parse_jwks(answer.raise_for_status().content)
            self._good_at = self._clock()
        except (httpx.HTTPError, ValueError) as fault:
            log.warning("token keys cannot be fetched: %s", type(fault).__name__)


def key_source(location: str) -> KeySource:
    """The source that a setting names: an http(s) address, else the path of a file."""
    return KeyAddress(location) if location.startswith(("http://", "https://")) else KeyFile(location)


def parse_jwks(raw: bytes) -> KeysById:
    """Public signing keys by id: P-256 and RSA of 2048 bits or more; others in the set are passed over.

    Raise ValueError when the text is no JWKS.
    """
    document = json.loads(raw)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a JWKS document")
    return {key.kid: key for key in map(_signing_key, document["keys"]) if key is not None and key.kid}


def _signing_key(entry: object) -> PublicKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, ValueError):
        return None
    if isinstance(key, ECKey):
        return key if key.curve_name == "P-256" else None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= SMALLEST_RSA_BITS else None
    return None
