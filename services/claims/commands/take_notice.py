"""A partner pushes what it would report over REST: the notice is kept, and its sender told where to follow it."""

from dataclasses import dataclass, replace
from datetime import date

from services.claims.commands.submit_notice import SubmitNotice, submit_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.inbound.event import Outcome, accepted


@dataclass(frozen=True)
class TakeNotice:
    """The notice, as its event states it, and the business day of the event's receipt."""

    notice: SubmitNotice
    received_on: date


async def take_notice(command: TakeNotice, uow: ClaimsUnitOfWork) -> Outcome:
    """The claim's number and the notice's; raises what a notice over REST is refused for."""
    claim = await submit_notice(replace(command.notice, received_on=command.received_on), uow)
    follow = f"/v1/notices/{claim.notice}"
    return accepted({"claim": str(claim.id), "notice": str(claim.notice), "follow": follow})
