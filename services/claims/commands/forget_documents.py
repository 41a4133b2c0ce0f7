"""Let go of the bytes of documents that no erasure would find: of notices that ended without anybody they are about."""

from dataclasses import dataclass

from services.claims.storage.unit_of_work import ClaimsUnitOfWork

_AT_ONCE = 1_000


@dataclass(frozen=True)
class ForgetDocuments:
    """What was sent two years ago (assumed), once a day."""


async def forget_documents(_: ForgetDocuments, uow: ClaimsUnitOfWork) -> None:
    """A piece of them; what is more goes the next day."""
    await uow.documents.forget_of_nobody(_AT_ONCE)
