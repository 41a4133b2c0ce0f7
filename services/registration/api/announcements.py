"""Announcements: registration states its whole state again."""

from services.registration.api.dependencies import unit
from services.registration.commands.announce_registration import AnnounceRegistration
from shared.web.announcements import announcement_router

router = announcement_router("registration", "the whole register", unit, AnnounceRegistration)
