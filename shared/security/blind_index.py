"""Keyed hashes that find a value without showing it: national ids have too little entropy for an unkeyed one."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeAlias

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.security.national_id import NationalId

KEY_BYTES = 32
HASH_BYTES = 32
TOKEN_BYTES = 24
_BLOCK_BYTES = 64
# A hash of the inner and one of the outer part of the key, each to be copied.
Begun: TypeAlias = "tuple[hashlib._Hash, hashlib._Hash]"
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, from a key of 32 bytes; raises ValueError for another length."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"an index key has {KEY_BYTES} bytes")
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"jaring {purpose}".encode()).derive(key)


class BlindIndex:
    """Equality search on one encrypted column, named `table.column`; each column has a key of its own.

    What is stored bears the current key. While keys are rotated it may bear another one still, so that whoever looks
    for a value looks for each of its hashes.
    """

    def __init__(self, key: bytes, column: str, others: Sequence[bytes] = ()) -> None:
        self._begun = [begun(derived(each, f"blind index {column}")) for each in (key, *others)]

    def of(self, text: str) -> bytes:
        """HMAC-SHA-256 of the text under the current key, 32 bytes; the caller normalises the text first."""
        return digest_of(self._begun[0], text)

    def each(self, text: str) -> list[bytes]:
        """Its hashes under every key, the current one first."""
        return [digest_of(key, text) for key in self._begun]

    def each_of(self, texts: Sequence[str]) -> list[bytes]:
        """Of many texts: under every key, the current one first, their hashes one behind the other."""
        return [b"".join([digest_of(key, text) for text in texts]) for key in self._begun]

    def of_id(self, national_id: NationalId) -> bytes:
        """HMAC-SHA-256 of kind and normalised number under the current key, 32 bytes."""
        return self.of(_text(national_id))

    def each_of_id(self, national_id: NationalId) -> list[bytes]:
        """The hashes of kind and normalised number under every key, the current one first."""
        return self.each(_text(national_id))


class IdTokens:
    """Tokens that stand for a national id between services: registration publishes them, others match and drop."""

    def __init__(self, key: bytes) -> None:
        self._begun = begun(derived(key, "id token"))

    def token(self, kind: str, number: str) -> str:
        """32 URL-safe characters (192 bits); raise `NationalIdInvalid` when the number does not fit its kind."""
        return self.of(NationalId.of(kind, number))

    def of(self, national_id: NationalId) -> str:
        """As `token`, for an id that has been checked."""
        return self.of_text(_text(national_id))

    def of_text(self, text: str) -> str:
        """As `of`, for the text of an id: see `id_text`."""
        return urlsafe_b64encode(digest_of(self._begun, text)[:TOKEN_BYTES]).decode()


def begun(key: bytes) -> Begun:
    """HMAC-SHA-256 (RFC 2104) under a key of at most 64 bytes, of nothing yet.

    What the key comes to is worked out once, which is most of the hash of a short text.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


def digest_of(key: Begun, text: str) -> bytes:
    """The hash of a text under a key that was begun with."""
    within, around = key[0].copy(), key[1].copy()
    # Other threads run while `update` hashes a whole file; during `hmac.digest` they do not.
    within.update(text.encode())
    around.update(within.digest())
    return around.digest()


def id_text(kind: str, number: str) -> str:
    """The text of an id that has been checked, of which indexes and tokens are made."""
    return f"{kind}:{number}"


def _text(national_id: NationalId) -> str:
    return id_text(national_id.kind.value, national_id.number)
