"""A month's contributions stated line by line in JSON: the same checks and results as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field, JsonValue

from services.registration.api import contribution_files
from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import MONTH_PATTERN, FileReceived, MonthsMeant
from services.registration.commands.note_sender import NoteSender, note_sender
from services.registration.commands.submit_contribution_statement import (
    SubmitContributionStatement,
    submit_contribution_statement,
)
from services.registration.domain.contribution import FileFormat, Reading
from services.registration.files.contribution_statement import MOST_LINES, StatementUpload
from services.registration.queries.employers import find_employer
from shared.kernel.identifiers import employer_number
from shared.security.scopes import Party, requires
from shared.web.fields import DOCUMENT_PATTERN, ONE_LINE
from shared.web.ids import EmployerId
from shared.web.money import In, StatedMoney, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/contribution-statements"

router = APIRouter(route_class=CommittingRoute, tags=["contribution files"])


def _money(amount: str) -> JsonValue:
    return {"amount": amount, "currency": "MYR"}


class ContributionLineIn(In):
    """What is contributed for one person in the month."""

    id: str = Field(
        min_length=1,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        description="The national id under which the person is registered; dashes may stand in it.",
        examples=["900101145678"],
    )
    name: Annotated[str, ONE_LINE] = Field(
        min_length=1, max_length=150, description="The name as registered.", examples=["AHMAD BIN ALI"]
    )
    wages: StatedMoney = Field(description="The wages of the month; 0.00 with amounts of 0.00 withdraws it.")
    act4_employer: StatedMoney
    act4_employee: StatedMoney
    act800_employer: StatedMoney
    act800_employee: StatedMoney
    skbbk_employee: StatedMoney | None = Field(
        default=None, description="Left out, the line says nothing of the SKBBK, as layout v1 of the file does."
    )


class ContributionStatementIn(In):
    """An employer's month, whole or in part."""

    model_config = examples(
        {
            "employer": "E0000000076",
            "month": "2026-07",
            "lines": [
                {
                    "id": "900101145678",
                    "name": "AHMAD BIN ALI",
                    "wages": _money("2480.00"),
                    "act4_employer": _money("42.85"),
                    "act4_employee": _money("12.25"),
                    "act800_employer": _money("4.90"),
                    "act800_employee": _money("4.90"),
                    "skbbk_employee": _money("18.35"),
                }
            ],
        }
    )

    employer: EmployerId
    month: str = Field(
        pattern=MONTH_PATTERN, min_length=7, max_length=7, description="The wage month.", examples=["2026-07"]
    )
    lines: list[ContributionLineIn] = Field(
        min_length=1, max_length=MOST_LINES, description="One for each person, with the sum of the wages."
    )


@router.post(
    PATH,
    status_code=202,
    summary="State a month's contributions",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def send_contribution_statement(
    body: ContributionStatementIn,
    months: MonthsMeant,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    response: Response,
) -> FileReceived:
    """Send a month's contributions as JSON. The job is that of a file, and so are its errors and rejected lines."""
    employer = employer_number(body.employer)
    await find_employer(employer, looker, uow)
    upload = StatementUpload(body.model_dump(mode="json", exclude_unset=True))
    reading = Reading(FileFormat.JSON, months=months)
    stated = SubmitContributionStatement(upload, employer, caller.party, reading)
    job = await submit_contribution_statement(stated, uow)
    await note_sender(NoteSender(job.id, caller.subject if caller.is_officer else None), uow)
    response.headers["location"] = f"{contribution_files.PATH}/{job.id}"
    return FileReceived(file=job.id, state=job.state)
