"""What the routes of claims ask for."""

from typing import Annotated

from fastapi import Depends

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.security.blind_index import IdTokens
from shared.web.routing import unit_of, wired

unit = unit_of(ClaimsUnitOfWork)
CommittedBeforeAnswer = Annotated[ClaimsUnitOfWork, Depends(unit)]
Tokens = Annotated[IdTokens, Depends(wired("id_tokens", IdTokens))]
