"""Asks people about the questions of a claim that no rule answers, and no more about those that are answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.claim import Claim
from services.claims.domain.held_answers import HeldAnswers, held_answers
from services.claims.domain.queues import OF_QUESTIONS, Reasons
from services.claims.storage.questions import Kept
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.tasks.charter import is_promised
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskPeople:
    """A claim, which the transaction holds, and its questions that wait for people.

    ``reasons`` are those of each queue in which a question stands now, ``kept`` the queues in which it stood and how
    often it changed, ``facts`` what of it people look at. ``statements``: how many there are of the claim. ``answers``
    are laid before people; of one of which a fact is on its way what was asked before goes on.
    """

    claim: Claim
    reasons: Reasons
    facts: Mapping[str, Mapping[str, str | int]]
    kept: Mapping[str, Kept]
    statements: int
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def is_over(self, question: str, queue: str) -> bool:
        """Whether a question stood in a queue, and does not any more."""
        answer = self.answers.get(question)
        is_awaited = answer is not None and answer.state is QuestionState.AWAITING
        stands = queue in self.reasons.get(question, {}) or is_awaited
        return queue in self.kept[question].queues_before and not stands

    def revision_of(self, question: str) -> int:
        """The revision that an approval names: none of what it is the sum of ever falls while a task waits."""
        return self.claim.revision + self.statements + self.kept[question].revision

    @property
    def held(self) -> Mapping[str, HeldAnswers]:
        """What of each question is laid before people, as the revision that an approval names."""
        held = held_answers(self.answers, self.reasons)
        return {name: HeldAnswers(self.revision_of(name), records) for name, records in held.items()}


async def ask_people(command: AskPeople, uow: ClaimsUnitOfWork) -> None:
    """Open the tasks of what waits, or state them again; close those of what waits no more."""
    for question, queue in ((name, queue) for name in command.kept for queue in OF_QUESTIONS):
        if command.is_over(question, queue.name):
            await close_task(CloseTask(queue, subjects.question(command.claim.id, question), "settled"), uow)
    await uow.held_answers.keep(command.claim, command.held)
    for question, reasons in command.reasons.items():
        facts = {**command.facts[question], "statements": command.statements}
        for queue in (each for each in OF_QUESTIONS if each.name in reasons):
            subject = subjects.question(command.claim.id, question)
            # The promise of the benefit, where the charter has one.
            charter = question if is_promised(question) else None
            revision = command.revision_of(question)
            await open_task(OpenTask(queue, subject, reasons[queue.name], revision, facts, charter), uow)
