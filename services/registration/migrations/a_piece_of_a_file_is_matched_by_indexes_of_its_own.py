"""A piece of a file is matched by indexes of its own: spells that are not confirmed yet, and ids that stand."""

from shared.persistence.platform import run

revision = "registration_0067"
down_revision = "registration_0066"

# Nothing was in production: no running release is held up while the indexes are made.
_INDEXES = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_unconfirmed ON spell (employer, person) WHERE confirmed_month IS NULL AND NOT refused;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_national_id_standing ON national_id (person) WHERE withdrawn_at IS NULL;
"""


def upgrade() -> None:
    """Each answers one question that is asked of thousands of lines at once."""
    run(_INDEXES)
