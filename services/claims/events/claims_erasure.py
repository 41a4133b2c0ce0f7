"""Topic ``claims.erasure``: how an erasure is followed, stated alike when it happens and when it is republished."""

from dataclasses import asdict

from shared.contracts.erasure_followed import ClaimsErasureFollowedV1
from shared.persistence.erased import FollowedErasure


def erasure_followed(told: FollowedErasure) -> ClaimsErasureFollowedV1:
    """That claims has let go of a person, or what comes first."""
    return ClaimsErasureFollowedV1(**asdict(told))
