"""Numbers that registration merged are one person's: a search and the employment that proves it may stand under two."""

from shared.persistence.one_person import keep_known_merges_v1
from shared.persistence.platform import run

revision = "jobs_0014"
down_revision = "jobs_0013"

# An employment of somebody else proves nothing any more: the placement waits again, and says so by its next revision.
_WITHDRAWN = """
ALTER TABLE recalled_placement ADD COLUMN stands integer NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-default
ALTER TABLE recalled_placement ALTER COLUMN stands DROP DEFAULT;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_placement_published ON placement (id) WHERE revision > 0;
GRANT UPDATE (stands) ON recalled_placement TO jobs_worker;
"""


def upgrade() -> None:
    """The worker keeps what registration says; requests learn who is one by a function."""
    keep_known_merges_v1("jobs")
    run(_WITHDRAWN)
