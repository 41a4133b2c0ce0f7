"""``make people``: an employer and people with known outcomes, for whoever tries a client of their own on this machine.

They are registered through the public APIs like everybody else; each step has an idempotency key of its own that never
changes, so that a second run changes nothing. What a notice about each of them comes to stands beside the person and in
docs/partners.md; a test holds both to what the platform decides.
"""

import asyncio
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local.client import EMPLOYER_SCOPES, HttpClient
from deploy.local.errors import LauncherError
from deploy.local.state import State, address_of, open_state, replace, secret
from deploy.local.story import OFFICER, Amounts, Client, StoryFailed, until
from services.registration.files.contribution_file import FileLine, render
from shared.kernel.identifiers import employer_number
from shared.kernel.periods import Month

CLIENT_ID = "test-employer"
SCOPES = f"{EMPLOYER_SCOPES} claims:claim:read"
EMPLOYER_NAME, EMPLOYER_CODE = "KILANG UJIAN SDN BHD", "T0000000001U"
STARTED_ON = "2020-01-06"
# Where letters to them go.
ADDRESS = "3 Jalan Kilang, 84000 Muar, Johor"
# What is sent about a person, who is filled in: an accident at work on Wednesday 15 July 2026, unfit from the next day.
LAST_DAY = "2026-08-11"

# Wage, Act 4 employer and employee, EIS each side, SKBBK employee from June 2026 on: sen, of the class tables.
USUAL: Amounts = (248_000, 4285, 1225, 490, 490, 1835)
MORE: Amounts = (305_000, 5335, 1525, 610, 610, 2285)
ABOVE_THE_CEILING: Amounts = (700_000, 10415, 2975, 1190, 1190, 4465)
LOW: Amounts = (100_000, 1665, 475, 190, 190, 715)
JUNE = Month.of("2026-06")
MONTHS = tuple(Month.of(f"2026-{month:02d}") for month in range(1, 7))


@dataclass(frozen=True)
class Outcome:
    """What a notice comes to: the claim's state, and the amounts of its decision in ringgit; why, in words."""

    state: str
    daily_rate: str
    days: int
    amount: str
    provisional: bool
    paid: str
    why: str


@dataclass(frozen=True)
class KnownPerson:
    """A made-up person, what was contributed, and the outcome of the notice; without an account nothing is paid."""

    name: str
    mykad: str
    born_on: str
    wages: Amounts
    outcome: Outcome
    june: Amounts | None = None
    account: str = ""
    last_certified_day: str = LAST_DAY

    @property
    def notice(self) -> dict[str, object]:
        """The notice that comes to the outcome."""
        return {
            "national_id": {"kind": "mykad", "number": self.mykad},
            "happened_on": "2026-07-15",
            "place": "at_work",
            "certificate": {"first": "2026-07-16", "last": self.last_certified_day, "issued_on": "2026-07-15"},
        }


PEOPLE = (
    KnownPerson(
        "NUR AISYAH BINTI HASSAN",
        "850302140102",
        "1985-03-02",
        USUAL,
        Outcome("decided", "68.00", 27, "1836.00", False, "1836.00", "six months with wages: the usual case"),
        june=MORE,
        account="114020001020",
    ),
    KnownPerson(
        "RAJU A/L MUTHU",
        "790915140303",
        "1979-09-15",
        USUAL,
        Outcome("decided", "65.33", 27, "1763.91", True, "1763.91", "June is missing: its class is taken from May"),
        account="114020003030",
    ),
    KnownPerson(
        "LIM SIEW LAN",
        "900721140204",
        "1990-07-21",
        ABOVE_THE_CEILING,
        Outcome("decided", "158.67", 27, "4284.09", False, "4284.09", "RM7,000.00 are above the ceiling"),
        june=ABOVE_THE_CEILING,
        account="114020002040",
    ),
    KnownPerson(
        "JOSEPH D'SILVA",
        "880110140405",
        "1988-01-10",
        LOW,
        Outcome("decided", "30.00", 27, "810.00", False, "810.00", "80 % would be RM25.33: the floor counts"),
        june=LOW,
        account="114020004050",
    ),
    KnownPerson(
        "SITI BINTI OMAR",
        "920530140506",
        "1992-05-30",
        USUAL,
        Outcome("refused", "0.00", 0, "0.00", False, "", "certified for two days only: under four, nothing is owed"),
        june=USUAL,
        account="114020005060",
        last_certified_day="2026-07-17",
    ),
    KnownPerson(
        "TAN AH KOW",
        "830419140607",
        "1983-04-19",
        USUAL,
        Outcome("decided", "68.00", 27, "1836.00", False, "", "no account is known: it is owed, and waits for one"),
        june=MORE,
    ),
)


@dataclass
class Loader:
    """Brings employer and people into a platform, through its public APIs."""

    client: Client
    employer: str = ""

    @property
    def party(self) -> str:
        """The employer's tenant."""
        return f"employer:{employer_number(self.employer)}"

    async def register_employer(self) -> None:
        """The organisation registers the employer."""
        body = {"name": EMPLOYER_NAME, "employer_code": EMPLOYER_CODE}
        answer = await self._post("registration", "/v1/employers", "employer", party=OFFICER, json=body)
        self.employer = answer["employer"]

    async def load(self) -> dict[str, str]:
        """The employer registers its people and sends its files; the person's number of each, by national id."""
        numbers = {each.mykad: await self._register(each) for each in PEOPLE}
        for month in MONTHS:
            await self._contribute(month)
        return numbers

    async def _register(self, who: KnownPerson) -> str:
        national_id = {"kind": "mykad", "number": who.mykad}
        person = {"name": who.name, "national_id": national_id, "born_on": who.born_on, "residence": "citizen"}
        key = who.mykad[-4:]
        answer = await self._post("registration", "/v1/persons", f"person-{key}", party=self.party, json=person)
        number: str = answer["person"]
        lives = {"attribute": "address", "value": ADDRESS, "reason": "changed"}
        await self._post("registration", f"/v1/persons/{number}/facts", f"address-{key}", party=OFFICER, json=lives)
        spell = {"person": number, "national_id": national_id, "employer": self.employer, "started_on": STARTED_ON}
        # It is stated after the accidents that partners report: an employer's own word would wait for an officer.
        await self._post("registration", "/v1/spells", f"spell-{key}", party=OFFICER, json=spell)
        if who.account:
            account = {"bank_bic": "MBBEMYKL", "number": who.account}
            payee = {"person": number, "account_name": who.name, "account": account}
            await self._post("benefits", "/v1/payees", f"payee-{key}", party=OFFICER, json=payee)
        return number

    async def _contribute(self, month: Month) -> None:
        lines = [
            FileLine(EMPLOYER_CODE, who.mykad, who.name, month, *amounts_of(who, month)) for who in in_month(month)
        ]
        answer = await self._post(
            "registration",
            "/v1/contribution-files",
            f"file-{month}",
            party=self.party,
            content=render(lines),
            headers={"content-type": "text/plain"},
        )
        path = f"/v1/contribution-files/{answer['file']}"

        async def job() -> str | None:
            read = await self.client.call("registration", "GET", path, party=self.party)
            return str(read.json()["state"]) if read.is_success else None

        state = await until(job, lambda state: state != "received", f"GET {path} of registration")
        if state != "accepted":
            raise StoryFailed(f"the contribution file of {month} is {state}")

    async def _post(
        self,
        service: str,
        path: str,
        step: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        **content: object,
    ) -> dict[str, str]:
        sent = {**(headers or {}), "idempotency-key": f"test-people-{step}"}
        answer = await self.client.call(service, "POST", path, party=party, headers=sent, **content)
        if not answer.is_success:
            raise StoryFailed(f"POST {path} of {service} answered {answer.status_code}: {answer.text}")
        found: dict[str, str] = answer.json()
        return found


def in_month(month: Month) -> list[KnownPerson]:
    """Those for whom there are wages in a month."""
    return [who for who in PEOPLE if month != JUNE or who.june is not None]


def amounts_of(who: KnownPerson, month: Month) -> Amounts:
    """What is contributed for a person in a month; the SKBBK begins in June."""
    if month == JUNE and who.june is not None:
        return who.june
    return (*who.wages[:-1], 0)


async def bring(state: State) -> Table:
    """Bring them into the running platform, and leave the address and the secret of a client in `partner.env`."""
    client = HttpClient(state)
    loader = Loader(client)
    try:
        await loader.register_employer()
        await client.admit(loader.party, client_id=CLIENT_ID, scopes=SCOPES)
        numbers = await loader.load()
    finally:
        await client.close()
    replace(state.root / "partner.env", partner_environment(state, loader.employer))
    return table(numbers)


def partner_environment(state: State, employer: str) -> str:
    """What a partner is told, as a shell reads it: addresses, its client and its employer."""
    values = {
        "TOKEN_URL": f"{address_of(state, 'token-issuer')}/token",
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": secret(state, f"client-{CLIENT_ID}"),
        "REGISTRATION": address_of(state, "registration-api"),
        "CLAIMS": address_of(state, "claims-api"),
        "EMPLOYER": employer,
        "EMPLOYER_CODE": EMPLOYER_CODE,
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def table(numbers: Mapping[str, str]) -> Table:
    """The people, and what a notice about each comes to."""
    shown = Table(title="People with known outcomes (docs/partners.md)", title_justify="left")
    for column in ("national id", "name", "person", "certified until", "outcome", "why"):
        shown.add_column(column)
    for who in PEOPLE:
        outcome = who.outcome
        said = f"{outcome.state}, RM{outcome.amount}" if outcome.days else outcome.state
        shown.add_row(who.mykad, who.name, numbers[who.mykad], who.last_certified_day, said, outcome.why)
    return shown


def main() -> int:
    """Bring them, show them, and say plainly what went wrong."""
    console = Console()
    try:
        state = open_state()
        console.print(asyncio.run(bring(state)))
        console.print(f"Addresses and client: {state.root / 'partner.env'}", highlight=False, soft_wrap=True)
    except (LauncherError, StoryFailed, httpx.HTTPError, json.JSONDecodeError) as reason:
        console.print(f"[bold red]Nobody was brought:[/bold red] {reason}", soft_wrap=True, highlight=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
