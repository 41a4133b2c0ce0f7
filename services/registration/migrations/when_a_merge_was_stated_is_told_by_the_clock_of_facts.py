"""When a merge was stated is told by the clock by which facts are recorded."""

from shared.persistence.platform import run

revision = "registration_0097"
down_revision = "registration_0096"

# The instant by which it was stated is of the business clock, which may be ahead: what a restore read back since would
# never have come after it.
_RECORDED = """
ALTER TABLE person_merge_statement ADD COLUMN recorded_at timestamptz;
ALTER TABLE person_merge_statement DISABLE TRIGGER never_changed;
UPDATE person_merge_statement SET recorded_at = stated_at;
ALTER TABLE person_merge_statement ENABLE TRIGGER never_changed;
ALTER TABLE person_merge_statement ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
-- squawk-ignore adding-not-nullable-field
ALTER TABLE person_merge_statement ALTER COLUMN recorded_at SET NOT NULL;
"""


def upgrade() -> None:
    """What was stated before was so by both clocks, as far as anybody knows."""
    run(_RECORDED)
