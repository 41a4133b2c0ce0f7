"""The API process of claims."""

from fastapi import FastAPI

from services.claims.api import (
    appeals,
    audits,
    board_cases,
    board_sessions,
    charter_clocks,
    claims,
    complaints,
    documents,
    events,
    evidence,
    evidence_requests,
    figures,
    inconsistencies,
    investigations,
    medical_authorisations,
    medical_bills,
    notices,
    referral_offers,
    statements,
    straight_through,
    tasks,
)
from services.claims.api.dependencies import Tokens, unit
from services.claims.commands.republish_claims import RepublishClaims
from services.claims.settings import ClaimsSettings
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.inbound.keys import InboundKeys
from shared.messages.router import GatewayKey, letter_router
from shared.process.api import described_app, serve, wire
from shared.web.announcements import announcement_router
from shared.web.control_totals import control_total_router
from shared.web.draws import draw_router
from shared.web.erasures import erasure_router
from shared.web.read_log import read_log_router

ABOUT = "Notices, evidence and decisions: what happened, who is covered, what is owed and why."


def openapi_app() -> FastAPI:
    """The app without servers or settings, for its OpenAPI document."""
    announcements = announcement_router("claims", "every claim and its newest decision", unit, RepublishClaims)
    letters = letter_router("claims", unit)
    routers = [notices.router, claims.router, evidence.router, statements.router, tasks.router, announcements]
    routers += [inconsistencies.router, investigations.router]
    routers += [board_cases.router, board_sessions.router]
    routers += [letters]
    routers += [figures.router]
    routers += [evidence_requests.router, documents.router]
    routers += [control_total_router("claims", unit, CONTROL_TOTALS), straight_through.router]
    routers += [complaints.router, appeals.router, charter_clocks.router]
    routers += [read_log_router("claims", unit), audits.router, draw_router("claims", unit)]
    routers += [referral_offers.router]
    routers += [medical_authorisations.router, medical_bills.router]
    larger = {events.PATH: events.LARGEST_BYTES, documents.PATH: documents.LARGEST_BYTES}
    return described_app("claims", ABOUT, [*routers, events.router, erasure_router("claims", unit)], larger)


def build(settings: ClaimsSettings) -> FastAPI:
    """The app, connected."""
    app = wire(openapi_app(), settings, ClaimsUnitOfWork)
    app.state.gateway_key = GatewayKey(settings.gateway_key)
    app.state.tokens = Tokens.of(settings.id_token_key)
    # What is kept of an event names nobody: ids and names are tokens by then.
    app.state.inbound_keys = InboundKeys.of(settings.id_token_key, settings.id_token_key, None)
    app.state.field_cipher = settings.cipher()
    return app


if __name__ == "__main__":
    settings = ClaimsSettings()
    serve(settings, lambda: build(settings))
