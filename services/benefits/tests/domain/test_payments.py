"""What a payment and a bank file hold at most."""

import pytest

from services.benefits.domain.payments import MOST_IN_A_FILE_SEN, MOST_SEN, fit_into_a_file
from shared.contracts import claim_assessed, envelope


@pytest.mark.parametrize(
    ("amounts", "fit"),
    [
        ([], 0),
        ([1, 2, 3], 3),
        ([MOST_IN_A_FILE_SEN], 1),
        ([MOST_IN_A_FILE_SEN, 1], 1),
        ([MOST_SEN] * 1_001, 1_000),
        ([MOST_SEN] * 999 + [MOST_SEN - 1, 2, 1], 1_000),
    ],
)
def test_a_bank_file_holds_as_many_payments_as_an_event_can_tell_the_sum_of(amounts: list[int], fit: int) -> None:
    """In their order: what is left out comes first into the next."""
    assert fit_into_a_file(amounts) == fit


def test_what_is_paid_can_be_told_of() -> None:
    assert (MOST_IN_A_FILE_SEN, MOST_SEN) == (envelope.MOST_MONEY_SEN, claim_assessed.MOST_SEN)
