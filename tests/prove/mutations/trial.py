"""Tries one mutant in a forked child: its module and all that rest on it are read again, then the nearest tests run.

The parent has read the law, the cases and every library beforehand, so a child costs little more than its tests.
"""

import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis
import pytest

from shared.law.case_files import Case

CPU_SECONDS = 30
# No configuration but this: what a test finds must hang on the mutant alone, and a failing property is not shrunk.
_PYTEST = ("-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:schemathesis",
           "-o", "addopts=--import-mode=importlib")  # fmt: skip


@dataclass(frozen=True)
class Near:
    """What is tried of one module, in this order: the cases, the tests that import it, those that rest on it."""

    stale: tuple[str, ...]
    cases: tuple[Case, ...]
    tests: tuple[str, ...]
    farther_tests: tuple[str, ...]


class _Mutated(SourceFileLoader):
    """Loads a module from mutated code in place of its own."""

    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        super().__init__(module, str(file))
        self._code = code

    def get_code(self, _fullname: str) -> CodeType:
        return self._code


@dataclass(frozen=True)
class _Finder(importlib.abc.MetaPathFinder):
    loader: _Mutated

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self.loader.name:
            return None
        return importlib.util.spec_from_file_location(name, self.loader.path, loader=self.loader)


class _First:
    """Keeps the name of the first test that fails."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def prepare_child(cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound a forked child: its processor time, what it prints, and what hypothesis may do."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=phases)
    hypothesis.settings.load_profile("mutants")


def forget(stale: Sequence[str]) -> None:
    """Let modules be read again, and with them the questions that their determinations answer."""
    for name in stale:
        sys.modules.pop(name, None)
        parent, _, child = name.rpartition(".")
        if parent in sys.modules:  # `from package import module` would find the old one
            vars(sys.modules[parent]).pop(child, None)
    determination = sys.modules.get("shared.law.determination")
    if determination is not None:
        determination.versions.cache_clear()
        determination.determinations.cache_clear()


def killer(near: Near, module: str, file: Path, code: CodeType | None) -> str:
    """What notices the mutant, or nothing; without code nothing is mutated, and nothing should be noticed."""
    forget(near.stale)
    if code is not None:
        sys.meta_path.insert(0, _Finder(_Mutated(module, file, code)))
    try:
        noticed = differing_case(near.cases)
    except Exception as fault:  # whatever a mutant raises, it is noticed
        noticed = f"{type(fault).__name__}: {fault}"[:200]
    return noticed or failing_test(near.tests) or failing_test(near.farther_tests)


def differing_case(cases: Sequence[Case]) -> str:
    """The first case that is not as expected."""
    run = importlib.import_module("shared.law.cases").run
    importlib.import_module("shared.law.determination").determinations()
    return next((f"case: {case.name}" for case in cases if not run(case).passed), "")


def failing_test(files: Sequence[str]) -> str:
    """The first test of some files that fails."""
    if not files:
        return ""
    first = _First()
    code = pytest.main([*_PYTEST, *files], plugins=[first])
    if code == pytest.ExitCode.OK:
        return ""
    return first.failed or f"pytest: {code!r}"
