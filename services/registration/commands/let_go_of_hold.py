"""Let go of the hold of two numbers that nobody decides any more: its statement was lost with the database."""

from dataclasses import dataclass, replace

from services.registration.events.registration import merge_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class LetGoOfHold:
    """The number of which a merge or a split waited."""

    person: int


async def let_go_of_hold(command: LetGoOfHold, uow: RegistrationUnitOfWork) -> None:
    """Publish that the numbers stand as before, so that both are paid; it may be stated once more.

    Whoever read the backup's own statement back has its task too, and whoever stated it again has another.
    """
    stands = await uow.person_merges.lock(command.person)
    held = next((each for each in stands if each.person == command.person and each.held_until is not None), None)
    if held is None or await uow.person_merges.is_looked_at((held.person, held.survivor)):
        return
    free = replace(held, revision=held.revision + 1, held_until=None)
    await uow.person_merges.keep(free)
    uow.publish(merge_as_it_stands(free))
    uow.decided("hold_let_go_of", person=free.person, survivor=free.survivor)
