"""Survivors of a housewife: the base and each one's part; and the funeral benefit (Act 838 ss.29, 36)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import age_on
from shared.law.book import LawOn
from shared.law.rule import rule

WHOLE = Fraction(1)


class Relation(StrEnum):
    """What a survivor was to the housewife."""

    WIDOWER = "widower"
    CHILD = "child"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A survivor; the days are None where nothing of the kind happened."""

    relation: Relation
    born_on: date
    married_on: date | None = None
    first_degree_until: date | None = None
    incapable: bool = False
    caused_death: bool = False


@rule("2022-12-01")
def opens(born_on: date, died_on: date, law: LawOn) -> bool:
    """Whether the death of a housewife opens survivors' benefit: under 55 (`assumed`)."""
    return age_on(born_on, died_on) < law.age("act838.survivors.deceased_age")


@rule("2022-12-01")
def base(allowance: Sen | None, law: LawOn) -> Sen:
    """What is shared, in sen a month: her morbid allowance, or else 50 % of the presumed income (Fourth Schedule)."""
    if allowance is not None:
        return allowance
    return half_up(law.sen("act838.contributions.presumed_income") * law.share("act838.survivors.base_share"))


@rule("2022-12-01")
def qualifies(person: Survivor, day: date, law: LawOn) -> bool:
    """Whether a survivor is counted on a day (s.36), also one who forfeits the share.

    A widower until remarriage or 55, a parent until 55; a child to marriage or 21, in a first degree also later, an
    incapable child to 55.
    """
    age = age_on(person.born_on, day)
    married = person.married_on is not None and person.married_on <= day
    if person.relation is not Relation.CHILD:
        return not married and age < law.age("act838.survivors.adult_age")
    if person.incapable:
        return age < law.age("act838.survivors.adult_age")
    studies = person.first_degree_until is not None and day <= person.first_degree_until
    return not married and (age < law.age("act838.survivors.child_age") or studies)


@rule("2022-12-01")
def kept(part: Fraction, person: Survivor, law: LawOn) -> Fraction:
    """The part of a survivor; nothing for one who caused the death, and it does not pass to others (s.22(4))."""
    return Fraction(0) if person.caused_death and law.says("act838.survivors.causing_death_forfeits") else part


@rule("2022-12-01")
def shares(relations: Mapping[str, Relation], law: LawOn) -> Mapping[str, Fraction]:
    """Each survivor's part of the base, by name, zero for one whom a nearer class excludes (Fourth Schedule).

    Widower 3/5 and each child 2/5, scaled to the whole where they exceed it; children alone 3/5 together; parents alone
    4/10 together.
    """
    names = {relation: [name for name, each in relations.items() if each is relation] for relation in Relation}
    widowers, children, parents = (names[relation] for relation in Relation)
    if widowers:
        found = dict.fromkeys(widowers, law.share("act838.survivors.widower_share") / len(widowers))
        found |= dict.fromkeys(children, law.share("act838.survivors.child_share"))
    elif children:
        found = dict.fromkeys(children, law.share("act838.survivors.children_alone_share") / len(children))
    else:
        found = dict.fromkeys(parents, law.share("act838.survivors.parents_share") / max(1, len(parents)))
    total = max(WHOLE, sum(found.values(), Fraction(0)))
    return {name: found.get(name, Fraction(0)) / total for name in relations}


@rule("2022-12-01")
def monthly_share(base_: Sen, part: Fraction, law: LawOn) -> Sen:
    """A part of the base in sen a month, half up (`assumed`)."""
    return half_up(base_ * part) if law.says("act838.survivors.share_rounded_half_up") else int(base_ * part)


@rule("2022-12-01")
def funeral(born_on: date, died_on: date, payee_is_heir: bool, cost: Sen, law: LawOn) -> Sen:
    """The funeral benefit in sen: the amount to heirs, to another the lesser of cost and amount; nothing from 55 on."""
    if age_on(born_on, died_on) >= law.age("act838.funeral.until_age"):
        return 0
    amount = law.sen("act838.funeral.amount")
    return amount if payee_is_heir else min(cost, amount)
