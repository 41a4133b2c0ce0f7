"""Mutants of the law: of a sample, nine in ten are noticed by the worked cases and the law's own tests.

``MUTANTS`` says how many (120; "all" for every one), ``SEED`` which, ``MODULES`` of which files ("shared/law/act4/*").
Those that nothing can notice are judged in docs/law/mutations.md and do not count.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.law.determination import determinations
from tests.architecture.tree import ROOT
from tests.prove.conftest import Show
from tests.prove.mutations import nearest
from tests.prove.mutations.judged import PAGE, judged
from tests.prove.mutations.mutants import mutants_of, sample
from tests.prove.planted.trial import copy_tree

LEAST_PERCENT = 90
ALL = os.environ.get("MUTANTS") == "all"
pytestmark = pytest.mark.timeout(4 * 3600 if ALL else 1_200)


@dataclass(frozen=True)
class Tried:
    """What became of a mutant; `killer` is the case or the test that noticed it."""

    path: str
    where: str
    line: int
    before: str
    after: str
    killer: str
    seconds: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.path, self.where, self.before, self.after


@dataclass(frozen=True)
class Run:
    """The keys of every mutant there is, and the mutants that were tried."""

    keys: frozenset[tuple[str, ...]]
    tried: tuple[Tried, ...]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A sample tried in a copy of the tree, by a process of its own."""
    folder = tmp_path_factory.mktemp("mutations")
    return try_mutants(copy_tree(folder / "tree"), folder / "tried.json")


def try_mutants(tree: Path, report: Path) -> Run:
    """Try the mutants that the environment asks for in a tree."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "tests.prove.mutations", str(report)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
    read = json.loads(report.read_text(encoding="utf-8"))
    return Run(frozenset(map(tuple, read["keys"])), tuple(Tried(**each) for each in read["tried"]))


def test_nine_mutants_of_the_law_in_ten_are_noticed(run: Run, show: Show) -> None:
    equivalent = {each.key for each in judged(ROOT / PAGE)}
    counted = [each for each in run.tried if each.killer or each.key not in equivalent]
    survivors = sorted((each for each in counted if not each.killer), key=lambda each: (each.path, each.line))
    show("module|mutants|killed|equivalent", list(_by_module(run.tried, equivalent)))
    if survivors:
        show("survivor|before|after", [(f"{each.path}:{each.line}", each.before, each.after) for each in survivors])
    killed = len(counted) - len(survivors)
    assert counted, "no mutant was tried"
    assert killed * 100 >= LEAST_PERCENT * len(counted), f"{killed} of {len(counted)} killed"


def _by_module(tried: Sequence[Tried], equivalent: set[tuple[str, str, str, str]]) -> Iterator[tuple[object, ...]]:
    modules: dict[str, list[Tried]] = defaultdict(list)
    for each in tried:
        modules[each.path].append(each)
        modules["in all"].append(each)
    for path in sorted(modules, key=lambda path: (path == "in all", path)):
        found = modules[path]
        killed = sum(bool(each.killer) for each in found)
        yield path, len(found), killed, sum(not each.killer and each.key in equivalent for each in found)


def test_no_judged_mutant_is_of_code_that_is_gone(run: Run) -> None:
    assert [each.key for each in judged(ROOT / PAGE) if each.key not in run.keys] == []


SNIPPET = """\
LEAST = 3

@rule("2013-01-01")
def due(days: int, law: LawOn) -> Sen:
    '''3 days or more, and not before 1.'''
    if days >= LEAST and not law.says("act4.a.waits"):
        return half_up(min(days, 7) * law.share("act4.a.rate"))
    steps.test("long enough", covered, f"{days - 1}")
    return 0

FACT = Fact("worked", "yes_no", "3 words", default="no")
OPEN = [each for each in parts if each.open]
"""


def test_each_kind_of_mistake_is_made_and_words_stay() -> None:
    found = list(mutants_of("a.py", SNIPPET, {"act4.a.rate": "act4.b.rate"}))
    assert {each.where for each in found} == {"LEAST", "due", "FACT", "OPEN"}
    pay = "return half_up(min(days, 7) * law.share('act4.a.rate'))"
    changed = {(each.before, each.after) for each in found}
    assert {after for before, after in changed if before == pay} == {
        f"{pay} + 1",
        pay.replace("half_up", "int"),
        pay.replace("min", "max"),
        pay.replace("7", "8"),
        pay.replace("7", "6"),
        pay.replace("*", "//"),
        pay.replace("a.rate", "b.rate"),
    }
    condition = "days >= LEAST and (not law.says('act4.a.waits'))"
    assert {after for before, after in changed if before == condition} == {
        condition.replace(">=", ">"),
        condition.replace(">=", "<"),
        "days >= LEAST or not law.says('act4.a.waits')",
        "days >= LEAST",
        "not law.says('act4.a.waits')",
        "days >= LEAST and law.says('act4.a.waits')",
    }
    rest = {after for before, after in changed if before not in (pay, condition)}
    assert rest == {
        *("LEAST = 4", "LEAST = 2", "pass", "return 1", "return -1", "OPEN = [each for each in parts]"),
        "FACT = Fact('worked', 'yes_no', '3 words', default='yes')",
    }


def test_a_mutant_is_compiled_with_its_mistake() -> None:
    (more, _) = mutants_of("a.py", "LEAST = 3\n", {})
    told: dict[str, int] = {}
    exec(more.code(), told)  # noqa: S102
    assert told["LEAST"] == 4


def test_a_sample_is_spread_over_the_modules_and_its_seed_repeats_it() -> None:
    everything = [each for path in "abc" for each in mutants_of(path, "LEAST = 3\n" * 50, {})]
    chosen = sample(everything, 30, 1)
    assert [sum(each.path == path for each in chosen) for path in "abc"] == [10, 10, 10]
    assert len(set(map(id, chosen))) == 30
    assert sample(everything, 30, 1) == chosen
    assert sample(everything, 30, 2) != chosen
    assert sample(everything, 1_000, 1) == everything


def test_a_test_that_asks_a_question_by_its_name_is_near_who_answers_it() -> None:
    imports = nearest.Imports.of(ROOT, determinations())
    near, _ = nearest.near_tests(imports.distances("shared.law.act789.permanent_disablement.determination"))
    assert "shared/law/tests/test_workings.py" in near
    _, farther = nearest.near_tests(imports.distances("shared.law.act789.daily_rate.rules"))
    assert "shared/law/tests/test_workings.py" in farther


def test_a_judgement_is_a_heading_a_diff_and_a_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# T\n\n### `a.py`, `due`\n\n```diff\n- a < b\n+ a <= b\n```\n\nNever equal.\n", encoding="utf-8")
    assert [(each.key, each.reason) for each in judged(page)] == [(("a.py", "due", "a < b", "a <= b"), "Never equal.")]
    page.write_text("### `a.py`, `due`\n\n```diff\n- a < b\n+ a <= b\n```\n\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1 entries are not"):
        judged(page)
