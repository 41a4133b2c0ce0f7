"""Two officers let a statement of a claim count that waited for a person."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.add_evidence import check_choice
from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.name_similar_worker import NameSimilarWorker, name_similar_worker
from services.claims.commands.record_finding import finding_id
from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.loss import woken_by
from services.claims.domain.errors import (
    EvidenceNotWaiting,
    EvidenceOfAnotherClaim,
    EvidenceOfAnotherQueue,
    EvidenceOfOneself,
)
from services.claims.domain.evidence import OF_A_DEATH, Evidence, EvidenceKind
from services.claims.domain.standing import standing
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id, party_number
from shared.kernel.officers import must_be_another
from shared.kernel.subjects import Subject


@dataclass(frozen=True)
class LetEvidenceCount:
    """A statement of a claim, or of a notice that joined it; ``cause`` is the same each time it is approved.

    ``is_finding``: it is let count where findings are, or what takes one back.
    """

    cause: UUID
    claim: UUID
    evidence: UUID
    tenant: str
    approved_by: str
    is_finding: bool


async def let_evidence_count(command: LetEvidenceCount, uow: ClaimsUnitOfWork) -> None:
    """Append the approval, and have the claim assessed again.

    Raises EvidenceOfAnotherClaim, EvidenceNotWaiting, EvidenceOfAnotherQueue, EvidenceOfOneself, ChoiceFinal and
    ChoiceNotAllowed for a choice, and SimilarWorkerWithoutWages for an order of the board.
    """
    claim, _ = await uow.claims.lock(command.claim)
    target = await _waiting(command, claim, uow)
    must_be_another(command.approved_by, {target.stated_by}, EvidenceOfOneself)
    id_ = derived_id("evidence_approved", command.cause)
    await uow.evidence.add(target.approved(id_, now(), command.tenant, command.approved_by))
    about = None if target.about is None else await uow.evidence.find(target.about)
    if target.kind is EvidenceKind.BOARD_ORDER:
        await name_similar_worker(_ordered(command, target), uow)
    if target.kind is EvidenceKind.WITHDRAWAL and about is not None and about.kind is EvidenceKind.BOARD_ORDER:
        await _take_order_back(command, target, about, uow)
    await uow.due.at(AssessClaim(command.claim), now())
    changed = (about or target).kind
    await uow.due.wake(woken_by(changed, claim.person) | _woken_by_death(changed, claim.person))


def _woken_by_death(kind: EvidenceKind, person: int | None) -> set[Subject]:
    """What ends with a person's death, where two officers say by what they let count that the person died."""
    return {subjects.death(person)} if kind in OF_A_DEATH and person is not None else set()


async def _waiting(command: LetEvidenceCount, claim: Claim, uow: ClaimsUnitOfWork) -> Evidence:
    """The statement, if it waits for those who let it count."""
    stated = (await uow.evidence.of(claim)).evidence
    target = next((each for each in stated if each.id == command.evidence), None)
    if target is None:
        raise EvidenceOfAnotherClaim()
    stands = standing(stated, await uow.known_persons.spells_of(claim.insured))
    if target.id not in stands.waiting:
        raise EvidenceNotWaiting()
    if command.is_finding != (target.id in stands.waiting_findings):
        raise EvidenceOfAnotherQueue()
    if target.kind is EvidenceKind.CHOICE:
        # A lump sum may have taken effect since it was stated.
        await check_choice(target.stated, claim, uow)
    return target


def _ordered(command: LetEvidenceCount, order: Evidence) -> NameSimilarWorker:
    """Nobody types the amount: it is that of whom the board names, and takes the place of what was found before."""
    person = party_number(str(order.stated["party"]))
    both = (command.tenant, order.stated_by, command.approved_by)
    # By the order its finding is found again when the order is withdrawn.
    return NameSimilarWorker(order.id, command.claim, person, *both)


async def _take_order_back(
    command: LetEvidenceCount, withdrawal: Evidence, order: Evidence, uow: ClaimsUnitOfWork
) -> None:
    """Of an order of the board that is withdrawn, what was found by it goes too; what was found before counts again."""
    id_, found, by = derived_id("finding_withdrawn", command.cause), finding_id(order.id), withdrawal.stated_by
    tenant, kind = command.tenant, EvidenceKind.WITHDRAWAL
    taken_back = Evidence(id_, command.claim, tenant, kind, now(), about=found, stated_by=by)
    let = taken_back.approved(derived_id("withdrawal_let", command.cause), now(), tenant, command.approved_by)
    await uow.evidence.add(taken_back, let)
