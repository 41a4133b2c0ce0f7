"""Cuts a transaction of the real PostgreSQL at a chosen statement, before its commit or between commit and answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.util import await_only

from shared.kernel.failpoints import arm
from shared.persistence.engine import Database


class Ended(BaseException):
    """The process ended here, as by SIGKILL: nothing in it may catch this and go on."""


class How(StrEnum):
    """What happens at the place of a cut."""

    CONNECTION = "the server ends the connection"
    NETWORK = "the network fails"
    PROCESS = "the process ends"
    TASK = "the task is cancelled"


@dataclass(frozen=True)
class Cut:
    """A cut at a statement, counted from 1; past the last one it falls on the commit, before it or after."""

    how: How
    statement: int
    commit_arrives: bool = False


class FaultInjector:
    """Cuts the next transaction of a process's pool, once, where it is told to."""

    def __init__(self, database: Database, administrator: asyncpg.Connection) -> None:
        self._administrator = administrator
        self._cut: Cut | None = None
        self._seen = 0
        self.fell = ""
        engine = database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._before_statement)
        self._commit = engine.dialect.do_commit
        engine.dialect.do_commit = self._before_commit  # type: ignore[method-assign,assignment]

    @contextmanager
    def on(self, cut: Cut | None) -> Iterator[None]:
        """Cut what happens within the block; ``fell`` then names where it did, empty if it did not."""
        self._cut, self._seen, self.fell = cut, 0, ""
        try:
            yield
        finally:
            self._cut = None

    def _before_statement(self, connection: Any, *_: object) -> None:
        self._seen += 1
        if self._cut is not None and self._seen == self._cut.statement:
            self._fall(connection.connection, f"statement {self._seen}")

    def _before_commit(self, connection: Any) -> None:
        cut = self._cut
        if cut is None:
            self._commit(connection)
        elif cut.commit_arrives:
            self._commit(connection)
            self._fall(connection, "commit arrived")
        else:
            self._fall(connection, "commit lost")
            # Whoever is still there meets in the commit what happened to its connection or task.
            self._commit(connection)

    def _fall(self, connection: Any, place: str) -> None:
        assert self._cut is not None
        how, self._cut = self._cut.how, None
        self.fell = f"{how}: {place}"
        if how in (How.CONNECTION, How.PROCESS):
            pid = connection.driver_connection.get_server_pid()
            await_only(self._administrator.fetchval("SELECT pg_terminate_backend($1, 2000)", pid))
        if how is How.PROCESS:
            raise Ended(place)
        if how is How.NETWORK:
            connection.driver_connection.terminate()
        if place == "commit arrived":
            raise ConnectionResetError(place)
        if how is How.TASK:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()


@contextmanager
def ending_at(point: str) -> Iterator[list[str]]:
    """The process ends at this failpoint; what it reached is told."""
    reached: list[str] = []

    def end(name: str) -> None:
        if name == point:
            reached.append(name)
            raise Ended(name)

    arm(end, "test")
    try:
        yield reached
    finally:
        arm(None, "test")
