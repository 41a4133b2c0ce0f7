"""The API process of registration."""

from fastapi import FastAPI

from services.registration.api import (
    accounts,
    bank_statements,
    contribution_archives,
    contribution_files,
    contribution_receipts,
    contribution_statements,
    contributions,
    cover,
    cover_payments,
    employer_facts,
    employers,
    enforcement,
    erasures,
    events,
    family,
    legacy_templates,
    line_differences,
    national_ids,
    opening_files,
    person_facts,
    person_merges,
    person_months,
    person_searches,
    persons,
    refunds,
    register_statements,
    scheme_cover,
    schemes,
    skbbk,
    spell_corrections,
    spell_statements,
    spells,
    tasks,
    uploads,
)
from services.registration.api.dependencies import unit
from services.registration.commands.republish_registration import RepublishRegistration
from services.registration.settings import RegistrationSettings
from services.registration.storage.control_totals import CONTROL_TOTALS
from services.registration.storage.keys import Keys
from services.registration.storage.unit_of_work import unit_with
from shared.law.book import book
from shared.law.determination import determinations
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router
from shared.web.control_totals import control_total_router
from shared.web.read_log import read_log_router

ABOUT = "Persons, employers, spells of employment, memberships and contributions: who is covered, and what was paid."
# About 119,000 lines.
LARGEST_UPLOAD_BYTES = 32 << 20
# 1,000 lines, with the longest names.
LARGEST_STATEMENT_BYTES = 1 << 20


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    announcements = announcement_router("registration", "the whole register", unit, RepublishRegistration)
    rooms = (
        *(persons, skbbk, contributions, employers, spells),
        *(contribution_files, contribution_receipts, refunds, tasks),
        *(person_searches, person_facts, national_ids, line_differences),
        *(cover, events, accounts, person_months, bank_statements),
        *(contribution_statements, legacy_templates, spell_statements),
        *(family, register_statements, uploads, contribution_archives),
        *(opening_files, spell_corrections, employer_facts, person_merges),
        *(enforcement, erasures, schemes, cover_payments, scheme_cover),
    )
    larger = {
        contribution_files.PATH: LARGEST_UPLOAD_BYTES,
        contribution_statements.PATH: LARGEST_STATEMENT_BYTES,
        bank_statements.PATH: bank_statements.LARGEST,
        events.PATH: events.LARGEST_BYTES,
        contribution_archives.PATH: contribution_archives.LARGEST,
        cover_payments.PATH: cover_payments.LARGEST_BYTES,
        uploads.PATH: uploads.LARGEST_PART_BYTES,
        opening_files.PATH: opening_files.LARGEST_BYTES,
        opening_files.STATEMENTS: opening_files.LARGEST_STATEMENT_BYTES,
    }
    totals = control_total_router("registration", unit, CONTROL_TOTALS)
    routers = [*(room.router for room in rooms), announcements, totals, read_log_router("registration", unit)]
    return described_app("registration", ABOUT, routers, larger)


def build(settings: RegistrationSettings) -> FastAPI:
    """The app, connected. What cover is decided by is read before anybody asks."""
    book()
    determinations()
    keys = Keys.of_settings(settings)
    app = wire(openapi_app(), settings, unit_with(keys, sandbox=settings.sandbox))
    app.state.inbound_keys = keys.inbound
    return app


if __name__ == "__main__":
    settings = RegistrationSettings()
    serve(settings, lambda: build(settings))
