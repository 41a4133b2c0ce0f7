"""Asks parties for what the house does not hold and can change an answer, and no more for what cannot any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.commands.write_letters import SETTLES
from services.claims.domain.claim import Claim
from services.claims.domain.evidence import Evidence
from services.claims.domain.evidence_request import (
    EVIDENCE,
    NOT_NEEDED,
    AskedBefore,
    EvidenceRequest,
    RequestState,
    Wanted,
    answer_to,
    not_needed,
    times,
    to_ask,
    to_open_again,
)
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.law.book import book

Ended = tuple[UUID, RequestState, str, UUID | None]


@dataclass(frozen=True)
class AskParties:
    """A claim, which the transaction holds: what is wanted of parties now, was asked of them, and is stated still."""

    claim: Claim
    wanted: Sequence[Wanted]
    asked: Sequence[AskedBefore]
    stated: Sequence[Evidence]


async def ask_parties(command: AskParties, uow: ClaimsUnitOfWork) -> None:
    """Make new requests, open again what is answered no more, and end those that are answered or not needed.

    Each that waits has a reminder and a deadline.
    """
    ended, asked_at = _ended(command), now()
    opened = to_open_again(command.wanted, command.asked, command.stated)
    made = [_made(command.claim, each, asked_at) for each in to_ask(command.wanted, command.asked, opened)]
    again = [each.id for each in opened]
    # Due work before requests, as whoever runs that.
    await uow.due.all_at([FollowEvidenceRequest(each) for each in (*(id_ for id_, *_ in ended), *again)], asked_at)
    if made:
        # All of one instant, and so in one statement; what is answered or not needed by then nobody is written of.
        await uow.due.all_at([FollowEvidenceRequest(each.id) for each in made], asked_at + SETTLES)
    await uow.evidence_requests.close(ended, now())
    await uow.evidence_requests.open_again(again, *times(asked_at, book().on(today(), today())))
    await uow.evidence_requests.add(made)
    for each in made:
        uow.decided("evidence_requested", claim=str(each.claim), request=str(each.id), item=each.item.value)
    for id_ in again:
        uow.decided("evidence_request_open", claim=str(command.claim.id), request=str(id_))
    for id_, state, *_ in ended:
        uow.decided(f"evidence_request_{state.value}", claim=str(command.claim.id), request=str(id_))


def _ended(command: AskParties) -> list[Ended]:
    """Those that wait and were answered since, by whichever way, and those that nothing depends on any more."""
    ended: list[Ended] = []
    over = {each.id for each in not_needed(command.wanted, command.asked)}
    for asked in (each for each in command.asked if each.is_waiting):
        answer = answer_to(asked, command.stated)
        if answer is not None:
            ended.append((asked.id, RequestState.ANSWERED, EVIDENCE, answer.id))
        elif asked.id in over:
            ended.append((asked.id, RequestState.WAIVED, NOT_NEEDED, None))
    return ended


def _made(claim: Claim, wanted: Wanted, asked_at: datetime) -> EvidenceRequest:
    remind_at, due_at = times(asked_at, book().on(today(), today()))
    return EvidenceRequest(
        id=new_id(),
        claim=claim.id,
        tenant=wanted.party,
        person=claim.stated_of,
        happened_on=claim.happened_on,
        question=wanted.question,
        item=wanted.item,
        why=wanted.why,
        law=wanted.law,
        outcomes=wanted.outcomes,
        basis=wanted.basis,
        asked_at=asked_at,
        remind_at=remind_at,
        due_at=due_at,
    )
