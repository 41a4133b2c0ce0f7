"""Asks two officers about what is stated of a payee: due work, since a payee's own request sees no tasks."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain import queues, subjects
from services.benefits.domain.errors import PartyStatementOfOneself, PartyStatementOver
from services.benefits.domain.statements import shown_beside
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfStatement:
    """The statement's id."""

    statement: str


async def ask_of_statement(command: AskOfStatement, uow: BenefitsUnitOfWork) -> None:
    """Open its task in the queue of its kind; one that was decided is left."""
    id_ = UUID(command.statement)
    about, said = subjects.party_statement(id_), await uow.statements.get(id_)
    await ask(queues.OF_KIND[said.kind], about, await state_of_statement(about, uow), uow)


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
