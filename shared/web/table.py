"""The routes of an app by their addresses, found without asking router after router.

FastAPI asks each included router, and that each of its routes, twice for one request. Here stand the routes that are
answered by a plan (`shared.web.handler`); whatever else is asked for, other methods of theirs among it, is FastAPI's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.convertors import StringConvertor
from starlette.routing import BaseRoute

from shared.web.handler import Handler, planned
from shared.web.routing import CommittingRoute

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
# Of what is no route with a path, such as a mounted app: whatever comes after it is FastAPI's.
_ANYTHING = re.compile("")


@dataclass(frozen=True, slots=True)
class Entry:
    """One route under one method: what it is called, and what answers it."""

    route: BaseRoute
    template: str
    handler: Handler


class Table:
    """Made when all routes are there; those that are added later it does not see."""

    def __init__(self, app: FastAPI) -> None:
        # In the order in which FastAPI asks them; None stands for a route that FastAPI answers.
        self._by_method: dict[str, list[tuple[re.Pattern[str], Entry | None]]] = {}
        for context in iter_route_contexts(app.routes):
            self._add(context)
        self._fixed = dict(self._without_parameters())

    def find(self, method: str, path: str) -> tuple[Entry, dict[str, str]] | None:
        """The route that FastAPI would choose, and the parameters in the path; None where FastAPI is to be asked."""
        fixed = self._fixed.get((method, path))
        return self._search(method, path) if fixed is None else (fixed, {})

    def _search(self, method: str, path: str) -> tuple[Entry, dict[str, str]] | None:
        for pattern, entry in self._by_method.get(method, ()):
            found = pattern.match(path)
            if found is not None:
                return None if entry is None else (entry, found.groupdict())
        return None

    def _add(self, context: RouteContext) -> None:
        entry = entry_of(context)
        pattern = getattr(context, "path_regex", _ANYTHING)
        for method in context.methods or _METHODS:
            self._by_method.setdefault(method, []).append((pattern, entry))

    def _without_parameters(self) -> Iterator[tuple[tuple[str, str], Entry]]:
        for method, routes in self._by_method.items():
            for _, entry in routes:
                if entry is None or "{" in entry.template:
                    continue
                found = self._search(method, entry.template)
                if found is not None and found[0] is entry:
                    yield (method, entry.template), entry


def entry_of(context: RouteContext) -> Entry | None:
    """The route by a plan; None where FastAPI answers it."""
    route = context.original_route
    # A class of routes that answers in a way of its own is asked in FastAPI's way.
    if not isinstance(route, CommittingRoute) or type(route).get_route_handler is not CommittingRoute.get_route_handler:
        return None
    plan = planned(context)
    is_plain = all(isinstance(each, StringConvertor) for each in context.param_convertors.values())
    if plan is None or context.path is None or not is_plain:
        return None
    return Entry(route, context.path, route.committing(plan))
