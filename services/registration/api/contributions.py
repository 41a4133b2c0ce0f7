"""A person's contributions, month by month."""

from typing import Self

from fastapi import APIRouter
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.domain.contribution import KINDS, month_of
from services.registration.queries import contributions
from services.registration.storage.contribution_lines import KnownLine
from shared.kernel.identifiers import employer_id, person_id, person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import requires
from shared.web.fields import LARGEST_INTEGER
from shared.web.ids import EmployerId, PersonId, PersonInPath
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["contributions"])


class ContributionOut(Out):
    """What one employer declared for one month."""

    month: str = Field(min_length=7, max_length=7, examples=["2026-06"])
    employer: EmployerId
    kind: str = Field(max_length=20, examples=["monthly"])
    revision: int = Field(ge=1, le=LARGEST_INTEGER)
    wage: Money
    act4_employer: Money
    act4_employee: Money
    act800_employer: Money
    act800_employee: Money
    skbbk_employee: Money
    person: PersonId = Field(description="The number of the person under which it was declared.")

    @classmethod
    def of(cls, line: KnownLine) -> Self:
        """From what is stored."""
        return cls(
            month=str(month_of(line.month)),
            employer=employer_id(line.employer),
            kind=KINDS[line.kind],
            revision=line.revision,
            wage=Money.of(line.wage_sen),
            act4_employer=Money.of(line.amounts.act4_employer_sen),
            act4_employee=Money.of(line.amounts.act4_employee_sen),
            act800_employer=Money.of(line.amounts.act800_employer_sen),
            act800_employee=Money.of(line.amounts.act800_employee_sen),
            skbbk_employee=Money.of(line.amounts.skbbk_employee_sen),
            person=person_id(line.person),
        )


@router.get(
    "/v1/persons/{person}/contributions",
    summary="List a person's contributions",
    dependencies=[requires("registration:contribution:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 404, 422),
)
async def list_contributions(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[ContributionOut]:
    """The months known, oldest first: the caller's own lines; of all employers for officers and the person itself."""
    number = person_number(person)
    after = [int(part) for part in listing.after or (0, 0, 0, 0)]
    lines = await contributions.list_contributions(number, after, listing.limit, looker, uow)
    return listing.page(lines, item=ContributionOut.of, position=_position)


def _position(line: KnownLine) -> Position:
    return [line.month, line.employer, line.kind, line.person]
