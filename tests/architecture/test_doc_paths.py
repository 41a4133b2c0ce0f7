"""The documents name only what there is."""

from pathlib import Path

import pytest

from tests.architecture.doc_paths import missing_from_tree
from tests.architecture.tree import ROOT, files

CODE = "LIMIT: int = 1\n\n\nclass Relay:\n    def run(self) -> None: ...\n\n\nasync def relay() -> None: ...\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository of one service with its page, and a shared module."""
    for path, text in {
        "services/jobs/README.md": "# Jobs\n\n## What it does\n",
        "shared/messaging/relay.py": CODE,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def _said(root: Path, text: str, page: str = "docs/page.md") -> list[str]:
    (root / page).parent.mkdir(parents=True, exist_ok=True)
    (root / page).write_text(text + "\n")
    return missing_from_tree(root, [page, "services/jobs/README.md", "shared/messaging/relay.py"])


def test_every_path_that_the_documents_name_exists() -> None:
    assert missing_from_tree(ROOT, files()) == []


@pytest.mark.parametrize(
    "name",
    [
        "shared/messaging/outbox.py",
        "shared/persistence",
        "outbox.py",
        "commands/",
        "shared/messaging/*.sql",
        "shared.messaging.outbox",
        "shared.messaging.relay.carry",
        "shared/messaging/relay.py::carry",
        "shared/messaging/relay.py::Relay.stop",
        "shared/messaging/outbox.py::relay",
    ],
)
def test_what_is_not_there_is_found(small: Path, name: str) -> None:
    assert _said(small, f"fine\n\nSee `{name}`.") == [f"docs/page.md:3: {name} does not exist"]


@pytest.mark.parametrize("link", ["gone.md", "../services/rehab/README.md", "../services/jobs/README.md#why", "#gone"])
def test_a_link_that_leads_nowhere_is_found(small: Path, link: str) -> None:
    assert _said(small, f"[here]({link})") == [f"docs/page.md:1: {link} does not exist"]


@pytest.mark.parametrize(
    "text",
    [
        "`shared/messaging/relay.py`, `shared/messaging/`, `relay.py`, `messaging/relay.py`, `shared/*/relay.py`",
        "`shared.messaging`, `shared.messaging.relay`, `shared.messaging.relay.Relay`",
        "`shared/messaging/relay.py::Relay`, `shared/messaging/relay.py::Relay.run`",
        "`shared/messaging/relay.py::LIMIT`, `shared/messaging/relay.py::relay`",
        "`application/json`, `GET /v1/claims/{claim}`, `payee/<person>`, `claim.assessed`, `3/5`, `.state/`",
        "[jobs](../services/jobs/README.md#what-it-does), [out](https://example.org/a.md)",
    ],
)
def test_what_is_there_and_what_is_no_path_are_no_finding(small: Path, text: str) -> None:
    assert _said(small, text) == []


def test_a_page_of_a_service_names_its_own_rooms_by_themselves(small: Path) -> None:
    assert _said(small, "`commands/open.py`", "services/jobs/README.md") != []
    (small / "services/jobs/commands").mkdir()
    (small / "services/jobs/commands/open.py").write_text("")
    assert missing_from_tree(small, ["services/jobs/README.md", "services/jobs/commands/open.py"]) == []


def test_decisions_name_what_there_was(small: Path) -> None:
    assert _said(small, "`shared/gone.py`", "docs/decisions/0001-a.md") == []
