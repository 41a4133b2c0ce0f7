"""Announcements: registration states its whole state again."""

from services.registration.api.dependencies import unit
from services.registration.commands.republish_registration import RepublishRegistration
from shared.web.announcements import announcement_router

router = announcement_router("registration", "the whole register", unit, RepublishRegistration)
