"""Who acts for a payee, by which order: stated by an officer, counted by two."""

from fastapi import APIRouter
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_one_officer
from services.benefits.api.fields import STATEMENT, PayeeParty, Replaces, Withdrawn
from services.benefits.api.party_statements import PartyStatementOut, stated_as
from services.benefits.commands.state_of_party import StateOfParty, state_of_party
from services.benefits.domain.statements import ActsAs, StatementKind
from shared.security.scopes import Party
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.money import In, examples
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])


class ActingPartyIn(In):
    """Who acts for a payee, since when, and by which document."""

    model_config = examples(
        {
            "payee": "person:12",
            "holder": "person:21",
            "capacity": "guardian",
            "first_on": "2026-09-01",
            "last_on": "2031-05-01",
            "evidence": "PKSF17-2026-0118",
        },
        {
            "payee": "person:12",
            "holder": "person:34",
            "capacity": "representative",
            "first_on": "2027-01-01",
            "evidence": "PKSF17-2027-0118",
            "replaces": STATEMENT,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    holder: str = Field(
        pattern="^[a-z_]+:[1-9][0-9]{0,8}$", max_length=60, description="Who acts.", examples=["person:21"]
    )
    capacity: ActsAs
    first_on: Day
    last_on: Day | None = Field(default=None, description="The last day; of a guardian that of the payee's minority.")
    evidence: DocumentNumber
    replaces: Replaces = None
    withdrawn: Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        days = (self.first_on, self.last_on)
        return stated_as(self, caller, StatementKind.ACTING, self.capacity, days, holder=self.holder)


@router.post("/v1/acting-parties", summary="State who acts for a payee", **by_one_officer("acting_party", 404, 409))
async def state_acting_party(body: ActingPartyIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State who acts for a payee that is minor or incapable, by which order, since and until when. A new order replaces
    the one of before: an account that its guardian or representative held is paid to no longer."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))
