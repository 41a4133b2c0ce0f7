"""The committed documents are the generated ones, and no committed schema or released API was broken (M10, M11)."""

from shared.contracts import compatibility, openapi_compatibility
from shared.contracts.generate import documents, drift
from tools.check import CHECKS


def test_every_generated_document_is_up_to_date() -> None:
    assert drift(documents()) == []


def test_no_committed_schema_was_broken() -> None:
    assert compatibility.main([]) == 0


def test_no_released_api_was_broken() -> None:
    assert openapi_compatibility.main([]) == 0
    assert any("shared.contracts.openapi_compatibility" in check.command for check in CHECKS)
