"""The API process of rehab."""

from fastapi import FastAPI

from services.rehab.api import centres, referrals
from services.rehab.api.dependencies import unit
from services.rehab.commands.republish_rehab import RepublishRehab
from services.rehab.settings import RehabSettings
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router

ABOUT = "Referrals, admissions into rehabilitation centres, beds, and discharges with their outcome."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    announcements = announcement_router("rehab", "every admission and discharge", unit, RepublishRehab)
    return described_app("rehab", ABOUT, [referrals.router, centres.router, announcements])


def build(settings: RehabSettings) -> FastAPI:
    """The app, connected."""
    return wire(openapi_app(), settings, RehabUnitOfWork)


if __name__ == "__main__":
    settings = RehabSettings()
    serve(settings, lambda: build(settings))
