"""Lives of people, as journeys run them in this process and crash proofs on the running platform.

What they come to is worked from the Act where it is asserted.
"""

from datetime import date
from functools import partial
from typing import Any

from deploy.local.officers import PROPOSES, decide, find_task, let_count, propose
from deploy.local.story import OFFICER, Amounts, Story, Worker, until

NO_WAGE_MONTH = "no_wage_month"

# RM3,120.00 a month, and with SKBBK from June 2026 on.
_COMMUTER_BEFORE: Amounts = (312_000, 5515, 1575, 630, 630, 0)
_COMMUTER: Amounts = (312_000, 5515, 1575, 630, 630, 2365)
# RM1,980.00 a month, of the second category.
_GUARD_BEFORE: Amounts = (198_000, 2440, 0, 0, 0, 0)
_GUARD: Amounts = (198_000, 2440, 0, 0, 0, 1465)
# The apprentice has RM1,070.00 in July 2026, and the operator RM2,290.00 a month.
_APPRENTICE: Amounts = (107_000, 1835, 525, 210, 210, 785)
_OPERATOR_BEFORE: Amounts = (229_000, 3935, 1125, 450, 450, 0)
_OPERATOR: Amounts = (229_000, 3935, 1125, 450, 450, 1685)


class Commuter(Story):
    """Employed for years, and hit by a car on her way home."""

    async def contribute(self, month: int) -> None:
        """The file of a month."""
        await self._send_file(self.old, f"2026-{month:02d}", _COMMUTER if month >= 6 else _COMMUTER_BEFORE)

    async def interrupted(self) -> None:
        """The employer says that she went elsewhere after her shift."""
        notice = {
            "person": self.worker.person,
            "happened_on": "2026-08-05",
            "place": "commuting",
            "interrupted": True,
            "certificate": {"first": "2026-08-05", "last": "2026-08-24", "issued_on": "2026-08-05"},
            "wages_paid_for": ["2026-08-05"],
        }
        answer = await self._post("claims", "/v1/notices", party=self.old.party, json=notice)
        self.worker.claim = answer["claim"]

    async def straight_home(self) -> None:
        """The clock record shows overtime; an officer looks, and lets it count."""
        path = f"/v1/claims/{self.worker.claim}/evidence"
        stated = await self.client.call("claims", "GET", path, party=self.old.party)
        (circumstances,) = (each["evidence"] for each in stated.json() if each["kind"] == "circumstances")
        body: dict[str, Any] = {"circumstances": {"place": "commuting"}}
        correction = f"/v1/evidence/{circumstances}/correction"
        corrected = await self._post("claims", correction, party=self.old.party, json=body)
        await let_count(self.client, self.worker.claim, corrected["evidence"])

    async def ten_days_later(self) -> None:
        """The employer corrects its certificate; nobody disputes it."""
        path = f"/v1/claims/{self.worker.claim}/evidence"
        stated = await self.client.call("claims", "GET", path, party=self.old.party)
        (certified,) = (each["evidence"] for each in stated.json() if each["kind"] == "certificate")
        moved = {"first": "2026-08-16", "last": "2026-09-03", "issued_on": "2026-08-05"}
        correction = f"/v1/evidence/{certified}/correction"
        await self._post("claims", correction, party=self.old.party, json={"certificate": moved})


class Guard(Story):
    """A night guard of 61 years, and those he leaves behind."""

    async def left_behind(self, name: str, born_on: str) -> str:
        """A person whom the organisation registers, with an account; the number."""
        worker = Worker(name)
        mykad = f"{date.fromisoformat(born_on):%y%m%d}14{worker.mykad[-4:]}"
        body = {
            "name": name,
            "national_id": {"kind": "mykad", "number": mykad},
            "born_on": born_on,
            "residence": "citizen",
        }
        person: str = (await self._post("registration", "/v1/persons", party=OFFICER, json=body))["person"]
        account = {"bank_bic": "MBBEMYKL", "number": worker.account}
        payee = {"person": person, "account_name": name, "account": account}
        await self._post("benefits", "/v1/payees", party=OFFICER, json=payee)
        return person

    async def contribute(self, month: int) -> None:
        """The file of a month."""
        await self._send_file(self.old, f"2026-{month:02d}", _GUARD if month >= 6 else _GUARD_BEFORE)

    async def dies(self) -> None:
        """The employer reports the fall, and that he died of it the same night."""
        notice = {
            "person": self.worker.person,
            "happened_on": "2026-07-31",
            "place": "at_work",
            "died_on": "2026-07-31",
        }
        answer = await self._post("claims", "/v1/notices", party=self.old.party, json=notice)
        self.worker.claim = answer["claim"]

    async def death(self) -> str:
        """The claim of the death."""
        path = f"/v1/claims?person={self.worker.person}"
        page = await self._until("claims", path, lambda page: any(each["kind"] == "death" for each in page["data"]))
        return str(next(each["claim"] for each in page["data"] if each["kind"] == "death"))

    async def state(self, **statement: dict[str, Any]) -> None:
        """One officer states it, another lets it count."""
        claim = await self.death()
        path = f"/v1/claims/{claim}/evidence"
        stated = await self._post("claims", path, party=OFFICER, subject=PROPOSES, json=statement)
        await let_count(self.client, claim, stated["evidence"])


class Migrant(Guard):
    """A foreign worker who dies as the guard does, and whose employer has the remains brought home."""

    async def register_person(self) -> None:
        """The employer registers its foreign worker."""
        who = {
            "name": self.worker.name,
            "national_id": {"kind": "mykad", "number": self.worker.mykad},
            "born_on": self.worker.born_on.isoformat(),
            "residence": "foreign_worker",
        }
        self.worker.person = (await self._post("registration", "/v1/persons", party=self.old.party, json=who))["person"]

    async def hired(self) -> None:
        """The employer and its worker are registered, since a year before."""
        await self.register_employer(self.old)
        await self.register_person()
        await self.start_spell(self.old, "2025-01-06", party=OFFICER)

    async def is_brought_home(self) -> None:
        """The employer has receipts; officers find the most that is paid for one case."""
        paid = {"amount": "4200.00", "currency": "MYR"}
        await self.state(repatriation={"employer": self.old.employer, "paid": paid})
        says = {"kind": "finding", "fact": "highest cost of repatriation", "found": "7500.00 by P.U.(A) 5/2026"}
        await decide(self.client, "doubt", await self.death(), says)


class Apprentice(Story):
    """Hired in July 2026 and hurt in July: no month with wages, so an operator in similar work is named."""

    operator: Story

    async def months_of_operator(self) -> None:
        """An operator of the same employer, and what she earned from January to June."""
        self.operator = Story(self.client, old=self.old)
        await self.operator.register_person()
        await self.operator.start_spell(self.old, "2025-01-06", party=OFFICER)
        for month in range(1, 7):
            await self.operator._send_file(self.old, f"2026-{month:02d}", _OPERATOR if month == 6 else _OPERATOR_BEFORE)

    async def hired(self) -> None:
        """She begins in July, with an account, and her first line comes in August."""
        await self.register_employer(self.old)
        await self.register_person()
        await self.start_spell(self.old, "2026-07-01", party=OFFICER)
        account = {"bank_bic": "MBBEMYKL", "number": self.worker.account}
        payee = {"person": self.worker.person, "account_name": self.worker.name, "account": account}
        await self._post("benefits", "/v1/payees", party=OFFICER, json=payee)
        await self._send_file(self.old, "2026-07", _APPRENTICE)

    async def is_cut(self) -> None:
        """The employer reports it; nobody knows by which wages she is paid."""
        notice = {
            "person": self.worker.person,
            "happened_on": "2026-07-15",
            "place": "at_work",
            "certificate": {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"},
            "wages_paid_for": ["2026-07-15"],
        }
        answer = await self._post("claims", "/v1/notices", party=self.old.party, json=notice)
        self.worker.claim = answer["claim"]

    async def waits_for_a_person(self) -> None:
        """The task of the claim is opened."""
        ask = partial(find_task, self.client, NO_WAGE_MONTH, self.worker.claim)
        await until(ask, bool, f"a task of {self.worker.claim}")

    async def proposes(self) -> None:
        """One officer takes the task and names the operator."""
        await propose(self.client, NO_WAGE_MONTH, self.worker.claim, self._says)

    async def approves(self) -> None:
        """Another officer approves it."""
        await decide(self.client, NO_WAGE_MONTH, self.worker.claim, self._says)

    @property
    def _says(self) -> dict[str, str]:
        return {"kind": "similar_worker", "person": self.operator.worker.person}
