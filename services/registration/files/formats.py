"""The one table of formats in which contributions come: who reads each, and who gives its rejected lines back.

When each is accepted the statute book says (`act4.contribution_file.formats`, and for the versions of the combined file
`act4.contribution_file.layouts`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.registration.domain.contribution import FileFormat, Reading
from services.registration.domain.errors import ContributionFileControlTotal
from services.registration.files import contribution_csv, contribution_file, contribution_statement, legacy_file
from services.registration.files.columns import FileColumns, LineKeys
from services.registration.files.fixed_width import ENCODING, FixedUpload, joined, keys
from shared.kernel.money import Sen


class Upload(Protocol):
    """What was sent, without a fault of the whole: so many lines, and the bytes that are kept."""

    @property
    def content(self) -> bytes:
        """The bytes that are kept."""

    def __len__(self) -> int:
        """How many lines."""


class CodedUpload(Upload, Protocol):
    """The same of a file, whose lines bear the code of their employer."""

    @property
    def employer_code(self) -> str:
        """The code of the employer whose lines they are."""


@dataclass(frozen=True)
class Format:
    """`read` refuses what is wrong with a whole file; None of what has a route of its own. `columns`, `keys`,
    `together` and `rejected` take the bytes that were kept; `together` those of many files, whose lines then stand one
    file after the other; `keys` reads number and month alone. `versions` differ in what stands in a line, or in how it
    is written.
    """

    versions: tuple[str, ...]
    media_type: str
    read: Callable[[bytes, Reading], CodedUpload] | None
    columns: Callable[[bytes, Reading], FileColumns]
    keys: Callable[[bytes, Reading], LineKeys]
    together: Callable[[Sequence[bytes], Reading], FileColumns]
    rejected: Callable[[bytes, Sequence[int]], bytes]


def _fixed_rejected(again: Callable[[bytes], FixedUpload]) -> Callable[[bytes, Sequence[int]], bytes]:
    def rejected(content: bytes, numbers: Sequence[int]) -> bytes:
        upload = again(content)
        return b"".join(upload.line(number) + b"\r\n" for number in numbers)

    return rejected


def _csv_columns(data: bytes, reading: Reading) -> FileColumns:
    return contribution_csv.columns(contribution_csv.read_accepted(data), reading)


def _json_columns(data: bytes, reading: Reading) -> FileColumns:
    return contribution_statement.columns(contribution_statement.read_accepted(data), reading)


def _json_keys(data: bytes, reading: Reading) -> LineKeys:
    read = _json_columns(data, reading)
    return LineKeys(read.ids, read.months)


def _one_by_one(columns: Callable[[bytes, Reading], FileColumns]) -> Callable[[Sequence[bytes], Reading], FileColumns]:
    def together(files: Sequence[bytes], reading: Reading) -> FileColumns:
        return FileColumns.joined([columns(each, reading) for each in files], reading)

    return together


FORMATS = {
    FileFormat.COMBINED_278: Format(
        versions=("v1", "v2", "v2.1"),
        media_type=f"text/plain; charset={ENCODING}",
        read=lambda data, _: contribution_file.read(data),
        columns=lambda data, reading: contribution_file.columns(contribution_file.read_accepted(data), reading),
        keys=lambda data, _: keys(contribution_file.read_accepted(data)),
        together=lambda files, reading: contribution_file.columns(
            joined([contribution_file.read_accepted(each) for each in files]), reading
        ),
        rejected=_fixed_rejected(contribution_file.read_accepted),
    ),
    FileFormat.LEGACY_223: Format(
        versions=("v1",),
        media_type=f"text/plain; charset={ENCODING}",
        read=lambda data, _: legacy_file.read(data),
        columns=lambda data, reading: legacy_file.columns(legacy_file.read_accepted(data), reading),
        keys=lambda data, _: keys(legacy_file.read_accepted(data)),
        together=lambda files, reading: legacy_file.columns(
            joined([legacy_file.read_accepted(each) for each in files]), reading
        ),
        rejected=_fixed_rejected(legacy_file.read_accepted),
    ),
    FileFormat.CSV: Format(
        versions=("v1",),
        media_type="text/csv; charset=utf-8",
        read=contribution_csv.read,
        columns=_csv_columns,
        keys=lambda data, reading: contribution_csv.keys(contribution_csv.read_accepted(data), reading),
        together=_one_by_one(_csv_columns),
        rejected=lambda data, numbers: contribution_csv.rejected(contribution_csv.read_accepted(data), numbers),
    ),
    FileFormat.JSON: Format(
        versions=("v1",),
        media_type="application/json",
        read=None,
        columns=_json_columns,
        keys=_json_keys,
        together=_one_by_one(_json_columns),
        rejected=lambda data, numbers: contribution_statement.rejected(
            contribution_statement.read_accepted(data), numbers
        ),
    ),
}


def check_totals(upload: Upload, reading: Reading, lines: int | None, amounts_sen: Sen | None) -> None:
    """Raises ContributionFileControlTotal where the lines are not as many, or do not come to as much, as was said."""
    check_lines_stated(len(upload), lines)
    if amounts_sen is not None:
        check_amounts_stated(wages_of(upload.content, reading), len(upload), amounts_sen)


def check_lines_stated(found: int, stated: int | None) -> None:
    """Raises ContributionFileControlTotal."""
    if stated is not None and stated != found:
        raise ContributionFileControlTotal.at(found, f"The file has {found} lines, {stated} were announced.")


def check_amounts_stated(found: Sen | None, lines: int, stated: Sen) -> None:
    """Raises ContributionFileControlTotal; where an amount is malformed no total is right."""
    if found != stated:
        raise ContributionFileControlTotal.at(lines, "The wages do not come to the sum that was announced.")


def wages_of(content: bytes, reading: Reading) -> Sen | None:
    """What the wages of all lines come to; None where one is malformed."""
    amounts = FORMATS[reading.format].columns(content, reading).amounts["wages"]
    return None if (amounts < 0).any() else sum(amounts.tolist())
