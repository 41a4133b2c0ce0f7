"""Asks two officers about what is stated of a payee: due work, since a payee's own request sees no tasks.

A certificate that nothing contradicts, and for which no payment waits, counts by rule; sent twice, the second is known
already and does not count beside the first.
"""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.decide_statement import DecideStatement, decide_statement
from services.benefits.domain import queues, subjects
from services.benefits.domain.certificates import RULE, counts_at_once
from services.benefits.domain.errors import PartyStatementOfOneself, PartyStatementOver
from services.benefits.domain.statements import PartyStatement, StatementKind, shown_beside, twin_of
from services.benefits.storage.statements import OWN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers
from shared.kernel.subjects import Subject
from shared.law.act4.certificates.rules import lives_here_days
from shared.law.book import book
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfStatement:
    """The statement's id."""

    statement: str


async def ask_of_statement(command: AskOfStatement, uow: BenefitsUnitOfWork) -> None:
    """Open its task in the queue of its kind, unless a rule lets it count; one that was decided is left."""
    id_ = UUID(command.statement)
    about, said = subjects.party_statement(id_), await uow.statements.get(id_)
    state = await state_of_statement(about, uow)
    if not state.is_decided and await _counts_at_once(said, uow):
        by_rule = Officers(OWN, said.stated_by, RULE, now())
        is_known = twin_of(said, await uow.statements.list_all_of(said.party)) is not None
        await decide_statement(DecideStatement(id_, counts=not is_known, officers=by_rule), uow)
    else:
        await ask(queues.OF_KIND[said.kind], about, state, uow)


async def _counts_at_once(said: PartyStatement, uow: BenefitsUnitOfWork) -> bool:
    if said.kind is not StatementKind.CERTIFICATE:
        return False
    law = book().on(today(), today())
    return counts_at_once(said, await uow.statements.beside(said.id, lives_here_days(law)), law)


async def state_of_statement(subject: Subject, uow: BenefitsUnitOfWork) -> SubjectState:
    """Of a statement, whose party is locked: the revision moves on with each that is decided of the kind."""
    said = await uow.statements.get(subjects.id_of(subject))
    await uow.statements.lock(said.party)
    said = await uow.statements.get(said.id)
    return SubjectState(
        await uow.statements.answered(said.party, said.kind) + 1,
        said.facts(shown_beside(said, await uow.statements.list_all_of(said.party))),
        reason=queues.WITHDRAWN if said.withdrawn else queues.STATED,
        stated_by={said.stated_by},
        of_oneself=PartyStatementOfOneself,
        is_decided=said.counts is not None,
        over=PartyStatementOver,
    )
