"""People whose payments stand in every state when the platform is upgraded, and what each is to have in the end.

Six are hurt as the story's worker was: 27 days at RM65.33 (Act 4 s.22) are RM1,763.91. One of them is found to have
been fit earlier: RM72.09 more were paid, and RM612.00 are to come back. A widow has RM1,053.00 a month and RM35.10 for
the day of the death (tests/journeys/test_owing.py).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from deploy.local.client import HttpClient
from deploy.local.officers import APPROVES
from deploy.local.state import State
from deploy.local.story import HOSPITAL, OFFICER, Employer, Story, Worker, until
from services.benefits.tests.support import report
from shared.kernel.clock import now, today
from tests.journeys.lives import Guard
from tests.oracle.owing import MONTH, Term, times
from tests.prove.officers import Officers, appointed
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

BANK = "bank:1"
FIRST_SEN, MORE_SEN, COMES_BACK_SEN = 176_391, 7_209, 61_200
DAY_OF_DEATH_SEN, MONTHLY = 3_510, Term(MONTH, 105_300, date(2026, 8, 1))
_BANK_SCOPES = "benefits:bank_file:read benefits:status_report:write"
RELEASES = "benefits:payee:release benefits:bank_file:write benefits:payee:write"
_PAYMENT = """
    SELECT payment.state, payment.end_to_end_id, bank_file.id::text AS file, bank_file.message_id
    FROM payment JOIN bank_file ON bank_file.id = payment.bank_file WHERE payment.party = $1 ORDER BY payment.id DESC
"""
_SETTLED_OF = "SELECT sum(amount_sen)::bigint AS sen FROM payment WHERE state = 'settled' AND party = $1"
_WAITS = "SELECT waiting FROM settlement WHERE party = $1"


class OfBothReleases(Officers):
    """Asks for no scope of the hospital that the release before did not grant it."""

    def __init__(self, state: State, secrets: Mapping[str, str]) -> None:
        super().__init__(state, secrets)
        name, told, _ = self._clients[HOSPITAL]
        self._clients[HOSPITAL] = (name, told, "claims:notice:write")


class SecondOfficer(HttpClient):
    """Who lets accounts and refused files go on."""

    def __init__(self, state: State, secrets: Mapping[str, str]) -> None:
        super().__init__(state)
        self._clients[OFFICER] = (APPROVES, secrets[APPROVES], RELEASES)


@dataclass
class Lives:
    """The people, by the state in which their payment stands before the upgrade."""

    platform: PlatformFixture
    client: Partner
    second: Partner
    people: dict[str, Story] = field(default_factory=dict)
    widow: str = ""

    @classmethod
    async def on(cls, platform: PlatformFixture) -> "Lives":
        """Their clients on the running platform."""
        secrets = await appointed(platform.state)
        client, second = (Partner(made(platform.state, secrets)) for made in (OfBothReleases, SecondOfficer))
        await client.admit(BANK, client_id="bank-of-the-test", scopes=_BANK_SCOPES)
        return cls(platform, client, second)

    async def paid_while_the_bank_works(self) -> None:
        """One was paid, one too much, and a widow her months so far."""
        names = ("settled", "overpaid", "sent", "returned", "refused", "held", "nowhere")
        # Each with birth and serial of its own, so that no two have one national id.
        for number, name in enumerate(names):
            worker = Worker(name.upper(), mykad=f"90010114{number * 2:04d}")
            self.people[name] = Story(self.client, worker, Employer(f"KILANG {number} SDN BHD"))
        await asyncio.gather(*(self._registered(name) for name in names), self._death())
        for name in ("settled", "overpaid"):
            await _all(self.people[name].injured, self.people[name].paid)
        await _all(self.people["overpaid"].june_arrives, self.people["overpaid"].rehabilitated)
        await self.widow_is_paid()

    async def caught_while_the_bank_is_away(self) -> None:
        """One payment is sent, one came back, one with its whole file, one waits for a held account, one for any."""
        await self._enter(self.people["held"], "000000000042")
        # One after the other: each has a bank file of its own.
        for name in ("sent", "returned", "refused"):
            await _all(self.people[name].injured)
            await self._stands(name, "sent")
        for name in ("held", "nowhere"):
            await _all(self.people[name].injured)
        await self._bank_says("returned", transaction="RJCT/AC04")
        await self._bank_says("refused", group="<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>")
        for name in ("returned", "refused"):
            await self._stands(name, "returned")
        waits = {
            "returned": "account_returned",
            "refused": "file_returned",
            "held": "account_held",
            "nowhere": "account_missing",
        }
        for name, reason in waits.items():
            await self._waits(name, reason)

    async def let_go(self) -> None:
        """Officers mend what waits: another account, a release of the held one and of the file, and a first account."""
        for name, number in (("returned", "000000000043"), ("nowhere", "000000000044")):
            await self._enter(self.people[name], number)
        for name in ("held", "returned"):
            path = f"/v1/payees/{self.people[name].worker.person}/versions/2/releases"
            await self._post(self.second, path)
        (row, *_) = await self._payment("refused")
        await self._post(self.second, f"/v1/bank-files/{row['file']}/releases")

    async def widow_is_paid(self) -> None:
        """By the release before, every month that has ended; or, by this one, every month whose payday has come."""
        most = self.to_have(today())[party_of(self.widow)]

        async def ask() -> Sequence[Any]:
            return await self.platform.fetch("benefits", _SETTLED_OF, party_of(self.widow))

        await until(ask, lambda rows: most - MONTHLY.sen <= (rows[0]["sen"] or 0) <= most, "a widow who is paid")

    def to_have(self, day: date) -> dict[str, int]:
        """What the bank has settled to each party by a day, in sen, by the oracle's paydays."""
        settled = {party_of(story.worker.person): FIRST_SEN for story in self.people.values()}
        settled[party_of(self.people["overpaid"].worker.person)] += MORE_SEN
        months = times(MONTHLY, day, day)
        return {**settled, party_of(self.widow): MONTHLY.sen * months + DAY_OF_DEATH_SEN}

    async def _registered(self, name: str) -> None:
        story = self.people[name]
        if name != "nowhere":
            await _all(story.registered, story.contributed)
            return
        await story.register_employer(story.old)
        await story.register_person()
        await story.start_spell(story.old, "2020-01-06", party=OFFICER)
        await _all(story.contributed)

    async def _death(self) -> None:
        guard = Guard(self.client, Worker("RAHMAN BIN OMAR", born_on=date(1965, 2, 10)))
        await guard.register_employer(guard.old)
        await guard.register_person()
        await guard.start_spell(guard.old, "2020-01-06", party=OFFICER)
        self.widow = await guard.left_behind("SITI BINTI ALI", "1970-01-01")
        for month in range(1, 8):
            await guard.contribute(month)
        await guard.dies()
        await guard.state(dependant={"person": self.widow, "relation": "widow"})

    async def _enter(self, story: Story, number: str) -> None:
        account = {"bank_bic": "MBBEMYKL", "number": number}
        body = {"person": story.worker.person, "account_name": story.worker.name, "account": account}
        await self._post(self.client, "/v1/payees", json=body)

    async def _bank_says(self, name: str, *, transaction: str = "", group: str = "") -> None:
        """The bank's word on somebody's payment, or on the whole file, in which it is alone."""
        (row, *_) = await self._payment(name)
        body = report(
            row["message_id"],
            {row["end_to_end_id"]: transaction} if transaction else {},
            at=now().isoformat(),
            group=group,
        )
        path, headers = f"/v1/bank-files/{row['file']}/status-reports", {"content-type": "application/xml"}
        await self._post(self.client, path, party=BANK, content=body, headers=headers)

    async def _payment(self, name: str) -> Sequence[Any]:
        return await self.platform.fetch("benefits", _PAYMENT, party_of(self.people[name].worker.person))

    async def _stands(self, name: str, state: str) -> None:
        def stands(rows: Sequence[Any]) -> bool:
            return bool(rows) and rows[0]["state"] == state

        await until(lambda: self._payment(name), stands, f"a payment that is {state}")

    async def _waits(self, name: str, reason: str) -> None:
        async def ask() -> Sequence[Any]:
            return await self.platform.fetch("benefits", _WAITS, party_of(self.people[name].worker.person))

        await until(ask, lambda rows: any(reason in row["waiting"] for row in rows), f"{name} that waits: {reason}")

    async def _post(self, client: Partner, path: str, *, party: str = OFFICER, **content: Any) -> None:
        answer: httpx.Response = await client.call("benefits", "POST", path, party=party, **content)
        assert answer.is_success, f"{path} answered {answer.status_code}: {answer.text}"


async def _all(*chapters: Callable[[], AsyncIterator[object]]) -> None:
    for chapter in chapters:
        async for _ in chapter():
            continue


def party_of(person: str) -> str:
    """The party of a person's id, as benefits names it."""
    return f"person:{int(person[1:-1])}"
