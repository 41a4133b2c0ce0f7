"""What a client was answered is committed, and a repeat is answered as before."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from shared.kernel.failpoints import arm
from shared.kernel.identifiers import new_id
from shared.persistence.engine import Database
from shared.security.scopes import authenticate
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import eventually
from shared.testing.tokens import TestIssuer
from shared.web import routing
from shared.web.routing import CommittingRoute, Handler
from shared.web.tests.things import Held, Wire, things_app

pytestmark = pytest.mark.postgres

TABLES = """
    CREATE TABLE thing (id uuid PRIMARY KEY, number integer NOT NULL);
    GRANT SELECT, INSERT ON thing TO claims_api; GRANT SELECT ON thing TO claims_worker;
"""


class AnswersFirst(CommittingRoute):
    """The bug: the transaction ends after the answer has left, as a ``yield`` dependency would end it."""

    def get_route_handler(self) -> Handler:
        original = APIRoute.get_route_handler(self)

        async def handle(request: Request) -> Response:
            stack = AsyncExitStack()
            request.state.transaction = stack
            await authenticate(request)
            response: Response = await original(request)
            response.background = BackgroundTask(stack.aclose)
            return response

        return handle


class Watching:
    """Looks at the database, from outside, at the moment when an answer begins to leave."""

    def __init__(self, app: ASGIApp, look: Callable[[], Any]) -> None:
        self._app = app
        self._look = look
        self.seen: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.seen.append(await self._look())
            await send(message)

        await self._app(scope, receive, watched)


@dataclass
class Edge:
    """The app on a database of its own, and clients that speak to it."""

    fresh: TestDatabase
    issuer: TestIssuer
    wire: Wire
    database: Database = field(init=False)
    held: Held = field(default_factory=Held)

    def __post_init__(self) -> None:
        self.database = Database(self.wire.through(self.fresh.url("api")), "claims")

    async def call(
        self,
        number: int = 1,
        key: str | None = "key-1",
        *,
        route: type[CommittingRoute] = CommittingRoute,
        watched: Watching | None = None,
        client: str = "payroll",
        **more: object,
    ) -> httpx.Response:
        app = watched or things_app(self.database, self.issuer, self.held, route)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        token = self.issuer.token(["claims:thing:write"], party="employer:1", role="partner", client_id=client)
        headers = {"authorization": f"Bearer {token}", **({"idempotency-key": key} if key is not None else {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            return await opened.post("/v1/things", headers=headers, json={"number": number, **more})

    async def things(self) -> int:
        """How many there are, as another connection sees them."""
        return await self._count("SELECT count(*) FROM thing")

    async def keys(self) -> int:
        """How many answers are kept."""
        return await self._count("SELECT count(*) FROM idempotency_key")

    async def _count(self, statement: str) -> int:
        connection = await asyncpg.connect(self.fresh.url("worker"))
        try:
            return int(await connection.fetchval(statement))
        finally:
            await connection.close()


@pytest.fixture
async def edge(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Edge]:
    async with databases.fresh("claims", TABLES) as fresh, Wire.opened(fresh.url("api")) as wire:
        edge = Edge(fresh, issuer, wire)
        with capture_logs():  # rendering a trace for people takes a second
            yield edge
        arm(None, "test")
        await edge.database.close()


async def check_that_the_commit_comes_first(edge: Edge, route: type[CommittingRoute]) -> None:
    """Raises AssertionError when the answer begins to leave before anybody else can see its effect."""
    watching = Watching(things_app(edge.database, edge.issuer, edge.held, route), edge.things)
    assert (await edge.call(watched=watching)).status_code == 201
    assert watching.seen == [1]


async def test_the_effect_is_committed_when_the_answer_begins_to_leave(edge: Edge) -> None:
    await check_that_the_commit_comes_first(edge, CommittingRoute)


async def test_committed_after_the_answer_the_same_check_is_red(edge: Edge) -> None:
    with pytest.raises(AssertionError):
        await check_that_the_commit_comes_first(edge, AnswersFirst)
    assert await edge.things() == 1, "it does commit, only too late"


def fails_at(point: str) -> Callable[[str], None]:
    def action(name: str) -> None:
        if name == point:
            raise RuntimeError(name)

    return action


async def test_what_fails_before_its_commit_leaves_nothing_and_can_be_repeated(edge: Edge) -> None:
    arm(fails_at("request.before_commit"), "test")
    answer = await edge.call()
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert (await edge.things(), await edge.keys()) == (0, 0)
    arm(None, "test")
    assert (await edge.call()).status_code == 201
    assert await edge.things() == 1


async def test_what_fails_between_commit_and_answer_is_answered_by_the_repeat(edge: Edge) -> None:
    arm(fails_at("request.after_commit"), "test")
    assert (await edge.call()).status_code == 500
    arm(None, "test")
    repeat = await edge.call()
    assert (repeat.status_code, repeat.headers["idempotency-replayed"]) == (201, "true")
    assert await edge.things() == 1


async def test_a_repeat_gets_the_stored_answer_and_no_second_effect(edge: Edge) -> None:
    first, repeat = await edge.call(), await edge.call()
    assert (repeat.status_code, repeat.content) == (first.status_code, first.content)
    assert (repeat.headers["location"], repeat.headers["content-type"]) == (
        first.headers["location"],
        first.headers["content-type"],
    )
    assert "idempotency-replayed" not in first.headers
    assert repeat.headers["idempotency-replayed"] == "true"
    assert await edge.things() == 1


async def test_the_same_key_with_another_body_is_refused(edge: Edge) -> None:
    await edge.call(number=1)
    other = await edge.call(number=2)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await edge.things() == 1


@pytest.mark.parametrize("key", [None, "", "has space", "x" * 201, '""'])
async def test_without_a_proper_key_nothing_is_made(edge: Edge, key: str | None) -> None:
    answer = await edge.call(key=key)
    assert answer.status_code == 400
    assert answer.json()["code"] == ("idempotency_key_missing" if key is None else "request_malformed")
    assert (await edge.things(), await edge.keys()) == (0, 0)


async def test_a_quoted_key_is_the_bare_key(edge: Edge) -> None:
    await edge.call(key='"abc"')
    assert (await edge.call(key="abc")).headers["idempotency-replayed"] == "true"


async def test_a_key_belongs_to_its_client(edge: Edge) -> None:
    await edge.call(client="payroll")
    other = await edge.call(client="hospital", number=2)
    assert other.status_code == 201
    assert "idempotency-replayed" not in other.headers
    assert await edge.things() == 2


async def test_the_second_of_two_at_once_is_told_that_the_first_is_in_flight(edge: Edge) -> None:
    first = asyncio.create_task(edge.call(hold=True))
    await asyncio.wait_for(edge.held.inside.wait(), 10)
    second = await edge.call(hold=True)
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    edge.held.go_on.set()
    assert (await first).status_code == 201
    assert (await edge.call(hold=True)).headers["idempotency-replayed"] == "true"
    assert await edge.things() == 1


async def check_twins(edge: Edge, count: int) -> None:
    """Raises AssertionError for a second effect, or an answer other than done, in flight or replayed."""
    answers = await asyncio.gather(*(edge.call() for _ in range(count)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}, statuses
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
    assert await edge.things() == 1


async def test_thirty_twins_at_once_have_one_effect(edge: Edge) -> None:
    await check_twins(edge, 30)


async def replace_in_opening(edge: Edge, said: str, other: str) -> None:
    """Put something else into the function that opens a request."""
    async with edge.fresh.connection("migrate") as owner:
        function = await owner.fetchval("SELECT pg_get_functiondef('open_request'::regproc)")
        assert said in function
        await owner.execute(function.replace(said, other))


async def test_without_the_lock_on_the_key_the_same_check_is_red(edge: Edge) -> None:
    await replace_in_opening(edge, "pg_try_advisory_xact_lock(", "true OR pg_try_advisory_xact_lock(")
    with pytest.raises(AssertionError):
        await check_twins(edge, 8)


async def check_that_a_twin_is_seen_that_commits_just_then(edge: Edge) -> None:
    """Raises AssertionError unless a request that has begun to ask for its key, and gets it when its twin has let go of
    it, is answered as the twin was."""
    first = asyncio.create_task(edge.call(hold=True))
    await asyncio.wait_for(edge.held.inside.wait(), 10)
    async with edge.fresh.connection("migrate") as owner:
        await owner.execute("SELECT pg_advisory_lock(42)")
        await replace_in_opening(edge, "is_free :=", "PERFORM pg_advisory_xact_lock_shared(42); is_free :=")
        second = asyncio.create_task(edge.call(hold=True))

        async def waits() -> bool:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted"
            return bool(await owner.fetchval(waiting))

        await eventually(waits)
        edge.held.go_on.set()
        assert (await first).status_code == 201
        await owner.execute("SELECT pg_advisory_unlock(42)")
    answer = await second
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, True)
    assert await edge.things() == 1


async def test_a_twin_that_commits_while_its_key_is_asked_for_is_seen(edge: Edge) -> None:
    await check_that_a_twin_is_seen_that_commits_just_then(edge)


async def test_looked_up_as_of_the_beginning_the_same_check_is_red(edge: Edge) -> None:
    await replace_in_opening(edge, "LANGUAGE plpgsql", "LANGUAGE plpgsql STABLE")
    with pytest.raises(AssertionError):
        await check_that_a_twin_is_seen_that_commits_just_then(edge)


@pytest.mark.parametrize("refused", [{"refuse": True}, {"number": "many"}])
async def test_a_refusal_keeps_nothing_and_a_better_request_may_use_the_key(
    edge: Edge, refused: dict[str, Any]
) -> None:
    assert (await edge.call(**refused)).status_code == 422
    assert (await edge.things(), await edge.keys()) == (0, 0)
    assert (await edge.call()).status_code == 201


async def check_that_deadlocked_requests_are_both_done(edge: Edge) -> None:
    """Raises AssertionError unless two that hold what the other asks for next are both done, each once."""
    both = edge.call(1, "one", locks=[1, 2]), edge.call(2, "two", locks=[2, 1])
    assert [answer.status_code for answer in await asyncio.gather(*both)] == [201, 201]
    assert (edge.held.attempts, await edge.things(), await edge.keys()) == (3, 2, 2)


async def test_a_request_that_a_deadlock_took_back_is_done_again(edge: Edge) -> None:
    await check_that_deadlocked_requests_are_both_done(edge)


async def test_done_only_once_the_same_check_is_red(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "_ATTEMPTS", 1)
    with pytest.raises(AssertionError):
        await check_that_deadlocked_requests_are_both_done(edge)


async def test_with_the_database_away_nothing_is_made_and_the_repeat_converges_once_it_is_back(edge: Edge) -> None:
    key = str(new_id())
    assert (await edge.call(key="other")).status_code == 201
    await edge.wire.cut()
    away = await edge.call(key=key)
    assert (away.status_code, away.json()["code"]) == (503, "database_unavailable")
    assert "retry-after" in away.headers
    await edge.wire.mend()
    again = await edge.call(key=key)
    assert (again.status_code, "idempotency-replayed" in again.headers) == (201, False)
    assert await edge.things() == 2


async def test_a_commit_whose_answer_was_lost_is_found_by_the_repeat(edge: Edge) -> None:
    """The connection breaks after the COMMIT was sent: nobody here knows the outcome, and the key does."""
    edge.wire.cut_after(b"COMMIT")
    lost = await edge.call()
    assert (lost.status_code, lost.json()["code"]) == (503, "database_unavailable")

    async def is_there() -> bool:
        return await edge.things() == 1

    await eventually(is_there)
    await edge.wire.mend()
    repeat = await edge.call()
    assert (repeat.status_code, repeat.headers["idempotency-replayed"]) == (201, "true")
    assert await edge.things() == 1
