"""Documents in the database: what is said of each, and its bytes, sealed."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.document import Document, DocumentKind, DocumentState
from services.claims.domain.errors import DocumentUnknown
from services.claims.storage.claims import OWN_TOKENS
from shared.kernel.clock import now
from shared.security.fields import FieldCipher, place

# What was kept before was sealed as text, each byte as the character of its number: it is longer than its document.
_TEXT = "latin-1"
_STATED = "id, claim, tenant, sent_by, kind, sha256, size, media_type, received_at, request, about, state"
_COLUMNS = f"""{_STATED},
    NOT EXISTS (SELECT FROM document_content WHERE document_content.document = document.id) AS is_erased"""
_ADD = text(f"""
    INSERT INTO document ({_STATED})
    VALUES (:id, :claim, :tenant, :sent_by, :kind, :sha256, :size, :media_type, :received_at, :request, :about, :state)
""")  # noqa: S608 - names of columns
_ADD_CONTENT = text("""
    INSERT INTO document_content (document, claim, tenant, content_sealed) VALUES (:id, :claim, :tenant, :content)
""")
_FIND = f"SELECT {_COLUMNS} FROM document WHERE id = :id"  # noqa: S608 - names of columns
_GET, _LOCK = text(_FIND), text(f"{_FIND} FOR NO KEY UPDATE OF document")
_CONTENT = text("SELECT content_sealed FROM document_content WHERE document = :id")
_SAME = text("""
    SELECT EXISTS (SELECT FROM document
                   WHERE claim = :claim AND tenant = :tenant AND sha256 = :sha256 AND state = 'kept')
""")
# Of two that send the same at once the second sees the first.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('document/' || CAST(:claim AS text) || :tenant, 0))")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM document
    WHERE id > CAST(:after AS uuid)
          AND (claim = :claim OR claim IN (
                   SELECT joined.id FROM claim AS joined JOIN claim AS stands ON stands.person = joined.person
                   WHERE stands.id = :claim AND joined.joined_to = :claim AND joined.relation IS NOT NULL))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_TURN = text("UPDATE document SET state = :state, ended_at = :at WHERE id = :id AND state = 'kept'")
# Those of notices too of which nobody found whom they are about, and that name the person by an id.
_FORGET = text(f"""
    WITH {OWN_TOKENS}
    DELETE FROM document_content USING claim
    WHERE claim.id = document_content.claim
          AND (person IN (SELECT person FROM own)
               OR (person IS NULL AND id_token IN (SELECT id_token FROM borne)))
""")  # noqa: S608 - a constant
# Of a notice that ended since nothing lets its sender speak of anybody: no erasure would find the bytes.
_FORGET_OF_NOBODY = text("""
    DELETE FROM document_content WHERE document IN (
        SELECT content.document
        FROM claim JOIN document_content AS content ON content.claim = claim.id
             JOIN document ON document.id = content.document
        WHERE claim.relation IS NULL AND claim.state = 'no_relation'
              AND document.received_at < CAST(:now AS timestamptz) - interval '2 years'
        LIMIT :limit)
""")
_FIRST = UUID(int=0)


def content_place(document: UUID) -> str:
    """Where the bytes of a document are sealed for."""
    return place("document_content", "content_sealed", str(document))


class DocumentRepository:
    """Reads and writes documents inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_known(self, claim: UUID, tenant: str, sha256: str) -> bool:
        """Whether the party's same bytes are kept for the claim; nobody else of the party sends any meanwhile."""
        values = {"claim": claim, "tenant": tenant, "sha256": sha256}
        await self._connection.execute(_ALONE, {"claim": str(claim), "tenant": tenant})
        return bool((await self._connection.execute(_SAME, values)).scalar_one())

    async def add(self, document: Document, content: bytes, cipher: FieldCipher) -> None:
        """Keep a document, its bytes sealed."""
        # In a thread: of millions of bytes the loop would wait for it.
        sealed = await asyncio.to_thread(cipher.seal, content, content_place(document.id))
        values = {name.strip(): getattr(document, name.strip()) for name in _STATED.split(",")}
        await self._connection.execute(_ADD, values)
        kept = {"id": document.id, "claim": document.claim, "tenant": document.tenant, "content": sealed}
        await self._connection.execute(_ADD_CONTENT, kept)

    async def get(self, document: UUID) -> Document:
        """One that the role may see; raises DocumentUnknown."""
        row = (await self._connection.execute(_GET, {"id": document})).one_or_none()
        if row is None:
            raise DocumentUnknown()
        return document_of(row)

    async def lock(self, document: UUID) -> Document:
        """One of the party's own, locked until the end of the transaction; raises DocumentUnknown."""
        row = (await self._connection.execute(_LOCK, {"id": document})).one_or_none()
        if row is None:
            raise DocumentUnknown()
        return document_of(row)

    async def content(self, document: Document, cipher: FieldCipher) -> bytes | None:
        """The bytes; None where they are let go of."""
        sealed = (await self._connection.execute(_CONTENT, {"id": document.id})).scalar_one_or_none()
        if sealed is None:
            return None
        opened = await asyncio.to_thread(cipher.open, bytes(sealed), content_place(document.id))
        return opened if len(opened) == document.size else opened.decode().encode(_TEXT)

    async def page(self, claim: UUID, after: UUID | None, limit: int) -> list[Document]:
        """Those of a claim, and of what joined it, that the role may see, in the order of their ids."""
        values = {"claim": claim, "after": after or _FIRST, "limit": limit}
        return [document_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def turn(self, document: UUID, state: DocumentState, at: datetime) -> None:
        """It is withdrawn, or another one stands in its place; its bytes stay."""
        await self._connection.execute(_TURN, {"id": document, "state": state, "at": at})

    async def forget(self, person: int) -> None:
        """Let go of the bytes of all documents of a person's claims: what is said of each stays.

        Before the claims forget by which ids they name the person.
        """
        await self._connection.execute(_FORGET, {"person": person})

    async def forget_of_nobody(self, limit: int) -> None:
        """Let go of the bytes that were sent two years ago for notices that are nobody's; of so many at once."""
        await self._connection.execute(_FORGET_OF_NOBODY, {"now": now(), "limit": limit})


def document_of(row: Row[Any]) -> Document:
    """The document in a row of its columns."""
    values = {str(name): value for name, value in row._mapping.items()}
    return Document(**{**values, "kind": DocumentKind(row.kind), "state": DocumentState(row.state)})
