"""Posted lines of which something else is due by now, since a birth or a residence was corrected."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.domain.contribution import Amounts, month_of
from services.registration.domain.line_difference import LineDifference
from services.registration.queries import line_differences
from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import requires
from shared.web.ids import EmployerId, PersonId
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["line differences"])

_Month = Annotated[str, Field(min_length=7, max_length=7, examples=["2026-06"])]


class LineAmountsOut(Out):
    """What a line brings, by Act and by who pays."""

    act4_employer: Money
    act4_employee: Money
    act800_employer: Money
    act800_employee: Money
    skbbk_employee: Money

    @classmethod
    def of(cls, amounts: Amounts) -> Self:
        """From sen."""
        return cls(
            act4_employer=Money.of(amounts.act4_employer_sen),
            act4_employee=Money.of(amounts.act4_employee_sen),
            act800_employer=Money.of(amounts.act800_employer_sen),
            act800_employee=Money.of(amounts.act800_employee_sen),
            skbbk_employee=Money.of(amounts.skbbk_employee_sen),
        )


class LineDifferenceOut(Out):
    """A line as it was declared, and what is due for it."""

    employer: EmployerId
    month: _Month
    person: PersonId
    reason: str = Field(
        max_length=40, description="cover_changed: of a birth or a residence.", examples=["cover_changed"]
    )
    declared: LineAmountsOut
    due: LineAmountsOut

    @classmethod
    def of(cls, found: LineDifference) -> Self:
        """From what is stored."""
        return cls(
            employer=employer_id(found.employer),
            month=str(month_of(found.month)),
            person=person_id(found.person),
            reason=found.reason,
            declared=LineAmountsOut.of(found.declared),
            due=LineAmountsOut.of(found.due),
        )


@router.get(
    "/v1/line-differences",
    summary="List posted lines of which something else is due",
    dependencies=[requires("registration:contribution:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 422),
)
async def list_line_differences(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[LineDifferenceOut]:
    """The caller's own, or all of them for officers. Sending the month again settles one: it is listed no longer, what
    was paid too much can be claimed, and what was paid too little is owed."""
    after = [int(part) for part in listing.after or (0, 0, 0, 0)]
    found = await line_differences.list_line_differences(after, listing.limit, looker, uow)
    return listing.page(found, item=LineDifferenceOut.of, position=_position)


def _position(found: LineDifference) -> Position:
    return [found.employer, found.month, found.person, found.kind]
