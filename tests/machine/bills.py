"""What hospitals and the person do of treatment (ask at admission, bill, correct, take back), and what holds of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.claims.domain.medical_bill import TO_BE_SENT_AGAIN, payable_id
from services.claims.domain.medical_cover import MedicalScheme
from services.claims.tests.api.medical import HOSPITAL, OTHER_HOSPITAL, admission, line
from services.claims.tests.support import certificate
from shared.kernel.funds import Fund
from tests.machine.acts import DAYS, HERSELF, OFFICERS, asks, at, claim_at, says
from tests.machine.citing import uncited
from tests.machine.world import World, shown

HOSPITALS = (HOSPITAL, OTHER_HOSPITAL)
# The same item of a day may be billed by anybody, and once more: a choice of them is a number of three bits.
_LINES = (
    line(),
    line("consultation", "40.00", DAYS[1].isoformat()),
    line("ward_day", "220.00", DAYS[0].isoformat(), ward_class=1),
)
_AUTHORISATIONS = "SELECT * FROM medical_authorisation ORDER BY asked_at, id"
_BILLS = "SELECT * FROM medical_bill ORDER BY sent_at DESC, id DESC"


async def admit(world: World, hospital: str, day: date, *, noticed: bool, known: bool) -> None:
    """A hospital asks who bears a treatment, with a notice of the accident or without, of her or of nobody's name."""
    said: dict[str, Any] = {"admitted_on": day.isoformat(), "happened_on": day.isoformat()}
    if noticed:
        certified = certificate(day.isoformat(), day.replace(day=24).isoformat())
        said["notice"] = {"at_time": "07:40", "place": "at_work", "certificate": certified}
    if not known:
        said["name"] = "SITI BINTI OSMAN"
    await asks(world, hospital, "medical-authorisations", admission(**said))


async def send_bill(world: World, place: int, number: int, which: int) -> None:
    """A hospital bills what it asked for; the number of a bill may be one that it had."""
    asked = at(await world.rows("claims", _AUTHORISATIONS), place)
    if asked is not None:
        said = {"bill_number": f"INV-{number}", "authorisation": str(asked["id"]), "lines": _chosen(which)}
        await asks(world, asked["tenant"], "medical-bills", said)


async def send_receipt(world: World, place: int, number: int, which: int) -> None:
    """She claims back what she paid elsewhere."""
    claim = await claim_at(world, place, "accident")
    if claim is not None:
        said = {"bill_number": f"R-{number}", "claim": str(claim["id"]), "lines": _chosen(which)}
        await asks(world, HERSELF, "medical-bills", said)


async def change_bill(world: World, place: int, which: int | None, *, own: bool) -> None:
    """Whoever sent a bill says something else of it, or takes it back; or another hospital tries to."""
    bill = at(await world.rows("claims", _BILLS), place)
    if bill is None:
        return
    party = bill["tenant"] if own else "hospital:9"
    path = f"medical-bills/{bill['id']}"
    if which is None:
        await asks(world, party, f"{path}/withdrawals")
    else:
        await asks(world, party, f"{path}/corrections", {"lines": _chosen(which)})


async def review_line(world: World, place: int, number: int, officer: int) -> None:
    """An officer has a line looked at that no rule puts in doubt."""
    bill = at(await world.rows("claims", _BILLS), place)
    if bill is not None:
        await says(world, "claims", f"medical-bills/{bill['id']}/reviews", OFFICERS[officer], {"line": number})


def _chosen(which: int) -> list[dict[str, Any]]:
    """One of them at least; the first twice where all three are."""
    found = [each for bit, each in enumerate(_LINES) if which >> bit & 1]
    return [*found, *([_LINES[0]] if len(found) in (0, len(_LINES)) else [])]


# What holds.


_STANDING = """
    SELECT bill.id, bill.tenant, bill.person, bill.reason, (numbers_of(bill.person))[1] AS patient,
           said.lines AS said, stands.lines AS stands
    FROM medical_bill AS bill
    JOIN LATERAL (SELECT revision, lines FROM medical_bill_statement WHERE bill = bill.id
                  ORDER BY revision DESC LIMIT 1) AS said ON true
    LEFT JOIN LATERAL (SELECT lines FROM medical_settlement WHERE bill = bill.id AND of_statement = said.revision
                       ORDER BY number DESC LIMIT 1) AS stands ON true
    ORDER BY bill.sent_at, bill.id
"""
_PUBLISHED = (
    "SELECT DISTINCT ON (payable) payable, sen, recalled_at FROM medical_payable ORDER BY payable, revision DESC"
)
_BUSY = "SELECT FROM due_work WHERE failed IS NULL AND due_at <= now() + $1 LIMIT 1"
_TWO_FUNDS = "SELECT payable FROM medical_payable GROUP BY payable HAVING count(DISTINCT fund) > 1"
# What is paid or refused is decided by the law, and its record is kept.
_WITHOUT_RECORD = """
    SELECT bill, line ->> 'number' AS line FROM medical_settlement CROSS JOIN jsonb_array_elements(lines) AS line
    WHERE line ->> 'state' IN ('paid', 'refused')
          AND NOT EXISTS (SELECT FROM medical_line_record AS kept
                          WHERE (kept.bill, kept.hash) = (medical_settlement.bill, line ->> 'asked'))
"""
_RECORDS = "SELECT bill, hash, body FROM medical_line_record WHERE hash <> ALL ($1)"
# Who asks others to look at a line approves nothing of it while that is asked.
_OF_ONESELF = """
    SELECT asked.bill, asked.item, asked.asked_by FROM medical_line_review AS asked
    JOIN medical_line_finding AS found USING (bill, treated_on, item)
    WHERE found.at > asked.asked_at AND found.found <> 'priced' AND lower(found.approved_by) = lower(asked.asked_by)
          AND NOT EXISTS (SELECT FROM medical_line_finding AS before
                          WHERE (before.bill, before.treated_on, before.item)
                              = (asked.bill, asked.treated_on, asked.item)
                              AND before.found <> 'priced' AND before.at > asked.asked_at AND before.at < found.at)
"""
# What was said last, of whom it is known, and nobody will settle.
_UNSETTLED = """
    SELECT bill.id FROM medical_bill AS bill
    WHERE bill.person IS NOT NULL
          AND NOT EXISTS (SELECT FROM medical_settlement WHERE bill = bill.id AND of_statement
                          = (SELECT max(revision) FROM medical_bill_statement WHERE bill = bill.id))
          AND NOT EXISTS (SELECT FROM due_work WHERE kind = 'settle_medical_bill' AND isfinite(due_at)
                          AND payload LIKE '%' || bill.id || '%')
"""
_OPEN = frozenset(("waiting", "officer"))
_FUNDS = [each.fund for each in MedicalScheme if each.fund is not None]


async def bills_hold(world: World, records: set[str]) -> None:
    """What is billed is paid, refused and waiting; an item of a day is paid once, from one fund, on a cited record."""
    bills = await world.rows("claims", _STANDING)
    if not bills:
        return
    # What was told before a restore, and is not known to be otherwise, stands until its sender says more (decision 96).
    told = await world.rows("claims", _PUBLISHED)
    published = {row["payable"]: row["sen"] for row in told}
    recalled = {row["payable"] for row in told if row["recalled_at"] is not None}
    # Until all of a person are settled together, what has become one person's may be paid by each of its numbers.
    is_busy = bool(await world.rows("claims", _BUSY, world.clock.offset()))
    paid_for = set[tuple[object, ...]]()
    for bill in bills:
        if bill["stands"] is None:
            continue
        said, stands = orjson.loads(bill["said"]), orjson.loads(bill["stands"])
        _comes_to_what_is_billed(bill["id"], said, stands)
        for asked in (each for each, settled in zip(said, stands, strict=True) if settled["paid_sen"]):
            key = (bill["patient"], bill["tenant"], asked["treated_on"], asked["ward_class"] > 0 or asked["item"])
            assert is_busy or key not in paid_for, f"an item of a day is paid twice: {key}"
            paid_for.add(key)
        if bill["reason"] != TO_BE_SENT_AGAIN and recalled.isdisjoint(payable_id(bill["id"], each) for each in _FUNDS):
            _is_published_so(bill["id"], stands, published)
    two = [*await world.rows("claims", _TWO_FUNDS), *await world.rows("claims", _OF_ONESELF)]
    assert not two, f"a payable of two funds, or a line approved by who asked for a look: {shown(two)}"
    left = await world.rows("claims", _UNSETTLED)
    assert not left, f"what was said last of a bill is not settled: {shown(left)}"
    lost = await world.rows("claims", _WITHOUT_RECORD)
    assert not lost, f"a line is decided without its record: {shown(lost)}"
    for row in await world.rows("claims", _RECORDS, list(records)):
        records.add(row["hash"])
        found = list(uncited(orjson.loads(row["body"])))
        assert not found, f"a decision without citation: medical bill line: {found}"


def _comes_to_what_is_billed(
    bill: UUID, said: Sequence[Mapping[str, Any]], stands: Sequence[Mapping[str, Any]]
) -> None:
    assert [each["billed_sen"] for each in said] == [each["billed_sen"] for each in stands], f"lines of {bill} are lost"
    for each in stands:
        waits = each["billed_sen"] if each["state"] in _OPEN else 0
        parts = (each["paid_sen"], *each["refused"].values(), waits)
        is_whole = min(parts) >= 0 and sum(parts) == each["billed_sen"]
        assert is_whole, f"what is billed is not paid, refused and waiting: {bill}: {each}"


def _is_published_so(bill: UUID, stands: Sequence[Mapping[str, Any]], published: Mapping[UUID, int]) -> None:
    owed: dict[Fund, int] = {}
    for each in stands:
        fund = MedicalScheme(each["scheme"]).fund if each["scheme"] else None
        if fund is not None:
            owed[fund] = owed.get(fund, 0) + each["paid_sen"]
    told = {fund: published.get(payable_id(bill, fund), 0) for fund in _FUNDS}
    wrong = {fund: (sen, owed.get(fund, 0)) for fund, sen in told.items() if sen != owed.get(fund, 0)}
    assert not wrong, f"what was told of a bill is not what it owes: {bill}: {wrong}"
    assert sum(map(bool, told.values())) <= 1, f"a bill is owed from two funds: {bill}: {told}"
