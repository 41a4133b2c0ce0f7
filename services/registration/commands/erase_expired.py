"""Find of whom nothing needs to be kept any more: long dead, or very old, and nothing entered since."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.registration.commands.ask_whether_closed import ask_of_failed_files
from services.registration.commands.erase_person import ErasePerson
from services.registration.domain.erasure import Erasure, ErasureReason, ErasureState, is_over_at_latest, kept_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id

_BATCH = 200
_NOBODY_ASKED = "registration"

log = structlog.get_logger()


@dataclass(frozen=True)
class EraseExpired:
    """From the first person on: the timer."""


@dataclass(frozen=True)
class EraseExpiredAfter:
    """The next people, by number, after one: a piece of the timer's work, which is done once."""

    after: int


async def erase_expired(_: EraseExpired, uow: RegistrationUnitOfWork) -> None:
    """Nobody, as long as nobody knows what claims decided of them."""
    if await uow.erasures.knows_claims():
        await erase_expired_after(EraseExpiredAfter(0), uow)
    else:
        log.warning("erasure_waits_for_claims")


async def erase_expired_after(command: EraseExpiredAfter, uow: RegistrationUnitOfWork) -> None:
    """Each is erased by a command of its own; a full piece is followed by the next one at once."""
    found = await uow.erasures.over(*is_over_at_latest(today()), command.after, _BATCH)
    for person in found:
        numbers = await uow.person_merges.numbers_of(person)
        if kept_of(await uow.erasures.basis(numbers), today()) is not None or await _is_held(numbers, uow):
            continue
        why = (_NOBODY_ASKED, None, ErasureReason.TIME_OVER, None)
        said = Erasure(new_id(), person, *why, stated_at=now(), state=ErasureState.GRANTED, decided_at=now())
        await uow.erasures.state(said)
        await uow.due.at(ErasePerson(str(said.id)), now())
    if len(found) == _BATCH:
        await uow.due.at(EraseExpiredAfter(found[-1]), now())


async def _is_held(numbers: Sequence[int], uow: RegistrationUnitOfWork) -> bool:
    holds = await uow.erasures.holds(numbers, now())
    await ask_of_failed_files(holds, uow)
    return bool(holds)
