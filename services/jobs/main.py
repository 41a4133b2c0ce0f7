"""The API process of jobs."""

from fastapi import FastAPI

from services.jobs.api import placements, seekers
from services.jobs.api.dependencies import unit
from services.jobs.commands.republish_jobs import RepublishJobs
from services.jobs.settings import JobsSettings
from services.jobs.storage.control_totals import CONTROL_TOTALS
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router
from shared.web.control_totals import control_total_router
from shared.web.erasures import erasure_router
from shared.web.read_log import read_log_router

ABOUT = "Job seekers, their interviews and offers, and the placements that a contribution proved."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    announcements = announcement_router("jobs", "every confirmed placement", unit, RepublishJobs)
    erasures = erasure_router("jobs", unit)
    totals = control_total_router("jobs", unit, CONTROL_TOTALS)
    routers = [seekers.router, placements.router, announcements, erasures, totals, read_log_router("jobs", unit)]
    return described_app("jobs", ABOUT, routers)


def build(settings: JobsSettings) -> FastAPI:
    """The app, connected."""
    return wire(openapi_app(), settings, JobsUnitOfWork)


if __name__ == "__main__":
    settings = JobsSettings()
    serve(settings, lambda: build(settings))
