"""People join schemes of themselves and pay for cover, which runs to the minute (lives 7 and 9)."""

from datetime import datetime

import pytest

from services.registration.tests.api.scheme_cover import (
    AGENT,
    BANK,
    HAWKER,
    amount,
    cover,
    covered,
    join,
    pay_house,
    payment,
    periods,
    try_cover,
    try_join,
    try_pay,
)
from services.registration.tests.support import Register, number_of, self_of
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

NEIGHBOUR = "790510105433"


def at(text: str) -> datetime:
    """An instant in Malaysian time."""
    return datetime.fromisoformat(f"{text}+08:00")


async def hawker(register: Register, number: str = HAWKER, name: str = "Siti binti Omar") -> str:
    """Somebody who is registered as a person."""
    return await register.person(number, name=name, born_on="1980-04-09")


async def paid_for(register: Register) -> str:
    """A payment of a year to the house by somebody who hawks; its id."""
    registration = await join(register, self_of(await hawker(register)))
    return str((await pay_house(register, registration, "H-1", "157.20"))["payment"])


@pytest.mark.timeout(240)
async def test_two_activities_one_lapse_and_the_neighbour(register: Register, business_clock: BusinessClock) -> None:
    """Life 7, its ledger and its cover."""
    business_clock.set(at("2025-08-14T10:00"))
    person, neighbour = await hawker(register), await hawker(register, NEIGHBOUR, "Ali bin Abu")
    own = self_of(person)
    hawking = await join(register, own)
    of_neighbour = await join(register, AGENT, national_id={"kind": "mykad", "number": NEIGHBOUR}, name="Ali bin Abu")
    first = await pay_house(register, hawking, "H-1", "157.20", payer=own)
    assert (first["paid_at"], first["income"]) == ("2025-08-14T10:00:00+08:00", amount("1050.00"))
    answer = await try_pay(
        register, AGENT, registration=of_neighbour, receipt="N-1", paid="157.20", paid_at="2025-08-14T10:00:00+08:00"
    )
    assert (answer.status_code, answer.json()["state"]) == (201, "counts")
    business_clock.set(at("2026-03-02T21:15"))
    delivery = await join(register, own, activity="goods_and_food_transport", plan=None, earning=amount("1650.00"))
    await pay_house(register, delivery, "H-2", "247.20", payer=own)
    for instant, said in (
        ("2026-08-14T09:55:00+08:00", "covered"),
        ("2026-08-14T09:59:59+08:00", "covered"),
        ("2026-08-14T10:00:00+08:00", "not_covered"),
    ):
        assert await covered(register, person, instant) == said
    assert await covered(register, neighbour, "2026-08-14T10:05:00+08:00") == "not_covered"
    business_clock.set(at("2026-08-14T18:30"))
    await pay_house(register, hawking, "H-3", "157.20", payer=own)
    business_clock.set(at("2026-08-16T09:00"))
    late = await try_pay(
        register, AGENT, registration=of_neighbour, receipt="N-2", paid="157.20", paid_at="2026-08-14T10:30:00+08:00"
    )
    assert (late.status_code, late.json()["state"]) == (201, "reported_late")
    assert await covered(register, neighbour, "2026-08-14T10:05:00+08:00") == "not_covered"
    assert await covered(register, neighbour, "2026-08-14T10:30:00+08:00") == "waits"
    assert await covered(register, neighbour, "2026-08-16T09:00:00+08:00") == "covered"
    business_clock.set(at("2026-11-28T12:00"))
    deliveries, hawks = await cover(register, person, own)
    assert (hawks["activity"], periods(hawks)) == (
        "hawkers",
        [("2025-08-14T10:00", "2026-08-14T10:00"), ("2026-08-14T18:30", "2027-08-14T18:30")],
    )
    assert periods(deliveries) == [("2026-03-02T21:15", "2027-03-02T21:15")]
    assert [each["clocks"][0]["covered_until"][:16] for each in (hawks, deliveries)] == [
        "2027-08-14T18:30",
        "2027-03-02T21:15",
    ]
    paid = await register.rows("SELECT person, sum(amount_sen) FROM cover_payment GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in paid] == [(number_of(person), 56_160), (number_of(neighbour), 31_440)]
    assert hawks["law"] == ["Act 789, s.3", "Act 789, s.3; s.14(2)"]


async def test_two_clocks_of_a_housewife(register: Register, business_clock: BusinessClock) -> None:
    """Life 9: one payment of her husband runs twelve months for injury, twenty for invalidity and survivors."""
    business_clock.set(at("2025-03-10T11:00"))
    person = await hawker(register)
    husband = self_of(await hawker(register, "780101105433", "Omar bin Abu"))
    her = {"national_id": {"kind": "mykad", "number": HAWKER}, "name": "Siti binti Omar"}
    registration = await join(register, husband, scheme="act838", activity=None, plan=None, **her)
    await pay_house(register, registration, "H-1", "120.00", payer=husband)
    (found,) = await cover(register, person)
    assert periods(found) == [("2025-03-10T11:00", "2026-03-10T11:00")]
    assert periods(found, clock=1) == [("2025-03-10T11:00", "2026-11-10T11:00")]
    for day, injury, invalidity in (
        ("2026-02-20T11:00:00+08:00", "covered", "covered"),
        ("2026-04-15T11:00:00+08:00", "not_covered", "covered"),
        ("2026-09-30T23:00:00+08:00", "not_covered", "covered"),
        ("2026-11-10T11:00:00+08:00", "not_covered", "not_covered"),
    ):
        assert await covered(register, person, day, None) == injury
        assert await covered(register, person, day, None, 1) == invalidity


async def test_the_time_before_a_late_report_is_for_two_officers(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    person = await hawker(register)
    registration = await join(register, AGENT, national_id={"kind": "mykad", "number": HAWKER}, name="Siti binti Omar")
    stated = {"registration": registration, "paid": "157.20"}
    in_time = await try_pay(register, AGENT, receipt="R-1", paid_at="2026-08-14T11:00:00+08:00", **stated)
    late = await try_pay(register, AGENT, receipt="R-2", paid_at="2026-08-14T10:59:00+08:00", **stated)
    assert (in_time.json()["state"], late.json()["state"]) == ("counts", "reported_late")
    await register.work_off()
    (task,) = await register.waiting("cover_payment")
    assert (task["reason"], task["facts"]["amount_sen"]) == ("reported_late", 15_720)
    assert await covered(register, person, "2026-08-14T10:59:30+08:00") == "waits"
    told = (await register.events("scheme_cover"))[-1]
    assert [each["state"] for each in told["payments"]] == ["reported_late", "counts"]
    alone = await register.decided_task(task, {"kind": "late_payment_shown", "evidence": "R-2"}, approver="officer-1")
    assert alone.status_code == 403
    await register.act(task, "releases", "officer-1")
    (task,) = await register.waiting("cover_payment")
    shown = await register.decided_task(task, {"kind": "late_payment_shown", "evidence": "R-2"})
    assert shown.status_code == 201, shown.text
    assert await covered(register, person, "2026-08-14T10:59:30+08:00") == "covered"
    told = (await register.events("scheme_cover"))[-1]
    assert [each["state"] for each in told["payments"]] == ["counts", "counts"]
    assert told["payments"][0]["begins_at"] == told["payments"][0]["paid_at"]


async def test_what_is_not_shown_counts_from_its_report(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    person = await hawker(register)
    registration = await join(register, AGENT, national_id={"kind": "mykad", "number": HAWKER}, name="Siti binti Omar")
    said = {"registration": registration, "receipt": "R-1", "paid": "157.20", "paid_at": "2026-08-01T10:00:00+08:00"}
    await try_pay(register, AGENT, **said)
    business_clock.set(at("2026-08-14T15:00"))
    known_at = "2026-08-14T13:00:00+08:00"
    await register.work_off()
    assert (await register.decided("cover_payment", "late_payment_not_shown")).status_code == 201
    (found,) = await cover(register, person)
    assert periods(found) == [("2026-08-14T12:00", "2027-08-14T12:00")]
    assert (found["clocks"][0]["waiting"], found["payments"][0]["state"]) == ([], "late_refused")
    (then,) = await cover(register, person, known_at=known_at)
    assert periods(then) == [("2026-08-14T12:00", "2027-08-01T10:00")]
    assert periods(then, "waiting") == [("2026-08-01T10:00", "2026-08-14T12:00")]
    assert await cover(register, person, known_at="2026-08-14T11:00:00+08:00") == []


async def test_a_payment_is_reversed_by_two_officers_alone(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    person = await hawker(register)
    registration = await join(register, self_of(person))
    paid = await pay_house(register, registration, "H-1", "157.20")
    path, scope = f"/v1/cover-payments/{paid['payment']}/reversal", "registration:cover_payment:write"
    body = {"reason": "bounced", "evidence": "BR-1"}
    stranger = await register.as_party("POST", path, scope, AGENT, json=body)
    its_own = await register.as_party("POST", path, scope, self_of(person), json=body)
    assert [each.json()["code"] for each in (stranger, its_own)] == ["cover_payment_unknown"] * 2
    said = await register.as_party("POST", path, scope, BANK, json=body)
    assert (said.status_code, said.json()["state"]) == (202, "reversal_stated")
    assert await covered(register, person, "2026-09-01T00:00:00+08:00") == "covered"
    await register.work_off()
    assert (await register.decided("cover_payment", "cover_payment_reversed")).status_code == 201
    assert await covered(register, person, "2026-09-01T00:00:00+08:00") == "not_covered"
    again = await register.as_party("POST", path, scope, BANK, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "cover_payment_not_so")
    assert [row["state"] for row in await register.rows("SELECT state FROM cover_payment_act ORDER BY id")] == [
        "counts",
        "reversal_stated",
        "reversed",
    ]


async def test_a_receipt_counts_once_and_never_otherwise(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    registration = await join(register, self_of(await hawker(register)))
    first = await pay_house(register, registration, "H-1", "157.20")
    business_clock.set(at("2026-08-14T12:05"))
    assert await pay_house(register, registration, "H-1", "157.20") == first
    said = {"registration": registration, "channel": "house", "payer": "person:1"}
    other = await try_pay(register, BANK, receipt="H-1", paid="13.10", months=1, **said)
    assert (other.status_code, other.json()["code"]) == (409, "cover_receipt_taken")
    wrong = await try_pay(register, BANK, receipt="H-2", paid="157.00", **said)
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["detail"]) == (
        422,
        "amount_not_due",
        "RM157.20 is due.",
    )
    assert len(await register.rows("SELECT FROM cover_payment")) == 1


async def test_a_batch_answers_for_each(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    person = await hawker(register)
    registration = await join(register, AGENT, national_id={"kind": "mykad", "number": HAWKER}, name="Siti binti Omar")
    others = await join(register, self_of(person), activity="food")
    paid_at = {"paid_at": "2026-08-14T11:30:00+08:00"}
    payments = [
        payment(registration, "R-1", "157.20", **paid_at),
        payment(registration, "R-1", "157.20", **paid_at),
        payment(registration, "R-1", "13.10", months=1, **paid_at),
        payment(registration, "R-2", "1.00", **paid_at),
        payment(others, "R-3", "157.20", **paid_at),
        payment(registration, "R-4", "157.20"),
        payment(registration, "R-5", "13.10", months=1, paid_at="2026-08-14T12:30:00+08:00"),
        payment(registration, "R-6", "157.20", channel="house"),
    ]
    scope, path = "registration:cover_payment:write", "/v1/cover-payment-batches"
    answer = await register.as_party("POST", path, scope, AGENT, json={"payments": payments})
    assert answer.status_code == 200, answer.text
    found = answer.json()["payments"]
    assert [(each["state"], each["refused"]) for each in found] == [
        ("counts", None),
        ("counts", None),
        (None, "cover_receipt_taken"),
        (None, "amount_not_due"),
        (None, "scheme_registration_unknown"),
        (None, "paid_at_not_said"),
        (None, "paid_in_future"),
        (None, "channel_not_of_party"),
    ]
    assert found[0]["payment"] == found[1]["payment"]
    assert len(await register.rows("SELECT FROM cover_payment")) == 1
    revisions = [each["revision"] for each in await register.events("scheme_cover") if each["activity"] == "hawkers"]
    assert revisions == [1, 2]


async def test_who_is_not_known_and_who_bears_another_name_read_alike(register: Register) -> None:
    await hawker(register)
    proofs = [
        {"national_id": {"kind": "mykad", "number": HAWKER}, "name": "Zainab binti Kadir"},
        {"national_id": {"kind": "mykad", "number": NEIGHBOUR}, "name": "Zainab binti Kadir"},
    ]
    answers = [await try_join(register, AGENT, **proof) for proof in proofs]
    told = [{k: v for k, v in each.json().items() if k not in ("request_id", "instance")} for each in answers]
    assert told[0] == told[1]
    assert told[0]["code"] == "person_unknown"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"scheme": "act999"}, "scheme_unknown"),
        ({"activity": None}, "activity_not_named"),
        ({"activity": "piracy"}, "activity_of_no_scheme"),
        ({"plan": None}, "class_not_chosen"),
        ({"plan": "9"}, "class_of_no_scheme"),
        ({"plan": None, "earning": amount("1100.00")}, "class_of_no_scheme"),
        ({"first_on": "2099-01-01"}, "scheme_registration_in_future"),
        ({"scheme": "act838"}, "activity_of_no_scheme"),
    ],
)
async def test_what_no_scheme_has_is_refused(register: Register, said: dict[str, object], code: str) -> None:
    answer = await try_join(register, self_of(await hawker(register)), **said)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await register.rows("SELECT FROM scheme_registration_fact") == []


@pytest.mark.parametrize(
    ("number", "changes", "scheme", "reason"),
    [
        ("800409145677", {}, "act838", "women_only"),
        (HAWKER, {"born_on": "1970-04-09"}, "act838", "over_maximum_age"),
        (HAWKER, {"residence": "foreign_worker"}, "act838", "closed_to_foreign_workers"),
        (HAWKER, {"residence": "foreign_worker"}, "act789", "closed_to_foreign_workers"),
        ("K1234567", {"kind": "passport"}, "act838", "sex_unknown"),
    ],
)
async def test_who_may_not_join_reads_why(
    register: Register, number: str, changes: dict[str, str], scheme: str, reason: str
) -> None:
    born = {"born_on": "1980-04-09", **changes}
    person = await register.person(number, name="Siti binti Omar", **born)
    choice = {} if scheme == "act789" else {"activity": None, "plan": None}
    answer = await try_join(register, self_of(person), scheme=scheme, **choice)
    assert (answer.status_code, answer.json()["code"]) == (422, "may_not_join")
    assert answer.json()["detail"] == f"The reason is {reason}."


async def test_only_whom_the_law_lets_registers_others(register: Register) -> None:
    person = await hawker(register)
    her = {"national_id": {"kind": "mykad", "number": HAWKER}, "name": "Siti binti Omar"}
    other = self_of(await hawker(register, NEIGHBOUR, "Ali bin Abu"))
    refused = [await try_join(register, party, **her) for party in (other, "employer:3")]
    assert [each.json()["code"] for each in refused] == ["registrar_not_allowed"] * 2
    named = await try_join(register, AGENT, person=person)
    assert named.json()["code"] == "registration_names_nobody"
    as_another = await try_join(register, other, person=person)
    assert (as_another.status_code, as_another.json()["code"]) == (404, "person_unknown")
    for party in (AGENT, "state:7", "ngo:2", "platform:9", ""):
        assert await join(register, party, **(her if party else {"person": person}))
    housewife = await join(register, other, scheme="act838", activity=None, plan=None, **her)
    assert housewife != await join(register, "employer:3", scheme="act838", activity=None, plan=None, **her)


async def test_another_class_counts_from_the_next_payment(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-01T12:00"))
    person = await hawker(register)
    registration = await join(register, self_of(person))
    await pay_house(register, registration, "H-1", "13.10", months=1)
    assert await join(register, self_of(person), plan="2") == registration
    business_clock.set(at("2026-08-20T12:00"))
    paid = await pay_house(register, registration, "H-2", "19.40", months=1)
    assert paid["income"] == amount("1550.00")
    told = (await register.events("scheme_cover"))[-1]
    assert [each["earning_sen"] for each in told["payments"]] == [105_000, 155_000]


async def test_an_activity_that_ended_is_paid_for_no_more(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-01T12:00"))
    person = await hawker(register)
    registration = await join(register, self_of(person))
    await pay_house(register, registration, "H-1", "157.20")
    path, scope = f"/v1/scheme-registrations/{registration}/end", "registration:scheme_registration:write"
    stranger = await register.as_party("POST", path, scope, AGENT, json={"last_on": "2026-08-01"})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "scheme_registration_unknown")
    ended = await register.as_party("POST", path, scope, self_of(person), json={"last_on": "2026-08-01"})
    assert (ended.status_code, ended.json()["last_on"]) == (200, "2026-08-01")
    business_clock.set(at("2026-08-02T12:00"))
    said = {"registration": registration, "channel": "house", "payer": "person:1"}
    refused = await try_pay(register, BANK, receipt="H-2", paid="157.20", **said)
    assert (refused.status_code, refused.json()["code"]) == (409, "scheme_registration_ended")
    assert await covered(register, person, "2026-09-01T00:00:00+08:00") == "covered"
    assert (await register.events("scheme_cover"))[-1]["ended_on"] == "2026-08-01"


async def test_nobody_else_reads_the_cover_or_the_ledger(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(at("2026-08-14T12:00"))
    employer, person = await register.worker_of(number=HAWKER)
    registration = await join(register, self_of(person))
    paid = await pay_house(register, registration, "H-1", "157.20")
    for party in (f"employer:{employer}".replace(employer, "1"), AGENT, "person:999"):
        answer = await try_cover(register, person, party)
        assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
        headers = {"purpose": "contribution"}
        read = "registration:cover_payment:read"
        one = await register.as_party("GET", f"/v1/cover-payments/{paid['payment']}", read, party, headers=headers)
        assert one.status_code == 404
        for path, scope in (
            ("/v1/cover-payments", read),
            ("/v1/scheme-registrations", "registration:scheme_registration:read"),
        ):
            listed = await register.as_party("GET", path, scope, party, headers=headers)
            assert listed.json()["data"] == []
    assert len(await cover(register, person, self_of(person))) == 1
