"""Whoever acts on this machine may do what the story and a look around need."""

from deploy.local.client import OFFICER_SCOPES
from services.claims.domain.queues import ALL


def test_the_officer_works_in_every_queue() -> None:
    needed = {"claims:task:read", "claims:task:write", *(queue.scope for queue in ALL)}
    assert needed <= set(OFFICER_SCOPES.split())
