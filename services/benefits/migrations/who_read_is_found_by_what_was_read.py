"""Who read is found by what was read, by its id."""

from shared.persistence.read_log_tables import fill_in, log_what_was_read

revision = "benefits_0059"
down_revision = "benefits_0058"

# Under which claim, or payable, recoveries and suspensions stand that were read before.
_CLAIMS = """
INSERT INTO read_log_about (about, kind, read)
SELECT DISTINCT found.claim, 'claim', found.read
FROM (
    SELECT recovery.claim, told.read FROM read_log_about AS told JOIN recovery ON recovery.id = told.about
    UNION ALL
    SELECT stated.claim, told.read FROM read_log_about AS told JOIN task ON task.id = told.about
    JOIN party_statement AS stated ON task.subject = 'party_statement/' || stated.id
) AS found
WHERE found.claim IS NOT NULL
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Beside each row of the read log stands what was read; of what was read before as its address has it."""
    log_what_was_read("benefits")
    fill_in(_CLAIMS)
