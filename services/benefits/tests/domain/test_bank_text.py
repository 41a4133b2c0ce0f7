"""Names in the alphabet of banks: by a stated rule, or refused at the door (public cases 3, 10)."""

import contextlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain.bank_text import bank_text, bank_text_of_what_is_kept
from services.benefits.domain.errors import TextUnfitForBank

ALPHABET = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,140}")


@pytest.mark.parametrize(
    ("given_as", "in_the_file"),
    [
        ("AHMAD @ SALIM", "AHMAD AT SALIM"),
        ("LIM@TAN AH KOW", "LIM AT TAN AH KOW"),
        ("RAJU A/L MUTHU", "RAJU A/L MUTHU"),
        ("N’G SIEW “MAY”", "N'G SIEW MAY"),
        ("NUR 'AIN BINTI SA'ADIAH", "NUR 'AIN BINTI SA'ADIAH"),
        ("JOSÉ D'SILVA", "JOSE D'SILVA"),
        (unicodedata.normalize("NFD", "JOSÉ D'SILVA"), "JOSE D'SILVA"),
        ("TAN & SONS", "TAN + SONS"),
        ("A_B", "A-B"),
        ("Søren Großmann", "Soren Grossmann"),
        ("Ｗａｎｇ", "Wang"),
        ("A", "A"),
        ("A" * 140, "A" * 140),
    ],
)
def test_a_name_is_written_by_a_stated_rule(given_as: str, in_the_file: str) -> None:
    assert bank_text(given_as) == in_the_file
    assert bank_text_of_what_is_kept(given_as) == in_the_file


@pytest.mark.parametrize(
    "name",
    [
        "陳美玲",
        "TAN 美玲",
        "أمينة",
        "Иван",
        "AMINAH 😀",
        "AMI\u200bNAH",
        "\u202eHANIMA",
        "AMINAH\u2066",
        "AMI\u00adNAH",
        "\ufeffAMINAH",
        "AMINAH\u0000",
        "AMINAH\tOSMAN",
        "A<B",
        "- - -",
        "@" * 60,
        "A" * 141,
        "Æ" * 71,
    ],
)
def test_what_banks_do_not_take_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(TextUnfitForBank) as raised:
        bank_text(name)
    assert name not in str(raised.value)


@given(st.text(max_size=200))
def test_whatever_was_kept_goes_out_in_the_alphabet(name: str) -> None:
    """One name that was kept before names were checked stops no file."""
    assert ALPHABET.fullmatch(bank_text_of_what_is_kept(name))
    with contextlib.suppress(TextUnfitForBank):
        assert ALPHABET.fullmatch(bank_text(name))
