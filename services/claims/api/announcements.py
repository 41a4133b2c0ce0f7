"""Announcements: claims states its whole state again."""

from services.claims.api.dependencies import unit
from services.claims.commands.announce_claims import AnnounceClaims
from shared.web.announcements import announcement_router

router = announcement_router("claims", "every claim and its newest decision", unit, AnnounceClaims)
