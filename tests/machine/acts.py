"""What people, employers, hospitals, officers, boards and the bank do, through the routes of both services.

Each act is tried whatever stands: what is refused is refused with a code, and changes nothing. Claims, cases, tasks and
files are chosen by their place in the order in which they came.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from deploy.local.client import HOSPITAL_SCOPES, OFFICER_SCOPES, PERSON_SCOPES
from services.benefits.tests import support as bank
from services.claims.tests.support import (
    EMPLOYER,
    PERSON,
    SPELL,
    certificate,
    contributed,
    employed,
    notice,
    notice_without_days,
    registered,
    role_of,
)
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id, person_id
from shared.kernel.periods import Month
from tests.machine.world import World, shown

HERSELF, WIDOW, CHILD = f"person:{PERSON}", 21, 23
PAYEES = (PERSON, WIDOW, CHILD)
SENDERS = (f"employer:{EMPLOYER}", "hospital:1", HERSELF, "organisation:1")
OFFICERS = ("officer-1", "officer-2", "officer-3")
SCOPES = [*OFFICER_SCOPES.split(), "claims:figures:decide"]
OWN = [*PERSON_SCOPES.split(), "claims:notice:write"]
OF_HOSPITAL = HOSPITAL_SCOPES.split()
SECRETARY, CHAIR, DOCTOR = "secretary-1", "doctor-1", "doctor-2"
DAYS = (date(2026, 8, 5), date(2026, 8, 6))
MONTHS = ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07")
PENSIONS = ("permanent_disablement", "invalidity_pension", "dependants_benefit", "survivors_pension")
_ACCOUNTS = {PERSON: "5123456789012", WIDOW: "5222222222222", CHILD: "5333333333333"}
_TASKS = "SELECT * FROM task WHERE closed_at IS NULL ORDER BY opened_at, id"
_CLAIMS = "SELECT * FROM claim ORDER BY stored_at, id"
_CASES = """
    SELECT board_case.*, kind FROM board_case JOIN claim ON claim.id = claim ORDER BY put_at DESC, board_case.id DESC
"""


# To whom nothing is paid while officers of registration look.
_HELD = "SELECT 'person:' || unnest(ARRAY[person, survivor]) AS party FROM known_merge WHERE held_until > $1"
_PAID_TO = "SELECT id, party FROM payment WHERE end_to_end_id = ANY ($1) AND party = ANY ($2)"


async def settled_in(world: World) -> None:
    """A worker who has been employed for years, whose June is not declared yet; those whom she would leave behind."""
    period = MembershipPeriodV1(category="mandatory", first=date(2026, 6, 1))
    takes_part = MembershipChangedV1(person=PERSON, scheme="skbbk", revision=1, periods=(period,))
    world.publish(registered(), *employed(), takes_part)
    world.publish(*(contributed(month, 312_000) for month in MONTHS if month != "2026-06"))
    await world.carry()
    for person in (PERSON, WIDOW):
        await enter_account(world, f"person:{person}", _ACCOUNTS[person], 0)
    await world.come_to_rest()


async def says(world: World, service: str, path: str, officer: str, body: object = None) -> tuple[int, Any]:
    """An officer does something: the status, and the answer's body."""
    told: dict[str, Any] = {} if body is None else {"json": body}
    answer = await world.ask(service, "POST", f"/v1/{path}", scopes=SCOPES, subject=officer, **told)
    world.met[f"{path.rpartition('/')[2]} {answer.status_code}"] += 1
    return answer.status_code, answer.json()


async def asks(world: World, party: str, path: str, body: object = None) -> tuple[int, Any]:
    """A person or a hospital does something of its own in claims: the status, and the answer's body."""
    told: dict[str, Any] = {} if body is None else {"json": body}
    scopes = OF_HOSPITAL if party.startswith("hospital") else OWN
    answer = await world.ask("claims", "POST", f"/v1/{path}", party=party, role="partner", scopes=scopes, **told)
    world.met[f"{path.rpartition('/')[2]} {answer.status_code}"] += 1
    return answer.status_code, answer.json()


def at(rows: Sequence[asyncpg.Record], place: int) -> asyncpg.Record | None:
    """One of these, by a number that may be greater; None of none."""
    return rows[place % len(rows)] if rows else None


async def claim_at(world: World, place: int, *kinds: str) -> asyncpg.Record | None:
    """One of the claims that stand for an event, of these kinds where some are named."""
    rows = await world.rows("claims", _CLAIMS)
    return at([each for each in rows if each["joined_to"] is None and (not kinds or each["kind"] in kinds)], place)


# What is reported.


async def report_accident(
    world: World,
    sender: str,
    day: date,
    length: int,
    *,
    twice: bool = False,
    died: bool = False,
    named: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Somebody reports an accident with the days of a certificate, or that she died of it; it may come twice, and may
    name her by another id."""
    certified = certificate(day.isoformat(), (day + timedelta(days=length)).isoformat())
    body = notice(happened_on=day.isoformat(), certificate=certified, wages_paid_for=[day.isoformat()], **named)
    if sender.startswith("hospital"):
        body["wages_paid_for"] = []
    if died:
        body = {name: value for name, value in body.items() if name != "certificate"}
        body |= {"died_on": day.isoformat(), "wages_paid_for": []}
    await _report(world, sender, body, twice=twice)


async def report_death(world: World, sender: str, day: date) -> None:
    """Somebody reports that she died."""
    await _report(world, sender, notice_without_days("death", day.isoformat()), twice=False)


async def report_invalidity(world: World, sender: str) -> None:
    """Somebody reports that she is invalid."""
    await _report(world, sender, notice_without_days("invalidity", "2026-08-01"), twice=False)


async def report_disease(world: World, sender: str) -> None:
    """Somebody reports a disease, which no rule decides."""
    body = notice(kind="disease", place=None, wages_paid_for=[], happened_on="2026-08-05")
    await _report(world, sender, body, twice=False)


async def _report(world: World, sender: str, body: dict[str, Any], *, twice: bool) -> None:
    key, answers = f"{sender}/{world.met.total()}", []
    for _ in range(1 + twice):
        told = {"party": sender, "role": role_of(sender), "subject": OFFICERS[0] if "organisation" in sender else None}
        answer = await world.ask(
            "claims", "POST", "/v1/notices", scopes=["claims:notice:write"], key=key, json=body, **told
        )
        answers.append((answer.status_code, answer.content))
    assert len(set(answers)) == 1, f"a request that came twice has two answers: {answers}"
    world.met[f"notice of {body.get('kind', 'accident')} {answers[0][0]}"] += 1


def contribute(world: World, month: str, wage_sen: int, revision: int) -> None:
    """An employer declares a month, also once more at another wage."""
    world.publish(contributed(month, wage_sen, revision=revision))


def end_employment(world: World, day: date, revision: int) -> None:
    """The employment ended, which is known late; or it did not."""
    spell = employed(ended_on=day)[0] if day.year < 2100 else employed()[0]
    world.publish(spell.model_copy(update={"revision": revision, "spell": SPELL}))


def register_death(world: World, person: int, day: date | None, revision: int) -> None:
    """A register says that somebody died, she or who is paid after her, or takes it back."""
    known = registered(person)
    own = known if person == PERSON else known.model_copy(update={"id_tokens": (f"{person:032x}",), "name_tokens": ()})
    world.publish(own.model_copy(update={"revision": revision, "died_on": day}))


async def discharge(world: World, place: int, fit_from: date) -> None:
    """A centre discharges her, fit from a day on: days that were certified are none of unfitness any more."""
    # A centre has a referral of who is known alone.
    rows = await world.rows("claims", _CLAIMS)
    claim = at([each for each in rows if each["kind"] == "accident" and each["relation"] is not None], place)
    if claim is None:
        return
    certificate_ = FinalCertificateV1(certificate=new_id(), issued_on=today(), fit_from=fit_from)
    about = {"person": claim["person"], "referral": new_id(), "claim": claim["id"], "revision": 1, "centre": "MELAKA"}
    outcome = {"outcome": RehabOutcome.FIT_FOR_OTHER_WORK, "final_certificate": certificate_}
    world.publish(PatientDischargedV1(**about, **outcome, discharged_on=today()))


async def change_evidence(world: World, place: int, *, length: int | None, officer: bool) -> None:
    """A party withdraws a certificate that it stated, or corrects its days."""
    rows = await world.rows("claims", "SELECT * FROM evidence WHERE kind = 'certificate' ORDER BY stated_at, id")
    stated = at(rows, place)
    if stated is None:
        return
    party = "organisation:1" if officer else stated["tenant"]
    what, body = "withdrawal", None
    if length is not None:
        first = stated["first_day"]
        days = certificate(first.isoformat(), (first + timedelta(days=length)).isoformat())
        what, body = "correction", {"certificate": days}
    told: dict[str, Any] = {} if body is None else {"json": body}
    answer = await world.ask(
        "claims", "POST", f"/v1/evidence/{stated['id']}/{what}", party=party, role=role_of(party),
        scopes=["claims:notice:write"], **told,
    )  # fmt: skip
    world.met[f"{what} {answer.status_code}"] += 1


async def choose(world: World, place: int, option: str) -> None:
    """She says how permanent disablement benefit is taken."""
    claim = await claim_at(world, place, "accident")
    if claim is None:
        return
    chosen = {"choice": {"option": option, "applied_on": today().isoformat()}}
    path, party = f"/v1/claims/{claim['id']}/evidence", {"party": HERSELF, "role": "partner"}
    answer = await world.ask("claims", "POST", path, scopes=OWN, json=chosen, **party)
    world.met[f"choice {answer.status_code}"] += 1


async def state(world: World, place: int, officer: int, what: int) -> None:
    """An officer states something of a claim; it counts when two let it."""
    claim = await claim_at(world, place)
    if claim is None:
        return
    of_kind = _STATEMENTS[claim["kind"]]
    said = of_kind[what % len(of_kind)]
    await says(world, "claims", f"claims/{claim['id']}/evidence", OFFICERS[officer], said)


_WIDOW = {"person": person_id(WIDOW), "relation": "widow"}
_STATEMENTS: dict[str, list[dict[str, Any]]] = {
    "accident": [
        {"permanent_loss": {"percent": 30, "benefit_from": "2026-09-01"}},
        {"permanent_loss": {"percent": 12}},
        {"choice": {"option": "lump sum", "applied_on": "2026-09-14"}},
        {"finding": {"fact": "conduct under section 93", "found": "yes"}},
        {"finding": {"fact": "serious misconduct", "found": "no"}},
    ],
    "invalidity": [
        {"invalidity": {"certified": True, "earning_capacity": 20}},
        {"finding": {"fact": "contributions before 2013", "found": "24"}},
    ],
    "death": [
        {"dependant": _WIDOW},
        {"dependant": {"person": person_id(CHILD), "relation": "child", "born": "2015-03-03"}},
        {"funeral": {**_WIDOW, "paid": {"amount": "3400.00", "currency": "MYR"}}},
        {"finding": {"fact": "found alive", "found": "yes"}},
    ],
}


# What officers decide.


async def tasks_of(world: World) -> list[tuple[str, asyncpg.Record]]:
    """All tasks that wait, with their service."""
    return [(service, each) for service in world.services for each in await world.rows(service, _TASKS)]


async def decide(world: World, place: int, choice: int, *, stale: bool) -> None:
    """One officer takes a task and proposes, tries to approve it, and another one approves."""
    found = await tasks_of(world)
    if not found:
        return
    await decide_task(world, *found[place % len(found)], choice, stale=stale)


async def decide_in(world: World, queue: str, choice: int) -> None:
    """Two officers decide what waits longest in a queue."""
    found = [(service, task) for service, task in await tasks_of(world) if task["queue"] == queue]
    if found:
        await decide_task(world, *found[0], choice, stale=False)


async def decide_task(world: World, service: str, task: asyncpg.Record, choice: int, *, stale: bool) -> None:
    """The same of one task."""
    says_ = await proposal(world, service, task, choice)
    path, revision = f"tasks/{task['id']}", task["revision"]
    if says_ is None or (await says(world, service, f"{path}/takings", OFFICERS[0]))[0] != 201:
        return
    said = {"revision": revision, "says": says_}
    if (await says(world, service, f"{path}/proposals", OFFICERS[0], said))[0] == 201:
        named = {"revision": revision - 1 if stale and revision else revision}
        for officer in (OFFICERS[0], OFFICERS[0].upper(), OFFICERS[1]):
            status, body = await says(world, service, f"{path}/approvals", officer, named)
            world.met[f"{task['queue']} {says_['kind']} {body.get('code', status)}"] += 1
            if status == 201:
                return
    await says(world, service, f"{path}/releases", OFFICERS[0])


async def act_on_task(world: World, place: int, act: str, officer: int, choice: int) -> None:
    """Any officer does one thing to any task."""
    found = await tasks_of(world)
    if not found:
        return
    service, task = found[place % len(found)]
    body: dict[str, Any] | None = None
    if act == "proposals":
        proposed = await proposal(world, service, task, choice)
        body = {"revision": task["revision"], "says": proposed}
        if proposed is None:
            return
    elif act == "approvals":
        body = {"revision": task["revision"]}
    elif act == "refusals":
        body = {"reason": "facts_differ", "back_to": ("queue", "proposer")[choice % 2]}
    elif act == "queries":
        body = {"asks": "which_amounts", "of": next(iter(orjson.loads(task["facts"])), "happened_on")}
    elif act == "replies":
        body = {"says": "as_proposed", "by": next(iter(orjson.loads(task["facts"])), "happened_on")}
    elif act == "stops":
        body = {"waiting_for": "hospital"}
    elif act == "transfers":
        body = {"office": ("johor", "melaka")[choice % 2], "reason": "residence"}
    await says(world, service, f"tasks/{task['id']}/{act}", OFFICERS[officer], body)


async def proposal(world: World, service: str, task: asyncpg.Record, choice: int) -> dict[str, Any] | None:
    """What may be proposed of a task; None where only somebody else can bring what is missing."""
    kinds = _PROPOSALS.get(task["queue"], ())
    fits = [dict(each) for each in kinds]
    facts = orjson.loads(task["facts"])
    if task["queue"] in ("identity", "medical_authorisation"):
        fits[0]["person"] = person_id(PERSON)
    if task["queue"] == "medical_bill":
        fits = [{**each, "line": line} for line in _lines_in(facts)[:1] for each in fits]
    if task["queue"] == "over_review":
        fits[0]["last_day"] = (DAYS[0] + timedelta(days=190)).isoformat()
    if service == "claims" and task["queue"] in ("evidence", "doubt"):
        waiting = await _waiting(world, UUID(task["subject"].split("/")[1]))
        kind = "evidence_counts" if task["queue"] == "evidence" else "finding_counts"
        fits = [*({"kind": kind, "evidence": each} for each in waiting), *fits]
    if task["queue"] == "doubt" and "other_claim" in facts:
        same = {"kind": "same_accident", "claim": facts["other_claim"], "is_other_day": choice % 2 == 0}
        fits = [same, *fits]
    return fits[choice % len(fits)] if fits else None


_PROPOSALS: dict[str, Sequence[dict[str, Any]]] = {
    "identity": ({"kind": "relation_shown"}, {"kind": "nobodys"}),
    "doubt": ({"kind": "doubt_lifted"},),
    "over_review": ({"kind": "days_looked_at"},),
    "evidence_request": ({"kind": "request_extended"}, {"kind": "request_waived"}),
    "board_case": ({"kind": "case_once_more"}, {"kind": "case_not_heard"}),
    "unruled": ({"kind": "decided_outside"},),
    "investigation": ({"kind": "investigation_ended", "conclusion": "undetermined"},),
    "inconsistency": ({"kind": "inconsistency_decided", "stands": "notice", "why": "recorded_at_the_time"},),
    "complaint": ({"kind": "complaint_upheld"},),
    "suspension": ({"kind": "suspension_counts"}, {"kind": "suspension_refused"}),
    "certificate": ({"kind": "certificate_counts"},),
    "payee_death": ({"kind": "no_heir_found"},),
    # Orders are recorded by who decided nothing of what is appealed (appeals.py): these officers try the rest.
    "appeal": ({"kind": "appeal_answered", "document": "JW-2026-0193"},),
    "medical_authorisation": ({"kind": "patient_found"}, {"kind": "patient_not_found"}),
    "medical_bill": (
        {"kind": "line_priced", "price": {"amount": "80.00", "currency": "MYR"}, "instrument": "P.U.(A) 999/2026"},
        {"kind": "line_counts"},
        {"kind": "line_refused", "why": "not_of_this_injury"},
    ),
}


def _lines_in(facts: Mapping[str, object]) -> list[int]:
    """The lines of a bill that are in doubt."""
    return sorted(int(name.removeprefix("line_")) for name in facts if name.removeprefix("line_").isdecimal())


async def _waiting(world: World, claim: UUID) -> list[str]:
    answer = await world.ask("claims", "GET", f"/v1/claims/{claim}/evidence", scopes=SCOPES)
    return [each["evidence"] for each in answer.json() if each["standing"] == "waits"] if answer.is_success else []


async def look_into(world: World, place: int, officer: int, *, closely: bool) -> None:
    """An officer opens an investigation of a claim, or states that a document has another day."""
    claim = await claim_at(world, place)
    if claim is None:
        return
    day = {"kind": "attendance_record", "document": "KB-1", "day": "2026-08-07"}
    what, body = ("investigations", {"reason": "place"}) if closely else ("particulars", day)
    await says(world, "claims", f"claims/{claim['id']}/{what}", OFFICERS[officer], body)


async def complain(world: World, officer: int) -> None:
    """Somebody at an office finds that it takes too long, and an officer files it."""
    await says(world, "claims", "complaints", OFFICERS[officer], {"kind": "delay", "person": person_id(PERSON)})


# Boards.


async def board_goes_on(world: World, way: str) -> None:
    """The case that was touched last goes one step on: its session is planned, it is invited, heard, decided."""
    case = at(await world.rows("claims", _CASES), 0)
    if case is None or case["state"] in ("decided", "ended", "absent"):
        await _put(world, way, is_decided=case is not None and case["state"] == "decided")
    elif case["state"] == "waiting":
        await _invite(world, case)
    elif case["sits_on"] > today():
        world.clock.advance(days=(case["sits_on"] - today()).days)
    elif way == "called off":
        await _close(world, case, "session_called_off")
    elif case["state"] == "invited":
        path = f"board-cases/{case['id']}"
        await says(world, "claims", f"{path}/attendances", SECRETARY, {"came": way != "absent"})
    elif way == "adjourned":
        await says(world, "claims", f"board-cases/{case['id']}/adjournments", DOCTOR, {"reason": "tests_needed"})
    elif case["result"] is None:
        await says(world, "claims", f"board-cases/{case['id']}/results", DOCTOR, _found(case, way))
    else:
        await _close(world, case, "session_closed")


async def _put(world: World, way: str, *, is_decided: bool) -> None:
    claim = await claim_at(world, 0, "accident", "invalidity")
    if claim is None:
        return
    if way in ("appeal", "aggravation"):
        path, party = f"/v1/claims/{claim['id']}/board-cases", {"party": HERSELF, "role": "partner"}
        answer = await world.ask("claims", "POST", path, scopes=OWN, json={"question": way}, **party)
        world.met[f"{way} {answer.status_code}"] += 1
        return
    question = "invalidity" if claim["kind"] == "invalidity" else "permanent_loss"
    question = "revision" if is_decided else question
    await says(world, "claims", f"claims/{claim['id']}/board-cases", SECRETARY, {"question": question})


async def _invite(world: World, case: asyncpg.Record) -> None:
    day = today() + timedelta(days=3)
    session = {"board": case["board"], "day": day.isoformat(), "place": "KL-1", "quota": 2}
    status, planned = await says(world, "claims", "board-sessions", SECRETARY, session)
    assert status == 201, planned
    panel = {"chairman": CHAIR, "members": [DOCTOR, "doctor-3"]}
    if case["board"] == "appellate_medical":
        panel = {"chairman": "doctor-4", "members": ["doctor-5", "doctor-6"]}
    path = f"board-sessions/{planned['session']}"
    await says(world, "claims", f"{path}/panels", SECRETARY, panel)
    invited = {"case": str(case["id"]), "justified_by": "place_became_free"}
    await says(world, "claims", f"{path}/invitations", SECRETARY, invited)


def _found(case: asyncpg.Record, way: str) -> dict[str, Any]:
    if case["kind"] == "invalidity":
        return {"invalidity": {"certified": way != "nothing", "earning_capacity": 20}}
    percent = {"nothing": "0", "whole": "100"}.get(way, "25")
    loss = {"percent": percent, "benefit_from": today().isoformat()}
    return {"loss": loss if way != "provisional" else {**loss, "provisional_until": "2028-01-31"}}


async def _close(world: World, case: asyncpg.Record, kind: str) -> None:
    """The secretary proposes, tries to approve alone, and the chairman approves."""
    [session] = await world.rows("claims", "SELECT * FROM board_session WHERE id = $1", case["session"])
    tasks = [each for _, each in await tasks_of(world) if each["subject"] == f"board_session/{session['id']}"]
    if not tasks or session["chairman"] is None:
        return
    path, revision = f"tasks/{tasks[0]['id']}", {"revision": tasks[0]["revision"]}
    await says(world, "claims", f"{path}/takings", SECRETARY)
    await says(world, "claims", f"{path}/proposals", SECRETARY, {**revision, "says": {"kind": kind}})
    for officer in (SECRETARY, session["chairman"]):
        status, _ = await says(world, "claims", f"{path}/approvals", officer, revision)
    world.met[f"{kind} {status}"] += 1
    if status != 201:
        await says(world, "claims", f"{path}/releases", SECRETARY)


# Money.


async def enter_account(world: World, party: str, number: str, officer: int) -> None:
    """An officer enters an account, tries to release it, and another one does."""
    body = {
        "account_name": "AMINAH BINTI YUSOF",
        "account": {"bank_bic": "MBBEMYKL", "number": number},
        "capacity": "own" if party.startswith("person") else "organisation",
    }
    path = f"parties/{party}/accounts"
    status, entered = await says(world, "benefits", path, OFFICERS[officer], body)
    if status == 201:
        for each in (officer, officer + 1):
            release = f"{path}/{entered['version']}/releases"
            await says(world, "benefits", release, OFFICERS[each % len(OFFICERS)])


async def pay(world: World, answers: Sequence[str], *, twice: bool) -> None:
    """A bank file is made, fetched, and answered payment by payment; what is not answered waits."""
    held = [row["party"] for row in await world.rows("benefits", _HELD, now())]
    await bank.freeze(world.benefits)
    for file in await bank.files(world.benefits):
        given = bank.transfers(await bank.fetch(world.benefits, file))
        world.give_bank(file["message_id"], given)
        paid = await world.rows("benefits", _PAID_TO, [id_ for id_, _ in given], held)
        assert not paid, f"paid while officers look whether two numbers are one: {shown(paid)}"
        said = {id_: answers[place % len(answers)] for place, (id_, _) in enumerate(given)}
        body = bank.report(file["message_id"], {id_: each for id_, each in said.items() if each}, at=_instant())
        for _ in range(1 + twice):
            answer = await bank.send_report(world.benefits, file, body)
            assert answer.status_code < 500, answer.text
        world.met.update(f"bank {each or 'silent'}" for each in said.values())


async def answer_late(world: World, place: int, status: str) -> None:
    """The bank says something later of a payment that it has: it settled after all, or came back."""
    rows = await world.rows(
        "benefits",
        "SELECT payment.*, message_id FROM payment JOIN bank_file ON bank_file.id = bank_file ORDER BY payment.id",
    )
    paid = at(rows, place)
    if paid is not None:
        body = bank.report(paid["message_id"], {paid["end_to_end_id"]: status}, at=_instant())
        answer = await bank.send_report(world.benefits, {"bank_file": str(paid["bank_file"])}, body)
        assert answer.status_code < 500, answer.text
        world.met[f"bank later {status} of {paid['state']} {answer.status_code}"] += 1


def _instant() -> str:
    return now().isoformat()


async def suspend(world: World, place: int, officer: int) -> None:
    """An officer states that a month of a pension is not owed."""
    rows = await world.rows(
        "benefits", "SELECT * FROM entitlement WHERE benefit = ANY ($1) ORDER BY claim, benefit, party", PENSIONS
    )
    owed = at(rows, place)
    if owed is None:
        return
    month = Month.of(today())
    body = {
        "payee": owed["party"], "claim": str(owed["claim"]), "scheme": owed["scheme"], "benefit": owed["benefit"],
        "ground": "refuses_treatment", "first_on": month.first_day.isoformat(), "last_on": month.last_day.isoformat(),
        "evidence": "S49-2026-0118",
    }  # fmt: skip
    await says(world, "benefits", "suspensions", OFFICERS[officer], body)


async def repay(world: World, place: int, sen: int) -> None:
    """Somebody pays back at the counter; who enters it tries to release it, and another one does."""
    recovery = at(await world.rows("benefits", "SELECT * FROM recovery ORDER BY opened_at, id"), place)
    if recovery is None:
        return
    amount = {"amount": f"{sen // 100}.{sen % 100:02d}", "currency": "MYR"}
    came = {"received_on": today().isoformat(), "route": "counter", "reference": f"RCPT-{world.met.total()}"}
    path = f"recoveries/{recovery['id']}/repayments"
    status, entered = await says(world, "benefits", path, OFFICERS[0], {"amount": amount, **came})
    if status == 201:
        for officer in OFFICERS[:2]:
            await says(world, "benefits", f"repayments/{entered['repayment']}/releases", officer)
