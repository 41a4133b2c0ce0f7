"""The ceiling rise of 2024 as the ministry stated it, and SKBBK's second phase, on populations worked by hand."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.errors import BookError, WrongUnit
from shared.law.simulation.columns import COLUMNS, Column
from shared.law.simulation.effects import simulate
from shared.law.simulation.overlay import HERE, Overlay, OverlayMalformed, named
from shared.law.simulation.population import PopulationMalformed, apportioned, from_file, of_size, population

CEILING, PHASE_2 = Overlay.load(named("ceiling_2024")), Overlay.load(named("skbbk_phase_2"))


def column(name: str) -> Column:
    return next(each for each in COLUMNS if each.name.startswith(name))


def two_decimals(share: Fraction) -> str:
    return f"{float(share * 100):.2f}"


def test_the_bill_as_first_read_is_what_was_enacted() -> None:
    """The overlay's tables are those that the book holds since 1 October 2024."""
    _, _, after = next(CEILING.laws())
    for figure in ("act4.contributions.classes", "act800.contributions.classes"):
        enacted = book().on(date(2024, 10, 1), date(2024, 10, 1)).table(figure)
        assert after.table(figure).rows == enacted.rows


def test_the_law_without_the_amendment_is_that_of_the_day_before() -> None:
    _, before, _ = next(CEILING.laws())
    assert len(before.table("act4.contributions.classes").rows) == 55


def test_benefits_and_the_employees_share_rise_by_2_02_to_20_20_per_cent_and_the_employers_by_1_96() -> None:
    """Dossier act4 §2.4: 5,050 / 4,950 to 5,950 / 4,950; 88.35 / 86.65 to 104.15 / 86.65."""
    month = simulate(CEILING, of_size(9_830_000))[0]
    for name in ("Act 4, employee", "Assumed monthly wage", "Temporary disablement"):
        risen = month.risen(column(name))
        assert (two_decimals(risen[0]), two_decimals(risen[-1])) == ("2.02", "20.20"), name
    risen = month.risen(column("Act 4, employer"))
    assert (two_decimals(risen[0]), two_decimals(risen[-1])) == ("1.96", "20.20")


def test_above_5900_the_rise_is_20_2_per_cent_as_the_ministry_stated() -> None:
    month = simulate(CEILING, of_size(9_830_000))[0]
    above = [group for group in month.groups if group.wage_over >= 590_000]
    assumed = column("Assumed monthly wage").name
    assert {Fraction(group.after[assumed], group.before[assumed]) for group in above} == {Fraction(5950, 4950)}


def test_of_9_830_000_people_1_450_000_win_and_nobody_else_is_touched() -> None:
    """Dossier act4 §2.4 [S45]: 1.45 million above RM5,000, 8.38 million below."""
    month = simulate(CEILING, of_size(9_830_000))[0]
    counted = {which: month.people(which) for which in ("wins", "loses", "pays_more", "gets_less", "is_untouched")}
    assert counted == {
        "wins": 1_450_000, "loses": 0, "pays_more": 1_450_000, "gets_less": 0, "is_untouched": 8_380_000,
    }  # fmt: skip


def test_totals_are_exact(tmp_path: Path) -> None:
    """Two at RM5,000.01 (1.70 and 0.50 a head more), three at RM9,000 (17.50 and 5.00), one of the second category."""
    file = tmp_path / "people.csv"
    file.write_text(
        "wage,count,category,act800\n5000.01,2,first,yes\n9000,3,first,no\n5000.00,1,first,yes\n9000,1,second,no\n"
    )
    months = simulate(CEILING, population(str(file)))
    assert [str(month.month) for month in months][:2] == ["2024-10", "2024-11"]
    assert len(months) == 12
    employer = 2 * 170 + 3 * 1_750 + (7_440 - 6_190)
    assert months[0].total(column("Act 4, employer")) == employer
    assert months[0].total(column("Act 4, employee")) == 2 * 50 + 3 * 500
    assert months[0].total(column("Act 800, employee")) == 2 * 20


def test_the_second_phase_of_skbbk_costs_44_65_to_59_50_at_the_top(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("wage,skbbk\n6000.01,yes\n6000.01,no\n0,yes\n")
    month = simulate(PHASE_2, from_file(file))[0]
    assert month.month == Month(2028, 6)
    assert month.total(column("SKBBK")) == 5_950 - 4_465
    assert month.people("pays_more") == 1


@pytest.mark.parametrize("size", [1, 7, 1_000, 123_457, 9_830_000])
def test_a_population_of_any_size_keeps_the_shape(size: int) -> None:
    people = of_size(size)
    assert people.size == size
    above = int(people.people[people.wages > 500_000].sum())
    assert abs(above - Fraction(size * 145, 983)) < 1
    assert people.people.min() >= 0


def test_shares_are_whole_and_right_up_to_every_row() -> None:
    assert apportioned(np.array([1, 1, 1], dtype=np.int64), 2).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("salary\n1\n", "p.csv:1: the columns are wage"),
        ("wage,wage\n1,1\n", "p.csv:1: the columns are wage"),
        ("wage\n", "nobody is in it"),
        ("wage\nlots\n", "p.csv:2:"),
        ("wage\n-1\n", "p.csv:2:"),
        ("wage,count\n1,0\n", "p.csv:2:"),
        ("wage,category\n1,third\n", "p.csv:2:"),
        ("wage,skbbk\n1,maybe\n", "p.csv:2:"),
        ("wage,count\n1\n", "p.csv:2:"),
    ],
)
def test_a_population_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, text: str, fact: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(PopulationMalformed, match=fact.replace("(", "\\(")):
        population(str(tmp_path / "p.csv"))


def test_a_population_of_nobody_or_of_no_file_is_refused() -> None:
    for text in ("0", "nowhere.csv"):
        with pytest.raises(PopulationMalformed):
            population(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [('title = "Ceiling', 'name = "Ceiling'), ('"2024-10"', '"2024-13"'), ("months = 12", "months = 0"),
     ("months = 12", 'months = "12"'), ("known = 2024-09-30", "known = ")],
)  # fmt: skip
def test_an_overlay_that_cannot_be_read_is_refused(tmp_path: Path, old: str, new: str) -> None:
    copytree(HERE / "ceiling_2024", tmp_path / "it")
    manifest = tmp_path / "it" / "overlay.toml"
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(OverlayMalformed):
        Overlay.load(tmp_path / "it")


def test_the_shipped_overlays_are_named_when_there_is_none() -> None:
    with pytest.raises(OverlayMalformed, match="ceiling_2024, skbbk_phase_2"):
        named("ceiling_2030")


def test_an_overlay_does_not_edit_an_entry_of_the_book(tmp_path: Path) -> None:
    copytree(HERE / "ceiling_2024", tmp_path / "it")
    figure = tmp_path / "it" / "act4" / "contributions" / "classes.yaml"
    text = figure.read_text(encoding="utf-8")
    figure.write_text(text.replace("known: 2024-03-26", "known: 2024-10-01"), encoding="utf-8")
    with pytest.raises(BookError, match="already"):
        Overlay.load(tmp_path / "it")


def test_an_overlay_keeps_the_unit_of_a_figure(tmp_path: Path) -> None:
    folder = tmp_path / "it" / "act4" / "daily_rate"
    folder.mkdir(parents=True)
    (tmp_path / "it" / "overlay.toml").write_text((HERE / "ceiling_2024" / "overlay.toml").read_text())
    entry = "{in_force: 2030-01-01, known: 2030-01-01, value: 30, law: Act 4, source: a test, certainty: reported}"
    (folder / "floor.yaml").write_text(f"title: Floor\nunit: days\nentries: [{entry}]\n")
    with pytest.raises(WrongUnit):
        Overlay.load(tmp_path / "it")
