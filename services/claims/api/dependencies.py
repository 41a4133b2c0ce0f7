"""What the routes of claims ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.security.blind_index import IdTokens
from shared.web.routing import open_unit


async def _unit(request: Request) -> ClaimsUnitOfWork:
    return await open_unit(request, ClaimsUnitOfWork)


def _id_tokens(request: Request) -> IdTokens:
    tokens: IdTokens = request.app.state.id_tokens
    return tokens


CommittedBeforeAnswer = Annotated[ClaimsUnitOfWork, Depends(_unit)]
Tokens = Annotated[IdTokens, Depends(_id_tokens)]
