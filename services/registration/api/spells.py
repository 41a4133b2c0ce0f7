"""Spells of employment: their start and their end."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, LatestDay
from services.registration.api.fields import NationalIdIn
from services.registration.commands.end_spell import EndSpell, end_spell
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import EmployerUnknown, NationalIdNeeded
from services.registration.domain.spell import Spell
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.security.national_id import NationalId
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["spells"])


class SpellIn(In):
    """A spell that begins."""

    person: PersonId
    employer: EmployerId
    started_on: Day = Field(description="The first day of employment.", examples=["2025-01-02"])
    national_id: NationalIdIn | None = Field(
        default=None,
        description="The person's, as it is registered: it proves that the caller knows the person. "
        "Employers must send it, the organisation's officers may leave it out.",
    )

    def proof(self, caller: Caller) -> NationalId | None:
        """What proves that the caller knows the person; raises NationalIdNeeded, NationalIdInvalid."""
        if self.national_id is not None:
            return self.national_id.stated()
        if not caller.is_officer:
            raise NationalIdNeeded()
        return None


class SpellEndIn(In):
    """The end of a spell."""

    ended_on: Day = Field(description="The last day of employment.", examples=["2026-08-31"])


class SpellOut(Out):
    """A spell as known now."""

    spell: UUID
    person: PersonId
    employer: EmployerId
    started_on: date
    ended_on: date | None

    @classmethod
    def of(cls, spell: Spell) -> Self:
        """From what is stored."""
        return cls(
            spell=spell.id,
            person=person_id(spell.person),
            employer=employer_id(spell.employer),
            started_on=spell.started_on,
            ended_on=spell.ended_on,
        )


@router.post(
    "/v1/spells",
    status_code=201,
    summary="Start a spell of employment",
    dependencies=[requires("registration:spell:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def add_spell(body: SpellIn, uow: CommittedBeforeAnswer, caller: Party, latest: LatestDay) -> SpellOut:
    """Say that a person began to work for an employer: an employer for itself, an officer for any.

    A person's number is easily guessed, and a spell lets the employer read who it is: so an employer proves by the
    national id that it knows the person. A number and an id that do not belong together are an unknown person.
    """
    employer = employer_number(body.employer)
    if not caller.is_officer and caller.party != tenant_of(employer):
        raise EmployerUnknown()
    whom, proof = person_number(body.person), body.proof(caller)
    command = StartSpell(whom, employer, body.started_on, latest, caller.party, proof)
    return SpellOut.of(await start_spell(command, uow))


@router.post(
    "/v1/spells/{spell}/end",
    summary="End a spell of employment",
    dependencies=[requires("registration:spell:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def add_spell_end(
    spell: Annotated[UUID, Path(description="The spell.")],
    body: SpellEndIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    latest: LatestDay,
) -> SpellOut:
    """Give the caller's spell its last day; an officer may end any."""
    return SpellOut.of(await end_spell(EndSpell(spell, body.ended_on, latest, caller.party), uow))
