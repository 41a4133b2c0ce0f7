"""What a split carried, or what was stated of it since, is known after a restore and not carried once more."""

from shared.persistence.platform import grant, protect, run

revision = "registration_0088"
down_revision = "registration_0087"

# By its place among the lines of the statement, which never change; `told_at` is when the newest that was read back of
# its month was received, and `infinity` where that says itself to whom it was carried.
_LINES = """
CREATE TABLE recalled_assigned_line (
    statement uuid NOT NULL,
    place integer NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (statement, place)
);
"""
# What was carried of a spell stands under ids of its own, which nobody would state again.
_SPELLS = """
CREATE TABLE recalled_assigned_spell (
    statement uuid NOT NULL,
    spell uuid NOT NULL,
    PRIMARY KEY (statement, spell)
);
ALTER TABLE recalled_spell ADD COLUMN carried_from uuid;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_recalled_spell_carried ON recalled_spell (carried_from) WHERE carried_from IS NOT NULL;
"""


def upgrade() -> None:
    """The worker alone reads back, and carries."""
    run(_LINES)
    run(_SPELLS)
    grant("registration", "recalled_assigned_line", worker="SELECT, INSERT, UPDATE")
    grant("registration", "recalled_assigned_spell", worker="SELECT, INSERT")
    for table in ("recalled_assigned_line", "recalled_assigned_spell"):
        protect("registration", table, mine="false")
