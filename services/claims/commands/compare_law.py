"""Compares what was looked up for every question with the statute book of this release, as it is known today.

Once for each release, and once a day: an entry counts from the day on which it became known.
"""

from dataclasses import dataclass
from datetime import timedelta

from services.claims.commands.ask_of_unread_figures import AskOfUnreadFigures, ask_of_unread_figures
from services.claims.commands.reask_claims import ReaskClaims
from services.claims.domain.buckets import undecided
from services.claims.domain.catalogue import CATALOGUE, catalogue
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import book
from shared.law.lookups import release_of, touched

# A worker of another release that has not looked for so long is gone.
GONE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class CompareLaw:
    """Look whether the law, or what is asked, is another one than claims were asked by."""


async def compare_law(_: CompareLaw, uow: ClaimsUnitOfWork) -> None:
    """List the claims that lack a question of now, or of one of which a look-up now gives something else."""
    await uow.law_entries.lay()
    at, day, law, asked = now(), today(), book(), catalogue()
    # What officers entered is of every release (`services/claims/commands/compare_entry.py`).
    release = release_of(law.as_of_edition(0), asked)
    if not await uow.releases.take(release, at, at - GONE_AFTER, day):
        return
    await ask_of_unread_figures(AskOfUnreadFigures(), uow)
    compared = touched(await uow.releases.lookups(), law, day, asked)
    found = await uow.releases.list_touched(compared, [undecided(kind).written for kind in CATALOGUE], day)
    uow.decided("law_compared", release=release, known_on=day.isoformat(), claims_to_ask=found)
    if found:
        await uow.due.at(ReaskClaims(), at)
