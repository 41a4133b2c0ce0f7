"""Settles a provider's bill, with all others of the person: line by line, by which scheme covers the accident now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.claims.commands.find_medical_cover import FindMedicalCover, find_medical_cover
from services.claims.domain import subjects
from services.claims.domain.errors import MedicalBillNotInDoubt, MedicalReviewOfOneself
from services.claims.domain.medical_authorisation import AuthorisationState, MedicalAuthorisation, shared_mosts
from services.claims.domain.medical_bill import (
    TO_BE_SENT_AGAIN,
    About,
    AskedOf,
    BillState,
    MedicalBill,
    payable_id,
    settle,
)
from services.claims.domain.medical_cover import NOBODY_NOTICED, PATIENT_NOT_FOUND
from services.claims.domain.queues import MEDICAL_BILL
from services.claims.events.claims_payable import bill_stated
from services.claims.storage.medical_bills import Published
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState

_FIGURES = ("act4.medical.prices", "act4.medical.most_of_an_authorisation", "act4.medical.usual_quantity")


@dataclass(frozen=True)
class SettleMedicalBill:
    """The bill."""

    bill: UUID


async def settle_medical_bill(command: SettleMedicalBill, uow: ClaimsUnitOfWork) -> None:
    """Keep how each line stands, publish what a fund owes where that changed, and ask people about lines in doubt."""
    await uow.law_entries.lay()
    bill = await uow.medical_bills.find(command.bill)
    person = await _patient(bill, uow)
    if person is None:
        await _await_patient(command, bill, uow)
        return
    numbers = await uow.known_persons.numbers_of(person)
    await uow.claims.lock_person(numbers[0])
    if bill.person is None:
        await uow.medical_bills.save(replace(bill, person=person))
    known = await _held(numbers, uow)
    settled = settle(known, await _abouts(known, numbers, uow), AskedOf(book(), today(), now()))
    for each in known:
        await _keep(each, settled[each.id], uow)
    heard_of = (subjects.medical, subjects.claims, subjects.death)
    listens_to = {each(number) for number in numbers for each in heard_of}
    listens_to |= {subjects.figure(each) for each in _FIGURES}
    await uow.due.when(command, listens_to | _of_authorisation(bill), None)


async def _patient(bill: MedicalBill, uow: ClaimsUnitOfWork) -> int | None:
    """Whose treatment it is, once that is known."""
    if bill.person is not None:
        return bill.person
    if bill.authorisation is not None:
        authorisation = await uow.medical_authorisations.find(bill.authorisation)
        # While it is held for a death nothing is said of whose it is.
        return None if authorisation.state is AuthorisationState.AWAITING_PATIENT else authorisation.person
    claim = None if bill.claim is None else await uow.claims.find(bill.claim)
    return None if claim is None or claim.relation is None else claim.stated_of


async def _await_patient(command: SettleMedicalBill, bill: MedicalBill, uow: ClaimsUnitOfWork) -> None:
    """Until the authorisation says whose it is; one that two officers ended is nobody's, and so is its bill."""
    ended = (
        bill.authorisation is not None
        and (await uow.medical_authorisations.find(bill.authorisation)).state is AuthorisationState.ENDED
    )
    state = BillState.REFUSED if ended else BillState.WAITING
    await uow.medical_bills.save(replace(bill, state=state, reason=PATIENT_NOT_FOUND))
    await uow.due.when(command, _of_authorisation(bill), None)


def _of_authorisation(bill: MedicalBill) -> set[Subject]:
    return set() if bill.authorisation is None else {subjects.medical_authorisation(bill.authorisation)}


async def _held(numbers: Sequence[int], uow: ClaimsUnitOfWork) -> list[MedicalBill]:
    """All bills of the person, which nobody corrects or decides meanwhile."""
    for id_ in sorted(each.id for each in await uow.medical_bills.of_person(numbers)):
        await uow.medical_bills.hold(id_)
    return await uow.medical_bills.of_person(numbers)


async def _abouts(bills: Sequence[MedicalBill], numbers: Sequence[int], uow: ClaimsUnitOfWork) -> Mapping[UUID, About]:
    """What is the same for the lines of each bill; what covers an admission or a claim is read once."""
    of = {(each.authorisation, each.claim): each for each in bills}
    died_on = await uow.evidence.died_on(numbers)
    leads = shared_mosts(await uow.medical_authorisations.of_person(numbers[0]))
    read = {asked: await _about(bill, leads, died_on, uow) for asked, bill in of.items()}
    return {each.id: read[each.authorisation, each.claim] for each in bills}


async def _about(
    bill: MedicalBill, leads: Mapping[UUID, MedicalAuthorisation], died_on: date | None, uow: ClaimsUnitOfWork
) -> About:
    """Which scheme covers the accident, and for which days and how much its treatment is authorised."""
    if bill.authorisation is None:
        return replace(await _about_own(bill, uow), died_on=died_on)
    authorisation = await uow.medical_authorisations.find(bill.authorisation)
    asked = FindMedicalCover(authorisation.claim, authorisation.person, authorisation.happened_on)
    is_over = authorisation.state is AuthorisationState.ENDED
    cover = NOBODY_NOTICED if is_over else (await find_medical_cover(asked, uow)).cover
    lead = leads.get(authorisation.id, authorisation)
    dies = None if authorisation.let_go_past(died_on) else died_on
    return About(cover, authorisation.days, lead.most_sen(book()), lead.id, dies)


async def _about_own(bill: MedicalBill, uow: ClaimsUnitOfWork) -> About:
    """What a person paid elsewhere needs no authorisation, and is borne from the accident on until recovery."""
    found = await find_medical_cover(FindMedicalCover(bill.claim), uow)
    claim = None if found.claim is None else await uow.claims.find(found.claim)
    return About(found.cover, None if claim is None else Days(claim.happened_on, max(claim.happened_on, today())))


async def _keep(before: MedicalBill, stands: MedicalBill, uow: ClaimsUnitOfWork) -> None:
    if stands.settled != before.settled or not before.is_settled_as_stated:
        await uow.medical_bills.settle(stands)
        stands = replace(stands, settlements=before.settlements + 1, is_settled_as_stated=True)
        uow.decided("medical_bill_settled", bill=str(stands.id), owed_sen=sum(stands.owed().values()))
    if not await _publish(stands, uow):
        stands = replace(stands, state=BillState.WAITING, reason=TO_BE_SENT_AGAIN)
    await uow.medical_bills.save(stands)
    about = subjects.medical_bill(stands.id)
    if stands.doubts:
        await ask(MEDICAL_BILL, about, _state(stands), uow)
    else:
        await close_task(CloseTask(MEDICAL_BILL, about, "settled"), uow)


async def _publish(bill: MedicalBill, uow: ClaimsUnitOfWork) -> bool:
    """What each fund owes, where it is not what was published last. False: nothing, until the sender corrects the bill.

    That is so of a database that was put back: what the sender said since is lost.
    """
    owed = bill.owed()
    published = await uow.medical_bills.published([payable_id(bill.id, fund) for fund in owed])
    changed = [fund for fund, sen in owed.items() if sen != _sen(published, payable_id(bill.id, fund))]
    recalled = [each.recalled_at for each in published.values() if each.recalled_at is not None]
    if changed and any(each > bill.newest.stated_at for each in recalled):
        return False
    # What ends goes first: it is set off against what takes its place.
    for fund in sorted(changed, key=lambda each: owed[each] > 0):
        last = published.get(payable_id(bill.id, fund))
        event = bill_stated(bill, fund, 1 if last is None else last.revision + 1, now())
        await uow.medical_bills.publish(event)
        uow.publish(event)
    return True


def _sen(published: Mapping[UUID, Published], payable: UUID) -> Sen:
    return published[payable].sen if payable in published else 0


async def find_state_of_medical_bill(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """As officers look at it: that it is settled is left before it is locked, since its runner holds both so."""
    id_ = subjects.medical_of(subject)
    await uow.due.at(SettleMedicalBill(id_), now())
    return _state(await uow.medical_bills.lock(id_))


def _state(bill: MedicalBill) -> SubjectState:
    """Of a bill, which is locked: what of it waits for people."""
    doubts = bill.doubts
    return SubjectState(
        bill.revision,
        bill.facts,
        reason=bill.doubt_of(doubts[0]) if doubts else "",
        stated_by={each.asked_by for each in bill.to_look_at.values()},
        of_oneself=MedicalReviewOfOneself,
        is_decided=not doubts,
        over=MedicalBillNotInDoubt,
    )
