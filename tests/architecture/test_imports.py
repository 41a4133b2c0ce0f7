"""The import rules of .importlinter hold, and each of them can fail."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

# One import that each rule refuses: the importing file, what it imports, and a file that has to be there for it.
BROKEN: dict[str, list[tuple[str, str]]] = {
    "A service's rooms import downwards": [
        ("services/claims/domain/cover.py", "services.claims.storage.tables"),
        ("services/claims/storage/tables.py", "services.claims.commands.decide"),
        ("services/claims/commands/decide.py", "services.claims.api.notices"),
        ("services/claims/events/claim_assessed.py", "services.claims.commands.decide"),
        ("services/claims/api/notices.py", "services.claims.consumers.registration"),
        ("services/claims/consumers/registration.py", "services.claims.worker"),
    ],
    "The rooms of shared import downwards": [
        ("shared/persistence/engine.py", "shared.messaging.relay"),
        ("shared/messaging/relay.py", "shared.process.worker"),
        ("shared/telemetry/setup.py", "shared.persistence.engine"),
        ("shared/scheduling/runner.py", "shared.messaging.relay"),
        ("shared/web/routing.py", "shared.tasks.router"),
        ("shared/tasks/router.py", "shared.process.api"),
    ],
    "No service imports another": [("services/claims/commands/decide.py", "services.benefits.queries.paid")],
    "A domain imports the standard library, shared.kernel and shared.law": [
        ("services/claims/domain/cover.py", "pydantic"),
        ("services/claims/domain/cover.py", "shared.web.problems"),
    ],
    "The kernel is pure": [("shared/kernel/money.py", "sqlalchemy"), ("shared/kernel/money.py", "shared.law.book")],
    "The law is pure": [("shared/law/act4/rules.py", "shared.persistence.engine")],
    "The contracts know no machinery": [("shared/contracts/envelope.py", "shared.persistence.outbox")],
    "What is shared knows no service": [("shared/web/app.py", "services.claims.main")],
    "Only tests, their fixtures and the tools know how a machine is set up": [
        ("services/claims/main.py", "deploy.platform")
    ],
    "What builds and checks is imported by nothing": [("deploy/local/up.py", "tools.check")],
    "The conformance pack needs httpx, and aiokafka for topics: a vendor has nothing else of ours": [
        ("conformance/steps.py", "shared.law.book"),
        ("conformance/files.py", "services.registration.files.contribution_file"),
    ],
    "Fixtures are for tests": [("services/claims/main.py", "shared.testing.broker")],
    "Vectors only in the law, in files and in the bulk paths of storage": [
        ("services/claims/commands/decide.py", "numpy")
    ],
}
CASES = [(rule, *broken) for rule, imports in BROKEN.items() for broken in imports]


def _lint(tree: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree), "COLUMNS": "200"}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    options = ["--config", ".importlinter", "--no-cache"]
    done = subprocess.run(  # noqa: S603
        [*command, *options], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def _tree(folder: Path, files: dict[str, str]) -> Path:
    """A tree with the project's rules, the two contract kinds, and the given files."""
    for name in (".importlinter", "tools/import_contracts.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    first = ("shared/kernel/clock.py", "services/jobs/main.py", "deploy/platform.py", "conformance/files.py")
    packages = dict.fromkeys(first, "")
    for name, text in (packages | files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_every_rule_is_broken_once_below() -> None:
    rules = [line.partition("= ")[2] for line in (ROOT / ".importlinter").read_text().splitlines() if "name = " in line]
    assert sorted(rules) == sorted(BROKEN)


def test_the_import_rules_hold() -> None:
    said = _lint(ROOT)
    assert f"Contracts: {len(BROKEN)} kept, 0 broken." in said, said


@pytest.mark.parametrize(("rule", "importer", "imported"), CASES)
def test_a_rule_refuses_an_import_against_it(tmp_path: Path, rule: str, importer: str, imported: str) -> None:
    files = {importer: f"import {imported}\n"}
    if imported.partition(".")[0] in {"services", "shared", "deploy", "tools"}:
        files[imported.replace(".", "/") + ".py"] = ""
    said = _lint(_tree(tmp_path, files))
    assert f"{rule} BROKEN" in said, said


def test_a_test_may_import_what_it_tests_with(tmp_path: Path) -> None:
    files = {
        "shared/testing/broker.py": "import deploy.platform\n",
        "services/claims/domain/cover.py": "from fractions import Fraction\nimport shared.kernel.clock\n",
        "services/claims/tests/domain/test_cover.py": "import shared.testing.broker\nimport numpy\n",
        "shared/kernel/tests/test_clock.py": "import pytest\nimport shared.testing.broker\n",
    }
    said = _lint(_tree(tmp_path, files))
    assert f"Contracts: {len(BROKEN)} kept, 0 broken." in said, said


# What judges what is owed, and what judges nothing with it: the dated tables, which it reads itself.
ORACLE = ROOT / "tests/oracle/owing.py"


def beside_the_standard_library(code: str) -> set[str]:
    """The packages that a module imports from elsewhere."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def test_the_oracle_of_what_is_owed_shares_nothing_with_the_platform() -> None:
    assert beside_the_standard_library(ORACLE.read_text()) == set()


@pytest.mark.parametrize("imported", ["services.benefits.domain.entitled", "shared.law.act4.calendar.rules", ".office"])
def test_an_oracle_that_shares_something_is_found(imported: str) -> None:
    assert beside_the_standard_library(f"import csv\nfrom {imported} import it\n") == {imported}
