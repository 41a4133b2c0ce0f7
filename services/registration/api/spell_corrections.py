"""Corrections of spells: days and kind of work as facts, and what of those waits for officers."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, LatestDay, Looker
from services.registration.api.fields import Officer, Source, stated_by
from services.registration.api.spells import Allowance, SpellInPath
from services.registration.commands.correct_spell import CorrectSpell
from services.registration.commands.correct_spell import correct_spell as handle_correct_spell
from services.registration.domain.spell_correction import SpellCorrection, SpellCorrectionReason
from services.registration.domain.spell_fact import SpellFact
from services.registration.domain.work import KindOfWork
from services.registration.queries import spell_corrections
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber, Flag
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["spells"])

_LARGEST_FACT = 2**63 - 1
_Evidence = Annotated[str, Field(max_length=40, examples=["KB-2026-0193"])]
_STATES: dict[bool | None, Literal["waiting", "counts", "refused"]] = {
    None: "waiting",
    True: "counts",
    False: "refused",
}


class SpellCorrectionIn(In):
    """What of a spell is otherwise than it stands; what is left out stays."""

    model_config = examples(
        {"kind_of_work": "part_time", "reason": "not_stated_before"},
        {
            "started_on": "2024-04-01",
            "ended_on": "2026-08-31",
            "reason": "mistyped",
            "evidence": "KB-2026-0193",
        },
        {"goes_on": True, "reason": "did_not_leave", "evidence": "KB-2026-0193"},
        {
            "kind_of_work": "intern",
            "allowance": {"amount": "900.00", "currency": "MYR"},
            "spouse_of_employer": False,
            "reason": "wrong_document",
        },
    )

    started_on: Day | None = Field(default=None, description="The first day.", examples=["2024-04-01"])
    ended_on: Day | None = Field(default=None, description="The last day.", examples=["2026-08-31"])
    goes_on: Flag = Field(default=False, description="That it has no last day after all.")
    kind_of_work: KindOfWork | None = Field(default=None, description="How the person works for the employer.")
    spouse_of_employer: Flag | None = Field(default=None, description="Whether married to the employer.")
    allowance: Allowance | None = None
    reason: SpellCorrectionReason = Field(examples=["mistyped"])
    evidence: DocumentNumber | None = None

    def correction(self, spell: UUID, caller: Caller) -> SpellCorrection:
        """What is stated; whose it is is read with the spell."""
        return SpellCorrection(
            id=new_id(),
            spell=spell,
            person=0,
            employer=0,
            by=stated_by(caller),
            reason=self.reason,
            evidence=self.evidence,
            started_on=self.started_on,
            ended_on=self.ended_on,
            goes_on=self.goes_on,
            kind=self.kind_of_work,
            spouse=self.spouse_of_employer,
            allowance=None if self.allowance is None else self.allowance.sen,
        )


class SpellCorrectionOut(Out):
    """What was stated of a spell, and whether it counts."""

    correction: UUID
    spell: UUID
    person: PersonId
    employer: EmployerId
    started_on: date | None
    ended_on: date | None
    goes_on: bool
    kind_of_work: KindOfWork | None
    spouse_of_employer: bool | None
    allowance: Money | None
    reason: SpellCorrectionReason
    evidence: _Evidence | None
    stated_by: Source
    stated_at: datetime
    state: Literal["waiting", "counts", "refused"] = Field(
        description="waiting: for two officers, in the queue spell_correction. counts, refused: as they decided; what "
        "lowers and extends nothing counts at once."
    )

    @classmethod
    def of(cls, said: SpellCorrection) -> Self:
        """From what is stored."""
        return cls(
            correction=said.id,
            spell=said.spell,
            person=person_id(said.person),
            employer=employer_id(said.employer),
            started_on=said.started_on,
            ended_on=said.ended_on,
            goes_on=said.goes_on,
            kind_of_work=said.kind,
            spouse_of_employer=said.spouse,
            allowance=None if said.allowance is None else Money.of(said.allowance),
            reason=said.reason,
            evidence=said.evidence,
            stated_by=said.by.tenant,
            stated_at=said.by.at,
            state=_STATES[said.counts],
        )


class SpellFactOut(Out):
    """A spell as it was stated once, and on whose word."""

    fact: int = Field(ge=1, le=_LARGEST_FACT, examples=[12])
    started_on: date
    ended_on: date | None
    kind_of_work: KindOfWork | None = Field(description="Null where nobody stated it.")
    spouse_of_employer: bool
    allowance: Money | None
    stated_by: Source
    officer: Officer | None = Field(description="Who of the organisation stated it; for officers.")
    approved_by: Officer | None = Field(description="Who let it count; for officers.")
    reason: Annotated[str, Field(max_length=40, examples=["mistyped"])] | None
    evidence: _Evidence | None
    recorded_at: datetime
    retracted_by: int | None = Field(ge=1, le=_LARGEST_FACT, description="The fact that took its place.")

    @classmethod
    def of(cls, fact: SpellFact, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(
            fact=fact.id,
            started_on=fact.first,
            ended_on=fact.last,
            kind_of_work=fact.work.kind,
            spouse_of_employer=fact.work.spouse,
            allowance=None if fact.work.allowance is None else Money.of(fact.work.allowance),
            stated_by=fact.source,
            officer=fact.officer if officer else None,
            approved_by=fact.approved_by if officer else None,
            reason=fact.reason,
            evidence=fact.evidence,
            recorded_at=fact.recorded_at,
            retracted_by=fact.retracted_by,
        )


@router.post(
    "/v1/spells/{spell}/corrections",
    status_code=201,
    summary="Correct a spell of employment",
    dependencies=[requires("registration:spell:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def correct_spell(
    spell: SpellInPath, body: SpellCorrectionIn, uow: CommittedBeforeAnswer, caller: Party, latest: LatestDay
) -> SpellCorrectionOut:
    """State a spell otherwise than it stands: its employer, or an officer.

    What lowers or extends nothing counts at once, such as a kind of work that the law has alike. Everything else waits
    for two officers, of whom the one who approves did not state it; until then the spell stands as it was.
    """
    said = body.correction(spell, caller)
    return SpellCorrectionOut.of(await handle_correct_spell(CorrectSpell(said, latest), uow))


@router.get(
    "/v1/spell-corrections",
    summary="List what corrects spells",
    dependencies=[requires("registration:spell:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 422),
)
async def list_spell_corrections(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[SpellCorrectionOut]:
    """Of the caller's own spells; of everybody's for the organisation's officers."""
    found = await spell_corrections.list_spell_corrections(listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=SpellCorrectionOut.of, position=lambda said: [str(said.id)])


@router.get(
    "/v1/spells/{spell}/facts",
    summary="List how a spell was stated",
    dependencies=[requires("registration:spell:read"), reads(DataKind.WAGE, of="spell")],
    responses=problems(400, 404, 422),
)
async def list_spell_facts(
    spell: SpellInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[SpellFactOut]:
    """Each statement of it, the first one first: of the caller's own spell; of any for the organisation's officers."""
    after = int(listing.after[0]) if listing.after else 0
    found = await spell_corrections.list_spell_facts(spell, after, listing.limit, looker, uow)
    return listing.page(
        found,
        item=lambda fact: SpellFactOut.of(fact, officer=looker.officer),
        position=lambda fact: [str(fact.id)],
    )
