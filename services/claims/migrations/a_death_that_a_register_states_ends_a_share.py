"""A death that a register states ends the share of who was left behind: claims keeps whose death was published.

Of a database that read `registration` before, registration states its people once more (`POST /v1/announcements`).
"""

from shared.persistence.platform import grant, protect, run

revision = "claims_0070"
down_revision = "claims_0069"

_KNOWN = """
CREATE TABLE known_death (
    person bigint PRIMARY KEY,
    died_on date,
    revision integer NOT NULL
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """A projection as the others: the worker fills it."""
    run(_KNOWN)
    grant("claims", "known_death", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("claims", "known_death", mine=_OFFICER)
