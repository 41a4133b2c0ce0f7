"""What two officers decide, in every queue of registration: the rules that all of them share hold in each."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registration.api.tasks import QUEUES
from services.registration.files.contribution_file import render
from services.registration.tests.api import family, test_bank_statements, test_employer_facts, test_erasures
from services.registration.tests.api import test_contribution_archives as archives
from services.registration.tests.api.test_accounts import OWED, banked, declared
from services.registration.tests.api.test_contribution_formats import LEGACY
from services.registration.tests.api.test_enforcement import officer
from services.registration.tests.api.test_family import couple
from services.registration.tests.api.test_opening_files import EMPLOYERS, SENDER, checked
from services.registration.tests.api.test_person_merges import both, merge
from services.registration.tests.api.test_register_statements import AHMAD, death, push
from services.registration.tests.api.test_scheme_cover import paid_for
from services.registration.tests.api.test_spell_corrections import correct, foreigner, hired
from services.registration.tests.commands.test_decide_refund import lowered
from services.registration.tests.files.camt_messages import camt_053, detail, entry
from services.registration.tests.support import AT_3050, Register, legacy_line, line, months_at_2480
from shared.testing.clock import BusinessClock
from shared.testing.two_officers import Waiting, check_rules

pytestmark = pytest.mark.postgres

STATER = "officer-3"
# What is proposed, who stated it, and what that one is told who approves it.
Stated = tuple[dict[str, Any], str | None, tuple[int, str] | None]


def by(kind: str, code: str, status: int = 403, stater: str = STATER, **says: Any) -> Stated:
    """Of what an officer stated."""
    return {"kind": kind, **says}, stater, (status, code)


def by_nobody(kind: str, **says: Any) -> Stated:
    """Of what no officer stated."""
    return {"kind": kind, **says}, None, None


async def sent_by_officer(register: Register, content: bytes, how: dict[str, str]) -> str:
    """A file of an employer that an officer sent; its id."""
    scopes = ["registration:contribution_file:write"]
    headers = {"content-type": "text/plain"}
    told: dict[str, Any] = {"scopes": scopes, "subject": STATER, "headers": headers, "params": how}
    sent = await register.service.call("POST", "/v1/contribution-files", content=content, **told)
    assert sent.status_code == 202, sent.text
    return str(sent.json()["file"])


async def refund(register: Register, clock: BusinessClock) -> Stated:
    employer = await lowered(register)
    body, scopes = {"employer": employer, "month": "2026-05"}, ["registration:refund:write"]
    await register.service.call("POST", "/v1/refunds", scopes=scopes, subject=STATER, json=body)
    return by("refund_not_paid", "refund_of_oneself")


async def person_correction(register: Register, clock: BusinessClock) -> Stated:
    await register.correct(await register.person(), "name", "Ahmad bin Haji Ali", subject=STATER)
    return by("correction_counts", "correction_of_oneself")


async def duplicate_person(register: Register, clock: BusinessClock) -> Stated:
    await both(register)
    return by_nobody("different_persons")


async def interest(register: Register, clock: BusinessClock) -> Stated:
    clock.set_day(2026, 8, 3)
    employer = await declared(register)
    clock.set_day(2026, 8, 31)
    await banked(register, employer, OWED, "2026-08-31")
    body, scopes = {"employer": employer, "month": "2026-07"}, ["registration:interest_waiver:write"]
    await register.service.call("POST", "/v1/interest-waivers", scopes=scopes, subject=STATER, json=body)
    return by("interest_waived", "interest_of_oneself")


async def bank_credit(register: Register, clock: BusinessClock) -> Stated:
    clock.set_day(2026, 8, 14)
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    await test_bank_statements.sent(register, camt_053([entry(OWED, "FPX1", details=[detail(text="for july")])]))
    return by_nobody("credit_matched", employer=employer, month="2026-07")


async def spell_statement(register: Register, clock: BusinessClock) -> Stated:
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "both", "wage")
    left = legacy_line("2026-05", 248_000, status="H", day="2026-05-31")
    await sent_by_officer(register, left, LEGACY)
    return by("spell_as_stated", "contribution_file_of_oneself")


async def family_relation(register: Register, clock: BusinessClock) -> Stated:
    person, other = await couple(register)
    await family.state(register, person, officer=STATER, relative=other)
    return by("relation_stands", "relation_of_oneself", 409)


async def register_statement(register: Register, clock: BusinessClock) -> Stated:
    person, _ = await couple(register)
    await push(register, death(who={**AHMAD, "name": "AHMAD BIN ABU"}))
    return by_nobody("register_statement_applies", persons=[person])


async def opening_file(register: Register, clock: BusinessClock) -> Stated:
    await checked(register, "employers", EMPLOYERS)
    return by("opening_released", "opening_file_of_oneself", stater=SENDER)


async def spell_correction(register: Register, clock: BusinessClock) -> Stated:
    _, _, spell = await hired(register)
    await correct(register, spell, started_on="2024-02-01", subject=STATER)
    return by("spell_correction_counts", "spell_correction_of_oneself")


async def foreign_pass(register: Register, clock: BusinessClock) -> Stated:
    await foreigner(register)
    return by_nobody("pass_over")


async def employer_statement(register: Register, clock: BusinessClock) -> Stated:
    employer = await register.employer()
    await test_employer_facts.state(register, employer, subject=STATER, **test_employer_facts.DIRECTOR)
    return by("employer_statement_counts", "employer_statement_of_oneself")


async def person_merge(register: Register, clock: BusinessClock) -> Stated:
    survivor, other, _, _ = await both(register)
    await merge(register, other, survivor, officer=STATER)
    return by("persons_merge", "merge_of_oneself")


async def contribution_file(register: Register, clock: BusinessClock) -> Stated:
    clock.set_day(2026, 11, 20)
    employer, _ = await register.worker_of()
    await register.choose_template(employer, "act4", "wage")
    how = {"format": "legacy_223", "part": "act4"}
    file = await sent_by_officer(register, legacy_line("2026-05", 248_000), how)
    await register.send(employer, legacy_line("2026-04", 248_000), params=how)
    fail = "UPDATE due_work SET failed = 'RuntimeError', attempts = 8 WHERE payload LIKE '%' || $1 || '%'"
    await register.rows(fail, file)
    return by("file_closed", "contribution_file_of_oneself")


async def enforcement(register: Register, clock: BusinessClock) -> Stated:
    clock.set_day(2026, 8, 3)
    employer = await register.employer()
    await officer(register, "/v1/enforcement-notices", employer=employer, demand="register_workers")
    clock.set_day(2026, 8, 18)
    return by("notice_complied", "enforcement_of_oneself")


async def erasure(register: Register, clock: BusinessClock) -> Stated:
    await test_erasures.state(register, await register.person(), reason="registered_by_mistake")
    return by("erasure_granted", "erasure_of_oneself")


async def cover_payment(register: Register, clock: BusinessClock) -> Stated:
    paid = await paid_for(register)
    body: dict[str, Any] = {"reason": "bounced", "evidence": "BR-1"}
    path, scopes = f"/v1/cover-payments/{paid}/reversal", ["registration:cover_payment:write"]
    said = await register.service.call("POST", path, scopes=scopes, subject=STATER, json=body)
    assert said.status_code == 202, said.text
    return by("cover_payment_reversed", "cover_payment_of_oneself", 409)


WAYS: dict[str, Callable[[Register, BusinessClock], Awaitable[Stated]]] = {
    way.__name__: way
    for way in (
        refund,
        person_correction,
        duplicate_person,
        interest,
        bank_credit,
        spell_statement,
        family_relation,
        register_statement,
        opening_file,
        spell_correction,
        foreign_pass,
        employer_statement,
        person_merge,
        contribution_file,
        enforcement,
        erasure,
        cover_payment,
    )
}


# Of what no officer states: where its subject stands, which keeps no officer but both who decided.
OF_NOBODY = {
    "duplicate_person": "possible_duplicate",
    "bank_credit": "bank_credit",
    "register_statement": "register_statement",
    "foreign_pass": "person",
}
_DECIDED = {"proposed_by", "approved_by"}


@pytest.mark.parametrize("queue", WAYS)
async def test_a_queue_of_which_nobody_states_anything_keeps_no_stater(
    register: Register, business_clock: BusinessClock, queue: str
) -> None:
    """It is no test's word alone that there is none: whoever keeps one says so to the rules, too."""
    _, stated_by, _ = await WAYS[queue](register, business_clock)
    assert (stated_by is None) == (queue in OF_NOBODY)
    if stated_by is None:
        columns = await register.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 "
            "AND column_name ~ '(officer|_by|sender)'",
            OF_NOBODY[queue],
        )
        assert {row[0] for row in columns} <= _DECIDED


def test_every_queue_goes_through_the_rules() -> None:
    assert WAYS.keys() == QUEUES.queues.keys()


@pytest.mark.parametrize("queue", WAYS)
async def test_what_two_officers_decide_in_every_queue(
    register: Register, business_clock: BusinessClock, queue: str
) -> None:
    says, stated_by, of_oneself = await WAYS[queue](register, business_clock)
    (task,) = await register.waiting(queue)
    await check_rules(register.service, QUEUES, Waiting(task, says, stated_by, of_oneself))


async def test_whoever_sent_an_archive_or_a_part_of_an_upload_sent_its_files(register: Register) -> None:
    """The worker, or who sends the last part, makes the file: the officers are those who sent it."""
    await register.worker_of()
    content, scopes = months_at_2480("2026-05"), [archives.WRITE]
    headers = {"content-type": "application/zip"}
    archive: dict[str, Any] = {"scopes": scopes, "content": archives._zip({"a.txt": content}), "headers": headers}
    assert (await register.service.call("POST", archives.PATH, subject=STATER, **archive)).status_code == 202
    await register.work_off()
    version = {"tus-resumable": "1.0.0"}
    begins: dict[str, Any] = {"scopes": scopes, "headers": {**version, "upload-length": str(len(content))}}
    begun = await register.service.call("POST", "/v1/uploads", subject="officer-4", **begins)
    assert begun.status_code == 201, begun.text
    part = {**version, "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    sends: dict[str, Any] = {"scopes": scopes, "headers": part, "content": content}
    sent = await register.service.call("PATCH", begun.headers["location"], subject="officer-5", **sends)
    assert sent.status_code == 204, sent.text
    kept = await register.rows(
        "SELECT array_agg(officer ORDER BY officer) FROM contribution_file AS file "
        "JOIN contribution_sender AS sender ON sender.sent = file.file GROUP BY receipt ORDER BY receipt"
    )
    assert [row[0] for row in kept] == [[STATER], ["officer-4", "officer-5"]]
