"""The source of a release has one digest, which any mending of it changes."""

from pathlib import Path

from shared.kernel.release import ROOT, digest_of


def written(root: Path, **files: str) -> str:
    for name, source in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(source)
    return digest_of(root, "claims", "law")


def test_whatever_is_mended_gives_another_and_the_same_source_the_same(tmp_path: Path) -> None:
    source = {"claims__domain__deciding": "A = 1\n", "law__rules": "B = 2\n"}
    before = written(tmp_path / "one", **source)
    assert written(tmp_path / "two", **source) == before, "wherever it lies"
    assert written(tmp_path / "one", claims__domain__deciding="A = 3\n") != before
    assert written(tmp_path / "one", **source) == before
    assert written(tmp_path / "two", law__more="") != before
    (tmp_path / "one/law/rules.py").rename(tmp_path / "one/law/others.py")
    assert digest_of(tmp_path / "one", "claims", "law") != before


def test_tests_and_what_lies_elsewhere_do_not_count(tmp_path: Path) -> None:
    before = written(tmp_path, claims__domain__deciding="A = 1\n")
    assert written(tmp_path, claims__tests__test_deciding="", benefits__main="") == before


def test_the_source_of_this_release_is_found() -> None:
    assert digest_of(ROOT, "services/claims", "shared") != digest_of(ROOT, "shared") != digest_of(ROOT)
