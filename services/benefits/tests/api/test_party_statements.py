"""Suspensions, certificates, who acts and who has died: what is stated by whom, and what then falls due."""

from datetime import date
from typing import Any

import pytest

from services.benefits.consumers import registration
from services.benefits.storage.projections import PROJECTIONS
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.api import years
from services.benefits.tests.api.years import (
    PARTY,
    certificate,
    decide,
    guardian,
    pension,
    registered,
    state,
    suspension,
)
from services.benefits.tests.support import (
    ACCOUNT_NUMBER,
    bank_answers,
    benefits_on,
    enter_account,
    enter_payee,
    monthly,
    pay_into,
    release_account,
    settle,
)
from shared.contracts.benefit_paid import PartyStatedV1
from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Cause
from shared.contracts.registration import PersonMergedV1
from shared.kernel.clock import now
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

ME = ("benefits:me:read", "benefits:certificate:write")


def partner(party: str) -> dict[str, Any]:
    return {"party": party, "role": "partner", "subject": party, "scopes": ME}


async def refused(benefits: ServiceUnderTest, path: str, body: dict[str, Any], **caller: Any) -> tuple[int, str]:
    answer = await benefits.call("POST", path, **{"scopes": years.WRITE, **caller}, json=body)
    return answer.status_code, answer.json()["code"]


async def own(benefits: ServiceUnderTest, what: str, party: str = PARTY) -> list[dict[str, Any]]:
    answer = await benefits.call("GET", f"/v1/me/{what}", **partner(party))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def on(benefits: ServiceUnderTest, clock: BusinessClock, year: int, month: int, day: int) -> list[str]:
    """What the bank pays on a day, after all that is due by then."""
    clock.set_day(year, month, day)
    await benefits.work_off()
    return await bank_answers(benefits)


async def test_life_6_a_month_of_work_is_suspended_by_two_officers_and_the_next_is_paid(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 7, 1)
    await enter_payee(benefits)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["3658.00"]
    await state(benefits, "/v1/suspensions", suspension())
    await decide(benefits, "suspension", "suspension_counts")
    assert await years.waiting(benefits) == ["suspended"]
    assert await on(benefits, business_clock, 2026, 7, 31) == []
    assert await on(benefits, business_clock, 2026, 8, 28) == ["1829.00"]
    assert (await years.one(benefits))["recovery"]["amount"] == "0.00"


async def test_one_that_was_paid_is_set_off_and_one_that_was_wrong_is_paid_again(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 5)
    await enter_payee(benefits)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["5487.00"]
    wrong = await state(benefits, "/v1/suspensions", suspension())
    await decide(benefits, "suspension", "suspension_counts")
    assert (await years.one(benefits))["recovery"]["amount"] == "1829.00"
    await state(benefits, "/v1/suspensions", suspension(replaces=wrong["statement"], withdrawn=True))
    await decide(benefits, "suspension", "suspension_counts")
    assert (await years.one(benefits))["recovery"]["amount"] == "0.00"
    assert await on(benefits, business_clock, 2026, 8, 28) == ["1829.00"]


async def test_a_suspension_goes_on_until_a_statement_in_its_place_ends_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Life 14: refused from August, comes again from October; the months between are not paid afterwards."""
    business_clock.set_day(2026, 7, 31, 18)
    await enter_payee(benefits)
    await settle(benefits, pension())
    refuses = suspension(ground="refuses_rehabilitation", first_on="2026-08-01", last_on=None)
    goes_on = await state(benefits, "/v1/suspensions", refuses)
    await decide(benefits, "suspension", "suspension_counts")
    await bank_answers(benefits)
    assert await on(benefits, business_clock, 2026, 9, 30) == []
    ended = {**refuses, "last_on": "2026-09-30", "replaces": goes_on["statement"]}
    await state(benefits, "/v1/suspensions", ended)
    await decide(benefits, "suspension", "suspension_counts")
    assert await bank_answers(benefits) == []
    assert await on(benefits, business_clock, 2026, 10, 30) == ["1829.00"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"first_on": "2026-07-02"}, (422, "party_statement_unfit")),
        ({"last_on": "2026-07-30"}, (422, "party_statement_unfit")),
        ({"last_on": "2026-06-30"}, (422, "party_statement_unfit")),
        ({"withdrawn": True}, (422, "party_statement_unfit")),
        ({"earned": {"amount": "983.33", "currency": "MYR"}}, (422, "party_statement_unfit")),
        ({"ground": "fraud", "last_on": None}, (422, "party_statement_unfit")),
        ({"ground": "fraud", "last_on": "2027-07-31"}, (422, "party_statement_unfit")),
        ({"benefit": "survivors_pension"}, (404, "entitlement_unknown")),
        ({"payee": "person:77"}, (404, "entitlement_unknown")),
        ({"replaces": "0197b6a0-6c00-7000-8000-00000000dead"}, (404, "party_statement_unknown")),
    ],
)
async def test_a_suspension_that_cannot_be_is_refused(
    benefits: ServiceUnderTest, changes: dict[str, Any], told: tuple[int, str]
) -> None:
    await settle(benefits, pension())
    assert await refused(benefits, "/v1/suspensions", suspension(**changes)) == told
    fits = suspension(ground="fraud", last_on="2027-06-30")
    await state(benefits, "/v1/suspensions", fits)


async def test_what_counts_is_replaced_once_and_nothing_counts_beside_the_same(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Of what was stated before the other counted, the second is refused when it would: July comes back, and stays."""
    business_clock.set_day(2026, 8, 5)
    await settle(benefits, pension())
    both = suspension(last_on="2026-08-31")
    first = await state(benefits, "/v1/suspensions", both)
    await state(benefits, "/v1/suspensions", both)
    of_first, twin = await years.tasks(benefits, "suspension")
    assert twin["facts"]["other_0"] == f"waits: insurable_work 2026-07-01 to 2026-08-31 ({first['statement']})"
    assert await years.answered(benefits, of_first, "suspension_counts") == (201, None)
    assert await years.answered(benefits, twin, "suspension_counts", 1) == (409, "party_statement_stands")
    assert await refused(benefits, "/v1/suspensions", suspension()) == (409, "party_statement_stands")
    shorter, never = suspension(replaces=first["statement"]), {**both, "replaces": first["statement"]}
    await state(benefits, "/v1/suspensions", {**never, "withdrawn": True})
    await state(benefits, "/v1/suspensions", shorter)
    withdraws, shortens = await years.tasks(benefits, "suspension")
    assert await years.answered(benefits, withdraws, "suspension_counts") == (201, None)
    assert await refused(benefits, "/v1/suspensions", shorter) == (409, "party_statement_replaced")
    assert await years.answered(benefits, shortens, "suspension_counts", 1) == (409, "party_statement_replaced")
    await benefits.work_off()
    assert await years.waiting(benefits) == ["account_missing"], "it never was"
    await state(benefits, "/v1/suspensions", suspension(ground="refuses_treatment"))


async def test_of_two_orders_in_the_place_of_a_guardian_one_acts(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 5, 30)
    await settle(benefits, pension())
    first = await state(benefits, "/v1/acting-parties", guardian())
    await decide(benefits, "acting_party", "acting_counts")
    beside = guardian(holder="person:33")
    assert await refused(benefits, "/v1/acting-parties", beside) == (409, "party_statement_stands")
    for holder in ("person:34", "person:35"):
        await state(benefits, "/v1/acting-parties", guardian(holder=holder, replaces=first["statement"]))
    one, other = await years.tasks(benefits, "acting_party")
    assert await years.answered(benefits, one, "acting_counts") == (201, None)
    assert await years.answered(benefits, other, "acting_counts", 1) == (409, "party_statement_replaced")
    brings = (benefits, "/v1/certificates", certificate(given_by="guardian"))
    assert await refused(*brings, **partner("person:35")) == (404, "party_unknown")
    await state(*brings, **partner("person:34"))


async def test_what_was_stated_of_a_claim_counts_for_the_one_that_it_joined(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Also where the loss is found to be outside employment; asked for certificates is nobody twice."""
    business_clock.set_day(2026, 4, 20)
    await enter_payee(benefits)
    loss: dict[str, Any] = {"benefit": "permanent_disablement", "fund": Fund.EMPLOYMENT_INJURY, "law": "Act 4 s.22"}
    outside = {**loss, "benefit": f"non_employment_injury_{loss['benefit']}", "fund": Fund.NON_EMPLOYMENT_INJURY}
    stated = pension(first=date(2025, 4, 1), **loss)
    await settle(benefits, stated)
    await bank_answers(benefits)
    asked = await own(benefits, "certificate-requests")
    about = {"ground": "refuses_treatment", "benefit": "permanent_disablement"}
    goes_on = suspension(**about, first_on="2026-04-01", last_on=None)
    first = await state(benefits, "/v1/suspensions", goes_on)
    await decide(benefits, "suspension", "suspension_counts")
    business_clock.set_day(2026, 4, 30)
    other = years.claim_of(99)
    joined = stated.model_copy(update={"revision": 2, "entitlements": (), "superseded_by": other})
    await settle(benefits, pension(claim=other, first=date(2025, 4, 1), **loss), joined)
    assert await bank_answers(benefits) == []
    assert await own(benefits, "certificate-requests") == asked
    await settle(benefits, pension(2, claim=other, first=date(2025, 4, 1), **outside))
    business_clock.set_day(2026, 6, 30)
    await benefits.work_off()
    assert await bank_answers(benefits) == [], "what two officers suspended stays so"
    about["benefit"] = outside["benefit"]
    ends = suspension(**about, claim=str(other), first_on="2026-04-01", last_on="2026-05-31")
    await state(benefits, "/v1/suspensions", {**ends, "replaces": first["statement"]})
    await decide(benefits, "suspension", "suspension_counts")
    assert await bank_answers(benefits) == ["1829.00"], "June alone"


async def test_the_wages_for_which_a_pension_is_suspended_are_kept_and_the_average_is_that_of_the_claim(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 5)
    await settle(benefits, pension(average_sen=295_000))
    higher = suspension(former_average={"amount": "2960.00", "currency": "MYR"})
    assert await refused(benefits, "/v1/suspensions", higher) == (422, "party_statement_unfit")
    stated = await state(benefits, "/v1/suspensions", suspension(former_average=None))
    assert [stated[name]["amount"] for name in ("earned", "former_average")] == ["1400.00", "2950.00"]
    (task,) = await years.tasks(benefits, "suspension")
    assert (task["facts"]["earned_sen"], task["facts"]["average_sen"]) == (140_000, 295_000)
    await decide(benefits, "suspension", "suspension_counts")
    (told,) = [each for each in await published_by(benefits) if isinstance(each, PartyStatedV1)]
    assert (told.earned_sen, told.average_sen) == (140_000, 295_000)


async def test_a_certificate_is_of_somebody_who_is_paid_and_says_who_gave_it_as_its_sender_can(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 4, 20)
    unknown = certificate(payee="person:999999999")
    assert await refused(benefits, "/v1/certificates", unknown) == (404, "party_unknown")
    await settle(benefits, pension())
    for given_by in ("foreign_authority", "officer", "guardian"):
        body = certificate(given_by=given_by)
        assert await refused(benefits, "/v1/certificates", body, **partner(PARTY)) == (422, "party_statement_unfit")
    await state(benefits, "/v1/certificates", certificate(given_by="foreign_authority"))
    await state(benefits, "/v1/certificates", certificate(given_by="institution"), **partner(PARTY))


async def test_a_certificate_is_asked_for_reminded_of_and_what_was_held_back_is_paid_when_it_comes(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Began in April 2025: due by 30 April 2026."""
    business_clock.set_day(2026, 2, 28)
    await enter_payee(benefits)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await bank_answers(benefits)
    assert await own(benefits, "certificate-requests") == []
    await on(benefits, business_clock, 2026, 3, 1)
    (asked,) = await own(benefits, "certificate-requests")
    assert (asked["certificate"], asked["due_on"], asked["reminded_on"]) == ("life", "2026-04-30", None)
    assert asked["form"] == "life certificate of a pensioner"
    await years.arrives(benefits, date(2026, 3, 5))
    await on(benefits, business_clock, 2026, 4, 16)
    (reminded,) = await own(benefits, "certificate-requests")
    assert (reminded["reminded_on"], reminded["told_on"]) == ("2026-04-16", "2026-03-05")
    letters = await years.published(benefits, "certificate.asked")
    assert [each["written_to"] for each in letters] == [[PARTY], [PARTY]]
    assert len({each["matter"] for each in letters}) == 1
    assert await on(benefits, business_clock, 2026, 4, 30) == ["1829.00"]
    assert await on(benefits, business_clock, 2026, 6, 30) == []
    assert await years.waiting(benefits) == ["certificate_missing"]
    await state(benefits, "/v1/certificates", certificate(held_on="2026-06-29"), **partner(PARTY))
    assert await bank_answers(benefits) == [], "what its payee says counts by the word of two officers"
    await decide(benefits, "certificate", "certificate_counts")
    assert await bank_answers(benefits) == ["3658.00"]
    (came,) = await own(benefits, "certificate-requests")
    assert came["came_on"] == "2026-06-29"
    assert await years.waiting(benefits) == []


async def test_nothing_is_held_back_before_a_letter_arrived_and_what_was_paid_stays_paid(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 3, 1)
    await enter_payee(benefits)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await bank_answers(benefits)
    await on(benefits, business_clock, 2026, 4, 16)
    await years.arrives(benefits, None)
    assert await on(benefits, business_clock, 2026, 5, 29) == ["3658.00"], "it came back: nobody was told"
    await years.arrives(benefits, date(2026, 6, 3), revision=2)
    assert await on(benefits, business_clock, 2026, 6, 30) == []
    found = await years.one(benefits)
    assert [(each["reason"], each["first"]) for each in found["waiting"]] == [("certificate_missing", "2026-06-01")]
    assert found["recovery"]["amount"] == "0.00"
    await years.arrives(benefits, None, revision=3)
    assert await bank_answers(benefits) == ["1829.00"], "a later receipt says that it had come back"


async def test_what_one_officer_enters_waits_for_another_and_a_certificate_that_is_withdrawn_makes_no_debt(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 3, 1)
    await enter_payee(benefits)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await years.arrives(benefits, date(2026, 3, 5))
    await on(benefits, business_clock, 2026, 4, 20)
    wrong = await state(benefits, "/v1/certificates", certificate(given_by="officer"))
    (listed,) = await own(benefits, "statements")
    assert (listed["counts"], len(await years.tasks(benefits, "certificate"))) == (None, 1)
    await decide(benefits, "certificate", "certificate_counts")
    await on(benefits, business_clock, 2026, 7, 3)
    taken_back = certificate(replaces=wrong["statement"], withdrawn=True)
    await state(benefits, "/v1/certificates", taken_back)
    await decide(benefits, "certificate", "certificate_counts")
    assert (await years.one(benefits))["recovery"]["amount"] == "0.00"
    assert await on(benefits, business_clock, 2026, 7, 31) == []
    (waits,) = (await years.one(benefits))["waiting"]
    assert (waits["reason"], waits["first"]) == ("certificate_missing", "2026-07-01")
    await state(benefits, "/v1/certificates", certificate(held_on="2026-07-31", given_by="officer"))
    assert len(await years.tasks(benefits, "certificate")) == 1, "one was wrong, and a payment waits for this one"


async def test_a_payees_own_word_counts_by_rule_where_it_is_known_to_live_here(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """An officer saw it within two years; of who may live abroad no register would tell that it died."""
    business_clock.set_day(2026, 3, 1)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    business_clock.set_day(2026, 4, 20)
    await state(benefits, "/v1/certificates", certificate(), **partner(PARTY))
    await decide(benefits, "certificate", "certificate_counts")
    await seen_by_officers(benefits)
    for year, abroad in ((2027, False), (2028, True)):
        await on(benefits, business_clock, year, 3, 1)
        about = {"held_on": f"{year}-03-01", "evidence": f"R117-{year}"}
        if abroad:
            await state(benefits, "/v1/certificates", certificate(given_by="foreign_authority", held_on="2028-02-01"))
            await decide(benefits, "certificate", "certificate_counts")
        await state(benefits, "/v1/certificates", certificate(**about), **partner(PARTY))
        assert len(await years.tasks(benefits, "certificate")) == abroad, year


async def seen_by_officers(benefits: ServiceUnderTest, payee: str = PARTY) -> None:
    """One officer enters that it has seen the payee, and another one lets that count."""
    about = {"payee": payee, "held_on": "2026-04-19", "evidence": f"R117-S{payee.partition(':')[2]}"}
    await state(benefits, "/v1/certificates", certificate(given_by="officer", **about))
    await decide(benefits, "certificate", "certificate_counts")


async def test_a_certificate_that_is_sent_twice_counts_once_and_nobody_is_asked(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Both come before the worker looks: the second is known."""
    business_clock.set_day(2026, 3, 1)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    business_clock.set_day(2026, 4, 20)
    await seen_by_officers(benefits)
    for _ in range(2):
        sent = await benefits.call(
            "POST", "/v1/certificates", **{"scopes": years.WRITE, **partner(PARTY)}, json=certificate()
        )
        assert sent.status_code == 201, sent.text
    await benefits.work_off()
    assert [each["counts"] for each in await own(benefits, "statements")] == [True, True, False]
    assert await years.tasks(benefits, "certificate") == []


async def test_a_document_that_proved_it_of_somebody_else_is_looked_at(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 3, 1)
    since = date(2025, 4, 1)
    await settle(benefits, pension(first=since), pension(first=since, claim=years.claim_of(21), person=21))
    business_clock.set_day(2026, 4, 20)
    for payee in (PARTY, "person:21"):
        await seen_by_officers(benefits, payee)
    await state(benefits, "/v1/certificates", certificate(), **partner(PARTY))
    assert await years.tasks(benefits, "certificate") == []
    await state(benefits, "/v1/certificates", certificate(payee="person:21"), **partner("person:21"))
    (task,) = await years.tasks(benefits, "certificate")
    assert task["facts"]["party"] == "person:21"


async def test_who_is_neither_the_payee_nor_acts_for_it_is_told_the_same_of_everybody(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 4, 20)
    await settle(benefits, pension())
    for party in (PARTY, "person:999999"):
        told = await refused(benefits, "/v1/certificates", certificate(payee=party), **partner("person:21"))
        assert told == (404, "party_unknown")
    assert await own(benefits, "statements", "person:21") == []
    officers = await benefits.call("GET", f"/v1/parties/{PARTY}/statements", **{**partner("person:21"), "scopes": (
        "benefits:party_statement:read",)})  # fmt: skip
    assert officers.status_code == 403


async def test_a_guardian_acts_from_its_day_until_the_last_and_a_new_order_ends_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 5, 30)
    await settle(benefits, pension())
    first = await state(benefits, "/v1/acting-parties", guardian())
    brings = (benefits, "/v1/certificates", certificate())
    assert await refused(*brings, **partner("person:21")) == (404, "party_unknown"), "nobody has let it count"
    assert await own(benefits, "statements", "person:21") == [], "nor is it shown whom it is stated to act for"
    await decide(benefits, "acting_party", "acting_counts")
    (seen,) = await own(benefits, "statements", "person:21")
    assert (seen["party"], seen["says"], seen["counts"]) == (PARTY, "guardian", True)
    assert await own(benefits, "statements") == [seen], "the payee sees who acts for it"
    await state(benefits, "/v1/certificates", certificate(given_by="guardian"), **partner("person:21"))
    await pay_into(benefits, PARTY, ACCOUNT_NUMBER, capacity="guardian", holder="person:21", evidence="PKSF17",
                   until_on="2031-05-01")  # fmt: skip
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1829.00"]
    ended = guardian(holder="person:34", first_on="2026-06-15", replaces=first["statement"])
    await state(benefits, "/v1/acting-parties", ended)
    await decide(benefits, "acting_party", "acting_counts")
    assert await refused(*brings, **partner("person:21")) == (404, "party_unknown")
    assert await on(benefits, business_clock, 2026, 6, 30) == []
    assert await years.waiting(benefits) == ["holder_ended"]
    await pay_into(benefits, PARTY, "5999999999", capacity="guardian", holder="person:34", evidence="PKSF17-2",
                   until_on="2031-05-01")  # fmt: skip
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1829.00"]


async def test_who_acts_for_a_payee_sees_all_that_is_stated_and_asked_of_it_and_is_written_to(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 3, 1)
    await state(benefits, "/v1/acting-parties", guardian(holder="person:34"))
    await decide(benefits, "acting_party", "acting_refused")
    await state(benefits, "/v1/acting-parties", guardian())
    await decide(benefits, "acting_party", "acting_counts")
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await state(benefits, "/v1/suspensions", suspension(first_on="2026-03-01", last_on="2026-03-31"))
    await decide(benefits, "suspension", "suspension_counts")
    for party, sees in ((PARTY, 1), ("person:21", 1), ("person:34", 0), ("person:99", 0)):
        assert len(await own(benefits, "certificate-requests", party)) == sees, party
    ward = [each for each in await own(benefits, "statements", "person:21") if each["party"] == PARTY]
    assert {each["kind"] for each in ward} == {"acting", "suspension"}
    assert await own(benefits, "statements", "person:34") == [], "two officers refused it"
    told = [*await years.published(benefits, "certificate.asked"), *await years.published(benefits, "party.stated")]
    assert [each["written_to"] for each in told if each.get("written_to")] == [["person:21"]] * 2
    business_clock.set_day(2031, 5, 2)
    for what in ("statements", "certificate-requests"):
        assert await own(benefits, what, "person:21") == [], "its last day is over"


async def test_life_6_a_death_that_a_register_states_late_ends_the_pension_and_takes_back_what_was_paid(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Dies on 31 August; September was paid. The day of the death is those left behind's: 59.00 of August too."""
    business_clock.set_day(2026, 9, 30)
    await enter_payee(benefits)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["9145.00"]
    business_clock.set_day(2026, 10, 5)
    died = registered(date(2026, 8, 31))
    await years.tell(benefits, died)
    await years.tell(benefits, died)
    found = await years.one(benefits)
    assert found["recovery"]["amount"] == "1888.00"
    (told,) = await years.published(benefits, "recovery.opened")
    assert (told["opened_sen"], told["open_sen"], told["reason"], told["revision"]) == (
        188_800,
        188_800,
        "payee_died",
        1,
    )
    assert (told["kept_percent"], told["kept_law"], told["written_to"]) == (100, "Act 4, s.50(1A)", [PARTY])
    assert await on(benefits, business_clock, 2026, 11, 30) == []
    assert (await years.one(benefits))["recovery"]["amount"] == "1888.00"
    await years.tell(benefits, registered(None, revision=3))
    assert (await years.one(benefits))["recovery"]["amount"] == "0.00", "the register took it back"
    assert await bank_answers(benefits) == ["3658.00"]


async def test_a_recoverys_letter_says_what_moved_and_not_what_stood_before(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """June is suspended, then July; the cut of September has its own reason, and the death of October too."""
    business_clock.set_day(2026, 8, 5)
    await enter_payee(benefits)
    await settle(benefits, pension())
    await bank_answers(benefits)
    for month, last in ((6, 30), (7, 31)):
        await state(
            benefits, "/v1/suspensions", suspension(first_on=f"2026-0{month}-01", last_on=f"2026-0{month}-{last}")
        )
        await decide(benefits, "suspension", "suspension_counts")
    await on(benefits, business_clock, 2026, 9, 30)
    await settle(benefits, pension(2, monthly(date(2026, 5, 1), None, 100_000)))
    await on(benefits, business_clock, 2026, 10, 30)
    await years.tell(benefits, registered(date(2026, 9, 30)))
    told = await years.published(benefits, "recovery.opened")
    assert [each["reason"] for each in told] == ["suspended", "suspended", "decided_again", "payee_died"]


@pytest.mark.parametrize("numbers", [(12, 34), (9, 33)], ids=["as registered", "under another number"])
async def test_what_is_in_no_bank_file_yet_goes_to_nobody_who_died(
    benefits: ServiceUnderTest, business_clock: BusinessClock, numbers: tuple[int, int]
) -> None:
    """The bank's file is made before the death is worked off: of the payee, and of a guardian who died, be it known
    under the number that survives."""
    business_clock.set_day(2026, 8, 28)
    await enter_payee(benefits)
    ward = {"capacity": "guardian", "holder": "person:34", "evidence": "PKSF17", "until_on": "2031-05-01"}
    await pay_into(benefits, "person:21", "5888888888", **ward)
    await merge(benefits, *(each for each in zip((12, 34), numbers, strict=True) if each[0] != each[1]))
    await settle(benefits, pension(), pension(claim=years.claim_of(21), person=21))
    await years.hear(benefits, *(registered(date(2026, 8, 20), person=number) for number in numbers))
    assert await bank_answers(benefits) == []
    await benefits.work_off()
    assert [await years.waiting(benefits, person) for person in (12, 21)] == [["payee_died"], ["holder_ended"]]
    await years.tell(benefits, *(registered(None, 3, number) for number in numbers))
    # Of August 19 days were left of the payee, RM1,121.00; the rest is paid beside it.
    assert sorted(await bank_answers(benefits)) == ["6608.00", "708.00", "7316.00"]


async def test_whoever_acts_under_one_number_acts_under_all_and_no_more_when_it_ended(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The payee and its guardian were registered twice: the order names the numbers of before."""
    business_clock.set_day(2026, 5, 30)
    await pay_into(benefits, PARTY, ACCOUNT_NUMBER, capacity="guardian", holder="person:33", evidence="PKSF17",
                   until_on="2031-05-01")  # fmt: skip
    first = await state(benefits, "/v1/acting-parties", guardian(payee="person:13", holder="person:34"))
    await decide(benefits, "acting_party", "acting_counts")
    await merge(benefits, (13, 12), (34, 33))
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["1829.00"]
    await state(benefits, "/v1/certificates", certificate(given_by="guardian"), **partner("person:33"))
    twin = guardian(holder="person:33")
    assert await refused(benefits, "/v1/acting-parties", twin) == (409, "party_statement_stands")
    ends = guardian(holder="person:33", last_on="2026-06-01", replaces=first["statement"])
    await state(benefits, "/v1/acting-parties", ends)
    await decide(benefits, "acting_party", "acting_counts")
    assert await on(benefits, business_clock, 2026, 6, 30) == []
    assert await years.waiting(benefits) == ["holder_ended"]


async def test_whoever_acts_sees_and_is_written_to_whichever_numbers_the_order_names(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 3, 1)
    await state(benefits, "/v1/acting-parties", guardian(payee="person:13", holder="person:34"))
    await decide(benefits, "acting_party", "acting_counts")
    await merge(benefits, (13, 12), (34, 33))
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await state(benefits, "/v1/suspensions", suspension(first_on="2026-03-01", last_on="2026-03-31"))
    await decide(benefits, "suspension", "suspension_counts")
    for holder in ("person:34", "person:33"):
        assert len(await own(benefits, "certificate-requests", holder)) == 1, holder
        assert {each["kind"] for each in await own(benefits, "statements", holder)} == {"acting", "suspension"}
    told = [*await years.published(benefits, "certificate.asked"), *await years.published(benefits, "party.stated")]
    assert [each["written_to"] for each in told if each.get("written_to")] == [["person:34"]] * 2


async def test_nobody_acts_for_who_has_died_but_who_acts_for_the_estate(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 30)
    await enter_payee(benefits)
    await settle(benefits, pension())
    await bank_answers(benefits)
    first = await state(benefits, "/v1/acting-parties", guardian())
    await decide(benefits, "acting_party", "acting_counts")
    await years.tell(benefits, registered(date(2026, 8, 31)))
    (told,) = await years.published(benefits, "recovery.opened")
    assert told["written_to"] == [PARTY]
    lives = (benefits, "/v1/certificates", certificate(given_by="guardian"))
    assert await refused(*lives, **partner("person:21")) == (404, "party_unknown")
    assert await own(benefits, "certificate-requests", "person:21") == []
    estate = guardian(holder="person:34", capacity="representative", first_on="2026-09-10", last_on=None)
    await state(benefits, "/v1/acting-parties", {**estate, "replaces": first["statement"]})
    await decide(benefits, "acting_party", "acting_counts")
    assert len(await own(benefits, "statements", "person:34")) == 2


async def merge(benefits: ServiceUnderTest, *numbers: tuple[int, int]) -> None:
    """Each pair is one person, by the second number."""
    merges = [
        PersonMergedV1(person=person, survivor=survivor, revision=1, merged=True, changed_at=now())
        for person, survivor in numbers
    ]
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("registration")) as uow:
        await registration.apply(merges, uow)
    await benefits.work_off()


async def test_who_represented_the_living_is_paid_nothing_of_the_estate_before_officers_who_know_let_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """1,770.00 of August: the account was entered years before; released by who knew of the death, it is paid."""
    business_clock.set_day(2026, 8, 27)
    represented = {"capacity": "representative", "holder": "person:34", "evidence": "PKSF17"}
    await pay_into(benefits, PARTY, ACCOUNT_NUMBER, **represented)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["5487.00"]
    business_clock.set_day(2026, 9, 1)
    await years.tell(benefits, registered(date(2026, 8, 31)))
    assert await bank_answers(benefits) == []
    assert await years.waiting(benefits) == ["payee_died"]
    assert len(await years.tasks(benefits, "payee_death")) == 1
    await release_account(benefits, PARTY, 1, officer="third")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1770.00"]
    assert await years.tasks(benefits, "payee_death") == []


async def test_officers_are_asked_for_heirs_no_more_when_the_register_takes_the_death_back(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """And one who decides meanwhile is not waited for."""
    business_clock.set_day(2026, 8, 27)
    await enter_payee(benefits)
    await settle(benefits, pension())
    await bank_answers(benefits)
    business_clock.set_day(2026, 9, 1)
    await years.hear(benefits, registered(date(2026, 8, 31)))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("an approval")) as uow:
        await uow.statements.lock(PARTY)
        while await benefits.worker.runner.run_one():
            pass
        assert await years.tasks(benefits, "payee_death") == []
    business_clock.advance(seconds=1)
    await benefits.work_off()
    assert len(await years.tasks(benefits, "payee_death")) == 1
    await years.tell(benefits, registered(None, revision=3))
    assert await years.tasks(benefits, "payee_death") == []


async def test_a_register_that_is_read_out_of_order_or_twice_says_what_it_said_last(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 30)
    await enter_payee(benefits)
    await settle(benefits, pension())
    await bank_answers(benefits)
    taken_back, died = registered(None, revision=3), registered(date(2026, 8, 31), revision=2)
    for told in ((taken_back, died), (died,), (taken_back,), (registered(None, revision=1),)):
        await years.tell(benefits, *told)
        assert (await years.one(benefits))["recovery"]["amount"] == "0.00"


async def test_what_a_payee_did_not_live_to_receive_waits_for_who_shows_a_right_to_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """August was not paid yet when the register said so: 1,770.00, which nobody is paid by the old account."""
    business_clock.set_day(2026, 8, 27)
    await enter_payee(benefits)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["5487.00"]
    business_clock.set_day(2026, 9, 1)
    await years.tell(benefits, registered(date(2026, 8, 31)))
    assert await bank_answers(benefits) == []
    assert await years.waiting(benefits) == ["payee_died"]
    await decide(benefits, "payee_death", "no_heir_found")
    assert await years.tasks(benefits, "payee_death") == [], "nobody looks again before its day"
    (waits,) = (await years.one(benefits))["waiting"]
    assert waits["until"].startswith("2027-03-01T00:00")
    business_clock.set_day(2027, 3, 1)
    await benefits.work_off()
    assert len(await years.tasks(benefits, "payee_death")) == 1
    heir = {"capacity": "representative", "holder": "person:21", "evidence": "LA-2027-0118"}
    entered = await enter_account(benefits, PARTY, "5777777777", **heir)
    await release_account(benefits, PARTY, entered.json()["version"])
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1770.00"]
    assert await years.tasks(benefits, "payee_death") == []


async def test_while_projections_are_filled_again_nothing_is_paid_to_who_died(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """What claims decided is known again before registration has said anything."""
    business_clock.set_day(2026, 8, 27)
    await enter_payee(benefits)
    await settle(benefits, pension())
    await years.hear(benefits, registered(date(2026, 8, 20)))
    async with benefits.database.connection() as connection:
        await connection.execute(f"TRUNCATE {', '.join(table.name for table in PROJECTIONS)}")
    await settle(benefits, pension())
    assert await bank_answers(benefits) == []
    assert await years.waiting(benefits) == ["payee_died"]


async def test_after_a_restore_what_two_officers_suspended_stays_so_and_nobody_is_asked_twice(
    benefits: ServiceUnderTest, business_clock: BusinessClock, databases: Databases, issuer: TestIssuer
) -> None:
    business_clock.set_day(2026, 4, 16)
    await enter_payee(benefits)
    await settle(benefits, pension(first=date(2025, 4, 1)))
    await state(benefits, "/v1/suspensions", suspension(first_on="2026-04-01", last_on="2026-04-30"))
    await decide(benefits, "suspension", "suspension_counts")
    before = await own(benefits, "certificate-requests")
    async with benefits_on(databases, issuer) as again:
        await recall(benefits, again)
        await settle(again, pension(first=date(2025, 4, 1)))
        assert await years.waiting(again) == ["suspended", "account_missing"]
        assert await own(again, "certificate-requests") == before
