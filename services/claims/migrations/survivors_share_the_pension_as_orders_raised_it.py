"""Survivors share the pension as orders raised it: claims keeps which orders count, as benefits publishes them.

Of a database that read `benefit.paid` before, benefits states its orders once more (`POST /v1/announcements`).
"""

from shared.persistence.platform import grant, protect, run

revision = "claims_0049"
down_revision = "claims_0048"

_KNOWN = """
CREATE TABLE known_increase (
    increase_order uuid PRIMARY KEY,
    instrument text NOT NULL,
    law text NOT NULL,
    in_force date NOT NULL,
    factors jsonb NOT NULL,
    replaces uuid,
    withdrawn boolean NOT NULL
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """A projection as the others: the worker fills it."""
    run(_KNOWN)
    grant("claims", "known_increase", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("claims", "known_increase", mine=_OFFICER)
