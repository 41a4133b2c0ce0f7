"""Runs worked cases and says of each difference what was expected, what came, and how: `make cases FILE=...`."""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from shared.kernel.errors import JaringError
from shared.kernel.money import half_up, ringgit, sen_from_ringgit
from shared.law.book import Book, book
from shared.law.case_files import Case, CaseError, cases_and_faults
from shared.law.decision import DecisionRecord
from shared.law.determination import (
    NEEDS_OFFICER,
    REFUSED,
    Determination,
    determination,
    determination_of,
    determinations,
    determine,
)
from shared.law.errors import NO_ANSWER
from shared.law.explanation import explain
from shared.law.fact_types import MalformedFact, Written, as_list, plain_amount, plain_name
from shared.law.figures import percentage

OWN = Path(__file__).parent / "tests" / "cases"
OUTCOME, REASON, ERROR, FIGURE, TERMS = "outcome", "reason", "error", "figure", "terms"
EVERYTHING_KNOWN = date.max
TERM_PARTS, OPEN = ("to", "amount", "per", "from", "until", "as"), "on"
_YES_NO = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}
_CITATION = re.compile(r" \(.*\)$")  # a test as the list of a question has it, with its law


@dataclass(frozen=True)
class Difference:
    """One thing that is not as expected, both sides as a lawyer writes them; an absent one is "nothing"."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True)
class Ran:
    """A case that was run: its differences, and the lines that explain how the answer came about."""

    case: Case
    differences: tuple[Difference, ...]
    explanation: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences


def run(case: Case, law: Book | None = None) -> Ran:
    """Ask the law what a case asks, and compare. Raises `CaseError` for one that cannot be asked."""
    asked = _asked(case)
    the_law = (law or book()).on(case.on, case.known or EVERYTHING_KNOWN)
    try:
        record = determine(asked, case.facts, the_law)
    except MalformedFact as fault:
        if ERROR in case.expect:
            return _ran_into(case, fault)
        place = case.line_of("facts", fault.fact.partition(": ")[0])
        raise CaseError(place, str(fault.detail), case.name) from fault
    if not case.expect:
        raise CaseError(case.place, "nothing is expected", case.name)
    got = answers(record)
    if ERROR in got:
        return Ran(case, (*_no_answer(case, got), *_terms_that_differ(case, record)), tuple(explain(record)))
    differences = (*_differences(case, asked, got), *_terms_that_differ(case, record))
    return Ran(case, differences, (*_days_that_differ(case, asked, record), *explain(record)))


def _days_that_differ(case: Case, asked: Determination, record: DecisionRecord) -> Iterable[str]:
    """A line where `on` is not the day that the question says it is, as a fact states that day."""
    days = [fact["value"] for fact in record.body["facts"] if fact["name"] == asked.law_day]
    for day in days:
        if asked.law_of({asked.law_day: day}, book(), case.on).in_force != case.on:
            yield f"Note: on is {case.on}, and {asked.law_day} is {day}; the law of the day under on was asked"


def _asked(case: Case) -> Determination:
    plain = {plain_name(name): name for name in determinations()}
    try:
        return determination(plain.get(plain_name(case.about).replace("act ", "act", 1), case.about))
    except JaringError as fault:
        raise CaseError(case.lines.get("about", case.place), str(fault.detail), case.name) from fault


def _ran_into(case: Case, fault: MalformedFact) -> Ran:
    """The facts are refused, and the case expects it."""
    got = {ERROR: fault.code}
    return Ran(case, tuple(_no_answer(case, got)), (f"{fault.code}: {fault.detail or fault.title}",))


def _no_answer(case: Case, got: Mapping[str, str]) -> Iterable[Difference]:
    """An error is compared by its code, and by the figure that it names."""
    names = [name for name in case.expect if name in got] + [name for name in case.expect if name not in got]
    for name in names:
        if name == TERMS:
            continue
        if name not in got or not _same(name, case.expect[name], got[name]):
            yield Difference(name, str(case.expect[name]), got.get(name, "nothing"))
    if ERROR not in case.expect:
        yield Difference(ERROR, "nothing", got[ERROR])


def answers(record: DecisionRecord) -> Mapping[str, str]:
    """What a record says, as a lawyer writes it: its outcome, the reason of a refusal, and every result."""
    body = record.body
    if body["outcome"] == NO_ANSWER:
        return {ERROR: body["reason"]} | {
            name: str(body["details"][name]) for name in (FIGURE,) if name in body["details"]
        }
    found = {OUTCOME: str(body["outcome"])}
    open_to_a_person = determination_of(record).officer_tests
    unmet = [test["name"] for test in body["tests"] if not test["met"]]
    for name in sorted(unmet, key=open_to_a_person.__contains__):
        found.setdefault(REASON, name)
    found.update((amount["name"], as_written(amount["unit"], amount["value"])) for amount in body["amounts"])
    return found


def as_written(unit: str, value: int | str) -> str:
    """A result in the form of the case files: amounts with two decimals, an amount that is not whole sen exactly."""
    if unit == "yes_no":
        return "yes" if value else "no"
    if unit in ("date", "text"):
        return str(value)
    exact = Fraction(value)
    if unit in ("sen", "ringgit"):
        return ringgit(int(exact)) if exact.denominator == 1 else str(exact / 100)
    return percentage(exact, most_decimals=6) if unit == "percent" else str(exact)


def _differences(case: Case, asked: Determination, got: Mapping[str, str]) -> Iterable[Difference]:
    for name, expected in case.expect.items():
        if name == TERMS:
            continue
        if name in (ERROR, FIGURE):
            yield Difference(name, str(expected), "nothing")
        elif name not in got and not _is_known(asked, name):
            known = ", ".join(_known(asked))
            raise CaseError(case.line_of("expect", name), f"unknown result {name!r}; known are {known}", case.name)
        elif not _same(name, expected, got.get(name)):
            yield Difference(name, str(expected), got.get(name, "nothing"))
    if OUTCOME not in case.expect and REASON not in case.expect and got[OUTCOME] in (REFUSED, NEEDS_OFFICER):
        yield Difference(OUTCOME, asked.granted, f"{got[OUTCOME]}: {got.get(REASON, '')}")


def _terms_that_differ(case: Case, record: DecisionRecord) -> Iterable[Difference]:
    """The terms that are owed, compared as a whole and in any order, where the case expects terms."""
    if TERMS not in case.expect:
        return
    expected = [_expected_term(case, each) for each in as_list(case.expect[TERMS])]
    got = [
        (
            term["party"],
            ringgit(term["sen"]),
            term["per"],
            term["first"],
            term.get("last", OPEN),
            term.get("benefit", ""),
        )
        for term in record.body["terms"]
    ]
    for missing in sorted(set(expected) - set(got)):
        yield Difference(TERMS, " ".join(missing).rstrip(), "nothing")
    for unexpected in sorted(set(got) - set(expected)):
        yield Difference(TERMS, "nothing", " ".join(unexpected).rstrip())


def _expected_term(case: Case, written: Written) -> tuple[str, ...]:
    """Whom, how much, how often, from when, until when, and as what where a question is about several benefits."""
    term = written if isinstance(written, dict) else {}
    if not isinstance(written, dict) or not {"to", "amount", "per", "from"} <= term.keys() <= set(TERM_PARTS):
        raise CaseError(case.line_of("expect", TERMS), f"a term has {', '.join(TERM_PARTS)} (open without)", case.name)
    absent = {"until": OPEN, "as": ""}
    to, amount, per, first, last, benefit = (str(term.get(part, absent.get(part))) for part in TERM_PARTS)
    return to, ringgit(sen_from_ringgit(plain_amount(amount))), per, first, last, benefit


def _same(name: str, expected: Written, got: str | None) -> bool:
    if got is None or not isinstance(expected, str):
        return False
    if name in (REASON, OUTCOME, ERROR):
        return plain_name(_CITATION.sub("", expected)) == plain_name(got)
    return _YES_NO.get(expected.lower(), expected) == got or _same_number(_number(expected), got)


def _number(expected: str) -> str:
    """A number as it is compared: without RM, thousands separators and the sign of a percentage."""
    return plain_amount(expected.strip().removesuffix("%").rstrip())


def _same_number(expected: str, got: str) -> bool:
    """68, 68.0 and 68.00 are one amount; an exact amount such as 7400/3 is met by its two decimals, half up."""
    try:
        wanted, exact = Fraction(expected), Fraction(got)
    except (ValueError, ZeroDivisionError):
        return False
    if wanted == exact:
        return True
    return "/" in got and "/" not in expected and wanted * 100 == half_up(exact * 100)


def _is_known(asked: Determination, name: str) -> bool:
    return name in (OUTCOME, REASON) or any(result.pattern.fullmatch(name) for result in asked.results)


def _known(asked: Determination) -> list[str]:
    return [OUTCOME, REASON, ERROR, FIGURE, TERMS, *(result.name for result in asked.results)]


def main(arguments: list[str]) -> int:
    """Run the cases of a file or folder, by default this project's own; the exit code is 1 when any differs."""
    ran, malformed = [], 0
    for found in cases_and_faults(Path(arguments[0]) if arguments else OWN):
        try:
            if isinstance(found, CaseError):
                raise found
            ran.append(run(found))
            _say(ran[-1])
        except CaseError as fault:
            malformed += 1
            sys.stdout.write(f"MALFORMED  {fault.name or 'no name could be read'} ({fault.place})\n  {fault.detail}\n")
    failed = [each for each in ran if not each.passed]
    count = len(ran) + malformed
    sys.stdout.write(
        f"\n{count} cases: {len(ran) - len(failed)} as expected, {len(failed)} different, {malformed} malformed\n"
    )
    return 1 if failed or malformed or not count else 0


def _say(ran: Ran) -> None:
    if ran.passed:
        sys.stdout.write(f"ok         {ran.case.about}: {ran.case.name}\n")
        return
    lines = [f"DIFFERENT  {ran.case.about}: {ran.case.name} ({ran.case.place})"]
    lines += [f"  {each.what}: expected {each.expected}, got {each.got}" for each in ran.differences]
    lines += [f"    {line}" for line in ran.explanation]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
