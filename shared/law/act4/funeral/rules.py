"""Funeral benefit: for which deaths, how much, and to whom (Act 4 s.29)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, divided
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule
from shared.law.table import Table

OUTSIDE = "non_employment_injury"
_HEIRS = "act4.funeral.heirs"


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: an heir such as "widow", "son" or "parent", or another; what the funeral cost this person, in sen."""

    relation: str
    born_on: date | None = None
    paid: Sen = 0


@rule("2013-01-01")
def death_is_covered(death: str, law: LawOn) -> bool:
    """Whether the benefit is paid for such a death, for example "employment_injury" (Act 4 s.29).

    A death while on disablement benefit for a non-employment injury is one as that for an employment injury is (s.44C).
    """
    covered, kind = law.names("act4.funeral.deaths"), death.removeprefix(f"{OUTSIDE}_")
    return kind in covered and (kind == death or OUTSIDE in covered)


@rule("2013-01-01")
def benefit(law: LawOn) -> Sen:
    """The benefit in sen, by the law of the day of the death (Act 4 s.29)."""
    return law.sen("act4.funeral.amount")


@rule("2013-01-01", correction=1)
def payments(claimants: Mapping[str, Claimant], law: LawOn) -> Mapping[str, Sen]:
    """What each claimant gets, by name: all to the first place in the order of heirs, equally among its takers.

    Where no heir claims, those who paid get the actual cost, together not above the benefit, each in proportion.
    A sen that cannot be divided goes to whoever would lose most of one, of two alike to the first named (`assumed`).
    """
    takers = _takers(claimants, law.table(_HEIRS))
    if takers:
        return shared_out(claimants, dict.fromkeys(takers, Fraction(1)), benefit(law))
    if not law.says("act4.funeral.actual_cost_to_others"):
        return dict.fromkeys(claimants, 0)
    paid = {name: Fraction(each.paid) for name, each in claimants.items() if each.paid}
    return shared_out(claimants, paid, min(benefit(law), int(sum(paid.values()))))


def _takers(claimants: Mapping[str, Claimant], heirs: Table) -> tuple[str, ...]:
    places = {name: place for name, each in claimants.items() if (place := _place(each, heirs)) is not None}
    first = [name for name, place in places.items() if place == min(places.values())]
    if not first or heirs.text(heirs.find(claimants[first[0]].relation), "takers") == "all":
        return tuple(first)
    return (min(first, key=lambda name: claimants[name].born_on or date.max),)


def _place(claimant: Claimant, heirs: Table) -> int | None:
    try:
        return heirs.whole(heirs.find(claimant.relation), "place")
    except OutsideTable:
        return None


def shared_out(claimants: Iterable[str], weights: Mapping[str, Fraction], amount: Sen) -> dict[str, Sen]:
    """The amount among those who have a weight, in proportion; nothing to the others."""
    return dict.fromkeys(claimants, 0) | dict(zip(weights, divided(amount, list(weights.values())), strict=True))
