"""Fields that are stored encrypted: AES-256-GCM, the key's id in the value, bound to their place in the database."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.security.errors import FieldUndecipherable

_LAYOUT = 1
_NONCE_BYTES = 12
KEY_BYTES = 32


def place(table: str, column: str, row: str | int) -> str:
    """The place that a field is bound to, `table.column.row`: a value copied to another row does not decrypt."""
    return f"{table}.{column}.{row}"


class FieldCipher:
    """Encrypts and decrypts text of one service with one key of 32 bytes.

    Bytes of a value: layout (1), length of the key id (1), key id, nonce (12), ciphertext with its tag. All that
    stands before the nonce is authenticated together with the place.
    """

    def __init__(self, key_id: str, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a field key has {KEY_BYTES} bytes")
        name = key_id.encode()
        if not 1 <= len(name) <= 255:
            raise ValueError("a key id has 1 to 255 bytes")
        self._head = bytes((_LAYOUT, len(name))) + name
        self._aead = AESGCM(key)

    def encrypt(self, text: str, aad: str) -> bytes:
        """`aad` is the field's `place`; equal texts give different bytes each time."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._head + nonce + self._aead.encrypt(nonce, text.encode(), self._head + aad.encode())

    def decrypt(self, value: bytes, aad: str) -> str:
        """Raise `FieldUndecipherable` for another key, another place, or damaged bytes."""
        start = len(self._head)
        nonce, sealed = value[start : start + _NONCE_BYTES], value[start + _NONCE_BYTES :]
        if value[:start] != self._head or len(nonce) != _NONCE_BYTES:
            raise FieldUndecipherable("The value was written with another key.")
        try:
            return self._aead.decrypt(nonce, sealed, self._head + aad.encode()).decode()
        except InvalidTag:
            raise FieldUndecipherable("The value does not belong to this place, or it is damaged.") from None
