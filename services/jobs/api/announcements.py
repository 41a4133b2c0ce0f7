"""Announcements: jobs states its whole state again."""

from services.jobs.api.dependencies import unit
from services.jobs.commands.announce_jobs import AnnounceJobs
from shared.web.announcements import announcement_router

router = announcement_router("jobs", "every confirmed placement", unit, AnnounceJobs)
