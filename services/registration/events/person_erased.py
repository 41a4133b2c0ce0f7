"""Topic ``person.erased``: stated alike when it happens and when it is republished."""

from services.registration.domain.erasure import Erasure, ErasureState
from shared.contracts.person_erased import PersonErasedV1


def person_erased(said: Erasure, number: int) -> PersonErasedV1:
    """Of one number of the person; raises ValueError of what is not erased."""
    if said.erased_at is None or said.told_revision is None:
        raise ValueError("it is not erased")
    return PersonErasedV1(
        person=number,
        erasure=said.id,
        revision=said.told_revision,
        whole=said.state is ErasureState.ERASED,
        reason=said.reason.value,
        erased_at=said.erased_at,
        kept_until=said.kept_until,
    )
