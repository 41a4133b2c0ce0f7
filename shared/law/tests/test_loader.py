"""Every fault of the book is refused with its file and its line."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from shared.law.book import Book
from shared.law.errors import BookError, OutsideTable
from shared.law.table import Table

SOUND = """\
title: A floor
unit: ringgit
entries:
  - in_force: 2013-01-01
    known: 2013-01-01
    value: "10.00"
    law: Act 4, s.22
    source: a test
    certainty: reported
  - in_force: 2014-01-01
    known: 2014-01-01
    value: "30.00"
    law: Act 4, s.22
    source: a test
    certainty: reported
"""
TABLE = """\
title: Classes
unit: table
columns:
  wage_over: lower_edge
  wage_to: upper_edge
  assumed: ringgit
entries:
  - in_force: 2013-01-01
    known: 2013-01-01
    value: classes.csv
    law: Act 4, Third Schedule
    source: a test
    certainty: reported
"""
ROWS = "wage_over,wage_to,assumed\n0.00,30.00,20.00\n30.00,,40.00\n"


def load(root: Path, text: str, csv: str | None = None) -> Book:
    folder = root / "act4" / "daily_rate"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "floor.yaml").write_text(dedent(text), encoding="utf-8")
    if csv is not None:
        (folder / "classes.csv").write_text(csv, encoding="utf-8")
    return Book.load(root)


def refusal(root: Path, text: str, csv: str | None = None) -> str:
    with pytest.raises(BookError) as caught:
        load(root, text, csv)
    return caught.value.detail


def test_the_path_is_the_name_and_tests_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "act4" / "tests").mkdir(parents=True)
    (tmp_path / "act4" / "tests" / "broken.yaml").write_text("[", encoding="utf-8")
    assert list(load(tmp_path, SOUND).figures) == ["act4.daily_rate.floor"]
    assert [entry.value for entry in load(tmp_path, SOUND).figures["act4.daily_rate.floor"].entries] == [1000, 3000]


@pytest.mark.parametrize(
    ("old", "new", "line", "fact"),
    [
        ("2014-01-01\n    known: 2014-01-01", "2013-01-01\n    known: 2013-01-01", 10, "same in_force and known"),
        ("2014-01-01\n    known: 2014-01-01", "2012-01-01\n    known: 2012-01-01", 10, "in the order of in_force"),
        ("in_force: 2014-01-01", "in_force: 2014", 10, "in_force is a date"),
        ("in_force: 2014-01-01", "in_force: 2014-02-30", 10, "in_force is a date"),
        ("    law: Act 4, s.22\n", "", 4, "missing: law"),
        ('    value: "10.00"\n', "", 4, "missing: value"),
        ("    source: a test\n", "", 4, "missing: source"),
        ("law: Act 4, s.22", 'law: ""', 7, "law is a text"),
        ('"10.00"', "10.00", 6, "10.00 is a float"),
        ('"10.00"', '"10.0"', 6, "quoted text with two decimals"),
        ('"10.00"', '"10.005"', 6, "quoted text with two decimals"),
        ('"10.00"', '"-10.00"', 6, "quoted text with two decimals"),
        ('"10.00"', "10", 6, "quoted text with two decimals"),
        ('"10.00"', "null", 4, "cannot end the figure"),
        ("unit: ringgit", "unit: dollars", 2, "unknown unit 'dollars'"),
        ("unit: ringgit", "unit: ringgit\nnote: x", 3, "unknown field 'note'"),
        ("    certainty: reported\n  -", "    certainty: reported\n    note: x\n  -", 10, "unknown field 'note'"),
        ("title: A floor", "title: A floor\ntitle: Again", 2, "given twice"),
        ("title: A floor\n", "", 1, "missing: title"),
        ("certainty: reported\n  -", "certainty: rumoured\n  -", 9, "unknown certainty 'rumoured'"),
        ("certainty: reported\n  -", "certainty: assumed\n  -", 4, "gives its reason"),
        ("unit: ringgit", "unit: table", 2, "declares its columns"),
        ("unit: ringgit", "unit: ringgit\ncolumns: {a: ringgit}", 2, "declares its columns"),
        ("title: A floor", "title: [", 3, "this is not YAML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_figure_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, fact: str
) -> None:
    assert old in SOUND
    refused = refusal(tmp_path, SOUND.replace(old, new, 1))
    assert refused.startswith(f"act4/daily_rate/floor.yaml:{line}: ")
    assert fact in refused


@pytest.mark.parametrize("text", ["", "[]", "title: A floor\nunit: days\nentries: []\n"])
def test_a_file_without_a_figure_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith("act4/daily_rate/floor.yaml:")


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("percent", "1.75"), ("percent", '"80 %"'), ("percent", "-1"), ("percent", '"８０"'),
        ("fraction", '"1/0"'), ("fraction", "0.5"), ("fraction", '"0.5"'), ("fraction", "1"),
        ("sen", '"10.00"'), ("sen", "1.5"), ("sen", "0x10"),
        ("days", "-4"), ("days", '"4"'), ("months", "six"), ("age", "60.0"), ("hours", "2 days"),
        ("date", '"2026-06-01"'), ("date", "2026-06"),
        ("yes_no", "on"), ("yes_no", "True"), ("yes_no", '"yes"'),
        ("names", "[]"), ("names", "[a, a]"), ("names", "[Two Words]"), ("names", "one"),
        ("text", '""'), ("text", "5"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_written_as_its_unit_asks_is_refused(tmp_path: Path, unit: str, value: str) -> None:
    text = SOUND.replace("unit: ringgit", f"unit: {unit}").replace('"10.00"', value)
    assert refusal(tmp_path, text).startswith("act4/daily_rate/floor.yaml:6: ")


def test_a_table_is_read_with_its_amounts_in_sen(tmp_path: Path) -> None:
    table = load(tmp_path, TABLE, ROWS).figures["act4.daily_rate.floor"].entries[0].value
    assert getattr(table, "rows", None) == ((0, 3000, 2000), (3000, "", 4000))


@pytest.mark.parametrize(
    ("csv", "line"),
    [
        ("wage_to,wage_over,assumed\n0.00,30.00,20.00\n", 1),
        ("", 1),
        ("wage_over,wage_to,assumed\n", 1),
        (ROWS.replace("20.00", "20"), 2),
        (ROWS.replace("20.00", "-20.00"), 2),
        (ROWS.replace("20.00", "twenty"), 2),
        (ROWS.replace("40.00", "40.00,"), 3),
        (ROWS.replace("30.00,,", "31.00,,"), 3),
        (ROWS.replace("0.00,30.00", "0.00,"), 2),
        (ROWS.replace("0.00,30.00", "30.00,30.00"), 2),
    ],
)
def test_a_fault_in_a_table_is_named_with_the_line_of_the_csv_file(tmp_path: Path, csv: str, line: int) -> None:
    assert refusal(tmp_path, TABLE, csv).startswith(f"act4/daily_rate/classes.csv:{line}: ")


@pytest.mark.parametrize("name", ["missing.csv", "../daily_rate/classes.csv", "floor.yaml", "5"])
def test_a_table_is_a_csv_file_beside_its_figure(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, TABLE.replace("classes.csv", name), ROWS).startswith("act4/daily_rate/floor.yaml:10: ")


@pytest.mark.parametrize(
    "columns",
    ["[wage_over]", "{wage_over: lower_edge, wage_to: upper_edge, assumed: float}", "{assumed: ringgit}",
     "{a: lower_edge, b: upper_edge, b: ringgit}"],
)  # fmt: skip
def test_columns_have_names_and_known_types_and_one_bracket(tmp_path: Path, columns: str) -> None:
    text = TABLE.replace(
        "columns:\n  wage_over: lower_edge\n  wage_to: upper_edge\n  assumed: ringgit", f"columns: {columns}"
    )
    assert refusal(tmp_path, text, ROWS).startswith("act4/daily_rate/floor.yaml:3: ")


KEYED = TABLE.replace(
    "  wage_over: lower_edge\n  wage_to: upper_edge\n  assumed: ringgit\n",
    "  day: key\n  states: text\n  since: date\n  share: percent\n  times: count\n",
)
KEYED_ROWS = "day,states,since,share,times\n2026-02-02,KL,2026-01-01,12.5,3\n2026-01-14,NS,2013-01-01,80,0\n"


def test_a_table_of_keys_is_read_by_its_keys_each_cell_as_its_column_says(tmp_path: Path) -> None:
    table = load(tmp_path, KEYED, KEYED_ROWS).figures["act4.daily_rate.floor"].entries[0].value
    assert isinstance(table, Table)
    assert table.keys == ("2026-02-02", "2026-01-14")
    row = table.find("2026-01-14")
    assert (table.text(row, "states"), table.day(row, "since")) == ("NS", date(2013, 1, 1))
    assert (table.share(row, "share"), table.share(0, "share")) == (Fraction(4, 5), Fraction(1, 8))
    assert (table.whole(0, "times"), table.whole(row, "times")) == (3, 0)
    with pytest.raises(OutsideTable, match="the key 2026-01-15"):
        table.find("2026-01-15")
    with pytest.raises(OutsideTable, match="no column of the type upper_edge"):
        table.place(1)
    with pytest.raises(TypeError, match="since of row 2 is not a str"):
        table.text(row, "since")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("2026-01-14,NS", "2026-02-02,NS", 3),
        ("2013-01-01", "2013-02-30", 3),
        ("12.5", "12.5 %", 2),
        (",3\n", ",three\n", 2),
        (",3\n", ",٣\n", 2),
        (",KL,", ", ,", 2),
        ("2026-02-02,", ",", 2),
    ],
)
def test_a_fault_in_a_table_of_keys_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    assert KEYED_ROWS.count(old) == 1
    refused = refusal(tmp_path, KEYED, KEYED_ROWS.replace(old, new))
    assert refused.startswith(f"act4/daily_rate/classes.csv:{line}: ")


def test_a_folder_that_is_no_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Act 4").mkdir()
    (tmp_path / "Act 4" / "floor.yaml").write_text(SOUND, encoding="utf-8")
    with pytest.raises(BookError, match="snake_case"):
        Book.load(tmp_path)


ENTERED = TABLE.replace("entries:", "checks: [above_zero]\nentered: yes\nmost:\n  assumed: '40.00'\nentries:")
ENDED = """\
  - in_force: 2014-01-01
    known: 2014-01-01
    value: null
    law: Act 4, Third Schedule
    source: a test
    certainty: reported
"""


def test_what_officers_enter_may_have_no_entry_in_its_file(tmp_path: Path) -> None:
    text = ENTERED[: ENTERED.index("entries:")] + "entries: []\n"
    figure = load(tmp_path, text).figures["act4.daily_rate.floor"]
    assert (figure.entered, figure.checks, figure.entries) == (True, ("above_zero",), ())
    assert "at least one item" in refusal(tmp_path, text.replace("entered: yes", "entered: no"))


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("[above_zero]", "[above_one]", "unknown check"),
        ("entered: yes", "entered: perhaps", "yes or no"),
        ("reported", "gazetted", "stands in no file"),
        ("assumed: '40.00'", "assumed: '39.99'", "row 2: assumed is more than"),
        ("assumed: '40.00'", "assumed: '40'", "two decimals"),
        ("  assumed: '40.00'", "  nothing: '40.00'", "most is of columns of amounts"),
    ],
)
def test_a_fault_of_what_officers_enter_is_refused(tmp_path: Path, old: str, new: str, fact: str) -> None:
    assert fact in refusal(tmp_path, ENTERED.replace(old, new), ROWS)


def test_what_officers_enter_ends_only_where_it_says_so(tmp_path: Path) -> None:
    assert "ends only where it says so" in refusal(tmp_path, ENTERED + ENDED, ROWS)
    text = ENTERED.replace("entered: yes", "entered: yes\nends: yes") + ENDED
    figure = load(tmp_path, text, ROWS).figures["act4.daily_rate.floor"]
    assert (figure.ends, figure.entries[-1].value) == (True, None)


def test_a_table_of_a_file_is_checked_as_one_that_is_entered(tmp_path: Path) -> None:
    assert "above zero" in refusal(tmp_path, ENTERED, ROWS.replace("40.00", "0.00"))
    assert "only a table is checked" in refusal(tmp_path, SOUND.replace("entries:", "checks: [ages]\nentries:"))
