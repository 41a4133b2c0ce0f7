"""Where the token issuer's public keys come from: a JWKS file or an address, re-read with a limit.

One key that cannot be used is passed over and counted, and never stands in the way of the others. While the issuer is
away its last keys are trusted for a stated time, after which no token can be checked: a key that was withdrawn
meanwhile, because it was stolen, would otherwise open the platform for as long as its thief keeps the issuer silent.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from shared.security.errors import TokenKeysUnavailable

REFETCH_SECONDS = 10
KEEP_SECONDS = 300
TRUSTED_SECONDS = 3600
FETCH_TIMEOUT_SECONDS = 3
SMALLEST_RSA_BITS = 2048
# A larger one costs more than any issuer needs, at every request.
LARGEST_RSA_BITS = 8192

log = logging.getLogger(__name__)

PublicKey = ECKey | RSAKey
KeysById = dict[str, PublicKey]
Skipped = Callable[[str], object]


def _unnoticed(_: str) -> None:
    """Where nobody counts what is skipped."""


class KeySource(Protocol):
    """Finds the issuer's public signing key with this id; None when the issuer has no such key."""

    async def key(self, kid: str) -> PublicKey | None:
        """Raise `TokenKeysUnavailable` while there are no keys that may be trusted."""

    async def ready(self) -> None:
        """Raise `TokenKeysUnavailable` as `key` would."""

    def age(self) -> float:
        """How many seconds ago the keys were last seen to be good; infinity before they ever were."""


class _Kept:
    """The last good keys, and for how long they are trusted."""

    def __init__(self, trusted: float, clock: Callable[[], float], skipped: Skipped) -> None:
        self._trusted = trusted
        self._clock = clock
        self._skipped = skipped
        self._keys: KeysById = {}
        self._good_at = -float("inf")

    def age(self) -> float:
        """Seconds since the keys were last seen to be good."""
        return self._clock() - self._good_at

    def _take(self, raw: bytes) -> None:
        self._keys = parse_jwks(raw, self._skipped)
        self._good_at = self._clock()

    def _found(self, kid: str) -> PublicKey | None:
        self._check_trust()
        return self._keys.get(kid)

    def _check_trust(self) -> None:
        if self.age() > self._trusted:
            raise TokenKeysUnavailable("The issuer's keys cannot be read, or not for too long.")


class KeyFile(_Kept):
    """Keys of a JWKS file; read again when the file changes, which a look at its metadata shows at every call."""

    def __init__(
        self,
        path: str | Path,
        trusted: float = TRUSTED_SECONDS,
        skipped: Skipped = _unnoticed,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(trusted, clock, skipped)
        self._path = Path(path)
        self._seen: tuple[int, int, int] | None = None

    async def key(self, kid: str) -> PublicKey | None:
        """Raise `TokenKeysUnavailable` while the file was not readable for too long, or ever."""
        self._refresh()
        return self._found(kid)

    async def ready(self) -> None:
        """Raise `TokenKeysUnavailable` as `key` would."""
        self._refresh()
        self._check_trust()

    def _refresh(self) -> None:
        try:
            found = os.stat(self._path)
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen == self._seen:
                self._good_at = self._clock()
            else:
                self._take(self._path.read_bytes())
                self._seen = seen
        except (OSError, ValueError) as fault:
            # A half-written or vanished file must not lock every partner out at once: the last good keys stay a while.
            log.warning("token keys are not readable: %s", type(fault).__name__)


class KeyAddress(_Kept):
    """Keys at an http(s) address, kept 5 minutes; an unknown id asks again, at most every 10 s.

    Later they are asked for beside the requests, which are answered by the keys that are known, for as long as these
    are trusted.
    """

    def __init__(
        self,
        url: str,
        trusted: float = TRUSTED_SECONDS,
        skipped: Skipped = _unnoticed,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(trusted, clock, skipped)
        self._url = url
        self._tried_at = -float("inf")
        self._lock = asyncio.Lock()
        self._asking: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> PublicKey | None:
        """Raise `TokenKeysUnavailable` while no answer was good for too long, or ever."""
        if kid in self._keys and self.age() <= self._trusted:
            if self.age() >= KEEP_SECONDS and (self._asking is None or self._asking.done()):
                self._asking = asyncio.create_task(self._ask())
            return self._keys[kid]
        await self._ask()
        return self._found(kid)

    async def ready(self) -> None:
        """Raise `TokenKeysUnavailable` as `key` would."""
        if self.age() >= KEEP_SECONDS:
            await self._ask()
        self._check_trust()

    async def _ask(self) -> None:
        async with self._lock:
            if self._clock() - self._tried_at >= REFETCH_SECONDS:
                await self._fetch()

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_SECONDS) as client:
                answer = await client.get(self._url)
            self._take(answer.raise_for_status().content)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            log.warning("token keys cannot be fetched: %s; the last are %.0f s old", type(fault).__name__, self.age())


def key_source(location: str, trusted: float = TRUSTED_SECONDS, skipped: Skipped = _unnoticed) -> KeySource:
    """The source that a setting names: an http(s) address, else the path of a file.

    ``trusted`` is for how many seconds its last keys are trusted while it is away; ``skipped`` is told the reason of
    each key that cannot be used.
    """
    is_address = location.startswith(("http://", "https://"))
    return KeyAddress(location, trusted, skipped) if is_address else KeyFile(location, trusted, skipped)


def parse_jwks(raw: bytes, skipped: Skipped = _unnoticed) -> KeysById:
    """Public signing keys by id: P-256, and RSA of 2048 to 8192 bits; others in the set are passed over.

    Raise ValueError when the text is no JWKS.
    """
    try:
        document = json.loads(raw)
    except RecursionError:
        raise ValueError("a JWKS document is not nested so deeply") from None
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a JWKS document")
    return dict(_signing_keys(document["keys"], skipped))


def _signing_keys(entries: list[object], skipped: Skipped) -> Iterator[tuple[str, PublicKey]]:
    for entry in entries:
        if isinstance(entry, dict) and entry.get("use", "sig") != "sig":
            continue
        found = _signing_key(entry)
        if isinstance(found, str):
            log.warning("a key of the token issuer's set cannot be used: %s", found)
            skipped(found)
        else:
            yield found


def _signing_key(entry: object) -> tuple[str, PublicKey] | str:
    """A key with its id, or why it cannot be used."""
    if not isinstance(entry, dict):
        return "malformed"
    kid = entry.get("kid")
    if not isinstance(kid, str) or not kid:
        return "without_id"
    if entry.get("kty") == "EC" and entry.get("crv") != "P-256":
        return "curve"
    try:
        key = JWKRegistry.import_key(entry)
        if isinstance(key, ECKey):
            return (kid, key) if key.curve_name == "P-256" else "malformed"
        if isinstance(key, RSAKey):
            fits = SMALLEST_RSA_BITS <= key.public_key.key_size <= LARGEST_RSA_BITS
            return (kid, key) if fits else "size"
    except Exception as fault:
        # Whatever the library makes of a key that it does not know, the keys beside it are good.
        log.info("not read as a key: %s", type(fault).__name__)
        return "malformed"
    return "kind"
