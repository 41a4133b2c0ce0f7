"""Encrypted fields are bound to their place; hashes find a value without showing it."""

import os

import pytest

from shared.security.blind_index import BlindIndex, IdTokens
from shared.security.errors import FieldKeyUnknown, FieldUndecipherable, NationalIdInvalid
from shared.security.fields import FieldCipher, place
from shared.security.national_id import IdKind, NationalId

KEY = bytes(range(32))
MYKAD = "900101-01-5432"
PLACE = place("national_id", "number", 7)


def test_a_field_comes_back_at_its_place() -> None:
    cipher = FieldCipher("2026-a", KEY)
    value = cipher.encrypt("Siti binti Ali", PLACE)
    assert cipher.decrypt(value, PLACE) == "Siti binti Ali"
    assert b"Siti" not in value
    assert b"2026-a" in value


def test_bytes_come_back_as_they_were_and_are_no_longer_for_what_they_are() -> None:
    cipher, content = FieldCipher("a", KEY), bytes(range(256))
    value = cipher.seal(content, PLACE)
    assert cipher.open(value, PLACE) == content
    assert len(value) == len(cipher.seal(bytes(256), PLACE))
    later = FieldCipher("b", KEY, {"a": KEY})
    assert later.open(later.seal_again(value, PLACE), PLACE) == content


def test_the_same_text_looks_different_each_time() -> None:
    cipher = FieldCipher("a", KEY)
    assert cipher.encrypt("x", PLACE) != cipher.encrypt("x", PLACE)


@pytest.mark.parametrize("elsewhere", [place("national_id", "number", 8), place("payee", "number", 7), ""])
def test_a_field_copied_elsewhere_does_not_decrypt(elsewhere: str) -> None:
    cipher = FieldCipher("a", KEY)
    value = cipher.encrypt("123", PLACE)
    with pytest.raises(FieldUndecipherable):
        cipher.decrypt(value, elsewhere)


def test_every_changed_byte_is_noticed() -> None:
    cipher = FieldCipher("a", KEY)
    value = cipher.encrypt("123", PLACE)
    for index in range(len(value)):
        damaged = value[:index] + bytes([value[index] ^ 1]) + value[index + 1 :]
        # Of a key whose id is another one nothing more is known.
        with pytest.raises(FieldKeyUnknown if index == 2 else FieldUndecipherable):
            cipher.decrypt(damaged, PLACE)
    for length in range(len(value)):
        with pytest.raises(FieldUndecipherable):
            cipher.decrypt(value[:length], PLACE)


def test_another_key_does_not_decrypt_even_under_the_same_name() -> None:
    value = FieldCipher("a", KEY).encrypt("123", PLACE)
    with pytest.raises(FieldUndecipherable):
        FieldCipher("a", os.urandom(32)).decrypt(value, PLACE)


def test_a_column_is_opened_as_each_of_its_values_under_whatever_key_each_stands() -> None:
    """Also where the id of a former key has another length."""
    former, other = os.urandom(32), os.urandom(32)
    cipher = FieldCipher("b", KEY, {"a": former, "2025-a": other})
    sealers = [cipher, FieldCipher("a", former), FieldCipher("2025-a", other), cipher]
    texts = ["Siti binti Ali", "", "LI WEI 李伟", "x"]
    values = {
        row: sealer.encrypt(each, place("person_fact", "sealed", row))
        for row, (sealer, each) in enumerate(zip(sealers, texts, strict=True), start=7)
    }
    assert cipher.decrypt_column("person_fact", "sealed", values) == dict(enumerate(texts, start=7))
    for wrong in ({8: values[7]}, {7: values[7][:-1]}, {7: b""}):
        with pytest.raises(FieldUndecipherable):
            cipher.decrypt_column("person_fact", "sealed", values | wrong)
    with pytest.raises(FieldKeyUnknown):
        cipher.decrypt_column("person_fact", "sealed", {7: FieldCipher("c", former).encrypt("x", PLACE)})


def test_many_are_hashed_as_each_is_under_every_key() -> None:
    index = BlindIndex(KEY, "national_id.number_index", [os.urandom(32)])
    texts = ["900101015432", "", "A1234567", "李伟" * 50]
    hashed = [[each[at : at + 32] for at in range(0, len(each), 32)] for each in index.each_of(texts)]
    assert hashed == [list(each) for each in zip(*map(index.each, texts), strict=True)]
    assert hashed[0] == [index.of(text) for text in texts]
    assert index.each_of([]) == [b"", b""]


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        FieldCipher("a", KEY[:16])
    with pytest.raises(ValueError, match="32 bytes"):
        BlindIndex(KEY[:16], "a.b")


def test_a_column_has_an_index_key_of_its_own() -> None:
    number = NationalId(IdKind.MYKAD, MYKAD)
    first, second = BlindIndex(KEY, "national_id.number"), BlindIndex(KEY, "payee.account")
    assert first.of_id(number) == BlindIndex(KEY, "national_id.number").of_id(number)
    assert first.of("1") != second.of("1")
    assert len(first.of("1")) == 32


def test_an_id_token_does_not_depend_on_how_the_number_is_typed() -> None:
    tokens = IdTokens(KEY)
    assert tokens.token("mykad", MYKAD) == tokens.token("mykad", " 900101015432 ")
    assert tokens.token("passport", "a 123-4567") == tokens.token("passport", "A1234567")


def test_an_id_token_depends_on_kind_number_and_key() -> None:
    tokens = IdTokens(KEY)
    made = {
        tokens.token("mykad", MYKAD),
        tokens.token("ssfw", "900101015432"),
        tokens.token("mykad", "900101-01-5433"),
        IdTokens(os.urandom(32)).token("mykad", MYKAD),
    }
    assert len(made) == 4
    assert all(len(token) == 32 and token.replace("-", "").replace("_", "").isalnum() for token in made)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("mykad", "901301-01-5432"),  # there is no thirteenth month
        ("mykad", "900101-17-5432"),  # 17 is no place code
        ("mykad", "90010101543"),
        ("mykad", "９00101015432"),
        ("ssfw", "12345"),
        ("passport", "A1"),
        ("library_card", "900101015432"),
        ("army", ""),
    ],
)
def test_a_malformed_number_is_refused_without_being_repeated(kind: str, number: str) -> None:
    with pytest.raises(NationalIdInvalid) as refused:
        NationalId.of(kind, number)
    told = f"{refused.value} {refused.value!r} {refused.value.detail} {refused.value.facts}"
    assert not number or number not in told


def test_a_national_id_does_not_show_its_number() -> None:
    number = NationalId.of("mykad", MYKAD)
    assert number.number == "900101015432"
    assert "5432" not in f"{number} {number!r} {[number]}"
