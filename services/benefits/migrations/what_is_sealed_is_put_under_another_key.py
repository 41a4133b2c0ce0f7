"""What is sealed is put under another key while it is read."""

from shared.persistence.platform import let_seals_be_renewed, rotate_keys

revision = "benefits_0039"
down_revision = "benefits_0038"

_SEALED = {
    "payee": ("account_name", "account_number"),
    "statement_line": ("written",),
    "bank_file": ("content",),
    "rendered_again": ("content",),
}


def upgrade() -> None:
    """The worker seals again."""
    rotate_keys("benefits")
    let_seals_be_renewed("benefits", _SEALED)
