"""Counts the statements that a use case makes, so that they do not grow back unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shared.persistence.engine import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The texts of the statements that this process makes on a database meanwhile, each on one line, in order."""
    made: list[str] = []

    def note(*arguments: Any) -> None:
        made.append(" ".join(arguments[2].split()))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(engine, "before_cursor_execute", note)
