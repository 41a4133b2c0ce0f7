"""Whatever a claim is assessed on changes the fingerprint of it, and nothing else does."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain import known_state
from services.claims.domain.claim import Claim
from services.claims.domain.evidence import EvidenceStanding
from services.claims.domain.facts import Death, Known, OfAnother, StatedChoice
from services.claims.domain.known_state import KnownState
from services.claims.domain.standing import Piece, Standing
from services.claims.tests.domain.test_listens_to import ACCIDENT, AT, CAUSE, OTHER
from services.claims.tests.support import a_claim
from shared.kernel.release import ROOT, digest_of
from shared.law.decision import DecisionRecord, Source

# Members that say when it was looked, and up to when topics have arrived.
OF_THE_LOOK = ("known_to", "watermarks")
KNOWN = replace(
    ACCIDENT,
    cause=CAUSE,
    others=(OfAnother(OTHER, 1, "accident", {"one": DecisionRecord(b"{}")}),),
    deaths={"person:9": Death(date(2026, 8, 1), Source("claim", str(OTHER), 0))},
    choices=(StatedChoice("release", date(2026, 7, 1), AT),),
    revisions={("person", "12"): 3, ("wage", "7/2026-06"): 1},
)
EVIDENCE = Standing(
    certificates=KNOWN.certificates,
    worked_with_wages=KNOWN.worked_with_wages,
    waiting=(),
    pieces=(Piece(UUID(int=1), EvidenceStanding.COUNTS),),
    only_of_oneself=(),
)
STATE = KnownState(KNOWN, EVIDENCE, "release", date(2026, 12, 20))
CLAIM = a_claim(stored_at=KNOWN.stored_at)
LISTENS_TO = ("person/12", "wage/12/2026-06")
BEFORE = STATE.of(CLAIM, LISTENS_TO)
# The parts of what is known, each of several members itself.
PARTS: Sequence[tuple[str, Any]] = [
    (name, part)
    for name in ("spells", "memberships", "lines", "certificates", "choices", "others", "held")
    for part in getattr(KNOWN, name)[-1:]
]


def otherwise(thing: Any, name: str, value: object = "something else") -> Any:
    """The same with something else for one member, whatever its type is."""
    return replace(thing, **{name: value})


def is_as_before(claim: Claim = CLAIM, **changes: Any) -> bool:
    return replace(STATE, **changes).is_as_before(claim, LISTENS_TO, BEFORE)


def test_the_same_is_as_before_and_nothing_kept_is_not() -> None:
    assert is_as_before()
    assert not STATE.is_as_before(CLAIM, LISTENS_TO, None)


@pytest.mark.parametrize("name", [each.name for each in fields(Known) if each.name not in OF_THE_LOOK])
def test_each_member_of_what_is_known_counts(name: str) -> None:
    typed = {"stored_at": KNOWN.stored_at - timedelta(1), "revisions": {**KNOWN.revisions, ("person", "12"): 4}}
    assert not is_as_before(known=otherwise(KNOWN, name, typed.get(name, "something else")))


@pytest.mark.parametrize("name", [each.name for each in fields(Standing)])
def test_each_member_of_how_evidence_stands_counts(name: str) -> None:
    assert not is_as_before(evidence=otherwise(EVIDENCE, name))


@pytest.mark.parametrize("name", [each.name for each in fields(Claim)])
def test_each_member_of_the_claim_counts(name: str) -> None:
    assert not is_as_before(otherwise(CLAIM, name))


@pytest.mark.parametrize(
    ("part", "name"), [(part, each.name) for part, thing in PARTS for each in fields(thing) if each.name != "records"]
)
def test_each_member_of_a_part_counts(part: str, name: str) -> None:
    *before, last = getattr(KNOWN, part)
    assert not is_as_before(known=otherwise(KNOWN, part, (*before, otherwise(last, name))))


def test_the_records_of_another_claim_count() -> None:
    (other,) = KNOWN.others
    decided = replace(other, records={"one": DecisionRecord(b'{"terms":[]}')})
    assert not is_as_before(known=replace(KNOWN, others=(decided,)))


def test_the_day_the_release_and_the_code_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_as_before(today=date(2026, 12, 21))
    assert not is_as_before(release="another")
    assert digest_of(ROOT, "services/claims", "shared") == known_state.CODE
    monkeypatch.setattr(known_state, "CODE", "another")
    assert not is_as_before()


def test_what_it_was_left_to_listen_to_counts() -> None:
    assert STATE.is_as_before(CLAIM, LISTENS_TO[::-1], BEFORE), "in whichever order"
    assert not STATE.is_as_before(CLAIM, LISTENS_TO[:1], BEFORE)
    assert not STATE.is_as_before(CLAIM, (*LISTENS_TO, "person/13"), BEFORE)
    assert not STATE.is_as_before(CLAIM, (), BEFORE)


def test_when_it_was_looked_does_not_count() -> None:
    assert is_as_before(known=replace(KNOWN, known_to=AT + timedelta(days=3)))


def test_what_had_arrived_must_have_arrived_still_and_more_may_have() -> None:
    both, one = KNOWN.watermarks, {"registration": AT}
    less = replace(KNOWN, watermarks=one)
    assert not is_as_before(known=less)
    assert not is_as_before(known=replace(KNOWN, watermarks={}))
    assert not is_as_before(known=replace(KNOWN, watermarks={**both, "registration": KNOWN.stored_at}))
    later = {topic: until + timedelta(hours=1) for topic, until in both.items()}
    assert is_as_before(known=replace(KNOWN, watermarks=later))
    with_less = replace(STATE, known=less).of(CLAIM, LISTENS_TO)
    assert STATE.is_as_before(CLAIM, LISTENS_TO, with_less), "what has arrived since was not awaited"


def test_it_is_the_same_in_whichever_order_a_mapping_was_made() -> None:
    statements = dict(list(KNOWN.statements.items())[::-1])
    revisions = dict(list(KNOWN.revisions.items())[::-1])
    assert is_as_before(known=replace(KNOWN, statements=statements, revisions=revisions))


def test_what_was_worked_out_of_it_since_does_not_count() -> None:
    known = replace(KNOWN)
    assert known.wages
    assert known.spells_on_the_day
    assert is_as_before(known=known)
