"""What services take from outside: the number of a document names nobody."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.web.fields import DocumentNumber

NUMBER = TypeAdapter(DocumentNumber)


@pytest.mark.parametrize("number", ["KB-2026-0193", "INV/2026/0042", "7", "260731", "202607310000042"])
def test_the_number_of_a_document_is_taken(number: str) -> None:
    assert NUMBER.validate_python(number) == number


@pytest.mark.parametrize(
    "number",
    [
        "900101145678",
        "900101-14-5678",
        "900101/14/5678",
        "900101.14.5678",
        "90-0101-145678",
        "IC-9001.01-14/56.78",
        "9-0-0-1-0-1-1-4-5-6-7-8",
        "7/900101-14-5678",
        "900101 14 5678",
        "AHMAD BIN ALI",
        "AHMAD",
    ],
)
def test_the_number_of_an_identity_card_and_a_name_are_not(number: str) -> None:
    with pytest.raises(ValidationError):
        NUMBER.validate_python(number)
