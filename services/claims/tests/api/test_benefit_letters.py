"""Letters about benefits that are paid over the years: who is written to, once, and what is told of its arrival."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.commands.republish_claims import RepublishClaims
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.files.letters import letter_of, letters_after, listed, said_in, say, words_of
from services.claims.tests.support import PERSON
from shared.contracts.benefit_paid import CertificateAskedV1, PartyStatedV1, RecoveryOpenedV1
from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Cause
from shared.contracts.letter_told import LetterToldV1
from shared.kernel.clock import business_day, now
from shared.kernel.identifiers import person_id
from shared.kernel.officers import Officers
from shared.messages.message import MessageState
from shared.messages.settling import SettleLetter, settle_letter
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HERSELF, GUARDIAN = f"person:{PERSON}", "person:50"
MATTER = UUID(int=7)


def asked(request: int = 1, reminded_on: date | None = None, **changes: Any) -> CertificateAskedV1:
    """A certificate of life, which is due for the pension and for the disablement benefit on one day."""
    stated = {
        "request": UUID(int=request),
        "claim": UUID(int=1),
        "scheme": "act4",
        "benefit": "invalidity_pension" if request == 1 else "permanent_disablement",
        "party": HERSELF,
        "certificate": "life",
        "form": "life certificate of a pensioner",
        "due_on": date(2026, 10, 31),
        "asked_on": date(2026, 9, 1),
        "reminded_on": reminded_on,
        "matter": MATTER,
        "written_to": (HERSELF,),
    }
    return CertificateAskedV1(**{**stated, **changes})


def suspended(**changes: Any) -> PartyStatedV1:
    """That her pension is suspended since July, as benefits tells it."""
    stated = {
        "statement": UUID(int=1),
        "party": HERSELF,
        "kind": "suspension",
        "says": "insurable_work",
        "claim": UUID(int=1),
        "scheme": "act4",
        "benefit": "invalidity_pension",
        "first_on": date(2026, 7, 1),
        "evidence": "S49-2026-0118",
        "stated_at": datetime(2026, 7, 1, tzinfo=UTC),
        "counted_at": datetime(2026, 7, 2, tzinfo=UTC),
        "written_to": (GUARDIAN,),
    }
    return PartyStatedV1(**{**stated, **changes})


def opened(**changes: Any) -> RecoveryOpenedV1:
    """That what was paid after a death is to come back."""
    stated = {
        "recovery": UUID(int=1),
        "claim": UUID(int=1),
        "scheme": "act4",
        "benefit": "invalidity_pension",
        "party": HERSELF,
        "fund": Fund.INVALIDITY,
        "owner": "claims",
        "source": "claim",
        "claim_revision": 3,
        "law": "Act 4, s.50",
        "reference": "R0123456789ABCDEF",
        "revision": 1,
        "opened_sen": 188_800,
        "open_sen": 188_800,
        "reason": "payee_died",
        "kept_percent": 100,
        "kept_law": "Act 4, s.50(1A)",
        "written_to": (HERSELF,),
        "opened_on": date(2026, 10, 5),
    }
    return RecoveryOpenedV1(**{**stated, **changes})


async def told(claims: ServiceUnderTest) -> list[LetterToldV1]:
    """What claims said of letters, as far as it is news."""
    async with claims.database.connection() as connection:
        rows = await connection.fetch("SELECT payload FROM outbox WHERE topic = 'claims.letter' ORDER BY id")
    return [LetterToldV1.model_validate_json(row["payload"]) for row in rows]


async def test_a_certificate_is_asked_for_in_one_letter_for_all_benefits_and_reminded_of_in_another(
    claims: ServiceUnderTest,
) -> None:
    await claims.consume(asked(), asked(2), asked())
    reminder = date(2026, 10, 17)
    await claims.consume(asked(1, reminder), asked(2, reminder))
    first, second = sorted(await letters_after(claims), key=lambda each: each["revision"])
    assert [(each["kind"], each["about"], each["party"]) for each in (first, second)] == [
        ("certificate_due", f"certificate/{MATTER}", person_id(PERSON))
    ] * 2
    assert [each["messages"][0]["state"] for each in (first, second)] == ["superseded", "waiting"]
    letter = await said_in(claims, second["letter"])
    english, malay = words_of(letter, "en"), words_of(letter, "ms")
    for words in ("Reminder", "certificate of life", "31 October 2026", "reg. 117", "paid at once"):
        assert words in english
    for words in ("Peringatan", "perakuan hayat pesara", "31 Oktober 2026", "per. 117", "sekali gus"):
        assert words in malay
    await claims.consume(asked(3, matter=None, written_to=()))
    assert len(await listed(claims)) == 2, "events of before owe nobody a letter"


async def test_what_became_of_it_is_told_by_its_receipts_in_whatever_order(claims: ServiceUnderTest) -> None:
    await claims.consume(asked())
    [letter] = await letters_after(claims)
    [message] = letter["messages"]
    await say(claims, message["message"], "delivered", receipt="R-1", ago=48)
    [arrived] = await told(claims)
    assert (arrived.matter, arrived.party, arrived.revision) == (MATTER, HERSELF, 1)
    assert arrived.told_on is not None
    await say(claims, message["message"], "delayed", receipt="R-0", ago=72)
    await say(claims, message["message"], "bounced", receipt="R-2", ago=1, reason="moved_away")
    said = await told(claims)
    assert [(each.revision, each.told_on) for each in said] == [(1, arrived.told_on), (2, arrived.told_on), (3, None)]
    assert (await letter_of(claims, letter["letter"]))["messages"][0]["state"] == MessageState.UNDELIVERED
    officers = Officers("organisation:1", "officer-1", "officer-2", now())
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("officers")) as uow:
        await settle_letter(SettleLetter(UUID(letter["letter"]), is_sent_once_more=False, officers=officers), uow)
    await claims.work_off()
    assert [each.told_on for each in (await told(claims))[3:]] == [business_day(officers.at)], "told otherwise"
    said = await told(claims)
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("operator")) as uow:
        await uow.due.at(RepublishClaims("R-17"), now())
    await claims.work_off()
    assert (await told(claims))[len(said) :] == said[-1:], "stated again as it stands"


async def test_a_suspension_its_end_and_that_it_was_wrong_are_told_to_whoever_acts(claims: ServiceUnderTest) -> None:
    first = suspended()
    ended = first.model_copy(update={"statement": UUID(int=2), "replaces": UUID(int=1), "last_on": date(2026, 8, 31)})
    never = ended.model_copy(update={"statement": UUID(int=3), "replaces": UUID(int=2), "withdrawn": True})
    of_nobody = first.model_copy(update={"statement": UUID(int=4), "written_to": ()})
    await claims.consume(first, ended, never, of_nobody)
    letters = {each["about"]: await said_in(claims, each["letter"]) for each in await listed(claims)}
    english = [words_of(letters[f"suspension/{UUID(int=number)}"], "en") for number in (1, 2, 3)]
    for words, said in zip(("until further notice", "paid again", "wrongly"), english, strict=True):
        assert words in said
    assert f"You act for {person_id(PERSON)}" in english[0]
    assert "more than a third" in english[0]
    assert "Social Security Appellate Board until" in english[0]
    assert "Pencen ilat" in words_of(letters[f"suspension/{UUID(int=1)}"], "ms")
    assert len(letters) == 3


async def test_what_is_to_come_back_is_told_with_what_is_kept_for_it_and_why(claims: ServiceUnderTest) -> None:
    first_time = opened()
    more = first_time.model_copy(update={"revision": 2, "open_sen": 0, "reason": "decided_again"})
    await claims.consume(first_time, more, first_time)
    first, second = sorted(await letters_after(claims), key=lambda each: each["revision"])
    assert [each["kind"] for each in (first, second)] == ["recovery", "recovery"]
    one, other = [words_of(await said_in(claims, each["letter"]), "en") for each in (first, second)]
    for words in ("RM1,888.00", "The payee has died", "All of what falls due next", "s.50(1A)", "R0123456789ABCDEF"):
        assert words in one
    for words in ("by revision 3", "set off at once"):
        assert words in other


async def test_a_letter_that_is_written_after_a_newer_one_takes_the_place_of_nothing(claims: ServiceUnderTest) -> None:
    first_time = opened()
    await claims.consume(first_time.model_copy(update={"revision": 2, "open_sen": 400_000}))
    await letters_after(claims)
    await claims.consume(first_time)
    letters = await letters_after(claims)
    found = {each["revision"]: [message["state"] for message in each["messages"]] for each in letters}
    assert found == {1: [], 2: ["waiting"]}
