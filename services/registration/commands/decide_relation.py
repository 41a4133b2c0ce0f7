"""Decide what an officer stated of a family relation: two officers let it count, or dismiss it."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.ask_for_relation import AskForRelation, ask_for_relation
from services.registration.commands.state_relation import born_of
from services.registration.domain.errors import PermissionNeeded
from services.registration.domain.relation import (
    AskedFor,
    RelationAct,
    RelationAnswer,
    RelationFact,
    RelationStatement,
    asked_for,
    check_relation,
)
from services.registration.events.registration import relation_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideRelation:
    """Which statement, what was found of it, both officers, and the document that permits another marriage."""

    statement: UUID
    answer: RelationAnswer
    officers: Officers
    permission: str | None = None


async def decide_relation(command: DecideRelation, uow: RegistrationUnitOfWork) -> None:
    """Let it count and publish it, or keep that it does not; raises PermissionNeeded, RelationOverlaps, or what the
    relation cannot be by what is known now."""
    statement = await uow.relations.statement(command.statement)
    await uow.relations.answer(statement.id, command.answer, command.officers)
    if command.answer is RelationAnswer.APPROVED:
        await _let_count(statement, command, uow)
        # What waits about either of both is held against more than before.
        for waiting in await uow.relations.waiting(statement.relation.persons):
            await ask_for_relation(AskForRelation(waiting), uow)


async def _let_count(statement: RelationStatement, command: DecideRelation, uow: RegistrationUnitOfWork) -> None:
    relation = replace(statement.relation, withdrawn=statement.act is RelationAct.WITHDRAWN)
    # What never was is withdrawn whatever is known by now, such as a birth that was corrected since.
    if statement.act is not RelationAct.WITHDRAWN:
        check_relation(relation, await born_of(relation, uow), today())
    known = await uow.relations.of_persons(relation.persons)
    is_second = asked_for(statement.act, relation, known) is AskedFor.SECOND_MARRIAGE
    if is_second and command.permission is None:
        raise PermissionNeeded()
    fact = RelationFact(
        relation=relation,
        recorded_at=command.officers.at,
        source=statement.source,
        evidence=statement.evidence,
        permission=command.permission,
        stated_by=statement.officer,
        proposed_by=command.officers.proposed_by,
        approved_by=command.officers.approved_by,
    )
    await uow.relations.add(fact)
    uow.publish(relation_as_it_stands(relation))
