"""The API process of rehab."""

from fastapi import FastAPI

from services.rehab.api import announcements, centres, referrals
from services.rehab.settings import RehabSettings
from shared.process.api import described_app, serve, wire

ABOUT = "Referrals, admissions into rehabilitation centres, beds, and discharges with their outcome."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    return described_app("rehab", ABOUT, [referrals.router, centres.router, announcements.router])


def build(settings: RehabSettings) -> FastAPI:
    """The app, connected."""
    return wire(openapi_app(), settings)


if __name__ == "__main__":
    settings = RehabSettings()
    serve(settings, lambda: build(settings))
