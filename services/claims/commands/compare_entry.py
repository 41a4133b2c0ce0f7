"""Lists the claims that an entry of officers touches: those of which a look-up of its figure now gives something else.

Each process has it laid over its book within a second or two, and begins nothing by the book of before after that; what
was begun before and ends later is found when it is compared once more.
"""

from dataclasses import dataclass

from services.claims.commands.ask_of_unread_figures import AskOfUnreadFigures, ask_of_unread_figures
from services.claims.commands.compare_law import GONE_AFTER
from services.claims.commands.reask_claims import ReaskClaims
from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import book
from shared.law.lookups import touched_by


@dataclass(frozen=True)
class CompareEntry:
    """The entry's edition; ``again``: once more, when nothing that was begun before is left."""

    edition: int
    again: bool = False


async def compare_entry(command: CompareEntry, uow: ClaimsUnitOfWork) -> None:
    """List them beside what is listed already, and have them asked again."""
    await uow.law_entries.lay()
    law, day = book(), today()
    if law.edition < command.edition:
        # One before it is not known again yet, after a restore.
        await uow.due.at(command, now() + GONE_AFTER)
        return
    await ask_of_unread_figures(AskOfUnreadFigures(), uow)
    figures = {each.figure for each in await uow.law_entries.list_all() if each.edition == command.edition}
    # Bills are no claims: they listen to the figures by which they are settled.
    await uow.due.wake({subjects.figure(each) for each in figures})
    compared = touched_by(figures, await uow.releases.lookups(), law, day)
    found = await uow.releases.list_also(compared)
    uow.decided("entry_compared", edition=command.edition, claims_to_ask=found)
    if found:
        await uow.due.at(ReaskClaims(), now())
