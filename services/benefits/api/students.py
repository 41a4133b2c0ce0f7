"""Payees that are paid as children in higher education: stated by an officer, counted by two."""

from fastapi import APIRouter
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_one_officer
from services.benefits.api.fields import STATEMENT, PayeeParty, Replaces, Withdrawn
from services.benefits.api.party_statements import PartyStatementOut, stated_as
from services.benefits.commands.state_of_party import StateOfParty, state_of_party
from services.benefits.domain.statements import StatementKind
from shared.security.scopes import Party
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.money import In, examples
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])


class StudentIn(In):
    """That a payee is paid as a child in higher education."""

    model_config = examples(
        {"payee": "person:12", "first_on": "2026-09-01", "last_on": "2029-08-31", "evidence": "R117A-2026-0118"},
        {
            "payee": "person:12",
            "first_on": "2026-09-01",
            "last_on": "2028-08-31",
            "evidence": "R117A-2026-0119",
            "replaces": STATEMENT,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    first_on: Day
    last_on: Day | None = Field(default=None, description="The last day of the course, where it is known.")
    evidence: DocumentNumber
    replaces: Replaces = None
    withdrawn: Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        return stated_as(self, caller, StatementKind.STUDENT, "student", (self.first_on, self.last_on))


@router.post("/v1/students", summary="State that a payee studies", **by_one_officer("certificate", 404, 409))
async def state_student(body: StudentIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State that a payee is paid as a child in higher education, and so proves each year that it studies."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))
