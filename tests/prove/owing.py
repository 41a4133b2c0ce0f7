"""What is owed beside a claim's days, act by act, and what each comes to, to the sen.

A refund, a provider's bill, its repayment by lines of the bank's statement, and a pension by the month.

The amounts are worked where the journey of these lives is (tests/journeys/test_owing.py): the guard's December 2025 was
declared at RM1,980.00, paid with RM24.40, and is corrected to RM1,880.00, whose contribution is RM23.10 (Act 4, Third
Schedule): RM1.30 go back to his employer. A hospital asks RM185.00 and is owed RM170.00 by the schedule that two
officers enter (Act 4 s.57); it takes its bill back when it is paid, and pays RM100.00 and RM70.00, of which the
second is countered and comes again. A pension of RM1,475.00 a month begins on the day of its notice: what is left of
that month by its days, and two whole months.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from deploy.local.clock import move
from deploy.local.officers import APPROVES, PROPOSES, decide, find_task, propose
from deploy.local.pension import PaidMonth, Pension, months_from
from deploy.local.story import HOSPITAL, OFFICER, Amounts, Client, Story, Worker, until
from shared.kernel.clock import today
from shared.kernel.identifiers import person_number
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from tests.journeys.lives import Guard
from tests.prove.acts import Act, Deaths, Do, at_each, nothing
from tests.prove.officers import Officers, appointed
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

BANK, BANK_CLIENT = "bank:1", "bank-statements"
BANK_SCOPES = (
    "benefits:statement_line:write registration:contribution_receipt:write registration:contribution_receipt:read"
)
DECEMBER = "2025-12"
DECLARED: Amounts = (198_000, 2440, 0, 0, 0, 0)
LOWER: Amounts = (188_000, 2310, 0, 0, 0, 0)
REFUND_SEN, BILL_SEN, FIRST_LINE_SEN, SECOND_LINE_SEN = 130, 17_000, 10_000, 7_000
REFUND_SAYS: Mapping[str, Any] = {"kind": "refund_due", "paid": {"amount": "24.40", "currency": "MYR"}}
BILL_SAYS: Mapping[str, Any] = {
    "kind": "bill_approved",
    "cap": {"amount": "170.00", "currency": "MYR"},
    "schedule": "Set rates of 2026, a session",
}
# So that what is left of the month is not due on the day of the notice, whenever this runs.
NOTIFIED_ON = 10

REQUEST = ("request.before_commit", "request.after_commit")
RELAY = ("relay.read", "relay.handed_over", "relay.acknowledged", "relay.marked")
DUE = ("due.claimed", "due.before_commit", "due.after_commit")
# Of a record that is read again one by one the batch's own points are passed no more (consumer_core.py), so that
# these end it in its place; after four times it would be set aside. The one of a whole batch is passed by another.
REACTING = ("consumer.in_flight", "consumer.applied", "consumer.handled", "consumer.offsets_committed")
WHOLE = ("consumer.fetched", "consumer.committed")

# The processes that die in each act.
DEATHS: Mapping[str, Deaths] = {
    "the bank received the month": (
        *(("registration-api", point) for point in REQUEST),
        *at_each("registration-worker", "allocate_receipt", *DUE),
        *at_each("registration-worker", "review_account", *DUE),
        *at_each("benefits-worker", "contribution.received", *WHOLE),
    ),
    "the month is corrected": at_each("registration-worker", "review_refund", *DUE),
    "a refund is claimed": tuple(("registration-api", point) for point in REQUEST),
    "a refund is proposed": (("registration-api", "request.before_commit"),),
    "a refund is approved": (
        *(("registration-api", point) for point in REQUEST),
        *at_each("registration-worker", "registration.payable", *RELAY),
        *at_each("benefits-worker", "registration.payable", *REACTING),
        ("benefits-api", "bank_file.handed_out"),
    ),
    "a bill is sent": (
        *(("rehab-api", point) for point in REQUEST),
        *at_each("rehab-worker", "ask_about_bill", *DUE),
    ),
    "a bill is proposed": (("rehab-api", "request.after_commit"),),
    "a bill is approved": (
        *(("rehab-api", point) for point in REQUEST),
        *at_each("rehab-worker", "rehab.payable", *RELAY),
        *at_each("benefits-worker", "rehab.payable", *WHOLE),
        *at_each("benefits-worker", "settle_entitlement", *DUE),
        ("benefits-api", "status_report.read"),
        ("benefits-api", "status_report.taken"),
    ),
    "the bill is taken back": (
        *(("rehab-api", point) for point in REQUEST),
        *at_each("benefits-worker", "rehab.payable", *REACTING),
    ),
    "a part is paid back": (
        *(("benefits-api", point) for point in REQUEST),
        *at_each("benefits-worker", "book_statement_line", *DUE),
        *at_each("benefits-worker", "benefit.paid", *RELAY[:2]),
        *at_each("claims-worker", "benefit.paid", *WHOLE),
    ),
    "the rest is paid back": (
        *at_each("benefits-worker", "book_repayment", *DUE),
        *at_each("benefits-worker", "benefit.paid", *RELAY[2:]),
        *at_each("claims-worker", "benefit.paid", *(point for point in REACTING if point != "consumer.handled")),
    ),
    "a line is countered": at_each("benefits-worker", "counter_repayment", *DUE),
    "the first month ends": (
        *at_each("benefits-worker", "settle_entitlement", *DUE),
        ("benefits-worker", "bank_file.before_render"),
        ("benefits-worker", "bank_file.rendered"),
    ),
    "a payday comes, and the calendar has moved": (
        *at_each("benefits-worker", "wake_monthly", *DUE),
        ("benefits-worker", "bank_file.frozen"),
        ("benefits-api", "status_report.taken"),
    ),
    "the next payday comes": (
        *at_each("benefits-worker", "check_bank_file", *DUE),
        *at_each("benefits-worker", "settle_entitlement", "due.before_commit"),
        *at_each("benefits-worker", "benefit.paid", "relay.acknowledged"),
    ),
}

_TRANSFERS = "SELECT cause, amount_sen FROM transfer WHERE party = $1"
# Another release had another calendar: each of its paydays was a day earlier.
_CALENDAR_MOVED = "UPDATE payment_day SET paid_on = paid_on - 1"


@dataclass
class Owing:
    """The lives, in the order of their acts."""

    platform: PlatformFixture
    guard: "Refunded"
    bill: "Billed"
    pension: Pension
    months: list[PaidMonth] = field(default_factory=list)

    @classmethod
    async def on(cls, platform: PlatformFixture) -> "Owing":
        """Nobody of them is registered yet."""
        client = Partner(Officers(platform.state, await appointed(platform.state)))
        await client.admit(BANK, client_id=BANK_CLIENT, scopes=BANK_SCOPES)
        guard = Refunded(client, Worker("RAHMAN BIN OMAR", born_on=date(1965, 2, 10)))
        pension = Pension(client, move_to=lambda day: _move(platform, day))
        return cls(platform, guard, Billed(guard), pension)

    def acts(self) -> list[Act]:
        """All of them."""
        return [*self._refund(), *self._bill(), *self._pension()]

    def _refund(self) -> list[Act]:
        guard = self.guard
        return [
            Act("an employer is registered", guard.is_registered, nothing),
            _act("the bank received the month", guard.banked, guard.is_allocated),
            _act("the month is corrected", partial(guard.december, LOWER), guard.may_be_claimed),
            _act("a refund is claimed", guard.claims, guard.waits_for_officers),
            _act("a refund is proposed", guard.proposed, nothing),
            _act("a refund is approved", guard.approved, guard.is_refunded),
        ]

    def _bill(self) -> list[Act]:
        bill = self.bill
        return [
            _act("a bill is sent", bill.is_sent, bill.waits_for_officers),
            _act("a bill is proposed", bill.proposed, nothing),
            _act("a bill is approved", bill.approved, bill.is_paid),
            _act("the bill is taken back", bill.taken_back, partial(bill.is_to_come_back, BILL_SEN)),
            _act("a part is paid back", bill.pays_a_part, partial(bill.is_to_come_back, SECOND_LINE_SEN)),
            _act("the rest is paid back", bill.pays_the_rest, partial(bill.is_to_come_back, 0)),
            _act("a line is countered", bill.countered, partial(bill.is_to_come_back, SECOND_LINE_SEN)),
            Act("it comes in indeed", bill.pays_once_more, partial(bill.is_to_come_back, 0)),
        ]

    def _pension(self) -> list[Act]:
        calendar = "a payday comes, and the calendar has moved"
        return [
            Act("a pension is granted", self._granted, self.pension.granted),
            _act("the first month ends", partial(self._comes, 0), partial(self._is_paid, 0)),
            _act(calendar, self._comes_by_another_calendar, partial(self._is_paid, 1)),
            _act("the next payday comes", partial(self._comes, 2), partial(self._is_paid, 2)),
        ]

    async def _granted(self) -> None:
        """She notifies on a day in the middle of the month that comes."""
        _move(self.platform, (Month.of(today()) + 1).days.first.replace(day=NOTIFIED_ON))
        self.months = months_from(today())
        await self.pension.worked()
        await self.pension.notified()
        await self.pension.certified()
        await self.pension.contributed_for()

    async def _comes(self, number: int) -> None:
        """The day on which it falls due."""
        _move(self.platform, self.months[number].due_on)

    async def _comes_by_another_calendar(self) -> None:
        """The same, and a worker of another release had looked at the calendar last."""
        await self.platform.fetch("benefits", _CALENDAR_MOVED)
        await self._comes(1)

    async def _is_paid(self, number: int) -> None:
        """To the sen, and once."""
        await self.pension.paid_for(self.months[number])

    async def is_even(self) -> None:
        """What was posted for each party in all is what was owed and paid back, each once; with more it never is."""
        instructed, settled = "instructed", "settled"
        paid = [each.amount_sen for each in self.months]
        refund = [(instructed, REFUND_SEN), (settled, REFUND_SEN)]
        second = [(cause, SECOND_LINE_SEN) for cause in ("repaid", "repaid_countered", "repaid")]
        lines = [("repaid", FIRST_LINE_SEN), *second]
        bill = [(instructed, BILL_SEN), (settled, BILL_SEN), ("recovery_opened", BILL_SEN), *lines]
        pension = [(cause, sen) for cause in (instructed, settled) for sen in paid]
        party = f"person:{person_number(self.pension.worker.person)}"
        for whose, wanted in ((self.guard.old.party, refund), (HOSPITAL, bill), (party, pension)):
            await until(partial(self._posted, whose), partial(_same, Counter(wanted)), f"{wanted} posted for {whose}")

    async def _posted(self, party: str) -> Counter[tuple[str, int]]:
        rows = await self.platform.fetch("benefits", _TRANSFERS, party)
        return Counter((row["cause"], row["amount_sen"]) for row in rows)


class Refunded(Guard):
    """A guard whose employer declared too much for a month."""

    receipt: str

    async def is_registered(self) -> None:
        """With an account of the employer, and the month as it was declared first."""
        await self.register_employer(self.old)
        await self.register_person()
        await self.start_spell(self.old, "2020-01-06", party=OFFICER)
        await _account_of(self, self.old.party)
        await self.december(DECLARED)

    async def december(self, amounts: Amounts) -> None:
        """The file of the month."""
        await self._send_file(self.old, DECEMBER, amounts)

    async def banked(self) -> None:
        """The bank says what the employer paid for the month."""
        body = {
            "employer": self.old.employer,
            "month": DECEMBER,
            "amount": _ringgit(DECLARED[1]),
            "banked_on": today().isoformat(),
            "reference": f"FPX {self.old.code}",
        }
        answer = await self._post("registration", "/v1/contribution-receipts", party=BANK, json=body)
        self.receipt = answer["receipt"]

    async def is_allocated(self) -> None:
        """It equals what is declared."""
        path = f"/v1/contribution-receipts/{self.receipt}"
        await self._until("registration", path, lambda found: found["state"] == "allocated", party=BANK)

    async def may_be_claimed(self) -> None:
        """The machine has looked at the month."""
        await self._until("registration", "/v1/refunds", _is_claimable, party=self.old.party)

    async def claims(self) -> None:
        """The employer claims it."""
        body = {"employer": self.old.employer, "month": DECEMBER}
        await self._post("registration", "/v1/refunds", party=self.old.party, json=body)

    async def waits_for_officers(self) -> None:
        """The task is opened."""
        await until(partial(find_task, self.client, "refund", DECEMBER, "registration"), bool, "the task of a refund")

    async def proposed(self) -> None:
        """One officer takes it and proposes."""
        await propose(self.client, "refund", DECEMBER, dict(REFUND_SAYS), service="registration")

    async def approved(self) -> None:
        """Another one approves."""
        await decide(self.client, "refund", DECEMBER, dict(REFUND_SAYS), service="registration")

    async def is_refunded(self) -> None:
        """The employer has it."""
        await _paid(self.client, self.old.party, REFUND_SEN)


@dataclass
class Billed:
    """A hospital's bill for the treatment of a person, which it takes back when it is paid."""

    patient: Story
    bill: str = ""

    async def is_sent(self) -> None:
        """The hospital has an account, and sends it."""
        await _account_of(self.patient, HOSPITAL)
        body = {
            "bill_number": f"INV-{self.patient.old.code}",
            "person": self.patient.worker.person,
            "treatment": "physiotherapy",
            "treated_on": "2026-08-04",
            "amount": _ringgit(18_500),
        }
        self.bill = (await self.patient._post("rehab", "/v1/bills", party=HOSPITAL, json=body))["bill"]

    async def waits_for_officers(self) -> None:
        """The task is opened."""
        await until(partial(find_task, self.patient.client, "bill", self.bill, "rehab"), bool, "the task of a bill")

    async def proposed(self) -> None:
        """One officer takes it and proposes up to which amount."""
        await propose(self.patient.client, "bill", self.bill, dict(BILL_SAYS), service="rehab")

    async def approved(self) -> None:
        """Another one approves."""
        await decide(self.patient.client, "bill", self.bill, dict(BILL_SAYS), service="rehab")

    async def is_paid(self) -> None:
        """The hospital has it."""
        await _paid(self.patient.client, HOSPITAL, BILL_SEN)

    async def taken_back(self) -> None:
        """The hospital says that it was wrong."""
        await self.patient._post("rehab", f"/v1/bills/{self.bill}/withdrawals", party=HOSPITAL)

    async def is_to_come_back(self, sen: int) -> None:
        """So much of what it was paid is still open."""
        await until(self._recoveries, lambda found: [each["open"] for each in found] == [_ringgit(sen)], f"{sen} open")

    async def pays_a_part(self) -> None:
        """The bank states a line with the reference of the recovery."""
        await self._states([await self._line(1, FIRST_LINE_SEN)], taken=1)

    async def pays_the_rest(self) -> None:
        """The bank states another line, and the whole statement once more."""
        lines = [await self._line(1, FIRST_LINE_SEN), await self._line(2, SECOND_LINE_SEN)]
        await self._states(lines, taken=1)
        await self._states(lines, taken=0)

    async def countered(self) -> None:
        """Two officers find that the second line did not come in."""
        story, listed = self.patient, "/v1/repayments?state=repaid&limit=100"
        page = (await story.client.call("benefits", "GET", listed, party=OFFICER)).json()
        (wrong,) = [each for each in page["data"] if each["amount"] == _ringgit(SECOND_LINE_SEN)]
        path, says = f"/v1/repayments/{wrong['repayment']}/counter-entries", {"evidence": "KB-2026-0195"}
        await story._post("benefits", path, party=OFFICER, subject=PROPOSES, json=says)
        await story._post("benefits", f"{path}/releases", party=OFFICER, subject=APPROVES)

    async def pays_once_more(self) -> None:
        """The bank states it under another number."""
        await self._states([await self._line(3, SECOND_LINE_SEN)], taken=1)

    async def _states(self, lines: Sequence[Mapping[str, Any]], *, taken: int) -> None:
        body = {"statement": f"ST-{self.patient.old.code}", "lines": lines}
        told = await self.patient._post("benefits", "/v1/statement-lines", party=BANK, json=body)
        assert told == {"taken": taken, "repeated": len(lines) - taken}

    async def _line(self, number: int, sen: int) -> Mapping[str, Any]:
        (recovery,) = await until(self._recoveries, bool, "the recovery")
        reference = f"{recovery['reference']} BAYARAN BALIK"
        return {"line": number, "amount": _ringgit(sen), "value_on": today().isoformat(), "reference": reference}

    async def _recoveries(self) -> list[dict[str, Any]] | None:
        path = f"/v1/recoveries?person={self.patient.worker.person}"
        answer = await self.patient.client.call("benefits", "GET", path, party=OFFICER)
        return list(answer.json()["data"]) if answer.is_success else None


def _act(name: str, do: Do, comes_to: Do) -> Act:
    return Act(name, do, comes_to, DEATHS[name])


def _move(platform: PlatformFixture, day: date) -> None:
    """Put the clock of the platform to the beginning of a day."""
    move(platform.state, day.isoformat(), "")


async def _account_of(story: Story, party: str) -> None:
    """One officer enters an account of a party, another one releases it."""
    account = {"bank_bic": "MBBEMYKL", "number": story.worker.account}
    body = {"account_name": "PIHAK KETIGA", "account": account, "capacity": "organisation"}
    path = f"/v1/parties/{party}/accounts"
    entered = await story._post("benefits", path, party=OFFICER, subject=PROPOSES, json=body)
    released = f"{path}/{entered['version']}/releases"
    await story._post("benefits", released, party=OFFICER, subject=APPROVES)


async def _paid(client: Client, party: str, sen: int) -> None:
    """Wait until the bank has settled so much to a party; with more it never comes true."""

    async def settled() -> int | None:
        answer = await client.call("benefits", "GET", f"/v1/parties/{party}/payments?limit=100", party=OFFICER)
        if answer.is_error:
            return None
        payments = [each for each in answer.json()["data"] if each["state"] == "settled"]
        return sum(sen_from_ringgit(each["amount"]["amount"]) for each in payments)

    await until(settled, lambda found: found == sen, f"{sen} sen paid to {party}")


def _ringgit(sen: int) -> dict[str, str]:
    return {"amount": f"{sen // 100}.{sen % 100:02d}", "currency": "MYR"}


def _is_claimable(page: Mapping[str, Any]) -> bool:
    return [each["month"] for each in page["data"] if each["claimable"]] == [DECEMBER]


def _same(wanted: object, found: object) -> bool:
    return found == wanted
