"""A database as the cores need one: transactions, row locks, lost answers. Its statements are modelled in the tables.

READ COMMITTED: a statement sees what was committed when it began, and what its own transaction wrote.
"""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any

from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Clock, Wait

Key = tuple[Any, ...]
_GONE = object()
LOCK_PATIENCE_SECONDS = 8.0


class TransientError(Exception):
    """What passes by itself: the database away, a deadlock, a time limit, a commit whose answer was lost."""


def passes(reason: BaseException) -> bool:
    """What ``is_transient`` says of such a fault."""
    return isinstance(reason, TransientError)


class Database:
    """Tables of rows by key, the locks on them, and the transactions that are open."""

    def __init__(self, clock: Clock, chance: Chance, name: str) -> None:
        self.clock = clock
        self.chance = chance
        self.name = name
        self.tables: dict[str, dict[Any, Any]] = {}
        self.locks: dict[Key, Transaction] = {}
        self.open: list[Transaction] = []
        self.away_until = 0.0
        # Another one when it was put back, here from a backup of the same instant: nothing is forgotten.
        self.life = 1
        self._last_id = 0

    def begin(self) -> "Transaction":
        """A transaction, to be entered."""
        return Transaction(self)

    def table(self, name: str) -> dict[Any, Any]:
        """What is committed."""
        return self.tables.setdefault(name, {})

    def next_id(self) -> int:
        """The next of a sequence: given out at once, whatever becomes of the transaction."""
        self._last_id += 1
        return self._last_id

    async def statement(self, at: str) -> None:
        """One round trip; raises TransientError."""
        await Wait(0.001 + 0.004 * self.chance.fraction(), at)
        if self.chance.strikes("database away", self.name):
            self.away_until = self.clock.now + self.chance.between(0.5, 5.0)
        if self.clock.now < self.away_until or self.chance.strikes("statement fails", at):
            raise TransientError(at)

    def oldest_writer(self) -> datetime | None:
        """The start of the oldest transaction that is open and has written."""
        writing = [each.begun for each in self.open if each.has_written]
        return min(writing, default=None)


class Transaction:
    """One transaction; leaving it commits, an exception rolls it back, a killed process too."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.begun = database.clock.instant()
        self.has_written = False
        self.waits_for: Key | None = None
        self._wrote: dict[str, dict[Any, Any]] = {}
        self._held: list[Key] = []
        self._after_commit: list[Callable[[], None]] = []

    async def __aenter__(self) -> "Transaction":
        await self.database.statement("begin")
        self.begun = self.database.clock.instant()
        self.database.open.append(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self._commit()
        finally:
            self._end()
        if kind is None:
            await Wait(0.001, "after commit")

    def get(self, table: str, key: Any) -> Any:
        """A row, None where there is none."""
        own = self._wrote.get(table, {}).get(key)
        found = own if own is not None else self.database.table(table).get(key)
        return None if found is _GONE else found

    def rows(self, table: str) -> list[tuple[Any, Any]]:
        """All rows with their keys, in the order of the keys."""
        merged = {**self.database.table(table), **self._wrote.get(table, {})}
        return sorted((key, row) for key, row in merged.items() if row is not _GONE)

    def put(self, table: str, key: Any, row: Any) -> None:
        """Write a row."""
        self.has_written = True
        self._wrote.setdefault(table, {})[key] = row

    def delete(self, table: str, key: Any) -> None:
        """Remove a row."""
        self.put(table, key, _GONE)

    def once_committed(self, action: Callable[[], None]) -> None:
        """Look at what was done, at the moment at which everybody sees it."""
        self._after_commit.append(action)

    def is_locked(self, *key: Any) -> bool:
        """Whether another transaction holds the row (SKIP LOCKED)."""
        return self.database.locks.get(key, self) is not self

    async def lock(self, *key: Any) -> None:
        """Lock a row, waiting for whoever holds it; raises TransientError for a deadlock or a time limit."""
        begun = self.database.clock.now
        self.waits_for = key
        while self.is_locked(*key):
            if self._is_deadlock() or self.database.clock.now - begun > LOCK_PATIENCE_SECONDS:
                raise TransientError(f"lock on {key}")
            await Wait(0.02)
        self.waits_for = None
        if key not in self.database.locks:
            self.database.locks[key] = self
            self._held.append(key)

    def _is_deadlock(self) -> bool:
        holder: Transaction | None = self
        for _ in range(len(self.database.open)):
            waits_for = holder.waits_for if holder is not None else None
            holder = self.database.locks.get(waits_for) if waits_for is not None else None
            if holder is self:
                return True
        return False

    async def _commit(self) -> None:
        await self.database.statement("before commit")
        chance = self.database.chance
        if not self._wrote:
            return
        if chance.strikes("commit fails") or chance.strikes("commit did not happen, answer lost"):
            raise TransientError("commit")
        for table, rows in self._wrote.items():
            committed = self.database.table(table)
            for key, row in rows.items():
                if row is _GONE:
                    committed.pop(key, None)
                else:
                    committed[key] = row
        for action in self._after_commit:
            action()
        if chance.strikes("commit happened, answer lost"):
            raise TransientError("commit")

    def _end(self) -> None:
        if self in self.database.open:
            self.database.open.remove(self)
        for key in self._held:
            del self.database.locks[key]
        self._held.clear()
