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
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.errors import FieldError
from shared.security.scopes import Party
from shared.security.tokens import Caller
from shared.web.errors import CursorInvalid, FilterUnknown
from shared.web.fields import TEXT_PATTERN
from shared.web.validation import pointer

LARGEST_PAGE = 100
USUAL_PAGE = 50
LONGEST_CURSOR = 512

_SEAL_BYTES = 16
_OF_THE_PAGE = frozenset({"limit", "cursor"})

Row = TypeVar("Row")
Item = TypeVar("Item")
Position = list[str | int]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    model_config = ConfigDict(frozen=True)

    data: list[Item] = Field(max_length=LARGEST_PAGE, description="The items of this page, in the list's order.")
    next_cursor: str | None = Field(max_length=LONGEST_CURSOR, description="Send it as cursor to get the next page.")
    has_more: bool = Field(description="Whether there is a next page.")


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

    def _seal(self, body: bytes, list_name: str) -> bytes:
        return hmac.digest(self._key, list_name.encode() + b"\0" + body, hashlib.sha256)[:_SEAL_BYTES]


def by_id(row: Any) -> Position:
    """The position of a row in a list that stands in the order of its ids."""
    return [str(row.id)]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a caller asked of a list: the page after a cursor, which is bound to the list's `name`."""

    name: str
    cursors: Cursors
    page_size: int
    cursor: str | None

    @property
    def limit(self) -> int:
        """How many rows to read: one more than the page shows, which tells whether more follow."""
        return self.page_size + 1

    @property
    def after(self) -> Position | None:
        """Where to go on from, or None at the start of the list; raises CursorInvalid."""
        return None if self.cursor is None else self.cursors.read(self.cursor, self.name)

    @property
    def after_id(self) -> UUID | None:
        """As `after`, for a list in the order of its ids."""
        position = self.after
        return None if position is None else UUID(str(position[0]))

    def page(
        self,
        rows: Sequence[Row],
        *,
        item: Callable[[Row], Item],
        position: Callable[[Row], Position] = by_id,
    ) -> Page[Item]:
        """The page of rows that were read `after` this request's position, with its `limit`."""
        shown = rows[: self.page_size]
        has_more = len(rows) > self.page_size
        cursor = self.cursors.sign(position(shown[-1]), self.name) if has_more else None
        return Page[Any](data=[item(row) for row in shown], next_cursor=cursor, has_more=has_more)


async def _list_request(
    request: Request,
    caller: Party,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Items on a page.")] = USUAL_PAGE,
    cursor: Annotated[
        str | None,
        Query(max_length=LONGEST_CURSOR, pattern=TEXT_PATTERN, description="next_cursor of the page before."),
    ] = None,
) -> ListRequest:
    return ListRequest(_list_name(request, caller), request.app.state.cursors, limit, cursor)


# What every route that answers a page asks for.
Listing = Annotated[ListRequest, Depends(_list_request)]


def _list_name(request: Request, caller: Caller) -> str:
    """What a cursor is bound to: the path, who asks, and every filter that the route declares, by its name.

    The route does not write it, so it can forget none. A filter that is left out counts as its default.
    """
    filters: dict[str, Sequence[str | None]] = {
        name: request.query_params.getlist(name) or [_text(default)]
        for name, default in _query_parameters(request).items()
        if name not in _OF_THE_PAGE
    }
    return json.dumps([request.url.path, caller.party, caller.role, sorted(filters.items())])


def _text(default: Any) -> str | None:
    return None if default is None else str(default)


async def refuse_unknown_filters(request: Request) -> None:
    """A dependency of every app: a query parameter that the route does not declare is 400, not ignored."""
    if not request.scope["query_string"]:
        return
    known = _query_parameters(request)
    unknown = sorted(set(request.query_params) - known.keys())
    if unknown:
        found = [
            FieldError(
                pointer([name]), "unknown_field", "This parameter is not known here.", "query", tuple(sorted(known))
            )
            for name in unknown[:LARGEST_PAGE]
        ]
        raise FilterUnknown(errors=found)


def _query_parameters(request: Request) -> dict[str, Any]:
    """The query parameters that the route declares, with their defaults."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    # Members of a model of parameters carry no place of their own; path and header parameters do.
    return {
        field.alias: field.field_info.default
        for field in (() if dependant is None else get_flat_params(dependant))
        if getattr(field.field_info, "in_", ParamTypes.query) is ParamTypes.query
    }
