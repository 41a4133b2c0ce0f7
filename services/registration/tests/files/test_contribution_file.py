"""The 278-character file: what is written, what is read, and what makes a whole file unusable."""

import pytest

from services.registration.domain.errors import (
    ContributionFileEmpty,
    ContributionFileEncoding,
    ContributionFileLineLength,
    ContributionFileMixedEmployers,
    FileFault,
)
from services.registration.files.contribution_file import WIDTH, columns, read, read_accepted, render
from services.registration.tests.support import AT_2480, AT_3050, MYKAD, OTHER_CODE, line

GOOD = render([line("2026-05", AT_2480), line("2026-06", AT_3050)])


def test_a_line_has_each_field_in_its_columns() -> None:
    """Written out by hand from the table of act4 §2.5, positions counted from 1."""
    written = render([line("2026-06", AT_3050)]).decode("ascii")
    assert len(written) == WIDTH + 2
    assert written[0:12] == "F9702103813F"
    assert written[12:32] == " " * 20
    assert written[32:44] == "900101145678"
    assert written[44:194] == "AHMAD BIN ALI".ljust(150)
    assert written[194:200] == "062026"
    assert written[200:214] == "        305000"
    assert written[214:244] == "  5335" + "  1525" + "   610" + "   610" + "  2285"
    assert written[244:] == " " * 34 + "\r\n"


def test_layout_v1_leaves_the_columns_of_the_skbbk_blank_and_zeros_may_pad() -> None:
    """The numeric tail of other-schemes §8.2, without the last column."""
    amounts = {"wage": 170_000, "act4_employer": 2_885, "act4_employee": 825, "act800_employer": 330}
    written = render([line("2026-05", amounts | {"act800_employee": 330})], "v1", "0").decode("ascii")
    assert written[200:278] == "00000000170000" + "002885" + "000825" + "000330" + "000330" + " " * 40


def test_what_is_written_is_read_again() -> None:
    """Both layouts and both paddings, in one file."""
    parts = [render([line("2026-05", AT_2480)], "v1", "0"), render([line("2026-06", AT_3050)])]
    found = columns(read(b"".join(parts)))
    assert found.ids == [MYKAD, MYKAD]
    assert found.months.tolist() == [202605, 202606]
    assert found.is_v2.tolist() == [False, True]
    assert found.amounts["wages"].tolist() == [248_000, 305_000]
    assert found.amounts["act4_employer"].tolist() == [4_285, 5_335]
    assert found.amounts["skbbk_employee"].tolist() == [0, 2_285]


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.removesuffix(b"\r\n"),
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n", b"\n", 1),
        GOOD.replace(b"AHMAD BIN ALI ", "AHMAD BIN ALÍ ".encode("iso-8859-1")),
    ],
)
def test_line_ends_may_differ_and_iso_8859_1_is_accepted(content: bytes) -> None:
    """act4 §2.5: the last line with or without CRLF; one byte a character."""
    upload = read(content)
    assert len(upload) == 2
    assert upload.employer_code == "F9702103813F"
    assert columns(upload).amounts["wages"].tolist() == [248_000, 305_000]
    assert upload.line(2) == content.split(b"\n")[1].removesuffix(b"\r")
    kept = read_accepted(content)
    assert (kept.employer_code, kept.rows.tolist()) == (upload.employer_code, upload.rows.tolist())


def test_a_file_that_was_accepted_is_not_checked_again() -> None:
    """What `read` refuses to the sender costs the worker nothing."""
    mixed = GOOD[:280] + OTHER_CODE.encode() + GOOD[292:]
    utf8 = GOOD.replace(b"AHMAD BIN ALI  ", "AHMAD BIN ALÍ ".encode(), 1)
    assert [len(read_accepted(content)) for content in (mixed, utf8)] == [2, 2]


@pytest.mark.parametrize("end", [b"\r", b"\n"])
def test_a_line_end_within_a_line_makes_the_file_unusable_though_all_lengths_are_right(end: bytes) -> None:
    """It stands where a name should, and every line seems to have its 278 characters."""
    with pytest.raises((ContributionFileEncoding, ContributionFileLineLength)) as caught:
        read(GOOD[:50] + end + GOOD[51:])
    assert caught.value.facts["line"] == 1


@pytest.mark.parametrize(
    ("content", "fault", "at"),
    [
        (b"", ContributionFileEmpty, None),
        (b"\r\n\r\n", ContributionFileEmpty, None),
        (GOOD[:300], ContributionFileLineLength, 2),
        (GOOD.replace(b"\r\n", b" \r\n"), ContributionFileLineLength, 1),
        (GOOD + b"\r\n", ContributionFileLineLength, 3),
        (GOOD.replace(b"AHMAD BIN ALI  ", "AHMAD BIN ALÍ ".encode(), 1), ContributionFileEncoding, 1),
        (b"\xef\xbb\xbf" + GOOD, ContributionFileEncoding, 1),
        (GOOD.decode().encode("utf-16-le"), ContributionFileEncoding, 1),
        (GOOD[:290] + b"\x00" + GOOD[291:], ContributionFileEncoding, 2),
        (GOOD[:300] + b"\r" + GOOD[301:], ContributionFileEncoding, 2),
        (GOOD[:280] + OTHER_CODE.encode() + GOOD[292:], ContributionFileMixedEmployers, 2),
    ],
)
def test_a_fault_of_the_whole_file_names_its_line(content: bytes, fault: type[FileFault], at: int | None) -> None:
    """Nothing of such a file is taken."""
    with pytest.raises(fault) as caught:
        read(content)
    assert caught.value.facts.get("line") == at


@pytest.mark.parametrize("amount", ["      ", "12 3  ", "4285  ", " 42.85", "-04285", "+04285"])
def test_an_amount_that_is_not_a_right_aligned_number_is_malformed(amount: str) -> None:
    """The columns of Act 4's employer share, 215 to 220."""
    found = columns(read(GOOD[:214] + amount.encode() + GOOD[220:]))
    assert found.amounts["act4_employer"].tolist() == [-1, 5_335]


@pytest.mark.parametrize("month", ["132026", "002026", " 52026", "202605", "010000"])
def test_a_month_that_is_not_mmyyyy_is_malformed(month: str) -> None:
    """Columns 195 to 200."""
    assert columns(read(GOOD[:194] + month.encode() + GOOD[200:])).months.tolist() == [-1, 202606]


def test_a_field_that_does_not_fit_is_not_written() -> None:
    """Six columns hold less than RM10,000.00."""
    with pytest.raises(ValueError, match="does not fit"):
        render([line("2026-05", AT_2480 | {"act4_employer": 1_000_000})])
