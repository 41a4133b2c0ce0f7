"""Ringgit with two decimals outside, sen inside, and no float on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.money import LARGEST_STATED
from shared.web.money import In, Money, Out, SignedMoney, StatedMoney


@settings(max_examples=100)
@given(st.integers(0, 2**63 - 1))
def test_sen_survive_the_way_out_and_in(sen: int) -> None:
    shown = Money.of(sen).model_dump()
    assert shown["currency"] == "MYR"
    assert Money.model_validate(shown).sen == sen


@pytest.mark.parametrize(("sen", "amount"), [(0, "0.00"), (5, "0.05"), (176391, "1763.91"), (100, "1.00")])
def test_an_amount_is_written_in_ringgit(sen: int, amount: str) -> None:
    assert Money.of(sen).amount == amount


@pytest.mark.parametrize(
    "amount",
    [
        "1",
        "1.5",
        "1.005",
        "01.00",
        "-1.00",
        "1,000.00",
        "1e3",
        " ",
        "1.00\n2",
        "१.00",
        "",
        1,
        1.5,
        None,
        "9" * 18 + ".00",
    ],
)
def test_anything_else_is_refused(amount: object) -> None:
    for kind in (Money, StatedMoney):
        with pytest.raises(ValidationError):
            kind.model_validate({"amount": amount, "currency": "MYR"})


def test_what_is_stated_is_bounded_and_a_sum_of_it_can_be_shown() -> None:
    """RM999,999,999,999.99 was taken twice, and then the sum could not be shown."""
    assert StatedMoney.model_validate({"amount": "99999999.99", "currency": "MYR"}).sen == LARGEST_STATED
    for amount in ("100000000.00", "999999999999.99"):
        with pytest.raises(ValidationError):
            StatedMoney.model_validate({"amount": amount, "currency": "MYR"})
    assert Money.of(120_000 * LARGEST_STATED).sen == 120_000 * LARGEST_STATED
    assert SignedMoney.of(-(2**63)).amount == "-92233720368547758.08"


def test_only_a_signed_amount_may_be_below_zero() -> None:
    assert SignedMoney.of(-61200).amount == "-612.00"
    assert SignedMoney.of(-61200).sen == -61200
    with pytest.raises(ValidationError):
        Money.of(-1)


def test_requests_and_answers_refuse_unknown_fields_and_long_texts() -> None:
    class Letter(In):
        text: str

    class Sent(Out):
        number: int

    assert Letter(text="  hello ").text == "hello"
    with pytest.raises(ValidationError, match="500"):
        Letter(text="x" * 501)
    with pytest.raises(ValidationError) as refused:
        Letter.model_validate({"text": "a", "more": "Siti"})
    assert "Siti" not in str(refused.value)
    with pytest.raises(ValidationError):
        Sent.model_validate({"number": 1, "more": 2})
