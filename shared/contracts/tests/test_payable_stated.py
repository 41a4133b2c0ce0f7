"""What a payable may state: terms or why there are none, each day and month once, and whom it is about."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import jsonschema
import orjson
import pytest
from pydantic import ValidationError

from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.compatibility import breaks
from shared.contracts.json_schema import schema_of
from shared.contracts.payable_stated import PayableStatedV1, RegistrationPayableStatedV1
from shared.contracts.registry import EVENTS
from shared.contracts.topics import CLAIMS_PAYABLE, JOBS_PAYABLE, REGISTRATION_PAYABLE, REHAB_PAYABLE

PAYABLE, OTHER = UUID(int=1), UUID(int=2)
ONCE = TermV1(per=Per.ONCE, sen=1_835, first=date(2026, 9, 1))


def stated(**changes: Any) -> RegistrationPayableStatedV1:
    """RM18.35 of SKBBK that was deducted for a month that is out, to the employer that claims it."""
    values: dict[str, Any] = {
        "payable": PAYABLE,
        "revision": 1,
        "kind": "contribution_refund",
        "person": 12,
        "party": "employer:7",
        "scheme": "act4",
        "fund": Fund.NON_EMPLOYMENT_INJURY,
        "law": "Act 4 s.44A",
        "arose_on": date(2026, 7, 31),
        "stated_at": datetime(2026, 8, 20, tzinfo=UTC),
        "decision_hash": "0" * 64,
        "terms": (ONCE,),
    }
    return RegistrationPayableStatedV1(**{**values, **changes})


def by(per: Per, first: date, last: date | None = None) -> TermV1:
    return TermV1(per=per, sen=100, first=first, last=last)


def test_what_is_sent_fits_the_schema_and_comes_back_whole() -> None:
    event = stated()
    jsonschema.validate(orjson.loads(event.data()), schema_of(type(event), "x"))
    assert RegistrationPayableStatedV1.model_validate_json(event.data()) == event
    assert b"null" not in event.data()
    assert (event.type(), event.money_sen, event.rows) == ("jaring.registration.payable.stated.v1", 1_835, 2)


def test_every_owner_states_payables_in_one_shape_on_a_topic_of_its_own() -> None:
    """Another owner's class is another topic and the same schema, and is read alike."""
    owners = [event for event in EVENTS if issubclass(event, PayableStatedV1)]
    topics = {REGISTRATION_PAYABLE, CLAIMS_PAYABLE, REHAB_PAYABLE, JOBS_PAYABLE}
    assert {event.topic for event in owners} == topics
    assert {event.name for event in owners} == {f"{topic.name}.stated" for topic in topics}
    assert len({event.topic.owner for event in owners}) == len(owners)
    for event in owners:
        assert breaks(schema_of(PayableStatedV1, "x"), schema_of(event, "x")) == []


@pytest.mark.parametrize(
    ("person", "party", "key"),
    [(12, "employer:7", "person:12"), (None, "employer:7", "employer:7"), (12, "person:13", "person:12")],
)
def test_its_key_is_whom_it_is_about_or_else_the_party(person: int | None, party: str, key: str) -> None:
    assert stated(person=person, party=party).key == key


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"terms": ()}, None),
        ({"terms": (), "withdrawn_for": "paid_elsewhere"}, "paid_elsewhere"),
        ({"terms": (), "superseded_by": OTHER}, "superseded"),
        ({"withdrawn_for": "paid_elsewhere"}, None),
        ({"superseded_by": OTHER}, None),
    ],
)
def test_it_is_owed_or_says_why_not(changes: dict[str, Any], why: str | None) -> None:
    if why is None:
        with pytest.raises(ValidationError, match="has terms, or"):
            stated(**changes)
    else:
        assert (stated(**changes).ended_for, stated().ended_for) == (why, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 0},
        {"party": "employer"},
        {"party": "Employer:7"},
        {"party": f"employer:{10**18}"},
        {"party": "person:13", "person": None},
        {"terms": (), "superseded_by": PAYABLE},
        {"decision_hash": "x"},
        {"kind": "A refund"},
        {"terms": (by(Per.DAY, date(2026, 7, 1)), by(Per.DAY, date(2026, 7, 2), date(2026, 7, 3)))},
        {"terms": (by(Per.DAY, date(2026, 7, 3), date(2026, 7, 9)), by(Per.DAY, date(2026, 7, 1), date(2026, 7, 3)))},
        {"terms": (by(Per.MONTH, date(2026, 7, 1)), by(Per.MONTH, date(2027, 7, 1)))},
    ],
)
def test_what_contradicts_itself_is_no_payable(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        stated(**changes)


def test_days_months_and_sums_stand_beside_each_other() -> None:
    days = (by(Per.DAY, date(2026, 7, 1), date(2026, 7, 2)), by(Per.DAY, date(2026, 7, 3), date(2026, 7, 3)))
    assert stated(terms=(*days, by(Per.MONTH, date(2026, 7, 1), date(2026, 7, 31)), ONCE, ONCE)).money_sen == 4_070


LENT = TermV1(per=Per.ONCE, sen=1_000_000, first=date(2026, 9, 1))


def loan(**changes: Any) -> RegistrationPayableStatedV1:
    """RM10,000 for a child's education."""
    return stated(**{"kind": "education_loan", "scheme": "act789", "terms": (LENT,), **changes})


def test_a_loan_says_what_is_paid_back_and_when() -> None:
    """Ten instalments of RM1.00; what is paid back is no part of what is owed."""
    back = by(Per.MONTH, date(2027, 1, 1), date(2027, 10, 31))
    event = loan(repayment=(back,))
    assert RegistrationPayableStatedV1.model_validate_json(event.data()) == event
    jsonschema.validate(orjson.loads(event.data()), schema_of(type(event), "x"))
    assert (event.money_sen, event.rows) == (1_000_000, 3)
    assert loan(repayment=(by(Per.MONTH, date(2027, 1, 1)),)).repayment[0].last is None


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "contribution_refund", "repayment": (ONCE,)},
        {"terms": (), "withdrawn_for": "not_enrolled", "repayment": (ONCE,)},
        {"repayment": (LENT, ONCE)},
        {"repayment": (by(Per.MONTH, date(2027, 1, 1)), by(Per.MONTH, date(2028, 1, 1)))},
    ],
)
def test_what_is_no_loan_or_more_than_the_loan_is_not_paid_back(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        loan(**changes)
