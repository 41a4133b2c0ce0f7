"""What the routes of claims ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.security.blind_index import IdTokens
from shared.web.routing import open_unit


async def unit(request: Request) -> ClaimsUnitOfWork:
    """The unit of work of a request, which its route commits before it answers."""
    return await open_unit(request, ClaimsUnitOfWork)


def _id_tokens(request: Request) -> IdTokens:
    tokens: IdTokens = request.app.state.id_tokens
    return tokens


CommittedBeforeAnswer = Annotated[ClaimsUnitOfWork, Depends(unit)]
Tokens = Annotated[IdTokens, Depends(_id_tokens)]
