"""What a register states of people who are not registered waits for them: no officer is asked about a nation."""

from shared.persistence.platform import run

revision = "registration_0052"
down_revision = "registration_0051"

# Few are said to be alive again: whether somebody was is asked at each death.
_WAITS = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE register_statement DROP CONSTRAINT register_statement_state_check;
-- Nothing was in production.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE register_statement ADD CONSTRAINT register_statement_state_check
    CHECK (state IN ('received', 'applied', 'waiting', 'parked', 'dismissed'));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_register_statement_alive ON register_statement USING gin (persons) WHERE kind = 'person_alive';
"""


def upgrade() -> None:
    """The index answers for a death that is looked at after the statement that nobody died."""
    run(_WAITS)
