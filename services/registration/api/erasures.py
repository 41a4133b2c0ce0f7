"""Erasing what is kept of a person: stated by the person or an officer, decided by two, and certified."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import Officer, Source
from services.registration.commands.state_erasure import StateErasure
from services.registration.commands.state_erasure import state_erasure as handle_erasure
from services.registration.domain.erasure import (
    Erasure,
    ErasureReason,
    ErasureState,
    Follower,
    FollowerState,
    Hold,
    HoldReason,
    KeptClass,
    followers_of,
    kept_classes,
)
from services.registration.queries import erasures
from shared.kernel.identifiers import person_id, person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, DocumentNumber
from shared.web.ids import PersonFilter, PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["erasures"])

_READ, _WRITE = "registration:erasure:read", "registration:erasure:write"
_Class = Annotated[str, Field(max_length=40, description="The record class.", examples=["contact"])]
_Law = Annotated[str, Field(max_length=1_000, description="Acts and sections, or that it is assumed.")]
_MOST_CLASSES = 40
# Who decides about erasures sees what each waits for; others what they may read anyhow. A claim is an id and no more,
# and what claims told, or the database, names nothing.
_DECIDE = "registration:erasure:decide"
_ANY = frozenset({_READ, _DECIDE})
_MATTERS = {
    HoldReason.ASSESSMENT_OPEN: frozenset({"registration:enforcement:read", _DECIDE}),
    HoldReason.MERGE_WAITS: frozenset({"registration:person_merge:read", _DECIDE}),
    HoldReason.CORRECTION_WAITS: frozenset({"registration:person:correct", _DECIDE}),
    HoldReason.FILE_WAITS: frozenset({"registration:contribution_file:read", _DECIDE}),
    HoldReason.FILE_FAILED: frozenset({"registration:contribution_file:read", _DECIDE}),
    HoldReason.PUSHED_EVENT_WAITS: frozenset({"registration:event:read", _DECIDE}),
    HoldReason.ASSIGNMENT_WAITS: frozenset({"registration:person_merge:read", _DECIDE}),
    HoldReason.RELATION_WAITS: frozenset({"registration:family:read", _DECIDE}),
    HoldReason.REGISTER_STATEMENT_WAITS: frozenset({"registration:register_statement:read", _DECIDE}),
}


class ErasureIn(In):
    """That what is kept of a person is erased."""

    model_config = examples(
        {"person": "P000000012T", "reason": "asked_by_person", "evidence": "PDP-2026-0193"},
        {"person": "P000000012T", "reason": "registered_by_mistake", "evidence": "PDP-2026-0194"},
    )

    person: PersonId
    reason: Literal[ErasureReason.ASKED_BY_PERSON, ErasureReason.REGISTERED_BY_MISTAKE]
    evidence: DocumentNumber | None = None


class ErasedClassOut(Out):
    """How much of a record class was erased."""

    record_class: _Class
    rows: int = Field(ge=0, le=LARGEST_INTEGER)


class KeptClassOut(Out):
    """A record class that stands, and why."""

    record_class: _Class
    why: Annotated[str, Field(max_length=40, examples=["insured_by_it"])]
    law: _Law
    until: date | None = Field(description="The last day, where it is known; the timer erases the rest after it.")

    @classmethod
    def of(cls, kept: KeptClass) -> Self:
        """From what is stored."""
        return cls(record_class=kept.name, why=kept.why, law=kept.law, until=kept.until)


class ErasureHoldOut(Out):
    """What postpones it."""

    reason: HoldReason
    about: Annotated[str, Field(max_length=40)] | None = Field(
        description="The claim, assessment, correction, file, event or number; for officers who may read that matter."
    )
    owner: Annotated[str, Field(max_length=60, description="Who ends it.", examples=["service:claims"])]

    @classmethod
    def of(cls, hold: Hold, scopes: Collection[str]) -> Self:
        """From what is stored, to whoever has these scopes as an officer."""
        is_shown = not _MATTERS.get(hold.reason, _ANY).isdisjoint(scopes)
        return cls(reason=hold.reason, about=hold.about if is_shown else None, owner=hold.owner)


class ErasureFollowerOut(Out):
    """How far a service is with a person of whom registration keeps nothing any more."""

    service: Annotated[str, Field(max_length=20, examples=["benefits"])]
    state: FollowerState = Field(
        description="Whether it keeps nothing either, something comes first, or it said nothing."
    )
    reason: Annotated[str, Field(max_length=100, examples=["paid_lately"])] | None = Field(
        description="What comes first; null once it is forgotten."
    )
    owner: Annotated[str, Field(max_length=100, examples=["service:benefits"])] | None = Field(
        description="Who ends that; null once it is forgotten."
    )
    until: date | None = Field(description="By when; later than that officers look. Null once it is forgotten.")
    since: datetime | None = Field(description="Since when it is so; null while it said nothing.")

    @classmethod
    def of(cls, follower: Follower) -> Self:
        """From what it told."""
        return cls(**asdict(follower))


class ErasureOut(Out):
    """An erasure, and once it is done its certificate: what was erased, what is kept, why and until when."""

    erasure: UUID
    person: PersonId
    reason: ErasureReason
    evidence: Annotated[str, Field(max_length=40)] | None
    state: ErasureState
    stated_at: datetime
    stated_by: Source
    officer: Officer | None = Field(description="Who stated it; for officers.")
    proposed_by: Officer | None
    approved_by: Officer | None
    decided_at: datetime | None
    holds: list[ErasureHoldOut] = Field(max_length=1_000)
    held_until: date | None = Field(description="When officers are asked again, while something postpones it.")
    erased_at: datetime | None
    erased: list[ErasedClassOut] = Field(max_length=_MOST_CLASSES)
    kept: list[KeptClassOut] = Field(max_length=_MOST_CLASSES)
    followers: list[ErasureFollowerOut] = Field(
        max_length=_MOST_CLASSES, description="The other services, once nothing is kept here that leads to the person."
    )
    followed_at: datetime | None = Field(description="When the last of them had let go of the person.")

    @classmethod
    def of(cls, said: Erasure, caller: Caller) -> Self:
        """From what is stored."""
        officer, scopes = caller.is_officer, caller.scopes if caller.is_officer else ()
        names = ("officer", "proposed_by", "approved_by")
        return cls(
            erasure=said.id,
            person=person_id(said.person),
            reason=said.reason,
            evidence=said.evidence,
            state=said.state,
            stated_at=said.stated_at,
            stated_by=said.tenant,
            **{name: getattr(said, name) if officer else None for name in names},
            decided_at=said.decided_at,
            holds=[ErasureHoldOut.of(each, scopes) for each in said.holds],
            held_until=said.held_until,
            erased_at=said.erased_at,
            erased=[ErasedClassOut(record_class=name, rows=rows) for name, rows in sorted(said.erased.items())],
            kept=[KeptClassOut.of(each) for each in kept_classes(said)],
            followers=[ErasureFollowerOut.of(each) for each in followers_of(said)],
            followed_at=said.followed_at,
        )


@router.post(
    "/v1/erasures",
    status_code=202,
    summary="State that what is kept of a person is erased",
    dependencies=[requires(_WRITE), Depends(idempotent), reads(DataKind.CLAIM, of="person")],
    responses=problems(400, 404, 409, 422),
)
async def state_erasure(
    body: ErasureIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, response: Response
) -> ErasureOut:
    """As the person, or as an officer. Two officers decide in the queue `erasure`; then what no law keeps is erased."""
    officer = caller.subject if caller.is_officer else None
    stated = await handle_erasure(
        StateErasure(person_number(body.person), body.reason, body.evidence, looker, officer), uow
    )
    response.headers["location"] = f"/v1/erasures/{stated.id}"
    return ErasureOut.of(stated, caller)


@router.get(
    "/v1/erasures",
    summary="List erasures",
    dependencies=[requires(_READ), reads(DataKind.CLAIM, of="person")],
    responses=problems(400, 422),
)
async def list_erasures(
    listing: Listing, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, person: PersonFilter
) -> Page[ErasureOut]:
    """The caller's own; all of them for an officer."""
    found = await erasures.list_erasures(person, listing.after_id, listing.limit, looker, uow)
    return listing.page(
        found,
        item=lambda each: ErasureOut.of(each, caller),
        position=lambda each: [str(each.id)],
    )


@router.get(
    "/v1/erasures/{erasure}",
    summary="Read the certificate of an erasure",
    dependencies=[requires(_READ), reads(DataKind.CLAIM, of="person")],
    responses=problems(404, 422),
)
async def read_erasure(erasure: Annotated[UUID, Path()], uow: CommittedBeforeAnswer, caller: Party) -> ErasureOut:
    """What was erased, what is kept, why and until when: the caller's own; any for an officer."""
    return ErasureOut.of(await erasures.find_erasure(erasure, uow), caller)
