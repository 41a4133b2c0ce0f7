"""In which queue a claim stands as a whole, and how two officers close it."""

from dataclasses import replace

import pytest

from services.claims.domain.buckets import bucket_of
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import LESS_THAN_PUBLISHED, LOST_SINCE_BACKUP, Claim, ClaimKind, ClaimState, Relation
from services.claims.domain.queues import closed, queue_of_claim
from services.claims.tests.support import a_claim

WAITS = a_claim(
    tenant="employer:3",
    employer=3,
    state=ClaimState.NEEDS_OFFICER,
    kind=ClaimKind.DISEASE,
    place=None,
    relation=Relation.EMPLOYER,
    reason="disease",
)


@pytest.mark.parametrize("kind", [each for each in ClaimKind if not questions_of(each)])
def test_an_event_that_raises_no_question_stands_in_a_queue(kind: ClaimKind) -> None:
    """A new kind of notice that nobody gave a question is no dead end either."""
    queue = queue_of_claim(replace(WAITS, kind=kind, reason=kind.value))
    assert queue is not None
    assert queue.name == "unruled"


@pytest.mark.parametrize("kind", list(ClaimKind))
def test_a_lost_notice_of_any_kind_stands_in_a_queue(kind: ClaimKind) -> None:
    lost = replace(WAITS, kind=kind, reason=LOST_SINCE_BACKUP, revision=2)
    queue, ended = queue_of_claim(lost), closed(lost)
    assert queue is not None
    assert ended is not None
    assert (queue.name, ended.state, ended.reason, ended.revision) == ("lost", "closed", "not_sent_again", 2)
    assert bucket_of(ended).waits_for == (), "it waits for nobody"


@pytest.mark.parametrize(
    "stands",
    [
        replace(WAITS, state=ClaimState.CLOSED, reason="decided_outside"),
        replace(WAITS, state=ClaimState.DECIDED, reason=None),
        replace(WAITS, kind=ClaimKind.ACCIDENT, reason=LESS_THAN_PUBLISHED),
        # Whose relation to the person is open stands in the queue of identity.
        replace(WAITS, kind=ClaimKind.DEATH, reason="death", relation=None),
    ],
)
def test_any_other_claim_stands_in_none_and_is_not_closed(stands: Claim) -> None:
    assert queue_of_claim(stands) is None
    assert closed(stands) is None
