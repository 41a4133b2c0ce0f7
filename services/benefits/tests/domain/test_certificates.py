"""Which certificates count without officers, with plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.benefits.domain.certificates import Beside, counts_at_once
from services.benefits.domain.statements import PartyStatement, StatementKind
from shared.law.book import book

DAY = date(2026, 4, 20)
PAYEE = "person:12"
SAID = PartyStatement(
    *(UUID(int=1), StatementKind.CERTIFICATE, PAYEE, "life", DAY, None, "payee", "R117-1", "aminah"),
    datetime(2026, 4, 20, tzinfo=UTC),
)
OWN = Beside(PAYEE, True, *(False,) * 5, lives_here=True)
OFFICER = replace(OWN, tenant="organisation:1", lives_here=False)


def counts(said: PartyStatement, beside: Beside) -> bool:
    return counts_at_once(said, beside, book().on(DAY, DAY))


def given(by: str, says: str = "life") -> PartyStatement:
    return replace(SAID, holder=by, says=says)


def test_a_payee_says_of_itself_that_it_lives() -> None:
    assert counts(SAID, OWN)
    assert counts(given("payee", "status"), OWN)


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        (given("payee", "study"), OWN),
        (given("payee"), replace(OWN, lives_here=False)),
        (given("institution"), OWN),
        (given("payee"), OFFICER),
        (given("officer"), OFFICER),
        (given("institution", "study"), OFFICER),
        (given("officer"), replace(OFFICER, lives_here=True)),
        (given("foreign_authority"), OFFICER),
        (given("guardian"), replace(OWN, tenant="person:21")),
        (given("officer"), replace(OWN, tenant="person:21")),
        (replace(SAID, replaces=UUID(int=2), withdrawn=True), OWN),
        (replace(SAID, kind=StatementKind.STUDENT), OWN),
    ],
)
def test_whoever_else_says_it_has_officers_look(said: PartyStatement, beside: Beside) -> None:
    assert not counts(said, beside)


def test_one_that_nobody_asked_for_may_be_of_somebody_else() -> None:
    assert not counts(SAID, replace(OWN, is_asked=False))


@pytest.mark.parametrize("against", ["is_dead", "is_held_back", "was_withdrawn", "is_used", "is_of_fraud"])
def test_what_contradicts_it_or_waits_for_it_has_officers_look(against: str) -> None:
    known: dict[str, Any] = {against: True}
    assert not counts(SAID, replace(OWN, **known))
