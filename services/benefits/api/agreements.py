"""What is agreed about recoveries: instalments, and setting off across Acts or owners. Two officers state each."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_another_officer, by_one_officer
from services.benefits.api.fields import OfficerOrBank, PaidMoney, SchemeName
from services.benefits.commands.agree_on_recovery import AgreeOnRecovery, agree_on_recovery
from services.benefits.commands.release_agreement import ReleaseAgreement, release_agreement
from services.benefits.domain.recoveries import Agreement, AgreementKind, Word
from services.benefits.queries import agreements
from services.benefits.queries.agreements import AgreementRead
from shared.kernel.identifiers import new_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber, Flag
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["agreements"])


class InstalmentsIn(In):
    """How much comes back in a calendar month, from a day on."""

    model_config = examples(
        {"monthly": {"amount": "100.00", "currency": "MYR"}, "from_on": "2026-12-01", "evidence": "KB-2026-0193"}
    )

    monthly: PaidMoney | None = Field(
        description="The most that is kept in a month, less what is repaid in it; null where instalments end."
    )
    from_on: Day
    evidence: DocumentNumber

    def agreement(self, recovery: UUID, officer: str) -> Agreement:
        """As an officer states it."""
        monthly = None if self.monthly is None else self.monthly.sen
        about = (monthly, None, None, self.monthly is None, self.from_on, self.evidence, officer)
        return Agreement(new_id(), recovery, AgreementKind.INSTALMENTS, *about)


class SetOffIn(In):
    """That a recovery is set off against what is owed under another Act, or by another owner."""

    model_config = examples(
        {"scheme": "act800", "owner": "claims", "ends": False, "from_on": "2026-12-01", "evidence": "KB-2026-0194"}
    )

    scheme: str = Field(pattern="^act[0-9]{1,4}$", max_length=7, description="The Act.", examples=["act800"])
    owner: str = Field(
        pattern="^[a-z]{1,30}$", max_length=30, description="The service that states it as owed.", examples=["claims"]
    )
    ends: Flag = Field(description="Whether this ends what was agreed of the same Act and owner.")
    from_on: Day
    evidence: DocumentNumber

    def agreement(self, recovery: UUID, officer: str) -> Agreement:
        """As an officer states it."""
        about = (None, self.scheme, self.owner, self.ends, self.from_on, self.evidence, officer)
        return Agreement(new_id(), recovery, AgreementKind.ACROSS, *about)


class AgreementOut(Out):
    """What is agreed, all of it: another officer releases what it says."""

    agreement: UUID
    recovery: UUID
    kind: AgreementKind
    monthly: Money | None = Field(description="Of instalments: the most that is kept in a month.")
    scheme: SchemeName | None = Field(description="Of setting off: the Act.")
    owner: str | None = Field(max_length=30, description="Of setting off: the service that states it as owed.")
    ends: bool = Field(description="Whether what was agreed before holds no more.")
    from_on: date
    evidence: str = Field(max_length=40, description="The document in which it stands.", examples=["KB-2026-0193"])
    stated_by: OfficerOrBank

    @classmethod
    def of(cls, agreement: Agreement) -> "AgreementOut":
        """From what is kept of it."""
        return cls(**_stated_of(agreement))


class ListedAgreementOut(AgreementOut):
    """What is agreed, and what was said of it: it counts from when another officer has released it."""

    stated_at: datetime
    word: Word | None = Field(description="Null while it waits for another officer.")
    said_by: OfficerOrBank | None
    said_at: datetime | None

    @classmethod
    def listed(cls, read: AgreementRead) -> "ListedAgreementOut":
        """From what is read of it."""
        return cls(
            **_stated_of(read.agreement),
            stated_at=read.stated_at,
            word=None if read.word is None else Word(read.word),
            said_by=read.said_by,
            said_at=read.said_at,
        )


def _stated_of(agreement: Agreement) -> dict[str, Any]:
    return {
        "agreement": agreement.id,
        "recovery": agreement.recovery,
        "kind": agreement.kind,
        "monthly": None if agreement.monthly_sen is None else Money.of(agreement.monthly_sen),
        "scheme": agreement.against_scheme,
        "owner": agreement.against_owner,
        "ends": agreement.ends,
        "from_on": agreement.from_on,
        "evidence": agreement.evidence,
        "stated_by": agreement.stated_by,
    }


@router.get(
    "/v1/recoveries/{recovery}/agreements",
    summary="List what is agreed",
    dependencies=[requires("benefits:agreement:read"), Depends(officers_only), reads(DataKind.PAYMENT, of="recovery")],
    responses=problems(400),
)
async def list_what_is_agreed(recovery: UUID, listing: Listing, uow: CommittedBeforeAnswer) -> Page[ListedAgreementOut]:
    """All that was stated about a recovery, by whom, and whether another officer has released it; in the order in which
    it was stated."""
    found = await agreements.list_agreements(recovery, listing.after_id, listing.limit, uow)
    return listing.page(found, item=ListedAgreementOut.listed)


@router.post(
    "/v1/recoveries/{recovery}/instalments",
    summary="State instalments",
    **by_one_officer("agreement", 404, 409),
)
async def enter_instalments(
    recovery: UUID, body: InstalmentsIn, uow: CommittedBeforeAnswer, caller: Party
) -> AgreementOut:
    """State how much comes back in a month; it holds when another officer has released it."""
    return await _stated(body.agreement(recovery, caller.subject), caller, uow)


@router.post(
    "/v1/recoveries/{recovery}/set-offs",
    summary="State that it is set off elsewhere",
    **by_one_officer("agreement", 404, 409),
)
async def enter_set_off(recovery: UUID, body: SetOffIn, uow: CommittedBeforeAnswer, caller: Party) -> AgreementOut:
    """State that it is set off against what is owed under another Act or by another owner, by the party's consent or a
    finding; it holds when another officer has released it."""
    return await _stated(body.agreement(recovery, caller.subject), caller, uow)


async def _stated(agreement: Agreement, caller: Caller, uow: CommittedBeforeAnswer) -> AgreementOut:
    return AgreementOut.of(await agree_on_recovery(AgreeOnRecovery(agreement, caller.party), uow))


@router.post(
    "/v1/recoveries/{recovery}/agreements/{agreement}/releases",
    summary="Release what is agreed",
    **by_another_officer("agreement", reads(DataKind.PAYMENT, of="recovery")),
)
async def release_what_is_agreed(
    recovery: UUID, agreement: UUID, uow: CommittedBeforeAnswer, caller: Party
) -> AgreementOut:
    """Say, as another officer than the one who stated it, that it holds; what was released last holds of a kind. What
    was released or withdrawn before is refused."""
    command = ReleaseAgreement(recovery, agreement, Word.RELEASED, caller.subject, caller.party)
    return AgreementOut.of(await release_agreement(command, uow))


@router.post(
    "/v1/recoveries/{recovery}/agreements/{agreement}/withdrawals",
    summary="Withdraw what was stated",
    **by_one_officer("agreement", 404, 409, tells=reads(DataKind.PAYMENT, of="recovery")),
)
async def withdraw_what_was_stated(
    recovery: UUID, agreement: UUID, uow: CommittedBeforeAnswer, caller: Party
) -> AgreementOut:
    """Say of what is not released that it was stated by mistake. What was released another agreement ends."""
    command = ReleaseAgreement(recovery, agreement, Word.WITHDRAWN, caller.subject, caller.party)
    return AgreementOut.of(await release_agreement(command, uow))
