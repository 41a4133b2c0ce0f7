"""What an auditor is handed of one decision: all that is known of it, part by part, each with its hash."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kernel.offices import Office
from shared.law.canonical import canonical, plain

# The member that says which officer: by the subject of the token, which is a name in many an installation.
OFFICERS = frozenset({"officer", "stated_by_officer", "recommended_by", "proposed_by", "approved_by", "acted_by"})

Seal = Callable[[str], str]


class Population(StrEnum):
    """Of what a sample is drawn."""

    DECISIONS = "decisions"
    REFUSALS = "refusals"
    """Decisions by which nothing is owed."""


@dataclass(frozen=True, slots=True)
class SampleAsked:
    """Of what is drawn: which decisions of some days, about which benefit, and of which office."""

    population: Population
    first: date
    last: date
    begins: datetime
    """The first instant of the first day."""
    ends: datetime
    """The first instant after the last day."""
    benefit: str | None
    office: Office | None

    @property
    def named(self) -> dict[str, str | None]:
        """By the names of the request, as a draw has it."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        office = None if self.office is None else self.office.value
        return {"population": self.population.value, **days, "benefit": self.benefit, "office": office}

    @property
    def values(self) -> dict[str, str | None]:
        """As the select takes it: instants up to the whole second, as they begin in what is kept."""
        kept = {name: each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") for name, each in self._instants.items()}
        return {**kept, "benefit": self.benefit, "office": self.named["office"]}

    @property
    def _instants(self) -> dict[str, datetime]:
        return {"begins": self.begins, "ends": self.ends}


@dataclass(frozen=True)
class Bundle:
    """The parts of it, in the canonical form that is hashed: no nulls, instants in UTC."""

    parts: Mapping[str, Any]

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each part's canonical bytes: what did not change since has the same again."""
        return {name: _hash(part) for name, part in self.parts.items()}

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes of all."""
        return _hash(self.parts)


def bundle_of(parts: Mapping[str, Any], seal: Seal | None) -> Bundle:
    """The bundle of what was found; officers by what ``seal`` makes of their names, where they are not told."""
    return Bundle({name: plain(_said(part, seal), name) for name, part in parts.items()})


def _said(value: Any, seal: Seal | None, name: str = "") -> Any:
    """Without what is null, and with ids as texts."""
    if isinstance(value, Mapping):
        return {key: _said(each, seal, key) for key, each in value.items() if each is not None}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_said(each, seal, name) for each in value]
    if isinstance(value, UUID):
        return str(value)
    return seal(value) if seal is not None and name in OFFICERS and value else value


def _hash(part: Any) -> str:
    return hashlib.sha256(canonical(part)).hexdigest()
