"""Whatever is installed with a service or on a development machine is used."""

import tomllib
from pathlib import Path

from tests.architecture.dependencies import installed_modules, unused, used_modules
from tests.architecture.tree import ROOT, python_files


def test_every_library_is_used() -> None:
    """Those of the checks are mostly programs and plugins, which nobody imports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    assert len(declared) > 30
    assert unused(declared, installed_modules(), used_modules(ROOT, python_files())) == []


def test_a_library_that_nobody_uses_is_found(tmp_path: Path) -> None:
    """By import, by a name in a text, by a path; `retry` alone is used by nobody."""
    (tmp_path / "a.py").write_text("import yaml.nodes\nHTTP, AT = 'fast_http', f'{x}', 'binaries/bin'\n")
    modules = {"pyyaml": {"yaml"}, "fast-http": {"fast_http"}, "bin": {"binaries"}, "retry": {"retry"}}
    declared = ["PyYAML>=6", "fast_http[c]>=1,<2", "bin", "retry"]
    assert unused(declared, modules, used_modules(tmp_path, ["a.py"])) == ["retry"]
