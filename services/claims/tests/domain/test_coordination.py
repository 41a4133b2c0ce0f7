"""Which of several lawful benefits is paid, over the answers of one claim and of the person's others."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all, coordinated, listens_to
from services.claims.domain.catalogue import ACCIDENT, DEATH, INVALIDITY
from services.claims.domain.errors import FindingNotForQuestion
from services.claims.domain.facts import Cause, Known, OfAnother, Statement
from services.claims.domain.paid import terms_paid
from services.claims.domain.question import Question
from services.claims.domain.queues import queues_of
from services.claims.tests.domain.test_death import AT_HOME, BEGUN, KNOWN, NOW, OLD, PERSON, TODAY, stated
from shared.kernel.funds import Fund
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import determine, explained, replay, versions
from shared.law.fact_types import Written

DIED = date(2026, 7, 20)
WIDOW = (stated("dependant", 7, party="person:21", relation="widow"),)
OF_DEATH = replace(
    AT_HOME,
    happened_on=DIED,
    died_on=DIED,
    death=UUID(int=99),
    statements={"dependant": WIDOW},
    cause=Cause(UUID(int=98), 1, date(2026, 7, 15), found=False, circumstances=AT_HOME.circumstances),
)


def answers(questions: tuple[Question, ...], known: Known, last: Mapping[str, DecisionRecord]) -> dict[str, Answer]:
    found = ask_all(questions, known, last, book(), TODAY)
    return coordinated(questions, known, found, last, book(), TODAY)


def records(found: Mapping[str, Answer]) -> dict[str, DecisionRecord]:
    return {name: each.record for name, each in found.items() if each.is_settled and each.record is not None}


def paid(found: Mapping[str, Answer]) -> dict[str, list[tuple[str, str, int]]]:
    """Party, per and sen of each term that is paid, by benefit; of those that entitle."""
    kept = records(found)
    return {
        name: [(term["party"], term["per"], term["sen"]) for term in terms_paid(name, kept)]
        for name, each in found.items()
        if each.state is QuestionState.ENTITLED
    }


def test_of_a_death_each_payee_has_the_higher_of_two_and_the_explanation_says_so() -> None:
    """1,950.00 / 30 × 54 % = 35.10 a day, 3/5 are 21.06, × 30 = 631.80; 51 % of 1,950.00 = 994.50, 3/5 are 596.70."""
    found = answers(DEATH, OF_DEATH, {})
    benefit = "non_employment_injury_dependants_benefit"
    assert found["survivors_pension"].state is QuestionState.ENTITLED
    assert found["coordination"].state is QuestionState.FOUND
    assert paid(found) == {
        benefit: [("person:21", "once", 12 * 2106), ("person:21", "month", 63_180)],
        "survivors_pension": [],
    }
    record = found["coordination"].record
    assert record is not None
    assert replay(record).canonical == record.canonical
    said = explained(record)
    # Of July, 12 of 31 days of the pension are 230.98.
    assert any(
        "max(252.72, 230.98) = non employment injury dependants benefit (Act 4 as amended" in each for each in said
    )
    assert any(each.startswith("Owed to person:21 as non employment injury dependants benefit") for each in said)


def test_while_survivors_pension_is_not_decided_the_other_is_paid_at_once() -> None:
    undecided = replace(OF_DEATH, others=(OfAnother(UUID(int=8), 0, "invalidity", {}),))
    found = answers(DEATH, undecided, {})
    assert found["survivors_pension"].reason == "pension_unsettled"
    assert "coordination" not in found
    assert list(paid(found)) == ["non_employment_injury_dependants_benefit"]


def test_one_more_month_of_the_same_wage_leaves_one_benefit_paid() -> None:
    """The record of the pension changes, and not its amount: what is paid is decided over the new one."""
    before = records(answers(DEATH, replace(OF_DEATH, lines=OF_DEATH.lines[1:]), {}))
    found = answers(DEATH, OF_DEATH, before)
    after = records(found)
    changed = [name for name, record in after.items() if record.hash != before[name].hash]
    assert changed == ["survivors_pension", "qualified_insured", "coordination"]
    assert after["coordination"].same_as(before["coordination"])
    assert replay(after["coordination"]).canonical == after["coordination"].canonical
    assert paid(found) == paid(answers(DEATH, OF_DEATH, {}))
    assert paid(found)["survivors_pension"] == []


def test_what_is_asked_again_over_the_same_records_keeps_its_own() -> None:
    before = records(answers(DEATH, OF_DEATH, {}))
    again = records(answers(DEATH, replace(OF_DEATH, known_to=NOW + timedelta(days=1)), before))
    assert {name: record.hash for name, record in again.items()} == {name: each.hash for name, each in before.items()}


def test_while_an_officer_has_the_coordination_nothing_is_paid_beside_what_stands() -> None:
    before = records(answers(DEATH, OF_DEATH, {}))
    two = (*WIDOW, stated("dependant", 9, party="person:22", relation="widow"))
    after = ask_all(DEATH, replace(OF_DEATH, statements={"dependant": two}), before, book(), TODAY)
    stale = {**records(after), "coordination": before["coordination"]}
    assert terms_paid("survivors_pension", stale) == []
    paid_on = terms_paid("non_employment_injury_dependants_benefit", stale)
    assert {term["party"] for term in paid_on} == {"person:21"}


def test_of_one_benefit_alone_nothing_is_decided_between_several() -> None:
    assert "coordination" not in answers(ACCIDENT, KNOWN, {})


def other(event: str, questions: tuple[Question, ...], known: Known, number: int) -> OfAnother:
    return OfAnother(UUID(int=number), 1, event, records(answers(questions, known, {})))


INJURED = other("accident", ACCIDENT, KNOWN, 9)


def findings(**found: str) -> dict[str, Statement]:
    return {
        fact.replace("_", " "): stated("finding", place, fact=fact.replace("_", " "), found=value)
        for place, (fact, value) in enumerate(found.items(), start=50)
    }


def both(known: Known = KNOWN, **found: str) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """The answers of the claim of the accident, and of that of the invalidity, where officers find it."""
    injured = other("accident", ACCIDENT, known, 9)
    of_invalidity = answers(INVALIDITY, replace(known, others=(injured,), findings=findings(**found)), {})
    invalidity = OfAnother(UUID(int=8), 1, "invalidity", records(of_invalidity))
    return answers(ACCIDENT, replace(known, others=(invalidity,)), {}), of_invalidity


LOSS = [("2026-09-01", None, 105_300)]
PENSION_FIRST = [("2026-07-16", "2026-07-31", 51_329), ("2026-08-01", None, 99_450)]
UNTIL_THE_LOSS = [("2026-07-16", "2026-07-31", 51_329), ("2026-08-01", "2026-08-31", 99_450)]


def days_paid(found: Mapping[str, Answer], question: str) -> list[tuple[str, str | None, int]]:
    """First day, last day and sen of each term that is paid."""
    return [(term["first"], term.get("last"), term["sen"]) for term in terms_paid(question, records(found))]


@pytest.mark.parametrize(
    ("found", "disablement", "pension", "looks"),
    [
        ({}, [], PENSION_FIRST, ("same_cause_to_be_found",)),
        ({"same_cause": "yes"}, [], PENSION_FIRST, ("choice_of_benefit_awaited",)),
        ({"same_cause": "no"}, LOSS, PENSION_FIRST, ()),
        ({"same_cause": "yes", "chosen": "permanent disablement"}, LOSS, UNTIL_THE_LOSS, ()),
        ({"same_cause": "yes", "chosen": "invalidity pension"}, [], PENSION_FIRST, ()),
    ],
    ids=("nothing found", "one cause", "two causes", "disablement chosen", "pension chosen"),
)
def test_beside_an_invalidity_pension_permanent_disablement_is_paid_by_cause_and_choice(
    found: dict[str, str],
    disablement: list[tuple[str, str | None, int]],
    pension: list[tuple[str, str | None, int]],
    looks: tuple[str, ...],
) -> None:
    """The pension began on 16 July, disablement on 1 September: both claims come to the same (s.96).

    994.50 × 16 / 31 = 513.29; 1,950.00 / 30 × 90 % × 60 % = 35.10 a day.
    """
    of_accident, of_invalidity = both(KNOWN, **found)
    assert days_paid(of_accident, "permanent_disablement") == disablement
    assert days_paid(of_invalidity, "invalidity_pension") == pension
    assert of_accident["coordination"].people_look_at == looks
    assert of_invalidity["coordination"].people_look_at == looks


def test_who_chooses_a_pension_keeps_the_disablement_benefit_of_the_days_before_it() -> None:
    """Disablement began on 1 September, the pension on the 16th: 15 × 35.10 = 526.50; 994.50 × 15 / 30 = 497.25."""
    known = replace(KNOWN, received_on=date(2026, 9, 16))
    of_accident, of_invalidity = both(known, same_cause="yes", chosen="invalidity pension")
    assert days_paid(of_accident, "permanent_disablement") == [("2026-09-01", "2026-09-15", 52_650)]
    assert days_paid(of_invalidity, "invalidity_pension") == [
        ("2026-09-16", "2026-09-30", 49_725),
        ("2026-10-01", None, 99_450),
    ]
    for found in (of_accident, of_invalidity):
        record = records(found)["coordination"]
        assert replay(record).canonical == record.canonical


TAKEN_AT_ONCE = replace(
    KNOWN,
    born_on=date(1996, 2, 1),
    received_on=date(2026, 9, 16),
    statements={
        **KNOWN.statements,
        "permanent_loss": (stated("permanent_loss", 4, percent="20"),),
        "choice": (stated("choice", 5, option="lump sum", applied_on="2026-09-01", chosen_on="2026-09-01"),),
    },
)


@pytest.mark.parametrize(
    ("found", "pension", "looks"),
    [
        ({}, [], ("pension_beside_lump_sum",)),
        ({"pension_beside_lump_sum": "no"}, [], ()),
        ({"pension_beside_lump_sum": "yes"}, [("2026-09-16", "2026-09-30", 49_725), ("2026-10-01", None, 99_450)], ()),
    ],
    ids=("nobody found it", "not beside", "beside"),
)
def test_a_pension_that_is_chosen_behind_a_lump_sum_waits_for_a_person(
    found: dict[str, str], pension: list[tuple[str, str | None, int]], looks: tuple[str, ...]
) -> None:
    """1,950.00 / 30 × 90 % × 20 % = 11.70, × 7,479 = 87,504.30, in the place of all months: it is never taken back."""
    chosen = {"same_cause": "yes", "chosen": "invalidity pension", **found}
    of_accident, of_invalidity = both(TAKEN_AT_ONCE, **chosen)
    assert days_paid(of_accident, "permanent_disablement") == [("2026-09-01", "2026-09-01", 8_750_430)]
    assert days_paid(of_invalidity, "invalidity_pension") == pension
    assert of_accident["coordination"].people_look_at == of_invalidity["coordination"].people_look_at == looks


def test_a_record_of_the_first_version_goes_on_until_it_is_asked_again() -> None:
    """It chose for all days, and its terms were those of all claims."""
    first = versions()["act4.coordination", 1]
    payees: Written = {
        "insured": {
            "permanent disablement": [{"per": "month", "amount": "1053.00", "from": "2026-09-01"}],
            "invalidity pension": [{"per": "month", "amount": "994.50", "from": "2026-11-01"}],
        }
    }
    written: dict[str, Written] = {"payees": payees, "same cause": "yes", "chosen": "invalidity pension"}
    record = determine(first, {"event": "2026-07-15", **written}, book().on(date(2026, 7, 15), TODAY))
    assert replay(record).canonical == record.canonical
    of_loss = records(both()[0])["permanent_disablement"]
    assert terms_paid("permanent_disablement", {"permanent_disablement": of_loss, "coordination": record}) == []
    chosen = {**written, "chosen": "permanent disablement"}
    kept = determine(first, {"event": "2026-07-15", **chosen}, book().on(date(2026, 7, 15), TODAY))
    stands = {"permanent_disablement": of_loss, "coordination": kept}
    assert terms_paid("permanent_disablement", stands) == of_loss.body["terms"]


def test_only_the_claim_of_the_invalidity_takes_what_is_found_of_the_cause() -> None:
    """Else the one said that there are two causes and the other that there is one: both were paid, or neither."""
    invalidity = OfAnother(UUID(int=8), 1, "invalidity", records(both(same_cause="yes")[1]))
    known = replace(KNOWN, others=(invalidity,), findings=findings(same_cause="no", chosen="permanent disablement"))
    assert answers(ACCIDENT, known, {})["coordination"].people_look_at == ("choice_of_benefit_awaited",)
    of_accident, of_invalidity = (
        next(each for each in questions if each.coordinates) for questions in (ACCIDENT, INVALIDITY)
    )
    of_invalidity.check_finding("same cause", "no")
    with pytest.raises(FindingNotForQuestion):
        of_accident.check_finding("same cause", "no")


def test_a_finding_that_is_withdrawn_supports_nothing_in_the_other_claim() -> None:
    found = OfAnother(UUID(int=8), 1, "invalidity", records(both(same_cause="no")[1]))
    before = records(answers(ACCIDENT, replace(KNOWN, others=(found,)), {}))
    withdrawn = OfAnother(UUID(int=8), 2, "invalidity", records(both()[1]))
    again = answers(ACCIDENT, replace(KNOWN, others=(withdrawn,)), before)
    assert again["coordination"].people_look_at == ("same_cause_to_be_found",)


def loss_from(day: str) -> Known:
    choice = (stated("choice", 15, option="periodic", applied_on=day),)
    return replace(KNOWN, statements={**KNOWN.statements, "choice": choice})


PENSION, EARLIER, LATER = UUID(int=8), UUID(int=9), UUID(int=10)
CLAIMS = {
    PENSION: ("invalidity", INVALIDITY, replace(KNOWN, received_on=date(2026, 9, 2))),
    EARLIER: ("accident", ACCIDENT, loss_from("2026-09-01")),
    LATER: ("accident", ACCIDENT, loss_from("2026-10-01")),
}
Stand = dict[UUID, OfAnother]


def settled(claims: Iterable[UUID], stand: Stand, **found: str) -> tuple[Stand, dict[UUID, tuple[str, ...]]]:
    """What stands of each claim, and what people look at, once each has read the others; officers find it."""
    stand, looks = dict(stand), {}
    for claim in [*claims] * 4:
        event, questions, known = CLAIMS[claim]
        last = stand[claim].records if claim in stand else {}
        others = tuple(stand[each] for each in sorted(stand, key=str) if each != claim)
        found_here = findings(**found) if claim == PENSION else {}
        of_claim = answers(questions, replace(known, others=others, findings=found_here), last)
        looks[claim] = of_claim["coordination"].people_look_at if "coordination" in of_claim else ()
        before, stand[claim] = stand.get(claim), OfAnother(claim, 1, event, {**last, **records(of_claim)})
    assert before == stand[claim], "it comes to rest"
    return stand, looks


def are_paid(stand: Stand) -> set[UUID]:
    """The claims of which something is paid from now on: what was owed of one alone before is paid in any case."""
    benefits = {PENSION: "invalidity_pension", EARLIER: "permanent_disablement", LATER: "permanent_disablement"}
    paid_of = {claim: terms_paid(benefits[claim], each.records) for claim, each in stand.items()}
    return {claim for claim, terms in paid_of.items() if any("last" not in term for term in terms)}


@pytest.mark.parametrize(
    "first_found", [{}, {"same_cause": "no"}, {"same_cause": "yes", "chosen": "invalidity pension"}]
)
@pytest.mark.parametrize("order", list(permutations(CLAIMS)))
def test_of_three_claims_what_stands_goes_on_and_a_person_looks(
    order: tuple[UUID, ...], first_found: dict[str, str]
) -> None:
    """Two accidents and an invalidity: what was found of two of them says nothing of the third."""
    two, _ = settled(order[:2], {}, **first_found)
    three, looks = settled(order, two, **first_found)
    assert are_paid(three) - {order[2]} == are_paid(two), "nothing that stands stops, and nothing that waits is paid"
    across = {claim for claim in are_paid(two) if (claim == PENSION) != (order[2] == PENSION)}
    assert (order[2] in are_paid(three)) is (not across)
    assert set(looks.values()) == {("several_claims_to_be_coordinated",)}


@pytest.mark.parametrize(
    ("found", "paid_then"),
    [
        ("both", {PENSION, EARLIER, LATER}),
        ("permanent disablement", {EARLIER, LATER}),
        ("invalidity pension", {PENSION}),
    ],
)
def test_of_three_claims_officers_find_what_is_paid(found: str, paid_then: set[UUID]) -> None:
    stand, _ = settled((EARLIER, PENSION), {})
    stand, looks = settled(CLAIMS, settled(CLAIMS, stand)[0], paid_of_several=found)
    assert are_paid(stand) == paid_then
    assert set(looks.values()) == {()}


def test_a_third_claim_brings_nothing_back_that_a_choice_ended() -> None:
    """The pension of 2 September was chosen: of the first loss 1 September alone was owed, and a second one waits."""
    two, _ = settled((EARLIER, PENSION), {}, same_cause="yes", chosen="invalidity pension")
    three, _ = settled(CLAIMS, two, same_cause="yes", chosen="invalidity pension")
    for stand in (two, three):
        (first,) = terms_paid("permanent_disablement", stand[EARLIER].records)
        assert (first["first"], first["last"], first["sen"]) == ("2026-09-01", "2026-09-01", 3510)
    assert terms_paid("permanent_disablement", three[LATER].records) == []


def test_what_officers_find_is_asked_once_in_the_claim_of_the_invalidity() -> None:
    of_accident, of_invalidity = both()
    assert queues_of(of_invalidity, {"invalidity_pension"}, ())["coordination"] == {"doubt": "same_cause_to_be_found"}
    assert "coordination" not in queues_of(of_accident, {"permanent_disablement"}, ())


@pytest.mark.parametrize(
    ("known", "found", "died_as", "fund", "survivors"),
    [
        (BEGUN, {"same_cause": "no"}, "permanent disablement", Fund.EMPLOYMENT_INJURY, "entitled"),
        (
            BEGUN,
            {"same_cause": "yes", "chosen": "invalidity pension"},
            "invalidity pensioner",
            Fund.INVALIDITY,
            "entitled",
        ),
        (
            BEGUN,
            {"same_cause": "yes", "chosen": "permanent disablement"},
            "permanent disablement",
            Fund.EMPLOYMENT_INJURY,
            "refused",
        ),
        (
            replace(BEGUN, received_on=date(2026, 9, 16)),
            {"same_cause": "yes", "chosen": "invalidity pension"},
            "invalidity pensioner",
            Fund.INVALIDITY,
            "entitled",
        ),
        (BEGUN, {}, "invalidity pensioner", Fund.INVALIDITY, "entitled"),
        (
            replace(BEGUN, received_on=date(2026, 9, 2)),
            {},
            "permanent disablement",
            Fund.EMPLOYMENT_INJURY,
            "awaiting",
        ),
    ],
    ids=(
        "two causes",
        "pension chosen",
        "disablement chosen",
        "pension chosen behind disablement",
        "pension began first",
        "pension is kept",
    ),
)
def test_of_a_death_that_counts_which_the_person_was_paid(
    known: Known, found: dict[str, str], died_as: str, fund: Fund, survivors: str
) -> None:
    """At 66: funeral benefit is of what was in payment, and survivors share only a pension that was (ss.17A, 29)."""
    of_accident, of_invalidity = both(known, **found)
    others = (
        OfAnother(UUID(int=8), 1, "invalidity", records(of_invalidity)),
        OfAnother(UUID(int=9), 1, "accident", records(of_accident)),
    )
    of_death = ask_all(DEATH, replace(OLD, others=others), {}, book(), TODAY)
    funeral = of_death["funeral_benefit"].record
    assert funeral is not None
    assert next(fact["value"] for fact in funeral.body["facts"] if fact["name"] == "death") == died_as
    assert next(each for each in DEATH if each.name == "funeral_benefit").fund_of(funeral) is fund
    assert of_death["survivors_pension"].state == survivors


def test_of_two_accidents_the_losses_are_not_coordinated_with_each_other() -> None:
    found = answers(ACCIDENT, replace(KNOWN, others=(INJURED,)), {})
    assert "coordination" not in found
    assert paid(found)["permanent_disablement"]


def test_an_invalidity_of_before_the_known_law_is_coordinated_by_the_law_of_its_notice() -> None:
    """By that law its pension is decided (s.17A): by none of the day on which it happened both would be paid."""
    long_ago = replace(KNOWN, happened_on=date(2012, 7, 15), others=(INJURED,))
    found = answers(INVALIDITY, long_ago, {})
    assert found["invalidity_pension"].state is QuestionState.ENTITLED
    assert found["coordination"].people_look_at == ("same_cause_to_be_found",)


def test_a_later_pension_wakes_an_earlier_loss() -> None:
    assert subjects.revisions(PERSON) in listens_to(ACCIDENT, KNOWN, answers(ACCIDENT, KNOWN, {}), book(), TODAY)
