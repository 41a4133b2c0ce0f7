"""A month's contributions stated in JSON, as `POST /v1/contribution-statements` takes them, and rejected lines too."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from services.registration.domain.contribution import Reading, number_of
from services.registration.files.columns import AMOUNTS_OF_LINE, FileColumns
from services.registration.files.fixed_width import compact
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month

MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class StatementUpload:
    """A statement; `body` is what was sent, member by member."""

    body: dict[str, Any]

    @property
    def content(self) -> bytes:
        """What is kept: the same for the same statement, however its JSON was spaced."""
        return orjson.dumps(self.body)

    def __len__(self) -> int:
        return len(self.body["lines"])


def read_accepted(content: bytes) -> StatementUpload:
    """A statement that was taken in before."""
    return StatementUpload(orjson.loads(content))


def columns(upload: StatementUpload, reading: Reading) -> FileColumns:
    """The fields of the lines."""
    lines = upload.body["lines"]
    is_v2 = np.array([line.get("skbbk_employee") is not None for line in lines], dtype=np.bool_)
    amounts = {name: np.array([_sen(line.get(name)) for line in lines], dtype=np.int64) for name in AMOUNTS_OF_LINE}
    months = np.full(len(lines), number_of(Month.of(upload.body["month"])), dtype=np.int64)
    ids, names = [compact(line["id"]) for line in lines], [line["name"].strip() for line in lines]
    return FileColumns(ids, names, months, amounts, is_v2, reading)


def rejected(upload: StatementUpload, numbers: Iterable[int]) -> bytes:
    """The statement with these lines alone: to be corrected and sent again."""
    return orjson.dumps({**upload.body, "lines": [upload.body["lines"][number - 1] for number in numbers]})


def _sen(amount: dict[str, str] | None) -> int:
    return 0 if amount is None else sen_from_ringgit(amount["amount"])
