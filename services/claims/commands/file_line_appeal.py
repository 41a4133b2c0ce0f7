"""A person appeals what is refused of a line of its own medical bill, by the record of that line."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.file_appeal import last_order, within_limit
from services.claims.commands.find_flips import FindFlips
from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, LateFor, Represented, check_forum
from services.claims.domain.claim import OFFICERS
from services.claims.domain.errors import (
    AppealNotOfThisParty,
    AppealOfAssessment,
    ClaimUnknown,
    MedicalDisputeOfPerson,
)
from services.claims.domain.medical_bill import KIND, MedicalBill, SettledLine
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class FileLineAppeal:
    """Who sends it and types it, for whom where an officer does; the line of a bill, before whom, on which ground."""

    tenant: str
    by: str
    bill: UUID
    line: int
    forum: Forum
    ground: Ground
    told_by: str | None = None
    represented_by: Represented | None = None
    authority: str | None = None
    late_for: LateFor | None = None

    @property
    def is_by_officer(self) -> bool:
        """Whether an officer typed it."""
        return self.tenant.startswith(OFFICERS)


async def file_line_appeal(command: FileLineAppeal, uow: ClaimsUnitOfWork) -> Appeal:
    """Keep it; what was decided of the line stands until an order states otherwise.

    Raises AppealForumWrong, AppealOfAssessment, MedicalBillUnknown, MedicalDisputeOfPerson, AppealNotOfThisParty,
    MedicalLineUnknown, MedicalLineNotRefused, AppealWithoutOrder, AppealLate, AppealOpen, AppealUpheld.
    """
    check_forum(command.forum, command.ground)
    if command.forum is Forum.MEDICAL:
        raise AppealOfAssessment()
    bill = await uow.medical_bills.find(command.bill)
    await _must_be_its_own(bill, command, uow)
    line = bill.refused_line(command.line)
    decided_at = await uow.medical_bills.decided_at(bill.id, line.asked or "") or bill.sent_at
    filed = within_limit(await _filed(bill, line, command, uow), decided_at, command.late_for)
    await uow.appeals.add(filed)
    await uow.due.at(FollowAppeal(filed.id), now())
    await uow.due.at(FindFlips(filed.id), now())
    uow.decided("line_appealed", appeal=str(filed.id), bill=str(bill.id), forum=filed.forum.value)
    return filed


async def _must_be_its_own(bill: MedicalBill, command: FileLineAppeal, uow: ClaimsUnitOfWork) -> None:
    """Its sender, by any of its numbers, or an officer for it."""
    if not bill.is_of_person:
        raise MedicalDisputeOfPerson()
    party = command.told_by if command.is_by_officer else command.tenant
    is_named_rightly = command.is_by_officer or command.told_by in (None, command.tenant)
    if party is None or not is_named_rightly or bill.tenant not in await uow.known_persons.parties_of(party):
        raise AppealNotOfThisParty()


async def _filed(bill: MedicalBill, line: SettledLine, command: FileLineAppeal, uow: ClaimsUnitOfWork) -> Appeal:
    at, claim = now(), await _claim_of(bill, uow)
    return Appeal(
        id=new_id(),
        claim=claim,
        tenant=command.told_by or command.tenant,
        filed_by=command.by,
        by_officer=command.is_by_officer,
        forum=command.forum,
        ground=command.ground,
        question=KIND,
        revision=bill.newest.revision,
        record=line.asked,
        reason=line.reason,
        filed_at=at,
        state=AppealState.FILED,
        changed_at=at,
        about=await _order_of(bill, line, command, uow),
        represented_by=command.represented_by,
        authority=command.authority,
        late_for=command.late_for,
        bill=bill.id,
        line=line.number,
    )


async def _order_of(
    bill: MedicalBill, line: SettledLine, command: FileLineAppeal, uow: ClaimsUnitOfWork
) -> UUID | None:
    """The appeal whose order the High Court is asked about."""
    if command.forum is not Forum.COURT:
        return None
    filed = await uow.appeals.of_line(bill.id, line.number)
    return last_order(each for each in filed if each.state is AppealState.DECIDED)


async def _claim_of(bill: MedicalBill, uow: ClaimsUnitOfWork) -> UUID:
    """The claim that stands for the accident; its own may have joined it."""
    claim = None if bill.claim is None else await uow.claims.find(bill.claim)
    if claim is None:
        raise ClaimUnknown()
    return claim.joined_to or claim.id
