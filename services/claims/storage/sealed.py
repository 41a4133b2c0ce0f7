"""Where claims keeps what is sealed, for the rotation of its key: a test holds it against the tables."""

from shared.persistence.resealing import SealedTable

# Of documents, which may have millions of bytes, a few at once.
_OF_DOCUMENTS = 4

SEALED_TABLES = [SealedTable("document_content", {"document": "uuid"}, ["content_sealed"], _OF_DOCUMENTS)]
