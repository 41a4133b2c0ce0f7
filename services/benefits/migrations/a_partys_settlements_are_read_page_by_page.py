"""A party's settlements are read page by page in the order of their keys: a page read all of a hospital's."""

from shared.persistence.platform import run

revision = "benefits_0034"
down_revision = "benefits_0032"

# Nothing was in production: no running release is held up while the index is made.
_ORDERED = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_settlement_party;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_settlement_party ON settlement (party, claim);
"""


def upgrade() -> None:
    """Make the index again, in that order."""
    run(_ORDERED)
