"""States again which letters arrived on which another service waits (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.subjects import matter_of
from services.claims.events.claims_letter import letter_told
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 200


@dataclass(frozen=True)
class RepublishLetters:
    """One run, from the letter after ``after`` on."""

    run: str
    after: UUID | None = None


async def republish_letters(command: RepublishLetters, uow: ClaimsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    page = await uow.letters_waited_for.page(command.after, PAGE_SIZE)
    found = [(kept, matter_of(kept.about), receipts) for kept, receipts in page]
    uow.republish(command.run, [letter_told(kept, matter, said) for kept, matter, said in found if matter])
    if len(page) == PAGE_SIZE:
        await uow.due.at(RepublishLetters(command.run, page[-1][0].id), now())
