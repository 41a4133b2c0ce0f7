"""What is known of a person as facts: their history, corrections of them, and what of those waits for officers."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import READS_AS_WRITTEN, Officer, Source, stated_by
from services.registration.commands.retract_fact import RetractFact
from services.registration.commands.retract_fact import retract_fact as handle_retract_fact
from services.registration.commands.state_correction import StateCorrection, state_correction
from services.registration.domain.correction import Attribute, Correction, Days, Reason, State, StatedBy, What
from services.registration.domain.person import PersonFact
from services.registration.queries import person_facts
from services.registration.storage.persons import Viewer
from shared.kernel.identifiers import new_id, person_id, person_number
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import ONE_LINE, Day, DocumentNumber
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["person facts"])

_LARGEST_FACT = 2**63 - 1
FactInPath = Annotated[int, Path(ge=1, le=_LARGEST_FACT, description="The fact.", examples=[12])]
_Fact = Annotated[int, Field(ge=1, le=_LARGEST_FACT, examples=[12])]
_Value = Annotated[str, Field(min_length=1, max_length=500, examples=["AHMAD BIN ALI"])]
_Evidence = Annotated[str, Field(max_length=40, examples=["KB-2026-0193"])]
_Code = Annotated[str, Field(max_length=40, examples=["misspelt"])]


class FactIn(In):
    """What is true of a person, on which days, and why it is stated otherwise than before."""

    model_config = examples(
        {
            "attribute": "address",
            "value": "2 Jalan Tun, 75000 Melaka",
            "first_day": "2026-01-01",
            "last_day": "2026-12-31",
            "reason": "changed",
            "evidence": "KB-2026-0193",
        },
        {"attribute": "email", "value": "ahmad@example.org", "reason": "changed"},
        {"attribute": "born_on", "value": "1988-08-09", "reason": "wrong_document", "evidence": "SB-1988-0193"},
        {"attribute": "residence", "value": "permanent_resident", "first_day": "2025-01-01", "reason": "changed"},
    )

    attribute: Attribute = Field(description="name, address, email, telephone, born_on or residence.")
    value: Annotated[_Value, ONE_LINE, READS_AS_WRITTEN] = Field(
        description="As written; a day of birth as YYYY-MM-DD; a residence by its code."
    )
    first_day: Day | None = Field(default=None, description="The first day of it; left out: from birth on.")
    last_day: Day | None = Field(default=None, description="The last day of it; left out: for good.")
    reason: Reason = Field(description="Why it is stated.", examples=["misspelt"])
    evidence: DocumentNumber | None = None

    def correction(self, person: int, by: StatedBy) -> Correction:
        """What is stated."""
        return Correction(
            id=new_id(),
            person=person,
            what=What.FACT,
            attribute=self.attribute,
            days=Days(self.first_day, self.last_day),
            value=self.value,
            about=None,
            reason=self.reason,
            evidence=self.evidence,
            by=by,
        )


class RetractionIn(In):
    """Why a fact is taken back, and the document that shows it."""

    model_config = examples({"reason": "wrong_person", "evidence": "KB-2026-0193"})

    reason: Reason = Field(examples=["wrong_person"])
    evidence: DocumentNumber


class CorrectionStated(Out):
    """That something was stated. What it says is read by its id, so that no kept answer holds it."""

    correction: UUID
    state: State = Field(description="waiting: for two officers. counts: already.")

    @classmethod
    def of(cls, said: Correction) -> Self:
        """From what is stored."""
        return cls(correction=said.id, state=said.state)


class CorrectionOut(Out):
    """What was stated of a person, and whether it counts. A national id is not shown, but for its kind."""

    correction: UUID
    what: What
    attribute: Attribute
    value: _Value | None
    first_day: date | None
    last_day: date | None
    about: str | None = Field(max_length=40, description="The fact or the national id that is taken back.")
    reason: Reason
    evidence: _Evidence | None
    stated_by: Source
    stated_at: datetime
    state: State = Field(description="waiting: for two officers. counts, refused: as they decided.")

    @classmethod
    def of(cls, said: Correction) -> Self:
        """From what is stored."""
        value = said.value
        if value is not None and said.what is What.NATIONAL_ID:
            value = value.partition(":")[0]
        return cls(
            correction=said.id,
            what=said.what,
            attribute=said.attribute,
            value=value,
            first_day=said.days.first,
            last_day=said.days.last,
            about=said.about,
            reason=said.reason,
            evidence=said.evidence,
            stated_by=said.by.tenant,
            stated_at=said.by.at,
            state=said.state,
        )


class PersonFactOut(Out):
    """A fact as it was recorded; a retraction has no value, and names the fact that it takes back."""

    fact: _Fact
    attribute: _Code
    value: _Value | None
    first_day: date | None = Field(description="Null: from birth on.")
    last_day: date | None = Field(description="Null: for good.")
    source: Source = Field(
        description="The party that stated it; to another employer only its kind.",
        examples=["employer"],
    )
    officer: Officer | None = Field(description="The officer who stated it; told to officers.")
    approved_by: Officer | None = Field(description="The officer on whose approval it counts; told to officers.")
    reason: _Code | None = Field(description="Told to officers, the person, and who stated it.")
    evidence: _Evidence | None = Field(description="Told to officers, the person, and who stated it.")
    recorded_at: datetime
    retracts: _Fact | None
    retracted_by: _Fact | None
    stated_of: PersonId = Field(description="The number of the person of which it was stated.")

    @classmethod
    def of(cls, fact: PersonFact, looker: Viewer) -> Self:
        """From what is stored: an employer learns of no other one."""
        to_officer, is_told = looker.officer, looker.employer is None or looker.tenant == fact.source
        return cls(
            fact=fact.id,
            attribute=fact.attribute,
            value=fact.value,
            first_day=fact.first_day,
            last_day=fact.last_day,
            source=fact.source if is_told else fact.source.partition(":")[0],
            officer=fact.officer if to_officer else None,
            approved_by=fact.approved_by if to_officer else None,
            reason=fact.reason if is_told else None,
            evidence=fact.evidence if is_told else None,
            recorded_at=fact.recorded_at,
            retracts=fact.retracts,
            retracted_by=fact.retracted_by,
            stated_of=person_id(fact.person),
        )


@router.post(
    "/v1/persons/{person}/facts",
    status_code=202,
    summary="State a fact of a person",
    dependencies=[requires("registration:person:correct"), Depends(idempotent)],
    responses={
        201: {"model": CorrectionStated, "description": "It counts already."},
        **problems(400, 403, 404, 409, 422),
    },
)
async def state_fact(
    person: PersonInPath,
    body: FactIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    response: Response,
) -> CorrectionStated:
    """State what is true of a person otherwise than it is known.

    An address, e-mail or telephone that the person or an officer states counts at once. Anything else waits for two
    officers: these of an employer, a name, and what an officer states of name, birth or residence.
    """
    said = body.correction(person_number(person), stated_by(caller))
    kept = await state_correction(StateCorrection(said, looker), uow)
    if kept.state is State.COUNTS:
        response.status_code = 201
    return CorrectionStated.of(kept)


@router.post(
    "/v1/persons/{person}/facts/{fact}/retractions",
    status_code=202,
    summary="Take back a fact of a person",
    dependencies=[requires("registration:person:correct"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def retract_fact(
    person: PersonInPath,
    fact: FactInPath,
    body: RetractionIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
) -> CorrectionStated:
    """Say that a fact was wrong. Once two officers let it count, what was known of its days before is known again."""
    said = RetractFact(person_number(person), fact, body.reason, body.evidence, stated_by(caller), looker)
    return CorrectionStated.of(await handle_retract_fact(said, uow))


@router.get(
    "/v1/persons/{person}/facts",
    summary="List the facts of a person",
    dependencies=[requires("registration:person:read")],
    responses=problems(400, 404, 422),
)
async def list_person_facts(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[PersonFactOut]:
    """All that was ever stated, in its order; to an employer what it stated itself and what stands, but no contact."""
    after = listing.after
    position = int(after[0]) if after else 0
    found = await person_facts.list_facts(person_number(person), position, listing.limit, looker, uow)

    def shown(fact: PersonFact) -> PersonFactOut:
        return PersonFactOut.of(fact, looker)

    return listing.page(found, item=shown, position=lambda fact: [fact.id])


@router.get(
    "/v1/persons/{person}/corrections",
    summary="List the corrections of a person",
    dependencies=[requires("registration:person:read")],
    responses=problems(400, 404, 422),
)
async def list_corrections(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[CorrectionOut]:
    """What was stated and what became of it: the caller's own, or all of it for the person and for officers."""
    number = person_number(person)
    found = await person_facts.list_corrections(number, listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=CorrectionOut.of, position=_position)


def _position(said: Correction) -> Position:
    return [str(said.id)]
