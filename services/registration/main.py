"""The API process of registration."""

from fastapi import FastAPI

from services.registration.api import announcements, contribution_files, contributions, employers, persons, spells
from services.registration.settings import RegistrationSettings
from services.registration.storage.keys import Keys
from services.registration.storage.unit_of_work import unit_with
from shared.process.api import described_app, serve, wire

ABOUT = "Persons, employers, spells of employment, memberships and contributions: who is covered, and what was paid."
# About 119,000 lines.
LARGEST_UPLOAD_BYTES = 32 << 20


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    rooms = (persons, contributions, employers, spells, contribution_files, announcements)
    larger = {contribution_files.PATH: LARGEST_UPLOAD_BYTES}
    return described_app("registration", ABOUT, [room.router for room in rooms], larger)


def build(settings: RegistrationSettings) -> FastAPI:
    """The app, connected."""
    app = wire(openapi_app(), settings)
    app.state.unit = unit_with(Keys.of(settings.field_key, settings.blind_index_key, settings.id_token_key))
    return app


if __name__ == "__main__":
    settings = RegistrationSettings()
    serve(settings, lambda: build(settings))
