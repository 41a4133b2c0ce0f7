"""Archives of contribution files, ZIP or TAR: what makes a whole one unusable, and the bytes of one member at a time.

A member is read only as far as its declared length, and these lengths are bounded: nothing in an archive can grow.
"""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from services.registration.domain.errors import ArchiveUnusable

MOST_MEMBERS = 100_000
LARGEST_MEMBER_BYTES = 32 << 20
# Of all members together, as they are unpacked.
LARGEST_UNPACKED_BYTES = 1 << 30
LONGEST_NAME = 255
_NOT_PLAIN = "A member is a link, a device or sparse."
_TOO_LONG = f"A file has at most {LARGEST_MEMBER_BYTES} bytes, all together {LARGEST_UNPACKED_BYTES}, unpacked."
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class _Reader(Protocol):
    def content(self, index: int) -> bytes:
        """The bytes of a member; raises ArchiveUnusable."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The members of an archive that can be used, in order; files alone."""

    names: Sequence[str] = field(repr=False)
    sizes: Sequence[int]
    reader: _Reader = field(repr=False)

    def __len__(self) -> int:
        return len(self.names)

    def content(self, number: int) -> bytes:
        """The bytes of a member, counted from 1; raises ArchiveUnusable where they are not what the archive says."""
        return self.reader.content(number - 1)


def read_archive(data: bytes) -> Entries:
    """Raises ArchiveUnusable for what is no archive of plain files within the limits."""
    try:
        entries = _of_zip(data) if data.startswith(b"PK") else _of_tar(data)
    except (zipfile.BadZipFile, tarfile.TarError, RuntimeError, ValueError, EOFError, OverflowError):
        raise ArchiveUnusable("It is no ZIP and no TAR archive, or it is cut.") from None
    _check(entries)
    return entries


class _Zip:
    def __init__(self, opened: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
        self._opened = opened
        self._members = members

    def content(self, index: int) -> bytes:
        member = self._members[index]
        try:
            with self._opened.open(member) as stream:
                data = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise ArchiveUnusable("The member is damaged.") from None
        if len(data) != member.file_size:
            raise ArchiveUnusable("The member is not as long as the archive says.")
        return data


class _Tar:
    def __init__(self, data: bytes, members: Sequence[tarfile.TarInfo]) -> None:
        self._data = data
        self._members = members

    def content(self, index: int) -> bytes:
        member = self._members[index]
        found = self._data[member.offset_data : member.offset_data + member.size]
        if len(found) != member.size:
            raise ArchiveUnusable("The archive is cut in this member.")
        return found


def _of_zip(data: bytes) -> Entries:
    opened = zipfile.ZipFile(io.BytesIO(data))
    members = [each for each in opened.infolist() if not each.is_dir()]
    for each in members:
        if each.flag_bits & _ENCRYPTED:
            raise ArchiveUnusable("A member is encrypted.")
        if each.compress_type not in _METHODS:
            raise ArchiveUnusable("A member is packed by a method other than deflate.")
        if (each.external_attr >> 16) & 0o170000 == 0o120000:
            raise ArchiveUnusable("A member is a link.")
    return Entries([each.filename for each in members], [each.file_size for each in members], _Zip(opened, members))


class _Header(tarfile.TarInfo):
    """A header of a TAR archive: a size that cannot be would lead the reader back to where it was."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Raises ArchiveUnusable at once."""
        header = super().frombuf(buf, encoding, errors)
        _check_size(header.size)
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise ArchiveUnusable(_NOT_PLAIN)
        return header


def _check_size(size: int) -> None:
    if not 0 <= size <= LARGEST_MEMBER_BYTES:
        raise ArchiveUnusable(_TOO_LONG)


def _of_tar(data: bytes) -> Entries:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", tarinfo=_Header) as opened:
        members = []
        for each in opened:
            # Records in front of a header may say another size.
            _check_size(each.size)
            if each.isdir():
                continue
            if not each.isreg() or each.issparse():
                raise ArchiveUnusable(_NOT_PLAIN)
            members.append(each)
            if len(members) > MOST_MEMBERS:
                break
    return Entries([each.name for each in members], [each.size for each in members], _Tar(data, members))


def _check(entries: Entries) -> None:
    if not len(entries):
        raise ArchiveUnusable("It has no file.")
    if len(entries) > MOST_MEMBERS:
        raise ArchiveUnusable(f"It has more than {MOST_MEMBERS} files.")
    if any(_leads_out(name) for name in entries.names):
        raise ArchiveUnusable(
            "The name of a member is too long, leads out of the archive, or holds a control character."
        )
    if max(entries.sizes) > LARGEST_MEMBER_BYTES or sum(entries.sizes) > LARGEST_UNPACKED_BYTES:
        raise ArchiveUnusable(_TOO_LONG)


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    is_odd = (
        not name.isprintable() or len(name) > LONGEST_NAME or len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME
    )
    return is_odd or name.startswith(("/", "\\")) or ".." in parts or ":" in name
