"""What a payer writes: read however it is written, and refused with any one character wrong."""

import string

from shared.kernel.payment_reference import CompoundReference, PaymentReference, references_in
from shared.kernel.periods import Month

OURS = PaymentReference(7, Month(2026, 7))


def test_it_is_an_iso_11649_reference() -> None:
    """Its number with RF behind it, letters as 10 to 35, is 1 modulo 97 (ISO 11649, ISO 7064): worked out here."""
    text = str(OURS)
    assert text == "RF30E000000007202607"
    assert int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def test_it_is_found_however_it_is_written() -> None:
    for written in (
        "RF30E000000007202607",
        "rf30 e000 0000 0720 2607",
        "SOCSO JULY RF30-E000000007-202607 TQ",
        "ref:RF30E000000007202607.",
    ):
        assert references_in([written]) == [OURS]
    other = PaymentReference(8, Month(2026, 7))
    assert references_in([f"{OURS} {other}", str(OURS)]) == [OURS, other]


def test_any_one_character_wrong_and_any_two_beside_each_other_turned_is_no_reference() -> None:
    text = str(OURS)
    for place, right in enumerate(text):
        for wrong in string.digits + string.ascii_uppercase:
            if wrong != right:
                assert references_in([text[:place] + wrong + text[place + 1 :]]) == []
    for place in range(len(text) - 1):
        turned = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert turned == text or references_in([turned]) == []


def test_a_longer_number_and_an_impossible_month_are_none() -> None:
    assert references_in([f"{OURS}1", f"X{OURS}", "RF30E00000000720260", ""]) == []
    assert references_in([str(PaymentReference(7, Month(1900, 1)))]) == []


def test_a_compound_has_a_reference_of_its_own() -> None:
    """Beside one of a month it is another reference, and with any digit wrong it is none."""
    compound = CompoundReference(12)
    text = str(compound)
    assert int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
    assert references_in([f"kompaun {text[:4]} {text[4:]}", str(OURS)]) == [compound, OURS]
    for place in range(2, len(text)):
        if text[place].isdigit():
            wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
            assert references_in([wrong]) == []
