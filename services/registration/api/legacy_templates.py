"""What the one amount of an employer's legacy files means: said by the employer, never guessed."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Depends
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.commands.choose_legacy_template import ChooseLegacyTemplate, choose_legacy_template
from services.registration.domain.contribution import Part, StatedAmount
from services.registration.queries import legacy_templates
from services.registration.queries.employers import find_employer
from services.registration.storage.legacy_templates import LegacyTemplate
from shared.kernel.identifiers import employer_number
from shared.security.scopes import Party, requires
from shared.web.ids import EmployerInPath
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["contribution files"])


class LegacyTemplateIn(In):
    """What columns 201 to 214 hold."""

    model_config = examples({"part": "act4", "amount": "wage"}, {"part": "act800", "amount": "total"})

    part: Part = Field(description="In the file of which Act, or in one for both.")
    amount: StatedAmount = Field(
        description="`wage`: the wages, for which what is due is declared; `total`: what employer and employee pay."
    )


class LegacyTemplateOut(Out):
    """What holds for files that are received from now on."""

    part: Part
    amount: StatedAmount
    recorded_at: datetime
    stated_by: str = Field(max_length=40, description="Who said so.", examples=["employer:7"])

    @classmethod
    def of(cls, template: LegacyTemplate) -> Self:
        """From what is stored."""
        return cls(
            part=template.part, amount=template.amount, recorded_at=template.recorded_at, stated_by=template.source
        )


class LegacyTemplatesOut(Out):
    """What holds, part by part."""

    templates: list[LegacyTemplateOut] = Field(max_length=len(Part))


@router.post(
    "/v1/employers/{employer}/legacy-templates",
    status_code=201,
    summary="Say what the amount of a legacy file means",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def enter_legacy_template(
    body: LegacyTemplateIn, employer: EmployerInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> LegacyTemplateOut:
    """Choose the template of the caller's own legacy files; of any employer's for an officer. What was received before
    is read as it was chosen then."""
    number = employer_number(employer)
    await find_employer(number, looker, uow)
    chosen = ChooseLegacyTemplate(number, body.part, body.amount, caller.party)
    return LegacyTemplateOut.of(await choose_legacy_template(chosen, uow))


@router.get(
    "/v1/employers/{employer}/legacy-templates",
    summary="Read what the amount of legacy files means",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(404, 422),
)
async def read_legacy_templates(
    employer: EmployerInPath, uow: CommittedBeforeAnswer, looker: Looker
) -> LegacyTemplatesOut:
    """The caller's own; any employer's for the organisation's officers."""
    found = await legacy_templates.list_legacy_templates(employer_number(employer), looker, uow)
    return LegacyTemplatesOut(templates=[LegacyTemplateOut.of(each) for each in found])
