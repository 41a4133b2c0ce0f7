"""No journey can forget to run in order, shuffled and doubled (rules P3)."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, python_files, syntax_tree
from tests.journeys.ways import Way
from tests.prove.full import journeys, lanes

HERE = "tests/journeys/"
# A caller outside, who does one thing after the other.
BY_A_CALLER = f"{HERE}test_partners.py"
# Rooms that start or take apart the whole platform, or go over every service, for other reasons than a journey.
# What partners push crosses no service, nor what a vendor tries, nor a letter that is posted: of two, each takes its
# own. What is reported of a death takes every order by itself, also those that no way of a journey has. Lives are many
# people's side by side, and which there have to be follows from both services' tables.
OTHERS = (
    *("tests/prove/", "tests/deaths/", "tests/bench/", "tests/architecture/", "tests/hostile/", "tests/partners/"),
    *("tests/conformance/", "tests/lives/", "deploy/local/tests/test_gateway.py"),
)
# Only the fixture ``platform``, which runs in every way, may build a service.
BUILDERS = {"platform_under_test", "service_under_test", "databases"}


def astray(root: Path, paths: list[str]) -> list[str]:
    """Tests that cross services outside the journeys, and journeys that build their services themselves."""
    found = []
    for path in paths:
        if not Path(path).name.startswith("test_") or path.startswith(OTHERS):
            continue
        tree = syntax_tree(root, path)
        if path.startswith(HERE):
            found += [f"{path}: builds a platform of its own by {name}" for name in sorted(BUILDERS & _names(tree))]
        elif len(services := _services(tree)) > 1:
            found.append(f"{path}: crosses {' and '.join(sorted(services))}, so it belongs in {HERE}")
    return found


def _names(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return arguments | imported | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _services(tree: ast.Module) -> set[str]:
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {module.split(".")[1] for module in modules if module.startswith("services.")}


def test_what_crosses_services_is_a_journey_and_takes_the_platform_that_is_told_in_every_way() -> None:
    assert astray(ROOT, python_files()) == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (f"{HERE}test_a.py", "async def test_a(databases):\n    pass\n", "builds a platform of its own by databases"),
        (f"{HERE}test_a.py", "from tests.journeys.platform import platform_under_test\n", "by platform_under_test"),
        (
            "shared/web/tests/test_a.py",
            "from services.jobs import main\nimport services.rehab.main\n",
            "jobs and rehab",
        ),
    ],
)
def test_a_journey_that_goes_astray_is_found(tmp_path: Path, path: str, text: str, said: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text)
    (found,) = astray(tmp_path, [path])
    assert said in found


def test_the_platform_is_given_in_every_way(request: pytest.FixtureRequest) -> None:
    """As pytest knows the fixtures: one that lost its parameters would run each journey once."""
    fixtures = request.session._fixturemanager
    (platform,), (way,) = (fixtures.getfixturedefs(name, request.node) or () for name in ("platform", "way"))
    assert "way" in platform.argnames
    assert list(way.params or ()) == list(Way)


def in_chosen_ways(root: Path, paths: list[str]) -> dict[str, set[str]]:
    """The journeys that do not run in every way, by their files: by which decorator each is told so."""
    found: dict[str, set[str]] = {}
    for path in (each for each in paths if each.startswith(f"{HERE}test_")):
        for node in ast.walk(syntax_tree(root, path)):
            if isinstance(node, ast.Call) and (name := _chooses_way(node)):
                found.setdefault(path, set()).add(name)
    return found


def _chooses_way(call: ast.Call) -> str:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of_way = [each for each in call.args if isinstance(each, ast.Constant) and "way" in str(each.value).split(",")]
    return named if named == "in_one_way" or (named == "parametrize" and of_way) else ""


def test_what_runs_in_one_way_runs_in_every_way_in_make_prove() -> None:
    found = in_chosen_ways(ROOT, python_files())
    assert {path for path, names in found.items() if names != {"in_one_way"}} == {BY_A_CALLER}
    assert set(journeys()) == set(found) - {BY_A_CALLER}
    assert set(journeys()) <= {path for lane in lanes() for path in lane.tests}


def test_a_journey_that_takes_a_way_for_itself_is_found(tmp_path: Path) -> None:
    place = tmp_path / f"{HERE}test_a.py"
    place.parent.mkdir(parents=True)
    place.write_text('@pytest.mark.parametrize("way", [Way.DOUBLED], indirect=True)\nasync def test_a(): ...\n')
    assert in_chosen_ways(tmp_path, [f"{HERE}test_a.py"]) == {f"{HERE}test_a.py": {"parametrize"}}
