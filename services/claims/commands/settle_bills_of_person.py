"""Settles all medical bills of a person: line by line, by which scheme covers each accident now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.claims.commands.find_medical_cover import FindMedicalCover, find_medical_cover
from services.claims.commands.write_letters import SETTLES
from services.claims.commands.write_medical_bill_letter import WriteMedicalBillLetter
from services.claims.domain import subjects
from services.claims.domain.errors import MedicalBillNotInDoubt, MedicalReviewOfOneself
from services.claims.domain.medical_authorisation import AuthorisationState, MedicalAuthorisation, shared_mosts
from services.claims.domain.medical_bill import TO_BE_SENT_AGAIN, BillState, MedicalBill, payable_id
from services.claims.domain.medical_cover import NOBODY_NOTICED, Cover
from services.claims.domain.medical_settling import About, AskedOf, settle
from services.claims.domain.queues import MEDICAL_BILL
from services.claims.events.claims_payable import bill_stated
from services.claims.storage.medical_bills import Published
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.funds import Fund
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.repository import TaskRepository
from shared.tasks.task import SubjectState

_FIGURES = ("act4.medical.prices", "act4.medical.most_of_an_authorisation", "act4.medical.usual_quantity")


@dataclass(frozen=True)
class SettleBillsOfPerson:
    """The person, by the number that survives."""

    person: int


async def settle_bills_of_person(command: SettleBillsOfPerson, uow: ClaimsUnitOfWork) -> None:
    """Keep how each line stands, publish what a fund owes where that changed, and ask people about what is in doubt.

    Under a number that was merged it is left to be done under the one that survives.
    """
    numbers = await uow.known_persons.numbers_of(command.person)
    if numbers[0] != command.person:
        await uow.due.at(SettleBillsOfPerson(numbers[0]), now())
        return
    await uow.law_entries.lay()
    await uow.claims.lock_person(command.person)
    known = await uow.medical_bills.hold_all(numbers)
    if not known:
        return
    settled = settle(known, await _abouts(known, numbers, uow), AskedOf(book(), today(), now()))
    stands = await _keep(known, [settled[each.id] for each in known], uow)
    await _ask_people(stands, uow)
    await uow.due.when(command, _listens_to(stands, numbers), None)


def _listens_to(bills: Sequence[MedicalBill], numbers: Sequence[int]) -> set[Subject]:
    heard_of = (subjects.medical, subjects.claims, subjects.death)
    found = {each(number) for number in numbers for each in heard_of}
    found |= {subjects.figure(each) for each in _FIGURES}
    asked = (each.authorisation for each in bills)
    return found | {subjects.medical_authorisation(each) for each in asked if each is not None}


async def _abouts(bills: Sequence[MedicalBill], numbers: Sequence[int], uow: ClaimsUnitOfWork) -> Mapping[UUID, About]:
    """What is the same for the lines of each bill; what covers an admission or a claim is read once."""
    of = {(each.authorisation, each.claim): each for each in bills}
    died_on = await uow.evidence.died_on(numbers)
    leads = shared_mosts(await uow.medical_authorisations.of_person(numbers[0]))
    read = {asked: await _about(bill, leads, died_on, uow) for asked, bill in of.items()}
    return {each.id: _as_found(each, read[each.authorisation, each.claim]) for each in bills}


def _as_found(bill: MedicalBill, about: About) -> About:
    """With the scheme that two officers found, as long as nothing is decided of the claim."""
    if about.cover.scheme is not None or bill.scheme_found is None:
        return about
    return replace(about, cover=Cover(bill.scheme_found))


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


async def _keep(
    known: Sequence[MedicalBill], settled: Sequence[MedicalBill], uow: ClaimsUnitOfWork
) -> list[MedicalBill]:
    """Append what is settled otherwise than before, publish what is owed by it, and keep how each bill stands."""
    pairs = list(zip(known, settled, strict=True))
    changed = [is_ for was, is_ in pairs if is_.settled != was.settled or not was.is_settled_as_stated]
    await uow.medical_bills.settle(changed)
    for each in changed:
        uow.decided("medical_bill_settled", bill=str(each.id), owed_sen=sum(each.owed().values()))
    again = {each.id for each in changed}
    stands = [_settled_once_more(each) if each.id in again else each for each in settled]
    payables = [payable_id(each.id, fund) for each in stands for fund in each.owed()]
    published = await uow.medical_bills.published(payables)
    stands = [await _publish(each, published, uow) for each in stands]
    await uow.medical_bills.save(stands)
    told = [each for was, each in zip(known, stands, strict=True) if each != was]
    await uow.due.all_at([WriteMedicalBillLetter(each.id) for each in told], now() + SETTLES)
    return stands


def _settled_once_more(bill: MedicalBill) -> MedicalBill:
    return replace(bill, settlements=bill.settlements + 1, is_settled_as_stated=True)


async def _publish(bill: MedicalBill, published: Mapping[UUID, Published], uow: ClaimsUnitOfWork) -> MedicalBill:
    """What each fund owes, where it is not what was published last; nothing, until the sender says it once more.

    That is so of a database that was put back: what the sender said since is lost.
    """
    owed = bill.owed()
    before = {fund: published.get(payable_id(bill.id, fund)) for fund in owed}
    changed = [fund for fund, sen in owed.items() if sen != _sen(before[fund])]
    if changed and _is_lost(bill, before):
        return replace(bill, state=BillState.WAITING, reason=TO_BE_SENT_AGAIN)
    # What ends goes first: it is set off against what takes its place.
    for fund in sorted(changed, key=lambda each: owed[each] > 0):
        last = before[fund]
        event = bill_stated(bill, fund, 1 if last is None else last.revision + 1, now())
        await uow.medical_bills.publish(event)
        uow.publish(event)
    return bill


def _is_lost(bill: MedicalBill, published: Mapping[Fund, Published | None]) -> bool:
    """Whether what was published of it is known from before a restore alone, and nobody has said it since."""
    recalled = [each.recalled_at for each in published.values() if each is not None and each.recalled_at is not None]
    return any(each > bill.said_last_at for each in recalled)


def _sen(published: Published | None) -> Sen:
    return 0 if published is None else published.sen


async def _ask_people(bills: Sequence[MedicalBill], uow: ClaimsUnitOfWork) -> None:
    """About what is in doubt, and no more about what is not."""
    about = {subjects.medical_bill(each.id): state_of_medical_bill(each) for each in bills}
    live = await TaskRepository(uow.connection).live_among(MEDICAL_BILL, list(about))
    for subject, state in about.items():
        if not state.is_decided:
            await ask(MEDICAL_BILL, subject, state, uow)
        elif subject in live:
            await close_task(CloseTask(MEDICAL_BILL, subject, "settled"), uow)


def state_of_medical_bill(bill: MedicalBill) -> SubjectState:
    """Of a bill, which is locked: what of it waits for people, line by line, or as a whole."""
    doubts = bill.doubts
    reason = bill.doubt_of(doubts[0]) if doubts else bill.asks_people or ""
    return SubjectState(
        bill.revision,
        bill.facts,
        reason=reason,
        stated_by=bill.asked_by,
        of_oneself=MedicalReviewOfOneself,
        is_decided=not reason,
        over=MedicalBillNotInDoubt,
    )
