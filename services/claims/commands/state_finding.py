"""Two officers found a fact that a question of a claim reads, and that no statement settles."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.catalogue import questions_of
from services.claims.domain.errors import FindingNotForQuestion, FindingNotReadable
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.law.fact_types import MalformedFact
from shared.law.facts import Facts


@dataclass(frozen=True)
class StateFinding:
    """What was found of a fact, of the question of a claim."""

    cause: UUID
    claim: UUID
    question: str
    tenant: str
    proposed_by: str
    approved_by: str
    fact: str
    found: str


async def state_finding(command: StateFinding, uow: ClaimsUnitOfWork) -> None:
    """Record it; raises FindingNotForQuestion, and FindingNotReadable for what the law does not read."""
    claim, _ = await uow.claims.lock(command.claim)
    question = next((each for each in questions_of(claim.kind) if each.name == command.question), None)
    collector = None if question is None else question.by_fact.get(command.fact)
    if question is None or collector is None or not collector.is_found:
        raise FindingNotForQuestion(facts={"question": command.question})
    try:
        declared = tuple(fact for fact in question.asked.facts if fact.name == command.fact)
        Facts(declared, {command.fact: command.found})
    except MalformedFact as fault:
        raise FindingNotReadable(fault.detail) from fault
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, command.claim, *both, command.fact, command.found), uow)
