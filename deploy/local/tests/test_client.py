"""Whoever acts on this machine may do what the story and a look around need."""

from importlib import import_module

import pytest

from deploy.local.client import OFFICER_SCOPES


@pytest.mark.parametrize("service", ["claims", "registration", "rehab"])
def test_the_officer_works_in_every_queue(service: str) -> None:
    queues = import_module(f"services.{service}.domain.queues")
    needed = {queue.scope for queue in queues.ALL} | {f"{service}:task:{what}" for what in ("read", "write")}
    assert needed <= set(OFFICER_SCOPES.split())
