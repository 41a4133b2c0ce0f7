"""The API process of benefits."""

from datetime import timedelta

from fastapi import FastAPI

from services.benefits.api import (
    acting_parties,
    agreements,
    audits,
    bank_files,
    certificates,
    counter_entries,
    entitlements,
    increases,
    ledger,
    party_statements,
    payees,
    payments,
    positions,
    receipts,
    recoveries,
    repayments,
    statement_lines,
    students,
    suspensions,
    tasks,
)
from services.benefits.api.dependencies import unit
from services.benefits.commands.republish_benefits import RepublishBenefits
from services.benefits.settings import BenefitsSettings
from services.benefits.storage.control_totals import CONTROL_TOTALS
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router
from shared.web.control_totals import control_total_router
from shared.web.draws import draw_router
from shared.web.erasures import erasure_router
from shared.web.read_log import read_log_router

ABOUT = (
    "Payees, entitlements, payments, bank files, recoveries, repayments and the ledger: what is owed, paid and repaid."
)
# A status report about the largest bank file has some four million bytes.
LARGEST_STATUS_REPORT = 8 << 20


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    everything = "every payment that was settled or returned, what came in, and every agreement"
    announcements = announcement_router("benefits", everything, unit, RepublishBenefits)
    back = (recoveries, repayments, counter_entries, statement_lines, agreements)
    years = (suspensions, certificates, students, acting_parties, party_statements, increases, tasks)
    rooms = (payees, entitlements, positions, payments, *back, bank_files, ledger, *years, audits, receipts)
    larger = {"/v1/bank-files/": LARGEST_STATUS_REPORT}
    totals = control_total_router("benefits", unit, CONTROL_TOTALS)
    routers = [*(room.router for room in rooms), announcements, erasure_router("benefits", unit), totals]
    routers += [read_log_router("benefits", unit), draw_router("benefits", unit)]
    return described_app("benefits", ABOUT, routers, larger)


def build(settings: BenefitsSettings) -> FastAPI:
    """The app, connected."""
    app = wire(openapi_app(), settings, BenefitsUnitOfWork)
    app.state.field_cipher = settings.cipher()
    app.state.paying_bank = settings.paying_bank
    app.state.account_hold = timedelta(hours=settings.account_hold_hours)
    return app


if __name__ == "__main__":
    settings = BenefitsSettings()
    serve(settings, lambda: build(settings))
