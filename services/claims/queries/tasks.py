"""What waits for people, as it stands now: the newest revision of a question or of a notice."""

from services.claims.domain import subjects
from services.claims.domain.queues import facts_of_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_state_of_question(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a question of a claim, which is locked: what was assessed last, and evidence that was not assessed yet."""
    claim, _ = await uow.claims.lock(subjects.claim_of(subject))
    statements = await uow.evidence.count(claim)
    name = subjects.question_of(subject)
    facts = next((each.facts for each in await uow.questions.of(claim.id) if each.question == name), {})
    return SubjectState(claim.revision + statements, {**facts, "statements": statements})


async def find_state_of_notice(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a notice whose claim is not open, and is locked."""
    claim, _ = await uow.claims.lock(subjects.claim_of(subject))
    statements = await uow.evidence.count(claim)
    return SubjectState(statements, {**facts_of_notice(claim), "statements": statements})
