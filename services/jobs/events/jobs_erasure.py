"""Topic ``jobs.erasure``: how an erasure is followed, stated alike when it happens and when it is republished."""

from dataclasses import asdict

from shared.contracts.erasure_followed import JobsErasureFollowedV1
from shared.persistence.erased import FollowedErasure


def erasure_followed(told: FollowedErasure) -> JobsErasureFollowedV1:
    """That jobs has let go of a person, or what comes first."""
    return JobsErasureFollowedV1(**asdict(told))
