"""Employers push events: each is answered, taken, parked or refused, and none vanishes."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.registration.api.events import MODELS
from services.registration.commands import submit_contribution_statement, take_wages
from services.registration.files import line_checks
from services.registration.tests.support import MYKAD, OTHER_CODE, OTHER_MYKAD, Died, Register, party_of
from services.registration.worker import inbound
from shared.contracts.envelope import Cause
from shared.contracts.inbound import INBOUND
from shared.inbound.handling import HandleInbound, ResumeInbound, resume_inbound
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.persistence.due_work import payload_of
from shared.testing.never_changed import refused_to_every_role

pytestmark = pytest.mark.postgres

NAME, OTHER_NAME = "Ahmad bin Ali", "Siti binti Omar"
HIRED = {"born_on": "1990-01-01", "residence": "citizen", "started_on": "2024-03-01"}
BATCH = "application/cloudevents-batch+json"


def event(type_: str, data: Any, **changes: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": str(new_id()), "source": "/payroll", "type": type_, "data": data, **changes}


def who(number: str = MYKAD, name: str = NAME) -> dict[str, Any]:
    return {"national_id": {"kind": "mykad", "number": number}, "name": name}


def hired(number: str = MYKAD, name: str = NAME, named: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return event("employee.hired", {**who(number, name), **HIRED, **changes}, **(named or {}))


def wage(month: str, amount: str, number: str = MYKAD, name: str = NAME, **changes: Any) -> dict[str, Any]:
    paid = {"for_month": month, "wage": {"amount": amount, "currency": "MYR"}, "paid_on": "2026-06-28"}
    return event("wage.paid", {**who(number, name), **paid, **changes})


async def push(register: Register, employer: str, *events: Any, **how: Any) -> Any:
    """Push a batch as an employer; the answers."""
    answer = await register.as_party(
        "POST",
        "/v1/events",
        "registration:event:write",
        party_of(employer),
        json=list(events),
        headers={"content-type": BATCH},
        **how,
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["data"]


async def read(register: Register, employer: str, path: str) -> Any:
    answer = await register.as_party("GET", path, "registration:event:read", party_of(employer))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def became(register: Register, employer: str, *events: Any) -> list[dict[str, Any]]:
    """Push, work off, and read how each stands."""
    answers = await push(register, employer, *events)
    await register.work_off()
    return [await read(register, employer, f"/v1/events/{each['event']}") for each in answers]


async def test_hired_paid_and_left_in_one_batch_in_whatever_types_they_come(register: Register) -> None:
    employer = await register.employer()
    left = event("employee.left", {**who(), "ended_on": "2026-06-30"})
    found = await became(register, employer, hired(), wage("2026-05", "2480.00"), left)
    assert [each["state"] for each in found] == ["accepted", "accepted", "warned"], found
    assert found[0]["result"]["person"].startswith("P")
    assert found[1]["result"]["amounts"] == {
        "act4_employer": "42.85",
        "act4_employee": "12.25",
        "act800_employer": "4.90",
        "act800_employee": "4.90",
        "skbbk_employee": "0.00",
    }
    assert found[2]["warnings"] == ["dated_back"], "an officer confirms an end that lies far back"
    assert [line[0] for line in await register.lines()] == [202605]


async def test_what_comes_early_is_parked_with_a_reason_and_wakes(register: Register) -> None:
    employer = await register.employer()
    left = event("employee.left", {**who(), "ended_on": str(today())})
    early = await became(register, employer, wage("2026-05", "2480.00"), left)
    assert [(each["state"], each["reason"]) for each in early] == [("parked", "employment_not_stated")] * 2
    assert early[0]["parked_until"] is not None
    await became(register, employer, hired())
    states = [(await read(register, employer, f"/v1/events/{each['event']}"))["state"] for each in early]
    assert states == ["accepted", "accepted"]
    assert [line[0] for line in await register.lines()] == [202605]


async def test_what_it_needs_wakes_it_though_it_is_looked_at_beside_it(register: Register) -> None:
    """Both in one page, the parked one first: it leaves itself for later before the other wakes it."""
    employer = await register.employer()
    (early,) = await became(register, employer, wage("2026-05", "2480.00"))
    assert early["state"] == "parked"
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await resume_inbound(ResumeInbound(early["event"]), uow)
    await became(register, employer, hired())
    assert (await read(register, employer, f"/v1/events/{early['event']}"))["state"] == "accepted"


async def test_an_employment_that_comes_by_another_way_wakes_it_too(register: Register) -> None:
    employer = await register.employer()
    (early,) = await became(register, employer, wage("2026-05", "2480.00"))
    person = await register.person()
    await register.work_off()
    assert (await read(register, employer, f"/v1/events/{early['event']}"))["state"] == "parked"
    await register.spell(person, employer)
    await register.work_off()
    assert (await read(register, employer, f"/v1/events/{early['event']}"))["state"] == "accepted"


async def test_a_parked_event_gives_way_to_the_next_of_its_key(register: Register) -> None:
    employer = await register.employer()
    (first,) = await became(register, employer, wage("2026-05", "2600.00"))
    (second,) = await became(register, employer, wage("2026-05", "2480.00"))
    (other,) = await became(register, employer, wage("2026-04", "2480.00"))
    stands = await read(register, employer, f"/v1/events/{first['event']}")
    assert (stands["state"], stands["reason"]) == ("refused", "corrected_by_later")
    assert stands["result"] == {"corrected_by": second["event"]}
    await became(register, employer, hired())
    assert [(line[0], line[2]) for line in await register.lines()] == [(202604, 248_000), (202605, 248_000)]
    assert (await read(register, employer, f"/v1/events/{other['event']}"))["state"] == "accepted"


async def test_what_it_needs_never_came(register: Register, business_clock: Any) -> None:
    employer = await register.employer()
    (early,) = await became(register, employer, wage("2026-05", "2480.00"))
    business_clock.advance(days=46)
    await register.work_off()
    stands = await read(register, employer, f"/v1/events/{early['event']}")
    assert (stands["state"], stands["reason"]) == ("refused", "needed_event_missing")
    assert stands["result"] == {"waited_for": "employment_not_stated"}
    assert await register.rows("SELECT sealed FROM inbound_event WHERE sealed IS NOT NULL") == []


async def test_the_same_again_is_answered_alike_and_something_else_under_its_id_is_refused(register: Register) -> None:
    employer = await register.employer()
    paid = wage("2026-05", "2480.00")
    first = await push(register, employer, hired(named={"id": "h"}), paid)
    await register.work_off()
    assert await push(register, employer, hired(named={"id": "h"}), paid) == first
    await register.work_off()
    assert await register.rows("SELECT count(*) FROM inbound_event") == [(2,)]
    assert [line[4] for line in await register.lines()] == [1]
    other = {**paid, "data": {**paid["data"], "wage": {"amount": "1.00", "currency": "MYR"}}}
    (refused,) = await push(register, employer, other)
    assert (refused["state"], refused["reason"], refused["event"]) == ("refused", "event_id_reused", None)
    (elsewhere,) = await push(register, employer, {**other, "source": "/another"})
    assert elsewhere["state"] == "received"
    repeated = await push(register, employer, hired(named={"id": "twice"}), hired(named={"id": "twice"}))
    assert repeated[0] == repeated[1]


async def test_a_wage_is_of_its_month_and_not_of_the_day_on_which_it_was_paid(
    register: Register, business_clock: Any
) -> None:
    """Public case 15: two pays on two days of July are two months."""
    business_clock.set_day(2026, 7, 31)
    employer = await register.employer()
    both = [wage("2026-07", "3000.00", paid_on="2026-07-31"), wage("2026-08", "3000.00", paid_on="2026-07-30")]
    _, july, august = await became(register, employer, hired(), *both)
    assert july["state"] == "accepted", july
    assert (august["state"], august["reason"]) == ("parked", "month_in_future")
    business_clock.set_day(2026, 8, 1)
    await register.work_off()
    assert (await read(register, employer, f"/v1/events/{august['event']}"))["state"] == "accepted"
    assert [(line[0], line[2]) for line in await register.lines()] == [(202607, 300_000), (202608, 300_000)]


async def test_amounts_are_held_against_the_table_where_they_are_stated(register: Register) -> None:
    employer = await register.employer()
    wrong = wage("2026-05", "2480.00", act4_employer={"amount": "42.86", "currency": "MYR"})
    skbbk = wage("2026-06", "2480.00", skbbk_employee={"amount": "1.00", "currency": "MYR"})
    _, bad, aside = await became(register, employer, hired(), wrong, skbbk)
    assert (bad["state"], bad["reason"]) == ("refused", "amount_differs")
    assert [(each["field"], each["expected"]) for each in bad["result"]["line"]] == [("act4_employer", "42.85")]
    assert (aside["state"], aside["warnings"]) == ("warned", ["amount_differs"]), aside
    assert [line[0] for line in await register.lines()] == [202606]


async def test_a_month_sent_again_replaces_what_stood(register: Register) -> None:
    employer = await register.employer()
    await became(register, employer, hired(), wage("2026-05", "2480.00"))
    await became(register, employer, wage("2026-05", "2600.00"), wage("2026-05", "3050.00"))
    assert [(line[0], line[2]) for line in await register.lines()] == [(202605, 305_000)]


async def test_a_wage_of_another_month_than_most_of_its_batch_is_taken(register: Register) -> None:
    """A line of a file would be set aside until its month is named; a pushed wage names it."""
    employer = await register.employer()
    people = (MYKAD, NAME), (OTHER_MYKAD, OTHER_NAME), ("880303145671", "Tan Mei Ling")
    await became(register, employer, *(hired(*each, born_on=f"19{each[0][:2]}-01-01") for each in people))
    months = ("2026-05", "2026-05", "2026-04")
    wages = [wage(month, "2480.00", *each) for month, each in zip(months, people, strict=True)]
    found = await became(register, employer, *wages)
    assert [(each["state"], each["reason"]) for each in found] == [("accepted", None)] * 3
    assert sorted(line[0] for line in await register.lines()) == [202604, 202605, 202605]


async def test_nobody_learns_whether_a_person_is_registered(register: Register) -> None:
    """A stranger's wage reads alike, whether the person is another employer's or nobody."""
    await register.worker_of()
    stranger = await register.employer(OTHER_CODE)
    known, nobody = await became(
        register, stranger, wage("2026-05", "2480.00"), wage("2026-05", "2480.00", OTHER_MYKAD, OTHER_NAME)
    )
    assert {
        **known,
        **{name: nobody[name] for name in ("event", "id", "received_at", "answered_at", "parked_until")},
    } == nobody


async def test_another_party_sees_nothing_of_it(register: Register) -> None:
    employer, other = await register.employer(), await register.employer(OTHER_CODE)
    (mine,) = await became(register, employer, hired())
    answer = await register.as_party("GET", f"/v1/events/{mine['event']}", "registration:event:read", party_of(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")
    assert (await read(register, other, "/v1/events"))["data"] == []
    assert await read(register, other, "/v1/events/figures") == []


async def test_a_bad_event_harms_no_other_of_its_batch(register: Register) -> None:
    employer = await register.employer()
    bad = [
        None,
        {"specversion": "1.0"},
        event("gig.earning.recorded", {}),
        event("accident.happened", {}),
        hired(surprise=1),
        event("employee.hired", hired()["data"] | {"born\0on": "1990-01-01"}),
        hired(born_on=None),
        hired(name="x" * 100_000),
        event("wage.paid", None),
        event("employee.hired", hired()["data"], source="urn:jaring:employer:999:main"),
        hired(number="900101145679x"),
        event("employee.hired", hired()["data"], id="900101-14-5678"),
    ]
    answers = await push(register, employer, *bad, hired())
    assert [each["reason"] for each in answers] == [
        "event_malformed",
        "event_malformed",
        "event_type_unknown",
        "event_of_another_service",
        "request_invalid",
        "request_invalid",
        "request_invalid",
        "event_too_large",
        "request_invalid",
        "event_source_of_another",
        "national_id_invalid",
        "event_malformed",
        None,
    ], answers
    assert answers[3]["message"] == "It is taken by claims."
    assert [each["pointer"] for each in answers[4]["errors"]] == ["/surprise"]
    # PostgreSQL keeps no NUL in a text.
    assert "/born\ufffdon" in [each["pointer"] for each in answers[5]["errors"]]
    await register.work_off()
    figures = await read(register, employer, "/v1/events/figures")
    counted = {each["type"]: (each["accepted"], each["refused"]) for each in figures}
    assert counted == {"employee.hired": (1, 4), "wage.paid": (0, 1)}
    assert all(each["p99_ms"] is not None for each in figures)
    refused = (await read(register, employer, "/v1/events?state=refused&type=employee.hired"))["data"]
    assert len(refused) == 4
    assert refused[0]["reason"] == "national_id_invalid"


async def test_a_key_that_was_used_for_another_binary_event_is_refused(register: Register) -> None:
    """What a binary event says beside its data stands in headers: its id and its type."""
    employer = await register.employer()
    scope, data = "registration:event:write", wage("2026-05", "2480.00")["data"]
    answers = []
    for id_, type_ in (("1", "wage.paid"), ("1", "wage.paid"), ("2", "wage.paid"), ("1", "employee.left")):
        said = {"ce-specversion": "1.0", "ce-id": id_, "ce-type": type_, "ce-source": event(type_, None)["source"]}
        how: dict[str, Any] = {"json": data, "headers": said, "key": "one"}
        answers.append(await register.as_party("POST", "/v1/events", scope, party_of(employer), **how))
    assert [each.status_code for each in answers] == [202, 202, 422, 422], [each.text for each in answers]
    assert {each.json()["code"] for each in answers[2:]} == {"idempotency_key_reused"}


async def test_each_form_of_cloudevents_is_read(register: Register) -> None:
    employer = await register.employer()
    structured = hired(named={"datacontenttype": None, "subject": None, "sequence": 7})
    binary = {
        **{f"ce-{name}": str(value) for name, value in hired().items() if name != "data"},
        "content-type": "application/json",
    }
    plain = hired()
    del plain["specversion"]
    asked = [
        ({"content-type": "application/cloudevents+json; charset=utf-8"}, structured, 202, None),
        (binary, hired()["data"], 202, None),
        ({"content-type": "application/cloudevents+json"}, plain, 400, "event_malformed"),
        ({"content-type": "application/json"}, plain, 400, "event_malformed"),
        ({**binary, "content-type": "application/xml"}, plain, 415, "event_format_unsupported"),
        ({"content-type": "application/cloudevents+avro"}, plain, 415, "event_format_unsupported"),
        ({"content-type": "application/cloudevents+json"}, event("wage.paid", {}), 422, "request_invalid"),
        ({"content-type": "application/cloudevents+json"}, event("x.y", {}), 422, "event_type_unknown"),
        ({"content-type": BATCH}, [hired()] * 501, 413, "events_too_many"),
    ]
    for headers, body, status, code in asked:
        path, scope = "/v1/events", "registration:event:write"
        answer = await register.as_party("POST", path, scope, party_of(employer), json=body, headers=headers)
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    for broken in (b"", b"{", b"[" * 5_000, b'{"id": NaN}', "{\ud800".encode("utf-8", "surrogatepass"), b"null"):
        answer = await register.as_party(
            "POST",
            "/v1/events",
            "registration:event:write",
            party_of(employer),
            content=broken,
            headers={"content-type": "application/cloudevents+json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "event_malformed"), broken


async def test_a_name_that_is_not_the_registered_ones_registers_nobody(register: Register) -> None:
    await register.worker_of()
    stranger = await register.employer(OTHER_CODE)
    (unclear,) = await became(register, stranger, hired(name="Somebody Else"))
    assert (unclear["state"], unclear["reason"]) == ("refused", "person_unclear")
    assert await register.rows("SELECT count(*) FROM person") == [(1,)]
    (known,) = await became(register, stranger, hired(born_on="1991-01-01"))
    assert (known["state"], known["warnings"]) == ("warned", ["born_on_differs"])


async def test_what_is_pushed_stands_nowhere_in_the_clear(register: Register) -> None:
    """As text, as bytes and as digits in hexadecimal; a short number is met in these by chance, and none is short."""
    employer, sen = await register.employer(), "2486173"
    await became(register, employer, wage("2026-05", f"{sen[:-2]}.{sen[-2:]}"))
    rows = await register.rows(
        "SELECT i::text || coalesce((SELECT string_agg(d::text, '') FROM due_work d), '') FROM inbound_event i"
    )
    for secret in (MYKAD, "AHMAD", sen, f"{sen[:-2]}.{sen[-2:]}"):
        assert secret not in rows[0][0].upper()
        assert secret.encode().hex().upper() not in rows[0][0].upper()


async def test_wages_in_a_form_that_the_law_leaves_out_are_refused_and_no_defect(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer = await register.employer()
    await became(register, employer, hired())
    monkeypatch.setattr(submit_contribution_statement, "formats_accepted", lambda _: frozenset())
    found = await became(register, employer, wage("2026-05", "2480.00"), wage("2026-04", "2480.00"))
    assert [(each["state"], each["reason"]) for each in found] == [("refused", "contribution_format_not_accepted")] * 2
    assert await register.lines() == []


async def test_an_employer_that_is_not_registered_is_told_so(register: Register) -> None:
    answers = await register.as_party(
        "POST",
        "/v1/events",
        "registration:event:write",
        "employer:77",
        json=[hired(), wage("2026-05", "1.00")],
        headers={"content-type": BATCH},
    )
    assert answers.status_code == 202
    await register.work_off()
    states = await register.rows("SELECT state, answer->>'reason' FROM inbound_event")
    assert states == [("refused", "employer_unknown")] * 2


def handler_of(register: Register) -> Any:
    """What the worker runs for a sender's events."""
    return next(each.handler for each in register.service.worker.work.due if each.command is HandleInbound)


async def handled_and_died(register: Register, command: HandleInbound) -> None:
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await handler_of(register)(command, uow)
        await uow.flush()
        raise Died


async def test_a_worker_that_dies_loses_and_doubles_nothing(register: Register) -> None:
    employer = await register.employer()
    answers = await push(register, employer, hired(), wage("2026-05", "2480.00"))
    with pytest.raises(Died):
        await handled_and_died(register, HandleInbound(party_of(employer), "x"))
    assert await register.rows("SELECT DISTINCT state FROM inbound_event") == [("received",)]
    assert await register.lines() == []
    await register.work_off()
    assert {(await read(register, employer, f"/v1/events/{each['event']}"))["state"] for each in answers} == {
        "accepted"
    }
    assert [line[4] for line in await register.lines()] == [1]
    assert await register.rows("SELECT count(*) FROM spell") == [(1,)]


async def test_one_worker_at_a_time_works_on_what_a_party_sent(register: Register) -> None:
    """Else a later event could overtake an earlier one of the same person."""
    employer = await register.employer()
    await push(register, employer, hired())
    worker, command = register.service.worker, HandleInbound(party_of(employer), "x")
    async with worker.database.begin(worker.work.unit, Cause("first")) as first:
        await handler_of(register)(command, first)
        async with worker.database.begin(worker.work.unit, Cause("second")) as second:
            await handler_of(register)(command, second)
            assert second.due.is_armed("handle_inbound", payload_of(command)), "it comes again in a moment"
    assert await register.rows("SELECT state FROM inbound_event") == [("accepted",)]


async def test_a_defect_parks_its_event_and_harms_no_other(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    employer = await register.employer()
    original = line_checks.amounts_due

    def breaks(asked: Any, *rest: Any) -> Any:
        if any(str(month) == "2026-05" for _, month, _ in asked):
            raise RuntimeError
        return original(asked, *rest)

    monkeypatch.setattr(take_wages, "amounts_due", breaks)
    found = await became(register, employer, hired(), wage("2026-05", "2480.00"), wage("2026-04", "2480.00"))
    assert [(each["state"], each["reason"]) for each in found][1] == ("parked", "internal_error")
    assert found[2]["state"] == "accepted"
    monkeypatch.undo()
    (other,) = await became(register, employer, hired(OTHER_MYKAD, OTHER_NAME))
    assert other["state"] == "accepted"


async def test_a_sender_sees_its_own_events_only_and_changes_none_even_without_a_filter(register: Register) -> None:
    employer = await register.employer()
    await became(register, employer, hired())
    async with register.service.database.connection("api") as connection, connection.transaction():
        counts = {}
        for tenant in (party_of(employer), "employer:99"):
            await connection.execute(
                "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', 'partner', true)", tenant
            )
            counts[tenant] = await connection.fetchval("SELECT count(*) FROM inbound_event")
    assert counts == {party_of(employer): 1, "employer:99": 0}
    never = (
        "UPDATE inbound_event SET digest = ''",
        "UPDATE inbound_event SET tenant = 'x'",
        "DELETE FROM inbound_event",
    )
    await refused_to_every_role(register.service.database, "registration", never)


def test_each_type_that_is_published_has_its_model_and_its_command() -> None:
    published = [each.name for each in INBOUND if each.owner == "registration"]
    bounds: Any = SimpleNamespace(days_ahead=1, days_back=1)
    assert list(MODELS) == published == [each.name for each in inbound(bounds)]


async def test_an_event_that_cannot_be_read_harms_no_other(register: Register) -> None:
    employer = await register.employer()
    spoiled, good = await push(register, employer, hired(OTHER_MYKAD, OTHER_NAME), hired())
    async with register.service.database.connection("migrate") as connection:
        await connection.execute("UPDATE inbound_event SET sealed = 'x' WHERE event = $1", UUID(spoiled["event"]))
    await register.work_off()
    stands = [await read(register, employer, f"/v1/events/{each['event']}") for each in (spoiled, good)]
    assert [(each["state"], each["reason"]) for each in stands] == [("parked", "internal_error"), ("accepted", None)]


async def test_another_id_of_a_person_wakes_what_was_pushed_about_it(register: Register) -> None:
    """A leaving that names a passport waits for its bearer, who is registered already, under another id."""
    employer, person = await register.worker_of()
    left = event("employee.left", {"national_id": {"kind": "passport", "number": "B1234567"}, "name": NAME,
                                   "ended_on": "2026-11-30"})  # fmt: skip
    (early,) = await became(register, employer, left)
    assert early["state"] == "parked"
    body = {"national_id": {"kind": "passport", "number": "B1234567"}, "reason": "document_renewed", "evidence": "PP-1"}
    path = f"/v1/persons/{person}/national-ids"
    stated = await register.as_party("POST", path, "registration:person:correct", json=body, subject="officer-3")
    assert stated.status_code == 202, stated.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    await register.work_off()
    assert (await read(register, employer, f"/v1/events/{early['event']}"))["state"] in ("accepted", "warned")


async def test_a_hire_says_how_the_person_works_and_the_law_decides_as_over_rest(register: Register) -> None:
    """An intern has an allowance, nobody else has; what a known spell says stays, and another kind is warned of."""
    employer = await register.employer()
    allowance = {"amount": "900.00", "currency": "MYR"}
    work: dict[str, Any] = {"kind_of_work": "intern", "allowance": allowance, "spouse_of_employer": False}
    (taken,) = await became(register, employer, hired(**work))
    assert taken["state"] == "accepted", taken
    (told,) = await register.events("spell.started")
    assert (told["kind_of_work"], told["allowance_sen"]) == ("intern", 90_000)
    wrongs: list[dict[str, Any]] = [{"kind_of_work": "intern"}, {"kind_of_work": "permanent", "allowance": allowance}]
    for wrong in wrongs:
        (refused,) = await became(register, employer, hired(OTHER_MYKAD, OTHER_NAME, **wrong))
        assert (refused["state"], refused["reason"]) == ("refused", "allowance_needed"), wrong
    (same,) = await became(register, employer, hired(**work))
    assert same["warnings"] == ["known_already"]
    (silent,) = await became(register, employer, hired())
    assert silent["warnings"] == ["known_already"]
    (other,) = await became(register, employer, hired(kind_of_work="casual"))
    assert other["warnings"] == ["known_already", "kind_of_work_differs"]
    assert len(await register.rows("SELECT FROM spell")) == 1


async def test_who_the_law_leaves_out_is_hired_and_no_member(register: Register) -> None:
    employer = await register.employer()
    (taken,) = await became(register, employer, hired(kind_of_work="civil_servant"))
    assert taken["state"] == "accepted", taken
    assert await register.rows("SELECT FROM membership WHERE scheme = 'act4' AND periods <> '[]'") == []
