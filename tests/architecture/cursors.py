"""Which cursors the lists of an app take: only under the path, the caller and the filters that they were given for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from shared.kernel.errors import JaringError, Kind
from shared.kernel.identifiers import employer_id, person_id
from shared.security.fields import FieldCipher
from shared.security.tokens import Role
from shared.testing.asking import AppClient
from shared.web.paging import Cursors, Position
from tests.architecture.apps import EveryScope

# Two values of each parameter that is no list of values.
VALUES: Mapping[str, tuple[str, str]] = {
    "person": (person_id(1), person_id(2)),
    "party": ("employer:7", "employer:8"),
    "employer": (employer_id(1), employer_id(2)),
    "month": ("2026-07", "2026-08"),
    "reason": ("late_notice", "evidence_waits"),
    "claim": (str(UUID(int=1)), str(UUID(int=2))),
    "bank_file": (str(UUID(int=1)), str(UUID(int=2))),
    "recovery": (str(UUID(int=1)), str(UUID(int=2))),
    "session": (str(UUID(int=1)), str(UUID(int=2))),
    "search": (str(UUID(int=1)), str(UUID(int=2))),
    "spell": (str(UUID(int=1)), str(UUID(int=2))),
    "registration": (str(UUID(int=1)), str(UUID(int=2))),
    # No service has queues of these names: of its own an officer would need the role.
    "queue": ("one_queue", "another_queue"),
    "taken_by": ("one officer", "another officer"),
    "overdue": ("true", "false"),
    "own": ("true", "false"),
    "queried": ("true", "false"),
    "about": (f"claim/{UUID(int=1)}", f"claim/{UUID(int=2)}"),
    "type": ("wage.paid", "employee.hired"),
    "at": ("2026-07-01", "2026-07-02"),
    "figure": ("act4.calendar.payment_days", "act4.calendar.public_holidays"),
    "archive": (str(UUID(int=1)), str(UUID(int=2))),
    "known_at": ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z"),
}
_OF_THE_PAGE = {"limit", "cursor"}


class CursorTaken(JaringError):
    """A list took a cursor; it would query its database next."""

    code = "cursor_taken"
    title = "The list took the cursor"
    kind = Kind.CONFLICT


class NoUnit:
    """Stands where the unit of work stands: it has every repository, and a list reads its cursor before it asks one.

    It hides nothing from any officer.
    """

    async def hidden_from(self, _: str) -> set[str]:
        """Nothing."""
        return set()

    def __getattr__(self, _: str) -> "NoUnit":
        return self


@dataclass(frozen=True, slots=True)
class Question:
    """One request for a list: its path, its filters, and who asks."""

    path: str
    filters: Mapping[str, str]
    party: str = "organisation:1"
    role: Role = Role.OFFICER


@dataclass
class Names(Cursors):
    """Cursors that keep the names of the lists which read one; a request ends where it would go on with one."""

    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(bytes(range(32)))

    def read(self, cursor: str, list_name: str) -> Position:
        """Raises CursorInvalid, or else CursorTaken."""
        self.asked.append(list_name)
        super().read(cursor, list_name)
        raise CursorTaken


@dataclass
class Lists:
    """The lists of an app, by its OpenAPI document; no database stands behind them."""

    app: FastAPI
    document: dict[str, Any]
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        self.app.state.cursors = self.names
        # A list that opens what is encrypted has a key, and comes to nothing that it would open.
        self.app.state.field_cipher = FieldCipher("test", bytes(32))
        self._client = AppClient(self.app)

    def questions(self) -> Iterator[tuple[Question, list[Question]]]:
        """For each list a question, and others: those that differ from it in one thing, and those for other lists."""
        found = list(self._of_lists())
        for question, others in found:
            yield question, others + [other for other, _ in found if other.path != question.path]

    def _of_lists(self) -> Iterator[tuple[Question, list[Question]]]:
        for path, operations in self.document["paths"].items():
            # A header is no filter.
            declared = [each for each in operations.get("get", {}).get("parameters", []) if each["in"] != "header"]
            if any(parameter["name"] == "cursor" for parameter in declared):
                yield _variants(path, declared, self.document["components"]["schemas"])

    async def wrongly_taken(self) -> list[str]:
        """Each question under which a list took the cursor of another question; its own it has to take."""
        found = []
        lists = [(question, others, await self._name_of(question)) for question, others in self._of_lists()]
        for question, others, name in lists:
            cursor = self.names.sign([1], name)
            if not await self._takes(question, cursor):
                found.append(f"{question.path} refuses its own cursor")
            # A list takes what was signed under the name by which it reads: of another list that is known by now.
            taken = [other for other in others if await self._takes(other, cursor)]
            taken += [other for other, _, read in lists if other.path != question.path and read == name]
            found += [f"{question.path} takes the cursor of {question} under {other}" for other in taken]
        return found

    async def _name_of(self, question: Question) -> str:
        """The name under which the list reads a cursor for this question, and signs the one that it gives."""
        self.names.asked.clear()
        await self._ask(question, "x")
        (name,) = self.names.asked
        return name

    async def _takes(self, question: Question, cursor: str) -> bool:
        code = await self._ask(question, cursor)
        assert code in {"cursor_taken", "cursor_invalid", "officers_only"}, f"{question}: {code}"
        return code == "cursor_taken"

    async def _ask(self, question: Question, cursor: str) -> str:
        self.app.state.token_verifier = EveryScope(self.app, question.party, question.role)
        query, headers = {**question.filters, "cursor": cursor}, {"authorization": "Bearer x", "purpose": "claim"}
        answer = await self._client.get(question.path, params=query, headers=headers)
        return str(answer.json()["code"])


def _variants(path: str, declared: list[dict[str, Any]], schemas: Mapping[str, Any]) -> tuple[Question, list[Question]]:
    values = {
        parameter["name"]: VALUES.get(parameter["name"]) or _two_of(parameter["schema"], schemas)
        for parameter in declared
        if parameter["name"] not in _OF_THE_PAGE
    }
    of_path = re.findall(r"\{(\w+)\}", path)
    first = {name: pair[0] for name, pair in values.items()}
    filters = {name: value for name, value in first.items() if name not in of_path}
    question = Question(path.format_map(first), filters)
    others = [replace(question, party="organisation:2"), replace(question, role=Role.PARTNER)]
    for name, (_, other) in values.items():
        if name in of_path:
            others.append(replace(question, path=path.format_map({**first, name: other})))
        else:
            others.append(replace(question, filters={**filters, name: other}))
    optional = {parameter["name"] for parameter in declared if not parameter["required"]}
    others += [
        replace(question, filters={other: value for other, value in filters.items() if other != name})
        for name in sorted(optional & filters.keys())
    ]
    return question, others


def _two_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[str, str]:
    """Two of a list of values, without its default; KeyError where the parameter is something else: see VALUES."""
    for choice in schema.get("anyOf", [schema]):
        values = schemas[choice["$ref"].rpartition("/")[2]]["enum"] if "$ref" in choice else choice.get("enum")
        if values is not None:
            first, second, *_ = (value for value in values if value != schema.get("default"))
            return first, second
    raise KeyError(f"two values of {schema} belong into VALUES")
