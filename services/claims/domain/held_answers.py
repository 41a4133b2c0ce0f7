"""What officers are asked to let stand: the answers that are held, and what of them is another than it was before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from services.claims.domain.answers import Answer
from services.claims.domain.queues import Reasons
from shared.kernel.errors import FactChange, FieldError
from shared.kernel.periods import Days, Month
from shared.law.decision import DecisionRecord, Per

Held: TypeAlias = Mapping[str, DecisionRecord]
"""The records of held answers, by question."""

# Of a term that goes on, and of one that is long: the amounts of later months are those of the last one that is shown.
_MOST_MONTHS = 36
_LONGEST_NAME, _LONGEST_VALUE = 64, 200


@dataclass(frozen=True)
class HeldAnswers:
    """The answers that a task laid before officers as a revision."""

    revision: int
    records: Held


def held_answers(answers: Mapping[str, Answer], reasons: Reasons) -> Mapping[str, Held]:
    """For each question that waits for people: its answer, and those of others that wait for the same reason.

    What no law was asked about yet has no record.
    """
    return {
        name: {each.question: each.record for each in alike(name, answers, by_queue) if each.record is not None}
        for name, by_queue in reasons.items()
    }


def alike(name: str, answers: Mapping[str, Answer], by_queue: Mapping[str, str]) -> list[Answer]:
    """The answer to a question that waits for people, and those that an approval of it lets stand as well."""
    reasons = set(by_queue.values())
    return [each for each in answers.values() if each.question == name or reasons & {each.reason, *each.looks}]


def changes(before: Held, now: Held) -> list[FieldError]:
    """What of the answers changed, what matters most first: outcomes and totals, law, amounts by month, facts."""
    questions = sorted({*before, *now})
    both = [(name, _body_of(before, name), _body_of(now, name)) for name in questions]
    steps = (_outcome, _totals, _law, _months, _facts)
    return [error for step in steps for name, old, new in both for error in _differences(name, step(old), step(new))]


def _body_of(held: Held, question: str) -> Mapping[str, Any]:
    return held[question].body if question in held else {}


def amounts_by_month(terms: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """What is owed for each month, in sen: of terms by the day and by the month, and of what is owed once.

    What goes on is added up for three years, and then said as `from 2029-08`: so much a month.
    """
    found: dict[str, int] = {}
    for term in terms:
        for month, sen in _of_term(term):
            found[month] = found.get(month, 0) + sen
    return found


def _of_term(term: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    first, sen = Month.of(date.fromisoformat(term["first"])), int(term["sen"])
    last = None if "last" not in term else date.fromisoformat(term["last"])
    if term["per"] == Per.ONCE.value:
        yield str(first), sen
        return
    end = first + (_MOST_MONTHS - 1)
    shown = end if last is None else min(end, Month.of(last))
    for month in (first + number for number in range(shown - first + 1)):
        yield str(month), sen * _times(term, month, last)
    if last is None or end < Month.of(last):
        yield f"from {end.next}", sen


def _times(term: Mapping[str, Any], month: Month, last: date | None) -> int:
    """How often the amount is owed in a month."""
    if term["per"] == Per.MONTH.value:
        return 1
    begins, ends = date.fromisoformat(term["first"]), month.last_day if last is None else last
    in_month = Days(begins, ends).intersect(Days(month.first_day, month.last_day))
    return 0 if in_month is None else len(in_month)


def _outcome(body: Mapping[str, Any]) -> dict[str, str | int]:
    if not body:
        return {}
    reason = {"reason": body["reason"]} if body.get("reason") else {}
    return {"outcome": body["outcome"], **reason}


def _totals(body: Mapping[str, Any]) -> dict[str, str | int]:
    amounts = {each["name"]: each["value"] for each in body.get("amounts", ())}
    return {name: value if isinstance(value, int) else _written(value) for name, value in amounts.items()}


def _law(body: Mapping[str, Any]) -> dict[str, str | int]:
    cited = {law for part in ("tests", "amounts", "looks") for each in body.get(part, ()) for law in each["law"]}
    return {"law": "; ".join(sorted(cited))} if cited else {}


def _months(body: Mapping[str, Any]) -> dict[str, str | int]:
    by_party: dict[str, list[Mapping[str, Any]]] = {}
    for term in body.get("terms", ()):
        by_party.setdefault(term["party"], []).append(term)
    return {
        f"{party} {month}": sen
        for party, terms in by_party.items()
        for month, sen in sorted(amounts_by_month(terms).items())
    }


def _facts(body: Mapping[str, Any]) -> dict[str, str | int]:
    return {each["name"]: _stated(each) for each in body.get("facts", ())}


def _stated(fact: Mapping[str, Any]) -> str:
    """The value, and what stated it: another certificate that says the same is another basis.

    What rests on the answer to a question before it changes with that, which is told by itself.
    """
    sources = ", ".join(f"{each['kind']} {each['id']}" for each in fact["sources"] if each["kind"] != "decision")
    return f"{_written(fact['value'])} ({sources})" if sources else _written(fact["value"])


def _written(value: object) -> str:
    """A value of a record as it is read."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_written(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_written, value))
    return str(value)


def _differences(question: str, before: Mapping[str, str | int], now: Mapping[str, str | int]) -> Iterator[FieldError]:
    for name in sorted({*before, *now}):
        was, is_now = before.get(name), now.get(name)
        if was != is_now:
            yield _error(f"{question}/{name}", _short(was), _short(is_now))


def _error(name: str, was: str | int | None, is_now: str | int | None) -> FieldError:
    shown = ("–" if each is None else each for each in (was, is_now))
    change = FactChange(name[:_LONGEST_NAME], was, is_now)
    return FieldError("/revision", "changed", f"{name}: {' → '.join(map(str, shown))}"[:500], change=change)


def _short(value: str | int | None) -> str | int | None:
    return value if not isinstance(value, str) or len(value) <= _LONGEST_VALUE else f"{value[: _LONGEST_VALUE - 1]}…"
