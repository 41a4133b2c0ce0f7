"""Take payments for cover into the ledger: each once, by the number of its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.commands.ask_of_cover_payment import AskOfCoverPayment
from services.registration.commands.state_scheme_cover import StateSchemeCover, state_scheme_cover
from services.registration.domain.cover_payment import (
    Channel,
    CoverPayment,
    StatedPayment,
    payment_id,
    payment_of,
)
from services.registration.domain.errors import ChannelNotOfParty, CoverReceiptTaken, SchemeRegistrationUnknown
from services.registration.domain.scheme_registration import SchemeRegistration, check_joining, standing_at
from services.registration.domain.schemes import scheme_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import business_day, now
from shared.kernel.errors import JaringError
from shared.law.book import book

Facts = Mapping[UUID, Sequence[SchemeRegistration]]


@dataclass(frozen=True)
class TakeCoverPayments:
    """What a party states, and whether it is a bank of the organisation: its word is that money came to the house."""

    stated: Sequence[StatedPayment]
    tenant: str
    is_bank: bool


@dataclass(frozen=True, slots=True)
class TakenPayment:
    """What became of one: the payment as it stands, or why it is not taken."""

    stated: StatedPayment
    payment: CoverPayment | None
    refused: JaringError | None = None


async def take_cover_payments(command: TakeCoverPayments, uow: RegistrationUnitOfWork) -> list[TakenPayment]:
    """What became of each, in their order; one that is refused keeps no other from being taken.

    Raises CoverReceiptTaken of all where another request of the party states other money under a number meanwhile.
    """
    facts, at = await _held(command, uow), now()
    ids = [payment_id(each.channel, command.tenant, each.receipt) for each in command.stated]
    before = await uow.cover_payments.of_ids(ids)
    known, taken = dict(before), []
    for id_, stated in zip(ids, command.stated, strict=True):
        try:
            if id_ not in known:
                known[id_] = await _payment(stated, command, facts, at, uow)
            taken.append(TakenPayment(stated, _stands(known[id_], stated)))
        except JaringError as reason:
            taken.append(TakenPayment(stated, None, reason))
    await _keep([paid for id_, paid in known.items() if id_ not in before], uow)
    return taken


def _stands(known: CoverPayment, stated: StatedPayment) -> CoverPayment:
    if not known.is_of(stated):
        raise CoverReceiptTaken()
    return known


async def _held(command: TakeCoverPayments, uow: RegistrationUnitOfWork) -> Facts:
    """The facts of the registrations that the party may pay for, once their people are held."""
    ids = {each.registration for each in command.stated}
    named = await uow.scheme_registrations.named(ids)
    own = {id_: facts for id_, facts in named.items() if command.is_bank or facts[0].tenant == command.tenant}
    standing = await uow.scheme_registrations.hold({facts[0].person for facts in own.values()})
    return {
        id_: facts for id_, facts in (await uow.scheme_registrations.named(own)).items() if facts[0].person in standing
    }


async def _payment(
    stated: StatedPayment, command: TakeCoverPayments, facts: Facts, at: datetime, uow: RegistrationUnitOfWork
) -> CoverPayment:
    """The payment that a statement makes; raises why there is none."""
    if stated.registration not in facts:
        raise SchemeRegistrationUnknown()
    whose = standing_at(facts[stated.registration], stated.paid_at or at)
    scheme, kind = scheme_of(whose.choice.scheme), command.tenant.partition(":")[0]
    if command.is_bank is not (stated.channel is Channel.HOUSE) or not (command.is_bank or kind in scheme.collectors):
        raise ChannelNotOfParty()
    paid = payment_of(stated, whose, scheme, command.tenant, at, book())
    day = business_day(paid.paid_at)
    law = book().on(day, business_day(at))
    check_joining(scheme, await uow.scheme_registrations.joining(whose.person, scheme.code, day), day, law)
    return paid


async def _keep(new: Sequence[CoverPayment], uow: RegistrationUnitOfWork) -> None:
    """Into the ledger, and published; whoever looks at what is late is asked by the worker."""
    if not new:
        return
    await uow.cover_payments.add(new)
    for person, scheme, activity in sorted({(p.person, p.choice.scheme, p.choice.activity) for p in new}):
        await state_scheme_cover(StateSchemeCover(person, scheme, activity), uow)
    for paid in (paid for paid in new if paid.waits):
        await uow.due.at(AskOfCoverPayment(str(paid.id)), now())
