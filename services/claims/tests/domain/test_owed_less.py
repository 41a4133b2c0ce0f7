"""After a restore less than was published is decided by nobody alone: less for any party, or for less long."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import INVALIDITY
from services.claims.domain.errors import FindingNotReadable
from services.claims.domain.facts import Known, Statement
from services.claims.events.claim_assessed import owes_less
from services.claims.tests.domain.test_death import KNOWN, TODAY, finding, stating
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.kernel.clock import now
from shared.law.book import book

JANUARY, LAST = date(2026, 1, 1), date(2026, 12, 31)
OPEN = TermV1(per=Per.MONTH, sen=90_000, first=JANUARY)
DAYS = TermV1(per=Per.DAY, sen=6_533, first=JANUARY, last=date(2026, 1, 20))
ONCE = TermV1(per=Per.ONCE, sen=50_000, first=JANUARY)


def told(**terms: tuple[TermV1, ...]) -> ClaimAssessedV1:
    """What each party, by the letter of its number, is owed."""
    return ClaimAssessedV1(
        person=1,
        claim=UUID(int=1),
        revision=1,
        event="accident",
        happened_on=JANUARY,
        decided_at=now(),
        revision_hash="",
        entitlements=tuple(
            EntitlementV1(
                scheme="act4",
                benefit="some",
                fund=Fund.EMPLOYMENT_INJURY,
                law="Act 4",
                party=f"person:{ord(party)}",
                decision_hash="",
                provisional=False,
                terms=of_party,
            )
            for party, of_party in terms.items()
        ),
        refusals=(),
    )


@pytest.mark.parametrize(
    ("published", "now_owed", "less"),
    [
        (told(a=(DAYS,)), told(a=(DAYS,)), False),
        (told(a=(DAYS,)), told(), True),
        (told(a=(OPEN,)), told(), True),
        (told(a=(OPEN, DAYS)), told(a=(DAYS,)), True),
        (told(a=(OPEN,)), told(a=(DAYS, ONCE)), True),
        (told(a=(OPEN,)), told(a=(OPEN.model_copy(update={"last": LAST}),)), True),
        (told(a=(OPEN,)), told(a=(OPEN.model_copy(update={"sen": 89_999}), ONCE)), True),
        (told(a=(OPEN,)), told(a=(OPEN.model_copy(update={"first": date(2026, 2, 1)}),)), True),
        (told(a=(OPEN,)), told(a=(OPEN, DAYS)), False),
        (told(a=(ONCE,)), told(a=(OPEN,)), False),
        (told(a=(OPEN,), b=(OPEN,)), told(a=(OPEN.model_copy(update={"sen": 180_000}),)), True),
        (told(), told(a=(OPEN,)), False),
    ],
)
def test_what_is_less(published: ClaimAssessedV1, now_owed: ClaimAssessedV1, less: bool) -> None:
    assert owes_less(now_owed, published) is less


NEEDS_HELP = {"certified": "yes", "earning_capacity": "20", "attendance": {"first": "2026-07-01"}}
PENSIONER = stating(KNOWN, invalidity=(Statement("invalidity", NEEDS_HELP, UUID(int=6)),))
# A recalled claim knows the day of the decision, and not that of the notice.
RECALLED = replace(PENSIONER, received_on=date(2026, 9, 3))


def pension(known: Known) -> dict[str, Answer]:
    return ask_all(INVALIDITY, known, {}, book(), TODAY)


def terms(answers: dict[str, Answer]) -> list[object]:
    return [answer.record.body["terms"] for answer in answers.values() if answer.record is not None]


def test_officers_find_the_day_of_a_notice_that_was_lost_and_as_much_is_owed_as_before() -> None:
    """A pension begins with the notice (s.19): by the day of the decision its first months would be taken back."""
    assert terms(pension(RECALLED)) != terms(pension(PENSIONER))
    found = pension(replace(RECALLED, findings=finding("notice received", "2026-07-16")))
    assert terms(found) == terms(pension(PENSIONER))
    record = found["invalidity_pension"].record
    assert record is not None
    (received,) = [fact for fact in record.body["facts"] if fact["name"] == "notice received"]
    assert [source["kind"] for source in received["sources"]] == ["finding"]


def test_the_day_of_a_notice_is_found_as_the_law_reads_a_day() -> None:
    INVALIDITY[0].check_finding("notice received", "2026-07-16")
    with pytest.raises(FindingNotReadable):
        INVALIDITY[0].check_finding("notice received", "in July")
