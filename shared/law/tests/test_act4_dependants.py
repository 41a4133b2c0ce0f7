"""Dependants' benefit beyond the worked cases: who qualifies, who excludes whom, each assumption turned round."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.law.act4.dependants.rules import (
    Dependant,
    Relation,
    beside_another,
    classes_for_good,
    daily_share,
    qualifies,
    shares,
)
from shared.law.book import LawOn, book
from shared.law.tests.turned import overlaid

DAY = date(2026, 7, 15)
KNOWN = date(2026, 11, 22)
OLD, YOUNG = date(2005, 7, 15), date(2005, 7, 16)
W, M, C, P, G, S = Relation


def law() -> LawOn:
    return book().on(DAY, KNOWN)


def turned(folder: Path, figure: str, value: str, unit: str = "yes_no") -> LawOn:
    return overlaid(folder, unit, **{f"act4__dependants__{figure}": value}).on(DAY, KNOWN)


@pytest.mark.parametrize(
    ("person", "has_a_share"),
    [
        (Dependant(W), True),
        (Dependant(M, remarried_on=date(2020, 1, 1)), True),
        (Dependant(P), True),
        (Dependant(G), True),
        (Dependant(C, YOUNG), True),
        (Dependant(C, OLD), False),
        (Dependant(C, DAY), True),
        (Dependant(C, date(2026, 7, 16)), False),
        (Dependant(C, date(2026, 7, 16), incapable=True), False),
        (Dependant(S, date(2026, 7, 16)), False),
        (Dependant(C, YOUNG, married_on=DAY), False),
        (Dependant(C, YOUNG, married_on=date(2026, 7, 16)), True),
        (Dependant(C, OLD, first_degree_until=DAY), True),
        (Dependant(C, OLD, first_degree_until=date(2026, 7, 14)), False),
        (Dependant(C, OLD, married_on=DAY, first_degree_until=DAY), False),
        (Dependant(C, date(1980, 1, 1), incapable=True), True),
        (Dependant(C, incapable=True, married_on=DAY), True),
        (Dependant(S, YOUNG), True),
        (Dependant(S, OLD), False),
        (Dependant(S, YOUNG, married_on=DAY), False),
        (Dependant(S, OLD, first_degree_until=DAY), False),
        (Dependant(S, OLD, incapable=True), False),
    ],
)
def test_who_has_a_share_on_a_day(person: Dependant, has_a_share: bool) -> None:
    assert qualifies(person, DAY, law()) is has_a_share


def test_a_child_without_a_date_of_birth_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="date of birth"):
        qualifies(Dependant(C), DAY, law())


@pytest.mark.parametrize(
    ("figure", "value", "person", "has_a_share"),
    [
        ("remarriage_ends", "yes", Dependant(W, remarried_on=DAY), False),
        ("remarriage_ends", "yes", Dependant(W, remarried_on=date(2026, 7, 16)), True),
        ("remarriage_ends", "yes", Dependant(P, remarried_on=DAY), True),
        ("incapable_child_keeps", "no", Dependant(C, OLD, incapable=True), False),
        ("marriage_ends", "no", Dependant(C, YOUNG, married_on=DAY), True),
        ("first_degree_extends", "no", Dependant(C, OLD, first_degree_until=DAY), False),
    ],
)
def test_each_assumption_about_who_qualifies_can_be_turned_round(
    tmp_path: Path, figure: str, value: str, person: Dependant, has_a_share: bool
) -> None:
    assert qualifies(person, DAY, turned(tmp_path, figure, value)) is has_a_share


def test_the_ages_of_children_and_siblings_are_two_figures(tmp_path: Path) -> None:
    against = turned(tmp_path, "sibling_age", "18", "age")
    assert qualifies(Dependant(C, YOUNG), DAY, against)
    assert not qualifies(Dependant(S, YOUNG), DAY, against)


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({"w": W, "c": C}, {"w": "3/5", "c": "2/5"}),
        ({"w": W, "m": M, "c": C, "d": C}, {"w": "3/10", "m": "3/10", "c": "1/5", "d": "1/5"}),
        ({"w": W}, {"w": "3/5"}),
        ({"c": C, "d": C, "e": C}, {"c": "1/5", "d": "1/5", "e": "1/5"}),
        ({"w": W, "p": P, "g": G, "s": S}, {"w": "3/5", "p": "0", "g": "0", "s": "0"}),
        ({"p": P, "q": P, "g": G}, {"p": "1/5", "q": "1/5", "g": "0"}),
        ({"g": G}, {"g": "2/5"}),
        ({"g": G, "s": S, "t": S}, {"g": "2/5", "s": "3/20", "t": "3/20"}),
        ({"s": S}, {"s": "3/10"}),
    ],
)
def test_the_shares_of_each_class(relations: dict[str, Relation], expected: dict[str, str]) -> None:
    """Dossier act4 §3.3: 3/5, 2/5; only where there is neither, 4/10 and 3/10."""
    assert shares(relations, law()) == {name: Fraction(share) for name, share in expected.items()}


@pytest.mark.parametrize(
    ("figure", "value", "unit", "relations", "expected"),
    [
        ("widow_alone_share", "'1/1'", "fraction", {"w": W}, {"w": "1"}),
        ("children_alone_share", "'2/5'", "fraction", {"c": C}, {"c": "2/5"}),
        ("siblings_beside_parents", "no", "yes_no", {"p": P, "s": S}, {"p": "2/5", "s": "0"}),
        ("siblings_beside_parents", "no", "yes_no", {"s": S}, {"s": "3/10"}),
        ("grandparents_beside_parents", "yes", "yes_no", {"p": P, "g": G}, {"p": "1/5", "g": "1/5"}),
        ("grandparents_beside_parents", "yes", "yes_no", {"g": G, "h": G}, {"g": "1/5", "h": "1/5"}),
        ("children_share_together", "no", "yes_no", {"w": W, "c": C}, {"w": "3/5", "c": "2/5"}),
        (
            "children_share_together",
            "no",
            "yes_no",
            {"w": W, "c": C, "d": C},
            {"w": "3/7", "c": "2/7", "d": "2/7"},
        ),
    ],
)
def test_each_assumption_about_shares_can_be_turned_round(
    tmp_path: Path, figure: str, value: str, unit: str, relations: dict[str, Relation], expected: dict[str, str]
) -> None:
    found = shares(relations, turned(tmp_path, figure, value, unit))
    assert found == {name: Fraction(share) for name, share in expected.items()}


def test_another_class_comes_in_later_only_by_the_other_reading(tmp_path: Path) -> None:
    assert set(classes_for_good([C], law())) == {C}
    assert set(classes_for_good([C], turned(tmp_path, "class_fixed_at_death", "no"))) == set(Relation)


def test_an_over_allocation_that_is_not_scaled_exceeds_the_whole(tmp_path: Path) -> None:
    figures = {"act4__dependants__children_share_together": "no", "act4__dependants__over_allocation_scaled": "no"}
    against = overlaid(tmp_path, "yes_no", **figures).on(DAY, KNOWN)
    assert sum(shares({"w": W, "c": C, "d": C}, against).values()) == Fraction(7, 5)


def test_a_share_is_rounded_once_half_up(tmp_path: Path) -> None:
    """118.50 × 3/20 = 17.775: half up 17.78, downwards 17.77."""
    exact, share = Fraction(11_850), Fraction(3, 20)
    assert daily_share(exact, share, law()) == 1_778
    assert daily_share(exact, share, turned(tmp_path, "share_rounded_half_up", "no")) == 1_777


def test_only_the_higher_of_two_benefits_is_paid(tmp_path: Path) -> None:
    assert [beside_another(7_110, other, law()) for other in (0, 7_110, 7_111)] == [7_110, 7_110, 0]
    assert beside_another(7_110, 7_111, turned(tmp_path, "higher_of_two_only", "no")) == 7_110
