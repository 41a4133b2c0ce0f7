"""Holds the notice of a claim against what documents, people and other notices say, and keeps the register of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.claim import Claim
from services.claims.domain.particulars import (
    Contradiction,
    Inconsistency,
    InconsistencyEnd,
    Particular,
    ParticularItem,
    compared,
    contradictions,
    facts_of,
)
from services.claims.domain.queues import INCONSISTENCY
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class CompareParticulars:
    """A claim of which something was said that its notice may say otherwise."""

    claim: UUID


async def compare_particulars(command: CompareParticulars, uow: ClaimsUnitOfWork) -> None:
    """Enter what contradicts, ask people about it, and ask no more about what contradicts nothing by now.

    What is declared for a month later, and a merge of persons, has it compared again.
    """
    claim = await uow.claims.find(command.claim)
    if claim is None or claim.person is None:
        return
    if claim.joined_to is not None:
        # What contradicts a notice of the event is entered there.
        for entry in (each for each in await uow.inconsistencies.of(claim.id) if each.end is None):
            await _let_go(entry, claim, uow)
        await uow.due.at(CompareParticulars(claim.joined_to), now())
        return
    particulars = [each for each in await uow.inconsistencies.particulars_of(claim) if not each.is_withdrawn]
    wages = [each for each in particulars if each.item is ParticularItem.WAGE]
    # First of all: what arrives while it is read has it compared once more.
    await uow.due.when(command, await _listens_to(claim, wages, uow), None)
    lines = (await uow.known_persons.of(claim.insured, _until(wages))).lines if wages else ()
    found = contradictions(await uow.claims.notices_of(claim), particulars, lines)
    news, gone = compared(found, await uow.inconsistencies.of(claim.id))
    stated_by = {each.id: each.stated_by for each in particulars}
    for said, number in news:
        await _enter(said, number, claim, stated_by.get(said.source), uow)
    for entry in gone:
        await _let_go(entry, claim, uow)


def _until(wages: list[Particular]) -> date:
    return Month.of(max(each.month for each in wages)).last_day


async def _listens_to(claim: Claim, wages: list[Particular], uow: ClaimsUnitOfWork) -> set[Subject]:
    person = claim.insured
    read = {subjects.claims(person), *(subjects.wage(person, each.month) for each in wages)}
    return subjects.of_all_numbers(read, person, await uow.known_persons.numbers_of(person))


async def _enter(said: Contradiction, number: int, claim: Claim, stated_by: str | None, uow: ClaimsUnitOfWork) -> None:
    named = (said.item, said.about, said.source, said.notice_value, said.document_value, number)
    id_ = derived_id("inconsistency", claim.id, *named)
    entry = Inconsistency(id_, claim.id, said, number, now(), stated_by)
    await uow.inconsistencies.lock(id_)
    await uow.inconsistencies.add(entry, claim.tenant)
    reason, facts = f"{said.item.value}_differs", facts_of(said, claim.id)
    await open_task(OpenTask(INCONSISTENCY, subjects.inconsistency(id_), reason, 1, facts), uow)
    uow.decided("inconsistency_found", claim=str(claim.id), item=said.item.value)


async def _let_go(entry: Inconsistency, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """What contradicted was taken back, or says the same by now; officers may have been faster."""
    found = await uow.inconsistencies.lock(entry.id)
    if found is not None and found.end is None:
        await uow.inconsistencies.end(entry.id, InconsistencyEnd(now()), claim.tenant)
        await close_task(CloseTask(INCONSISTENCY, subjects.inconsistency(entry.id), "settled"), uow)
