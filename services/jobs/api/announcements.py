"""Announcements: jobs states its whole state again."""

from services.jobs.api.dependencies import unit
from services.jobs.commands.republish_jobs import RepublishJobs
from shared.web.announcements import announcement_router

router = announcement_router("jobs", "every confirmed placement", unit, RepublishJobs)
