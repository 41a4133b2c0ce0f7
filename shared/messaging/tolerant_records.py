"""Reads a record whose header has a name that is no text: the client's own reading ends at it, for ever.

The broker takes any bytes for the name of a header, and any client may send them. aiokafka 0.14 raises
UnicodeDecodeError for such a record each time that its batch is fetched, so a partner could end whoever reads its
topic.
Here what cannot be decoded is replaced, in that batch alone; every other is read as before.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


class TolerantRecords:
    """What was fetched of a partition, batch by batch."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records = MemoryRecords(data)
        self._batches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def has_next(self) -> bool:
        """Whether there is another batch."""
        return bool(self._records.has_next())

    def next_batch(self) -> "TolerantBatch":
        """The next one."""
        self._batches += 1
        return TolerantBatch(self._records.next_batch(), self._data, self._batches - 1)


class TolerantBatch:
    """A batch, whose records are read by the client itself as far as it can."""

    def __init__(self, batch: Any, data: bytes, number: int) -> None:
        self._batch = batch
        self._data = data
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        done = 0
        try:
            for record in self._batch:
                yield record
                done += 1
        except UnicodeDecodeError:
            yield from islice(_replacing(self._data, self._number), done, None)


class _Name(bytes):
    def decode(self, *_: str) -> str:
        return super().decode("utf-8", "replace")


class _Names(bytearray):
    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _Name(found) if isinstance(place, slice) else found


def _replacing(data: bytes, number: int) -> Iterator[Any]:
    """The records of one of these batches, by the reading in Python, which takes the names from what is given here."""
    records = _MemoryRecordsPy(data)
    for _ in range(number):
        records.next_batch()
    batch = iter(_DefaultRecordBatchPy(records._next_slice))
    batch._buffer = _Names(batch._buffer)
    yield from batch


def install() -> None:
    """Let every consumer of this process read so."""
    fetcher.MemoryRecords = TolerantRecords
