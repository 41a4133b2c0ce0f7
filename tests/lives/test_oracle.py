"""The oracle says of each part of a life what its file says, and the parts together are what is owed in all."""

import ast
import sys
from fractions import Fraction

import pytest
import yaml

from tests.lives import oracle
from tests.lives.life import CASES, Life, read_lives

LIVES = {life.name: life for life in read_lives() if life.oracle}


@pytest.mark.parametrize("name", sorted(LIVES))
def test_each_part_comes_to_what_the_file_says(name: str) -> None:
    life = LIVES[name]
    differs = [dict(part) for part in life.oracle if oracle.comes_to(part) != oracle.sen(part["amount"])]
    assert differs == []
    assert sum(oracle.comes_to(part) for part in life.oracle) == _owed(life)


def test_the_parts_that_its_docstring_shows_come_to_what_they_say() -> None:
    shown = yaml.load(str(oracle.__doc__).partition("::")[2].partition("`wages`")[0], Loader=yaml.BaseLoader)  # noqa: S506
    parts = shown["oracle"]
    assert [oracle.comes_to(part) for part in parts] == [oracle.sen(part["amount"]) for part in parts]


def _owed(life: Life) -> int:
    return life.total - sum(each.amount for each in life.comes_back)


def test_it_shares_nothing_with_the_platform_and_has_few_lines() -> None:
    text = (CASES.parent / "oracle.py").read_text(encoding="utf-8")
    names = {name for node in ast.walk(ast.parse(text)) for name in _imported(node)}
    assert names <= set(sys.stdlib_module_names)
    assert len(text.splitlines()) <= 120


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name.partition(".")[0] for each in node.names]
    return [str(node.module).partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize(
    ("wage", "assumed"),
    [(3000, 2500), (240_000, 235_000), (240_001, 245_000), (590_001, 595_000), (600_001, 595_000), (14_001, 17_000)],
)
def test_a_wage_is_of_the_class_of_the_third_schedule(wage: int, assumed: int) -> None:
    assert oracle.assumed(wage) == assumed


@pytest.mark.parametrize(("contributions", "percent"), [(24, 50), (35, 50), (36, 51), (171, 62), (204, 65), (400, 65)])
def test_a_pension_grows_by_each_twelve_contributions(contributions: int, percent: int) -> None:
    assert oracle.pension_share(contributions) == Fraction(percent, 100)
