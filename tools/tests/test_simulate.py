"""`make simulate` writes what it prints, the groups and a picture, the same ones each time; a mistake is one line."""

from pathlib import Path

import pytest

from shared.law.simulation.overlay import HERE
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
    said = first["report.md"].decode()
    assert "| Act 4, employer | 148 | 0 | RM1.70 (1.96 %) | RM17.50 (20.20 %) | RM5900.00 |" in said
    assert "| 2024-10 | act4.contributions.ceiling | RM5000.00 | RM6000.00 |" in said
    assert "How wages spread is assumed" in said
    assert "Warning" not in said
    assert first["distribution.svg"].startswith(b"<?xml")
    assert first["groups.csv"].count(b"\n") > 12
    assert b"2024-10,5000.00,5100.00,first,yes,yes,,no," in first["groups.csv"]


@pytest.mark.parametrize("wrong", [{"LAW": "ceiling_2050"}, {"POPULATION": "none.csv"}, {"POPULATION": "0"}])
def test_what_cannot_be_read_is_said_in_one_line(wrong: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 1
    assert capsys.readouterr().out.count("\n") == 1


def overlaid(folder: Path, figures: dict[str, str], manifest: str = "") -> str:
    """An overlay of one entry a figure, in force and known on 1 January 2027, over the months of that year."""
    for figure, body in figures.items():
        path = folder / f"{figure.replace('.', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"title: A bill\ntitle_ms: Rang\n{body}", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overlay.toml").write_text(
        manifest
        or 'title = "A bill"\ntitle_ms = "Rang"\nlaw = "Act 4"\nfirst_month = "2027-01"\n'
        "known = 2027-01-01\nmonths = 3\n",
        encoding="utf-8",
    )
    return str(folder)


def entry(unit: str, value: str, day: str = "2027-01-01", known: str = "2027-01-01") -> str:
    return (
        f"unit: {unit}\nentries:\n  - {{in_force: {day}, known: {known}, value: {value}, law: A bill, "
        "source: a test, certainty: reported}\n"
    )


def ran(capsys: pytest.CaptureFixture[str], law: str, population: str, out: Path) -> tuple[int, str]:
    code = main({"LAW": law, "POPULATION": population, "OUT": str(out)})
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({}, "it adds no entry"),
        ({"act4.daily_rate.flor": entry("ringgit", '"40.00"')}, "act4.daily_rate.floor may be meant"),
        ({"act4.daily_rate.floor": entry("ringgit", '"40.00"', day="2027-04-01")}, "after the last day that is asked"),
        ({"act4.daily_rate.floor": entry("ringgit", '"40.00"', day="2027-03-02")}, "after the last day that is asked"),
        ({"act4.daily_rate.floor": entry("ringgit", '"40.00"', known="2027-01-02")}, "after the day known"),
        ({"act4.daily_rate.floor": entry("ringgit", '"30.00"')}, "says what the law says without it"),
        ({"act4.daily_rate.floor": entry("ringgit", '"40.00"', day="2020-01-01", known="2020-01-01")}, "is superseded"),
        ({"act4.funeral.amount": entry("ringgit", '"4000.00"')}, "depends on act4.funeral.amount"),
        ({"act838.contributions.amount": entry("ringgit", '"144.00"')}, "for anybody of this population"),
        (
            {"act4.daily_rate.floor": entry("ringgit", '"40.00"'), "act4.funeral.amount": entry("ringgit", '"1.00"')},
            "depends on act4.funeral.amount",
        ),
        ({"act4.contributions.ceiling": entry("ringgit", '"7000.00"')}, "depends on act4.contributions.ceiling"),
    ],
)
def test_what_cannot_matter_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], figures: dict[str, str], said: str
) -> None:
    """It said "not touched: everybody", and exit code 0."""
    code, out = ran(capsys, overlaid(tmp_path / "law", figures), "1000", tmp_path / "out")
    assert (code, out.count("\n")) == (1, 1)
    assert said in out


def test_a_comparison_with_a_day_of_the_same_law_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = (
        'title = "Nothing"\ntitle_ms = "Tiada"\nlaw = "Act 4"\nfirst_month = "2026-08"\nknown = 2026-11-22\n'
        "months = 2\nwithout_on = 2026-07-31\n"
    )
    code, out = ran(capsys, overlaid(tmp_path / "law", {}, manifest), "1000", tmp_path / "out")
    assert code == 1
    assert "nothing that is compared differs" in out


def test_an_amendment_that_begins_later_is_shown_in_its_first_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The floor at RM40.00 from March: 80 % of the class of RM1,050.00 is RM28.00 a day, which the floor lifts."""
    law = overlaid(tmp_path / "law", {"act4.daily_rate.floor": entry("ringgit", '"40.00"', day="2027-03-01")})
    (tmp_path / "people.csv").write_text("wage,count\n1100,3\n3000,5\n", encoding="utf-8")
    code, out = ran(capsys, law, str(tmp_path / "people.csv"), tmp_path / "out")
    assert code == 0
    assert "| 2027-03 | act4.daily_rate.floor | RM30.00 | RM40.00 |" in out
    assert "## Winners and losers in 2027-03" in out
    assert "of whom some also pay more | 3 |" in out
    assert "| Temporary disablement benefit | 3 | 0 | RM10.00 (33.33 %) | RM10.00 (33.33 %) | RM1000.00 |" in out
    assert "assumed" not in out.split("## What changes")[0]


def test_what_falls_is_said_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = overlaid(tmp_path / "law", {"act4.temporary_disablement.share": entry("percent", "70")})
    code, out = ran(capsys, law, "1000", tmp_path / "out")
    assert code == 0
    assert "entitled to less, or pay less | " in out
    assert "| Temporary disablement benefit | 0 | " in out
    assert "-RM" in out


def test_an_amendment_that_is_read_and_moves_nobody_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = overlaid(tmp_path / "law", {"act4.daily_rate.floor": entry("ringgit", '"31.00"')})
    (tmp_path / "people.csv").write_text("wage\n6000\n", encoding="utf-8")
    code, out = ran(capsys, law, str(tmp_path / "people.csv"), tmp_path / "out")
    assert code == 0
    assert "it changes no amount of anybody in this population" in out


def test_the_sisters_of_a_ceiling_that_were_forgotten_are_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (HERE.parent / "act4" / "contributions" / "classes_2024_10_01.csv").read_text(encoding="utf-8").splitlines()
    last = rows[-1].replace("6000.00,,", "6000.00,6100.00,", 1)
    folder = tmp_path / "law"
    columns = (
        "unit: table\ncolumns: {wage_over: lower_edge, wage_to: upper_edge, assumed: ringgit, employer_first: ringgit, "
        "employee_first: ringgit, employer_second: ringgit}\n"
    )
    body = columns + entry("table", "classes.csv").partition("\n")[2]
    law = overlaid(folder, {"act4.contributions.classes": body})
    table = [*rows[:-1], last, "6100.00,,6050.00,105.00,30.00,75.00"]
    (folder / "act4" / "contributions" / "classes.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    code, out = ran(capsys, law, "1000", tmp_path / "out")
    assert code == 0
    for sister in ("act4.contributions.ceiling", "act4.contributions.skbbk", "act800.contributions.classes"):
        assert f"{sister} stays at RM6000.00; was it forgotten?" in out


def test_the_self_employed_and_housewives_are_compared_where_a_file_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Act 838 at RM144.00 for twelve months: RM24.00 more for each of two."""
    law = overlaid(tmp_path / "law", {"act838.contributions.amount": entry("ringgit", '"144.00"')})
    file = tmp_path / "people.csv"
    file.write_text("wage,count,housewife,plan\n0,2,yes,\n0,1,no,2\n2500,1,no,\n", encoding="utf-8")
    code, out = ran(capsys, law, str(file), tmp_path / "out")
    assert code == 0
    assert "| Act 838, housewife, twelve months | 2 | 0 | RM24.00 (20.00 %) | RM24.00 (20.00 %) |" in out
    assert "| pay more | 2 |" in out
    assert "Act 838, housewife, twelve months: RM48.00 for everybody in it together." in out
