"""Dependants' benefit: who shares in the daily rate of a death, and how much (Act 4, Fourth Schedule)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import age_on, birthday
from shared.law.act4.permanent_disablement.rules import exact_rate as rate_of_full_loss
from shared.law.book import LawOn
from shared.law.rule import rule

WHOLE = Fraction(1)
_DAY = timedelta(days=1)


class Relation(StrEnum):
    """What a dependant was to the deceased."""

    WIDOW = "widow"
    WIDOWER = "widower"
    CHILD = "child"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"


SPOUSES = frozenset({Relation.WIDOW, Relation.WIDOWER})
YOUNG = frozenset({Relation.CHILD, Relation.SIBLING})


@dataclass(frozen=True, slots=True)
class Dependant:
    """A dependant; the days are None where nothing of the kind happened. A child or sibling has a date of birth."""

    relation: Relation
    born_on: date | None = None
    married_on: date | None = None
    first_degree_until: date | None = None
    incapable: bool = False
    remarried_on: date | None = None
    died_on: date | None = None


@rule("2013-01-01")
def exact_rate(average: Fraction, law: LawOn) -> Fraction:
    """The daily rate of a death in sen, not yet rounded: that of a full loss (Act 4, Fourth Schedule)."""
    return rate_of_full_loss(average, WHOLE, law)


@rule("2013-01-01", correction=1)
def qualifies(person: Dependant, day: date, law: LawOn) -> bool:
    """Whether a person has a share on a day (Act 4, Fourth Schedule).

    A widow or widower for life; a child under 21 and unmarried, in a first degree also later, an incapable one always;
    a brother or sister under 21 and unmarried; parents and grandparents for life; nobody before birth. Several details
    are `assumed`, and that whoever is left has the day of a death.
    """
    if _by(person.died_on, day) or (person.born_on is not None and day < person.born_on):
        return False
    if person.relation in SPOUSES:
        return not (_by(person.remarried_on, day) and law.says("act4.dependants.remarriage_ends"))
    if person.relation not in YOUNG:
        return True
    is_child = person.relation is Relation.CHILD
    if is_child and person.incapable and law.says("act4.dependants.incapable_child_keeps"):
        return True
    if _by(person.married_on, day) and law.says("act4.dependants.marriage_ends"):
        return False
    if person.born_on is None:
        raise ValueError("a child, brother or sister has a date of birth")
    if age_on(person.born_on, day) < law.age(f"act4.dependants.{person.relation.value}_age"):
        return True
    studies = is_child and person.first_degree_until is not None and day <= person.first_degree_until
    return studies and law.says("act4.dependants.first_degree_extends")


@rule("2013-01-01", correction=1)
def change_days(person: Dependant, law: LawOn) -> tuple[date, ...]:
    """The days from which a person may qualify otherwise than before: births, ages, marriages, deaths."""
    days = [person.born_on, person.married_on, person.remarried_on, person.died_on]
    if person.first_degree_until is not None:
        days.append(person.first_degree_until + _DAY)
    if person.relation in YOUNG and person.born_on is not None:
        days.append(birthday(person.born_on, law.age(f"act4.dependants.{person.relation.value}_age")))
    return tuple(sorted({day for day in days if day is not None}))


@rule("2013-01-01")
def first_day(died_on: date, law: LawOn) -> date:
    """The first day that is owed: that of the death (`assumed`), or the one after."""
    return died_on if law.says("act4.dependants.day_of_death_payable") else died_on + _DAY


def _by(happened_on: date | None, day: date) -> bool:
    return happened_on is not None and happened_on <= day


@rule("2013-01-01")
def classes_for_good(at_death: Collection[Relation], law: LawOn) -> Collection[Relation]:
    """The relations that may share: those whose classes share at the death, for good (`assumed`).

    By the other reading another class comes in when the last of a nearer one leaves.
    """
    return at_death if law.says("act4.dependants.class_fixed_at_death") else tuple(Relation)


@rule("2013-01-01")
def shares(relations: Mapping[str, Relation], law: LawOn) -> Mapping[str, Fraction]:
    """The share of the daily rate of each who qualifies, by name; zero for one whom a nearer class excludes.

    Widow(er)s 3/5 and children 2/5, each class in equal parts; only where there is neither, parents or else
    grandparents 4/10 and brothers and sisters 3/10. What is open in the sources is read from figures.
    """
    spouses = _names(relations, *SPOUSES)
    children = _names(relations, Relation.CHILD)
    found = _nearest(spouses, children, law) if spouses or children else _further(relations, law)
    total = sum(found.values(), Fraction(0))
    if total > WHOLE and law.says("act4.dependants.over_allocation_scaled"):
        found = {name: share / total for name, share in found.items()}
    return {name: found.get(name, Fraction(0)) for name in relations}


def _nearest(spouses: Collection[str], children: Collection[str], law: LawOn) -> dict[str, Fraction]:
    if not children:
        return _equally(spouses, law.share("act4.dependants.widow_alone_share"))
    if not spouses:
        return _equally(children, law.share("act4.dependants.children_alone_share"))
    found = _equally(spouses, law.share("act4.dependants.widow_share"))
    share = law.share("act4.dependants.child_share")
    if law.says("act4.dependants.children_share_together"):
        return found | _equally(children, share)
    return found | dict.fromkeys(children, share)


def _further(relations: Mapping[str, Relation], law: LawOn) -> dict[str, Fraction]:
    parents = _names(relations, Relation.PARENT)
    grandparents = _names(relations, Relation.GRANDPARENT)
    siblings = _names(relations, Relation.SIBLING)
    elders = parents or grandparents
    if parents and grandparents and law.says("act4.dependants.grandparents_beside_parents"):
        elders = (*parents, *grandparents)
    found = _equally(elders, law.share("act4.dependants.parent_share")) if elders else {}
    if siblings and (not elders or law.says("act4.dependants.siblings_beside_parents")):
        found |= _equally(siblings, law.share("act4.dependants.sibling_share"))
    return found


def _names(relations: Mapping[str, Relation], *wanted: Relation) -> tuple[str, ...]:
    return tuple(name for name, relation in relations.items() if relation in wanted)


def _equally(names: Collection[str], share: Fraction) -> dict[str, Fraction]:
    return dict.fromkeys(names, share / len(names))


@rule("2013-01-01")
def daily_share(exact: Fraction, share: Fraction, law: LawOn) -> Sen:
    """A share of the unrounded daily rate in sen, rounded once, half up (`assumed`)."""
    part = exact * share
    return half_up(part) if law.says("act4.dependants.share_rounded_half_up") else int(part)


@rule("2013-01-01")
def beside_another(daily: Sen, other: Sen, law: LawOn) -> Sen:
    """What is paid to one who has another benefit of the kind: only the higher of the two (D.R.22/2004)."""
    if other > daily and law.says("act4.dependants.higher_of_two_only"):
        return 0
    return daily
