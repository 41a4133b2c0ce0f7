"""Keeps the answers to a claim's questions, and publishes a revision unless it says the same as the last one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.claims.commands.ask_people import AskPeople, ask_people
from services.claims.commands.follow_charter import FollowCharter
from services.claims.commands.offer_referrals import OfferReferrals, offer_referrals
from services.claims.commands.state_loans import StateLoans, state_loans
from services.claims.commands.write_letters import owe_letters
from services.claims.domain import subjects
from services.claims.domain.answers import Answer
from services.claims.domain.asking import Records
from services.claims.domain.catalogue import names_of, questions_of
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.contested import released
from services.claims.domain.known_state import KnownState
from services.claims.domain.looked_at import facts_of_questions
from services.claims.domain.question import Question
from services.claims.domain.queues import queues_of
from services.claims.domain.revision import Standing, as_it_stands, is_decided, standing_records
from services.claims.events.claim_assessed import claim_assessed, pending_of
from services.claims.storage.assessments import Assessment, Decided
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject


@dataclass(frozen=True)
class AssessedOn:
    """What the claim was assessed on before, as its fingerprint, and now; None where it is to be assessed again.

    ``listens_to``: the subjects to which it is left to listen.
    """

    before: bytes | None
    now: KnownState | None
    listens_to: Collection[Subject]

    def of(self, claim: Claim, *, waits_for_people: bool) -> bytes | None:
        """The fingerprint to keep; of what waits for people there is none, so that they are asked as often as it is
        due: they answer tasks, which are no fact of the claim.
        """
        return None if self.now is None or waits_for_people else self.now.of(claim, self.listens_to)


@dataclass(frozen=True)
class RecordAnswers:
    """A claim, which the transaction holds, its answers, the records that stood before, and what it was assessed on.

    ``waits``: why evidence waits for a person. ``statements``: how many there are. ``died``: a death is known.
    ``read_by_others``: other claims of the person may read what stands of it; ``is_treated``: so does what hospitals
    ask and bill of its treatment.
    """

    claim: Claim
    answers: Mapping[str, Answer]
    last: Records
    assessed_on: AssessedOn
    waits: Sequence[str]
    statements: int = 0
    died: bool = False
    read_by_others: bool = False
    is_treated: bool = False


async def record_answers(command: RecordAnswers, uow: ClaimsUnitOfWork) -> None:
    """Keep how each question stands; where the records that stand have changed, append and publish a revision."""
    claim, last, questions = command.claim, command.last, questions_of(command.claim.kind)
    answers = {name: each.asked_among(names_of(questions)) for name, each in command.answers.items()}
    standing = standing_records(questions, answers, last)
    owing = [question for question in questions if question.owes]
    stands = as_it_stands(claim, answers, standing, owing, command.waits)
    reasons = queues_of(answers, {question.name for question in owing}, command.waits)
    facts = facts_of_questions(claim, answers, reasons)
    decided = None
    if is_decided(standing) and [each.record.hash for each in standing] != [each.hash for each in last.values()]:
        stands = replace(stands, revision=claim.revision + 1)
        decided = _decided(stands, standing, questions, answers)
        await _publish(stands, decided, uow)
        await offer_referrals(OfferReferrals(stands, standing, command.waits, last.values()), uow)
    known_state = command.assessed_on.of(stands, waits_for_people=bool(reasons))
    is_changed = stands != claim or known_state != command.assessed_on.before
    kept = await uow.assessments.keep(
        Assessment(stands, is_changed, list(answers.values()), reasons, facts, decided, known_state)
    )
    if kept:
        await ask_people(AskPeople(stands, reasons, facts, kept, command.statements, answers), uow)
    await _tell_others(command, stands, uow)
    if released(claim.held_days, stands.held_days):
        # Another claim of the person may have set such a day aside.
        await uow.due.wake({subjects.decided_days(claim.insured)})


async def _publish(claim: Claim, decided: Decided, uow: ClaimsUnitOfWork) -> None:
    """What the platform learns of a revision, and of what is lent by it."""
    uow.publish(decided.event)
    await state_loans(StateLoans(claim, decided.event.decided_at, dict(decided.records)), uow)


async def _tell_others(command: RecordAnswers, stands: Claim, uow: ClaimsUnitOfWork) -> None:
    """Have those written to whom it concerns, and those claims of the person asked again that read this one.

    By the charter what waits for officers is to be decided in time.
    """
    claim, person = command.claim, command.claim.insured
    await owe_letters(claim, stands, uow)
    if "officer" in {*claim.awaits, *stands.awaits}:
        await uow.due.at(FollowCharter(claim.id), now())
    woken = set()
    if command.died:
        # A death is decided by what is found of what brought it about, and by what the person had.
        woken.add(subjects.claims(person))
    if command.read_by_others and stands.revision != claim.revision:
        woken.add(subjects.revisions(person))
    if command.is_treated and stands != claim and (not claim.revision or stands.revision != claim.revision):
        # Who bears its treatment may be another now; before the first decision it is found without a revision.
        woken.add(subjects.medical(person))
    if claim.kind is ClaimKind.DEATH and stands != claim:
        # A person who is found to live after all has again what the death had ended.
        woken.add(subjects.death(person))
    if woken:
        await uow.due.wake(woken)


def _decided(
    claim: Claim, standing: Sequence[Standing], questions: Sequence[Question], answers: Mapping[str, Answer]
) -> Decided:
    """A revision of a claim, and the event that tells it."""
    event = claim_assessed(claim, standing, pending_of(questions, answers, now()))
    return Decided(event.revision_hash, [(each.question.name, each.record) for each in standing], event)
