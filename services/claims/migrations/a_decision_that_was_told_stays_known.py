"""A decision that was published, and forgotten with the database, is known from what was published of it."""

from shared.persistence.platform import grant, run

revision = "claims_0009"
down_revision = "claims_0008"

_RECALLED = """
CREATE TABLE recalled_decision (
    claim uuid PRIMARY KEY REFERENCES claim,
    revision integer NOT NULL CHECK (revision > 0),
    event_type text NOT NULL,
    event bytea NOT NULL
);
"""


def upgrade() -> None:
    """Empty until a restore; the API needs none of it."""
    run(_RECALLED)
    grant("claims", "recalled_decision", worker="SELECT, INSERT, UPDATE")
