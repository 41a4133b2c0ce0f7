"""What the routes of rehab ask for."""

from typing import Annotated

from fastapi import Depends

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.web.routing import unit_of

unit = unit_of(RehabUnitOfWork)
CommittedBeforeAnswer = Annotated[RehabUnitOfWork, Depends(unit)]
