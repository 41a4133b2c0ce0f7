"""A spell of employment under a contract of service, and what its days may be (Act 4 s.5)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registration.domain.errors import (
    SpellAlreadyEnded,
    SpellEndsBeforeStart,
    SpellEndsTooFarAhead,
    SpellStartsBeforeBirth,
    SpellStartsTooFarAhead,
)
from shared.kernel.money import Sen
from shared.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class Spell:
    """The whole spell as it is known now; `ended_on` is its last day.

    `confirmed` is the wage month of its first contribution, `confirmed_wage` the wage declared for it, in sen.
    """

    id: UUID
    person: int
    employer: int
    revision: int
    started_on: date
    ended_on: date | None = None
    confirmed: Month | None = None
    confirmed_wage: Sen | None = None


def check_start(started_on: date, born_on: date, latest: date) -> None:
    """Raises SpellStartsBeforeBirth, or SpellStartsTooFarAhead after the latest day accepted."""
    if started_on < born_on:
        raise SpellStartsBeforeBirth()
    if started_on > latest:
        raise SpellStartsTooFarAhead(f"A spell may start on {latest} at the latest.")


def check_end(spell: Spell, ended_on: date, latest: date) -> None:
    """Raises SpellAlreadyEnded, SpellEndsBeforeStart, or SpellEndsTooFarAhead after the latest day accepted."""
    if spell.ended_on is not None:
        raise SpellAlreadyEnded()
    if ended_on < spell.started_on:
        raise SpellEndsBeforeStart(f"The spell starts on {spell.started_on}.")
    if ended_on > latest:
        raise SpellEndsTooFarAhead(f"A spell may end on {latest} at the latest.")
