"""Employers: registering one, reading one."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.commands.register_employer import RegisterEmployer
from services.registration.commands.register_employer import register_employer as handle_register_employer
from services.registration.domain.employer import Employer
from services.registration.domain.employer_fact import MalaysianState
from services.registration.queries.employers import find_employer
from shared.kernel.identifiers import employer_id, employer_number
from shared.security.scopes import officers_only, requires
from shared.web.fields import ONE_LINE
from shared.web.ids import EmployerId, EmployerInPath
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["employers"])

# Dossier act4 §1.3: a letter first; twelve characters are usual, nine are seen, the check letter's rule is unknown.
EmployerCode = Annotated[
    str,
    Field(
        min_length=9,
        max_length=12,
        pattern="^[A-Z][A-Z0-9]{8,11}$",
        description="The organisation's own code of the employer.",
        examples=["F9702103813F"],
    ),
]
Mycoid = Annotated[
    str,
    Field(min_length=1, max_length=20, pattern="^[A-Z0-9-]{1,20}$", examples=["202001012345"]),
]
Name = Annotated[str, Field(min_length=1, max_length=150, examples=["KILANG MAJU SDN BHD"])]


class EmployerIn(In):
    """An employer to be registered."""

    model_config = examples({"name": "KILANG MAJU SDN BHD", "employer_code": "A2401000123K", "mycoid": "202001012345"})

    name: Annotated[Name, ONE_LINE] = Field(description="The registered name.")
    employer_code: EmployerCode
    mycoid: Mycoid | None = Field(default=None, description="The number in the companies' register.")


class EmployerRegistered(Out):
    """The number under which an employer is known from now on."""

    employer: EmployerId


class EmployerOut(Out):
    """An employer as known today."""

    employer: EmployerId
    name: Name
    employer_code: EmployerCode
    mycoid: Mycoid | None
    registered_at: datetime
    state: MalaysianState | None = Field(description="Of its seat; null where nobody stated it.")
    sector: Annotated[str, Field(pattern="^[A-U]$", max_length=1, examples=["C"])] | None = Field(
        description="The section of the Malaysia Standard Industrial Classification 2008."
    )
    ended_on: date | None = Field(description="Its last day as an employer; null while it employs.")

    @classmethod
    def of(cls, employer: Employer) -> Self:
        """From what is stored."""
        return cls(
            employer=employer_id(employer.number),
            name=employer.name,
            employer_code=employer.code,
            mycoid=employer.mycoid,
            registered_at=employer.registered_at,
            state=None if employer.state is None else MalaysianState(employer.state),
            sector=employer.sector,
            ended_on=employer.ended_on,
        )


@router.post(
    "/v1/employers",
    status_code=201,
    summary="Register an employer",
    dependencies=[requires("registration:employer:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 409, 422),
)
async def register_employer(body: EmployerIn, uow: CommittedBeforeAnswer, response: Response) -> EmployerRegistered:
    """Register an employer that is not registered yet; for the organisation's officers."""
    employer = await handle_register_employer(RegisterEmployer(body.name, body.employer_code, body.mycoid), uow)
    response.headers["location"] = f"/v1/employers/{employer_id(employer.number)}"
    return EmployerRegistered(employer=employer_id(employer.number))


@router.get(
    "/v1/employers/{employer}",
    summary="Read an employer",
    dependencies=[requires("registration:employer:read")],
    responses=problems(404, 422),
)
async def read_employer(employer: EmployerInPath, uow: CommittedBeforeAnswer, looker: Looker) -> EmployerOut:
    """The caller itself; any employer for the organisation's officers."""
    return EmployerOut.of(await find_employer(employer_number(employer), looker, uow))
