"""What holds in every queue of every service: two officers decide, of what both saw, once, and all of it or nothing.

A service's test brings a task to wait, and says what may be proposed of it and who stated what it is about;
`check_rules` goes through the rules with it, each answered as a caller meets it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks import acting
from shared.tasks.acting import Officer
from shared.tasks.queues import Queues
from shared.tasks.task import Task
from shared.testing.service import ServiceUnderTest

PROPOSER, APPROVER, ANOTHER = "officer-1", "officer-2", "officer-4"


@dataclass(frozen=True)
class Waiting:
    """A task that waits in a queue, what is proposed of it, and who stated what it is about with what that one is told.

    Nobody: no officer did.
    """

    task: dict[str, Any]
    says: dict[str, Any]
    stated_by: str | None = None
    of_oneself: tuple[int, str] | None = None


@dataclass(frozen=True)
class Desk:
    """The task, with the officers who act on it: each with every role of the service, unless others are named."""

    service: ServiceUnderTest
    queues: Queues
    waiting: Waiting
    # Of which the officers are.
    office: str | None = None

    async def act(self, what: str, officer: str, body: Any = None, **caller: Any) -> tuple[int, str | None]:
        """Status and code of what an officer does."""
        every = [*(queue.scope for queue in self.queues.queues.values()), f"{self.queues.service}:task:write"]
        told = {"scopes": every, "subject": officer, "office": self.office, **caller}
        told |= {} if body is None else {"json": body}
        path = f"/v1/tasks/{self.waiting.task['task']}/{what}"
        answer: httpx.Response = await self.service.call("POST", path, **told)
        return answer.status_code, None if answer.is_success else answer.json()["code"]

    async def propose(self, officer: str = PROPOSER, revision: int | None = None) -> tuple[int, str | None]:
        """An officer who took it proposes."""
        return await self.act("proposals", officer, {**self._named(revision), "says": self.waiting.says})

    async def approve(
        self, officer: str = APPROVER, revision: int | None = None, **caller: Any
    ) -> tuple[int, str | None]:
        """An officer approves."""
        return await self.act("approvals", officer, self._named(revision), **caller)

    async def state(self) -> str:
        """How the task stands."""
        scopes = [self.queues.queues[self.waiting.task["queue"]].scope, f"{self.queues.service}:task:read"]
        path = f"/v1/tasks/{self.waiting.task['task']}"
        answer = await self.service.call("GET", path, scopes=scopes, office=self.office)
        return str(answer.json()["state"])

    def _named(self, revision: int | None) -> dict[str, int]:
        return {"revision": self.waiting.task["revision"] if revision is None else revision}


async def check_rules(service: ServiceUnderTest, queues: Queues, waiting: Waiting) -> None:
    """Go through all of them with one task, which is decided at the end."""
    desk = Desk(service, queues, waiting)
    await _check_roles(desk)
    await _check_revisions(desk)
    await _check_four_eyes(desk)
    await _check_taken_back(desk)
    await _check_queries(desk)
    desk = await _check_offices(desk)
    await _check_whole_or_nothing(desk)
    assert await desk.approve(ANOTHER) == (409, "task_over"), "what is decided is decided once"
    assert await desk.act("refusals", ANOTHER, {"reason": "facts_differ"}) == (409, "task_over")


async def _check_roles(desk: Desk) -> None:
    """Nobody acts but officers of the organisation with the role of the queue, whatever scopes their token has."""
    for party in ("employer:999", "person:999"):
        told = await desk.act("takings", party, party=party, role="partner")
        assert told == (403, "officers_only"), party
    other = [f"{desk.queues.service}:task:write"]
    assert await desk.act("takings", PROPOSER, scopes=other) == (404, "task_unknown")
    assert await desk.propose() == (409, "task_not_yours")
    assert await desk.approve() == (409, "nothing_proposed")
    assert (await desk.act("takings", PROPOSER))[0] == 201
    assert await desk.act("takings", APPROVER) == (409, "task_taken")


async def _check_revisions(desk: Desk) -> None:
    """Of another revision than the newest nothing is proposed or approved."""
    newest = desk.waiting.task["revision"]
    others = [newest + 1, *([newest - 1] if newest else [])]
    for revision in others:
        assert await desk.propose(revision=revision) == (412, "revision_stale")
    assert (await desk.propose())[0] == 201
    for revision in others:
        assert await desk.approve(revision=revision) == (412, "revision_stale")


async def _check_four_eyes(desk: Desk) -> None:
    """Neither who proposed nor who stated it approves."""
    assert await desk.approve(PROPOSER) == (403, "approver_is_proposer")
    assert await desk.act("refusals", PROPOSER, {"reason": "facts_differ"}) == (403, "approver_is_proposer")
    if desk.waiting.stated_by is not None:
        assert await desk.approve(desk.waiting.stated_by) == desk.waiting.of_oneself
    assert await desk.approve(scopes=[f"{desk.queues.service}:task:write"]) == (404, "task_unknown")
    assert await desk.state() == "proposed"


async def _check_taken_back(desk: Desk) -> None:
    """What was withdrawn or refused nobody approves, until it is proposed once more."""
    assert (await desk.act("releases", PROPOSER))[0] == 201
    assert await desk.approve() == (409, "nothing_proposed")
    assert (await desk.act("takings", PROPOSER))[0] == 201
    assert (await desk.propose())[0] == 201
    queried = {"reason": "evidence_missing", "back_to": "proposer"}
    assert (await desk.act("refusals", APPROVER, queried))[0] == 201
    assert (await desk.approve(), await desk.state()) == ((409, "nothing_proposed"), "taken")
    assert (await desk.propose())[0] == 201


async def _check_queries(desk: Desk) -> None:
    """What is asked of who proposed it only that one answers, and nobody approves it before."""
    asked, replied = {"asks": "which_days", "of": "2026-08-05"}, {"says": "shown", "by": "KB-12"}
    assert await desk.act("replies", PROPOSER, replied) == (409, "nothing_asked")
    assert await desk.act("queries", PROPOSER, asked) == (403, "approver_is_proposer")
    assert (await desk.act("queries", APPROVER, asked))[0] == 201
    assert await desk.act("queries", ANOTHER, asked) == (409, "query_open")
    assert await desk.approve() == (409, "query_open")
    assert await desk.act("resumptions", APPROVER) == (409, "query_open")
    assert await desk.act("replies", APPROVER, replied) == (409, "task_not_yours")
    assert (await desk.act("replies", PROPOSER, replied))[0] == 201
    assert await desk.state() == "proposed"


async def _check_offices(desk: Desk) -> Desk:
    """What one office holds nobody of another one sees. The desk is of the office that has the task at the end."""
    to_johor, to_perak = ({"office": office, "reason": "residence"} for office in ("johor", "perak"))
    assert await desk.act("transfers", PROPOSER, to_johor) == (409, "task_already_proposed")
    assert (await desk.act("releases", PROPOSER))[0] == 201
    assert (await desk.act("takings", PROPOSER))[0] == 201
    assert await desk.act("transfers", APPROVER, to_johor) == (409, "task_taken")
    assert (await desk.act("transfers", PROPOSER, to_johor))[0] == 201
    for office in (None, "perak"):
        assert await desk.act("takings", PROPOSER, office=office) == (404, "task_unknown"), office
    assert await desk.act("transfers", PROPOSER, to_johor, office="johor") == (409, "office_has_task")
    everywhere = [desk.queues.queues[desk.waiting.task["queue"]].scope, f"{desk.queues.service}:task:all_offices"]
    every = [*everywhere, f"{desk.queues.service}:task:write"]
    assert (await desk.act("transfers", ANOTHER, to_perak, scopes=every))[0] == 201
    of_perak = replace(desk, office="perak")
    assert (await of_perak.act("takings", PROPOSER))[0] == 201
    assert (await of_perak.propose())[0] == 201
    assert await of_perak.approve(office="johor") == (404, "task_unknown")
    return of_perak


async def _check_whole_or_nothing(desk: Desk) -> None:
    """Who dies after the command ran, and before the commit, has approved nothing; the same approval is given again."""
    with _dying_after_the_command():
        status, _ = await desk.approve()
        assert status >= 500
    assert await desk.state() == "proposed"
    assert (await desk.approve())[0] == 201
    assert await desk.state() == "approved"


@contextmanager
def _dying_after_the_command() -> Iterator[None]:
    run = acting._run

    async def dies(task: Task, officer: Officer, queues: Queues, uow: UnitOfWork) -> None:
        await run(task, officer, queues, uow)
        raise RuntimeError("the process is gone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acting, "_run", dies)
        yield
