"""The jars: held to their sums at every use."""

import hashlib
import re
from pathlib import Path

import pytest

from deploy.local.errors import LauncherError
from deploy.local.jars import LOCK, ROOTS, ensure_jars, read_lock


def _lock(folder: Path, content: bytes) -> Path:
    lock = folder / "test.lock"
    lock.write_text(f"# a lock\nsmall group:artifact:1.0 {hashlib.sha256(content).hexdigest()}\n")
    return lock


def _cache(folder: Path, content: bytes) -> Path:
    (folder / "group-artifact-1.0.jar").write_bytes(content)
    return folder


def test_a_jar_with_the_locked_sum_is_used(tmp_path: Path) -> None:
    found = ensure_jars("small", _cache(tmp_path, b"right"), lock=_lock(tmp_path, b"right"))
    assert found == [tmp_path / "group-artifact-1.0.jar"]


def test_a_jar_that_differs_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match=r"group-artifact-1\.0\.jar is not the jar of"):
        ensure_jars("small", _cache(tmp_path, b"other"), lock=_lock(tmp_path, b"right"))


def test_a_missing_jar_without_network_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there: every fetch fails at once
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(
        LauncherError, match=r"group:artifact:1\.0 could not be fetched.*the first start needs the network"
    ):
        ensure_jars("small", tmp_path / "cache", lock=_lock(tmp_path, b"right"))
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_lock_names_every_root_and_no_host() -> None:
    text = LOCK.read_text()
    assert "http" not in text
    for bundle, roots in ROOTS.items():
        jars = read_lock(bundle)
        assert set(roots) <= {jar.coordinate for jar in jars}
        assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
        assert len({jar.file_name for jar in jars}) == len(jars)
