"""What the routes of claims ask for."""

from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import Depends

from services.claims.queries.boards import BoardViewer
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.security.blind_index import IdTokens
from shared.security.fields import FieldCipher
from shared.security.names import NameTokens
from shared.security.scopes import Party
from shared.web.routing import unit_of, wired


@dataclass(frozen=True)
class Tokens:
    """Makes registration's tokens of a national id and of a name that a partner states."""

    ids: IdTokens
    names: NameTokens

    @classmethod
    def of(cls, key: bytes) -> Self:
        """By the key that registration makes them with."""
        return cls(IdTokens(key), NameTokens(key))


unit = unit_of(ClaimsUnitOfWork)
CommittedBeforeAnswer = Annotated[ClaimsUnitOfWork, Depends(unit)]
Cipher = Annotated[FieldCipher, Depends(wired("field_cipher", FieldCipher))]
KeysForTokens = Annotated[Tokens, Depends(wired("tokens", Tokens))]


async def _board_looker(caller: Party) -> BoardViewer:
    """Secretaries see every session; another officer those in which it sits; a person what the database shows it."""
    is_member = caller.is_officer and "claims:board_session:write" not in caller.scopes
    return BoardViewer(caller.subject if is_member else None)


BoardLooker = Annotated[BoardViewer, Depends(_board_looker)]
