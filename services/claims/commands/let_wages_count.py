"""Days with wages that an employer states in its time, before anything of the claim was paid, count by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.claims.domain.claim import OFFICERS, Claim
from services.claims.domain.collectors.collector import BENEFITS
from services.claims.domain.evidence import Evidence
from services.claims.domain.evidence_request import AskedBefore
from services.claims.domain.standing import Standing
from services.claims.domain.wages_in_time import stated_in_time
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import CLOCK_DIFFERENCE, now, today
from shared.kernel.identifiers import derived_id
from shared.law.book import book

# The organisation lets it count, and no officer of it.
BY_RULE = (f"{OFFICERS}1", "rule")


@dataclass(frozen=True)
class LetWagesCount:
    """A claim, which the transaction holds, how all stands that was stated of it, and what parties were asked for.

    ``numbers`` are all of its person.
    """

    claim: Claim
    evidence: Standing
    stated: Sequence[Evidence]
    requests: Sequence[AskedBefore]
    numbers: Collection[int]


@dataclass(frozen=True)
class WagesLetCount:
    """Whether anything counts from now on, and whether something waits for what benefits knew when it was stated."""

    any_counts: bool = False
    awaits_payments: bool = False


async def let_wages_count(command: LetWagesCount, uow: ClaimsUnitOfWork) -> WagesLetCount:
    """Append what lets it count, once and for all: no payment that is known later takes it back, nor a projection that
    is built again.

    What lowers what was paid waits for officers, so all that benefits had paid by then must have arrived.
    """
    law = book().on(today(), today())
    in_time = stated_in_time(command.evidence, command.stated, command.requests, law)
    if not in_time:
        return WagesLetCount()
    claim, until = command.claim, await _paid_until(command.numbers, uow)
    joined = await uow.claims.joined_to(claim.id, {claim.insured})
    paid_at = await uow.case_file.first_payment_of([claim.id, *joined])
    # The clocks of two services differ.
    before = {each.id: each.stated_at + CLOCK_DIFFERENCE for each in in_time}
    unpaid = [each for each in in_time if paid_at is None or paid_at > before[each.id]]
    let = [each for each in unpaid if until is not None and until >= before[each.id]]
    await uow.evidence.add(*map(_let, let))
    for each in let:
        uow.decided("evidence_counts_by_rule", claim=str(claim.id), evidence=str(each.id))
    return WagesLetCount(bool(let), len(let) < len(unpaid))


async def _paid_until(numbers: Collection[int], uow: ClaimsUnitOfWork) -> datetime | None:
    """Up to when all payments about a person have arrived; None while some of them are parked."""
    until = await uow.consumer_store.complete_until(BENEFITS)
    parked = [await uow.consumer_store.is_parked(BENEFITS, f"person:{number}") for number in numbers]
    return None if any(parked) else until


def _let(each: Evidence) -> Evidence:
    return each.approved(derived_id("evidence_in_time", each.id), now(), *BY_RULE)
