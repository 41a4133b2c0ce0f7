"""Which services have forgotten a person stands in the certificate: what they told, and when the last one had."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "registration_0076"
down_revision = "registration_0075"

_TABLES = """
-- How each service that listens to person.erased follows it, as it told.
CREATE TABLE erasure_followed (
    service text NOT NULL,
    person bigint NOT NULL,
    erasure uuid NOT NULL,
    revision integer NOT NULL,
    state text NOT NULL CHECK (state IN ('held', 'forgotten')),
    reason text,
    owner text,
    until date,
    since timestamptz NOT NULL,
    PRIMARY KEY (service, person)
);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_erasure_followed_person ON erasure_followed (person);
-- When the last of them had let go of all numbers of the person; none while one has not.
ALTER TABLE erasure ADD COLUMN followed_at timestamptz;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_erasure_not_followed ON erasure (erased_at) WHERE state = 'erased' AND followed_at IS NULL;
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "person = ANY (CAST((SELECT own_numbers()) AS integer[]))"


def upgrade() -> None:
    """The worker keeps what they tell; the person reads its own, officers all."""
    run(_TABLES)
    op.execute("GRANT UPDATE (followed_at) ON erasure TO registration_worker")
    grant("registration", "erasure_followed", api="SELECT")
    protect("registration", "erasure_followed", mine=f"{_OFFICER} OR {_OWN}")
