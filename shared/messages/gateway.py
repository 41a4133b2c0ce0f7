"""The gateway that posts letters and sends e-mail and short messages: what it is handed, and how both sides sign.

It is handed a party by number, never a name or an address: it asks registration for these in the moment of sending.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import orjson

from shared.letters.letter import LetterKind
from shared.messages.message import Message

SIGNATURE = "jaring-signature"
TIMEOUT_S = 10.0
# What it refuses for good: the same again would be refused again.
_REFUSED = range(400, 500)
_BUSY = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)


class GatewayRefused(Exception):
    """The gateway takes a message for no further attempt either; the text is its code."""


def signature_of(key: bytes, body: bytes) -> str:
    """HMAC-SHA-256 of the bytes, in hexadecimal."""
    return hmac.digest(key, body, hashlib.sha256).hex()


def is_signed(key: bytes, body: bytes, signature: str) -> bool:
    """Whether the other side has signed these bytes; told in constant time."""
    return hmac.compare_digest(signature_of(key, body).encode(), signature.encode("utf-8", "replace"))


def signed_of_receipt(message: UUID | str, body: bytes) -> bytes:
    """What is signed of a receipt: the message too, so that no receipt counts for another one."""
    return f"{message}\n".encode() + body


@dataclass
class Gateway:
    """The gateway over HTTP."""

    url: str
    key: bytes
    service: str
    _client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(base_url=self.url, timeout=TIMEOUT_S)

    async def hand_over(self, message: Message, kind: LetterKind, pdf: bytes) -> None:
        """Hand over a message with its letter; the same message once more is the same.

        Raises:
            GatewayRefused: it never takes this one.
            httpx.HTTPError: it did not answer, or cannot take it now.
        """
        body = orjson.dumps(self._body(message, kind, pdf))
        headers = {"content-type": "application/json", SIGNATURE: signature_of(self.key, body)}
        answer = await self._client.post("/messages", content=body, headers=headers)
        if answer.status_code in _REFUSED and answer.status_code not in _BUSY:
            raise GatewayRefused(f"gateway_{answer.status_code}")
        answer.raise_for_status()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def _body(self, message: Message, kind: LetterKind, pdf: bytes) -> dict[str, Any]:
        return {
            "message": str(message.id),
            "service": self.service,
            "to": message.tenant,
            "channel": message.channel.value,
            "language": message.wording,
            "kind": kind.value,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "pdf": base64.b64encode(pdf).decode(),
        }
