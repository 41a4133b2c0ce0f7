"""Spells of employment: their start and their end."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, EarliestEnd, LatestDay, Looker
from services.registration.api.fields import NationalIdIn
from services.registration.commands.end_spell import EndSpell
from services.registration.commands.end_spell import end_spell as handle_end_spell
from services.registration.commands.keep_spell_open import KeepSpellOpen, keep_spell_open
from services.registration.commands.refuse_spell import RefuseSpell, refuse_spell
from services.registration.commands.start_spell import StartSpell
from services.registration.commands.start_spell import start_spell as handle_start_spell
from services.registration.commands.verify_spell import VerifySpell
from services.registration.commands.verify_spell import verify_spell as handle_verify_spell
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import EmployerUnknown, NationalIdNeeded
from services.registration.domain.spell import EndCause, Spell, WaitingEnd, WaitReason
from services.registration.domain.work import KindOfWork, Work
from services.registration.queries import spells, waiting_ends
from shared.kernel.clock import business_day, today
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.kernel.reading import DataKind
from shared.kernel.working_days import due_day
from shared.law.act4.charter.rules import is_working_day
from shared.law.book import book
from shared.security.national_id import NationalId
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.tasks.charter import charter_days
from shared.web.fields import ONE_LINE, Day, Flag
from shared.web.ids import EmployerId, PersonFilter, PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["spells"])

Allowance = Annotated[StatedMoney, Field(description="An intern's, by month; of nobody else.")]
SpellInPath = Annotated[UUID, Path(description="The spell.")]


class SpellIn(In):
    """A spell that begins."""

    model_config = examples(
        {
            "person": "P000000012T",
            "employer": "E0000000076",
            "started_on": "2025-01-02",
            "national_id": {"kind": "mykad", "number": "900101-14-5678"},
        },
        {
            "employer": "E0000000076",
            "started_on": "2025-01-02",
            "national_id": {"kind": "mykad", "number": "900101-14-5678"},
            "name": "AHMAD BIN ALI",
            "kind_of_work": "intern",
            "allowance": {"amount": "900.00", "currency": "MYR"},
            "spouse_of_employer": False,
        },
    )

    person: PersonId | None = Field(default=None, description="May be left out where national_id and name are sent.")
    employer: EmployerId
    started_on: Day = Field(description="The first day of employment.", examples=["2025-01-02"])
    national_id: NationalIdIn | None = Field(
        default=None,
        description="The person's, as it is registered: it proves that the caller knows the person. "
        "Employers must send it, the organisation's officers may leave it out.",
    )
    name: Annotated[str, Field(min_length=1, max_length=150, examples=["AHMAD BIN ALI"]), ONE_LINE] | None = Field(
        default=None, description="The person's name: with national_id it says who it is, without a person number."
    )

    kind_of_work: KindOfWork | None = Field(
        default=None,
        description="How the person works for the employer. Left out: taken as permanent work, until it is stated.",
    )
    spouse_of_employer: Flag = Field(default=False, description="Whether the person is married to the employer.")
    allowance: Allowance | None = None

    @property
    def work(self) -> Work:
        """The kind of work; raises AllowanceNeeded."""
        work = Work(self.kind_of_work, self.spouse_of_employer, None if self.allowance is None else self.allowance.sen)
        work.check()
        return work

    def proof(self, caller: Caller) -> NationalId | None:
        """What proves that the caller knows the person; raises NationalIdNeeded, NationalIdInvalid."""
        if self.national_id is not None:
            return self.national_id.stated()
        if not caller.is_officer:
            raise NationalIdNeeded()
        return None


class SpellEndIn(In):
    """The end of a spell."""

    model_config = examples({"ended_on": "2026-08-31"})

    ended_on: Day = Field(description="The last day of employment.", examples=["2026-08-31"])


class WaitingEndOut(Out):
    """An end that an employer stated and that waits for an officer."""

    spell: UUID
    person: PersonId
    employer: EmployerId
    ended_on: date = Field(description="The last day of employment, as it was stated.")
    reason: WaitReason = Field(
        description="dated_back: the day lies further back than an employer may state alone, or a public register "
        "stated that the person died (stated_by). "
        "wages_reported_after: wages stand for a month after it.",
        examples=["dated_back"],
    )
    cause: EndCause | None = Field(
        description="What else ended: pass_ended, two officers found that a foreign worker's pass is over; "
        "employer_ended, the employer itself. Null where the end of the employment itself was stated."
    )
    stated_at: datetime
    stated_by: str = Field(max_length=60, description="The party that stated it.", examples=["employer:7"])
    owner: Literal["organisation"] = Field(description="Who has to do something: an officer confirms or refuses it.")
    due_on: date = Field(description="The last day on which that is in time, by the client charter.")

    @classmethod
    def of(cls, end: WaitingEnd) -> Self:
        """From what is stored."""
        return cls(
            spell=end.spell,
            person=person_id(end.person),
            employer=employer_id(end.employer),
            ended_on=end.ended_on,
            reason=end.reason,
            cause=end.cause,
            stated_at=end.stated_at,
            stated_by=end.source,
            owner="organisation",
            due_on=_due_on(end.stated_at),
        )


def _due_on(stated_at: datetime) -> date:
    """Nor has the client charter a promise for an end that waits: as for a complaint (assumed)."""
    law = book().on(today(), today())
    days = charter_days("complaint")
    found = due_day(business_day(stated_at), days, (), lambda day: is_working_day(day, law))
    return found or business_day(stated_at)


class UnverifiedSpellOut(Out):
    """A spell that its employer stated and that no officer has verified."""

    spell: UUID
    person: PersonId
    employer: EmployerId
    started_on: date
    ended_on: date | None
    stated_on: date | None = Field(description="The day on which its start was first stated.")
    refused: bool = Field(description="Whether an officer has looked, and found that it did not begin as stated.")

    @classmethod
    def of(cls, spell: Spell) -> Self:
        """From what is stored."""
        return cls(
            spell=spell.id,
            person=person_id(spell.person),
            employer=employer_id(spell.employer),
            started_on=spell.started_on,
            ended_on=spell.ended_on,
            stated_on=spell.stated_on,
            refused=spell.refused,
        )


class SpellOut(Out):
    """A spell as known now, and the end that waits for an officer, if one does: until then the spell goes on."""

    spell: UUID
    person: PersonId
    employer: EmployerId
    started_on: date
    ended_on: date | None
    stated_on: date | None = Field(
        description="The day on which its start was first stated; null where the spell is older than this record."
    )
    verified: bool = Field(
        description="Whether an officer stated or verified it. Until then an employment that was stated after an "
        "accident shows no cover for it."
    )
    refused: bool = Field(description="Whether the last word of an officer was that it did not begin as stated.")
    kind_of_work: KindOfWork | None = Field(description="Null where nobody stated it: taken as permanent work.")
    spouse_of_employer: bool
    allowance: Money | None
    waiting_end: WaitingEndOut | None

    @classmethod
    def of(cls, spell: Spell, waiting: WaitingEnd | None = None) -> Self:
        """From what is stored."""
        return cls(
            spell=spell.id,
            person=person_id(spell.person),
            employer=employer_id(spell.employer),
            started_on=spell.started_on,
            ended_on=spell.ended_on,
            stated_on=spell.stated_on,
            verified=spell.verified,
            refused=spell.refused,
            kind_of_work=spell.work.kind,
            spouse_of_employer=spell.work.spouse,
            allowance=None if spell.work.allowance is None else Money.of(spell.work.allowance),
            waiting_end=None if waiting is None else WaitingEndOut.of(waiting),
        )


@router.post(
    "/v1/spells",
    status_code=201,
    summary="Start a spell of employment",
    dependencies=[requires("registration:spell:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def start_spell(body: SpellIn, uow: CommittedBeforeAnswer, caller: Party, latest: LatestDay) -> SpellOut:
    """Say that a person began to work for an employer: an employer for itself, an officer for any.

    A person's number is easily guessed, and a spell lets the employer read who it is: so an employer proves by the
    national id that it knows the person. Who knows national id and name needs no number. What does not belong together
    is an unknown person, whichever of it is wrong.
    """
    employer = employer_number(body.employer)
    if not caller.is_officer and caller.party != tenant_of(employer):
        raise EmployerUnknown()
    whom, proof = None if body.person is None else person_number(body.person), body.proof(caller)
    officer = caller.subject if caller.is_officer else None
    said = (whom, employer, body.started_on, latest, caller.party, proof, body.name, officer)
    stated = StartSpell(*said, work=body.work)
    return SpellOut.of(await handle_start_spell(stated, uow))


@router.post(
    "/v1/spells/{spell}/end",
    summary="End a spell of employment",
    dependencies=[requires("registration:spell:write"), Depends(idempotent)],
    responses={**problems(400, 404, 409, 422), 202: {"model": SpellOut, "description": "The end waits for an officer"}},
)
async def end_spell(
    spell: SpellInPath,
    body: SpellEndIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    latest: LatestDay,
    earliest: EarliestEnd,
    response: Response,
) -> SpellOut:
    """Give the caller's spell its last day; an officer may end any, and correct the last day of one that has ended.

    A day that would take away cover from days long past, or before a month with wages, waits for an officer: 202.
    """
    ended, waiting = await handle_end_spell(EndSpell(spell, body.ended_on, latest, caller.party, earliest), uow)
    response.status_code = 200 if waiting is None else 202
    return SpellOut.of(ended, waiting)


@router.post(
    "/v1/spells/{spell}/verification",
    summary="Verify a spell of employment",
    dependencies=[
        requires("registration:spell:write"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.WAGE, of="person"),
    ],
    responses=problems(400, 404, 409, 422),
)
async def verify_spell(spell: SpellInPath, uow: CommittedBeforeAnswer, caller: Party) -> SpellOut:
    """Say that a spell began as it was stated; for the organisation's officers.

    Claims of accidents that happened before the employment was stated are asked again by it. It is kept who said so.
    """
    return SpellOut.of(await handle_verify_spell(VerifySpell(spell, caller.subject, caller.party), uow))


@router.post(
    "/v1/spells/{spell}/verification/refusal",
    summary="Refuse to verify a spell of employment",
    dependencies=[
        requires("registration:spell:write"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.WAGE, of="person"),
    ],
    responses=problems(400, 404, 409, 422),
)
async def refuse_verification(spell: SpellInPath, uow: CommittedBeforeAnswer, caller: Party) -> SpellOut:
    """Say that a spell did not begin as it was stated, or take a verification back; for the organisation's officers.

    It counts for nothing, whenever it was stated: it makes nobody a member, and claims of which nothing else speaks for
    cover are refused, or ask an officer where they are decided. A later verification takes the refusal back.
    """
    return SpellOut.of(await refuse_spell(RefuseSpell(spell, caller.subject, caller.party), uow))


@router.post(
    "/v1/spells/{spell}/waiting-end/refusal",
    summary="Refuse an end that waits",
    dependencies=[
        requires("registration:spell:write"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.WAGE, of="person"),
    ],
    responses=problems(400, 404, 409, 422),
)
async def refuse_waiting_end(spell: SpellInPath, uow: CommittedBeforeAnswer) -> SpellOut:
    """Say that a spell goes on although its employer stated an end; for the organisation's officers.

    To confirm an end, an officer ends the spell, with the same day or another.
    """
    return SpellOut.of(await keep_spell_open(KeepSpellOpen(spell), uow))


@router.get(
    "/v1/waiting-ends",
    summary="List the ends of employment that wait for an officer",
    dependencies=[requires("registration:spell:read")],
    responses=problems(400, 422),
)
async def list_waiting_ends(listing: Listing, uow: CommittedBeforeAnswer, looker: Looker) -> Page[WaitingEndOut]:
    """The caller's own; everybody's for the organisation's officers."""
    found = await waiting_ends.list_waiting_ends(listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=WaitingEndOut.of, position=lambda end: [str(end.spell)])


@router.get(
    "/v1/unverified-spells",
    summary="List the spells that no officer has verified",
    dependencies=[requires("registration:spell:read")],
    responses=problems(400, 422),
)
async def list_unverified_spells(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker, person: PersonFilter = None
) -> Page[UnverifiedSpellOut]:
    """An employer's own; for the organisation's officers, who have to name the person, all of the person's."""
    found = await spells.list_unverified_spells(person, listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=UnverifiedSpellOut.of)
