"""The API process of jobs."""

from fastapi import FastAPI

from services.jobs.api import announcements, placements, seekers
from services.jobs.settings import JobsSettings
from shared.process.api import described_app, serve, wire

ABOUT = "Job seekers, their interviews and offers, and the placements that a contribution proved."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    return described_app("jobs", ABOUT, [seekers.router, placements.router, announcements.router])


def build(settings: JobsSettings) -> FastAPI:
    """The app, connected."""
    return wire(openapi_app(), settings)


if __name__ == "__main__":
    settings = JobsSettings()
    serve(settings, lambda: build(settings))
