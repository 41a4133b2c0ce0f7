"""The error page, docs/errors.md, generated from the error classes: every code, its status, its titles and its hint."""

import importlib
import re
from collections.abc import Iterable
from pathlib import Path

from shared.kernel.errors import JaringError, error_classes
from shared.web import malay
from shared.web.problems import STATUS
from shared.web.validation import DETAILS

ROOT = Path(__file__).resolve().parents[2]

_HEAD = """# Errors

Every refusal is an RFC 9457 problem (`application/problem+json`). `type` is `/errors/<code>`, which is a row of this page; `code` never changes its meaning; `title` belongs to the code, `detail` and `hint` to the case; `errors[]` points at each bad member by JSON pointer; `request_id` is what to quote when you ask us. A refusal by law carries `act` and `section`. Send `Accept-Language: ms` for Malay. What you sent is never repeated.

After a 503, and after `idempotency_in_flight`, send the same request again with the same `Idempotency-Key`. A 500 is ours: our log has it under the request id.

This page is generated from the error classes (`make contracts`). The status of a kind is chosen in `shared/web/problems.py`, once.

## Codes

| code | status | title | Malay title | where | hint |
| --- | --- | --- | --- | --- | --- |
"""  # noqa: E501 (a paragraph of the page is one line)
_MEMBERS = """
## Codes of a bad member (`errors[].code`)

| code | detail | Malay detail |
| --- | --- | --- |
"""
_TAIL = """| `check_failed` | A dependency gave no answer in time (`/readyz` only). | |
| `changed` | What of a task's subject changed since the revision that was named: what it was, and what it is. | |
"""
# A class with a code of its own, wherever it stands.
_DECLARES = re.compile(r"^    code = \"[a-z0-9_]+\"$", re.MULTILINE)


def declared_errors(root: Path = ROOT) -> list[type[JaringError]]:
    """Every error class of the shared rooms and of the services, ordered by code; tests have none in it."""
    for room in ("shared", "services"):
        for file in sorted((root / room).rglob("*.py")):
            path = file.relative_to(root)
            if "tests" not in path.parts and _DECLARES.search(file.read_text(encoding="utf-8")):
                importlib.import_module(".".join(path.with_suffix("").parts))
    return [error for error in error_classes() if "tests" not in error.__module__.split(".")]


def page(errors: Iterable[type[JaringError]]) -> str:
    """The page as Markdown."""
    codes = "".join(_row(error) for error in errors)
    members = "".join(f"| `{code}` | {DETAILS[code]} | {malay.FIELDS[code]} |\n" for code in sorted(DETAILS))
    return _HEAD + codes + _MEMBERS + members + _TAIL


def _row(error: type[JaringError]) -> str:
    cells = (f"`{error.code}`", str(STATUS[error.kind]), error.title, error.title_ms, _where(error), error.hint)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _where(error: type[JaringError]) -> str:
    room, name, *_ = error.__module__.split(".")
    return name if room == "services" else "every service"
