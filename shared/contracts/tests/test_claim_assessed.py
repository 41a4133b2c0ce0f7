"""What an assessment may state: terms on days of their kind, each benefit of a party once, and what it adds up to."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


def term(per: Per, first: date, last: date | None = None, sen: int = 100) -> TermV1:
    return TermV1(per=per, sen=sen, first=first, last=last)


def entitlement(*terms: TermV1, **changes: Any) -> EntitlementV1:
    stated: dict[str, Any] = {
        "scheme": "act4",
        "benefit": "dependants_benefit",
        "fund": Fund.EMPLOYMENT_INJURY,
        "law": "Act 4 s.26",
        "party": "person:12",
        "decision_hash": "0" * 64,
        "provisional": False,
        "terms": terms,
    }
    return EntitlementV1(**{**stated, **changes})


def assessed(*entitlements: EntitlementV1) -> ClaimAssessedV1:
    return ClaimAssessedV1(
        person=12,
        claim=new_id(),
        revision=1,
        event="accident",
        happened_on=date(2026, 7, 15),
        decided_at=now(),
        revision_hash="0" * 64,
        entitlements=entitlements,
        refusals=(),
    )


@pytest.mark.parametrize(
    ("stated", "owed"),
    [
        (term(Per.DAY, date(2026, 2, 27), date(2026, 3, 2)), 400),
        (term(Per.DAY, date(2026, 2, 27)), 0),
        (term(Per.MONTH, date(2026, 11, 1), date(2027, 1, 31)), 300),
        (term(Per.MONTH, date(2028, 2, 1), date(2028, 2, 29)), 100),
        (term(Per.MONTH, date(2026, 2, 1)), 0),
        (term(Per.ONCE, date(2026, 2, 27)), 100),
        (term(Per.ONCE, date(2026, 2, 27), date(2026, 2, 27)), 100),
    ],
)
def test_a_term_that_has_an_end_adds_up(stated: TermV1, owed: int) -> None:
    assert stated.money_sen == owed
    assert assessed(entitlement(stated, term(Per.ONCE, date(2026, 8, 1), sen=7))).money_sen == owed + 7


@pytest.mark.parametrize(
    ("per", "first", "last"),
    [
        (Per.DAY, date(2026, 7, 15), date(2026, 7, 14)),
        (Per.ONCE, date(2026, 7, 15), date(2026, 7, 16)),
        (Per.MONTH, date(2026, 7, 2), date(2026, 7, 31)),
        (Per.MONTH, date(2026, 7, 2), None),
        (Per.MONTH, date(2026, 2, 1), date(2026, 2, 27)),
    ],
)
def test_a_term_on_days_that_are_not_of_its_kind_is_none(per: Per, first: date, last: date | None) -> None:
    with pytest.raises(ValidationError):
        term(per, first, last)


def test_nothing_is_owed_for_no_money() -> None:
    with pytest.raises(ValidationError):
        term(Per.DAY, date(2026, 7, 15), sen=0)


def test_a_party_has_each_benefit_once() -> None:
    others: list[dict[str, str]] = [{"benefit": "funeral"}, {"party": "person:13"}, {"scheme": "act789"}]
    assert len(assessed(entitlement(), *(entitlement(**each) for each in others)).entitlements) == 4
    with pytest.raises(ValidationError, match="twice"):
        assessed(entitlement(), entitlement(term(Per.ONCE, date(2026, 7, 15))))


@pytest.mark.parametrize("party", ["12", "person:", "person:x", "Person:12", "person:12 "])
def test_a_party_is_a_kind_and_a_number(party: str) -> None:
    with pytest.raises(ValidationError):
        entitlement(party=party)


def test_what_is_absent_is_not_sent() -> None:
    sent = assessed(entitlement(term(Per.DAY, date(2026, 7, 16)))).data()
    assert b"null" not in sent
    assert ClaimAssessedV1.model_validate_json(sent).entitlements[0].terms[0].last is None
