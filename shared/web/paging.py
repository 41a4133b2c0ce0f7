"""Lists by page: an opaque signed cursor that stays right while rows arrive, and no filter that is ignored."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.errors import FieldError
from shared.web.errors import CursorInvalid, FilterUnknown
from shared.web.validation import pointer

LARGEST_PAGE = 100
USUAL_PAGE = 50
LONGEST_CURSOR = 512

_SEAL_BYTES = 16

Row = TypeVar("Row")
Item = TypeVar("Item")
Position = list[str | int]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    model_config = ConfigDict(frozen=True)

    data: list[Item] = Field(max_length=LARGEST_PAGE, description="The items of this page, in the list's order.")
    next_cursor: str | None = Field(max_length=LONGEST_CURSOR, description="Send it as cursor to get the next page.")
    has_more: bool = Field(description="Whether there is a next page.")


@dataclass(frozen=True, slots=True)
class Paging:
    """What a caller asked for: `limit` items after `cursor`."""

    limit: int
    cursor: str | None


def _paging(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Items on a page.")] = USUAL_PAGE,
    cursor: Annotated[
        str | None, Query(max_length=LONGEST_CURSOR, description="next_cursor of the page before.")
    ] = None,
) -> Paging:
    return Paging(limit, cursor)


PagingQuery = Annotated[Paging, Depends(_paging)]


class Cursors:
    """Signs and reads cursors with one key of 32 bytes. `list_name` binds a cursor to one list, tenant and filters."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a cursor key has at least 32 bytes")
        self._key = key

    def sign(self, position: Position, list_name: str) -> str:
        """The cursor of the row at this position, which is the list's sort key."""
        body = json.dumps(position, separators=(",", ":")).encode()
        return urlsafe_b64encode(self._seal(body, list_name) + body).decode().rstrip("=")

    def read(self, cursor: str, list_name: str) -> Position:
        """The position of a cursor; raise `CursorInvalid` if it was changed or belongs to another list."""
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (Base64Error, ValueError):
            raise CursorInvalid from None
        seal, body = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body, list_name)):
            raise CursorInvalid
        position: Position = json.loads(body)
        return position

    def after(self, paging: Paging, list_name: str) -> Position | None:
        """Where to go on from, or None at the start of the list."""
        return None if paging.cursor is None else self.read(paging.cursor, list_name)

    def after_id(self, paging: Paging, list_name: str) -> UUID | None:
        """As `after`, for a list in the order of its ids."""
        position = self.after(paging, list_name)
        return None if position is None else UUID(str(position[0]))

    def page(
        self,
        rows: Sequence[Row],
        paging: Paging,
        list_name: str,
        *,
        item: Callable[[Row], Item],
        position: Callable[[Row], Position],
    ) -> Page[Item]:
        """The page of rows that were read with a limit of `paging.limit + 1`: one too many shows that more follow."""
        shown = rows[: paging.limit]
        has_more = len(rows) > paging.limit
        cursor = self.sign(position(shown[-1]), list_name) if has_more else None
        return Page[Any](data=[item(row) for row in shown], next_cursor=cursor, has_more=has_more)

    def _seal(self, body: bytes, list_name: str) -> bytes:
        return hmac.digest(self._key, list_name.encode() + b"\0" + body, hashlib.sha256)[:_SEAL_BYTES]


def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


SignedCursors = Annotated[Cursors, Depends(_cursors)]


def refuse_unknown_filters(request: Request) -> None:
    """A dependency of every app: a query parameter that the route does not declare is 400, not ignored."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    known = set() if dependant is None else _query_names(dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        found = [
            FieldError(pointer([name]), "unknown_field", "This parameter is not known here.", "query")
            for name in unknown[:LARGEST_PAGE]
        ]
        raise FilterUnknown(errors=found)


def _query_names(dependant: Dependant) -> set[str]:
    # Members of a model of parameters carry no place of their own; path and header parameters do.
    fields = get_flat_params(dependant)
    return {field.alias for field in fields if getattr(field.field_info, "in_", ParamTypes.query) is ParamTypes.query}
