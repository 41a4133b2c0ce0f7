"""End what waited for two officers in a backup, and was decided since, as far as what was published says how.

It is asked of each event before that is kept: what it says, and was not so before, two officers let count: all that is
stated of it, with its days, and nothing that no event tells, such as a last day or from when on an employer employs
again. What they refused was never published, nor where somebody lives: that waits on, and is asked of what is known by
then. So does what is stated once more after a restore, such as an employment, and what officers found that no event
states.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.commands.ask_of_spell_correction import AskOfSpellCorrection
from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.load_opening import LoadOpening
from services.registration.commands.review_identity import ReviewIdentity
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.domain import queues, subjects
from services.registration.domain.bank_statements import CreditState, KeptCredit
from services.registration.domain.correction import Attribute, Correction, State, What
from services.registration.domain.employer_fact import EmployerStatement
from services.registration.domain.errors import (
    AllowanceNeeded,
    CreditNotOpen,
    OpeningFileUnknown,
    SpellCorrectionEmpty,
    SpellOverlaps,
)
from services.registration.domain.opening import OpeningState, order_of_pieces
from services.registration.domain.person import PublicFacts
from services.registration.domain.relation import RelationAct, RelationAnswer, RelationStatement
from services.registration.domain.spell import Spell
from services.registration.domain.spell_correction import SpellCorrection
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.recalled_enforcement import AND_BY, BY
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.contribution_received import (
    ContributionBankedV1,
    ContributionInterestV1,
    ContributionsTakenOverV1,
)
from shared.contracts.envelope import Event
from shared.contracts.registration import (
    CompoundStatedV1,
    EmployerRegisteredV1,
    PeopleTakenOverV1,
    PersonRegisteredV1,
    RelationEvent,
    SpellEvent,
)
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers
from shared.kernel.periods import Month
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, close_task

KNOWN_AGAIN = "known_again"
_OF_SPELL = ("started_on", "ended_on", "kind_of_work", "spouse_of_employer", "allowance_sen")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RecallDecided:
    """What was published, and is not kept yet."""

    event: Event


async def recall_decided(command: RecallDecided, uow: RegistrationUnitOfWork) -> None:
    """End what waited for it; nothing of it is decided twice."""
    for kind, end in _ENDS.items():
        if isinstance(command.event, kind):
            await end(command.event, uow)


def officers_of_before(tenant: str, at: datetime | None = None) -> Officers:
    """In the place of the two officers, who are in no event."""
    return Officers(tenant, BY, AND_BY, at or now())


async def _close(queue: Queue, about: Subject, uow: RegistrationUnitOfWork) -> None:
    await close_task(CloseTask(queue, about, KNOWN_AGAIN), uow)


async def _correction(event: PersonRegisteredV1, uow: RegistrationUnitOfWork) -> None:
    """A name, a birth or a residence counts: its value is here, also of a name, which is published as tokens alone."""
    known = await uow.recalled.revision_of_person(event.person)
    if known is None or known >= event.revision:
        return
    stands = await uow.persons.told(event.person, today())
    numbers = await uow.person_merges.numbers_of(event.person)
    waiting = [await uow.corrections.get(each) for each in await uow.corrections.waiting(numbers)]
    for said in waiting:
        is_meant = await uow.corrections.person_meant(said) == event.person
        if is_meant and _is_said(said, event, uow) and not _is_said(said, stands, uow):
            await _let_count(replace(said, state=State.COUNTS, proposed_by=BY, approved_by=AND_BY), event.person, uow)
        else:
            await uow.due.at(AskOfCorrection(str(said.id)), now())


def _is_said(said: Correction, told: PersonRegisteredV1 | PublicFacts, uow: RegistrationUnitOfWork) -> bool:
    """Whether what is told of a person reads as a correction says: all that is told of it, and nothing that is not."""
    if said.what is not What.FACT or said.days.last is not None:
        return False
    if said.attribute is Attribute.NAME:
        return set(uow.keys.name_tokens.of(said.value or "")) == set(told.name_tokens)
    if said.attribute is Attribute.BORN_ON:
        return said.value == told.born_on.isoformat()
    of_residence = said.attribute is Attribute.RESIDENCE
    return of_residence and (said.value, said.days.first) == (str(told.residence), told.residence_since)


async def _let_count(said: Correction, person: int, uow: RegistrationUnitOfWork) -> None:
    await uow.person_facts.add(replace(said, person=person))
    await uow.corrections.end(said, now())
    await _close(queues.PERSON_CORRECTION, subjects.person_correction(said.id), uow)
    await uow.due.at(ReviewIdentity(person), now())
    if said.decides_cover:
        await uow.due.at(DeriveAgain(person), now())
        await uow.due.at(ReviewPostedLines(person), now())


async def _spell(event: SpellEvent, uow: RegistrationUnitOfWork) -> None:
    """A spell stands as its correction says. Where it cannot, since what made room for it was lost, it waits on."""
    said = await uow.spell_corrections.waiting(event.spell)
    if said is None:
        return
    spell = await uow.spells.lock(event.spell)
    corrected = _corrected(spell, said)
    await uow.due.at(AskOfSpellCorrection(str(said.id)), now())
    if corrected is None or event.revision <= spell.revision or not _says(event, corrected):
        return
    decided = replace(said, counts=True, proposed_by=BY, approved_by=AND_BY)
    stated = replace(corrected, end_stated_on=event.end_stated_on, end_verified=event.end_verified)
    try:
        async with uow.connection.begin_nested():
            await uow.spells.restate(stated, decided, None)
    except SpellOverlaps:
        return
    if corrected.ended_on != spell.ended_on:
        await uow.waiting_ends.remove(spell.id)
    await uow.spell_corrections.decide(decided, now())
    await _close(queues.SPELL_CORRECTION, subjects.spell_correction(said.id), uow)
    await uow.due.at(DeriveAgain(spell.person), now())
    await uow.due.at(ReviewPostedLines(spell.person), now())


def _corrected(spell: Spell, said: SpellCorrection) -> Spell | None:
    try:
        return said.of(spell)
    except (SpellCorrectionEmpty, AllowanceNeeded):
        return None


def _says(event: SpellEvent, spell: Spell) -> bool:
    stands = spell_as_it_stands(spell)
    return all(getattr(event, name) == getattr(stands, name) for name in _OF_SPELL)


async def _relation(event: RelationEvent, uow: RegistrationUnitOfWork) -> None:
    """A relation stands as it was stated to begin, to end or never to have been."""
    for said in await uow.relations.waiting([event.person]):
        if said.relation.id == event.relation and _stands_as(event, said):
            await uow.relations.answer(said.id, RelationAnswer.APPROVED, officers_of_before(said.source))
            await _close(queues.FAMILY_RELATION, subjects.relation_statement(said.id), uow)


def _stands_as(event: RelationEvent, said: RelationStatement) -> bool:
    relation, is_withdrawn = said.relation, said.act is RelationAct.WITHDRAWN
    told = (event.first_on, event.last_on, event.withdrawn)
    return event.revision >= relation.revision and told == (relation.first, relation.last, is_withdrawn)


async def _employer(event: EmployerRegisteredV1, uow: RegistrationUnitOfWork) -> None:
    """An employer employs nobody behind a day, as an officer stated. From when on one employs again is not told."""
    if event.ended_on is None:
        return
    for said in await uow.employer_facts.waiting_of_activity(event.employer):
        known = await uow.employers.lock(event.employer)
        is_news = event.revision > known.revision and event.ended_on != known.ended_on
        if is_news and event.ended_on == _last_day(said):
            decided = replace(said, counts=True, proposed_by=BY, approved_by=AND_BY)
            await uow.employer_facts.decide(decided, now())
            await uow.employer_facts.add(decided, now())
            await uow.waiting_ends.remove_of_employer(event.employer)
            await uow.waiting_ends.keep_of_employer(event.employer, event.ended_on, now(), said.by.tenant)
            await _close(queues.EMPLOYER_STATEMENT, subjects.employer_statement(said.id), uow)


def _last_day(said: EmployerStatement) -> date | None:
    ends = said.ends_employer and said.first is not None and said.last is None
    return said.first - _DAY if ends and said.first is not None else None


async def _interest(event: ContributionInterestV1, uow: RegistrationUnitOfWork) -> None:
    """More is waived than was: the claim of it is answered, and what is charged later needs another one."""
    employer, month = event.employer, Month.of(event.month)
    account = await uow.accounts.lock(employer, month)
    if account is None or account.appeal is None:
        return
    if event.waived_sen > (0 if account.stated is None else account.stated.waived_sen):
        await uow.accounts.answer(account)
        await _close(queues.INTEREST, subjects.interest(employer, month), uow)


async def _credit(event: ContributionBankedV1, uow: RegistrationUnitOfWork) -> None:
    """Money on the account is a receipt: its id follows from that of the money."""
    for credit in await uow.bank_statements.unmatched(event.amount_sen, event.banked_on):
        if credit.receipt_id == event.receipt:
            await _matched(credit, credit.matched(event.employer, Month.of(event.month)), uow)


async def _compound(event: CompoundStatedV1, uow: RegistrationUnitOfWork) -> None:
    """Money on the account paid a compound."""
    for each in event.payments:
        try:
            credit = await uow.bank_statements.lock_credit(each.credit)
        except CreditNotOpen:
            continue
        if credit.state is CreditState.UNMATCHED and not each.taken_back:
            await _matched(credit, credit.of_compound(event.compound), uow)


async def _matched(credit: KeptCredit, matched: KeptCredit, uow: RegistrationUnitOfWork) -> None:
    await uow.bank_statements.decide(credit.id, officers_of_before(credit.tenant), None)
    await uow.bank_statements.keep([matched])
    await _close(queues.BANK_CREDIT, subjects.bank_credit(credit.id), uow)


async def _opening(event: PeopleTakenOverV1 | ContributionsTakenOverV1, uow: RegistrationUnitOfWork) -> None:
    """A file that was checked was released: it is loaded, by which names and numbers come back, and nothing twice."""
    try:
        file = await uow.opening_files.lock(event.file)
    except OpeningFileUnknown:
        return
    if file.state is OpeningState.CHECKED:
        await uow.opening_files.turn(file.id, OpeningState.LOADING, officers=officers_of_before(file.tenant))
        await _close(queues.OPENING_FILE, subjects.opening_file(file.id), uow)
        for piece in order_of_pieces(file.pieces):
            await uow.due.at(LoadOpening(str(file.id), piece), now())


_ENDS: Mapping[type[Event], Callable[[Any, RegistrationUnitOfWork], Awaitable[None]]] = {
    PersonRegisteredV1: _correction,
    SpellEvent: _spell,
    RelationEvent: _relation,
    EmployerRegisteredV1: _employer,
    ContributionInterestV1: _interest,
    ContributionBankedV1: _credit,
    CompoundStatedV1: _compound,
    PeopleTakenOverV1: _opening,
    ContributionsTakenOverV1: _opening,
}
