"""Whoever acts on this machine may do what the story and a look around need."""

from deploy.local.client import OFFICER_SCOPES
from services.claims.domain import queues as claims
from services.registration.domain import queues as registration
from services.rehab.domain import queues as rehab


def test_the_officer_works_in_every_queue() -> None:
    of_services = {"claims": claims.ALL, "registration": registration.ALL, "rehab": rehab.ALL}
    needed = {queue.scope for queues in of_services.values() for queue in queues}
    needed |= {f"{service}:task:{what}" for service in of_services for what in ("read", "write")}
    assert needed <= set(OFFICER_SCOPES.split())
