"""What one officer enters counts when another releases it (decision 41)."""

from collections.abc import Collection

from services.benefits.domain.errors import SecondOfficerNeeded


def must_be_another(officer: str, entered_by: Collection[str], **about: str | int) -> None:
    """Raises SecondOfficerNeeded where the officer is among those who entered what it is ``about``."""
    if officer in entered_by:
        raise SecondOfficerNeeded(facts=about)
