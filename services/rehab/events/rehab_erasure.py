"""Topic ``rehab.erasure``: how an erasure is followed, stated alike when it happens and when it is republished."""

from dataclasses import asdict

from shared.contracts.erasure_followed import RehabErasureFollowedV1
from shared.persistence.erased import FollowedErasure


def erasure_followed(told: FollowedErasure) -> RehabErasureFollowedV1:
    """That rehab has let go of a person, or what comes first."""
    return RehabErasureFollowedV1(**asdict(told))
