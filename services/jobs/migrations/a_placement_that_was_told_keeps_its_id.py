"""A placement that was published, and forgotten with the database, is known by its id when its offer comes again."""

from shared.persistence.platform import grant, run

revision = "jobs_0007"
down_revision = "jobs_0006"

_RECALLED = """
CREATE TABLE recalled_placement (
    placement uuid PRIMARY KEY,
    seeker uuid NOT NULL,
    employer bigint NOT NULL
);
CREATE INDEX ix_recalled_placement_seeker ON recalled_placement (seeker, employer);
"""


def upgrade() -> None:
    """Empty until a restore."""
    run(_RECALLED)
    grant("jobs", "recalled_placement", api="SELECT", worker="SELECT, INSERT")
