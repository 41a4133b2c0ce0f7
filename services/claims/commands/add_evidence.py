"""Evidence that is stated of a claim beside its notices: it counts when another officer approves it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.claims.commands.keep_statement import KeepStatement, keep_statement
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import OFFICERS, Claim, ClaimKind
from services.claims.domain.collectors.education import fixes_loan
from services.claims.domain.collectors.event import STATED_BY_TASKS
from services.claims.domain.collectors.loss import check_change
from services.claims.domain.errors import (
    CauseUnknown,
    ChoiceDated,
    ClaimUnknown,
    EvidenceNotChangeable,
    EvidenceUnknown,
    EvidenceWithoutRelation,
    FindingNotForQuestion,
    LoanNotFixed,
    NotForThisParty,
)
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.law.act4.permanent_disablement.rules import Option
from shared.law.book import book


@dataclass(frozen=True)
class AddEvidence:
    """What a party, and who of it, states of a claim; ``about`` is the statement in whose place officers state it."""

    tenant: str
    by: str
    claim: UUID
    kind: EvidenceKind
    stated: Mapping[str, Any]
    about: UUID | None = None


def _check_own_choice(command: AddEvidence, claim: Claim) -> None:
    """A person chooses for itself, from today on."""
    if not claim.is_of(command.tenant):
        raise NotForThisParty()
    day = today().isoformat()
    dated = [command.stated[name] for name in ("applied_on", "chosen_on") if name in command.stated]
    if any(each != day for each in dated) or command.stated.get("effective_on", day) < day:
        raise ChoiceDated()


async def check_choice(stated: Mapping[str, Any], claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """Raise ChoiceFinal or ChoiceNotAllowed for a form in which what stands of a claim cannot be taken any more."""
    stands = claim if claim.joined_to is None else await uow.claims.find(claim.joined_to)
    if stands is not None:
        records, law = await uow.claims.last_records(stands), book().on(claim.happened_on, today())
        check_change(Option(str(stated["option"])), records, today(), law)


def _check_finding(command: AddEvidence, claim: Claim) -> None:
    """A fact that a question of the claim reads by a finding, as the law reads it; those of queues are stated there."""
    fact, found = str(command.stated["fact"]), str(command.stated["found"])
    questions = [each for each in questions_of(claim.kind) if each.takes_finding(fact)]
    if not questions or fact in STATED_BY_TASKS:
        raise FindingNotForQuestion(facts={"question": fact})
    questions[0].check_finding(fact, found)


async def _check_cause(command: AddEvidence, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """A person died of an accident of that very person, not before it."""
    cause = await uow.claims.find(UUID(str(command.stated["claim"])))
    if claim.kind is not ClaimKind.DEATH or cause is None or not _may_cause(cause, claim):
        raise CauseUnknown()


def _may_cause(cause: Claim, death: Claim) -> bool:
    is_of_person = cause.relation is not None and cause.person == death.person
    return is_of_person and cause.kind is ClaimKind.ACCIDENT and cause.happened_on <= death.happened_on


async def add_evidence(command: AddEvidence, uow: ClaimsUnitOfWork) -> Evidence:
    """Append the statement and have the claim assessed again.

    Raises ClaimUnknown, ChoiceDated, ChoiceFinal, ChoiceNotAllowed and NotForThisParty for a choice, CauseUnknown for a
    cause, FindingNotForQuestion and FindingNotReadable for a finding, EvidenceWithoutRelation for a loss while nobody
    knows whose it is, EvidenceUnknown, EvidenceNotChangeable and LoanNotFixed for what it supersedes, and
    StatementsTooMany.
    """
    claim = await uow.claims.find(command.claim)
    if claim is None:
        raise ClaimUnknown()
    await _check(command, claim, uow)
    added = Evidence(new_id(), command.claim, command.tenant, command.kind, now(), about=command.about)
    added = replace(added, stated=command.stated, stated_by=command.by)
    return await keep_statement(KeepStatement(claim, added, command.kind), uow)


async def _check(command: AddEvidence, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """Whether its kind may be stated so of the claim."""
    if command.about is not None:
        await _check_superseded(command, command.about, uow)
    if command.kind is EvidenceKind.CHOICE and not command.tenant.startswith(OFFICERS):
        _check_own_choice(command, claim)
    if command.kind is EvidenceKind.CHOICE:
        await check_choice(command.stated, claim, uow)
    if command.kind is EvidenceKind.CAUSE:
        await _check_cause(command, claim, uow)
    if command.kind is EvidenceKind.FINDING:
        _check_finding(command, claim)
    if command.kind is EvidenceKind.PERMANENT_LOSS and claim.relation is None:
        # It would be one of the losses that other claims of the person count, and counts in none.
        raise EvidenceWithoutRelation()


async def _check_superseded(command: AddEvidence, about: UUID, uow: ClaimsUnitOfWork) -> None:
    """Officers state something in the place of its like, about the same claim; a finding in that of the same fact."""
    target = await uow.evidence.find(about)
    if target is None:
        raise EvidenceUnknown()
    is_alike = target.kind is command.kind and target.stated.get("fact") == command.stated.get("fact")
    if target.claim != command.claim or not is_alike or not command.tenant.startswith(OFFICERS):
        raise EvidenceNotChangeable()
    if command.kind is EvidenceKind.EDUCATION and fixes_loan(target.stated) and not fixes_loan(command.stated):
        # What is lent would be called in at once.
        raise LoanNotFixed()
