"""Which days with wages count by themselves: an employer's first word, asked for, in its time, that leaves a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import AskedBefore, Item, RequestState
from services.claims.domain.facts import Spell
from services.claims.domain.standing import standing
from services.claims.domain.wages_in_time import stated_in_time
from shared.kernel.periods import Days
from shared.law.book import book

ASKED_AT = datetime(2026, 8, 26, 3, tzinfo=UTC)
DAYS = Days(date(2026, 8, 5), date(2026, 8, 7))
SPELLS = [Spell(UUID(int=10), 3, date(2020, 1, 6), None, 1)]
ASKED = AskedBefore(UUID(int=20), "employer:3", Item.DAYS_WITH_WAGES, "", RequestState.OPEN, None, ASKED_AT)
OPENED = Evidence(UUID(int=1), UUID(int=9), "hospital:1", EvidenceKind.CERTIFICATE, ASKED_AT, DAYS.first, DAYS)
SAID = Evidence(
    *(UUID(int=2), UUID(int=9), "employer:3", EvidenceKind.WAGES_PAID, ASKED_AT + timedelta(hours=1)),
    wage_days=(DAYS.first,),
    late=True,
)


def in_time(said: Evidence, *more: Evidence, asked: AskedBefore = ASKED) -> bool:
    stated, law = (OPENED, said, *more), book().on(date(2026, 8, 26), date(2026, 8, 26))
    return said in stated_in_time(standing(stated, SPELLS), stated, (asked,), law)


@pytest.mark.parametrize(
    ("said", "asked", "counts"),
    [
        pytest.param(SAID, ASKED, True, id="asked and answered"),
        pytest.param(replace(SAID, stated_at=ASKED_AT - timedelta(hours=1)), ASKED, True, id="before it was asked"),
        pytest.param(SAID, replace(ASKED, closed_for="not_needed"), True, id="its own notice is the answer"),
        pytest.param(SAID, replace(ASKED, closed_for="nothing_held"), False, id="it said that it holds nothing"),
        pytest.param(SAID, replace(ASKED, closed_for="waived_by_officers"), False, id="officers ask no more"),
        pytest.param(SAID, replace(ASKED, party="employer:4"), False, id="another one was asked"),
        pytest.param(SAID, replace(ASKED, item=Item.PROOF_OF_EMPLOYMENT), False, id="for something else"),
        pytest.param(replace(SAID, tenant="employer:4"), replace(ASKED, party="employer:4"), False, id="no employer"),
        pytest.param(replace(SAID, stated_at=datetime(2026, 9, 9, 15, 59, tzinfo=UTC)), ASKED, True, id="last day"),
        pytest.param(replace(SAID, stated_at=datetime(2026, 9, 9, 16, tzinfo=UTC)), ASKED, False, id="too late"),
        pytest.param(replace(SAID, wage_days=tuple(DAYS)), ASKED, False, id="it would leave no day"),
    ],
)
def test_what_lowers_counts_where_the_employer_was_asked_and_says_it_in_time(
    said: Evidence, asked: AskedBefore, counts: bool
) -> None:
    assert in_time(said, asked=asked) is counts


def test_only_its_first_word_does() -> None:
    """Also of one notice with circumstances; what it said before, or corrects, is looked at."""
    beside = replace(SAID, id=UUID(int=3), kind=EvidenceKind.CIRCUMSTANCES, wage_days=(), stated={"place": "at_work"})
    assert in_time(SAID, beside)
    assert not in_time(SAID, replace(beside, stated_at=ASKED_AT))
    sent = replace(beside, kind=EvidenceKind.DOCUMENT, stated={"kind": "payslip"}, stated_at=ASKED_AT)
    assert in_time(SAID, sent), "a document says nothing"
    more = replace(SAID, id=UUID(int=4), about=SAID.id, stated_at=SAID.stated_at + timedelta(hours=1))
    assert not in_time(replace(more, wage_days=(date(2026, 8, 6),)), SAID)
