"""People are written to: what a letter says, to whom, when, who reads it, and what becomes of its message."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.commands.test_kinds import stated_and_approved
from services.claims.tests.files.letters import (
    READ_LETTERS,
    a_payment,
    letter_of,
    letters_after,
    listed,
    said_in,
    say,
    words_of,
    write,
)
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    FIRST,
    PERSON,
    SECOND,
    all_has_arrived,
    apply_events,
    contributed,
    days_stated_of,
    decide,
    employed,
    let_count,
    notice_without_days,
    read,
    registered,
    report,
    standing_of,
    submit,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.kernel.officers import Officers
from shared.messages.following import letter_subject, state_of_letter
from shared.messages.settling import SettleLetter, settle_letter
from shared.testing.clock import BusinessClock
from shared.testing.control_totals import standing
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HERSELF, STRANGER = f"person:{PERSON}", "person:99"


async def hurt(claims: ServiceUnderTest, **changes: Any) -> str:
    reported = await report(claims, **{**ACCIDENT, **changes})
    await claims.work_off()
    return str(reported["claim"])


async def content(claims: ServiceUnderTest, letter: str, wording: str, party: str = HERSELF) -> Any:
    path = f"/v1/letters/{letter}/content?wording={wording}"
    return await claims.call("GET", path, scopes=READ_LETTERS, party=party, role="partner")


async def test_a_decision_is_told_once_it_has_settled_in_both_languages(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    claim = await hurt(worker)
    assert await listed(worker) == [], "more may follow within the hour"
    business_clock.advance(hours=1, seconds=5)
    await worker.work_off()
    [shown] = await listed(worker, HERSELF, f"claim/{claim}")
    assert (shown["kind"], shown["revision"], shown["party"]) == ("award", 1, person_id(PERSON))
    letter = await said_in(worker, shown["letter"])
    english, malay = words_of(letter, "en"), words_of(letter, "ms")
    for words in ("Temporary disablement benefit", "RM84.00 a day", "Act 4", "Social Security Appellate Board until"):
        assert words in english
    for words in ("Faedah hilang upaya sementara", "RM84.00 sehari", "Akta 4", "Jemaah Rayuan Keselamatan Sosial"):
        assert words in malay
    assert "by rule act4.temporary_disablement, version 2" in english
    assert "No officer decided by hand" in english
    assert letter.said["en"].title == "Decision on your claim"
    await worker.work_off()
    assert len(await listed(worker)) == 1, "once for the revision"


async def test_the_person_reads_it_and_nobody_else(worker: ServiceUnderTest) -> None:
    await hurt(worker)
    [shown] = await letters_after(worker)
    answers = [await content(worker, shown["letter"], wording) for wording in ("both", "both", "ms", "en")]
    assert {each.status_code for each in answers} == {200}
    assert {each.headers["content-type"] for each in answers} == {"application/pdf"}
    assert answers[0].content == answers[1].content
    assert len({each.content for each in answers}) == 3
    assert {each.content[:5] for each in answers} == {b"%PDF-"}
    for party in (STRANGER, f"employer:{EMPLOYER}", "hospital:1"):
        assert (await content(worker, shown["letter"], "en", party)).status_code == 404
        assert await listed(worker, party) == []
    told = await worker.call("GET", f"/v1/letters/{UUID(int=1)}", scopes=READ_LETTERS, party=HERSELF, role="partner")
    assert (told.status_code, told.json()["code"]) == (404, "letter_unknown")


async def test_what_follows_in_time_is_told_in_one_letter_and_later_what_changed(worker: ServiceUnderTest) -> None:
    await apply_events(worker, contributed("2026-07", 312_000, revision=2, employer=EMPLOYER))
    claim = await hurt(worker)
    [first] = await letters_after(worker)
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    letters = await letters_after(worker)
    assert [each["kind"] for each in sorted(letters, key=lambda each: each["revision"])] == ["award", "revision"]
    newest = next(each for each in letters if each["kind"] == "revision")
    assert newest["about"] == f"claim/{claim}"
    english = words_of(await said_in(worker, newest["letter"]), "en")
    assert "What changed since revision 1" in english
    assert "before: From 6 August 2026 to 24 August 2026: RM84.00 a day. Now:" in english
    stands = [await letter_of(worker, each["letter"]) for each in (first, newest)]
    assert [each["messages"][0]["state"] for each in stands] == ["superseded", "waiting"]


async def test_nobody_looks_at_a_letter_that_came_back_once_a_newer_one_took_its_place(
    worker: ServiceUnderTest,
) -> None:
    await hurt(worker)
    [shown] = await letters_after(worker)
    [message] = shown["messages"]
    await say(worker, message["message"], "bounced", reason="address_unknown")
    assert len(await waiting(worker)) == 1
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    await letters_after(worker)
    assert await waiting(worker) == []
    await say(worker, message["message"], "bounced", receipt="R-late", reason="address_unknown")
    assert len((await letter_of(worker, shown["letter"]))["messages"]) == 1
    assert await waiting(worker) == []


async def test_a_representative_is_told_the_same_without_the_workings(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Two officers were shown that she may speak of the person; they let count before eight in the morning."""
    business_clock.set_day(2026, 11, 3, hour=7)
    reported = await report(worker, "person:50", **{**ACCIDENT, "capacity": "representative"})
    await worker.work_off()
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    stated = {each["kind"]: each["evidence"] for each in await days_stated_of(worker, reported)}
    assert await let_count(worker, stated["certificate"]) == (201, None)
    letters = {each["party"]: await said_in(worker, each["letter"]) for each in await letters_after(worker)}
    assert letters.keys() == {person_id(PERSON), person_id(50)}
    assert "let count on 3 November 2026" in words_of(letters[person_id(PERSON)], "en")
    own, as_representative = (words_of(letters[person_id(each)], "en") for each in (PERSON, 50))
    assert f"guardian or representative of {person_id(PERSON)}" in as_representative
    assert own.count("RM84.00 a day") == as_representative.count("RM84.00 a day") == 1
    assert "average assumed monthly wage" in own
    assert "average" not in as_representative
    assert [each["party"] for each in await listed(worker, "person:50")] == [person_id(50)]


async def test_a_guardian_whose_notice_joined_that_of_the_employer_is_told_the_same(worker: ServiceUnderTest) -> None:
    await hurt(worker)
    assert [each["party"] for each in await letters_after(worker)] == [person_id(PERSON)]
    await report(worker, "person:50", **{**ACCIDENT, "capacity": "guardian"})
    await worker.work_off()
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    letters = {each["party"]: await said_in(worker, each["letter"]) for each in await letters_after(worker)}
    assert letters.keys() == {person_id(PERSON), person_id(50)}
    assert f"guardian or representative of {person_id(PERSON)}" in words_of(letters[person_id(50)], "en")


async def test_of_a_death_who_claims_is_told_what_is_refused_and_who_reported_it_nothing_of_the_dead(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The employer and the hospital report it first; the widow's notice joins. Two officers find that he lives."""
    business_clock.set_day(2026, 8, 3)
    await apply_events(claims, registered(), *employed(started_on=date(2023, 1, 1)), contributed("2026-06", 198_000))
    await all_has_arrived(claims)
    for party, capacity in (("employer:3", None), ("hospital:1", None), ("person:50", "dependant")):
        body = notice_without_days("death", **({} if capacity is None else {"capacity": capacity}))
        assert (await submit(claims, body, party=party, role="partner")).status_code == 202
        await claims.work_off()
    await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON))
    await claims.work_off()
    [death] = [each["claim"] for each in (await read(claims, "/v1/claims"))["data"] if each["joined_to"] is None]
    await stated_and_approved(claims, death, finding={"fact": "found alive", "found": "yes"})
    letters = {each["party"]: await said_in(claims, each["letter"]) for each in await letters_after(claims)}
    assert letters.keys() == {person_id(50)}
    assert "not granted" in words_of(letters[person_id(50)], "en")


async def test_nobody_is_told_that_nothing_is_owed_before_that_is_all(claims: ServiceUnderTest) -> None:
    """The journey home was interrupted: no employment injury; whether SKBBK covers it is not known for a while."""
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(claims, registered(), *employed(), *wages)
    reported = await report(claims, **{**ACCIDENT, "place": "commuting", "interrupted": True})
    assert await letters_after(claims) == []
    await all_has_arrived(claims)
    assert (await standing_of(claims, reported))[0] == "refused"
    [letter] = await letters_after(claims)
    assert letter["kind"] == "refusal"
    english = words_of(await said_in(claims, letter["letter"]), "en")
    assert "not granted" in english
    assert "not met (Act 4" in english
    assert "Social Security Appellate Board" in english


async def test_what_the_provider_says_counts_once_in_whatever_order(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await hurt(worker)
    [shown] = await letters_after(worker)
    business_clock.advance(hours=6)
    [message] = shown["messages"]
    assert (message["channel"], message["wording"], message["state"]) == ("post", "both", "waiting")
    assert (await say(worker, message["message"], "delivered", key=b"x" * 32)).json()["code"] == "receipt_unsigned"
    assert (await say(worker, str(UUID(int=1)), "delivered")).json()["code"] == "message_unknown"
    for _ in range(2):
        assert (await say(worker, message["message"], "delivered", receipt="R-1", ago=1)).status_code in (202, 409)
    assert (await say(worker, message["message"], "delayed", receipt="R-0", ago=5)).status_code == 202
    [told] = (await letter_of(worker, shown["letter"], HERSELF))["messages"]
    assert told["state"] == "delivered"
    assert [(each["what"], each["by_provider"]) for each in told["events"]] == [("delivered", True), ("delayed", True)]
    differs = await say(worker, message["message"], "bounced", receipt="R-1")
    assert (differs.status_code, differs.json()["code"]) == (409, "receipt_differs")


async def test_a_receipt_is_of_one_message_and_speaks_as_its_provider_alone(worker: ServiceUnderTest) -> None:
    await hurt(worker)
    await worker.consume(a_payment())
    messages = [each["messages"][0]["message"] for each in await letters_after(worker)]
    one, other = messages
    assert (await say(worker, one, "delivered", receipt="R-1")).status_code == 202
    replayed = await say(worker, other, "delivered", receipt="R-1", signed_for=one)
    assert (replayed.status_code, replayed.json()["code"]) == (403, "receipt_unsigned")
    as_officers = await say(worker, other, "delivered", reason="told_otherwise")
    assert (as_officers.status_code, as_officers.json()["code"]) == (422, "receipt_reserved")
    as_theirs = await say(worker, other, "bounced", receipt=f"officers-{other}")
    assert (as_theirs.status_code, as_theirs.json()["code"]) == (422, "receipt_reserved")
    ahead = await say(worker, other, "delivered", receipt="R-2", ago=-24 * 365 * 50)
    assert (ahead.status_code, ahead.json()["code"]) == (422, "receipt_ahead")
    early = await say(worker, other, "delivered", receipt="R-2", ago=24 * 365 * 50)
    assert (early.status_code, early.json()["code"]) == (422, "receipt_early")
    assert (await say(worker, other, "delivered", receipt="R-3", ago=-1 / 30)).status_code == 202, "clocks differ"
    states = {each["messages"][0]["state"] for each in await letters_after(worker)}
    assert states == {"delivered"}


async def test_a_letter_that_came_back_waits_for_two_officers(worker: ServiceUnderTest) -> None:
    await hurt(worker)
    [shown] = await letters_after(worker)
    [message] = shown["messages"]
    await say(worker, message["message"], "bounced", reason="address_unknown")
    [task] = await waiting(worker)
    assert (task["reason"], task["facts"]["letter"]) == ("address_unknown", shown["letter"])
    assert await settled(worker, task, "letter_sent_once_more") == 201
    again = (await letter_of(worker, shown["letter"]))["messages"]
    assert [(each["channel"], each["state"]) for each in again] == [("post", "undelivered"), ("post", "waiting")]
    await say(worker, again[1]["message"], "bounced", reason="moved_away")
    [task] = await waiting(worker)
    assert await settled(worker, task, "told_otherwise") == 201
    await worker.work_off()
    last = (await letter_of(worker, shown["letter"]))["messages"][1]
    assert (last["state"], last["reason"]) == ("delivered", "told_otherwise")
    assert last["events"][-1] | {"at": None} == {
        "what": "told_otherwise",
        "reason": "",
        "at": None,
        "by_provider": False,
    }
    await say(worker, again[1]["message"], "bounced", receipt="R-late", reason="moved_away")
    assert await waiting(worker) == []


async def test_two_officers_decide_while_what_the_provider_says_is_followed(worker: ServiceUnderTest) -> None:
    """Neither waits for the other for good, whichever holds the letter."""
    await hurt(worker)
    [shown] = await letters_after(worker)
    [message] = shown["messages"]
    await say(worker, message["message"], "bounced", reason="address_unknown")
    letter, officers = UUID(shown["letter"]), Officers("organisation:1", FIRST, SECOND, now())
    async with worker.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await state_of_letter(letter_subject(letter), uow)
        said = say(worker, message["message"], "bounced", receipt="R-again", reason="moved_away")
        following = asyncio.create_task(said)
        await until_waited_for(worker)
        await settle_letter(SettleLetter(letter, is_sent_once_more=False, officers=officers), uow)
    assert (await following).status_code == 202
    await worker.work_off()
    assert (await letter_of(worker, shown["letter"]))["messages"][0]["reason"] == "told_otherwise"
    assert await waiting(worker) == []


async def test_a_letter_that_came_back_is_nobodys_once_a_newer_one_takes_its_place(worker: ServiceUnderTest) -> None:
    """And of neither anybody says that it is held by nobody."""
    await hurt(worker)
    [shown] = await letters_after(worker)
    await say(worker, shown["messages"][0]["message"], "bounced", reason="address_unknown")
    assert (await standing(worker.database, CONTROL_TOTALS))["letter"] == {"officer": 1}
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    await letters_after(worker)
    await worker.work_off()
    assert await waiting(worker) == []
    assert (await standing(worker.database, CONTROL_TOTALS))["letter"] == {"ended": 1, "rule": 1}


async def until_waited_for(claims: ServiceUnderTest) -> None:
    """Until somebody waits for a letter."""
    async with claims.database.connection() as connection:
        for _ in range(400):
            if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"):
                return
            await asyncio.sleep(0.02)
    raise AssertionError("nobody waits for the letter")


async def waiting(claims: ServiceUnderTest) -> list[dict[str, Any]]:
    scopes = ["claims:task:read", "claims:undelivered:decide"]
    answer = await claims.call("GET", "/v1/tasks?queue=undelivered", scopes=scopes)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def settled(claims: ServiceUnderTest, task: dict[str, Any], kind: str) -> int:
    """Two officers decide."""
    scopes = ["claims:task:write", "claims:undelivered:decide"]
    revision = {"revision": task["revision"]}
    for what, officer, body in (
        ("takings", FIRST, None),
        ("proposals", FIRST, {**revision, "says": {"kind": kind}}),
        ("approvals", SECOND, revision),
    ):
        answer = await claims.call(
            "POST", f"/v1/tasks/{task['task']}/{what}", scopes=scopes, subject=officer, json=body
        )
        assert answer.status_code == 201, answer.text
    return int(answer.status_code)


async def test_who_prefers_a_short_message_gets_one_and_by_post_what_does_not_arrive(worker: ServiceUnderTest) -> None:
    scopes = ["claims:message_preference:write"]
    for party, role in ((f"employer:{EMPLOYER}", "partner"), ("organisation:1", "officer")):
        body = {"wording": "ms", "channel": "sms"}
        told = await worker.call("POST", "/v1/message-preference", scopes=scopes, party=party, role=role, json=body)
        assert (told.status_code, told.json()["code"]) == (403, "persons_only")
    own: dict[str, Any] = {"scopes": scopes, "party": HERSELF, "role": "partner"}
    assert (await worker.call("GET", "/v1/message-preference", **own)).json()["channel"] == "post"
    stated = await worker.call("POST", "/v1/message-preference", json={"wording": "ms", "channel": "sms"}, **own)
    assert stated.status_code == 201
    await hurt(worker)
    [shown] = await letters_after(worker)
    [message] = shown["messages"]
    assert (message["channel"], message["wording"]) == ("sms", "ms")
    await say(worker, message["message"], "bounced", reason="contact_unknown")
    messages = (await letter_of(worker, shown["letter"]))["messages"]
    assert [(each["channel"], each["state"]) for each in messages] == [("sms", "undelivered"), ("post", "waiting")]
    assert await waiting(worker) == [], "nobody needs to look while it goes by post"
    await say(worker, messages[1]["message"], "bounced", reason="moved_away")
    [task] = await waiting(worker)
    await say(worker, message["message"], "bounced", receipt="R-late", reason="contact_unknown")
    assert len((await letter_of(worker, shown["letter"]))["messages"]) == 2, "by post once for a letter"
    assert [each["revision"] for each in await waiting(worker)] == [task["revision"]]


async def test_a_payment_is_told_once_to_whom_it_was_made(worker: ServiceUnderTest) -> None:
    paid = a_payment()
    await worker.consume(paid, paid)
    await write(worker)
    [shown] = await listed(worker, HERSELF)
    assert (shown["kind"], shown["about"]) == ("payment_advice", f"payment/{UUID(int=2)}")
    malay = words_of(await said_in(worker, shown["letter"]), "ms")
    assert "RM1,763.91" in malay
    assert "16 Julai 2026 – 11 Ogos 2026" in malay
    await worker.consume(paid.model_copy(update={"claim": UUID(int=3), "party": "hospital:1"}))
    await write(worker)
    assert len(await listed(worker)) == 1
