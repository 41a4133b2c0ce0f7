"""What the database refused, by the name of its constraint."""

from sqlalchemy.exc import IntegrityError


def violated(error: IntegrityError) -> str:
    """The constraint that a statement broke; empty when the driver does not say."""
    cause = getattr(error.orig, "__cause__", None)
    return str(getattr(cause, "constraint_name", None) or "")
