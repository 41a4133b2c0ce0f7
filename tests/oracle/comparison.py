"""Where a decision differs from the oracle: in outcome, reason, citation, rate or days, or between the two benefits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.accidents import Accident
from tests.oracle.adapter import Decided, Decision
from tests.oracle.table import Judgement, Outcome, Verdict, judged

SHOWN = 3


def differences(judgement: Judgement, decided: Decided) -> list[str]:
    """What is wrong with a decision; nothing where the oracle says the same."""
    found = [*_of("employment injury", judgement.employment_injury, decided.employment_injury)]
    found += _of("SKBBK", judgement.non_employment_injury, decided.non_employment_injury)
    twice = _days(decided.employment_injury) & _days(decided.non_employment_injury)
    return found + [f"owed twice: {day}" for day in sorted(twice)[:1]]


def _of(benefit: str, verdict: Verdict, decision: Decision) -> Iterator[str]:
    expected = f"{verdict.outcome} ({verdict.rows[0].reason or verdict.rate})"
    if decision.outcome is not verdict.outcome:
        yield f"{benefit}: {decision.outcome} ({decision.reason}) in place of {expected}"
        return
    row = verdict.row_of(decision.reason)
    if row is None:
        yield f"{benefit}: the reason {decision.reason!r} is not true; expected {expected}"
        return
    yield from (
        f"{benefit}: {cite} is not cited ({row.reason or 'owed'})"
        for cite in row.cites
        if not any(cite in each for each in decision.cited)
    )
    yield from _of_money(benefit, verdict, decision)


def _of_money(benefit: str, verdict: Verdict, decision: Decision) -> Iterator[str]:
    rates = {each.sen for each in decision.terms} - {verdict.rate}
    if rates:
        yield f"{benefit}: {min(rates)} sen a day in place of {verdict.rate}"
    days = sorted(day for each in decision.terms for day in each.days)
    if tuple(days) != verdict.days:
        yield f"{benefit}: {len(days)} days in place of {len(verdict.days)}"


def _days(decision: Decision) -> set[date]:
    return {day for each in decision.terms for day in each.days}


# Where the statute book and the dossiers disagree. A dispute leaves this list when it is settled.
DISPUTES: dict[str, tuple[Callable[[Accident], bool], Callable[[str], bool]]] = {}


@dataclass
class Findings:
    """What a run over accidents found: the differences, the disputed ones, and which rows decided how often."""

    wrong: list[tuple[str, Accident]] = field(default_factory=list)
    disputed: Counter[str] = field(default_factory=Counter)
    decided_by: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)

    def add(self, accident: Accident, decided: Decided) -> None:
        """Hold one decision against the oracle."""
        judgement = judged(accident)
        first, second = judgement.employment_injury, judgement.non_employment_injury
        self.decided_by[("employment injury", first.rows[0].says)] += 1
        self.decided_by[("SKBBK", second.rows[0].says)] += 1
        self.outcomes[first.outcome, second.outcome] += 1
        for said in differences(judgement, decided):
            dispute = _dispute_of(accident, said)
            if dispute is None:
                self.wrong.append((said, accident))
            else:
                self.disputed[dispute] += 1

    def join(self, other: "Findings") -> None:
        """Add what another run found."""
        self.wrong += other.wrong
        self.disputed.update(other.disputed)
        self.decided_by.update(other.decided_by)
        self.outcomes.update(other.outcomes)

    def shown(self) -> list[str]:
        """The kinds of difference with the first accidents of each, to be read."""
        kinds: dict[str, list[Accident]] = {}
        for said, accident in self.wrong:
            kinds.setdefault(said, []).append(accident)
        return [f"{len(found)} x {said}: {found[:SHOWN]}" for said, found in sorted(kinds.items())]


def _dispute_of(accident: Accident, said: str) -> str | None:
    return next((name for name, (about, says) in DISPUTES.items() if about(accident) and says(said)), None)


def compared(accidents: Iterable[Accident], decide: Callable[[Accident], Decided]) -> Findings:
    """Have every accident decided, and hold each decision against the oracle."""
    findings = Findings()
    for accident in accidents:
        findings.add(accident, decide(accident))
    return findings
