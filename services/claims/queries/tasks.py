"""What waits for people, as it stands now: the newest revision of a question or of a notice."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.errors import EvidenceRequestOver, InconsistencyOfOneself, InconsistencyOver
from services.claims.domain.held_answers import changes
from services.claims.domain.particulars import facts_of
from services.claims.domain.queues import facts_of_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.errors import FieldError
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_state_of_question(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a question of a claim, which is locked: what was assessed last, and evidence that was not assessed yet.

    What arrived beside evidence, such as wages, has the claim assessed again: until then it is changing.
    """
    claim = await _locked(subject, uow)
    statements = await uow.evidence.count(claim)
    name = subjects.question_of(subject)
    question = next((each for each in await uow.questions.of(claim.id) if each.question == name), None)
    facts, changed = ({}, 0) if question is None else (question.facts, question.revision)
    is_changing = await uow.claims.is_to_be_assessed(claim.id)
    revision = claim.revision + statements + changed
    since = partial(_changes_since, claim.id, name, revision, uow=uow)
    return SubjectState(revision, {**facts, "statements": statements}, is_changing, since=since)


async def find_state_of_notice(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a notice whose claim is not open, and is locked."""
    claim = await _locked(subject, uow)
    statements = await uow.evidence.count(claim)
    return SubjectState(statements, {**facts_of_notice(claim), "statements": statements})


async def find_state_of_inconsistency(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of an entry of the register, which is locked: other values are another entry."""
    entry = await uow.inconsistencies.lock(subjects.id_of(subject))
    if entry is None:
        raise InconsistencyOver()
    return SubjectState(
        1,
        facts_of(entry.said, entry.claim),
        stated_by={entry.stated_by},
        of_oneself=InconsistencyOfOneself,
        is_decided=entry.end is not None,
        over=InconsistencyOver,
    )


async def _changes_since(
    claim: UUID, question: str, newest: int, revision: int, uow: ClaimsUnitOfWork
) -> Sequence[FieldError]:
    """What of the answers changed between the revision that was named and the newest."""
    before = await uow.held_answers.up_to(claim, question, revision)
    now = await uow.held_answers.up_to(claim, question, newest)
    return [] if before is None or now is None else changes(before.records, now.records)


async def find_state_of_request(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a request for evidence, which is locked: its party may answer it until it is decided.

    What is approved of it leaves it to be followed: that due work is held first, as the runner does.
    """
    id_ = subjects.evidence_request_of(subject)
    await uow.evidence_requests.hold(id_)
    request = await uow.evidence_requests.lock(id_)
    is_decided = not request.asks_officers
    return SubjectState(request.revision, request.facts, is_decided=is_decided, over=EvidenceRequestOver)


async def _locked(subject: Subject, uow: ClaimsUnitOfWork) -> Claim:
    """What is approved of it leaves it to be assessed: that due work is held first, as the runner does."""
    id_ = subjects.claim_of(subject)
    await uow.claims.hold_assessment(id_)
    claim, _ = await uow.claims.lock(id_)
    return claim
