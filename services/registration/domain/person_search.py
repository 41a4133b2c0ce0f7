"""A search for people, as it is kept: who made it, when, by which kinds of criteria; never by which values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# More than anybody looks through: a search that finds more is narrowed.
MOST_FOUND = 500


@dataclass(frozen=True, slots=True)
class PersonSearch:
    """`is_cut`: more people fit than are kept."""

    id: UUID
    tenant: str
    officer: str
    criteria: tuple[str, ...]
    found: int
    is_cut: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """A search that found a person."""

    id: UUID
    tenant: str
    officer: str
    criteria: tuple[str, ...]
    at: datetime
