"""What the pack says of months: each line and each wage of it, with who it is of, as two oracles are asked about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from conformance.pack import AMOUNTS, Case, Group, day_of, load, month_of, sen
from shared.kernel.periods import Month

# Of months that have not begun too.
TODAY = date(2026, 11, 30)
GROUPS = load()
CASES = [(group, case) for group in GROUPS for case in group.cases]
IDS = [case.id for _, case in CASES]
_OF_WORK = ("work_not_insured", "month_before_law")


@dataclass(frozen=True)
class Said:
    """What is said of a month: wages, amounts (None: nothing), and by field what is due where that is another."""

    line: Mapping[str, Any]
    person: Mapping[str, Any]
    started_on: date
    month: Month
    wages: int
    amounts: tuple[int | None, ...]
    due: Mapping[str, int]
    # The law has none of it in the month.
    left_out: bool
    # The person is released, or another employer may deduct it.
    may_owe_no_skbbk: bool

    def against(self, owed: Mapping[str, int]) -> list[str]:
        """In words, where the pack and what is owed differ."""
        said = []
        for name, amount in zip(AMOUNTS, self.amounts, strict=True):
            wrong_on_purpose = name in self.due
            expected = self.due.get(name, amount)
            if name == "skbbk_employee" and self.may_owe_no_skbbk and expected == 0:
                continue
            if expected is not None and expected != owed[name]:
                said.append(f"{name}: the pack says {expected}, owed is {owed[name]}: {self.line}")
            if wrong_on_purpose and amount == owed[name]:
                said.append(f"{name}: is said to be wrong, and is owed so: {self.line}")
        return said


def said_in(group: Group, case: Case) -> Iterator[Said]:
    """What a case says of months that are taken, or that are set aside for what the law says."""
    for line in _lines(case):
        faults = line.get("expect", ())
        codes = {code for _, code, *_ in faults}
        if codes - {"amount_differs", *_OF_WORK}:
            continue
        stated = line.get("posted") or line
        month = Month.of(month_of(line["month"], TODAY))
        yield Said(
            line,
            group.people[line["person"]],
            min(_starts(group, line["person"])),
            month,
            sen(stated["wages"]),
            tuple(None if each is None else sen(each) for each in stated["amounts"]),
            {name: sen(told[0]) for name, code, *told in faults if code == "amount_differs"},
            bool(codes & set(_OF_WORK)),
            _may_owe_no_skbbk(group, line["person"], month),
        )


def _lines(case: Case) -> Iterator[Mapping[str, Any]]:
    for step in case.steps:
        files = [step, *step.get("files", ())]
        for file in files:
            if "code" not in file.get("expect", {}):
                yield from (line for line in file.get("lines", ()) if "person" in line)
        for event in (*step.get("events", ()), step):
            if "posted" in event and "person" in event:
                yield {"person": event["person"], **event["posted"]}


def _steps(group: Group, member: str, person: str) -> Iterator[Mapping[str, Any]]:
    for case in group.cases:
        yield from (step for step in case.steps if step.get(member) == person and "expect" not in step)


def _starts(group: Group, person: str) -> Iterator[date]:
    described = group.people[person]
    if "started_on" in described and described.get("employed", True):
        yield day_of(described["started_on"], TODAY)
    for step in _steps(group, "hire", person):
        yield day_of(step["started_on"], TODAY)


def _may_owe_no_skbbk(group: Group, person: str, month: Month) -> bool:
    if month == Month(2026, 6) and any(_steps(group, "release", person)):
        return False
    hired = [day_of(step["started_on"], TODAY) for step in _steps(group, "hire", person) if step.get("by") == "second"]
    return any(_steps(group, "release", person)) or any(day <= month.last_day for day in hired)
