"""By what a sender speaks of a person, and what it reads by that."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.claims.domain.claim import Claim, ClaimKind, ClaimState, Relation
from services.claims.domain.relation import TO_BE_CONFIRMED, Named, Sight, relation_of, sight_of, without_relation
from shared.law.book import book

AT, DAY = datetime(2026, 7, 16, tzinfo=UTC), date(2026, 7, 15)
NOTICE = Claim(
    id=UUID(int=1), notice=UUID(int=2), tenant="organisation:1", state=ClaimState.AWAITING_IDENTITY,
    kind=ClaimKind.ACCIDENT, person=7, id_token=None, name_tokens=(), capacity=None, employer=None, happened_on=DAY,
    place="at_work", received_at=AT, stored_at=AT, revision=0, reported_by="officer-1",
)  # fmt: skip


def test_an_officers_notice_speaks_of_nobody_until_another_one_confirms_it() -> None:
    named = Named(7, True, ())
    assert relation_of(NOTICE, named, book().on(DAY, DAY)) is None
    waits = without_relation(NOTICE, named, is_complete=False, is_overdue=False)
    assert (waits.state, waits.reason) == (ClaimState.NEEDS_OFFICER, TO_BE_CONFIRMED)
    nobody = without_relation(NOTICE, None, is_complete=True, is_overdue=False)
    assert (nobody.state, nobody.reason) == (ClaimState.AWAITING_IDENTITY, None), "who is registered later is found"


@pytest.mark.parametrize(
    ("relation", "party", "sight"),
    [
        (Relation.EMPLOYER, "employer:3", Sight.AMOUNTS),
        (Relation.HOSPITAL, "hospital:1", Sight.AMOUNTS),
        (Relation.SHOWN, "employer:3", Sight.OWN),
        (Relation.SHOWN, "person:8", Sight.OWN),
        (Relation.SHOWN, "person:7", Sight.WORKINGS),
        (Relation.PERSON, "person:7", Sight.WORKINGS),
        (Relation.EMPLOYER, "person:7", Sight.WORKINGS),
    ],
)
def test_whoever_reads_reads_by_its_relation(relation: Relation, party: str, sight: Sight) -> None:
    claim = replace(NOTICE, tenant=party, relation=relation)
    assert sight_of(claim, party, is_officer=False) is sight
    assert sight_of(claim, "organisation:1", is_officer=True) is Sight.RECORD
