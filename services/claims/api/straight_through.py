"""How much is decided straight through, and why people looked at the rest: figures of the organisation."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.queries.straight_through import StraightThrough, find_straight_through
from shared.kernel.clock import today
from shared.kernel.reading import DataKind
from shared.security.scopes import officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, Whole
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.reading import TellsOf, reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["figures"])

_MONTH, MOST_DAYS = timedelta(days=30), 366
MOST_QUESTIONS, MOST_REASONS = 100, 200
Count = Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER)]


class ForReason(Out):
    """So many claims for one reason."""

    reason: str = Field(max_length=100, description="A stable code", examples=["circumstances_unconfirmed"])
    claims: Count

    @classmethod
    def each(cls, counted: Mapping[str, int]) -> list[Self]:
        """The most frequent first."""
        return [
            cls(reason=name, claims=claims) for name, claims in sorted(counted.items(), key=lambda e: (-e[1], e[0]))
        ]


class StraightThroughOut(Out):
    """One question of the claims that were received: asked = straight through + looked at + waiting."""

    question: str = Field(
        max_length=100,
        description="Or notice: nothing is asked of it while who it is about, or who speaks, is not known",
        examples=["temporary_disablement"],
    )
    asked: Count
    straight_through: Count = Field(description="Answered, and nobody took a task of it")
    share: str | None = Field(
        max_length=6, description="Straight through, of all that was answered or looked at", examples=["0.9312"]
    )
    looked_at: list[ForReason] = Field(
        max_length=MOST_REASONS, description="Why officers looked at it first, answered since or not"
    )
    waiting: list[ForReason] = Field(
        max_length=MOST_REASONS, description="Not answered yet, and not with officers: why it waits"
    )

    @classmethod
    def of(cls, found: StraightThrough) -> Self:
        """As it is counted."""
        return cls(
            question=found.question,
            asked=found.asked,
            straight_through=found.straight_through,
            share=None if found.share is None else str(found.share),
            looked_at=ForReason.each(found.looked_at),
            waiting=ForReason.each(found.waiting),
        )


class StraightThroughFiguresOut(Out):
    """The figures of the claims that were received on some days."""

    first: date
    last: date
    items: list[StraightThroughOut] = Field(max_length=MOST_QUESTIONS)


@router.get(
    "/v1/straight-through",
    summary="Read how much is decided straight through",
    dependencies=[requires("claims:statistics:read"), Depends(officers_only), reads(DataKind.CLAIM, of="claim")],
    responses=problems(400, 422),
)
async def read_straight_through(
    uow: CommittedBeforeAnswer,
    telling: TellsOf,
    first: Annotated[Day | None, Query(description="Received from this day on; else 30 days before the last")] = None,
    last: Annotated[Day | None, Query(description="Received until this day; else today")] = None,
) -> StraightThroughFiguresOut:
    """By question; at most 366 days before the last one. Notices that joined another claim are that claim's.

    Figures of a hundred claims or fewer tell of each of them, and whoever they are about reads who asked.
    """
    end = today() if last is None else last
    begin = max(end - _MONTH if first is None else first, end - timedelta(days=MOST_DAYS - 1))
    found, few = await find_straight_through(begin, end, uow)
    telling.tells_of("claim", few)
    return StraightThroughFiguresOut(first=begin, last=end, items=[StraightThroughOut.of(each) for each in found])
