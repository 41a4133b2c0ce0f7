"""Documents of claims, as the caller may see them."""

from uuid import UUID

from services.claims.domain.document import Document
from services.claims.domain.errors import DocumentErased
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.security.fields import FieldCipher


async def find_document(document: UUID, uow: ClaimsUnitOfWork) -> Document:
    """What is said of one; raises DocumentUnknown."""
    return await uow.documents.get(document)


async def find_content(document: UUID, cipher: FieldCipher, uow: ClaimsUnitOfWork) -> tuple[Document, bytes]:
    """One with its bytes; raises DocumentUnknown, and DocumentErased where they were let go of."""
    found = await find_document(document, uow)
    content = await uow.documents.content(found, cipher)
    if content is None:
        raise DocumentErased()
    return found, content


async def list_documents(claim: UUID, after: UUID | None, limit: int, uow: ClaimsUnitOfWork) -> list[Document]:
    """The documents of a claim, and of what joined it, that the caller may see, in the order of their ids."""
    return await uow.documents.page(claim, after, limit)
