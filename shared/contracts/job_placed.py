"""Topic ``job.placed``: placements that a contribution proved."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import JOB_PLACED


class PlacementConfirmedV1(PersonEvent):
    """A job seeker started work, and the new employer's first contribution proved it.

    ``wage_sen`` is the wage of ``month`` (``YYYY-MM``), the first contributed month.
    """

    topic = JOB_PLACED
    name: ClassVar[str] = "placement.confirmed"

    placement: UUID
    seeker: UUID
    revision: int
    claim: UUID | None = None
    employer: int
    started_on: date
    month: str
    wage_sen: int
    confirmed_at: datetime

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("placement", str(self.placement))
