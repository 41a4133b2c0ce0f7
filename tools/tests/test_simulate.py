"""`make simulate` writes what it prints, the groups and a picture, the same ones each time; a mistake is one line."""

from pathlib import Path

import pytest

from tools.simulate import main


def written(folder: Path) -> dict[str, bytes]:
    assert main({"LAW": "ceiling_2024", "POPULATION": "1000", "OUT": str(folder)}) == 0
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_report_the_groups_and_the_picture_are_written_and_are_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = written(tmp_path / "a"), written(tmp_path / "b")
    assert first == again
    assert set(first) == {"report.md", "groups.csv", "distribution.svg"}
    assert first["report.md"].decode() in capsys.readouterr().out
    assert "| Act 4, employer | 148 | 1.96 % | 20.20 % |" in first["report.md"].decode()
    assert first["distribution.svg"].startswith(b"<?xml")
    assert first["groups.csv"].count(b"\n") > 12


@pytest.mark.parametrize("wrong", [{"LAW": "ceiling_2050"}, {"POPULATION": "none.csv"}, {"POPULATION": "0"}])
def test_what_cannot_be_read_is_said_in_one_line(wrong: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 1
    assert capsys.readouterr().out.count("\n") == 1
