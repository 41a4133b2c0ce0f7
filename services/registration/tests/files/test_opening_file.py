"""Opening files: what is read by columns is what each line says by itself, and headers that leave columns out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.errors import OpeningFileHeader
from services.registration.domain.opening import EmployerRow, OpeningFault, OpeningKind, PersonRow
from services.registration.files.opening_file import HEADERS, OPTIONAL, kind_of, read, rejected, rows_of

TODAY = date(2026, 11, 30)
ID = (["mykad", "passport", " ssfw", "nothing"], ["900101145678", " 900101-14-5678", "ZZ0000001", "12", ""])
CODE = ["F9702103813F", "Z000000001X ", "short", ""]
DAY = ["2015-03-01", "2024-02-29", "2023-02-29", "2027-01-01", "yesterday", ""]
MONTH = ["2024-06", "2026-11", "2026-12", "2024-13", ""]
AMOUNT = ["2480.00", "0.00", " 42.85", "1.0", "-1.00", ""]
# Of each column what can be read, with blanks around it and without, and what cannot.
CELLS = {
    OpeningKind.EMPLOYERS: [CODE, ["KILANG", ""], ["202001012345", "", "?"], ["johor", "", "?"], ["C", "", "Z"]],
    OpeningKind.PERSONS: [
        *(*ID, [" AHMAD BIN ALI", "NUR 'AIN", "X" * 151, "a\tb", "\u3000李\u3000", "e\u0301"], DAY),
        *(["citizen", "foreign_worker ", "tourist"], ["", "A1234567", "A12"]),
    ],
    OpeningKind.SPELLS: [*ID, CODE, DAY, DAY],
    OpeningKind.MONTHS: [*ID, CODE, MONTH, MONTH, *([AMOUNT] * 6)],
}


def quoted(line: str) -> str:
    """The same line, which is not read by columns."""
    return ",".join(f'"{cell}"' for cell in line.split(","))


@pytest.mark.parametrize("kind", list(OpeningKind))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_is_read_by_columns_is_what_each_line_says_by_itself(kind: OpeningKind, data: st.DataObject) -> None:
    # Mostly what can be read, so that whole lines can be.
    cells = st.tuples(*(st.sampled_from([*texts[:2], *texts[:2], *texts]) for texts in CELLS[kind]))
    lines = [",".join(each) for each in data.draw(st.lists(cells, min_size=1, max_size=12))]
    lines += data.draw(st.lists(st.sampled_from(["one,two", "", ",".join(["x"] * 40)]), max_size=2))
    columns = len(HEADERS[kind]) + len(OPTIONAL[kind])
    by_columns = rows_of(kind, columns, lines, 5, TODAY)
    one_by_one = rows_of(kind, columns, [quoted(line) for line in lines], 5, TODAY)
    assert by_columns == one_by_one
    rows, faults = by_columns
    assert sorted([row.line for row in rows] + [fault.line for fault in faults]) == [*range(5, 5 + len(lines))]


def test_a_line_that_cannot_be_read_among_many_leaves_the_others() -> None:
    good = "mykad,900101145678,AHMAD BIN ALI,1990-01-01,citizen"
    rows, faults = rows_of(OpeningKind.PERSONS, 5, [good, good.replace("1990-01-01", "1990-02-30"), good], 1, TODAY)
    assert [row.line for row in rows] == [1, 3]
    assert faults == [OpeningFault(2, "born_on", "day_malformed")]


def test_columns_that_may_be_left_out_are_read_where_they_are_there() -> None:
    with_old_ic = rows_of(OpeningKind.PERSONS, 6, ["mykad,900101145678,AHMAD,1990-01-01,citizen,a 1234567"], 1, TODAY)
    assert with_old_ic[0] == [PersonRow(1, ("mykad", "900101145678"), "AHMAD", date(1990, 1, 1), "citizen", "A1234567")]
    assert isinstance(with_old_ic[0][0], PersonRow)
    assert with_old_ic[0][0].ids == (("mykad", "900101145678"), ("old_ic", "A1234567"))
    found, faults = rows_of(OpeningKind.EMPLOYERS, 5, ["F9702103813F,KILANG,,selangor,C"], 1, TODAY)
    assert (found, faults) == ([EmployerRow(1, "F9702103813F", "KILANG", None, "selangor", "C")], [])
    # A line has as many columns as its header says.
    assert rows_of(OpeningKind.EMPLOYERS, 5, ["F9702103813F,KILANG,"], 1, TODAY)[1][0].code == "line_malformed"


@pytest.mark.parametrize("kind", list(OpeningKind))
def test_the_header_says_the_kind_and_how_many_columns_there_are(kind: OpeningKind) -> None:
    for header in (HEADERS[kind], (*HEADERS[kind], *OPTIONAL[kind])):
        data = ",".join(header).encode() + b"\r\nsome,line\r\n"
        assert kind_of(data) is kind
        assert read(data, kind) == (["some,line"], len(header))
        assert rejected(kind, len(header), ["some,line"]).encode() == data
    with pytest.raises(OpeningFileHeader):
        read(b"employer_code,name,mycoid,state\nx,y,z,johor\n", OpeningKind.EMPLOYERS)


def test_a_row_shows_nothing_of_whom_it_is_about() -> None:
    (row,), _ = rows_of(OpeningKind.PERSONS, 5, ["mykad,900101145678,AHMAD,1990-01-01,citizen"], 7, TODAY)
    assert repr(row) == str(row) == "PersonRow(line=7)"
