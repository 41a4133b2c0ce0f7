"""A second story: somebody becomes invalid, and her pension is paid month by month, by moving the clock.

RM2,940.00 a month in the 24 months before the notice are the class over RM2,900, assumed RM2,950.00; with 24 months in
the last 40 the qualifying period is full, and the pension is 50 % of it: RM1,475.00 a month (Act 4 ss.17, 20). It
begins on the day of the notice: of that month she has the days that are left, by the days of the month, half up
(s.19(2)). What is left of a month falls due on its last day, a whole month on its payday. The story begins today,
whatever day that is.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from deploy.local.officers import PROPOSES, let_count
from deploy.local.story import OFFICER, Employer, Story, StoryStep, Worker, until
from services.registration.files.contribution_file import FileLine
from shared.kernel.clock import today
from shared.kernel.money import Sen, half_up, sen_from_ringgit
from shared.kernel.periods import Month
from shared.law.act4.calendar.rules import monthly_benefit_paid_on
from shared.law.book import book

CHAPTER = 8
MONTHLY_SEN: Sen = 147_500
PAID_MONTHS = 3
CONTRIBUTED_MONTHS = 24
# Wage, Act 4 employer and employee, EIS each side; and the employee's SKBBK since the months from which it is so much.
AMOUNTS = (294_000, 5165, 1475, 590, 590)
_SKBBK = {Month(2031, 6): 3690, Month(2028, 6): 2950, Month(2026, 6): 2215}


@dataclass(frozen=True)
class PaidMonth:
    """A month of the pension: from which day, how much, and the day on which it falls due."""

    first: date
    amount_sen: Sen
    due_on: date


def months_from(noticed_on: date) -> list[PaidMonth]:
    """The months that the story waits for: what is left of the first one, and two more."""
    begun = Month.of(noticed_on)
    left = begun.last_day.day - noticed_on.day + 1
    broken = left < begun.last_day.day
    first = PaidMonth(
        noticed_on,
        half_up(Fraction(MONTHLY_SEN * left, begun.last_day.day)),
        begun.last_day if broken else paid_on(begun),
    )
    later = (begun + number for number in range(1, PAID_MONTHS))
    return [first, *(PaidMonth(each.first_day, MONTHLY_SEN, paid_on(each)) for each in later)]


def paid_on(month: Month) -> date:
    """Its payday by the statute book (Act 4, s.15)."""
    return monthly_benefit_paid_on(month, book().on(month.first_day, month.first_day))


@dataclass
class Pension(Story):
    """The eighth chapter; ``move_to`` moves the clock of the platform to the beginning of a day.

    ``months`` is for how many she contributed: with fewer she has a grant and no pension (Act 4 s.21).
    """

    worker: Worker = field(default_factory=lambda: Worker("FARIDAH BINTI KASSIM", born_on=date(1980, 6, 18)))
    old: Employer = field(default_factory=lambda: Employer("KEDAI BUKU MELAKA SDN BHD"))
    months: int = CONTRIBUTED_MONTHS
    move_to: Callable[[date], None] = field(kw_only=True)

    async def told(self) -> AsyncIterator[StoryStep]:
        """She gave up work, notifies, is found invalid by a board, and is paid for three months."""
        noticed_on = today()
        await self.worked()
        await self.notified()
        yield StoryStep(CHAPTER, "Invalidity notified", (("claim", self.worker.claim), ("on", noticed_on.isoformat())))
        await self.certified()
        # Last, so that the silence of registration, on which a pension rests, is told of at once.
        await self.contributed_for()
        monthly = await self.granted()
        yield StoryStep(CHAPTER, "Pension granted", (("a month", monthly["amount"]), ("law", monthly["law"])))
        for month in months_from(noticed_on):
            if month.due_on > today():
                self.move_to(month.due_on)
            yield await self.paid_for(month)

    async def worked(self) -> None:
        """She is registered with an employment of these months, which ended with the last one, and an account."""
        months = _months(self.months)
        await self.register_employer(self.old)
        await self.register_person()
        spell = await self.start_spell(self.old, months[0].first_day.isoformat(), party=OFFICER)
        ended = {"ended_on": months[-1].last_day.isoformat()}
        await self._post("registration", f"/v1/spells/{spell}/end", party=OFFICER, json=ended)
        account = {"bank_bic": "MBBEMYKL", "number": self.worker.account}
        payee = {"person": self.worker.person, "account_name": self.worker.name, "account": account}
        await self._post("benefits", "/v1/payees", party=OFFICER, json=payee)

    async def contributed_for(self) -> None:
        """One file brings all her months."""
        code, mykad, name = self.old.code, self.worker.mykad, self.worker.name
        await self._send_lines(
            self.old, [FileLine(code, mykad, name, each, *AMOUNTS, skbbk_of(each)) for each in _months(self.months)]
        )

    async def notified(self) -> None:
        """She says so herself."""
        party = self.worker.party
        await self.client.admit(party)
        notice = {"kind": "invalidity", "person": self.worker.person, "happened_on": today().isoformat()}
        self.worker.claim = (await self._post("claims", "/v1/notices", party=party, json=notice))["claim"]

    async def certified(self) -> None:
        """A Medical Board certifies it: one officer states that, and two let it count."""
        path = f"/v1/claims/{self.worker.claim}/evidence"
        found = {"invalidity": {"certified": True, "earning_capacity": 20}}
        stated = await self._post("claims", path, party=OFFICER, subject=PROPOSES, json=found)
        await let_count(self.client, self.worker.claim, stated["evidence"])

    async def granted(self) -> dict[str, str]:
        """Wait until benefits owes it, and compare what is owed for a month."""
        path = f"/v1/entitlements?person={self.worker.person}"
        page = await self._until("benefits", path, lambda page: any(map(_monthly, page["data"])))
        (owed,) = page["data"]
        (term,) = _monthly(owed)
        self._same("pension for a month", sen_from_ringgit(term["amount"]["amount"]), MONTHLY_SEN)
        return {"amount": f"RM{term['amount']['amount']}", "law": owed["law"]}

    async def paid_for(self, month: PaidMonth) -> StoryStep:
        """Wait until the bank has settled what fell due on this day, and compare it to the sen."""

        name = str(Month.of(month.first))

        async def paid() -> list[dict[str, Any]]:
            of_month = (each for each in await self.payments() if each["period_last"].startswith(name))
            return [each for each in of_month if each["state"] == "settled"]

        (payment,) = await until(paid, bool, f"the payment of {name}")
        self._same(f"paid for {name}", sen_from_ringgit(payment["amount"]["amount"]), month.amount_sen)
        facts = (
            ("month", name),
            ("amount", f"RM{payment['amount']['amount']}"),
            ("payday", month.due_on.isoformat()),
            ("fund", payment["fund"]),
        )
        return StoryStep(CHAPTER, "Paid", facts)

    async def payments(self) -> list[dict[str, Any]]:
        """All of hers."""
        answer = await self.client.call(
            "benefits", "GET", f"/v1/payments?person={self.worker.person}&limit=100", party=OFFICER
        )
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows


def _months(number: int) -> tuple[Month, ...]:
    return Month.of(today()).window_before(number)


def skbbk_of(month: Month) -> Sen:
    return next((sen for since, sen in _SKBBK.items() if month >= since), 0)


def _monthly(owed: Any) -> list[dict[str, Any]]:
    return [term for term in owed["terms"] if term["per"] == "month"]
