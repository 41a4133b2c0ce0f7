"""Money that a compound holds too much, or for nothing, goes back to whom it is somebody's question."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0070"
down_revision = "registration_0069"

# Nothing was in production: no running release is held up while these are made.
_MONEY = """
-- squawk-ignore adding-required-field, adding-field-with-default, constraint-missing-not-valid
ALTER TABLE compound ADD COLUMN returned_sen bigint NOT NULL DEFAULT 0 CHECK (returned_sen >= 0);
-- squawk-ignore ban-drop-constraint
ALTER TABLE compound_payment DROP CONSTRAINT compound_payment_pkey;
-- squawk-ignore constraint-missing-not-valid, adding-serial-primary-key-field
ALTER TABLE compound_payment ADD PRIMARY KEY (credit, compound);
"""


def upgrade() -> None:
    """The same money may pay another compound afterwards, or the same one once more."""
    run(_MONEY)
    # The worker brings it back after a restore.
    op.execute("GRANT UPDATE (returned_sen) ON compound TO registration_api, registration_worker")
    op.execute("GRANT UPDATE (taken_back_at) ON compound_payment TO registration_api")
