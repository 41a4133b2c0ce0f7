"""Merging and splitting persons: an officer states that two numbers are one person's, or are not, and two decide."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer
from services.registration.api.fields import MONTH_PATTERN, Officer, Source
from services.registration.commands.state_merge import StateMerge, StateSplit, state_merge, state_split
from services.registration.domain.contribution import month_of, number_of
from services.registration.domain.person_merge import (
    Assigned,
    Contradiction,
    Difference,
    MergeReason,
    MergeStatement,
    MergeWhat,
    StatedLine,
)
from services.registration.queries import person_merges
from services.registration.queries.person_merges import MergeRead
from services.registration.storage.person_merges import StatedSince
from services.registration.storage.stated_since import LineSince, SpellSince
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.kernel.periods import Month
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import DocumentNumber, Whole
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

LARGEST_FACT = 2**63 - 1
router = APIRouter(route_class=CommittingRoute, tags=["person merges"])

MergeInPath = Annotated[UUID, Path(description="The statement that two numbers are one person's, or are not.")]
FactNumber = Annotated[Whole, Field(ge=1, le=LARGEST_FACT, description="A fact, by its number.", examples=[4711])]
SpellNumber = Annotated[UUID, Field(description="A spell.", examples=["01980000-0000-7000-8000-000000000001"])]
_Value = Annotated[str, Field(max_length=500, description="As it is known today.")]
_Month = Annotated[str, Field(pattern=MONTH_PATTERN, min_length=7, max_length=7, examples=["2026-06"])]
_KnownBefore = Annotated[
    list[PersonId],
    Field(
        max_length=100,
        description="The numbers under which this employer had stated an employment by the merge: where the number "
        "under which this was stated is not among them, officers look whose it is.",
    ),
]
_Attribute = Annotated[str, Field(max_length=40, examples=["born_on"])]


class PersonMergeIn(In):
    """That two numbers are one person's."""

    model_config = examples(
        {"person": "P000000021R", "survivor": "P000000012T", "reason": "registered_twice", "evidence": "KB-2026-0193"}
    )

    person: PersonId = Field(
        description="The number that goes: whoever asks for it is answered with the survivor. Of one that is merged "
        "already its survivor goes, with all that went into it."
    )
    survivor: PersonId = Field(
        description="The number under which both are known from then on; of one that is merged already its survivor."
    )
    reason: MergeReason = Field(examples=["registered_twice"])
    evidence: DocumentNumber

    def command(self, caller: Caller) -> StateMerge:
        """The command."""
        numbers = (person_number(self.person), person_number(self.survivor))
        return StateMerge(*numbers, self.reason, self.evidence, caller.party, caller.subject)


class AssignedLineIn(In):
    """The line of an employer's month, and the number under which it stands."""

    employer: EmployerId
    month: _Month
    person: PersonId

    def line(self) -> StatedLine:
        """As it is known inside."""
        month = number_of(Month.of(self.month))
        return StatedLine(employer_number(self.employer), month, person_number(self.person))


class PersonSplitIn(In):
    """That a number was merged wrongly."""

    model_config = examples(
        {"person": "P000000021R", "reason": "merged_wrongly", "evidence": "KB-2026-0194"},
        {
            "person": "P000000021R",
            "reason": "merged_wrongly",
            "evidence": "KB-2026-0194",
            "assigned": [4711],
            "assigned_spells": ["01980000-0000-7000-8000-000000000001"],
            "assigned_lines": [{"employer": "E0000000076", "month": "2026-06", "person": "P000000021R"}],
        },
    )

    person: PersonId = Field(description="The number that was merged into another.")
    reason: MergeReason = Field(examples=["merged_wrongly"])
    evidence: DocumentNumber
    assigned: list[FactNumber] = Field(
        default_factory=list,
        max_length=1000,
        description="Facts of `stated_since` that are the other one's than the number under which they were stated. "
        "What is not named stays under its number.",
    )
    assigned_spells: list[SpellNumber] = Field(
        default_factory=list, max_length=1000, description="Employments of `employed_since` likewise."
    )
    assigned_lines: list[AssignedLineIn] = Field(
        default_factory=list, max_length=1000, description="Months of `contributed_since` likewise."
    )

    def command(self, caller: Caller) -> StateSplit:
        """The command."""
        lines = tuple(each.line() for each in self.assigned_lines)
        why = (self.reason, self.evidence, Assigned(tuple(self.assigned), tuple(self.assigned_spells), lines))
        return StateSplit(person_number(self.person), *why, caller.party, caller.subject)


class DifferenceOut(Out):
    """What is known otherwise of both: whoever approves the merge says whose is kept."""

    attribute: _Attribute
    of_person: _Value | None
    of_survivor: _Value | None

    @classmethod
    def of(cls, found: Difference) -> Self:
        """From what is stored."""
        return cls(attribute=found.attribute, of_person=found.of_person, of_survivor=found.of_survivor)


class FactSinceOut(Out):
    """A fact that was stated since the merge, and the number under which it stays by default."""

    fact: FactNumber
    person: PersonId
    attribute: _Attribute
    value: _Value
    first_day: date | None
    last_day: date | None

    @classmethod
    def of(cls, since: StatedSince) -> Self:
        """From what is stored."""
        known = since.known
        days = {"first_day": known.first, "last_day": known.last}
        return cls(
            fact=since.fact, person=person_id(since.person), attribute=known.attribute, value=known.value, **days
        )


class SpellSinceOut(Out):
    """An employment that was stated since the merge; it stays with the number under which its employer stated it."""

    spell: UUID
    person: PersonId
    employer: EmployerId
    known_before: _KnownBefore

    @classmethod
    def of(cls, since: SpellSince) -> Self:
        """From what is stored."""
        known = list(map(person_id, since.known_before))
        employer = employer_id(since.employer)
        return cls(spell=since.spell, person=person_id(since.person), employer=employer, known_before=known)


class LineSinceOut(Out):
    """A month that was contributed for, or sent again, since the merge; it stays under its number as well."""

    employer: EmployerId
    month: str = Field(min_length=7, max_length=7, examples=["2026-06"])
    person: PersonId
    known_before: _KnownBefore

    @classmethod
    def of(cls, since: LineSince) -> Self:
        """From what is stored."""
        line, known = since.line, list(map(person_id, since.known_before))
        whose = {"employer": employer_id(line.employer), "person": person_id(line.person)}
        return cls(month=str(month_of(line.month)), known_before=known, **whose)


class AssignedLineOut(Out):
    """The line of an employer's month, and the number under which it stood."""

    employer: EmployerId
    month: str = Field(min_length=7, max_length=7, examples=["2026-06"])
    person: PersonId

    @classmethod
    def of(cls, line: StatedLine) -> Self:
        """From what is stored."""
        whose = {"employer": employer_id(line.employer), "person": person_id(line.person)}
        return cls(month=str(month_of(line.month)), **whose)


class PersonMergeOut(Out):
    """What was stated of two numbers; read by its id, what officers look at beside it."""

    statement: UUID
    what: MergeWhat
    person: PersonId
    survivor: PersonId
    reason: MergeReason
    evidence: str | None = Field(max_length=40)
    source: Source
    officer: Officer
    stated_at: datetime
    held_until: datetime = Field(description="Until when payments of both are held at most.")
    counts: bool | None = Field(description="Whether two officers let it count; null: they look.")
    assigned: list[FactNumber] = Field(max_length=1000, description="Of a split: facts that are the other one's.")
    assigned_spells: list[SpellNumber] = Field(max_length=1000, description="Of a split: employments likewise.")
    assigned_lines: list[AssignedLineOut] = Field(max_length=1000, description="Of a split: months likewise.")
    differences: list[DifferenceOut] = Field(max_length=20, description="Of a merge.")
    contradicts: list[Contradiction] = Field(
        max_length=4, description="Of a merge: what cannot be true of one person. A court's order alone merges both."
    )
    stated_since: list[FactSinceOut] = Field(max_length=1000, description="Of a split.")
    employed_since: list[SpellSinceOut] = Field(max_length=1000, description="Of a split.")
    contributed_since: list[LineSinceOut] = Field(max_length=1000, description="Of a split.")

    @classmethod
    def of(cls, found: MergeRead) -> Self:
        """From what is stored."""
        said = found.statement
        return cls(
            statement=said.id,
            what=said.what,
            person=person_id(said.person),
            survivor=person_id(said.survivor),
            reason=said.reason,
            evidence=said.evidence,
            source=said.tenant,
            officer=said.officer,
            stated_at=said.stated_at,
            held_until=said.held_until,
            counts=said.counts,
            assigned=list(said.assigned.facts),
            assigned_spells=list(said.assigned.spells),
            assigned_lines=list(map(AssignedLineOut.of, said.assigned.lines)),
            differences=list(map(DifferenceOut.of, found.differences)),
            contradicts=list(found.contradicts),
            stated_since=list(map(FactSinceOut.of, found.since.facts)),
            employed_since=list(map(SpellSinceOut.of, found.since.spells)),
            contributed_since=list(map(LineSinceOut.of, found.since.lines)),
        )


class MergeStated(Out):
    """The statement; it counts when two officers have let it count in the queue `person_merge`."""

    statement: UUID
    what: MergeWhat
    person: PersonId
    survivor: PersonId
    held_until: datetime = Field(description="Until when payments of both are held at most.")

    @classmethod
    def of(cls, said: MergeStatement) -> Self:
        """From what is stored."""
        numbers = {"person": person_id(said.person), "survivor": person_id(said.survivor)}
        return cls(statement=said.id, what=said.what, held_until=said.held_until, **numbers)


@router.post(
    "/v1/person-merges",
    status_code=202,
    summary="State that two numbers are one person's",
    dependencies=[requires("registration:person_merge:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def state_person_merge(body: PersonMergeIn, uow: CommittedBeforeAnswer, caller: Party) -> MergeStated:
    """Two officers decide in the queue `person_merge`; until then payments of both are held."""
    return MergeStated.of(await state_merge(body.command(caller), uow))


@router.post(
    "/v1/person-splits",
    status_code=202,
    summary="State that a number was merged wrongly",
    dependencies=[requires("registration:person_merge:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def state_person_split(body: PersonSplitIn, uow: CommittedBeforeAnswer, caller: Party) -> MergeStated:
    """Two officers decide in the queue `person_merge`; until then payments of both are held."""
    return MergeStated.of(await state_split(body.command(caller), uow))


@router.get(
    "/v1/person-merges",
    summary="List merges and splits",
    dependencies=[requires("registration:person_merge:read"), Depends(officers_only)],
    responses=problems(400, 403, 422),
)
async def list_person_merges(listing: Listing, uow: CommittedBeforeAnswer) -> Page[PersonMergeOut]:
    """What was ever stated, in its order, without what officers look at: read one by its id for that."""
    found = await person_merges.list_merges(listing.after_id, listing.limit, uow)
    return listing.page(found, item=PersonMergeOut.of, position=lambda each: [str(each.statement.id)])


@router.get(
    "/v1/person-merges/{statement}",
    summary="Read a merge or a split",
    dependencies=[requires("registration:person_merge:read"), Depends(officers_only)],
    responses=problems(403, 404, 422),
)
async def read_person_merge(statement: MergeInPath, uow: CommittedBeforeAnswer) -> PersonMergeOut:
    """What differs of both, or what was stated of either since they are one: what officers look at."""
    return PersonMergeOut.of(await person_merges.find_merge(statement, uow))
