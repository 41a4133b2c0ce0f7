"""Asks people about the questions of a claim that no rule answers, and no more about those that are answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.queues import OF_QUESTIONS, Reasons
from services.claims.storage.questions import Kept
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.tasks.charter import is_promised
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskPeople:
    """A claim, which the transaction holds, and its questions that wait for people.

    ``reasons`` are those of each queue in which a question stands now, ``kept`` the queues in which it stood and how
    often it changed, ``facts`` what of it people look at. ``awaiting`` are the questions of which a fact is on its way:
    what was asked of them before goes on. ``statements``: how many there are of the claim.
    """

    claim: Claim
    reasons: Reasons
    facts: Mapping[str, Mapping[str, str | int]]
    kept: Mapping[str, Kept]
    statements: int
    awaiting: Collection[str] = ()

    def is_over(self, question: str, queue: str) -> bool:
        """Whether a question stood in a queue, and does not any more."""
        stands = queue in self.reasons.get(question, {}) or question in self.awaiting
        return queue in self.kept[question].queues_before and not stands

    def revision_of(self, question: str) -> int:
        """The revision that an approval names: none of what it is the sum of ever falls while a task waits."""
        return self.claim.revision + self.statements + self.kept[question].revision


async def ask_people(command: AskPeople, uow: ClaimsUnitOfWork) -> None:
    """Open the tasks of what waits, or state them again; close those of what waits no more."""
    for question, queue in ((name, queue) for name in command.kept for queue in OF_QUESTIONS):
        if command.is_over(question, queue.name):
            await close_task(CloseTask(queue, subjects.question(command.claim.id, question), "settled"), uow)
    for question, reasons in command.reasons.items():
        facts = {**command.facts[question], "statements": command.statements}
        for queue in (each for each in OF_QUESTIONS if each.name in reasons):
            subject = subjects.question(command.claim.id, question)
            # The promise of the benefit, where the charter has one.
            charter = question if is_promised(question) else None
            revision = command.revision_of(question)
            await open_task(OpenTask(queue, subject, reasons[queue.name], revision, facts, charter), uow)
