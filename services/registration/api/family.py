"""Family relations: officers state them and two let them count, and a person reads its own."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import Name, NameIn
from services.registration.commands.end_relation import EndRelation
from services.registration.commands.end_relation import end_relation as handle_end_relation
from services.registration.commands.state_relation import StateRelation, state_relation
from services.registration.domain.errors import RelativeUnnamed
from services.registration.domain.relation import Named, RelationAct, RelationFact, RelationKind, RelationStatement
from services.registration.queries.family import list_family as find_family
from shared.kernel.identifiers import person_id, person_number
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber, Instant
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["family"])

RelationInPath = Annotated[UUID, Path(description="The family relation.")]
_DayAsked = Annotated[Day | None, Query(description="Only relations with this day. Left out: all of them.")]
_KnownAt = Annotated[
    Instant | None, Query(description="As it was known at this instant. Left out: as it is known now.")
]
_FIRST_ON = "The first day: of the marriage, the birth, the adoption, the guardianship."


class NamedRelativeIn(In):
    """A relative who is not registered; the name is stored encrypted."""

    name: NameIn
    born_on: Day | None = Field(
        default=None, description="The day of birth, where it is known.", examples=["2015-03-09"]
    )


class RelationIn(In):
    """A family relation that a document shows."""

    model_config = examples(
        {
            "person": "P000000012T",
            "kind": "spouse",
            "relative": "P000000021R",
            "first_on": "2016-05-14",
            "evidence": "NC-2016-0514",
        },
        {
            "person": "P000000012T",
            "kind": "child",
            "named": {"name": "NUR AISYAH BINTI AHMAD", "born_on": "2017-03-09"},
            "first_on": "2017-03-09",
            "last_on": "2026-01-31",
            "evidence": "SL-2017-0309",
        },
    )

    person: PersonId
    kind: RelationKind = Field(description="What the relative is to the person.", examples=["spouse"])
    relative: PersonId | None = Field(default=None, description="The relative's number, where registered.")
    named: NamedRelativeIn | None = Field(default=None, description="Who it is, where not registered.")
    first_on: Day = Field(description=_FIRST_ON, examples=["2016-05-14"])
    last_on: Day | None = Field(default=None, description="The last day, where it has ended.", examples=["2026-01-31"])
    evidence: DocumentNumber

    def command(self, caller: Caller) -> StateRelation:
        """The command; raises RelativeUnnamed."""
        if (self.relative is None) == (self.named is None):
            raise RelativeUnnamed()
        return StateRelation(
            person=person_number(self.person),
            kind=self.kind,
            relative=None if self.relative is None else person_number(self.relative),
            named=None if self.named is None else Named(self.named.name, self.named.born_on),
            first=self.first_on,
            last=self.last_on,
            evidence=self.evidence,
            source=caller.party,
            officer=caller.subject,
        )


class RelationEndIn(In):
    """The last day of a relation, also another one than is known."""

    model_config = examples({"last_on": "2026-01-31", "evidence": "SC-2026-0131"})

    last_on: Day = Field(description="The last day: of a divorce, a death, a guardianship.", examples=["2026-01-31"])
    evidence: DocumentNumber


class RelationWithdrawalIn(In):
    """That a relation never was."""

    model_config = examples({"evidence": "KB-2026-0193"})

    evidence: DocumentNumber


class RelationStatementOut(Out):
    """What was stated; it counts when two officers have let it count in the queue `family_relation`."""

    statement: UUID
    relation: UUID
    act: RelationAct = Field(description="began, ended, or withdrawn: it never was.")
    kind: RelationKind = Field(description="What the relative is to the person.")
    person: PersonId = Field(description="Of two registered persons the elder generation, or the lower number.")
    relative: PersonId | None
    first_on: date
    last_on: date | None
    stated_at: datetime

    @classmethod
    def of(cls, said: RelationStatement) -> Self:
        """From what is stored."""
        relation = said.relation
        return cls(
            statement=said.id,
            relation=relation.id,
            act=said.act,
            kind=relation.kind,
            person=person_id(relation.person),
            relative=None if relation.relative is None else person_id(relation.relative),
            first_on=relation.first,
            last_on=relation.last,
            stated_at=said.stated_at,
        )


class NamedRelativeOut(Out):
    """A relative who is not registered."""

    name: Name | None = Field(description="Null where a restored database knows the relation without it.")
    born_on: date | None


class RelationOut(Out):
    """A relation of the person as it was known, and on whose word."""

    relation: UUID
    kind: RelationKind = Field(description="What the relative is to the person.")
    relative: PersonId | None
    named: NamedRelativeOut | None = Field(description="Who it is, where not registered.")
    first_on: date
    last_on: date | None = Field(description="Null while it goes on.")
    recorded_at: datetime = Field(description="Since when it is known like this.")
    source: str = Field(max_length=60, description="The party that stated it.", examples=["organisation:1"])
    evidence: str | None = Field(max_length=40, description="The document that shows it.", examples=["NC-2016-0514"])
    permission: str | None = Field(max_length=40, description="The document that permits it beside another marriage.")

    @classmethod
    def of(cls, fact: RelationFact) -> Self:
        """From what is stored."""
        relation = fact.relation
        named = relation.named
        return cls(
            relation=relation.id,
            kind=relation.kind,
            relative=None if relation.relative is None else person_id(relation.relative),
            named=None if named is None else NamedRelativeOut(name=named.name, born_on=named.born_on),
            first_on=relation.first,
            last_on=relation.last,
            recorded_at=fact.recorded_at,
            source=fact.source,
            evidence=fact.evidence,
            permission=fact.permission,
        )


@router.get(
    "/v1/persons/{person}/family",
    summary="List a person's family relations",
    dependencies=[requires("registration:family:read")],
    responses=problems(400, 404, 422),
)
async def list_family(
    person: PersonInPath,
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    at: _DayAsked = None,
    known_at: _KnownAt = None,
) -> Page[RelationOut]:
    """For the person and the organisation's officers; for anybody else, an employer too, there is no such person."""
    page = (listing.after_id, listing.limit)
    found = await find_family(person_number(person), (at, known_at), page, looker, uow)
    return listing.page(found, item=RelationOut.of, position=lambda fact: [str(fact.relation.id)])


@router.post(
    "/v1/family-relations",
    status_code=202,
    summary="State a family relation",
    dependencies=[requires("registration:family:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def record_relation(body: RelationIn, uow: CommittedBeforeAnswer, caller: Party) -> RelationStatementOut:
    """Say by which document two human beings are relatives; for the organisation's officers.

    It counts when two officers have let it count in the queue `family_relation`, of whom the one who approves did not
    state it. State it once, from either side.
    """
    return RelationStatementOut.of(await state_relation(body.command(caller), uow))


@router.post(
    "/v1/family-relations/{relation}/end",
    status_code=202,
    summary="End a family relation",
    dependencies=[requires("registration:family:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def end_relation(
    relation: RelationInPath, body: RelationEndIn, uow: CommittedBeforeAnswer, caller: Party
) -> RelationStatementOut:
    """Give a relation its last day, or another one than is known; it counts when two officers have let it count."""
    ended = EndRelation(relation, body.last_on, body.evidence, caller.party, caller.subject)
    return RelationStatementOut.of(await handle_end_relation(ended, uow))


@router.post(
    "/v1/family-relations/{relation}/withdrawal",
    status_code=202,
    summary="Withdraw a family relation",
    dependencies=[requires("registration:family:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def withdraw_relation(
    relation: RelationInPath, body: RelationWithdrawalIn, uow: CommittedBeforeAnswer, caller: Party
) -> RelationStatementOut:
    """Say that a relation never was; it counts until two officers have let that count."""
    withdrawn = EndRelation(relation, None, body.evidence, caller.party, caller.subject)
    return RelationStatementOut.of(await handle_end_relation(withdrawn, uow))
