"""How services follow an erasure (the topics ``claims.erasure``, ``benefits.erasure``, ``rehab.erasure`` and so on).

The certificate says which of them have forgotten the person, and what comes first in which.
"""

from collections.abc import Sequence

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.erasure_followed import ErasureFollowedV1


async def apply(events: Sequence[ErasureFollowedV1], uow: RegistrationUnitOfWork) -> None:
    """Keep how far each service is; the higher revision wins."""
    await uow.known_followers.keep([{"service": event.topic.owner, **event.model_dump()} for event in events])
