"""Fields that are stored encrypted: AES-256-GCM, the key's id in the value, bound to their place in the database."""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.security.errors import FieldKeyUnknown, FieldUndecipherable

_LAYOUT = 1
_NONCE_BYTES = 12
KEY_BYTES = 32


def place(table: str, column: str, row: str | int) -> str:
    """The place that a field is bound to, `table.column.row`: a value copied to another row does not decrypt."""
    return f"{table}.{column}.{row}"


class FieldCipher:
    """Encrypts text or bytes of one service with the key that is current, and decrypts what any key of its ring did.

    Bytes of a value: layout (1), length of the key id (1), key id, nonce (12), ciphertext with its tag. All that
    stands before the nonce is authenticated together with the place.
    """

    def __init__(self, key_id: str, key: bytes, others: Mapping[str, bytes] | None = None) -> None:
        """A key of 32 bytes with its id, and those beside it, by their ids, that open and seal nothing any more."""
        self.key_id = key_id
        self.head = head_of(key_id)
        self._keys = {head_of(id_): _aead(each) for id_, each in {**(others or {}), key_id: key}.items()}
        self._current = self._keys[self.head]

    @property
    def is_ring(self) -> bool:
        """Whether there are keys beside the current one: what is stored may stand under either."""
        return len(self._keys) > 1

    def encrypt(self, text: str, aad: str) -> bytes:
        """`aad` is the field's `place`; equal texts give different bytes each time."""
        return self.seal(text.encode(), aad)

    def seal(self, content: bytes, aad: str) -> bytes:
        """The same of bytes."""
        nonce = os.urandom(_NONCE_BYTES)
        return self.head + nonce + self._current.encrypt(nonce, content, self.head + aad.encode())

    def decrypt(self, value: bytes, aad: str) -> str:
        """Raise `FieldKeyUnknown` for a key that is not in the ring, `FieldUndecipherable` for another place, another
        key under the same id, or damaged bytes."""
        return self.open(value, aad).decode()

    def open(self, value: bytes, aad: str) -> bytes:
        """The same of bytes; raises as `decrypt` does."""
        head = _head_in(value)
        aead = self._keys.get(head)
        if aead is None:
            raise FieldKeyUnknown(facts={"key": head[2:].decode(errors="replace")})
        start = len(head)
        nonce, sealed = value[start : start + _NONCE_BYTES], value[start + _NONCE_BYTES :]
        if len(nonce) != _NONCE_BYTES:
            raise FieldUndecipherable("The value is damaged.")
        try:
            return aead.decrypt(nonce, sealed, head + aad.encode())
        except InvalidTag:
            raise FieldUndecipherable("The value does not belong to this place, or it is damaged.") from None

    def decrypt_column(self, table: str, column: str, values: Mapping[int, bytes]) -> dict[int, str]:
        """Many values of a column by the ids of their rows; raises as `decrypt` does."""
        decrypt, start = self._current.decrypt, len(self.head)
        end, before = start + _NONCE_BYTES, self.head + place(table, column, "").encode()
        found = {}
        for row, value in values.items():
            try:
                opened = decrypt(value[start:end], value[end:], b"%b%d" % (before, row))
            except (InvalidTag, ValueError):
                # Under another key, or none that opens it.
                found[row] = self.decrypt(value, place(table, column, row))
            else:
                found[row] = opened.decode()
        return found

    def seal_again(self, value: bytes, aad: str) -> bytes:
        """The same text or bytes at the same place under the current key; raises as `decrypt` does."""
        return self.seal(self.open(value, aad), aad)


def head_of(key_id: str) -> bytes:
    """How the values of a key begin; raises ValueError for an id that is too long, or empty."""
    name = key_id.encode()
    if not 1 <= len(name) <= 255:
        raise ValueError("a key id has 1 to 255 bytes")
    return bytes((_LAYOUT, len(name))) + name


def _head_in(value: bytes) -> bytes:
    head = value[: 2 + value[1]] if len(value) > 1 and value[0] == _LAYOUT else b""
    if len(head) < 3 or len(head) < 2 + value[1]:
        raise FieldUndecipherable("The value is damaged.")
    return head


def _aead(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a field key has {KEY_BYTES} bytes")
    return AESGCM(key)
