"""The five apps without servers or settings, and a caller who has every scope."""

import functools
import importlib
import json
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.security.scopes import declared_scope
from shared.security.tokens import Caller, Role
from tests.architecture.shape import SERVICES
from tests.architecture.tree import ROOT


def app_of(service: str) -> FastAPI:
    """A new app of this service."""
    app: FastAPI = importlib.import_module(f"services.{service}.main").openapi_app()
    return app


APPS: dict[str, FastAPI] = {service: app_of(service) for service in SERVICES}


@functools.cache
def document_of(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service as it stands in the repository, which a test holds to be what the app says.

    Every lane collects the tests that are made of it, and to make it of the app takes ten times as long.
    """
    document: dict[str, Any] = json.loads((ROOT / f"docs/openapi/{service}.json").read_text(encoding="utf-8"))
    return document


@dataclass
class EveryScope:
    """Stands where the token verifier stands: whoever comes is this party and has every scope of the app."""

    app: FastAPI
    party: str = "organisation:1"
    role: Role = Role.OFFICER

    async def verify(self, _: str) -> Caller:
        """The caller, whatever the token."""
        return Caller("test", self.party, self.role, _scopes_of(self.app))


@functools.cache
def _scopes_of(app: FastAPI) -> frozenset[str]:
    scopes = (declared_scope(context) for context in iter_route_contexts(app.routes))
    return frozenset(filter(None, scopes))
