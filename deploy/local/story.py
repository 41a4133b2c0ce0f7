"""One worker's story through all five services, run through public APIs and files only.

The demo runs it on the running platform over HTTP; the journeys in ``tests/`` run it on the same services inside one
process, in order, shuffled and doubled. Amounts are those of the law on the days of the story (Act 4 s.22; docs/law).
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

import httpx

from services.registration.files.contribution_file import FileLine, render
from shared.kernel.identifiers import person_number
from shared.kernel.periods import Month

PATIENCE_SECONDS = 60.0


class Client(Protocol):
    """The way into the platform: a request to a service on behalf of a party."""

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send a request with a token of that party."""
        ...

    async def admit(self, party: str) -> None:
        """Let a new party in: a client of its own with the token issuer."""
        ...


class StoryFailed(AssertionError):
    """The platform did something else than the story says."""


@dataclass(frozen=True)
class StoryStep:
    """One step of the story that was done: a heading, and facts with their meaning."""

    chapter: int
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    explanation: tuple[str, ...] = ()


@dataclass
class Worker:
    """Who the story is about; made again each time, so that the story can run again on the same platform."""

    name: str = "AMINAH BINTI YUSOF"
    born_on: date = field(default_factory=lambda: date(1980, 1, 1) + timedelta(days=secrets.randbelow(7000)))
    mykad: str = ""
    account: str = field(default_factory=lambda: f"{secrets.randbelow(10**12):012d}")
    person: str = ""
    claim: str = ""
    address: str = "1 Jalan Merdeka, 75000 Melaka"

    @property
    def party(self) -> str:
        """Its tenant, once it is registered."""
        return f"person:{person_number(self.person)}"

    def __post_init__(self) -> None:
        """A number of her own, so that many stories can run on one platform: birth, Kuala Lumpur, an even serial."""
        self.mykad = self.mykad or f"{self.born_on:%y%m%d}14{secrets.randbelow(5000) * 2:04d}"


@dataclass
class Employer:
    """An employer of the story."""

    name: str
    code: str = field(default_factory=lambda: f"B{secrets.randbelow(10**10):010d}K")
    employer: str = ""

    @property
    def party(self) -> str:
        """Its tenant."""
        return f"employer:{int(self.employer[1:-1])}"


OFFICER = "organisation:1"
HOSPITAL = "hospital:1"

# wage, Act 4 employer and employee, EIS each side, SKBBK employee: sen, from the class tables in force in that month.
Amounts = tuple[int, int, int, int, int, int]
EARLY: Amounts = (248_000, 4285, 1225, 490, 490, 0)
JUNE: Amounts = (305_000, 5335, 1525, 610, 610, 2285)
SEPTEMBER: Amounts = (260_000, 4465, 1275, 510, 510, 1915)


@dataclass
class Story:
    """The seven chapters; each waits until the platform has done what it says, for so many seconds at most."""

    client: Client
    worker: Worker = field(default_factory=Worker)
    old: Employer = field(default_factory=lambda: Employer("KILANG PERABOT MUAR SDN BHD"))
    new: Employer = field(default_factory=lambda: Employer("PEJABAT LOGISTIK MELAKA SDN BHD"))
    trace_headers: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = PATIENCE_SECONDS

    async def run(self) -> AsyncIterator[StoryStep]:
        """The whole story in order."""
        for chapter in (
            self.registered,
            self.contributed,
            self.injured,
            self.paid,
            self.june_arrives,
            self.rehabilitated,
            self.employed_again,
        ):
            async for step in chapter():
                yield step

    async def registered(self) -> AsyncIterator[StoryStep]:
        """1. An employer and a worker are registered; a spell starts; the bank account is entered."""
        await self.register_employer(self.old)
        await self.register_person()
        worker = self.worker
        # It lies before the accident and is stated after it: an employer's own word would wait for an officer.
        spell = await self.start_spell(self.old, "2020-01-06", party=OFFICER)
        account = {"bank_bic": "MBBEMYKL", "number": worker.account}
        payee = {"person": worker.person, "account_name": worker.name, "account": account}
        await self._post("benefits", "/v1/payees", party=OFFICER, json=payee)
        yield StoryStep(
            1,
            "Registered",
            (("employer", self.old.employer), ("person", worker.person), ("spell", spell), ("since", "2020-01-06")),
        )

    async def contributed(self) -> AsyncIterator[StoryStep]:
        """2. Five files bring January to May 2026 at RM2,480.00."""
        for month in range(1, 6):
            await self.send_early(month)
        facts = (("months", "January to May 2026"), ("wage", "RM2,480.00"), ("Act 4", "42.85 + 12.25"))
        yield StoryStep(2, "Contributions received; June is still missing", facts)

    async def injured(self) -> AsyncIterator[StoryStep]:
        """3. The hospital reports the accident; claims decides by the law of that day."""
        yield StoryStep(3, "Accident reported", (("claim", await self.report_accident()), ("happened", "2026-07-15")))
        yield await self.decided(3, 1, "65.33", 27, "1763.91")

    async def paid(self) -> AsyncIterator[StoryStep]:
        """4. Benefits pays through the bank."""
        yield await self.settled(4, 1, "1763.91")

    async def june_arrives(self) -> AsyncIterator[StoryStep]:
        """5. June's line arrives at RM3,050.00: the benefit is rated again and the difference paid."""
        await self.send_june()
        yield StoryStep(5, "June arrives", (("wage", "RM3,050.00"), ("Act 4", "53.35 + 15.25"), ("SKBBK", "22.85")))
        yield await self.decided(5, 2, "68.00", 27, "1836.00")
        yield await self.settled(5, 2, "72.09")

    async def rehabilitated(self) -> AsyncIterator[StoryStep]:
        """6. Rehabilitation in Melaka ends early: the entitlement shrinks and a recovery opens (Act 4 s.50)."""
        referral = await self.discharge()
        yield StoryStep(6, "Discharged from Melaka", (("referral", referral), ("fit from", "2026-08-03")))
        yield await self.decided(6, 3, "68.00", 18, "1224.00")
        recovery = await self.recovery("612.00")
        yield StoryStep(6, "Recovery open", (("amount", f"RM{recovery['open']['amount']}"), ("law", recovery["law"])))

    async def employed_again(self) -> AsyncIterator[StoryStep]:
        """7. A new employer hires; its first contribution proves the placement."""
        seeker = await self.find_work()
        yield StoryStep(7, "Job seeker opened, interviewed, offer accepted", (("seeker", seeker),))
        await self.hire()
        placement = await self.placement()
        facts = (("placement", placement["placement"]), ("since", placement["starts_on"]), ("wage", "RM2,600.00"))
        yield StoryStep(7, "Placement confirmed by September's contribution", facts)

    async def report_accident(self) -> str:
        """The hospital's notice of Wednesday 15 July 2026, which the employer paid: unfit from the next day on."""
        worker = self.worker
        notice = {
            "national_id": {"kind": "mykad", "number": worker.mykad},
            "name": worker.name,
            "happened_on": "2026-07-15",
            "place": "at_work",
            "certificate": {"first": "2026-07-16", "last": "2026-08-11", "issued_on": "2026-07-15"},
        }
        answer = await self._post("claims", "/v1/notices", party=HOSPITAL, json=notice, headers=self.trace_headers)
        worker.claim = answer["claim"]
        return worker.claim

    async def decided(self, chapter: int, revision: int, rate: str, days: int, amount: str) -> StoryStep:
        """Wait for a revision of the decision, and compare it to the sen."""
        path = f"/v1/claims/{self.worker.claim}/decisions"
        decisions = await self._until("claims", path, lambda all_: len(all_) >= revision)
        newest = decisions[revision - 1]
        got = (newest["daily_rate"]["amount"], newest["days"], newest["amount"]["amount"])
        self._same(f"decision {revision}", got, (rate, days, amount))
        facts = (("daily rate", f"RM{rate}"), ("days", str(days)), ("amount", f"RM{amount}"))
        explanation = tuple(line for answer in newest["answers"] for line in answer["explanation"])
        kind = "provisional" if newest["provisional"] else "final"
        return StoryStep(chapter, f"Decided, revision {revision} ({kind})", facts, explanation)

    async def settled(self, chapter: int, revision: int, amount: str) -> StoryStep:
        """Wait until the bank has settled a payment of this revision, and compare it to the sen."""

        def is_settled(page: Any) -> bool:
            return any(each["revision"] == revision and each["state"] == "settled" for each in page["data"])

        page = await self._until("benefits", f"/v1/payments?person={self.worker.person}", is_settled)
        payment = next(each for each in page["data"] if each["revision"] == revision)
        self._same(f"payment of revision {revision}", payment["amount"]["amount"], amount)
        return StoryStep(chapter, "Paid", (("payment", payment["payment"]), ("amount", f"RM{amount}")))

    async def discharge(self) -> str:
        """Rehab takes the referral, admits and discharges with a final certificate."""
        path = f"/v1/referrals?person={self.worker.person}"
        page = await self._until("rehab", path, lambda page: bool(page["data"]))
        referral: str = page["data"][0]["referral"]
        await self._post("rehab", f"/v1/referrals/{referral}/take", party=OFFICER, json={"case_manager": "CM-7"})
        admission = {"centre": "MELAKA", "admitted_on": "2026-07-20"}
        await self._post("rehab", f"/v1/referrals/{referral}/admission", party=OFFICER, json=admission)
        certificate = {"issued_on": "2026-07-31", "fit_from": "2026-08-03"}
        leaving = {"discharged_on": "2026-07-31", "outcome": "fit_for_other_work", "final_certificate": certificate}
        await self._post("rehab", f"/v1/referrals/{referral}/discharge", party=OFFICER, json=leaving)
        return referral

    async def recovery(self, amount: str) -> Any:
        """Wait until the open recovery has this amount."""

        def is_open(page: Any) -> bool:
            return [each["open"]["amount"] for each in page["data"] if each["state"] == "open"] == [amount]

        page = await self._until("benefits", f"/v1/recoveries?person={self.worker.person}", is_open)
        return page["data"][0]

    async def find_work(self) -> str:
        """Jobs opens a seeker from the discharge; an interview and an accepted offer are recorded."""
        await self.register_employer(self.new)
        path = f"/v1/seekers?person={self.worker.person}"
        page = await self._until("jobs", path, lambda page: bool(page["data"]))
        seeker: str = page["data"][0]["seeker"]
        interview = {
            "employer": self.new.employer,
            "held_on": "2026-08-17",
            "mode": "in_person",
            "outcome": "successful",
        }
        await self._post("jobs", f"/v1/seekers/{seeker}/interviews", party=OFFICER, json=interview)
        wage = {"amount": "2600.00", "currency": "MYR"}
        offer = {"employer": self.new.employer, "position": "Store clerk", "wage": wage, "starts_on": "2026-09-01"}
        await self._post("jobs", f"/v1/seekers/{seeker}/offers", party=OFFICER, json={**offer, "accepted": True})
        return seeker

    async def hire(self) -> None:
        """The new employer registers the spell and contributes for September."""
        await self.start_spell(self.new, "2026-09-01", party=self.new.party)
        await self._send_file(self.new, "2026-09", SEPTEMBER)

    async def placement(self) -> Any:
        """Wait until the placement is confirmed."""

        def is_confirmed(page: Any) -> bool:
            return any(each["state"] == "confirmed" for each in page["data"])

        page = await self._until("jobs", f"/v1/placements?person={self.worker.person}", is_confirmed)
        return page["data"][0]

    async def register_employer(self, employer: Employer) -> None:
        """The organisation registers an employer and lets it in."""
        body = {"name": employer.name, "employer_code": employer.code}
        answer = await self._post("registration", "/v1/employers", party=OFFICER, json=body)
        employer.employer = answer["employer"]
        await self.client.admit(employer.party)

    async def register_person(self) -> None:
        """The employer registers its worker."""
        worker = self.worker
        person = {
            "name": worker.name,
            "national_id": {"kind": "mykad", "number": worker.mykad},
            "born_on": worker.born_on.isoformat(),
            "residence": "citizen",
            "address": worker.address,
        }
        answer = await self._post("registration", "/v1/persons", party=self.old.party, json=person)
        worker.person = answer["person"]

    async def start_spell(self, employer: Employer, started_on: str, *, party: str) -> str:
        """An employer, or an officer for it, says that the worker is employed, and proves that it knows her."""
        worker = self.worker
        body = {
            "person": worker.person,
            "national_id": {"kind": "mykad", "number": worker.mykad},
            "employer": employer.employer,
            "started_on": started_on,
        }
        answer = await self._post("registration", "/v1/spells", party=party, json=body)
        spell: str = answer["spell"]
        return spell

    async def send_early(self, month: int) -> None:
        """The file of a month from January to May 2026."""
        await self._send_file(self.old, f"2026-{month:02d}", EARLY)

    async def send_june(self) -> None:
        """The file of June 2026, the first month with SKBBK."""
        await self._send_file(self.old, "2026-06", JUNE)

    async def _send_file(self, employer: Employer, month: str, amounts: Amounts) -> None:
        worker = self.worker
        line = FileLine(employer.code, worker.mykad, worker.name, Month.of(month), *amounts)
        await self._send_lines(employer, [line])

    async def _send_lines(self, employer: Employer, lines: Sequence[FileLine]) -> None:
        answer = await self._post(
            "registration",
            "/v1/contribution-files",
            party=employer.party,
            content=render(lines),
            headers={"content-type": "text/plain"},
        )
        path = f"/v1/contribution-files/{answer['file']}"
        job = await self._until("registration", path, lambda job: job["state"] != "received", party=employer.party)
        self._same(f"contribution file of {lines[-1].month}", job["state"], "accepted")

    async def _post(self, service: str, path: str, *, party: str, **content: Any) -> Any:
        answer = await self.client.call(service, "POST", path, party=party, **content)
        if not answer.is_success:
            raise StoryFailed(f"POST {path} of {service} answered {answer.status_code}: {answer.text}")
        return answer.json()

    async def _until(self, service: str, path: str, true_of: Callable[[Any], bool], *, party: str = OFFICER) -> Any:
        async def ask() -> Any:
            answer = await self.client.call(service, "GET", path, party=party)
            return answer.json() if answer.is_success else None

        return await until(ask, true_of, f"GET {path} of {service}", self.patience_s)

    def _same(self, what: str, got: object, expected: object) -> None:
        if got != expected:
            raise StoryFailed(f"{what}: {got} instead of {expected}")


async def until(
    ask: Callable[[], Awaitable[Any]],
    true_of: Callable[[Any], bool],
    what: str,
    patience_s: float = PATIENCE_SECONDS,
) -> Any:
    """Ask until the answer is as expected; raises StoryFailed when patience ends."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience_s
    answer: Any = None
    while loop.time() < end:
        answer = await ask()
        if answer is not None and true_of(answer):
            return answer
        await asyncio.sleep(0.1)
    raise StoryFailed(f"{what} did not come true in {patience_s:.0f} s; the last answer was {answer}")
