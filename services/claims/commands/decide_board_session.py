"""Chairman and secretary close a session: what it found counts. Two officers call one off: its cases wait again."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.call_board_case_back import CallBoardCaseBack
from services.claims.commands.end_board_appeal import EndBoardAppeal, end_board_appeal
from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.commands.name_board_panel import check_free
from services.claims.domain.boards import BoardCase, BoardSession, BoardSessionState, statement_of
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.loss import woken_by
from services.claims.domain.errors import BoardClosedByBoth, BoardResultsAwaited, ClaimUnknown
from services.claims.domain.evidence import Evidence
from services.claims.events.claim_assessed import rehabilitation_advised
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, start_of_day, today
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers
from shared.law.act4.boards.rules import day_called_back
from shared.law.book import book


@dataclass(frozen=True)
class DecideBoardSession:
    """The session, whether it is closed or called off, and both who say so."""

    session: UUID
    is_closed: bool
    officers: Officers


async def decide_board_session(command: DecideBoardSession, uow: ClaimsUnitOfWork) -> None:
    """Raises BoardClosedByBoth, BoardResultsAwaited, BoardMemberNotFree, BoardSessionNotBegun, BoardSessionOver."""
    session = await uow.board_sessions.lock(command.session)
    session.must_be_planned()
    by, cases = command.officers, await uow.board_cases.of_session(session.id)
    state = BoardSessionState.CLOSED if command.is_closed else BoardSessionState.CALLED_OFF
    decided = replace(
        session.changed(), state=state, proposed_by=by.proposed_by, approved_by=by.approved_by, decided_at=by.at
    )
    if command.is_closed:
        await _close(session, cases, by, uow)
    else:
        for case in cases:
            await uow.board_cases.save(case.set_back(), "session_called_off", by.approved_by)
            await uow.due.at(FollowBoardCase(case.id), now())
    await uow.board_sessions.save(decided, state.value, by.approved_by)
    uow.decided(f"board_session_{state}", session=str(session.id), cases=len(cases))


async def _close(session: BoardSession, cases: list[BoardCase], by: Officers, uow: ClaimsUnitOfWork) -> None:
    session.must_have_begun(today())
    if session.closed_by != frozenset(by.both):
        raise BoardClosedByBoth()
    if not session.has_found_all(cases):
        raise BoardResultsAwaited()
    # In one order, as every session has claims assessed.
    for case in sorted(cases, key=lambda each: each.claim):
        # Somebody may have certified days since the panel was named.
        await check_free(case, session.who_decide, uow)
        claim = await _let_count(case, by, uow)
        decided = await uow.board_cases.save(case.decided(by.at), "decided", by.approved_by)
        await end_board_appeal(EndBoardAppeal(decided, by.at, by.approved_by), uow)
        for event in rehabilitation_advised(decided, claim):
            uow.publish(event)
        await _call_back(case, uow)


async def _let_count(case: BoardCase, by: Officers, uow: ClaimsUnitOfWork) -> Claim:
    """What was found is a statement about its claim, with its approval: two people have said it already."""
    claim = await uow.claims.find(case.claim)
    if claim is None:
        raise ClaimUnknown()
    kind, said = statement_of(case, claim.kind)
    id_ = derived_id("board_result", case.id)
    found = Evidence(id_, claim.id, by.tenant, kind, now(), stated=said, stated_by=by.proposed_by)
    approval = found.approved(derived_id("board_result_approved", case.id), now(), by.tenant, by.approved_by)
    await uow.evidence.add(found, approval)
    await uow.due.at(AssessClaim(claim.joined_to or claim.id), now())
    await uow.due.wake(woken_by(kind, claim.person))
    return claim


async def _call_back(case: BoardCase, uow: ClaimsUnitOfWork) -> None:
    """A provisional assessment goes back before it ends."""
    until = None if case.result is None else case.result.until
    if until is not None:
        day = day_called_back(until, book().on(today(), today()))
        await uow.due.at(CallBoardCaseBack(case.id), max(start_of_day(day), now()))
