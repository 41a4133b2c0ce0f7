"""What an idempotency key stands for: the answer that was given to it, kept in the transaction of what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text

from shared.persistence.life import MAY_ANSWER

# One function, because what is looked up must be seen after the lock was got: one statement sees what was committed
# when it began, and a twin may commit between the two. In a volatile function each statement sees what was
# committed when it began itself.
CLAIM = text(f"""
    SELECT {MAY_ANSWER} AS may_answer, opened.*
    FROM open_request(:tenant, :role, :client_id, :key) AS opened
""")  # noqa: S608 - a constant

# The same, of which only the number of rows is read: one where the key is this transaction's and nothing was answered,
# as of nearly every request; of any other CLAIM tells what it is. The lock may be taken twice.
CLAIM_NEW = text(f"""
    SELECT 1 FROM open_request(:tenant, :role, :client_id, :key) AS opened
    WHERE opened.is_free AND opened.request_hash IS NULL AND {MAY_ANSWER}
""")  # noqa: S608 - a constant


@dataclass(frozen=True)
class KeptAnswer:
    """What was answered to a request, with the digest of that request."""

    request_hash: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Claim:
    """A key that a transaction asked for: whether it is this transaction's alone, and what was answered before."""

    tenant: str
    client_id: str
    key: str
    is_free: bool
    kept: KeptAnswer | None

    @classmethod
    def of(cls, asked: Mapping[str, str], row: Any) -> "Claim":
        """What the database said of the key that was asked for."""
        kept = None
        if row.request_hash is not None:
            kept = KeptAnswer(bytes(row.request_hash), row.status, orjson.loads(row.headers), bytes(row.body))
        return cls(asked["tenant"], asked["client_id"], asked["key"], row.is_free, kept)

    @classmethod
    def new(cls, asked: Mapping[str, str]) -> "Claim":
        """A key that is this transaction's, and to which nothing was answered."""
        return cls(asked["tenant"], asked["client_id"], asked["key"], is_free=True, kept=None)


def columns_of(claim: Claim, answer: KeptAnswer) -> dict[str, Any]:
    """The row of the answer that is kept for a key."""
    return {
        "tenant": claim.tenant,
        "client_id": claim.client_id,
        "idempotency_key": claim.key,
        "request_hash": answer.request_hash,
        "status": answer.status,
        "answer_headers": orjson.dumps(answer.headers).decode(),
        "body": answer.body,
    }
