"""Runs the cases of the pack against an installation and compares what it answers with what the pack expects."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from conformance.errors import CannotRun
from conformance.installation import Employer, Installation, told
from conformance.model import Model
from conformance.pack import Case, Group, day_of
from conformance.people import Person, invented, invented_again

SEEDED_AT_ONCE = 8
SEED_TRIES = 5
MALAYSIA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Result:
    """What became of a case: passed, failed with what differs, or passed over with the reason."""

    case: Case
    state: str
    said: tuple[str, ...]
    seconds: float


@dataclass
class Stage:
    """What the steps of a group work on: employers, people of this run, and by employer what should stand of them."""

    installation: Installation
    employers: Mapping[str, Employer]
    today: date
    people: dict[str, Person] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    models: defaultdict[str, Model] = field(default_factory=lambda: defaultdict(Model))
    # By employer and person: the employment that was stated last.
    spells: dict[tuple[str, str], str] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_sent: bytes = b""


Step = Callable[[Stage, dict[str, Any]], Any]


@dataclass
class Run:
    """A run of the pack; `chance` makes people that no other run has."""

    installation: Installation
    employers: Mapping[str, Employer]
    steps: Mapping[str, Step]
    today: date | None = None
    chance: random.Random = field(default_factory=random.SystemRandom)
    report: Callable[[Result], None] = lambda _: None

    async def all(self, groups: Sequence[Group]) -> list[Result]:
        """The groups one after the other; the results of all cases."""
        results: list[Result] = []
        for group in groups:
            results += await self._group(group)
        return results

    async def _group(self, group: Group) -> list[Result]:
        if self.today is None:
            self.today = await self._business_day()
        stage = Stage(self.installation, self.employers, self.today)
        passed_over = {case.id: self._passed_over(case, self.today) for case in group.cases}
        named: set[str] = set().union(*(case.people for case in group.cases if not passed_over[case.id]))
        await self._seed({key: told for key, told in group.people.items() if key in named}, stage)
        results = []
        for case in group.cases:
            results.append(await self._case(case, stage, passed_over[case.id]))
            self.report(results[-1])
        return results

    def _passed_over(self, case: Case, today: date) -> str:
        missing = sorted(need for need in case.needs if not self.installation.has(need))
        if missing:
            return f"needs {' and '.join(missing)}: see --help"
        return case.not_on(today)

    async def _case(self, case: Case, stage: Stage, passed_over: str) -> Result:
        began = time.monotonic()
        if passed_over:
            return Result(case, "skipped", (passed_over,), 0.0)
        said: list[str] = []
        for place, step in enumerate(case.steps, start=1):
            kind = next((each for each in self.steps if each in step), None)
            if kind is None:
                raise CannotRun(f"{case.id}, step {place}: the runner knows none of {', '.join(step)}.")
            said += [f"step {place}: {what}" for what in await self._step(kind, stage, dict(step))]
        state = "failed" if said else "passed"
        return Result(case, state, tuple(said), time.monotonic() - began)

    async def _step(self, kind: str, stage: Stage, step: dict[str, Any]) -> list[str]:
        try:
            return list(await self.steps[kind](stage, step))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            # Another installation may answer anything: it is what differs, and ends no run.
            return [f"an answer is not as it is documented: {type(error).__name__}: {error}"]

    async def _business_day(self) -> date:
        """The installation's day: of the answer to a request, in Malaysia; a sandbox with a clock of its own says it in
        cover, which is asked of a person of this run."""
        person = invented("today", {"name": "{own} TODAY", "born_on": "1990-01-01"}, None, self.chance)
        stage = Stage(self.installation, self.employers, date(2015, 1, 5))
        await self._register(stage, person, date(2015, 1, 5))
        return day_said(await self.installation.call("GET", f"/v1/persons/{stage.numbers['today']}/cover"))

    async def _seed(self, people: Mapping[str, Mapping[str, Any]], stage: Stage) -> None:
        """Make these people up, and register those that their group does not register itself."""
        for key, described in people.items():
            started = described.get("started_on")
            started_on = None if started is None else day_of(started, stage.today)
            stage.people[key] = invented(key, described, started_on, self.chance)
        gate = asyncio.Semaphore(SEEDED_AT_ONCE)

        async def one(person: Person) -> None:
            async with gate:
                await self._register(stage, person, person.started_on)

        await asyncio.gather(*(one(each) for each in list(stage.people.values()) if each.registered))

    async def _register(self, stage: Stage, person: Person, started_on: date | None) -> None:
        for _ in range(SEED_TRIES):
            body = {
                "name": person.name,
                "national_id": person.national_id,
                "born_on": str(person.born_on),
                "residence": person.residence,
            }
            answer = await self.installation.call("POST", "/v1/persons", json=body)
            if answer.status_code != 409:
                break
            # Somebody of another run has the number: once in many thousands.
            person = invented_again(person, self.chance)
        _needed(answer, "register a person")
        if "person" not in told(answer):
            raise CannotRun(f"{self.installation.urls['registration']} does not answer as registration does.")
        stage.people[person.key] = person
        stage.numbers[person.key] = told(answer)["person"]
        if not person.employed or started_on is None:
            return
        answer = await hired(stage, person.key, "employer", started_on, person.work)
        _needed(answer, "start an employment")
        stage.spells["employer", person.key] = told(answer).get("spell", "")


def day_said(answer: httpx.Response) -> date:
    """The day that an answer about cover says, or else when it was given; raises CannotRun."""
    try:
        if answer.is_success and "at" in told(answer):
            return date.fromisoformat(told(answer)["at"])
        return parsedate_to_datetime(answer.headers["date"]).astimezone(MALAYSIA).date()
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRun("The installation does not say which day it is there: name it with --today.") from error


async def hired(stage: Stage, key: str, by: str, started_on: date, work: Mapping[str, Any]) -> httpx.Response:
    """State an employment of a person of the run."""
    spell = {
        "person": stage.numbers[key],
        "national_id": stage.people[key].national_id,
        "employer": stage.employers[by].number,
        "started_on": str(started_on),
        **work,
    }
    return await stage.installation.call("POST", "/v1/spells", by=by, json=spell)


def _needed(answer: httpx.Response, what: str) -> None:
    if not answer.is_success:
        body = told(answer)
        raise CannotRun(
            f"The installation does not let this employer {what}: {answer.status_code} {body.get('code', '')} "
            f"{body.get('detail') or body.get('title') or answer.text[:200]}"
        )
