"""What is announced of a claim is what its records say: every term of every party, each benefit from its fund."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.domain.facts import Cause, Known, Statement
from services.claims.domain.revision import standing_records
from services.claims.events.claim_assessed import claim_assessed
from services.claims.tests.domain.test_attendance import CERTIFIED, assessed
from services.claims.tests.domain.test_replay import FACTS, KNOWN_TO, OUTSIDE
from services.claims.tests.support import a_claim
from shared.contracts.claim_assessed import ClaimAssessedV1, Fund
from shared.law.book import book

TODAY = date(2026, 12, 1)
CLAIM = a_claim(person=FACTS.person, received_at=KNOWN_TO, stored_at=KNOWN_TO, revision=1)
DIED_ON = date(2026, 8, 1)


def announced(known: Known, kind: ClaimKind = ClaimKind.ACCIDENT) -> ClaimAssessedV1:
    """The event of what stands on what is known, and nothing before."""
    claim, questions = replace(CLAIM, kind=kind), questions_of(kind)
    answers: dict[str, Answer] = ask_all(questions, known, {}, book(), TODAY)
    return claim_assessed(claim, standing_records(questions, answers, {}), [])


def after_death(found: bool) -> Known:
    """A death that the accident brought about, with a widow who buried the person; what the accident was found."""
    widow = Statement("dependant", {"party": "person:21", "relation": "widow"}, UUID(int=81))
    funeral = Statement("funeral", {"party": "person:21", "relation": "widow"}, UUID(int=82))
    known = FACTS if found else OUTSIDE
    cause = Cause(UUID(int=5), 1, known.happened_on, found, known.circumstances)
    statements = {"dependant": (widow,), "funeral": (funeral,)}
    return replace(known, happened_on=DIED_ON, died_on=DIED_ON, cause=cause, statements=statements)


@pytest.mark.parametrize(
    ("known", "kind", "funds"),
    [
        (
            assessed(FACTS, 100, attendance=CERTIFIED),
            ClaimKind.ACCIDENT,
            {
                "temporary_disablement": Fund.EMPLOYMENT_INJURY,
                "permanent_disablement": Fund.EMPLOYMENT_INJURY,
                "constant_attendance_allowance": Fund.EMPLOYMENT_INJURY,
            },
        ),
        (
            assessed(OUTSIDE, 100, attendance=CERTIFIED),
            ClaimKind.ACCIDENT,
            {
                "non_employment_injury_temporary_disablement": Fund.NON_EMPLOYMENT_INJURY,
                "non_employment_injury_permanent_disablement": Fund.NON_EMPLOYMENT_INJURY,
                "non_employment_injury_constant_attendance_allowance": Fund.NON_EMPLOYMENT_INJURY,
            },
        ),
        (
            after_death(found=True),
            ClaimKind.DEATH,
            {
                "dependants_benefit": Fund.EMPLOYMENT_INJURY,
                "funeral_benefit": Fund.EMPLOYMENT_INJURY,
                "survivors_pension": Fund.INVALIDITY,
            },
        ),
        (
            after_death(found=False),
            ClaimKind.DEATH,
            {
                "non_employment_injury_dependants_benefit": Fund.NON_EMPLOYMENT_INJURY,
                "funeral_benefit": Fund.NON_EMPLOYMENT_INJURY,
                "survivors_pension": Fund.INVALIDITY,
            },
        ),
    ],
    ids=["employment injury", "outside employment", "death by one", "death by the other"],
)
def test_each_benefit_is_borne_by_the_fund_of_its_scheme(known: Known, kind: ClaimKind, funds: dict[str, Fund]) -> None:
    assert {each.benefit: each.fund for each in announced(known, kind).entitlements} == funds


def test_every_term_of_a_record_is_announced() -> None:
    """Broken months are terms of their own: 11 of 31 days of October are 500.00 × 11 / 31 = 177.42."""
    known = assessed(FACTS, 100, attendance={**CERTIFIED, "last": "2027-04-15"})
    owed = {each.benefit: each.terms for each in announced(known).entitlements}
    assert [(term.per, term.sen, term.first, term.last) for term in owed["constant_attendance_allowance"]] == [
        ("once", 17742, date(2026, 10, 31), None),
        ("month", 50000, date(2026, 11, 1), date(2027, 3, 31)),
        ("once", 25000, date(2027, 4, 15), None),
    ]


def test_what_is_refused_is_announced_with_its_reason_and_law() -> None:
    found = [(each.benefit, each.reason, each.law) for each in announced(OUTSIDE).refusals]
    reason = "arose_out_of_and_in_the_course_of_employment"
    assert found == [("temporary_disablement", reason, "Act 4, s.2(6), Act 4, ss.23-25")]
