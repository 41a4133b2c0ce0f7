"""Dependants' benefit of the self-employed: shares of the rate of permanent total disablement (Act 789 s.19)."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act4.dependants.rules import SPOUSES, Relation
from shared.law.book import LawOn
from shared.law.rule import rule

WHOLE = Fraction(1)


@rule("2017-06-01")
def shares(relations: Mapping[str, Relation], law: LawOn) -> Mapping[str, Fraction]:
    """Each dependant's part, by name, zero for one whom a nearer class excludes (Second Schedule, paras 5 to 9).

    Widow(er)s 3/5 together and each child 2/5, scaled to the whole where they exceed it; children alone 3/5 together;
    without either 4/10 for parents, or else brothers and sisters, or else grandparents (the order is `assumed`).
    """
    spouses = _names(relations, SPOUSES)
    children = _names(relations, {Relation.CHILD})
    if spouses:
        found = _equally(spouses, law.share("act789.dependants.spouse_share"))
        found |= dict.fromkeys(children, law.share("act789.dependants.child_share"))
    elif children:
        found = _equally(children, law.share("act789.dependants.children_alone_share"))
    else:
        found = _equally(_others(relations, law), law.share("act789.dependants.others_share"))
    total = max(WHOLE, sum(found.values(), Fraction(0)))
    return {name: found.get(name, Fraction(0)) / total for name in relations}


def _others(relations: Mapping[str, Relation], law: LawOn) -> tuple[str, ...]:
    classes = [_names(relations, {each}) for each in (Relation.PARENT, Relation.SIBLING, Relation.GRANDPARENT)]
    if law.says("act789.dependants.others_in_turn"):
        return next((names for names in classes if names), ())
    return tuple(name for names in classes for name in names)


def _names(relations: Mapping[str, Relation], wanted: Collection[Relation]) -> tuple[str, ...]:
    return tuple(name for name, relation in relations.items() if relation in wanted)


def _equally(names: Collection[str], share: Fraction) -> dict[str, Fraction]:
    return dict.fromkeys(names, share / max(1, len(names)))


@rule("2017-06-01")
def daily_share(exact: Fraction, part: Fraction, law: LawOn) -> Sen:
    """A part of the exact daily rate in sen, rounded once, half up (`assumed`)."""
    return half_up(exact * part) if law.says("act789.dependants.share_rounded_half_up") else int(exact * part)


@rule("2017-06-01")
def beside_another(daily: Sen, other: Sen, law: LawOn) -> Sen:
    """What is paid to a widow or widower who has another benefit: only the higher of the two (s.19(4))."""
    return 0 if other > daily and law.says("act789.dependants.higher_of_two_only") else daily
