"""What makes a whole upload unusable whatever its format says of lines: each is refused with its cause by name."""

from services.registration.domain.errors import (
    ContributionFileCompressed,
    ContributionFileEmpty,
    ContributionFileEncoding,
    ContributionFileMarkup,
)

UTF8_MARK = b"\xef\xbb\xbf"
# What DOS programs write behind the last line, and some payroll software still does.
_END_MARK = b"\x1a"
_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip, or a workbook (XLSX)",
    b"PK\x05\x06": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
}
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")
LOOKED_AT = 256
# Of ASCII in UTF-16 every second byte is NUL, in UTF-32 three of four.
_NULS = LOOKED_AT // 8


def check_whole(data: bytes) -> None:
    """Raises a FileFault for what is no text of lines, or has none."""
    check_begin(data)
    if not without_end_mark(data).removeprefix(UTF8_MARK).strip(b"\r\n"):
        raise ContributionFileEmpty("The file has no line.")


def check_begin(data: bytes) -> None:
    """Raises a FileFault for what does not begin as a text of lines does."""
    begin = data[:LOOKED_AT]
    for magic, name in _COMPRESSED.items():
        if begin.startswith(magic):
            raise ContributionFileCompressed.at(1, f"The file is compressed ({name}).")
    if begin.startswith(_WIDE_MARKS) or begin.count(0) > min(_NULS, len(begin) // 4):
        raise ContributionFileEncoding.at(1, "The file is UTF-16 or UTF-32.")
    if begin.removeprefix(UTF8_MARK).lstrip().lower().startswith(_MARKUP):
        raise ContributionFileMarkup.at(1, "The file is a page of HTML or XML.")


def without_end_mark(data: bytes) -> bytes:
    """The bytes without a DOS end mark, which counts as such in the very last place only."""
    return data.removesuffix(_END_MARK)
