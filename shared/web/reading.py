"""What a route tells of people, declared in its decorator: `dependencies=[..., reads(DataKind.CLAIM, of="claim")]`.

Whoever reads it states for what (the header `Purpose`), and a row of the read log is written in the transaction of the
answer before that leaves; without the row there is no answer (decision 93).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

import orjson
import structlog
from fastapi import Depends, Request, Response, params
from sqlalchemy.exc import DBAPIError

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.errors import FieldError, JaringError
from shared.kernel.failpoints import failpoint
from shared.kernel.identifiers import new_id, person_number
from shared.kernel.reading import DataKind, Purpose
from shared.persistence.engine import Database
from shared.persistence.read_log import Read, Told
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller
from shared.web.errors import PurposeMissing, PurposeUnknown, ReadNotLogged

# By these names stand people themselves, and others where they are parties; by any other an id that leads to people.
PEOPLE = frozenset({"person", "party"})
_LONGEST_PATH = 500
_REFUSED = 400
_NOTHING = b"null"
# A person as it stands outside, and as a party.
_PUBLIC = re.compile(r"P[0-9]{9}[0-9A-Z]")
_PARTY = re.compile(r"person:(?P<number>[1-9][0-9]{0,17})")
_HEADER = b"purpose"
_ALLOWED = tuple(Purpose)

log = structlog.get_logger(__name__)


class Reads:
    """The dependency behind `reads`: it asks for what the caller reads, before the route does anything."""

    def __init__(self, data: tuple[DataKind, ...], of: tuple[str, ...]) -> None:
        if not data or not of:
            raise ValueError("a route tells some kind of data, of somebody")
        self.data = data
        self.of = of

    async def __call__(self, request: Request) -> None:
        state: dict[str, Any] = request.scope["state"]
        state["reading"] = Reading(self, _purpose(request, state["caller"]))


def reads(*data: DataKind, of: str | tuple[str, ...]) -> params.Depends:
    """Declare what kinds of data an answer holds, and of whom.

    ``of`` names what leads to them: a parameter of the path or the query, else a member of the answer, or of each of
    its items; parts of a member's place stand behind dots. It is a person's number, a party, or an id of which the
    service's table says whose it is (`whose.py` of its storage).
    """
    return Depends(Reads(data, (of,) if isinstance(of, str) else of))  # type: ignore[no-any-return]


class Telling:
    """What an answer tells of without naming it, such as figures of a few: the route says of what, by name and id."""

    def __init__(self) -> None:
        self.things: dict[str, set[str]] = {}

    def tells_of(self, name: str, ids: Iterable[UUID]) -> None:
        """That the answer tells of these."""
        self.things.setdefault(name, set()).update(map(str, ids))


async def _telling(request: Request) -> Telling:
    state: dict[str, Any] = request.scope["state"]
    found: Telling = state.setdefault("telling", Telling())
    return found


# For a route whose answer does not name whose data it tells.
TellsOf = Annotated[Telling, Depends(_telling)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one request reads, and for what."""

    declared: Reads
    purpose: Purpose | None

    async def keep(self, request: Request, response: Response) -> None:
        """Write down what the answer tells; raises ReadNotLogged where it cannot be, and nothing is told then."""
        state: dict[str, Any] = request.scope["state"]
        uow: UnitOfWork = state["unit"]
        told = told_by(self.declared.of, request, response)
        if (telling := state.get("telling")) is not None and response.status_code < _REFUSED:
            told = Told(told.persons, {**told.things, **telling.things})
        if not told:
            return
        try:
            await uow.reads.keep(self._read(request, state["caller"], uow.cause.correlation_id), told)
        except DBAPIError as reason:
            if is_transient(reason):
                raise
            log.error("read_not_logged", exc_info=reason)
            raise ReadNotLogged() from reason
        failpoint("reading.kept")

    async def keep_refused(self, request: Request, refusal: JaringError) -> None:
        """Write down what a refusal tells: what has changed of the thing in its address, such as amounts. Its own
        transaction was taken back, so this is another one; raises ReadNotLogged as `keep` does."""
        if not any(each.change for each in refusal.errors):
            return
        state: dict[str, Any] = request.scope["state"]
        database: Database = request.app.state.database
        cause = Cause(correlation_id=state["request_id"])
        async with database.begin(request.app.state.unit, cause, state["caller"]) as uow:
            state["unit"] = uow
            await self.keep(request, Response(_NOTHING))

    def _read(self, request: Request, caller: Caller, correlation_id: str) -> Read:
        return Read(
            id=new_id(),
            at=now(),
            tenant=caller.party,
            role=caller.role,
            client=caller.client_id,
            subject=caller.subject,
            office=caller.office,
            method=request.method,
            route=request.scope["route"].path,
            path=request.scope["path"][:_LONGEST_PATH],
            data=self.declared.data,
            purpose=self.purpose,
            correlation_id=correlation_id,
        )


def told_by(names: tuple[str, ...], request: Request, response: Response) -> Told:
    """Whose data was told by an answer, by the names of what leads to people: nobody's by a refusal, but see
    `Reading.keep_refused`."""
    if response.status_code >= _REFUSED:
        return Told()
    answer = _Answer(request, response)
    persons: set[int] = set()
    things: dict[str, set[str]] = {}
    for name in names:
        thing = name.rpartition(".")[2]
        if thing in PEOPLE:
            persons.update(_people(answer.values(name)))
        else:
            things[thing] = {str(UUID(value)) for value in answer.values(name)}
    return Told(frozenset(persons), things)


class _Answer:
    """What stands in a request's address and in its answer, which is read where the address does not say it."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response

    def values(self, name: str) -> Iterator[str]:
        """The texts of this name."""
        if name in self._request.path_params:
            yield str(self._request.path_params[name])
        elif name in self._request.query_params:
            yield self._request.query_params[name]
        else:
            yield from _found(self._body, name.split("."))

    @cached_property
    def _body(self) -> Any:
        return orjson.loads(self._response.body)


def _people(parties: Iterable[str]) -> Iterator[int]:
    """The numbers of those who are people."""
    for each in parties:
        if _PUBLIC.fullmatch(each):
            yield person_number(each)
        elif (party := _PARTY.fullmatch(each)) is not None:
            yield int(party["number"])


def _found(told: Any, place: list[str]) -> Iterator[str]:
    """The texts that stand in a place of an answer: of a list of each of its items, of a page of those on it."""
    if isinstance(told, list):
        for each in told:
            yield from _found(each, place)
    elif isinstance(told, dict):
        if place and place[0] in told:
            yield from _found(told[place[0]], place[1:])
        elif "data" in told:
            yield from _found(told["data"], place)
    elif isinstance(told, str) and not place:
        yield told


def _purpose(request: Request, caller: Caller) -> Purpose | None:
    """For what the caller reads; raises PurposeMissing, PurposeUnknown. A person needs none, and a partner may leave it
    out."""
    said = [value for name, value in request.scope["headers"] if name == _HEADER]
    if not said:
        if caller.is_officer:
            raise PurposeMissing(errors=[_error("missing", "This header is needed.")])
        return None
    try:
        (text,) = said
        return Purpose(text.decode("latin-1"))
    except ValueError:
        raise PurposeUnknown(errors=[_error("not_in_list", "The value is not one of those allowed.")]) from None


def _error(code: str, detail: str) -> FieldError:
    return FieldError("/purpose", code, detail, "header", _ALLOWED)


def declared_reads(route: Any) -> Reads | None:
    """What a route (or FastAPI's `RouteContext` of it) declares to tell, or None."""
    dependant = getattr(route, "dependant", None)
    declared = () if dependant is None else (each.call for each in dependant.dependencies)
    return next((each for each in declared if isinstance(each, Reads)), None)
