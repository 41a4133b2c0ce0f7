"""How full a centre is, exactly and in per cent."""

from fractions import Fraction

import pytest

from services.rehab.domain.centre import Centre, fraction_text, percent_text


@pytest.mark.parametrize(
    ("occupied", "beds", "exact", "percent"),
    [
        (0, 150, "0/1", "0.00"),
        (1, 150, "1/150", "0.67"),
        (135, 150, "9/10", "90.00"),
        (1, 700, "1/700", "0.14"),
        (1, 800, "1/800", "0.13"),
        (700, 700, "1/1", "100.00"),
    ],
)
def test_occupancy_is_a_fraction_and_a_percentage_half_up(occupied: int, beds: int, exact: str, percent: str) -> None:
    occupancy = Centre("IPOH", "Ipoh", beds, occupied).occupancy
    assert occupancy == Fraction(occupied, beds)
    assert (fraction_text(occupancy), percent_text(occupancy)) == (exact, percent)


def test_a_centre_is_full_when_every_bed_is_taken() -> None:
    assert not Centre("IPOH", "Ipoh", 2, 1).is_full
    assert Centre("IPOH", "Ipoh", 2, 2).is_full
