"""After a restore less than was published is decided by nobody alone: less for any party, or for less long."""

from datetime import date
from uuid import UUID

import pytest

from services.claims.events.claim_assessed import owes_less
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.kernel.clock import now

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
