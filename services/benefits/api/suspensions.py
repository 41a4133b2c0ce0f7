"""Suspensions of benefits by the month: stated by an officer, counted by two (Act 4 s.49)."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_one_officer
from services.benefits.api.fields import MONTHLY_BENEFIT, STATEMENT, PayeeParty, Replaces, Withdrawn
from services.benefits.api.party_statements import PartyStatementOut, stated_as
from services.benefits.commands.state_of_party import StateOfParty, state_of_party
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.statements import Ground, StatementKind
from shared.security.scopes import Party
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.money import In, StatedMoney, examples
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])


class SuspensionIn(In):
    """That a benefit by the month is suspended (Act 4 s.49), or, in place of that, until when."""

    model_config = examples(
        {
            "payee": "person:12",
            "claim": STATEMENT,
            "scheme": "act4",
            "benefit": MONTHLY_BENEFIT,
            "ground": "insurable_work",
            "first_on": "2026-07-01",
            "last_on": "2026-07-31",
            "earned": {"amount": "1400.00", "currency": "MYR"},
            "former_average": {"amount": "2950.00", "currency": "MYR"},
            "evidence": "S49-2026-0118",
        },
        {
            "payee": "person:12",
            "claim": STATEMENT,
            "scheme": "act4",
            "benefit": MONTHLY_BENEFIT,
            "ground": "fraud",
            "first_on": "2026-07-01",
            "last_on": "2026-09-30",
            "evidence": "S49-2026-0119",
            "replaces": STATEMENT,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    claim: UUID = Field(description="The claim under which it is owed.", examples=[STATEMENT])
    scheme: str = Field(pattern="^act[0-9]{1,4}$", max_length=7, description="The Act.", examples=["act4"])
    benefit: str = Field(pattern="^[a-z][a-z_]{0,99}$", max_length=100, examples=[MONTHLY_BENEFIT])
    ground: Ground
    first_on: Day = Field(description="The first day of its first month.")
    last_on: Day | None = Field(default=None, description="The last day of its last month; null while it goes on.")
    earned: StatedMoney | None = Field(default=None, description="Of insurable work: the wages of a month.")
    former_average: StatedMoney | None = Field(
        default=None, description="Of insurable work: the average before; null: the one by which the claim is rated."
    )
    evidence: DocumentNumber
    replaces: Replaces = None
    withdrawn: Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        key = EntitlementKey(self.claim, self.scheme, self.benefit, self.payee)
        earned, average = (0 if each is None else each.sen for each in (self.earned, self.former_average))
        about = {"key": key, "earned_sen": earned, "average_sen": average}
        return stated_as(self, caller, StatementKind.SUSPENSION, self.ground, (self.first_on, self.last_on), **about)


@router.post("/v1/suspensions", summary="State that a benefit is suspended", **by_one_officer("suspension", 404, 409))
async def state_suspension(body: SuspensionIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State that a benefit by the month is suspended, why and for which months; in the place of an earlier statement,
    until when, or that it never was. It counts when two officers have let it."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))
