"""Keep what two officers found of two numbers: two people, or one."""

from dataclasses import dataclass

from services.registration.commands.state_merge import StateMerge, state_merge
from services.registration.domain.duplicate import PossibleDuplicate, Verdict
from services.registration.domain.person_merge import MergeReason
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers
from shared.tasks.errors import TaskUnknown


@dataclass(frozen=True)
class DecideDuplicate:
    """Both numbers, the verdict, and both officers."""

    pair: tuple[int, int]
    verdict: Verdict
    officers: Officers


async def decide_duplicate(command: DecideDuplicate, uow: RegistrationUnitOfWork) -> None:
    """Keep the verdict; of one person a merge is stated, which two officers decide: the lower number survives."""
    pair = await uow.duplicates.lock(*command.pair)
    if pair is None:
        raise TaskUnknown()
    await uow.duplicates.decide(pair, command.verdict, command.officers)
    if command.verdict is Verdict.SAME_PERSON:
        await _state(command, pair, uow)
    uow.decided("duplicate_decided", person=pair.person, other=pair.other, verdict=command.verdict.value)


async def _state(command: DecideDuplicate, pair: PossibleDuplicate, uow: RegistrationUnitOfWork) -> None:
    """Unless they are one already, or officers look at one of both: then it is stated by hand when they have."""
    both = [await uow.person_merges.numbers_of(number) for number in (pair.person, pair.other)]
    numbers = {number for each in both for number in each}
    survivor, person = sorted(each[0] for each in both)
    if survivor != person and not await uow.person_merges.is_looked_at(numbers):
        why = (MergeReason.POSSIBLE_DUPLICATE, None, command.officers.tenant, command.officers.proposed_by)
        await state_merge(StateMerge(person, survivor, *why), uow)
