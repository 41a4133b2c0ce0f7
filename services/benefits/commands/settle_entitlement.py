"""Brings the books of an entitlement to what its newest revision states (rules S4), as due work."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.benefits.commands.ask_for_certificates import AskForCertificates, ask_for_certificates
from services.benefits.commands.gather_books import (
    GatherBooks,
    Gathered,
    Owed,
    gather_books,
    gather_owed,
    with_debts,
    with_limits,
)
from services.benefits.commands.post_difference import Difference, Noted, PostDifference, post_difference
from services.benefits.commands.seek_heirs import SeekHeirs
from services.benefits.domain.calendar import BookCalendar, Reached
from services.benefits.domain.conditioned import first_unpaid
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.loans import asks_on
from services.benefits.domain.payments import MOST_SEN
from services.benefits.domain.settlement import (
    Books,
    Excess,
    Pay,
    Posting,
    Void,
    excess,
    pays_more,
    settle,
    waits,
)
from services.benefits.domain.subjects import assessment, owed_days, payee, payment_calendar
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage.payments import FileRefusal, Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.periods import months_after
from shared.kernel.subjects import Subject

# What another transaction does for the same party is done soon.
BUSY_PAUSE = timedelta(milliseconds=50)
# So many of a party's others are brought down in one transaction; a person has a handful.
_PAGE = 50
# An amount out of bounds waits for the next revision, which is settled by itself.
_WAKES = {
    WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM: owed_days,
    WaitingReason.ACCOUNT_MISSING: payee,
    WaitingReason.ACCOUNT_RETURNED: payee,
    WaitingReason.ACCOUNT_HELD: payee,
    WaitingReason.HOLDER_ENDED: payee,
    WaitingReason.FILE_RETURNED: payee,
    WaitingReason.MERGE_PROPOSED: payee,
    WaitingReason.PAYEE_DIED: payee,
}


@dataclass(frozen=True)
class SettleEntitlement:
    """One benefit of a claim for one party."""

    claim: UUID
    scheme: str
    benefit: str
    party: str

    @classmethod
    def of(cls, key: EntitlementKey) -> "SettleEntitlement":
        """The command for an entitlement."""
        return cls(key.claim, key.scheme, key.benefit, key.party)

    @property
    def key(self) -> EntitlementKey:
        """The entitlement."""
        return EntitlementKey(self.claim, self.scheme, self.benefit, self.party)


async def settle_soon(source: UUID, uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled all that a claim or payable names or ever named: what is not owed now is owed no more."""
    for key in sorted(await uow.settlements.keys_of(source)):
        await uow.due.at(SettleEntitlement.of(key), now())


async def settle_party_soon(party: str, uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled all that is or was owed to a party, by whichever of its numbers; its account is looked at."""
    parties = await uow.known_merges.parties_of([party])
    keys = sorted(await uow.settlements.keys_of_parties(parties))
    await uow.due.all_at([SettleEntitlement.of(key) for key in keys], now())


async def settle_entitlement(command: SettleEntitlement, uow: BenefitsUnitOfWork) -> None:
    """Post the difference; what cannot be paid waits with its reason, what is not due yet for its day.

    What claims decided is waited for too, while it is not known again; what the newest revision does not name, and was
    never granted, is not.
    """
    turn = await uow.settling.begin(command.key, _PAGE)
    if turn is None:
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    if not await _bring_others_down(turn.overtaken, uow):
        await uow.due.at(command, now())
        return
    owed = await gather_owed(command.key, uow) if turn.is_known else None
    if owed is None:
        if not await uow.settlements.is_named_no_more(command.key):
            await uow.due.when(command, {assessment(command.claim)}, None)
        return
    if owed.standing.parties[0] != turn.one:
        # Its number was merged or split while the turn was taken by the other one.
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    waiting, falls_due = await _bring_up_to_date(owed, None, uow)
    by_calendar = {payment_calendar()} if falls_due and owed.entitled.is_monthly else set()
    await _wait(command, waiting, by_calendar, falls_due, uow)


async def _bring_others_down(overtaken: Sequence[EntitlementKey], uow: BenefitsUnitOfWork) -> bool:
    """Withdraw, or open the recovery of, what the party's other benefits were granted beyond what stands now.

    It is what this one is set off against. Their own due work may come later, or fail, and the bank's file be made
    meanwhile: the party would be paid both and asked for one of them. What is to come back comes first: what is paid
    again of a payment that is withdrawn is set off against it too. Whether that was all: a hospital that corrects a
    thousand bills has a page of them brought down at a time, each in a transaction of its own.
    """
    beyond = [each async for each in _beyond(overtaken, uow)]
    for number, (_, owed, gathered) in enumerate(sorted(beyond, key=lambda each: each[0], reverse=True)):
        if number == 0:
            await _bring_up_to_date(owed, gathered, uow)
        # The one before may have been set off against it, or have let days go.
        elif again := await gather_owed(owed.entitled.key, uow):
            await _bring_up_to_date(again, None, uow)
    await uow.settlements.looked_at(overtaken)
    return len(overtaken) < _PAGE


async def _beyond(
    overtaken: Sequence[EntitlementKey], uow: BenefitsUnitOfWork
) -> AsyncIterator[tuple[Excess, Owed, Gathered]]:
    """Those of these that were granted more than stands now, with what they are settled from."""
    for other in overtaken:
        owed = await gather_owed(other, uow)
        if owed is None:
            continue
        gathered = await gather_books(GatherBooks(owed), uow)
        if found := excess(owed.entitled, gathered.books, owed.day, owed.standing.reached):
            yield found, owed, gathered


async def _bring_up_to_date(
    owed: Owed, gathered: Gathered | None, uow: BenefitsUnitOfWork
) -> tuple[list[Waiting], date | None]:
    """Take the days, post the difference and note it; what waits, and the day on which more falls due."""
    day, stated, entitled = owed.day, owed.standing.entitled, owed.entitled
    calendar = BookCalendar(day)
    reached = stated.reach(day, owed.standing.reached, calendar)
    await _take_days(owed, uow)
    gathered = gathered or await gather_books(GatherBooks(owed), uow)
    difference = await _difference(owed, gathered, reached, uow)
    held = [Waiting(WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM, each.first, each.last) for each in entitled.held]
    blocked = await _heirs_sought(owed, difference.blocked, uow)
    unpaid = first_unpaid(entitled, gathered.books.net_sen, day, reached, owed.law)
    waiting = [*held, *(_from(unpaid, each) for each in owed.waiting), *([blocked] if blocked else [])]
    if await post_difference(PostDifference(owed, gathered, difference, Noted(reached, waiting)), uow):
        # What comes to light to come back is set off at once.
        await settle_unsent_of(entitled.key.party, uow)
    looked_at = await ask_for_certificates(AskForCertificates(owed), uow)
    asks = asks_on(entitled, difference.books, difference.postings, day)
    due = (entitled.falls_due(day, reached, calendar), looked_at, asks)
    return waiting, min((each for each in due if each), default=None)


def _from(unpaid: date | None, waiting: Waiting) -> Waiting:
    """What waits for a certificate waits from the first month on that was not paid."""
    return replace(waiting, first=unpaid) if waiting.reason is WaitingReason.CERTIFICATE_MISSING else waiting


async def _heirs_sought(owed: Owed, blocked: Waiting | None, uow: BenefitsUnitOfWork) -> Waiting | None:
    """Of a payee who has died: whether officers are asked who receives what is unpaid; till when nobody looks again.

    Where the register took the death back they are asked no more.
    """
    conditions, is_unpaid = owed.standing.conditions, blocked is not None and blocked.reason is WaitingReason.PAYEE_DIED
    sought = conditions.heirs_sought_on
    again = sought and months_after(sought, owed.law.months("act4.owing.heirs_sought_again_months"))
    if blocked is not None and is_unpaid and again is not None and again > owed.day:
        return replace(blocked, until=datetime.combine(again, time.min, BUSINESS_ZONE))
    if is_unpaid or owed.standing.waited_for_heirs:
        await uow.due.at(SeekHeirs(owed.standing.entitled.key.party), now())
    return blocked


async def _take_days(owed: Owed, uow: BenefitsUnitOfWork) -> None:
    """Take the days that no other benefit of the party has; what this one lets go is free for those that wait.

    The first days that it has are taken with what is posted: nobody waits for them. Whoever took days that this one
    states when the book called their loss otherwise is settled too, and takes them by its name of now: the database
    tells losses apart by their names.
    """
    for key in sorted(owed.called_otherwise):
        await uow.due.at(SettleEntitlement.of(key), now())
    entitled = owed.entitled
    kept = [each.days for each in owed.own if each.loss == owed.loss]
    of_another_loss = len(kept) < len(owed.own)
    if of_another_loss or (kept and entitled.days != tuple(kept)):
        await uow.owed_days.replace(entitled, owed.loss)
        if of_another_loss or entitled.lets_go(kept):
            await uow.due.wake({owed_days(party) for party in owed.standing.parties})


async def _difference(owed: Owed, gathered: Gathered, reached: Reached, uow: BenefitsUnitOfWork) -> Difference:
    entitled, payments = owed.entitled, gathered.payments
    books = await with_limits(gathered.books, owed, uow)
    postings = settle(entitled, books, owed.day, reached)
    # Most parties were never overpaid: their settling asks no more than that.
    if owed.standing.has_debts and (pays_more(postings) or books.unsent):
        books = await with_debts(books, owed, uow)
        postings = settle(entitled, books, owed.day, reached)
    blocked = _blocked(postings, books, payments, owed.standing.blocked)
    held = blocked is not None and pays_more(postings)
    return Difference(books, [each for each in postings if not (held and waits(each, books))], blocked)


def _blocked(
    postings: Sequence[Posting], books: Books, payments: Mapping[str, Sent], account: Waiting | None
) -> Waiting | None:
    """What a payment waits for, a new one or one that stays in no bank file."""
    more = pays_more(postings)
    blocked = _out_of_bounds(postings) or _file_returned(books, payments) if more else None
    if more or _stays_unsent(books, postings):
        blocked = blocked or account
    return blocked


async def settle_unsent_of(party: str, uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled again what of a party is in no bank file yet: what is to come back is set off against it too.

    Also against what is owed under another Act: it may be agreed.
    """
    for key in sorted(await uow.payments.list_unsent_of(party)):
        await uow.due.at(SettleEntitlement.of(key), now())


def _out_of_bounds(postings: Sequence[Posting]) -> Waiting | None:
    """What no event and no bank file can hold would stop the payments of everybody: its owner corrects it first."""
    beyond = any(isinstance(each, Pay) and each.amount_sen > MOST_SEN for each in postings)
    return Waiting(WaitingReason.AMOUNT_OUT_OF_BOUNDS) if beyond else None


def _file_returned(books: Books, payments: Mapping[str, Sent]) -> Waiting | None:
    """A file that the bank refused as a whole is mended by a person before anything of it is paid again."""
    unreplaced = (payments[each.key.end_to_end_id] for each in books.unreplaced)
    held = any(each.refused_with_file is FileRefusal.HELD for each in unreplaced)
    return Waiting(WaitingReason.FILE_RETURNED) if held else None


def _stays_unsent(books: Books, postings: Sequence[Posting]) -> bool:
    """Whether a payment is in no bank file yet, or what is left of it: it waits for the account as a new one would."""
    voided = {each.key for each in postings if isinstance(each, Void)}
    left = any(isinstance(each, Pay) for each in postings)
    return left or any(each.key not in voided for each in books.unsent)


async def _wait(
    command: SettleEntitlement,
    waiting: Sequence[Waiting],
    by_calendar: set[Subject],
    falls_due: date | None,
    uow: BenefitsUnitOfWork,
) -> None:
    """Leave the command for what wakes it, for the day on which more falls due, or for whichever comes first."""
    subjects = by_calendar | {_WAKES[each.reason](command.party) for each in waiting if each.reason in _WAKES}
    ends = [each.until for each in waiting if each.until is not None]
    if falls_due:
        ends.append(datetime.combine(falls_due, time.min, BUSINESS_ZONE))
    if subjects or ends:
        await uow.due.when(command, subjects, min(ends, default=None))
