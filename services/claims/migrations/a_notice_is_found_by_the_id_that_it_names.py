"""A notice is found by the id that it names: whoever is erased waits for it, or goes out of it."""

from shared.persistence.platform import run

revision = "claims_0042"
down_revision = "claims_0041"

# Of those alone of which nobody has shown yet whom they are about.
_INDEX = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_id_token ON claim (id_token) WHERE id_token IS NOT NULL;
"""


def upgrade() -> None:
    """An erasure reads no claim of anybody else."""
    run(_INDEX)
