"""Announcements: claims states its whole state again."""

from services.claims.api.dependencies import unit
from services.claims.commands.republish_claims import RepublishClaims
from shared.web.announcements import announcement_router

router = announcement_router("claims", "every claim and its newest decision", unit, RepublishClaims)
