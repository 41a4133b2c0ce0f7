"""Announcements: benefits states its whole state again."""

from services.benefits.api.dependencies import unit
from services.benefits.commands.republish_benefits import RepublishBenefits
from shared.web.announcements import announcement_router

router = announcement_router("benefits", "every payment that was settled or returned", unit, RepublishBenefits)
