"""Survivors share no pension by orders of which it is not known whether they are all that benefits published."""

from shared.persistence.platform import grant, protect, run

revision = "claims_0060"
down_revision = "claims_0059"

_ANNOUNCED = """
CREATE TABLE increases_announced (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    known_at timestamptz,
    said_by text
);
-- Before the first claim there was no pension. Where there were claims earlier an operator says when benefits has
-- stated everything (docs/operations.md): what it published before anybody kept orders was read and dropped.
INSERT INTO increases_announced (known_at, said_by)
SELECT CASE WHEN NOT EXISTS (SELECT FROM claim) THEN now() END, 'migration';
"""


def upgrade() -> None:
    """The worker asks whether it is known."""
    run(_ANNOUNCED)
    grant("claims", "increases_announced", worker="SELECT")
    protect("claims", "increases_announced", mine="false")
