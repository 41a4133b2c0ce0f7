"""Seeded traffic through the public API and files: companies of workers, their contributions, accidents and new jobs.

What a company does depends on the seed and its number alone, not on timing; what is answered 2xx goes into the account.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx

from deploy.local.officers import PROPOSES, let_count
from deploy.local.story import HOSPITAL, OFFICER
from services.registration.files.contribution_file import FileLine, render
from shared.kernel.periods import Month
from tests.prove.long.oracle import LOST_FROM, UNFIT_FROM, Accident, Account, line
from tests.prove.partner import Partner

PEOPLE = (30, 70)
ACCIDENTS = (1, 4)
# Of the injured, of those who were in a centre, and again of the injured; and how much these lose, in per cent.
REHABILITATED, PLACED, LOST, LOSS = 0.2, 0.75, 0.3, (5, 60)
AT_ONCE = 4
BIRTHDAYS = 9_000
PATIENCE_S = 900.0
ACCIDENT_DAY = UNFIT_FROM - timedelta(days=1)
FIT_FROM = date(2026, 8, 3)
EARLY_MONTHS = tuple(range(202601, 202606))
JUNE, SEPTEMBER = 202606, 202609
HISTORY = tuple(year * 100 + month for year in range(2020, 2026) for month in range(1, 13))
# Late files of many months are what makes most events at the least cost: two for each month.
LATE_FILES, PEOPLE_IN_EACH = 3, 5
STRANGER = "991231149999"


class Refused(AssertionError):
    """The platform refused what it should take."""


@dataclass
class Worker:
    """One of a company's people."""

    mykad: str
    born_on: date
    wage: int
    june_wage: int
    person: str = ""
    spell: str = ""

    @property
    def number(self) -> int:
        """The person's number."""
        return int(self.person[1:-1])

    @property
    def national_id(self) -> dict[str, str]:
        """As the API takes it."""
        return {"kind": "mykad", "number": self.mykad}


@dataclass(frozen=True)
class Injury:
    """What happens to one of the workers: how many days are paid, what comes after them, and what is lost for good."""

    worker: Worker
    after_s: float
    days: int
    rehabilitated: bool
    placed: bool
    loss: int


@dataclass
class Company:
    """One company's life, from its registration to the last of its injured workers."""

    seed: int
    number: int
    partner: Partner
    account: Account
    reported: Callable[[str], None]
    employer: str = ""
    office: str = ""
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed}/{self.number}")
        count = self.random.randint(*PEOPLE)
        self.workers = [self._worker(index) for index in range(count)]
        injured = self.random.sample(self.workers, self.random.randint(*ACCIDENTS))
        self.injuries = [self._injury(worker) for worker in injured]
        self.corrects_june = self.random.random() < 0.5
        self._gate, self._opening = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def live(self) -> None:
        """All that happens; raises Refused."""
        self.employer = await self._employer("K")
        await self._each(self._register(worker) for worker in self.workers)
        await self._each(self._payee(each.worker) for each in self.injuries)
        early = [(month, each, each.wage) for month in EARLY_MONTHS for each in self.workers]
        await self._contribute(self.employer, early)
        # June is on its way while the accidents are reported: whichever comes first, the end is the same.
        accidents = [self._suffer(injury) for injury in self.injuries]
        await asyncio.gather(self._june(), self._history(), self._leavers(), *accidents)

    async def _june(self) -> None:
        """The late file; in some companies a second one corrects it, and the first brings lines that are no good."""
        lines = [(JUNE, each, each.june_wage) for each in self.workers]
        if self.corrects_june:
            wrong = [(month, each, wage + 10_000) for month, each, wage in lines[: len(lines) // 2]]
            await self._contribute(self.employer, [*wrong, *lines[len(lines) // 2 :]], bad=3)
        await self._contribute(self.employer, lines)

    async def _history(self) -> None:
        """Six years that a few of the people never had declared."""
        for at in range(LATE_FILES):
            few = self.workers[at * PEOPLE_IN_EACH :][:PEOPLE_IN_EACH]
            await self._contribute(self.employer, [(month, each, each.wage) for month in HISTORY for each in few])

    async def _leavers(self) -> None:
        """One in five leaves at the end of October."""
        safe = {each.worker.mykad for each in self.injuries}
        leaving = [each for each in self.workers[::5] if each.mykad not in safe]
        await self._each(self._end(each) for each in leaving)

    async def _suffer(self, injury: Injury) -> None:
        """An accident at some moment; for some rehabilitation and mostly a new job follow, for some a loss."""
        await asyncio.sleep(injury.after_s)
        accident = await self._report(injury)
        if injury.rehabilitated:
            await self._rehabilitate(injury, accident)
        if injury.loss:
            await self._lose(injury, accident)

    async def _employer(self, letter: str) -> str:
        code = f"{letter}{self.seed % 1000:03d}{self.number:07d}{letter}"
        body = {"name": f"SYARIKAT {letter} {self.number} SDN BHD", "employer_code": code}
        answer = await self._post("registration", "/v1/employers", OFFICER, json=body)
        employer: str = answer["employer"]
        self.account.employers.add(_number(employer))
        await self.partner.admit(_party(employer))
        return employer

    async def _register(self, worker: Worker) -> None:
        person = {
            "name": _name(worker),
            "national_id": worker.national_id,
            "born_on": worker.born_on.isoformat(),
            "residence": "citizen",
        }
        answer = await self._post("registration", "/v1/persons", _party(self.employer), json=person)
        worker.person = answer["person"]
        self.account.persons.add(worker.number)
        worker.spell = await self._spell(worker, self.employer, "2020-01-06")

    async def _spell(self, worker: Worker, employer: str, started_on: str) -> str:
        body = {
            "person": worker.person,
            "national_id": worker.national_id,
            "employer": employer,
            "started_on": started_on,
        }
        # An officer's word: an employer's, stated after the accident, would wait for one.
        answer = await self._post("registration", "/v1/spells", OFFICER, json=body)
        self.account.spells[answer["spell"]] = (worker.number, _number(employer), started_on, "")
        return str(answer["spell"])

    async def _end(self, worker: Worker) -> None:
        # An officer's word: an employer's would wait for one, a month later.
        path = f"/v1/spells/{worker.spell}/end"
        await self._post("registration", path, OFFICER, json={"ended_on": "2026-10-31"})
        person, employer, first, _ = self.account.spells[worker.spell]
        self.account.spells[worker.spell] = (person, employer, first, "2026-10-31")

    async def _payee(self, worker: Worker) -> None:
        account = {"bank_bic": "MBBEMYKL", "number": f"{self.number:06d}{worker.number % 10**6:06d}"}
        body = {"person": worker.person, "account_name": "PEKERJA", "account": account}
        await self._post("benefits", "/v1/payees", OFFICER, json=body)
        self.account.payees.add(worker.number)

    async def _contribute(self, employer: str, lines: Sequence[tuple[int, Worker, int]], bad: int = 0) -> None:
        """A file of lines (month, worker, wage in sen), with some that are no good; the last one received counts."""
        code = f"{'K' if employer == self.employer else 'P'}{self.seed % 1000:03d}{self.number:07d}"
        code += code[0]
        sent = [
            FileLine(code, each.mykad, _name(each), _month(month), *line(wage, month)) for month, each, wage in lines
        ]
        strangers = [FileLine(code, STRANGER, "TIADA", _month(JUNE), *line(200_000, JUNE)) for _ in range(bad)]
        content = render([*sent, *strangers])
        headers = {"content-type": "text/plain"}
        path = "/v1/contribution-files"
        answer = await self._post("registration", path, _party(employer), content=content, headers=headers)
        self.account.files[answer["file"]] = (len(sent) + bad, len(sent))
        number = _number(employer)
        self.account.lines.update({(number, month, each.number): wage for month, each, wage in lines})

    async def _report(self, injury: Injury) -> Accident:
        """The hospital reports; the day of the accident was paid by the employer, so unfitness begins after it."""
        first, last = (ACCIDENT_DAY + timedelta(days=number) for number in (1, injury.days))
        notice = {
            "national_id": injury.worker.national_id,
            "name": _name(injury.worker),
            "happened_on": str(ACCIDENT_DAY),
            "place": "at_work",
            "certificate": {"first": str(first), "last": str(last), "issued_on": str(ACCIDENT_DAY)},
        }
        answer = await self._post("claims", "/v1/notices", HOSPITAL, json=notice)
        accident = Accident(answer["claim"], injury.worker.number, injury.days)
        self.account.accidents[accident.claim] = accident
        self.reported(accident.claim)
        return accident

    async def _rehabilitate(self, injury: Injury, accident: Accident) -> None:
        """A centre discharges with a final certificate: the benefit ends the day before the worker is fit."""
        worker = injury.worker
        referral = (await self._first("rehab", f"/v1/referrals?person={worker.person}"))["referral"]
        path = f"/v1/referrals/{referral}"
        await self._post("rehab", f"{path}/take", OFFICER, json={"case_manager": "CM-7"})
        admission = {"centre": "MELAKA", "admitted_on": "2026-07-20"}
        await self._post("rehab", f"{path}/admission", OFFICER, json=admission)
        certificate = {"issued_on": "2026-07-31", "fit_from": str(FIT_FROM)}
        leaving = {"discharged_on": "2026-07-31", "outcome": "fit_for_other_work", "final_certificate": certificate}
        await self._post("rehab", f"{path}/discharge", OFFICER, json=leaving)
        accident.days = min(accident.days, (FIT_FROM - ACCIDENT_DAY).days - 1)
        accident.rehabilitated = True
        if injury.placed:
            await self._place(worker)
            accident.placed = True

    async def _lose(self, injury: Injury, accident: Accident) -> None:
        """A board finds a permanent loss, for which the worker applies; two officers let both count."""
        path = f"/v1/claims/{accident.claim}"
        # A loss is stated of a claim of which it is known whose it is.
        await self._first("claims", f"{path}/decisions")
        first = str(LOST_FROM)
        for statement in (
            {"permanent_loss": {"percent": injury.loss, "benefit_from": first}},
            {"choice": {"option": "periodic", "applied_on": first}},
        ):
            stated = await self._post("claims", f"{path}/evidence", OFFICER, subject=PROPOSES, json=statement)
            await let_count(self.partner, accident.claim, stated["evidence"])
        accident.loss = injury.loss

    async def _place(self, worker: Worker) -> None:
        """A new employer hires; its first contribution proves the placement."""
        office = await self._office()
        seeker = (await self._first("jobs", f"/v1/seekers?person={worker.person}"))["seeker"]
        talk = {"employer": office, "held_on": "2026-08-17", "mode": "in_person", "outcome": "successful"}
        await self._post("jobs", f"/v1/seekers/{seeker}/interviews", OFFICER, json=talk)
        wage = {"amount": "2600.00", "currency": "MYR"}
        offer = {"employer": office, "position": "Store clerk", "wage": wage, "starts_on": "2026-09-01"}
        await self._post("jobs", f"/v1/seekers/{seeker}/offers", OFFICER, json={**offer, "accepted": True})
        await self._spell(worker, office, "2026-09-01")
        await self._contribute(office, [(SEPTEMBER, worker, 260_000)])

    async def _office(self) -> str:
        async with self._opening:
            self.office = self.office or await self._employer("P")
        return self.office

    async def _first(self, service: str, path: str) -> Any:
        """The first of a list, as soon as there is one."""
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while asyncio.get_running_loop().time() < end:
            answer = await self.partner.call(service, "GET", path, party=OFFICER)
            found = answer.json() if answer.is_success else []
            if rows := found if isinstance(found, list) else found["data"]:
                return rows[0]
            await asyncio.sleep(0.5)
        raise Refused(f"GET {path} of {service} stayed empty for {PATIENCE_S:.0f} s")

    async def _post(self, service: str, path: str, party: str, **content: Any) -> Any:
        answer: httpx.Response = await self.partner.call(service, "POST", path, party=party, **content)
        if not answer.is_success:
            raise Refused(f"POST {path} of {service} answered {answer.status_code}: {answer.text[:500]}")
        self.account.kinds[f"POST {path.split('/')[2]}"] += 1
        return answer.json()

    async def _each(self, steps: Iterable[Awaitable[None]]) -> None:
        async def one(step: Awaitable[None]) -> None:
            async with self._gate:
                await step

        await asyncio.gather(*(one(step) for step in steps))

    def _worker(self, index: int) -> Worker:
        """The n-th person of the run: a birthday and a serial that nobody shares."""
        person = self.number * PEOPLE[1] + index
        born = date(1975, 1, 1) + timedelta(days=person % BIRTHDAYS)
        wage = self.random.randrange(150_000, 650_000)
        change = self.random.choice((-60_000, 0, 57_000, 150_000))
        return Worker(f"{born:%y%m%d}14{person // BIRTHDAYS:04d}", born, wage, wage + change)

    def _injury(self, worker: Worker) -> Injury:
        rehabilitated = self.random.random() < REHABILITATED
        placed = rehabilitated and self.random.random() < PLACED
        loss = self.random.randint(*LOSS) if self.random.random() < LOST else 0
        return Injury(worker, self.random.random(), self.random.randint(5, 60), rehabilitated, placed, loss)


def _name(worker: Worker) -> str:
    return f"PEKERJA {worker.mykad[:6]}"


def _number(id_: str) -> int:
    return int(id_[1:-1])


def _party(employer: str) -> str:
    return f"employer:{_number(employer)}"


def _month(number: int) -> Month:
    return Month(number // 100, number % 100)
