"""Appeals as the caller may see them: a party its own, and those of the person's claim; officers all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.claims.domain.appeal import Appeal, AppealState
from services.claims.domain.claim import ClaimKind
from services.claims.domain.errors import AppealNotShown
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_appeal(id_: UUID, uow: ClaimsUnitOfWork) -> Appeal:
    """One of them; raises AppealUnknown."""
    return await uow.appeals.find(id_)


async def list_appeals(
    claim: UUID | None, state: AppealState | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[Appeal]:
    """In the order of their ids; of a claim also those of what joined the same event."""
    return await uow.appeals.page(claim, state, after, limit)


async def find_flips(
    id_: UUID, party: str, is_officer: bool, uow: ClaimsUnitOfWork
) -> tuple[datetime, Mapping[str, Any]] | None:
    """What would change the answer, None before it is found; raises AppealUnknown, and AppealNotShown as workings are
    shown: to the person whose claim it is, and officers."""
    appeal = await uow.appeals.find(id_)
    claim = await uow.claims.find(appeal.claim)
    is_own = claim is not None and claim.kind is not ClaimKind.DEATH and await _is_of(claim.person, party, uow)
    if not (is_officer or is_own):
        raise AppealNotShown()
    return await uow.appeals.flips(id_)


async def _is_of(person: int | None, party: str, uow: ClaimsUnitOfWork) -> bool:
    return person is not None and f"person:{person}" in await uow.known_persons.parties_of(party)
