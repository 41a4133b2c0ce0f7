"""What must never come to pass in a life, held against all that did: each payment, each decision, each debt."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.kernel.money import ringgit
from tests.lives.life import NeverPart


class Payment(NamedTuple):
    """What was paid to somebody at once, of a benefit from a fund, in sen; or in a month, as the sum of that."""

    month: str
    to: str
    benefit: str
    fund: str
    sen: int


@dataclass
class Happened:
    """All that came to pass in a life on any day of it, and not what stood in the end alone."""

    payments: list[Payment] = field(default_factory=list)
    """Each that was instructed, whatever became of it."""
    decided: set[tuple[str, str, int]] = field(default_factory=set)
    """To whom, of which benefit, how much by the day, by the month or once; of every revision."""
    said: set[tuple[str, str, str]] = field(default_factory=set)
    """Of which benefit claims said that it is `entitled`, `refused` or `waits`, and why; in every revision."""
    debts: set[tuple[str, str, int]] = field(default_factory=set)
    """Who had to pay back how much of which benefit on the evening of any day."""


def broken(never: NeverPart, happened: Happened, sums: Iterable[Payment]) -> str:
    """How it came to pass all the same, in words; empty where it never did. `sums` are what was settled by month."""
    if never.decided is not None:
        return _decided(never, never.decided, happened)
    if never.owes is not None:
        return _owes(never, never.owes, happened)
    if never.stands is not None:
        return _stands(never, never.stands, happened)
    return _paid(never, [*happened.payments, *sums])


def _paid(never: NeverPart, payments: Iterable[Payment]) -> str:
    for each in payments:
        if each.sen and never.amount in (None, each.sen) and never.is_of(*each[:4]):
            return f"{ringgit(each.sen)} was paid"
    return ""


def _decided(never: NeverPart, sen: int, happened: Happened) -> str:
    for to, benefit, each in happened.decided:
        if each == sen and never.to in ("", to) and never.benefit in (None, benefit):
            return f"{ringgit(sen)} of {benefit} was decided"
    return ""


def _owes(never: NeverPart, much: int | str, happened: Happened) -> str:
    for of, benefit, sen in sorted(happened.debts):
        if never.to in ("", of) and never.benefit in (None, benefit) and much in ("anything", sen):
            return f"{ringgit(sen)} of {benefit} was to come back from {of}"
    return ""


def _stands(never: NeverPart, state: str, happened: Happened) -> str:
    of = {(each, reason) for benefit, each, reason in happened.said if benefit == never.benefit}
    if not of:
        return f"claims never said anything of {never.benefit}"
    if any(each == state and never.reason in ("", reason) for each, reason in of):
        return f"{never.benefit} stood as {state}"
    return ""
