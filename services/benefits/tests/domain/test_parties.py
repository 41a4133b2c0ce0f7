"""Who may hold the account of which party, and where the ciphertext of an account belongs."""

from datetime import date

import pytest

from services.benefits.domain.errors import HolderUnfit
from services.benefits.domain.parties import Capacity, Holding
from services.benefits.storage.payees import BankAccount, Entered, Payee
from shared.security.errors import FieldUndecipherable
from shared.security.fields import FieldCipher, place

CIPHER = FieldCipher("test", b"k" * 32)
ACCOUNT = BankAccount("Aminah binti Osman", "5123456789012", "MBBEMYKL")
GUARDIAN = Holding("person:21", Capacity.GUARDIAN, date(2031, 5, 1), "PKSF17/2026/118")
ORDER = Holding("person:21", Capacity.REPRESENTATIVE, None, "MAHKAMAH/2026/7")
HOME = Holding("provider:3", Capacity.REPRESENTATIVE, None, "JKM/2026/7")
SHARED = Holding("person:21", Capacity.JOINT, None, "BANK/2026/9")

FIT = [
    ("person:12", Holding("person:12", Capacity.OWN)),
    ("employer:7", Holding("employer:7", Capacity.ORGANISATION)),
    ("hospital:5", Holding("hospital:5", Capacity.ORGANISATION)),
    ("employer:7", ORDER),
    *(("person:22", each) for each in (GUARDIAN, ORDER, HOME, SHARED)),
]
UNFIT = [
    ("person:12", Holding("person:21", Capacity.OWN)),
    ("person:12", Holding("person:12", Capacity.ORGANISATION)),
    ("employer:7", Holding("employer:7", Capacity.OWN)),
    ("employer:7", Holding("employer:8", Capacity.ORGANISATION)),
    ("person:12", Holding("person:12", Capacity.OWN, date(2031, 5, 1))),
    ("person:21", GUARDIAN),
    ("person:21", SHARED),
    ("employer:7", GUARDIAN),
    ("person:22", Holding("employer:7", Capacity.GUARDIAN, date(2031, 5, 1), "PKSF17/2026/118")),
    ("person:22", Holding("person:21", Capacity.GUARDIAN, None, "PKSF17/2026/118")),
    ("person:22", Holding("person:21", Capacity.GUARDIAN, date(2031, 5, 1), None)),
    ("person:22", Holding("person:21", Capacity.REPRESENTATIVE, date(2031, 5, 1), "MAHKAMAH/2026/7")),
    ("person:22", Holding("person:021", Capacity.JOINT, None, "BANK/2026/9")),
    ("person:0", Holding("person:0", Capacity.OWN)),
    ("person:007", Holding("person:007", Capacity.OWN)),
    ("employer:1234567890", Holding("employer:1234567890", Capacity.ORGANISATION)),
]


@pytest.mark.parametrize(("party", "holding"), FIT)
def test_a_holder_that_fits_is_taken(party: str, holding: Holding) -> None:
    holding.must_fit(party)
    assert holding.needs_release(party) is (holding.capacity is not Capacity.OWN)


@pytest.mark.parametrize(("party", "holding"), UNFIT)
def test_a_holder_that_does_not_fit_is_refused(party: str, holding: Holding) -> None:
    with pytest.raises(HolderUnfit):
        holding.must_fit(party)


def sealed(party: str) -> Payee:
    return Payee.sealed(party, 2, ACCOUNT, Entered("", Holding.of(party)), CIPHER)


def test_what_was_sealed_for_a_person_before_other_parties_had_accounts_opens() -> None:
    """Its place named the bare number then: with any other no account of before would ever open again."""
    assert CIPHER.decrypt(sealed("person:7").account_number, place("payee", "account_number", "7.2")) == ACCOUNT.number
    assert CIPHER.decrypt(sealed("person:7").account_name, place("payee", "account_name", "7.2")) == ACCOUNT.name


def test_an_account_opens_for_its_own_party_only() -> None:
    assert sealed("employer:7").opened(CIPHER) == ACCOUNT
    with pytest.raises(FieldUndecipherable):
        CIPHER.decrypt(sealed("employer:7").account_number, place("payee", "account_number", "7.2"))
