"""Whoever acts on this machine may do what the story and a look around need."""

from deploy.local.client import OFFICER_SCOPES
from services.claims.domain import queues as claims
from services.registration.domain import queues as registration


def test_the_officer_works_in_every_queue() -> None:
    needed = {queue.scope for queue in (*claims.ALL, *registration.ALL)}
    needed |= {f"{service}:task:{what}" for service in ("claims", "registration") for what in ("read", "write")}
    assert needed <= set(OFFICER_SCOPES.split())
