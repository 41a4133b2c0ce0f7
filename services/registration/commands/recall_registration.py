"""Knows again what registration itself published, after its database was put back (rules M8).

Names, national ids and codes that were entered since the backup were never published and are lost: whoever entered them
enters them again, and then everybody bears the number that was published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.registration.commands.allocate_receipt import AllocateReceipt
from services.registration.commands.ask_about_pass import AskAboutPass
from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.note_changed_lines import (
    NoteChangedLines,
    ReviewMonths,
    note_changed_lines,
    review_months,
)
from services.registration.commands.recall_decided import RecallDecided, recall_decided
from services.registration.commands.recall_enforcement import RecallEnforcement, recall_enforcement
from services.registration.commands.recall_erasure import RecallErasure, recall_erasure
from services.registration.commands.recall_merge import RecallMerge, keep_again, recall_merge
from services.registration.commands.recall_scheme_cover import RecallSchemeCover, recall_scheme_cover
from services.registration.commands.review_account import ReviewAccount
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.contribution import FundSums, TakenColumns, number_of
from services.registration.domain.receipts import Allocation, KeptReceipt, Receipt, Unallocated
from services.registration.storage.accounts import interest_statement_of_event
from services.registration.storage.refunds import statement_of_event
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.contribution_received import (
    ContributionBankedV1,
    ContributionInterestV1,
    ContributionsReceivedV1,
    ContributionsTakenOverV1,
)
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.contracts.person_erased import PersonErasedV1
from shared.contracts.registration import (
    EmployerRegisteredV1,
    EnforcementEvent,
    MembershipChangedV1,
    PeopleTakenOverV1,
    PersonMergeEvent,
    PersonRegisteredV1,
    RelationEvent,
    SchemeCoverStatedV1,
    SpellEvent,
    told_singly,
)
from shared.kernel.clock import business_day, now
from shared.kernel.funds import Fund
from shared.kernel.periods import Month


@dataclass(frozen=True)
class RecallRegistration:
    """What registration published, and its database does not know; at first, before it is read, nothing."""

    events: Sequence[Event]


async def recall_registration(command: RecallRegistration, uow: RegistrationUnitOfWork) -> None:
    """Keep numbers, ids, lines and receipts; nothing that is known goes back below what was published."""
    if not command.events:
        await _begin(uow)
    # Whoever looks at a receipt leaves its month: receipts come first here too, else each waits for the other.
    months: dict[tuple[int, Month], date] = {}
    for event in sorted(_told(command.events), key=lambda event: not isinstance(event, ContributionBankedV1)):
        await recall_decided(RecallDecided(event), uow)
        if isinstance(event, ContributionsReceivedV1):
            months[event.employer, Month.of(event.month)] = business_day(event.received_at)
            await _recall_lines(event, uow)
        elif isinstance(event, RegistrationPayableStatedV1):
            await _recall_refund(event, uow)
        elif isinstance(event, ContributionBankedV1):
            await _recall_receipt(event, uow)
        elif isinstance(event, ContributionInterestV1):
            await _recall_interest(event, uow)
        elif isinstance(event, ContributionsTakenOverV1):
            await uow.opening_rows.recall_months(event)
            for whose in await uow.opening_rows.declared_since(event):
                months.setdefault(whose, business_day(event.taken_at))
        else:
            await _recall_others(event, uow)
    # Once each: a file of half a million lines was told in as many parts as its month would be summed up for.
    for (employer, month), known in sorted(months.items(), key=lambda each: (each[0][0], str(each[0][1]))):
        await uow.accounts.restate(employer, month, known)


async def _begin(uow: RegistrationUnitOfWork) -> None:
    """What is done for good is not done on the word of a backup: officers may have refused it since."""
    await uow.recalled.leave_numbers_out()
    for erasure in await uow.erasures.ask_again_of_granted():
        await uow.due.at(AskOfErasure(str(erasure)), now())


def _told(events: Sequence[Event]) -> list[Event]:
    """Singly, behind what was told of many at once: that says which file they came with."""
    return [*(each for each in events if isinstance(each, PeopleTakenOverV1)), *told_singly(events)]


async def _recall_others(event: Event, uow: RegistrationUnitOfWork) -> None:
    if isinstance(event, EnforcementEvent):
        await recall_enforcement(RecallEnforcement(event), uow)
    elif isinstance(event, PersonErasedV1):
        await recall_erasure(RecallErasure(event), uow)
    elif isinstance(event, SchemeCoverStatedV1):
        await recall_scheme_cover(RecallSchemeCover(event), uow)
    else:
        await _recall_people(event, uow)


async def _recall_people(event: Event, uow: RegistrationUnitOfWork) -> None:
    if isinstance(event, PersonRegisteredV1):
        await _recall_person(event, uow)
    elif isinstance(event, EmployerRegisteredV1):
        await _recall_employer(event, uow)
    elif isinstance(event, SpellEvent):
        if await uow.recalled.spell(event):
            await uow.due.at(DeriveAgain(event.person), now())
    elif isinstance(event, PersonMergeEvent):
        await recall_merge(RecallMerge(event), uow)
    elif isinstance(event, RelationEvent):
        await uow.relations.recall(event, now())
    elif isinstance(event, MembershipChangedV1) and await uow.recalled.membership(event):
        await uow.due.at(DeriveAgain(event.person), now())


async def _recall_person(event: PersonRegisteredV1, uow: RegistrationUnitOfWork) -> None:
    """Officers who were asked about a pass are asked no more where it was renewed, or was none."""
    forgotten = await uow.recalled.person(event)
    if forgotten.decides_cover:
        await keep_again(event.person, uow)
        await uow.due.at(DeriveAgain(event.person), now())
        await uow.due.at(ReviewPostedLines(event.person), now())
    if forgotten.anything or event.pass_ended_on is not None:
        await uow.due.at(AskAboutPass(event.person), now())


async def _recall_employer(event: EmployerRegisteredV1, uow: RegistrationUnitOfWork) -> None:
    """No end waits for its employer's any more where that employs again."""
    if await uow.recalled.employer(event) and event.ended_on is None:
        await uow.waiting_ends.remove_of_employer(event.employer)


async def _recall_lines(event: ContributionsReceivedV1, uow: RegistrationUnitOfWork) -> None:
    changed, known = await uow.recalled.lines(event), business_day(event.received_at)
    await uow.due.at(ReviewAccount(event.employer, event.month), now())
    if changed:
        lines = TakenColumns.of(changed)
        months = await note_changed_lines(NoteChangedLines(event.employer, known, lines), uow)
        await review_months(ReviewMonths(event.employer, months, {line.month for line in changed}), uow)


async def _recall_refund(event: RegistrationPayableStatedV1, uow: RegistrationUnitOfWork) -> None:
    """What was refunded stands as it was published, until two officers decide again: what they found is forgotten."""
    said = statement_of_event(event)
    if said is not None and await uow.refunds.state(said):
        # Before the refund's row, as whoever runs it has both.
        await uow.due.at(ReviewRefund(said.employer, str(said.month)), now())
        await uow.refunds.recall(said.employer, said.month)


async def _recall_interest(event: ContributionInterestV1, uow: RegistrationUnitOfWork) -> None:
    """What was charged and waived stands as it was published, until its month is looked at."""
    await uow.due.at(ReviewAccount(event.employer, event.month), now())
    await uow.accounts.state(interest_statement_of_event(event))


async def _recall_receipt(event: ContributionBankedV1, uow: RegistrationUnitOfWork) -> None:
    await uow.due.at(AllocateReceipt(str(event.receipt)), now())
    await uow.receipts.recall(_receipt(event))


def _receipt(event: ContributionBankedV1) -> KeptReceipt:
    """As it was published; the bank's reference was not, and stating it again names the same receipt."""
    receipt = Receipt(
        tenant=event.stated_by,
        employer=event.employer,
        month=number_of(Month.of(event.month)),
        amount_sen=event.amount_sen,
        banked_on=event.banked_on,
        reference="",
        received_at=event.received_at,
    )
    funds = tuple(FundSums(Fund(each.fund), each.employer_sen, each.employee_sen) for each in event.funds)
    return KeptReceipt(event.receipt, receipt, event.revision, Allocation(funds, _reason(event), event.interest_sen))


def _reason(event: ContributionBankedV1) -> Unallocated | None:
    if event.countered:
        return Unallocated.COUNTERED
    return None if event.unallocated_for is None else Unallocated(event.unallocated_for)
