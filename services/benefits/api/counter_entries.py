"""Counter-entries to money that did not come in after all: one officer proposes one, and another releases it."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_another_officer, by_one_officer
from services.benefits.api.fields import OfficerOrBank
from services.benefits.commands.propose_counter_entry import ProposeCounterEntry
from services.benefits.commands.propose_counter_entry import propose_counter_entry as handle_propose_counter_entry
from services.benefits.commands.release_counter_entry import ReleaseCounterEntry
from services.benefits.commands.release_counter_entry import release_counter_entry as handle_release_counter_entry
from services.benefits.domain.recoveries import CounterEntry
from shared.security.scopes import Party
from shared.web.fields import DocumentNumber
from shared.web.money import In, Out, examples
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["repayments"])


class CounterEntryIn(In):
    """The document that shows that the money did not come in."""

    model_config = examples({"evidence": "KB-2026-0195"})

    evidence: DocumentNumber


class CounteredOut(Out):
    """A counter-entry: it holds when another officer has released it."""

    repayment: UUID
    proposed_by: OfficerOrBank
    released_by: OfficerOrBank | None

    @classmethod
    def of(cls, entry: CounterEntry) -> Self:
        """From what is kept."""
        return cls(repayment=entry.repayment, proposed_by=entry.proposed_by, released_by=entry.released_by)


@router.post(
    "/v1/repayments/{repayment}/counter-entries",
    summary="Propose a counter-entry",
    **by_one_officer("repayment", 404, 409),
)
async def propose_counter_entry(
    repayment: UUID, body: CounterEntryIn, uow: CommittedBeforeAnswer, caller: Party
) -> CounteredOut:
    """Propose that money which is booked did not come in after all, by the bank's own line or at a counter. One that
    waits already stays as it was."""
    command = ProposeCounterEntry(repayment, body.evidence, caller.subject, caller.party)
    return CounteredOut.of(await handle_propose_counter_entry(command, uow))


@router.post(
    "/v1/repayments/{repayment}/counter-entries/releases",
    summary="Release a counter-entry",
    **by_another_officer("repayment"),
)
async def release_counter_entry(repayment: UUID, uow: CommittedBeforeAnswer, caller: Party) -> CounteredOut:
    """Let it count, as another officer than the one who proposed it: what the repayment booked is reversed, and what it
    made smaller is to come back again. Nothing is countered twice; what came in indeed is entered by itself."""
    return CounteredOut.of(await handle_release_counter_entry(ReleaseCounterEntry(repayment, caller.subject), uow))
