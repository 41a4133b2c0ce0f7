"""What contribution files say of spells, and what became of it."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from fastapi import APIRouter

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.domain.spell_statement import SpellStatement, SpellStatementKind
from services.registration.queries import spell_statements
from shared.kernel.identifiers import employer_id, person_id
from shared.security.scopes import requires
from shared.web.ids import EmployerId, PersonId
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["spells"])

_STATES: dict[bool | None, Literal["waiting", "taken", "dropped"]] = {None: "waiting", True: "taken", False: "dropped"}


class SpellStatementOut(Out):
    """What a line says of a person's spell: two officers decide whether it holds."""

    statement: UUID
    employer: EmployerId
    person: PersonId
    kind: SpellStatementKind
    day: date
    file: UUID
    state: Literal["waiting", "taken", "dropped"]

    @classmethod
    def of(cls, said: SpellStatement) -> Self:
        """From what is stored."""
        return cls(
            statement=said.id,
            employer=employer_id(said.employer),
            person=person_id(said.person),
            kind=said.kind,
            day=said.day,
            file=said.file,
            state=_STATES[said.taken],
        )


@router.get(
    "/v1/spell-statements",
    summary="List what contribution files say of spells",
    dependencies=[requires("registration:spell:read")],
    responses=problems(400, 422),
)
async def list_spell_statements(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[SpellStatementOut]:
    """The caller's own; everybody's for the organisation's officers, who decide them in the queue `spell_statement`."""
    found = await spell_statements.list_spell_statements(listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=SpellStatementOut.of, position=lambda said: [str(said.id)])
