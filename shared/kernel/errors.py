"""The base of every error that a caller may meet: a stable code, a short fact, and what to do next."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Kind(StrEnum):
    """What sort of refusal it is; `shared.web.problems` maps each kind to one HTTP status."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_SLOW = "too_slow"
    CONFLICT = "conflict"
    PRECONDITION_FAILED = "precondition_failed"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    INVALID = "invalid"
    REFUSED_BY_LAW = "refused_by_law"
    PRECONDITION_REQUIRED = "precondition_required"
    CHECKSUM_DIFFERS = "checksum_differs"
    TOO_MANY = "too_many"
    HEAD_TOO_LARGE = "head_too_large"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Where the law says so, for example `LegalBasis("Act 4", "s.22")`."""

    act: str
    section: str

    def __str__(self) -> str:
        return f"{self.act} {self.section}"


@dataclass(frozen=True, slots=True)
class FactChange:
    """What of something has changed since it was looked at, by name; None: it is not known then."""

    fact: str
    before: str | int | None
    now: str | int | None


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad member of a request: a JSON pointer (RFC 6901), a stable code and a fact, never the offending value.

    `location` says what the pointer points into: body, query, path, header, or check (of readiness). `allowed` names
    the choices that there are, where the member is a choice, `change` what is known otherwise than the caller saw it.
    """

    pointer: str
    code: str
    detail: str
    location: str = "body"
    allowed: tuple[str, ...] = ()
    change: FactChange | None = None


class JaringError(Exception):
    """Base of the platform's errors; a subclass declares `code`, `title` and `kind`, and may declare the rest.

    `code` is stable and in snake_case; `title_ms` is the title in Malay; `detail` states the fact, `hint` the next
    step. `facts` carries ids and counts. None of them holds a national id, a name, an account number or the value that
    was refused: they reach logs.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    title_ms: ClassVar[str] = ""
    kind: ClassVar[Kind]
    detail: str = ""
    hint: str = ""
    law: LegalBasis | None = None

    def __init_subclass__(cls) -> None:
        """Refuse a malformed code, or a code without title and kind, when the module is imported."""
        super().__init_subclass__()
        code = cls.__dict__.get("code")
        if code is None:
            return
        if not _CODE.fullmatch(code):
            raise TypeError(f"{cls.__name__}: the code {code!r} is not in snake_case")
        if not hasattr(cls, "title") or not hasattr(cls, "kind"):
            raise TypeError(f"{cls.__name__}: an error with a code also declares a title and a kind")

    def __init__(
        self,
        detail: str | None = None,
        *,
        hint: str | None = None,
        facts: Mapping[str, str | int] | None = None,
        law: LegalBasis | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        self.detail = type(self).detail if detail is None else detail
        self.hint = type(self).hint if hint is None else hint
        self.law = law or type(self).law
        self.facts: dict[str, str | int] = dict(facts or {})
        self.errors = tuple(errors)
        super().__init__(self.detail or self.title)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail or self.title}"


def error_classes(base: type[JaringError] = JaringError) -> list[type[JaringError]]:
    """Every imported error with a code of its own, ordered by code (for the error page and its test)."""
    found = {base} if "code" in base.__dict__ else set()
    for child in base.__subclasses__():
        found.update(error_classes(child))
    return sorted(found, key=lambda error: error.code)
