"""A third story: a Medical Board finds what an accident left, and it is paid by the month.

RM2,940.00 a month in the six months before the accident are the class over RM2,900, assumed RM2,950.00; by 30 and 90 %
RM88.50 a day at full loss, and RM17.70 for 20 % of it: RM531.00 a month (Act 4 s.22). The accident lies three months
back, and the board states the first day of the month after it as that of the benefit: what has fallen due since is paid
at once, whatever day the story begins on.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.local.officers import APPROVES, PROPOSES, decide
from deploy.local.pension import AMOUNTS, paid_on, skbbk_of
from deploy.local.story import HOSPITAL, OFFICER, Employer, Story, StoryStep, Worker, until
from services.registration.files.contribution_file import FileLine
from shared.kernel.clock import today
from shared.kernel.identifiers import person_number
from shared.kernel.money import Sen, sen_from_ringgit
from shared.kernel.periods import Month

CHAPTER = 10
MONTHLY_SEN: Sen = 53_100
BENEFIT = "permanent_disablement"
SECRETARY, CHAIRMAN, MEMBERS = PROPOSES, APPROVES, ("officer-3", "officer-4")
_RATED_MONTHS = 6


@dataclass
class BeforeBoard(Story):
    """A story in which a board finds something."""

    async def heard(self, claim: str, **found: Any) -> str:
        """Officers put the claim before a board, which hears the person today; two close the session. The session."""

        async def said(path: str, officer: str, **body: Any) -> Any:
            return await self._post("claims", f"/v1/{path}", party=OFFICER, subject=officer, json=body)

        case = (await said(f"claims/{claim}/board-cases", SECRETARY, question="permanent_loss"))["case"]
        planned = {"board": "medical", "day": today().isoformat(), "place": "KL-1", "quota": 1}
        session: str = (await said("board-sessions", SECRETARY, **planned))["session"]
        await said(f"board-sessions/{session}/panels", SECRETARY, chairman=CHAIRMAN, members=list(MEMBERS))
        await said(f"board-sessions/{session}/invitations", SECRETARY, case=case, justified_by="asked_by_person")
        await said(f"board-cases/{case}/attendances", SECRETARY, came=True)
        await said(f"board-cases/{case}/results", CHAIRMAN, **found)
        await decide(self.client, "board_session", session, {"kind": "session_closed"})
        return session


@dataclass
class Loss(BeforeBoard):
    """The tenth chapter."""

    worker: Worker = field(default_factory=lambda: Worker("HAFIZ BIN ISMAIL", born_on=date(1990, 3, 14)))
    old: Employer = field(default_factory=lambda: Employer("BENGKEL BESI KLANG SDN BHD"))
    month: Month = field(default_factory=lambda: Month.of(today()) - 3)
    """Of the accident."""

    async def told(self) -> AsyncIterator[StoryStep]:
        """He is hurt at a press, and a board finds a fifth of his capacity gone for good; he takes it by the month."""
        await self.worked()
        await self.hurt()
        session = await self.heard(self.worker.claim, diagnosis="S68.1", loss=self._loss)
        said = (("session", session), ("loss", "20 %"), ("closed by", f"{CHAIRMAN} and {SECRETARY}"))
        yield StoryStep(CHAPTER, "A Medical Board decided", said)
        await self.applied()
        yield await self.paid_so_far()

    @property
    def _loss(self) -> dict[str, str]:
        return {"percent": "20", "benefit_from": (self.month + 1).first_day.isoformat()}

    async def worked(self) -> None:
        """He is registered with an employment that goes on, an account, and the months by which he is rated."""
        await self.register_employer(self.old)
        await self.register_person()
        months = self.month.window_before(_RATED_MONTHS)
        await self.start_spell(self.old, months[0].first_day.isoformat(), party=OFFICER)
        account = {"bank_bic": "MBBEMYKL", "number": self.worker.account}
        payee = {"person": self.worker.person, "account_name": self.worker.name, "account": account}
        await self._post("benefits", "/v1/payees", party=OFFICER, json=payee)
        own = (self.old.code, self.worker.mykad, self.worker.name)
        await self._send_lines(self.old, [FileLine(*own, each, *AMOUNTS, skbbk_of(each)) for each in months])

    async def hurt(self) -> None:
        """The hospital reports it, and certifies two weeks from the next day on; claims decides them."""
        on, first, last = (date(self.month.year, self.month.month, day).isoformat() for day in (6, 7, 20))
        notice = {
            "national_id": {"kind": "mykad", "number": self.worker.mykad},
            "name": self.worker.name,
            "happened_on": on,
            "place": "at_work",
            "certificate": {"first": first, "last": last, "issued_on": on},
        }
        self.worker.claim = (await self._post("claims", "/v1/notices", party=HOSPITAL, json=notice))["claim"]
        await self._until("claims", f"/v1/claims/{self.worker.claim}/decisions", bool)

    async def applied(self) -> None:
        """He says himself that he takes it by the month."""
        party = f"person:{person_number(self.worker.person)}"
        await self.client.admit(party)
        choice = {"choice": {"option": "periodic", "applied_on": today().isoformat()}}
        await self._post("claims", f"/v1/claims/{self.worker.claim}/evidence", party=party, json=choice)

    async def paid_so_far(self) -> StoryStep:
        """Wait until the bank has settled every month that has fallen due, at once, and compare it to the sen."""
        months = [self.month + 1]
        while paid_on(months[-1].next) <= today():
            months.append(months[-1].next)
        owed, span = len(months) * MONTHLY_SEN, f"{months[0]} to {months[-1]}"
        rows = await until(self._settled, lambda rows: _sum(rows) >= owed, f"the payment of {span}")
        amount = _sum(rows)
        self._same(f"paid for {span}", amount, owed)
        facts = (("month", span), ("amount", f"RM{amount // 100}.{amount % 100:02d}"))
        return StoryStep(CHAPTER, f"Paid, {len(months)} months", (*facts, ("fund", rows[0]["fund"])))

    async def _settled(self) -> list[dict[str, Any]]:
        path = f"/v1/payments?person={self.worker.person}&limit=100"
        rows = (await self.client.call("benefits", "GET", path, party=OFFICER)).json()["data"]
        return [each for each in rows if each["benefit"] == BENEFIT and each["state"] == "settled"]


def _sum(rows: list[dict[str, Any]]) -> Sen:
    return sum(sen_from_ringgit(each["amount"]["amount"]) for each in rows)
