from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import MalformedAmount, divided, half_up, ringgit, sen_from_ringgit


@pytest.mark.parametrize(
    ("exact", "sen"),
    [
        (Fraction(0), 0),
        (Fraction(49, 100), 0),
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(47600, 3), 15867),  # 158.666... ringgit
        (7, 7),
    ],
)
def test_half_a_sen_goes_up(exact: Fraction | int, sen: int) -> None:
    assert half_up(exact) == sen


def test_rounding_refuses_a_float_and_a_negative_amount() -> None:
    with pytest.raises(TypeError):
        half_up(0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        half_up(True)
    with pytest.raises(ValueError, match="not negative"):
        half_up(Fraction(-1, 2))


@given(st.fractions(min_value=0, max_value=10**12))
def test_a_rounded_amount_is_at_most_half_a_sen_away_and_never_below_the_half(exact: Fraction) -> None:
    assert Fraction(-1, 2) < half_up(exact) - exact <= Fraction(1, 2)


@given(
    st.integers(min_value=0, max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12),
)
def test_the_parts_of_an_amount_come_to_it_and_none_is_a_sen_away_from_its_share(
    amount: int, weights: list[int]
) -> None:
    parts, total = divided(amount, weights), sum(weights)
    assert sum(parts) == (amount if total else 0)
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount * weight, total) if total else Fraction(0)
        assert part >= 0
        assert abs(part - exact) < 1
        assert part == 0 or weight > 0


def test_what_cannot_be_divided_goes_to_who_would_lose_most_and_of_two_alike_to_the_first() -> None:
    assert divided(450_000, [1, 2_999_990, 2_999_990, 3_000_019]) == [0, 150_000, 149_999, 150_001]
    assert divided(200_000, [1, 1, 1]) == [66_667, 66_667, 66_666]
    assert divided(1, [1, 1]) == [1, 0]
    assert divided(5, []) == []
    with pytest.raises(ValueError, match="negative"):
        divided(-1, [1])


@pytest.mark.parametrize(
    ("sen", "text"), [(176391, "1763.91"), (0, "0.00"), (5, "0.05"), (100, "1.00"), (-61200, "-612.00"), (-5, "-0.05")]
)
def test_an_amount_in_sen_reads_as_ringgit_with_two_decimals(sen: int, text: str) -> None:
    assert ringgit(sen) == text


def test_a_float_is_never_shown_as_money() -> None:
    with pytest.raises(TypeError):
        ringgit(1763.91)  # type: ignore[arg-type]


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_an_amount_survives_being_written_and_read(sen: int) -> None:
    assert sen_from_ringgit(ringgit(sen)) == sen


def test_fewer_decimals_are_read_as_what_they_say() -> None:
    assert sen_from_ringgit("2480") == 248000
    assert sen_from_ringgit("2480.5") == 248050


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1.00",
        "1.00\n",
        "1.005",
        "1.",
        ".50",
        "1,000.00",
        "RM1.00",
        "+1.00",
        "-0",
        "-0.00",
        "007.00",
        "1e3",
        "nan",
        "１.00",
    ],
)
def test_a_text_that_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(MalformedAmount):
        sen_from_ringgit(text)


def test_a_float_is_refused_where_a_text_is_expected() -> None:
    with pytest.raises(TypeError):
        sen_from_ringgit(1763.91)  # type: ignore[arg-type]
