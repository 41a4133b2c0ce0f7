"""Let go of a person of whom registration keeps nothing any more: of its employments; placements stand by number."""

from dataclasses import dataclass

from services.jobs.storage.unit_of_work import JobsUnitOfWork


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number."""

    person: int


async def forget_person(command: ForgetPerson, uow: JobsUnitOfWork) -> None:
    """A search that nobody went on with is no reason to keep anything."""
    if await uow.erased_persons.is_whole(command.person):
        await uow.known_spells.forget(command.person)
        await uow.erased_persons.forget(command.person)
        uow.decided("person_forgotten", person=command.person)
