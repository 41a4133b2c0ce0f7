"""What happened to the money of claims (topic ``benefit.paid``): for the file, and for letters to whom it concerns."""

from collections.abc import Sequence

from services.claims.commands.follow_acting import FollowActing
from services.claims.commands.write_certificate_letter import WriteCertificateLetter, write_certificate_letter
from services.claims.commands.write_letters import SETTLES
from services.claims.commands.write_payment_advice import WritePaymentAdvice
from services.claims.commands.write_recovery_letter import WriteRecoveryLetter
from services.claims.commands.write_suspension_letter import WriteSuspensionLetter, write_suspension_letter
from services.claims.domain import subjects
from services.claims.files.benefit_letters import CertificateDue, Suspended, ToComeBack
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.benefit_paid import (
    BenefitReturnedV1,
    BenefitSettledV1,
    BenefitsIncreasedV1,
    CertificateAskedV1,
    PartyStatedV1,
    RecoveryOpenedV1,
)
from shared.contracts.envelope import Event
from shared.kernel.clock import business_day, now, today
from shared.kernel.periods import Month

_ACTING, _PERSON = "acting", "person:"


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep what was settled and what came back; what is owed as a payable is of no claim, whoever states it.

    And which orders raise benefits: survivors share a pension as they raised it. And who acts for whom, until when.
    """
    await _apply_acting([event for event in events if isinstance(event, PartyStatedV1)], uow)
    await _apply_increases([event for event in events if isinstance(event, BenefitsIncreasedV1)], uow)
    payments = [event for event in events if isinstance(event, BenefitSettledV1 | BenefitReturnedV1)]
    await uow.case_file.keep_payments([_payment(event) for event in payments if _is_of_a_claim(event)])


async def handle(event: Event, uow: ClaimsUnitOfWork) -> None:
    """A person is told of what was paid, of a certificate that is due, a suspension, and what is to come back."""
    match event:
        case BenefitSettledV1():
            await _paid(event, uow)
        case CertificateAskedV1() if event.matter is not None:
            asked = (event.party, event.certificate, event.form, event.due_on, event.asked_on, event.reminded_on)
            due = CertificateDue(event.matter, *asked)
            await write_certificate_letter(WriteCertificateLetter(due, event.written_to), uow)
        case PartyStatedV1() if event.written_to:
            if suspended := _suspended(event):
                await write_suspension_letter(WriteSuspensionLetter(suspended, event.written_to), uow)
        case RecoveryOpenedV1():
            await uow.due.at(WriteRecoveryLetter(_to_come_back(event), event.written_to), now() + SETTLES)


async def _paid(event: BenefitSettledV1, uow: ClaimsUnitOfWork) -> None:
    if _is_of_a_claim(event) and event.party.startswith(_PERSON):
        advice = WritePaymentAdvice(
            event.instruction,
            event.claim,
            event.claim_revision,
            event.benefit,
            event.party,
            event.amount_sen,
            event.period_first,
            event.period_last,
            event.value_on or business_day(event.happened_at),
        )
        await uow.due.at(advice, now() + SETTLES)


def _suspended(event: PartyStatedV1) -> Suspended | None:
    """A suspension; None of what is stated of no benefit."""
    if event.claim is None or event.scheme is None or event.benefit is None:
        return None
    return Suspended(
        statement=event.statement,
        claim=event.claim,
        scheme=event.scheme,
        benefit=event.benefit,
        party=event.party,
        ground=event.says,
        months=(event.first_on, event.last_on),
        evidence=event.evidence,
        replaces=event.replaces is not None,
        never=event.withdrawn,
        decided_on=business_day(event.counted_at),
    )


def _to_come_back(event: RecoveryOpenedV1) -> ToComeBack:
    same = ("recovery", "claim", "scheme", "benefit", "party", "law", "reference", "opened_sen", "open_sen",
            "reason", "kept_percent", "opened_on")  # fmt: skip
    told = {name: getattr(event, name) for name in same}
    return ToComeBack(**told, revision=event.claim_revision, number=event.revision, kept_law=event.kept_law or "")


async def _apply_acting(events: Sequence[PartyStatedV1], uow: ClaimsUnitOfWork) -> None:
    """Keep them, and have the notices followed that they touch."""
    rows = [_acting(each) for each in events if each.kind == _ACTING and each.holder and each.party.startswith(_PERSON)]
    for claim in await uow.known_acting.keep(rows):
        await uow.due.at(FollowActing(claim), now())


def _acting(event: PartyStatedV1) -> dict[str, object]:
    stated = event.model_dump(include={"statement", "holder", "says", "first_on", "last_on", "replaces", "withdrawn"})
    return {**stated, "ward": int(event.party.removeprefix(_PERSON))}


async def _apply_increases(events: Sequence[BenefitsIncreasedV1], uow: ClaimsUnitOfWork) -> None:
    """Keep them, and wake the claims about deaths since the first day on which they count."""
    since = await uow.known_increases.keep([_increase(event) for event in events])
    if since is not None and since <= today():
        await uow.due.wake([subjects.raised_since(Month.of(since), Month.of(today()))])


def _increase(event: BenefitsIncreasedV1) -> dict[str, object]:
    stated = event.model_dump(include={"instrument", "law", "in_force", "replaces", "withdrawn"})
    return {"increase_order": event.order, **stated, "factors": [each.model_dump() for each in event.factors]}


def _is_of_a_claim(event: BenefitSettledV1 | BenefitReturnedV1) -> bool:
    # Events of before say no source: then what claims states is under a claim.
    return event.owner == "claims" and event.source in ("", "claim")


def _payment(event: BenefitSettledV1 | BenefitReturnedV1) -> dict[str, object]:
    kept = event.model_dump(include={"instruction", "claim", "benefit", "amount_sen", "happened_at"})
    return kept | {"returned": isinstance(event, BenefitReturnedV1)}
