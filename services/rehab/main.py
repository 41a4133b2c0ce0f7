"""The API process of rehab."""

from fastapi import FastAPI

from services.rehab.api import bills, centres, referrals, tasks
from services.rehab.api.dependencies import unit
from services.rehab.commands.republish_rehab import RepublishRehab
from services.rehab.settings import RehabSettings
from services.rehab.storage.control_totals import CONTROL_TOTALS
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router
from shared.web.control_totals import control_total_router
from shared.web.erasures import erasure_router
from shared.web.read_log import read_log_router

ABOUT = "Referrals, admissions into rehabilitation centres, beds, discharges, and providers' bills for treatments."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    announcements = announcement_router(
        "rehab", "every admission, discharge and bill that is owed", unit, RepublishRehab
    )
    rooms = (referrals, centres, bills, tasks)
    totals = control_total_router("rehab", unit, CONTROL_TOTALS)
    routers = [*(room.router for room in rooms), announcements, erasure_router("rehab", unit), totals]
    routers += [read_log_router("rehab", unit)]
    return described_app("rehab", ABOUT, routers)


def build(settings: RehabSettings) -> FastAPI:
    """The app, connected."""
    return wire(openapi_app(), settings, RehabUnitOfWork)


if __name__ == "__main__":
    settings = RehabSettings()
    serve(settings, lambda: build(settings))
