"""An officer states what a document says of day, time, employer or wage; whatever contradicts the notice is entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.domain.bounds import check_statements
from services.claims.domain.errors import ClaimUnknown, EvidenceWithoutRelation, ParticularsEmpty
from services.claims.domain.particulars import Particular, ParticularItem, SourceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class Said:
    """A value as a document or a person states it; ``month`` and ``employer`` are of a wage."""

    item: ParticularItem
    value: str
    month: str = ""
    employer: int | None = None


@dataclass(frozen=True)
class StateParticulars:
    """What a document says of a claim, or an ``interview``, as an officer has read it."""

    tenant: str
    by: str
    claim: UUID
    source: SourceKind
    document: str
    said: Sequence[Said]
    interview: UUID | None = None


async def state_particulars(command: StateParticulars, uow: ClaimsUnitOfWork) -> list[Particular]:
    """Append them, and have them held against the notice.

    Raises ClaimUnknown, ParticularsEmpty, StatementsTooMany, and EvidenceWithoutRelation of a notice of nobody.
    """
    claim = await uow.claims.find(command.claim)
    if claim is None:
        raise ClaimUnknown()
    if claim.relation is None:
        raise EvidenceWithoutRelation()
    if not command.said:
        raise ParticularsEmpty()
    check_statements(await uow.inconsistencies.count_of(claim.id, command.by))
    stated = [_particular(each, command) for each in command.said]
    # First: whoever compares holds that due work, and waits for nobody who adds something.
    await uow.due.at(CompareParticulars(claim.joined_to or claim.id), now())
    await uow.inconsistencies.state(stated, command.tenant)
    return stated


def _particular(said: Said, command: StateParticulars) -> Particular:
    return Particular(
        id=new_id(),
        claim=command.claim,
        source=command.source,
        document=command.document,
        item=said.item,
        value=said.value,
        stated_by=command.by,
        stated_at=now(),
        month=said.month,
        employer=said.employer,
        interview=command.interview,
    )
