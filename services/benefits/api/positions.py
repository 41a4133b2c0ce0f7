"""A party's page of figures: owed both ways."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.entitlements import WaitingOut
from services.benefits.api.fields import BenefitName, ClaimOrPayable, LawText, PartyInPath, PartyName, SchemeName
from services.benefits.api.recoveries import KeptByLaw, KeptOut
from services.benefits.queries.positions import MOST_POSITIONS, PositionRead, list_positions
from shared.kernel.clock import today
from shared.kernel.funds import Fund
from shared.kernel.reading import DataKind
from shared.security.scopes import officers_only, requires
from shared.web.money import Money, Out
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["positions"])


class OwedOut(Out):
    """What is owed to the party under one entitlement, and how far it has gone."""

    claim: ClaimOrPayable
    scheme: SchemeName
    benefit: BenefitName
    fund: Fund
    not_due: Money = Field(description="Owed and not due yet: of what goes on without an end, what is earned so far.")
    waiting: Money = Field(description="Due and not instructed: it waits.")
    waits_for: list[WaitingOut] = Field(max_length=10_000, description="What waits, and why.")
    on_its_way: Money = Field(description="Instructed, and not answered by the bank.")
    paid: Money
    set_off: Money = Field(description="Set off against what is to come back of another entitlement.")

    @classmethod
    def of(cls, read: PositionRead) -> "OwedOut":
        """From what is read of it."""
        return cls(
            claim=read.key.claim,
            scheme=read.key.scheme,
            benefit=read.key.benefit,
            fund=read.fund,
            not_due=Money.of(read.not_due_sen),
            waiting=Money.of(read.waiting_sen),
            waits_for=[WaitingOut.of(stated) for stated in read.waiting],
            on_its_way=Money.of(read.sent_sen),
            paid=Money.of(read.paid_sen),
            set_off=Money.of(read.set_off_sen),
        )


class ToComeBackOut(Out):
    """What is to come back under one Act to one fund."""

    scheme: SchemeName
    fund: Fund
    open: Money


class OpenRecoveryOut(Out):
    """A recovery of which something is open, and how it comes back: by what the law keeps, and by instalments."""

    recovery: UUID
    scheme: SchemeName
    fund: Fund
    law: LawText
    reference: str = Field(max_length=20, description="What a payer writes.", examples=["R0F3A9C41D2E7B655"])
    open: Money
    kept: KeptByLaw
    monthly: Money | None = Field(description="Of instalments: the most that is kept in a calendar month.")
    came_back: Money = Field(description="What came back in this month, in whichever way; not what was owed after all.")


class PositionOut(Out):
    """All that is owed between the organisation and a party, by the books of now."""

    party: PartyName
    on: date
    not_due: Money
    waiting: Money
    on_its_way: Money
    paid: Money
    to_come_back: Money
    owed: list[OwedOut] = Field(max_length=MOST_POSITIONS)
    by_act_and_fund: list[ToComeBackOut] = Field(max_length=1_000, description="What is to come back.")
    recoveries: list[OpenRecoveryOut] = Field(max_length=MOST_POSITIONS)

    @classmethod
    def of(cls, party: str, on: date, reads: Sequence[PositionRead]) -> "PositionOut":
        """From what is read of each entitlement."""
        return cls(
            party=party,
            on=on,
            not_due=Money.of(sum(each.not_due_sen for each in reads)),
            waiting=Money.of(sum(each.waiting_sen for each in reads)),
            on_its_way=Money.of(sum(each.sent_sen for each in reads)),
            paid=Money.of(sum(each.paid_sen for each in reads)),
            to_come_back=Money.of(sum(each.open_sen for each in reads)),
            owed=[OwedOut.of(each) for each in reads],
            by_act_and_fund=_by_act_and_fund(reads),
            recoveries=[_open(each) for each in reads if each.recovery is not None and each.open_sen],
        )


def _by_act_and_fund(reads: Sequence[PositionRead]) -> list[ToComeBackOut]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for each in reads:
        sums[each.key.scheme, each.fund] += each.open_sen
    return [
        ToComeBackOut(scheme=scheme, fund=fund, open=Money.of(sen))
        for (scheme, fund), sen in sorted(sums.items())
        if sen
    ]


def _open(read: PositionRead) -> OpenRecoveryOut:
    return OpenRecoveryOut(
        recovery=read.recovery,
        scheme=read.key.scheme,
        fund=read.fund,
        law=read.law,
        reference=read.reference,
        open=Money.of(read.open_sen),
        kept=KeptOut.of(read.kept),
        monthly=None if read.monthly_sen is None else Money.of(read.monthly_sen),
        came_back=Money.of(read.came_back_sen),
    )


@router.get(
    "/v1/parties/{party}/position",
    summary="Read what is owed both ways",
    dependencies=[
        requires("benefits:position:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("party", "owed.claim")),
    ],
    responses=problems(409),
)
async def read_position(party: PartyInPath, uow: CommittedBeforeAnswer) -> PositionOut:
    """What is owed to a party and not due, due and waiting with its reasons, on its way and paid; and what is to come
    back from it, by Act and fund, with its plans. Of a party with more entitlements than fit it is refused: those are
    read page by page."""
    on = today()
    return PositionOut.of(party, on, await list_positions(party, on, uow))
