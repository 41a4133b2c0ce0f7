"""Find what would change an appealed answer, once it is filed: its party reads it, whatever becomes known later."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.gather_facts import GatherFacts, gather_facts
from services.claims.commands.name_similar_worker import average_of_similar_worker
from services.claims.domain.appeal import Appeal
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.event import SIMILAR_WORK
from services.claims.domain.errors import SimilarWorkerWithoutWages
from services.claims.domain.facts import Known
from services.claims.domain.flips import Appealed, flips_of
from services.claims.domain.line_flips import flips_of_line
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.money import ringgit
from shared.law.book import book
from shared.law.decision import DecisionRecord

# Of so many others with the same employer on the day the wages are tried.
MOST_SIMILAR = 20


@dataclass(frozen=True)
class FindFlips:
    """The appeal."""

    appeal: UUID


async def find_flips(command: FindFlips, uow: ClaimsUnitOfWork) -> None:
    """Keep them, in the place of what was found before; nothing where no record of the answer can be read any more."""
    appeal = await uow.appeals.find(command.appeal)
    if appeal.bill is not None:
        await _find_of_line(appeal, appeal.bill, uow)
        return
    claim, decision = await uow.claims.find(appeal.claim), await uow.claims.decision(appeal.claim, appeal.revision)
    records = {} if decision is None else {k: v for k, v in decision.records.items() if v.is_of_this_format}
    if claim is None or claim.person is None or appeal.question not in records:
        return
    gathered = await gather_facts(GatherFacts(claim), uow)
    case = Appealed(
        question=appeal.question,
        questions=questions_of(claim.kind),
        records=records,
        known=gathered.known,
        law=book(),
        stated=gathered.stated,
        contradictions=await uow.inconsistencies.of(claim.id),
        similar_wages=await _similar_wages(claim, gathered.known, records[appeal.question], uow),
    )
    await uow.appeals.keep_flips(appeal.id, now(), flips_of(case).body)


async def _find_of_line(appeal: Appeal, bill: UUID, uow: ClaimsUnitOfWork) -> None:
    for record in (await uow.medical_bills.records(bill, [appeal.record or ""])).values():
        await uow.appeals.keep_flips(appeal.id, now(), flips_of_line(record, book()).body)


async def _similar_wages(claim: Claim, known: Known, record: DecisionRecord, uow: ClaimsUnitOfWork) -> list[str]:
    """The averages of others with the same employer, where such an average rates the benefit: each once."""
    facts = {fact["name"]: fact["value"] for fact in record.body["facts"]}
    if not facts.get(SIMILAR_WORK.fact):
        return []
    about = known.of_cause()
    employers = sorted({each.employer for each in about.spells_on_the_day})
    beside = await uow.known_persons.list_beside(
        employers, about.happened_on, [*known.numbers, known.person], MOST_SIMILAR
    )
    found: dict[str, None] = {}
    for person in beside:
        with suppress(SimilarWorkerWithoutWages):
            found[ringgit(await average_of_similar_worker(person, claim, uow))] = None
    return list(found)
