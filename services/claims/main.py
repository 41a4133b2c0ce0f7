"""The API process of claims."""

from fastapi import FastAPI

from services.claims.api import announcements, claims, notices
from services.claims.settings import ClaimsSettings
from shared.process.api import described_app, serve, wire
from shared.security.blind_index import IdTokens

ABOUT = "Notices, evidence and decisions: what happened, who is covered, what is owed and why."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    return described_app("claims", ABOUT, [notices.router, claims.router, announcements.router])


def build(settings: ClaimsSettings) -> FastAPI:
    """The app, connected."""
    app = wire(openapi_app(), settings)
    app.state.id_tokens = IdTokens(settings.id_token_key)
    return app


if __name__ == "__main__":
    settings = ClaimsSettings()
    serve(settings, lambda: build(settings))
