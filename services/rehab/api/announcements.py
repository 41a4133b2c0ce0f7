"""Announcements: rehab states its whole state again."""

from services.rehab.api.dependencies import unit
from services.rehab.commands.republish_rehab import RepublishRehab
from shared.web.announcements import announcement_router

router = announcement_router("rehab", "every admission and discharge", unit, RepublishRehab)
