"""The committed documents are the generated ones, and no committed schema was broken (rules M10)."""

from shared.contracts import compatibility
from shared.contracts.generate import documents, drift


def test_every_generated_document_is_up_to_date() -> None:
    assert drift(documents()) == []


def test_no_committed_schema_was_broken() -> None:
    assert compatibility.main([]) == 0
