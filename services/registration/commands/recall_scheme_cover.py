"""Know again what registration published of an activity of a person: its officers and receipts were not published."""

from dataclasses import dataclass

from services.registration.commands.ask_of_cover_payment import AskOfCoverPayment
from services.registration.domain import queues, subjects
from services.registration.domain.cover_payment import Channel, CoverPayment, PaymentAct, PaymentState
from services.registration.domain.scheme_registration import Choice, SchemeRegistration
from services.registration.storage.recalled_enforcement import AND_BY, BY
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import CoverPaymentV1, SchemeCoverStatedV1, SchemeRegistrationV1
from shared.kernel.clock import now
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class RecallSchemeCover:
    """What was published."""

    event: SchemeCoverStatedV1


async def recall_scheme_cover(command: RecallSchemeCover, uow: RegistrationUnitOfWork) -> None:
    """As it was published, unless what stands is as new; what waits of a payment is asked again."""
    event = command.event
    if not await uow.scheme_registrations.recall(event.person, event.scheme, event.activity, event.revision):
        return
    await _recall_registrations(event, uow)
    known = await uow.cover_payments.of_ids([each.payment for each in event.payments])
    told = [_payment(event, each) for each in event.payments]
    new = [each for each in told if each.id not in known]
    if new:
        await uow.cover_payments.add(new)
    for each in told:
        stands = known.get(each.id)
        if stands is not None and stands.revision < each.revision:
            decided = (None, None) if each.waits else (BY, AND_BY)
            await uow.cover_payments.change(PaymentAct(each, now(), BY, None, None, None, *decided))
            await close_task(CloseTask(queues.COVER_PAYMENT, subjects.cover_payment(each.id), "known_again"), uow)
        if each.waits:
            await uow.due.at(AskOfCoverPayment(str(each.id)), now())


async def _recall_registrations(event: SchemeCoverStatedV1, uow: RegistrationUnitOfWork) -> None:
    known = await uow.scheme_registrations.named([each.registration for each in event.registrations])
    for each in event.registrations:
        said = _registration(event, each)
        facts = known.get(said.id, [])
        if not facts or facts[-1].recorded_at < said.recorded_at:
            await uow.scheme_registrations.add(said)


def _registration(event: SchemeCoverStatedV1, said: SchemeRegistrationV1) -> SchemeRegistration:
    choice = Choice(event.scheme, event.activity, said.plan, said.earning_sen)
    who = (said.registration, event.person, said.stated_by)
    return SchemeRegistration(*who, choice, said.first_on, said.last_on, said.stated_at)


def _payment(event: SchemeCoverStatedV1, paid: CoverPaymentV1) -> CoverPayment:
    """The receipt was not published, and stating it again names the same payment."""
    return CoverPayment(
        id=paid.payment,
        registration=paid.registration,
        person=event.person,
        choice=Choice(event.scheme, event.activity, paid.plan, paid.chosen_earning_sen),
        tenant=paid.stated_by,
        channel=Channel(paid.channel),
        receipt=None,
        payer=paid.payer,
        paid_at=paid.paid_at,
        reported_at=paid.reported_at,
        months=paid.months,
        amount_sen=paid.amount_sen,
        income_sen=paid.earning_sen,
        state=PaymentState(paid.state),
        begins_at=paid.begins_at,
        revision=paid.revision,
    )
