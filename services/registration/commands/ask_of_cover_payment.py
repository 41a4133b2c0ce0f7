"""Ask two officers about a payment for cover: one that was reported late, or one that is said to be none."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.cover_payment import PaymentState, facts_of
from services.registration.domain.errors import CoverPaymentDecided, CoverPaymentOfOneself
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfCoverPayment:
    """The payment's id."""

    payment: str


async def ask_of_cover_payment(command: AskOfCoverPayment, uow: RegistrationUnitOfWork) -> None:
    """Open its task; one of which nothing waits is left."""
    about = subjects.cover_payment(UUID(command.payment))
    await ask(queues.COVER_PAYMENT, about, await state_of_cover_payment(about, uow), uow)


async def state_of_cover_payment(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a payment, whose person is held: the revision is the payment's."""
    paid = await uow.cover_payments.find(subjects.payment_of_cover(subject))
    await uow.scheme_registrations.hold([paid.person])
    paid = await uow.cover_payments.find(paid.id)
    reason, evidence = await uow.cover_payments.stated_for(paid.id)
    stated = {} if evidence is None else {"evidence": evidence}
    return SubjectState(
        paid.revision,
        {**facts_of(paid), **stated},
        reason=PaymentState.REPORTED_LATE.value if reason is None else reason,
        stated_by=await uow.cover_payments.said_by(paid.id),
        of_oneself=CoverPaymentOfOneself,
        is_decided=not paid.waits,
        over=CoverPaymentDecided,
    )
