"""By what a sender speaks of a person, and what it reads by that."""

from dataclasses import replace
from datetime import date

import pytest

from services.claims.domain.claim import ClaimState, Relation
from services.claims.domain.relation import TO_BE_CONFIRMED, Named, Sight, relation_of, sight_of, without_relation
from services.claims.tests.support import OFFICER, a_claim
from shared.law.book import book

DAY = date(2026, 7, 15)
NOTICE = a_claim(tenant=OFFICER, state=ClaimState.AWAITING_IDENTITY, relation=None, reported_by="officer-1")


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
