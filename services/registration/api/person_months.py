"""Months of employment: which employers declared them and paid, and who has no line."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.domain.arrears import due_on
from services.registration.domain.person_months import MissingLine, MonthReason, MonthState, Owner, PersonMonth
from services.registration.queries import person_months
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.kernel.periods import Month
from shared.kernel.reading import DataKind
from shared.security.scopes import requires
from shared.web.ids import EmployerId, EmployerInPath, PersonId, PersonInPath
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["contributions"])

_MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"


class PersonMonthOut(Out):
    """A month in which the person has a day of employment with an employer."""

    month: str = Field(min_length=7, max_length=7, examples=["2026-07"])
    employer: EmployerId
    state: MonthState = Field(
        description="`missing`: the due day is over, and the employer declared no line. `taken_over`: the wages are "
        "those that an earlier system stated. `not_known_here`: the month is of before what was taken over."
    )
    reason: MonthReason | None = Field(
        default=None, description="Why it is said neither to be paid nor to be missing; null otherwise."
    )
    owner: Owner | None = Field(description="Who has to do something about it; null where nobody has.")
    due_on: date | None = Field(description="The last day in time; null for a month of before the statute book.")
    wage: Money | None = Field(description="The wages declared; null where none are.")

    @classmethod
    def of(cls, kept: PersonMonth) -> Self:
        """From what is stored."""
        day = today()
        return cls(
            month=str(kept.wage_month),
            employer=employer_id(kept.employer),
            state=kept.state(day),
            reason=kept.reason(day),
            owner=kept.owner(day),
            due_on=due_on(kept.wage_month, day),
            wage=None if kept.wage_sen is None else Money.of(kept.wage_sen),
        )


class MissingLineOut(Out):
    """Somebody who worked in the month and has no wages declared."""

    person: PersonId
    started_on: date = Field(description="The first day of the employment.")
    withdrawn: bool = Field(description="Whether a line was sent and withdrawn, with wages of 0.00.")

    @classmethod
    def of(cls, line: MissingLine) -> Self:
        """From what is stored."""
        return cls(person=person_id(line.person), started_on=line.started_on, withdrawn=line.is_withdrawn)


@router.get(
    "/v1/persons/{person}/months",
    summary="List a person's months of employment",
    dependencies=[requires("registration:contribution:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 404, 422),
)
async def list_person_months(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[PersonMonthOut]:
    """Month by month, which employers declared and paid, and what is missing from the day after the due day on.

    The person itself and officers see all employers, an employer its own months."""
    month, employer = listing.after or (0, 0)
    after, number = (int(month), int(employer)), person_number(person)
    found = await person_months.list_person_months(number, after, listing.limit, looker, uow)
    return listing.page(found, item=PersonMonthOut.of, position=_position)


@router.get(
    "/v1/employers/{employer}/missing-lines",
    summary="List people without a line",
    dependencies=[requires("registration:contribution:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 404, 422),
)
async def list_missing_lines(
    employer: EmployerInPath,
    month: Annotated[
        str,
        Query(min_length=7, max_length=7, pattern=_MONTH_PATTERN, description="The wage month.", examples=["2026-07"]),
    ],
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: Looker,
) -> Page[MissingLineOut]:
    """Who had a day of employment with the employer in the month, and of whom no wages are declared for it."""
    number, after = employer_number(employer), int((listing.after or (0,))[0])
    found = await person_months.list_missing_lines(number, Month.of(month), after, listing.limit, looker, uow)
    return listing.page(found, item=MissingLineOut.of, position=lambda line: [line.person])


def _position(kept: PersonMonth) -> Position:
    return [kept.month, kept.employer]
