"""Topic ``job.placed``: placements that a contribution proved, or that none proves any more."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Number, PersonEvent, StatedSen, WageMonth
from shared.contracts.topics import JOB_PLACED


class PlacementConfirmedV1(PersonEvent):
    """A job seeker started work, and the new employer's first contribution proved it.

    ``wage_sen`` is the wage of ``month`` (``YYYY-MM``), the first contributed month.
    """

    topic = JOB_PLACED
    name: ClassVar[str] = "placement.confirmed"

    placement: UUID
    """The placement."""
    seeker: UUID
    """The job seeker's file."""
    revision: int
    """Of the placement: the higher one counts."""
    claim: UUID | None = None
    """The claim from which the search came, where there is one."""
    employer: Number
    """The new employer's number: over REST `E`, nine digits and a check character."""
    started_on: date
    """The first day of work."""
    month: WageMonth
    """The first contributed month, `YYYY-MM`."""
    wage_sen: StatedSen
    """The wage declared for that month, in sen."""
    confirmed_at: datetime
    """When the contribution proved it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("placement", str(self.placement))


class PlacementWithdrawnV1(PersonEvent):
    """What proved a placement was another person's employment: two numbers that had been merged were split again.

    The placement waits for its proof as before; a later revision confirms it.
    """

    topic = JOB_PLACED
    name: ClassVar[str] = "placement.withdrawn"

    placement: UUID
    """The placement."""
    seeker: UUID
    """The job seeker's file."""
    revision: int
    """Of the placement: the higher one counts."""
    claim: UUID | None = None
    """The claim from which the search came, where there is one."""
    employer: Number
    """The employer's number: over REST `E`, nine digits and a check character."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("placement", str(self.placement))
