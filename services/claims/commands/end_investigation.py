"""Two officers end an investigation: what it found is evidence of the claim, as every finding is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.state_finding import StateFinding, state_finding
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.event import STATED_BY_TASKS
from services.claims.domain.errors import FindingNotForQuestion, InvestigationOver
from services.claims.domain.investigation import Conclusion, InvestigationEnd
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class EndInvestigation:
    """What it came to, and the facts that were found; ``cause`` is the same each time that it is approved."""

    cause: UUID
    investigation: UUID
    conclusion: Conclusion
    found: Sequence[tuple[str, str]]
    officers: Officers


async def end_investigation(command: EndInvestigation, uow: ClaimsUnitOfWork) -> None:
    """Append how it ended and what it found, and have the claim assessed again.

    Raises InvestigationOver, FindingNotForQuestion, FindingNotReadable.
    """
    found = await uow.investigations.lock(command.investigation)
    if found is None or found.end is not None:
        raise InvestigationOver()
    claim, _ = await uow.claims.lock(found.claim)
    both = (command.officers.tenant, *command.officers.both)
    for number, (fact, value) in enumerate(command.found):
        cause, question = derived_id("investigated", command.cause, number), _question_of(fact, claim)
        await state_finding(StateFinding(cause, claim.id, question, *both, fact, value), uow)
    end = InvestigationEnd(command.conclusion, *command.officers.both, command.officers.at, command.found)
    await uow.investigations.end(found.id, end, command.officers.tenant)


def _question_of(fact: str, claim: Claim) -> str:
    """The first question of the claim that takes the fact from a finding; raises FindingNotForQuestion."""
    takes = [each.name for each in questions_of(claim.kind) if each.takes_finding(fact)]
    if not takes or fact in STATED_BY_TASKS:
        raise FindingNotForQuestion(facts={"question": fact})
    return takes[0]
