"""The upgrade begins at the newest release before this tree, and never at a commit that could have been none."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.platform import SERVICES
from shared.persistence import migrate
from tests.prove.upgrade import earlier

_MIGRATION = '''
"""{}"""
revision, down_revision = "{}", {!r}
def upgrade():
    pass
'''


@dataclass
class Checkout:
    """A repository of migrations alone, with one of each service."""

    root: Path

    def migrates(self, service: str, name: str, after: str | None, revision: str = "", says: str = "") -> None:
        """A migration is written, or written again."""
        folder = self.root / "services" / service / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(_MIGRATION.format(says, revision or name, after))

    def commit(self) -> str:
        """Commit all; its name."""
        self._git("add", "--all")
        self._git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "A step")
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True)  # noqa: S603, S607
        return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.setattr(earlier, "CHECKOUT", tmp_path)
    monkeypatch.setattr(migrate, "ROOT", tmp_path)
    monkeypatch.delenv("FROM", raising=False)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607
    made = Checkout(tmp_path)
    for service in SERVICES:
        made.migrates(service, "first", None)
    return made


def test_the_newest_commit_with_fewer_migrations_of_benefits_is_the_release_before(checkout: Checkout) -> None:
    checkout.commit()
    checkout.migrates("claims", "second", "first")
    before = checkout.commit()
    checkout.migrates("benefits", "second", "first")
    checkout.commit()
    checkout.migrates("claims", "third", "second")
    checkout.commit()
    assert earlier.revision_before() == before


def test_a_migration_that_is_not_committed_is_of_this_tree(checkout: Checkout) -> None:
    before = checkout.commit()
    checkout.migrates("benefits", "second", "first")
    assert earlier.revision_before() == before


def test_a_join_that_has_not_put_the_migrations_in_one_line_was_no_release(checkout: Checkout) -> None:
    before = checkout.commit()
    checkout.migrates("registration", "of_one", "first")
    checkout.migrates("registration", "of_another", "of_a_third")
    checkout.commit()
    checkout.migrates("registration", "of_a_third", "of_one")
    checkout.migrates("benefits", "second", "first")
    checkout.commit()
    assert earlier.revision_before() == before


def test_a_number_that_became_another_ones_was_no_release(checkout: Checkout) -> None:
    before = checkout.commit()
    checkout.migrates("rehab", "of_one", "first", revision="second")
    checkout.commit()
    checkout.migrates("rehab", "of_another", "first", revision="second")
    checkout.migrates("rehab", "of_one", "second", revision="third")
    checkout.migrates("benefits", "second", "first")
    checkout.commit()
    assert earlier.revision_before() == before


def test_a_migration_that_ran_and_was_changed_was_no_release(checkout: Checkout) -> None:
    before = checkout.commit()
    checkout.migrates("jobs", "second", "first", says="what nobody had")
    checkout.commit()
    checkout.migrates("jobs", "second", "first", says="what everybody has")
    checkout.migrates("benefits", "second", "first")
    checkout.commit()
    assert earlier.revision_before() == before


def test_a_history_without_a_release_proves_nothing(checkout: Checkout) -> None:
    checkout.commit()
    with pytest.raises(AssertionError, match="the history is needed"):
        earlier.revision_before()


def test_the_release_that_is_named_is_taken(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    first = checkout.commit()
    checkout.migrates("benefits", "second", "first")
    checkout.commit()
    checkout.migrates("benefits", "third", "second")
    checkout.commit()
    monkeypatch.setenv("FROM", "HEAD~2")
    assert earlier.revision_before() == first
