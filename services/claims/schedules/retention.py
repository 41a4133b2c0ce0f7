"""The timer of retention: bytes of documents of nobody's notices are let go of."""

from datetime import timedelta

from services.claims.commands.forget_documents import ForgetDocuments, forget_documents
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(days=1)


def retention() -> Schedule[ClaimsUnitOfWork]:
    """Look once a day, one at a time over all workers."""
    return Schedule(ForgetDocuments, forget_documents, _EVERY)
