"""An end of employment that is dated back waits for an officer."""

from shared.persistence.platform import grant, protect, run

revision = "registration_0010"
down_revision = "registration_0009"

_WAITING = """
CREATE TABLE waiting_end (
    spell uuid PRIMARY KEY REFERENCES spell,
    tenant text NOT NULL,
    person integer NOT NULL,
    employer integer NOT NULL,
    ended_on date NOT NULL,
    reason text NOT NULL CHECK (reason IN ('dated_back', 'wages_reported_after')),
    stated_at timestamptz NOT NULL,
    source text NOT NULL,
    CHECK (tenant = 'employer:' || employer)
);
"""


def upgrade() -> None:
    """The row goes when an officer ends the spell, or says that it goes on."""
    run(_WAITING)
    grant("registration", "waiting_end", api="SELECT, INSERT, UPDATE, DELETE", worker="SELECT")
    protect("registration", "waiting_end")
