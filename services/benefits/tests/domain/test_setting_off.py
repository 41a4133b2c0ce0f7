"""What the law keeps against a debt of benefit that falls due under its Act, and where it says so."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest

from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.setting_off import Kept, kept_of_benefit
from shared.law.book import book

DAY = date(2026, 11, 29)
NOTHING = Kept(Fraction(0), None)


@pytest.mark.parametrize(
    ("scheme", "benefit", "source", "kept"),
    [
        ("act4", "temporary_disablement", Source.CLAIM, Kept(Fraction(1), "Act 4, s.50(1A)")),
        ("act800", "job_search_allowance", Source.CLAIM, Kept(Fraction(1), "Act 800, s.42")),
        ("act789", "education_loan", Source.PAYABLE, Kept(Fraction(1, 2), "Act 789, ss.25 and 26")),
        ("act4", "education_loan", Source.PAYABLE, NOTHING),
        ("act4", "contribution_refund", Source.PAYABLE, NOTHING),
        ("act1", "something", Source.CLAIM, NOTHING),
    ],
)
def test_what_is_kept_against_a_debt_names_act_and_section(
    scheme: str, benefit: str, source: Source, kept: Kept
) -> None:
    key = EntitlementKey(UUID(int=1), scheme, benefit, "person:1")
    assert kept_of_benefit(key, source, book().on(DAY, DAY)) == kept
