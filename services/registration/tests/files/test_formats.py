"""Readers of every format: what is written is read again, rejected lines come back as they were, tables are safe."""

from datetime import date

import orjson
import pytest

from services.registration.domain.contribution import FileFormat, Reading
from services.registration.domain.errors import ContributionFileLineLength, ContributionFileMixedEmployers
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.files import contribution_csv, contribution_file, legacy_file
from services.registration.files.columns import AMOUNTS_OF_LINE, LineKeys
from services.registration.files.formats import FORMATS
from services.registration.files.spreadsheet import as_csv, text_cell
from services.registration.tests.support import AT_2480, AT_3050, MYKAD, line
from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import formats_accepted, layouts_accepted
from shared.law.book import book

CODE = "F9702103813F"
CSV = Reading(FileFormat.CSV)
_SEMICOLON = Reading(FileFormat.CSV, "semicolon")


def test_every_format_has_a_row_and_is_accepted_by_the_book_today_and_none_before_july_2022() -> None:
    """So are the layouts of the combined file, of which v2.1 is read as v2."""
    today = date(2026, 11, 29)
    assert set(FORMATS) == set(FileFormat)
    assert set(formats_accepted(book().on(today, today))) == {each.value for each in FileFormat}
    accepted = layouts_accepted(Month.of("2026-10"), book().on(today, today))
    assert set(accepted) <= set(FORMATS[FileFormat.COMBINED_278].versions)


def test_v2_1_writes_blanks_before_amounts_and_nothing_as_four_zeros() -> None:
    """other-schemes §8.2: zero as 0000, right-aligned."""
    written = contribution_file.render([line("2026-05", AT_2480)], "v2.1").decode("ascii")
    assert written[200:244] == "        248000" + "  4285" + "  1225" + "   490" + "   490" + "  0000"
    found = contribution_file.columns(contribution_file.read(written.encode()))
    assert (found.is_v2.tolist(), found.amounts["skbbk_employee"].tolist()) == ([True], [0])


def test_a_legacy_line_has_each_field_in_its_columns() -> None:
    """Written out by hand from other-schemes §8.1, positions counted from 1."""
    left = legacy_file.LegacyLine(CODE, MYKAD, "Ahmad bin Ali", Month.of("2026-05"), 248_000, "H", date(2026, 5, 31))
    written = legacy_file.render([left]).decode("ascii")
    assert len(written) == 223 + 2
    assert written[32:44] + written[44:57] + written[194:200] == MYKAD + "AHMAD BIN ALI" + "052026"
    assert written[200:] == "00000000248000" + "31052026" + "H" + "\r\n"
    found = legacy_file.columns(legacy_file.read(written.encode()), Reading(FileFormat.LEGACY_223))
    assert (found.months.tolist(), found.amounts["wages"].tolist()) == ([202605], [248_000])
    assert [(mark.kind, mark.day) for mark in found.marks] == [(SpellStatementKind.ENDED, date(2026, 5, 31))]


@pytest.mark.parametrize("day", ["        ", "31022026", "2026-5-1", "3105202 ", "00000000", "310520\xb26"])
def test_a_day_that_is_none_is_a_fault_beside_a_status_that_needs_one(day: str) -> None:
    blank = legacy_file.render([legacy_file.LegacyLine(CODE, MYKAD, "A", Month.of("2026-05"), 1)])
    faults = []
    for status in "BHMST ":
        content = blank[:214] + day.encode("iso-8859-1") + status.encode() + b"\r\n"
        faults.append([each.code for each in legacy_file.columns(legacy_file.read(content), Reading()).faults])
    assert faults == [["date_malformed"]] * 3 + [[]] * 3


@pytest.mark.parametrize("separator", ["comma", "semicolon"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_is_read_as_it_is_written_whatever_parts_its_fields(separator: str, mark: bytes) -> None:
    """A name may hold either sign, and quotation marks; names of every script are UTF-8."""
    names = ["Ahmad, bin; Ali", 'Lim "Ah" Kow', "陈美玲 TAN", "முத்து A/L RAMAN"]
    lines = [line("2026-06", AT_3050, name=name) for name in names]
    content = mark + contribution_csv.render(lines, contribution_csv.SEPARATORS[separator])
    reading = Reading(FileFormat.CSV, "semicolon" if separator == "semicolon" else "comma")
    upload = contribution_csv.read(content, reading)
    assert (len(upload), upload.employer_code) == (4, CODE)
    found = FORMATS[FileFormat.CSV].columns(content, reading)
    assert (found.names, found.ids, found.months.tolist()) == (names, [MYKAD] * 4, [202606] * 4)
    assert [found.amounts[name].tolist()[0] for name in AMOUNTS_OF_LINE] == [305_000, 5_335, 1_525, 610, 610, 2_285]
    sent = content.removeprefix(mark).split(b"\r\n")
    assert FORMATS[FileFormat.CSV].rejected(content, [2, 4]) == b"\r\n".join([sent[0], sent[2], sent[4], b""])


@pytest.mark.parametrize(
    "amount", ["2480", "2480.0", "2,480.00", "2480,00", "+2480.00", "-1.00", "02480.00", "RM1.00", ""]
)
def test_an_amount_in_csv_has_two_decimals_and_nothing_else(amount: str) -> None:
    content = contribution_csv.render([line("2026-05", AT_2480)]).replace(b"2480.00", f'"{amount}"'.encode())
    assert contribution_csv.columns(contribution_csv.read(content, CSV), CSV).amounts["wages"].tolist() == [-1]


@pytest.mark.parametrize("month", ["052026", "2026-13", "2026-5", "Jun-26", "2026/05", "0000-05"])
def test_a_month_in_csv_is_written_as_everywhere_else(month: str) -> None:
    content = contribution_csv.render([line("2026-05", AT_2480)]).replace(b"2026-05", month.encode())
    assert contribution_csv.columns(contribution_csv.read(content, CSV), CSV).months.tolist() == [-1]


@pytest.mark.parametrize("blank", [0, 1])
def test_a_line_of_csv_without_its_employers_code_is_of_no_employer(blank: int) -> None:
    """Also the first one: it is not taken for a line of the employer of the next one."""
    codes = [CODE, CODE]
    codes[blank] = ""
    content = contribution_csv.render([line("2026-05", AT_2480, code=code) for code in codes])
    with pytest.raises(ContributionFileMixedEmployers):
        contribution_csv.read(content, CSV)


def test_a_line_end_within_a_field_is_no_field() -> None:
    """A record is one line: rejected lines are cut out of what was sent."""
    content = contribution_csv.render([line("2026-05", AT_2480)]).replace(b"Ahmad bin Ali", b'"Ahmad\r\nbin Ali"')
    with pytest.raises(ContributionFileLineLength):
        contribution_csv.read(content, CSV)


_WRITTEN_IDS = (MYKAD, "9001-14/5*", "a 123", "", "  ", "A/1*2", "\xd11")
_WRITTEN_LINES = [line("2026-05", AT_2480, id_=id_) for id_ in _WRITTEN_IDS]
_KEPT: dict[FileFormat, tuple[bytes, Reading]] = {
    FileFormat.COMBINED_278: (contribution_file.render(_WRITTEN_LINES).replace(b"052026", b"132026", 1), Reading()),
    FileFormat.LEGACY_223: (
        legacy_file.render(legacy_file.LegacyLine(CODE, id_, "A", Month.of("2026-05"), 1, "H") for id_ in _WRITTEN_IDS),
        Reading(FileFormat.LEGACY_223),
    ),
    FileFormat.CSV: (contribution_csv.render(_WRITTEN_LINES, ";").replace(b"2026-05", b"2026-5", 1), _SEMICOLON),
    FileFormat.JSON: (
        orjson.dumps({"month": "2026-05", "lines": [{"id": id_, "name": "A"} for id_ in _WRITTEN_IDS]}),
        Reading(FileFormat.JSON),
    ),
}


@pytest.mark.parametrize("format_", FileFormat)
def test_number_and_month_are_read_alone_as_with_all_fields(format_: FileFormat) -> None:
    """Whatever is written there: what is looked for in the whole file is what its pieces are checked by."""
    content, reading = _KEPT[format_]
    found, whole = FORMATS[format_].keys(content, reading), FORMATS[format_].columns(content, reading)
    assert isinstance(found, LineKeys)
    assert (found.ids, found.months.tolist()) == (whole.ids, whole.months.tolist())
    assert len(found.ids) == len(_WRITTEN_IDS)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "\tx", "\rx", "  =1"])
def test_what_a_spreadsheet_would_run_is_text_in_a_table_for_people(text: str) -> None:
    """An amount is left as it is, below zero too."""
    assert text_cell(text) == f"'{text}"
    written = as_csv(("name", "amount"), [(text, "-50.00"), ("AHMAD", "1.00")], amounts=frozenset({"amount"}))
    assert "-50.00" in written
    assert "'-50.00" not in written
    assert f"'{text}" in written
    assert "\r\nAHMAD,1.00\r\n" in written
