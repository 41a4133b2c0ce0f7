"""Many persons with an employer, beside the stories: events in the thousands for a few requests each."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from deploy.local.client import HttpClient
from deploy.local.story import OFFICER, Employer
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

AT_ONCE = 8


@dataclass
class Load:
    """One employer and the persons that it registers; the invariants of the platform count them."""

    platform: PlatformFixture
    employer: Employer = field(default_factory=lambda: Employer("KILANG RAMAI SDN BHD"))
    persons: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._partner = Partner(HttpClient(self.platform.state))

    async def hire(self, count: int) -> None:
        """Register so many more persons, each with a spell."""
        if not self.employer.employer:
            await self._register_employer()
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self._register(number)

        known = len(self.persons)
        await asyncio.gather(*(one(number) for number in range(known, known + count)))

    async def _register_employer(self) -> None:
        body = {"name": self.employer.name, "employer_code": self.employer.code}
        self.employer.employer = (await self._post("/v1/employers", OFFICER, body))["employer"]
        await self._partner.admit(self.employer.party)
        self._count("employer")

    async def _register(self, number: int) -> None:
        # Born on another day than the persons of the stories, so that no number is given twice.
        day, serial = 1 + number // 5_000, number % 5_000 * 2
        identity = {"kind": "mykad", "number": f"9102{day:02d}14{serial:04d}"}
        person = {
            "name": f"PEKERJA {number}",
            "national_id": identity,
            "born_on": f"1991-02-{day:02d}",
            "residence": "citizen",
        }
        made = (await self._post("/v1/persons", self.employer.party, person))["person"]
        spell = {
            "person": made,
            "national_id": identity,
            "employer": self.employer.employer,
            "started_on": "2020-01-06",
        }
        await self._post("/v1/spells", OFFICER, spell)
        self.persons.append(int(made[1:-1]))
        self._count("person", "national_id", "spell")

    def _count(self, *tables: str) -> None:
        for table in tables:
            self.platform.beside["registration", table] += 1

    async def _post(self, path: str, party: str, body: dict[str, Any]) -> Any:
        answer = await self._partner.call("registration", "POST", path, party=party, json=body)
        assert answer.is_success, f"{path} answered {answer.status_code}: {answer.text}"
        return answer.json()
