"""Topic ``benefits.erasure``: how an erasure is followed, stated alike when it happens and when it is republished."""

from dataclasses import asdict

from shared.contracts.erasure_followed import BenefitsErasureFollowedV1
from shared.persistence.erased import FollowedErasure


def erasure_followed(told: FollowedErasure) -> BenefitsErasureFollowedV1:
    """That benefits has let go of a person, or what comes first."""
    return BenefitsErasureFollowedV1(**asdict(told))
