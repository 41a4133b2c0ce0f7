"""The keys by which pushed events are kept: nothing that they say of a person stands in the clear."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from shared.security.blind_index import BlindIndex, IdTokens
from shared.security.fields import FieldCipher, place
from shared.security.names import NameTokens


@dataclass(frozen=True)
class Sealing:
    """Seals what an event becomes until it is worked off; without a key where nothing personal stands in it."""

    cipher: FieldCipher | None

    def seal(self, event: UUID, text: str) -> bytes:
        """Bound to the event."""
        return text.encode() if self.cipher is None else self.cipher.encrypt(text, _place(event))

    def open(self, event: UUID, sealed: bytes) -> str:
        """What was sealed for this event."""
        return sealed.decode() if self.cipher is None else self.cipher.decrypt(sealed, _place(event))


@dataclass(frozen=True)
class InboundKeys:
    """What the door needs: an index of contents and people, the seal, and registration's tokens."""

    index: BlindIndex
    sealing: Sealing
    ids: IdTokens
    names: NameTokens

    @classmethod
    def of(cls, index_key: bytes, id_token_key: bytes, cipher: FieldCipher | None) -> Self:
        """From keys of the settings, 32 bytes each."""
        index = BlindIndex(index_key, "inbound_event.content")
        return cls(index, Sealing(cipher), IdTokens(id_token_key), NameTokens(id_token_key))


def _place(event: UUID) -> str:
    return place("inbound_event", "sealed", str(event))
