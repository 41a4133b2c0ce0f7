"""Headers of TAR archives that no archiver writes are refused at once: nothing is looked through over and over."""

import tarfile

import pytest

from services.registration.domain.errors import ArchiveUnusable
from services.registration.files import archive as archives
from services.registration.files.archive import read_archive


def _header(size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo("a.txt")
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def _records(records: dict[str, str]) -> bytes:
    member = tarfile.TarInfo("a.txt")
    member.pax_headers = records
    return member.tobuf(tarfile.PAX_FORMAT)


def _goes_on() -> bytes:
    """A sparse file whose map goes on in a block that is not there."""
    header = bytearray(_header(0, tarfile.GNUTYPE_SPARSE))
    header[482] = 1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


_END = bytes(1_024)
HEADERS = {
    "negative": _header(-512) + _END,
    "negative, and back to itself": _header(0) + _header(-512) + _END,
    "of a directory": _header(-512, tarfile.DIRTYPE) + _END,
    "of a type that nobody knows": _header(-1_024, b"Z") + _END,
    "of a long name": _header(-1_024, tarfile.GNUTYPE_LONGNAME) + _END,
    "of extended records": _header(-1_024, tarfile.XHDTYPE) + _END,
    "in extended records": _records({"size": "-1024"}) + _END,
    "longer than the archive": _header(2_000) + _END,
    "longer than anything": _header(1 << 80) + _END,
    "of extended records that are longer": _header(1 << 40, tarfile.XHDTYPE) + _END,
    "a map without an end": _goes_on(),
}


@pytest.mark.parametrize("content", HEADERS.values(), ids=HEADERS.keys())
def test_a_size_that_cannot_be_is_refused_at_its_header(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """So few headers are looked at as there are in the archive."""
    looked: list[int] = []
    read = tarfile.TarInfo.frombuf.__func__  # type: ignore[attr-defined]

    def counted(kind: type[tarfile.TarInfo], buf: bytes, encoding: str, errors: str) -> tarfile.TarInfo:
        looked.append(len(buf))
        return read(kind, buf, encoding, errors)  # type: ignore[no-any-return]

    monkeypatch.setattr(tarfile.TarInfo, "frombuf", classmethod(counted))
    monkeypatch.setattr(archives, "MOST_MEMBERS", 50)
    with pytest.raises(ArchiveUnusable):
        read_archive(content)
    assert len(looked) <= 4
