"""Two officers found a fact that a question of a claim reads, and that no statement settles."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.catalogue import questions_of
from services.claims.domain.errors import FindingNotForQuestion
from services.claims.domain.question import Question
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


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
    _question_of(command, questions_of(claim.kind)).check_finding(command.fact, command.found)
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, command.claim, *both, command.fact, command.found), uow)


def _question_of(command: StateFinding, questions: Sequence[Question]) -> Question:
    """The one that is asked about, or, of a doubt about the event, another of the claim that reads the fact."""
    asked = sorted(questions, key=lambda each: each.name != command.question)
    if not asked or asked[0].name != command.question:
        raise FindingNotForQuestion(facts={"question": command.question})
    return next((each for each in asked if each.takes_finding(command.fact)), asked[0])
