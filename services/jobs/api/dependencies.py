"""What the routes of jobs ask for."""

from typing import Annotated

from fastapi import Depends

from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.web.routing import unit_of

unit = unit_of(JobsUnitOfWork)
CommittedBeforeAnswer = Annotated[JobsUnitOfWork, Depends(unit)]
